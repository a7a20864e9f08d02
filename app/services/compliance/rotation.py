"""What the law says of a rotation, from the rows as they stand on a day (III.3.5-f)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.appointment import OVER, ActionKind, Appointment, AppointmentCandidate
from app.models.post import Post
from app.models.rotation import CLOSED, Rotation, RotationItem, RotationPurpose
from app.services import compliance
from app.services.compliance.appointment import judged_for
from app.services.compliance.appointment.facts import Judged
from app.services.compliance.appointment.rows import Seat, main_seats, term
from app.services.law.finding import Finding
from app.services.law.parameter import Law
from app.services.law.rules import judge
from app.services.law.rules.rotation import RotationAgeFacts, RotationMonthsFacts, RotationPlannedFacts
from app.services.scope import ScopedSession, everywhere
from app.services.secretary import Posting

TERM_LIMIT = 2
"""Terms in a row after which the head of a place goes elsewhere (65-QĐ/TW art. 4)."""

MOVES = frozenset({ActionKind.TRANSFER, ActionKind.APPOINTMENT, ActionKind.DESIGNATION})
"""Personnel actions that take somebody out of the seat he holds."""


def judge_sending(
    session: ScopedSession, law: Law, row: Rotation, item: RotationItem | None, day: date
) -> list[Finding]:
    """Whether the person may be sent: planned, young enough, long enough; the seat, his record, his kin."""
    judged = judged_for(session, law, _as_action(row, row.post_id, row.title_id), row.cadre_id, day)
    label, person = judged.label, judged.person
    exempt = _exempt(row, judged.seats)
    found = [
        judge("rotation.planned", _planned(judged, item, exempt=exempt), day, law),
        judge(
            "rotation.years_left",
            RotationAgeFacts(
                label,
                None if person is None else person.birth_date,
                None if person is None or person.sex is None else person.sex.value,
                row.begins_on,
                exempt=exempt,
            ),
            day,
            law,
        ),
        judge("rotation.min_months", _months(label, row.begins_on, row.ends_on, day), day, law),
        judge("appointment.vacancy", judged.vacancy(), day, law),
        judge("appointment.standards", judged.standards(), day, law),
        judge("appointment.time_bar", judged.time_bar(), day, law),
        judge("appointment.evaluation", judged.evaluation(), day, law),
        judge("appointment.kinship", judged.kinship(), day, law),
    ]
    if person is not None and (judged.title.is_secretary or judged.title.must_be_non_local):
        posting = Posting(row.cadre_id, row.unit_id, row.title_id, day)
        found.append(compliance.judge_new_secretary(session, law, posting))
    return found


def judge_return(session: ScopedSession, law: Law, row: Rotation, day: date) -> list[Finding]:
    """Whether the person may return today: served long enough, and a seat is free where he goes."""
    label = name_of(session, row.cadre_id)
    found = [judge("rotation.min_months", _months(label, row.began_on, day, day), day, law)]
    after = None if row.after_post_id is None else _titled(session, row.after_post_id)
    if after is not None and row.after_post_id is not None:
        action = _as_action(row, row.after_post_id, after)
        judged = judged_for(session, law, action, row.cadre_id, day)
        found.append(judge("appointment.vacancy", judged.vacancy(), day, law))
    return found


def name_of(session: ScopedSession, cadre_id: UUID) -> str:
    """The name of the person, whoever keeps the file."""
    name: str = compliance.stubs(session, {cadre_id})[cadre_id]["full_name"]
    return name


def holds(session: ScopedSession, assignment_id: UUID | None, day: date) -> bool:
    """Whether an assignment lasts on `day`, wherever it is."""
    return term(session, assignment_id, day) is not None


def present_seat(session: ScopedSession, cadre_id: UUID, day: date) -> Seat | None:
    """The main seat somebody holds on `day`, wherever it is."""
    seats = main_seats(session, {cadre_id}, day).get(cadre_id, [])
    return next((one for one in seats if one.valid_to is None or one.valid_to > day), None)


def moving(session: ScopedSession, people: Collection[UUID]) -> set[UUID]:
    """Those of `people` for whom a rotation or a transfer is under way, wherever it is."""
    if not people:
        return set()
    rotated = select(col(Rotation.cadre_id)).where(
        col(Rotation.cadre_id).in_(people), col(Rotation.state).not_in(CLOSED)
    )
    moved = (
        select(col(AppointmentCandidate.cadre_id))
        .join(Appointment, col(Appointment.id) == col(AppointmentCandidate.appointment_id))
        .where(
            col(AppointmentCandidate.cadre_id).in_(people),
            col(AppointmentCandidate.withdrawn_on).is_(None),
            col(Appointment.kind).in_(MOVES),
            col(Appointment.state).not_in(OVER),
        )
    )
    reader = everywhere(session, because="whether a move is planned counts wherever it is")
    return {*reader.scalars(rotated), *reader.scalars(moved)}


def _titled(session: ScopedSession, post_id: UUID) -> UUID:
    found: UUID = session.scalars(select(col(Post.title_id)).where(col(Post.id) == post_id)).one()
    return found


def _as_action(row: Rotation, post_id: UUID, title_id: UUID) -> Appointment:
    """A rotation as the rules on a seat and its person read any personnel action; never written."""
    return Appointment(
        id=row.id,
        unit_id=row.unit_id,
        kind=ActionKind.TRANSFER,
        post_id=post_id,
        title_id=title_id,
        authority_id=row.authority_id,
        opened_on=row.opened_on,
        created_by=row.created_by,
    )


def _exempt(row: Rotation, seats: Collection[Seat]) -> bool:
    """Whether the rotation only places a head who isn't of the place, or ends a row of terms in one."""
    if row.purpose == RotationPurpose.NON_LOCAL_HEAD:
        return True
    if row.purpose != RotationPurpose.TERM_LIMIT:
        return False
    held, since = 0, None
    for seat in seats:
        same = seat.title_id == row.from_title_id and seat.unit_id == row.from_unit_id
        if not same or not seat.leads or (since is not None and seat.valid_to != since):
            break
        since, held = seat.valid_from, held + 1
    return held >= TERM_LIMIT


def _planned(judged: Judged, item: RotationItem | None, *, exempt: bool) -> RotationPlannedFacts:
    missing: tuple[str, ...] = ()
    if item is None:
        missing = ("vị trí", "nơi đến", "hướng bố trí sau luân chuyển")
    elif item.after is None:
        missing = ("hướng bố trí sau luân chuyển",)
    return RotationPlannedFacts(judged.label, planned=bool(judged.planned), missing=missing, exempt=exempt)


def _months(label: str, began_on: date | None, ends_on: date | None, day: date) -> RotationMonthsFacts:
    return RotationMonthsFacts(label, None if ends_on is None else began_on, ends_on or day)
