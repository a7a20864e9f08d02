"""The inbox as a list: one page of what the caller may do now, with the names a reader needs."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.models.dossier import DossierType
from app.services.cadre import people_of
from app.services.inbox.sources import found
from app.services.inbox.todo import Todo
from app.services.law.parameter import Law
from app.services.paging import Page, Slice, cut
from app.services.scope import ScopedSession
from app.services.title import refs
from app.services.unit.naming import Names
from app.services.waiver.kinds import KINDS

Row = dict[str, Any]
TERM = "term"
"""The kind of an item about a term that has no dossier yet."""


def list_(session: ScopedSession, law: Law, *, page: Page, day: date) -> Slice:
    """One page of the things to do, re-appointments past their term first, then by lateness.

    A thing is gone as soon as it is done by anybody, and comes back when its dossier does.
    """
    everything = found(session, law, day)
    down = page.sort.startswith("-") != page.backwards
    ordered = sorted(everything, key=lambda one: one.place(day), reverse=down)
    if page.key is not None:
        here = page.key
        ordered = [one for one in ordered if (one.place(day) < here if down else one.place(day) > here)]
    kept = ordered[: page.limit + 1]
    rows = _named(session, kept, everything, day)
    keys = [one.place(day) for one in kept]
    session.saw("inbox.list", sorted({one.cadre_id for one in kept[: page.limit] if one.cadre_id}))
    return cut(rows, keys, page, len(everything) if page.count else None)


def _named(session: ScopedSession, items: Sequence[Todo], everything: Sequence[Todo], day: date) -> list[Row]:
    """Rows of `items`; names are looked up for everything, so that each page asks in the same way."""
    people = people_of(session, {one.cadre_id for one in everything if one.cadre_id is not None}, day)
    titles = refs(session, {one.title_id for one in everything if one.title_id is not None}, day)
    units = Names(session, {one.unit_id for one in everything})
    dossiers = _names(session, everything)
    rows = []
    for one in items:
        about_term = one.dossier is None
        rows.append(
            {
                "kind": TERM if one.dossier is None else one.dossier.value,
                "dossier": None if one.dossier is None else {"type": one.dossier.value, "id": one.key},
                "assignment_id": one.key if about_term else None,
                "cadre": None if one.cadre_id is None else _person(people[one.cadre_id]["person"]),
                "title": f"Bổ nhiệm lại {titles[one.title_id]['name']}"
                if one.title_id is not None
                else dossiers[one.key],
                "unit": units.on(one.unit_id, day),
                "state": one.state,
                "state_name": one.state_name,
                "since": one.since,
                "due_on": one.due_on,
                "overdue_days": one.late(day),
                "actions": [{"action": name, "name": label} for name, label in one.actions],
            }
        )
    return rows


def _names(session: ScopedSession, items: Sequence[Todo]) -> dict[UUID, str]:
    """What dossiers are called beside the name of their unit."""
    told: dict[UUID, str] = {}
    for kind in DossierType:
        wanted = {one.key for one in items if one.dossier is kind}
        if wanted:
            told |= KINDS[kind].names(session, wanted)
    return told


def _person(row: Row) -> Row:
    return {name: row[name] for name in ("id", "code", "full_name")}
