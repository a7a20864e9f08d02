"""Rotations as they are read: lists, one dossier with what both units said and what it was decided on."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.rotation import CLOSED, Rotation, RotationState
from app.models.unit import UnitVersion
from app.services import workflow
from app.services.audit import instant
from app.services.cadre import people_of
from app.services.dated import live
from app.services.law.parameter import Law, NotInForce
from app.services.law.rules.rotation import rotation_due_on
from app.services.lookup import find as find_person
from app.services.paging import Page, Slice, cut, keyset
from app.services.rotation.table import AWAY, CLOSING, EDITABLE, TABLE
from app.services.rotation.walking import item_of, saw
from app.services.rotation.writing import find
from app.services.scope import ScopedSession
from app.services.title import refs
from app.services.unit.naming import Names
from app.services.unit.tree import within

Row = dict[str, Any]
_PLAIN = (
    "post_id",
    "from_assignment_id",
    "opened_on",
    "sender_heard_on",
    "sender_opinion",
    "receiver_heard_on",
    "receiver_opinion",
    "after_post_id",
    "opened_assignment_id",
    "after_assignment_id",
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list may be narrowed by; `unit_id`: where to, the unit and all beneath it; `open`: not over."""

    unit_id: UUID | None = None
    state: RotationState | None = None
    authority_id: UUID | None = None
    cadre_id: UUID | None = None
    plan_item_id: UUID | None = None
    open: bool | None = None


def _narrowed(statement: Select[Any], filters: Filters, day: date) -> Select[Any]:
    if filters.unit_id is not None:
        statement = statement.where(within(col(Rotation.unit_id), filters.unit_id, day))
    if filters.open is not None:
        over = col(Rotation.state).in_(CLOSED)
        statement = statement.where(~over if filters.open else over)
    for name, column in (
        ("state", col(Rotation.state)),
        ("authority_id", col(Rotation.authority_id)),
        ("cadre_id", col(Rotation.cadre_id)),
        ("plan_item_id", col(Rotation.item_id)),
    ):
        value = getattr(filters, name)
        if value is not None:
            statement = statement.where(column == value)
    return statement


def list_(session: ScopedSession, *, filters: Filters, page: Page, day: date) -> Slice:
    """One page of the rotations in scope, by the name of where to (default) or the day they begin."""
    unit = aliased(UnitVersion)
    name = func.coalesce(col(unit.sort_key), "")
    first: Any = {"unit": name, "begins_on": col(Rotation.begins_on)}[page.sort.lstrip("-")]
    statement = _narrowed(
        select(Rotation, first.label("place")).outerjoin(
            unit, and_(col(unit.unit_id) == col(Rotation.unit_id), live(unit, day))
        ),
        filters,
        day,
    )
    statement = keyset(statement, [first, col(Rotation.id)], page, descending=page.sort.startswith("-"))
    found = session.execute(statement).all()
    total = None
    if page.count:
        total = session.execute(_narrowed(select(func.count(col(Rotation.id))), filters, day)).scalar_one()
    rows = _shaped(session, [row.Rotation for row in found], day)
    session.saw("rotation.list", sorted({row.Rotation.cadre_id for row in found}))
    return cut(rows, [(row.place, row.Rotation.id) for row in found], page, total)


def _shaped(session: ScopedSession, found: list[Rotation], day: date) -> list[Row]:
    places = {key for row in found for key in (row.unit_id, row.from_unit_id, row.authority_id)}
    names = Names(session, places)
    titles = refs(session, {key for row in found for key in (row.title_id, row.from_title_id)}, day)
    people = people_of(session, {row.cadre_id for row in found}, day)
    return [
        {
            "id": row.id,
            "cadre": people[row.cadre_id]["person"],
            "unit": names.on(row.unit_id, day),
            "title": titles[row.title_id],
            "sender": names.on(row.from_unit_id, day),
            "sender_title": titles[row.from_title_id],
            "authority": names.on(row.authority_id, day),
            "purpose": row.purpose,
            "item_id": row.item_id,
            "state": row.state,
            "due": row.state in AWAY and row.ends_on is not None and row.ends_on <= day,
            "version": row.version,
            "begins_on": row.begins_on,
            "ends_on": row.ends_on,
            "began_on": row.began_on,
            "ended_on": row.ended_on,
        }
        for row in found
    ]


def get(session: ScopedSession, rotation_id: UUID, *, law: Law, day: date) -> Row:
    """One rotation with what it was submitted, decided and ended on."""
    row = find(session, rotation_id)
    saw(session, row, "rotation.get")
    item = item_of(session, row)
    submitted = workflow.snapshot(session, TABLE, row.id, "submit")
    decided = workflow.snapshot(session, TABLE, row.id, "decide")
    ended = workflow.snapshot(session, TABLE, row.id, *CLOSING)
    editable = row.state in EDITABLE
    return {
        **_shaped(session, [row], day)[0],
        **{name: getattr(row, name) for name in _PLAIN},
        "after": None if item is None else item.after,
        "returns_from": returns_from(row.began_on, law, day),
        "editable": editable,
        "writable": editable and _writes(session, row),
        "submitted_at": instant(row.submitted_at) if row.submitted_at is not None else None,
        "submitted": _judged(submitted),
        "decided": _judged(decided),
        "decision": None if decided is None else decided["decision"],
        "ended": _judged(ended),
    }


def returns_from(began_on: date | None, law: Law, day: date) -> date | None:
    """The first day on which the law of `day` lets somebody return; None where it says none."""
    try:
        return None if began_on is None else rotation_due_on(began_on, law.on(day))
    except NotInForce:
        return None


def _judged(kept: Row | None) -> Row | None:
    names = ("as_of", "findings", "parameter_digest", "decision")
    return None if kept is None else {name: kept[name] for name in names}


def _writes(session: ScopedSession, row: Rotation) -> bool:
    actor = session.scope.actor
    return actor is not None and bool(session.units_within(actor.reach("rotation:write"), {row.unit_id}))


def still_read(session: ScopedSession, rotation_id: UUID) -> list[UUID]:
    """Whom a kept answer about a rotation names; NotFound where the caller no longer reads it or him."""
    return [find_person(session, find(session, rotation_id).cadre_id).id]
