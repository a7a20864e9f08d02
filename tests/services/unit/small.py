"""A small tree of units, changes to play on it, and two ways to look at its closure."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.base import new_id, search_key, text_key
from app.models.unit import (
    ChangeKind,
    ChangePart,
    LegalBasis,
    Level,
    NewUnit,
    Unit,
    UnitChange,
    UnitChangeCreate,
    UnitChangePart,
    UnitClosure,
    UnitForm,
    UnitKind,
    UnitVersion,
    Via,
)
from app.services import bulk, closure
from app.services.dated import known, live
from app.services.scope import ScopedSession

BEGIN = date(2010, 1, 1)
DAY = date(2022, 3, 1)
BASIS = LegalBasis(number="12/NQ-HĐND", issuer="Hội đồng nhân dân tỉnh", signed_on=date(2022, 1, 5))
SMALL: dict[str, tuple[UnitKind, Level, str | None]] = {
    "tỉnh": (UnitKind.PROVINCE, Level.PROVINCE, None),
    "huyện 1": (UnitKind.DISTRICT, Level.DISTRICT, "tỉnh"),
    "huyện 2": (UnitKind.DISTRICT, Level.DISTRICT, "tỉnh"),
    "xã 1": (UnitKind.COMMUNE, Level.COMMUNE, "huyện 1"),
    "xã 2": (UnitKind.COMMUNE, Level.COMMUNE, "huyện 1"),
    "xã 3": (UnitKind.COMMUNE, Level.COMMUNE, "huyện 1"),
    "xã 4": (UnitKind.COMMUNE, Level.COMMUNE, "huyện 2"),
    "xã 5": (UnitKind.COMMUNE, Level.COMMUNE, "huyện 2"),
    "đảng ủy xã 1": (UnitKind.PARTY_COMMITTEE, Level.COMMUNE, "xã 1"),
    "ubnd xã 1": (UnitKind.PEOPLE_COMMITTEE, Level.COMMUNE, "xã 1"),
    "trường xã 1": (UnitKind.PUBLIC_SERVICE, Level.DISTRICT, "huyện 1"),
    "sở 1": (UnitKind.DEPARTMENT, Level.PROVINCE, "tỉnh"),
    "sở 2": (UnitKind.DEPARTMENT, Level.PROVINCE, "tỉnh"),
    "phòng 1": (UnitKind.DIVISION, Level.PROVINCE, "sở 1"),
    "tổ 1": (UnitKind.DIVISION, Level.PROVINCE, "phòng 1"),
}
"""Name to kind, level and parent."""


def plant(session: ScopedSession) -> dict[str, UUID]:
    """The small tree, open since 2010; name to id."""
    ids = {name: new_id() for name in SMALL}
    versions = []
    for number, (name, (kind, level, parent)) in enumerate(SMALL.items()):
        values: dict[str, Any] = {
            "unit_id": ids[name],
            "name": name,
            "search_key": search_key(name),
            "sort_key": text_key(name),
            "code": f"{number:05}",
            "level": level,
            "form": UnitForm.TERRITORY if kind.value == level.value else UnitForm.BODY,
            "kind": kind,
            "parent_id": ids[parent] if parent else None,
            "valid_from": BEGIN,
        }
        versions.append(UnitVersion(**values).model_dump())
    bulk.write(session, Unit, [{"id": key, "version": 1, "plan_due_on": None} for key in ids.values()])
    bulk.write(session, UnitVersion, versions)
    rows = closure.rows(closure.links(versions), [])
    bulk.write(session, UnitClosure, [{"id": new_id()} | row for row in rows])
    return ids


Edge = tuple[UUID, UUID, int, Via, date, date | None]


def standing_closure(session: ScopedSession) -> list[Edge]:
    rows = session.execute(
        select(
            col(UnitClosure.ancestor_id),
            col(UnitClosure.descendant_id),
            col(UnitClosure.depth),
            col(UnitClosure.via),
            col(UnitClosure.valid_from),
            col(UnitClosure.valid_to),
        )
    )
    return sorted((tuple(row) for row in rows), key=str)


def computed_closure(session: ScopedSession) -> list[Edge]:
    versions = [row.model_dump() for row in session.scalars(select(UnitVersion).where(known(UnitVersion)))]
    changes = [row.model_dump() for row in session.scalars(select(UnitChange))]
    parts = [row.model_dump() for row in session.scalars(select(UnitChangePart))]
    rows = closure.rows(closure.links(versions), closure.successions(changes, parts))
    names = ("ancestor_id", "descendant_id", "depth", "via", "valid_from", "valid_to")
    return sorted((tuple(row[name] for name in names) for row in rows), key=str)


def current(session: ScopedSession, unit_id: UUID, day: date) -> UnitVersion | None:
    return session.scalars(
        select(UnitVersion).where(col(UnitVersion.unit_id) == unit_id, live(UnitVersion, day))
    ).first()


def seen_from(session: ScopedSession, unit_id: UUID, day: date) -> set[UUID]:
    """What a grant at `unit_id` reaches on `day`."""
    rows = session.scalars(
        select(col(UnitClosure.descendant_id)).where(
            col(UnitClosure.ancestor_id) == unit_id, live(UnitClosure, day)
        )
    )
    return set(rows)


def change(kind: ChangeKind, on: date = DAY, **values: Any) -> UnitChangeCreate:  # noqa: ANN401 - as the body or the filters have it
    return UnitChangeCreate(kind=kind, on=on, basis=BASIS, **values)


def parts(*units: UUID) -> list[ChangePart]:
    return [ChangePart(unit_id=key) for key in units]


def commune(parent: UUID, name: str = "Xã Mới", code: str = "90001") -> NewUnit:
    return NewUnit(
        name=name,
        code=code,
        level=Level.COMMUNE,
        form=UnitForm.TERRITORY,
        kind=UnitKind.COMMUNE,
        type="xa",
        parent_id=parent,
    )
