"""No two live rows of one key overlap: the database refuses them, whoever writes, on both databases."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

import app.models  # noqa: F401 - maps every table
from app.models.base import METADATA, Guard, guards, new_id, utc_now
from app.services.database import migrate, writing
from tests import raw
from tests.conftest import Cluster, make_settings

GUARDS = [(table, guard) for table, own in sorted(guards().items()) for guard in own]
LATER = "2022-01-01 00:00:00.000000"


def two_clocks(table: str) -> bool:
    """Whether rows of `table` are superseded."""
    return "superseded_at" in METADATA.tables[table].columns


def primary(table: str) -> str:
    """The primary key of `table`."""
    (column,) = METADATA.tables[table].primary_key.columns
    return str(column.name)


@pytest.fixture(scope="module")
def client(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[raw.Client]:
    """One database for all: each test writes rows under keys of its own."""
    cluster.template("empty", migrate)
    folder = tmp_path_factory.mktemp("guards")
    url = cluster.copy("empty")
    with raw.client(make_settings(folder, url)) as client:
        yield client
    cluster.drop(url)


@dataclass
class Rival:
    """Rows of one guarded table that share the key."""

    client: raw.Client
    table: str
    guard: Guard

    def __post_init__(self) -> None:
        self.key = self.another_key()

    def another_key(self) -> dict[str, Any]:
        """Values for the columns of the key."""
        columns = METADATA.tables[self.table].columns
        return {name: raw.anything(columns[name]) for name in self.guard.keys}

    def values(self, start: str, end: str | None = None, /, **more: object) -> dict[str, Any]:
        """A row in a span of days."""
        condition = {self.guard.condition: True} if self.guard.condition else {}
        others: dict[str, Any] = {}
        if self.table == "assignment_span":
            # Its two guards are looked at one by one: the rows share neither seat nor person by accident.
            others = {"post_id": new_id(), "cadre_id": new_id(), "seat_no": 1, "is_main": False}
        return others | condition | self.key | {"valid_from": start, "valid_to": end} | more

    def add(self, start: str, end: str | None = None, /, **more: object) -> UUID:
        """Insert a row; gives its primary key."""
        row = self.client.insert(self.table, **self.values(start, end, **more))
        return UUID(str(row[primary(self.table)]))

    def refuse(self, start: str, end: str | None = None, /, **more: object) -> None:
        """The row is refused by this guard."""
        self.client.refuses_insert(self.guard.name, self.table, **self.values(start, end, **more))

    def change(self, row: UUID, /, **values: object) -> tuple[str, list[object]]:
        """The statement that updates a row."""
        sets = ", ".join(f"{name} = ?" for name in values)
        return f"UPDATE {self.table} SET {sets} WHERE {primary(self.table)} = ?", [*values.values(), row]


@pytest.fixture(params=GUARDS, ids=lambda pair: pair[1].name)
def rival(request: pytest.FixtureRequest, client: raw.Client) -> Rival:
    table, guard = request.param
    return Rival(client, table, guard)


def test_an_overlapping_row_is_refused(rival: Rival) -> None:
    rival.add("2020-01-01", "2021-01-01")
    rival.refuse("2020-06-01")
    rival.refuse("2020-06-01", "2020-07-01")
    rival.refuse("2019-01-01", "2020-01-02")
    rival.refuse("2020-12-31", "2022-01-01")
    rival.refuse("2019-01-01")
    rival.refuse("2020-01-01", "2021-01-01")


def test_spans_that_touch_and_other_keys_are_free(rival: Rival) -> None:
    rival.add("2020-01-01", "2021-01-01")
    rival.add("2021-01-01")
    rival.add("2019-06-01", "2020-01-01")
    for name, value in rival.another_key().items():
        if name not in {"kind", "seat_no"}:
            rival.add("2020-01-01", **{name: value})
    rival.refuse("2025-01-01")


TWO_CLOCKS = [(table, guard) for table, guard in GUARDS if two_clocks(table)]


@pytest.mark.parametrize(("table", "guard"), TWO_CLOCKS, ids=[guard.name for _, guard in TWO_CLOCKS])
def test_superseded_rows_are_no_rivals_until_revived(client: raw.Client, table: str, guard: Guard) -> None:
    rival = Rival(client, table, guard)
    rival.add("2020-01-01", "2021-01-01")
    old = rival.add("2020-03-01", superseded_at=LATER)
    rival.add("2020-04-01", superseded_at=LATER)
    statement, values = rival.change(old, superseded_at=None)
    rival.client.refuses(rival.guard.name, statement, *values)


def test_an_update_into_an_overlap_is_refused(rival: Rival) -> None:
    first = rival.add("2020-01-01", "2021-01-01")
    second = rival.add("2021-01-01")
    key = next(iter(rival.guard.keys))
    third = rival.add("2020-06-01", **{key: rival.another_key()[key]})
    for row, change in (
        (second, {"valid_from": "2020-12-31"}),
        (first, {"valid_to": None}),
        (first, {"valid_to": "2021-01-02"}),
        (third, {key: rival.key[key]}),
    ):
        statement, values = rival.change(row, **change)
        rival.client.refuses(rival.guard.name, statement, *values)
    # What stays within its own days may change.
    for row, change in ((first, {"valid_to": "2020-12-01"}), (second, {"valid_from": "2020-12-01"})):
        statement, values = rival.change(row, **change)
        rival.client.run(statement, *values)


def test_rows_without_the_condition_are_no_rivals(client: raw.Client) -> None:
    (table, guard), *others = [pair for pair in GUARDS if pair[1].condition]
    assert others == []
    rival = Rival(client, table, guard)
    rival.add("2020-01-01")
    beside = rival.add("2020-01-01", **{guard.condition: False})
    statement, values = rival.change(beside, **{guard.condition: True})
    client.refuses(guard.name, statement, *values)


def test_two_rivals_in_one_statement_are_refused(client: raw.Client) -> None:
    person = new_id()
    columns = "(row_id, cadre_id, valid_from, recorded_at)"
    statement = f"INSERT INTO party_membership {columns} VALUES (?, ?, ?, ?), (?, ?, ?, ?)"
    values = [new_id(), person, "2020-01-01", LATER, new_id(), person, "2021-01-01", LATER]
    client.refuses("no_overlap_party_membership", statement, *values)
    assert client.run("SELECT count(*) FROM party_membership WHERE cadre_id = ?", person) == [(0,)]


def standing(client: raw.Client) -> set[tuple[str, str]]:
    """Table and name of each guard in the catalogue."""
    if client.sqlite:
        found = client.run("SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'")
        return {(table, name) for table, name in found if name.startswith("no_overlap_")}
    query = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'x'"
    return {(table, name) for table, name in client.run(query)}


def test_the_catalogue_holds_exactly_the_guards_of_the_models(client: raw.Client) -> None:
    parts = ("_insert", "_update") if client.sqlite else ("",)
    assert standing(client) == {(table, guard.name + part) for table, guard in GUARDS for part in parts}
    assert len(GUARDS) >= 10


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
class TestSqliteAlone:
    """What only this database lets one try."""

    @pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "INSERT OR IGNORE", "REPLACE"])
    def test_no_conflict_clause_slips_past(self, client: raw.Client, verb: str) -> None:
        rival = Rival(client, *GUARDS[0])
        rival.add("2020-01-01")
        values = rival.values("2021-01-01")
        client.refuses_insert(rival.guard.name, rival.table, verb, **values)

    @pytest.mark.parametrize("day", ["2021-1-1", "2021-02-30", "01/02/2021", "", 20210101, "2021-01-01 "])
    def test_a_day_that_is_none_is_refused(self, client: raw.Client, day: object) -> None:
        rival = Rival(client, *GUARDS[0])
        rival.client.refuses_insert(
            rival.guard.name, rival.table, **rival.values("2020-01-01", valid_from=day)
        )
        rival.client.refuses_insert(rival.guard.name, rival.table, **rival.values("2020-01-01", valid_to=day))

    @pytest.mark.parametrize(("table", "guard"), GUARDS, ids=[guard.name for _, guard in GUARDS])
    def test_the_trigger_reads_its_index(self, client: raw.Client, table: str, guard: Guard) -> None:
        ((root,),) = client.run("SELECT rootpage FROM sqlite_master WHERE name = ?", f"{guard.name}_live")
        program = client.run(f"EXPLAIN INSERT INTO {table} DEFAULT VALUES")
        assert root in {row[3] for row in program if row[1] == "OpenRead"}


# --- the property ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """What the model knows of one row."""

    row: UUID
    person: int
    start: date
    end: date | None
    live: bool = True

    def meets(self, other: "Span") -> bool:
        """Whether both are live, of one person, and share a day."""
        return (
            self.row != other.row
            and self.live
            and other.live
            and self.person == other.person
            and (self.end is None or other.start < self.end)
            and (other.end is None or self.start < other.end)
        )


DAYS = st.integers(0, 40).map(lambda number: date.fromordinal(date(2020, 1, 1).toordinal() + number))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "close", "open", "move", "supersede", "revive", "pass"]),
        st.integers(0, 9),
        st.integers(0, 1),
        DAYS,
        st.none() | st.integers(1, 20),
    ),
    max_size=25,
)
PARTY = METADATA.tables["party_membership"]


def moved(span: Span, step: str, person: int, start: date, end: date | None) -> Span:
    """What a step makes of a span."""
    changes: dict[str, dict[str, Any]] = {
        "close": {"end": end},
        "open": {"end": None},
        "move": {"start": start, "end": end},
        "supersede": {"live": False},
        "revive": {"live": True},
        "pass": {"person": person},
    }
    return replace(span, **changes[step])


def written(connection: Connection, span: Span, people: list[UUID], *, new: bool) -> bool:
    """Whether the database takes the row."""
    moment = utc_now()
    values = {
        "row_id": span.row,
        "cadre_id": people[span.person],
        "valid_from": span.start,
        "valid_to": span.end,
        "recorded_at": moment,
        "superseded_at": None if span.live else moment,
    }
    statement = PARTY.insert() if new else PARTY.update().where(PARTY.c.row_id == span.row)
    try:
        with connection.begin_nested():
            connection.execute(statement.values(values))
    except IntegrityError as refused:
        if "no_overlap_party_membership" not in str(refused):
            raise
        return False
    return True


@pytest.fixture
def people(engine: Engine) -> list[UUID]:
    """Two persons whose rows may be written."""
    ids = [new_id(), new_id()]
    with writing(engine).begin() as connection:
        unit = new_id()
        connection.execute(METADATA.tables["unit"].insert(), {"id": unit, "version": 1})
        cadre = {
            column.name: value
            for column in METADATA.tables["cadre"].columns
            for value in [
                {"is_stub": True, "recorded_at": utc_now(), "changed_at": utc_now()}.get(column.name)
            ]
            if value is not None
        }
        for number, key in enumerate(ids):
            named = {name: f"{name}{number}" for name in ("code", "full_name", "search_key", "sort_key")}
            own = {"id": key, "unit_id": unit, "version": 1, "birth_precision": "day"}
            connection.execute(METADATA.tables["cadre"].insert(), cadre | named | own)
    return ids


def test_live_periods_never_overlap_whatever_is_tried(engine: Engine, people: list[UUID]) -> None:
    seen: set[bool] = set()

    @given(steps=STEPS)
    def check(steps: list[tuple[str, int, int, date, int | None]]) -> None:
        model: list[Span] = []
        with writing(engine).connect() as connection:
            transaction = connection.begin()
            for step, index, person, start, length in steps:
                end = None if length is None else date.fromordinal(start.toordinal() + length)
                if step == "insert" or not model:
                    wanted, new = Span(new_id(), person, start, end), True
                else:
                    wanted, new = moved(model[index % len(model)], step, person, start, end), False
                    if wanted.end is not None and wanted.end <= wanted.start:
                        continue
                expected = not any(wanted.meets(other) for other in model)
                assert written(connection, wanted, people, new=new) == expected
                seen.add(expected)
                if expected:
                    model = [span for span in model if span.row != wanted.row] + [wanted]
            live = connection.execute(
                text("SELECT count(*) FROM party_membership WHERE superseded_at IS NULL")
            ).scalar_one()
            assert live == sum(span.live for span in model)
            transaction.rollback()

    check()
    assert seen == {True, False}
