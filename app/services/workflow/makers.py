"""Who made a dossier: nobody decides on what went through his hands, by whatever account of his."""

from uuid import UUID

from sqlalchemy import select
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
