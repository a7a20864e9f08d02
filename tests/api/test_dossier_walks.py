"""Random walks of legal and illegal actions on every kind of dossier: no state the tables don't allow."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle
from random import Random
from typing import Any
from uuid import UUID

import pytest

from app.services.appointment import TABLES, Route
from tests import world
from tests.api.acting import (
    BODY,
    DAY,
    TITLE,
    asked,
    at_work,
    ending,
    held,
    kin,
    on_day,
    planned,
    qualified,
    young,
)
from tests.api.conftest import House
from tests.api.dossier import account
from tests.api.wander import Counts, Wanderer
from tests.api.wander_actions import ActionWanderer, Opening, posted
from tests.api.wander_plans import PlanWanderer
from tests.conftest import TODAY

ILLEGAL = 200
"""Illegal attempts that a kind must refuse before its walks may stop."""

MOST_WALKS = 40
Numbers = dict[UUID, list[str]]
Bodies = Iterator[dict[str, Any]]


@pytest.fixture(scope="module")
def walkers(shared_house: House) -> House:
    """A house that the walks share, with accounts that both make and decide."""
    account(shared_house, "hai.vai", ("org_officer", "meo-vac"), ("approver", "meo-vac"))
    account(shared_house, "hai.vai.tinh", ("org_officer", "tinh"), ("approver", "tinh"))
    return shared_house


@pytest.fixture(scope="module")
def numbers(shared_house: House) -> Numbers:
    """The decision numbers used so far, by body."""
    return {}


async def walked(make: Callable[[Counts], Wanderer], kind: str, actions: set[str]) -> Counts:
    """Walks until enough was refused and every action was taken once."""
    counts = Counts()
    while counts.walks < MOST_WALKS and (counts.illegal < ILLEGAL or actions - counts.taken.keys()):
        walker = make(counts)
        await walker.open()
        await walker.walk()
    print(counts.told(kind))  # noqa: T201 - what the walks did is part of the run's report
    assert counts.illegal >= ILLEGAL
    assert not actions - counts.taken.keys(), counts.told(kind)
    return counts


async def test_plans(walkers: House, numbers: Numbers) -> None:
    on_day(walkers, TODAY)
    rng, table = Random("plan"), PlanWanderer.table
    counts = await walked(
        lambda counts: PlanWanderer(walkers, rng, counts, numbers),
        "plan",
        {action.name for action in table.actions},
    )
    assert counts.reached.keys() == table.states.keys()


def fit(house: House, people: list[UUID], title: str = TITLE, place: str = "meo-vac") -> list[UUID]:
    """People who have all that the law asks for a title."""
    for key in people:
        qualified(house, key, DAY)
        if title != TITLE:
            planned(house, key, title, place)
        young(house, key)
        kin(house, key, at_work("truong.dong-van", "d.teacher")[0])
    return people


def seated(house: House, people: list[UUID], unit: str, title: str) -> list[UUID]:
    """Puts people on seats of a title, past every check, with a term that ends in a hundred days."""
    post = UUID(posted(house, unit, title))
    for number, key in enumerate(people, 60):
        seat = next(one for one in held(house, key, DAY) if one.is_main)
        seat.post_id, seat.title_id = post, world.title(title)
        seat.unit_id, seat.seat_no = world.unit(unit), number
        house.write(seat)
        ending(house, key, DAY + timedelta(days=100))
    return people


def about(house: House, people: list[UUID], kinds: list[str], **sent: str) -> Bodies:
    """Dossiers about the main seats that people hold when their turn comes."""
    for key, kind in zip(cycle(people), cycle(kinds), strict=False):
        for seat in held(house, key, DAY):
            if seat.is_main:
                yield {"kind": kind, "assignment_id": str(seat.assignment_id)} | sent


# What each route is walked with: its bodies, one after the other, and who may be entered where somebody is.


def _five_steps(house: House) -> tuple[Bodies, list[UUID]]:
    asked(house)
    post = posted(house, BODY, TITLE)
    people = fit(house, at_work("truong.meo-vac", "d.teacher")[:16])
    return cycle([{"kind": "appointment", "post_id": post}]), people


def _three_steps(house: House) -> tuple[Bodies, list[UUID]]:
    asked(house)
    post = posted(house, BODY, TITLE)
    people = fit(house, at_work("ubnd.ta-lung-mv", "c.officer"))
    body = {"kind": "appointment", "source": "outside", "post_id": post}
    return cycle([body | {"cadre_id": str(key)} for key in people]), []


def _head(house: House) -> tuple[Bodies, list[UUID]]:
    unit, title = "phong-to-chuc-can-bo", "division.deputy"
    asked(house, title)
    post = posted(house, unit, title)
    people = fit(house, at_work("so-noi-vu", "dept.specialist"), title, "so-noi-vu")
    body = {"kind": "appointment", "head_decides": True, "post_id": post}
    return cycle([body | {"cadre_id": str(key)} for key in people]), []


def _consulted(house: House) -> tuple[Bodies, list[UUID]]:
    asked(house)
    post = posted(house, BODY, TITLE)
    people = fit(house, at_work("ubnd.niem-son", "c.officer")[:12])
    until = {"ends_on": (DAY + timedelta(days=300)).isoformat()}
    kinds = cycle([{"kind": "transfer"}, {"kind": "secondment"} | until, {"kind": "designation"}])
    return cycle(
        [next(kinds) | {"post_id": post, "cadre_id": str(key)} for key in people for _ in range(2)][::2]
    ), []


def _elected(house: House) -> tuple[Bodies, list[UUID]]:
    title, unit = "c.vice_chair", "ubnd.niem-son"
    asked(house, title)
    post = posted(house, unit, title)
    people = fit(house, at_work(unit, "c.officer")[12:], title, "niem-son")
    new = [{"kind": "nomination", "post_id": post, "cadre_id": str(key)} for key in people]
    sitting = [
        key
        for place, sort in (
            ("hdnd.niem-son", "c.council_chair"),
            ("dang-uy.niem-son", "c.deputy"),
            ("ubnd.ta-lung-mv", "c.chair"),
            ("dang-uy.ta-lung-mv", "c.deputy"),
        )
        for key in at_work(place, sort)
    ]
    for key in sitting:
        young(house, key)
    again = about(house, sitting, ["re_election"])
    return (body for pair in zip(cycle(new), again, strict=False) for body in pair), []


def _term(house: House) -> tuple[Bodies, list[UUID]]:
    people = seated(house, fit(house, at_work("truong.meo-vac", "d.teacher")[16:26]), BODY, TITLE)
    return about(house, people, ["reappointment"]), []


def _ending(house: House) -> tuple[Bodies, list[UUID]]:
    people = at_work("truong.meo-vac", "d.teacher")[26:] + at_work("ubnd.niem-son", "c.officer")[:12]
    kinds = ["relief", "suspension", "resignation", "end_of_post", "dismissal"]
    return about(house, people, kinds, reason="Theo nguyện vọng", basis="Đơn ngày 01/02/2023"), []


PREPARED: dict[Route, Callable[[House], tuple[Bodies, list[UUID]]]] = {
    Route.FIVE_STEPS: _five_steps,
    Route.THREE_STEPS: _three_steps,
    Route.HEAD: _head,
    Route.CONSULTED: _consulted,
    Route.ELECTED: _elected,
    Route.TERM: _term,
    Route.ENDING: _ending,
}


@pytest.mark.parametrize("route", list(Route))
async def test_personnel_actions(walkers: House, numbers: Numbers, route: Route) -> None:
    on_day(walkers, DAY)
    rng, table = Random(route.value), TABLES[route]
    bodies, people = PREPARED[route](walkers)
    names = (
        ("btc.tinh", "btv.tinh", "hai.vai.tinh")
        if route == Route.HEAD
        else ("btc.meovac", "btv.meovac", "hai.vai")
    )
    turn = 0

    def fresh(counts: Counts) -> ActionWanderer:
        nonlocal turn
        mine = [people[(turn + place) % len(people)] for place in range(3)] if people else []
        turn += 2
        return ActionWanderer(
            walkers, rng, counts, numbers, Opening(route, *names, bodies=bodies, people=mine)
        )

    counts = await walked(fresh, route.value, {action.name for action in table.actions})
    assert counts.reached.keys() == table.states.keys()
