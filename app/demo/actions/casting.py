"""Who and what the stories are about: empty seats, terms that end, people beneath a seat."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.demo.dates import BASELINE
from app.models.assignment import AssignmentKind, AssignmentSpan
from app.models.cadre import Cadre
from app.models.party import PartyMembership
from app.models.post import Post, PostQuota
from app.models.qualification import QualificationKind, QualificationSpan
from app.models.title import TermKind, Title, TitleVersion
from app.models.unit import UnitVersion
from app.services.dated import known, live
from app.services.scope import ScopedSession

YOUNGEST, ELDEST = date(1970, 1, 1), date(1992, 1, 1)
SOON = date(2022, 6, 29)
DEGREES = ("university", "master")


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat with its unit's and its title's code."""

    post_id: UUID
    unit_id: UUID
    unit: str
    title: str


@dataclass(frozen=True, slots=True)
class Held:
    """A seat that somebody holds."""

    assignment_id: UUID
    unit: str
    title: str


class Casting:
    """Draws in the order of unit codes, nobody and nothing twice: the same in every build."""

    def __init__(self, session: ScopedSession) -> None:
        self._session = session
        self._taken: set[UUID] = set()
        self._vacant = list(self._empty(leading=True))
        self._open: list[Seat] | None = None
        self._due = list(self._ending())

    def vacant(self, within: str, title: str) -> Seat:
        """An empty seat of a title, in a unit whose code begins with `within`."""
        found = next(seat for seat in self._vacant if seat.unit.startswith(within) and seat.title == title)
        self._vacant.remove(found)
        return found

    def free(self, within: str, title: str) -> Seat:
        """An empty seat of a title that leads nobody."""
        if self._open is None:
            self._open = list(self._empty(leading=False))
        found = next(seat for seat in self._open if seat.unit.startswith(within) and seat.title == title)
        self._open.remove(found)
        return found

    def department(self, code: str) -> UUID:
        """The unit of a code."""
        return self._session.scalars(
            select(col(UnitVersion.unit_id)).where(col(UnitVersion.code) == code, live(UnitVersion, BASELINE))
        ).one()

    def rotated(self) -> list[tuple[AssignmentSpan, AssignmentSpan]]:
        """Who serves by rotation on the baseline day, with the seat held before, in a fixed order."""
        before = aliased(AssignmentSpan)
        rows = self._session.execute(
            select(AssignmentSpan, before)
            .join(
                before,
                and_(
                    col(before.cadre_id) == col(AssignmentSpan.cadre_id),
                    col(before.valid_to) == col(AssignmentSpan.valid_from),
                    col(before.is_main).is_(True),
                    known(before),
                ),
            )
            .where(
                live(AssignmentSpan, BASELINE),
                col(AssignmentSpan.kind) == AssignmentKind.ROTATION,
                col(AssignmentSpan.is_main).is_(True),
            )
            .order_by(col(AssignmentSpan.valid_from), col(AssignmentSpan.assignment_id))
        )
        return [(now, then) for now, then in rows]

    def due(self, within: str) -> Held:
        """A seat whose term ends soon or has ended, in a unit whose code begins with `within`."""
        found = next(held for held in self._due if held.unit.startswith(within))
        self._due.remove(found)
        return found

    def held(self, within: str, title: str) -> Held:
        """A seat of a title that somebody holds whom no other story is about."""
        for row in self._session.execute(
            self._holders(within, title).order_by(col(UnitVersion.code), col(Cadre.code)).limit(200)
        ):
            if row.cadre_id not in self._taken:
                self._taken.add(row.cadre_id)
                return Held(row.assignment_id, row.unit, row.title)
        raise LookupError(f"nobody holds {title} in {within}")

    def people(self, within: str, title: str, count: int) -> list[UUID]:
        """Holders of a title with a degree, in the Party, of middle age, whom no other story is about."""
        statement = self._holders(within, title).where(
            col(Cadre.birth_date).between(YOUNGEST, ELDEST),
            col(Cadre.is_stub).is_(False),
            exists().where(col(PartyMembership.cadre_id) == col(Cadre.id), live(PartyMembership, BASELINE)),
            exists().where(
                col(QualificationSpan.cadre_id) == col(Cadre.id),
                col(QualificationSpan.kind) == QualificationKind.EDUCATION,
                col(QualificationSpan.level).in_(DEGREES),
                live(QualificationSpan, BASELINE),
            ),
        )
        found: list[UUID] = []
        for row in self._session.execute(
            statement.order_by(col(UnitVersion.code), col(Cadre.code)).limit(400)
        ):
            if row.cadre_id not in self._taken and len(found) < count:
                found.append(row.cadre_id)
        if len(found) < count:
            raise LookupError(f"too few {title} in {within}")
        self._taken.update(found)
        return found

    @staticmethod
    def _holders(within: str, title: str) -> Any:  # noqa: ANN401 - a select
        return (
            select(
                col(AssignmentSpan.assignment_id),
                col(AssignmentSpan.cadre_id),
                col(UnitVersion.code).label("unit"),
                col(Title.code).label("title"),
            )
            .select_from(AssignmentSpan)
            .join(Cadre, col(Cadre.id) == col(AssignmentSpan.cadre_id))
            .join(Title, col(Title.id) == col(AssignmentSpan.title_id))
            .join(
                UnitVersion,
                and_(col(UnitVersion.unit_id) == col(AssignmentSpan.unit_id), live(UnitVersion, BASELINE)),
            )
            .where(
                live(AssignmentSpan, BASELINE),
                col(AssignmentSpan.is_main).is_(True),
                col(AssignmentSpan.valid_to).is_(None),
                col(Title.code) == title,
                or_(col(UnitVersion.code) == within, col(UnitVersion.code).startswith(within + ".")),
            )
        )

    def _empty(self, *, leading: bool) -> Iterator[Seat]:
        held = (
            select(func.count(col(AssignmentSpan.row_id)))
            .where(col(AssignmentSpan.post_id) == col(Post.id), live(AssignmentSpan, BASELINE))
            .scalar_subquery()
        )
        rows = self._session.execute(
            select(
                col(Post.id),
                col(Post.unit_id),
                col(UnitVersion.code).label("unit"),
                col(Title.code).label("title"),
            )
            .join(PostQuota, and_(col(PostQuota.post_id) == col(Post.id), live(PostQuota, BASELINE)))
            .join(Title, col(Title.id) == col(Post.title_id))
            .join(
                TitleVersion, and_(col(TitleVersion.title_id) == col(Title.id), live(TitleVersion, BASELINE))
            )
            .join(
                UnitVersion, and_(col(UnitVersion.unit_id) == col(Post.unit_id), live(UnitVersion, BASELINE))
            )
            .where(col(TitleVersion.is_leadership).is_(leading), held < col(PostQuota.quota))
            .order_by(col(UnitVersion.code), col(Title.code))
        )
        for row in rows:
            yield Seat(row.id, row.unit_id, row.unit, row.title)

    def _ending(self) -> Iterator[Held]:
        rows = self._session.execute(
            select(
                col(AssignmentSpan.assignment_id),
                col(UnitVersion.code).label("unit"),
                col(Title.code).label("title"),
            )
            .join(Title, col(Title.id) == col(AssignmentSpan.title_id))
            .join(
                TitleVersion,
                and_(
                    col(TitleVersion.title_id) == col(Title.id),
                    col(TitleVersion.term_kind) == TermKind.APPOINTED_5Y,
                    live(TitleVersion, BASELINE),
                ),
            )
            .join(
                UnitVersion,
                and_(col(UnitVersion.unit_id) == col(AssignmentSpan.unit_id), live(UnitVersion, BASELINE)),
            )
            .where(
                live(AssignmentSpan, BASELINE),
                col(AssignmentSpan.acting).is_(False),
                col(AssignmentSpan.valid_to).is_(None),
                col(AssignmentSpan.term_ends_on) <= SOON,
            )
            .order_by(
                col(AssignmentSpan.term_ends_on), col(UnitVersion.code), col(AssignmentSpan.assignment_id)
            )
        )
        for row in rows:
            yield Held(row.assignment_id, row.unit, row.title)
