"""An in-house appointment from policy to decision, in a small world on a day when appointments have norms."""

import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import date
from typing import Any, Self
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect
from sqlmodel import col, select

from app.models.cadre import Cadre
from app.models.post import PostQuota
from app.services.database import build_engine
from tests import world
from tests.api.acting import BODY, TITLE, asked, at_work, kin, qualified
from tests.api.conftest import House
from tests.browser.conftest import LEAST, NARROW, WIDE, Doors, Open, Witness, serving
from tests.browser.test_pages import violations
from tests.conftest import SqliteCluster, fill_world, make_settings

pytestmark = pytest.mark.browser

DAY = date(2023, 3, 15)
SEAT = str(world.post(BODY, TITLE))
REFUSALS = ("409 (Conflict)", "422 (Unprocessable")


@pytest.fixture(scope="module")
def people() -> list[UUID]:
    """Specialists of the division, the first two with all that the law asks for."""
    return at_work(BODY, "d.specialist", DAY)


@pytest.fixture(scope="module")
def hall(
    sqlite_cluster: SqliteCluster, tmp_path_factory: pytest.TempPathFactory, people: list[UUID]
) -> Iterator[tuple[str, dict[UUID, str]]]:
    """A server of its own in March 2023, and the names of the specialists."""
    sqlite_cluster.template("world", fill_world)
    folder = tmp_path_factory.mktemp("appointments")
    plain = make_settings(folder, sqlite_cluster.copy("world"))
    settings = plain.model_copy(update={"today": DAY})
    engine = build_engine(settings)
    house = House(FastAPI(), settings, engine, AsyncExitStack())
    asked(house)
    # Seats for all stories, whichever of them comes first.
    for quota in house.scalars(select(PostQuota).where(col(PostQuota.post_id) == UUID(SEAT))):
        quota.quota = 5
        house.write(quota)
    for key in people[:2]:
        qualified(house, key, DAY, DAY)
        kin(house, key, at_work("truong.meo-vac", "d.teacher", DAY)[0])
    names = dict(house.rows(select(col(Cadre.id), col(Cadre.full_name)).where(col(Cadre.id).in_(people))))
    engine.dispose()
    with serving(settings) as address:
        yield address, names


@pytest.fixture(scope="module")
def gates(browser: Browser, hall: tuple[str, dict[UUID, str]]) -> Doors:
    """The pages of that server."""
    return Doors(browser, hall[0])


@pytest.fixture
def look(gates: Doors) -> Iterator[Open]:
    """Opens a page of that server."""
    yield gates.open
    gates.close()


class Clerk:
    """The API as the clerk of the office uses it."""

    def __init__(self, server: str, user: str) -> None:
        self.client = httpx.Client(base_url=f"{server}/api/v1", timeout=30)
        body = {"username": user, "password": world.PASSWORD}
        token = self.client.post("/sessions", json=body).raise_for_status().json()["access_token"]
        self.client.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_told: object) -> None:
        self.client.close()

    def act(self, key: str, action: str, **sent: Any) -> None:  # noqa: ANN401 - JSON
        """A step of a dossier at its present version."""
        etag = self.client.get(f"/appointments/{key}").headers["etag"]
        path, body = f"/appointments/{key}/transitions", {"action": action, **sent}
        answer = self.client.post(path, json=body, headers={"If-Match": etag})
        assert answer.is_success, answer.text

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """A write that has to be taken."""
        answer = self.client.post(path, json=body)
        assert answer.is_success, answer.text
        told: dict[str, Any] = answer.json()
        return told


def opened(page: Page) -> str:
    """What, which unit, which seat: a new in-house dossier; gives its path."""
    page.goto("/bo-nhiem")
    page.get_by_role("link", name="Mở hồ sơ", exact=True).click()
    page.get_by_role("link", name="Bổ nhiệm, nguồn tại chỗ").click()
    page.get_by_label("Tìm đơn vị theo tên").fill("Phòng Nội vụ")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("link", name="Phòng Nội vụ huyện Mèo Vạc").click()
    page.get_by_role("button", name="Mở hồ sơ").click()
    expect(page.locator(".errsum")).to_contain_text("Vị trí cần người: chưa nhập")
    page.get_by_label("Vị trí cần người").select_option(SEAT)
    page.get_by_role("button", name="Mở hồ sơ").click()
    page.wait_for_url(re.compile(r"/bo-nhiem/[0-9a-f-]{36}\?xong=mo"))
    return "/bo-nhiem/" + page.url.partition("/bo-nhiem/")[2].partition("?")[0]


def take(page: Page, path: str, name: str, state: str, **filled: str) -> None:
    """One step from the head of the page, with what its form asks for."""
    page.goto(path)
    link = page.locator(".acts").get_by_role("link", name=name, exact=True)
    expect(link).not_to_have_attribute("aria-disabled", "true")
    link.click()
    for label, value in filled.items():
        page.get_by_label(label.replace("_", " ")).fill(value)
    page.get_by_role("button", name=name, exact=True).click()
    expect(page.locator(".ttl")).to_contain_text(state)


def attended(page: Page, summoned: str = "20", present: str = "19") -> None:
    """Day and attendance."""
    page.get_by_label("Ngày họp").fill("15/3/23")
    page.get_by_label("Số người được triệu tập").fill(summoned)
    page.get_by_label("Số người dự họp").fill(present)


def cast(page: Page, votes: dict[str, str], ballots: str = "19") -> None:
    """Ballots and votes for each."""
    for name in ("Số phiếu phát ra", "Số phiếu thu về", "Số phiếu hợp lệ"):
        page.get_by_label(name).fill(ballots)
    for name, number in votes.items():
        page.locator(".ballots").get_by_label(name).fill(number)


def record(page: Page, step: int) -> None:
    """Send the minutes that stand in the dossier's own form."""
    page.get_by_role("button", name=f"Ghi kết quả bước {step}").click()


def voted(clerk: Page, path: str, winner: str, other: str) -> None:
    """All five meetings with two candidates on the ballot, and the mistakes that are refused on the way."""
    # A step out of order is refused with what is missing, and what was typed stays.
    clerk.goto(f"{path}/hop/3")
    attended(clerk)
    record(clerk, 3)
    expect(clerk.locator(".errsum")).to_contain_text("Chưa làm các bước trước")
    expect(clerk.get_by_label("Số người dự họp")).to_have_value("19")

    clerk.goto(path)
    attended(clerk)
    record(clerk, 1)
    expect(clerk.locator("#cac-buoc .done")).to_have_count(2)

    for name in (winner, other):
        clerk.goto(path)
        if not clerk.locator("#tim").is_visible():
            clerk.locator("#them summary").click()
        clerk.locator("#tim").fill(name)
        clerk.get_by_role("button", name=f"Thêm {name} vào danh sách nhân sự").first.click()
        expect(clerk.locator("#nhan-su table .nm", has_text=name)).to_have_count(1)

    # Two candidates on the ballot; more votes than valid ballots, more present than summoned.
    attended(clerk, present="25")
    cast(clerk, {winner: "14", other: "4"})
    record(clerk, 2)
    expect(clerk.locator(".errsum")).to_contain_text("không thể lớn hơn")
    expect(clerk.get_by_label("Số người dự họp")).to_have_attribute("aria-invalid", "true")
    clerk.get_by_label("Số người dự họp").fill("19")
    cast(clerk, {winner: "21", other: "4"})
    record(clerk, 2)
    expect(clerk.locator(".ballots").get_by_label(winner)).to_have_attribute("aria-invalid", "true")
    expect(clerk.locator(".ballots .ferr")).to_contain_text("không thể lớn hơn 19 phiếu hợp lệ")
    cast(clerk, {winner: "14", other: "4"})
    record(clerk, 2)
    for step, won in ((3, "15"), (4, "16"), (5, "17")):
        expect(clerk.locator("#cac-buoc .done")).to_have_count(step)
        attended(clerk)
        cast(clerk, {winner: won, other: "2"})
        record(clerk, step)
    expect(clerk.locator("#cac-buoc .done")).to_have_count(6)
    last = clerk.locator(".held tbody tr").last
    expect(last).to_contain_text("17/20")
    expect(last).to_contain_text("85%")


def decided(head: Page, path: str) -> None:
    """The decision, its first try with days in the wrong order."""
    head.goto(path)
    head.get_by_role("link", name="Quyết định", exact=True).click()
    head.get_by_label("Số quyết định").fill("77-QĐNS/HU")
    head.get_by_label("Người ký").fill("Hoàng Văn An")
    head.get_by_label("Ngày ký").fill("15/3/2023")
    head.get_by_label("Hiệu lực từ ngày").fill("14/3/2023")
    head.get_by_role("button", name="Quyết định", exact=True).click()
    expect(head.locator(".errsum")).to_contain_text("không thể trước ngày ký")
    expect(head.get_by_label("Số quyết định")).to_have_value("77-QĐNS/HU")
    head.get_by_label("Hiệu lực từ ngày").fill("15/3/2023")
    head.get_by_role("button", name="Quyết định", exact=True).click()
    expect(head.locator(".ttl")).to_contain_text("Đã quyết định")
    expect(head.locator(".note.ok").last).to_contain_text("Quyết định số 77-QĐNS/HU, ký ngày 15/03/2023")
    expect(head.locator("#kiem-tra-t")).to_contain_text("Giữ từ 15/03/2023")


def test_an_in_house_appointment_from_policy_to_decision(
    look: Open, hall: tuple[str, dict[UUID, str]], people: list[UUID]
) -> None:
    winner, other = (hall[1][key] for key in people[:2])
    clerk = look("/tai-khoan", user="btc.meovac")
    witness = Witness(clerk)
    witness.expected = REFUSALS
    path = opened(clerk)
    expect(clerk.locator("#cac-buoc [aria-current=step]")).to_contain_text("Xin chủ trương")
    expect(clerk.locator("#nhan-su")).to_contain_text("sau khi có chủ trương")
    take(clerk, path, "Xin chủ trương", "Đã xin chủ trương")

    head = look("/bo-nhiem?trang-thai=policy_requested", user="btv.meovac")
    head.locator("#ket-qua").get_by_role("link", name=re.compile("^Bổ nhiệm Phó Trưởng phòng")).click()
    expect(head.locator(".ttl")).to_contain_text("Đã xin chủ trương")
    take(head, path, "Đồng ý chủ trương", "Đang làm quy trình")

    voted(clerk, path, winner, other)
    expect(clerk.locator("#ly-do")).to_contain_text("chưa chọn nhân sự")
    clerk.get_by_role("button", name=f"Chọn {winner}").click()
    expect(clerk.locator("#nhan-su")).to_contain_text("được đề nghị")
    expect(clerk.locator("#kiem-tra .card").nth(1)).to_contain_text(winner)
    take(clerk, path, "Trình quyết định", "Đã trình")
    expect(clerk.get_by_role("link", name="Sửa")).to_have_count(0)

    decided(head, path)
    # The record shows the new seat, and the old one closed by the same decision.
    clerk.goto(path)
    clerk.get_by_role("link", name="Vị trí mới trong hồ sơ cán bộ").click()
    expect(clerk.get_by_role("heading", level=1)).to_have_text(winner)
    main = clerk.locator("main")
    expect(main).to_contain_text("Phó Trưởng phòng")
    expect(main).to_contain_text("77-QĐNS/HU")
    expect(main).to_contain_text("14/03/2023")
    take(clerk, path, "Công khai", "Đã công khai")
    assert witness.faults() == []


# ---- one page at a time ------------------------------------------------------------------------------------

SUMMONED, CAME = 20, 19


def minutes(step: int, votes: dict[UUID, int]) -> dict[str, Any]:
    """The minutes of a step as the API takes them."""
    body = {"step": step, "held_on": DAY.isoformat(), "summoned": SUMMONED, "present": CAME}
    ballots = dict.fromkeys(("ballots_issued", "ballots_returned", "ballots_valid"), CAME) if votes else {}
    cast_ = [{"cadre_id": str(key), "votes": number} for key, number in votes.items()]
    return body | ballots | {"in_favour": cast_}


@pytest.fixture(scope="module")
def dossiers(hall: tuple[str, dict[UUID, str]], people: list[UUID]) -> dict[str, str]:
    """A dossier in its draft, one in the middle of its process, one of an end that is decided; by name."""
    seat = {"kind": "appointment", "post_id": SEAT}
    with Clerk(hall[0], "btc.meovac") as clerk, Clerk(hall[0], "btv.meovac") as head:
        draft, running = (str(clerk.post("/appointments", seat)["id"]) for _ in range(2))
        clerk.act(running, "request_policy")
        head.act(running, "approve_policy")
        # Somebody of whom the law knows too little stands beside who has all that it asks for.
        named = people[2:4] if len(people) > 3 else people[1:3]
        keys = [
            clerk.post(f"/appointments/{running}/candidates", {"cadre_id": str(one), "raised_at_step": 2})[
                "id"
            ]
            for one in named
        ]
        clerk.post(f"/appointments/{running}/steps", minutes(1, {}))
        clerk.post(f"/appointments/{running}/steps", minutes(2, dict(zip(named, (12, 5), strict=True))))
        clerk.post(f"/appointments/{running}/steps", minutes(3, dict(zip(named, (13, 2), strict=True))))
        held = clerk.client.get(f"/cadres/{people[0]}/assignments").json()["items"][0]["id"]
        told = {"reason": "Theo nguyện vọng", "basis": "Đơn ngày 01/03/2023"}
        ending = str(
            clerk.post("/appointments", {"kind": "resignation", "assignment_id": held, **told})["id"]
        )
    return {"draft": draft, "running": running, "ending": ending, "candidate": str(keys[1])}


PAGES = {
    "list": ("btc.meovac", "/bo-nhiem"),
    "list none": ("btc.meovac", "/bo-nhiem?trang-thai=cancelled&loai=secondment"),
    "open": ("btc.meovac", "/bo-nhiem/mo"),
    "open person": ("btc.meovac", "/bo-nhiem/mo?viec=relief&ten=an"),
    "open unit": ("btc.meovac", "/bo-nhiem/mo?viec=in_house&q=Ph%C3%B2ng"),
    "open seat": ("btc.meovac", f"/bo-nhiem/mo?viec=in_house&don-vi={world.unit(BODY)}"),
    "draft": ("btc.meovac", "/bo-nhiem/{draft}"),
    "running": ("btc.meovac", "/bo-nhiem/{running}?q=an"),
    "running read": ("ubkt.tinh", "/bo-nhiem/{running}"),
    "running past": ("btc.meovac", "/bo-nhiem/{running}?tai-ngay=2019-06-30"),
    "ending": ("btc.meovac", "/bo-nhiem/{ending}"),
    "minutes": ("btc.meovac", "/bo-nhiem/{running}/hop/4"),
    "step": ("btc.meovac", "/bo-nhiem/{running}/buoc/trinh"),
    "content": ("btc.meovac", "/bo-nhiem/{running}/noi-dung"),
    "withdrawal": ("btc.meovac", "/bo-nhiem/{running}/nguoi/{candidate}/rut"),
    "paper": ("btc.meovac", "/bo-nhiem/{running}/tep?buoc=2"),
}


@pytest.mark.parametrize("size", [WIDE, NARROW, LEAST], ids=["wide", "narrow", "least"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_personnel_actions_is_accessible_and_inside_its_policy(
    look: Open, dossiers: dict[str, str], axe_source: str, name: str, size: tuple[int, int]
) -> None:
    user, path = PAGES[name]
    page = look("about:blank", user=user, size=size)
    witness = Witness(page)
    page.goto(path.format(**dossiers))
    assert violations(page, axe_source) == []
    assert witness.faults() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_a_dossier_is_opened_and_its_policy_asked_for_without_javascript(look: Open) -> None:
    page = look("/tai-khoan", user="btc.meovac", script=False)
    path = opened(page)
    take(page, path, "Xin chủ trương", "Đã xin chủ trương", Ghi_chú="Kính trình Ban Thường vụ")
    expect(page.locator("main")).to_contain_text("Kính trình Ban Thường vụ")


def test_a_search_for_persons_answers_while_typing(look: Open, dossiers: dict[str, str]) -> None:
    page = look(f"/bo-nhiem/{dossiers['running']}", user="btc.meovac")
    witness = Witness(page)
    page.locator("#them summary").click()
    page.locator("#tim").press_sequentially("an", delay=20)
    expect(page.locator("#tim-kq [role=status]")).to_contain_text("khớp «an»")
    assert page.evaluate("document.activeElement.id") == "tim"
    assert witness.faults() == []
