"""What a dossier went through: its steps with their decisions, and what it was judged on."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.dossier import DossierDecision, DossierSnapshot, DossierStep
from app.services.audit import instant
from app.services.scope import ScopedSession
from app.services.workflow.table import Table

Row = dict[str, Any]


def steps(session: ScopedSession, table: Table, dossier_id: UUID) -> list[Row]:
    """The steps a dossier took, the first one first, each with its decision."""
    labels = {action.name: action.label for action in table.actions}
    rows = session.execute(
        select(DossierStep, DossierDecision)
        .outerjoin(DossierDecision, col(DossierDecision.id) == col(DossierStep.decision_id))
        .where(col(DossierStep.dossier_type) == table.type, col(DossierStep.dossier_id) == dossier_id)
        .order_by(col(DossierStep.version))
    )
    return [
        {
            "id": step.id,
            "action": step.action,
            "name": labels[step.action],
            "from_state": step.from_state,
            "to_state": step.to_state,
            "taken_by": step.taken_by_name,
            "taken_on": step.taken_on,
            "recorded_at": instant(step.recorded_at),
            "note": step.note,
            "decision": told(decision),
            "version": step.version,
        }
        for step, decision in rows
    ]


def told(decision: DossierDecision | None) -> Row | None:
    """A decision in the API's shape."""
    if decision is None:
        return None
    return {
        "number": decision.number,
        "signed_on": decision.signed_on,
        "effective_on": decision.effective_on,
        "signer": decision.signer,
    }


def snapshot(session: ScopedSession, table: Table, dossier_id: UUID, *actions: str) -> Row | None:
    """What the latest of these steps was judged on, with its decision; None where none was taken."""
    row = session.execute(
        select(DossierSnapshot, DossierDecision)
        .join(DossierStep, col(DossierStep.id) == col(DossierSnapshot.step_id))
        .outerjoin(DossierDecision, col(DossierDecision.id) == col(DossierStep.decision_id))
        .where(
            col(DossierSnapshot.dossier_type) == table.type,
            col(DossierSnapshot.dossier_id) == dossier_id,
            col(DossierStep.action).in_(actions),
        )
        .order_by(col(DossierStep.version).desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    kept, decision = row
    return {
        "decision": told(decision),
        "as_of": kept.as_of,
        "findings": json.loads(kept.findings),
        "content": json.loads(kept.content),
        "parameter_digest": kept.parameter_digest,
    }
