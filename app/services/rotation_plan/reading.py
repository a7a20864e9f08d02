"""Rotation plans as they are read: lists, one plan, what it names and what has come of it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.rotation import Rotation, RotationItem, RotationPlan, RotationPlanState, RotationState
from app.models.unit import UnitVersion
from app.services import workflow
from app.services.audit import instant
from app.services.dated import begun, live
from app.services.errors import NotFound
from app.services.paging import Page, Slice, cut, keyset
from app.services.rotation_plan.table import EDITABLE, TABLE
from app.services.rotation_plan.writing import NO_ITEM, find
from app.services.scope import ScopedSession
from app.services.title import refs
from app.services.unit.naming import Names
from app.services.unit.tree import within

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list may be narrowed by; `unit_id`: the unit and all beneath it."""

    unit_id: UUID | None = None
    year: int | None = None
    state: RotationPlanState | None = None
    authority_id: UUID | None = None


def _narrowed(statement: Select[Any], filters: Filters, day: date) -> Select[Any]:
    if filters.unit_id is not None:
        statement = statement.where(within(col(RotationPlan.unit_id), filters.unit_id, day))
    for name in ("year", "state", "authority_id"):
        value = getattr(filters, name)
        if value is not None:
            statement = statement.where(getattr(RotationPlan, name) == value)
    return statement


def list_(session: ScopedSession, *, filters: Filters, page: Page, day: date) -> Slice:
    """One page of the plans in scope, by the name of the unit (default) or by year."""
    unit = aliased(UnitVersion)
    name = func.coalesce(col(unit.sort_key), "")
    first: Any = {"unit": name, "year": col(RotationPlan.year)}[page.sort.lstrip("-")]
    statement = _narrowed(
        select(RotationPlan, first.label("place")).outerjoin(
            unit, and_(col(unit.unit_id) == col(RotationPlan.unit_id), live(unit, day))
        ),
        filters,
        day,
    )
    statement = keyset(statement, [first, col(RotationPlan.id)], page, descending=page.sort.startswith("-"))
    found = session.execute(statement).all()
    total = None
    if page.count:
        total = session.execute(
            _narrowed(select(func.count(col(RotationPlan.id))), filters, day)
        ).scalar_one()
    rows = _shaped(session, [row.RotationPlan for row in found], day)
    return cut(rows, [(row.place, row.RotationPlan.id) for row in found], page, total)


def _shaped(session: ScopedSession, plans: list[RotationPlan], day: date) -> list[Row]:
    names = Names(session, {key for row in plans for key in (row.unit_id, row.authority_id)})
    made = _made(day)
    counted: Any = session.execute(
        select(
            col(RotationItem.plan_id),
            func.count(col(RotationItem.id)),
            func.count(made.c.item_id),
        )
        .outerjoin(made, made.c.item_id == col(RotationItem.id))
        .where(
            col(RotationItem.plan_id).in_([row.id for row in plans]), col(RotationItem.removed_on).is_(None)
        )
        .group_by(col(RotationItem.plan_id))
    )
    figures = {plan_id: (items, done) for plan_id, items, done in counted}
    return [
        {
            "id": row.id,
            "unit": names.on(row.unit_id, day),
            "year": row.year,
            "authority": names.on(row.authority_id, day),
            "state": row.state,
            "version": row.version,
            "items": figures.get(row.id, (0, 0))[0],
            "begun": figures.get(row.id, (0, 0))[1],
            "submitted_at": instant(row.submitted_at) if row.submitted_at is not None else None,
        }
        for row in plans
    ]


def _made(day: date) -> Any:  # noqa: ANN401 - a subquery
    """Items whose rotation has begun by `day`."""
    return (
        select(col(Rotation.item_id).label("item_id"))
        .where(
            col(Rotation.item_id).is_not(None),
            col(Rotation.began_on).is_not(None),
            begun(col(Rotation.began_on), day),
        )
        .subquery("made")
    )


def get(session: ScopedSession, plan_id: UUID, *, day: date) -> Row:
    """One plan with the decision it was approved by."""
    row = find(session, plan_id)
    approved = workflow.snapshot(session, TABLE, row.id, "approve")
    editable = row.state in EDITABLE
    return {
        **_shaped(session, [row], day)[0],
        "editable": editable,
        "writable": editable and _writes(session, row),
        "decision": None if approved is None else approved["decision"],
    }


def _writes(session: ScopedSession, row: RotationPlan) -> bool:
    actor = session.scope.actor
    return actor is not None and bool(session.units_within(actor.reach("rotation:write"), {row.unit_id}))


def items(session: ScopedSession, plan_id: UUID, *, day: date, item_id: UUID | None = None) -> list[Row]:
    """What a plan names, in its order, each with what has come of it; `item_id`: that one alone.

    NotFound for an item the plan doesn't have.
    """
    plan = find(session, plan_id)
    wanted = select(RotationItem, Rotation).outerjoin(
        Rotation,
        and_(col(Rotation.item_id) == col(RotationItem.id), col(Rotation.state) != RotationState.CANCELLED),
    )
    wanted = wanted.where(col(RotationItem.plan_id) == plan.id, col(RotationItem.removed_on).is_(None))
    if item_id is not None:
        wanted = wanted.where(col(RotationItem.id) == item_id)
    found = session.execute(wanted.order_by(col(RotationItem.number))).all()
    if item_id is not None and not found:
        raise NotFound(NO_ITEM)
    titles = refs(session, {item.title_id for item, _ in found}, day)
    names = Names(session, {item.place_id for item, _ in found})
    return [
        {
            "id": item.id,
            "plan_id": item.plan_id,
            "number": item.number,
            "post_id": item.post_id,
            "title": titles[item.title_id],
            "place": names.on(item.place_id, day),
            "planned_on": item.planned_on,
            "after": item.after,
            "approved_on": item.approved_on,
            "state": _state(item, made),
            "rotation_id": None if made is None else made.id,
            "began_on": None if made is None else made.began_on,
        }
        for item, made in found
    ]


def _state(item: RotationItem, made: Rotation | None) -> str:
    if made is not None:
        return made.state.value
    return "approved" if item.approved_on is not None else "proposed"
