"""Personnel actions of the demo: all kinds and states, taken by the services; the baseline stays."""

import json
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from app.demo.dates import BASELINE
from app.models.appointment import ActionKind, ActionState, Appointment
from app.models.assignment import AssignmentKind, AssignmentSpan
from app.models.audit import AuditEvent, Outcome
from app.models.dossier import DossierDecision, DossierSnapshot, DossierStep, DossierType
from app.models.post_change import PostChange, PostChangeOutcome, PostChangeState
from app.models.rotation import Rotation, RotationPlan, RotationPlanState, RotationState
from app.services.appointment import TABLES
from app.services.appointment.table import DECIDING, route

DECIDED = {ActionState.DECIDED, ActionState.PUBLISHED}


def test_every_kind_and_every_state_is_there(session: Session) -> None:
    rows = session.exec(select(Appointment)).all()
    assert {row.kind for row in rows} == set(ActionKind)
    assert {row.state for row in rows} == set(ActionState)


def test_each_stands_where_its_table_lets_it_come(session: Session) -> None:
    steps: dict[object, list[DossierStep]] = {}
    for step in session.exec(
        select(DossierStep)
        .where(col(DossierStep.dossier_type) == DossierType.APPOINTMENT)
        .order_by(col(DossierStep.version))
    ):
        steps.setdefault(step.dossier_id, []).append(step)
    for row in session.exec(select(Appointment)):
        actions = {action.name: action for action in TABLES[route(row)].actions}
        state = "draft"
        for step in steps.get(row.id, []):
            assert step.from_state == state
            assert state in actions[step.action].sources
            assert step.to_state == actions[step.action].to
            assert step.taken_on.weekday() < 5
            state = step.to_state
        assert state == row.state.value


def test_what_was_decided_holds_its_findings_and_its_decision(session: Session) -> None:
    decided = [row for row in session.exec(select(Appointment)) if row.state in DECIDED]
    assert len(decided) >= 10
    kept = session.exec(
        select(DossierSnapshot, DossierStep, DossierDecision)
        .join(DossierStep, col(DossierStep.id) == col(DossierSnapshot.step_id))
        .join(DossierDecision, col(DossierDecision.id) == col(DossierStep.decision_id))
        .where(col(DossierStep.action).in_(DECIDING))
    ).all()
    judged = {step.dossier_id: (snapshot, decision) for snapshot, step, decision in kept}
    for row in decided:
        snapshot, decision = judged[row.id]
        assert decision.issuer_id == row.authority_id
        assert decision.signed_on <= BASELINE < decision.effective_on
        assert not any(
            finding["effect"] == "blocks" and finding["outcome"] in {"unmet", "unknown"}
            for finding in json.loads(snapshot.findings)
        )


def test_post_changes_and_rotations_are_there_out_due_and_over(session: Session) -> None:
    changes = session.exec(select(PostChange)).all()
    assert {row.state for row in changes} >= set(PostChangeState) - {PostChangeState.CANCELLED}
    assert {row.outcome for row in changes} == set(PostChangeOutcome)
    moved = [row for row in changes if row.outcome == PostChangeOutcome.CHANGE]
    assert all(row.effective_on is None or row.effective_on > BASELINE for row in moved)
    rotations = session.exec(select(Rotation)).all()
    assert {row.state for row in rotations} == {
        RotationState.DECIDED,
        RotationState.IN_ROTATION,
        RotationState.STAYED,
    }
    out = [row for row in rotations if row.state == RotationState.IN_ROTATION]
    assert {row.ends_on is not None and row.ends_on <= BASELINE for row in out} == {True, False}
    held = {
        span.assignment_id: span
        for span in session.exec(
            select(AssignmentSpan).where(col(AssignmentSpan.kind) == AssignmentKind.ROTATION)
        )
    }
    for row in out:
        assert row.opened_assignment_id is not None
        assert held[row.opened_assignment_id].valid_from == row.began_on
    assert {row.state for row in session.exec(select(RotationPlan))} == {
        RotationPlanState.DRAFT,
        RotationPlanState.SUBMITTED,
        RotationPlanState.APPROVED,
    }


def test_nothing_they_opened_holds_on_the_baseline_day(session: Session) -> None:
    opened = session.exec(
        select(AssignmentSpan)
        .join(Appointment, col(Appointment.opened_assignment_id) == col(AssignmentSpan.assignment_id))
        .where(col(AssignmentSpan.superseded_at).is_(None))
    ).all()
    assert len(opened) >= 5
    assert all(span.valid_from > BASELINE for span in opened)


def test_the_log_tells_who_did_it_on_the_days_it_is_of(session: Session) -> None:
    known = session.exec(select(func.count(col(AuditEvent.id)), func.min(col(AuditEvent.at)))).one()
    assert known[0] > 100
    assert known[1].date() >= date(2021, 3, 1)
    last = session.exec(select(func.max(col(AuditEvent.at)))).one()
    assert last is not None
    assert last.date() <= BASELINE
    assert set(session.exec(select(col(AuditEvent.outcome)).distinct())) == {Outcome.DONE}
