"""Secretary and deputies: the membership follows the assignment, in the same transaction."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select

from app.models.assignment import AssignmentKind, AssignmentSpan
from app.models.committee import CommitteeTerm, Entry, MemberRank, Membership
from app.models.title import TitleVersion
from app.models.unit import UnitKind
from app.services.dated import holds_on, live
from app.services.errors import Conflict
from app.services.scope import ScopedSession

KINDS = frozenset({UnitKind.PARTY_COMMITTEE, UnitKind.ATTACHED_COMMITTEE})
"""Units that are party committees: those of territories, and those directly under the province's."""


def rank_of(title: TitleVersion) -> MemberRank | None:
    """The rank in a party committee that comes with a title; None for other titles."""
    if title.unit_kind not in KINDS or not title.is_key:
        return None
    return MemberRank.SECRETARY if title.is_secretary else MemberRank.DEPUTY


def join_committee(session: ScopedSession, span: AssignmentSpan, title: TitleVersion) -> None:
    """Writes the membership of a secretary or deputy; his former rank in this committee ends that day."""
    rank = rank_of(title)
    if rank is None or span.acting:
        return
    term = session.scalars(
        select(CommitteeTerm).where(
            col(CommitteeTerm.unit_id) == span.unit_id, live(CommitteeTerm, span.valid_from)
        )
    ).first()
    if term is None:
        raise Conflict("Cấp ủy này chưa có nhiệm kỳ vào ngày đó. Hãy lập nhiệm kỳ trước.")
    _end_membership(session, span, span.valid_from, "rank_changed")
    session.add(
        Membership(
            unit_id=span.unit_id,
            cadre_id=span.cadre_id,
            term_id=term.id,
            rank=rank,
            entry=Entry.DESIGNATED if span.kind == AssignmentKind.DESIGNATION else Entry.ELECTED,
            decision_number=span.decision_number,
            decision_signed_on=span.decision_signed_on,
            valid_from=span.valid_from,
            valid_to=span.valid_to,
        )
    )
    session.flush()


def leave_committee(session: ScopedSession, span: AssignmentSpan) -> None:
    """Ends the membership that came with a seat on the day the seat ends."""
    end = span.valid_to
    for member in _came_with(session, span):
        # One that begins on that very day would be left with no day at all.
        if end is not None and member.valid_from != end and holds_on(member, end):
            member.valid_to, member.end_reason = end, span.end_reason
            session.add(member)
    session.flush()


def follow_committee(session: ScopedSession, before: AssignmentSpan, after: AssignmentSpan) -> None:
    """Moves days and decision of the membership that came with a seat as the seat's were corrected."""
    for member in _came_with(session, before):
        if member.valid_from == before.valid_from:
            member.valid_from = after.valid_from
        if member.valid_to == before.valid_to:
            member.valid_to, member.end_reason = after.valid_to, after.end_reason
        if member.decision_number == before.decision_number:
            member.decision_number = after.decision_number
            member.decision_signed_on = after.decision_signed_on
        session.add(member)
    session.flush()


def _came_with(session: ScopedSession, span: AssignmentSpan) -> Sequence[Membership]:
    """The memberships by this seat of a secretary or deputy: one for each term it lasted."""
    title = session.scalars(
        select(TitleVersion).where(
            col(TitleVersion.title_id) == span.title_id, live(TitleVersion, span.valid_from)
        )
    ).first()
    if title is None or rank_of(title) is None:
        return ()
    found = session.scalars(
        select(Membership).where(
            col(Membership.unit_id) == span.unit_id,
            col(Membership.cadre_id) == span.cadre_id,
            col(Membership.rank) == rank_of(title),
        )
    ).all()
    return [
        member
        for member in found
        if member.valid_from >= span.valid_from or holds_on(member, span.valid_from)
    ]


def _end_membership(session: ScopedSession, span: AssignmentSpan, day: date, reason: str) -> None:
    found = session.scalars(
        select(Membership).where(
            col(Membership.unit_id) == span.unit_id,
            col(Membership.cadre_id) == span.cadre_id,
            live(Membership, day),
        )
    ).all()
    for member in found:
        if member.valid_from == day:
            raise Conflict("Người này đã vào cấp ủy đúng ngày đó ở cương vị khác. Hãy kiểm tra lại.")
        member.valid_to, member.end_reason = day, reason
        session.add(member)
    session.flush()
