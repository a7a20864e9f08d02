"""The rows of jobs: put in line, claimed by one conditional UPDATE, held by a lease, let go.

Who holds a job renews its lease with each step; who has lost it stops, and the job starts over elsewhere.
"""

import os
import socket
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import col, select

from app.models.base import utc_now
from app.models.job import Job, JobKind, JobState
from app.services import access, bulk
from app.services.database import writing
from app.services.errors import Denied, NotFound
from app.services.scope import Scope, ScopedSession

LEASE = timedelta(seconds=60)
CLIENT = "jobs"


class Stopped(Exception):
    """The job was cancelled, or its lease went to somebody else: whoever worked on it stops."""


def _born(pid: int) -> str:
    """When a process of this machine started, so that a number used again is no sign of life."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return ""
    return told.rpartition(")")[2].split()[19]


def worker_name() -> str:
    """This process among all that may run jobs."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{_born(os.getpid())}"


def is_dead(worker: str) -> bool:
    """Whether a process of this machine is gone; of another machine only its lease can tell."""
    host, _, rest = worker.partition(":")
    pid, _, born = rest.partition(":")
    if host != socket.gethostname()[:60] or not pid.isdigit() or not born:
        return False
    return _born(int(pid)) != born


def enqueue(session: ScopedSession, kind: JobKind, subject_id: UUID, unit_id: UUID) -> Job:
    """Puts a job in line for the caller of `session`; the runner finds it once this is committed."""
    actor = session.scope.actor
    if actor is None:
        raise Denied("Việc nền cần một người giao.")
    row = Job(kind=kind, subject_id=subject_id, unit_id=unit_id, principal_id=actor.id)
    session.add(row)
    session.flush()
    return row


def get(session: ScopedSession, job_id: UUID) -> Job:
    """The job, or NotFound."""
    row = session.scalars(select(Job).where(col(Job.id) == job_id)).first()
    if row is None:
        raise NotFound("Không có việc này, hoặc việc ngoài phạm vi được xem.")
    return row


@dataclass(frozen=True, slots=True)
class Work:
    """A claimed job: whose, on what, and the means to do it."""

    engine: Engine
    today: date
    job_id: UUID
    kind: JobKind
    subject_id: UUID
    principal_id: UUID
    worker: str
    interrupted: bool
    """Whether somebody held it before and is gone."""

    def session(self, permission: str, *, writes: bool = True) -> ScopedSession:
        """A session in the scope its principal has now; Denied if he holds the permission no more."""
        with ScopedSession(self.engine, Scope.nobody(self.today, str(self.job_id))) as session:
            actor = access.load_principal(session, self.principal_id, CLIENT, self.today)
        if actor is None or permission not in actor.permissions:
            raise Denied("Người giao việc không còn quyền làm việc này.")
        scope = Scope.of(actor, permission, self.today, str(self.job_id))
        return ScopedSession(writing(self.engine) if writes else self.engine, scope)

    def house(self) -> ScopedSession:
        """A session of the house itself, to let a job go whatever became of its principal."""
        return ScopedSession(writing(self.engine), Scope.house(self.today, f"job.{self.kind.value}"))

    def _swap(self, session: ScopedSession, **values: object) -> bool:
        seen = {"id": self.job_id, "worker": self.worker, "state": JobState.RUNNING}
        return bulk.swap(session, Job, seen, values)

    def advance(self, session: ScopedSession, done: int, total: int) -> None:
        """Says how far it is and renews the lease, in the transaction of the step itself; or Stopped."""
        seen = {"id": self.job_id, "worker": self.worker, "state": JobState.RUNNING, "cancel_asked": False}
        values = {"done": done, "total": total, "lease_until": utc_now() + LEASE}
        if not bulk.swap(session, Job, seen, values):
            raise Stopped

    def finish(self, session: ScopedSession, state: JobState, fault: str | None = None) -> bool:
        """Ends the job in the transaction of `session`; False if somebody else holds it by now."""
        fault = fault[:500] if fault else None
        return self._swap(session, state=state, fault=fault, ended_at=utc_now(), lease_until=None)


def claim(engine: Engine, today: date) -> Work | None:
    """Takes the oldest job that nobody holds, or that its holder can't go on with; None if there is none."""
    now, me = utc_now(), worker_name()
    with ScopedSession(engine, Scope.house(today, "job.look")) as session:
        open_ = session.execute(
            select(Job.id, Job.state, Job.worker, Job.lease_until)
            .where(col(Job.state).in_((JobState.QUEUED, JobState.RUNNING)))
            .order_by(col(Job.id))
        ).all()
    for row in open_:
        held = row.state == JobState.RUNNING
        if held and row.lease_until > now and not is_dead(row.worker or ""):
            continue
        work = _take(
            engine,
            today,
            row.id,
            {"state": row.state, "worker": row.worker, "lease_until": row.lease_until},
            me,
        )
        if work is not None:
            return work
    return None


def _take(engine: Engine, today: date, job_id: UUID, seen: dict[str, object], me: str) -> Work | None:
    values = {
        "state": JobState.RUNNING,
        "worker": me,
        "lease_until": utc_now() + LEASE,
        "started_at": utc_now(),
    }
    with ScopedSession(writing(engine), Scope.house(today, "job.claim")) as session:
        if not bulk.swap(session, Job, {"id": job_id, **seen}, values):
            return None
        row = get(session, job_id)
        session.commit()
        return Work(
            engine,
            today,
            job_id,
            row.kind,
            row.subject_id,
            row.principal_id,
            me,
            seen["state"] == JobState.RUNNING,
        )
