"""Rotations done against those planned: figures, rows by unit and lists, beside a count by hand."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.post import Post
from app.models.rotation import Rotation, RotationItem, RotationPlan, RotationPlanState, RotationState
from app.services import indicator as service
from app.services.indicator import Basis, Behind, Moment, Part
from app.services.paging import Page
from app.services.rule import law_of
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.services.indicator_oracle import Oracle
from tests.world.rows import key

TODAY = date(2021, 12, 31)
BASIS = Basis(law_of(date(2021, 1, 1)), date(2010, 1, 1), date(2025, 6, 30))
DAYS = [date(2021, 2, 28), date(2021, 3, 1), date(2021, 6, 1), date(2021, 6, 2), TODAY]
UNITS = ["tinh", "dong-van", "meo-vac", "niem-son", "so-y-te"]
SEATS = {
    "tinh": ("so-noi-vu", "dept.deputy"),
    "meo-vac": ("phong-noi-vu.meo-vac", "d.division_deputy"),
    "dong-van": ("phong-noi-vu.dong-van", "d.division_deputy"),
    "so-y-te": ("so-y-te", "dept.deputy"),
}
# Unit, planned to begin, approved (None: not yet), sent (None: nobody was).
ITEMS: list[tuple[str, date, date | None, date | None]] = [
    ("meo-vac", date(2021, 3, 1), date(2021, 1, 15), date(2021, 3, 1)),
    ("meo-vac", date(2021, 3, 1), date(2021, 1, 15), date(2021, 6, 2)),
    ("meo-vac", date(2021, 9, 1), date(2021, 1, 15), None),
    ("meo-vac", date(2021, 3, 1), None, None),
    ("dong-van", date(2021, 5, 1), date(2021, 6, 1), None),
    ("so-y-te", date(2021, 2, 1), date(2021, 1, 15), date(2021, 2, 1)),
    ("tinh", date(2022, 3, 1), date(2021, 12, 1), date(2021, 12, 15)),
]


@pytest.fixture
def session(connection: Connection) -> Iterator[ScopedSession]:
    """The test world with rotation plans; nothing is kept."""
    with ScopedSession(connection, Scope.house(TODAY, "test")) as found:
        write(found)
        yield found


def write(session: ScopedSession) -> None:
    """Items planned, approved and begun on various days."""
    by, plans = key("principal", "btc.tinh"), {}
    seat = session.scalars(select(AssignmentSpan).where(col(AssignmentSpan.superseded_at).is_(None))).first()
    assert seat is not None
    for number, (slug, planned_on, approved_on, began_on) in enumerate(ITEMS, 1):
        body, title = SEATS[slug]
        post = session.get(Post, world.post(body, title))
        assert post is not None
        if slug not in plans:
            plans[slug] = RotationPlan(
                unit_id=world.unit(slug),
                year=2021,
                authority_id=world.unit("tinh-uy"),
                state=RotationPlanState.APPROVED,
                created_by=by,
            )
            session.add(plans[slug])
            session.flush()
        item = RotationItem(
            unit_id=world.unit(slug),
            plan_id=plans[slug].id,
            number=number,
            post_id=post.id,
            title_id=post.title_id,
            place_id=post.unit_id,
            planned_on=planned_on,
            after="Trở về",
            approved_on=approved_on,
            added_by=by,
        )
        session.add(item)
        session.flush()
        if began_on is not None:
            session.add(
                Rotation(
                    unit_id=post.unit_id,
                    item_id=item.id,
                    post_id=post.id,
                    title_id=post.title_id,
                    cadre_id=seat.cadre_id,
                    from_assignment_id=seat.assignment_id,
                    from_unit_id=seat.unit_id,
                    from_title_id=seat.title_id,
                    authority_id=world.unit("tinh-uy"),
                    state=RotationState.IN_ROTATION,
                    opened_on=date(2021, 1, 20),
                    begins_on=planned_on,
                    began_on=began_on,
                    created_by=by,
                )
            )
            session.flush()


def by_hand(oracle: Oracle, slug: str, day: date) -> list[tuple[str, bool]]:
    """(unit that planned it, begun) of each item that counts in a unit on a day."""
    return [
        (at, began_on is not None and began_on <= day)
        for at, planned_on, approved_on, began_on in ITEMS
        if approved_on is not None
        and max(planned_on, approved_on) <= day
        and world.unit(slug) in oracle.path(world.unit(at), day)
    ]


def figure(session: ScopedSession, day: date, slug: str) -> dict[str, Any]:
    """The indicator of a unit, by the units beneath it."""
    found = service.figures(
        session,
        BASIS,
        indicators=[service.one("rotation_done")],
        moment=Moment(day, TODAY),
        unit_id=world.unit(slug),
        by_unit=True,
    )
    item: dict[str, Any] = found["items"][0]
    return item


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_figure_equals_the_count_by_hand(session: ScopedSession, day: date) -> None:
    oracle = Oracle(session)
    for slug in UNITS:
        told, behind = figure(session, day, slug), by_hand(oracle, slug, day)
        assert (told["numerator"], told["denominator"]) == (sum(done for _, done in behind), len(behind)), (
            slug
        )
        assert told["status"] == ("no_target" if behind else "not_applicable"), slug
        children = told["children"]
        assert sum(row["denominator"] for row in children) == len(behind)
        for row in children:
            at = None if row["unit"].get("own") else row["unit"]["id"]
            there = [
                done for place, done in behind if oracle.area(world.unit(place), world.unit(slug), day) == at
            ]
            assert (row["numerator"], row["denominator"]) == (sum(there), len(there)), slug


def test_the_days_move_the_figure(session: ScopedSession) -> None:
    shown = [(one["numerator"], one["denominator"]) for one in (figure(session, day, "tinh") for day in DAYS)]
    assert shown == [(1, 1), (2, 3), (2, 4), (3, 4), (3, 5)]


@pytest.mark.parametrize("slug", UNITS)
def test_each_number_has_exactly_its_items(session: ScopedSession, slug: str) -> None:
    told, oracle = figure(session, TODAY, slug), Oracle(session)
    sizes: dict[Part, int] = {
        "numerator": told["numerator"],
        "denominator": told["denominator"],
        "missing": told["denominator"] - told["numerator"],
    }
    for part, size in sizes.items():
        found = service.people(
            session,
            BASIS,
            behind=Behind(service.one("rotation_done"), part),
            moment=Moment(TODAY, TODAY),
            page=Page(limit=200),
            unit_id=world.unit(slug),
        )
        rows = found.page.rows
        assert found.page.total == len(rows) == size
        wanted = [
            (world.unit(at), done)
            for at, done in by_hand(oracle, slug, TODAY)
            if part == "denominator" or done is (part == "numerator")
        ]
        assert sorted((row["unit"]["id"], row["begun"]) for row in rows) == sorted(wanted)
