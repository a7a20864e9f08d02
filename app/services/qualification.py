"""Facts of a person on two clocks that aren't seats: qualifications, Party membership, residence."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.models.cadre import Cadre
from app.models.code import CodeItem
from app.models.party import PartyMembership, PartyMembershipCreate
from app.models.qualification import (
    Qualification,
    QualificationCreate,
    QualificationSpan,
    QualificationUpdate,
)
from app.models.residence import Residence, ResidenceCreate
from app.services.dated import change as change_from
from app.services.dated import known, live, shares_days, supersede
from app.services.errors import Conflict, Fault, Invalid, NotFound
from app.services.lookup import lock
from app.services.scope import ScopedSession


def add(
    session: ScopedSession, cadre_id: UUID, *, data: QualificationCreate, today: date
) -> QualificationSpan:
    """Records a qualification awarded on `valid_from`; Conflict if the same one overlaps."""
    person = lock(session, cadre_id)
    _check(session, person, data.kind, data.level, data.valid_from, data.valid_to, today)
    twin = session.scalars(
        select(QualificationSpan).where(
            col(QualificationSpan.cadre_id) == cadre_id,
            col(QualificationSpan.kind) == data.kind,
            col(QualificationSpan.name) == data.name,
            shares_days(QualificationSpan, data.valid_from, data.valid_to),
        )
    ).first()
    if twin is not None:
        raise Conflict("Trình độ này đã có. Nếu ghi sai, hãy đính chính dòng đó.")
    identity = Qualification(cadre_id=person.id)
    session.add(identity)
    session.flush()
    span = QualificationSpan(qualification_id=identity.id, cadre_id=person.id, **data.model_dump())
    session.add(span)
    session.note(person, "qualification.add")
    session.flush()
    return span


def change(
    session: ScopedSession,
    cadre_id: UUID,
    version: int,
    qualification_id: UUID,
    *,
    data: QualificationUpdate,
    today: date,
) -> QualificationSpan:
    """Corrects a qualification (with a reason), or ends it.

    What stood before stays readable by `known_at`.
    """
    person = lock(session, cadre_id, version)
    span = session.scalars(
        select(QualificationSpan).where(
            col(QualificationSpan.qualification_id) == qualification_id,
            col(QualificationSpan.cadre_id) == cadre_id,
            known(QualificationSpan),
        )
    ).first()
    if span is None:
        raise NotFound
    changes = data.model_dump(exclude_unset=True, exclude={"corrects", "reason"})
    if not data.corrects and set(changes) - {"valid_to"}:
        raise Invalid.at("/corrects", "Sửa nội dung đã ghi là đính chính: cần corrects và lý do.")
    if data.corrects and not data.reason:
        raise Invalid.at("/reason", "Đính chính cần lý do.")
    empty = [name for name in ("name", "level", "valid_from") if name in changes and changes[name] is None]
    if empty:
        raise Invalid("Không thể để trống.", [Fault(f"/{name}", "Không thể để trống.") for name in empty])
    merged = {name: getattr(span, name) for name in ("level", "valid_from", "valid_to")} | changes
    _check(session, person, span.kind, merged["level"], merged["valid_from"], merged["valid_to"], today)
    mended = supersede(session, span, correction_reason=data.reason, **changes)
    session.note(person, "qualification.correct" if data.corrects else "qualification.end", data.reason)
    session.flush()
    return mended


def _check(  # noqa: PLR0917 - the values that must fit each other
    session: ScopedSession, person: Cadre, kind: str, level: str, start: date, end: date | None, today: date
) -> None:
    if session.get(CodeItem, (kind, level)) is None:
        raise Invalid.at("/level", f"Mức này không có trong danh mục {kind}. Xem /api/v1/code-lists/{kind}.")
    if start > today:
        raise Invalid.at("/valid_from", "Ngày cấp không thể ở tương lai.")
    if person.birth_date is not None and start <= person.birth_date:
        raise Invalid.at("/valid_from", "Ngày cấp trước ngày sinh của cán bộ.")
    if end is not None and end <= start:
        raise Invalid.at("/valid_to", "Ngày hết hiệu lực phải sau ngày cấp.")


def set_party(
    session: ScopedSession, cadre_id: UUID, *, data: PartyMembershipCreate, today: date
) -> PartyMembership:
    """Admission to the Party, a change from a day on, or a correction of what was recorded."""
    if data.official_on is not None and data.official_on < data.valid_from:
        raise Invalid.at("/official_on", "Ngày chính thức phải từ ngày vào Đảng trở đi.")
    same: dict[str, Any] = {}
    row: PartyMembership = _set(session, cadre_id, PartyMembership, same, data, today, "party")
    return row


def set_residence(session: ScopedSession, cadre_id: UUID, *, data: ResidenceCreate, today: date) -> Residence:
    """Where somebody lives from a day on, or a correction of it."""
    row: Residence = _set(session, cadre_id, Residence, {"kind": data.kind}, data, today, "residence")
    return row


def _set(  # noqa: PLR0917 - one span of one fact
    session: ScopedSession,
    cadre_id: UUID,
    table: Any,  # noqa: ANN401 - one of two tables
    same: dict[str, Any],
    data: Any,  # noqa: ANN401 - its Create model
    today: date,
    noun: str,
) -> Any:  # noqa: ANN401 - a row of the table
    person = lock(session, cadre_id)
    if data.valid_from > today:
        raise Invalid.at("/valid_from", "Ngày này không thể ở tương lai.")
    if data.valid_to is not None and data.valid_to <= data.valid_from:
        raise Invalid.at("/valid_to", "Ngày kết thúc phải sau ngày bắt đầu.")
    mine = select(table).where(
        table.cadre_id == cadre_id, *(getattr(table, name) == value for name, value in same.items())
    )
    values = data.model_dump(exclude={"corrects", "reason"})
    if data.corrects:
        if not data.reason:
            raise Invalid.at("/reason", "Đính chính cần lý do.")
        held = session.scalars(mine.where(known(table)).order_by(table.valid_from.desc())).first()
        if held is None:
            raise Conflict("Chưa có gì để đính chính. Hãy ghi mới.")
        row = supersede(session, held, **values)
    else:
        held = session.scalars(mine.where(live(table, data.valid_from))).first()
        if held is not None:
            row = change_from(session, held, on=data.valid_from, **values)
        else:
            if (
                session.scalars(mine.where(shares_days(table, data.valid_from, data.valid_to))).first()
                is not None
            ):
                raise Conflict("Đã có dòng bắt đầu sau ngày này. Hãy đính chính dòng đó.")
            row = table(cadre_id=cadre_id, **values)
            session.add(row)
            session.flush()
    session.note(person, f"{noun}.{'correct' if data.corrects else 'set'}", data.reason)
    return row
