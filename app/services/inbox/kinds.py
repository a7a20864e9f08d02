"""The kinds of dossier that wait for somebody, as data: a kind that comes adds its line to DOSSIERS."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.appointment import ActionKind, ActionState, Appointment, AppointmentCandidate
from app.models.assignment import AssignmentSpan
from app.models.base import HANOI
from app.models.dossier import DossierType
from app.models.plan import Plan
from app.models.post_change import PostChange
from app.models.rotation import Rotation, RotationPlan, RotationState
from app.services import appointment, plan, post_change, rotation, rotation_plan
from app.services.dated import known
from app.services.law.parameter import LawOn
from app.services.law.rules.appointment.process import POLICY_DAYS, PROCESS_DAYS
from app.services.law.working_days import add_working_days
from app.services.scope import ScopedSession
from app.services.workflow import Table

RESTING = frozenset({"cancel", "fail", "close", "review", "amend", "end_early", "promote", "record_end"})
"""Steps that are open all the time: nobody waits for them."""


NEAR = timedelta(days=180)
"""How long before its planned end a rotation waits for what comes after."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a dossier's row doesn't say by itself: whom it is about, and the day it is due."""

    cadre_id: UUID | None = None
    due_on: date | None = None
    is_term: bool = False


Rows = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What the inbox needs to know of one kind of dossier; each function is asked once for all rows."""

    type: DossierType
    model: Any
    """The mapped class: id, unit_id, authority_id, state."""
    tables: tuple[Table, ...]
    """Every table that some dossier of the kind walks."""
    table: Callable[[Any], Table]
    """The table of one dossier."""
    mine: Callable[[ScopedSession, Rows], set[UUID]]
    """The dossiers that went through the caller's hands."""
    family: Callable[[ScopedSession, Rows], set[UUID]]
    """The dossiers about the caller or his family."""
    opened: Callable[[Any], date]
    told: Callable[[ScopedSession, Rows, LawOn], Mapping[UUID, Told]] = lambda _session, _rows, _law: {}
    rests: Callable[[Any, date], bool] = lambda _row, _day: False
    """Whether nobody waits for a dossier yet, though steps of it are open."""

    def states(self, permissions: Collection[str]) -> set[str]:
        """The states in which somebody with these permissions may have something to do."""
        return {
            state
            for table in self.tables
            for action in table.actions
            if action.permission in permissions and action.name not in RESTING
            for state in action.sources
        }


def _actions_told(session: ScopedSession, rows: Rows, law: LawOn) -> dict[UUID, Told]:
    """Re-appointments are due when the term ends; answers on policy and the process by their working days."""
    chosen = {
        row[0]: row[1]
        for row in session.execute(
            select(col(AppointmentCandidate.id), col(AppointmentCandidate.cadre_id)).where(
                col(AppointmentCandidate.id).in_({row.chosen_id for row in rows if row.chosen_id is not None})
            )
        )
    }
    ends = {
        row[0]: row[1]
        for row in session.execute(
            select(col(AssignmentSpan.assignment_id), col(AssignmentSpan.term_ends_on)).where(
                col(AssignmentSpan.assignment_id).in_(
                    {row.assignment_id for row in rows if row.kind == ActionKind.REAPPOINTMENT}
                ),
                known(AssignmentSpan),
            )
        )
    }
    told = {}
    for row in rows:
        is_term = row.kind == ActionKind.REAPPOINTMENT and row.state != ActionState.DECIDED
        due_on = ends.get(row.assignment_id) if is_term else _clock(row, law)
        told[row.id] = Told(chosen.get(row.chosen_id), due_on, is_term)
    return told


def _clock(row: Appointment, law: LawOn) -> date | None:
    """The last working day for the answer on the policy, and then for the process; None without a norm."""
    if row.state == ActionState.POLICY_REQUESTED and row.policy_requested_on and POLICY_DAYS in law:
        return add_working_days(row.policy_requested_on, law[POLICY_DAYS].integer)
    going = row.state in {ActionState.IN_PROCESS, ActionState.RETURNED, ActionState.SUBMITTED}
    if going and row.policy_decided_on and PROCESS_DAYS in law:
        return add_working_days(row.policy_decided_on, law[PROCESS_DAYS].integer)
    return None


def _about(_session: ScopedSession, rows: Rows, _law: LawOn) -> dict[UUID, Told]:
    return {row.id: Told(row.cadre_id) for row in rows}


def _rotations_told(_session: ScopedSession, rows: Rows, _law: LawOn) -> dict[UUID, Told]:
    """Who serves elsewhere is due on the day it is planned to be over."""
    going = RotationState.IN_ROTATION
    return {row.id: Told(row.cadre_id, row.ends_on if row.state == going else None) for row in rows}


def _still_serves(row: Rotation, day: date) -> bool:
    """Whether a rotation runs and its end isn't near."""
    return row.state == RotationState.IN_ROTATION and (row.ends_on is None or row.ends_on > day + NEAR)


def _day(row: Plan | RotationPlan) -> date:
    return row.created_at.astimezone(HANOI).date()


DOSSIERS: tuple[Kind, ...] = (
    Kind(
        DossierType.APPOINTMENT,
        Appointment,
        tuple(appointment.TABLES.values()),
        appointment.table,
        appointment.mine,
        appointment.family,
        lambda row: row.opened_on,
        _actions_told,
    ),
    Kind(
        DossierType.POST_CHANGE,
        PostChange,
        tuple(post_change.TABLES.values()),
        post_change.table,
        post_change.mine,
        post_change.family,
        lambda row: row.opened_on,
        _about,
    ),
    Kind(
        DossierType.ROTATION,
        Rotation,
        (rotation.TABLE,),
        lambda _rotation: rotation.TABLE,
        rotation.mine,
        rotation.family,
        lambda row: row.opened_on,
        _rotations_told,
        _still_serves,
    ),
    Kind(
        DossierType.ROTATION_PLAN,
        RotationPlan,
        (rotation_plan.TABLE,),
        lambda _plan: rotation_plan.TABLE,
        rotation_plan.mine,
        lambda _session, _rows: set(),
        _day,
    ),
    Kind(DossierType.PLAN, Plan, (plan.TABLE,), lambda _plan: plan.TABLE, plan.mine, plan.family, _day),
)
"""Every kind of dossier that walks a table has its line."""
