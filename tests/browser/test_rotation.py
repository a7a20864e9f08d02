"""Rotations in a real browser: a plan with its lines, its approval, a dossier until somebody is away."""

from collections.abc import Iterator
from contextlib import AsyncExitStack

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import col, select

from app.main import create_app
from app.models.cadre import Cadre
from app.services.database import build_engine
from tests import world
from tests.api.acting import DAY
from tests.api.conftest import House
from tests.api.rotating import leader
from tests.browser.conftest import LEAST, NARROW, WIDE, Open, Witness, serving
from tests.browser.test_pages import violations
from tests.conftest import SqliteCluster, fill_world, make_settings

pytestmark = pytest.mark.browser


def path_of(page: Page) -> str:
    """The path shown, without its query."""
    path = page.url.split("?")[0]
    return path.removeprefix(path.split("/luan-chuyen", maxsplit=1)[0])


def planned(clerk: Page, year: str, there: str = "") -> str:
    """Opens the plan of Mèo Vạc for a year, with one line; gives its path."""
    clerk.goto(f"{there}/luan-chuyen/lap-ke-hoach")
    clerk.get_by_label("Đơn vị lập kế hoạch").select_option(label="Huyện Mèo Vạc")
    clerk.get_by_label("Năm").fill(year)
    clerk.get_by_role("button", name="Lập kế hoạch").click()
    clerk.wait_for_url("**xong=mo")
    path = path_of(clerk)
    seat = clerk.get_by_label("Vị trí nơi đến").locator(
        "option", has_text="Phó Trưởng phòng huyện, Phòng Nội vụ"
    )
    clerk.get_by_label("Vị trí nơi đến").select_option(seat.get_attribute("value"))
    clerk.get_by_label("Ngày bắt đầu dự kiến").fill(f"1/6/{year}")
    clerk.get_by_label("Hướng bố trí sau luân chuyển").fill("Trở về nhà trường")
    clerk.get_by_role("button", name="Thêm vào kế hoạch").click()
    clerk.wait_for_url("**xong=them")
    return path


@pytest.fixture
def ready(
    sqlite_cluster: SqliteCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """An application on a day when rotations have norms: its address, and the name of who is fit to go."""
    sqlite_cluster.template("world", fill_world)
    folder = tmp_path_factory.mktemp("rotation")
    settings = make_settings(folder, sqlite_cluster.copy("world")).model_copy(update={"today": DAY})
    engine = build_engine(settings)
    house = House(create_app(settings), settings, engine, AsyncExitStack())
    person = leader(house)
    (name,) = house.scalars(select(col(Cadre.full_name)).where(col(Cadre.id) == person))
    engine.dispose()
    with serving(settings) as address:
        yield address, name


def signed_in(open_page: Open, there: str, user: str, *, script: bool) -> Page:
    """A page of somebody at another application than the shared one."""
    page = open_page(f"{there}/dang-nhap?tiep=/luan-chuyen", user=None, script=script)
    page.get_by_label("Tên đăng nhập").fill(user)
    page.locator("#p").fill(world.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/luan-chuyen")
    return page


def heard(clerk: Page) -> None:
    """Both units have their say on the dossier shown."""
    for who in ("cử đi", "tiếp nhận"):
        clerk.get_by_label(f"Ngày đơn vị {who} có ý kiến").fill("28/2/2023")
        clerk.get_by_label(f"Ý kiến đơn vị {who}").fill(f"Đơn vị {who} đồng ý")
    clerk.get_by_role("button", name="Ghi nội dung").click()
    clerk.wait_for_url("**xong=ghi")


def step(page: Page, name: str, slug: str) -> None:
    """Takes a step that asks for nothing."""
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name=name).click()
    page.wait_for_url(f"**xong={slug}")


def decided(head: Page, address: str, name: str, slug: str) -> None:
    """The authority decides, as its document says."""
    head.goto(address)
    head.get_by_role("link", name=name).click()
    head.get_by_label("Số quyết định").fill(f"61-{slug}")
    head.get_by_label("Ngày ký").fill("1/3/2023")
    head.get_by_label("Hiệu lực từ ngày").fill("1/3/2023")
    head.get_by_role("button", name=name).click()
    head.wait_for_url(f"**xong={slug}")


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
def test_a_rotation_from_the_plan_until_somebody_is_away(
    open_page: Open, ready: tuple[str, str], *, script: bool
) -> None:
    there, name = ready
    clerk = signed_in(open_page, there, "btc.meovac", script=script)
    head = signed_in(open_page, there, "btv.meovac", script=script)
    plan = planned(clerk, "2023", there)
    step(clerk, "Trình phê duyệt", "trinh")
    decided(head, there + plan, "Phê duyệt", "phe-duyet")
    clerk.goto(there + plan)
    clerk.get_by_role("link", name="Lập hồ sơ").click()
    clerk.get_by_label("Tên hoặc số hiệu cán bộ").fill(name)
    clerk.get_by_role("button", name="Tìm", exact=True).click()
    someone = clerk.locator("#f-cadre option", has_text=name).first
    clerk.locator("#f-cadre").select_option(someone.get_attribute("value"))
    clerk.get_by_label("Bắt đầu dự kiến").fill("1/3/2023")
    clerk.get_by_role("button", name="Lập hồ sơ").click()
    clerk.wait_for_url("**xong=mo")
    path = path_of(clerk)
    expect(clerk.locator("#ly-do")).to_contain_text("ý kiến đơn vị cử đi")
    heard(clerk)
    step(clerk, "Ghi đã lấy ý kiến hai nơi", "lay-y-kien")
    expect(clerk.get_by_role("button", name="Ghi nội dung")).to_have_count(0)
    step(clerk, "Trình quyết định", "trinh")
    decided(head, there + path, "Quyết định luân chuyển", "quyet-dinh")
    clerk.goto(there + path)
    step(clerk, "Ghi đã đến nhận công tác", "den-nhan")
    expect(clerk.locator("h1 + .tag")).to_contain_text("Đang luân chuyển")
    expect(clerk.locator(".docs")).to_contain_text("61-quyet-dinh")
    clerk.goto(f"{there}/luan-chuyen?trang-thai=in_rotation")
    expect(clerk.get_by_role("region", name="Bảng hồ sơ luân chuyển")).to_contain_text(name)
    expect(clerk.locator("#ket-qua .docs")).to_contain_text("Đang luân chuyển")


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
