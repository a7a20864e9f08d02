"""Titles: what a post is called, who manages its holders, what it asks of them, and since when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.base import nfc, search_key
from app.models.cadre import Cadre
from app.models.title import (
    ManagedBy,
    Title,
    TitleCreate,
    TitleStandard,
    TitleStandardCreate,
    TitleUpdate,
    TitleVersion,
)
from app.models.unit import Level, UnitKind
from app.services import assignment, dated
from app.services.audit import instant
from app.services.dated import holds_on, known, live
from app.services.errors import Conflict, Fault, Invalid, NotFound, Stale
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession

Row = dict[str, Any]
_LISTED = (
    "name",
    "level",
    "unit_kind",
    "managed_by",
    "is_key",
    "is_leadership",
    "term_kind",
    "sensitive_months",
    "must_be_non_local",
    "rank",
    "committee_seat",
    "valid_from",
    "valid_to",
)
_MAY_BE_EMPTY = frozenset({"sensitive_months", "standards"})


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of titles may be narrowed by."""

    managed_by: ManagedBy | None = None
    level: Level | None = None
    unit_kind: UnitKind | None = None
    is_key: bool | None = None
    is_leadership: bool | None = None
    q: str | None = None


def _narrowed(statement: Select[Any], filters: Filters, day: date, known_at: datetime | None) -> Select[Any]:
    statement = statement.join(TitleVersion, col(TitleVersion.title_id) == col(Title.id)).where(
        live(TitleVersion, day, known_at)
    )
    equal = {
        col(TitleVersion.managed_by): filters.managed_by,
        col(TitleVersion.level): filters.level,
        col(TitleVersion.unit_kind): filters.unit_kind,
        col(TitleVersion.is_key): filters.is_key,
        col(TitleVersion.is_leadership): filters.is_leadership,
    }
    statement = statement.where(*(column == value for column, value in equal.items() if value is not None))
    for word in search_key(filters.q or "").split():
        statement = statement.where(col(TitleVersion.search_key).contains(word, autoescape=True))
    return statement


def list_(
    session: ScopedSession, *, filters: Filters, page: Page, day: date, known_at: datetime | None = None
) -> Slice:
    """One page of the titles that stand on `day`, by rank (default), name or code."""
    first = {
        "rank": col(TitleVersion.rank),
        "name": col(TitleVersion.search_key),
        "code": col(Title.code),
    }[page.sort.lstrip("-")]
    columns = [getattr(TitleVersion, name) for name in _LISTED]
    statement = _narrowed(
        select(col(Title.id), col(Title.code), *columns, first.label("place")).select_from(Title),
        filters,
        day,
        known_at,
    )
    statement = keyset(statement, [first, col(Title.id)], page, descending=page.sort.startswith("-"))
    rows = [dict(row) for row in session.execute(statement).mappings()]
    total = None
    if page.count:
        number = select(func.count(col(Title.id))).select_from(Title)
        total = session.execute(_narrowed(number, filters, day, known_at)).scalar_one()
    keys = [(row.pop("place"), row["id"]) for row in rows]
    return cut(rows, keys, page, total)


def get(session: ScopedSession, title_id: UUID, *, day: date, known_at: datetime | None = None) -> Row:
    """One title as it was on `day`, with what it asked of its holder; NotFound says since when it stands."""
    title = session.get(Title, title_id)
    versions = _versions(session, title_id, known_at)
    if title is None or not versions:
        raise NotFound("Không có chức danh này.")
    current = next((row for row in versions if holds_on(row, day)), None)
    if current is None:
        start = versions[0].valid_from
        raise NotFound(f"Ngày {day:%d/%m/%Y} không có chức danh này; chức danh có từ ngày {start:%d/%m/%Y}.")
    standards = session.execute(
        select(col(TitleStandard.kind), col(TitleStandard.minimum), col(TitleStandard.clause))
        .where(col(TitleStandard.title_id) == title_id, live(TitleStandard, day))
        .order_by(col(TitleStandard.kind))
    )
    return {
        "id": title_id,
        "code": title.code,
        **{name: getattr(current, name) for name in _LISTED},
        "is_secretary": current.is_secretary,
        "is_key_district": current.is_key_district,
        "version": title.version,
        "standards": [dict(row) for row in standards.mappings()],
        "versions": [
            {
                "name": row.name,
                "managed_by": row.managed_by,
                "is_key": row.is_key,
                "is_leadership": row.is_leadership,
                "sensitive_months": row.sensitive_months,
                "valid_from": row.valid_from,
                "valid_to": row.valid_to,
                "recorded_at": instant(row.recorded_at),
            }
            for row in versions
        ],
    }


def _versions(session: ScopedSession, title_id: UUID, known_at: datetime | None = None) -> list[TitleVersion]:
    return list(
        session.scalars(
            select(TitleVersion)
            .where(col(TitleVersion.title_id) == title_id, known(TitleVersion, known_at))
            .order_by(col(TitleVersion.valid_from))
        )
    )


def create(session: ScopedSession, *, data: TitleCreate) -> UUID:
    """A new title with what it asks of its holder; gives its id. Conflict where the code is taken."""
    if session.scalars(select(col(Title.id)).where(col(Title.code) == data.code)).first() is not None:
        raise Conflict(f"Mã chức danh {data.code} đã dùng. Hãy chọn mã khác hoặc sửa chức danh đó.")
    _refuse_twice(data.standards)
    title = Title(code=data.code)
    session.add(title)
    session.flush()
    name = nfc(data.name)
    values = data.model_dump(exclude={"code", "standards", "name"})
    session.add(TitleVersion(title_id=title.id, name=name, search_key=search_key(name), **values))
    for standard in data.standards:
        session.add(TitleStandard(title_id=title.id, valid_from=data.valid_from, **standard.model_dump()))
    session.flush()
    session.note(title, "title.create")
    return title.id


def update(session: ScopedSession, title_id: UUID, version: int, *, data: TitleUpdate, today: date) -> None:
    """A title is otherwise from a day on, or was recorded wrongly in a span.

    Who manages it passes to the files of those who hold it today, in the same transaction. Stale where
    `version` isn't the title's any more.
    """
    title = session.scalars(
        select(Title)
        .where(col(Title.id) == title_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if title is None:
        raise NotFound("Không có chức danh này.")
    if title.version != version:
        raise Stale
    versions = _versions(session, title_id)
    span = next((row for row in versions if holds_on(row, data.valid_from)), None)
    if span is None:
        raise Invalid.at("/valid_from", f"Ngày {data.valid_from:%d/%m/%Y} không có chức danh này.")
    changes = _changed(span, data)
    standards = data.standards
    if not changes and standards is None:
        raise Invalid("Không có trường nào khác với bản ghi hiện có.")
    if data.corrects and not data.reason:
        raise Invalid.at("/reason", "Đính chính cần lý do.")
    if standards is not None:
        _refuse_twice(standards)
        _set_standards(session, title_id, standards, data)
    if changes and data.corrects:
        dated.supersede(session, span, **changes)
    elif changes:
        _refuse_out_of_order(versions, span, data.valid_from)
        dated.change(session, span, on=data.valid_from, **changes)
    session.note(title, "title.correct" if data.corrects else "title.change", data.reason)
    session.flush()
    if "managed_by" in changes:
        _settle_holders(session, title_id, today)


def _changed(span: TitleVersion, data: TitleUpdate) -> Row:
    sent = data.model_dump(exclude_unset=True, exclude={"valid_from", "corrects", "reason", "standards"})
    emptied = sorted(name for name, value in sent.items() if value is None and name not in _MAY_BE_EMPTY)
    if emptied:
        raise Invalid(
            "Các trường này không được để trống.", [Fault(f"/{name}", "Cần giá trị.") for name in emptied]
        )
    if "name" in sent:
        sent["name"] = nfc(sent["name"])
    changes = {name: value for name, value in sent.items() if getattr(span, name) != value}
    if "name" in changes:
        changes["search_key"] = search_key(changes["name"])
    return changes


def _refuse_out_of_order(versions: list[TitleVersion], span: TitleVersion, day: date) -> None:
    start = span.valid_from
    if start == day:
        raise Conflict(
            "Chức danh đã thay đổi đúng ngày này. Nếu ghi sai, hãy đính chính (corrects) kèm lý do."
        )
    if span is not versions[-1]:
        raise Conflict("Đã ghi một thay đổi sau ngày này. Hãy đính chính hoặc chọn ngày sau thay đổi đó.")


def _refuse_twice(standards: Iterable[TitleStandardCreate]) -> None:
    seen = set()
    for place, standard in enumerate(standards):
        if standard.kind in seen:
            raise Invalid.at(f"/standards/{place}/kind", "Mỗi loại tiêu chuẩn chỉ ghi một lần.")
        seen.add(standard.kind)


def _set_standards(
    session: ScopedSession, title_id: UUID, standards: list[TitleStandardCreate], data: TitleUpdate
) -> None:
    """From the day on the title asks exactly this; a correction mends the rows that hold on it in place."""
    day = data.valid_from
    wanted = {standard.kind: standard for standard in standards}
    rows = session.scalars(
        select(TitleStandard).where(col(TitleStandard.title_id) == title_id, live(TitleStandard, day))
    ).all()
    for row in rows:
        standard = wanted.get(row.kind)
        if standard is not None and (row.minimum, row.clause) == (standard.minimum, standard.clause):
            del wanted[row.kind]
            continue
        start = row.valid_from
        if standard is not None and (data.corrects or start == day):
            row.minimum, row.clause = standard.minimum, standard.clause
            del wanted[row.kind]
        elif start == day:
            raise Conflict(
                "Tiêu chuẩn này bắt đầu đúng ngày đó nên không thể bỏ từ ngày đó. Hãy chọn ngày sau."
            )
        else:
            row.valid_to = day
        session.add(row)
    session.flush()
    for standard in wanted.values():
        session.add(TitleStandard(title_id=title_id, valid_from=day, **standard.model_dump()))
    session.flush()


def _settle_holders(session: ScopedSession, title_id: UUID, today: date) -> None:
    """The files of those who hold the title today learn who manages them."""
    holding = select(col(AssignmentSpan.cadre_id)).where(
        col(AssignmentSpan.title_id) == title_id, col(AssignmentSpan.is_main), live(AssignmentSpan, today)
    )
    assignment.settle(session, session.scalars(select(Cadre).where(col(Cadre.id).in_(holding))).all(), today)


def refs(session: ScopedSession, titles: Iterable[UUID], day: date) -> dict[UUID, Row]:
    """Titles in one line, by the name they bear on `day`, else by their last one."""
    wanted = set(titles)
    if not wanted:
        return {}
    rows = session.execute(
        select(col(Title.id), col(Title.code), col(TitleVersion.name), live(TitleVersion, day).label("now"))
        .join(TitleVersion, col(TitleVersion.title_id) == col(Title.id))
        .where(col(Title.id).in_(wanted), known(TitleVersion))
        .order_by(col(TitleVersion.valid_from))
    ).all()
    found: dict[UUID, Row] = {}
    for now in (False, True):
        found |= {
            key: {"id": key, "code": code, "name": name}
            for key, code, name, is_now in rows
            if bool(is_now) is now
        }
    return found
