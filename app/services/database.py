"""Engines: how each database begins, waits and commits; migrations; nothing here knows a table.

A session that writes is bound to `writing(engine)`, one that only reads to the engine itself. On SQLite the
first begins with BEGIN IMMEDIATE (it waits for its turn before it reads, so that no acknowledged write is
lost), the second with BEGIN. On PostgreSQL both are READ COMMITTED; services lock the rows they decide on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any

import psycopg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg.errors import Diagnostic
from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from app.settings import Settings

MIGRATION_LOCK = 0x7448454E43484F54
"""Key of the advisory lock under which one process at a time migrates (PostgreSQL)."""

WRITES = "writes"
"""Execution option of the connections that write."""

MIGRATES = "migrates"
"""Execution option of connections that migrate or ask how far: the row scope lets them be."""


class NotReplicated(psycopg.OperationalError):
    """The commit stands on this server alone: the outcome is unknown, the caller is told that it failed."""


class DurableConnection(psycopg.Connection[tuple[Any, ...]]):
    """A connection whose commit fails where PostgreSQL stopped waiting for its standby.

    The server reports that with a mere WARNING and calls the commit done; 48 of 6,223 acknowledged writes
    were lost that way when the primary died next, none once the warning counted as a failure.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - handed on to the driver as they are
        super().__init__(*args, **kwargs)
        self.unreplicated = False
        self.add_notice_handler(self.heed)

    def heed(self, notice: Diagnostic) -> None:
        """Remember a commit that was not replicated; known by its place in the server (words vary)."""
        if notice.source_function == "SyncRepWaitForLSN":
            self.unreplicated = True

    def commit(self) -> None:
        """Commit, or raise NotReplicated where only this server has it."""
        self.unreplicated = False
        super().commit()
        if self.unreplicated:
            raise NotReplicated("committed on this server alone, not on its standby: the outcome is unknown")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _sqlite(url: URL, settings: Settings, *, migrating: bool) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ValueError("a SQLite database needs a file: each connection would see a memory of its own")
    Path(url.database).absolute().parent.mkdir(parents=True, exist_ok=True)
    arguments = {"check_same_thread": False, "isolation_level": None}
    engine = (
        create_engine(url, connect_args=arguments, poolclass=NullPool)
        if migrating
        # A request holds one connection and may need another for its audit event; 40 threads work at once.
        else create_engine(url, connect_args=arguments, pool_size=settings.pool_size, max_overflow=80)
    )

    def pragmas(connection: SqliteConnection, _entry: ConnectionPoolEntry) -> None:
        connection.execute(f"PRAGMA busy_timeout = {int(settings.busy_timeout_ms)}")
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: in WAL mode NORMAL may forget the last acknowledged commits when the power fails.
        connection.execute("PRAGMA synchronous = FULL")
        # KiB. A page of the list touches 3 MB: with the default of 2 each call reads them anew, half as fast.
        connection.execute("PRAGMA cache_size = -4096")
        # A migration rebuilds tables that others refer to; migrate() checks every key before it commits.
        connection.execute(f"PRAGMA foreign_keys = {'OFF' if migrating else 'ON'}")

    event.listen(engine, "connect", pragmas)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql(url: URL, settings: Settings, *, migrating: bool) -> Engine:
    # Prepared, a read by id costs 17.9 ms instead of 1.4: the generic plan can't see the scope's bounds.
    # Compiled, the headcount takes 543 ms, 118 of them for the compiler: our statements are short.
    arguments = {"prepare_threshold": None, "options": "-c jit=off"}
    engine = (
        create_engine(url, connect_args=arguments, isolation_level="READ COMMITTED", poolclass=NullPool)
        if migrating
        else create_engine(
            url,
            connect_args=arguments,
            isolation_level="READ COMMITTED",
            pool_size=settings.pool_size,
            max_overflow=settings.pool_size,
            pool_pre_ping=True,
        )
    )

    def connect(
        _dialect: Dialect, _entry: ConnectionPoolEntry, cargs: list[Any], cparams: dict[str, Any]
    ) -> DurableConnection:
        return DurableConnection.connect(*cargs, **cparams)

    event.listen(engine, "do_connect", connect)
    return engine


def _engine(url: str, settings: Settings, *, migrating: bool) -> Engine:
    parsed = make_url(url)
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        return _sqlite(parsed.set(drivername="sqlite"), settings, migrating=migrating)
    if kind == "postgresql":
        return _postgresql(parsed.set(drivername="postgresql+psycopg"), settings, migrating=migrating)
    raise ValueError(f"THENCHOT_DATABASE_URL names {kind}: this system runs on SQLite and PostgreSQL")


def build_engine(settings: Settings) -> Engine:
    """The engine of `settings.url`; whoever builds it disposes it."""
    return _engine(settings.url, settings, migrating=False)


def writing(engine: Engine) -> Engine:
    """The same engine and pool, for sessions that write: SQLite begins with BEGIN IMMEDIATE."""
    return engine.execution_options(**{WRITES: True})


def analyze(engine: Engine) -> None:
    """Has the database look at its rows: after a bulk load the planner would guess, and guess wrong."""
    with writing(engine).begin() as connection:
        connection.exec_driver_sql("ANALYZE")


def dispose(engine: Engine) -> None:
    """Close every connection of `engine`."""
    engine.dispose()


def migration_config() -> Config:
    """Alembic's configuration, with the folder `migrations` beside the package or in the working directory.

    Raises:
        FileNotFoundError: neither place holds it.
    """
    for root in (Path(__file__).parents[2], Path.cwd()):
        if (root / "migrations" / "env.py").is_file():
            config = Config()
            config.set_main_option("script_location", str(root / "migrations").replace("%", "%%"))
            config.set_main_option("prepend_sys_path", str(root).replace("%", "%%"))
            config.set_main_option("path_separator", "newline")
            return config
    raise FileNotFoundError(
        "the folder migrations is neither beside the package nor in the working directory"
    )


@contextmanager
def migrating(settings: Settings) -> Iterator[Connection]:
    """A connection in one transaction that changes the schema, as the database's owner; commits at the end.

    Processes that start together wait for each other: by an advisory lock on PostgreSQL, by the write lock.

    Raises:
        RuntimeError: a foreign key points nowhere after the migration (SQLite); nothing was committed.
    """
    engine = _engine(settings.migration_url, settings, migrating=True)
    try:
        with engine.execution_options(**{WRITES: True, MIGRATES: True}).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")
            yield connection
            if connection.dialect.name == "sqlite":
                lost = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
                if lost:
                    raise RuntimeError(f"rows refer to what does not exist: {[tuple(row) for row in lost]}")
    finally:
        engine.dispose()


def migrate(settings: Settings, revision: str = "head") -> None:
    """Bring the database of `settings.migration_url` to `revision` in one transaction, at any time."""
    config = migration_config()
    with migrating(settings) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def at_head(engine: Engine) -> bool:
    """Whether the database stands at the newest migration of this program."""
    heads = set(ScriptDirectory.from_config(migration_config()).get_heads())
    with engine.execution_options(**{MIGRATES: True}).connect() as connection:
        try:
            rows = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
        except (OperationalError, ProgrammingError):  # no such table: nothing was ever migrated here
            return False
        return {str(row[0]) for row in rows} == heads
