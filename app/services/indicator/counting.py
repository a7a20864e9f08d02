"""One statement a population: how many are counted, and count towards each share, by day and territory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.cadre import Cadre
from app.models.unit import UnitClosure, UnitForm, UnitVersion, Via
from app.services.dated import live
from app.services.indicator.basis import Basis
from app.services.indicator.days import UNIT, Days, Rows, parameters
from app.services.indicator.numerators import NUMERATORS
from app.services.indicator.populations import Ask, Source, in_tree, source_of
from app.services.law.indicators import Counts, Indicator
from app.services.scope import ScopedSession, everywhere

BECAUSE = "figures of an indicator"
Reading = tuple[str, str]
"""A population and a numerator, as indicators.yaml names them."""
Place = UUID | None
"""A territory beneath the unit asked for, or None: the unit's own bodies."""


@dataclass(frozen=True, slots=True)
class Table:
    """What was counted: by day and place, the counts of each reading."""

    cells: Mapping[tuple[date, Place], Mapping[str, int]]

    def counts(self, indicator: Indicator, reading: Reading, day: date, place: Place) -> Counts:
        """The counts of one reading on `day` in one territory, or (None) in the unit's own bodies."""
        population, numerator = reading
        cell = self.cells.get((day, place), {})
        everyone = cell.get(population, 0)
        if indicator.measure == "count":
            return Counts(everyone, None)
        name = f"{population}.{numerator}"
        return Counts(cell.get(name, 0), everyone, cell.get(f"{name}.unknown", 0))

    def total(self, indicator: Indicator, reading: Reading, day: date) -> Counts:
        """The sum over all places."""
        whole = Counts(0, None if indicator.measure == "count" else 0)
        for at, place in self.cells:
            if at == day:
                whole += self.counts(indicator, reading, day, place)
        return whole


def readings(indicators: Iterable[Indicator]) -> tuple[Reading, ...]:
    """Every population and numerator that these indicators count, each once."""
    found = {
        (population, numerator)
        for indicator in indicators
        if indicator.is_built
        for _, population, numerator in indicator.readings()
    }
    return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Question:
    """Whose persons are counted, by territory or at once, as known when (now if None)."""

    unit_id: UUID
    by_place: bool = False
    known_at: datetime | None = None


def count(
    session: ScopedSession,
    basis: Basis,
    question: Question,
    *,
    wanted: Sequence[Reading],
    days: Sequence[date],
) -> Table:
    """Counts `wanted` in the unit's tree on each day: one statement a source, whatever the number of units.

    Days that the record doesn't cover are left out; days under other settings of the law take a further
    statement.
    """
    cells: dict[tuple[date, Place], dict[str, int]] = {}
    by_source: dict[str, list[Reading]] = {}
    for reading in wanted:
        by_source.setdefault(source_of(reading[0]).name, []).append(reading)
    covered = sorted({day for day in days if basis.outside(day) is None})
    reader = everywhere(session, because=BECAUSE)
    for terms, group in groupby(covered, key=basis.terms):
        same = [basis.cuts(day) for day in group]
        ask = Ask(terms, len(same), question.known_at is not None)
        values = parameters(same, unit_id=question.unit_id, known_at=question.known_at)
        for asked in by_source.values():
            statement, labels = _statement(ask, tuple(asked), by_place=question.by_place)
            for row in reader.execute(statement, values):
                day = same[0].day if len(same) == 1 else row.day
                cell = cells.setdefault((day, row.place if question.by_place else None), {})
                cell |= {label: value or 0 for label, value in zip(labels, row[-len(labels) :], strict=True)}
    return Table(cells)


@cache
def _statement(ask: Ask, asked: tuple[Reading, ...], *, by_place: bool) -> tuple[Rows, tuple[str, ...]]:
    """The statement of one source and its last columns' names; built once, only parameters change."""
    source = source_of(asked[0][0])
    per_unit, labels = _per_unit(ask, source, asked)
    days = ask.columns.of(per_unit)
    under, beneath = in_tree(per_unit.c.unit_id, days.day)
    sums = [func.sum(per_unit.c[label], type_=Integer()).label(label) for label in labels]
    keys: list[ColumnElement[Any]] = list(days.keys)
    statement = select(*keys, *sums).select_from(per_unit).join(under, beneath)
    if by_place:
        places = places_of(ask)
        here = and_(places.c.unit_id == per_unit.c.unit_id, *_same_day(days, places))
        keys.append(places.c.place)
        statement = select(*keys, *sums).select_from(per_unit).join(under, beneath).outerjoin(places, here)
    return statement.group_by(*keys), labels


def _same_day(days: Days, places: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - a CTE
    return [] if days.table is None else [days.day == places.c.day]


def _per_unit(ask: Ask, source: Source, asked: Sequence[Reading]) -> tuple[Any, tuple[str, ...]]:
    """The counts by unit, so that the tree is asked once a unit and not once a person."""
    placed = source.build(ask)
    columns: dict[str, ColumnElement[int]] = {}
    for population, numerator in asked:
        part = source.parts[population](ask, placed)
        columns[population] = _sum(part)
        if numerator != "everyone":
            mark = NUMERATORS[numerator](ask, placed)
            columns[f"{population}.{numerator}"] = _sum(and_(part, mark.counts))
            columns[f"{population}.{numerator}.unknown"] = _sum(and_(part, mark.unknown))
    keys = [*ask.columns.of(placed).keys, placed.c.unit_id]
    statement = select(*keys, *(column.label(label) for label, column in columns.items())).select_from(placed)
    if any(numerator != "everyone" for _, numerator in asked):
        statement = statement.join(Cadre, col(Cadre.id) == placed.c.cadre_id)
    return statement.group_by(*keys).subquery("per_unit"), tuple(columns)


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0), type_=Integer())


def places_of(ask: Ask) -> Any:  # noqa: ANN401 - a CTE
    """Which territory right beneath the unit asked for a unit lies in; in none: one of its own bodies."""
    days = ask.columns
    child, below = aliased(UnitVersion), aliased(UnitClosure)
    statement = select(
        *days.keys, col(below.descendant_id).label("unit_id"), col(below.ancestor_id).label("place")
    )
    return (
        days.joined(
            statement,
            child,
            and_(col(child.parent_id) == UNIT, col(child.form) == UnitForm.TERRITORY, live(child, days.day)),
        )
        .join(
            below,
            and_(
                col(below.ancestor_id) == col(child.unit_id),
                col(below.via) == Via.TREE,
                live(below, days.day),
            ),
        )
        .cte("places")
    )
