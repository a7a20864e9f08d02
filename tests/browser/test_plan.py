"""A succession plan from its opening to its approval, by the three roles of the story; scripts or none."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests import world
from tests.browser.conftest import LEAST, NARROW, WIDE, Open, Witness
from tests.browser.test_pages import violations

pytestmark = pytest.mark.browser

COMMUNE = "Xã Tả Lủng"
WOMEN, WOMEN_MET = "#q-plan-women-key-title-bad", "#q-plan-women-key-title-ok"
PROCEDURE = "#q-plan-procedure-bad"
MEETINGS = ("leadership_1", "key_cadres", "enlarged", "leadership_2")


class Office:
    """The API as one account uses it."""

    def __init__(self, server: str, user: str) -> None:
        self.client = httpx.Client(base_url=f"{server}/api/v1", timeout=30)
        body = {"username": user, "password": world.PASSWORD}
        token = self.client.post("/sessions", json=body).raise_for_status().json()["access_token"]
        self.client.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **params: str) -> Any:  # noqa: ANN401 - JSON
        """A read."""
        return self.client.get(path, params=params).raise_for_status().json()

    def post(self, path: str, body: Any, *, etag: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """A write that has to be taken."""
        headers = {"If-Match": etag} if etag else {}
        answer = self.client.post(path, json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()

    def act(self, plan_id: str, action: str, **body: Any) -> None:  # noqa: ANN401 - JSON
        """A step of a plan at its present version."""
        etag = self.client.get(f"/plans/{plan_id}").headers["etag"]
        self.post(f"/plans/{plan_id}/transitions", {"action": action, **body}, etag=etag)


@pytest.fixture(scope="module")
def office(server: str) -> Iterator[Office]:
    """btc.meovac at its API."""
    made = Office(server, "btc.meovac")
    yield made
    made.client.close()


def drafted(office: Office, unit: str, period: str) -> str:
    """The id of a new plan of a commune with one man for its first title."""
    body = {"unit_id": str(world.unit(unit)), "period": period, "kind": "titles"}
    plan_id = str(office.post("/plans", body | {"authority_id": str(world.unit("huyen-uy.meo-vac"))})["id"])
    people = office.get(f"/plans/{plan_id}/candidates")["items"]
    add(office, plan_id, next(row for row in people if row["cadre"]["sex"] == "male"))
    return plan_id


def add(office: Office, plan_id: str, row: Any) -> None:  # noqa: ANN401 - JSON
    """Takes a proposed person in for the first title that has room."""
    body = {"cadre_id": row["cadre"]["id"], "title_id": row["titles"][0]["id"]}
    office.post(f"/plans/{plan_id}/entries", body)


def conclude(office: Office, plan_id: str) -> None:
    """A conclusion on the political standards of everybody planned."""
    for number, row in enumerate(office.get(f"/plans/{plan_id}/entries")["items"], 1):
        body = {"number": f"{number}-KL/HU", "concluded_on": "2021-12-31"}
        told = {"issuer": "Ban Thường vụ Huyện ủy Mèo Vạc", "purpose": "Quy hoạch"}
        office.post(f"/cadres/{row['cadre']['id']}/political-conclusions", body | told)


def approved(office: Office, head: Office, plan_id: str, number: str) -> str:
    """Brings a plan with a woman more through its meetings to its approval; gives its id."""
    add(office, plan_id, office.get(f"/plans/{plan_id}/candidates", rule="plan.women_key_title")["items"][0])
    entries = office.get(f"/plans/{plan_id}/entries")["items"]
    for day, step in enumerate(MEETINGS, 10):
        last = step == MEETINGS[-1]
        ballots = {"ballots_issued": 20, "ballots_returned": 20, "ballots_valid": 20} if last else {}
        votes = [{"entry_id": row["id"], "votes": 18} for row in entries] if last else []
        minutes = {"step": step, "held_on": f"2021-12-{day}", "summoned": 20, "present": 20}
        office.post(f"/plans/{plan_id}/meetings", minutes | ballots | {"in_favour": votes})
    conclude(office, plan_id)
    office.act(plan_id, "submit")
    decision = {"number": number, "signed_on": "2021-12-20", "effective_on": "2021-12-21"}
    head.act(plan_id, "approve", decision=decision)
    return plan_id


@pytest.fixture(scope="module")
def plans(server: str, office: Office) -> dict[str, str]:
    """Plans of two communes in three states, by state."""
    head = Office(server, "btv.meovac")
    found = {
        "draft": drafted(office, "ta-lung-mv", "2020-2025"),
        "approved": approved(office, head, drafted(office, "ta-lung-mv", "2026-2031"), "01-QĐ/HU"),
        "review": approved(office, head, drafted(office, "niem-son", "2021-2026"), "02-QĐ/HU"),
    }
    office.act(found["review"], "review")
    head.client.close()
    return found


def open_plan(page: Page, period: str) -> None:
    """Unit, authority, period: a new plan."""
    page.goto("/quy-hoach")
    page.get_by_role("link", name="Lập quy hoạch").click()
    page.get_by_role("link", name=COMMUNE, exact=True).click()
    expect(page.get_by_label("Loại quy hoạch và cấp phê duyệt")).to_contain_text("Huyện ủy Mèo Vạc")
    page.get_by_label("Loại quy hoạch và cấp phê duyệt").select_option(
        label="Chức danh lãnh đạo, quản lý, trình Huyện ủy Mèo Vạc phê duyệt (4 chức danh)"
    )
    page.get_by_label("Giai đoạn").select_option(period)
    page.get_by_role("button", name="Mở hồ sơ").click()
    page.wait_for_url(re.compile(r"/quy-hoach/[0-9a-f-]{36}\?xong=lap"))


def add_first(page: Page, sex: str) -> str:
    """Take in the first person of that sex whom the page proposes for the title chosen; gives the name."""
    row = page.locator("#tim-kq li", has_text=f"{sex},").first
    name = row.locator(".nm").inner_text()
    row.get_by_role("button").click()
    expect(page.locator("#danh-sach table .nm", has_text=name)).to_have_count(1)
    return name


def record_meetings(page: Page, path: str) -> None:
    """The minutes of all meetings, with votes at the last."""
    for day, step in enumerate(MEETINGS, 13):
        page.goto(f"{path}/hoi-nghi/{step}")
        page.get_by_label("Ngày họp").fill(f"{day}/12/2021")
        page.get_by_label("Số người được triệu tập").fill("20")
        page.get_by_label("Số người dự họp").fill("19")
        if step == MEETINGS[-1]:
            for name in ("Số phiếu phát ra", "Số phiếu thu về", "Số phiếu hợp lệ"):
                page.get_by_label(name).fill("19")
            votes = page.locator(".ballots input")
            assert votes.count() == 2
            for index in range(2):
                votes.nth(index).fill("17")
        page.get_by_role("button", name="Ghi biên bản").click()
        page.wait_for_url("**xong=hoi-nghi**")
    expect(page.locator("#hoi-nghi .done")).to_have_count(4)
    expect(page.locator("#danh-sach td", has_text="17/20").first).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_a_plan_is_stopped_by_the_rule_mended_returned_and_approved(  # noqa: PLR0915 - one story
    open_page: Open, office: Office, *, script: bool
) -> None:
    period, number = ("2021-2026", "12-QĐ/HU") if script else ("2025-2030", "13-QĐ/HU")
    clerk = open_page("about:blank", user="btc.meovac", script=script)
    witness = Witness(clerk) if script else None
    if witness is not None:
        witness.expected = ("409 (Conflict)",)
    open_plan(clerk, period)
    path = re.sub(r"\?.*", "", clerk.url)
    if script:
        clerk.evaluate("window.stayed = true")

    # A man for a key title leaves the rule as it was; the law says which clause and what is missing.
    man = add_first(clerk, "Nam")
    expect(clerk.locator(WOMEN)).to_have_attribute("open", "")
    expect(clerk.locator(f"{WOMEN} summary")).to_contain_text("III.3.3-e")
    expect(clerk.locator(f"{WOMEN} .kv")).to_contain_text("6 trong 17 người, 35,29%")
    expect(clerk.locator(f"{WOMEN} .kv")).to_contain_text("Còn thiếu")
    expect(clerk.locator("#ly-do")).to_contain_text("III.3.3-e")
    submit = clerk.get_by_role("link", name="Trình phê duyệt")
    expect(submit).to_have_attribute("aria-disabled", "true")
    submit.focus()
    expect(submit).to_be_focused()

    # A woman the panel proposes meets it; taking her out brings it back, and she comes in again.
    proposed = clerk.locator(f"{WOMEN} .fix li").first
    woman = proposed.locator(".nm").inner_text()
    proposed.get_by_role("button").click()
    expect(clerk.locator(WOMEN_MET)).to_be_visible()
    clerk.get_by_role("link", name=f"Sửa {woman}").click()
    clerk.get_by_role("button", name="Đưa ra").click()
    expect(clerk.locator(WOMEN)).to_be_visible()
    expect(clerk.locator("#danh-sach table .nm", has_text=woman)).to_have_count(0)
    clerk.locator(f"{WOMEN} .fix li", has_text=woman).get_by_role("button").click()
    expect(clerk.locator(WOMEN_MET)).to_be_visible()
    # The second story finds the conclusions that the first one put on record.
    expect(clerk.locator("#kt-noi")).to_have_text(re.compile(r"^[12] không đạt, 1 cần giải trình, "))
    if script:
        assert clerk.evaluate("window.stayed") is True

    # Posted all the same, it is refused with every finding, and what was typed stays.
    clerk.goto(f"{path}/buoc/trinh")
    clerk.get_by_label("Ghi chú").fill("Kính trình Ban Thường vụ")
    clerk.get_by_role("button", name="Trình phê duyệt").click()
    expect(clerk.locator(".errsum")).to_contain_text("III.3.3-g")
    expect(clerk.locator(PROCEDURE)).to_contain_text("Hội nghị cán bộ chủ chốt")
    expect(clerk.get_by_label("Ghi chú")).to_have_value("Kính trình Ban Thường vụ")

    record_meetings(clerk, path)
    conclude(office, path.rpartition("/")[2])
    send(clerk, path)
    expect(clerk.get_by_role("link", name="Thêm người")).to_have_count(0)

    head = open_page("/quy-hoach?trang-thai=submitted", user="btv.meovac", script=script)
    head.locator("#ket-qua tr", has_text=period).get_by_role("link").click()
    assert_nothing_to_edit(head)
    head.get_by_role("link", name="Trả lại").click()
    head.get_by_role("button", name="Trả lại").click()
    expect(head.locator(".errsum")).to_contain_text("Lý do: chưa nhập")
    head.get_by_label("Lý do").fill("Bổ sung nhận xét của người thứ hai.")
    head.get_by_role("button", name="Trả lại").click()
    expect(head.locator(".ttl")).to_contain_text("Trả lại")

    clerk.goto(path)
    expect(clerk.locator("main")).to_contain_text("Bổ sung nhận xét của người thứ hai.")
    send(clerk, path)

    head.goto(path)
    head.get_by_role("link", name="Phê duyệt").click()
    head.get_by_label("Số quyết định").fill(number)
    head.get_by_label("Ngày ký").fill("30/12/2021")
    head.get_by_label("Hiệu lực từ ngày").fill("29/12/2021")
    head.get_by_role("button", name="Phê duyệt").click()
    expect(head.locator(".errsum")).to_contain_text("không thể trước ngày ký")
    expect(head.get_by_label("Số quyết định")).to_have_value(number)
    head.get_by_label("Hiệu lực từ ngày").fill("1/1/22")
    head.get_by_role("button", name="Phê duyệt").click()
    expect(head.locator(".ttl")).to_contain_text("Đã phê duyệt")
    expect(head.locator(".note.ok").last).to_contain_text(f"Quyết định số {number}, ký ngày 30/12/2021")
    expect(head.locator("#kiem-tra-t")).to_contain_text("Giữ từ 31/12/2021")

    inspector = open_page(path, user="ubkt.tinh", script=script)
    assert_nothing_to_edit(inspector)
    expect(inspector.locator(".ttl")).to_contain_text("Chỉ xem")
    expect(inspector.locator(".acts a")).to_have_count(0)
    story = inspector.locator("section", has=inspector.get_by_role("heading", name="Lịch sử hồ sơ"))
    assert [row.partition(":")[0] for row in story.locator("li").all_inner_texts()] == [
        "Phê duyệt",
        "Trình phê duyệt",
        "Trả lại",
        "Trình phê duyệt",
    ]
    for name in (man, woman):
        expect(inspector.locator("#danh-sach .nm", has_text=name).first).to_be_visible()
    inspector.goto(f"{path}/buoc/tra-lai")
    expect(inspector.get_by_role("heading", level=1)).to_have_text("Không được phép")

    clerk.goto(path)
    clerk.get_by_role("link", name="Công khai").click()
    clerk.get_by_role("button", name="Công khai").click()
    expect(clerk.locator(".ttl")).to_contain_text("Đã công khai")
    if witness is not None:
        assert witness.faults() == []


def send(page: Page, path: str) -> None:
    """Submit from the head of the page."""
    page.goto(path)
    link = page.get_by_role("link", name="Trình phê duyệt")
    expect(link).not_to_have_attribute("aria-disabled", "true")
    link.click()
    page.get_by_role("button", name="Trình phê duyệt").click()
    expect(page.locator(".ttl")).to_contain_text("Đã trình")


def assert_nothing_to_edit(page: Page) -> None:
    """No control of the page changes the list."""
    expect(page.locator("#danh-sach")).to_contain_text("chỉ xem")
    for name in ("Thêm", "Sửa", "Đưa ra", "Giữ lại", "Ghi biên bản"):
        for role in ("button", "link"):
            expect(page.locator("main").get_by_role(role, name=re.compile(f"^{name}"))).to_have_count(0)


# ---- one page at a time ------------------------------------------------------------------------------------

PAGES = {
    "list": ("btc.meovac", "/quy-hoach"),
    "list none": ("btc.meovac", "/quy-hoach?trang-thai=closed"),
    "list past": ("btc.meovac", "/quy-hoach?tai-ngay=2019-06-30"),
    "new": ("btc.meovac", "/quy-hoach/them"),
    "clauses": ("btc.meovac", "/nghi-quyet"),
    "draft": ("btc.meovac", "/quy-hoach/{draft}"),
    "draft whole": ("btc.meovac", "/quy-hoach/{draft}?chuc-danh=tat-ca"),
    "draft search": ("btc.meovac", "/quy-hoach/{draft}?q=thi"),
    "draft search none": ("btc.meovac", "/quy-hoach/{draft}?q=khongcoai"),
    "draft proposals": ("btc.meovac", "/quy-hoach/{draft}?goi-y=1"),
    "draft past": ("btc.meovac", "/quy-hoach/{draft}?tai-ngay=2019-06-30"),
    "draft edit": ("btc.meovac", "/quy-hoach/{draft}?sua={entry}"),
    "draft read": ("ubkt.tinh", "/quy-hoach/{draft}"),
    "submit": ("btc.meovac", "/quy-hoach/{draft}/buoc/trinh"),
    "minutes": ("btc.meovac", "/quy-hoach/{draft}/hoi-nghi/leadership_2"),
    "approved": ("btc.meovac", "/quy-hoach/{approved}"),
    "review": ("btc.meovac", "/quy-hoach/{review}?chuc-danh=tat-ca"),
    "approved read": ("ubkt.tinh", "/quy-hoach/{approved}"),
}


@pytest.fixture(scope="module")
def places(plans: dict[str, str], office: Office) -> dict[str, str]:
    """What the addresses of PAGES stand for."""
    entry = office.get(f"/plans/{plans['draft']}/entries")["items"][0]["id"]
    return plans | {"entry": entry}


@pytest.mark.parametrize("size", [WIDE, NARROW, LEAST], ids=["wide", "narrow", "least"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_plans_is_accessible_and_inside_its_policy(
    open_page: Open, places: dict[str, str], axe_source: str, name: str, size: tuple[int, int]
) -> None:
    user, path = PAGES[name]
    page = open_page("about:blank", user=user, size=size)
    witness = Witness(page)
    page.goto(path.format(**places))
    assert violations(page, axe_source) == []
    assert witness.faults() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_search_answers_while_typing_and_the_typist_keeps_the_focus(
    open_page: Open, plans: dict[str, str]
) -> None:
    page = open_page(f"/quy-hoach/{plans['draft']}?goi-y=1", user="btc.meovac")
    witness = Witness(page)
    page.locator("#tim").press_sequentially("thi", delay=20)
    expect(page.locator("#tim-kq [role=status]")).to_contain_text("có tên khớp «thi»")
    assert page.evaluate("document.activeElement.id") == "tim"
    assert all("Thị" in name for name in page.locator("#tim-kq .nm").all_inner_texts())
    assert witness.faults() == []


def test_another_title_leaves_the_opened_rule_open_and_no_page_is_loaded(
    open_page: Open, plans: dict[str, str]
) -> None:
    page = open_page(f"/quy-hoach/{plans['draft']}", user="btc.meovac")
    witness = Witness(page)
    page.evaluate("window.stayed = true")
    page.locator(f"{WOMEN} summary").click()
    page.locator(f"{PROCEDURE} summary").click()
    with page.expect_response("**/kiem-tra?*"):
        page.get_by_role("link", name=re.compile("^Chủ tịch Ủy ban nhân dân xã")).click()
    expect(page.locator("#h-ds")).to_contain_text("Chủ tịch Ủy ban nhân dân xã")
    expect(page.locator(f"{WOMEN} .fix")).to_contain_text("vào quy hoạch Chủ tịch Ủy ban nhân dân xã")
    assert page.evaluate(f"document.querySelector('{WOMEN}').open") is False
    assert page.evaluate(f"document.querySelector('{PROCEDURE}').open") is True
    assert page.evaluate("window.stayed") is True
    page.go_back()
    expect(page.locator("#h-ds")).not_to_contain_text("Chủ tịch Ủy ban nhân dân xã")
    assert witness.faults() == []


def test_a_review_keeps_or_takes_out_with_a_reason_and_tells_what_to_supply(
    open_page: Open, plans: dict[str, str]
) -> None:
    page = open_page(f"/quy-hoach/{plans['review']}?chuc-danh=tat-ca", user="btc.meovac")
    witness = Witness(page)
    witness.expected = ("422 (Unprocessable",)
    expect(page.locator("#ly-do")).to_contain_text("Còn 2 người chưa được rà soát")
    names = page.locator("#danh-sach table .nm").all_inner_texts()
    page.get_by_role("button", name=f"Giữ lại {names[0]}").click()
    expect(page.locator("#danh-sach table")).to_contain_text("đã rà soát, giữ lại")
    page.get_by_role("link", name=f"Sửa {names[1]}").click()
    expect(page.get_by_label("Lý do đưa ra")).to_be_focused()
    page.get_by_label("Ghi thêm").fill("Nghỉ hưu trước nhiệm kỳ")
    page.get_by_role("button", name="Đưa ra").click()
    expect(page.locator(".errsum")).to_contain_text("Chọn lý do đưa ra khỏi quy hoạch.")
    expect(page.get_by_label("Ghi thêm")).to_have_value("Nghỉ hưu trước nhiệm kỳ")
    page.get_by_label("Lý do đưa ra").select_option("over_age")
    page.get_by_role("button", name="Đưa ra").click()
    expect(page.locator("#danh-sach table .nm")).to_have_text([names[0]])
    page.locator("#danh-sach summary", has_text="Đã ra khỏi quy hoạch (1)").click()
    expect(page.locator("#danh-sach .docs")).to_contain_text("Nghỉ hưu trước nhiệm kỳ")
    expect(page.locator("#tinh-hinh .note.warn")).to_contain_text("bổ sung quy hoạch")
    expect(page.locator("#ly-do")).to_have_count(0)
    assert witness.faults() == []


def test_who_was_overtaken_is_told_by_whom(open_page: Open, plans: dict[str, str], office: Office) -> None:
    page = open_page(f"/quy-hoach/{plans['draft']}?chuc-danh=tat-ca", user="btc.meovac")
    name = page.locator("#danh-sach table .nm").first.inner_text()
    page.get_by_role("link", name=f"Sửa {name}").click()
    page.get_by_label("Ghi chú", exact=True).fill("Đang học cao cấp")
    entry = office.get(f"/plans/{plans['draft']}/entries")["items"][0]["id"]
    etag = office.client.get(f"/plans/{plans['draft']}").headers["etag"]
    path = f"/plans/{plans['draft']}/entries/{entry}"
    answer = office.client.patch(path, json={"note": "Của người khác"}, headers={"If-Match": etag})
    assert answer.is_success
    page.get_by_role("button", name="Ghi chú").click()
    expect(page.locator(".errsum")).to_contain_text("vừa được btc.meovac sửa")
    expect(page.get_by_label("Ghi chú", exact=True)).to_have_value("Đang học cao cấp")
    page.get_by_role("button", name="Ghi chú").click()
    expect(page.locator("#danh-sach .note.ok")).to_be_visible()
    expect(page.locator("#danh-sach table")).to_contain_text("Đang học cao cấp")


def test_a_profile_tells_what_the_person_is_planned_for(open_page: Open, plans: dict[str, str]) -> None:
    page = open_page(f"/quy-hoach/{plans['approved']}?chuc-danh=tat-ca", user="btc.meovac")
    page.locator("#danh-sach table a.nm").first.click()
    card = page.locator("section", has=page.get_by_role("heading", name="Quy hoạch"))
    expect(card.locator(f"a[href*='{plans['approved']}']")).to_be_visible()
    expect(card).to_contain_text("2026-2031")
