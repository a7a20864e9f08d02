"""Rotations whose end nears, and leaders in sensitive fields with their months in post (§10.4, §10.5)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.rotation import Rotation
from app.models.title import TitleVersion
from app.services.cadre import people_of
from app.services.compliance.rotation import moving
from app.services.dated import begun, live
from app.services.law.months import months_between
from app.services.law.parameter import Law
from app.services.paging import Page, Slice, cut, keyset
from app.services.rotation.reading import returns_from
from app.services.scope import ScopedSession
from app.services.title import refs
from app.services.unit.naming import Names
from app.services.unit.tree import within

Row = dict[str, Any]
REMINDERS = {"T-180": timedelta(days=180), "T-90": timedelta(days=90), "T-30": timedelta(days=30)}
"""Days before the planned end on which one is reminded: an office's use, no rule set names any."""

AHEAD = REMINDERS["T-180"]


@dataclass(frozen=True, slots=True)
class Due:
    """What the list may be narrowed by; `unit_id`: the unit and all beneath it; `overdue`: past their end."""

    unit_id: UUID | None = None
    overdue: bool | None = None


def due(session: ScopedSession, law: Law, *, filters: Due, page: Page, day: date) -> Slice:
    """One page of the rotations that run on `day` and end within the first reminder, the latest first.

    They are those that had begun by the day and hadn't ended by it, whatever became of them since.
    """
    keys = [col(Rotation.ends_on), col(Rotation.id)]
    statement = _running(select(Rotation), filters, day)
    found = session.scalars(keyset(statement, keys, page, descending=page.sort.startswith("-"))).all()
    total = None
    if page.count:
        number = _running(select(func.count(col(Rotation.id))), filters, day)
        total = session.execute(number).scalar_one()
    people = people_of(session, {row.cadre_id for row in found}, day)
    titles = refs(session, {row.title_id for row in found}, day)
    names = Names(session, {row.unit_id for row in found})
    session.saw("rotation.due", sorted({row.cadre_id for row in found}))
    rows = [
        {
            "cadre": _named(people[row.cadre_id]["person"]),
            "rotation_id": row.id,
            "assignment_id": row.opened_assignment_id,
            "title": titles[row.title_id],
            "unit": names.on(row.unit_id, day),
            "due_on": row.ends_on,
            "legal_day": returns_from(row.began_on, law, day),
            **_clock(row.ends_on, day),
        }
        for row in found
        if row.ends_on is not None
    ]
    return cut(rows, [(row.ends_on, row.id) for row in found], page, total)


def _running(statement: Select[Any], filters: Due, day: date) -> Select[Any]:
    ended_on, ends_on = col(Rotation.ended_on), col(Rotation.ends_on)
    statement = statement.where(
        col(Rotation.began_on).is_not(None),
        begun(col(Rotation.began_on), day),
        or_(ended_on.is_(None), ~begun(ended_on, day)),
        ends_on <= day + AHEAD,
    )
    if filters.unit_id is not None:
        statement = statement.where(within(col(Rotation.unit_id), filters.unit_id, day))
    if filters.overdue is not None:
        statement = statement.where(begun(ends_on, day) if filters.overdue else ~begun(ends_on, day))
    return statement


def _clock(ends_on: date, day: date) -> Row:
    return {
        "days_left": max((ends_on - day).days, 0),
        "overdue_days": max((day - ends_on).days, 0),
        "reminders": [
            {"name": name, "on": ends_on - before, "past": ends_on - before <= day}
            for name, before in REMINDERS.items()
        ],
        "state": "overdue" if ends_on <= day else "due",
    }


def _named(person: Row) -> Row:
    return {key: person[key] for key in ("id", "code", "full_name")}


def sensitive(session: ScopedSession, *, unit_id: UUID | None, page: Page, day: date) -> Slice:
    """One page of the leaders in sensitive fields, who has been there longest first (measures only, §10.5).

    `planned`: a rotation or a transfer of him is under way now.
    """
    since = col(AssignmentSpan.valid_from)
    keys = [since, col(AssignmentSpan.assignment_id)]
    wanted: Any = select(
        col(AssignmentSpan.assignment_id),
        col(AssignmentSpan.cadre_id),
        col(AssignmentSpan.title_id),
        col(AssignmentSpan.unit_id),
        since.label("since"),
        col(TitleVersion.sensitive_months).label("limit"),
    )
    statement = _leading(wanted, unit_id, day)
    found = session.execute(keyset(statement, keys, page, descending=page.sort.startswith("-"))).all()
    total = None
    if page.count:
        number: Any = select(func.count(col(AssignmentSpan.assignment_id)))
        total = session.execute(_leading(number, unit_id, day)).scalar_one()
    on_list = {row.cadre_id for row in found}
    people, titles = people_of(session, on_list, day), refs(session, {row.title_id for row in found}, day)
    names, leaving = Names(session, {row.unit_id for row in found}), moving(session, on_list)
    session.saw("rotation.sensitive", sorted(on_list))
    rows = [
        {
            "cadre": _named(people[row.cadre_id]["person"]),
            "assignment_id": row.assignment_id,
            "title": titles[row.title_id],
            "unit": names.on(row.unit_id, day),
            "since": row.since,
            "months": months_between(row.since, day),
            "limit_months": row.limit,
            "planned": row.cadre_id in leaving,
        }
        for row in found
    ]
    return cut(rows, [(row.since, row.assignment_id) for row in found], page, total)


def _leading(statement: Select[Any], unit_id: UUID | None, day: date) -> Select[Any]:
    statement = (
        statement.select_from(AssignmentSpan)
        .join(Cadre, col(Cadre.id) == col(AssignmentSpan.cadre_id))
        .join(
            TitleVersion,
            and_(
                col(TitleVersion.title_id) == col(AssignmentSpan.title_id),
                col(TitleVersion.is_leadership),
                col(TitleVersion.sensitive_months).is_not(None),
                live(TitleVersion, day),
            ),
        )
        .where(live(AssignmentSpan, day), col(AssignmentSpan.acting).is_(False))
    )
    if unit_id is not None:
        statement = statement.where(within(col(AssignmentSpan.unit_id), unit_id, day))
    return statement
