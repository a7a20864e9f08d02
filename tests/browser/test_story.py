"""The main job, as an officer does it: with scripts and without."""

import re
import unicodedata

import pytest
from playwright.sync_api import Page, expect

from tests import world
from tests.browser.conftest import Open, Witness

pytestmark = pytest.mark.browser


def number(text: str) -> int:
    """The first whole number of a text, as Vietnamese pages group it."""
    found = re.search(r"\d[\d.]*", text)
    assert found, text
    return int(found[0].replace(".", ""))


def rows(page: Page) -> int:
    """Rows of the list on all its pages."""
    count = page.locator("#ket-qua tbody tr").count()
    while page.get_by_role("link", name="Trang sau").count():
        page.goto(page.get_by_role("link", name="Trang sau").get_attribute("href") or "")
        count += page.locator("#ket-qua tbody tr").count()
    return count


def plain(name: str) -> str:
    """A name as typed in a hurry: no tone marks, no đ."""
    letters = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_an_officer_finds_the_people_behind_a_number_and_reads_one_as_of_2019(
    open_page: Open, *, script: bool
) -> None:
    page = open_page("/", user=None, script=script)
    page.get_by_label("Tên đăng nhập").fill("btc.tinh")
    page.locator("#p").fill(world.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    witness = Witness(page) if script else None
    expect(page.get_by_role("heading", level=1)).to_have_text("Thực hiện chỉ tiêu Nghị quyết")
    row = page.locator("table.ind tbody tr", has=page.locator("a[href*='/managed_women']")).first
    women = number(row.locator(".sub a").first.inner_text())
    row.locator(".sub a").first.click()
    expect(page.locator("#ket-qua")).to_be_visible()
    first = page.locator("#ket-qua tbody a.nm").first.inner_text()
    assert rows(page) == women
    page.goto("/can-bo")
    page.locator("#q").fill(plain(first))
    page.get_by_role("button", name="Lọc").click()
    link = page.locator("#ket-qua a.nm", has_text=first).first
    expect(link).to_be_visible()
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(first)
    age = number(page.locator(".facts dd").first.inner_text().partition("(")[2])
    page.locator(".asofd summary").click()
    page.get_by_label("Xem số liệu tại ngày").fill("30/6/2019")
    page.get_by_role("button", name="Xem", exact=True).click()
    page.wait_for_url("**tai-ngay=2019-06-30**")
    expect(page.locator(".note.warn")).to_contain_text("Đang xem số liệu tại ngày 30/06/2019")
    assert number(page.locator(".facts dd").first.inner_text().partition("(")[2]) in {age - 2, age - 3}
    expect(page.get_by_role("link", name="Cập nhật hồ sơ")).to_have_count(0)
    carried = "main :not(.note) > * > a[href^='/can-bo'], main p a[href^='/don-vi'], nav.side a"
    for link in page.locator(carried).all():
        address = link.get_attribute("href") or ""
        assert "tai-ngay=2019-06-30" in address, address
    if witness is not None:
        assert witness.faults() == []


def test_search_answers_while_typing_and_the_typist_keeps_the_focus(open_page: Open) -> None:
    page = open_page("/can-bo")
    witness = Witness(page)
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    before = number(page.locator("#ket-qua [role=status]").inner_text())
    page.locator("#q").press_sequentially("nong", delay=20)
    page.wait_for_url("**q=nong**")
    expect(page.locator("#ket-qua .chip")).to_contain_text("nong")
    assert number(page.locator("#ket-qua [role=status]").inner_text()) < before
    assert page.evaluate("document.activeElement.id") == "q"
    assert all("Nông" in name for name in page.locator("#ket-qua a.nm").all_inner_texts())
    page.go_back()
    expect(page.locator("#ket-qua .chip")).to_have_count(0)
    assert witness.faults() == []


def test_when_the_server_is_away_the_old_rows_stay_and_another_try_is_offered(open_page: Open) -> None:
    page = open_page("/can-bo")
    names = page.locator("#ket-qua a.nm").all_inner_texts()
    page.route("**/can-bo?*", lambda route: route.abort())
    page.locator("#gioi").select_option("female")
    expect(page.locator("#mat-ket-noi")).to_be_visible()
    assert page.locator("#ket-qua a.nm").all_inner_texts() == names
    page.unroute("**/can-bo?*")
    page.get_by_role("button", name="Thử lại").click()
    expect(page.locator("#ket-qua .chip")).to_contain_text("Giới tính: Nữ")
    expect(page.locator("#mat-ket-noi")).to_be_hidden()


def test_the_keyboard_alone_is_enough(open_page: Open) -> None:
    page = open_page("/can-bo")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "noi-dung"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "gs"
    page.keyboard.press("Escape")
    page.locator(".asofd summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#tn")).to_be_visible()
    page.locator("#tn").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#tn")).to_be_hidden()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_every_tab_stop_shows_where_it_is(open_page: Open) -> None:
    page = open_page("/can-bo")
    page.evaluate("document.body.focus()")
    unseen = []
    for _step in range(30):
        page.keyboard.press("Tab")
        width, shape, what = page.evaluate(
            """() => { const e = document.activeElement, s = getComputedStyle(e);
              return [parseFloat(s.outlineWidth), s.outlineStyle, e.outerHTML.slice(0, 90)]; }"""
        )
        if width < 2 or shape == "none":
            unseen.append(what)
    assert unseen == []


HOSTILE = '<img src=x onerror="window.hit=1"> <b hx-get="/x" hx-trigger="load">A</b>'


def test_markup_in_a_text_field_stays_text(open_page: Open) -> None:
    page = open_page("/can-bo/HG-000133/sua")
    witness = Witness(page)
    page.get_by_label("Công việc chính được giao").fill(HOSTILE)
    page.get_by_label("Căn cứ hoặc lý do sửa").fill(HOSTILE)
    page.get_by_role("button", name="Ghi thay đổi").click()
    page.wait_for_url("**xong=sua**")
    for path in ("", "/ly-lich", "/lich-su", "/sua"):
        page.goto(f"/can-bo/HG-000133{path}")
        assert page.evaluate("window.hit") is None
        assert page.locator("main img, main [hx-trigger=load]").count() == 0
    expect(page.get_by_label("Công việc chính được giao")).to_have_value(HOSTILE)
    page.goto(f"/can-bo?q={HOSTILE}")
    assert page.evaluate("window.hit") is None
    assert witness.faults() == []
