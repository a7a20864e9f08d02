"""What the scope can't see through is refused, whoever asks; everywhere() says why."""

from typing import Any

import pytest
from sqlalchemy import (
    Engine,
    Executable,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    true,
    union,
    update,
)
from sqlalchemy.orm import registry
from sqlmodel import Session, col

from app.models.cadre import Cadre
from app.models.record import Kinship
from app.models.unit import Unit
from app.services.database import MIGRATES
from app.services.scope import Scope, ScopedSession, ScopeError, everywhere
from tests import world
from tests.services.scope.callers import (
    CADRE,
    TODAY,
    Other,
    Twin,
    reading,
    rows,
    writing_as,
)

_OPAQUE: dict[str, Any] = {
    "no entity": select(literal(1)),
    "bare table": select(CADRE.c.full_name),
    "bare count": select(func.count()).select_from(CADRE),
    "window without a column": select(func.first_value(col(Cadre.id)).over(partition_by=col(Cadre.id))),
    "window in a subquery": select(col(Unit.id)).where(
        col(Unit.id).in_(select(func.first_value(col(Cadre.id)).over(partition_by=col(Cadre.id))))
    ),
    "bare beside an entity": select(col(Unit.id), CADRE.c.full_name),
    "bare from": select(col(Unit.id)).select_from(CADRE),
    "bare alias": select(col(Unit.id), CADRE.alias().c.full_name),
    "bare alias joined": select(col(Unit.id)).join(CADRE.alias(), true()),
    "bare alias beside its class": select(col(Cadre.id), CADRE.alias().c.full_name),
    "bare beside an alias": select(Other.id, CADRE.c.full_name),
    "bare alias in exists": select(Other.id).where(exists(select(CADRE.alias().c.id))),
    "bare from in exists": select(col(Cadre.id)).where(exists(select(Unit.id).select_from(CADRE))),  # type: ignore[call-overload]
    "sample": select(col(Cadre.id), CADRE.tablesample(10).c.full_name),
    "bare join": select(col(Unit.id)).join(CADRE, true()),
    "bare join of tables": select(col(Unit.id)).select_from(Unit.__table__.join(CADRE, true())),  # type: ignore[attr-defined]
    "bare exists": select(col(Unit.id)).where(exists().where(CADRE.c.full_name == "x")),
    "bare exists from": select(col(Unit.id)).where(exists(select(literal(1)).select_from(CADRE))),
    "bare in": select(col(Unit.id)).where(col(Unit.id).in_(select(CADRE.c.unit_id))),
    "bare cte": select(col(Unit.id)).where(col(Unit.id).in_(select(select(CADRE.c.unit_id).cte().c.unit_id))),
    "bare union": select(col(Unit.id)).where(
        col(Unit.id).in_(union(select(CADRE.c.unit_id), select(col(Unit.id))))
    ),
    "bare order": select(col(Unit.id)).order_by(select(func.count(CADRE.c.id)).scalar_subquery()),
    "raw text": select(col(Unit.id)).where(text("exists (select 1 from cadre)")),
    "raw column": select(col(Unit.id), literal_column("(select max(full_name) from cadre)")),
    "raw subquery": select(col(Unit.id), text("select id from cadre").columns(CADRE.c.id).subquery().c.id),
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
    class Shadow:
        id: Any

    mapping = registry()
    mapping.map_imperatively(Shadow, CADRE)
    try:
        with reading(walls, "district") as session, pytest.raises(ScopeError, match="the class Shadow"):
            session.scalars(select(Shadow.id)).all()
    finally:
        mapping.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        update(Cadre).values(full_name="x"),
        delete(Cadre),
        insert(Cadre).values(full_name="x"),
        update(Cadre).values(full_name="x").returning(col(Cadre.id)),
    ],
    ids=["update", "delete", "insert", "returning"],
)
def test_statements_in_bulk_are_refused(walls: Engine, statement: Executable) -> None:
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
            select(col(Cadre.id)),
            select(CADRE),
            text("select 1"),
            union(select(col(Unit.id)), select(col(Unit.id))),
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
        plain.exec(select(col(Cadre.id)))  # type: ignore[call-overload]


def test_migrations_alone_are_let_be(walls: Engine) -> None:
    with walls.connect().execution_options(**{MIGRATES: True}) as connection:
        assert connection.execute(text("select 1")).scalar() == 1
        assert connection.exec_driver_sql("select count(*) from cadre").scalar() == len(rows(Cadre))


def test_a_session_needs_a_scope_and_keeps_it(walls: Engine) -> None:
    with pytest.raises(TypeError):
        ScopedSession(walls)  # type: ignore[call-arg]
    with reading(walls, "district") as session, pytest.raises(AttributeError):
        session.scope = Scope.house(TODAY, "x")  # type: ignore[misc]


def test_everywhere_reads_columns_and_says_why(walls: Engine) -> None:
    away = world.person("concurrent")
    with reading(walls, "district") as session:
        found = everywhere(session, because="kinship").execute(
            select(col(Cadre.id), col(Cadre.full_name)).where(col(Cadre.id) == away)
        )
        assert [row.id for row in found] == [away]
        assert session.trail.everywhere == ["kinship"]
        # It leaves nothing behind that a later read could find.
        assert session.get(Cadre, away) is None
        assert session.scalars(select(col(Cadre.id)).where(col(Cadre.id) == away)).all() == []


def test_everywhere_gives_no_objects_of_other_units(walls: Engine) -> None:
    with reading(walls, "district") as session:
        for statement in (
            select(Cadre),
            select(Other),
            select(col(Unit.id), Kinship),
            select(Twin),
        ):
            with pytest.raises(ScopeError, match="objects"):
                everywhere(session, because="x").execute(statement)
        assert everywhere(session, because="x").scalars(select(Unit)).first() is not None


def test_the_option_alone_opens_nothing(walls: Engine) -> None:
    with reading(walls, "district") as session, pytest.raises(ScopeError):
        session.execute(select(col(Cadre.id)), execution_options={"everywhere": "because I say so"})
