"""The closure of the unit tree, kept up to date in the transaction of each change.

A change on a day opens and closes tree edges from that day on, and adds the lineage edges of who took over
whom. `services/closure.py` says from scratch what must stand; a test holds the two equal.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import col

from app.models.unit import UnitChange, UnitChangePart, UnitClosure, UnitKind, UnitVersion, Via
from app.services import closure
from app.services.dated import known, live, shares_days
from app.services.errors import Conflict
from app.services.scope import ScopedSession

Line = dict[UUID, int]
"""Ancestor to depth, the unit itself at 0."""


@dataclass(frozen=True, slots=True)
class Takeover:
    """`to` took over `source` on a day."""

    on: date
    source: UUID
    to: UUID


def lock(session: ScopedSession, day: date) -> None:
    """Holds the top of the tree against other changes of units until the commit (PostgreSQL)."""
    tops = select(col(UnitVersion.row_id)).where(live(UnitVersion, day), col(UnitVersion.parent_id).is_(None))
    session.scalars(tops.order_by(col(UnitVersion.unit_id)).with_for_update()).all()


def line(session: ScopedSession, unit_id: UUID, day: date) -> Line:
    """Who stands above `unit_id` on `day`, the unit itself included."""
    rows = session.execute(
        select(col(UnitClosure.ancestor_id), col(UnitClosure.depth)).where(
            col(UnitClosure.descendant_id) == unit_id,
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
        )
    )
    return {row.ancestor_id: row.depth for row in rows}


def beneath(session: ScopedSession, units: Iterable[UUID], day: date) -> set[UUID]:
    """The units at or beneath `units` in the tree of `day`."""
    rows = session.scalars(
        select(col(UnitClosure.descendant_id)).where(
            col(UnitClosure.ancestor_id).in_(set(units)),
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
        )
    )
    return set(rows)


def within(unit: Any, unit_id: UUID, day: date) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    """True where a unit is `unit_id` or lies beneath it on `day`; one that ended is found by its own id."""
    beneath = select(col(UnitClosure.descendant_id)).where(
        col(UnitClosure.ancestor_id) == unit_id, col(UnitClosure.via) == Via.TREE, live(UnitClosure, day)
    )
    return or_(unit == unit_id, unit.in_(beneath))


def own(session: ScopedSession, unit_id: UUID, day: date) -> dict[UUID, UnitKind]:
    """The unit with its sub-units, down to those that plan for themselves; each with its kind."""
    rows = session.execute(
        select(
            col(UnitVersion.unit_id),
            col(UnitVersion.parent_id),
            col(UnitVersion.plans_for_itself),
            col(UnitVersion.kind),
        )
        .join(UnitClosure, col(UnitClosure.descendant_id) == col(UnitVersion.unit_id))
        .where(
            col(UnitClosure.ancestor_id) == unit_id,
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
            live(UnitVersion, day),
        )
    ).all()
    children: dict[UUID, list[UUID]] = defaultdict(list)
    kinds: dict[UUID, UnitKind] = {}
    for child, parent, plans, kind in rows:
        kinds[child] = kind
        if parent is not None and not plans:
            children[parent].append(child)
    found, open_ = {unit_id}, [unit_id]
    while open_:
        further = children[open_.pop()]
        found.update(further)
        open_ += further
    return {key: kinds[key] for key in found if key in kinds}


def refuse_later(session: ScopedSession, touched: set[UUID], hosts: set[UUID], day: date) -> None:
    """Conflict if something is recorded after `day` of what moves or ends, or of where it goes.

    Changes are entered in the order of their days: one put in before a later one would leave the later one
    judged on a tree that never was. Nor does what took something over move or end on that very day: nobody
    would see what it took.
    """
    edges = session.execute(
        select(col(UnitClosure.valid_from), col(UnitClosure.valid_to)).where(
            or_(
                col(UnitClosure.descendant_id).in_(touched | hosts),
                col(UnitClosure.ancestor_id).in_(touched),
            )
        )
    ).all()
    later = [edge for pair in edges for edge in pair if edge is not None and edge > day]
    if later:
        raise Conflict(
            f"Đã ghi một thay đổi có hiệu lực {min(later):%d/%m/%Y} liên quan đến các đơn vị này. "
            "Hãy ghi các thay đổi theo thứ tự ngày hiệu lực."
        )
    heirs = _takeovers(session, beneath(session, touched, day))
    if any(takeover.on == day for takeover in heirs):
        raise Conflict(
            f"Ngày {day:%d/%m/%Y} một trong các đơn vị này đã nhận đơn vị khác. "
            "Trong một ngày, hãy ghi việc chuyển hoặc kết thúc trước, việc nhận sau."
        )


def plant(session: ScopedSession, unit_id: UUID, parent_id: UUID | None, day: date) -> None:
    """The edges of a unit that began on `day` beneath `parent_id`, whatever is recorded of that later."""
    above = () if parent_id is None else _edges_since(session, parent_id, day)
    if all(end is None and start <= day for start, end in above):
        follow(session, set(), {unit_id}, day)
        return
    versions = session.execute(
        select(
            col(UnitVersion.unit_id),
            col(UnitVersion.parent_id),
            col(UnitVersion.valid_from),
            col(UnitVersion.valid_to),
        ).where(known(UnitVersion))
    ).mappings()
    changes = session.execute(select(col(UnitChange.id), col(UnitChange.on_day))).mappings()
    parts = session.execute(
        select(
            col(UnitChangePart.change_id), col(UnitChangePart.from_unit_id), col(UnitChangePart.to_unit_id)
        )
    ).mappings()
    links = closure.links([dict(row) for row in versions])
    takeovers = closure.successions([dict(row) for row in changes], [dict(row) for row in parts])
    for row in closure.rows(links, takeovers):
        if row["descendant_id"] == unit_id:
            session.add(UnitClosure(**row))
    session.flush()


def _edges_since(session: ScopedSession, unit_id: UUID, day: date) -> list[tuple[date, date | None]]:
    rows = session.execute(
        select(col(UnitClosure.valid_from), col(UnitClosure.valid_to)).where(
            col(UnitClosure.descendant_id) == unit_id, shares_days(UnitClosure, day, None)
        )
    )
    return [(start, end) for start, end in rows]


def follow(session: ScopedSession, touched: set[UUID], heirs: set[UUID], day: date) -> None:
    """Brings the closure in line with the unit versions and takeovers written for `day`.

    `touched`: units that got another parent or ended on `day`; `heirs`: those that began or took over.
    Versions, changes and parts must be flushed. Conflict where a parent chain loops, or where an edge that
    began this very day would have to vanish.
    """
    affected = beneath(session, touched, day) | heirs
    edges = session.scalars(
        select(UnitClosure).where(
            col(UnitClosure.descendant_id).in_(affected),
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
        )
    ).all()
    wanted = _lines(session, affected, day)
    standing: dict[tuple[UUID, UUID], UnitClosure] = {
        (edge.descendant_id, edge.ancestor_id): edge for edge in edges
    }
    for (unit, ancestor), edge in standing.items():
        if wanted[unit].get(ancestor) == edge.depth:
            continue
        begun = edge.valid_from
        if begun == day:
            raise Conflict(
                f"Ngày {day:%d/%m/%Y} đã ghi một thay đổi cấp trên của đơn vị này. "
                "Một đơn vị chỉ đổi cấp trên hoặc kết thúc một lần trong ngày."
            )
        edge.valid_to = day
        session.add(edge)
    fresh: dict[UUID, set[UUID]] = defaultdict(set)
    for unit, above in wanted.items():
        for ancestor, depth in above.items():
            old = standing.get((unit, ancestor))
            if old is None or old.depth != depth:
                fresh[unit].add(ancestor)
                session.add(
                    UnitClosure(
                        ancestor_id=ancestor, descendant_id=unit, depth=depth, via=Via.TREE, valid_from=day
                    )
                )
    session.flush()
    _lineage(session, wanted, fresh, day)


def _lines(session: ScopedSession, affected: set[UUID], day: date) -> dict[UUID, Line]:
    """Each affected unit's ancestors on `day`, from the versions; an ended unit has none."""
    parent: dict[UUID, UUID | None] = {
        row.unit_id: row.parent_id
        for row in session.execute(
            select(col(UnitVersion.unit_id), col(UnitVersion.parent_id)).where(
                col(UnitVersion.unit_id).in_(affected), live(UnitVersion, day)
            )
        )
    }
    outside = {above for above in parent.values() if above is not None and above not in affected}
    lines: dict[UUID, Line] = defaultdict(dict)
    for unit, ancestor, depth in session.execute(
        select(col(UnitClosure.descendant_id), col(UnitClosure.ancestor_id), col(UnitClosure.depth)).where(
            col(UnitClosure.descendant_id).in_(outside),
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
        )
    ):
        lines[unit][ancestor] = depth
    for start in affected:
        path: list[UUID] = []
        step: UUID | None = start
        while step is not None and step in parent and step not in lines:
            if step in path:
                raise Conflict("Không thể đặt một đơn vị dưới chính nó hoặc dưới đơn vị trực thuộc nó.")
            path.append(step)
            step = parent[step]
        for unit in reversed(path):
            above = parent[unit]
            higher = lines[above] if above is not None and above in lines else {}
            lines[unit] = {unit: 0} | {ancestor: depth + 1 for ancestor, depth in higher.items()}
    return {unit: lines[unit] if unit in parent else {} for unit in affected}


def _lineage(
    session: ScopedSession, wanted: dict[UUID, Line], fresh: dict[UUID, set[UUID]], day: date
) -> None:
    takeovers = _takeovers(session, set(wanted))
    if not takeovers:
        return
    held = _held(session, takeovers)
    found: dict[tuple[UUID, UUID], tuple[date, int]] = {}
    for takeover in takeovers:
        # One made today is seen by all that stand above the successor, an earlier one by who is new there.
        seers = wanted[takeover.to].keys() if takeover.on == day else fresh[takeover.to]
        for ancestor in seers:
            up = wanted[takeover.to][ancestor]
            for unit, down in held[takeover].items():
                if unit != ancestor:
                    candidate = (day, up + 1 + down)
                    found[ancestor, unit] = min(candidate, found.get((ancestor, unit), candidate))
    rows = session.scalars(
        select(UnitClosure).where(
            col(UnitClosure.ancestor_id).in_({ancestor for ancestor, _ in found}),
            col(UnitClosure.descendant_id).in_({unit for _, unit in found}),
            col(UnitClosure.via) == Via.LINEAGE,
        )
    ).all()
    kept = {(row.ancestor_id, row.descendant_id): row for row in rows}
    for (ancestor, unit), (since, depth) in found.items():
        row = kept.get((ancestor, unit))
        if row is None:
            row = UnitClosure(
                ancestor_id=ancestor, descendant_id=unit, depth=depth, via=Via.LINEAGE, valid_from=since
            )
        elif (since, depth) < (begun := (row.valid_from, row.depth)):
            row.valid_from, row.depth = min((since, depth), begun)
        session.add(row)
    session.flush()


def _takeovers(session: ScopedSession, units: set[UUID]) -> list[Takeover]:
    """Every takeover whose successor is among `units`."""
    rows = session.execute(
        select(col(UnitChange.on_day), col(UnitChangePart.from_unit_id), col(UnitChangePart.to_unit_id))
        .join(UnitChange, col(UnitChange.id) == col(UnitChangePart.change_id))
        .where(
            col(UnitChangePart.to_unit_id).in_(units),
            col(UnitChangePart.from_unit_id).is_not(None),
            col(UnitChangePart.from_unit_id) != col(UnitChangePart.to_unit_id),
        )
    )
    return [Takeover(on, source, to) for on, source, to in rows if source is not None and to is not None]


def _held(session: ScopedSession, takeovers: list[Takeover]) -> dict[Takeover, Line]:
    """What each predecessor had beneath it when it was taken over, by the shortest way.

    In the tree on the last day before, or until its own end, or as a predecessor it had reached by then.
    """
    sources = {takeover.source for takeover in takeovers}
    below: dict[UUID, list[tuple[UUID, int, Via, date, date | None]]] = defaultdict(list)
    for ancestor, unit, depth, via, start, end in session.execute(
        select(
            col(UnitClosure.ancestor_id),
            col(UnitClosure.descendant_id),
            col(UnitClosure.depth),
            col(UnitClosure.via),
            col(UnitClosure.valid_from),
            col(UnitClosure.valid_to),
        ).where(col(UnitClosure.ancestor_id).in_(sources))
    ):
        below[ancestor].append((unit, depth, via, start, end))
    ends = _ends(session, {unit for rows in below.values() for unit, *_ in rows})
    held: dict[Takeover, Line] = {}
    for takeover in takeovers:
        own: Line = {}
        for unit, depth, via, start, end in below[takeover.source]:
            stayed = via == Via.LINEAGE or end is None or end >= takeover.on or end == ends[unit]
            if start < takeover.on and stayed:
                own[unit] = min(depth, own.get(unit, depth))
        held[takeover] = own
    return held


def _ends(session: ScopedSession, units: set[UUID]) -> dict[UUID, date | None]:
    """The day each unit ended, by its last version."""
    rows = session.execute(
        select(col(UnitVersion.unit_id), col(UnitVersion.valid_to))
        .where(col(UnitVersion.unit_id).in_(units), known(UnitVersion))
        .order_by(col(UnitVersion.valid_from))
    )
    return {row.unit_id: row.valid_to for row in rows}
