"""What a step of a rotation does to the record, in its own transaction: seats opened and ended."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.assignment import AssignmentCreate, AssignmentKind, AssignmentSpan, EndReason
from app.models.dossier import DossierDecision
from app.models.post import Post
from app.models.rotation import Rotation
from app.services.appointment.effect import decision_of, end_held, fulfil, term_end
from app.services.assignment import writing as assignments
from app.services.dated import known
from app.services.errors import Conflict
from app.services.lookup import lock
from app.services.scope import ScopedSession


def apply(
    session: ScopedSession, row: Rotation, action: str, decision: DossierDecision | None, *, today: date
) -> None:
    """What `action` makes of the record.

    Conflict where no seat is free on the day of effect, or the days don't follow each other.
    """
    if decision is not None and action == "decide":
        _send(session, row, decision, today)
    elif decision is not None:
        _over(row, decision.effective_on)
        if action == "stay":
            _settle(session, row, decision, today)
        else:
            _return(session, row, decision, today)
    elif action in {"promote", "record_end"}:
        row.ended_on = _left_on(session, row) or today


def _send(session: ScopedSession, row: Rotation, decision: DossierDecision, today: date) -> None:
    if row.ends_on is None or row.ends_on <= decision.effective_on:
        raise Conflict(
            "Ngày kết thúc dự kiến không sau ngày quyết định có hiệu lực. Hãy trả lại hồ sơ để sửa ngày."
        )
    span = assignments.create(
        session,
        lock(session, row.cadre_id),
        data=AssignmentCreate(
            post_id=row.post_id,
            kind=AssignmentKind.ROTATION,
            term_ends_on=row.ends_on,
            decision=decision_of(session, row.authority_id, decision),
        ),
        today=today,
    )
    row.opened_assignment_id, row.began_on = span.assignment_id, decision.effective_on


def _over(row: Rotation, day: date) -> None:
    if row.began_on is None or day <= row.began_on:
        raise Conflict("Ngày hiệu lực phải sau ngày bắt đầu luân chuyển. Hãy xem lại quyết định.")
    row.ended_on = day


def _return(session: ScopedSession, row: Rotation, decision: DossierDecision, today: date) -> None:
    """The seat that comes after; it ends the one held in rotation."""
    assert row.after_post_id is not None  # noqa: S101 - a hurdle of the step
    after = session.get(Post, row.after_post_id)
    assert after is not None  # noqa: S101 - a foreign key
    row.after_assignment_id = _open(session, row, after, decision, today)


def _settle(session: ScopedSession, row: Rotation, decision: DossierDecision, today: date) -> None:
    """The same seat, which is no longer held in rotation."""
    end_held(session, row.opened_assignment_id, decision, EndReason.TERM_ENDED, today)
    post = session.get(Post, row.post_id)
    assert post is not None  # noqa: S101 - a foreign key
    row.after_assignment_id = _open(session, row, post, decision, today)
    fulfil(session, row.cadre_id, row.title_id, decision.effective_on)


def _open(session: ScopedSession, row: Rotation, post: Post, decision: DossierDecision, today: date) -> UUID:
    span = assignments.create(
        session,
        lock(session, row.cadre_id),
        data=AssignmentCreate(
            post_id=post.id,
            kind=AssignmentKind.TRANSFER,
            term_ends_on=term_end(session, post.title_id, decision.effective_on),
            decision=decision_of(session, row.authority_id, decision),
        ),
        today=today,
    )
    return span.assignment_id


def _left_on(session: ScopedSession, row: Rotation) -> date | None:
    """The day on which the seat held in rotation was left by another decision."""
    return session.execute(
        select(col(AssignmentSpan.valid_to))
        .where(col(AssignmentSpan.assignment_id) == row.opened_assignment_id, known(AssignmentSpan))
        .order_by(col(AssignmentSpan.valid_from).desc())
    ).scalar()
