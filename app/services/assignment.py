"""Assignments: the one writer of who holds which seat, which unit keeps a file, who leads a committee."""

from collections.abc import Iterable
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
from app.models.committee import CommitteeTerm, Entry, MemberRank, Membership
from app.models.post import Post, PostQuota
from app.models.title import TitleVersion
from app.models.unit import UnitKind, UnitVersion
from app.services.dated import holds_on, known, live, shares_days, supersede
from app.services.errors import Conflict, Denied, Fault, Invalid, NotFound
from app.services.lookup import find, lock
from app.services.scope import ScopedSession

_ACTING = frozenset({AssignmentKind.ACTING, AssignmentKind.IN_CHARGE})


def post_of(session: ScopedSession, post_id: UUID) -> Post:
    """The post, or Invalid at `/post_id`."""
    post = session.get(Post, post_id)
    if post is None:
        raise Invalid.at("/post_id", "Không có vị trí việc làm này.")
    return post


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
    title = _title_on(session, post, day)
    seat = _free_seat(session, post, day, data.seat_no)
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
    _join_committee(session, span, title)
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
    _leave_committee(session, ended)
    session.note(person, "assignment.end", data.reason)
    settle(session, [person], today)
    return ended


def _correct(
    session: ScopedSession, person: Cadre, span: AssignmentSpan, data: AssignmentUpdate, today: date
) -> AssignmentSpan:
    if not data.reason:
        raise Invalid.at("/reason", "Đính chính cần lý do.")
    sent = data.model_dump(exclude_unset=True, exclude={"corrects", "reason", "decision"})
    start = sent.get("valid_from") or span.valid_from
    end = sent.get("valid_to", span.valid_to)
    if end is not None and end <= start:
        raise Invalid.at("/valid_to", "Ngày kết thúc phải sau ngày bắt đầu.")
    changes: dict[str, Any] = {
        name: value for name, value in sent.items() if value is not None or name == "valid_to"
    }
    if data.decision is not None:
        changes |= _decision(data.decision) | {"valid_from": start}
        if start < data.decision.signed_on:
            raise Invalid.at("/decision/effective_on", "Ngày hiệu lực không thể trước ngày ký quyết định.")
    if "seat_no" in changes or start != span.valid_from or end != span.valid_to:
        _refuse_overlap(session, span, start, end, changes.get("seat_no", span.seat_no))
    previous = _ended_on(session, span) if span.is_main and start != span.valid_from else None
    if previous is not None and previous.valid_from < start:
        supersede(session, previous, valid_to=start, correction_reason=data.reason)
    mended = supersede(session, span, correction_reason=data.reason, **changes)
    _leave_committee(session, mended)
    session.note(person, "assignment.correct", data.reason)
    settle(session, [person], today)
    return mended


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


def _title_on(session: ScopedSession, post: Post, day: date) -> TitleVersion:
    """The title as it is on `day`.

    Invalid if it or its unit doesn't stand then, Denied if managed above the caller.
    """
    title = session.scalars(
        select(TitleVersion).where(col(TitleVersion.title_id) == post.title_id, live(TitleVersion, day))
    ).first()
    unit = session.scalars(
        select(UnitVersion.row_id).where(col(UnitVersion.unit_id) == post.unit_id, live(UnitVersion, day))
    ).first()
    if title is None or unit is None:
        raise Invalid.at(
            "/post_id", f"Vào ngày {day:%d/%m/%Y} đơn vị hoặc chức danh này không còn (hoặc chưa có)."
        )
    if not session.scope.may_write_managed(title.managed_by):
        raise Denied("Chức danh này do cấp trên quản lý; cấp dưới không ghi phân công vào đó.")
    return title


def _free_seat(session: ScopedSession, post: Post, day: date, wanted: int | None) -> int:
    """A seat of the post that nobody holds from `day` on; seats are locked through the post."""
    session.scalars(select(Post).where(col(Post.id) == post.id).with_for_update()).all()
    quota = session.scalars(
        select(PostQuota.quota).where(col(PostQuota.post_id) == post.id, live(PostQuota, day))
    ).first()
    if not quota:
        raise Conflict(f"Vào ngày {day:%d/%m/%Y} vị trí này không có chỉ tiêu biên chế.")
    taken = set(
        session.scalars(
            select(AssignmentSpan.seat_no).where(
                col(AssignmentSpan.post_id) == post.id, shares_days(AssignmentSpan, day, None)
            )
        )
    )
    if wanted is not None:
        if wanted > quota:
            raise Invalid.at("/seat_no", f"Vị trí này có {quota} chỗ.")
        if wanted in taken:
            raise Conflict(
                f"Chỗ số {wanted} đã có người từ ngày đó. Hãy chọn chỗ khác hoặc kết thúc phân công trước."
            )
        return wanted
    free = next((seat for seat in range(1, quota + 1) if seat not in taken), None)
    if free is None:
        raise Conflict(
            f"Vị trí này đã đủ {quota} người từ ngày {day:%d/%m/%Y}. Hãy kết thúc một phân công trước."
        )
    return free


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
        _leave_committee(session, closed)


def _refuse_overlap(
    session: ScopedSession, span: AssignmentSpan, start: date, end: date | None, seat: int
) -> None:
    others = session.scalars(
        select(AssignmentSpan).where(
            shares_days(AssignmentSpan, start, end),
            col(AssignmentSpan.row_id) != span.row_id,
            (col(AssignmentSpan.post_id) == span.post_id) | (col(AssignmentSpan.cadre_id) == span.cadre_id),
        )
    ).all()
    for other in others:
        if other.post_id == span.post_id and other.seat_no == seat:
            raise Conflict(f"Chỗ số {seat} có người khác giữ trong thời gian đó.")
        pushed = other.valid_to == span.valid_from and other.valid_from < start
        if other.cadre_id == span.cadre_id and span.is_main and other.is_main and not pushed:
            raise Conflict(
                f"Trùng với phân công chính từ ngày {other.valid_from:%d/%m/%Y}. "
                "Hãy đính chính phân công đó trước."
            )


# --- committees: secretary and deputies follow the assignment ---------------------------------------


def _rank(title: TitleVersion) -> MemberRank | None:
    if title.unit_kind != UnitKind.PARTY_COMMITTEE or not title.is_key:
        return None
    return MemberRank.SECRETARY if title.is_secretary else MemberRank.DEPUTY


def _join_committee(session: ScopedSession, span: AssignmentSpan, title: TitleVersion) -> None:
    """Writes the membership of a secretary or deputy; his former rank in this committee ends that day."""
    rank = _rank(title)
    if rank is None or span.acting:
        return
    term = session.scalars(
        select(CommitteeTerm).where(
            col(CommitteeTerm.unit_id) == span.unit_id, live(CommitteeTerm, span.valid_from)
        )
    ).first()
    if term is None:
        raise Conflict("Cấp ủy này chưa có nhiệm kỳ vào ngày đó. Hãy lập nhiệm kỳ trước.")
    _end_membership(session, span, span.valid_from, "rank_changed")
    session.add(
        Membership(
            unit_id=span.unit_id,
            cadre_id=span.cadre_id,
            term_id=term.id,
            rank=rank,
            entry=Entry.DESIGNATED if span.kind == AssignmentKind.DESIGNATION else Entry.ELECTED,
            decision_number=span.decision_number,
            decision_signed_on=span.decision_signed_on,
            valid_from=span.valid_from,
            valid_to=span.valid_to,
        )
    )
    session.flush()


def _leave_committee(session: ScopedSession, span: AssignmentSpan) -> None:
    """Holds the membership that came with a seat to the seat's days."""
    title = session.scalars(
        select(TitleVersion).where(
            col(TitleVersion.title_id) == span.title_id, live(TitleVersion, span.valid_from)
        )
    ).first()
    if title is None or _rank(title) is None:
        return
    members = session.scalars(
        select(Membership).where(
            col(Membership.unit_id) == span.unit_id,
            col(Membership.cadre_id) == span.cadre_id,
            col(Membership.rank) == _rank(title),
        )
    ).all()
    for member in members:
        if member.decision_number == span.decision_number or holds_on(member, span.valid_from):
            member.valid_from, member.valid_to = span.valid_from, span.valid_to
            member.end_reason = span.end_reason
            session.add(member)
    session.flush()


def _end_membership(session: ScopedSession, span: AssignmentSpan, day: date, reason: str) -> None:
    found = session.scalars(
        select(Membership).where(
            col(Membership.unit_id) == span.unit_id,
            col(Membership.cadre_id) == span.cadre_id,
            live(Membership, day),
        )
    ).all()
    for member in found:
        if member.valid_from == day:
            raise Conflict("Người này đã vào cấp ủy đúng ngày đó ở cương vị khác. Hãy kiểm tra lại.")
        member.valid_to, member.end_reason = day, reason
        session.add(member)
    session.flush()


# --- who keeps the file -----------------------------------------------------------------------------


def settle(session: ScopedSession, people: Iterable[Cadre], today: date) -> int:
    """Sets who keeps each file: the unit of the main seat held today, else of the last one.

    Gives how many moved.
    """
    wanted = {person.id: person for person in people}
    spans: dict[UUID, AssignmentSpan] = {}
    rows = session.scalars(
        select(AssignmentSpan)
        .where(
            col(AssignmentSpan.cadre_id).in_(wanted),
            col(AssignmentSpan.is_main),
            known(AssignmentSpan),
        )
        .order_by(col(AssignmentSpan.valid_from))
    )
    for span in rows:
        # A seat that begins later keeps no file yet, unless there has never been another.
        if span.valid_from <= today or span.cadre_id not in spans:
            spans[span.cadre_id] = span
    titles = _managing(session, {span.title_id for span in spans.values()}, today)
    moved = 0
    for key, span in spans.items():
        person = wanted[key]
        managed_by = titles.get(span.title_id) if holds_on(span, today) else None
        if (person.unit_id, person.managed_by) != (span.unit_id, managed_by):
            person.unit_id, person.managed_by = span.unit_id, managed_by
            session.add(person)
            moved += 1
    session.flush()
    return moved


def _managing(session: ScopedSession, titles: set[UUID], today: date) -> dict[UUID, Any]:
    rows = session.execute(
        select(TitleVersion.title_id, TitleVersion.managed_by).where(
            col(TitleVersion.title_id).in_(titles), live(TitleVersion, today)
        )
    )
    return {row.title_id: row.managed_by for row in rows}


def refresh_owners(session: ScopedSession, cadre_ids: Iterable[UUID], today: date) -> int:
    """`settle` for persons named by id, in the caller's scope."""
    people = [find(session, key) for key in cadre_ids]
    return settle(session, people, today)


def begin_day(session: ScopedSession, today: date) -> int:
    """The daily job: files whose main seat of today lies elsewhere go there.

    Running it twice does nothing.
    """
    moved = session.scalars(
        select(Cadre)
        .join(
            AssignmentSpan,
            (col(AssignmentSpan.cadre_id) == col(Cadre.id))
            & col(AssignmentSpan.is_main)
            & live(AssignmentSpan, today),
        )
        .join(
            TitleVersion,
            (col(TitleVersion.title_id) == col(AssignmentSpan.title_id)) & live(TitleVersion, today),
        )
        .where(
            (col(Cadre.unit_id) != col(AssignmentSpan.unit_id))
            | col(Cadre.managed_by).is_distinct_from(col(TitleVersion.managed_by))
        )
    ).all()
    return settle(session, moved, today) if moved else 0
