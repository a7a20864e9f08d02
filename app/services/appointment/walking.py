"""Personnel actions as they walk their tables: what may be done, what the law says, what a decision does."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.appointment import ActionKind, Appointment, AppointmentCandidate, AppointmentStep
from app.models.base import utc_now
from app.models.cadre import Cadre
from app.models.dossier import DossierDecision, DossierType, TransitionCreate
from app.models.post import Post
from app.models.unit import Unit
from app.services import workflow
from app.services.appointment.effect import effect_of
from app.services.appointment.minutes import minutes_of
from app.services.appointment.table import DECIDING, EVERY, STEPS, Route, route, table
from app.services.appointment.writing import candidates_of, find, lock
from app.services.compliance.appointment import judge_action, judge_people
from app.services.errors import NotFound
from app.services.law.finding import Finding
from app.services.law.parameter import Law
from app.services.scope import ScopedSession
from app.services.workflow import Action, Case

Row = dict[str, Any]


def findings(
    session: ScopedSession, appointment_id: UUID, *, law: Law, today: date, candidate_id: UUID | None = None
) -> list[Row]:
    """What the law says: of a decided dossier what it said then, else what it says today.

    `candidate_id`: of one candidate alone, today.
    """
    row = find(session, appointment_id)
    people = candidates_of(session, row.id)
    saw(session, row, people, "appointment.findings")
    if candidate_id is not None:
        told = judge_people(session, law, row, people, route=route(row).value, day=today)
        if candidate_id not in told:
            raise NotFound("Hồ sơ này không có nhân sự đó.")
        person = next(one.cadre_id for one in people if one.id == candidate_id)
        return [one.as_json() for one in _waived(session, row, told[candidate_id], person)]
    kept = workflow.snapshot(session, table(row), row.id, *DECIDING)
    if kept is not None:
        return list(kept["findings"])
    found = judge_action(session, law, row, people, route=route(row).value, day=today)
    return [one.as_json() for one in _waived(session, row, found, _chosen(row, people))]


def _waived(
    session: ScopedSession, row: Appointment, found: Sequence[Finding], person: UUID | None
) -> list[Finding]:
    return workflow.waived(session, DossierType.APPOINTMENT, row.id, found, person=person)


def _chosen(row: Appointment, people: Sequence[AppointmentCandidate]) -> UUID | None:
    """The person the dossier is to be decided for."""
    return next((one.cadre_id for one in people if one.id == row.chosen_id), None)


def case(session: ScopedSession, appointment_id: UUID, *, law: Law, today: date) -> Case:
    """The dossier as its table walks it, locked: for what is recorded about it. NotFound out of scope."""
    row = lock(session, appointment_id)
    return _case(session, row, candidates_of(session, row.id), law, today)


def offers(session: ScopedSession, appointment_id: UUID, *, law: Law, today: date) -> list[Row]:
    """The steps of a dossier with whether this caller may take each now, and why not."""
    row = find(session, appointment_id)
    people = candidates_of(session, row.id)
    saw(session, row, people, "appointment.transitions")
    return workflow.offers(session, table(row), _case(session, row, people, law, today))


def taken(session: ScopedSession, appointment_id: UUID) -> list[Row]:
    """The transitions a dossier went through, the first one first."""
    row = find(session, appointment_id)
    return workflow.steps(session, table(row), row.id)


def take(
    session: ScopedSession,
    appointment_id: UUID,
    version: int,
    *,
    data: TransitionCreate,
    law: Law,
    today: date,
) -> None:
    """Takes one step; see `workflow.take`. Stale where `version` is no longer the dossier's."""
    row = lock(session, appointment_id, version)
    people = candidates_of(session, row.id)
    _hold(session, row, people)
    workflow.take(session, table(row), _case(session, row, people, law, today), data, today=today)


def saw(
    session: ScopedSession, row: Appointment, people: Sequence[AppointmentCandidate], action: str
) -> None:
    """Says that an answer names the persons of a dossier."""
    if people:
        session.saw(action, sorted({one.cadre_id for one in people}), root=row)


def _hold(session: ScopedSession, row: Appointment, people: Sequence[AppointmentCandidate]) -> None:
    """Locks the unit, the post and the persons, in this order and by id, before facts are gathered."""
    session.scalars(select(Unit).where(col(Unit.id) == row.unit_id).with_for_update()).all()
    session.scalars(select(Post).where(col(Post.id) == row.post_id).with_for_update()).all()
    wanted = {one.cadre_id for one in people}
    session.scalars(
        select(Cadre).where(col(Cadre.id).in_(wanted)).order_by(col(Cadre.id)).with_for_update()
    ).all()


def _case(
    session: ScopedSession,
    row: Appointment,
    people: list[AppointmentCandidate],
    law: Law,
    today: date,
) -> Case:
    def judged() -> Sequence[Finding]:
        return judge_action(session, law, row, people, route=route(row).value, day=today)

    def effect(action: Action, decision: DossierDecision | None) -> None:
        actor = session.scope.actor
        if action.name == "request_policy":
            row.policy_requested_on = today
        elif action.name == "approve_policy":
            row.policy_decided_on = today
        elif action.name in {"submit", "nominate"} and actor is not None:
            row.submitted_by, row.submitted_at = actor.id, utc_now()
        elif action.name == "publish":
            row.published_on = today
        if action.name in DECIDING and decision is not None:
            effect_of(session, row, people, decision, today=today)

    return Case(
        root=row,
        authority_id=row.authority_id,
        makers=_makers(session, row, people),
        people=frozenset(one.cadre_id for one in people),
        judge=judged,
        content=lambda: _content(session, row, people),
        parameter_digest=law.digest(),
        person=_chosen(row, people),
        hurdle=lambda action: _hurdle(session, row, action),
        effect=effect,
    )


def _hurdle(session: ScopedSession, row: Appointment, action: Action) -> str | None:
    """What stands in the way besides the law."""
    if action.name not in {"submit", "nominate", *DECIDING}:
        return None
    if row.chosen_id is None:
        return "Hồ sơ chưa chọn nhân sự. Hãy chọn người được đề nghị trong danh sách rồi trình."
    if row.kind == ActionKind.REAPPOINTMENT and row.outcome is None:
        return (
            "Hồ sơ chưa ghi kết quả đề nghị: bổ nhiệm lại, kéo dài đến tuổi nghỉ hưu hay không bổ nhiệm lại."
        )
    if route(row) == Route.TERM:
        held = set(
            session.scalars(
                select(col(AppointmentStep.step)).where(col(AppointmentStep.appointment_id) == row.id)
            )
        )
        missing = [name for number, name in STEPS[Route.TERM].items() if number not in held]
        if missing:
            return f"Chưa có biên bản: {'; '.join(missing)}."
    return None


def _makers(
    session: ScopedSession, row: Appointment, people: Sequence[AppointmentCandidate]
) -> frozenset[UUID]:
    """Whoever opened or sent the dossier, entered somebody, or wrote minutes; the log knows all of them."""
    minutes = session.scalars(
        select(col(AppointmentStep.recorded_by)).where(col(AppointmentStep.appointment_id) == row.id)
    )
    found = {row.created_by, row.submitted_by, *minutes, *(one.added_by for one in people)}
    found |= workflow.hands(session, table(row), row.id, since="create")
    return frozenset(key for key in found if key is not None)


def mine(session: ScopedSession, rows: Sequence[Appointment]) -> set[UUID]:
    """Those of `rows` that the caller is a maker of, whoever else is: `_makers` for all of them at once."""
    who, keys = workflow.accounts(session), {row.id for row in rows}
    found = {row.id for row in rows if row.created_by in who or row.submitted_by in who}
    found |= set(
        session.scalars(
            select(col(AppointmentStep.appointment_id)).where(
                col(AppointmentStep.appointment_id).in_(keys), col(AppointmentStep.recorded_by).in_(who)
            )
        )
    )
    found |= set(
        session.scalars(
            select(col(AppointmentCandidate.appointment_id)).where(
                col(AppointmentCandidate.appointment_id).in_(keys),
                col(AppointmentCandidate.added_by).in_(who),
                col(AppointmentCandidate.withdrawn_on).is_(None),
            )
        )
    )
    return found | workflow.worked_on(session, EVERY, keys, who, since="create")


def family(session: ScopedSession, rows: Sequence[Appointment]) -> set[UUID]:
    """Those of `rows` about the caller himself or one of his family."""
    kin = session.kin()
    if not kin:
        return set()
    return set(
        session.scalars(
            select(col(AppointmentCandidate.appointment_id)).where(
                col(AppointmentCandidate.appointment_id).in_({row.id for row in rows}),
                col(AppointmentCandidate.cadre_id).in_(kin),
                col(AppointmentCandidate.withdrawn_on).is_(None),
            )
        )
    )


def _content(session: ScopedSession, row: Appointment, people: Sequence[AppointmentCandidate]) -> Row:
    """The candidates and the minutes as they stood when the step was taken."""
    return {
        "chosen_id": str(row.chosen_id) if row.chosen_id is not None else None,
        "outcome": row.outcome.value if row.outcome is not None else None,
        "responsibility_note": row.responsibility_note,
        "candidates": [
            {"id": str(one.id), "cadre_id": str(one.cadre_id), "raised_at_step": one.raised_at_step}
            for one in people
        ],
        "steps": minutes_of(session, row.id),
    }
