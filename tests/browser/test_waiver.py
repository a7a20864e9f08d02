"""A plan with a person too many: its approver records a waiver, it passes, the inspector sees it used."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import world
from tests.api.planning import staff_of
from tests.browser.conftest import LEAST, NARROW, WIDE, Open, Witness
from tests.browser.test_pages import violations
from tests.browser.test_plan import MEETINGS, Office, conclude

pytestmark = pytest.mark.browser

BLOCKED, WAIVED = "#q-plan-persons-per-title-bad", "#q-plan-persons-per-title-waived"


def crowded(server: str, period: str, first: int) -> str:
    """The id of a voted draft of Niêm Sơn with four persons for its first title, some of the unit's staff."""
    office = Office(server, "btc.meovac")
    body = {"unit_id": str(world.unit("niem-son")), "period": period, "kind": "titles"}
    plan_id = str(office.post("/plans", body | {"authority_id": str(world.unit("huyen-uy.meo-vac"))})["id"])
    for cadre_id in staff_of("niem-son")[first : first + 4]:
        entry = {"cadre_id": str(cadre_id), "title_id": str(world.title("c.secretary"))}
        office.post(f"/plans/{plan_id}/entries", entry)
    entries = office.get(f"/plans/{plan_id}/entries")["items"]
    for day, step in enumerate(MEETINGS, 10):
        last = step == MEETINGS[-1]
        ballots = {"ballots_issued": 20, "ballots_returned": 20, "ballots_valid": 20} if last else {}
        votes = [{"entry_id": row["id"], "votes": 18} for row in entries] if last else []
        minutes = {"step": step, "held_on": f"2021-12-{day}", "summoned": 20, "present": 20}
        office.post(f"/plans/{plan_id}/meetings", minutes | ballots | {"in_favour": votes})
    conclude(office, plan_id)
    office.client.close()
    return plan_id


def fill(page: Page, number: str) -> None:
    """The short form, as its document says."""
    page.get_by_label("Số văn bản").fill(number)
    page.get_by_label("Ngày ký").fill("20/12/2021")
    page.get_by_label("Có hiệu lực đến hết ngày").fill("31/3/2022")
    page.get_by_label("Lý do cho phép").fill("Xã biên giới, cần thêm một người để chọn")
    page.get_by_role("button", name="Ghi văn bản").click()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_a_waiver_is_recorded_where_the_rule_stops_and_the_approval_passes(
    open_page: Open, server: str, *, script: bool
) -> None:
    period, number, first = ("2025-2030", "21-CV/HU", 0) if script else ("2026-2031", "22-CV/HU", 4)
    path = f"/quy-hoach/{crowded(server, period, first)}"

    # The clerk sees what stops the plan, and nothing to lift it with.
    clerk = open_page(path, user="btc.meovac", script=script)
    witness = Witness(clerk) if script else None
    expect(clerk.locator(BLOCKED)).to_be_visible()
    expect(clerk.get_by_role("link", name="Ghi văn bản cho phép")).to_have_count(0)

    # The approver records the document: a number that is none first, then the right one.
    head = open_page(path, user="btv.meovac", script=script)
    head.locator(BLOCKED).get_by_role("link", name="Ghi văn bản cho phép").click()
    expect(head.locator("main")).to_contain_text("Huyện ủy Mèo Vạc")
    fill(head, "-/.")
    expect(head.locator("#loi")).to_contain_text("cần có chữ hoặc số")
    expect(head.get_by_label("Lý do cho phép")).to_have_value("Xã biên giới, cần thêm một người để chọn")
    fill(head, number)
    head.wait_for_url("**xong=cho-phep")
    expect(head.locator(WAIVED)).to_contain_text("Được cho phép.")
    expect(head.locator(BLOCKED)).to_have_count(0)

    # The clerk may send it now, the approver approves it.
    clerk.goto(f"{path}/buoc/trinh")
    clerk.get_by_role("button", name="Trình phê duyệt").click()
    clerk.wait_for_url("**xong=trinh")
    head.goto(f"{path}/buoc/phe-duyet")
    expect(head.locator(WAIVED)).to_have_count(1)
    head.get_by_label("Số quyết định").fill(number.replace("CV", "QĐ"))
    head.get_by_label("Ngày ký").fill("30/12/2021")
    head.get_by_label("Hiệu lực từ ngày").fill("31/12/2021")
    head.get_by_role("button", name="Phê duyệt").click()
    head.wait_for_url("**xong=phe-duyet")
    expect(head.locator(WAIVED)).to_have_count(1)

    # The inspector finds it in the register, counted, and reads what rests on it; he takes nothing back.
    inspector = open_page("/chi-tieu", user="ubkt.tinh", script=script)
    inspector.get_by_role("link", name="Văn bản cho phép", exact=True).click()
    row = inspector.locator("#ket-qua tr", has_text=number)
    expect(row).to_contain_text("2 bước")
    expect(row).to_contain_text("Đang hiệu lực")
    row.get_by_role("link", name=number).click()
    expect(inspector.get_by_role("heading", level=1)).to_have_text(f"Văn bản cho phép số {number}")
    expect(inspector.locator(".docs").last).to_contain_text(number.replace("CV", "QĐ"))
    expect(inspector.get_by_text("Thu hồi văn bản này")).to_have_count(0)

    # The approver takes it back, with a reason; what was approved stays as it was.
    if head.locator(f"{WAIVED}[open]").count() == 0:
        head.locator(f"{WAIVED} summary").click()
    head.locator(WAIVED).get_by_role("link", name="Văn bản cho phép").click()
    head.get_by_text("Thu hồi văn bản này").click()
    head.get_by_role("button", name="Thu hồi").click()
    expect(head.locator("#loi")).to_contain_text("chưa nhập")
    head.get_by_label("Lý do thu hồi").fill("Đã đủ người, không cần nữa")
    head.get_by_role("button", name="Thu hồi").click()
    head.wait_for_url("**xong=thu-hoi")
    expect(head.locator(".tag.bad")).to_contain_text("Đã thu hồi")
    clerk.goto(path)
    expect(clerk.locator(WAIVED)).to_have_count(1)
    if witness is not None:
        assert witness.faults() == []


@pytest.fixture(scope="module")
def lifted(server: str) -> str:
    """The id of a draft whose rule is waived."""
    plan_id = crowded(server, "2020-2025", 8)
    office = Office(server, "btv.meovac")
    told = {"rule": "plan.persons_per_title", "dossier": {"type": "plan", "id": plan_id}}
    days = {"signed_on": "2021-12-30", "expires_on": "2022-03-31"}
    office.post("/waivers", told | days | {"document_number": "20-CV/HU", "reason": "Xã biên giới"})
    office.client.close()
    return plan_id


@pytest.mark.parametrize("size", [WIDE, NARROW, LEAST], ids=["wide", "narrow", "least"])
def test_the_pages_are_accessible_and_inside_their_policy(
    open_page: Open, lifted: str, axe_source: str, size: tuple[int, int]
) -> None:
    page = open_page("/van-ban-cho-phep", user="btv.meovac", size=size)
    witness = Witness(page)
    for there in ("/van-ban-cho-phep", "/van-ban-cho-phep?trang-thai=expired&quy-dinh=plan.age"):
        page.goto(there)
        assert violations(page, axe_source) == [], there
    page.goto("/van-ban-cho-phep")
    page.locator("#ket-qua .nm").first.click()
    page.wait_for_url(re.compile(r"/van-ban-cho-phep/[0-9a-f-]{36}"))
    assert violations(page, axe_source) == []
    page.goto(f"/van-ban-cho-phep/them?ho-so={lifted}&quy-dinh=plan.persons_per_title")
    assert violations(page, axe_source) == []
    page.goto(f"/quy-hoach/{lifted}")
    expect(page.locator(WAIVED)).to_be_visible()
    assert violations(page, axe_source) == []
    assert witness.faults() == []


def test_a_condition_narrows_the_register_in_place(open_page: Open) -> None:
    page = open_page("/van-ban-cho-phep", user="ubkt.tinh")
    witness = Witness(page)
    page.evaluate("window.stayed = true")
    page.get_by_label("Trạng thái").select_option("expired")
    page.wait_for_url("**trang-thai=expired**")
    expect(page.locator("#ket-qua .chip")).to_contain_text("Hết hiệu lực")
    assert page.evaluate("window.stayed") is True
    assert witness.faults() == []
