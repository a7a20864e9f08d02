"""Populations of succession plans: who is planned for managed titles, and the units that must plan a woman.

An entry holds from the day of its approval to the day of its removal, in a plan of titles that isn't closed;
drafts and submitted dossiers hold nothing.
"""

from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.assignment import AssignmentKind, AssignmentSpan
from app.models.cadre import Cadre, LegalCategory, Sex
from app.models.plan import Plan, PlanEntry, PlanKind, PlanPeriod
from app.models.post import Post, PostQuota
from app.models.title import ManagedBy, TitleVersion
from app.models.unit import UnitClosure, UnitForm, UnitKind, UnitVersion, Via
from app.services.dated import live
from app.services.indicator.numerators import COUNTS, NOT, UNKNOWN
from app.services.indicator.populations import Ask, Source, always, in_tree, kept, placed_highest
from app.services.law.months import months_after

EVERYBODY = 100
"""Percent of all."""


def planned_on(entry: Any, plan: Any, day: ColumnElement[date]) -> ColumnElement[bool]:  # noqa: ANN401 - aliases
    """True where an entry of a plan of titles was approved by `day`, and neither removed nor closed since."""
    return and_(col(entry.planned_from) <= day, _lasting(col(entry.removed_on), day), _open(plan, day))


def _open(plan: Any, day: ColumnElement[date]) -> ColumnElement[bool]:  # noqa: ANN401 - an alias
    return and_(col(plan.kind) == PlanKind.TITLES, _lasting(col(plan.closed_on), day))


def _lasting(end: ColumnElement[Any] | Any, day: ColumnElement[date]) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    return or_(end.is_(None), end > day)


def _running(plan: Any, day: ColumnElement[date]) -> ColumnElement[bool]:  # noqa: ANN401 - an alias
    """True where the period of a plan runs on `day`."""
    return or_(
        *(
            and_(
                col(plan.period) == one,
                day >= literal(one.begins_on, Date()),
                day < literal(one.ends_on, Date()),
            )
            for one in PlanPeriod
        )
    )


def _planned_managed(ask: Ask) -> CTE:
    """Who is planned for a title that the province's committee manages, in the highest of those titles."""
    days = ask.columns
    entry, plan = aliased(PlanEntry), aliased(Plan)
    title, unit = aliased(TitleVersion), aliased(UnitVersion)
    statement = select(
        *days.columns,
        col(entry.id).label("key"),
        col(entry.id).label("tie"),
        col(entry.cadre_id).label("cadre_id"),
        col(entry.unit_id).label("unit_id"),
        col(entry.title_id).label("title_id"),
        col(entry.planned_from).label("effect_on"),
        col(unit.level).label("level"),
        col(title.rank).label("rank"),
        null().label("tier"),
    )
    rows = (
        days.joined(statement, entry, col(entry.planned_from) <= days.day)
        .join(plan, col(plan.id) == col(entry.plan_id))
        .join(title, and_(col(title.title_id) == col(entry.title_id), live(title, days.day)))
        .join(unit, and_(col(unit.unit_id) == col(entry.unit_id), live(unit, days.day)))
        .where(
            planned_on(entry, plan, days.day),
            _running(plan, days.day),
            col(title.managed_by) == ManagedBy.PROVINCE_COMMITTEE,
        )
    )
    return placed_highest(ask, rows.subquery("planned"))


# --- units that must plan a woman (domain §10.10) ---------------------------------------------------


def _own(ask: Ask) -> CTE:
    """Each unit with the nearest one at or above it that plans for itself, beneath the unit asked for."""
    days = ask.columns
    over, head, unit = aliased(UnitClosure), aliased(UnitVersion), aliased(UnitVersion)
    nearest = (
        func.row_number()
        .over(partition_by=[*days.keys, col(over.descendant_id)], order_by=col(over.depth))
        .label("place")
    )
    statement = select(
        *days.columns,
        col(over.descendant_id).label("unit_id"),
        col(over.ancestor_id).label("head_id"),
        (and_(col(head.form) == UnitForm.TERRITORY, col(unit.kind) == UnitKind.PUBLIC_SERVICE)).label(
            "apart"
        ),
        nearest,
    )
    under, beneath = in_tree(col(over.ancestor_id), days.day)
    rows = (
        days.joined(statement, over, and_(col(over.via) == Via.TREE, live(over, days.day)))
        .join(
            head,
            and_(
                col(head.unit_id) == col(over.ancestor_id), col(head.plans_for_itself), live(head, days.day)
            ),
        )
        .join(unit, and_(col(unit.unit_id) == col(over.descendant_id), live(unit, days.day)))
        .join(under, beneath)
        # Days before the clause is law are not worked out.
        .where(days.share <= EVERYBODY)
        .subquery("over_units")
    )
    return kept(select(rows).where(rows.c.place == 1), "own_units")


def _same_day(ask: Ask, one: Any, other: Any) -> ColumnElement[bool]:  # noqa: ANN401 - CTEs
    return true() if ask.columns.table is None else one.c.day == other.c.day


def _triggered(ask: Ask, own: CTE) -> CTE:
    """Planning units whose staff reaches the share of women; nobody before the clause is law."""
    day = ask.columns.of(own).day
    span, person = aliased(AssignmentSpan), aliased(Cadre)
    women = func.sum(case((col(person.sex) == Sex.FEMALE, 1), else_=0))
    rows = (
        select(*ask.columns.of(own).columns, own.c.head_id, func.count().label("staff"), women.label("women"))
        .select_from(own)
        .join(
            span,
            and_(
                col(span.unit_id) == own.c.unit_id,
                col(span.is_main),
                col(span.kind) != AssignmentKind.SECONDMENT,
                live(span, day, ask.known_at),
            ),
        )
        .join(person, col(person.id) == col(span.cadre_id))
        .where(
            own.c.apart.is_(False),
            or_(col(person.legal_category).is_(None), col(person.legal_category) != LegalCategory.CONTRACT),
        )
        .group_by(*ask.columns.of(own).columns, own.c.head_id)
        .having(women * EVERYBODY >= func.count() * ask.columns.of(own).share)
    )
    return kept(rows, "triggered")


def _key_titles(ask: Ask, own: CTE) -> CTE:
    """The key titles of each planning unit: of its own posts and those of its sub-units."""
    day = ask.columns.of(own).day
    post, quota, title = aliased(Post), aliased(PostQuota), aliased(TitleVersion)
    rows = (
        select(*ask.columns.of(own).columns, own.c.head_id, col(post.title_id).label("title_id"))
        .distinct()
        .select_from(own)
        .join(post, col(post.unit_id) == own.c.unit_id)
        .join(
            quota,
            and_(
                col(quota.post_id) == col(post.id),
                live(quota, day, ask.known_at),
                col(quota.quota) > 0,
            ),
        )
        .join(
            title,
            and_(col(title.title_id) == col(post.title_id), live(title, day), col(title.is_key)),
        )
    )
    return kept(rows, "key_titles")


def _planning_units(ask: Ask) -> CTE:
    """Planning unit × running period where a woman must be planned, with the verdict of each."""
    own = _own(ask)
    units, keys = _triggered(ask, own), _key_titles(ask, own)
    days = ask.columns.of(units)
    plan, entry, person, stood = aliased(Plan), aliased(PlanEntry), aliased(Cadre), aliased(UnitVersion)
    periods = union_all(
        *(
            select(
                literal(one.value).label("period"),
                literal(one.begins_on, Date()).label("begins_on"),
                literal(one.ends_on, Date()).label("ends_on"),
                literal(months_after(one.begins_on, ask.terms.plan_due_months), Date()).label("due_on"),
            )
            for one in PlanPeriod
        )
    ).cte("periods")
    entered = and_(
        col(plan.unit_id) == units.c.head_id,
        _period_of(plan) == periods.c.period,
        _open(plan, days.day),
        col(entry.plan_id) == col(plan.id),
        col(entry.planned_from) <= days.day,
    )
    has_plan = select(col(plan.id)).where(entered).correlate_except(plan, entry).exists()
    woman = (
        select(col(entry.id))
        .where(
            entered,
            _lasting(col(entry.removed_on), days.day),
            keys.c.head_id == units.c.head_id,
            keys.c.title_id == col(entry.title_id),
            _same_day(ask, keys, units),
            col(person.id) == col(entry.cadre_id),
            col(person.sex) == Sex.FEMALE,
        )
        .correlate_except(plan, entry, keys, person)
        .exists()
    )
    no_key = ~(
        exists().where(keys.c.head_id == units.c.head_id, _same_day(ask, keys, units)).correlate_except(keys)
    )
    old_enough = (
        select(col(stood.row_id))
        .where(col(stood.unit_id) == units.c.head_id, live(stood, days.standing))
        .correlate_except(stood)
        .exists()
    )
    rows = (
        select(
            *days.columns,
            units.c.head_id.label("key"),
            units.c.head_id.label("unit_id"),
            periods.c.period,
            units.c.staff,
            units.c.women,
            case((has_plan, 1), else_=0).label("has_plan"),
            case((no_key, UNKNOWN), (woman, COUNTS), else_=NOT).label("woman_planned"),
        )
        .select_from(units)
        .join(periods, and_(periods.c.begins_on <= days.day, periods.c.ends_on > days.day))
        .where(or_(has_plan, and_(periods.c.due_on <= days.day, old_enough)))
    )
    return kept(rows, "placed")


def _period_of(plan: Any) -> ColumnElement[str]:  # noqa: ANN401 - an alias
    """The period as the text that the list of periods holds."""
    return case({one.value: one.value for one in PlanPeriod}, value=col(plan.period))


def _every(_ask: Ask, _placed: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a CTE
    return true()


OF_PLANS: tuple[Source, ...] = (
    Source("planned_managed", _planned_managed, {"planned_managed": always}),
    Source(
        "planning_units",
        _planning_units,
        {"planning_units_women": _every},
        codes=frozenset({"woman_planned"}),
    ),
)
"""What rests on plans."""
