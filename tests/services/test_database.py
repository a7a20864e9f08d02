"""Engines and migrations: how transactions begin, that no acknowledged write is lost, what a commit means."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from psycopg.errors import Diagnostic
from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from app.models.base import METADATA, new_id
from app.models.title import Title
from app.services.database import (
    DurableConnection,
    NotReplicated,
    at_head,
    build_engine,
    dispose,
    migrate,
    migrating,
    migration_config,
    writing,
)
from app.settings import Settings
from tests.conftest import make_settings

TITLE = METADATA.tables["title"]
ONLY_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ONLY_POSTGRES = pytest.mark.parametrize("database", ["postgresql"], indirect=True)


def begun(engine: Engine, work: Callable[[], None]) -> list[str]:
    """Every BEGIN that `work` sends."""
    sent: list[str] = []

    def listen(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("BEGIN"):
            sent.append(statement)

    event.listen(engine, "before_cursor_execute", listen)
    work()
    event.remove(engine, "before_cursor_execute", listen)
    return sent


@ONLY_SQLITE
def test_readers_begin_and_writers_begin_at_once(engine: Engine) -> None:
    def read() -> None:
        with Session(engine) as session:
            session.execute(text("SELECT 1"))

    def write() -> None:
        with Session(writing(engine)) as session:
            session.add(Title(code="a"))
            session.commit()
            session.execute(text("SELECT 1"))

    assert begun(engine, read) == ["BEGIN"]
    assert begun(engine, write) == ["BEGIN IMMEDIATE", "BEGIN IMMEDIATE"]
    assert begun(engine, read) == ["BEGIN"]


@ONLY_SQLITE
def test_sqlite_is_set_up_to_keep_its_word(engine: Engine, settings: Settings) -> None:
    with engine.connect() as connection:
        kept = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    full = 2
    assert kept == {
        "journal_mode": "wal",
        "synchronous": full,
        "foreign_keys": 1,
        "busy_timeout": settings.busy_timeout_ms,
    }


@ONLY_SQLITE
def test_a_rollback_takes_everything_back_ddl_included(engine: Engine) -> None:
    with writing(engine).connect() as connection:
        transaction = connection.begin()
        connection.execute(text("CREATE TABLE passing (id INTEGER)"))
        connection.execute(TITLE.insert(), {"id": new_id(), "code": "a", "version": 1})
        transaction.rollback()
    with engine.connect() as connection:
        assert not inspect(connection).has_table("passing")
        assert connection.execute(TITLE.select()).all() == []


@ONLY_SQLITE
def test_a_writer_who_waits_too_long_is_told(settings: Settings) -> None:
    impatient = build_engine(settings.model_copy(update={"busy_timeout_ms": 50}))
    with writing(impatient).begin() as first:
        first.execute(TITLE.insert(), {"id": new_id(), "code": "a", "version": 1})
        with impatient.connect() as reader:
            assert reader.execute(TITLE.select()).all() == []
        with pytest.raises(OperationalError, match="locked"), writing(impatient).connect() as second:
            second.begin()
    dispose(impatient)


def test_a_database_in_memory_is_refused(tmp_path: Path) -> None:
    for url in ("sqlite://", "sqlite:///:memory:"):
        with pytest.raises(ValueError, match="needs a file"):
            build_engine(make_settings(tmp_path, url))
    with pytest.raises(ValueError, match="SQLite and PostgreSQL"):
        build_engine(make_settings(tmp_path, "mysql://host/name"))


@ONLY_POSTGRES
def test_postgresql_reads_what_is_committed_and_prepares_nothing(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed"
        for _ in range(12):
            connection.execute(text("SELECT 1"))
        assert connection.execute(text("SELECT count(*) FROM pg_prepared_statements")).scalar_one() == 0
        driver = connection.connection.driver_connection
        assert isinstance(driver, DurableConnection)
        assert driver.prepare_threshold is None


# --- concurrent writers ----------------------------------------------------------------------------

WRITERS, ROUNDS = 8, 25


def test_concurrent_writers_lose_nothing(engine: Engine) -> None:
    key = new_id()
    with Session(writing(engine)) as session:
        session.add(Title(id=key, code="counter", version=0))
        session.commit()
    start = threading.Barrier(WRITERS)

    def count(_writer: int) -> int:
        start.wait()
        acknowledged = 0
        for _ in range(ROUNDS):
            with Session(writing(engine)) as session:
                # Read, think, write: what a service does. PostgreSQL locks the row it decides on.
                title = session.get_one(Title, key, with_for_update=True)
                title.version += 1
                session.commit()
                acknowledged += 1
        return acknowledged

    with ThreadPoolExecutor(WRITERS) as pool:
        acknowledged = sum(pool.map(count, range(WRITERS)))
    with Session(engine) as session:
        assert session.get_one(Title, key).version == acknowledged == WRITERS * ROUNDS


@ONLY_SQLITE
def test_without_the_early_lock_writes_are_refused_or_lost(settings: Settings) -> None:
    """The counter-example: the same work on sessions that only claim to read."""
    engine = build_engine(settings.model_copy(update={"busy_timeout_ms": 5_000}))
    key = new_id()
    with Session(writing(engine)) as session:
        session.add(Title(id=key, code="counter", version=0))
        session.commit()
    both_have_read = threading.Barrier(2)

    def count(_writer: int) -> bool:
        with Session(engine) as session:
            title = session.get_one(Title, key)
            both_have_read.wait()
            title.version += 1
            try:
                session.commit()
            except OperationalError:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        acknowledged = list(pool.map(count, range(2)))
    assert acknowledged.count(True) == 1
    dispose(engine)


def test_concurrent_rivals_for_a_seat_are_settled_by_the_database(world_engine: Engine) -> None:
    span = METADATA.tables["assignment_span"]
    with world_engine.connect() as connection:
        held = connection.execute(span.select().where(span.c.valid_to.is_(None)).limit(1)).mappings().one()
    start = threading.Barrier(4)

    def take(_writer: int) -> bool:
        values = dict(held) | {"row_id": new_id(), "seat_no": 499, "is_main": False}
        start.wait()
        try:
            with writing(world_engine).begin() as connection:
                connection.execute(span.insert(), values)
        except Exception as refused:  # noqa: BLE001 - each driver has a class of its own
            assert "no_overlap_seat" in str(refused)  # noqa: PT017 - raised in a thread
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, range(4))) == [False, False, False, True]


# --- a commit that is no commit --------------------------------------------------------------------


@pytest.fixture
def waiting(engine: Engine) -> Iterator[Engine]:
    """Sessions that wait for a standby that never answers."""

    def wait_for_standby(connection: DurableConnection, _entry: object) -> None:
        connection.execute("SET synchronous_commit = on")
        connection.commit()

    event.listen(engine, "connect", wait_for_standby)
    engine.dispose()
    yield engine
    event.remove(engine, "connect", wait_for_standby)


@ONLY_POSTGRES
def test_a_commit_that_no_standby_has_counts_as_failed(waiting: Engine, settings: Settings) -> None:
    watcher = build_engine(settings)

    def cancel() -> bool:
        with watcher.connect() as connection:
            query = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            for _ in range(400):
                if connection.execute(text(query)).all():
                    return True
                connection.commit()
                threading.Event().wait(0.025)
        return False

    with ThreadPoolExecutor(1) as pool:
        cancelled = pool.submit(cancel)
        with Session(writing(waiting)) as session:
            session.add(Title(code="unsure"))
            with pytest.raises(OperationalError) as failed:
                session.commit()
        assert cancelled.result()
    assert isinstance(failed.value.orig, NotReplicated)
    with Session(watcher) as session:
        # It may stand all the same: the outcome is unknown, which is why it isn't called done.
        assert session.execute(text("SELECT code FROM title")).scalars().all() == ["unsure"]
        # A transaction that wrote nothing waits for nobody, and the connection is still of use.
    with waiting.connect() as connection:
        connection.execute(text("SELECT 1"))
        connection.commit()
    dispose(watcher)


@ONLY_POSTGRES
def test_other_notices_are_no_failure(engine: Engine) -> None:
    heard: list[str] = []
    with writing(engine).begin() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, DurableConnection)

        def hear(notice: Diagnostic) -> None:
            heard.append(str(notice.message_primary))

        driver.add_notice_handler(hear)
        connection.execute(text("DO $$ BEGIN RAISE WARNING 'canceling wait'; END $$"))
        connection.execute(TITLE.insert(), {"id": new_id(), "code": "sure", "version": 1})
        driver.remove_notice_handler(hear)
    assert heard == ["canceling wait"]


# --- migrations ------------------------------------------------------------------------------------


@pytest.fixture
def nothing(settings: Settings) -> Settings:
    """Settings of a database that was taken back to nothing."""
    with migrating(settings) as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    return settings


def test_models_and_migrations_agree(settings: Settings) -> None:
    with migrating(settings) as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.check(config)


def test_head_is_reached_from_nothing_and_back(nothing: Settings) -> None:
    engine = build_engine(nothing)
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    assert not at_head(engine)
    migrate(nothing)
    assert at_head(engine)
    migrate(nothing)
    assert at_head(engine)
    dispose(engine)


def test_an_older_state_is_not_the_head(nothing: Settings) -> None:
    migrate(nothing, "0004")
    engine = build_engine(nothing)
    assert not at_head(engine)
    dispose(engine)


def test_an_empty_database_is_not_at_head(tmp_path: Path) -> None:
    engine = build_engine(make_settings(tmp_path, f"sqlite:///{tmp_path}/new/folder/empty.db"))
    assert not at_head(engine)
    dispose(engine)


def test_processes_that_migrate_together_wait_for_each_other(nothing: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: migrate(nothing), range(4))) == [None] * 4
    engine = build_engine(nothing)
    assert at_head(engine)
    dispose(engine)


@ONLY_SQLITE
def test_a_migration_that_breaks_a_reference_is_taken_back(settings: Settings) -> None:
    with pytest.raises(RuntimeError, match="title_standard"), migrating(settings) as connection:
        connection.execute(
            METADATA.tables["title_standard"].insert(),
            {
                "id": new_id(),
                "title_id": new_id(),
                "kind": "it",
                "clause": "x",
                "valid_from": date(2020, 1, 1),
            },
        )
    engine = build_engine(settings)
    with engine.connect() as connection:
        assert connection.execute(METADATA.tables["title_standard"].select()).all() == []
    dispose(engine)
