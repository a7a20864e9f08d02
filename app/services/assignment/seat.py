"""Seats: which post, whether title and unit stand on the day, which numbered seat is free."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from app.models.assignment import AssignmentSpan
from app.models.post import Post, PostQuota
from app.models.title import TitleVersion
from app.models.unit import UnitVersion
from app.services.dated import live, shares_days
from app.services.errors import Conflict, Denied, Invalid
from app.services.scope import ScopedSession


def post_of(session: ScopedSession, post_id: UUID) -> Post:
    """The post, or Invalid at `/post_id`."""
    post = session.get(Post, post_id)
    if post is None:
        raise Invalid.at("/post_id", "Không có vị trí việc làm này.")
    return post


def check_seat(session: ScopedSession, span: AssignmentSpan, start: date, seat: int) -> None:
    """The post, its title and the seat stand on the day the correction names."""
    post = post_of(session, span.post_id)
    title_on(session, post, start)
    quota = _quota(session, post, start)
    if seat > quota:
        raise Invalid.at("/seat_no", f"Vào ngày {start:%d/%m/%Y} vị trí này có {quota} chỗ.")


def _quota(session: ScopedSession, post: Post, day: date) -> int:
    found = session.scalars(
        select(PostQuota.quota).where(col(PostQuota.post_id) == post.id, live(PostQuota, day))
    ).first()
    return found or 0


def title_on(session: ScopedSession, post: Post, day: date) -> TitleVersion:
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


def free_seat(session: ScopedSession, post: Post, day: date, wanted: int | None) -> int:
    """A seat of the post that nobody holds from `day` on; seats are locked through the post."""
    session.scalars(select(Post).where(col(Post.id) == post.id).with_for_update()).all()
    quota = _quota(session, post, day)
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


def refuse_overlap(
    session: ScopedSession, span: AssignmentSpan, start: date, end: date | None, seat: int
) -> None:
    """Conflict where the corrected days meet another holder of the seat or another main seat.

    The main seat that ended when this one began may be pushed: its end follows.
    """
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
