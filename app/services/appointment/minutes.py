"""The minutes of the steps: who was summoned, who came, how the ballots were counted (domain §10.2)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.appointment import (
    ActionState,
    Appointment,
    AppointmentCandidate,
    AppointmentStep,
    AppointmentVote,
    StepCreate,
)
from app.models.base import nfc
from app.services.appointment.table import STEPS, Route, route
from app.services.appointment.writing import candidates_of, find, lock, refuse_closed
from app.services.ballots import chain_faults, votes_at_most
from app.services.cadre import people_of
from app.services.compliance.appointment.participants import Attendance
from app.services.dossier import refuse_kin
from app.services.errors import Conflict, Denied, Fault, Invalid
from app.services.scope import ScopedSession
from app.services.scope.roles import T3

Row = dict[str, Any]
NO_BALLOT = {Route.FIVE_STEPS: frozenset({1}), Route.THREE_STEPS: frozenset({1, 2})}
"""Meetings that vote on nobody."""


def record_step(session: ScopedSession, appointment_id: UUID, *, data: StepCreate, today: date) -> UUID:
    """The minutes of a step; sent again for the same step they replace what stood there.

    Conflict for a step out of order, naming what is missing; Invalid for counts that can't be, days out of
    order or to come, and votes on who is no candidate; Denied where a candidate is of one's own family.
    """
    if not session.scope.reads_tier(T3):
        raise Denied("Tài khoản này không được xem và ghi phiếu của hội nghị.")
    row = lock(session, appointment_id)
    refuse_closed(row)
    way = route(row)
    names = STEPS.get(way, {})
    if data.step not in names:
        listed = ", ".join(f"{number} ({name})" for number, name in names.items())
        raise Invalid.at(
            "/step", f"Hồ sơ này có các bước: {listed}." if names else "Loại hồ sơ này không có hội nghị."
        )
    _check_state(row, way)
    candidates = {one.cadre_id: one for one in candidates_of(session, row.id)}
    refuse_kin(session, set(candidates))
    before = {
        one.step: one
        for one in session.scalars(
            select(AppointmentStep).where(col(AppointmentStep.appointment_id) == row.id)
        )
    }
    _check_order(row, before, names, data)
    _check_counts(data, way, candidates, today)
    step = before.get(data.step)
    values = data.model_dump(exclude={"in_favour", "step"})
    for name in ("document", "explanation"):
        values[name] = nfc(values[name]) if values[name] else None
    actor = session.scope.actor
    values["recorded_by"] = actor.id if actor is not None else None
    if step is None:
        step = AppointmentStep(appointment_id=row.id, unit_id=row.unit_id, step=data.step, **values)
    else:
        for name, value in values.items():
            setattr(step, name, value)
    session.add(step)
    session.flush()
    _write_votes(session, row, step, {candidates[one.cadre_id].id: one.votes for one in data.in_favour})
    session.note(row, f"appointment.step.{data.step}")
    return step.id


def _check_state(row: Appointment, way: Route) -> None:
    if way in {Route.FIVE_STEPS, Route.THREE_STEPS} and row.state == ActionState.DRAFT:
        raise Conflict("Chưa có chủ trương. Hãy xin chủ trương và chờ cấp có thẩm quyền đồng ý, rồi họp.")
    if way == Route.TERM and row.state not in {ActionState.SELF_REVIEWED, ActionState.RETURNED}:
        raise Conflict("Chưa có bản tự nhận xét. Hãy thông báo và ghi tự nhận xét trước khi họp.")


def _check_order(
    row: Appointment, before: dict[int, AppointmentStep], names: dict[int, str], data: StepCreate
) -> None:
    missing = [name for number, name in names.items() if number < data.step and number not in before]
    if missing:
        raise Conflict(f"Chưa làm các bước trước: {'; '.join(missing)}. Hãy ghi biên bản các bước đó trước.")
    earlier = max((one.held_on for one in before.values() if one.step < data.step), default=None)
    start = row.policy_decided_on or row.opened_on
    if data.held_on < start:
        raise Invalid.at("/held_on", f"Ngày họp không thể trước ngày {start:%d/%m/%Y}.")
    if earlier is not None and data.held_on < earlier:
        raise Invalid.at("/held_on", f"Bước trước họp ngày {earlier:%d/%m/%Y}; bước này không thể sớm hơn.")
    later = min((one.held_on for one in before.values() if one.step > data.step), default=None)
    if later is not None and data.held_on > later:
        raise Invalid.at("/held_on", f"Bước sau đã họp ngày {later:%d/%m/%Y}; bước này không thể muộn hơn.")


def _check_counts(
    data: StepCreate, way: Route, candidates: dict[UUID, AppointmentCandidate], today: date
) -> None:
    if data.held_on > today:
        raise Invalid.at("/held_on", f"Ngày họp không thể sau hôm nay ({today:%d/%m/%Y}).")
    faults = chain_faults(data)
    if data.in_favour and data.step in NO_BALLOT.get(way, frozenset()):
        faults.append(Fault("/in_favour", "Bước này không bỏ phiếu về nhân sự."))
    most = votes_at_most(data)
    seen: set[UUID] = set()
    for place, vote in enumerate(data.in_favour):
        if vote.cadre_id not in candidates:
            faults.append(
                Fault(f"/in_favour/{place}/cadre_id", "Người này không có trong danh sách nhân sự.")
            )
        if vote.votes > most:
            faults.append(
                Fault(f"/in_favour/{place}/votes", f"Số phiếu đồng ý không thể lớn hơn {most} phiếu hợp lệ.")
            )
        if vote.cadre_id in seen:
            faults.append(Fault(f"/in_favour/{place}/cadre_id", "Người này có hai dòng phiếu."))
        seen.add(vote.cadre_id)
    if data.in_favour and data.ballots_valid is None:
        faults.append(Fault("/ballots_valid", "Có phiếu đồng ý thì cần ghi số phiếu hợp lệ."))
    one_name = way == Route.FIVE_STEPS and data.step == 2  # noqa: PLR2004 - the second of five
    if one_name and not faults and sum(vote.votes for vote in data.in_favour) > most:
        faults.append(
            Fault("/in_favour", f"Mỗi phiếu giới thiệu một người: tổng số phiếu không thể quá {most}.")
        )
    if faults:
        raise Invalid("Số liệu của biên bản chưa khớp. Hãy sửa các chỗ nêu dưới đây.", faults)


def _write_votes(
    session: ScopedSession, row: Appointment, step: AppointmentStep, given: dict[UUID, int]
) -> None:
    kept = {
        one.candidate_id: one
        for one in session.scalars(select(AppointmentVote).where(col(AppointmentVote.step_id) == step.id))
    }
    for candidate_id, votes in given.items():
        vote = kept.get(candidate_id)
        if vote is None:
            vote = AppointmentVote(
                appointment_id=row.id,
                unit_id=row.unit_id,
                step_id=step.id,
                candidate_id=candidate_id,
                votes=0,
            )
        vote.votes = votes
        session.add(vote)
    # A vote that the new minutes leave out is a vote that was not given.
    for candidate_id in kept.keys() - given.keys():
        kept[candidate_id].votes = 0
        session.add(kept[candidate_id])
    session.flush()


def minutes_of(session: ScopedSession, appointment_id: UUID) -> list[Row]:
    """The meetings with their votes as a step that is kept needs them: JSON values, whoever may see them."""
    votes: dict[UUID, list[Row]] = {}
    cast: Any = session.execute(
        select(col(AppointmentVote.step_id), col(AppointmentVote.candidate_id), col(AppointmentVote.votes))
        .where(col(AppointmentVote.appointment_id) == appointment_id)
        .order_by(col(AppointmentVote.candidate_id))
    )
    for step_id, candidate_id, number in cast:
        votes.setdefault(step_id, []).append({"candidate_id": str(candidate_id), "votes": number})
    found = session.scalars(
        select(AppointmentStep)
        .where(col(AppointmentStep.appointment_id) == appointment_id)
        .order_by(col(AppointmentStep.step))
    )
    return [
        {
            "step": one.step,
            "held_on": one.held_on.isoformat(),
            "summoned": one.summoned,
            "present": one.present,
            "ballots_issued": one.ballots_issued,
            "ballots_returned": one.ballots_returned,
            "ballots_valid": one.ballots_valid,
            "explanation": one.explanation,
            "in_favour": votes.get(one.id, []),
        }
        for one in found
    ]


def steps(session: ScopedSession, appointment_id: UUID, *, day: date) -> list[Row]:
    """The meetings in their order; votes only for who reads T3."""
    row = find(session, appointment_id)
    names = STEPS.get(route(row), {})
    found = session.scalars(
        select(AppointmentStep)
        .where(col(AppointmentStep.appointment_id) == row.id)
        .order_by(col(AppointmentStep.step))
    ).all()
    votes: dict[UUID, list[Row]] = {one.id: [] for one in found}
    told = session.scope.reads_tier(T3)
    if told:
        cast = session.execute(
            select(
                col(AppointmentVote.step_id),
                col(AppointmentVote.votes),
                col(AppointmentCandidate.cadre_id),
                col(AppointmentCandidate.id),
            )
            .join(AppointmentCandidate, col(AppointmentCandidate.id) == col(AppointmentVote.candidate_id))
            .where(col(AppointmentVote.appointment_id) == row.id)
            .order_by(col(AppointmentVote.votes).desc(), col(AppointmentVote.id))
        ).all()
        people = people_of(session, {one.cadre_id for one in cast}, day)
        for one in cast:
            name = people[one.cadre_id]["person"]["full_name"]
            votes[one.step_id].append({"cadre_id": one.cadre_id, "full_name": name, "votes": one.votes})
        session.saw("appointment.votes", sorted({one.cadre_id for one in cast}), root=row)
    attendance = Attendance(session, row.unit_id, route(row).value)
    return [
        {
            "id": one.id,
            "step": one.step,
            "name": names.get(one.step, ""),
            "held_on": one.held_on,
            "summoned": one.summoned,
            "present": one.present,
            "ballots_issued": one.ballots_issued,
            "ballots_returned": one.ballots_returned,
            "ballots_valid": one.ballots_valid,
            "document": one.document,
            "explanation": one.explanation,
            "participants": attendance.of(one.step, one.held_on),
            "in_favour": votes[one.id] if told else None,
        }
        for one in found
    ]
