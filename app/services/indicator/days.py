"""The days a statement asks for, as bind parameters: one day stands alone, several are a table to join."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Date, Select, Uuid, bindparam, select, union_all

from app.models.base import UtcDateTime
from app.services.indicator.basis import Cuts

Rows = Select[*tuple[Any, ...]]

KNOWN_AT: Any = bindparam("known_at", type_=UtcDateTime())
UNIT: ColumnElement[UUID] = bindparam("unit_id", type_=Uuid())


def _day(name: str) -> ColumnElement[date]:
    return bindparam(name, type_=Date())


@dataclass(frozen=True, slots=True)
class Days:
    """Day and birth days as columns; `table` None where there is one day only."""

    day: ColumnElement[date]
    under: ColumnElement[date]
    at_most: ColumnElement[date]
    table: CTE | None

    @property
    def columns(self) -> tuple[ColumnElement[date], ...]:
        """What a step of the statement hands on, besides its own columns."""
        if self.table is None:
            return ()
        return (self.day.label("day"), self.under.label("under"), self.at_most.label("at_most"))

    @property
    def keys(self) -> tuple[ColumnElement[date], ...]:
        """What rows of different days differ in."""
        return () if self.table is None else (self.day,)

    def joined(self, statement: Rows, first: Any, condition: ColumnElement[bool]) -> Rows:  # noqa: ANN401 - an entity
        """`statement` over the rows of `first` that meet the condition, for each day."""
        if self.table is None:
            return statement.select_from(first).where(condition)
        return statement.select_from(self.table).join(first, condition)

    def of(self, step: Any) -> "Days":  # noqa: ANN401 - a CTE or a subquery
        """The same days, as the columns of an earlier step of the statement."""
        if self.table is None:
            return self
        births = step.c if "under" in step.c else self.table.c
        return Days(step.c.day, births.under, births.at_most, self.table)


@cache
def days_of(count: int) -> Days:
    """Parameters for `count` days; `parameters` gives their values."""
    if count == 1:
        return Days(_day("day_0"), _day("under_0"), _day("at_most_0"), None)
    rows = [
        select(
            _day(f"day_{place}").label("day"),
            _day(f"under_{place}").label("under"),
            _day(f"at_most_{place}").label("at_most"),
        )
        for place in range(count)
    ]
    table = union_all(*rows).cte("days")
    return Days(table.c.day, table.c.under, table.c.at_most, table)


def parameters(days: Sequence[Cuts], *, unit_id: UUID, known_at: datetime | None) -> dict[str, Any]:
    """The values behind a statement's parameters."""
    found: dict[str, Any] = {"unit_id": unit_id}
    if known_at is not None:
        found["known_at"] = known_at
    for place, cuts in enumerate(days):
        found |= {f"day_{place}": cuts.day, f"under_{place}": cuts.under, f"at_most_{place}": cuts.at_most}
    return found
