"""Search by name finds the same persons on both databases, as the plain definition says."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlmodel import Session, col, select

from app.models.base import METADATA, new_id, search_key, sort_key
from app.models.cadre import Cadre
from app.services.database import writing
from app.services.search import name_matches, words_of

CADRE, UNIT = METADATA.tables["cadre"], METADATA.tables["unit"]


def plainly(query: str, names: list[str]) -> list[str]:
    """The definition: each word of the query begins a word of the name."""
    asked = search_key(query.replace("\0", " ")).split()
    return sorted(
        name for name in names if all(any(w.startswith(q) for w in search_key(name).split()) for q in asked)
    )


def insert(connection: Connection, names: list[str]) -> None:
    """Persons of these names, without anything else."""
    unit = new_id()
    now = datetime(2021, 1, 1, tzinfo=UTC)
    connection.execute(UNIT.insert(), [{"id": unit, "version": 1}])
    connection.execute(
        CADRE.insert(),
        [
            {
                "id": new_id(),
                "unit_id": unit,
                "code": f"T-{new_id().hex}",
                "full_name": name,
                "search_key": search_key(name),
                "sort_key": sort_key(name),
                "birth_precision": "day",
                "is_stub": True,
                "recorded_at": now,
                "changed_at": now,
                "version": 1,
            }
            for name in names
        ],
    )


def found(connection: Connection | Engine, query: str) -> list[str]:
    """What the search gives."""
    with Session(connection) as session:
        return sorted(session.exec(select(Cadre.full_name).where(name_matches(session, query))))


NAMES = [
    "Nguyễn Thị Hoa",
    "Nguyễn Thị Hòa",
    "Hoàng Văn Nguyên",
    "Ly A Y",
    "Lý Thị Ý",
    "Vàng Mí Lử",
    "Đặng Thùy Dương",
    'H\'Mông "Ba" 100%',
    "Giàng_A_Páo",
    "Nguyễn Thị Hoa",
]


@pytest.fixture
def filled(engine: Engine) -> Iterator[Connection]:
    with writing(engine).begin() as connection:
        insert(connection, NAMES)
        yield connection


@pytest.mark.parametrize(
    "query",
    [
        "hoa",
        "Hòa nguyễn",
        "thi nguyen",
        "HOA  THỊ",
        "y",
        "a y",
        "ly",
        "ly a",
        "dang thuy duong",
        "guyen",
        "hoan",
        "hoa hoang",
        "%",
        "100%",
        "_",
        "giàng_a",
        '"ba"',
        '"',
        "h'mông",
        "*",
        "hoa OR ly",
        "NOT hoa",
        "nguyen thi hoa nguyen thi hoa",
        "khong co ai",
        "hoa\0nguyen",
        "x" * 5_000,
        "\\",
        "",
        "   ",
    ],
)
def test_each_word_begins_a_word_of_the_name(filled: Connection, query: str) -> None:
    assert found(filled, query) == plainly(query, NAMES)


LETTERS = st.text("aàăâbcdđhnoòuyưlgi '\"%_*-()^", max_size=6)


SHELF = ["Hoàng Gia Lai", "Lý An Bình", "Đỗ Ưu Cao", "Ngô Ý", "Bùi Văn Dũng", "A Lù", "Cao Hà Chi", "Hà U"]


@pytest.fixture
def stocked(engine: Engine) -> Engine:
    with writing(engine).begin() as connection:
        insert(connection, SHELF)
    return engine


def test_any_query_finds_what_the_definition_says(stocked: Engine) -> None:
    @given(query=st.lists(LETTERS, max_size=4).map(" ".join))
    def check(query: str) -> None:
        assert found(stocked, query) == plainly(query, SHELF)

    check()


def test_a_changed_name_is_found_by_its_new_form_alone(filled: Connection) -> None:
    filled.execute(
        CADRE.update()
        .where(CADRE.c.full_name == "Vàng Mí Lử")
        .values(full_name="Sùng Mí Lử", search_key=search_key("Sùng Mí Lử"))
    )
    assert found(filled, "sung lu") == ["Sùng Mí Lử"]
    assert found(filled, "vang") == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_index_outlives_a_vacuum_and_is_consistent(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        insert(connection, NAMES)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("VACUUM")
    with writing(engine).begin() as connection:
        connection.execute(
            text("INSERT INTO cadre_search (cadre_search, rank) VALUES ('integrity-check', 1)")
        )
        assert found(connection, "thuy duong") == ["Đặng Thùy Dương"]


def test_the_search_asks_the_index(engine: Engine) -> None:
    with Session(engine) as session:
        compiled = select(col(Cadre.id)).where(name_matches(session, "hoa nguyen")).compile(engine)
        connection = session.connection()
        if engine.dialect.name == "sqlite":
            values = tuple(compiled.params[name] for name in compiled.positiontup or ())
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values).all()
            assert any("VIRTUAL TABLE INDEX" in str(row) for row in plan)
            assert any("SEARCH cadre USING" in str(row) for row in plan)
        else:
            connection.exec_driver_sql("SET enable_seqscan = off")
            plan = connection.exec_driver_sql(f"EXPLAIN {compiled}", compiled.params).all()
            assert any("cadre_search_words" in str(row) for row in plan)


def test_words_that_another_contains_are_asked_once() -> None:
    assert words_of("Ho hoa HÒA a anh") == ["anh", "hoa"]
    assert words_of("a b c d e f g h i k") == list("abcdefgh")
