"""Who made a dossier: nobody decides on what went through his hands, by whatever account of his."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from app.models.access import Principal
from app.models.audit import AuditEvent, Outcome
from app.models.dossier import DossierStep
from app.services.scope import ScopedSession
from app.services.workflow.table import Table


def is_maker(session: ScopedSession, makers: frozenset[UUID]) -> bool:
    """Whether the caller is one of the makers, be it by another account of his."""
    actor = session.scope.actor
    if actor is None or actor.id in makers:
        return actor is not None
    if actor.cadre_id is None:
        return False
    same = select(col(Principal.id)).where(
        col(Principal.id).in_(makers), col(Principal.cadre_id) == actor.cadre_id
    )
    return session.execute(same).first() is not None


def hands(session: ScopedSession, table: Table, dossier_id: UUID, *, since: str) -> set[UUID]:
    """Who worked on a dossier after its latest step `since`, out of the log, which nobody rewrites.

    A row of the dossier names its last hand alone.
    """
    begun = session.execute(
        select(col(DossierStep.recorded_at))
        .where(
            col(DossierStep.dossier_type) == table.type,
            col(DossierStep.dossier_id) == dossier_id,
            col(DossierStep.action) == since,
        )
        .order_by(col(DossierStep.version).desc())
        .limit(1)
    ).scalar()
    kind = table.type.value
    others = [f"{kind}.{action.name}" for action in table.actions if not action.makes]
    statement = select(col(AuditEvent.actor_id)).where(
        col(AuditEvent.object_type) == kind,
        col(AuditEvent.object_id) == str(dossier_id),
        col(AuditEvent.outcome) == Outcome.DONE,
        col(AuditEvent.action).not_in(others),
        col(AuditEvent.actor_id).is_not(None),
    )
    if begun is not None:
        statement = statement.where(col(AuditEvent.at) > begun)
    return set(session.scalars(statement.distinct()))


def accounts(session: ScopedSession) -> set[UUID]:
    """The caller's account and every other of the same person: who is a maker by one is it by all."""
    actor = session.scope.actor
    if actor is None:
        return set()
    if actor.cadre_id is None:
        return {actor.id}
    same = select(col(Principal.id)).where(col(Principal.cadre_id) == actor.cadre_id)
    return {actor.id, *session.scalars(same)}


def worked_on(
    session: ScopedSession, table: Table, dossiers: Collection[UUID], who: set[UUID], *, since: str
) -> set[UUID]:
    """Those of `dossiers` that `hands` would find one of `who` in; asked for all of them at once."""
    kind = table.type.value
    others = [f"{kind}.{action.name}" for action in table.actions if not action.makes]
    latest = session.execute(
        select(col(AuditEvent.object_id), func.max(col(AuditEvent.at)))
        .where(
            col(AuditEvent.object_type) == kind,
            col(AuditEvent.object_id).in_([str(key) for key in dossiers]),
            col(AuditEvent.outcome) == Outcome.DONE,
            col(AuditEvent.action).not_in(others),
            col(AuditEvent.actor_id).in_(who),
        )
        .group_by(col(AuditEvent.object_id))
    )
    begun = {
        row[0]: row[1]
        for row in session.execute(
            select(col(DossierStep.dossier_id), func.max(col(DossierStep.recorded_at)))
            .where(
                col(DossierStep.dossier_type) == table.type,
                col(DossierStep.dossier_id).in_(dossiers),
                col(DossierStep.action) == since,
            )
            .group_by(col(DossierStep.dossier_id))
        )
    }
    return {key for text, at in latest if (key := UUID(text)) not in begun or at > begun[key]}
