"""What is on record of persons, as personnel actions are judged by it."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.code import CodeItem
from app.models.evaluation import Evaluation
from app.models.party import PartyMembership
from app.models.qualification import QualificationSpan
from app.models.record import (
    Declaration,
    Discipline,
    DisciplineForm,
    DisciplineSide,
    Kinship,
    PoliticalConclusion,
)
from app.models.title import TitleVersion
from app.services.dated import begun, live, on_record
from app.services.scope import ScopedSession, everywhere

Row = TypeVar("Row")
People = Collection[UUID]
"""Persons asked about together: one statement tells of all of them."""


def grouped(rows: Iterable[Any], shape: Callable[..., Row]) -> dict[UUID, list[Row]]:
    """Rows by the person they begin with, each shaped, in the order they came in."""
    found: dict[UUID, list[Row]] = {}
    for cadre_id, *values in rows:
        found.setdefault(cadre_id, []).append(shape(*values))
    return found


@dataclass(frozen=True, slots=True)
class Level:
    """The highest level of a kind that somebody holds."""

    rank: int
    name: str


@dataclass(frozen=True, slots=True)
class Sanction:
    """A sanction, or a review that has no form yet."""

    side: DisciplineSide
    form: DisciplineForm | None
    opened_on: date
    decided_on: date | None
    ended_on: date | None


def levels(session: ScopedSession, people: People, day: date) -> dict[UUID, dict[str, Level]]:
    """Person to kind of qualification to the highest level held on `day`."""
    rows = everywhere(session, because="what a title asks is looked up whoever keeps the file").execute(
        select(
            col(QualificationSpan.cadre_id),
            col(QualificationSpan.kind),
            col(CodeItem.rank),
            col(CodeItem.name),
        )
        .join(
            CodeItem,
            and_(
                col(CodeItem.list_id) == col(QualificationSpan.kind),
                col(CodeItem.code) == col(QualificationSpan.level),
            ),
        )
        .where(col(QualificationSpan.cadre_id).in_(people), live(QualificationSpan, day))
        .order_by(col(CodeItem.rank))
    )
    found: dict[UUID, dict[str, Level]] = {}
    for cadre_id, kind, rank, name in rows:
        found.setdefault(cadre_id, {})[kind.value] = Level(rank, name)
    return found


def fields(session: ScopedSession, people: People, day: date) -> dict[UUID, list[str]]:
    """Person to the fields of the degrees held on `day`."""
    rows = everywhere(session, because="what a title asks is looked up whoever keeps the file").execute(
        select(col(QualificationSpan.cadre_id), col(QualificationSpan.field)).where(
            col(QualificationSpan.cadre_id).in_(people),
            col(QualificationSpan.field).is_not(None),
            live(QualificationSpan, day),
        )
    )
    return grouped(rows, str)


def party_members(session: ScopedSession, people: People, day: date) -> set[UUID]:
    """Those who are Party members on `day`."""
    rows = everywhere(session, because="what a title asks is looked up whoever keeps the file").scalars(
        select(col(PartyMembership.cadre_id)).where(
            col(PartyMembership.cadre_id).in_(people), live(PartyMembership, day)
        )
    )
    return set(rows)


def discipline(session: ScopedSession, people: People) -> dict[UUID, list[Sanction]]:
    """Person to sanctions and reviews under way on record; only their bars are told."""
    rows = everywhere(session, because="a time bar holds whoever keeps the file").execute(
        select(
            col(Discipline.cadre_id),
            col(Discipline.side),
            col(Discipline.form),
            col(Discipline.opened_on),
            col(Discipline.decided_on),
            col(Discipline.ended_on),
        ).where(col(Discipline.cadre_id).in_(people), on_record(Discipline))
    )
    return grouped(rows, Sanction)


def grades(session: ScopedSession, people: People) -> dict[UUID, list[tuple[int, str]]]:
    """Person to (year, grade) of the yearly grades on record."""
    rows = everywhere(session, because="grades are read whoever keeps the file").execute(
        select(col(Evaluation.cadre_id), col(Evaluation.year), col(Evaluation.grade)).where(
            col(Evaluation.cadre_id).in_(people), on_record(Evaluation)
        )
    )
    return grouped(rows, lambda year, grade: (year, grade.value))


def concluded_on(session: ScopedSession, people: People, day: date) -> dict[UUID, date]:
    """Person to the day of the latest political-standard conclusion up to `day`; never what it says."""
    rows: Any = everywhere(session, because="whether a conclusion is on record, whoever keeps it").execute(
        select(col(PoliticalConclusion.cadre_id), func.max(col(PoliticalConclusion.concluded_on)))
        .where(
            col(PoliticalConclusion.cadre_id).in_(people),
            on_record(PoliticalConclusion),
            begun(col(PoliticalConclusion.concluded_on), day),
        )
        .group_by(col(PoliticalConclusion.cadre_id))
    )
    return dict(rows.all())


def declared_on(session: ScopedSession, people: People, day: date) -> dict[UUID, date]:
    """Person to the day of the latest asset declaration up to `day`; never what it says."""
    rows: Any = everywhere(session, because="whether a declaration is on record, whoever keeps it").execute(
        select(col(Declaration.cadre_id), func.max(col(Declaration.declared_on)))
        .where(
            col(Declaration.cadre_id).in_(people),
            on_record(Declaration),
            begun(col(Declaration.declared_on), day),
        )
        .group_by(col(Declaration.cadre_id))
    )
    return dict(rows.all())


@dataclass(frozen=True, slots=True)
class Kin:
    """A relative on record, linked or not; `title`: what he leads by in the units asked about."""

    relation: str
    linked: bool
    title: str | None


def kin_of(
    session: ScopedSession, people: People, units: Collection[UUID], day: date
) -> dict[UUID, list[Kin]]:
    """Person to relatives, entered on either side, with what each leads by in `units`."""
    found: dict[UUID, list[Kin]] = {}
    for one, other in (("cadre_id", "relative_id"), ("relative_id", "cadre_id")):
        own, relative = getattr(Kinship, one), getattr(Kinship, other)
        rows = everywhere(
            session, because="kinship in the leadership counts whoever keeps the files"
        ).execute(
            select(own, col(Kinship.relation), relative.is_not(None), col(TitleVersion.name))
            .outerjoin(
                AssignmentSpan,
                and_(
                    col(AssignmentSpan.cadre_id) == relative,
                    col(AssignmentSpan.unit_id).in_(set(units)),
                    live(AssignmentSpan, day),
                ),
            )
            .outerjoin(
                TitleVersion,
                and_(
                    col(TitleVersion.title_id) == col(AssignmentSpan.title_id),
                    col(TitleVersion.is_leadership) | col(TitleVersion.is_key),
                    live(TitleVersion, day),
                ),
            )
            .where(own.in_(people), on_record(Kinship))
        )
        for cadre_id, relation, linked, title in rows:
            found.setdefault(cadre_id, []).append(Kin(relation.value, bool(linked), title))
    return found
