"""What crosses units on purpose: an outsider's stub, an id held elsewhere.

Each use says why and is audited.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select
from sqlmodel import col, select

from app.models.cadre import Cadre
from app.services import secretary
from app.services.law.finding import Finding
from app.services.law.parameter import Law, NotInForce
from app.services.law.rules import judge
from app.services.law.rules.appointment import NonLocalPolicy, SecretaryFacts
from app.services.scope import ScopedSession, everywhere

NON_LOCAL_SECRETARY = "appointment.non_local_secretary"


def stubs(session: ScopedSession, cadre_ids: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """Id, code and name of persons whoever keeps their files: what a unit's own rows may name (design §4)."""
    wanted = set(cadre_ids)
    if not wanted:
        return {}
    rows = everywhere(session, because="an outsider's stub").execute(
        select(Cadre.id, Cadre.code, Cadre.full_name).where(col(Cadre.id).in_(wanted))
    )
    return {key: {"id": key, "code": code, "full_name": name} for key, code, name in rows}


def holder_of_national_id(session: ScopedSession, national_id: str) -> UUID | None:
    """Who holds a national id, whoever keeps the file; the caller must name nobody."""
    found: UUID | None = (
        everywhere(session, because="a national id is held once")
        .scalars(select(Cadre.id).where(col(Cadre.national_id) == national_id))
        .first()
    )
    return found


def held_ids(session: ScopedSession, national_ids: Iterable[str]) -> set[str]:
    """Those of `national_ids` that somebody holds, whoever keeps the file; it says of none who."""
    rows = everywhere(session, because="a national id is held once").scalars(
        select(Cadre.national_id).where(col(Cadre.national_id).in_(set(national_ids)))
    )
    return set(rows)


def out_of_sight(session: ScopedSession, cadre_ids: Iterable[UUID]) -> set[UUID]:
    """Those of `cadre_ids` whose record stands where the caller doesn't read; not those without a record."""
    wanted = set(cadre_ids)
    if not wanted:
        return set()
    recorded = select(Cadre.id).where(col(Cadre.id).in_(wanted))
    anywhere = everywhere(session, because="whose record lies elsewhere").scalars(recorded)
    return set(anywhere) - set(session.scalars(recorded))


def taken_codes(session: ScopedSession, codes: Iterable[str]) -> set[str]:
    """Those of `codes` that are given to somebody, whoever keeps the file; it says of none to whom."""
    rows = everywhere(session, because="a code is given once").scalars(
        select(Cadre.code).where(col(Cadre.code).in_(set(codes)))
    )
    return set(rows)


def counted(session: ScopedSession, statement: Select[Any]) -> list[dict[str, Any]]:
    """The rows of a statement that counts seats or members wherever they are; it must name no person.

    Vacancies and numbers of members are part of the reference data that every signed-in caller reads, and
    the same for each of them.
    """
    rows = everywhere(session, because="seats and members are counted whoever keeps the files").execute(
        statement
    )
    return [dict(row) for row in rows.mappings()]


def judge_secretary(session: ScopedSession, law: Law, *, assignment_id: UUID, day: date) -> Finding:
    """Whether a commune's party secretary is of the place (II.2.2(5)-2025-h): warns, never blocks.

    Judged by the law of `day` on the units as they stood when the assignment took effect; not_applicable for
    any other title, for acting holders and before the law. NotFound for a person out of scope.
    """
    try:
        policy = NonLocalPolicy.of(law.on(day))
    except NotInForce:
        return judge(NON_LOCAL_SECRETARY, SecretaryFacts(is_commune_secretary=False), day, law)
    found = secretary.facts(session, policy, assignment_id=assignment_id, day=day)
    return judge(NON_LOCAL_SECRETARY, found, day, law)


def judge_new_secretary(session: ScopedSession, law: Law, posting: secretary.Posting) -> Finding:
    """The same of somebody who is only meant for the post, as if it took effect on the posting's day."""
    try:
        policy = NonLocalPolicy.of(law.on(posting.effect))
    except NotInForce:
        return judge(NON_LOCAL_SECRETARY, SecretaryFacts(is_commune_secretary=False), posting.effect, law)
    return judge(NON_LOCAL_SECRETARY, secretary.facts_of(session, policy, posting), posting.effect, law)
