"""One statement a population: how many are counted, and count towards each share, by day and territory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Integer, Label, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.cadre import Cadre
from app.models.unit import UnitClosure, UnitForm, UnitVersion, Via
from app.services.dated import live
from app.services.indicator.basis import Basis
from app.services.indicator.days import UNIT, Days, Rows, parameters
from app.services.indicator.numerators import COUNTS, NUMERATORS, UNKNOWN
from app.services.indicator.populations import Ask, Source, kept
from app.services.indicator.sources import source_of
from app.services.law.indicators import Counts, Indicator
from app.services.scope import ScopedSession, everywhere

BECAUSE = "figures of an indicator"
Reading = tuple[str, str]
"""A population and a numerator, as indicators.yaml names them."""
Place = UUID | None
"""A territory beneath the unit asked for, or None: the unit's own bodies."""


Cells = dict[tuple[date, Place], dict[str, int]]


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


def readings(indicators: Iterable[Indicator], *, headlines: bool = False) -> tuple[Reading, ...]:
    """Every population and numerator that these indicators count, each once.

    `headlines`: without the variants that their own verdict doesn't need.
    """
    found = {
        (population, numerator)
        for indicator in indicators
        if indicator.is_built
        for name, population, numerator in indicator.readings()
        if name is None or not headlines or indicator.met_when == "every_variant"
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
    cells: Cells = {}
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
                at = None if row.place == question.unit_id else row.place
                cells.setdefault((day, at), {}).update(
                    {label: int(value or 0) for label, value in zip(labels, row[-len(labels) :], strict=True)}
                )
    return Table(_without_children(cells))


def _without_children(cells: Cells) -> Cells:
    """What is left of the unit's own cell when those of its territories are taken out."""
    for (day, at), cell in cells.items():
        if at is not None:
            own = cells[day, None]
            for label, value in cell.items():
                own[label] -= value
    return cells


@cache
def _statement(ask: Ask, asked: tuple[Reading, ...], *, by_place: bool) -> tuple[Rows, tuple[str, ...]]:
    """The statement of one source and its last columns' names; built once, only parameters change.

    A row for the unit asked for, and one for each territory right beneath it (`by_place`).
    """
    per_unit, labels = _per_unit(ask, source_of(asked[0][0]), asked)
    days = ask.columns.of(per_unit)
    over = aliased(UnitClosure)
    place: Label[UUID] = col(over.ancestor_id).label("place")
    sums = [func.sum(per_unit.c[label], type_=Integer()).label(label) for label in labels]
    statement = (
        select(*days.keys, place, *sums)
        .select_from(per_unit)
        .join(
            over,
            and_(
                col(over.descendant_id) == per_unit.c.unit_id,
                col(over.via) == Via.TREE,
                live(over, days.day),
            ),
        )
        .group_by(*days.keys, place)
    )
    if not by_place:
        return statement.where(place.element == UNIT), labels
    child = aliased(UnitVersion)
    a_child = (
        exists()
        .where(col(child.unit_id) == place.element, _right_beneath(child, days))
        .correlate_except(child)
    )
    return statement.where(or_(place.element == UNIT, a_child)), labels


def _right_beneath(child: type[UnitVersion], days: Days) -> ColumnElement[bool]:
    return and_(col(child.parent_id) == UNIT, col(child.form) == UnitForm.TERRITORY, live(child, days.day))


def _per_unit(ask: Ask, source: Source, asked: Sequence[Reading]) -> tuple[Any, tuple[str, ...]]:
    """The counts by unit, so that the tree is asked once a unit and not once a person."""
    placed = source.build(ask)
    marked = _marked(ask, source, placed, sorted({name for _, name in asked if name != "everyone"}))
    columns: dict[str, ColumnElement[int]] = {}
    for population, numerator in asked:
        part = source.parts[population](ask, marked)
        columns[population] = _sum(part)
        if numerator != "everyone":
            code = marked.c[numerator]
            columns[f"{population}.{numerator}"] = _sum(and_(part, code == COUNTS))
            columns[f"{population}.{numerator}.unknown"] = _sum(and_(part, code == UNKNOWN))
    keys = [*ask.columns.of(marked).keys, marked.c.unit_id]
    statement = select(*keys, *(column.label(label) for label, column in columns.items()))
    return statement.select_from(marked).group_by(*keys).subquery("per_unit"), tuple(columns)


def _marked(ask: Ask, source: Source, placed: CTE, numerators: Sequence[str]) -> CTE:
    """`placed` with a code for each numerator."""
    if not numerators or source.codes:
        return placed
    codes = [NUMERATORS[name](ask, placed).label(name) for name in numerators]
    rows = select(placed, *codes).select_from(placed).join(Cadre, col(Cadre.id) == placed.c.cadre_id)
    return kept(rows, "marked")


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0), type_=Integer())


def in_a_child(unit: ColumnElement[Any], days: Days) -> ColumnElement[bool]:
    """True where a unit lies in a territory right beneath the one asked for: none of its own bodies."""
    over, child = aliased(UnitClosure), aliased(UnitVersion)
    return (
        exists()
        .where(
            col(over.descendant_id) == unit,
            col(over.via) == Via.TREE,
            live(over, days.day),
            col(child.unit_id) == col(over.ancestor_id),
            _right_beneath(child, days),
        )
        .correlate_except(over, child)
    )
