"""The house's own work in the background: what a new day brings, and the jobs that people put in line."""

import logging
import threading
from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.models.job import JobKind, JobState
from app.services import assignment, file, imports
from app.services.database import analyze, writing
from app.services.job import Stopped, Work, claim
from app.services.scope import Scope, ScopedSession

LOG = logging.getLogger("thenchot.jobs")
LOOK_EVERY_SECONDS = 60
JOBS_EVERY_SECONDS = 1.0
_BROKEN = "Việc nền gặp lỗi ngoài dự kiến; chưa ghi gì. Hãy báo quản trị hệ thống."

WORKS: Mapping[JobKind, Callable[[Work], None]] = {
    JobKind.IMPORT_CHECK: imports.check,
    JobKind.IMPORT_COMMIT: imports.commit,
}
"""What each kind of job does."""


def begin_day(engine: Engine, today: date) -> int:
    """Sends files to the unit of the seat held today; gives how many moved. Twice in a day does nothing.

    Uploads whose time is over are emptied, with what was read of them; the database looks at its rows anew.
    """
    with ScopedSession(writing(engine), Scope.house(today, "day.begin")) as session:
        moved = assignment.begin_day(session, today)
        file.expire(session, today)
        imports.expire(session)
        session.commit()
    analyze(engine)
    return moved


def run_one(engine: Engine, today: date) -> bool:
    """Takes the next job and does it; False if there is none."""
    work = claim(engine, today)
    if work is None:
        return False
    try:
        WORKS[work.kind](work)
    except Stopped:
        _let_go(work)
    except Exception:
        LOG.exception("job %s (%s) failed", work.job_id, work.kind.value)
        imports.abandon(work, _BROKEN)
    else:
        if work.kind == JobKind.IMPORT_COMMIT:
            analyze(engine)
    return True


def _let_go(work: Work) -> None:
    """Ends a job that was cancelled; one that went to somebody else is theirs."""
    with work.house() as session:
        if work.finish(session, JobState.CANCELLED):
            session.commit()


class Runner(threading.Thread):
    """Does the jobs in line one by one, and once a day the day's work; stops when told."""

    def __init__(self, engine: Engine, today: Callable[[], date]) -> None:
        super().__init__(name="thenchot-jobs", daemon=True)
        self._engine = engine
        self._today = today
        self._stopped = threading.Event()
        self._done: date | None = None

    def run(self) -> None:
        """Until `stop`; a failed run is told in the log and tried again."""
        looked = 0.0
        while not self._stopped.is_set():
            today = self._today()
            if today != self._done and looked <= 0:
                self._begin(today)
                looked = LOOK_EVERY_SECONDS
            busy = False
            try:
                busy = run_one(self._engine, today)
            except SQLAlchemyError:
                LOG.warning("jobs could not be looked up, tried again")
            if not busy:
                self._stopped.wait(JOBS_EVERY_SECONDS)
                looked -= JOBS_EVERY_SECONDS

    def _begin(self, today: date) -> None:
        try:
            LOG.info("day %s: %d files moved", today, begin_day(self._engine, today))
            self._done = today
        except SQLAlchemyError:
            LOG.warning("the day's work failed, tried again in %d s", LOOK_EVERY_SECONDS)

    def stop(self) -> None:
        """Ends the thread after what it is doing."""
        self._stopped.set()
        self.join(timeout=30)
