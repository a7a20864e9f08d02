"""Lets the demo's accounts work on past days: the services themselves take every step, none is made up."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import col

from app.demo.ids import Ids, recorded
from app.models.access import Principal
from app.models.base import Replay, replayed
from app.services.access.standing import load_principal
from app.services.law.parameter import Law
from app.services.scope import Actor, Scope, ScopedSession

if TYPE_CHECKING:
    from uuid import UUID

FIRST_ID = 1 << 41
"""Where the ids of what the services write begin: those of all other rows stay what they are without them."""

REQUEST = "demo"


class Stage:
    """Sessions of the demo's accounts on days of their own, inside the transaction that writes the demo."""

    def __init__(self, session: ScopedSession, law: Law) -> None:
        """`session` is the one that seeds; it commits, what is played here only joins it."""
        session.flush()
        self.law = law
        self.house = session
        self._ids = Ids(FIRST_ID)
        rows = session.execute(select(col(Principal.username), col(Principal.id)))
        self._accounts: dict[str, UUID] = {row.username: row.id for row in rows}
        self._actors: dict[str, Actor] = {}

    @contextmanager
    def on(self, username: str, permission: str, day: date) -> Iterator[ScopedSession]:
        """A session of an account that uses a permission on a day; what it did stands when it ends."""
        scope = Scope.of(self._actor(username, day), permission, day, REQUEST)
        replay = Replay(recorded(day), lambda: self._ids.new(day))
        with replayed(replay), self.house.beside(scope) as session:
            yield session
            session.commit()

    def account(self, username: str) -> "UUID":
        """The id of an account."""
        return self._accounts[username]

    def new_id(self, day: date) -> "UUID":
        """The next id, made on `day`."""
        return self._ids.new(day)

    def _actor(self, username: str, day: date) -> Actor:
        """The account with its grants; those of the demo hold from before the first day that is played."""
        if username not in self._actors:
            found = load_principal(self.house, self._accounts[username], REQUEST, day)
            assert found is not None  # noqa: S101 - the accounts were written before
            self._actors[username] = found
        return self._actors[username]
