"""Who is planned: the entries of a plan both ways, by title and by person."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.plan import EntryState, Plan, PlanEntry
from app.services.cadre import people_of
from app.services.errors import NotFound
from app.services.lookup import find as find_person
from app.services.plan.reading import find
from app.services.scope import ScopedSession
from app.services.title import refs
from app.services.unit.naming import Names
from app.services.unit.planning import Place

Row = dict[str, Any]


def entries(
    session: ScopedSession,
    plan_id: UUID,
    *,
    day: date,
    title_id: UUID | None = None,
    cadre_id: UUID | None = None,
    removed: bool = False,
) -> list[Row]:
    """Who is planned, by title and name: of one title, of one person, or all; `removed` also who left."""
    plan = find(session, plan_id)
    statement = select(PlanEntry).where(col(PlanEntry.plan_id) == plan.id)
    if not removed:
        statement = statement.where(col(PlanEntry.state) != EntryState.REMOVED)
    if title_id is not None:
        statement = statement.where(col(PlanEntry.title_id) == title_id)
    if cadre_id is not None:
        statement = statement.where(col(PlanEntry.cadre_id) == cadre_id)
    found = session.scalars(statement).all()
    session.saw("plan.entries", sorted({row.cadre_id for row in found}), root=plan)
    return shaped(session, plan, found, day)


def entry(session: ScopedSession, plan_id: UUID, entry_id: UUID, *, day: date) -> Row:
    """One entry of a plan; NotFound where the plan has none of this id."""
    plan = find(session, plan_id)
    row = session.scalars(
        select(PlanEntry).where(col(PlanEntry.id) == entry_id, col(PlanEntry.plan_id) == plan.id)
    ).first()
    if row is None:
        raise NotFound("Hồ sơ quy hoạch này không có dòng đó.")
    session.saw("plan.entry", [row.cadre_id], root=plan)
    return shaped(session, plan, [row], day)[0]


def shaped(session: ScopedSession, plan: Plan, found: Sequence[PlanEntry], day: date) -> list[Row]:
    """Entries with their persons as this caller may read them, in the order of titles and names."""
    people = people_of(session, {row.cadre_id for row in found}, day)
    titles = refs(session, {row.title_id for row in found}, day)
    place = Place(session, plan.unit_id, day)
    key = place.key_titles()
    order = {title: number for number, title in enumerate(place.titles(plan.kind))}
    rows = sorted(
        found,
        key=lambda row: (
            order.get(row.title_id, len(order)),
            str(row.title_id),
            people[row.cadre_id]["order"],
            str(row.id),
        ),
    )
    return [
        {
            "id": row.id,
            "plan_id": row.plan_id,
            "cadre": people[row.cadre_id]["person"],
            "title": titles[row.title_id],
            "is_key": row.title_id in key,
            "state": row.state,
            "added_on": row.added_on,
            "note": row.note,
            "planned_from": row.planned_from,
            "reviewed": row.kept_in_round == plan.round or row.state == EntryState.LEAVING,
            "removed_on": row.removed_on,
            "reason": row.removal_reason,
            "removal_note": row.removal_note,
        }
        for row in rows
    ]


def of_person(session: ScopedSession, cadre_id: UUID, *, day: date) -> list[Row]:
    """What one person is planned for in the plans the caller reads (person → titles); NotFound elsewhere."""
    person = find_person(session, cadre_id)
    found = session.scalars(
        select(PlanEntry)
        .where(col(PlanEntry.cadre_id) == person.id, col(PlanEntry.state) != EntryState.REMOVED)
        .order_by(col(PlanEntry.id))
    ).all()
    plans = {
        row.id: row
        for row in session.scalars(select(Plan).where(col(Plan.id).in_({row.plan_id for row in found})))
    }
    titles = refs(session, {row.title_id for row in found}, day)
    names = Names(session, {plan.unit_id for plan in plans.values()})
    session.saw("plan.of_person", [person.id], root=person)
    return [
        {
            "id": row.id,
            "plan": {
                "id": row.plan_id,
                "unit": names.on(row.unit_id, day),
                "period": plans[row.plan_id].period,
                "kind": plans[row.plan_id].kind,
                "state": plans[row.plan_id].state,
            },
            "title": titles[row.title_id],
            "state": row.state,
            "planned_from": row.planned_from,
        }
        for row in found
    ]
