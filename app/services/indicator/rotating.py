"""The population of rotation plans: what was approved and was to begin by the day, and what has begun."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, case, select, true
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.rotation import Rotation, RotationItem
from app.services.dated import begun
from app.services.indicator.numerators import COUNTS, NOT
from app.services.indicator.populations import Ask, Source, kept


def _items(ask: Ask) -> CTE:
    """Items approved and planned to begin by the day, in the unit that planned them."""
    days = ask.columns
    item, made = aliased(RotationItem), aliased(Rotation)
    done = (
        select(col(made.id))
        .where(
            col(made.item_id) == col(item.id),
            col(made.began_on).is_not(None),
            begun(col(made.began_on), days.day),
        )
        .correlate_except(made)
        .exists()
    )
    statement = select(
        *days.columns,
        col(item.id).label("key"),
        col(item.unit_id).label("unit_id"),
        case((done, COUNTS), else_=NOT).label("begun"),
    )
    approved = begun(col(item.approved_on), days.day)
    rows = days.joined(statement, item, begun(col(item.planned_on), days.day)).where(approved)
    return kept(rows, "placed")


def _every(_ask: Ask, _placed: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a CTE
    return true()


OF_ROTATIONS: tuple[Source, ...] = (
    Source("rotation_items", _items, {"rotation_items": _every}, codes=frozenset({"begun"})),
)
"""What rests on rotation plans."""
