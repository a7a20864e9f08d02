"""Rotations as they walk their table: what may be done, what the law says, what each decision does."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.base import utc_now
from app.models.cadre import Cadre
from app.models.dossier import DossierDecision, DossierType, TransitionCreate
from app.models.post import Post
from app.models.rotation import Rotation, RotationItem, RotationState
from app.models.unit import Unit
from app.services import workflow
from app.services.compliance.rotation import judge_return, judge_sending
from app.services.law.finding import Finding
from app.services.law.parameter import Law
from app.services.rotation import effect
from app.services.rotation.hurdles import hurdle
from app.services.rotation.table import BEFORE, TABLE
from app.services.rotation.writing import find, lock
from app.services.scope import ScopedSession
from app.services.workflow import Action, Case

Row = dict[str, Any]


def findings(session: ScopedSession, rotation_id: UUID, *, law: Law, today: date) -> list[Row]:
    """What the law says: of a decided rotation what it said on the decision, of any other today."""
    row = find(session, rotation_id)
    saw(session, row, "rotation.findings")
    kept = workflow.snapshot(session, TABLE, row.id, "decide")
    if kept is not None:
        return list(kept["findings"])
    found = judge_sending(session, law, row, item_of(session, row), today)
    return [one.as_json() for one in workflow.waived(session, DossierType.ROTATION, row.id, found)]


def case(session: ScopedSession, rotation_id: UUID, *, law: Law, today: date) -> Case:
    """The dossier as its table walks it, locked: for what is recorded about it. NotFound out of scope."""
    return _case(session, lock(session, rotation_id), law, today)


def offers(session: ScopedSession, rotation_id: UUID, *, law: Law, today: date) -> list[Row]:
    """The steps of a rotation with whether this caller may take each now, and why not."""
    row = find(session, rotation_id)
    saw(session, row, "rotation.transitions")
    return workflow.offers(session, TABLE, _case(session, row, law, today))


def taken(session: ScopedSession, rotation_id: UUID) -> list[Row]:
    """The transitions a rotation went through, the first one first."""
    return workflow.steps(session, TABLE, find(session, rotation_id).id)


def take(
    session: ScopedSession, rotation_id: UUID, version: int, *, data: TransitionCreate, law: Law, today: date
) -> None:
    """Takes one step; see `workflow.take`. Stale where `version` is no longer the dossier's."""
    row = lock(session, rotation_id, version)
    _hold(session, row)
    workflow.take(session, TABLE, _case(session, row, law, today), data, today=today)


def saw(session: ScopedSession, row: Rotation, action: str) -> None:
    """Says that an answer names the person of a rotation."""
    session.saw(action, [row.cadre_id], root=row)


def item_of(session: ScopedSession, row: Rotation) -> RotationItem | None:
    """What the rotation plan says of it; None where no plan names it."""
    return None if row.item_id is None else session.get(RotationItem, row.item_id)


def _hold(session: ScopedSession, row: Rotation) -> None:
    """Locks the units, the posts and the person, in this order and by id, before facts are gathered."""
    units = {row.unit_id, row.from_unit_id}
    session.scalars(
        select(Unit).where(col(Unit.id).in_(units)).order_by(col(Unit.id)).with_for_update()
    ).all()
    posts = {key for key in (row.post_id, row.after_post_id) if key is not None}
    session.scalars(
        select(Post).where(col(Post.id).in_(posts)).order_by(col(Post.id)).with_for_update()
    ).all()
    session.scalars(select(Cadre).where(col(Cadre.id) == row.cadre_id).with_for_update()).all()


def _case(session: ScopedSession, row: Rotation, law: Law, today: date) -> Case:
    def judged() -> Sequence[Finding]:
        if row.state in BEFORE:
            return judge_sending(session, law, row, item_of(session, row), today)
        if row.state == RotationState.IN_ROTATION:
            return judge_return(session, law, row, today)
        return ()

    def becomes(action: Action, decision: DossierDecision | None) -> None:
        actor = session.scope.actor
        if action.name == "submit" and actor is not None:
            row.submitted_by, row.submitted_at = actor.id, utc_now()
        effect.apply(session, row, action.name, decision, today=today)

    makers = {row.created_by, row.submitted_by} | workflow.hands(session, TABLE, row.id, since="create")
    return Case(
        root=row,
        authority_id=row.authority_id,
        makers=frozenset(key for key in makers if key is not None),
        people=frozenset({row.cadre_id}),
        judge=judged,
        content=lambda: _content(row),
        parameter_digest=law.digest(),
        hurdle=lambda action: hurdle(session, row, action.name, today),
        effect=becomes,
    )


def mine(session: ScopedSession, rows: Sequence[Rotation]) -> set[UUID]:
    """Those of `rows` that the caller is a maker of, as `_case` says it of one."""
    who = workflow.accounts(session)
    found = {row.id for row in rows if row.created_by in who or row.submitted_by in who}
    return found | workflow.worked_on(session, TABLE, {row.id for row in rows}, who, since="create")


def family(session: ScopedSession, rows: Sequence[Rotation]) -> set[UUID]:
    """Those of `rows` about the caller himself or one of his family."""
    kin = session.kin()
    return {row.id for row in rows if row.cadre_id in kin}


def _content(row: Rotation) -> Row:
    """Who goes where for how long, and what both units said, as it stood when the step was taken."""
    names = (
        "cadre_id",
        "post_id",
        "from_assignment_id",
        "purpose",
        "begins_on",
        "ends_on",
        "sender_heard_on",
        "sender_opinion",
        "receiver_heard_on",
        "receiver_opinion",
        "after_post_id",
    )
    values = {name: getattr(row, name) for name in names}
    return {name: None if value is None else str(value) for name, value in values.items()}
