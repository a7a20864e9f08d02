"""What a decision does to the record, in its own transaction: a seat opened or ended, a plan entry met."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.appointment import ActionKind, Appointment, AppointmentCandidate, TermOutcome
from app.models.assignment import (
    AssignmentCreate,
    AssignmentKind,
    AssignmentSpan,
    AssignmentUpdate,
    Decision,
    EndReason,
)
from app.models.dossier import DossierDecision
from app.models.plan import EntryState, Plan, PlanEntry, PlanKind, PlanState, RemovalReason
from app.models.title import TermKind, TitleVersion
from app.services.appointment.table import ENDS
from app.services.assignment import writing as assignments
from app.services.dated import live
from app.services.errors import Conflict
from app.services.law.months import months_after
from app.services.lookup import lock
from app.services.scope import ScopedSession
from app.services.unit.naming import Names

TERM_MONTHS = 60
KINDS = {
    ActionKind.APPOINTMENT: AssignmentKind.APPOINTMENT,
    ActionKind.REAPPOINTMENT: AssignmentKind.APPOINTMENT,
    ActionKind.RE_ELECTION: AssignmentKind.ELECTION,
    ActionKind.DESIGNATION: AssignmentKind.DESIGNATION,
    ActionKind.TRANSFER: AssignmentKind.TRANSFER,
    ActionKind.SECONDMENT: AssignmentKind.SECONDMENT,
    ActionKind.NOMINATION: AssignmentKind.ELECTION,
}
REASONS = {
    ActionKind.RELIEF: EndReason.RELIEF,
    ActionKind.RESIGNATION: EndReason.RESIGNATION,
    ActionKind.END_OF_POST: EndReason.TRANSFER,
    ActionKind.DISMISSAL: EndReason.DISMISSAL,
}
"""A suspension ends nothing: who is suspended holds the post until a decision removes him (domain §2)."""


def effect_of(
    session: ScopedSession,
    row: Appointment,
    people: Sequence[AppointmentCandidate],
    decision: DossierDecision,
    *,
    today: date,
) -> None:
    """Opens or ends the seat that was decided on, and takes who got it out of the plan for it.

    Conflict where no seat is free on the day of effect, or another main seat is decided from then on.
    """
    if row.kind in ENDS:
        reason = REASONS.get(row.kind)
        if reason is not None:
            end_held(session, row.assignment_id, decision, reason, today)
        return
    if row.kind in {ActionKind.REAPPOINTMENT, ActionKind.RE_ELECTION}:
        end_held(session, row.assignment_id, decision, EndReason.TERM_ENDED, today)
        if row.outcome == TermOutcome.NOT_REAPPOINT:
            return
    chosen = next(one for one in people if one.id == row.chosen_id)
    person = lock(session, chosen.cadre_id)
    lent = row.kind == ActionKind.SECONDMENT
    span = assignments.create(
        session,
        person,
        data=AssignmentCreate(
            post_id=row.post_id,
            kind=KINDS[row.kind],
            is_main=not lent,
            term_ends_on=row.ends_on or term_end(session, row.title_id, decision.effective_on),
            decision=decision_of(session, row.authority_id, decision),
        ),
        today=today,
    )
    row.opened_assignment_id = span.assignment_id
    if not lent:
        fulfil(session, chosen.cadre_id, row.title_id, decision.effective_on)


def decision_of(session: ScopedSession, authority_id: UUID, decision: DossierDecision) -> Decision:
    """A dossier's decision as an assignment names it, with its issuer by the name of that day."""
    issuer = Names(session, {authority_id}).on(authority_id, decision.signed_on)
    return Decision(
        number=decision.number,
        signed_on=decision.signed_on,
        effective_on=decision.effective_on,
        issuer=issuer["name"] if issuer is not None else "Cấp có thẩm quyền",
        signer=decision.signer,
    )


def term_end(session: ScopedSession, title_id: UUID, start: date) -> date | None:
    """The day a term begun on `start` ends, five years on; None for titles without appointed terms."""
    title = session.scalars(
        select(TitleVersion).where(col(TitleVersion.title_id) == title_id, live(TitleVersion, start))
    ).first()
    if title is None or title.term_kind != TermKind.APPOINTED_5Y:
        return None
    return months_after(start, TERM_MONTHS)


def held_on(session: ScopedSession, assignment_id: UUID | None, day: date) -> AssignmentSpan:
    """The seat a dossier is about, as it is held on the day of effect; Conflict where it isn't any more."""
    span = session.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.assignment_id) == assignment_id, live(AssignmentSpan, day)
        )
    ).first()
    if span is None:
        raise Conflict(
            f"Ngày {day:%d/%m/%Y} người này không còn giữ vị trí đó. Hãy xem lại ngày hiệu lực hoặc dừng "
            "hồ sơ."
        )
    return span


def end_held(
    session: ScopedSession,
    assignment_id: UUID | None,
    decision: DossierDecision,
    reason: EndReason,
    today: date,
) -> None:
    """Ends the seat that a dossier is about on the decision's day of effect; see `held_on`.

    Conflict too where the seat began on that very day.
    """
    span = held_on(session, assignment_id, decision.effective_on)
    if span.valid_from == decision.effective_on:
        raise Conflict(
            f"Người này giữ vị trí đó từ chính ngày {decision.effective_on:%d/%m/%Y}. Ngày hiệu lực phải sau "
            "ngày đó; hãy xem lại ngày hiệu lực hoặc dừng hồ sơ."
        )
    person = lock(session, span.cadre_id)
    assignments.change(
        session,
        person.id,
        person.version,
        span.assignment_id,
        data=AssignmentUpdate(
            valid_to=decision.effective_on,
            end_reason=reason,
            end_decision_number=decision.number,
            end_decision_signed_on=decision.signed_on,
        ),
        today=today,
    )


def fulfil(session: ScopedSession, cadre_id: UUID, title_id: UUID, effective_on: date) -> None:
    """Who took a post leaves the plan for it: reason «post taken» (domain §7)."""
    rows = session.execute(
        select(PlanEntry, Plan)
        .join(Plan, col(Plan.id) == col(PlanEntry.plan_id))
        .where(
            col(PlanEntry.cadre_id) == cadre_id,
            col(PlanEntry.title_id) == title_id,
            col(PlanEntry.state).in_((EntryState.APPROVED, EntryState.LEAVING)),
            col(Plan.kind) == PlanKind.TITLES,
            col(Plan.state) != PlanState.CLOSED,
        )
        .order_by(col(PlanEntry.id))
    ).all()
    for entry, plan in rows:
        entry.state = EntryState.REMOVED
        entry.removed_on, entry.removed_in_round = effective_on, plan.round
        entry.removal_reason = RemovalReason.POST_TAKEN
        session.add(entry)
        session.note(plan, "plan.entry.post_taken")
    session.flush()
