"""Events of reads and refusals: waiting requests share one short transaction, none is answered before it."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from typing import Any

from sqlalchemy import Engine

from app.services import bulk
from app.services.database import writing
from app.services.scope import Scope, ScopedSession

_Waiting = tuple[dict[str, Any], Future[None]]


class Recorder:
    """Writes events before their answers leave; who comes while a commit runs goes into the next one.

    One thread writes: with eight callers one fsync serves up to eight reads, nobody queues for the write lock
    of SQLite one by one, and who waits for the log holds no thread of those that work.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = writing(engine)
        self._waiting: list[_Waiting] = []
        self._gate = threading.Lock()
        self._at_work = False
        self._writer = ThreadPoolExecutor(1, "thenchot-recorder")

    def put(self, event: dict[str, Any], today: date) -> Future[None]:
        """Takes `event`; the future is done once it is committed, or holds what kept it from that."""
        mine: Future[None] = Future()
        with self._gate:
            self._waiting.append((event, mine))
            idle, self._at_work = not self._at_work, True
        if idle:
            self._writer.submit(self._work, today)
        return mine

    def write(self, event: dict[str, Any], today: date) -> None:
        """Returns once `event` is committed; raises what kept it from being written."""
        self.put(event, today).result()

    def close(self) -> None:
        """Ends the thread, after what waits is written."""
        self._writer.shutdown()

    def _work(self, today: date) -> None:
        while True:
            with self._gate:
                batch, self._waiting = self._waiting, []
                if not batch:
                    self._at_work = False
                    return
            self._commit(batch, today)

    def _commit(self, batch: list[_Waiting], today: date) -> None:
        try:
            with ScopedSession(self._engine, Scope.nobody(today)) as session:
                bulk.events(session, [event for event, _ in batch])
                session.commit()
        except BaseException as error:  # noqa: BLE001 - each who waits is told, whatever it was
            for _, waiting in batch:
                waiting.set_exception(error)
        else:
            for _, waiting in batch:
                waiting.set_result(None)
