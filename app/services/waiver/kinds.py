"""The kinds of dossier that a waiver may be about, as data: a kind that comes adds its line here."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.appointment import ActionKind, Appointment
from app.models.dossier import DossierType
from app.models.plan import Plan, PlanKind
from app.models.post_change import PostChange, PostChangeOutcome
from app.models.rotation import Rotation, RotationPlan
from app.services import appointment, plan, post_change, rotation, rotation_plan
from app.services.compliance.appointment import OF_PERSON
from app.services.scope import ScopedSession
from app.services.title import refs
from app.services.workflow import Case, Table


@dataclass(frozen=True, slots=True)
class Kind:
    """What a waiver needs to know of one kind of dossier."""

    table: Table
    case: Callable[..., Case]
    """`case(session, dossier_id, law=, today=)`: the dossier, locked. NotFound out of scope."""
    names: Callable[[ScopedSession, Collection[UUID]], Mapping[UUID, str]]
    """What dossiers are called beside the name of their unit."""
    rules: tuple[str, ...]
    """How the ids of the rules begin that judge it."""
    of_person: frozenset[str] = frozenset()
    """Rules that judge its candidates one by one: a waiver of them may be for one person alone."""

    def decides(self, state: str) -> bool:
        """Whether a step still lies ahead, from this state, that the law is asked about."""
        return any(state in action.sources for action in self.table.actions if action.judged)


def _plans(session: ScopedSession, ids: Collection[UUID]) -> dict[UUID, str]:
    rows = session.execute(
        select(col(Plan.id), col(Plan.period), col(Plan.kind)).where(col(Plan.id).in_(ids))
    )
    return {
        key: f"Quy hoạch {'cấp ủy' if kind is PlanKind.COMMITTEE else 'chức danh'} {period.value}"
        for key, period, kind in rows
    }


ACTION_NAMES = {
    ActionKind.APPOINTMENT: "Bổ nhiệm",
    ActionKind.REAPPOINTMENT: "Bổ nhiệm lại",
    ActionKind.RE_ELECTION: "Tái cử",
    ActionKind.DESIGNATION: "Chỉ định",
    ActionKind.TRANSFER: "Điều động",
    ActionKind.SECONDMENT: "Biệt phái",
    ActionKind.NOMINATION: "Giới thiệu ứng cử",
    ActionKind.RELIEF: "Miễn nhiệm",
    ActionKind.RESIGNATION: "Từ chức",
    ActionKind.END_OF_POST: "Thôi giữ chức vụ",
    ActionKind.DISMISSAL: "Cách chức",
    ActionKind.SUSPENSION: "Tạm đình chỉ",
}


def _actions(session: ScopedSession, ids: Collection[UUID]) -> dict[UUID, str]:
    rows = session.execute(
        select(col(Appointment.id), col(Appointment.kind), col(Appointment.title_id)).where(
            col(Appointment.id).in_(ids)
        )
    ).all()
    titles = refs(session, {row.title_id for row in rows}, session.scope.today)
    return {row.id: f"{ACTION_NAMES[row.kind]} {titles[row.title_id]['name']}" for row in rows}


def _post_changes(session: ScopedSession, ids: Collection[UUID]) -> dict[UUID, str]:
    rows = session.execute(
        select(col(PostChange.id), col(PostChange.outcome), col(PostChange.title_id)).where(
            col(PostChange.id).in_(ids)
        )
    ).all()
    titles = refs(session, {row.title_id for row in rows}, session.scope.today)
    words = {
        PostChangeOutcome.CHANGE: "Chuyển đổi vị trí công tác",
        PostChangeOutcome.EXEMPT: "Miễn chuyển đổi vị trí công tác",
    }
    return {row.id: f"{words[row.outcome]}: {titles[row.title_id]['name']}" for row in rows}


def _rotations(session: ScopedSession, ids: Collection[UUID]) -> dict[UUID, str]:
    rows = session.execute(
        select(col(Rotation.id), col(Rotation.title_id)).where(col(Rotation.id).in_(ids))
    ).all()
    titles = refs(session, {row.title_id for row in rows}, session.scope.today)
    return {row.id: f"Luân chuyển {titles[row.title_id]['name']}" for row in rows}


def _rotation_plans(session: ScopedSession, ids: Collection[UUID]) -> dict[UUID, str]:
    rows = session.execute(
        select(col(RotationPlan.id), col(RotationPlan.year)).where(col(RotationPlan.id).in_(ids))
    )
    return {key: f"Kế hoạch luân chuyển {year}" for key, year in rows}


KINDS: dict[DossierType, Kind] = {
    DossierType.PLAN: Kind(table=plan.TABLE, case=plan.case, names=_plans, rules=("plan.",)),
    DossierType.APPOINTMENT: Kind(
        table=appointment.EVERY,
        case=appointment.case,
        names=_actions,
        rules=("appointment.", "reappointment."),
        of_person=OF_PERSON,
    ),
    DossierType.POST_CHANGE: Kind(
        table=post_change.EVERY,
        case=post_change.case,
        names=_post_changes,
        rules=("post_change.",),
    ),
    DossierType.ROTATION: Kind(
        table=rotation.TABLE,
        case=rotation.case,
        names=_rotations,
        rules=(
            "rotation.",
            "appointment.vacancy",
            "appointment.standards",
            "appointment.time_bar",
            "appointment.evaluation",
            "appointment.kinship",
        ),
    ),
    DossierType.ROTATION_PLAN: Kind(
        table=rotation_plan.TABLE, case=rotation_plan.case, names=_rotation_plans, rules=()
    ),
}
"""Every kind of dossier that walks a table has its line."""
