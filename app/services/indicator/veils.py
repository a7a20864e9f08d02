"""Who sees which figures: small cells of a unit, and of the units around it that would give them away.

Hidden for callers whose role is of the published kind (all indicators) and for those who don't read special
categories (indicators about them). A row hidden in the table of the unit above stays hidden when the unit is
asked alone, and so does all that lies beneath it, since the parts would add up to it. Such figures stand on
the ends of quarters alone and as known now: two days around a single appointment would tell of one person.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.models.unit import UnitForm
from app.services.indicator import place
from app.services.indicator.basis import Basis
from app.services.indicator.counting import Place, Question, Table, count, readings
from app.services.indicator.place import Asked
from app.services.indicator.shape import BLANK, HIDDEN, OPEN, Figure, Veil
from app.services.indicator.suppression import Cell, close, empty, hidden, small
from app.services.law.indicators import Counts, Indicator
from app.services.scope import ROLES, Scope, ScopedSession
from app.services.scope.roles import T2

NESTED = {"managed_young_40": ("managed_young", False), "managed_young_province": ("managed_young", True)}
"""Indicators that hold another's persons, or some of them: the other, and whether this is the inner."""

OVERLAPPING = frozenset({"dept_leaders_theory"})
"""Their variants share persons with other indicators: differences of visible figures would be small cells."""


def published_only(scope: Scope) -> bool:
    """True where some role of the caller's that reads figures reads published ones alone."""
    if scope.actor is None:
        return False
    return any(ROLES[grant.role].suppressed for grant in scope.actor.holding("indicator:read"))


def is_published(day: date) -> bool:
    """Whether figures under a veil stand on a day: the last one of a quarter."""
    return day.month % 3 == 0 and (day + timedelta(days=1)).day == 1


def veiled(scope: Scope, indicators: Iterable[Indicator]) -> list[Indicator]:
    """The built ones of `indicators` whose small cells this caller may not see."""
    everything = published_only(scope)
    special = scope.actor is not None and T2 not in scope.tiers()
    return [one for one in indicators if one.is_built and (everything or (special and one.tier == T2))]


@dataclass(slots=True)
class Veils:
    """What is hidden, by indicator and day: the unit's own figure, and rows of its table."""

    totals: set[tuple[str, date]] = field(default_factory=set)
    rows: set[tuple[str, date, Place]] = field(default_factory=set)
    under: frozenset[str] = frozenset()
    """Indicators under a veil at all; their variants are shown for the root of the tree alone."""
    at_root: bool = False

    def total(self, figure: Figure, day: date) -> Veil:
        """What to hide of the unit's own figure."""
        name = figure.indicator.id
        if name not in self.under:
            return OPEN
        if (name, day) in self.totals:
            return HIDDEN
        if figure.headline.numerator is not None and empty(figure.cell):
            return BLANK
        return Veil(variants=not (self.at_root and _variants_tell_nothing(figure)))

    def row(self, figure: Figure, day: date, at: Place) -> Veil:
        """What to hide of one row of the unit's table."""
        name = figure.indicator.id
        if name not in self.under:
            return OPEN
        if (name, day) in self.totals or (name, day, at) in self.rows:
            return HIDDEN
        return BLANK if empty(figure.cell) else Veil(variants=True)


def draw(
    session: ScopedSession,
    basis: Basis,
    *,
    asked: Asked,
    indicators: Sequence[Indicator],
    days: Sequence[date],
    rewound: bool = False,
) -> Veils:
    """The veils over `indicators` for the unit asked for; one statement more a population and level.

    `rewound`: as known at another time than now, which hides them all.
    """
    if not indicators:
        return Veils()
    path = place.above(session, asked.id, max(days))
    veils = Veils(under=frozenset(one.id for one in indicators), at_root=len(path) == 1)
    covered = [day for day in days if basis.outside(day) is None]
    bodies = any(unit.form is UnitForm.BODY for unit in path)
    closed = [day for day in covered if bodies or rewound or not is_published(day)]
    veils.totals = {(one.id, day) for one in indicators for day in closed}
    covered = [day for day in covered if day not in closed]
    if not covered:
        return veils
    for at, unit in enumerate(path):
        below = path[at + 1].id if at + 1 < len(path) else None
        question = Question(unit.id, by_place=True)
        # Headlines alone: nothing else is covered here, and variants over many days took SQLite minutes.
        table = count(session, basis, question, wanted=readings(indicators, headlines=True), days=covered)
        for day in covered:
            totals, rows = _cover(indicators, table, day)
            gone = totals | {name for name, where in rows if below is not None and where == below}
            veils.totals |= {(name, day) for name in gone}
            if below is None:
                veils.rows |= {(name, day, where) for name, where in rows}
    return veils


def cell_of(counts: Counts) -> Cell:
    """Numerator and denominator."""
    return counts.numerator, counts.denominator


def _cover(
    indicators: Sequence[Indicator], table: Table, day: date
) -> tuple[set[str], set[tuple[str, Place]]]:
    """The indicators whose total is hidden, and the rows of the others that are."""
    places: list[Place] = [where for at, where in table.cells if at == day]
    cells = {
        one.id: {
            where: cell_of(table.counts(one, (one.population, one.numerator), day, where)) for where in places
        }
        for one in indicators
    }
    sums = {one.id: cell_of(table.total(one, (one.population, one.numerator), day)) for one in indicators}
    totals = {name for name, cell in sums.items() if small(cell)}
    rows: dict[str, frozenset[Place]] = {}
    for one in indicators:
        people = {where: (_size(cell), None) for where, cell in cells[one.id].items()}
        rows[one.id] = hidden(cells[one.id], _beside(one.id, cells) | hidden(people))
    for name, (other, inner) in NESTED.items():
        if name in sums and other in sums:
            pair = (sums[name], sums[other]) if inner else (sums[other], sums[name])
            if close(*pair) or (inner and None in rows[other]):
                totals.add(name)
    return totals, {(name, where) for name, found in rows.items() for where in found}


def _beside(name: str, cells: Mapping[str, Mapping[Place, Cell]]) -> frozenset[Place]:
    """Rows of an indicator that differ by too few from the same row of one nested in it."""
    other, inner = NESTED.get(name, ("", True))
    if inner or other not in cells:
        return frozenset()
    return frozenset(where for where, cell in cells[name].items() if close(cells[other][where], cell))


def _size(cell: Cell) -> int:
    numerator, denominator = cell
    return numerator if denominator is None else denominator


def _variants_tell_nothing(figure: Figure) -> bool:
    """Each variant, and its difference from the headline, is about enough persons."""
    if figure.indicator.id in OVERLAPPING:
        return False
    for variant in figure.variants.values():
        cell = (variant.numerator or 0, variant.denominator)
        inner, outer = sorted((cell, figure.cell), key=lambda one: (_size(one), one[0]))
        if small(cell) or close(inner, outer):
            return False
    return True
