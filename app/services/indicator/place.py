"""Whose figures are asked for: the unit with its name of the day, and the territories right beneath it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.title import LEVEL_RANK
from app.models.unit import Level, UnitClosure, UnitForm, UnitVersion, Via
from app.services.dated import holds_on, known, live
from app.services.errors import NotFound
from app.services.scope import ScopedSession

OWN_BODIES = {
    Level.PROVINCE: "Cơ quan cấp tỉnh",
    Level.DISTRICT: "Cơ quan cấp huyện",
    Level.COMMUNE: "Cơ quan cấp xã",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A unit as it was called on the day; before and after its life, as it was called nearest to it."""

    id: UUID
    code: str
    name: str
    level: Level
    form: UnitForm

    @property
    def ref(self) -> dict[str, object]:
        """The unit in one line, as other records name it."""
        return {"id": self.id, "code": self.code, "name": self.name, "level": self.level}

    @property
    def own_ref(self) -> dict[str, object]:
        """The row of the unit's own bodies; `own` tells it from the unit as a whole."""
        name = OWN_BODIES[self.level] if self.form is UnitForm.TERRITORY else self.name
        return {**self.ref, "name": name, "own": True}


def _asked(row: UnitVersion) -> Asked:
    return Asked(row.unit_id, row.code, row.name, row.level, row.form)


def find(session: ScopedSession, unit_id: UUID | None, day: date) -> Asked:
    """The unit asked for, or the highest one the caller reads figures of; NotFound outside his reach."""
    scope = session.scope
    if unit_id is None and scope.actor is not None:
        held = [grant for grant in scope.actor.holding("indicator:read") if grant.unit_id and grant.level]
        highest = min(held, key=lambda grant: LEVEL_RANK[grant.level or Level.COMMUNE], default=None)
        unit_id = highest.unit_id if highest is not None else None
    if unit_id is None or not session.units_within(scope.reads, {unit_id}):
        raise NotFound("Không có đơn vị này, hoặc đơn vị ngoài phạm vi được xem chỉ tiêu.")
    rows = session.scalars(
        select(UnitVersion)
        .where(col(UnitVersion.unit_id) == unit_id, known(UnitVersion))
        .order_by(col(UnitVersion.valid_from))
    ).all()
    if not rows:
        raise NotFound("Không có đơn vị này, hoặc đơn vị ngoài phạm vi được xem chỉ tiêu.")
    return _asked(min(rows, key=lambda row: (not holds_on(row, day), abs((row.valid_from - day).days))))


def beneath(session: ScopedSession, unit_id: UUID, day: date) -> list[Asked]:
    """The territories right beneath the unit on `day`, by code."""
    rows = session.scalars(
        select(UnitVersion)
        .where(
            col(UnitVersion.parent_id) == unit_id,
            col(UnitVersion.form) == UnitForm.TERRITORY,
            live(UnitVersion, day),
        )
        .order_by(col(UnitVersion.code), col(UnitVersion.unit_id))
    )
    return [_asked(row) for row in rows]


def above(session: ScopedSession, unit_id: UUID, day: date) -> list[Asked]:
    """The unit and everything it lies in, from the root of the tree of `day` down to itself."""
    rows = session.execute(
        select(UnitVersion)
        .join(UnitClosure, col(UnitClosure.ancestor_id) == col(UnitVersion.unit_id))
        .where(
            col(UnitClosure.descendant_id) == unit_id,
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
            live(UnitVersion, day),
        )
        .order_by(col(UnitClosure.depth).desc())
    ).scalars()
    return [_asked(row) for row in rows]
