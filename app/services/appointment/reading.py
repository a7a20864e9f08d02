"""Personnel actions as they are read: lists, one dossier, who may be chosen with what the law says of him."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.appointment import (
    OVER,
    ActionKind,
    ActionState,
    Appointment,
    AppointmentCandidate,
)
from app.models.dossier import DossierType
from app.models.unit import UnitVersion
from app.services import workflow
from app.services.appointment.table import DECIDING, OPEN, route, table
from app.services.appointment.walking import saw
from app.services.appointment.writing import find
from app.services.audit import instant
from app.services.cadre import people_of
from app.services.compliance.appointment import judge_people
from app.services.dated import live
from app.services.errors import Denied, NotFound
from app.services.law.parameter import Law
from app.services.lookup import find as find_person
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession
from app.services.scope.roles import T3
from app.services.title import refs
from app.services.unit.naming import Names
from app.services.unit.tree import within

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list may be narrowed by; `unit_id`: the unit and all beneath it; `open`: not over yet."""

    unit_id: UUID | None = None
    kind: ActionKind | None = None
    state: ActionState | None = None
    authority_id: UUID | None = None
    title_id: UUID | None = None
    cadre_id: UUID | None = None
    open: bool | None = None


def _narrowed(statement: Select[Any], filters: Filters, day: date) -> Select[Any]:
    if filters.unit_id is not None:
        statement = statement.where(within(col(Appointment.unit_id), filters.unit_id, day))
    if filters.cadre_id is not None:
        statement = statement.where(
            col(Appointment.id).in_(
                select(col(AppointmentCandidate.appointment_id)).where(
                    col(AppointmentCandidate.cadre_id) == filters.cadre_id,
                    col(AppointmentCandidate.withdrawn_on).is_(None),
                )
            )
        )
    if filters.open is not None:
        over = col(Appointment.state).in_(OVER)
        statement = statement.where(~over if filters.open else over)
    for name in ("kind", "state", "authority_id", "title_id"):
        value = getattr(filters, name)
        if value is not None:
            statement = statement.where(getattr(Appointment, name) == value)
    return statement


def list_(session: ScopedSession, *, filters: Filters, page: Page, day: date) -> Slice:
    """One page of the dossiers in scope, by the name of the unit (default) or the day they were opened."""
    unit, chosen = aliased(UnitVersion), aliased(AppointmentCandidate)
    entered = (
        select(func.count(col(AppointmentCandidate.id)))
        .where(
            col(AppointmentCandidate.appointment_id) == col(Appointment.id),
            col(AppointmentCandidate.withdrawn_on).is_(None),
        )
        .correlate(Appointment)
        .scalar_subquery()
    )
    name = func.coalesce(col(unit.sort_key), "")
    first: Any = {"unit": name, "opened_on": col(Appointment.opened_on)}[page.sort.lstrip("-")]
    statement = _narrowed(
        select(
            Appointment,
            entered.label("entered"),
            col(chosen.cadre_id).label("cadre_id"),
            first.label("place"),
        )
        .outerjoin(unit, and_(col(unit.unit_id) == col(Appointment.unit_id), live(unit, day)))
        .outerjoin(chosen, col(chosen.id) == col(Appointment.chosen_id)),
        filters,
        day,
    )
    statement = keyset(statement, [first, col(Appointment.id)], page, descending=page.sort.startswith("-"))
    found = session.execute(statement).all()
    total = None
    if page.count:
        total = session.execute(_narrowed(select(func.count(col(Appointment.id))), filters, day)).scalar_one()
    named = _Named(session, [row.Appointment for row in found], [row.cadre_id for row in found], day)
    rows = [named.shape(row.Appointment, row.entered, row.cadre_id) for row in found]
    session.saw("appointment.list", sorted({row.cadre_id for row in found if row.cadre_id is not None}))
    keys = [(row.place, row.Appointment.id) for row in found]
    return cut(rows, keys, page, total)


class _Named:
    """The names that rows of dossiers show: units, titles, persons, each looked up once."""

    def __init__(
        self, session: ScopedSession, rows: list[Appointment], people: list[UUID | None], day: date
    ) -> None:
        self._day = day
        self._units = Names(session, {key for row in rows for key in (row.unit_id, row.authority_id)})
        self._titles = refs(session, {row.title_id for row in rows}, day)
        self._people = people_of(session, {key for key in people if key is not None}, day)

    def shape(self, row: Appointment, entered: int, cadre_id: UUID | None) -> Row:
        return {
            "id": row.id,
            "kind": row.kind,
            "source": row.source,
            "head_decides": row.head_decides,
            "unit": self._units.on(row.unit_id, self._day),
            "title": self._titles[row.title_id],
            "authority": self._units.on(row.authority_id, self._day),
            "state": row.state,
            "version": row.version,
            "opened_on": row.opened_on,
            "candidates": entered,
            "cadre": None if cadre_id is None else self._people[cadre_id]["person"],
            "submitted_at": instant(row.submitted_at) if row.submitted_at is not None else None,
            "published_on": row.published_on,
        }


def get(session: ScopedSession, appointment_id: UUID, *, day: date) -> Row:
    """One dossier with what it was submitted and decided on."""
    row = find(session, appointment_id)
    people = _people(session, row)
    chosen = next((one.cadre_id for one in people if one.id == row.chosen_id), None)
    if chosen is not None:
        session.saw("appointment.get", [chosen], root=row)
    submitted = workflow.snapshot(session, table(row), row.id, "submit", "nominate")
    decided = workflow.snapshot(session, table(row), row.id, *DECIDING)
    entered = sum(one.withdrawn_on is None for one in people)
    return {
        **_Named(session, [row], [chosen], day).shape(row, entered, chosen),
        **{
            name: getattr(row, name)
            for name in (
                "post_id",
                "assignment_id",
                "outcome",
                "reason",
                "basis",
                "responsibility_note",
                "policy_requested_on",
                "policy_decided_on",
                "chosen_id",
                "head_chose",
                "opinion_on",
                "opinion_document",
                "ends_on",
                "opened_assignment_id",
            )
        },
        "route": route(row).value,
        "editable": row.state in OPEN,
        "writable": row.state in OPEN and _writes(session, row),
        "submitted": _judged(submitted),
        "decided": _judged(decided),
        "decision": None if decided is None else decided["decision"],
    }


def _judged(kept: Row | None) -> Row | None:
    names = ("as_of", "findings", "parameter_digest", "decision")
    return None if kept is None else {name: kept[name] for name in names}


def _writes(session: ScopedSession, row: Appointment) -> bool:
    """Whether the caller may change dossiers of the unit."""
    actor = session.scope.actor
    return actor is not None and bool(session.units_within(actor.reach("appointment:write"), {row.unit_id}))


def _people(session: ScopedSession, row: Appointment) -> list[AppointmentCandidate]:
    return list(
        session.scalars(
            select(AppointmentCandidate)
            .where(col(AppointmentCandidate.appointment_id) == row.id)
            .order_by(col(AppointmentCandidate.id))
        )
    )


def still_read(session: ScopedSession, appointment_id: UUID, *, whole: bool, votes: bool) -> list[UUID]:
    """The persons that a kept answer about a dossier names, if the caller may read it again; else he may not.

    NotFound out of scope, also where the answer told somebody `whole` whose file has left it since. Denied
    for `votes` without T3.
    """
    row = find(session, appointment_id)
    if votes and not session.scope.reads_tier(T3):
        raise Denied("Tài khoản này không được xem phiếu của hội nghị.")
    people = sorted({one.cadre_id for one in _people(session, row)})
    return [find_person(session, key).id for key in people] if whole else people


def candidates(session: ScopedSession, appointment_id: UUID, *, law: Law, day: date) -> list[Row]:
    """Everybody ever on the list, each with what the law of `day` says of him; who withdrew comes last."""
    row = find(session, appointment_id)
    found = _people(session, row)
    saw(session, row, found, "appointment.candidates")
    return _shaped(session, row, found, law, day)


def candidate(
    session: ScopedSession, appointment_id: UUID, candidate_id: UUID, *, law: Law, day: date
) -> Row:
    """One candidate; NotFound where the dossier has none of this id."""
    row = find(session, appointment_id)
    found = [one for one in _people(session, row) if one.id == candidate_id]
    if not found:
        raise NotFound("Hồ sơ này không có nhân sự đó.")
    saw(session, row, found, "appointment.candidate")
    return _shaped(session, row, found, law, day)[0]


def _shaped(
    session: ScopedSession, row: Appointment, found: list[AppointmentCandidate], law: Law, day: date
) -> list[Row]:
    people = people_of(session, {one.cadre_id for one in found}, day)
    still = [one for one in found if one.withdrawn_on is None]
    judged = judge_people(session, law, row, still, route=route(row).value, day=day)
    # What a waiver lifts is looked up once for all of them.
    persons = {one.id: one.cadre_id for one in still}
    flat = workflow.waived_of(
        session,
        DossierType.APPOINTMENT,
        row.id,
        [(one, persons[key]) for key, found in judged.items() for one in found],
    )
    lifted = iter(flat)
    told = {key: [next(lifted) for _ in found] for key, found in judged.items()}
    return [
        {
            "id": one.id,
            "cadre": people[one.cadre_id]["person"],
            "raised_at_step": one.raised_at_step,
            "added_on": one.added_on,
            "note": one.note,
            "withdrawn_on": one.withdrawn_on,
            "withdrawn_note": one.withdrawn_note,
            "chosen": one.id == row.chosen_id,
            "findings": [finding.as_json() for finding in told.get(one.id, [])],
        }
        for one in sorted(found, key=lambda one: (one.withdrawn_on is not None, str(one.id)))
    ]
