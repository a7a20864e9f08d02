"""Who lies beneath whom, and since when: the closure of the unit tree, whole, from versions and changes.

`rows` is the oracle of what `services/unit.py` keeps up to date step by step, and what a bulk load writes.
It is pure: no session, no clock.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.models.unit import Via


@dataclass(frozen=True, slots=True)
class Link:
    """`unit_id` had `parent_id` in `[valid_from, valid_to)`; one live unit version, without its names."""

    unit_id: UUID
    parent_id: UUID | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Succession:
    """`to_unit_id` took over `from_unit_id`, whole or in part, on a day."""

    on_day: date
    from_unit_id: UUID
    to_unit_id: UUID


_Span = tuple[UUID, int, date, date | None]


def links(versions: Iterable[Mapping[str, Any]]) -> list[Link]:
    """The live versions among rows of `unit_version`; superseded ones say nothing about the tree."""
    return [
        Link(row["unit_id"], row["parent_id"], row["valid_from"], row["valid_to"])
        for row in versions
        if row.get("superseded_at") is None
    ]


def successions(changes: Iterable[Mapping[str, Any]], parts: Iterable[Mapping[str, Any]]) -> list[Succession]:
    """Pairs of predecessor and successor among rows of `unit_change` and `unit_change_part`.

    A part that lacks one side (a unit created or dissolved) and a unit that goes on as itself give none.
    """
    day_of = {row["id"]: row["on_day"] for row in changes}
    return [
        Succession(day_of[part["change_id"]], part["from_unit_id"], part["to_unit_id"])
        for part in parts
        if part["from_unit_id"] and part["to_unit_id"] and part["from_unit_id"] != part["to_unit_id"]
    ]


def rows(versions: Sequence[Link], changes: Sequence[Succession]) -> list[dict[str, Any]]:
    """Every row of `unit_closure` (without `id`), ordered by ancestor, descendant, way and first day.

    - *tree*: ancestor and descendant for each span of days in which a chain of parents joins them, the unit
      itself at depth 0 included. Spans that touch at the same depth are one row.
    - *lineage*: on the day S takes over P, every unit that has S in its subtree (S itself at distance 0)
      reaches P and what lay beneath P: in the tree on the last day before, or until its own end, or as a
      predecessor that P itself reached by then. A unit that gets S into its subtree later reaches it from
      that day. Depth counts the steps down to S, one for the succession, and the steps from P down. Such a
      row never ends; of several ways to one unit the earliest day stays, then the shortest.
    """
    tree = _tree(versions)
    lineage = _lineage(versions, tree, changes)
    found = [
        {
            "ancestor_id": ancestor,
            "descendant_id": unit,
            "depth": depth,
            "via": Via.TREE,
            "valid_from": start,
            "valid_to": end,
        }
        for unit, spans in tree.items()
        for ancestor, depth, start, end in spans
    ]
    found += [
        {
            "ancestor_id": ancestor,
            "descendant_id": unit,
            "depth": depth,
            "via": Via.LINEAGE,
            "valid_from": day,
            "valid_to": None,
        }
        for ancestor, below in lineage.items()
        for unit, (day, depth) in below.items()
    ]
    found.sort(key=lambda row: (row["ancestor_id"], row["descendant_id"], row["via"], row["valid_from"]))
    return found


def _tree(versions: Sequence[Link]) -> dict[UUID, list[_Span]]:
    by_unit: dict[UUID, list[Link]] = defaultdict(list)
    for link in versions:
        by_unit[link.unit_id].append(link)
    for own in by_unit.values():
        own.sort(key=lambda link: link.valid_from)
    done: dict[UUID, list[_Span]] = {}
    for start in by_unit:
        # Parents first, without recursion: a chain is as deep as the data says.
        stack = [start]
        while stack:
            unit = stack[-1]
            missing = [
                link.parent_id
                for link in by_unit[unit]
                if link.parent_id is not None and link.parent_id not in done and link.parent_id in by_unit
            ]
            if unit in done or not missing:
                done.setdefault(unit, _spans(unit, by_unit[unit], done))
                stack.pop()
            elif any(parent in stack for parent in missing):
                raise ValueError(f"unit {unit} lies beneath itself")
            else:
                stack.extend(missing)
    return done


def _spans(unit: UUID, own: list[Link], done: dict[UUID, list[_Span]]) -> list[_Span]:
    pieces: dict[tuple[UUID, int], list[tuple[date, date | None]]] = defaultdict(list)
    for link in own:
        pieces[unit, 0].append((link.valid_from, link.valid_to))
        if link.parent_id is None:
            continue
        for ancestor, depth, start, end in done.get(link.parent_id, ()):
            first = max(start, link.valid_from)
            last = earlier(end, link.valid_to)
            if last is None or first < last:
                pieces[ancestor, depth + 1].append((first, last))
    return [
        (ancestor, depth, start, end)
        for (ancestor, depth), spans in pieces.items()
        for start, end in _joined(spans)
    ]


def earlier(one: date | None, other: date | None) -> date | None:
    """The earlier of two ends, an empty one being open."""
    if one is None:
        return other
    return one if other is None else min(one, other)


def _joined(spans: list[tuple[date, date | None]]) -> list[tuple[date, date | None]]:
    spans.sort(key=lambda span: span[0])
    joined: list[tuple[date, date | None]] = []
    for start, end in spans:
        if joined and (joined[-1][1] is None or joined[-1][1] >= start):
            first, last = joined[-1]
            joined[-1] = (first, None if last is None or end is None else max(last, end))
        else:
            joined.append((start, end))
    return joined


def _lineage(
    versions: Sequence[Link], tree: dict[UUID, list[_Span]], changes: Sequence[Succession]
) -> dict[UUID, dict[UUID, tuple[date, int]]]:
    ends: dict[UUID, date | None] = {}
    for link in sorted(versions, key=lambda link: link.valid_from):
        ends[link.unit_id] = link.valid_to
    below: dict[UUID, list[_Span]] = defaultdict(list)
    for unit, spans in tree.items():
        for ancestor, depth, start, end in spans:
            below[ancestor].append((unit, depth, start, end))
    reached: dict[UUID, dict[UUID, tuple[date, int]]] = defaultdict(dict)
    for day in sorted({change.on_day for change in changes}):
        todays = [change for change in changes if change.on_day == day]
        # What each predecessor held is read before today's own rows are added.
        held = [_held(change, below, ends, reached) for change in todays]
        for change, inherited in zip(todays, held, strict=True):
            for ancestor, up, start, end in tree.get(change.to_unit_id, ()):
                first = max(start, day)
                if end is not None and first >= end:
                    continue
                for unit, down in inherited.items():
                    candidate = (first, up + 1 + down)
                    if unit != ancestor:
                        known = reached[ancestor].get(unit)
                        reached[ancestor][unit] = candidate if known is None else min(known, candidate)
    return reached


def _held(
    change: Succession,
    below: dict[UUID, list[_Span]],
    ends: dict[UUID, date | None],
    reached: dict[UUID, dict[UUID, tuple[date, int]]],
) -> dict[UUID, int]:
    inherited: dict[UUID, int] = {}
    for unit, depth, start, end in below[change.from_unit_id]:
        lay_there = end is None or end >= change.on_day or end == ends[unit]
        if start < change.on_day and lay_there:
            inherited[unit] = min(depth, inherited.get(unit, depth))
    for unit, (since, depth) in reached.get(change.from_unit_id, {}).items():
        if since < change.on_day:
            inherited[unit] = min(depth, inherited.get(unit, depth))
    return inherited
