"""Indicators of plans on plans laid over the test world: figures, rows by unit, lists, days."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select
from sqlmodel import col

from app.models.access import PrincipalKind
from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre, Sex
from app.models.plan import EntryState, Plan, PlanEntry, PlanKind, PlanPeriod, PlanState, RemovalReason
from app.models.title import Title
from app.models.unit import Level
from app.services import indicator as service
from app.services.errors import Denied
from app.services.indicator import Basis, Behind, Moment, Part
from app.services.paging import Page
from app.services.rule import law_of
from app.services.scope import Actor, Grant, Scope, ScopedSession
from tests import world
from tests.services.indicator_oracle import Oracle
from tests.world.rows import key

TODAY = date(2021, 12, 31)
BASIS = Basis(law_of(date(2021, 1, 1)), date(2010, 1, 1), date(2025, 6, 30))
IDS = ("plan_women_key_title", "plan_specialised")
DAYS = [date(2020, 12, 31), date(2021, 6, 29), date(2021, 6, 30), date(2021, 7, 1), TODAY]
UNITS = ["tinh", "dong-van", "meo-vac", "niem-son", "so-y-te"]


class Pen:
    """Writes plans as if they had been approved."""

    def __init__(self, session: ScopedSession) -> None:
        self.session = session
        self.by = key("principal", "btc.tinh")
        self.titles = {row.code: row.id for row in session.scalars(select(Title))}

    def staff(self, slug: str, sex: Sex, number: int) -> list[UUID]:
        """The first persons of a sex whose file lies in a unit or right beneath it."""
        rows = self.session.scalars(
            select(col(Cadre.id))
            .join(AssignmentSpan, col(AssignmentSpan.cadre_id) == col(Cadre.id))
            .where(
                col(AssignmentSpan.unit_id) == world.unit(slug),
                col(AssignmentSpan.superseded_at).is_(None),
                col(Cadre.sex) == sex,
            )
            .order_by(col(Cadre.code))
        )
        found = list(dict.fromkeys(rows))[:number]
        assert len(found) == number
        return found

    def plan(self, slug: str, period: PlanPeriod, state: PlanState, closed_on: date | None = None) -> Plan:
        """A plan of a unit, approved by whoever."""
        found = Plan(
            unit_id=world.unit(slug),
            period=period,
            authority_id=world.unit("tinh-uy"),
            kind=PlanKind.TITLES,
            state=state,
            closed_on=closed_on,
            created_by=self.by,
        )
        self.session.add(found)
        self.session.flush()
        return found

    def entry(self, plan: Plan, person: UUID, title: str, **more: Any) -> None:  # noqa: ANN401 - columns
        """Somebody planned for a title."""
        values: dict[str, Any] = {"state": EntryState.APPROVED, "planned_from": date(2021, 3, 1)} | more
        self.session.add(
            PlanEntry(
                plan_id=plan.id,
                unit_id=plan.unit_id,
                cadre_id=person,
                title_id=self.titles[title],
                added_by=self.by,
                added_on=date(2021, 1, 5),
                **values,
            )
        )
        self.session.flush()


@pytest.fixture
def session(connection: Connection) -> Iterator[ScopedSession]:
    """The test world with some plans; nothing is kept."""
    with ScopedSession(connection, Scope.house(TODAY, "test")) as found:
        write(Pen(found))
        yield found


def write(pen: Pen) -> None:
    """Approved, closed, drafted; removed, leaving, proposed; of both periods and of one to come."""
    health = pen.plan("so-y-te", PlanPeriod.STATE_2021, PlanState.PUBLISHED)
    women, men = pen.staff("so-y-te", Sex.FEMALE, 2), pen.staff("so-y-te", Sex.MALE, 2)
    pen.entry(health, women[0], "dept.director")
    pen.entry(health, men[0], "dept.director", state=EntryState.LEAVING)
    pen.entry(health, men[1], "dept.deputy", state=EntryState.PROPOSED, planned_from=None)
    pen.entry(
        health,
        women[1],
        "dept.deputy",
        state=EntryState.REMOVED,
        removed_on=date(2021, 6, 30),
        removal_reason=RemovalReason.LEFT,
    )
    home = pen.plan("so-noi-vu", PlanPeriod.PARTY_2020, PlanState.CLOSED, date(2021, 7, 1))
    for person in pen.staff("so-noi-vu", Sex.FEMALE, 1):
        pen.entry(home, person, "dept.deputy")
    draft = pen.plan("so-noi-vu", PlanPeriod.STATE_2021, PlanState.DRAFT)
    for person in pen.staff("so-noi-vu", Sex.MALE, 1):
        pen.entry(draft, person, "dept.deputy", state=EntryState.PROPOSED, planned_from=None)
    coming = pen.plan("so-noi-vu", PlanPeriod.PARTY_2025, PlanState.APPROVED)
    for person in pen.staff("so-noi-vu", Sex.MALE, 2):
        pen.entry(coming, person, "dept.director")
    district = pen.plan("dong-van", PlanPeriod.STATE_2021, PlanState.IN_REVIEW)
    for person in pen.staff("huyen-uy.dong-van", Sex.MALE, 1):
        pen.entry(district, person, "d.chair", planned_from=date(2021, 7, 1))


@pytest.fixture
def oracle(session: ScopedSession) -> Oracle:
    """A second count."""
    return Oracle(session)


def ask(session: ScopedSession, day: date, unit: str, *, by_unit: bool = False) -> dict[str, Any]:
    """Both indicators of a unit on a day."""
    found = service.figures(
        session,
        BASIS,
        indicators=[service.one(one) for one in IDS],
        moment=Moment(day, TODAY),
        unit_id=world.unit(unit),
        by_unit=by_unit,
    )
    return {item["id"]: item for item in found["items"]}


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_figure_and_row_equals_a_second_count(
    session: ScopedSession, oracle: Oracle, day: date
) -> None:
    for unit in UNITS:
        for name, item in ask(session, day, unit, by_unit=True).items():
            one = service.one(name)
            behind = oracle.counted(one.population, one.numerator, unit_id=world.unit(unit), day=day)
            where = f"{unit} {name}"
            assert item["denominator"] == len(behind), where
            assert item["numerator"] == sum(row.counts for row in behind), where
            assert item["unknown"] == sum(row.unknown for row in behind), where
            for row in item["children"]:
                at = None if row["unit"].get("own") else row["unit"]["id"]
                there = [each for each in behind if oracle.area(each.unit_id, world.unit(unit), day) == at]
                assert (row["numerator"], row["denominator"]) == (
                    sum(each.counts for each in there),
                    len(there),
                ), where


def test_the_plans_move_the_figures(session: ScopedSession) -> None:
    shown = {day: ask(session, day, "tinh")["plan_specialised"]["denominator"] for day in DAYS}
    # Before the approval nobody; then four; one was removed on 30 June, a plan closed on 1 July, one came.
    assert shown == dict(zip(DAYS, (0, 4, 3, 3, 3), strict=True))


def people(session: ScopedSession, name: str, part: Part, unit: str) -> list[dict[str, Any]]:
    """Those behind one number."""
    found = service.people(
        session,
        BASIS,
        behind=Behind(service.one(name), part),
        moment=Moment(TODAY, TODAY),
        page=Page(limit=200),
        unit_id=world.unit(unit),
    )
    assert found.page.total == len(found.page.rows)
    return found.page.rows


@pytest.mark.parametrize("name", IDS)
def test_each_number_has_exactly_its_rows(session: ScopedSession, name: str) -> None:
    for unit in UNITS:
        item = ask(session, TODAY, unit)[name]
        assert len(people(session, name, "numerator", unit)) == item["numerator"]
        assert len(people(session, name, "denominator", unit)) == item["denominator"]
        assert len(people(session, name, "missing", unit)) == item["denominator"] - item["numerator"]


def test_units_are_listed_with_their_period_and_why(session: ScopedSession, oracle: Oracle) -> None:
    rows = people(session, "plan_women_key_title", "denominator", "tinh")
    assert {(row["id"], row["reason"] is None) for row in rows if row["period"] == "2021-2026"} >= {
        (world.unit("so-y-te"), True)
    }
    assert all(row["women"] * 100 >= row["staff"] * 30 for row in rows)
    missing = people(session, "plan_women_key_title", "missing", "tinh")
    assert any(row["reason"] == "no_plan" for row in missing)
    one = service.one("plan_women_key_title")
    behind = oracle.counted(one.population, one.numerator, unit_id=world.unit("tinh"), day=TODAY)
    assert sorted(str(row["id"]) for row in rows) == sorted(str(row.unit_id) for row in behind)


def test_who_is_planned_is_told_to_readers_of_plans_alone(connection: Connection) -> None:
    grant = Grant("front", world.unit("tinh"), level=Level.PROVINCE, whole_tree=True)
    actor = Actor(
        key("principal", "mattran.tinh"),
        "mattran.tinh",
        "",
        PrincipalKind.PERSON,
        None,
        "api",
        None,
        (grant,),
    )
    scope = Scope.of(actor, "indicator:read", TODAY, "test")
    with ScopedSession(connection, scope) as session, pytest.raises(Denied):
        people(session, "plan_specialised", "numerator", "tinh")
