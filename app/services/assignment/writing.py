"""Opening, ending and correcting an assignment."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.models.assignment import (
    Assignment,
    AssignmentCreate,
    AssignmentKind,
    AssignmentSpan,
    AssignmentUpdate,
    Decision,
    EndReason,
)
from app.models.cadre import Cadre
from app.services.assignment.committee import follow_committee, join_committee, leave_committee
from app.services.assignment.keeping import settle
from app.services.assignment.seat import check_seat, free_seat, post_of, refuse_overlap, title_on
from app.services.dated import known, shares_days, supersede
from app.services.errors import Conflict, Fault, Invalid, NotFound
from app.services.lookup import lock
from app.services.scope import ScopedSession

_ENDS = frozenset(
    {"valid_to", "end_reason", "end_decision_number", "end_decision_signed_on", "reason", "corrects"}
)
"""What an end says; everything else is a correction."""

_ACTING = frozenset({AssignmentKind.ACTING, AssignmentKind.IN_CHARGE})


def add(session: ScopedSession, cadre_id: UUID, *, data: AssignmentCreate, today: date) -> AssignmentSpan:
    """Gives a person a seat; see `create`."""
    return create(session, lock(session, cadre_id), data=data, today=today)


def create(session: ScopedSession, person: Cadre, *, data: AssignmentCreate, today: date) -> AssignmentSpan:
    """Opens a seat for `person` from the decision's effect day on; a main one closes his previous main one.

    Invalid for days out of order, Conflict where no seat is free or a later main one is decided already,
    Denied for a title managed above the caller's level.
    """
    day = data.decision.effective_on
    _check_decision(data.decision, data.term_ends_on, person)
    post = post_of(session, data.post_id)
    title = title_on(session, post, day)
    seat = free_seat(session, post, day, data.seat_no)
    if data.is_main:
        _close_previous(session, person, day, data.previous_end_reason, data.decision)
    identity = Assignment(cadre_id=person.id)
    session.add(identity)
    session.flush()
    span = AssignmentSpan(
        assignment_id=identity.id,
        cadre_id=person.id,
        unit_id=post.unit_id,
        post_id=post.id,
        title_id=post.title_id,
        seat_no=seat,
        kind=data.kind,
        is_main=data.is_main,
        acting=data.acting or data.kind in _ACTING,
        term_ends_on=data.term_ends_on,
        valid_from=day,
        **_decision(data.decision),
    )
    session.add(span)
    session.note(person, "assignment.open")
    session.flush()
    join_committee(session, span, title)
    settle(session, [person], today)
    return span


def change(
    session: ScopedSession,
    cadre_id: UUID,
    version: int,
    assignment_id: UUID,
    *,
    data: AssignmentUpdate,
    today: date,
) -> AssignmentSpan:
    """Ends an assignment, or with `corrects` mends what was recorded wrongly.

    Both clocks keep what stood before.
    """
    person = lock(session, cadre_id, version)
    span = _span(session, cadre_id, assignment_id)
    if data.corrects:
        return _correct(session, person, span, data, today)
    beside = sorted(data.model_fields_set - _ENDS)
    if beside:
        raise Invalid(
            "Sửa nội dung đã ghi là đính chính: cần corrects và lý do.",
            [Fault(f"/{name}", "Chỉ sửa được bằng đính chính.") for name in beside],
        )
    if data.valid_to is None or data.end_reason is None:
        raise Invalid(
            "Muốn kết thúc cần ngày kết thúc và lý do; muốn sửa sai cần corrects và lý do sửa.",
            [Fault("/valid_to", "Cần ngày kết thúc."), Fault("/end_reason", "Cần lý do kết thúc.")],
        )
    if data.valid_to <= span.valid_from:
        raise Invalid.at("/valid_to", "Ngày kết thúc phải sau ngày bắt đầu.")
    if span.valid_to is not None:
        raise Conflict("Phân công này đã có ngày kết thúc. Nếu ghi sai, hãy sửa bằng đính chính có lý do.")
    ended = supersede(
        session,
        span,
        valid_to=data.valid_to,
        end_reason=data.end_reason,
        end_decision_number=data.end_decision_number,
        end_decision_signed_on=data.end_decision_signed_on,
    )
    leave_committee(session, ended)
    session.note(person, "assignment.end", data.reason)
    settle(session, [person], today)
    return ended


def _correct(
    session: ScopedSession, person: Cadre, span: AssignmentSpan, data: AssignmentUpdate, today: date
) -> AssignmentSpan:
    if not data.reason:
        raise Invalid.at("/reason", "Đính chính cần lý do.")
    changes = _mended(person, span, data)
    start, end, seat = changes["valid_from"], changes["valid_to"], changes.get("seat_no", span.seat_no)
    if start != span.valid_from or seat != span.seat_no:
        check_seat(session, span, start, seat)
    if seat != span.seat_no or start != span.valid_from or end != span.valid_to:
        refuse_overlap(session, span, start, end, seat)
    previous = _ended_on(session, span) if span.is_main and start != span.valid_from else None
    moves = previous is not None and previous.valid_from < start
    if moves and previous is not None and start < span.valid_from:
        supersede(session, previous, valid_to=start, correction_reason=data.reason)
    mended = supersede(session, span, correction_reason=data.reason, **changes)
    if moves and previous is not None and start > span.valid_from:
        # Longer only now: the two must never overlap, not even between two statements.
        supersede(session, previous, valid_to=start, correction_reason=data.reason)
    follow_committee(session, span, mended)
    session.note(person, "assignment.correct", data.reason)
    settle(session, [person], today)
    return mended


def _mended(person: Cadre, span: AssignmentSpan, data: AssignmentUpdate) -> dict[str, Any]:
    """The columns a correction changes, with both days; Invalid where they don't fit each other."""
    sent = data.model_dump(exclude_unset=True, exclude={"corrects", "reason", "decision"})
    emptied = {"valid_to", "term_ends_on"}
    changes: dict[str, Any] = {
        name: value for name, value in sent.items() if value is not None or name in emptied
    }
    start = changes.get("valid_from", span.valid_from)
    if data.decision is not None:
        if "valid_from" not in changes:
            start = data.decision.effective_on
        elif start != data.decision.effective_on:
            raise Invalid.at("/decision/effective_on", "Ngày hiệu lực phải là ngày bắt đầu giữ chức danh.")
        changes |= _decision(data.decision)
    end = changes.get("valid_to", span.valid_to)
    changes |= {"valid_from": start, "valid_to": end}
    moved = start != span.valid_from or data.decision is not None
    place = ("/decision/effective_on" if data.decision is not None else "/valid_from") if moved else None
    faults = _faults(person, span, changes, place)
    if faults:
        raise Invalid("Hãy sửa các ngày nêu dưới đây.", faults)
    if end is None:
        changes |= {"end_reason": None, "end_decision_number": None, "end_decision_signed_on": None}
    return changes


def _faults(person: Cadre, span: AssignmentSpan, changes: dict[str, Any], place: str | None) -> list[Fault]:
    """What doesn't fit in the days of a correction; `place` names the start, where it was sent."""
    start, end = changes["valid_from"], changes["valid_to"]
    term = changes.get("term_ends_on", span.term_ends_on)
    signed = changes.get("decision_signed_on", span.decision_signed_on)
    faults = []
    if end is not None and end <= start:
        faults.append(Fault("/valid_to", "Ngày kết thúc phải sau ngày bắt đầu."))
    if end is not None and changes.get("end_reason", span.end_reason) is None:
        faults.append(Fault("/end_reason", "Cần lý do kết thúc."))
    if term is not None and term <= start:
        faults.append(Fault("/term_ends_on", "Ngày hết thời hạn phải sau ngày hiệu lực."))
    if place is not None and signed is not None and start < signed:
        faults.append(Fault(place, "Ngày hiệu lực không thể trước ngày ký quyết định."))
    if place is not None and person.birth_date is not None and start <= person.birth_date:
        faults.append(Fault(place, "Ngày hiệu lực trước ngày sinh của cán bộ."))
    return faults


def _span(session: ScopedSession, cadre_id: UUID, assignment_id: UUID) -> AssignmentSpan:
    span = session.scalars(
        select(AssignmentSpan)
        .where(
            col(AssignmentSpan.assignment_id) == assignment_id,
            col(AssignmentSpan.cadre_id) == cadre_id,
            known(AssignmentSpan),
        )
        .order_by(col(AssignmentSpan.valid_from).desc())
    ).first()
    if span is None:
        raise NotFound
    return span


def _ended_on(session: ScopedSession, span: AssignmentSpan) -> AssignmentSpan | None:
    """The main seat that ended when `span` began."""
    before = session.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.cadre_id) == span.cadre_id, col(AssignmentSpan.is_main), known(AssignmentSpan)
        )
    ).all()
    return next((row for row in before if row.valid_to == span.valid_from), None)


def _check_decision(decision: Decision, term_ends_on: date | None, person: Cadre) -> None:
    faults = []
    if decision.effective_on < decision.signed_on:
        faults.append(Fault("/decision/effective_on", "Ngày hiệu lực không thể trước ngày ký quyết định."))
    if term_ends_on is not None and term_ends_on <= decision.effective_on:
        faults.append(Fault("/term_ends_on", "Ngày hết thời hạn phải sau ngày hiệu lực."))
    if person.birth_date is not None and decision.effective_on <= person.birth_date:
        faults.append(Fault("/decision/effective_on", "Ngày hiệu lực trước ngày sinh của cán bộ."))
    if faults:
        raise Invalid("Hãy sửa các ngày nêu dưới đây.", faults)


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "decision_number": decision.number,
        "decision_signed_on": decision.signed_on,
        "decision_issuer": decision.issuer,
        "decision_signer": decision.signer,
    }


def _close_previous(
    session: ScopedSession, person: Cadre, day: date, reason: EndReason, decision: Decision
) -> None:
    """Ends the main seat held on `day`.

    A later one already decided, or one begun that very day, is a Conflict.
    """
    mains = session.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.cadre_id) == person.id,
            col(AssignmentSpan.is_main),
            shares_days(AssignmentSpan, day, None),
        )
    ).all()
    for span in mains:
        if span.valid_from >= day:
            raise Conflict(
                f"Đã có phân công chính từ ngày {span.valid_from:%d/%m/%Y}. "
                "Hãy đính chính hoặc kết thúc phân công đó trước."
            )
        closed = supersede(
            session,
            span,
            valid_to=day,
            end_reason=reason,
            end_decision_number=decision.number,
            end_decision_signed_on=decision.signed_on,
        )
        leave_committee(session, closed)
