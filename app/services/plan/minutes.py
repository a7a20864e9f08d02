"""The minutes of the meetings that propose persons: who was summoned, who came, what was voted (§10.1)."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.base import nfc
from app.models.plan import EntryState, MeetingCreate, Plan, PlanEntry, PlanMeeting, PlanVote
from app.services.ballots import chain_faults, votes_at_most
from app.services.errors import Denied, Fault, Invalid
from app.services.law.parameter import Law, NotInForce
from app.services.law.rules.plan import MEETING_NAMES, meeting_steps
from app.services.plan.reading import find
from app.services.plan.writing import lock, refuse_frozen, refuse_own
from app.services.scope import ScopedSession
from app.services.scope.roles import T3

Row = dict[str, Any]


def record_meeting(
    session: ScopedSession, plan_id: UUID, *, data: MeetingCreate, law: Law, today: date
) -> UUID:
    """The minutes of a meeting of this round; sent again for the same step they replace what stood there.

    Invalid for a step the rule set of the day has not, for counts that can't be, and for votes on entries
    that aren't proposed in this round; Denied where oneself or one's own family is proposed.
    """
    if not session.scope.reads_tier(T3):
        raise Denied("Tài khoản này không được xem và ghi phiếu của hội nghị.")
    plan = lock(session, plan_id)
    refuse_frozen(plan)
    _check_minutes(data, law, today)
    proposed = {
        row.id: row
        for row in session.scalars(
            select(PlanEntry).where(
                col(PlanEntry.plan_id) == plan.id, col(PlanEntry.state) == EntryState.PROPOSED
            )
        )
    }
    faults = [
        Fault(f"/in_favour/{place}/entry_id", "Không có người này trong danh sách đang đề nghị.")
        for place, vote in enumerate(data.in_favour)
        if vote.entry_id not in proposed
    ]
    if faults:
        raise Invalid("Hãy sửa các dòng phiếu nêu dưới đây.", faults)
    refuse_own(session, proposed.values())
    meeting = session.scalars(
        select(PlanMeeting).where(
            col(PlanMeeting.plan_id) == plan.id,
            col(PlanMeeting.round) == plan.round,
            col(PlanMeeting.step) == data.step,
        )
    ).first()
    values = data.model_dump(exclude={"in_favour", "step"})
    values["document"] = nfc(data.document) if data.document else None
    actor = session.scope.actor
    values["recorded_by"] = actor.id if actor is not None else None
    if meeting is None:
        meeting = PlanMeeting(
            plan_id=plan.id, unit_id=plan.unit_id, round=plan.round, step=data.step, **values
        )
    else:
        for name, value in values.items():
            setattr(meeting, name, value)
    session.add(meeting)
    session.flush()
    _write_votes(session, plan, meeting, data)
    session.note(plan, f"plan.meeting.{data.step.value}")
    return meeting.id


def _write_votes(session: ScopedSession, plan: Plan, meeting: PlanMeeting, data: MeetingCreate) -> None:
    kept = {
        row.entry_id: row
        for row in session.scalars(select(PlanVote).where(col(PlanVote.meeting_id) == meeting.id))
    }
    given = {vote.entry_id: vote.votes for vote in data.in_favour}
    for entry_id, votes in given.items():
        row = kept.get(entry_id)
        if row is None:
            row = PlanVote(
                plan_id=plan.id, unit_id=plan.unit_id, meeting_id=meeting.id, entry_id=entry_id, votes=0
            )
        row.votes = votes
        session.add(row)
    # A vote that the new minutes leave out is a vote that was not given.
    for entry_id in kept.keys() - given.keys():
        kept[entry_id].votes = 0
        session.add(kept[entry_id])
    session.flush()


def _check_minutes(data: MeetingCreate, law: Law, today: date) -> None:
    try:
        steps = meeting_steps(law.on(today))
    except NotInForce:
        steps = tuple(MEETING_NAMES)
    if data.step.value not in steps:
        raise Invalid.at("/step", "Quy định hiện hành không có hội nghị này.")
    if data.held_on > today:
        raise Invalid.at("/held_on", f"Ngày họp không thể sau hôm nay ({today:%d/%m/%Y}).")
    faults = chain_faults(data)
    most = votes_at_most(data)
    seen: set[UUID] = set()
    for place, vote in enumerate(data.in_favour):
        if vote.votes > most:
            faults.append(
                Fault(f"/in_favour/{place}/votes", f"Số phiếu đồng ý không thể lớn hơn {most} phiếu hợp lệ.")
            )
        if vote.entry_id in seen:
            faults.append(Fault(f"/in_favour/{place}/entry_id", "Người này có hai dòng phiếu."))
        seen.add(vote.entry_id)
    if data.in_favour and data.ballots_valid is None:
        faults.append(Fault("/ballots_valid", "Có phiếu đồng ý thì cần ghi số phiếu hợp lệ."))
    if faults:
        raise Invalid("Số liệu của biên bản chưa khớp. Hãy sửa các chỗ nêu dưới đây.", faults)


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
