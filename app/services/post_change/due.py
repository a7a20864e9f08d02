"""Holders whose limit comes near, is reached or past, and who is exempt from it for now (domain §7)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.post_change import UNDER_WAY, ClockState, PostChange
from app.models.title import TitleVersion
from app.services.cadre import people_of
from app.services.dated import limit_key, limit_order, limit_past, limit_reached, live
from app.services.law.months import months_after
from app.services.law.parameter import Law, NotInForce
from app.services.law.rules.post_change import SOON, post_change_due_on
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession
from app.services.scope.roles import T2
from app.services.sensitive import exempting, sensitive
from app.services.title import refs
from app.services.unit.naming import Names
from app.services.unit.tree import within

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Due:
    """What the list may be narrowed by; `unit_id`: with all beneath it; `overdue`: past their limit."""

    unit_id: UUID | None = None
    state: ClockState | None = None
    overdue: bool | None = None


def due(session: ScopedSession, law: Law, *, filters: Due, page: Page, day: date) -> Slice:
    """One page of those whose limit lies within the months of `assignments.post-change-soon`, latest first.

    Every seat of a title with a limit whose holder leads nobody has its clock; who is exempt on `day` is
    listed as such, whatever his limit. Nobody before the law that sets the limit.
    """
    try:
        horizon = _horizon(day, law.on(day)[SOON].integer)
    except NotInForce:
        session.saw("post_change.due", ())
        return Slice([], total=0 if page.count else None)
    months = col(TitleVersion.sensitive_months)
    change = aliased(PostChange)
    wanted: Any = select(
        col(AssignmentSpan.assignment_id),
        col(AssignmentSpan.cadre_id),
        col(AssignmentSpan.title_id),
        col(AssignmentSpan.unit_id),
        col(AssignmentSpan.valid_from),
        months.label("months"),
        col(change.id).label("dossier_id"),
        col(change.state).label("dossier_state"),
    )
    spans = _narrowed(wanted, filters, day, horizon).outerjoin(
        change,
        and_(
            col(change.assignment_id) == col(AssignmentSpan.assignment_id), col(change.state).in_(UNDER_WAY)
        ),
    )
    keys = [*limit_order(col(AssignmentSpan.valid_from), months), col(AssignmentSpan.assignment_id)]
    found = session.execute(keyset(spans, keys, page, descending=page.sort.startswith("-"))).all()
    total = None
    if page.count:
        number = select(func.count(col(AssignmentSpan.assignment_id)))
        total = session.execute(_narrowed(number, filters, day, horizon)).scalar_one()
    people = people_of(session, {row.cadre_id for row in found}, day)
    titles = refs(session, {row.title_id for row in found}, day)
    names = Names(session, {row.unit_id for row in found})
    exempt = _exemptions(session, [row.assignment_id for row in found], day)
    session.saw("post_change.due", sorted({row.cadre_id for row in found}))
    rows = [
        {
            "cadre": {key: people[row.cadre_id]["person"][key] for key in ("id", "code", "full_name")},
            "assignment_id": row.assignment_id,
            "title": titles[row.title_id],
            "unit": names.on(row.unit_id, day),
            "since": row.valid_from,
            "limit_months": row.months,
            **_clock(post_change_due_on(row.valid_from, row.months), day, exempt.get(row.assignment_id)),
            "post_change_id": row.dossier_id,
            "dossier_state": row.dossier_state,
        }
        for row in found
    ]
    return cut(
        rows, [(*limit_key(row.valid_from, row.months), row.assignment_id) for row in found], page, total
    )


def _horizon(day: date, soon: int) -> date:
    """The last limit that is near on `day`: the day so many months before it has come."""
    found = months_after(day, soon)
    while months_after(found + timedelta(days=1), -soon) <= day:
        found += timedelta(days=1)
    return found


def _narrowed(statement: Select[Any], filters: Due, day: date, horizon: date) -> Select[Any]:
    start, months = col(AssignmentSpan.valid_from), col(TitleVersion.sensitive_months)
    exempt = _is_exempt(day)
    past, reached = limit_past(start, months, day), limit_reached(start, months, day)
    near = limit_reached(start, months, horizon)
    statement = (
        statement.select_from(AssignmentSpan)
        .join(Cadre, col(Cadre.id) == col(AssignmentSpan.cadre_id))
        .join(
            TitleVersion,
            and_(
                col(TitleVersion.title_id) == col(AssignmentSpan.title_id),
                sensitive(TitleVersion),
                live(TitleVersion, day),
            ),
        )
        .where(live(AssignmentSpan, day), or_(near, exempt))
    )
    if filters.unit_id is not None:
        statement = statement.where(within(col(AssignmentSpan.unit_id), filters.unit_id, day))
    late = and_(past, ~exempt)
    if filters.overdue is not None:
        statement = statement.where(late if filters.overdue else ~late)
    if filters.state is not None:
        parts = {
            ClockState.EXEMPT: exempt,
            ClockState.OVERDUE: late,
            ClockState.DUE: and_(reached, ~past, ~exempt),
            ClockState.DUE_SOON: and_(near, ~reached, ~exempt),
        }
        statement = statement.where(parts[filters.state])
    return statement


def _is_exempt(day: date) -> ColumnElement[bool]:
    stay = aliased(PostChange)
    held = select(col(stay.id)).where(exempting(stay, col(AssignmentSpan.assignment_id), day))
    return held.correlate(AssignmentSpan).exists()


def _exemptions(session: ScopedSession, assignments: list[UUID], day: date) -> dict[UUID, Row]:
    """Seat to the exemption that holds on `day`, the one that lasts longest; its reason for who reads T2."""
    if not assignments:
        return {}
    tells = T2 in session.scope.tiers()
    rows = session.execute(
        select(col(PostChange.assignment_id), col(PostChange.exempt_reason), col(PostChange.exempt_ends_on))
        .where(exempting(PostChange, col(PostChange.assignment_id), day))
        .where(col(PostChange.assignment_id).in_(assignments))
        .order_by(col(PostChange.exempt_ends_on))
    )
    return {key: {"reason": reason if tells else None, "until": until} for key, reason, until in rows}


def _clock(due_on: date, day: date, exempt: Row | None) -> Row:
    """Where the clock stands; who is exempt has no days late."""
    if exempt is not None:
        state = ClockState.EXEMPT
    elif day > due_on:
        state = ClockState.OVERDUE
    else:
        state = ClockState.DUE if day == due_on else ClockState.DUE_SOON
    return {
        "due_on": due_on,
        "days_left": max((due_on - day).days, 0),
        "overdue_days": (day - due_on).days if state is ClockState.OVERDUE else 0,
        "state": state,
        "exempt": exempt,
    }
