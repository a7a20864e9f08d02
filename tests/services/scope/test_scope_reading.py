"""No shape of select sees past the scope."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import (
    Engine,
    Select,
    case,
    exists,
    func,
    literal,
    select,
    tuple_,
    union,
    union_all,
)
from sqlalchemy.orm import Bundle, Query, load_only
from sqlmodel import col

from app.models.assignment import Assignment, AssignmentSpan
from app.models.base import tables
from app.models.cadre import Cadre
from app.models.code import CodeItem, Ethnicity
from app.models.unit import Level, Unit, UnitVersion
from app.services.scope import Grant
from tests import world
from tests.services.scope.callers import (
    CALLERS,
    OWNED,
    READ_BY_ALL,
    Other,
    Twin,
    actor,
    people_of,
    reading,
    rows,
    sees,
    units_of,
)
from tests.world.rows import key


def test_the_oracle_tells_callers_apart() -> None:
    seen = {name: len(people_of(who.reach("cadre:read"))) for name, who in CALLERS.items()}
    assert seen["province"] == len(rows(Cadre)) > 250
    assert seen["sysadmin"] == seen["nobody"] == seen["dissolved"] == 0
    assert seen["self"] == 1
    assert 1 < seen["commune"] < seen["two"] < seen["district"] < seen["province"]
    # Who died in office keeps his file at the dissolved commune; the successor sees it.
    assert world.person("dissolved.retired") in people_of(CALLERS["successor"].reach("cadre:read"))


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.__name__)
def test_each_table_shows_a_caller_his_own_rows_alone(walls: Engine, table: Any, who: str) -> None:  # noqa: ANN401 - any mapped class
    reach = CALLERS[who].reach("cadre:read")
    primary = next(iter(table.__mapper__.primary_key)).name
    expected = {row[primary] for row in rows(table) if sees(reach, table, row)}
    with reading(walls, who) as session:
        assert set(session.scalars(select(getattr(table, primary)))) == expected
        assert session.scalar(select(func.count()).select_from(table)) == len(expected)


@pytest.mark.parametrize("who", ["district", "self", "nobody"])
@pytest.mark.parametrize("table", READ_BY_ALL, ids=lambda table: table.__name__)
def test_reference_data_is_everybodys(walls: Engine, table: Any, who: str) -> None:  # noqa: ANN401 - any mapped class
    with reading(walls, who) as session:
        seen = session.scalar(select(func.count()).select_from(table))
    # Code lists come with the migrations, everything else with the world.
    assert seen if table in {CodeItem, Ethnicity} else seen == len(rows(table))


_BASE = select(col(Cadre.id), col(Cadre.unit_id), col(Cadre.full_name))
_CTE = _BASE.cte("people")
_SUB = _BASE.subquery()
_UNION = union_all(select(col(Cadre.id)), select(Other.id)).subquery()

PEOPLE: dict[str, Any] = {
    "entity": select(Cadre),
    "column": select(col(Cadre.id)),
    "alias": select(Other.id),
    "alias of a subquery": select(Twin.id),
    "entity of a subquery": select(Twin),
    "subquery": select(_SUB.c.id),
    "cte": select(_CTE.c.id),
    "union": union(select(col(Cadre.id)), select(Other.id)),
    "union in a subquery": select(_UNION.c.id),
    "bundle": select(Bundle("b", col(Cadre.id))),
    "join": select(col(Cadre.id)).join(Unit, col(Unit.id) == col(Cadre.unit_id)),
    "joined": select(col(Cadre.id)).select_from(Unit).join(Cadre, col(Unit.id) == col(Cadre.unit_id)),
    "self join": select(col(Cadre.id)).join(Other, col(Other.id) == col(Cadre.id)),
    "joined alias": select(Other.id).select_from(Unit).join(Other, col(Unit.id) == Other.unit_id),
    "pairs": select(Other.id).select_from(Cadre).join(Other, Other.id >= col(Cadre.id)),
    "outer pairs": select(Other.id)
    .select_from(Cadre)
    .outerjoin(Other, Other.id >= col(Cadre.id))
    .where(Other.id.is_not(None)),
    "cross": select(col(Cadre.id)).where(col(Unit.id) == col(Cadre.unit_id)),
    "case": select(case((col(Cadre.id) == col(Cadre.id), col(Cadre.id)))),
    "distinct": select(col(Cadre.id)).distinct(),
    "grouped": select(col(Cadre.id)).group_by(col(Cadre.id)).having(func.count() == 1),
    "in": select(Other.id).where(Other.id.in_(select(col(Cadre.id)))),
    "tuple in": select(Other.id).where(
        tuple_(Other.id, Other.unit_id).in_(select(col(Cadre.id), col(Cadre.unit_id)))
    ),
    "correlated exists": select(Other.id).where(
        select(col(Cadre.id)).where(col(Cadre.id) == Other.id).exists()
    ),
    "bare exists": select(Other.id).where(exists().where(col(Cadre.id) == Other.id)),
    "load only": select(Cadre).options(load_only(col(Cadre.full_name))),  # type: ignore[arg-type]
    "children": select(col(Assignment.cadre_id)).distinct(),
    "through children": select(col(Cadre.id)).join(Assignment, col(Assignment.cadre_id) == col(Cadre.id)),
}


@pytest.mark.parametrize("who", ["province", "district", "successor", "self", "both", "nobody"])
@pytest.mark.parametrize("shape", PEOPLE)
def test_no_shape_of_select_sees_further(walls: Engine, shape: str, who: str) -> None:
    expected = people_of(CALLERS[who].reach("cadre:read"))
    if "child" in shape:
        expected &= {row["cadre_id"] for row in rows(Assignment)}
    with reading(walls, who) as session:
        found = [getattr(row[0], "id", row[0]) for row in session.execute(PEOPLE[shape])]
    assert set(found) == expected


def _about(condition: Callable[[Any], Any]) -> dict[str, Select[Any]]:
    """Ways to learn of a person without selecting him: each would name his unit."""
    him = condition(Cadre)
    at = col(Cadre.unit_id) == col(Unit.id)
    return {
        "where alone": select(col(Unit.id)).where(at, him),
        "joined": select(col(Unit.id)).join(Cadre, at).where(him),
        "exists": select(col(Unit.id)).where(exists().where(at, him)),
        "exists select": select(col(Unit.id)).where(select(col(Cadre.id)).where(at, him).exists()),
        "exists literal": select(col(Unit.id)).where(select(literal(1)).where(at, him).exists()),
        "exists from": select(col(Unit.id)).where(
            select(literal(1)).select_from(Cadre).where(at, him).exists()
        ),
        "in": select(col(Unit.id)).where(col(Unit.id).in_(select(col(Cadre.unit_id)).where(him))),
        "nested in": select(col(Unit.id)).where(col(Unit.id).in_(select(col(Unit.id)).where(at, him))),
        "scalar": select(col(Unit.id)).where(
            select(func.count(col(Cadre.id))).where(at, him).scalar_subquery() > 0
        ),
        "on clause": select(col(Unit.id)).join(UnitVersion, exists().where(at, him)),
        "union": select(col(Unit.id))
        .where(at, him)
        .union(select(col(Unit.id)).where(at, him))
        .subquery()
        .select(),
        "max": select(func.max(col(Cadre.full_name))).where(him),
        "child": select(col(Assignment.id)).where(
            col(Assignment.cadre_id) == condition(Cadre).left, exists().where(him)
        ),
        "order": select(col(Unit.id)).join(Cadre, at).where(him).order_by(col(Cadre.full_name)),
    }


@pytest.mark.parametrize("how", _about(lambda table: table.id == key("cadre", "x")))
def test_nothing_tells_of_somebody_out_of_sight(walls: Engine, how: str) -> None:
    away, near = world.person("concurrent"), world.person("moved")
    for person, known in ((away, False), (near, True)):
        statement = _about(lambda table, person=person: table.id == person)[how]  # type: ignore[misc]
        with reading(walls, "district") as session:
            found = [value for row in session.execute(statement) for value in row if value is not None]
        assert bool(found) == known, how


def test_outer_joins_count_only_what_is_seen(walls: Engine) -> None:
    statement = (
        select(col(Unit.id), func.count(col(Cadre.id)))
        .outerjoin(Cadre, col(Cadre.unit_id) == col(Unit.id))
        .group_by(col(Unit.id))
    )
    reach = CALLERS["district"].reach("cadre:read")
    with reading(walls, "district") as session:
        counted = {unit: count for unit, count in session.execute(statement) if count}
    assert sum(counted.values()) == len(people_of(reach))
    assert counted.keys() <= units_of(reach)


def test_get_finds_the_seen_and_misses_the_unseen_cold_and_warm(walls: Engine) -> None:
    near, away = world.person("moved"), world.person("concurrent")
    with reading(walls, "district") as session:
        for _ in range(2):
            assert session.get(Cadre, near) is not None
            assert session.get(Cadre, away) is None
        assert session.get_one(Cadre, near).id == near
        found = session.get(Cadre, near)
        session.refresh(found)
        session.expire(found)
        assert found is not None
        assert found.full_name


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_query_of_the_old_style_is_narrowed_too(walls: Engine) -> None:
    expected = people_of(CALLERS["district"].reach("cadre:read"))
    with reading(walls, "district") as session:
        query: Query[Cadre] = session.query(Cadre)
        assert {row.id for row in query} == expected
        assert query.count() == len(expected)
        assert query.filter(col(Cadre.id) == world.person("concurrent")).first() is None


def test_whole_and_root_by_closure_are_two_spellings_of_one_scope(walls: Engine) -> None:
    root = Grant("org_officer", world.unit("tinh"), level=Level.PROVINCE)
    for table in OWNED:
        primary = next(iter(table.__mapper__.primary_key)).name  # type: ignore[attr-defined]
        statement = select(getattr(table, primary))
        with reading(walls, "province") as whole, reading(walls, actor(root)) as closed:
            assert set(whole.scalars(statement)) == set(closed.scalars(statement))
    with reading(walls, "province") as session:
        found = session.execute(select(col(Cadre.id)))
        assert "unit_closure" not in str(found.context.compile_state.statement)  # type: ignore[attr-defined]


def test_scope_is_judged_today_whatever_day_is_read(walls: Engine) -> None:
    """Who moved in June is his new district's, his past included; the old one keeps its own rows of him."""
    moved = world.person("moved")
    statement = select(col(AssignmentSpan.unit_id)).where(col(AssignmentSpan.cadre_id) == moved)
    there, here = world.unit("phong-noi-vu.meo-vac"), world.unit("phong-noi-vu.dong-van")
    with reading(walls, "district") as session:
        assert set(session.scalars(statement)) == {there, here}
    with reading(walls, "neighbour") as session:
        assert session.get(Cadre, moved) is None
        assert set(session.scalars(statement)) == {there}


def test_no_relationships_load_what_no_select_names() -> None:
    """Lazy and eager loads would be narrowed too; there are none. If one comes, begin here."""
    assert [table.__name__ for table in tables() if table.__mapper__.relationships] == []  # type: ignore[attr-defined]
