"""Personnel actions as they are opened and filled: seat, candidates, what belongs to them."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.appointment import (
    OVER,
    ActionKind,
    ActionState,
    Appointment,
    AppointmentCandidate,
    AppointmentCreate,
    AppointmentUpdate,
    CandidateCreate,
    Source,
)
from app.models.assignment import AssignmentSpan
from app.models.base import nfc
from app.models.cadre import Cadre
from app.models.post import Post
from app.models.title import ManagedBy, TermKind, TitleVersion
from app.services import dossier
from app.services.appointment.table import ENDS, HELD, LENT, NAMES, OPEN, Route, route_of
from app.services.dated import live
from app.services.dossier import refuse_kin
from app.services.errors import Conflict, Denied, Fault, Invalid, NotFound
from app.services.scope import ScopedSession
from app.services.unit.planning import Place

MISSING = "Không có hồ sơ này, hoặc hồ sơ ngoài phạm vi được xem."
_NO_PERSON = (
    "Không có cán bộ này trong phạm vi được xem. Người ngoài phạm vi do ban tổ chức cấp trên, "
    "nơi xem được cả hai đơn vị, đưa vào hồ sơ."
)
HEAD_OVER = frozenset({ManagedBy.DEPARTMENT, ManagedBy.UNIT_HEAD})
"""Who manages the titles that a head may fill alone: himself, never a committee."""

_TEXTS = ("reason", "basis", "responsibility_note", "opinion_document")


def find(session: ScopedSession, appointment_id: UUID) -> Appointment:
    """The dossier, or NotFound, which covers «not in your scope»."""
    return dossier.find(session, Appointment, appointment_id, MISSING)


def lock(session: ScopedSession, appointment_id: UUID, version: int | None = None) -> Appointment:
    """The dossier, held against other writers until the commit; Stale if `version` is no longer its own."""
    return dossier.lock(session, Appointment, appointment_id, MISSING, version)


def create(session: ScopedSession, *, data: AppointmentCreate, today: date) -> UUID:
    """Opens a personnel action; gives its id.

    Invalid for a seat, an assignment or a person there isn't, and for what the kind doesn't take or lacks;
    Denied outside the caller's scope and for oneself or one's family; Conflict where one about the same
    assignment is under way.
    """
    _check_shape(data)
    held = None if data.assignment_id is None else _held(session, data.assignment_id, today)
    post = _post(session, held.post_id if held is not None else data.post_id)
    if not session.units_within(session.scope.writes, {post.unit_id}):
        raise Denied("Đơn vị của vị trí này ngoài phạm vi được lập hồ sơ nhân sự.")
    place, title = Place(session, post.unit_id, today), _title(session, post, today)
    if place.version is None:
        raise Invalid.at("/post_id", f"Ngày {today:%d/%m/%Y} không còn đơn vị của vị trí này.")
    if data.kind == ActionKind.REAPPOINTMENT and title.term_kind != TermKind.APPOINTED_5Y:
        raise Invalid.at(
            "/assignment_id",
            "Chức danh này không bổ nhiệm có thời hạn nên không bổ nhiệm lại; chức danh bầu cử thì tái cử.",
        )
    if data.head_decides and title.managed_by not in HEAD_OVER:
        raise Invalid.at(
            "/head_decides",
            "Người đứng đầu chỉ tự quyết định với cấp trưởng trực tiếp dưới mình (mục III.3.6-c); chức danh "
            "này do cấp ủy quản lý nên làm theo các bước.",
        )
    authority_id = place.authority(title.managed_by)
    if title.managed_by == ManagedBy.CENTRAL or authority_id is None:
        raise Invalid.at("/post_id", "Chức danh này do Trung ương quản lý, không quyết định ở đây.")
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - only signed-in callers reach a route
    row = Appointment(
        unit_id=post.unit_id,
        kind=data.kind,
        source=data.source,
        head_decides=data.head_decides,
        post_id=post.id,
        title_id=post.title_id,
        assignment_id=data.assignment_id,
        authority_id=authority_id,
        outcome=data.outcome,
        opened_on=today,
        ends_on=data.ends_on,
        created_by=actor.id,
        reason=_text(data.reason),
        basis=_text(data.basis),
        responsibility_note=_text(data.responsibility_note),
    )
    person = held.cadre_id if held is not None else data.cadre_id
    if held is not None:
        _refuse_twin(session, data.assignment_id, today)
    session.add(row)
    session.flush()
    session.note(row, "appointment.create")
    if person is not None:
        candidate = _enter(session, row, person, step=0, note=None, today=today, pointer="/cadre_id")
        row.chosen_id = candidate.id
        session.add(row)
    session.flush()
    return row.id


def _check_shape(data: AppointmentCreate) -> None:
    """What a kind must name, and what it can't."""
    kind, way = data.kind, route_of(data.kind, data.source, head_decides=data.head_decides)
    held, opened_bare = kind in HELD, way == Route.FIVE_STEPS
    wrong = (
        (held and data.assignment_id is None, "assignment_id", "Cần nêu phân công đang giữ."),
        (
            held and data.post_id is not None,
            "post_id",
            "Loại hồ sơ này nêu phân công đang giữ, không nêu vị trí.",
        ),
        (
            held and data.cadre_id is not None,
            "cadre_id",
            "Người của hồ sơ là người đang giữ phân công đó.",
        ),
        (not held and data.post_id is None, "post_id", "Cần nêu vị trí cần người."),
        (
            not held and data.assignment_id is not None,
            "assignment_id",
            "Loại hồ sơ này nêu vị trí cần người, không nêu phân công.",
        ),
        (
            opened_bare and data.cadre_id is not None,
            "cadre_id",
            "Bổ nhiệm nguồn tại chỗ mở hồ sơ trước, nhân sự được giới thiệu ở các bước.",
        ),
        (
            not (opened_bare or held) and data.cadre_id is None,
            "cadre_id",
            "Loại hồ sơ này nêu nhân sự ngay từ đầu.",
        ),
        (kind in ENDS and data.reason is None, "reason", "Cần ghi lý do."),
        (kind in ENDS and data.basis is None, "basis", "Cần ghi căn cứ."),
        (
            data.head_decides and kind != ActionKind.APPOINTMENT,
            "head_decides",
            "Người đứng đầu chỉ tự quyết định khi bổ nhiệm.",
        ),
        (
            data.source == Source.OUTSIDE and kind != ActionKind.APPOINTMENT,
            "source",
            "Nguồn nhân sự chỉ phân biệt khi bổ nhiệm.",
        ),
        (
            data.outcome is not None and kind != ActionKind.REAPPOINTMENT,
            "outcome",
            "Chỉ hồ sơ bổ nhiệm lại có kết quả này.",
        ),
        (
            kind in LENT and data.ends_on is None,
            "ends_on",
            "Biệt phái cần ngày kết thúc dự kiến.",
        ),
        (
            data.ends_on is not None and kind not in LENT,
            "ends_on",
            "Chỉ biệt phái có ngày kết thúc dự kiến.",
        ),
    )
    faults = [Fault(f"/{name}", words) for fails, name, words in wrong if fails]
    if faults:
        raise Invalid("Hãy sửa các chỗ nêu dưới đây.", faults)


def _held(session: ScopedSession, assignment_id: UUID, day: date) -> AssignmentSpan:
    span = session.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.assignment_id) == assignment_id, live(AssignmentSpan, day)
        )
    ).first()
    if span is None:
        raise Invalid.at("/assignment_id", "Không có phân công này, hoặc phân công đã kết thúc.")
    return span


def _post(session: ScopedSession, post_id: UUID | None) -> Post:
    post = None if post_id is None else session.get(Post, post_id)
    if post is None:
        raise Invalid.at("/post_id", "Không có vị trí việc làm này.")
    return post


def _title(session: ScopedSession, post: Post, day: date) -> TitleVersion:
    title = session.scalars(
        select(TitleVersion).where(col(TitleVersion.title_id) == post.title_id, live(TitleVersion, day))
    ).first()
    if title is None:
        raise Invalid.at("/post_id", f"Ngày {day:%d/%m/%Y} không còn chức danh của vị trí này.")
    return title


def _refuse_twin(session: ScopedSession, assignment_id: UUID | None, today: date) -> None:
    twin = session.execute(
        select(col(Appointment.opened_on)).where(
            col(Appointment.assignment_id) == assignment_id, col(Appointment.state).not_in(OVER)
        )
    ).first()
    if twin is not None:
        raise Conflict(
            f"Phân công này đã có hồ sơ đang làm, mở ngày {twin.opened_on:%d/%m/%Y}. Hãy mở hồ sơ đó."
            if twin.opened_on <= today
            else "Phân công này đã có hồ sơ đang làm. Hãy mở hồ sơ đó."
        )


def _text(value: str | None) -> str | None:
    return nfc(value) if value else None


def refuse_closed(row: Appointment) -> None:
    """Conflict where the dossier's state takes no change."""
    if row.state not in OPEN:
        raise Conflict(f"Hồ sơ đang ở trạng thái «{NAMES[row.state]}» nên không sửa được nội dung.")


def change(
    session: ScopedSession, appointment_id: UUID, version: int, *, data: AppointmentUpdate, today: date
) -> None:
    """Adds what belongs to an open dossier: who is chosen, the head's note, opinions, the outcome.

    Invalid for somebody who is no candidate and for a day to come.
    """
    row = lock(session, appointment_id, version)
    refuse_closed(row)
    given = data.model_dump(exclude_unset=True)
    if not given:
        raise Invalid("Chưa có gì để sửa.", [Fault("", "Hãy gửi ít nhất một nội dung.")])
    if "head_chose" in given and given["head_chose"] is None:
        raise Invalid.at("/head_chose", "Chỉ nhận true hoặc false.")
    if data.chosen_id is not None:
        candidate = _candidate(session, row, data.chosen_id, pointer="/chosen_id")
        refuse_kin(session, {candidate.cadre_id})
    if data.opinion_on is not None and data.opinion_on > today:
        raise Invalid.at("/opinion_on", f"Ngày có ý kiến không thể sau hôm nay ({today:%d/%m/%Y}).")
    if data.outcome is not None and row.kind != ActionKind.REAPPOINTMENT:
        raise Invalid.at("/outcome", "Chỉ hồ sơ bổ nhiệm lại có kết quả này.")
    if data.ends_on is not None and row.kind not in LENT:
        raise Invalid.at("/ends_on", "Chỉ biệt phái có ngày kết thúc dự kiến.")
    for name, value in given.items():
        setattr(row, name, _text(value) if name in _TEXTS else value)
    session.add(row)
    session.note(row, "appointment.change")
    session.flush()


def add_candidate(
    session: ScopedSession, appointment_id: UUID, *, data: CandidateCreate, today: date
) -> UUID:
    """Enters somebody to be voted on; gives the candidate's id.

    Conflict where the person is one already, where the kind names its person at once, and in a state that
    takes nobody; Denied for oneself and one's family.
    """
    row = lock(session, appointment_id)
    refuse_closed(row)
    if route_of(row.kind, row.source, head_decides=row.head_decides) != Route.FIVE_STEPS:
        raise Conflict("Loại hồ sơ này đã nêu nhân sự từ đầu; muốn đổi người thì dừng và lập hồ sơ khác.")
    if row.state == ActionState.DRAFT:
        raise Conflict("Nhân sự được giới thiệu ở các bước, sau khi cấp có thẩm quyền đồng ý chủ trương.")
    entered = _enter(
        session,
        row,
        data.cadre_id,
        step=data.raised_at_step,
        note=data.note,
        today=today,
        pointer="/cadre_id",
    )
    session.note(row, "appointment.candidate.add", data.note)
    return entered.id


def _enter(
    session: ScopedSession,
    row: Appointment,
    cadre_id: UUID,
    *,
    step: int,
    note: str | None,
    today: date,
    pointer: str,
) -> AppointmentCandidate:
    person = session.scalars(select(Cadre).where(col(Cadre.id) == cadre_id)).first()
    if person is None:
        raise Invalid.at(pointer, _NO_PERSON)
    if person.is_stub:
        raise Invalid.at(pointer, "Cán bộ diện Trung ương quản lý không quyết định ở đây.")
    refuse_kin(session, {person.id})
    twice = select(col(AppointmentCandidate.id)).where(
        col(AppointmentCandidate.appointment_id) == row.id,
        col(AppointmentCandidate.cadre_id) == person.id,
        col(AppointmentCandidate.withdrawn_on).is_(None),
    )
    if session.execute(twice).first() is not None:
        raise Conflict("Người này đã có trong danh sách nhân sự của hồ sơ.")
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - only signed-in callers reach a route
    candidate = AppointmentCandidate(
        unit_id=row.unit_id,
        appointment_id=row.id,
        cadre_id=person.id,
        raised_at_step=step,
        added_by=actor.id,
        added_on=today,
        note=_text(note),
    )
    session.add(candidate)
    session.flush()
    return candidate


def withdraw_candidate(
    session: ScopedSession, appointment_id: UUID, candidate_id: UUID, version: int, *, note: str, today: date
) -> None:
    """Takes somebody off the list, with the reason; what was voted stays on record."""
    row = lock(session, appointment_id, version)
    refuse_closed(row)
    if route_of(row.kind, row.source, head_decides=row.head_decides) != Route.FIVE_STEPS:
        raise Conflict("Hồ sơ này lập cho một người; muốn đổi người thì dừng và lập hồ sơ khác.")
    candidate = _candidate(session, row, candidate_id)
    refuse_kin(session, {candidate.cadre_id})
    candidate.withdrawn_on, candidate.withdrawn_note = today, _text(note)
    if row.chosen_id == candidate.id:
        row.chosen_id = None
    session.add_all([candidate, row])
    session.note(row, "appointment.candidate.withdraw", note)
    session.flush()


def _candidate(
    session: ScopedSession, row: Appointment, candidate_id: UUID, *, pointer: str | None = None
) -> AppointmentCandidate:
    found = session.scalars(
        select(AppointmentCandidate).where(
            col(AppointmentCandidate.id) == candidate_id,
            col(AppointmentCandidate.appointment_id) == row.id,
            col(AppointmentCandidate.withdrawn_on).is_(None),
        )
    ).first()
    if found is None and pointer is not None:
        raise Invalid.at(pointer, "Người này không có trong danh sách nhân sự của hồ sơ.")
    if found is None:
        raise NotFound("Hồ sơ này không có nhân sự đó.")
    return found


def candidates_of(session: ScopedSession, appointment_id: UUID) -> list[AppointmentCandidate]:
    """Who may be chosen, in the order they were entered."""
    return list(
        session.scalars(
            select(AppointmentCandidate)
            .where(
                col(AppointmentCandidate.appointment_id) == appointment_id,
                col(AppointmentCandidate.withdrawn_on).is_(None),
            )
            .order_by(col(AppointmentCandidate.id))
        )
    )
