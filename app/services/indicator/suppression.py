"""Small cells hidden so that nobody can work them out: pure arithmetic on tables of counts (design §4).

A cell is (numerator, denominator), the denominator None for a plain count. Hidden are cells in which either
the persons counted or those not counted are fewer than `LEAST`, and further cells of the same table until no
hidden one follows from its total. Rows without anybody hide nothing: there is nobody to protect.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

LEAST = 5
"""Fewer persons than this are not shown."""

Cell = tuple[int, int | None]
Key = TypeVar("Key", bound=Hashable)


def empty(cell: Cell) -> bool:
    """Nobody is in the cell."""
    numerator, denominator = cell
    return (numerator if denominator is None else denominator) == 0


def small(cell: Cell) -> bool:
    """Too few are counted, or too few of those who could be are not."""
    numerator, denominator = cell
    if empty(cell):
        return False
    return numerator < LEAST or (denominator is not None and denominator - numerator < LEAST)


def close(inner: Cell, outer: Cell) -> bool:
    """Two readings of which one holds the other's persons differ by a small cell."""
    if empty(outer):
        return False
    counted = outer[0] - inner[0]
    if outer[1] is None or inner[1] is None:
        return counted < LEAST
    size = outer[1] - inner[1]
    others = size - counted
    if size == 0:
        return counted < LEAST
    return size < LEAST or counted < LEAST or others < LEAST


def hidden(rows: Mapping[Key, Cell], already: frozenset[Key] = frozenset()) -> frozenset[Key]:
    """The rows to hide, those `already` hidden for another reason included; the total stays visible."""
    people = {key: cell for key, cell in rows.items() if not empty(cell)}
    found = {key for key, cell in people.items() if small(cell) or key in already}
    if not found:
        return frozenset()
    visible = sorted((key for key in people if key not in found), key=lambda key: _size(people[key]))
    for key in visible:
        if safe({one: people[one] for one in found}):
            break
        found.add(key)
    return frozenset(found)


def safe(rows: Mapping[Key, Cell]) -> bool:
    """Whether the sums of the hidden rows, which follow from the total, leave each of them open.

    The denominators are taken as known: another table may show them.
    """
    if len(rows) < 2:  # noqa: PLR2004 - a single row is the difference itself
        return False
    counted = sum(numerator for numerator, _ in rows.values())
    if counted < LEAST:
        return False
    if any(denominator is None for _, denominator in rows.values()):
        return True
    size = sum(denominator or 0 for _, denominator in rows.values())
    if size - counted < LEAST:
        return False
    return all(
        max(0, counted - (size - (denominator or 0))) < min(denominator or 0, counted)
        for _, denominator in rows.values()
    )


def _size(cell: Cell) -> int:
    numerator, denominator = cell
    return numerator if denominator is None else denominator
