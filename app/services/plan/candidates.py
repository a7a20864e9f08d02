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
from app.services.law.rules.plan import PERSONS_AT_MOST, TITLES_AT_MOST, TITLES_COUNTED, TitlesCounted
from app.services.plan.reading import find
from app.services.plan.table import EDITABLE
from app.services.scope import ScopedSession
from app.services.scope.roles import T2
from app.services.title import refs
from app.services.unit.planning import Place, Planned

Row = dict[str, Any]
MOST = 20
"""How many persons are proposed at a time."""

_POOL = 200
"""How many are looked at before those planned for too many titles are left out."""


@dataclass(frozen=True, slots=True)
class _Limits:
    """What the law of a day allows; None: no limit is in force."""

    persons: int | None = None
    titles: int | None = None
    each_level: bool = False

    @classmethod
    def of(cls, law: Law, day: date) -> "_Limits":
        now = law.on(day)
        try:
            each_level = now[TITLES_COUNTED].choice == TitlesCounted.EACH_LEVEL
            return cls(now[PERSONS_AT_MOST].at_most, now[TITLES_AT_MOST].at_most, each_level)
        except NotInForce:
            return cls()

    def takes(self, planned: Counter[str], title: Planned) -> bool:
        """Whether a person planned for so many titles, by level, may be planned for one more."""
        if self.titles is None:
            return True
        counted = planned[title.level.value] + planned[""] if self.each_level else planned.total()
        return counted < self.titles


def candidates(
    session: ScopedSession, plan_id: UUID, *, rule: str | None, law: Law, today: date
) -> list[Row]:
    """Persons in the caller's scope whom the plan could take, each with the titles that still have room.

    `rule` plan.women_key_title: women for key titles. Without a rule anybody for any title of the plan. Those
    of the unit itself come first, then Party members (for who reads membership), then the younger. Nobody is
    proposed for a title he holds or is planned for, nor beyond the limits of persons and titles.
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
        planned = counted.get(key, Counter())
        free = [
            told[title]
            for title, row in open_.items()
            if (key, title) not in taken and limits.takes(planned, row)
        ]
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
    full = session.scalars(
        select(col(PlanEntry.title_id))
        .where(
            col(PlanEntry.plan_id) == plan.id,
            col(PlanEntry.state).in_((EntryState.PROPOSED, EntryState.APPROVED)),
        )
        .group_by(col(PlanEntry.title_id))
        .having(func.count(col(PlanEntry.id)) >= limits.persons)
    ).all()
    return {key: row for key, row in titles.items() if key not in full}


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
    order: list[ColumnElement[Any]] = [nearness]
    if T2 in session.scope.tiers():
        # Who may not read Party membership must not tell it from the order.
        order.append(case((member, 0), else_=1))
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
        .order_by(*order, col(Cadre.birth_date).desc(), col(Cadre.id))
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
