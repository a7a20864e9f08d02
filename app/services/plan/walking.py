"""Plans as they walk their table: what may be done, what the law says, what a step writes."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlmodel import col

from app.models.base import utc_now
from app.models.cadre import Cadre
from app.models.dossier import DossierDecision, TransitionCreate
from app.models.plan import EntryState, Plan, PlanEntry, PlanMeeting
from app.models.unit import Unit
from app.services import workflow
from app.services.compliance.plan import judge_plan
from app.services.law.finding import Finding
from app.services.law.parameter import Law
from app.services.plan.hurdles import misrouted, unreviewed
from app.services.plan.minutes import meetings
from app.services.plan.reading import find, saw_planned
from app.services.plan.table import FROZEN, TABLE
from app.services.plan.writing import lock
from app.services.scope import ScopedSession
from app.services.unit.planning import Place
from app.services.workflow import Action, Case

Row = dict[str, Any]


def findings(session: ScopedSession, plan_id: UUID, *, law: Law, today: date) -> list[Row]:
    """What the law says of a plan: of an approved one what it said then, else what it says today."""
    plan = find(session, plan_id)
    saw_planned(session, plan, "plan.findings")
    if plan.state in FROZEN:
        kept = workflow.snapshot(session, TABLE, plan.id, "approve")
        if kept is not None:
            return list(kept["findings"])
    found = judge_plan(session, law, plan, Place(session, plan.unit_id, today))
    return [one.as_json() for one in workflow.waived(session, TABLE.type, plan.id, found)]


def offers(session: ScopedSession, plan_id: UUID, *, law: Law, today: date) -> list[Row]:
    """The steps of a plan with whether this caller may take each now, and why not."""
    plan = find(session, plan_id)
    saw_planned(session, plan, "plan.transitions")
    return workflow.offers(session, TABLE, _case(session, plan, law, today))


def case(session: ScopedSession, plan_id: UUID, *, law: Law, today: date) -> Case:
    """The plan as its table walks it, locked: for what is recorded about it. NotFound out of scope."""
    return _case(session, lock(session, plan_id), law, today)


def steps(session: ScopedSession, plan_id: UUID) -> list[Row]:
    """The steps a plan took, the first one first."""
    return workflow.steps(session, TABLE, find(session, plan_id).id)


def take(
    session: ScopedSession, plan_id: UUID, version: int, *, data: TransitionCreate, law: Law, today: date
) -> None:
    """Takes one step; see `workflow.take`. Stale where `version` is no longer the plan's."""
    plan = lock(session, plan_id, version)
    _hold(session, plan)
    workflow.take(session, TABLE, _case(session, plan, law, today), data, today=today)


def _hold(session: ScopedSession, plan: Plan) -> None:
    """Locks the unit and the persons, in this order and by id, before facts are gathered (design §7)."""
    session.scalars(select(Unit).where(col(Unit.id) == plan.unit_id).with_for_update()).all()
    people = select(col(PlanEntry.cadre_id)).where(
        col(PlanEntry.plan_id) == plan.id, col(PlanEntry.state) != EntryState.REMOVED
    )
    session.scalars(
        select(Cadre).where(col(Cadre.id).in_(people)).order_by(col(Cadre.id)).with_for_update()
    ).all()


def _settle(session: ScopedSession, plan: Plan, on: date) -> None:
    """Who was proposed is planned from the day of effect; who was to leave is out from that day."""
    rows = session.scalars(
        select(PlanEntry).where(
            col(PlanEntry.plan_id) == plan.id,
            col(PlanEntry.state).in_((EntryState.PROPOSED, EntryState.LEAVING)),
        )
    ).all()
    for row in rows:
        if row.state == EntryState.PROPOSED:
            row.state, row.planned_from = EntryState.APPROVED, on
        else:
            row.state, row.removed_on, row.removed_in_round = EntryState.REMOVED, on, plan.round
        session.add(row)


def _case(session: ScopedSession, plan: Plan, law: Law, today: date) -> Case:
    place = Place(session, plan.unit_id, today)
    entries = session.scalars(
        select(PlanEntry).where(col(PlanEntry.plan_id) == plan.id, col(PlanEntry.state) != EntryState.REMOVED)
    ).all()

    def hurdle(action: Action) -> str | None:
        if action.name not in {"submit", "approve"}:
            return None
        return misrouted(session, plan, place) or unreviewed(session, plan)

    def judged() -> Sequence[Finding]:
        return judge_plan(session, law, plan, place)

    def effect(action: Action, decision: DossierDecision | None) -> None:
        actor = session.scope.actor
        if action.name == "submit" and actor is not None:
            plan.submitted_by, plan.submitted_at = actor.id, utc_now()
        elif action.name == "approve" and decision is not None:
            _settle(session, plan, decision.effective_on)
            # What was published before is not what is approved now.
            plan.published_on = None
        elif action.name == "publish":
            plan.published_on = today
        elif action.name == "review":
            plan.round += 1
        elif action.name == "close":
            plan.closed_on = today

    return Case(
        root=plan,
        authority_id=plan.authority_id,
        makers=_makers(session, plan, entries),
        people=frozenset(row.cadre_id for row in entries),
        judge=judged,
        content=lambda: _content(session, plan, entries),
        parameter_digest=law.digest(),
        hurdle=hurdle,
        effect=effect,
    )


def _makers(session: ScopedSession, plan: Plan, entries: Sequence[PlanEntry]) -> frozenset[UUID]:
    """Whoever opened or sent the plan, or in this round entered or judged somebody or wrote minutes.

    The rows say who did it last, the log everybody who did.
    """
    removers = session.scalars(
        select(col(PlanEntry.judged_by)).where(
            col(PlanEntry.plan_id) == plan.id, col(PlanEntry.removed_in_round) == plan.round
        )
    )
    minutes = session.scalars(
        select(col(PlanMeeting.recorded_by)).where(
            col(PlanMeeting.plan_id) == plan.id, col(PlanMeeting.round) == plan.round
        )
    )
    found = {plan.created_by, plan.submitted_by, *minutes, *removers}
    found |= workflow.hands(session, TABLE, plan.id, since="review")
    for row in entries:
        if row.round == plan.round:
            found.add(row.added_by)
        if row.state == EntryState.LEAVING or row.kept_in_round == plan.round:
            found.add(row.judged_by)
    return frozenset(key for key in found if key is not None)


def mine(session: ScopedSession, rows: Sequence[Plan]) -> set[UUID]:
    """Those of `rows` that the caller is a maker of, whoever else is: `_makers` for all of them at once."""
    who, keys = workflow.accounts(session), {row.id for row in rows}
    found = {row.id for row in rows if row.created_by in who or row.submitted_by in who}
    minutes = (
        select(col(PlanMeeting.plan_id))
        .join(Plan, col(Plan.id) == col(PlanMeeting.plan_id))
        .where(
            col(PlanMeeting.plan_id).in_(keys),
            col(PlanMeeting.recorded_by).in_(who),
            col(PlanMeeting.round) == col(Plan.round),
        )
    )
    now = col(Plan.round)
    stays = col(PlanEntry.state) != EntryState.REMOVED
    judged = or_(
        col(PlanEntry.removed_in_round) == now,
        and_(stays, or_(col(PlanEntry.state) == EntryState.LEAVING, col(PlanEntry.kept_in_round) == now)),
    )
    entries = (
        select(col(PlanEntry.plan_id))
        .join(Plan, col(Plan.id) == col(PlanEntry.plan_id))
        .where(
            col(PlanEntry.plan_id).in_(keys),
            or_(
                and_(col(PlanEntry.added_by).in_(who), stays, col(PlanEntry.round) == now),
                and_(col(PlanEntry.judged_by).in_(who), judged),
            ),
        )
    )
    found |= {*session.scalars(minutes), *session.scalars(entries)}
    return found | workflow.worked_on(session, TABLE, keys, who, since="review")


def family(session: ScopedSession, rows: Sequence[Plan]) -> set[UUID]:
    """Those of `rows` that plan the caller himself or one of his family."""
    kin = session.kin()
    if not kin:
        return set()
    return set(
        session.scalars(
            select(col(PlanEntry.plan_id)).where(
                col(PlanEntry.plan_id).in_({row.id for row in rows}),
                col(PlanEntry.cadre_id).in_(kin),
                col(PlanEntry.state) != EntryState.REMOVED,
            )
        )
    )


def _content(session: ScopedSession, plan: Plan, entries: Sequence[PlanEntry]) -> Row:
    """The list and the minutes as they stood when the step was taken."""
    return {
        "entries": [
            {
                "id": str(row.id),
                "cadre_id": str(row.cadre_id),
                "title_id": str(row.title_id),
                "state": row.state.value,
            }
            for row in sorted(entries, key=lambda row: str(row.id))
        ],
        "meetings": [
            {
                "step": row["step"].value,
                "held_on": row["held_on"].isoformat(),
                "summoned": row["summoned"],
                "present": row["present"],
                "ballots_issued": row["ballots_issued"],
                "ballots_returned": row["ballots_returned"],
                "ballots_valid": row["ballots_valid"],
                "in_favour": [
                    {"entry_id": str(vote["entry_id"]), "votes": vote["votes"]}
                    for vote in row["in_favour"] or ()
                ],
            }
            for row in meetings(session, plan.id)
            if row["round"] == plan.round
        ],
    }
