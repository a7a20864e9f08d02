"""Reading the audit log: who changed, read or was refused what, inside the reader's units."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from app.models.audit import AuditEvent, Outcome
from app.models.unit import UnitClosure
from app.services.dated import live
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession


@dataclass(frozen=True, slots=True)
class EventFilters:
    """What the log may be narrowed by."""

    request_id: str | None = None
    object_id: str | None = None
    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    outcome: Outcome | None = None


def list_(session: ScopedSession, *, filters: EventFilters, page: Page) -> Slice:
    """One page of events, newest first; a reader below the province sees those of his units alone."""
    statement = select(AuditEvent)
    reads = session.scope.reads
    if not reads.whole:
        inside = select(col(UnitClosure.descendant_id)).where(
            col(UnitClosure.ancestor_id).in_(reads.units), live(UnitClosure, session.scope.today)
        )
        statement = statement.where(col(AuditEvent.unit_id).in_(inside))
    equal = {
        col(AuditEvent.request_id): filters.request_id,
        col(AuditEvent.object_id): filters.object_id,
        col(AuditEvent.actor): filters.actor,
        col(AuditEvent.action): filters.action,
        col(AuditEvent.outcome): filters.outcome,
    }
    statement = statement.where(*(column == value for column, value in equal.items() if value is not None))
    if filters.since is not None:
        statement = statement.where(col(AuditEvent.at) >= filters.since)
    if filters.until is not None:
        statement = statement.where(col(AuditEvent.at) < filters.until)
    total = None
    if page.count:
        total = int(session.execute(statement.with_only_columns(func.count(col(AuditEvent.id)))).scalar_one())
    order = [col(AuditEvent.at), col(AuditEvent.id)]
    found = session.scalars(keyset(statement, order, page, descending=not page.sort.startswith("at"))).all()
    return cut([event_row(event) for event in found], [(event.at, event.id) for event in found], page, total)


def event_row(event: AuditEvent) -> dict[str, Any]:
    """An event in the contract's shape."""
    return {
        "id": event.id,
        "at": event.at,
        "actor": event.actor,
        "client": event.client,
        "action": event.action,
        "object": {"type": event.object_type, "id": event.object_id} if event.object_type else None,
        "unit_id": event.unit_id,
        "outcome": event.outcome,
        "request_id": event.request_id,
        "reason": event.reason,
        "detail": json.loads(event.detail) if event.detail else None,
    }
