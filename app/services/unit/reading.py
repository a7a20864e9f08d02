"""Units as of a day: the list, and one unit with its life."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import col

from app.models.base import search_key
from app.models.unit import (
    Level,
    Unit,
    UnitChange,
    UnitChangePart,
    UnitClosure,
    UnitForm,
    UnitKind,
    UnitVersion,
    Via,
)
from app.services.dated import holds_on, known, live
from app.services.errors import NotFound
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession
from app.services.unit.naming import Names, Ref

_SHOWN = (
    "code",
    "name",
    "level",
    "form",
    "kind",
    "type",
    "parent_id",
    "plans_for_itself",
    "committee_tier",
    "sector",
    "grade",
    "valid_from",
    "valid_to",
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of units may be narrowed by; `form` None means both."""

    level: Level | None = None
    form: UnitForm | None = UnitForm.TERRITORY
    kind: UnitKind | None = None
    parent_id: UUID | None = None
    code: str | None = None
    q: str | None = None


def _narrowed(statement: Select[Any], filters: Filters, day: date) -> Select[Any]:
    equal = {
        col(UnitVersion.level): filters.level,
        col(UnitVersion.form): filters.form,
        col(UnitVersion.kind): filters.kind,
        col(UnitVersion.parent_id): filters.parent_id,
        col(UnitVersion.code): filters.code,
    }
    statement = statement.where(live(UnitVersion, day))
    statement = statement.where(*(column == value for column, value in equal.items() if value is not None))
    if filters.q:
        for word in search_key(filters.q).split():
            statement = statement.where(col(UnitVersion.search_key).contains(word, autoescape=True))
    return statement


def list_(session: ScopedSession, *, filters: Filters, page: Page, day: date) -> Slice:
    """One page of the units that stand on `day`, sorted by name (default) or code."""
    columns = [getattr(UnitVersion, name) for name in _SHOWN]
    by_code = page.sort.lstrip("-") == "code"
    first = col(UnitVersion.code) if by_code else col(UnitVersion.sort_key)
    statement = _narrowed(
        select(col(UnitVersion.unit_id).label("id"), *columns, first.label("place")), filters, day
    )
    statement = keyset(
        statement, [first, col(UnitVersion.unit_id)], page, descending=page.sort.startswith("-")
    )
    rows = [dict(row) for row in session.execute(statement).mappings()]
    total = None
    if page.count:
        total = session.execute(
            _narrowed(select(func.count(col(UnitVersion.row_id))), filters, day)
        ).scalar_one()
    keys = [(row.pop("place"), row["id"]) for row in rows]
    return cut(rows, keys, page, total)


def spans(session: ScopedSession, unit_id: UUID) -> list[UnitVersion]:
    """The known versions of a unit, oldest first; NotFound where there is no such unit."""
    found = list(
        session.scalars(
            select(UnitVersion)
            .where(col(UnitVersion.unit_id) == unit_id, known(UnitVersion))
            .order_by(col(UnitVersion.valid_from))
        )
    )
    if not found:
        raise NotFound("Không có đơn vị này.")
    return found


def life(versions: list[UnitVersion]) -> str:
    """The days of a unit in words, for who asks about another day."""
    start, end = versions[0].valid_from, versions[-1].valid_to
    if end is None:
        return f"«{versions[-1].name}» có từ ngày {start:%d/%m/%Y}"
    last = end - timedelta(days=1)
    return f"«{versions[-1].name}» có từ ngày {start:%d/%m/%Y} đến hết ngày {last:%d/%m/%Y}"


def get(session: ScopedSession, unit_id: UUID, *, day: date) -> dict[str, Any]:
    """One unit as it was on `day`, with its versions, its line above, predecessors and successors.

    NotFound says from when to when the unit stood, where `day` lies outside.
    """
    versions = spans(session, unit_id)
    current = next((row for row in versions if holds_on(row, day)), None)
    if current is None:
        raise NotFound(
            f"Ngày {day:%d/%m/%Y} không có đơn vị này: {life(versions)}. Hãy chọn ngày trong khoảng đó."
        )
    version = session.execute(select(col(Unit.version)).where(col(Unit.id) == unit_id)).scalar_one()
    path = _path(session, unit_id, day)
    kin = _kin(session, unit_id)
    return {
        "id": unit_id,
        **{name: getattr(current, name) for name in _SHOWN},
        "version": version,
        "opened_on": versions[0].valid_from,
        "ends_on": versions[-1].valid_to,
        "parent": path[-1] if path else None,
        "path": path,
        "versions": [
            {
                "code": row.code,
                "name": row.name,
                "type": row.type,
                "parent_id": row.parent_id,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
            }
            for row in versions
        ],
        "predecessors": kin[0],
        "successors": kin[1],
    }


def _path(session: ScopedSession, unit_id: UUID, day: date) -> list[Ref]:
    """The units above, the highest first."""
    rows = session.execute(
        select(col(UnitVersion.unit_id), col(UnitVersion.code), col(UnitVersion.name), col(UnitVersion.level))
        .join(UnitClosure, col(UnitClosure.ancestor_id) == col(UnitVersion.unit_id))
        .where(
            col(UnitClosure.descendant_id) == unit_id,
            col(UnitClosure.ancestor_id) != unit_id,
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
            live(UnitVersion, day),
        )
        .order_by(col(UnitClosure.depth).desc())
    )
    return [{"id": key, "code": code, "name": name, "level": level} for key, code, name, level in rows]


def _kin(session: ScopedSession, unit_id: UUID) -> tuple[list[Ref], list[Ref]]:
    """Predecessors and successors of a unit, as they were when they gave way or took over."""
    rows = session.execute(
        select(
            col(UnitChange.id),
            col(UnitChange.on_day),
            col(UnitChangePart.from_unit_id),
            col(UnitChangePart.to_unit_id),
            col(UnitChangePart.share),
        )
        .join(UnitChangePart, col(UnitChangePart.change_id) == col(UnitChange.id))
        .where(
            (col(UnitChangePart.from_unit_id) == unit_id) | (col(UnitChangePart.to_unit_id) == unit_id),
            col(UnitChangePart.from_unit_id).is_not(None),
            col(UnitChangePart.to_unit_id).is_not(None),
            col(UnitChangePart.from_unit_id) != col(UnitChangePart.to_unit_id),
        )
        .order_by(col(UnitChange.on_day), col(UnitChangePart.id))
    ).all()
    names = Names(session, {unit for _, _, source, target, _ in rows for unit in (source, target)})
    before: list[Ref] = []
    after: list[Ref] = []
    for change_id, on, source, target, share in rows:
        said = {"on": on, "share": share, "change_id": change_id}
        if target == unit_id:
            before.append({"unit": names.on(source, on - timedelta(days=1)), **said})
        else:
            after.append({"unit": names.on(target, on), **said})
    return before, after
