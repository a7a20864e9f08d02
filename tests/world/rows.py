"""Rows before they are written, and the ids they get: the same ones every time."""

from collections import defaultdict
from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel

Rows = dict[type[SQLModel], list[dict[str, Any]]]

BEGIN = date(2010, 1, 1)
"""The first day of the records."""


def key(kind: str, name: str) -> UUID:
    """The id of a thing of the test world: a UUIDv7 made of its name."""
    digest = int.from_bytes(sha256(f"{kind}/{name}".encode()).digest()[:10])
    moment = int(datetime(2010, 1, 1, tzinfo=UTC).timestamp() * 1000)
    value = (moment << 80) | digest
    return UUID(int=(value & ~(0xF << 76) & ~(0x3 << 62)) | (0x7 << 76) | (0x2 << 62))


def recorded(day: date) -> datetime:
    """The instant a fact decided on `day` was entered: nine in the morning in Hà Nội."""
    return datetime.combine(day, time(2), UTC)


class Book:
    """Gathers rows by table, each complete, in the order of their making."""

    def __init__(self) -> None:
        self.rows: Rows = defaultdict(list)

    def add(self, table: type[SQLModel], /, **values: object) -> dict[str, Any]:
        """One more row of `table`, with the defaults of its class."""
        made = table(**values)
        columns = table.__table__.columns  # type: ignore[attr-defined]
        found = {column.key: getattr(made, column.key) for column in columns}
        self.rows[table].append(found)
        return found

    def fact(
        self,
        table: type[SQLModel],
        slug: str,
        /,
        recorded_at: datetime | None = None,
        **values: Any,  # noqa: ANN401 - columns of any table
    ) -> dict[str, Any]:
        """One more two-clock row, recorded on the day it begins unless said otherwise."""
        moment = recorded_at or recorded(values["valid_from"])
        return self.add(table, row_id=key(table.__name__, slug), recorded_at=moment, **values)

    def corrected(
        self, table: type[SQLModel], slug: str, /, right: dict[str, Any], wrong: dict[str, Any], on: date
    ) -> None:
        """A fact that was recorded with `wrong` values and set right on `on`."""
        moment = recorded(on)
        self.fact(table, f"{slug}/wrong", **(right | wrong), superseded_at=moment)
        self.fact(table, f"{slug}/right", moment, **right)
