"""A unit begins, is renamed, is set right: what changes in its versions."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.base import nfc, search_key, text_key
from app.models.title import LEVEL_RANK
from app.models.unit import (
    ChangeKind,
    LegalBasis,
    NewUnit,
    Unit,
    UnitChange,
    UnitChangePart,
    UnitCreate,
    UnitForm,
    UnitKind,
    UnitUpdate,
    UnitVersion,
)
from app.services import dated
from app.services.dated import holds_on, live, shares_days
from app.services.errors import Conflict, Fault, Invalid, NotFound, Stale
from app.services.scope import ScopedSession
from app.services.unit import tree
from app.services.unit.reading import life, spans

NEVER_EMPTY = frozenset({"name", "code", "plans_for_itself"})
NAMING = frozenset({"name", "code", "type"})
"""What a decision on names is about; the rest of a unit changes without one."""
WITH_TIER = frozenset({UnitKind.PARTY_COMMITTEE, UnitKind.ATTACHED_COMMITTEE})


def create(session: ScopedSession, *, data: UnitCreate) -> UUID:
    """A new unit with its first version, the change that made it and its place in the tree; gives its id.

    Where its parent ends on a known day, the unit ends with it.
    """
    day = data.valid_from
    tree.lock(session, day)
    version = begin(session, data, day, "")
    record(
        session,
        UnitChange(kind=ChangeKind.CREATE, on_day=day, **basis_columns(data.basis)),
        [(None, version.unit_id, "whole")],
    )
    tree.plant(session, version.unit_id, version.parent_id, day)
    return version.unit_id


def update(session: ScopedSession, unit_id: UUID, version: int, *, data: UnitUpdate) -> None:
    """A unit is called or classed otherwise from a day on, or was recorded wrongly in a span.

    Stale where `version` isn't the unit's any more. A new name, code or type needs a legal basis and stands
    among the changes of units.

    Two units exchange their codes on one day by way of a third code: one takes it, the other takes the code
    that fell free, and a correction of the same day gives the first one its own.
    """
    tree.lock(session, data.valid_from)
    unit = lock(session, unit_id, version)
    versions = spans(session, unit_id)
    span = next((row for row in versions if holds_on(row, data.valid_from)), None)
    if span is None:
        raise Invalid.at("/valid_from", f"{life(versions)}. Hãy chọn ngày trong khoảng đó.")
    changes = _changed(span, data)
    if data.corrects:
        if not data.reason:
            raise Invalid.at("/reason", "Đính chính cần lý do.")
        _refuse_code(session, changes, span, span.valid_from)
        dated.supersede(session, span, **changes)
        session.note(unit, "unit.correct", data.reason)
        return
    _refuse_same_day_or_earlier(versions, span, data.valid_from)
    _refuse_code(session, changes, span, data.valid_from)
    if NAMING & changes.keys():
        if data.basis is None:
            raise Invalid.at("/basis", "Đổi tên, mã hoặc loại đơn vị cần số và cơ quan ban hành quyết định.")
        rename = UnitChange(kind=ChangeKind.RENAME, on_day=data.valid_from, **basis_columns(data.basis))
        record(session, rename, [(unit_id, unit_id, "whole")])
    dated.change(session, span, on=data.valid_from, **changes)
    reason = data.reason or (f"{data.basis.number}, {data.basis.issuer}" if data.basis else None)
    session.note(unit, "unit.change", reason)


def lock(session: ScopedSession, unit_id: UUID, version: int | None = None) -> Unit:
    """The unit, held against other writers until the commit; Stale if `version` is no longer its own."""
    unit = session.scalars(
        select(Unit)
        .where(col(Unit.id) == unit_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if unit is None:
        raise NotFound("Không có đơn vị này.")
    if version is not None and unit.version != version:
        raise Stale
    return unit


def _changed(span: UnitVersion, data: UnitUpdate) -> dict[str, Any]:
    """The columns that get another value; Invalid where nothing does, or where a needed one is emptied."""
    sent = data.model_dump(exclude_unset=True, exclude={"valid_from", "corrects", "reason", "basis"})
    emptied = [name for name in NEVER_EMPTY if name in sent and sent[name] is None]
    if emptied:
        raise Invalid(
            "Các trường này không được để trống.", [Fault(f"/{name}", "Cần giá trị.") for name in emptied]
        )
    if "name" in sent:
        sent["name"] = nfc(sent["name"])
    if sent.get("committee_tier") is not None and span.kind not in WITH_TIER:
        raise Invalid.at("/committee_tier", "Chỉ cấp ủy có cấp của cấp ủy.")
    changes = {name: value for name, value in sent.items() if getattr(span, name) != value}
    if not changes:
        raise Invalid("Không có trường nào khác với bản ghi hiện có.")
    return changes | keys_of(changes["name"]) if "name" in changes else changes


def _refuse_same_day_or_earlier(versions: list[UnitVersion], span: UnitVersion, day: date) -> None:
    start = span.valid_from
    if start == day:
        raise Conflict(
            f"Đơn vị đã có thay đổi đúng ngày {day:%d/%m/%Y}. Nếu ghi sai, hãy đính chính kèm lý do."
        )
    if span is not versions[-1]:
        raise Conflict("Đã ghi một thay đổi sau ngày này. Hãy đính chính hoặc chọn ngày sau thay đổi đó.")


def _refuse_code(session: ScopedSession, changes: dict[str, Any], span: UnitVersion, start: date) -> None:
    if "code" in changes:
        refuse_taken(session, changes["code"], (start, span.valid_to), "/code", own=span.unit_id)


def refuse_taken(
    session: ScopedSession,
    code: str,
    days: tuple[date, date | None],
    pointer: str,
    *,
    own: UUID | None = None,
) -> None:
    """Invalid where another unit bears `code` in `days`, `[start, end)`: code and day are a key together."""
    holder = session.scalars(
        select(UnitVersion)
        .where(col(UnitVersion.code) == code, shares_days(UnitVersion, *days))
        .order_by(col(UnitVersion.valid_from))
    ).first()
    if holder is not None and holder.unit_id != own:
        raise Invalid.at(
            pointer,
            f"Mã {code} đang thuộc «{holder.name}» trong thời gian này. Hãy chọn mã khác.",
        )


def keys_of(name: str) -> dict[str, str]:
    """What a name is searched and sorted by."""
    return {"search_key": search_key(name), "sort_key": text_key(name)}


def basis_columns(basis: LegalBasis) -> dict[str, Any]:
    """The legal basis as columns of a change."""
    return {
        "basis_number": basis.number,
        "basis_issuer": basis.issuer,
        "basis_signed_on": basis.signed_on,
    }


def record(
    session: ScopedSession, change: UnitChange, parts: Iterable[tuple[UUID | None, UUID | None, str]]
) -> UnitChange:
    """Writes a change with its parts (from, to, share)."""
    session.add(change)
    session.flush()
    for source, target, share in parts:
        session.add(UnitChangePart(change_id=change.id, from_unit_id=source, to_unit_id=target, share=share))
    session.flush()
    session.note(change, f"unit.{change.kind.value}", f"{change.basis_number}, {change.basis_issuer}")
    return change


def begin(session: ScopedSession, new: NewUnit, day: date, pointer: str) -> UnitVersion:
    """The first version of a new unit; faults are told beneath `pointer`."""
    _check_kind(new, pointer)
    parent = _parent(session, new, day, pointer)
    end = spans(session, parent.unit_id)[-1].valid_to if parent is not None else None
    refuse_taken(session, new.code, (day, end), f"{pointer}/code")
    unit = Unit()
    session.add(unit)
    session.flush()
    name = nfc(new.name)
    values = new.model_dump(include=set(NewUnit.model_fields)) | {"name": name} | keys_of(name)
    version = UnitVersion(unit_id=unit.id, valid_from=day, valid_to=end, **values)
    session.add(version)
    session.flush()
    session.note(unit, "unit.create")
    return version


def _check_kind(new: NewUnit, pointer: str) -> None:
    territory = new.form == UnitForm.TERRITORY
    if territory and new.kind.value != new.level.value:
        raise Invalid.at(f"{pointer}/kind", "Đơn vị hành chính có loại trùng với cấp: tỉnh, huyện hoặc xã.")
    if not territory and new.kind.value in {"province", "district", "commune"}:
        raise Invalid.at(f"{pointer}/form", "Tỉnh, huyện, xã là địa bàn (territory), không phải cơ quan.")
    if new.committee_tier is not None and new.kind not in WITH_TIER:
        raise Invalid.at(f"{pointer}/committee_tier", "Chỉ cấp ủy có cấp của cấp ủy.")


def _parent(session: ScopedSession, new: NewUnit, day: date, pointer: str) -> UnitVersion | None:
    if new.parent_id is None:
        if new.kind != UnitKind.PROVINCE:
            raise Invalid.at(f"{pointer}/parent_id", "Cần đơn vị cấp trên; chỉ tỉnh không có.")
        return None
    return host(
        session, new.parent_id, day, f"{pointer}/parent_id", form=new.form, rank=LEVEL_RANK[new.level]
    )


def host(
    session: ScopedSession,
    parent_id: UUID,
    day: date,
    pointer: str,
    *,
    form: UnitForm,
    rank: int,
) -> UnitVersion:
    """The parent's version on `day`; Invalid where it doesn't stand or can't bear such a unit."""
    parent = session.scalars(
        select(UnitVersion).where(col(UnitVersion.unit_id) == parent_id, live(UnitVersion, day))
    ).first()
    if parent is None:
        raise Invalid.at(pointer, f"Ngày {day:%d/%m/%Y} không có đơn vị cấp trên này.")
    above = LEVEL_RANK[parent.level]
    if form == UnitForm.TERRITORY and (parent.form != UnitForm.TERRITORY or above >= rank):
        raise Invalid.at(pointer, "Cấp trên của một địa bàn phải là địa bàn cấp cao hơn.")
    if form == UnitForm.BODY and above > rank:
        raise Invalid.at(pointer, "Cơ quan không thể thuộc một đơn vị cấp thấp hơn.")
    return parent
