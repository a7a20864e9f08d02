"""Plans as the tests of the API need them: one that may be submitted, in any unit and state, and requests."""

import re
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlmodel import Session, col, select

from app.models.cadre import Sex
from app.models.plan import (
    EntryState,
    MeetingStep,
    Plan,
    PlanEntry,
    PlanKind,
    PlanMeeting,
    PlanPeriod,
    PlanState,
    PlanVote,
)
from app.models.record import PoliticalConclusion
from app.services.database import writing
from tests import world
from tests.api.conftest import House
from tests.conftest import TODAY
from tests.world.rows import key
from tests.world.units import PLACES

NUMBERS = count(1)
PERIOD = PlanPeriod.STATE_2021
NEW = PlanPeriod.PARTY_2025

ROUTES = {
    "niem-son": ("c.secretary", "huyen-uy.meo-vac"),
    "niem-tong": ("c.secretary", "huyen-uy.meo-vac"),
    "lung-cu": ("c.secretary", "huyen-uy.dong-van"),
    "meo-vac": ("d.board_head", "huyen-uy.meo-vac"),
    "so-noi-vu": ("dept.director", "tinh-uy"),
    "so-y-te": ("dept.director", "tinh-uy"),
    "ban-to-chuc": ("board.head", "tinh-uy"),
}
"""A planning unit to a key title of its own and the body that approves plans for it."""

BORN_SINCE = date(1971, 1, 1)
"""Who is born later can serve a full term from 2021 on, and from 2025."""

SUCCESSORS = {"niem-tong": "niem-son"}
"""Where the people of a unit that ended are."""

SUMMONED, PRESENT, IN_FAVOUR = 12, 10, 9
"""What the minutes of every meeting here say."""


def beneath(place: str) -> set[str]:
    """The units at or beneath `place`, by name."""
    found, more = {place}, True
    while more:
        further = {slug for slug, unit in PLACES.items() if unit.parent in found} - found
        found |= further
        more = bool(further)
    return found


def staff_of(place: str, sex: Sex | None = None) -> list[UUID]:
    """Who works in `place` or beneath it today, is young enough and doesn't hold its title, as made."""
    held_already = ROUTES[place][0]
    units = beneath(SUCCESSORS.get(place, place))
    return [
        person.id
        for slug, person in world.crowd(TODAY).people.items()
        if re.fullmatch(r"p\d+", slug)
        and (sex is None or person.sex == sex)
        and person.born >= BORN_SINCE
        and any(held.main and held.unit in units for held in person.open_on(TODAY))
        and all(held.sort != held_already for held in person.open_on(TODAY))
    ]


def women_of(place: str) -> list[UUID]:
    """The women among them."""
    return staff_of(place, Sex.FEMALE)


def _cleared(session: Session, plan_id: UUID) -> None:
    for table in (PlanVote, PlanMeeting, PlanEntry):
        session.execute(delete(table).where(col(table.plan_id) == plan_id))


def clear(house: House, place: str, period: PlanPeriod = NEW) -> None:
    """Takes away whatever plan `place` has for a period: so that another one may be opened."""
    with Session(writing(house.engine)) as session:
        mine = (col(Plan.unit_id) == world.unit(place), col(Plan.period) == period)
        for plan_id in session.scalars(select(Plan.id).where(*mine)).all():
            _cleared(session, plan_id)
            session.execute(delete(Plan).where(col(Plan.id) == plan_id))
        session.commit()


def stand(
    house: House, place: str, state: PlanState = PlanState.DRAFT, *, persons: int = 1
) -> tuple[Plan, list[PlanEntry]]:
    """The plan of `place` as one that may be submitted: women for a key title, voted on in all the meetings.

    Written past every check; what stood there is written anew.
    """
    title, body = ROUTES[place]
    maker = key("principal", "btc.tinh")
    plan_id = key("plan", place)
    with Session(writing(house.engine), expire_on_commit=False) as session:
        plan = session.get(Plan, plan_id)
        if plan is None:
            plan = Plan(
                id=plan_id,
                unit_id=world.unit(place),
                period=PERIOD,
                kind=PlanKind.TITLES,
                authority_id=world.unit(body),
                created_by=maker,
            )
        plan.state, plan.round = state, 2 if state == PlanState.IN_REVIEW else 1
        plan.closed_on = TODAY if state == PlanState.CLOSED else None
        session.add(plan)
        _cleared(session, plan_id)
        session.flush()
        done = state not in {PlanState.DRAFT, PlanState.SUBMITTED, PlanState.RETURNED}
        entries = [
            PlanEntry(
                plan_id=plan_id,
                unit_id=plan.unit_id,
                cadre_id=cadre_id,
                title_id=world.title(title),
                state=EntryState.APPROVED if done else EntryState.PROPOSED,
                planned_from=TODAY if done else None,
                added_by=maker,
                added_on=TODAY,
            )
            for cadre_id in women_of(place)[:persons]
        ]
        meetings = [
            PlanMeeting(
                plan_id=plan_id,
                unit_id=plan.unit_id,
                round=1,
                **{name: value for name, value in minutes(step).items() if name != "held_on"},
                held_on=TODAY,
            )
            for step in MeetingStep
        ]
        session.add_all([*entries, *meetings, *(concluded(entry.cadre_id) for entry in entries)])
        session.flush()
        for entry in entries:
            session.add(
                PlanVote(
                    plan_id=plan_id,
                    unit_id=plan.unit_id,
                    meeting_id=meetings[-1].id,
                    entry_id=entry.id,
                    votes=IN_FAVOUR,
                )
            )
        session.commit()
    return plan, entries


def concluded(cadre_id: UUID) -> PoliticalConclusion:
    """A conclusion on somebody's political standards, drawn on the day of the test world."""
    return PoliticalConclusion(
        cadre_id=cadre_id,
        number=f"{next(NUMBERS)}-KL/HU",
        concluded_on=TODAY,
        issuer="Ban Thường vụ",
        purpose="Quy hoạch",
    )


def minutes(step: MeetingStep | str, votes: dict[UUID | str, int] | None = None, **changed: Any) -> Any:  # noqa: ANN401 - JSON
    """The minutes of one meeting; `votes` by entry."""
    found: dict[str, Any] = {
        "step": MeetingStep(step),
        "held_on": TODAY.isoformat(),
        "summoned": SUMMONED,
        "present": PRESENT,
        "ballots_issued": PRESENT,
        "ballots_returned": PRESENT,
        "ballots_valid": PRESENT,
    }
    if votes is not None:
        found["in_favour"] = [{"entry_id": str(entry), "votes": number} for entry, number in votes.items()]
    return found | changed


def request(house: House, operation: str, place: str) -> tuple[str, Any, str | None]:
    """Path, body and version of a request about the plan of `place` that its officer may make."""
    method, path = operation.split()
    if path == "/plans":
        if method == "GET":
            stand(house, place)
            return path, None, None
        clear(house, place)
        _, body = ROUTES[place]
        unit_id, authority_id = str(world.unit(place)), str(world.unit(body))
        return path, {"unit_id": unit_id, "period": NEW.value, "authority_id": authority_id}, None
    plan, entries = stand(house, place)
    here = path.replace("{plan_id}", str(plan.id)).replace("{entry_id}", str(entries[0].id))
    version = f'"{plan.version}"'
    if method == "PATCH":
        return here, {"note": f"Ghi chú {next(NUMBERS)}"}, version
    if method != "POST":
        return here, None, version if method == "DELETE" else None
    planned = {entry.cadre_id for entry in entries}
    another = next(cadre_id for cadre_id in staff_of(place) if cadre_id not in planned)
    bodies: dict[str, tuple[Any, str | None]] = {
        "transitions": ({"action": "submit"}, version),
        "meetings": (minutes("leadership_2", {entries[0].id: IN_FAVOUR - 1}), None),
        "entries": ({"cadre_id": str(another), "title_id": str(world.title(ROUTES[place][0]))}, None),
    }
    return here, *bodies[path.rpartition("/")[2]]
