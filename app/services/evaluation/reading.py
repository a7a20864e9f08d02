"""Results as they are read: the list by name, one result, what the law says of a unit's grades."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.access import Principal
from app.models.cadre import Cadre
from app.models.evaluation import Evaluation, EvaluationState, Grade, Peers
from app.services.audit import instant
from app.services.compliance.evaluation import employed, judge_grades, norm_day
from app.services.dated import on_record
from app.services.errors import NotFound
from app.services.law.parameter import Law
from app.services.law.rules.evaluation import instruments
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession
from app.services.scope.roles import T2
from app.services.unit.naming import Names
from app.services.unit.tree import within

Row = dict[str, Any]
MISSING = "Không có kết quả xếp loại này, hoặc kết quả ngoài phạm vi được xem."

_FIELDS = (
    "id", "cadre_id", "graded_unit_id", "year", "peers", "grade", "party_grade", "graded_by",
    "decision_number", "decided_on", "state", "recorded_at", "confirmed_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of results may be narrowed by; `unit_id`: graded in this unit or beneath it."""

    unit_id: UUID | None = None
    year: int | None = None
    grade: Grade | None = None
    peers: Peers | None = None
    state: EvaluationState | None = None
    cadre_id: UUID | None = None


def list_(session: ScopedSession, law: Law, *, filters: Filters, page: Page, day: date) -> Slice:
    """One page of the results in scope, by name, each person's years in their order.

    Persons of whom the caller reads name, title and unit alone are left out: a filter never matches them.
    """
    by_name = [col(Cadre.sort_key), col(Cadre.id), col(Evaluation.year)]
    statement = _where(_columns().where(_readable(session)), filters, day)
    found = (
        session.execute(keyset(statement, by_name, page, descending=page.sort.startswith("-")))
        .mappings()
        .all()
    )
    total = None
    if page.count:
        total = session.execute(_where(_counted(session), filters, day)).scalar_one()
    shape = _shaper(session, law, {row["graded_unit_id"] for row in found})
    keys = [(row["sort_key"], row["cadre_id"], row["year"]) for row in found]
    result = cut([shape(dict(row)) for row in found], keys, page, total)
    session.saw("evaluation.list", [row["cadre"]["id"] for row in result.rows])
    return result


def _columns() -> Select[Any]:
    recorder, confirmer = aliased(Principal), aliased(Principal)
    return (
        select(
            *(getattr(Evaluation, name) for name in _FIELDS),
            col(Cadre.code),
            col(Cadre.full_name),
            col(Cadre.sort_key),
            col(Cadre.legal_category),
            col(recorder.display_name).label("recorder"),
            col(confirmer.display_name).label("confirmer"),
        )
        .join(Cadre, col(Cadre.id) == col(Evaluation.cadre_id))
        .outerjoin(recorder, col(recorder.id) == col(Evaluation.recorded_by))
        .outerjoin(confirmer, col(confirmer.id) == col(Evaluation.confirmed_by))
    )


def _counted(session: ScopedSession) -> Select[Any]:
    """The number of rows; over the whole tree without looking each person up: those left out are few."""
    counted = select(func.count(col(Evaluation.id)))
    if not session.scope.reads.whole:
        return counted.join(Cadre, col(Cadre.id) == col(Evaluation.cadre_id)).where(_readable(session))
    hidden = or_(col(Cadre.is_stub), col(Cadre.managed_by).in_(session.scope.redacts()))
    actor = session.scope.actor
    if actor is not None and actor.cadre_id is not None:
        hidden &= col(Cadre.id) != actor.cadre_id
    return counted.where(col(Evaluation.cadre_id).not_in(select(col(Cadre.id)).where(hidden)))


def _where(statement: Select[Any], filters: Filters, day: date) -> Select[Any]:
    statement = statement.where(on_record(Evaluation))
    if filters.unit_id is not None:
        statement = statement.where(within(col(Evaluation.graded_unit_id), filters.unit_id, day))
    for name in ("year", "grade", "peers", "state", "cadre_id"):
        value = getattr(filters, name)
        if value is not None:
            statement = statement.where(getattr(Evaluation, name) == value)
    return statement


def _readable(session: ScopedSession) -> ColumnElement[bool]:
    """True for persons of whom the caller reads more than name, title and unit."""
    actor = session.scope.actor
    open_to = or_(
        col(Cadre.managed_by).is_(None), col(Cadre.managed_by).not_in(session.scope.redacts())
    ) & col(Cadre.is_stub).is_(False)
    if actor is None or actor.cadre_id is None:
        return open_to
    return or_(open_to, col(Cadre.id) == actor.cadre_id)


def _shaper(session: ScopedSession, law: Law, units: set[UUID | None]) -> Callable[[Row], Row]:
    names = Names(session, units)
    norms: dict[tuple[date, bool], Row] = {}

    def norm(on: date, *, employee: bool) -> Row:
        if (on, employee) not in norms:
            told = {side.value: source for side, source in instruments(law.on(on), employee=employee)}
            norms[on, employee] = {"on": on, "state": told.get("state"), "party": told.get("party")}
        return norms[on, employee]

    def shape(row: Row) -> Row:
        on = norm_day(row["year"], row["decided_on"])
        special = T2 in session.scope.tiers(row["cadre_id"])
        return {
            "id": row["id"],
            "cadre": {"id": row["cadre_id"], "code": row["code"], "full_name": row["full_name"]},
            "unit": names.on(row["graded_unit_id"], on),
            "year": row["year"],
            "peers": row["peers"],
            "grade": row["grade"],
            "party_grade": row["party_grade"] if special else None,
            "graded_by": row["graded_by"],
            "decision_number": row["decision_number"],
            "decided_on": row["decided_on"],
            "norm": norm(on, employee=employed(row["legal_category"])),
            "state": row["state"],
            "recorded_at": instant(row["recorded_at"]),
            "recorded_by": row["recorder"],
            "confirmed_on": row["confirmed_on"],
            "confirmed_by": row["confirmer"],
        }

    return shape


def find(session: ScopedSession, evaluation_id: UUID) -> tuple[Evaluation, Cadre]:
    """A result and its person; NotFound covers «not in your scope» and «not yours to read whole»."""
    found = session.execute(
        select(Evaluation, Cadre)
        .join(Cadre, col(Cadre.id) == col(Evaluation.cadre_id))
        .where(col(Evaluation.id) == evaluation_id, on_record(Evaluation), _readable(session))
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise NotFound(MISSING)
    return found[0], found[1]


def get(session: ScopedSession, law: Law, evaluation_id: UUID, *, day: date) -> Row:
    """One result with what the law says of its unit and group today, and what it was confirmed on."""
    row, person = find(session, evaluation_id)
    told = session.execute(_columns().where(col(Evaluation.id) == row.id)).mappings().one()
    session.saw("evaluation.get", [person.id], root=person)
    shaped = _shaper(session, law, {row.graded_unit_id})(dict(told))
    confirmed = None
    if row.state == EvaluationState.CONFIRMED:
        confirmed = {
            "findings": _told(session, row.confirmed_findings),
            "parameter_digest": row.parameter_digest,
        }
    return shaped | {
        "version": person.version,
        "findings": of_group(session, law, row, day=day),
        "confirmed": confirmed,
    }


def _told(session: ScopedSession, kept: str | None) -> list[Row]:
    """Findings as they were kept; those on Party grades only for who reads Party data."""
    found: list[Row] = json.loads(kept) if kept else []
    if T2 in session.scope.tiers():
        return found
    return [one for one in found if one["measured"].get("side") != "party"]


def of_group(
    session: ScopedSession, law: Law, row: Evaluation, *, day: date, whole: bool = False
) -> list[Row]:
    """What the law says of the unit and group that a grade counts in; `whole`: to be kept, not told."""
    if row.graded_unit_id is None:
        return []
    found = judge_grades(
        session, law, unit_id=row.graded_unit_id, year=row.year, day=day, groups=[row.peers], whole=whole
    )
    return [finding.as_json() for finding in found]


def findings(session: ScopedSession, law: Law, *, unit_id: UUID, year: int, day: date) -> list[Row]:
    """What the law says of the grades of one unit and year, group by group; NotFound out of scope."""
    if not session.units_within(session.scope.reads, {unit_id}):
        raise NotFound
    found = judge_grades(session, law, unit_id=unit_id, year=year, day=day)
    return [finding.as_json() for finding in found]
