"""Callers of the test world, their sessions, and what each may see by the policy told in Python."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Connection,
    Engine,
    select,
)
from sqlalchemy.orm import aliased
from sqlmodel import SQLModel

from app.models.access import PrincipalKind
from app.models.base import tables
from app.models.cadre import Cadre, Sex
from app.models.record import Kinship, Relation
from app.models.unit import Level, UnitClosure
from app.services.database import writing
from app.services.scope import Actor, Grant, Reach, Scope, ScopedSession
from tests import world
from tests.world.rows import Rows

TODAY = date(2021, 12, 31)
DAY = timedelta(days=1)


def actor(*grants: Grant, cadre: str | None = None) -> Actor:
    person = world.person(cadre) if cadre else None
    return Actor(uuid4(), "ai.do", "Ai đó", PrincipalKind.PERSON, None, "c", cadre_id=person, grants=grants)


def grant(role: str, place: str) -> Grant:
    level = {"tinh": Level.PROVINCE, "so-noi-vu": Level.PROVINCE, "dong-van": Level.DISTRICT}
    level |= {"meo-vac": Level.DISTRICT}
    return Grant(role, world.unit(place), level=level.get(place, Level.COMMUNE), whole_tree=place == "tinh")


def own(slug: str) -> Grant:
    return Grant("self", None, cadre_id=world.person(slug))


CALLERS: dict[str, Actor] = {
    "province": actor(grant("org_officer", "tinh")),
    "district": actor(grant("org_officer", "dong-van")),
    "neighbour": actor(grant("org_officer", "meo-vac")),
    "commune": actor(grant("commune_officer", "lung-cu")),
    "successor": actor(grant("commune_officer", "niem-son")),
    "dissolved": actor(grant("commune_officer", "niem-tong")),
    "head": actor(grant("unit_head", "so-noi-vu")),
    "self": actor(own("canbo"), cadre="canbo"),
    "both": actor(grant("commune_officer", "lung-cu"), own("officer.lungcu"), cadre="officer.lungcu"),
    "two": actor(grant("commune_officer", "lung-cu"), grant("commune_officer", "ma-le")),
    "sysadmin": actor(grant("sysadmin", "tinh")),
    "nobody": actor(),
}


@contextmanager
def reading(engine: Engine, who: str | Actor, permission: str = "cadre:read") -> Iterator[ScopedSession]:
    caller = CALLERS[who] if isinstance(who, str) else who
    with ScopedSession(engine, Scope.of(caller, permission, TODAY, "r")) as session:
        yield session


@contextmanager
def writing_as(engine: Engine, who: str | Actor, permission: str = "cadre:write") -> Iterator[ScopedSession]:
    """A session that writes, always rolled back."""
    caller = CALLERS[who] if isinstance(who, str) else who
    with ScopedSession(writing(engine), Scope.of(caller, permission, TODAY, "w")) as session:
        yield session
        session.rollback()


@cache
def everything() -> Rows:
    return world.gather(TODAY)


def rows(table: type[SQLModel]) -> list[dict[str, Any]]:
    return everything().get(table, [])


@cache
def units_of(reach: Reach) -> frozenset[UUID]:
    return frozenset(
        row["descendant_id"]
        for row in rows(UnitClosure)
        if row["ancestor_id"] in reach.units
        and row["valid_from"] <= TODAY
        and (row["valid_to"] is None or row["valid_to"] > TODAY)
    )


def sees_person(reach: Reach, row: dict[str, Any]) -> bool:
    return reach.whole or row["unit_id"] in units_of(reach) or row["id"] in reach.cadres


@cache
def people_of(reach: Reach) -> frozenset[UUID]:
    return frozenset(row["id"] for row in rows(Cadre) if sees_person(reach, row))


def sees(reach: Reach, table: Any, row: dict[str, Any]) -> bool:  # noqa: ANN401 - any mapped class
    """The policy in Python: what a reach sees of a row."""
    if reach.whole:
        return True
    ways = {
        "unit": lambda: row["id"] in people_of(reach),
        "cadre": lambda: row["cadre_id"] in people_of(reach),
        "unit_or_cadre": lambda: row["cadre_id"] in people_of(reach) or row["unit_id"] in units_of(reach),
    }
    return ways[table.ownership]()


OWNED = sorted(
    (table for table in tables() if table.ownership in {"unit", "cadre", "unit_or_cadre"}),  # type: ignore[attr-defined]
    key=lambda table: table.__name__,
)
READ_BY_ALL = [table for table in tables() if table.ownership not in {"unit", "cadre", "unit_or_cadre"}]  # type: ignore[attr-defined]


CADRE = Cadre.__table__  # type: ignore[attr-defined]
Other: Any = aliased(Cadre)
Twin: Any = aliased(Cadre, select(Cadre).subquery())
"""The class over a select of its own."""


def newcomer(place: str, **values: Any) -> Cadre:  # noqa: ANN401 - columns
    return Cadre(
        full_name="Người Mới",
        code="TT-999999",
        search_key="nguoi moi",
        sort_key="x",
        birth_date=date(1990, 1, 1),
        sex=Sex.MALE,
        unit_id=world.unit(place),
        **values,
    )


def kin(person: UUID, relation: Relation = Relation.SIBLING, relative: UUID | None = None) -> Kinship:
    return Kinship(cadre_id=person, relation=relation, full_name="Người Thân", relative_id=relative)


@contextmanager
def bound(engine: Engine) -> Iterator[Connection]:
    """One transaction that several sessions share, rolled back whatever they commit."""
    with writing(engine).connect() as connection:
        transaction = connection.begin()
        yield connection
        if transaction.is_active:
            transaction.rollback()
