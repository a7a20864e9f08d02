"""Who works in the tests of the audit, and what was told of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import col, select

from app.models.access import PrincipalKind
from app.models.audit import AuditEvent, AuditValue
from app.models.cadre import Cadre
from app.models.unit import Level
from app.services.database import writing
from app.services.scope import Actor, Grant, Scope, ScopedSession
from tests import world
from tests.world.rows import key

TODAY = date(2021, 12, 31)
OFFICER = Actor(
    key("principal", "btc.dongvan"),
    "btc.dongvan",
    "Ban Tổ chức Huyện ủy",
    PrincipalKind.PERSON,
    None,
    "thenchot",
    grants=(Grant("org_officer", world.unit("dong-van"), level=Level.DISTRICT),),
)


@contextmanager
def work(engine: Engine, scope: Scope | None = None) -> Iterator[ScopedSession]:
    with ScopedSession(writing(engine), scope or Scope.of(OFFICER, "cadre:write", TODAY, "req-7")) as session:
        yield session
        session.commit()


def house() -> Scope:
    return Scope.house(TODAY, "a test")


def events(engine: Engine, **equal: object) -> list[AuditEvent]:
    with ScopedSession(engine, Scope.nobody(TODAY)) as session:
        statement = select(AuditEvent).order_by(col(AuditEvent.id))
        return list(session.exec(statement.filter_by(**equal)))


def values_of(engine: Engine, event: AuditEvent) -> AuditValue:
    with ScopedSession(engine, Scope.nobody(TODAY)) as session:
        return session.get_one(AuditValue, event.id)


def moved() -> UUID:
    return world.person("moved")


def edited(engine: Engine, **values: object) -> AuditEvent:
    """One edit of one person, committed; its event."""
    with work(engine) as session:
        person = session.get_one(Cadre, moved())
        for name, value in values.items():
            setattr(person, name, value)
    return events(engine, object_id=str(moved()))[-1]
