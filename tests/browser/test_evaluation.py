"""A yearly grade from the clerk's form to the committee's confirmation, in a browser; scripts or none."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests import world
from tests.api.conftest import holder
from tests.browser.conftest import LEAST, NARROW, WIDE, Open, Witness
from tests.browser.test_pages import violations
from tests.conftest import TODAY

pytestmark = pytest.mark.browser

SLUG = holder("phong-noi-vu.meo-vac", "d.specialist")
UNIT = world.unit("meo-vac")


def record(page: Page, year: str) -> None:
    """Finds the person, then says what the decision said."""
    name = world.crowd(TODAY).people[SLUG].name
    page.goto("/danh-gia")
    page.get_by_role("link", name="Ghi kết quả", exact=True).click()
    page.get_by_label("Tìm theo tên hoặc số hiệu").fill(name)
    page.locator("main").get_by_role("button", name="Tìm", exact=True).click()
    page.get_by_role("link", name=re.compile(f"^{name}")).first.click()
    page.get_by_label("Năm", exact=False).first.select_option(year)
    page.locator("#f-grade").select_option("excellent")
    page.locator("#f-party").select_option("excellent")
    page.locator("#f-by").fill("Ban Thường vụ Huyện ủy")
    page.locator("#f-number").fill(f"{year}-QĐ/HU")
    page.locator("#f-on").fill(f"10/12/{year}")
    page.get_by_role("button", name="Ghi kết quả").click()
    page.wait_for_url(re.compile(r"/danh-gia/[0-9a-f-]{36}\?xong=ghi"))


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_a_grade_is_recorded_warned_of_and_confirmed_by_another(open_page: Open, *, script: bool) -> None:
    clerk = open_page("about:blank", user="btc.meovac", script=script)
    witness = Witness(clerk) if script else None
    record(clerk, "2019" if script else "2018")
    path = re.sub(r"\?.*", "", clerk.url)
    expect(clerk.get_by_role("heading", level=1)).to_contain_text("Xếp loại năm")
    expect(clerk.locator("details.rule", has_text="đảng viên")).to_contain_text("Cần giải trình.")
    expect(clerk.get_by_role("button", name="Xác nhận kết quả")).to_have_count(0)
    if witness is not None:
        assert witness.faults() == []

    head = open_page(path, user="btv.meovac", script=script)
    head.get_by_role("button", name="Xác nhận kết quả").click()
    head.wait_for_url("**xong=xac-nhan")
    expect(head.locator(".note.ok")).to_contain_text("Đã xác nhận")
    expect(head.get_by_role("button", name="Xác nhận kết quả")).to_have_count(0)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_pages_are_accessible_and_inside_their_policy(
    open_page: Open, axe_source: str, size: tuple[int, int]
) -> None:
    page = open_page("about:blank", user="btv.meovac", size=size)
    witness = Witness(page)
    for there in ("/danh-gia", f"/danh-gia?don-vi={UNIT}&nam=2021&trang-thai=recorded"):
        page.goto(there)
        assert violations(page, axe_source) == [], there
    page.locator("#ket-qua .nm").first.click()
    page.wait_for_url("**/danh-gia/**")
    assert violations(page, axe_source) == []
    assert witness.faults() == []
    clerk = open_page(f"/danh-gia/them?can-bo={world.person(SLUG)}", user="btc.meovac", size=size)
    assert violations(clerk, axe_source) == []
    clerk.get_by_role("button", name="Ghi kết quả").click()
    expect(clerk.locator("#loi")).to_be_visible()
    assert violations(clerk, axe_source) == []


def test_a_condition_narrows_the_list_in_place(open_page: Open) -> None:
    page = open_page("/danh-gia", user="btc.meovac")
    witness = Witness(page)
    page.evaluate("window.stayed = true")
    page.get_by_label("Năm", exact=True).select_option("2020")
    expect(page.locator("#ket-qua")).to_contain_text("Năm 2020")
    page.locator("#don-vi").select_option(str(UNIT))
    expect(page.locator("#ket-qua .rule").first).to_contain_text("Tỷ lệ")
    assert page.evaluate("window.stayed")
    assert witness.faults() == []


def test_the_list_fits_the_smallest_screen(open_page: Open) -> None:
    page = open_page("/danh-gia", user="btc.meovac", size=LEAST)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
