"""Terms that end: who must be decided on again, how late it is, what the rule set reminds of (§10.4)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.appointment import OVER, ActionKind, Appointment
from app.models.assignment import AssignmentKind, AssignmentSpan
from app.models.cadre import Cadre
from app.models.title import ManagedBy, TermKind, TitleVersion
from app.services.cadre import people_of
from app.services.dated import live
from app.services.law.parameter import Law, LawOn, NotInForce
from app.services.law.rules.reappointment import LEGAL, reminders
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession
from app.services.title import refs
from app.services.unit.naming import Names
from app.services.unit.tree import within

Row = dict[str, Any]
AHEAD = timedelta(days=180)
"""How far one looks ahead where no rule set of the day says when to remind."""


@dataclass(frozen=True, slots=True)
class Due:
    """What the list may be narrowed by; `unit_id`: the unit and all beneath it; `overdue`: past their end."""

    unit_id: UUID | None = None
    overdue: bool | None = None


def due(session: ScopedSession, law: Law, *, filters: Due, page: Page, day: date) -> Slice:
    """One page of the terms that end within the first reminder of the day's rule set, the latest first.

    Terms of appointed titles alone: who was elected stands for election again, who is lent goes home. Who
    holds the seat beyond the end of his term stays on the list until a decision is signed.
    """
    now = law.on(day)
    action = aliased(Appointment)
    wanted: Any = select(
        col(AssignmentSpan.assignment_id),
        col(AssignmentSpan.cadre_id),
        col(AssignmentSpan.title_id),
        col(AssignmentSpan.unit_id),
        col(AssignmentSpan.term_ends_on),
        col(action.id).label("appointment_id"),
        col(action.state).label("appointment_state"),
    )
    spans = _narrowed(wanted, filters, day, now).outerjoin(
        action,
        and_(
            col(action.assignment_id) == col(AssignmentSpan.assignment_id),
            col(action.kind) == ActionKind.REAPPOINTMENT,
            col(action.state).not_in(OVER),
        ),
    )
    keys = [col(AssignmentSpan.term_ends_on), col(AssignmentSpan.assignment_id)]
    found = session.execute(keyset(spans, keys, page, descending=page.sort.startswith("-"))).all()
    total = None
    if page.count:
        number = select(func.count(col(AssignmentSpan.assignment_id)))
        total = session.execute(_narrowed(number, filters, day, now)).scalar_one()
    people = people_of(session, {row.cadre_id for row in found}, day)
    titles = refs(session, {row.title_id for row in found}, day)
    names = Names(session, {row.unit_id for row in found})
    session.saw("appointment.due", sorted({row.cadre_id for row in found}))
    rows = [
        {
            "cadre": _named(people[row.cadre_id]["person"]),
            "assignment_id": row.assignment_id,
            "title": titles[row.title_id],
            "unit": names.on(row.unit_id, day),
            "due_on": row.term_ends_on,
            **_clock(row.term_ends_on, day, now),
            "state": row.appointment_state or ("overdue" if row.term_ends_on <= day else "due"),
            "appointment_id": row.appointment_id,
        }
        for row in found
    ]
    return cut(rows, [(row.term_ends_on, row.assignment_id) for row in found], page, total)


def undecided(session: ScopedSession, law: Law, *, day: date) -> list[Row]:
    """The terms on the list of `day` about which a dossier can be opened: nobody works on that seat yet.

    Centrally managed persons are decided on elsewhere.
    """
    open_one = aliased(Appointment)
    wanted: Any = select(
        col(AssignmentSpan.assignment_id),
        col(AssignmentSpan.cadre_id),
        col(AssignmentSpan.title_id),
        col(AssignmentSpan.unit_id),
        col(AssignmentSpan.term_ends_on),
    )
    taken = exists().where(
        col(open_one.assignment_id) == col(AssignmentSpan.assignment_id), col(open_one.state).not_in(OVER)
    )
    statement = _narrowed(wanted, Due(), day, law.on(day)).where(
        ~taken.correlate_except(open_one),
        col(Cadre.is_stub).is_(False),
        col(TitleVersion.managed_by) != ManagedBy.CENTRAL,
    )
    return [dict(row) for row in session.execute(statement).mappings()]


def _narrowed(statement: Select[Any], filters: Due, day: date, now: LawOn) -> Select[Any]:
    statement = (
        statement.select_from(AssignmentSpan)
        .join(Cadre, col(Cadre.id) == col(AssignmentSpan.cadre_id))
        .join(
            TitleVersion,
            and_(
                col(TitleVersion.title_id) == col(AssignmentSpan.title_id),
                col(TitleVersion.term_kind) == TermKind.APPOINTED_5Y,
                live(TitleVersion, day),
            ),
        )
        .where(
            live(AssignmentSpan, day),
            col(AssignmentSpan.acting).is_(False),
            # The planned end of a rotation or a loan is no end of a term.
            col(AssignmentSpan.kind).not_in((AssignmentKind.SECONDMENT, AssignmentKind.ROTATION)),
            col(AssignmentSpan.term_ends_on).is_not(None),
            col(AssignmentSpan.term_ends_on) <= day + _ahead(day, now),
            or_(
                col(AssignmentSpan.end_decision_signed_on).is_(None),
                col(AssignmentSpan.end_decision_signed_on) > day,
            ),
        )
    )
    if filters.unit_id is not None:
        statement = statement.where(within(col(AssignmentSpan.unit_id), filters.unit_id, day))
    if filters.overdue is not None:
        late = col(AssignmentSpan.term_ends_on) <= day
        statement = statement.where(late if filters.overdue else ~late)
    return statement


def _ahead(day: date, now: LawOn) -> timedelta:
    """How long before its end a term comes on the list: its first reminder."""
    try:
        return day - reminders(day, now)[0][1]
    except NotInForce:
        return AHEAD


def _clock(ends_on: date, day: date, now: LawOn) -> Row:
    """Days left and days late, and the reminders of the rule set; the legal one stands apart."""
    try:
        told = reminders(ends_on, now)
    except NotInForce:
        told = []
    legal = dict(told).get(LEGAL)
    return {
        "legal_day": legal,
        "days_left": max((ends_on - day).days, 0),
        "overdue_days": max((day - ends_on).days, 0),
        "reminders": [{"name": name, "on": on, "past": on <= day} for name, on in told],
    }


def _named(person: Row) -> Row:
    return {key: person[key] for key in ("id", "code", "full_name")}
