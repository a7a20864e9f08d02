"""The dossiers that files belong to: what each kind asks of who reads and who writes its files."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.appointment import Appointment, AppointmentStep
from app.models.dossier import DossierType
from app.models.plan import EntryState, Plan, PlanEntry, PlanMeeting
from app.models.post_change import PostChange
from app.models.rotation import CLOSED, Rotation, RotationPlan
from app.services.appointment.writing import candidates_of, refuse_closed
from app.services.appointment.writing import find as find_action
from app.services.appointment.writing import lock as lock_action
from app.services.dossier import refuse_kin
from app.services.errors import Conflict, Invalid
from app.services.plan.reading import find
from app.services.plan.table import EDITABLE, TABLE
from app.services.plan.writing import lock, refuse_own
from app.services.post_change import writing as post_changes
from app.services.rotation.table import NAMES as ROTATION_NAMES
from app.services.rotation.writing import find as find_rotation
from app.services.rotation.writing import lock as lock_rotation
from app.services.rotation_plan.writing import find as find_rotation_plan
from app.services.rotation_plan.writing import lock as lock_rotation_plan
from app.services.rotation_plan.writing import refuse_closed as refuse_frozen_plan
from app.services.scope import ScopedSession


@dataclass(frozen=True, slots=True)
class Place:
    """How one kind of dossier keeps its files; every root has `unit_id`, `version` and `round`."""

    reads: str
    """The permission without which nobody sees the dossier."""
    writes: str
    find: Callable[[ScopedSession, UUID], Any]
    """The dossier, or NotFound."""
    lock: Callable[[ScopedSession, UUID, int | None], Any]
    """The dossier held until the commit; Stale at another version."""
    refuse: Callable[[ScopedSession, Any], None]
    """Raises what keeps the caller from changing its files now, by its state or by kinship."""
    seat: Callable[[ScopedSession, Any, UUID | None, int | None], None]
    """Invalid for a meeting or a step the dossier hasn't, Conflict for one whose round is over."""


def _refuse_plan(session: ScopedSession, plan: Plan) -> None:
    """As for minutes: while the list may change, and never where oneself or one's own family is proposed."""
    if plan.state not in EDITABLE:
        raise Conflict(
            f"Hồ sơ đang ở trạng thái «{TABLE.states[plan.state.value]}» nên không thêm, không rút tệp được."
        )
    proposed = session.scalars(
        select(PlanEntry).where(
            col(PlanEntry.plan_id) == plan.id, col(PlanEntry.state) == EntryState.PROPOSED
        )
    )
    refuse_own(session, proposed)


def _seat_plan(session: ScopedSession, plan: Plan, meeting_id: UUID | None, step: int | None) -> None:
    if step is not None:
        raise Invalid.at("/step", "Hồ sơ quy hoạch không có bước đánh số. Hãy chọn hội nghị.")
    if meeting_id is None:
        return
    meeting = session.scalars(
        select(PlanMeeting).where(col(PlanMeeting.id) == meeting_id, col(PlanMeeting.plan_id) == plan.id)
    ).first()
    if meeting is None:
        raise Invalid.at("/meeting_id", "Hồ sơ này không có hội nghị đó. Hãy ghi biên bản hội nghị trước.")
    if meeting.round != plan.round:
        raise Conflict("Hội nghị này thuộc kỳ trước, đã khép lại nên không thêm tệp được.")


def _refuse_action(session: ScopedSession, row: Appointment) -> None:
    """As for its minutes: while the dossier is open, and never where one's own family is a candidate."""
    refuse_closed(row)
    refuse_kin(session, {one.cadre_id for one in candidates_of(session, row.id)})


def _seat_action(session: ScopedSession, row: Appointment, meeting_id: UUID | None, step: int | None) -> None:
    if meeting_id is not None:
        raise Invalid.at("/meeting_id", "Hồ sơ nhân sự không có hội nghị mang mã. Hãy nêu số bước.")
    if step is None:
        return
    held = session.scalars(
        select(AppointmentStep).where(
            col(AppointmentStep.appointment_id) == row.id, col(AppointmentStep.step) == step
        )
    ).first()
    if held is None:
        raise Invalid.at("/step", "Hồ sơ này chưa có biên bản của bước đó. Hãy ghi biên bản trước.")


def _refuse_change(session: ScopedSession, row: PostChange) -> None:
    """As for what is proposed: while the dossier is open, and never about one's own family."""
    post_changes.refuse_closed(row)
    refuse_kin(session, {row.cadre_id})


def _seat_change(
    session: ScopedSession,  # noqa: ARG001 - the shape of a place
    row: PostChange,  # noqa: ARG001 - the shape of a place
    meeting_id: UUID | None,
    step: int | None,
) -> None:
    if meeting_id is not None:
        raise Invalid.at("/meeting_id", "Hồ sơ chuyển đổi vị trí không có hội nghị. Hãy đính kèm vào hồ sơ.")
    if step is not None:
        raise Invalid.at("/step", "Hồ sơ chuyển đổi vị trí không có bước đánh số. Hãy đính kèm vào hồ sơ.")


def _refuse_rotation(session: ScopedSession, row: Rotation) -> None:
    """Until it is over, since its opinions and reports come while it runs; never where oneself goes."""
    if row.state in CLOSED:
        raise Conflict(
            f"Hồ sơ đang ở trạng thái «{ROTATION_NAMES[row.state]}» nên không thêm, không rút tệp được."
        )
    refuse_kin(session, {row.cadre_id})


def _refuse_rotation_plan(_session: ScopedSession, row: RotationPlan) -> None:
    refuse_frozen_plan(row)


def _no_seat(_session: ScopedSession, _row: object, meeting_id: UUID | None, step: int | None) -> None:
    if meeting_id is not None:
        raise Invalid.at(
            "/meeting_id", "Hồ sơ luân chuyển không có hội nghị mang mã. Hãy đính kèm vào hồ sơ."
        )
    if step is not None:
        raise Invalid.at("/step", "Hồ sơ luân chuyển không có bước đánh số. Hãy đính kèm vào hồ sơ.")


PLACES: Mapping[DossierType, Place] = {
    DossierType.PLAN: Place("plan:read", "plan:write", find, lock, _refuse_plan, _seat_plan),
    DossierType.APPOINTMENT: Place(
        "appointment:read", "appointment:write", find_action, lock_action, _refuse_action, _seat_action
    ),
    DossierType.POST_CHANGE: Place(
        "post_change:read",
        "post_change:write",
        post_changes.find,
        post_changes.lock,
        _refuse_change,
        _seat_change,
    ),
    DossierType.ROTATION: Place(
        "rotation:read", "rotation:write", find_rotation, lock_rotation, _refuse_rotation, _no_seat
    ),
    DossierType.ROTATION_PLAN: Place(
        "rotation:read",
        "rotation:write",
        find_rotation_plan,
        lock_rotation_plan,
        _refuse_rotation_plan,
        _no_seat,
    ),
}
"""By kind of dossier; a kind that isn't here keeps no files."""
