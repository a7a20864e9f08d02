"""Rotations as their offices work on them over the API: planned, opened, heard, decided, ended."""

from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import httpx
from sqlmodel import col, select

from app.models.assignment import AssignmentSpan
from app.models.base import new_id
from app.models.dossier import DossierDecision, DossierSnapshot, DossierStep
from app.models.rotation import Rotation, RotationItem, RotationPlan, RotationPlanState, RotationState
from app.models.title import TitleVersion
from tests import world
from tests.api import acting
from tests.api.acting import BODY, DAY, PLACE, SEATS, TITLE, account, at_work, decision, held
from tests.api.conftest import API, House
from tests.api.planning import staff_of

PLANS, ROTATIONS = f"{API}/rotation-plans", f"{API}/rotations"
HOME, HOME_TITLE = "truong.meo-vac", "d.principal"
"""Where the person of the story comes from: a headmaster, sent to lead a division."""

TABLES = (
    Rotation,
    RotationItem,
    RotationPlan,
    DossierDecision,
    DossierStep,
    DossierSnapshot,
    AssignmentSpan,
)
HEARD = {
    "sender_heard_on": DAY.isoformat(),
    "sender_opinion": "Đồng ý cử đi",
    "receiver_heard_on": DAY.isoformat(),
    "receiver_opinion": "Sẵn sàng tiếp nhận",
}
_NUMBERS = count(1)
_STANDING = 2029
"""The year of the plan that requests are made about."""


def rows(house: House) -> list[str]:
    """Every row that a rotation may touch: nothing changed where two of these are equal."""
    return sorted(
        repr((table.__name__, sorted((name, str(value)) for name, value in row.model_dump().items())))
        for table in TABLES
        for row in house.scalars(select(table))
    )


def sensitive(house: House, title: str = TITLE) -> None:
    """The title lies in a sensitive field."""
    for version in house.scalars(
        select(TitleVersion).where(col(TitleVersion.title_id) == world.title(title))
    ):
        version.sensitive_months = 36
        house.write(version)


def leader(house: House) -> UUID:
    """The headmaster: planned, young, with all that the title asks for, and linked kin."""
    acting.asked(house)
    (person,) = at_work(HOME, HOME_TITLE)
    acting.qualified(house, person, DAY)
    acting.young(house, person)
    acting.kin(house, person, at_work(HOME, "d.teacher")[0])
    return person


class Moving:
    """One thing of the rotation's API: a plan or a rotation, its maker and who decides."""

    def __init__(self, house: House, base: str, key: str) -> None:
        self.house, self.base, self.id = house, base, key
        self.maker, self.head = "btc.meovac", "btv.meovac"

    @property
    def row(self) -> Any:  # noqa: ANN401 - a plan or a rotation
        """Its row."""
        table = RotationPlan if self.base == PLANS else Rotation
        return self.house.scalars(select(table).where(col(table.id) == UUID(self.id)))[0]

    async def ask(
        self,
        user: str | None,
        method: str,
        path: str = "",
        body: Any = None,  # noqa: ANN401 - JSON
        **headers: str | None,
    ) -> httpx.Response:
        """One request about it; `If-Match` is the right one unless said otherwise, None: none."""
        caller = await self.house.caller(user)
        sent: dict[str, str | None] = {} if method == "GET" else {"If-Match": f'"{self.row.version}"'}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in sent.items() if value is not None}
        return await caller.request(method, f"{self.base}/{self.id}{path}", json=body, headers=kept)

    async def get(self, path: str = "", user: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """What a GET answers; the items of a list."""
        answer = await self.ask(user or self.maker, "GET", path)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return found["items"] if "next" in found else found

    async def step(self, action: str, user: str | None = None, **sent: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        """Takes one step, as whoever usually takes it."""
        ruling = {"return", "approve", "send_back", "decide", "come_back", "stay", "end_early"}
        who = user or (self.head if action in ruling else self.maker)
        return await self.ask(who, "POST", "/transitions", {"action": action} | sent)

    async def walk(self, action: str, user: str | None = None, **sent: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Takes a step that must succeed."""
        answer = await self.step(action, user, **sent)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def change(self, **sent: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Changes it, which must succeed."""
        answer = await self.ask(self.maker, "PATCH", "", sent)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


async def planned(house: House, day: date = DAY, **changed: Any) -> tuple[Moving, dict[str, Any]]:  # noqa: ANN401 - JSON
    """A plan of Mèo Vạc with one item, both as they were made."""
    caller = await house.caller("btc.meovac")
    body = {"unit_id": str(world.unit(PLACE)), "year": day.year}
    made = await caller.post(PLANS, json=body)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"{PLANS}/{made.json()['id']}"
    plan = Moving(house, PLANS, made.json()["id"])
    asked = {
        "post_id": str(world.post(BODY, TITLE)),
        "planned_on": day.isoformat(),
        "after": "Trở về nhà trường, giới thiệu vào chức danh cao hơn",
    }
    item = await plan.ask("btc.meovac", "POST", "/items", asked | changed)
    assert item.status_code == 201, item.text
    return plan, item.json()


async def approved(house: House, day: date = DAY) -> tuple[Moving, dict[str, Any]]:
    """The same plan, approved."""
    plan, item = await planned(house, day)
    await plan.walk("submit")
    await plan.walk("approve", decision=decision(day))
    return plan, item


async def opened(house: House, **sent: Any) -> Moving:  # noqa: ANN401 - JSON
    """A rotation."""
    caller = await house.caller("btc.meovac")
    made = await caller.post(ROTATIONS, json=sent)
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"{ROTATIONS}/{made.json()['id']}"
    return Moving(house, ROTATIONS, made.json()["id"])


async def away(house: House) -> tuple[Moving, UUID]:
    """A rotation that has begun, and who is away."""
    acting.on_day(house, DAY)
    person = leader(house)
    _, item = await approved(house)
    move = await opened(house, item_id=item["id"], cadre_id=str(person))
    await move.change(**HEARD)
    for action in ("consult", "submit"):
        await move.walk(action)
    await move.walk("decide", decision=decision())
    await move.walk("begin")
    return move, person


# --- one request of each kind, for the matrix ------------------------------------------------------


def _stand(house: House, place: str, *, draft: bool) -> tuple[RotationPlan, RotationItem]:
    """The plan of `place` for one year, with one item; what stood there is written anew."""
    body, title, _ = SEATS[place]
    maker, authority = account(house, "quantri"), _manages(place)
    there = house.scalars(
        select(RotationPlan).where(
            col(RotationPlan.unit_id) == world.unit(place), col(RotationPlan.year) == _STANDING
        )
    )
    plan = (
        there[0]
        if there
        else RotationPlan(
            id=new_id(),
            unit_id=world.unit(place),
            year=_STANDING,
            authority_id=authority,
            created_by=maker,
        )
    )
    plan.state = RotationPlanState.DRAFT if draft else RotationPlanState.APPROVED
    items = house.scalars(
        select(RotationItem).where(col(RotationItem.plan_id) == plan.id, col(RotationItem.number) == 1)
    )
    item = (
        items[0]
        if items
        else RotationItem(
            id=new_id(),
            unit_id=plan.unit_id,
            plan_id=plan.id,
            number=1,
            post_id=world.post(body, title),
            title_id=world.title(title),
            place_id=world.unit(body),
            planned_on=date(_STANDING, 3, 1),
            after="Trở về",
            added_by=maker,
        )
    )
    item.approved_on, item.removed_on = None if draft else date(2021, 11, 2), None
    house.write(plan)
    house.write(item)
    return plan, item


def _manages(place: str) -> UUID:
    """The body that decides on the seat of a place, by the titles of the test world."""
    title = SEATS[place][1]
    if title == "c.vice_chair":
        return world.unit(f"dang-uy.{place}")
    return world.unit("huyen-uy.meo-vac" if title == TITLE else "tinh-uy")


def _somebody(house: House, place: str) -> AssignmentSpan:
    """The main seat of somebody of the place who isn't where `place` sends people."""
    body, title, where = SEATS[place]
    seats = (
        one
        for key in staff_of(where)
        for one in held(house, key, date(2021, 12, 31))
        if one.is_main and one.post_id != world.post(body, title)
    )
    return next(seats)


def _move(house: House, place: str) -> Rotation:
    body, title, _ = SEATS[place]
    seat = _somebody(house, place)
    row = Rotation(
        id=new_id(),
        unit_id=world.unit(body),
        post_id=world.post(body, title),
        title_id=world.title(title),
        cadre_id=seat.cadre_id,
        from_assignment_id=seat.assignment_id,
        from_unit_id=seat.unit_id,
        from_title_id=seat.title_id,
        authority_id=_manages(place),
        state=RotationState.DRAFT,
        opened_on=date(2021, 11, 1),
        begins_on=date(2021, 12, 1),
        created_by=account(house, "quantri"),
    )
    house.write(row)
    return row


def request(house: House, operation: str, place: str) -> tuple[str, Any, str | None]:
    """Path, body and version of a request about a plan or a rotation of `place`."""
    method, path = operation.split()
    if path.startswith("/rotation-plans"):
        return _plan_request(house, method, path, place)
    body, title, _ = SEATS[place]
    if method == "POST" and path == "/rotations":
        person = _somebody(house, place).cadre_id
        for busy in house.scalars(select(Rotation).where(col(Rotation.cadre_id) == person)):
            busy.state = RotationState.CANCELLED
            house.write(busy)
        return path, {"post_id": str(world.post(body, title)), "cadre_id": str(person)}, None
    row = _move(house, place)
    if path.endswith("/due"):
        row.state, row.began_on, row.ends_on = RotationState.IN_ROTATION, row.begins_on, date(2022, 2, 1)
        house.write(row)
    if path.endswith("/sensitive"):
        sensitive(house, title)
    here, version = path.replace("{rotation_id}", str(row.id)), f'"{row.version}"'
    if method == "PATCH":
        return here, {"sender_opinion": "Đồng ý"}, version
    if method == "GET":
        return here, None, None
    return here, {"action": "cancel", "note": "Không còn nhu cầu"}, version


def _plan_request(house: House, method: str, path: str, place: str) -> tuple[str, Any, str | None]:
    if method == "POST" and path == "/rotation-plans":
        unit_id = world.unit(place)
        years = house.scalars(select(col(RotationPlan.year)).where(col(RotationPlan.unit_id) == unit_id))
        return path, {"unit_id": str(unit_id), "year": max([_STANDING, *years]) + 1}, None
    plan, item = _stand(house, place, draft=not path.endswith("/transitions"))
    here = path.replace("{rotation_plan_id}", str(plan.id)).replace("{item_id}", str(item.id))
    version = f'"{plan.version}"'
    if method == "GET":
        return here, None, None
    if method == "PATCH":
        return here, {"after": f"Bố trí vào chức danh được quy hoạch, lần {next(_NUMBERS)}"}, version
    if method == "DELETE":
        return f"{here}?reason=Nhập+trùng", None, version
    if path.endswith("/items"):
        sent = {"post_id": str(item.post_id), "planned_on": f"{plan.year}-05-01", "after": "Trở về"}
        return here, sent, None
    return here, {"action": "amend", "note": "Bổ sung vị trí"}, version
