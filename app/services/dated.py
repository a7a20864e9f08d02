"""The only date predicate of the house, and the only way a dated row changes."""

from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, extract, or_, true
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import Session

from app.models.base import Dated, TwoClocks, new_id, utc_now

Row = TypeVar("Row", bound=TwoClocks)
_FEBRUARY, _SHORT = 2, (4, 6, 9, 11)
"""The months that don't have 31 days."""


def live(
    model: Any,  # noqa: ANN401 - a mapped class or an alias of one
    day: date | SQLCoreOperations[date],
    known_at: datetime | None = None,
) -> ColumnElement[bool]:
    """True where a row of `model` (a class or an alias) holds on `day`, as known at `known_at` (now if None).

    `day` may be a column, so that one statement answers several days.
    """
    parts: list[ColumnElement[bool]] = [
        model.valid_from <= day,
        or_(model.valid_to.is_(None), model.valid_to > day),
    ]
    if hasattr(model, "superseded_at"):
        parts.append(known(model, known_at))
    return and_(*parts)


def known(model: Any, known_at: datetime | None = None) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped class or an alias of one
    """True where a two-clock row was what we knew at `known_at`; now: what nothing has superseded."""
    if known_at is None:
        return model.superseded_at.is_(None)  # type: ignore[no-any-return]
    return and_(
        model.recorded_at <= known_at, or_(model.superseded_at.is_(None), model.superseded_at > known_at)
    )


def as_of(
    statement: Select[*tuple[Any, ...]],
    *models: Any,  # noqa: ANN401 - mapped classes or aliases of them
    day: date | SQLCoreOperations[date],
    known_at: datetime | None = None,
) -> Select[*tuple[Any, ...]]:
    """`statement` narrowed to the rows of `models` that hold on `day`."""
    return statement.where(*(live(model, day, known_at) for model in models))


def holds_on(row: Dated, day: date) -> bool:
    """The same predicate for a row in memory."""
    return row.valid_from <= day and (row.valid_to is None or row.valid_to > day)


def supersede(session: Session, row: Row, *, at: datetime | None = None, **changes: Any) -> Row:  # noqa: ANN401 - columns of the row
    """Closes `row` on the second clock and adds its successor with `changes`; gives the successor.

    The old row is flushed first: the guard must not see both as live.
    """
    moment = at or utc_now()
    row.superseded_at = moment
    session.add(row)
    session.flush()
    values = {name: getattr(row, name) for name in type(row).__mapper__.columns.keys()}  # type: ignore[attr-defined]  # noqa: SIM118 - column keys
    values |= {"row_id": new_id(), "recorded_at": moment, "superseded_at": None} | changes
    successor = type(row)(**values)
    session.add(successor)
    session.flush()
    return successor


def change(session: Session, row: Row, *, on: date, at: datetime | None = None, **changes: Any) -> Row:  # noqa: ANN401 - columns of the row
    """From `on` on the fact is another: the span ends there, and a new one begins; gives the new one."""
    if row.valid_from == on:
        return supersede(session, row, at=at, **changes)
    moment = at or utc_now()
    later_end = row.valid_to
    supersede(session, row, at=moment, valid_to=on)
    values = {name: getattr(row, name) for name in type(row).__mapper__.columns.keys()}  # type: ignore[attr-defined]  # noqa: SIM118 - column keys
    values |= {"row_id": new_id(), "recorded_at": moment, "superseded_at": None}
    values |= {"valid_from": on, "valid_to": later_end} | changes
    successor = type(row)(**values)
    session.add(successor)
    session.flush()
    return successor


def superseding(row: Mapping[str, Any], at: datetime, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - columns of the row
    """What `supersede` adds, as columns, for the bulk writer, which closes `row` at `at` first."""
    return {**row, "row_id": new_id(), "recorded_at": at, "superseded_at": None, **changes}


def overlapping(spans: Sequence[Dated], start: date, end: date | None) -> list[Dated]:
    """Those of `spans` that share a day with `[start, end)`."""
    return [
        span
        for span in spans
        if (end is None or span.valid_from < end) and (span.valid_to is None or span.valid_to > start)
    ]


def begun(column: Any, day: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped date column
    """True where a one-clock fact had happened by `day`; always, where no day is asked for."""
    return true() if day is None else column <= day


def lasting(last: Any, day: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped date column
    """True where `day` is no later than the last day on which something holds."""
    return last >= day  # type: ignore[no-any-return]


def on_record(model: Any, known_at: datetime | None = None) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped class
    """True where a one-clock row stood in the record at `known_at`; now: what was not voided."""
    if known_at is None:
        return model.voided_at.is_(None)  # type: ignore[no-any-return]
    return and_(model.recorded_at <= known_at, or_(model.voided_at.is_(None), model.voided_at > known_at))


def shares_days(model: Any, start: date, end: date | None) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped class
    """True where a live row of `model` shares a day with `[start, end)`."""
    parts = [or_(model.valid_to.is_(None), model.valid_to > start)]
    if end is not None:
        parts.append(model.valid_from < end)
    if hasattr(model, "superseded_at"):
        parts.append(model.superseded_at.is_(None))
    return and_(*parts)


def on_eve(
    model: Any,  # noqa: ANN401 - a mapped class or an alias of one
    day: date | SQLCoreOperations[date] | SQLCoreOperations[date | None],
    known_at: datetime | None = None,
) -> ColumnElement[bool]:
    """True where a two-clock row held on the day before `day`, whether or not it went on."""
    before = and_(model.valid_from < day, or_(model.valid_to.is_(None), model.valid_to >= day))
    return and_(before, known(model, known_at))


def to_come(model: Any, day: date) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped class
    """True where a two-clock row, as known now, begins after `day`: decided, and not yet in effect."""
    return and_(model.valid_from > day, known(model))


def limit_past(start: Any, months: Any, day: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns or values
    """True where the day so many months after `start` lies before `day`; as `months_after` counts them.

    `start` is a column, `months` a column or a number, `day` a column or a date: both databases answer alike.
    """
    month, at = limit_order(start, months)
    this = _month(day)
    return or_(month < this, and_(month == this, at < _part("day", day)))


def limit_reached(start: Any, months: Any, day: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns or values
    """The same, or that day is `day` itself."""
    month, at = limit_order(start, months)
    this = _month(day)
    ended = or_(at <= _part("day", day), _part("day", day) == _length(day))
    return or_(month < this, and_(month == this, ended))


def limit_order(start: Any, months: Any) -> tuple[ColumnElement[int], ColumnElement[int]]:  # noqa: ANN401 - columns
    """What puts the days so many months after `start` in their order: number of the month, day in it."""
    return _month(start) + months, _part("day", start)


def limit_key(start: date, months: int) -> tuple[int, int]:
    """The same of a row in memory."""
    return start.year * 12 + start.month + months, start.day


def _month(day: Any) -> Any:  # noqa: ANN401 - a column or a date
    return _part("year", day) * 12 + _part("month", day)


def _part(name: str, day: Any) -> Any:  # noqa: ANN401 - a column or a date
    return getattr(day, name) if isinstance(day, date) else cast(extract(name, day), Integer())


def _length(day: Any) -> Any:  # noqa: ANN401 - a column or a date
    """How many days the month of `day` has."""
    if isinstance(day, date):
        return monthrange(day.year, day.month)[1]
    year, month = _part("year", day), _part("month", day)
    leap = or_(and_(year % 4 == 0, year % 100 != 0), year % 400 == 0)
    return case((month.in_(_SHORT), 30), (month != _FEBRUARY, 31), (leap, 29), else_=28)


def years_before(day: date, years: int) -> date:
    """The latest birth day that makes somebody `years` old on `day`.

    Who is born on 29 February turns on 1 March. Before the calendar begins it is its first day.
    """
    if day.year <= years:
        return date.min
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def age_on(birth: date, day: date) -> int:
    """Completed years on `day` (domain §2)."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
