"""Units in one line, by the name they bore on a day."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.unit import UnitVersion
from app.services.dated import known
from app.services.scope import ScopedSession

Ref = dict[str, Any]


class Names:
    """The names of some units on any day, read in one statement."""

    def __init__(self, session: ScopedSession, units: Iterable[UUID | None]) -> None:
        wanted = {unit for unit in units if unit is not None}
        self._versions: dict[UUID, list[tuple[date, Ref]]] = defaultdict(list)
        if not wanted:
            return
        rows = session.execute(
            select(
                col(UnitVersion.unit_id),
                col(UnitVersion.code),
                col(UnitVersion.name),
                col(UnitVersion.level),
                col(UnitVersion.valid_from),
            )
            .where(col(UnitVersion.unit_id).in_(wanted), known(UnitVersion))
            .order_by(col(UnitVersion.valid_from))
        )
        for unit_id, code, name, level, start in rows:
            ref = {"id": unit_id, "code": code, "name": name, "level": level}
            self._versions[unit_id].append((start, ref))

    def on(self, unit_id: UUID | None, day: date) -> Ref | None:
        """The unit as it was called on `day`: earlier by its first name, later by its last."""
        versions = self._versions.get(unit_id) if unit_id is not None else None
        if not versions:
            return None
        begun = [ref for start, ref in versions if start <= day]
        return begun[-1] if begun else versions[0][1]
