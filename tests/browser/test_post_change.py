"""Post changes in a real browser: from the board of clocks to a decision, by a move and by an exemption."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LEAST, NARROW, WIDE, Open, Witness
from tests.browser.test_pages import violations

pytestmark = pytest.mark.browser

LATE = "/chuyen-doi?trang-thai=overdue"


def opened(page: Page, unit: str) -> str:
    """Opens the dossier about the overdue holder in a unit; gives its path."""
    page.locator("#ket-qua tr", has_text=unit).first.get_by_role("button", name="Lập hồ sơ").click()
    page.wait_for_url("**xong=mo")
    return page.url.split("?")[0].removeprefix(page.url.split("/chuyen-doi", maxsplit=1)[0])


def decided(head: Page, path: str, number: str) -> None:
    """The authority decides, as its document says."""
    head.goto(path)
    head.get_by_role("link", name="Quyết định").click()
    head.get_by_label("Số quyết định").fill(number)
    head.get_by_label("Ngày ký").fill("30/12/2021")
    head.get_by_label("Hiệu lực từ ngày").fill("29/12/2021")
    head.get_by_role("button", name="Quyết định").click()
    expect(head.locator("#loi")).to_contain_text("không thể trước ngày ký")
    expect(head.get_by_label("Số quyết định")).to_have_value(number)
    head.get_by_label("Hiệu lực từ ngày").fill("31/12/2021")
    head.get_by_role("button", name="Quyết định").click()
    head.wait_for_url("**xong=quyet-dinh")
    expect(head.locator("h1 + .tag")).to_contain_text("Đã quyết định")


def test_who_is_overdue_moves_to_another_post(open_page: Open) -> None:
    clerk = open_page("/chuyen-doi", user="btc.tinh")
    witness = Witness(clerk)
    clerk.get_by_label("Thời hạn").select_option("overdue")
    clerk.wait_for_url("**trang-thai=overdue")
    row = clerk.locator("#ket-qua tr", has_text="Sở Xây dựng")
    expect(row).to_contain_text("chậm 364 ngày")
    name = row.get_by_role("link").first.inner_text()
    path = opened(clerk, "Sở Xây dựng")
    expect(clerk.locator("#ly-do")).to_contain_text("chưa nêu vị trí mới")
    chosen = clerk.get_by_label("Vị trí mới").locator("option", has_text="Chuyên viên sở").first
    clerk.get_by_label("Vị trí mới").select_option(chosen.get_attribute("value"))
    clerk.get_by_label("Ghi chú, căn cứ").fill("Đã giữ vị trí quá ba năm")
    clerk.get_by_role("button", name="Ghi nội dung").click()
    clerk.wait_for_url("**xong=ghi")
    expect(clerk.locator("#kiem-tra")).to_contain_text("Chỗ trống của vị trí mới")
    clerk.get_by_role("link", name="Đề nghị").click()
    clerk.get_by_role("button", name="Đề nghị").click()
    clerk.wait_for_url("**xong=de-nghi")
    expect(clerk.get_by_role("button", name="Ghi nội dung")).to_have_count(0)

    head = open_page("/chuyen-doi", user="btv.tinh")
    decided(head, path, "31-QĐ/SXD")
    clerk.goto(LATE)
    expect(clerk.locator("#ket-qua tr", has_text=name)).to_have_count(0)
    clerk.goto(path)
    expect(clerk.locator(".docs")).to_contain_text("31-QĐ/SXD")
    clerk.get_by_role("link", name="Công khai").click()
    clerk.get_by_role("button", name="Công khai").click()
    clerk.wait_for_url("**xong=cong-khai")
    assert witness.faults() == []


def test_without_scripts_the_only_one_of_his_kind_is_exempt_for_a_time(open_page: Open) -> None:
    clerk = open_page(LATE, user="btc.tinh", script=False)
    row = clerk.locator("#ket-qua tbody tr").first
    name = row.get_by_role("link").first.inner_text()
    unit = row.locator("td").first.locator(".sub").inner_text()
    path = opened(clerk, unit)
    clerk.locator("#f-outcome").select_option("exempt")
    clerk.get_by_label("Lý do miễn").select_option("only_post")
    clerk.get_by_label("Miễn đến hết ngày").fill("1/12/2021")
    clerk.get_by_role("button", name="Ghi nội dung").click()
    expect(clerk.locator("#loi")).to_contain_text("không thể trước hôm nay")
    clerk.get_by_label("Miễn đến hết ngày").fill("30/6/2022")
    clerk.get_by_role("button", name="Ghi nội dung").click()
    clerk.wait_for_url("**xong=ghi")
    clerk.get_by_role("link", name="Đề nghị").click()
    clerk.get_by_role("button", name="Đề nghị").click()
    clerk.wait_for_url("**xong=de-nghi")
    head = open_page("/chuyen-doi", user="btv.tinh", script=False)
    decided(head, path, "32-QĐ/SXD")
    clerk.goto("/chuyen-doi?trang-thai=exempt")
    row = clerk.locator("#ket-qua tr", has_text=name)
    expect(row).to_contain_text("đến hết 30/06/2022")
    expect(row).to_contain_text("Vị trí duy nhất")
    clerk.goto("/chuyen-doi?trang-thai=overdue&tai-ngay=2022-07-01")
    expect(clerk.locator("#ket-qua tr", has_text=name)).to_have_count(1)
    inspector = open_page(path, user="ubkt.tinh", script=False)
    expect(inspector.get_by_role("button", name="Ghi nội dung")).to_have_count(0)
    expect(inspector.get_by_role("link", name="Đóng hồ sơ")).to_have_count(0)


@pytest.mark.parametrize("size", [WIDE, NARROW, LEAST], ids=["wide", "narrow", "least"])
def test_the_pages_are_accessible_and_inside_their_policy(
    open_page: Open, axe_source: str, size: tuple[int, int]
) -> None:
    page = open_page("/chuyen-doi", user="btc.tinh", size=size)
    witness = Witness(page)
    for there in ("/chuyen-doi", "/chuyen-doi?trang-thai=exempt&don-vi=00000000-0000-0000-0000-000000000000"):
        page.goto(there)
        assert violations(page, axe_source) == [], there
    page.goto("/chuyen-doi")
    row = page.locator("#ket-qua tbody tr").last
    if row.get_by_role("button", name="Lập hồ sơ").count():
        row.get_by_role("button", name="Lập hồ sơ").click()
    else:
        row.get_by_role("link", name="Mở hồ sơ").click()
    page.get_by_role("heading", level=1).filter(has_text="Chuyển đổi vị trí:").wait_for()
    assert violations(page, axe_source) == []
    path = page.url.split("?")[0]
    page.goto(f"{path}/buoc/dung")
    witness.expected = ("422",)
    page.get_by_role("button", name="Dừng hồ sơ").click()
    assert violations(page, axe_source) == []
    assert witness.faults() == []
