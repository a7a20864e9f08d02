"""Rows written past the application: with sqlite3 or psycopg alone, as with any database client."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Boolean, Column, Date, DateTime, Enum, Integer, LargeBinary, Uuid
from sqlalchemy.engine import make_url

import app.models  # noqa: F401 - maps every table
from app.models.base import METADATA, UtcDateTime, new_id
from app.settings import Settings

REFUSED = (sqlite3.IntegrityError, psycopg.IntegrityError)


class Client:
    """One connection of the plain driver; each statement is a transaction of its own."""

    def __init__(self, plain: Any) -> None:  # noqa: ANN401 - either driver's connection
        self.plain = plain
        self.sqlite = isinstance(plain, sqlite3.Connection)

    def run(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement with `?` for its values; gives the rows, if any."""
        if self.sqlite:
            plain = tuple(value.hex if isinstance(value, UUID) else value for value in values)
            return list(self.plain.execute(statement, plain))
        cursor = self.plain.execute(statement.replace("?", "%s") if values else statement, values or None)
        return list(cursor.fetchall()) if cursor.description else []

    def insert(self, table: str, verb: str = "INSERT", /, **values: object) -> dict[str, Any]:
        """Insert a row of `table` with these values and whatever else it demands; gives the values."""
        row = {column.name: anything(column) for column in METADATA.tables[table].columns if needed(column)}
        row |= values
        marks = ", ".join("?" * len(row))
        self.run(f"{verb} INTO {table} ({', '.join(row)}) VALUES ({marks})", *row.values())
        return row

    def refuses(self, name: str, statement: str, *values: object) -> None:
        """The database refuses the statement and names the rule."""
        with pytest.raises(REFUSED, match=name):
            self.run(statement, *values)

    def refuses_insert(self, name: str, table: str, verb: str = "INSERT", /, **values: object) -> None:
        """The database refuses the row and names the rule."""
        with pytest.raises(REFUSED, match=name):
            self.insert(table, verb, **values)


def needed(column: Column[Any]) -> bool:
    """Whether a row can't do without the column."""
    return not column.nullable


def anything(column: Column[Any]) -> Any:  # noqa: ANN401 - a value of the column's type
    """Some value that the column takes."""
    kind = column.type
    if isinstance(kind, Uuid):
        return new_id()
    if isinstance(kind, Enum):
        return kind.enums[0]
    if isinstance(kind, UtcDateTime | DateTime):
        return "2020-01-01 00:00:00.000000"
    samples: dict[type, Any] = {
        Boolean: False,
        Integer: 30,
        Date: date(2020, 1, 1).isoformat(),
        LargeBinary: b"x",
    }
    return next((value for base, value in samples.items() if isinstance(kind, base)), new_id().hex[-12:])


@contextmanager
def client(settings: Settings, *, keys: bool = False) -> Iterator[Client]:
    """A client of the database of `settings`; foreign keys are looked at only where `keys` says so."""
    url = make_url(settings.url)
    if url.get_backend_name() == "sqlite":
        plain: Any = sqlite3.connect(str(url.database), isolation_level=None)
        plain.execute(f"PRAGMA foreign_keys = {'ON' if keys else 'OFF'}")
    else:
        plain = psycopg.connect(settings.url.replace("+psycopg", ""), autocommit=True)
        if not keys:
            plain.execute("SET session_replication_role = replica")
    try:
        yield Client(plain)
    finally:
        plain.close()
