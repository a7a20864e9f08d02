"""Who would close a gap of a plan and open no other: one query proposes them (III.3.3-d, -e)."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre, LegalCategory, Sex
from app.models.party import PartyMembership
from app.models.plan import EntryState, Plan, PlanEntry, PlanKind
from app.models.unit import UnitClosure, Via
from app.services.cadre import people_of
from app.services.compliance.plan import WOMEN_KEY_TITLE, titles_of
from app.services.dated import live
from app.services.errors import Conflict, Invalid
from app.services.law.parameter import Law, NotInForce
from app.services.plan.reading import find, refs
from app.services.plan.table import EDITABLE
from app.services.scope import ScopedSession
from app.services.unit.planning import Place, Planned

Row = dict[str, Any]
MOST = 20
"""How many persons are proposed at a time."""

_POOL = 200
"""How many are looked at before those planned for too many titles are left out."""


@dataclass(frozen=True, slots=True)
class _Limits:
    persons: int | None
    titles: int | None

    @classmethod
    def of(cls, law: Law, day: date) -> "_Limits":
        found: list[int | None] = []
        for name in ("plan.persons-per-title", "plan.titles-per-person"):
            try:
                found.append(law.on(day)[name].at_most)
            except NotInForce:
                found.append(None)
        return cls(*found)


def candidates(
    session: ScopedSession, plan_id: UUID, *, rule: str | None, law: Law, today: date
) -> list[Row]:
    """Persons in the caller's scope whom the plan could take, each with the titles that still have room.

    `rule` plan.women_key_title: women for key titles. Without a rule anybody for any title of the plan. Those
    of the unit itself come first, then Party members, then the younger. Nobody is proposed for a title he
    holds or is planned for, nor beyond the limits of persons and titles.
    """
    plan = find(session, plan_id)
    if rule is not None and rule != WOMEN_KEY_TITLE:
        raise Invalid.at("/query/rule", f"Chỉ gợi ý người cho quy định {WOMEN_KEY_TITLE}.")
    if plan.state not in EDITABLE:
        raise Conflict("Hồ sơ không nhận thêm người ở trạng thái này nên không có gợi ý.")
    place = Place(session, plan.unit_id, today)
    limits = _Limits.of(law, today)
    open_ = _open_titles(session, plan, place, limits, keys_only=rule == WOMEN_KEY_TITLE)
    if not open_:
        return []
    found = _pool(session, plan, place, women=rule == WOMEN_KEY_TITLE)
    counted = titles_of(session, plan, found, today)
    taken = _taken(session, plan, place, found)
    told = refs(session, open_, today)
    rows: list[tuple[UUID, list[Row]]] = []
    for key in found:
        if limits.titles is not None and sum(counted.get(key, Counter()).values()) >= limits.titles:
            continue
        free = [told[title] for title in open_ if (key, title) not in taken]
        if free:
            rows.append((key, free))
        if len(rows) == MOST:
            break
    people = people_of(session, [key for key, _ in rows], today)
    session.saw("plan.candidates", [key for key, _ in rows], root=plan)
    return [{"cadre": people[key]["person"], "titles": titles} for key, titles in rows]


def _open_titles(
    session: ScopedSession, plan: Plan, place: Place, limits: _Limits, *, keys_only: bool
) -> dict[UUID, Planned]:
    """Titles of the plan's authority that take one more person, in their rank."""
    titles = {
        key: row
        for key, row in place.titles(plan.kind).items()
        if place.authority(row.managed_by) == plan.authority_id and (row.is_key or not keys_only)
    }
    if limits.persons is None or plan.kind != PlanKind.TITLES:
        return titles
    full = session.execute(
        select(col(PlanEntry.title_id))
        .where(
            col(PlanEntry.plan_id) == plan.id,
            col(PlanEntry.state).in_((EntryState.PROPOSED, EntryState.APPROVED)),
        )
        .group_by(col(PlanEntry.title_id))
        .having(func.count(col(PlanEntry.id)) >= limits.persons)
    )
    return {key: row for key, row in titles.items() if key not in set(full.scalars())}


def _pool(session: ScopedSession, plan: Plan, place: Place, *, women: bool) -> list[UUID]:
    """Persons at work in the unit, beneath it, or elsewhere in the caller's scope, the nearest first."""
    day = place.day
    beneath = (
        exists()
        .where(
            col(UnitClosure.ancestor_id) == plan.unit_id,
            col(UnitClosure.descendant_id) == col(AssignmentSpan.unit_id),
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
        )
        .correlate(AssignmentSpan)
    )
    member = (
        exists()
        .where(col(PartyMembership.cadre_id) == col(Cadre.id), live(PartyMembership, day))
        .correlate(Cadre)
    )
    nearness = case((col(AssignmentSpan.unit_id).in_(place.staffed), 0), (beneath, 1), else_=2)
    hidden = session.scope.redacts()
    conditions: list[ColumnElement[bool]] = [
        col(Cadre.is_stub).is_(False),
        col(Cadre.legal_category).is_distinct_from(LegalCategory.CONTRACT),
        or_(col(Cadre.managed_by).is_(None), col(Cadre.managed_by).not_in(hidden)),
        col(Cadre.id).not_in(session.kin()),
    ]
    if women:
        conditions.append(col(Cadre.sex) == Sex.FEMALE)
    rows = session.execute(
        select(col(Cadre.id))
        .join(
            AssignmentSpan,
            and_(
                col(AssignmentSpan.cadre_id) == col(Cadre.id),
                col(AssignmentSpan.is_main),
                live(AssignmentSpan, day),
            ),
        )
        .where(*conditions)
        .order_by(nearness, case((member, 0), else_=1), col(Cadre.birth_date).desc(), col(Cadre.id))
        .limit(_POOL)
    )
    return list(rows.scalars())


def _taken(session: ScopedSession, plan: Plan, place: Place, people: list[UUID]) -> set[tuple[UUID, UUID]]:
    """(person, title) that would change nothing: planned for it in this plan, or holding it in this unit."""
    planned = session.execute(
        select(col(PlanEntry.cadre_id), col(PlanEntry.title_id)).where(
            col(PlanEntry.plan_id) == plan.id, col(PlanEntry.state) != EntryState.REMOVED
        )
    )
    held = session.execute(
        select(col(AssignmentSpan.cadre_id), col(AssignmentSpan.title_id)).where(
            col(AssignmentSpan.cadre_id).in_(people),
            col(AssignmentSpan.unit_id).in_(set(place.units)),
            live(AssignmentSpan, place.day),
        )
    )
    return {(row.cadre_id, row.title_id) for row in (*planned, *held)}
