"""The job that writes what was checked: judged anew under the lock, all in one transaction or nothing."""

import gc
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from app.models.base import new_id, utc_now
from app.models.imports import Import, ImportRow, ImportState, RowState
from app.models.job import JobKind, JobState
from app.models.post import Post
from app.models.title import Title
from app.models.unit import Unit
from app.services import bulk, compliance, job
from app.services.errors import DomainError
from app.services.imports.checking import CHUNK, PERMISSION, fail, locked
from app.services.imports.drafts import Draft
from app.services.imports.judging import Judge
from app.services.imports.world import columns
from app.services.job import Stopped, Work
from app.services.scope import Scope, ScopedSession

LOG = logging.getLogger("thenchot.imports")
_INTERRUPTED = "Máy chủ dừng khi đang ghi; chưa ghi gì. Hãy bấm ghi lại."
_CHANGED = "Hồ sơ đã đổi từ lúc kiểm tra: chưa ghi gì, tệp được kiểm tra lại. Hãy xem rồi ghi lại."
_BUSY = "Cơ sở dữ liệu bận hoặc có người vừa ghi trùng: chưa ghi gì. Hãy bấm ghi lại."


def commit(work: Work) -> None:
    """Writes the rows of an import; an interrupted or refused one is `validated` again, and says why."""
    if work.interrupted:
        fail(work, _INTERRUPTED, ImportState.VALIDATED)
        return
    try:
        with _without_collector():
            done = _write(work)
    except DomainError as error:
        fail(work, error.detail, ImportState.VALIDATED)
        return
    except DBAPIError as error:
        LOG.warning("import %s not written: %s", work.subject_id, type(error.orig).__name__)
        fail(work, _BUSY, ImportState.VALIDATED)
        return
    if not done:
        _check_again(work)


@contextmanager
def _without_collector() -> Iterator[None]:
    """A million new objects and none to collect: a third of the time would go into looking for cycles."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _drafts(work: Work) -> list[tuple[Draft, RowState, str | None]]:
    """The rows that would write something, with what was said of them, in the order of the file."""
    with work.session(PERMISSION, writes=False) as session:
        of_it = columns(ImportRow, "number", "raw", "parsed", "cadre_id", "state", "changes")
        rows = session.execute(
            of_it.where(
                col(ImportRow.import_id) == work.subject_id,
                col(ImportRow.state).in_((RowState.NEW, RowState.UPDATED)),
            ).order_by(col(ImportRow.number))
        ).all()
    return [
        (
            Draft.kept(row.number, row.raw, row.parsed, row.cadre_id if row.state == RowState.NEW else None),
            row.state,
            row.changes,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Stamp:
    """The state of the world: of units, titles and posts together, and of each person that changes."""

    world: tuple[int, ...]
    versions: dict[UUID, int]


@dataclass(frozen=True, slots=True)
class Ready:
    """What a commit would write, made ready before the lock, and the state of the world it was judged by."""

    prepared: bulk.Prepared
    stamp: Stamp
    scope: Scope


def prepare(
    session: ScopedSession, work: Work, told: Callable[[int, int], None] | None = None
) -> Ready | None:
    """Judges every row anew in `session`; None where one isn't what it was when it was checked.

    `told` hears how many rows are ready, of how many, after each chunk.
    """
    staged = _drafts(work)
    drafts = [draft for draft, _, _ in staged]
    stamp = _stamp(session)
    judge = Judge(session, work.today, utc_now(), {}, writing=True)
    for start in range(0, len(drafts), CHUNK):
        chunk = drafts[start : start + CHUNK]
        judge.judge(chunk)
        if told is not None:
            told(start + len(chunk), len(drafts))
    if any(draft.state != state or draft.told() != changes for draft, state, changes in staged):
        return None
    people = [draft.written for draft in drafts if draft.written is not None]
    _give_codes(session, people)
    versions = {draft.known.id: draft.known.version for draft in drafts if draft.known is not None}
    prepared = bulk.prepare_people(session, people, reason=f"import {work.subject_id}")
    return Ready(prepared, Stamp(stamp, versions), session.scope)


def _write(work: Work) -> bool:
    """True once it is committed; False where a row can't be written as it was checked: then none is.

    Everything is made ready before the lock is taken. What was judged then holds if, under the lock, nothing
    that it was judged by has changed; else it is judged anew there, slowly but surely.
    """

    def told(done: int, total: int) -> None:
        with work.session(PERMISSION) as session:
            work.advance(session, done, total)
            session.commit()

    with work.session(PERMISSION, writes=False) as session:
        ready = prepare(session, work, told)
    if ready is None:
        return False
    with work.session(PERMISSION) as session:
        row = locked(session, work.subject_id)
        held = time.perf_counter()
        if row.state != ImportState.COMMITTING:
            raise Stopped
        total = len(ready.prepared.people)
        work.advance(session, total, total)
        _lock_posts(session)
        if not still(session, ready):
            ready = prepare(session, work)
            if ready is None:
                session.rollback()
                return False
        bulk.write_prepared(session, ready.prepared)
        _done(session, row, total)
        if not work.finish(session, JobState.DONE):
            raise Stopped
        session.commit()
        LOG.info("import %s: %d persons, write lock held %.2f s", row.id, total, time.perf_counter() - held)
    return True


def _stamp(session: ScopedSession) -> tuple[int, ...]:
    """What changes with any change of units, titles, posts and their seats: each raises a version."""
    found: list[int] = []
    for table in (Unit, Title, Post):
        count, versions = session.execute(
            select(func.count(col(table.id)), func.sum(col(table.version)))
        ).one()
        found += (count, int(versions or 0))
    return tuple(found)


def still(session: ScopedSession, ready: Ready) -> bool:
    """Whether what was judged before the lock holds under it: grants, units, posts, each person's version.

    A seat or a national id taken meanwhile by somebody new is refused by the database itself.
    """
    if (session.scope.reads, session.scope.writes) != (ready.scope.reads, ready.scope.writes):
        return False
    if _stamp(session) != ready.stamp.world:
        return False
    versions = {key: row.version for key, row in bulk.lock_people(session, ready.stamp.versions).items()}
    return versions == ready.stamp.versions


def _lock_posts(session: ScopedSession) -> None:
    """Units, posts, persons are locked in this order (design §7); seats through their post."""
    if session.get_bind().dialect.name == "sqlite":
        return  # the transaction holds the only write lock there is
    session.scalars(select(col(Post.id)).order_by(col(Post.id)).with_for_update()).all()


def _done(session: ScopedSession, row: Import, written: int) -> None:
    row.state, row.written, row.ended_at, row.fault = ImportState.COMMITTED, written, utc_now(), None
    session.add(row)
    session.note(row, "import.commit")


def _give_codes(session: ScopedSession, people: Sequence[bulk.Person]) -> None:
    """A code for each newcomer that nobody has, nor another newcomer of this file."""
    newcomers = [person.added[0][1] for person in people if person.is_new]
    given: set[str] = set()
    waiting: list[dict[str, Any]] = newcomers
    while waiting:
        tries = {id(row): _code(row["id"] if not given else new_id()) for row in waiting}
        taken = compliance.taken_codes(session, set(tries.values())) | given
        again = []
        for row in waiting:
            code = tries[id(row)]
            if code in taken:
                again.append(row)
                continue
            row["code"] = code
            taken.add(code)
            given.add(code)
        waiting = again


def _code(key: UUID) -> str:
    return f"CB-{key.int % 10**8:08d}"


def _check_again(work: Work) -> None:
    """Sends the file through the check once more, for what changed since."""
    with work.session(PERMISSION) as session:
        if not work.finish(session, JobState.FAILED, _CHANGED):
            raise Stopped
        row = locked(session, work.subject_id)
        if row.state == ImportState.COMMITTING:
            following = job.enqueue(session, JobKind.IMPORT_CHECK, row.id, row.unit_id)
            row.state, row.mode, row.fault, row.job_id = ImportState.UPLOADED, None, _CHANGED, following.id
            session.add(row)
            session.note(row, "import.check_again", _CHANGED)
        session.commit()


def abandon(work: Work, detail: str) -> None:
    """Ends a job that met a fault nobody foresaw: a check fails, a commit is open to be tried again."""
    state = ImportState.VALIDATED if work.kind is JobKind.IMPORT_COMMIT else ImportState.FAILED
    fail(work, detail, state)
