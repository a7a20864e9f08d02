"""Plans as they are read: lists, one plan, who is planned, how it was voted."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.audit import AuditEvent, Outcome
from app.models.plan import (
    EntryState,
    Plan,
    PlanEntry,
    PlanKind,
    PlanMeeting,
    PlanPeriod,
    PlanState,
    PlanVote,
)
from app.models.title import Title, TitleVersion
from app.models.unit import UnitClosure, UnitVersion, Via
from app.services import workflow
from app.services.audit import instant
from app.services.cadre import people_of
from app.services.dated import known, live
from app.services.errors import Denied, NotFound
from app.services.law.rules.plan import MEETING_NAMES
from app.services.lookup import find as find_person
from app.services.paging import Page, Slice, cut, keyset
from app.services.plan.table import EDITABLE, TABLE
from app.services.scope import ScopedSession
from app.services.scope.roles import T3
from app.services.unit.naming import Names
from app.services.unit.planning import Place

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of plans may be narrowed by; `unit_id`: the unit and all beneath it."""

    unit_id: UUID | None = None
    period: PlanPeriod | None = None
    kind: PlanKind | None = None
    state: PlanState | None = None
    authority_id: UUID | None = None


def find(session: ScopedSession, plan_id: UUID) -> Plan:
    """The plan, or NotFound, which covers «not in your scope»."""
    plan = session.scalars(select(Plan).where(col(Plan.id) == plan_id)).first()
    if plan is None:
        raise NotFound("Không có hồ sơ quy hoạch này, hoặc hồ sơ ngoài phạm vi được xem.")
    return plan


def _narrowed(statement: Select[Any], filters: Filters, day: date) -> Select[Any]:
    if filters.unit_id is not None:
        beneath = select(col(UnitClosure.descendant_id)).where(
            col(UnitClosure.ancestor_id) == filters.unit_id,
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
        )
        statement = statement.where(col(Plan.unit_id).in_(beneath))
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
    """Who changed the plan last and when, as the audit has it."""
    told = session.execute(
        select(col(AuditEvent.actor), col(AuditEvent.at))
        .where(
            col(AuditEvent.object_type) == "plan",
            col(AuditEvent.object_id) == str(plan.id),
            col(AuditEvent.outcome) == Outcome.DONE,
        )
        .order_by(col(AuditEvent.id).desc())
        .limit(1)
    ).first()
    return {
        "changed_by": told.actor if told is not None else None,
        "changed_at": instant(told.at if told is not None else plan.created_at),
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


def refs(session: ScopedSession, titles: Iterable[UUID], day: date) -> dict[UUID, Row]:
    """Titles in one line, by the name they bear on `day`, else by their last one."""
    wanted = set(titles)
    if not wanted:
        return {}
    rows = session.execute(
        select(col(Title.id), col(Title.code), col(TitleVersion.name), live(TitleVersion, day).label("now"))
        .join(TitleVersion, col(TitleVersion.title_id) == col(Title.id))
        .where(col(Title.id).in_(wanted), known(TitleVersion))
        .order_by(col(TitleVersion.valid_from))
    ).all()
    found: dict[UUID, Row] = {}
    for now in (False, True):
        found |= {
            key: {"id": key, "code": code, "name": name}
            for key, code, name, is_now in rows
            if bool(is_now) is now
        }
    return found


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


def meetings(session: ScopedSession, plan_id: UUID) -> list[Row]:
    """The meetings of all rounds in their order; votes only for who reads T3."""
    plan = find(session, plan_id)
    found = session.scalars(
        select(PlanMeeting)
        .where(col(PlanMeeting.plan_id) == plan.id)
        .order_by(col(PlanMeeting.round), col(PlanMeeting.held_on), col(PlanMeeting.id))
    ).all()
    votes: dict[UUID, list[Row]] = {row.id: [] for row in found}
    told = session.scope.reads_tier(T3)
    if told:
        rows = session.execute(
            select(PlanVote, col(PlanEntry.cadre_id), col(PlanEntry.title_id))
            .join(PlanEntry, col(PlanEntry.id) == col(PlanVote.entry_id))
            .where(col(PlanVote.plan_id) == plan.id)
            .order_by(col(PlanVote.votes).desc(), col(PlanVote.id))
        ).all()
        for vote, cadre_id, title_id in rows:
            votes[vote.meeting_id].append(
                {"entry_id": vote.entry_id, "cadre_id": cadre_id, "title_id": title_id, "votes": vote.votes}
            )
        session.saw("plan.votes", sorted({row.cadre_id for row in rows}), root=plan)
    return [
        {
            "id": row.id,
            "round": row.round,
            "step": row.step,
            "name": MEETING_NAMES[row.step.value],
            "held_on": row.held_on,
            "summoned": row.summoned,
            "present": row.present,
            "ballots_issued": row.ballots_issued,
            "ballots_returned": row.ballots_returned,
            "ballots_valid": row.ballots_valid,
            "document": row.document,
            "in_favour": votes[row.id] if told else None,
        }
        for row in found
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
