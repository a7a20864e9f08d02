"""What a decision does to the record, in its own transaction: the new seat opened and the old one closed."""

from datetime import date

from sqlalchemy import select
from sqlmodel import col

from app.models.assignment import AssignmentCreate, AssignmentKind, EndReason
from app.models.base import utc_now
from app.models.dossier import DossierDecision
from app.models.post import Post
from app.models.post_change import PostChange, PostChangeOutcome
from app.services.appointment.effect import decision_of, end_held, held_on
from app.services.assignment import writing as assignments
from app.services.errors import Invalid
from app.services.lookup import lock
from app.services.scope import ScopedSession


def effect_of(session: ScopedSession, row: PostChange, decision: DossierDecision, *, today: date) -> None:
    """Moves the holder, or lets him stay until the exemption ends.

    Conflict where he holds the post no longer on the day of effect or no seat of the new one is free; Invalid
    for an exemption that would end before it begins.
    """
    row.effective_on, row.decided_at = decision.effective_on, utc_now()
    held = held_on(session, row.assignment_id, decision.effective_on)
    if row.outcome == PostChangeOutcome.EXEMPT:
        if row.exempt_ends_on is not None and row.exempt_ends_on < decision.effective_on:
            raise Invalid.at(
                "/decision/effective_on",
                f"Thời hạn miễn hết ngày {row.exempt_ends_on:%d/%m/%Y}, trước ngày hiệu lực. Hãy trả lại "
                "hồ sơ để sửa thời hạn.",
            )
        return
    post = session.scalars(select(Post).where(col(Post.id) == row.new_post_id)).one()
    if not held.is_main:
        end_held(session, row.assignment_id, decision, EndReason.TRANSFER, today)
    span = assignments.create(
        session,
        lock(session, held.cadre_id),
        data=AssignmentCreate(
            post_id=post.id,
            kind=AssignmentKind.TRANSFER,
            is_main=held.is_main,
            decision=decision_of(session, row.authority_id, decision),
            previous_end_reason=EndReason.TRANSFER,
        ),
        today=today,
    )
    row.opened_assignment_id = span.assignment_id
