"""The titles a unit plans for on a day, and the body that approves each (domain §10.1)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import col

from app.models.committee import CommitteeTerm, MemberRank
from app.models.plan import PlanKind
from app.models.post import Post, PostQuota
from app.models.title import ManagedBy, Title, TitleVersion
from app.models.unit import Level, UnitClosure, UnitForm, UnitKind, UnitVersion, Via
from app.services.dated import live
from app.services.scope import ScopedSession
from app.services.unit import tree

_COMMITTEES = frozenset({UnitKind.PARTY_COMMITTEE, UnitKind.ATTACHED_COMMITTEE})


@dataclass(frozen=True, slots=True)
class Planned:
    """A title that a unit plans for: who manages it and where it stands among the unit's titles."""

    id: UUID
    code: str
    name: str
    managed_by: ManagedBy
    level: Level
    is_key: bool
    rank: int
    seats: int


class Place:
    """A planning unit on a day: its sub-units, its titles, and the bodies that decide on them."""

    def __init__(self, session: ScopedSession, unit_id: UUID, day: date) -> None:
        self._session = session
        self.unit_id = unit_id
        self.day = day
        self.units = tree.own(session, unit_id, day)
        self._line = _line(session, unit_id, day)
        self._bodies: dict[ManagedBy, UUID | None] = {}
        self._leading: list[Planned] | None = None

    @property
    def version(self) -> UnitVersion | None:
        """The unit as it stood on the day; None where it didn't."""
        return self._line[0] if self._line and self._line[0].unit_id == self.unit_id else None

    @property
    def staffed(self) -> set[UUID]:
        """The units whose people are the unit's own staff: a locality leaves out public services (§10.10)."""
        version = self.version
        if version is None or version.form != UnitForm.TERRITORY:
            return set(self.units)
        return {key for key, kind in self.units.items() if kind != UnitKind.PUBLIC_SERVICE}

    def titles(self, kind: PlanKind) -> dict[UUID, Planned]:
        """Titles a plan of this kind may be for, in their rank: leading posts, or seats of the committee."""
        found = self._posts() if kind == PlanKind.TITLES else self._seats()
        return {row.id: row for row in sorted(found, key=lambda row: (row.rank, row.name, str(row.id)))}

    def authority(self, managed_by: ManagedBy) -> UUID | None:
        """The body that approves plans for titles it manages; None for central ones and where none stands."""
        if managed_by not in self._bodies:
            self._bodies[managed_by] = self._decider(managed_by)
        return self._bodies[managed_by]

    def key_titles(self) -> set[UUID]:
        """The key titles of the unit, whoever manages them."""
        return {row.id for row in self._posts() if row.is_key}

    def _decider(self, managed_by: ManagedBy) -> UUID | None:
        by_level = {
            ManagedBy.PROVINCE_COMMITTEE: Level.PROVINCE,
            ManagedBy.DISTRICT_COMMITTEE: Level.DISTRICT,
            ManagedBy.COMMUNE_COMMITTEE: Level.COMMUNE,
        }
        if managed_by in by_level:
            return self._committee(by_level[managed_by])
        bodies = [row for row in self._line if row.form == UnitForm.BODY]
        if managed_by == ManagedBy.ATTACHED_COMMITTEE:
            return next((row.unit_id for row in bodies if row.kind == UnitKind.ATTACHED_COMMITTEE), None)
        if managed_by == ManagedBy.DEPARTMENT:
            return bodies[-1].unit_id if bodies else None
        return self.unit_id if managed_by == ManagedBy.UNIT_HEAD else None

    def _committee(self, level: Level) -> UUID | None:
        """The party committee of the locality of `level` that the unit lies in."""
        home = next(
            (row.unit_id for row in self._line if row.form == UnitForm.TERRITORY and row.level == level), None
        )
        if home is None:
            return None
        return self._session.scalars(
            select(col(UnitVersion.unit_id))
            .where(
                col(UnitVersion.parent_id) == home,
                col(UnitVersion.kind) == UnitKind.PARTY_COMMITTEE,
                live(UnitVersion, self.day),
            )
            .order_by(col(UnitVersion.unit_id))
        ).first()

    def _posts(self) -> list[Planned]:
        """The leading titles of the unit: read once, however many rules ask."""
        if self._leading is None:
            self._leading = self._leading_posts()
        return self._leading

    def _leading_posts(self) -> list[Planned]:
        rows = self._session.execute(
            select(
                col(Title.id),
                col(Title.code),
                col(TitleVersion.name),
                col(TitleVersion.managed_by),
                col(UnitVersion.level),
                col(TitleVersion.is_key),
                col(TitleVersion.rank),
                col(PostQuota.quota),
            )
            .select_from(Post)
            .join(PostQuota, and_(col(PostQuota.post_id) == col(Post.id), live(PostQuota, self.day)))
            .join(
                UnitVersion, and_(col(UnitVersion.unit_id) == col(Post.unit_id), live(UnitVersion, self.day))
            )
            .join(Title, col(Title.id) == col(Post.title_id))
            .join(
                TitleVersion, and_(col(TitleVersion.title_id) == col(Title.id), live(TitleVersion, self.day))
            )
            .where(
                col(Post.unit_id).in_(self.units),
                col(PostQuota.quota) > 0,
                col(TitleVersion.is_key) | col(TitleVersion.is_leadership),
            )
        )
        found: dict[UUID, Planned] = {}
        for key, code, name, managed_by, level, is_key, rank, seats in rows:
            before = found[key].seats if key in found else 0
            found[key] = Planned(key, code, name, managed_by, level, is_key, rank, before + seats)
        return list(found.values())

    def _seats(self) -> list[Planned]:
        version = self.version
        if version is None:
            return []
        kind = version.kind if version.kind in _COMMITTEES else UnitKind.PARTY_COMMITTEE
        rows = self._session.execute(
            select(
                col(Title.id),
                col(Title.code),
                col(TitleVersion.name),
                col(TitleVersion.managed_by),
                col(TitleVersion.rank),
                col(TitleVersion.committee_seat),
            )
            .join(
                TitleVersion, and_(col(TitleVersion.title_id) == col(Title.id), live(TitleVersion, self.day))
            )
            .where(
                col(TitleVersion.committee_seat).is_not(None),
                col(TitleVersion.level) == version.level,
                col(TitleVersion.unit_kind) == kind,
            )
        ).all()
        term = self._session.scalars(
            select(CommitteeTerm).where(
                col(CommitteeTerm.unit_id).in_(
                    {key for key, sort in self.units.items() if sort == kind} or {self.unit_id}
                ),
                live(CommitteeTerm, self.day),
            )
        ).first()
        seats = {
            MemberRank.MEMBER: term.seats if term is not None else 0,
            MemberRank.STANDING: term.standing_seats if term is not None else 0,
        }
        return [
            Planned(key, code, name, managed_by, version.level, False, rank, seats.get(seat, 1))  # noqa: FBT003 - a seat in a committee is no key title
            for key, code, name, managed_by, rank, seat in rows
        ]


def _line(session: ScopedSession, unit_id: UUID, day: date) -> list[UnitVersion]:
    """The unit and what stands above it on `day`, nearest first."""
    rows = session.scalars(
        select(UnitVersion)
        .join(UnitClosure, col(UnitClosure.ancestor_id) == col(UnitVersion.unit_id))
        .where(
            col(UnitClosure.descendant_id) == unit_id,
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
            live(UnitVersion, day),
        )
        .order_by(col(UnitClosure.depth))
    )
    return list(rows)
