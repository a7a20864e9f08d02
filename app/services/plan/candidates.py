"""Who would close a gap of a plan and open no other: one query proposes them (III.3.3-d, -e)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
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
from app.services.compliance.plan import (
    COMMITTEE_NUMBER,
    STRUCTURE,
    WOMEN_KEY_TITLE,
    Structure,
    short_seats,
    titles_of,
)
from app.services.dated import age_on, live, to_come
from app.services.errors import Conflict, Invalid
from app.services.law.parameter import Law, NotInForce
from app.services.law.retirement import AGES, born_since
from app.services.law.rules.plan import (
    AGE_TWO_TERMS,
    COEFFICIENT_TO,
    PERSONS_AT_MOST,
    TITLES_AT_MOST,
    TITLES_COUNTED,
    PersonTraits,
    TitlesCounted,
    persons_to,
)
from app.services.plan.reading import find
from app.services.plan.table import EDITABLE
from app.services.scope import ScopedSession
from app.services.scope.roles import T2
from app.services.title import refs
from app.services.unit.planning import Place, Planned

Row = dict[str, Any]
GAPS = (WOMEN_KEY_TITLE, STRUCTURE, COMMITTEE_NUMBER)
"""The rules whose gap some person may close."""

MAJORITY = "persons.majority-ethnicity"
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
    seats_tenths: int | None = None
    born_since: Mapping[Sex, date] = field(default_factory=dict)
    """By sex the birth day from which on somebody can serve two terms from the period's first day."""

    @classmethod
    def of(cls, law: Law, day: date, begins_on: date) -> "_Limits":
        now = law.on(day)
        try:
            months = now[AGE_TWO_TERMS].at_least
            return cls(
                now[PERSONS_AT_MOST].at_most,
                now[TITLES_AT_MOST].at_most,
                now[TITLES_COUNTED].choice == TitlesCounted.EACH_LEVEL,
                now[COEFFICIENT_TO].at_most,
                {Sex(sex): born_since(sex, begins_on, months, now) for sex in AGES},
            )
        except NotInForce:
            return cls()

    def most(self, kind: PlanKind, title: Planned) -> int | None:
        """How many persons a title may have; None: no limit is in force."""
        if kind == PlanKind.TITLES:
            return self.persons
        return None if self.seats_tenths is None else persons_to(title.seats, self.seats_tenths)

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

    `rule`: whose gap is to be closed. plan.women_key_title: women for key titles; plan.structure: whoever
    adds to a share that is short or to an age that nobody has; plan.committee_number: anybody for seats that
    have too few. Without a rule anybody for any title of the plan.

    Those of the unit itself come first, then Party members (for who reads membership), then the younger.
    Nobody is proposed for a title he holds, is about to get or is planned for, beyond the limits of persons
    and titles, without two terms of service left, or where the shares of the plan, now met, would not be met
    with him.
    """
    plan = find(session, plan_id)
    if rule is not None and rule not in GAPS:
        raise Invalid.at("/query/rule", f"Chỉ gợi ý người cho các quy định {', '.join(GAPS)}.")
    if plan.state not in EDITABLE:
        raise Conflict("Hồ sơ không nhận thêm người ở trạng thái này nên không có gợi ý.")
    place = Place(session, plan.unit_id, today)
    limits = _Limits.of(law, today, plan.period.begins_on)
    open_ = _open_titles(session, plan, place, limits, keys_only=rule == WOMEN_KEY_TITLE)
    if rule == COMMITTEE_NUMBER:
        short = short_seats(session, law, plan, place)
        open_ = {key: row for key, row in open_.items() if key in short}
    if not open_:
        return []
    structure = Structure(session, law, plan, place)
    majority = law.on(today)[MAJORITY].choice
    found = [
        row.id
        for row in _pool(session, plan, place, limits, women=rule == WOMEN_KEY_TITLE)
        if structure.keeps(_traits(session, row, today, majority, unread=True))
        and (rule != STRUCTURE or structure.mends(_traits(session, row, today, majority, unread=None)))
    ]
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
    persons: Any = session.execute(
        select(col(PlanEntry.title_id), func.count(col(PlanEntry.id)))
        .where(
            col(PlanEntry.plan_id) == plan.id,
            col(PlanEntry.state).in_((EntryState.PROPOSED, EntryState.APPROVED)),
        )
        .group_by(col(PlanEntry.title_id))
    )
    counted = dict(persons.all())
    most = {key: limits.most(plan.kind, row) for key, row in titles.items()}
    return {
        key: row for key, row in titles.items() if (limit := most[key]) is None or counted.get(key, 0) < limit
    }


def _traits(
    session: ScopedSession,
    row: Any,  # noqa: ANN401 - a row
    day: date,
    majority: str,
    *,
    unread: bool | None,
) -> PersonTraits:
    """What the structure asks of somebody; `unread` stands for ethnicity where the caller doesn't read it."""
    reads = T2 in session.scope.tiers()
    return PersonTraits(
        None if row.birth_date is None else age_on(row.birth_date, day),
        None if row.sex is None else row.sex == Sex.FEMALE,
        row.ethnicity is not None and row.ethnicity != majority if reads else unread,
    )


def _pool(session: ScopedSession, plan: Plan, place: Place, limits: _Limits, *, women: bool) -> Sequence[Any]:
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
    if limits.born_since:
        conditions.append(
            or_(
                *(
                    and_(col(Cadre.sex) == sex, col(Cadre.birth_date) >= since)
                    for sex, since in limits.born_since.items()
                )
            )
        )
    return session.execute(
        select(col(Cadre.id), col(Cadre.birth_date), col(Cadre.sex), col(Cadre.ethnicity))
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
    ).all()


def _taken(session: ScopedSession, plan: Plan, place: Place, people: list[UUID]) -> set[tuple[UUID, UUID]]:
    """(person, title) out of the question: planned for it in this plan, holding it here or about to."""
    planned = session.execute(
        select(col(PlanEntry.cadre_id), col(PlanEntry.title_id)).where(
            col(PlanEntry.plan_id) == plan.id, col(PlanEntry.state) != EntryState.REMOVED
        )
    )
    held = session.execute(
        select(col(AssignmentSpan.cadre_id), col(AssignmentSpan.title_id)).where(
            col(AssignmentSpan.cadre_id).in_(people),
            col(AssignmentSpan.unit_id).in_(set(place.units)),
            or_(live(AssignmentSpan, place.day), to_come(AssignmentSpan, place.day)),
        )
    )
    return {(row.cadre_id, row.title_id) for row in (*planned, *held)}
