"""What stands in the way of a step besides the law, each with what is missing."""

from datetime import date

from sqlalchemy import select
from sqlmodel import col

from app.models.post import Post
from app.models.rotation import Rotation
from app.models.title import TitleVersion
from app.services.compliance.rotation import holds, present_seat
from app.services.dated import live
from app.services.scope import ScopedSession


def hurdle(session: ScopedSession, row: Rotation, action: str, today: date) -> str | None:
    """Why this step can't be taken now, in Vietnamese; None where only the law may stand in the way."""
    if action in {"consult", "submit", "decide"}:
        return _before(session, row, today)
    if action == "begin" and row.began_on is not None and row.began_on > today:
        return f"Quyết định có hiệu lực từ ngày {row.began_on:%d/%m/%Y}. Hãy ghi từ ngày đó."
    if action in {"come_back", "stay", "end_early"}:
        return _leaving(session, row, action, today)
    if action in {"promote", "record_end"}:
        return _gone(session, row, action, today)
    return None


def _before(session: ScopedSession, row: Rotation, today: date) -> str | None:
    heard = {
        "ngày đơn vị cử đi có ý kiến": row.sender_heard_on,
        "ý kiến đơn vị cử đi": row.sender_opinion,
        "ngày đơn vị tiếp nhận có ý kiến": row.receiver_heard_on,
        "ý kiến đơn vị tiếp nhận": row.receiver_opinion,
        "ngày kết thúc dự kiến": row.ends_on,
    }
    missing = [name for name, value in heard.items() if value is None]
    if missing:
        return f"Hồ sơ chưa có: {'; '.join(missing)}. Hãy ghi đủ rồi làm bước này."
    if not holds(session, row.from_assignment_id, today):
        return "Người này không còn giữ vị trí đã nêu khi mở hồ sơ. Hãy dừng hồ sơ và lập hồ sơ khác."
    return None


def _leaving(session: ScopedSession, row: Rotation, action: str, today: date) -> str | None:
    if not holds(session, row.opened_assignment_id, today):
        return (
            "Người này đã thôi giữ vị trí luân chuyển theo quyết định khác. Hãy làm bước «Ghi đã bố trí chức "
            "vụ cao hơn» hoặc «Ghi đã thôi do quyết định khác»."
        )
    if action == "stay":
        return None
    if row.after_post_id is None:
        return "Hồ sơ chưa ghi vị trí bố trí sau luân chuyển. Hãy chọn vị trí rồi làm bước này."
    after = _rank_of(session, row, today)
    highest = min(_ranks(session, row, today), default=None)
    if after is not None and highest is not None and after < highest:
        return (
            "Vị trí bố trí cao hơn chức vụ đang giữ và chức vụ trước khi đi: hãy làm hồ sơ bổ nhiệm, rồi ghi "
            "«Đã bố trí chức vụ cao hơn»."
        )
    return None


def _rank_of(session: ScopedSession, row: Rotation, day: date) -> int | None:
    return session.execute(
        select(col(TitleVersion.rank))
        .join(Post, col(Post.title_id) == col(TitleVersion.title_id))
        .where(col(Post.id) == row.after_post_id, live(TitleVersion, day))
    ).scalar()


def _ranks(session: ScopedSession, row: Rotation, day: date) -> list[int]:
    """Where the title held now and the one before stand among titles; the lowest number stands highest."""
    return list(
        session.scalars(
            select(col(TitleVersion.rank)).where(
                col(TitleVersion.title_id).in_({row.title_id, row.from_title_id}), live(TitleVersion, day)
            )
        )
    )


def _gone(session: ScopedSession, row: Rotation, action: str, today: date) -> str | None:
    if holds(session, row.opened_assignment_id, today):
        return "Người này còn giữ vị trí luân chuyển. Bước này chỉ ghi lại việc đã có quyết định khác."
    if action == "record_end":
        return None
    seat = present_seat(session, row.cadre_id, today)
    ranks = session.scalars(
        select(col(TitleVersion.rank)).where(
            col(TitleVersion.title_id) == row.title_id, live(TitleVersion, today)
        )
    ).all()
    if seat is None or not seat.leads or not ranks or seat.rank >= ranks[0]:
        return (
            "Chức vụ hiện nay không cao hơn chức vụ luân chuyển. Hãy làm bước «Ghi đã thôi do quyết định "
            "khác»."
        )
    return None
