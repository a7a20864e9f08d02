"""Sessions, callers and events, as the tests of access need them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import SQLModel, col, select

from app.models.access import (
    PrincipalKind,
    SessionOpened,
)
from app.models.audit import AuditEvent
from app.models.unit import Level
from app.services import access
from app.services.database import writing
from app.services.scope import Actor, Scope, ScopedSession
from app.services.tokens import Keyring
from tests import world
from tests.world.rows import key

TODAY = date(2021, 12, 31)
HERE, THERE = "10.0.0.1", "10.0.0.2"
SignsIn = Callable[..., SessionOpened]


@contextmanager
def work(engine: Engine, scope: Scope | None = None) -> Iterator[ScopedSession]:
    with ScopedSession(writing(engine), scope or Scope.nobody(TODAY, "req-1")) as session:
        yield session
        session.commit()


def caller(engine: Engine, ring: Keyring, token: str, today: date = TODAY) -> Actor:
    with ScopedSession(engine, Scope.nobody(today)) as session:
        return access.load_actor(session, ring.verify(session, token), today)


def events(engine: Engine, action: str) -> list[AuditEvent]:
    with work(engine) as session:
        found = select(AuditEvent).where(col(AuditEvent.action) == action).order_by(col(AuditEvent.id))
        return list(session.exec(found))


def turned_back(engine: Engine, table: type[SQLModel], column: str, by: timedelta) -> None:
    """Makes an instant of every row lie further back, as if so much time had gone by."""
    with work(engine, Scope.house(TODAY, "a test's clock")) as session:
        for row in session.exec(select(table)):
            setattr(row, column, getattr(row, column) - by)


def admin(name: str = "quantri", permission: str = "account:write", cadre: UUID | None = None) -> Scope:
    """The scope of a system administrator using a permission."""
    from app.services.scope import Grant

    grant = Grant("sysadmin", world.unit("tinh"), level=Level.PROVINCE, whole_tree=True)
    actor = Actor(
        key("principal", name), name, name, PrincipalKind.PERSON, None, "c", cadre_id=cadre, grants=(grant,)
    )
    return Scope.of(actor, permission, TODAY, "req-3")


def exchanged(engine: Engine, ring: Keyring, secret: str) -> str:
    with work(engine) as session:
        return access.exchange(session, ring, secret).access_token
