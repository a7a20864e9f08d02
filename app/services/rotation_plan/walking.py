"""Rotation plans as they walk their table: what may be done now, and what an approval approves."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.base import utc_now
from app.models.dossier import DossierDecision, TransitionCreate
from app.models.rotation import RotationItem, RotationPlan
from app.services import workflow
from app.services.law.finding import Finding
from app.services.law.parameter import Law
from app.services.rotation_plan.table import TABLE
from app.services.rotation_plan.writing import find, lock
from app.services.scope import ScopedSession
from app.services.workflow import Action, Case

Row = dict[str, Any]


def case(session: ScopedSession, plan_id: UUID, *, law: Law, today: date) -> Case:  # noqa: ARG001 - as of every kind
    """The plan as its table walks it, locked: for what is recorded about it. NotFound out of scope."""
    return _case(session, lock(session, plan_id), law)


def offers(session: ScopedSession, plan_id: UUID, *, law: Law) -> list[Row]:
    """The steps of a plan with whether this caller may take each now, and why not."""
    return workflow.offers(session, TABLE, _case(session, find(session, plan_id), law))


def taken(session: ScopedSession, plan_id: UUID) -> list[Row]:
    """The transitions a plan went through, the first one first."""
    return workflow.steps(session, TABLE, find(session, plan_id).id)


def take(
    session: ScopedSession, plan_id: UUID, version: int, *, data: TransitionCreate, law: Law, today: date
) -> None:
    """Takes one step; see `workflow.take`. Stale where `version` is no longer the plan's."""
    row = lock(session, plan_id, version)
    workflow.take(session, TABLE, _case(session, row, law), data, today=today)


def items_of(session: ScopedSession, plan_id: UUID) -> list[RotationItem]:
    """What the plan names, in its order, without what was taken out."""
    return list(
        session.scalars(
            select(RotationItem)
            .where(col(RotationItem.plan_id) == plan_id, col(RotationItem.removed_on).is_(None))
            .order_by(col(RotationItem.number))
        )
    )


def _case(session: ScopedSession, row: RotationPlan, law: Law) -> Case:
    items = items_of(session, row.id)

    def nothing() -> Sequence[Finding]:
        return ()

    def effect(action: Action, decision: DossierDecision | None) -> None:
        actor = session.scope.actor
        if action.name == "submit" and actor is not None:
            row.submitted_by, row.submitted_at = actor.id, utc_now()
        if action.name == "approve" and decision is not None:
            for item in items:
                if item.approved_on is None:
                    item.approved_on = decision.effective_on
                    session.add(item)

    makers = {row.created_by, row.submitted_by, *(item.added_by for item in items)}
    makers |= workflow.hands(session, TABLE, row.id, since="create")
    return Case(
        root=row,
        authority_id=row.authority_id,
        makers=frozenset(key for key in makers if key is not None),
        people=frozenset(),
        judge=nothing,
        content=lambda: {"items": [_as_json(item) for item in items]},
        parameter_digest=law.digest(),
        hurdle=lambda action: _hurdle(action, items),
        effect=effect,
    )


def mine(session: ScopedSession, rows: Sequence[RotationPlan]) -> set[UUID]:
    """Those of `rows` that the caller is a maker of, as `_case` says it of one."""
    who, keys = workflow.accounts(session), {row.id for row in rows}
    found = {row.id for row in rows if row.created_by in who or row.submitted_by in who}
    found |= set(
        session.scalars(
            select(col(RotationItem.plan_id)).where(
                col(RotationItem.plan_id).in_(keys),
                col(RotationItem.added_by).in_(who),
                col(RotationItem.removed_on).is_(None),
            )
        )
    )
    return found | workflow.worked_on(session, TABLE, keys, who, since="create")


def _hurdle(action: Action, items: Sequence[RotationItem]) -> str | None:
    """What stands in the way: a plan says of each rotation what comes after it (65-QĐ/TW)."""
    if action.name not in {"submit", "approve"}:
        return None
    fresh = [item for item in items if item.approved_on is None]
    if not fresh:
        return "Kế hoạch chưa có dòng nào để phê duyệt. Hãy thêm vị trí luân chuyển rồi trình."
    bare = [str(item.number) for item in fresh if item.after is None]
    if bare:
        return f"Dòng {', '.join(bare)} chưa ghi hướng bố trí sau luân chuyển. Hãy bổ sung rồi trình."
    return None


def _as_json(item: RotationItem) -> Row:
    return {
        "number": item.number,
        "post_id": str(item.post_id),
        "planned_on": item.planned_on.isoformat(),
        "after": item.after,
        "approved_on": item.approved_on.isoformat() if item.approved_on is not None else None,
    }
