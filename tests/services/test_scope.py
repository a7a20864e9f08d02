"""Row-level scope: no select sees past it, no write reaches past it, and what can't be judged is refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import cache
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
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    true,
    tuple_,
    union,
    union_all,
    update,
)
from sqlalchemy.orm import Bundle, Query, aliased, load_only, make_transient_to_detached, registry
from sqlmodel import Session, SQLModel, col

from app.models.access import Principal, PrincipalKind
from app.models.assignment import Assignment, AssignmentKind, AssignmentSpan
from app.models.audit import AuditEvent
from app.models.base import tables
from app.models.cadre import Cadre, Sex
from app.models.code import CodeItem, Ethnicity
from app.models.post import Post
from app.models.record import Kinship, Relation
from app.models.title import ManagedBy, Title
from app.models.unit import Level, Unit, UnitClosure, UnitVersion, Via
from app.services import bulk, closure
from app.services.database import MIGRATES, writing
from app.services.errors import Denied
from app.services.scope import Actor, Grant, Reach, Scope, ScopedSession, ScopeError, everywhere, guard_engine
from app.settings import Settings
from tests import world
from tests.conftest import Cluster, fill_world, make_settings
from tests.world.rows import Rows, key

TODAY = date(2021, 12, 31)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def walls(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A guarded engine on the test world; nobody commits on it."""
    from app.services.database import build_engine

    cluster.template("world", fill_world)
    folder = tmp_path_factory.mktemp("walls")
    url = cluster.copy("world", folder)
    engine = build_engine(make_settings(folder, url))
    guard_engine(engine)
    yield engine
    engine.dispose()
    cluster.drop(url)


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


# --- the oracle ------------------------------------------------------------------------------------


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


def sees(reach: Reach, table: Any, row: dict[str, Any]) -> bool:
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


def test_the_oracle_tells_callers_apart() -> None:
    seen = {name: len(people_of(who.reach("cadre:read"))) for name, who in CALLERS.items()}
    assert seen["province"] == len(rows(Cadre)) > 250
    assert seen["sysadmin"] == seen["nobody"] == seen["dissolved"] == 0
    assert seen["self"] == 1
    assert 1 < seen["commune"] < seen["two"] < seen["district"] < seen["province"]
    # Who died in office keeps his file at the dissolved commune; the successor sees it.
    assert world.person("dissolved.retired") in people_of(CALLERS["successor"].reach("cadre:read"))


# --- reading ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", CALLERS)
@pytest.mark.parametrize("table", OWNED, ids=lambda table: table.__name__)
def test_each_table_shows_a_caller_his_own_rows_alone(walls: Engine, table: Any, who: str) -> None:
    reach = CALLERS[who].reach("cadre:read")
    primary = next(iter(table.__mapper__.primary_key)).name
    expected = {row[primary] for row in rows(table) if sees(reach, table, row)}
    with reading(walls, who) as session:
        assert set(session.scalars(select(getattr(table, primary)))) == expected
        assert session.scalar(select(func.count()).select_from(table)) == len(expected)


@pytest.mark.parametrize("who", ["district", "self", "nobody"])
@pytest.mark.parametrize("table", READ_BY_ALL, ids=lambda table: table.__name__)
def test_reference_data_is_everybodys(walls: Engine, table: Any, who: str) -> None:
    with reading(walls, who) as session:
        seen = session.scalar(select(func.count()).select_from(table))
    # Code lists come with the migrations, everything else with the world.
    assert seen if table in {CodeItem, Ethnicity} else seen == len(rows(table))


Other = aliased(Cadre)
_BASE = select(Cadre.id, Cadre.unit_id, Cadre.full_name)
_CTE = _BASE.cte("people")
_SUB = _BASE.subquery()
_WHOLE = select(Cadre).subquery()
_UNION = union_all(select(Cadre.id), select(Other.id)).subquery()

PEOPLE: dict[str, Any] = {
    "entity": select(Cadre),
    "column": select(Cadre.id),
    "alias": select(Other.id),
    "alias of a subquery": select(aliased(Cadre, _WHOLE).id),
    "entity of a subquery": select(aliased(Cadre, _WHOLE)),
    "subquery": select(_SUB.c.id),
    "cte": select(_CTE.c.id),
    "union": union(select(Cadre.id), select(Other.id)),
    "union in a subquery": select(_UNION.c.id),
    "bundle": select(Bundle("b", Cadre.id)),  # type: ignore[arg-type]
    "join": select(Cadre.id).join(Unit, col(Unit.id) == col(Cadre.unit_id)),
    "joined": select(Cadre.id).select_from(Unit).join(Cadre, col(Unit.id) == col(Cadre.unit_id)),
    "self join": select(Cadre.id).join(Other, col(Other.id) == col(Cadre.id)),
    "joined alias": select(Other.id).select_from(Unit).join(Other, col(Unit.id) == Other.unit_id),
    "pairs": select(Other.id).select_from(Cadre).join(Other, Other.id >= col(Cadre.id)),
    "outer pairs": select(Other.id)
    .select_from(Cadre)
    .outerjoin(Other, Other.id >= col(Cadre.id))
    .where(Other.id.is_not(None)),
    "cross": select(Cadre.id).where(col(Unit.id) == col(Cadre.unit_id)),
    "case": select(case((col(Cadre.id) == col(Cadre.id), Cadre.id))),
    "distinct": select(Cadre.id).distinct(),
    "grouped": select(Cadre.id).group_by(Cadre.id).having(func.count() == 1),
    "in": select(Other.id).where(Other.id.in_(select(Cadre.id))),
    "tuple in": select(Other.id).where(tuple_(Other.id, Other.unit_id).in_(select(Cadre.id, Cadre.unit_id))),
    "correlated exists": select(Other.id).where(select(Cadre.id).where(col(Cadre.id) == Other.id).exists()),
    "bare exists": select(Other.id).where(exists().where(col(Cadre.id) == Other.id)),
    "load only": select(Cadre).options(load_only(Cadre.full_name)),  # type: ignore[arg-type]
    "children": select(Assignment.cadre_id).distinct(),
    "through children": select(Cadre.id).join(Assignment, col(Assignment.cadre_id) == col(Cadre.id)),
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
        "where alone": select(Unit.id).where(at, him),
        "joined": select(Unit.id).join(Cadre, at).where(him),
        "exists": select(Unit.id).where(exists().where(at, him)),
        "exists select": select(Unit.id).where(select(Cadre.id).where(at, him).exists()),
        "exists literal": select(Unit.id).where(select(literal(1)).where(at, him).exists()),
        "exists from": select(Unit.id).where(select(literal(1)).select_from(Cadre).where(at, him).exists()),
        "in": select(Unit.id).where(col(Unit.id).in_(select(Cadre.unit_id).where(him))),
        "nested in": select(Unit.id).where(col(Unit.id).in_(select(Unit.id).where(at, him))),
        "scalar": select(Unit.id).where(select(func.count(Cadre.id)).where(at, him).scalar_subquery() > 0),
        "on clause": select(Unit.id).join(UnitVersion, exists().where(at, him)),
        "union": select(Unit.id).where(at, him).union(select(Unit.id).where(at, him)).subquery().select(),
        "max": select(func.max(Cadre.full_name)).where(him),
        "child": select(Assignment.id).where(
            col(Assignment.cadre_id) == condition(Cadre).left, exists().where(him)
        ),
        "order": select(Unit.id).join(Cadre, at).where(him).order_by(Cadre.full_name),
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
        select(Unit.id, func.count(Cadre.id))
        .outerjoin(Cadre, col(Cadre.unit_id) == col(Unit.id))
        .group_by(Unit.id)
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
        found = session.execute(select(Cadre.id))
        assert "unit_closure" not in str(found.context.compile_state.statement)  # type: ignore[attr-defined]


def test_scope_is_judged_today_whatever_day_is_read(walls: Engine) -> None:
    """Who moved in June is his new district's, his past included; the old one keeps its own rows of him."""
    moved = world.person("moved")
    statement = select(AssignmentSpan.unit_id).where(col(AssignmentSpan.cadre_id) == moved)
    there, here = world.unit("phong-noi-vu.meo-vac"), world.unit("phong-noi-vu.dong-van")
    with reading(walls, "district") as session:
        assert set(session.scalars(statement)) == {there, here}
    with reading(walls, "neighbour") as session:
        assert session.get(Cadre, moved) is None
        assert set(session.scalars(statement)) == {there}


def test_no_relationships_load_what_no_select_names() -> None:
    """Lazy and eager loads would be narrowed too; there are none, and this test is where to begin if one comes."""
    assert [table.__name__ for table in tables() if table.__mapper__.relationships] == []  # type: ignore[attr-defined]


# --- what the scope can't see through ----------------------------------------------------------------

CADRE = Cadre.__table__  # type: ignore[attr-defined]
_OPAQUE: dict[str, Any] = {
    "no entity": select(literal(1)),
    "bare table": select(CADRE.c.full_name),
    "bare count": select(func.count()).select_from(CADRE),
    "window without a column": select(func.first_value(Cadre.id).over(partition_by=Cadre.id)),
    "window in a subquery": select(Unit.id).where(
        col(Unit.id).in_(select(func.first_value(Cadre.id).over(partition_by=Cadre.id)))
    ),
    "bare beside an entity": select(Unit.id, CADRE.c.full_name),
    "bare from": select(Unit.id).select_from(CADRE),
    "bare alias": select(Unit.id, CADRE.alias().c.full_name),
    "bare alias joined": select(Unit.id).join(CADRE.alias(), true()),
    "bare join": select(Unit.id).join(CADRE, true()),
    "bare join of tables": select(Unit.id).select_from(Unit.__table__.join(CADRE, true())),  # type: ignore[attr-defined]
    "bare exists": select(Unit.id).where(exists().where(CADRE.c.full_name == "x")),
    "bare exists from": select(Unit.id).where(exists(select(literal(1)).select_from(CADRE))),
    "bare in": select(Unit.id).where(col(Unit.id).in_(select(CADRE.c.unit_id))),
    "bare cte": select(Unit.id).where(col(Unit.id).in_(select(select(CADRE.c.unit_id).cte().c.unit_id))),
    "bare union": select(Unit.id).where(col(Unit.id).in_(union(select(CADRE.c.unit_id), select(Unit.id)))),
    "bare order": select(Unit.id).order_by(select(func.count(CADRE.c.id)).scalar_subquery()),
    "raw text": select(Unit.id).where(text("exists (select 1 from cadre)")),
    "raw column": select(Unit.id, literal_column("(select max(full_name) from cadre)")),
    "raw subquery": select(Unit.id, text("select id from cadre").columns(CADRE.c.id).subquery().c.id),
    "from statement": select(Cadre).from_statement(text("select * from cadre")),
    "from a select": select(Cadre).from_statement(select(Cadre)),
    "text": text("select 1"),
}


@pytest.mark.parametrize("what", _OPAQUE)
@pytest.mark.parametrize("who", ["province", "district"])
@pytest.mark.filterwarnings("ignore:SELECT statement has a cartesian product")
def test_what_cannot_be_narrowed_is_refused(walls: Engine, what: str, who: str) -> None:
    with reading(walls, who) as session, pytest.raises(ScopeError):
        session.execute(_OPAQUE[what]).all()


def test_a_second_class_on_our_table_is_refused(walls: Engine) -> None:
    class Twin:
        id: UUID

    mapping = registry()
    mapping.map_imperatively(Twin, CADRE)
    try:
        with reading(walls, "district") as session, pytest.raises(ScopeError, match="the class Twin"):
            session.scalars(select(Twin.id)).all()
    finally:
        mapping.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        update(Cadre).values(full_name="x"),
        delete(Cadre),
        insert(Cadre).values(full_name="x"),
        update(Cadre).values(full_name="x").returning(Cadre.id),
    ],
    ids=["update", "delete", "insert", "returning"],
)
def test_statements_in_bulk_are_refused(walls: Engine, statement: Any) -> None:
    with writing_as(walls, "province") as session, pytest.raises(ScopeError):
        session.execute(statement)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_style_bulk_is_refused(walls: Engine) -> None:
    with writing_as(walls, "province") as session:
        with pytest.raises(ScopeError):
            session.query(Cadre).update({"full_name": "x"})
        with pytest.raises(ScopeError):
            session.query(Cadre).delete()


def test_the_engine_refuses_whoever_comes_without_a_session(walls: Engine) -> None:
    with walls.connect() as connection:
        for statement in (
            select(Cadre.id),
            select(CADRE),
            text("select 1"),
            union(select(Unit.id), select(Unit.id)),
        ):
            with pytest.raises(ScopeError):
                connection.execute(statement)
        for raw in (
            "select 1",
            " SELECT full_name FROM cadre",
            "with x as (select 1) select * from x",
            "(select 1)",
        ):
            with pytest.raises(ScopeError):
                connection.exec_driver_sql(raw)
    with Session(walls) as plain, pytest.raises(ScopeError):
        plain.exec(select(Cadre.id))  # type: ignore[call-overload]


def test_migrations_alone_are_let_be(walls: Engine) -> None:
    with walls.connect().execution_options(**{MIGRATES: True}) as connection:
        assert connection.execute(text("select 1")).scalar() == 1
        assert connection.exec_driver_sql("select count(*) from cadre").scalar() == len(rows(Cadre))


def test_a_session_needs_a_scope_and_keeps_it(walls: Engine) -> None:
    with pytest.raises(TypeError):
        ScopedSession(walls)  # type: ignore[call-arg]
    with reading(walls, "district") as session, pytest.raises(AttributeError):
        session.scope = Scope.house(TODAY, "x")  # type: ignore[misc]


# --- everywhere ------------------------------------------------------------------------------------


def test_everywhere_reads_columns_and_says_why(walls: Engine) -> None:
    away = world.person("concurrent")
    with reading(walls, "district") as session:
        found = everywhere(session, because="kinship").execute(
            select(Cadre.id, Cadre.full_name).where(col(Cadre.id) == away)
        )
        assert [row.id for row in found] == [away]
        assert session.trail.everywhere == ["kinship"]
        # It leaves nothing behind that a later read could find.
        assert session.get(Cadre, away) is None
        assert session.scalars(select(Cadre.id).where(col(Cadre.id) == away)).all() == []


def test_everywhere_gives_no_objects_of_other_units(walls: Engine) -> None:
    with reading(walls, "district") as session:
        for statement in (
            select(Cadre),
            select(Other),
            select(Unit.id, Kinship),
            select(aliased(Cadre, _WHOLE)),
        ):
            with pytest.raises(ScopeError, match="objects"):
                everywhere(session, because="x").execute(statement)
        assert everywhere(session, because="x").scalars(select(Unit)).first() is not None


def test_the_option_alone_opens_nothing(walls: Engine) -> None:
    with reading(walls, "district") as session, pytest.raises(ScopeError):
        session.execute(select(Cadre.id), execution_options={"everywhere": "because I say so"})


# --- writing ---------------------------------------------------------------------------------------


def newcomer(place: str, **values: Any) -> Cadre:
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


def test_inside_a_person_is_edited_and_the_version_rises_once(walls: Engine) -> None:
    with writing_as(walls, "district") as session:
        person = session.get_one(Cadre, world.person("moved"))
        before = person.version
        person.phone = "0219000001"
        session.add(kin(person.id))
        session.flush()
        person.phone = "0219000002"
        session.flush()
        assert person.version == before + 1


def test_inside_a_person_is_added_and_begins_at_one(walls: Engine) -> None:
    with writing_as(walls, "district") as session:
        person = newcomer("phong-noi-vu.dong-van")
        session.add(person)
        session.flush()
        session.add(kin(person.id))
        session.flush()
        assert person.version == 1


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("district", "phong-noi-vu.meo-vac"),
        ("district", "tinh"),
        ("district", "niem-tong"),
        ("nobody", "dong-van"),
    ],
)
def test_nobody_is_added_outside(walls: Engine, who: str, place: str) -> None:
    with writing_as(walls, who) as session:
        session.add(newcomer(place))
        with pytest.raises(Denied):
            session.flush()


def test_nobody_is_moved_out_or_in(walls: Engine) -> None:
    with writing_as(walls, "district") as session:
        session.get_one(Cadre, world.person("moved")).unit_id = world.unit("meo-vac")
        with pytest.raises(Denied):
            session.flush()
    both = actor(grant("org_officer", "dong-van"), grant("approver", "meo-vac"))
    with writing_as(walls, both) as session:
        # He sees the person, and writes where the person would come to, but not where he is.
        session.get_one(Cadre, world.person("spouse-of-btc.dongvan")).unit_id = world.unit("dong-van")
        with pytest.raises(Denied):
            session.flush()


def test_what_is_seen_but_not_held_is_not_written(walls: Engine) -> None:
    both = actor(grant("org_officer", "dong-van"), grant("approver", "meo-vac"))
    with writing_as(walls, both) as session:
        person = session.get_one(Cadre, world.person("spouse-of-btc.dongvan"))
        person.phone = "0219000001"
        with pytest.raises(Denied):
            session.flush()


@pytest.mark.parametrize("who", ["province", "district"])
def test_reading_permissions_write_nothing(walls: Engine, who: str) -> None:
    for change in (lambda person: setattr(person, "phone", "0219000001"), None):
        with writing_as(walls, who, "cadre:read") as session:
            person = session.get_one(Cadre, world.person("moved"))
            if change is not None:
                change(person)
            else:
                session.add(kin(person.id))
            with pytest.raises(Denied):
                session.flush()


def test_rows_of_a_person_outside_are_neither_added_nor_taken_over(walls: Engine) -> None:
    near, away = world.person("moved"), world.person("concurrent")
    with writing_as(walls, "district") as session:
        session.add(kin(away))
        with pytest.raises(Denied):
            session.flush()
    with writing_as(walls, "district") as session:
        row = kin(near)
        session.add(row)
        session.flush()
        row.cadre_id = away
        with pytest.raises(Denied):
            session.flush()


def span(person: UUID, place: str) -> AssignmentSpan:
    post = next(row for row in rows(Post) if row["unit_id"] == world.unit(place))
    return AssignmentSpan(
        assignment_id=next(row["id"] for row in rows(Assignment) if row["cadre_id"] == person),
        cadre_id=person,
        unit_id=world.unit(place),
        post_id=post["id"],
        title_id=post["title_id"],
        seat_no=900,
        kind=AssignmentKind.CONCURRENT,
        is_main=False,
        valid_from=TODAY,
    )


@pytest.mark.parametrize(
    ("person", "place", "good"),
    [
        ("moved", "phong-noi-vu.dong-van", True),
        ("moved", "phong-noi-vu.meo-vac", False),
        ("concurrent", "phong-noi-vu.dong-van", False),
    ],
)
def test_a_row_of_unit_and_person_needs_both(walls: Engine, person: str, place: str, good: bool) -> None:  # noqa: FBT001
    with writing_as(walls, "district", "assignment:write") as session:
        session.add(span(world.person(person), place))
        if good:
            session.flush()
        else:
            with pytest.raises(Denied):
                session.flush()


def test_an_old_value_that_is_unknown_is_refused(walls: Engine) -> None:
    """An object made to look loaded says nothing of where the row really is."""
    away = world.person("concurrent")
    for values in ({"unit_id": world.unit("dong-van")}, {"phone": "0219000001"}):
        with writing_as(walls, "district") as session:
            forged = Cadre(id=away)
            make_transient_to_detached(forged)
            session.add(forged)
            for name, value in values.items():
                setattr(forged, name, value)
            with pytest.raises((ScopeError, Denied)):
                session.flush()


def test_merging_somebody_from_outside_does_not_take_him_over(walls: Engine) -> None:
    away = world.person("concurrent")
    with writing_as(walls, "district") as session:
        session.merge(newcomer("dong-van", id=away))
        with pytest.raises(Exception, match=r"UNIQUE|unique|duplicate"):
            session.flush()


def test_nothing_is_deleted(walls: Engine) -> None:
    with writing_as(walls, "province") as session:
        session.delete(session.get_one(Cadre, world.person("moved")))
        with pytest.raises(ScopeError):
            session.flush()


def test_no_savepoints(walls: Engine) -> None:
    with writing_as(walls, "province") as session, pytest.raises(ScopeError):
        session.begin_nested()


# --- who is managed above, stubs, one's own ----------------------------------------------------------


def _managed(by: ManagedBy, reach: Reach) -> UUID:
    return next(row["id"] for row in rows(Cadre) if row["managed_by"] == by and sees_person(reach, row))


@pytest.mark.parametrize(
    ("body", "good"),
    [
        (ManagedBy.PROVINCE_COMMITTEE, False),
        (ManagedBy.DISTRICT_COMMITTEE, True),
        (ManagedBy.COMMUNE_COMMITTEE, True),
    ],
)
def test_a_district_writes_persons_managed_at_or_below_its_level(
    walls: Engine,
    body: ManagedBy,
    good: bool,  # noqa: FBT001
) -> None:
    person = _managed(body, CALLERS["district"].reach("cadre:read"))
    for lowered in (False, True):
        with writing_as(walls, "district") as session:
            row = session.get_one(Cadre, person)
            row.phone = "0219000001"
            if lowered:
                # In one breath with the edit, it opens nothing.
                row.managed_by = None
            if good:
                session.flush()
            else:
                with pytest.raises(Denied):
                    session.flush()
    with writing_as(walls, "province") as session:
        session.get_one(Cadre, person).phone = "0219000001"
        session.flush()


def test_of_two_grants_the_lower_one_says_who_may_be_written(walls: Engine) -> None:
    two = actor(grant("org_officer", "dong-van"), grant("org_officer", "ta-lung-mv"))
    person = _managed(ManagedBy.DISTRICT_COMMITTEE, CALLERS["district"].reach("cadre:read"))
    with writing_as(walls, two) as session:
        session.get_one(Cadre, person).phone = "0219000001"
        with pytest.raises(Denied):
            session.flush()


def test_centrally_managed_persons_are_stubs_for_every_officer(walls: Engine) -> None:
    for values in (
        {"full_name": "Ai Khác"},
        {"is_stub": False, "birth_date": date(1970, 1, 1), "sex": Sex.MALE},
    ):
        with writing_as(walls, "province") as session:
            row = session.get_one(Cadre, world.person("stub.secretary"))
            for name, value in values.items():
                setattr(row, name, value)
            with pytest.raises(Denied):
                session.flush()


@pytest.mark.parametrize("person", ["btc.dongvan", "spouse-of-btc.dongvan"])
def test_nobody_writes_his_own_record_nor_his_spouses(walls: Engine, person: str) -> None:
    officer = actor(grant("org_officer", "tinh"), cadre="btc.dongvan")
    with writing_as(walls, officer) as session:
        session.get_one(Cadre, world.person(person)).phone = "0219000001"
        with pytest.raises(Denied):
            session.flush()
    with writing_as(walls, officer) as session:
        session.add(kin(world.person(person)))
        with pytest.raises(Denied):
            session.flush()
    with writing_as(walls, "province") as session:
        session.get_one(Cadre, world.person(person)).phone = "0219000001"
        session.flush()


@pytest.mark.parametrize("relation", [Relation.CHILD, Relation.FATHER, Relation.MOTHER, Relation.SIBLING])
@pytest.mark.parametrize("turned", [False, True])
def test_nobody_writes_his_childs_or_parents_record(walls: Engine, relation: Relation, turned: bool) -> None:  # noqa: FBT001
    """Whichever of the two files the link stands in."""
    one, other = world.person("btc.dongvan"), world.person("moved")
    officer = actor(grant("org_officer", "tinh"), cadre="btc.dongvan")
    with bound(walls) as connection:
        with ScopedSession(connection, Scope.house(TODAY, "a link")) as house:
            house.add(kin(other, relation, one) if turned else kin(one, relation, other))
            house.flush()
            house.commit()
        with ScopedSession(connection, Scope.of(officer, "cadre:write", TODAY, "w")) as session:
            session.get_one(Cadre, other).phone = "0219000001"
            if relation == Relation.SIBLING:
                session.flush()
            else:
                with pytest.raises(Denied):
                    session.flush()


@contextmanager
def bound(engine: Engine) -> Iterator[Connection]:
    """One transaction that several sessions share, rolled back whatever they commit."""
    with writing(engine).connect() as connection:
        transaction = connection.begin()
        yield connection
        if transaction.is_active:
            transaction.rollback()


# --- reference and system rows ---------------------------------------------------------------------


def test_reference_data_is_written_over_the_whole_tree_alone(walls: Engine) -> None:
    for who, permission, good in (("district", "cadre:write", False), ("province", "title:write", True)):
        with writing_as(walls, who, permission) as session:
            session.add(Title(code="ZZ.99"))
            if good:
                session.flush()
            else:
                with pytest.raises(Denied):
                    session.flush()


def test_a_units_own_reference_rows_are_written_inside_alone(walls: Engine) -> None:
    title = rows(Title)[0]["id"]
    for place, good in (("truong.dong-van", True), ("truong.meo-vac", False)):
        taken = {row["title_id"] for row in rows(Post) if row["unit_id"] == world.unit(place)}
        free = next(row["id"] for row in rows(Title) if row["id"] not in taken)
        with writing_as(walls, "district", "post:write") as session:
            session.add(Post(unit_id=world.unit(place), title_id=free))
            if good:
                session.flush()
            else:
                with pytest.raises(Denied):
                    session.flush()
    assert title


@pytest.mark.parametrize("permission", ["cadre:write", "session:own", "title:write"])
def test_accounts_are_not_written_on_the_way(walls: Engine, permission: str) -> None:
    """Not even by who may write the whole tree; his own sessions give him no say over grants."""
    from app.models.access import RoleGrant

    with writing_as(walls, "province", permission) as session:
        session.add(
            RoleGrant(
                principal_id=key("principal", "btc.tinh"),
                role="approver",
                unit_id=world.unit("tinh"),
                valid_from=TODAY,
            )
        )
        with pytest.raises(Denied):
            session.flush()
    if permission != "session:own":
        with writing_as(walls, "province", permission) as session:
            session.get_one(Principal, key("principal", "btc.dongvan")).disabled_at = None
            session.add(Principal(kind=PrincipalKind.PERSON, username="zz", display_name="zz"))
            with pytest.raises(Denied):
                session.flush()


def test_a_system_administrator_sees_and_writes_no_person(walls: Engine) -> None:
    for permission in ("cadre:read", "account:write", "session:own"):
        with writing_as(walls, "sysadmin", permission) as session:
            for table in OWNED:
                assert session.scalar(select(func.count()).select_from(table)) == 0
            session.add(newcomer("dong-van"))
            with pytest.raises(Denied):
                session.flush()


def test_audit_events_are_written_once(walls: Engine) -> None:
    from app.models.audit import Outcome
    from app.services import audit

    context = audit.Context(None, "t", "t", "r")
    with writing_as(walls, "province") as session:
        audit.record(session, audit.event_row(context, action="x", outcome=Outcome.DONE))
        session.flush()
        row = session.scalars(select(AuditEvent)).one()
        row.reason = "rewritten"
        with pytest.raises(ScopeError):
            session.flush()
        session.expunge(row)
    with writing_as(walls, "province") as session:
        audit.record(session, audit.event_row(context, action="x", outcome=Outcome.DONE))
        session.flush()
        session.delete(session.scalars(select(AuditEvent)).one())
        with pytest.raises(ScopeError):
            session.flush()


# --- splits and ends of units ----------------------------------------------------------------------

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
        return {int(code[3:]) for code in session.scalars(select(Cadre.code))}


# --- properties ------------------------------------------------------------------------------------

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
            assert set(session.scalars(select(Cadre.id))) == expected
            assert session.scalar(select(func.count(Cadre.id))) == len(expected)
            owners = [key("fuzz", str(number)) for number in relatives if number < len(units)]
            found = session.scalars(select(Kinship.cadre_id)).all()
            assert sorted(found) == sorted(owner for owner in owners if owner in expected)
            for number in range(len(units)):
                person = key("fuzz", str(number))
                assert (session.get(Cadre, person) is not None) == (person in expected)
        with ScopedSession(connection, Scope("x", TODAY, reads=Reach(whole=True))) as session:
            assert session.units_within(reach, set(UNITS)) == (
                set(UNITS) if reach.whole else beneath(edges, reach)
            )


Wrap = Callable[[Select[Any]], Select[Any]]
WRAPS: dict[str, Wrap] = {
    "alias": lambda inner: (lambda other: select(other.id).where(other.id.in_(inner)))(aliased(Cadre)),
    "cte": lambda inner: select(inner.cte().c[0]),
    "subquery": lambda inner: select(inner.subquery().c[0]),
    "union": lambda inner: select(union(inner, select(Cadre.id)).subquery().c[0]),
    "through kin": lambda inner: select(Kinship.cadre_id).where(col(Kinship.cadre_id).in_(inner)),
    "up from kin": lambda inner: select(Cadre.id).join(
        Kinship, (col(Kinship.cadre_id) == col(Cadre.id)) & col(Cadre.id).in_(inner)
    ),
    "exists": lambda inner: (
        lambda other: select(other.id).where(
            exists().where(col(Cadre.unit_id) == other.unit_id, col(Cadre.id).in_(inner))
        )
    )(aliased(Cadre)),
    "not": lambda inner: (lambda other: select(other.id).where(other.id.not_in(inner)))(aliased(Cadre)),
    "colleagues": lambda inner: (
        lambda other: (
            select(other.id)
            .select_from(Cadre)
            .outerjoin(other, other.unit_id == Cadre.unit_id)
            .where(col(Cadre.id).in_(inner), other.id.is_not(None))
        )
    )(aliased(Cadre)),
    "case": lambda inner: select(case((col(Cadre.id).in_(inner), Cadre.id), else_=Cadre.id)),
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
    statement: Select[Any] = select(Cadre.id)
    for name in wraps:
        statement = WRAPS[name](statement)
    with (
        fuzzed(bare, edges, units, relatives) as connection,
        ScopedSession(connection, Scope("cadre:read", TODAY, reads=reach)) as session,
    ):
        assert set(session.scalars(statement)) <= allowed(edges, units, reach)
