"""The house's own work in the background: what a new day brings."""

import logging
import threading
from collections.abc import Callable
from datetime import date

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from app.services import assignment
from app.services.database import writing
from app.services.scope import Scope, ScopedSession

LOG = logging.getLogger("thenchot.jobs")
LOOK_EVERY_SECONDS = 60


def begin_day(engine: Engine, today: date) -> int:
    """Sends files to the unit of the seat held today; gives how many moved. Twice in a day does nothing."""
    with ScopedSession(writing(engine), Scope.house(today, "day.begin")) as session:
        moved = assignment.begin_day(session, today)
        session.commit()
    return moved


class Runner(threading.Thread):
    """Looks once a minute whether a new business day has begun, and does its work; stops when told."""

    def __init__(self, engine: Engine, today: Callable[[], date]) -> None:
        super().__init__(name="thenchot-jobs", daemon=True)
        self._engine = engine
        self._today = today
        self._stopped = threading.Event()

    def run(self) -> None:
        """Until `stop`; a failed run is told in the log and tried again a minute later."""
        done: date | None = None
        while not self._stopped.is_set():
            today = self._today()
            if today != done:
                try:
                    LOG.info("day %s: %d files moved", today, begin_day(self._engine, today))
                    done = today
                except SQLAlchemyError:
                    LOG.warning("the day's work failed, tried again in %d s", LOOK_EVERY_SECONDS)
            self._stopped.wait(LOOK_EVERY_SECONDS)

    def stop(self) -> None:
        """Ends the thread after what it is doing."""
        self._stopped.set()
        self.join(timeout=30)
