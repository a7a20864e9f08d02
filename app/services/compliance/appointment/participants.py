"""Who takes part in the meetings of a dossier on a day, in words and, where posts and seats tell it, counted.

The number is the same for every caller: it counts persons wherever their files are kept, and names nobody.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.committee import MemberRank, Membership
from app.models.title import TitleVersion
from app.models.unit import Level, UnitClosure, UnitKind, UnitVersion, Via
from app.services.dated import live
from app.services.law.participants import Group, Meeting, meeting_of, participants_of
from app.services.scope import ScopedSession, everywhere
from app.services.unit import tree

_LEADING = (MemberRank.SECRETARY, MemberRank.DEPUTY, MemberRank.STANDING)
_OFFICES = frozenset({UnitKind.PARTY_BOARD, UnitKind.DIVISION, UnitKind.OFFICE})
_BECAUSE = "who is summoned is counted whoever keeps the files"


class Attendance:
    """Who takes part in the meetings about a unit's posts: read once for each day asked about."""

    def __init__(self, session: ScopedSession, unit_id: UUID, route: str) -> None:
        self._session, self._unit_id, self._route = session, unit_id, route
        self._places: dict[date, UnitVersion | None] = {}
        self._counted: dict[tuple[date, tuple[Group, ...]], int | None] = {}

    def of(self, step: int, day: date) -> dict[str, Any] | None:
        """The participants of a step held on `day`: `text`, and how many are `expected`, None if unknown.

        None for a step that is no meeting and for a kind of unit whose participants no norm of the day gives.
        """
        name, place = meeting_of(self._route, step), self._place(day)
        if name is None or place is None:
            return None
        norm = participants_of(place.form.value, place.kind.value, day)
        if norm is None:
            return None
        meeting = norm.meeting(name)
        return {"text": meeting.text, "expected": self._expected(place, meeting, day)}

    def _place(self, day: date) -> UnitVersion | None:
        """The unit that makes its own plans, which the post's unit is or is part of."""
        if day not in self._places:
            self._places[day] = self._session.scalars(
                select(UnitVersion)
                .join(UnitClosure, col(UnitClosure.ancestor_id) == col(UnitVersion.unit_id))
                .where(
                    col(UnitClosure.descendant_id) == self._unit_id,
                    col(UnitClosure.via) == Via.TREE,
                    col(UnitVersion.plans_for_itself),
                    live(UnitClosure, day),
                    live(UnitVersion, day),
                )
                .order_by(col(UnitClosure.depth))
                .limit(1)
            ).first()
        return self._places[day]

    def _expected(self, place: UnitVersion, meeting: Meeting, day: date) -> int | None:
        key = day, meeting.counts
        if key not in self._counted:
            own = tree.own(self._session, place.unit_id, day)
            groups = [self._group(name, place, own, day) for name in meeting.counts]
            # A group in which nobody is on record isn't empty: it was never entered.
            complete = bool(groups) and all(groups)
            self._counted[key] = len(set().union(*groups)) if complete else None
        return self._counted[key]

    def _group(self, name: Group, place: UnitVersion, own: dict[UUID, UnitKind], day: date) -> set[UUID]:
        if name in {"standing_committee", "full_committee"}:
            committees = {key for key, kind in own.items() if kind == UnitKind.PARTY_COMMITTEE}
            ranks = _LEADING if name == "standing_committee" else tuple(MemberRank)
            return self._members(committees, ranks, day)
        if name == "commune_secretaries":
            return self._secretaries(place, day)
        leads = or_(col(TitleVersion.is_leadership), col(TitleVersion.is_key))
        if name == "heads_deputies":
            return self._holders({key for key, kind in own.items() if kind in _OFFICES}, day, leads)
        if name == "directorate":
            return self._holders({place.unit_id}, day, leads)
        return self._holders(own, day, col(AssignmentSpan.is_main))

    def _members(self, committees: set[UUID], ranks: tuple[MemberRank, ...], day: date) -> set[UUID]:
        return set(
            everywhere(self._session, because=_BECAUSE).scalars(
                select(col(Membership.cadre_id)).where(
                    col(Membership.unit_id).in_(committees),
                    col(Membership.rank).in_(ranks),
                    live(Membership, day),
                )
            )
        )

    def _holders(self, units: Iterable[UUID], day: date, which: Any) -> set[UUID]:  # noqa: ANN401 - a condition
        return set(
            everywhere(self._session, because=_BECAUSE).scalars(
                select(col(AssignmentSpan.cadre_id))
                .join(TitleVersion, self._titled(day))
                .where(col(AssignmentSpan.unit_id).in_(set(units)), live(AssignmentSpan, day), which)
            )
        )

    def _secretaries(self, place: UnitVersion, day: date) -> set[UUID]:
        return set(
            everywhere(self._session, because=_BECAUSE).scalars(
                select(col(AssignmentSpan.cadre_id))
                .join(TitleVersion, self._titled(day))
                .join(UnitClosure, col(UnitClosure.descendant_id) == col(AssignmentSpan.unit_id))
                .where(
                    col(UnitClosure.ancestor_id) == place.unit_id,
                    col(UnitClosure.via) == Via.TREE,
                    col(TitleVersion.is_secretary),
                    col(TitleVersion.level) == Level.COMMUNE,
                    live(UnitClosure, day),
                    live(AssignmentSpan, day),
                )
            )
        )

    @staticmethod
    def _titled(day: date) -> Any:  # noqa: ANN401 - a condition
        return and_(col(TitleVersion.title_id) == col(AssignmentSpan.title_id), live(TitleVersion, day))
