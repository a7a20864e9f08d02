"""What is known of a commune's party secretary on the day the posting took effect, for the rule about it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.residence import Residence, ResidenceKind
from app.models.title import TitleVersion
from app.models.unit import Level, UnitClosure, UnitForm, UnitVersion, Via
from app.services.dated import begun, holds_on, known, live, on_eve
from app.services.errors import NotFound
from app.services.law.rules.appointment import (
    OUTSIDE,
    NonLocalPolicy,
    OriginField,
    OriginLevel,
    SecretaryFacts,
)
from app.services.scope import ScopedSession

TOWNS = frozenset({"phuong", "thi-tran"})
"""Where hospitals are: a birthplace here beside another hometown may be chance (domain §10.11)."""


@dataclass(frozen=True, slots=True)
class Posting:
    """Who is put where, from which day on; `assignment_id`: None while it is not decided yet."""

    cadre_id: UUID
    unit_id: UUID
    title_id: UUID
    effect: date
    acting: bool = False
    assignment_id: UUID | None = None


def facts(
    session: ScopedSession, policy: NonLocalPolicy, *, assignment_id: UUID, day: date
) -> SecretaryFacts:
    """The facts of one assignment, as the units stood on the day it took effect.

    `day` picks the span where a seat has several. NotFound for an assignment or a person out of scope.
    """
    span = _span(session, assignment_id, day)
    posting = Posting(
        span.cadre_id, span.unit_id, span.title_id, span.valid_from, span.acting, span.assignment_id
    )
    return facts_of(session, policy, posting)


def facts_of(session: ScopedSession, policy: NonLocalPolicy, posting: Posting) -> SecretaryFacts:
    """The facts of a posting, be it decided or only meant. NotFound for a person out of scope."""
    person = session.scalars(select(Cadre).where(col(Cadre.id) == posting.cadre_id)).first()
    if person is None:
        raise NotFound
    effect = posting.effect
    commune = _territory(session, posting.unit_id, Level.COMMUNE, effect)
    if commune is None or not _is_secretary(session, posting.title_id, effect):
        return SecretaryFacts(is_commune_secretary=False)
    district = _territory(session, posting.unit_id, Level.DISTRICT, effect)
    inside = _within(session, commune, effect)
    homes = _homes(session, posting)
    return SecretaryFacts(
        is_commune_secretary=True,
        is_acting=posting.acting,
        commune=_names(inside),
        district=_names(_within(session, district, effect)) if district is not None else frozenset(),
        enclosing=_names(_enclosing(session, policy, commune, district, effect)),
        places={
            OriginField.HOMETOWN: _place(person.hometown_unit_id, person.hometown),
            OriginField.BIRTHPLACE: _place(person.birthplace_unit_id, person.birthplace),
            OriginField.RESIDENCE: _residence(homes),
        },
        career_or_household_there=any(home.commune_unit_id in inside for home in homes)
        or _career_there(session, posting, inside),
        birthplace_is_incidental=_incidental(session, person, effect),
    )


def _span(session: ScopedSession, assignment_id: UUID, day: date) -> AssignmentSpan:
    rows = session.scalars(
        select(AssignmentSpan)
        .where(col(AssignmentSpan.assignment_id) == assignment_id, known(AssignmentSpan))
        .order_by(col(AssignmentSpan.valid_from))
    ).all()
    if not rows:
        raise NotFound
    return next((row for row in rows if holds_on(row, day)), rows[-1])


def _is_secretary(session: ScopedSession, title_id: UUID, day: date) -> bool:
    title = session.scalars(
        select(TitleVersion).where(col(TitleVersion.title_id) == title_id, live(TitleVersion, day))
    ).first()
    return title is not None and title.is_secretary


def _territory(session: ScopedSession, unit_id: UUID, level: Level, day: date) -> UUID | None:
    return session.scalars(
        select(col(UnitVersion.unit_id))
        .join(UnitClosure, col(UnitClosure.ancestor_id) == col(UnitVersion.unit_id))
        .where(
            col(UnitClosure.descendant_id) == unit_id,
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
            col(UnitVersion.form) == UnitForm.TERRITORY,
            col(UnitVersion.level) == level,
            live(UnitVersion, day),
        )
    ).first()


def _within(session: ScopedSession, land: UUID, day: date) -> frozenset[UUID]:
    """All that lies in a territory on a day, predecessors included."""
    rows = session.scalars(
        select(col(UnitClosure.descendant_id)).where(
            col(UnitClosure.ancestor_id) == land, live(UnitClosure, day)
        )
    )
    return frozenset(rows)


def _enclosing(
    session: ScopedSession, policy: NonLocalPolicy, commune: UUID, district: UUID | None, day: date
) -> frozenset[UUID]:
    """Units around the territory asked for, and those that took over some of it on whatever day."""
    land = commune if policy.level is OriginLevel.COMMUNE else district
    if land is None:
        return frozenset()
    around = session.scalars(
        select(col(UnitClosure.ancestor_id)).where(col(UnitClosure.descendant_id) == land)
    )
    found = set(around)
    if policy.level is OriginLevel.DISTRICT:
        beneath = select(col(UnitClosure.descendant_id)).where(
            col(UnitClosure.ancestor_id) == land, col(UnitClosure.via) == Via.TREE, live(UnitClosure, day)
        )
        heirs = select(col(UnitClosure.ancestor_id)).where(
            col(UnitClosure.via) == Via.LINEAGE, col(UnitClosure.descendant_id).in_(beneath)
        )
        found |= set(session.scalars(heirs))
    return frozenset(found)


def _homes(session: ScopedSession, posting: Posting) -> list[Residence]:
    """Where the person lived on the eve of the posting."""
    rows = session.scalars(
        select(Residence).where(
            col(Residence.cadre_id) == posting.cadre_id, on_eve(Residence, posting.effect)
        )
    )
    return list(rows)


def _career_there(session: ScopedSession, posting: Posting, inside: frozenset[UUID]) -> bool:
    """Every seat before this one was in the territory, and there was one."""
    rows = session.scalars(
        select(col(AssignmentSpan.unit_id)).where(
            col(AssignmentSpan.cadre_id) == posting.cadre_id,
            col(AssignmentSpan.assignment_id).is_distinct_from(posting.assignment_id),
            known(AssignmentSpan),
            begun(col(AssignmentSpan.valid_from), posting.effect),
        )
    ).all()
    return bool(rows) and inside.issuperset(rows)


def _incidental(session: ScopedSession, person: Cadre, day: date) -> bool:
    if person.birthplace_unit_id is None or person.birthplace_unit_id == person.hometown_unit_id:
        return False
    rows = session.scalars(
        select(UnitVersion).where(col(UnitVersion.unit_id) == person.birthplace_unit_id, known(UnitVersion))
    ).all()
    nearest = min(
        rows, key=lambda row: (not holds_on(row, day), abs((row.valid_from - day).days)), default=None
    )
    return nearest is not None and nearest.type in TOWNS


def _residence(homes: list[Residence]) -> str | None:
    registered = [home for home in homes if home.kind == ResidenceKind.PERMANENT]
    return _place(registered[0].commune_unit_id, registered[0].address) if registered else None


def _place(unit_id: UUID | None, text: str | None) -> str | None:
    if unit_id is not None:
        return str(unit_id)
    return OUTSIDE if text else None


def _names(units: frozenset[UUID]) -> frozenset[str]:
    return frozenset(map(str, units))
