"""Where a place lies: inside a territory, around it, or elsewhere; by unit id and lineage, never by name."""

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.models.unit import Level, UnitClosure, UnitForm, UnitVersion, Via
from app.services.dated import live
from app.services.law.rules.appointment import OriginLevel

Fact = SQLCoreOperations[Any]


def territory(unit: Fact, level: Level, day: Fact) -> ColumnElement[Any]:
    """Id of the territory of `level` that `unit` works in, by the tree of `day`; NULL where there is none."""
    up, land = aliased(UnitClosure), aliased(UnitVersion)
    return (
        select(col(up.ancestor_id))
        .join(land, col(land.unit_id) == col(up.ancestor_id))
        .where(
            col(up.descendant_id) == unit,
            col(up.via) == Via.TREE,
            live(up, day),
            col(land.form) == UnitForm.TERRITORY,
            col(land.level) == level,
            live(land, day),
        )
        .limit(1)
        .correlate_except(up, land)
        .scalar_subquery()
    )


def inside(place: Fact, land: Fact, day: Fact) -> ColumnElement[bool]:
    """`place` lies in the territory, by tree or as its predecessor, as the units stood on `day`."""
    below = aliased(UnitClosure)
    return (
        exists()
        .where(col(below.ancestor_id) == land, col(below.descendant_id) == place, live(below, day))
        .correlate_except(below)
    )


def encloses(place: Fact, land: Fact, day: Fact, level: OriginLevel) -> ColumnElement[bool]:
    """`place` names a unit around the territory, or one that later took it in, so that it settles nothing."""
    above = aliased(UnitClosure)
    around = (
        exists()
        .where(col(above.ancestor_id) == place, col(above.descendant_id) == land)
        .correlate_except(above)
    )
    if level is OriginLevel.COMMUNE:
        return around
    heir, own = aliased(UnitClosure), aliased(UnitClosure)
    inherits = (
        exists()
        .where(
            col(heir.ancestor_id) == place,
            col(heir.via) == Via.LINEAGE,
            col(own.descendant_id) == col(heir.descendant_id),
            col(own.ancestor_id) == land,
            col(own.via) == Via.TREE,
            live(own, day),
        )
        .correlate_except(heir, own)
    )
    return or_(around, inherits)
