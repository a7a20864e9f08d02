"""Post changes as they walk their tables: what may be done, what the law says, what a decision does."""

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
from app.models.post_change import PostChange
from app.models.unit import Unit
from app.services import workflow
from app.services.compliance.post_change import judge_post_change
from app.services.law.finding import Finding
from app.services.law.parameter import Law
from app.services.post_change.effect import effect_of
from app.services.post_change.table import EVERY, table
from app.services.post_change.writing import find, lacks, lock
from app.services.scope import ScopedSession
from app.services.workflow import Action, Case

Row = dict[str, Any]


def findings(session: ScopedSession, post_change_id: UUID, *, law: Law, today: date) -> list[Row]:
    """What the law says: of a decided dossier what it said then, else what it says today."""
    row = find(session, post_change_id)
    session.saw("post_change.findings", [row.cadre_id], root=row)
    kept = workflow.snapshot(session, table(row), row.id, "decide")
    if kept is not None:
        return list(kept["findings"])
    found = judge_post_change(session, law, row, day=today)
    waived = workflow.waived(session, DossierType.POST_CHANGE, row.id, found)
    return [one.as_json() for one in waived]


def case(session: ScopedSession, post_change_id: UUID, *, law: Law, today: date) -> Case:
    """The dossier as its table walks it, locked: for what is recorded about it. NotFound out of scope."""
    return _case(session, lock(session, post_change_id), law, today)


def offers(session: ScopedSession, post_change_id: UUID, *, law: Law, today: date) -> list[Row]:
    """The steps of a dossier with whether this caller may take each now, and why not."""
    row = find(session, post_change_id)
    session.saw("post_change.transitions", [row.cadre_id], root=row)
    return workflow.offers(session, table(row), _case(session, row, law, today))


def taken(session: ScopedSession, post_change_id: UUID) -> list[Row]:
    """The transitions a dossier went through, the first one first."""
    row = find(session, post_change_id)
    return workflow.steps(session, table(row), row.id)


def take(
    session: ScopedSession,
    post_change_id: UUID,
    version: int,
    *,
    data: TransitionCreate,
    law: Law,
    today: date,
) -> None:
    """Takes one step; see `workflow.take`. Stale where `version` is no longer the dossier's."""
    row = lock(session, post_change_id, version)
    _hold(session, row)
    workflow.take(session, table(row), _case(session, row, law, today), data, today=today)


def _hold(session: ScopedSession, row: PostChange) -> None:
    """Locks the unit, the posts and the person, in this order and by id, before facts are gathered."""
    session.scalars(select(Unit).where(col(Unit.id) == row.unit_id).with_for_update()).all()
    posts = {key for key in (row.post_id, row.new_post_id) if key is not None}
    session.scalars(
        select(Post).where(col(Post.id).in_(posts)).order_by(col(Post.id)).with_for_update()
    ).all()
    session.scalars(select(Cadre).where(col(Cadre.id) == row.cadre_id).with_for_update()).all()


def _case(session: ScopedSession, row: PostChange, law: Law, today: date) -> Case:
    def judged() -> Sequence[Finding]:
        return judge_post_change(session, law, row, day=today)

    def effect(action: Action, decision: DossierDecision | None) -> None:
        actor = session.scope.actor
        if action.name == "propose" and actor is not None:
            row.proposed_by, row.proposed_at = actor.id, utc_now()
        elif action.name == "publish":
            row.published_on = today
        elif action.name == "decide" and decision is not None:
            effect_of(session, row, decision, today=today)

    return Case(
        root=row,
        authority_id=row.authority_id,
        makers=_makers(session, row),
        people=frozenset({row.cadre_id}),
        judge=judged,
        content=lambda: _content(row),
        parameter_digest=law.digest(),
        hurdle=lambda action: lacks(row) if action.name in {"propose", "decide"} else None,
        effect=effect,
    )


def _makers(session: ScopedSession, row: PostChange) -> frozenset[UUID]:
    """Whoever opened, changed or proposed the dossier; the log knows all of them."""
    found = {row.created_by, row.proposed_by}
    found |= workflow.hands(session, table(row), row.id, since="create")
    return frozenset(key for key in found if key is not None)


def mine(session: ScopedSession, rows: Sequence[PostChange]) -> set[UUID]:
    """Those of `rows` that the caller is a maker of: `_makers` for all of them at once."""
    who = workflow.accounts(session)
    found = {row.id for row in rows if row.created_by in who or row.proposed_by in who}
    return found | workflow.worked_on(session, EVERY, {row.id for row in rows}, who, since="create")


def family(session: ScopedSession, rows: Sequence[PostChange]) -> set[UUID]:
    """Those of `rows` about the caller himself or one of his family."""
    kin = session.kin()
    return {row.id for row in rows if row.cadre_id in kin}


def _content(row: PostChange) -> Row:
    """What was proposed, as it stood when the step was taken."""
    return {
        "cadre_id": str(row.cadre_id),
        "outcome": row.outcome.value,
        "new_post_id": str(row.new_post_id) if row.new_post_id is not None else None,
        "exempt_reason": row.exempt_reason.value if row.exempt_reason is not None else None,
        "exempt_ends_on": row.exempt_ends_on.isoformat() if row.exempt_ends_on is not None else None,
        "reason": row.reason,
    }
