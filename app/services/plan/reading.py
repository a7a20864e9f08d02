"""Plans as they are read: lists, one plan, who is planned, how it was voted."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.audit import AuditEvent, Outcome
from app.models.dossier import DossierStep, DossierType
from app.models.plan import (
    EntryState,
    Plan,
    PlanEntry,
    PlanKind,
    PlanPeriod,
    PlanState,
)
from app.models.unit import UnitVersion
from app.services import dossier, workflow
from app.services.audit import instant
from app.services.dated import live
from app.services.errors import Denied
from app.services.lookup import find as find_person
from app.services.paging import Page, Slice, cut, keyset
from app.services.plan.table import EDITABLE, TABLE
from app.services.scope import ScopedSession
from app.services.scope.roles import T3
from app.services.title import refs
from app.services.unit.naming import Names
from app.services.unit.planning import Place
from app.services.unit.tree import within

Row = dict[str, Any]
_EDITS = ("plan.entry.", "plan.meeting.", "plan.file.")
"""How the actions begin that change what was submitted."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of plans may be narrowed by; `unit_id`: the unit and all beneath it."""

    unit_id: UUID | None = None
    period: PlanPeriod | None = None
    kind: PlanKind | None = None
    state: PlanState | None = None
    authority_id: UUID | None = None


MISSING = "Không có hồ sơ quy hoạch này, hoặc hồ sơ ngoài phạm vi được xem."


def find(session: ScopedSession, plan_id: UUID) -> Plan:
    """The plan, or NotFound, which covers «not in your scope»."""
    return dossier.find(session, Plan, plan_id, MISSING)


def _narrowed(statement: Select[Any], filters: Filters, day: date) -> Select[Any]:
    if filters.unit_id is not None:
        statement = statement.where(within(col(Plan.unit_id), filters.unit_id, day))
    for name in ("period", "kind", "state", "authority_id"):
        value = getattr(filters, name)
        if value is not None:
            statement = statement.where(getattr(Plan, name) == value)
    return statement


def list_(session: ScopedSession, *, filters: Filters, page: Page, day: date) -> Slice:
    """One page of the plans in scope, by the name of the unit, then the period."""
    unit = aliased(UnitVersion)
    listed = and_(col(PlanEntry.plan_id) == col(Plan.id), col(PlanEntry.state) != EntryState.REMOVED)
    entries = select(func.count(col(PlanEntry.id))).where(listed).correlate(Plan).scalar_subquery()
    persons = (
        select(func.count(func.distinct(col(PlanEntry.cadre_id))))
        .where(listed)
        .correlate(Plan)
        .scalar_subquery()
    )
    # A unit that ended keeps its plans; without a name on the day they stand before all others.
    name = func.coalesce(col(unit.sort_key), "")
    statement = _narrowed(
        select(Plan, entries.label("entries"), persons.label("persons"), name.label("place")).outerjoin(
            unit, and_(col(unit.unit_id) == col(Plan.unit_id), live(unit, day))
        ),
        filters,
        day,
    )
    by_unit = [name, col(Plan.period), col(Plan.id)]
    statement = keyset(statement, by_unit, page, descending=page.sort.startswith("-"))
    found = session.execute(statement).all()
    total = None
    if page.count:
        total = session.execute(_narrowed(select(func.count(col(Plan.id))), filters, day)).scalar_one()
    names = Names(session, {key for row in found for key in (row.Plan.unit_id, row.Plan.authority_id)})
    rows = [_shape(row.Plan, names, day, row.entries, row.persons) for row in found]
    keys = [(row.place, row.Plan.period.value, row.Plan.id) for row in found]
    return cut(rows, keys, page, total)


def _shape(plan: Plan, names: Names, day: date, entries: int, persons: int) -> Row:
    return {
        "id": plan.id,
        "unit": names.on(plan.unit_id, day),
        "period": plan.period,
        "kind": plan.kind,
        "authority": names.on(plan.authority_id, day),
        "state": plan.state,
        "version": plan.version,
        "round": plan.round,
        "entries": entries,
        "persons": persons,
        "submitted_at": instant(plan.submitted_at) if plan.submitted_at is not None else None,
        "published_on": plan.published_on,
        "closed_on": plan.closed_on,
    }


def get(session: ScopedSession, plan_id: UUID, *, day: date) -> Row:
    """One plan with the titles of its authority, how many persons each has, and its approval."""
    plan = find(session, plan_id)
    place = Place(session, plan.unit_id, day)
    live_entries = session.execute(
        select(col(PlanEntry.title_id), col(PlanEntry.cadre_id)).where(
            col(PlanEntry.plan_id) == plan.id, col(PlanEntry.state) != EntryState.REMOVED
        )
    ).all()
    planned = Counter(row.title_id for row in live_entries)
    names = Names(session, {plan.unit_id, plan.authority_id})
    submitted = workflow.snapshot(session, TABLE, plan.id, "submit")
    approved = workflow.snapshot(session, TABLE, plan.id, "approve")
    saw_planned(session, plan, "plan.get", (row.cadre_id for row in live_entries))
    return {
        **_shape(plan, names, day, len(live_entries), len({row.cadre_id for row in live_entries})),
        "titles": _titles(session, plan, place, planned, day),
        "editable": plan.state in EDITABLE,
        "writable": plan.state in EDITABLE and _writes(session, plan),
        **_last_change(session, plan),
        "supplement": _supplement(session, plan),
        "submitted": _judged(submitted, "as_of", "findings", "parameter_digest"),
        "approved": _judged(approved, "decision", "as_of", "findings", "parameter_digest"),
    }


def _judged(kept: Row | None, *names: str) -> Row | None:
    return None if kept is None else {name: kept[name] for name in names}


def still_read(session: ScopedSession, plan_id: UUID, *, entry_id: UUID | None, votes: bool) -> list[UUID]:
    """The persons that a kept answer about a plan names, if the caller may read it again; else he may not.

    NotFound out of scope, also for an entry whose person's file has left it: it was told whole. Denied for
    `votes` without T3.
    """
    plan = find(session, plan_id)
    if votes and not session.scope.reads_tier(T3):
        raise Denied("Tài khoản này không được xem phiếu của hội nghị.")
    statement = select(col(PlanEntry.cadre_id)).where(col(PlanEntry.plan_id) == plan.id)
    if entry_id is None:
        return sorted(set(session.scalars(statement.where(col(PlanEntry.state) != EntryState.REMOVED))))
    return [
        find_person(session, cadre_id).id
        for cadre_id in session.scalars(statement.where(col(PlanEntry.id) == entry_id)).all()
    ]


def saw_planned(
    session: ScopedSession, plan: Plan, action: str, people: Iterable[UUID] | None = None
) -> None:
    """Says that an answer names the persons of a plan, as findings do; `people` None: looked up."""
    if people is None:
        people = session.scalars(
            select(col(PlanEntry.cadre_id)).where(
                col(PlanEntry.plan_id) == plan.id, col(PlanEntry.state) != EntryState.REMOVED
            )
        )
    if found := sorted(set(people)):
        session.saw(action, found, root=plan)


def _writes(session: ScopedSession, plan: Plan) -> bool:
    """Whether the caller may change plans of the unit."""
    actor = session.scope.actor
    return actor is not None and bool(session.units_within(actor.reach("plan:write"), {plan.unit_id}))


def _last_change(session: ScopedSession, plan: Plan) -> Row:
    """Who changed the plan last and when, and how often since it was first submitted, as the audit has it."""
    taken = (
        col(DossierStep.dossier_type) == DossierType.PLAN,
        col(DossierStep.dossier_id) == plan.id,
    )
    review = select(func.max(col(DossierStep.version))).where(*taken, col(DossierStep.action) == "review")
    submitted = select(func.min(col(DossierStep.recorded_at))).where(
        *taken,
        col(DossierStep.action) == "submit",
        col(DossierStep.version) > func.coalesce(review.scalar_subquery(), 0),
    )
    done = (
        col(AuditEvent.object_type) == "plan",
        col(AuditEvent.object_id) == str(plan.id),
        col(AuditEvent.outcome) == Outcome.DONE,
    )
    edits = select(func.count(col(AuditEvent.id))).where(
        *done,
        or_(*(col(AuditEvent.action).startswith(name, autoescape=True) for name in _EDITS)),
        col(AuditEvent.at) > submitted.scalar_subquery(),
    )
    told = session.execute(
        select(col(AuditEvent.actor), col(AuditEvent.at), edits.scalar_subquery().label("edits"))
        .where(*done)
        .order_by(col(AuditEvent.id).desc())
        .limit(1)
    ).first()
    return {
        "changed_by": told.actor if told is not None else None,
        "changed_at": instant(told.at if told is not None else plan.created_at),
        "edits_after_submission": int(told.edits) if told is not None else 0,
    }


def _titles(session: ScopedSession, plan: Plan, place: Place, planned: Counter[UUID], day: date) -> list[Row]:
    """The titles of the plan's authority in their rank, then those that have entries and left the unit."""
    own = {
        key: row
        for key, row in place.titles(plan.kind).items()
        if place.authority(row.managed_by) == plan.authority_id or planned[key]
    }
    rows: list[Row] = [
        {
            "id": key,
            "code": row.code,
            "name": row.name,
            "is_key": row.is_key,
            "seats": row.seats,
            "planned": planned[key],
        }
        for key, row in own.items()
    ]
    gone = refs(session, planned.keys() - own.keys(), day)
    return rows + [
        ref | {"is_key": False, "seats": None, "planned": planned[key]} for key, ref in gone.items()
    ]


def _supplement(session: ScopedSession, plan: Plan) -> bool:
    """Whether somebody had to leave in this round and nobody has come since: the «bổ sung» task."""
    if plan.state not in EDITABLE or plan.round == 1:
        return False
    left = session.execute(
        select(func.count(col(PlanEntry.id))).where(
            col(PlanEntry.plan_id) == plan.id,
            col(PlanEntry.state) == EntryState.REMOVED,
            col(PlanEntry.removed_in_round) == plan.round,
            col(PlanEntry.planned_from).is_not(None),
        )
    ).scalar_one()
    came = session.execute(
        select(func.count(col(PlanEntry.id))).where(
            col(PlanEntry.plan_id) == plan.id, col(PlanEntry.state) == EntryState.PROPOSED
        )
    ).scalar_one()
    return int(left) > int(came)
