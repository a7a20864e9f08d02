"""Every page, wide and narrow: accessible, inside its policy, without errors, not wider than the screen."""

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import LEAST, NARROW, WIDE, Open, Witness

pytestmark = pytest.mark.browser

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PERSON = "HG-000133"
"""A leader of Mèo Vạc in the test world, with posts, grades and a party card."""

PAGES = {
    "dashboard 2025": "/chi-tieu?moc=2025",
    "dashboard 2030": "/chi-tieu?moc=2030",
    "dashboard past": "/chi-tieu?tai-ngay=2019-06-30",
    "indicator": "/chi-tieu/managed_women",
    "people": "/chi-tieu/managed_women/ho-so?phan=tu-so",
    "people none": "/chi-tieu/managed_women/ho-so?phan=tu-so&q=khongcoai",
    "units": "/don-vi",
    "communes": "/don-vi?cap=commune",
    "cadres": "/can-bo",
    "cadres filtered": "/can-bo?gioi=female&tuoi-den=44&ly-luan=intermediate",
    "cadres none": "/can-bo?q=khongcoai&gioi=male",
    "profile": f"/can-bo/{PERSON}",
    "profile past": f"/can-bo/{PERSON}?tai-ngay=2019-06-30",
    "profile known": f"/can-bo/{PERSON}?biet-den=2019-06-30",
    "profile 2C": f"/can-bo/{PERSON}/ly-lich",
    "profile training": f"/can-bo/{PERSON}/dao-tao",
    "profile grades": f"/can-bo/{PERSON}/danh-gia",
    "profile honours": f"/can-bo/{PERSON}/khen-thuong-ky-luat",
    "profile history": f"/can-bo/{PERSON}/lich-su",
    "edit": f"/can-bo/{PERSON}/sua",
    "add": "/can-bo/them",
    "assign": f"/can-bo/{PERSON}/phan-cong/them",
    "account": "/tai-khoan",
    "not found": "/khong-co-trang-nay",
}


def violations(page: Page, axe_source: str) -> list[str]:
    """What axe finds: rule, impact, and the first places."""
    page.evaluate(axe_source)
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})",
        AXE_TAGS,
    )
    return [
        f"{v['impact']} {v['id']}: {[node['target'] for node in v['nodes'][:4]]}" for v in found["violations"]
    ]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_inside_its_policy(
    open_page: Open, axe_source: str, name: str, size: tuple[int, int]
) -> None:
    page = open_page("about:blank", size=size)
    witness = Witness(page)
    witness.expected = ("404 (Not Found)",) if name == "not found" else ()
    page.goto(PAGES[name])
    assert violations(page, axe_source) == []
    assert witness.faults() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("wrong", [False, True], ids=["fresh", "wrong"])
def test_the_sign_in_form_is_accessible(
    open_page: Open, axe_source: str, size: tuple[int, int], *, wrong: bool
) -> None:
    page = open_page("/dang-nhap", user=None, size=size)
    if wrong:
        page.locator("#u").fill("khong.co")
        page.locator("#p").fill("sai")
        page.get_by_role("button", name="Đăng nhập").click()
        page.wait_for_selector(".errsum")
        assert page.title().startswith("Lỗi: ")
        assert page.evaluate("document.activeElement.className") == "errsum"
    assert violations(page, axe_source) == []


@pytest.mark.parametrize("name", ["dashboard 2025", "cadres", "profile", "edit", "units", "people"])
def test_no_page_scrolls_sideways_on_the_smallest_screen(open_page: Open, name: str) -> None:
    page = open_page(PAGES[name], size=LEAST)
    assert page.evaluate("document.documentElement.scrollWidth") <= LEAST[0]


@pytest.mark.parametrize("name", ["dashboard 2025", "cadres", "profile"])
def test_a_touch_target_is_never_smaller_than_24_pixels(open_page: Open, name: str) -> None:
    page = open_page(PAGES[name], size=NARROW)
    small: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('button, select, input:not([type=hidden]), .btn, .side a')]
          .filter(e => e.offsetParent).map(e => [e, (e.closest('label') || e).getBoundingClientRect()])
          .filter(([e, r]) => r.width && (r.width < 24 || r.height < 24))
          .map(([e]) => e.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_the_first_load_of_the_dashboard_stays_within_its_budget(open_page: Open) -> None:
    page = open_page("/tai-khoan")
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.clearBrowserCache")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto("/chi-tieu", wait_until="networkidle")
    assert len(sizes) >= 5  # page, style, scripts, fonts
    assert sum(sizes) <= 120 * 1024


def test_what_is_printed_leaves_the_frame_out(open_page: Open) -> None:
    page = open_page("/chi-tieu")
    page.emulate_media(media="print")
    for frame in (".top", ".side", ".acts"):
        assert not page.locator(frame).first.is_visible(), frame
    assert page.locator(".phead").is_visible()
    assert page.locator("table.ind").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
