"""Audit events in the leaf form (RFC 6962), and the erasable values beside them."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field, SQLModel

from app.models.base import System, UtcDateTime, choice, new_id


class Outcome(StrEnum):
    """What became of what was asked."""

    DONE = "done"
    REFUSED = "refused"
    READ = "read"


class AuditEvent(System, table=True):
    """One change, refusal or personal read; never updated, never deleted. `leaf` is what a tree hashes.

    `before_c`/`after_c` in the leaf commit to the values in `audit_value` by HMAC with a salt of their own,
    so that a lawful erasure leaves the log verifiable and the log holds no personal content.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_object", "object_type", "object_id", "id"),
        Index("ix_audit_event_unit", "unit_id", "id"),
        Index("ix_audit_event_actor", "actor_id", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    actor_id: UUID | None = Field(default=None)
    actor: str = Field(max_length=60)
    client: str = Field(max_length=40)
    action: str = Field(max_length=60)
    object_type: str | None = Field(default=None, max_length=40)
    object_id: str | None = Field(default=None, max_length=64)
    unit_id: UUID | None = Field(default=None)
    outcome: Outcome = Field(sa_type=choice(Outcome, "outcome"))
    request_id: str = Field(max_length=64, index=True)
    reason: str | None = Field(default=None, max_length=500)
    detail: str | None = Field(default=None)
    leaf: bytes = Field(sa_type=LargeBinary)


class AuditValue(System, table=True):
    """Old and new values of a changed root, as JSON, erasable by law.

    Readers see the fields of their tiers.
    """

    __tablename__ = "audit_value"

    event_id: UUID = Field(foreign_key="audit_event.id", primary_key=True)
    salt: bytes = Field(sa_type=LargeBinary)
    before: str
    after: str
    erased_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AuditObject(SQLModel):
    """What an event is about."""

    type: str
    id: str


class AuditEventRead(SQLModel):
    """An event as the contract fixes it."""

    id: UUID
    at: str
    actor: str
    client: str
    action: str
    object: AuditObject | None
    unit_id: UUID | None
    outcome: Outcome
    request_id: str
    reason: str | None
    detail: dict[str, Any] | None
