"""The inbox in a browser: both its pages, the one click, and a re-appointment from inbox to decision."""

import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import date, timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, select

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.services.database import build_engine
from app.services.dated import known
from app.services.law.months import months_after
from tests import world
from tests.api.acting import BODY, DAY, at_work, ending, qualified, young
from tests.api.conftest import House
from tests.browser.conftest import NARROW, TIMEOUT_MS, WATCH, WIDE, Open, Witness, serving
from tests.browser.test_pages import violations
from tests.browser.test_plan import Office
from tests.conftest import SqliteCluster, fill_world, make_settings

pytestmark = pytest.mark.browser

DOSSIER = re.compile(r"/bo-nhiem/[0-9a-f-]{36}(\?.*)?$")
OPEN = "Lập hồ sơ bổ nhiệm lại"
ENDS = DAY + timedelta(days=100)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize(("path", "user"), [("/viec", "btc.tinh"), ("/bo-nhiem/den-han", "btc.tinh")])
def test_the_pages_are_accessible_and_inside_their_policy(
    open_page: Open, axe_source: str, path: str, user: str, size: tuple[int, int]
) -> None:
    page = open_page(path, user=user, size=size)
    witness = Witness(page)
    expect(page.locator("#ket-qua tbody tr").first).to_be_visible()
    assert violations(page, axe_source) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert witness.faults() == []


def test_who_has_nothing_to_do_is_told_so_and_who_only_reads_has_no_inbox(open_page: Open) -> None:
    head = open_page("/viec", user="btv.dongvan")
    expect(head.locator("#ket-qua")).to_contain_text("Không có việc cần xử lý")
    inspector = open_page("/bo-nhiem/den-han", user="ubkt.tinh")
    expect(inspector.get_by_role("link", name="Việc cần xử lý")).to_have_count(0)
    expect(inspector.locator("#ket-qua tbody tr").first).to_be_visible()
    expect(inspector.get_by_role("button", name=OPEN)).to_have_count(0)


def test_the_due_list_is_narrowed_in_place_and_follows_the_day(open_page: Open) -> None:
    page = open_page("/bo-nhiem/den-han")
    witness = Witness(page)
    page.evaluate("window.stayed = true")
    page.get_by_label("Thời hạn").select_option("true")
    page.wait_for_url("**qua-han=true**")
    expect(page.locator("#ket-qua .chip")).to_contain_text("Đã quá hạn")
    expect(page.locator("#ket-qua tbody tr").first).to_contain_text("quá hạn")
    assert page.evaluate("window.stayed") is True
    now = page.locator("#ket-qua tbody tr").count()
    page.goto("/bo-nhiem/den-han?qua-han=true&tai-ngay=2021-09-14")
    expect(page.locator("main")).to_contain_text("Chỉ đọc")
    expect(page.locator("#ket-qua tbody tr")).to_have_count(now - 1)
    assert witness.faults() == []


@pytest.mark.parametrize(
    ("script", "path", "place"),
    [(True, "/viec", 0), (False, "/viec", 1), (False, "/bo-nhiem/den-han", 2)],
    ids=["with scripts", "without scripts", "from the due list"],
)
def test_one_click_opens_the_dossier_and_the_item_is_gone(
    open_page: Open, server: str, path: str, place: int, *, script: bool
) -> None:
    office = Office(server, "btc.tinh")
    waiting = [row for row in office.get("/inbox", limit="200")["items"] if row["kind"] == "term"]
    wanted = waiting[-1 - place] if len(waiting) > place else waiting[0]
    page = open_page(path, script=script)
    row = page.locator("#ket-qua tr", has_text=wanted["cadre"]["code"])
    row.get_by_role("button", name=OPEN).click()
    page.wait_for_url(DOSSIER)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bổ nhiệm lại")
    expect(page.locator("main")).to_contain_text(wanted["cadre"]["full_name"])
    now = office.get("/inbox", limit="200")["items"]
    assert wanted["assignment_id"] not in {one["assignment_id"] for one in now}
    page.goto(path)
    expect(row.get_by_role("button", name=OPEN)).to_have_count(0)
    row.get_by_role("link", name="Mở hồ sơ").click()
    page.wait_for_url(DOSSIER)
    office.client.close()


# --- the story: 100 days before the end of a term, under 80-QĐ/TW -----------------------------------


@pytest.fixture(scope="module")
def past(sqlite_cluster: SqliteCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A small world on 1 March 2023 in which the term of a head of division ends in 100 days."""
    sqlite_cluster.template("world", fill_world)
    folder = tmp_path_factory.mktemp("terms")
    settings = make_settings(folder, sqlite_cluster.copy("world")).model_copy(update={"today": DAY})
    engine = build_engine(settings)
    house = House(FastAPI(), settings, engine, AsyncExitStack())
    holder = head(house)
    young(house, holder)
    qualified(house, holder, DAY)
    ending(house, holder, ENDS)
    yield house
    engine.dispose()


def head(_house: House) -> UUID:
    """The head of the district's division of home affairs."""
    (found,) = at_work(BODY, "d.division_head")
    return found


def signed_in(browser: Browser, address: str, user: str) -> Page:
    """Somebody at the start page of a server."""
    context = browser.new_context(base_url=address, viewport={"width": WIDE[0], "height": WIDE[1]})
    context.set_default_timeout(TIMEOUT_MS)
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto("/dang-nhap?tiep=/viec")
    page.locator("#u").fill(user)
    page.locator("#p").fill(world.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/viec")
    return page


def step(page: Page, name: str, filled: dict[str, str] | None = None) -> None:
    """One step of the dossier on the page: its link, its form, its button."""
    page.get_by_role("link", name=name, exact=True).click()
    page.wait_for_url("**/buoc/**")
    for label, text in (filled or {}).items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_url("**xong=**")


def meeting(page: Page, number: int, name: str) -> None:
    """The minutes of a meeting: 20 summoned, all came, 18 in favour."""
    page.get_by_label("Ngày họp").fill(f"{DAY:%d/%m/%Y}")
    page.get_by_label("Số biên bản").fill(f"{number}-BB")
    for label in ("Số người được triệu tập", "Số người dự họp", "phát ra", "thu về", "hợp lệ"):
        page.get_by_label(re.compile(label)).first.fill("20")
    page.get_by_role("textbox", name=name).fill("18")
    page.get_by_role("button", name=f"Ghi kết quả bước {number}").click()
    page.wait_for_url("**xong=bien-ban**")


def test_a_re_appointment_from_inbox_to_decision(browser: Browser, past: House) -> None:
    holder = head(past)
    person = past.scalars(select(Cadre).where(col(Cadre.id) == holder))[0]
    with serving(past.settings) as address:
        clerk = signed_in(browser, address, "btc.meovac")
        witness = Witness(clerk)
        row = clerk.locator("#ket-qua tr", has_text=person.code)
        expect(row).to_contain_text(f"{ENDS:%d/%m/%Y}")
        expect(row).to_contain_text("còn 100 ngày")
        row.get_by_role("button", name=OPEN).click()
        clerk.wait_for_url(DOSSIER)
        dossier = re.sub(r"\?.*", "", clerk.url)

        step(clerk, "Thông báo")
        step(clerk, "Ghi tự nhận xét", {"Tóm tắt bản tự nhận xét": "Hoàn thành tốt nhiệm vụ cả nhiệm kỳ"})
        clerk.get_by_role("link", name="Nội dung hồ sơ").click()
        clerk.get_by_label("Kết quả đề nghị").select_option("reappoint")
        clerk.get_by_role("button", name="Ghi nội dung").click()
        clerk.wait_for_url("**xong=noi-dung**")
        meeting(clerk, 1, person.full_name)
        meeting(clerk, 2, person.full_name)
        step(clerk, "Trình quyết định")
        clerk.goto("/viec")
        expect(row).to_have_count(0)

        chief = signed_in(browser, address, "btv.meovac")
        waits = chief.locator("#ket-qua tr", has_text=person.code)
        expect(waits).to_contain_text("Trả lại, Quyết định")
        waits.get_by_role("link", name="Mở hồ sơ").click()
        chief.wait_for_url(DOSSIER)
        step(
            chief,
            "Quyết định",
            {
                "Số quyết định": "77-QĐ/HU",
                "Người ký": "Hoàng Văn An",
                "Ngày ký": f"{DAY:%d/%m/%Y}",
                "Hiệu lực từ ngày": f"{DAY:%d/%m/%Y}",
            },
        )
        chief.goto("/viec")
        expect(waits).to_have_count(0)
        chief.goto(f"/bo-nhiem/den-han?q={person.code}")
        expect(chief.locator("#ket-qua tr", has_text=person.code)).to_have_count(0)

        # What is left to do is the office's: to make it public; then nothing waits.
        clerk.goto("/viec")
        expect(row).to_contain_text("Công khai")
        row.get_by_role("link", name="Mở hồ sơ").click()
        clerk.wait_for_url(DOSSIER)
        assert clerk.url == dossier
        expect(clerk.locator("main")).to_contain_text("77-QĐ/HU")
        step(clerk, "Công khai")
        clerk.goto("/viec")
        expect(row).to_have_count(0)
        assert witness.faults() == []
        for page in (clerk, chief):
            page.context.close()
    assert terms(past, holder) == [(DAY, months_after(DAY, 60))]


def terms(house: House, cadre_id: UUID) -> list[tuple[date, date | None]]:
    """The terms of the seats that somebody holds from the day of the decision on."""
    spans = house.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.cadre_id) == cadre_id,
            col(AssignmentSpan.valid_to).is_(None),
            known(AssignmentSpan),
        )
    )
    return [(one.valid_from, one.term_ends_on) for one in spans]
