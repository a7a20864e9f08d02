"""Splits of units, and the scope as a property of random trees, people and queries."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import (
    Connection,
    Engine,
    Select,
    case,
    exists,
    func,
    select,
    union,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.cadre import Cadre, Sex
from app.models.record import Kinship
from app.models.unit import Unit, UnitClosure, Via
from app.services import bulk, closure
from app.services.scope import Reach, Scope, ScopedSession, guard_engine
from app.settings import Settings
from tests.services.scope.callers import (
    CADRE,
    DAY,
    TODAY,
    bound,
    kin,
)
from tests.world.rows import key

A, B, C, D, ROOT = (key("split", name) for name in ("a", "b", "c", "d", "root"))
BEGAN, SPLIT = date(2015, 1, 1), date(2021, 7, 1)


def test_a_split_gives_both_successors_sight_and_the_ended_unit_none(engine: Engine) -> None:
    guard_engine(engine)
    versions = [
        closure.Link(ROOT, None, BEGAN, None),
        closure.Link(A, ROOT, BEGAN, SPLIT),
        closure.Link(B, ROOT, SPLIT, None),
        closure.Link(C, ROOT, SPLIT, None),
        closure.Link(D, ROOT, BEGAN, None),
    ]
    edges = closure.rows(versions, [closure.Succession(SPLIT, A, B), closure.Succession(SPLIT, A, C)])
    with bound(engine) as connection:
        write_units(connection, [ROOT, A, B, C, D], edges)
        with ScopedSession(connection, Scope.house(TODAY, "t")) as house:
            bulk.write(house, Cadre, [person_row(number, unit) for number, unit in enumerate((A, B, C, D))])
        for units, seen in (
            ((B,), {0, 1}),
            ((C,), {0, 2}),
            ((A,), set()),
            ((D,), {3}),
            ((ROOT,), {0, 1, 2, 3}),
        ):
            for day in (SPLIT, TODAY):
                assert people_seen(connection, Reach(units=units), day) == seen
        # The day before, the old unit saw its own and the new ones nothing.
        assert people_seen(connection, Reach(units=(A,)), SPLIT - DAY) == {0}
        assert people_seen(connection, Reach(units=(B, C)), SPLIT - DAY) == set()


def write_units(connection: Connection, units: list[UUID], edges: list[dict[str, Any]]) -> None:
    with ScopedSession(connection, Scope.house(TODAY, "t")) as house:
        bulk.write(house, Unit, [{"id": unit, "version": 1, "plan_due_on": None} for unit in units])
        bulk.write(house, UnitClosure, [{"id": uuid4(), **edge} for edge in edges])


def person_row(number: int, unit: UUID) -> dict[str, Any]:
    row = Cadre(
        id=key("fuzz", str(number)),
        full_name="Người Thử",
        code=f"FZ-{number:04}",
        search_key=str(number),
        sort_key=str(number),
        birth_date=date(1980, 1, 1),
        sex=Sex.FEMALE,
        unit_id=unit,
    )
    return {column: getattr(row, column) for column in CADRE.columns.keys()}  # noqa: SIM118 - column keys


def people_seen(connection: Connection, reach: Reach, day: date) -> set[int]:
    with ScopedSession(connection, Scope("cadre:read", day, reads=reach)) as session:
        return {int(code[3:]) for code in session.scalars(select(col(Cadre.code)))}


UNITS = [key("fuzz-unit", str(number)) for number in range(6)]
DAYS = st.sampled_from([TODAY - 2 * DAY, TODAY - DAY, TODAY, TODAY + DAY])
EDGES = st.lists(
    st.builds(
        lambda up, down, way, first, length: {
            "ancestor_id": up,
            "descendant_id": down,
            "depth": 1,
            "via": way,
            "valid_from": first,
            "valid_to": first + length * DAY if length else None,
        },
        st.sampled_from(UNITS),
        st.sampled_from(UNITS),
        st.sampled_from(list(Via)),
        DAYS,
        st.integers(0, 3),
    ),
    max_size=14,
)
PERSONS = st.lists(st.sampled_from(UNITS), min_size=1, max_size=8)
RELATIVES = st.lists(st.integers(0, 7), max_size=8)
REACHES = st.one_of(
    st.just(Reach(whole=True)),
    st.builds(
        lambda units, cadres: Reach(
            units=tuple(units), cadres=tuple(key("fuzz", str(number)) for number in cadres)
        ),
        st.lists(st.sampled_from(UNITS), max_size=3, unique=True),
        st.lists(st.integers(0, 7), max_size=2, unique=True),
    ),
)
PROPERTY = hypothesis_settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def bare(settings: Settings, engine: Engine) -> Engine:
    guard_engine(engine)
    return engine


def beneath(edges: list[dict[str, Any]], reach: Reach) -> set[UUID]:
    return {
        edge["descendant_id"]
        for edge in edges
        if edge["ancestor_id"] in reach.units
        and edge["valid_from"] <= TODAY
        and (edge["valid_to"] is None or edge["valid_to"] > TODAY)
    }


def allowed(edges: list[dict[str, Any]], units: list[UUID], reach: Reach) -> set[UUID]:
    """The policy in Python: the persons a reach may see."""
    inside = beneath(edges, reach)
    return {
        key("fuzz", str(number))
        for number, unit in enumerate(units)
        if reach.whole or unit in inside or key("fuzz", str(number)) in reach.cadres
    }


@contextmanager
def fuzzed(
    engine: Engine, edges: list[dict[str, Any]], units: list[UUID], relatives: list[int]
) -> Iterator[Connection]:
    with bound(engine) as connection:
        write_units(connection, UNITS, edges)
        with ScopedSession(connection, Scope.house(TODAY, "t")) as house:
            bulk.write(house, Cadre, [person_row(number, unit) for number, unit in enumerate(units)])
            kinships = [kin(key("fuzz", str(number))) for number in relatives if number < len(units)]
            columns = Kinship.__table__.columns.keys()  # type: ignore[attr-defined]
            bulk.write(house, Kinship, [{name: getattr(row, name) for name in columns} for row in kinships])
        yield connection


@PROPERTY
@given(edges=EDGES, units=PERSONS, relatives=RELATIVES, reach=REACHES)
def test_the_database_agrees_with_the_policy(
    bare: Engine, edges: list[dict[str, Any]], units: list[UUID], relatives: list[int], reach: Reach
) -> None:
    expected = allowed(edges, units, reach)
    with fuzzed(bare, edges, units, relatives) as connection:
        with ScopedSession(connection, Scope("cadre:read", TODAY, reads=reach)) as session:
            assert set(session.scalars(select(col(Cadre.id)))) == expected
            assert session.scalar(select(func.count(col(Cadre.id)))) == len(expected)
            owners = [key("fuzz", str(number)) for number in relatives if number < len(units)]
            found = session.scalars(select(col(Kinship.cadre_id))).all()
            assert sorted(found) == sorted(owner for owner in owners if owner in expected)
            for number in range(len(units)):
                person = key("fuzz", str(number))
                assert (session.get(Cadre, person) is not None) == (person in expected)
        with ScopedSession(connection, Scope("x", TODAY, reads=Reach(whole=True))) as session:
            assert session.units_within(reach, set(UNITS)) == (
                set(UNITS) if reach.whole else beneath(edges, reach)
            )


def _aliased(inner: Select[Any]) -> Select[Any]:
    other: Any = aliased(Cadre)
    return select(other.id).where(other.id.in_(inner))


def _others(inner: Select[Any]) -> Select[Any]:
    other: Any = aliased(Cadre)
    return select(other.id).where(other.id.not_in(inner))


def _colleagues(inner: Select[Any]) -> Select[Any]:
    other: Any = aliased(Cadre)
    joined = select(other.id).select_from(Cadre).outerjoin(other, other.unit_id == col(Cadre.unit_id))
    return joined.where(col(Cadre.id).in_(inner), other.id.is_not(None))


def _beside(inner: Select[Any]) -> Select[Any]:
    other: Any = aliased(Cadre)
    found = exists().where(col(Cadre.unit_id) == other.unit_id, col(Cadre.id).in_(inner))
    return select(other.id).where(found)


def _above_kin(inner: Select[Any]) -> Select[Any]:
    on = (col(Kinship.cadre_id) == col(Cadre.id)) & col(Cadre.id).in_(inner)
    return select(col(Cadre.id)).join(Kinship, on)


WRAPS: dict[str, Callable[[Select[Any]], Select[Any]]] = {
    "alias": _aliased,
    "not": _others,
    "colleagues": _colleagues,
    "exists": _beside,
    "up from kin": _above_kin,
    "cte": lambda inner: select(inner.cte().c[0]),
    "subquery": lambda inner: select(inner.subquery().c[0]),
    "union": lambda inner: select(union(inner, select(col(Cadre.id))).subquery().c[0]),
    "through kin": lambda inner: select(col(Kinship.cadre_id)).where(col(Kinship.cadre_id).in_(inner)),
    "case": lambda inner: select(case((col(Cadre.id).in_(inner), col(Cadre.id)), else_=col(Cadre.id))),
}


@PROPERTY
@given(
    edges=EDGES,
    units=PERSONS,
    relatives=RELATIVES,
    reach=REACHES,
    wraps=st.lists(st.sampled_from(sorted(WRAPS)), min_size=1, max_size=4),
)
def test_no_query_widens_a_scope(  # noqa: PLR0917 - what is drawn
    bare: Engine,
    edges: list[dict[str, Any]],
    units: list[UUID],
    relatives: list[int],
    reach: Reach,
    wraps: list[str],
) -> None:
    statement: Select[Any] = select(col(Cadre.id))
    for name in wraps:
        statement = WRAPS[name](statement)
    with (
        fuzzed(bare, edges, units, relatives) as connection,
        ScopedSession(connection, Scope("cadre:read", TODAY, reads=reach)) as session,
    ):
        assert set(session.scalars(statement)) <= allowed(edges, units, reach)
