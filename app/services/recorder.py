"""Events of reads and refusals: waiting requests share one short transaction, none answers before it."""

import threading
from concurrent.futures import Future
from datetime import date
from typing import Any

from sqlalchemy import Engine

from app.services import audit
from app.services.database import writing
from app.services.scope import Scope, ScopedSession


class Recorder:
    """Writes events before their answers leave; who comes while a commit runs goes into the next one.

    The first waiting request commits for all that wait (leader and followers): with eight callers one fsync
    serves up to eight reads, and nobody queues for the write lock of SQLite one by one.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = writing(engine)
        self._waiting: list[tuple[dict[str, Any], Future[None]]] = []
        self._gate = threading.Lock()
        self._turn = threading.Lock()

    def write(self, event: dict[str, Any], today: date) -> None:
        """Returns once `event` is committed; raises what kept it from being written."""
        mine: Future[None] = Future()
        with self._gate:
            self._waiting.append((event, mine))
        with self._turn:
            if not mine.done():
                with self._gate:
                    batch, self._waiting = self._waiting, []
                self._commit(batch, today)
        mine.result()

    def _commit(self, batch: list[tuple[dict[str, Any], Future[None]]], today: date) -> None:
        try:
            with ScopedSession(self._engine, Scope.nobody(today)) as session:
                for event, _ in batch:
                    audit.record(session, event)
                session.commit()
        except BaseException as error:
            for _, waiting in batch:
                waiting.set_exception(error)
            if not isinstance(error, Exception):
                raise
        else:
            for _, waiting in batch:
                waiting.set_result(None)
