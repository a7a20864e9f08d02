"""The days a statement asks for, as bind parameters: one day stands alone, several are a table to join."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Date, Integer, Select, Uuid, bindparam, select, union_all

from app.models.base import UtcDateTime
from app.services.indicator.basis import Cuts

Rows = Select[*tuple[Any, ...]]

KNOWN_AT: Any = bindparam("known_at", type_=UtcDateTime())
UNIT: ColumnElement[UUID] = bindparam("unit_id", type_=Uuid())


_TYPES: dict[str, Any] = {
    "day": Date(),
    "year": Date(),
    "under": Date(),
    "at_most": Date(),
    "standing": Date(),
    "share": Integer(),
}


def _columns(place: int) -> dict[str, Any]:
    return {name: bindparam(f"{name}_of_{place}", type_=kind) for name, kind in _TYPES.items()}


@dataclass(frozen=True, slots=True)
class Days:
    """A day and the days it depends on as columns; `table` None where there is one day only."""

    day: ColumnElement[date]
    year: ColumnElement[date]
    under: ColumnElement[date]
    at_most: ColumnElement[date]
    standing: ColumnElement[date]
    share: ColumnElement[int]
    table: CTE | None

    @property
    def columns(self) -> tuple[ColumnElement[Any], ...]:
        """What a step of the statement hands on, besides its own columns."""
        if self.table is None:
            return ()
        return tuple(getattr(self, name).label(name) for name in _TYPES)

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
        cuts = step.c if "under" in step.c else self.table.c
        return Days(step.c.day, cuts.year, cuts.under, cuts.at_most, cuts.standing, cuts.share, self.table)


@cache
def days_of(count: int) -> Days:
    """Parameters for `count` days; `parameters` gives their values."""
    if count == 1:
        return Days(**_columns(0), table=None)
    rows = [
        select(*(column.label(name) for name, column in _columns(place).items())) for place in range(count)
    ]
    table = union_all(*rows).cte("days")
    return Days(**{name: table.c[name] for name in _TYPES}, table=table)


def parameters(days: Sequence[Cuts], *, unit_id: UUID, known_at: datetime | None) -> dict[str, Any]:
    """The values behind a statement's parameters."""
    found: dict[str, Any] = {"unit_id": unit_id}
    if known_at is not None:
        found["known_at"] = known_at
    for place, cuts in enumerate(days):
        found |= {f"{name}_of_{place}": getattr(cuts, name) for name in _TYPES}
    return found
