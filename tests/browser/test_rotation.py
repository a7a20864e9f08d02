"""Rotations in a real browser: a plan with its lines, its approval, a dossier up to the consultation."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LEAST, NARROW, WIDE, Open, Witness
from tests.browser.test_pages import violations

pytestmark = pytest.mark.browser


def path_of(page: Page) -> str:
    """The path shown, without its query."""
    path = page.url.split("?")[0]
    return path.removeprefix(path.split("/luan-chuyen", maxsplit=1)[0])


def planned(clerk: Page, year: str) -> str:
    """Opens the plan of Mèo Vạc for a year, with one line; gives its path."""
    clerk.goto("/luan-chuyen/lap-ke-hoach")
    clerk.get_by_label("Đơn vị lập kế hoạch").select_option(label="Huyện Mèo Vạc")
    clerk.get_by_label("Năm").fill(year)
    clerk.get_by_role("button", name="Lập kế hoạch").click()
    clerk.wait_for_url("**xong=mo")
    path = path_of(clerk)
    seat = clerk.get_by_label("Vị trí nơi đến").locator("option", has_text="Phòng Nội vụ").first
    clerk.get_by_label("Vị trí nơi đến").select_option(seat.get_attribute("value"))
    clerk.get_by_label("Ngày bắt đầu dự kiến").fill(f"1/6/{year}")
    clerk.get_by_label("Hướng bố trí sau luân chuyển").fill("Trở về nhà trường")
    clerk.get_by_role("button", name="Thêm vào kế hoạch").click()
    clerk.wait_for_url("**xong=them")
    return path


@pytest.mark.parametrize("size", [WIDE, NARROW, LEAST], ids=["wide", "narrow", "least"])
def test_the_pages_are_accessible_and_inside_their_policy(
    open_page: Open, axe_source: str, size: tuple[int, int]
) -> None:
    page = open_page("/luan-chuyen", user="btc.meovac", size=size)
    witness = Witness(page)
    path = planned(page, str(2023 + [WIDE, NARROW, LEAST].index(size)))
    assert violations(page, axe_source) == [], path
    for there in ("/luan-chuyen", "/luan-chuyen/lap-ho-so", "/luan-chuyen/lap-ke-hoach"):
        page.goto(there)
        assert violations(page, axe_source) == [], there
    page.goto(path)
    page.get_by_role("link", name="Sửa, bỏ").click()
    page.get_by_role("button", name="Bỏ khỏi kế hoạch").wait_for()
    assert violations(page, axe_source) == []
    witness.expected = ("422",)
    page.get_by_role("button", name="Bỏ khỏi kế hoạch").click()
    expect(page.locator("#loi")).to_contain_text("Lý do bỏ: chưa nhập")
    assert violations(page, axe_source) == []
    assert witness.faults() == []
