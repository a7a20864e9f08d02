"""The recorded changes of units: what became of what, on which day, on which legal basis."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import col

from app.models.unit import ChangeKind, UnitChange, UnitChangePart
from app.services.dated import begun
from app.services.errors import NotFound
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession
from app.services.unit.naming import Names

Row = dict[str, Any]


def changes(
    session: ScopedSession,
    *,
    page: Page,
    unit_id: UUID | None = None,
    kind: ChangeKind | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Slice:
    """One page of changes by day; `unit_id` stands on either side, `since` and `until` are both included."""

    def narrowed(statement: Select[Any]) -> Select[Any]:
        if unit_id is not None:
            named = select(col(UnitChangePart.change_id)).where(
                (col(UnitChangePart.from_unit_id) == unit_id) | (col(UnitChangePart.to_unit_id) == unit_id)
            )
            statement = statement.where(col(UnitChange.id).in_(named))
        if kind is not None:
            statement = statement.where(col(UnitChange.kind) == kind)
        if since is not None:
            statement = statement.where(col(UnitChange.on_day) >= since)
        return statement.where(begun(col(UnitChange.on_day), until))

    statement = keyset(
        narrowed(select(UnitChange)),
        [col(UnitChange.on_day), col(UnitChange.id)],
        page,
        descending=page.sort.startswith("-"),
    )
    found = session.scalars(statement).all()
    total = None
    if page.count:
        total = session.execute(narrowed(select(func.count(col(UnitChange.id))))).scalar_one()
    return cut(_shaped(session, found), [(row.on_day, row.id) for row in found], page, total)


def change(session: ScopedSession, change_id: UUID) -> Row:
    """One change with its parts; NotFound if there is none."""
    found = session.get(UnitChange, change_id)
    if found is None:
        raise NotFound("Không có thay đổi đơn vị này.")
    return _shaped(session, [found])[0]


def _shaped(session: ScopedSession, found: Sequence[UnitChange]) -> list[Row]:
    parts: dict[UUID, list[UnitChangePart]] = defaultdict(list)
    for part in session.scalars(
        select(UnitChangePart)
        .where(col(UnitChangePart.change_id).in_([row.id for row in found]))
        .order_by(col(UnitChangePart.id))
    ):
        parts[part.change_id].append(part)
    named = Names(
        session,
        [unit for own in parts.values() for part in own for unit in (part.from_unit_id, part.to_unit_id)],
    )
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "on": row.on_day,
            "basis": {
                "number": row.basis_number,
                "issuer": row.basis_issuer,
                "signed_on": row.basis_signed_on,
            },
            "note": row.note,
            "certainty": row.certainty,
            "parts": [
                {
                    "from_unit": named.on(part.from_unit_id, row.on_day - timedelta(days=1)),
                    "to_unit": named.on(part.to_unit_id, row.on_day),
                    "share": part.share,
                }
                for part in parts[row.id]
            ],
        }
        for row in found
    ]
