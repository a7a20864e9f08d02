"""Who is counted: each population of the law as one select of seats, a person placed in the highest one.

A step named `placed` has one row for each day and counted person (for committees: each membership of a tier):
`key` (the row behind it: seat span or membership), cadre, unit, title, level, what the numerators ask for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Uuid,
    and_,
    case,
    exists,
    func,
    null,
    or_,
    select,
    true,
    tuple_,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.models.assignment import AssignmentKind, AssignmentSpan
from app.models.cadre import Cadre, LegalCategory
from app.models.committee import MemberRank, Membership
from app.models.title import ManagedBy, TitleVersion
from app.models.unit import CommitteeTier, Level, UnitClosure, UnitForm, UnitVersion, Via
from app.services.dated import begun, known, live
from app.services.indicator.basis import Terms
from app.services.indicator.days import KNOWN_AT, UNIT, Days, Rows, days_of
from app.services.indicator.land import territory

UPPER = (Level.PROVINCE, Level.DISTRICT)
RANKS = (MemberRank.SECRETARY, MemberRank.DEPUTY, MemberRank.STANDING, MemberRank.MEMBER)
"""Places in a committee, highest first."""

BELOW_TITLES = 1000
"""A committee seat ranks below every title (title ranks end at 999)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What shapes a statement; `known` says that it reads what was known at an instant."""

    terms: Terms
    days: int
    known: bool

    @property
    def columns(self) -> Days:
        """The days as columns."""
        return days_of(self.days)

    @property
    def known_at(self) -> datetime | None:
        """The instant as a parameter; None for what is known now."""
        found: datetime | None = KNOWN_AT if self.known else None
        return found


Condition = Callable[[Ask, Any], ColumnElement[bool]]


def in_tree(
    unit: SQLCoreOperations[Any], day: ColumnElement[Any]
) -> tuple[type[UnitClosure], ColumnElement[bool]]:
    """The closure row that puts `unit` at or beneath the unit asked for, in the tree of `day`."""
    under = aliased(UnitClosure)
    return under, and_(
        col(under.ancestor_id) == UNIT,
        col(under.descendant_id) == unit,
        col(under.via) == Via.TREE,
        live(under, day),
    )


def _titled(
    ask: Ask,
    of_title: Callable[[Any], ColumnElement[bool]],
    condition: Callable[[Any, Any, Any], ColumnElement[bool]] = lambda _span, _title, _unit: true(),
) -> Rows:
    """Seats held on the day whose title answers `of_title`, and `condition(span, title, unit)`.

    Seconded persons count at home. The titles are looked up first, on whatever day they were such: they are
    few, the seats many.
    """
    days = ask.columns
    span, title, unit = aliased(AssignmentSpan), aliased(TitleVersion), aliased(UnitVersion)
    ever = aliased(TitleVersion)
    statement = select(
        *days.columns,
        col(span.row_id).label("key"),
        col(span.assignment_id).label("tie"),
        col(span.cadre_id).label("cadre_id"),
        col(span.unit_id).label("unit_id"),
        col(span.title_id).label("title_id"),
        col(span.valid_from).label("effect_on"),
        col(unit.level).label("level"),
        col(title.rank).label("rank"),
        null().label("tier"),
    )
    return (
        days.joined(statement, span, live(span, days.day, ask.known_at))
        .join(title, and_(col(title.title_id) == col(span.title_id), live(title, days.day)))
        .join(unit, and_(col(unit.unit_id) == col(span.unit_id), live(unit, days.day)))
        .where(
            col(span.title_id).in_(select(col(ever.title_id)).where(of_title(ever), known(ever))),
            col(span.kind) != AssignmentKind.SECONDMENT,
            of_title(title),
            condition(span, title, unit),
        )
    )


def kept(statement: Rows, name: str) -> CTE:
    """A step that the database works out once, whatever reads it."""
    return statement.cte(name).prefix_with("MATERIALIZED")


def placed_highest(ask: Ask, rows: Any, *apart: str) -> CTE:  # noqa: ANN401 - a subquery
    """One row for each person (and value of `apart`): the highest title, ties by the assignment's id."""
    days = ask.columns.of(rows)
    first = (
        func.row_number()
        .over(
            partition_by=[*days.keys, rows.c.cadre_id, *(rows.c[name] for name in apart)],
            order_by=[rows.c.rank, rows.c.tie],
        )
        .label("place")
    )
    ranked = select(rows, first).subquery("ranked")
    return kept(select(ranked).where(ranked.c.place == 1), "placed")


def _in_office(ask: Ask, span: type[AssignmentSpan]) -> ColumnElement[bool]:
    return true() if ask.terms.count_acting else col(span.acting).is_(False)


def _leads(title: type[TitleVersion]) -> ColumnElement[bool]:
    return col(title.is_leadership).is_(True)


def _is_managed(title: type[TitleVersion]) -> ColumnElement[bool]:
    return col(title.managed_by) == ManagedBy.PROVINCE_COMMITTEE


def _leaders(ask: Ask) -> CTE:
    rows = _titled(
        ask, _leads, lambda span, _title, unit: and_(col(unit.level).in_(UPPER), _in_office(ask, span))
    )
    return placed_highest(ask, rows.subquery("held"))


def _leaders_with_acting(ask: Ask) -> CTE:
    rows = _titled(ask, _leads, lambda _span, _title, unit: col(unit.level).in_(UPPER))
    return placed_highest(ask, rows.subquery("held"))


def _managed(ask: Ask) -> CTE:
    rows = _titled(ask, _is_managed, lambda span, _title, _unit: _in_office(ask, span))
    return placed_highest(ask, rows.subquery("held"))


def _department_leaders(ask: Ask) -> CTE:
    def of_title(title: type[TitleVersion]) -> ColumnElement[bool]:
        return and_(
            or_(col(title.is_leadership), col(title.is_key)),
            col(title.managed_by).in_(ask.terms.department_managed_by),
        )

    def condition(span: Any, title: Any, unit: Any) -> ColumnElement[bool]:  # noqa: ANN401 - aliases
        commune_key = and_(col(title.is_key), col(unit.level) == Level.COMMUNE)
        return and_(or_(col(title.is_leadership), commune_key), _in_office(ask, span))

    return placed_highest(ask, _titled(ask, of_title, condition).subquery("held"))


def _leaders_not_managed(ask: Ask) -> CTE:
    managed = _titled(ask, _is_managed, lambda span, _title, _unit: _in_office(ask, span)).subquery("managed")
    theirs = select(*ask.columns.of(managed).keys, managed.c.cadre_id)
    keys = ask.columns.keys

    def condition(span: Any, _title: Any, unit: Any) -> ColumnElement[bool]:  # noqa: ANN401 - aliases
        who = tuple_(*keys, col(span.cadre_id)) if keys else col(span.cadre_id)
        return and_(col(unit.level).in_(UPPER), _in_office(ask, span), who.not_in(theirs))

    return placed_highest(ask, _titled(ask, _leads, condition).subquery("held"))


def _staff(ask: Ask) -> CTE:
    """Main seats: the database holds at most one of a person a day, so nobody needs placing."""
    days = ask.columns
    span, unit = aliased(AssignmentSpan), aliased(UnitVersion)
    statement = select(
        *days.columns,
        col(span.row_id).label("key"),
        col(span.cadre_id).label("cadre_id"),
        col(span.unit_id).label("unit_id"),
        col(span.title_id).label("title_id"),
        col(span.valid_from).label("effect_on"),
        col(unit.level).label("level"),
        null().label("tier"),
    )
    # A stub has no category and counts: centrally managed persons are inside the figure. The few who don't
    # count are looked up, not each person's category.
    contract, employee = aliased(Cadre), aliased(Cadre)
    on_contract = select(col(contract.id)).where(col(contract.legal_category) == LegalCategory.CONTRACT)
    employed = (
        exists()
        .where(
            col(employee.id) == col(span.cadre_id),
            col(employee.legal_category) == LegalCategory.PUBLIC_EMPLOYEE,
        )
        .correlate_except(employee)
    )
    return (
        days.joined(statement, span, and_(live(span, days.day, ask.known_at), col(span.is_main)))
        .join(unit, and_(col(unit.unit_id) == col(span.unit_id), live(unit, days.day)))
        .where(
            col(span.cadre_id).not_in(on_contract),
            ~and_(col(unit.level) == Level.COMMUNE, employed),
        )
        .cte("placed")
    )


def _secretaries(ask: Ask) -> CTE:
    rows = _titled(
        ask,
        lambda title: col(title.is_secretary).is_(True),
        lambda span, _title, unit: and_(col(unit.level) == Level.COMMUNE, col(span.acting).is_(False)),
    )
    placed = placed_highest(ask, rows.subquery("held"))
    now = ask.columns.of(placed).day
    return kept(
        select(
            placed,
            territory(placed.c.unit_id, Level.COMMUNE, placed.c.effect_on).label("commune_then"),
            territory(placed.c.unit_id, Level.DISTRICT, placed.c.effect_on).label("district_then"),
            territory(placed.c.unit_id, Level.COMMUNE, now).label("commune_now"),
        ),
        "posted",
    )


def _on_record(ask: Ask, seat: type[Membership]) -> ColumnElement[bool]:
    """A committee seat has one clock: it is known as soon as the person is."""
    if not ask.known:
        return true()
    person = aliased(Cadre)
    recorded = begun(col(person.recorded_at), KNOWN_AT)
    return exists().where(col(person.id) == col(seat.cadre_id), recorded).correlate_except(person)


def _seats(ask: Ask, rank: ColumnElement[int], condition: Callable[[Any, Any], ColumnElement[bool]]) -> Rows:
    """Memberships held on the day, in the shape of `_titled`."""
    days = ask.columns
    seat, unit = aliased(Membership), aliased(UnitVersion)
    order = case({name.value: place for place, name in enumerate(RANKS)}, value=col(seat.rank))
    statement = select(
        *days.columns,
        col(seat.id).label("key"),
        col(seat.id).label("tie"),
        col(seat.cadre_id).label("cadre_id"),
        col(seat.unit_id).label("unit_id"),
        null().cast(Uuid()).label("title_id"),
        col(seat.valid_from).label("effect_on"),
        col(unit.level).label("level"),
        (rank + order).label("rank"),
        col(unit.committee_tier).label("tier"),
    )
    return (
        days.joined(statement, seat, and_(live(seat, days.day), _on_record(ask, seat)))
        .join(unit, and_(col(unit.unit_id) == col(seat.unit_id), live(unit, days.day)))
        .where(condition(seat, unit))
    )


def _district_leaders(ask: Ask) -> CTE:
    from_titles = _titled(
        ask,
        lambda title: col(title.is_key_district).is_(True),
        lambda span, _title, unit: and_(col(unit.level) == Level.DISTRICT, _in_office(ask, span)),
    )
    from_seats = _seats(
        ask,
        _number(BELOW_TITLES),
        lambda seat, unit: and_(
            col(seat.rank) != MemberRank.MEMBER,
            col(unit.level) == Level.DISTRICT,
            col(unit.committee_tier).is_not(None),
        ),
    )
    return placed_highest(ask, union_all(from_titles, from_seats).subquery("held"))


def _committee_members(ask: Ask) -> CTE:
    """Placed among the committees beneath the unit asked for: once a tier, in each when asked alone."""
    rows = _seats(ask, _number(0), lambda _seat, unit: col(unit.committee_tier).is_not(None)).subquery("held")
    under, beneath = in_tree(rows.c.unit_id, ask.columns.of(rows).day)
    return placed_highest(ask, select(rows).join(under, beneath).subquery("beneath"), "tier")


def _number(value: int) -> ColumnElement[int]:
    return func.coalesce(value, 0)


def always(_ask: Ask, placed: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a CTE
    """All of a source."""
    return placed.c.cadre_id.is_not(None)  # type: ignore[no-any-return]


def _at(*levels: Level) -> Condition:
    return lambda _ask, placed: placed.c.level.in_(levels)


def _of(tier: CommitteeTier) -> Condition:
    return lambda _ask, placed: placed.c.tier == tier


def _rural(ask: Ask, placed: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a CTE
    up, land = aliased(UnitClosure), aliased(UnitVersion)
    day = ask.columns.of(placed).day
    return (
        exists()
        .where(
            col(up.descendant_id) == placed.c.unit_id,
            col(up.via) == Via.TREE,
            live(up, day),
            col(land.unit_id) == col(up.ancestor_id),
            col(land.form) == UnitForm.TERRITORY,
            col(land.level) == Level.COMMUNE,
            col(land.type) == "xa",
            live(land, day),
        )
        .correlate_except(up, land)
    )


@dataclass(frozen=True, slots=True)
class Source:
    """One statement's worth of persons, and the populations of the law that lie in it."""

    name: str
    build: Callable[[Ask], Any]
    parts: dict[str, Condition]
    codes: frozenset[str] = frozenset()
    """Numerators whose code stands in the rows already: nobody's file is asked for them."""


OF_PEOPLE: tuple[Source, ...] = (
    Source(
        "staff",
        _staff,
        {"staff": always, "staff_upper": _at(*UPPER), "staff_commune": _at(Level.COMMUNE)},
    ),
    Source("leaders", _leaders, {"leaders": always}),
    Source("leaders_with_acting", _leaders_with_acting, {"leaders_with_acting": always}),
    Source("managed", _managed, {"managed": always, "managed_province": _at(Level.PROVINCE)}),
    Source("department_leaders", _department_leaders, {"department_leaders": always}),
    Source("leaders_not_managed", _leaders_not_managed, {"leaders_not_managed": always}),
    Source(
        "committee_members",
        _committee_members,
        {"committee_members": always}
        | {f"committee_members_{tier.value}": _of(tier) for tier in CommitteeTier},
    ),
    Source(
        "commune_secretaries",
        _secretaries,
        {"commune_secretaries": always, "commune_secretaries_rural": _rural},
    ),
    Source("district_leaders", _district_leaders, {"district_leaders": always}),
)
"""What rests on seats and memberships; each source is asked by one statement for all units and days."""
