"""Jobs: việc nền. What is done after the answer has left, step by step, by whoever claims it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models.base import UnitOwned, UtcDateTime, choice, new_id, utc_now


class JobKind(StrEnum):
    """What a job does."""

    IMPORT_CHECK = "import_check"
    IMPORT_COMMIT = "import_commit"


class JobState(StrEnum):
    """Life of a job; the last three are its ends."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(UnitOwned, table=True):
    """One piece of background work: for whom, how far, and who holds it until when."""

    __table_args__ = (
        CheckConstraint("done >= 0 AND total >= 0", name="progress"),
        Index("ix_job_open", "state", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: JobKind = Field(sa_type=choice(JobKind, "kind"))
    state: JobState = Field(default=JobState.QUEUED, sa_type=choice(JobState, "state"))
    subject_id: UUID = Field(index=True)
    """What it works on: an import."""
    principal_id: UUID = Field(foreign_key="principal.id")
    done: int = 0
    total: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UtcDateTime)
    worker: str | None = Field(default=None, max_length=120)
    cancel_asked: bool = False
    fault: str | None = Field(default=None, max_length=500)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class JobRead(SQLModel):
    """How far a job is; `total` is 0 until the work is known."""

    id: UUID
    kind: JobKind
    state: JobState
    subject_id: UUID
    done: int
    total: int
    fault: str | None
    created_at: str
    started_at: str | None
    ended_at: str | None
