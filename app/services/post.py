"""Posts: a title in a unit with numbered seats. Vacancy is counted, never stored."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, null, or_, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.post import Post, PostCreate, PostQuota, PostUpdate
from app.models.title import Title, TitleVersion
from app.models.unit import UnitClosure, UnitVersion, Via
from app.services import compliance, dated
from app.services.dated import holds_on, known, live, shares_days
from app.services.errors import Conflict, Invalid, NotFound, Stale
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of posts may be narrowed by; `subtree`: the unit and all beneath it."""

    unit_id: UUID | None = None
    subtree: bool = False
    title_id: UUID | None = None
    vacant: bool | None = None
    leading: bool | None = None
    """Of titles that lead: leadership, key titles, secretaries."""


def _filled(day: date, known_at: datetime | None) -> ColumnElement[int]:
    """How many seats of a post are taken on `day`."""
    return (
        select(func.count(col(AssignmentSpan.row_id)))
        .where(col(AssignmentSpan.post_id) == col(Post.id), live(AssignmentSpan, day, known_at))
        .correlate(Post)
        .scalar_subquery()
    )


def _joined(statement: Select[Any], day: date, known_at: datetime | None) -> Select[Any]:
    """`statement` over the posts that have seats in a unit that stands on `day`."""
    quota = and_(col(PostQuota.post_id) == col(Post.id), live(PostQuota, day, known_at))
    unit = and_(col(UnitVersion.unit_id) == col(Post.unit_id), live(UnitVersion, day))
    title = and_(col(TitleVersion.title_id) == col(Post.title_id), live(TitleVersion, day, known_at))
    return (
        statement.select_from(Post)
        .join(PostQuota, quota)
        .join(UnitVersion, unit)
        .join(Title, col(Title.id) == col(Post.title_id))
        .join(TitleVersion, title)
    )


def _narrowed(statement: Select[Any], filters: Filters, day: date, known_at: datetime | None) -> Select[Any]:
    if filters.unit_id is not None and filters.subtree:
        beneath = select(col(UnitClosure.descendant_id)).where(
            col(UnitClosure.ancestor_id) == filters.unit_id,
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
        )
        statement = statement.where(col(Post.unit_id).in_(beneath))
    elif filters.unit_id is not None:
        statement = statement.where(col(Post.unit_id) == filters.unit_id)
    if filters.title_id is not None:
        statement = statement.where(col(Post.title_id) == filters.title_id)
    if filters.leading is not None:
        leads = or_(col(TitleVersion.is_leadership), col(TitleVersion.is_key), col(TitleVersion.is_secretary))
        statement = statement.where(leads if filters.leading else ~leads)
    if filters.vacant is not None:
        free = col(PostQuota.quota) > _filled(day, known_at)
        statement = statement.where(free if filters.vacant else ~free)
    return statement


def _columns(day: date, known_at: datetime | None, *, counts: bool) -> tuple[Any, ...]:
    return (
        col(Post.id),
        col(Post.unit_id),
        col(UnitVersion.code).label("unit_code"),
        col(UnitVersion.name).label("unit_name"),
        col(UnitVersion.level).label("unit_level"),
        col(UnitVersion.sort_key).label("unit_sort"),
        col(Post.title_id),
        col(Title.code).label("title_code"),
        col(TitleVersion.name).label("title_name"),
        col(TitleVersion.rank),
        col(PostQuota.quota),
        (_filled(day, known_at) if counts else null()).label("filled"),
        col(PostQuota.valid_from),
        col(PostQuota.valid_to),
    )


def shape(row: Row) -> Row:
    """A list row in the contract's shape."""
    filled = row["filled"]
    return {
        "id": row["id"],
        "unit": {
            "id": row["unit_id"],
            "code": row["unit_code"],
            "name": row["unit_name"],
            "level": row["unit_level"],
        },
        "title": {
            "id": row["title_id"],
            "code": row["title_code"],
            "name": row["title_name"],
            "rank": row["rank"],
        },
        "quota": row["quota"],
        "filled": filled,
        "vacant": None if filled is None else max(row["quota"] - filled, 0),
        "valid_from": row["valid_from"],
        "valid_to": row["valid_to"],
    }


def list_(
    session: ScopedSession,
    *,
    filters: Filters,
    page: Page,
    day: date,
    known_at: datetime | None = None,
    counts: bool = True,
) -> Slice:
    """One page of posts by unit (default) or title; without `counts` nothing is said of who fills them."""
    unit = (col(UnitVersion.sort_key), col(TitleVersion.rank), col(Post.id))
    title = (col(TitleVersion.rank), col(UnitVersion.sort_key), col(Post.id))
    by_title = page.sort.lstrip("-") == "title"
    statement = _narrowed(
        _joined(select(*_columns(day, known_at, counts=False)), day, known_at), filters, day, known_at
    )
    statement = keyset(statement, title if by_title else unit, page, descending=page.sort.startswith("-"))
    rows = compliance.counted(session, statement)
    if counts:
        _fill(session, rows, day, known_at)
    total = None
    if page.count:
        number = _joined(select(func.count(col(Post.id)).label("total")), day, known_at)
        total = compliance.counted(session, _narrowed(number, filters, day, known_at))[0]["total"]
    places = ("rank", "unit_sort", "id") if by_title else ("unit_sort", "rank", "id")
    return cut(
        [shape(row) for row in rows], [tuple(row[name] for name in places) for row in rows], page, total
    )


def _fill(session: ScopedSession, rows: list[Row], day: date, known_at: datetime | None) -> None:
    """Counts the taken seats of one page's posts: in the page's own select, those of all would be counted."""
    columns: tuple[Any, ...] = (
        col(AssignmentSpan.post_id),
        func.count(col(AssignmentSpan.row_id)).label("filled"),
    )
    statement = (
        select(*columns)
        .where(
            col(AssignmentSpan.post_id).in_([row["id"] for row in rows]), live(AssignmentSpan, day, known_at)
        )
        .group_by(col(AssignmentSpan.post_id))
    )
    taken = {row["post_id"]: row["filled"] for row in compliance.counted(session, statement)}
    for row in rows:
        row["filled"] = taken.get(row["id"], 0)


def of_units(
    session: ScopedSession, units: set[UUID], *, day: date, known_at: datetime | None = None
) -> list[Row]:
    """Every post of `units` on `day`, by unit and rank of the title."""
    statement = _joined(select(*_columns(day, known_at, counts=True)), day, known_at)
    statement = statement.where(col(Post.unit_id).in_(units)).order_by(
        col(UnitVersion.sort_key), col(TitleVersion.rank), col(Post.id)
    )
    return [shape(row) for row in compliance.counted(session, statement)]


def get(
    session: ScopedSession,
    post_id: UUID,
    *,
    day: date,
    known_at: datetime | None = None,
    counts: bool = True,
) -> Row:
    """One post on `day` with its version and all its quotas; NotFound says when it has seats, if ever."""
    statement = _joined(select(*_columns(day, known_at, counts=counts)), day, known_at)
    rows = compliance.counted(session, statement.where(col(Post.id) == post_id))
    quotas = [
        {name: getattr(span, name) for name in ("quota", "basis_number", "valid_from", "valid_to")}
        for span in _spans(session, post_id, known_at)
    ]
    if not rows:
        if not quotas:
            raise NotFound("Không có vị trí việc làm này.")
        raise NotFound(
            f"Ngày {day:%d/%m/%Y} vị trí này không có chỗ; vị trí có từ {quotas[0]['valid_from']:%d/%m/%Y}."
        )
    version = session.execute(select(col(Post.version)).where(col(Post.id) == post_id)).scalar_one()
    return shape(rows[0]) | {"version": version, "quotas": quotas}


def _spans(session: ScopedSession, post_id: UUID, known_at: datetime | None = None) -> list[PostQuota]:
    return list(
        session.scalars(
            select(PostQuota)
            .where(col(PostQuota.post_id) == post_id, known(PostQuota, known_at))
            .order_by(col(PostQuota.valid_from))
        )
    )


def create(session: ScopedSession, *, data: PostCreate) -> UUID:
    """Opens a title in a unit with a number of seats; gives the post's id.

    Invalid where unit or title don't stand on the day or don't fit, Conflict where the post is there already.
    """
    day = data.valid_from
    unit = session.scalars(
        select(UnitVersion).where(col(UnitVersion.unit_id) == data.unit_id, live(UnitVersion, day))
    ).first()
    if unit is None:
        raise Invalid.at("/unit_id", f"Ngày {day:%d/%m/%Y} không có đơn vị này.")
    title = session.scalars(
        select(TitleVersion).where(col(TitleVersion.title_id) == data.title_id, live(TitleVersion, day))
    ).first()
    if title is None:
        raise Invalid.at("/title_id", f"Ngày {day:%d/%m/%Y} không có chức danh này.")
    if (title.level, title.unit_kind) != (unit.level, unit.kind):
        raise Invalid.at(
            "/title_id", f"«{title.name}» là chức danh của loại đơn vị hoặc cấp khác với «{unit.name}»."
        )
    there = session.scalars(
        select(col(Post.id)).where(col(Post.unit_id) == data.unit_id, col(Post.title_id) == data.title_id)
    ).first()
    if there is not None:
        raise Conflict("Đơn vị đã có vị trí này. Hãy thay đổi số chỗ của vị trí đó.")
    post = Post(unit_id=data.unit_id, title_id=data.title_id)
    session.add(post)
    session.flush()
    session.add(
        PostQuota(
            unit_id=data.unit_id,
            post_id=post.id,
            quota=data.quota,
            basis_number=data.basis_number,
            valid_from=day,
            valid_to=_end_of(session, data.unit_id),
        )
    )
    session.flush()
    session.note(post, "post.create", data.basis_number)
    return post.id


def _end_of(session: ScopedSession, unit_id: UUID) -> date | None:
    """The day after the unit's last, where one is recorded."""
    return session.scalars(
        select(col(UnitVersion.valid_to))
        .where(col(UnitVersion.unit_id) == unit_id, known(UnitVersion))
        .order_by(col(UnitVersion.valid_from).desc())
    ).first()


def update(session: ScopedSession, post_id: UUID, version: int, *, data: PostUpdate) -> None:
    """Another number of seats from a day on, or a correction of the span that holds on it.

    Stale where `version` isn't the post's any more; Conflict where a seat that is taken would fall away.
    """
    post = session.scalars(
        select(Post)
        .where(col(Post.id) == post_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if post is None:
        raise NotFound("Không có vị trí việc làm này.")
    if post.version != version:
        raise Stale
    spans = _spans(session, post_id)
    span = next((row for row in spans if holds_on(row, data.valid_from)), None)
    if span is None:
        raise Invalid.at(
            "/valid_from", f"Ngày {data.valid_from:%d/%m/%Y} vị trí này không có chỗ nào để thay đổi."
        )
    start = span.valid_from
    changes: dict[str, Any] = {"quota": data.quota, "basis_number": data.basis_number or span.basis_number}
    if all(getattr(span, name) == value for name, value in changes.items()):
        raise Invalid.at("/quota", "Số chỗ và căn cứ không khác bản ghi hiện có.")
    if data.corrects:
        if not data.reason:
            raise Invalid.at("/reason", "Đính chính cần lý do.")
        _refuse_taken(session, post, data.quota, start, span.valid_to)
        dated.supersede(session, span, **changes)
        session.note(post, "post.correct", data.reason)
        return
    if start == data.valid_from:
        raise Conflict("Số chỗ đã thay đổi đúng ngày này. Nếu ghi sai, hãy đính chính (corrects) kèm lý do.")
    _refuse_taken(session, post, data.quota, data.valid_from, span.valid_to)
    dated.change(session, span, on=data.valid_from, **changes)
    session.note(post, "post.change", data.reason or data.basis_number)


def _refuse_taken(session: ScopedSession, post: Post, quota: int, start: date, end: date | None) -> None:
    """Conflict naming the seats above `quota` that somebody holds on a day of `[start, end)`."""
    rows = compliance.counted(
        session,
        select(col(AssignmentSpan.seat_no))
        .where(
            col(AssignmentSpan.post_id) == post.id,
            col(AssignmentSpan.seat_no) > quota,
            shares_days(AssignmentSpan, start, end),
        )
        .distinct()
        .order_by(col(AssignmentSpan.seat_no)),
    )
    if rows:
        seats = ", ".join(str(row["seat_no"]) for row in rows)
        raise Conflict(
            f"Chỗ số {seats} có người giữ trong thời gian đó. Hãy kết thúc các phân công này trước."
        )
