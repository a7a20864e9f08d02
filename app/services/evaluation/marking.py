"""What holds of every yearly grade, whichever way it comes in: where it was given, and by whose hand."""

import json
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import inspect, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.evaluation import Evaluation, EvaluationState
from app.models.unit import UnitClosure, UnitVersion, Via
from app.services.compliance.evaluation import norm_day
from app.services.dated import live, on_record
from app.services.errors import Conflict, Denied, Fault, Invalid
from app.services.scope import ScopedSession
from app.services.unit.naming import Names


def write(session: ScopedSession, person: Cadre, row: Evaluation, *, unit: str = "/graded_unit_id") -> None:
    """Checks a row about to be written, places it in a unit, and signs it: it waits for another's hand.

    `unit` is where the body names the unit. Conflict for a second grade of a year; Invalid for days that
    can't be and a unit there isn't; Denied for a unit out of the caller's scope.
    """
    _check_days(session, row)
    _refuse_twin(session, row)
    placed = row.graded_unit_id
    if placed is None:
        row.graded_unit_id = _home(session, person, norm_day(row.year, row.decided_on))
    elif inspect(row).attrs.graded_unit_id.history.has_changes():
        # Who came over with his file keeps the unit that graded him, which his new office doesn't write.
        _check_unit(session, placed, row, unit)
    sign(session, row)


def sign(session: ScopedSession, row: Evaluation) -> None:
    """Puts the caller's hand under a row; whatever was confirmed before, this isn't."""
    actor = session.scope.actor
    row.recorded_by = actor.id if actor is not None else None
    row.hands = signed(row.hands, [] if actor is None else [actor.id])
    row.state, row.confirmed_on, row.confirmed_by = EvaluationState.RECORDED, None, None
    row.confirmed_findings = row.parameter_digest = None


def signed(hands: str, further: Iterable[UUID]) -> str:
    """The hands under a row with these among them."""
    return json.dumps(sorted({*json.loads(hands), *(str(key) for key in further)}))


def makers(row: Evaluation) -> frozenset[UUID]:
    """Everybody who ever wrote a row."""
    return frozenset(UUID(key) for key in json.loads(row.hands))


def _check_days(session: ScopedSession, row: Evaluation) -> None:
    today = session.scope.today
    if row.decided_on > today:
        raise Invalid.at("/decided_on", f"Ngày quyết định không thể sau hôm nay ({today:%d/%m/%Y}).")
    if row.decided_on < date(row.year, 1, 1):
        raise Invalid(
            "Hãy sửa năm hoặc ngày quyết định.",
            [
                Fault(
                    "/decided_on", f"Xếp loại năm {row.year} không thể có quyết định trước 01/01/{row.year}."
                )
            ],
        )


def _refuse_twin(session: ScopedSession, row: Evaluation) -> None:
    twin = session.execute(
        select(col(Evaluation.id)).where(
            col(Evaluation.cadre_id) == row.cadre_id,
            col(Evaluation.year) == row.year,
            col(Evaluation.id) != row.id,
            on_record(Evaluation),
        )
    ).first()
    if twin is not None:
        raise Conflict(f"Năm {row.year} đã có xếp loại. Hãy sửa dòng đó hoặc loại bỏ kèm lý do.")


def _check_unit(session: ScopedSession, unit_id: UUID, row: Evaluation, pointer: str) -> None:
    if Names(session, [unit_id]).on(unit_id, norm_day(row.year, row.decided_on)) is None:
        raise Invalid.at(pointer, "Không có đơn vị này.")
    if not session.units_within(session.scope.writes, {unit_id}):
        raise Denied("Đơn vị xếp loại ngoài phạm vi được ghi.")


def _home(session: ScopedSession, person: Cadre, day: date) -> UUID:
    """Where somebody is graded for a year: the planning unit his seat of `day` lies in.

    The seat's own unit where the caller doesn't write at the planning unit.
    """
    seat = session.scalars(
        select(col(AssignmentSpan.unit_id)).where(
            col(AssignmentSpan.cadre_id) == person.id, col(AssignmentSpan.is_main), live(AssignmentSpan, day)
        )
    ).first()
    unit_id = seat or person.unit_id
    head = session.scalars(
        select(col(UnitVersion.unit_id))
        .join(UnitClosure, col(UnitClosure.ancestor_id) == col(UnitVersion.unit_id))
        .where(
            col(UnitClosure.descendant_id) == unit_id,
            col(UnitClosure.via) == Via.TREE,
            col(UnitVersion.plans_for_itself),
            live(UnitClosure, day),
            live(UnitVersion, day),
        )
        .order_by(col(UnitClosure.depth))
    ).first()
    if head is not None and session.units_within(session.scope.writes, {head}):
        return head
    return unit_id
