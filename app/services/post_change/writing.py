"""Opening a post change and saying what is proposed."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.base import nfc
from app.models.post import Post
from app.models.post_change import (
    UNDER_WAY,
    ExemptReason,
    PostChange,
    PostChangeCreate,
    PostChangeOutcome,
    PostChangeUpdate,
)
from app.models.title import ManagedBy, TitleVersion
from app.services import dossier
from app.services.dated import live
from app.services.dossier import refuse_kin
from app.services.errors import Conflict, Denied, Fault, Invalid
from app.services.lookup import find as find_person
from app.services.post_change.table import NAMES, OPEN
from app.services.scope import ScopedSession
from app.services.unit.planning import Place

MISSING = "Không có hồ sơ này, hoặc hồ sơ ngoài phạm vi được xem."
_TWIN = "Người giữ vị trí này đã có hồ sơ chuyển đổi đang làm. Hãy mở hồ sơ đó."
_OF_OUTCOME = {
    PostChangeOutcome.CHANGE: ("new_post_id",),
    PostChangeOutcome.EXEMPT: ("exempt_reason", "exempt_ends_on"),
}
"""What belongs to each outcome; the other's fields stay empty."""


def find(session: ScopedSession, post_change_id: UUID) -> PostChange:
    """The dossier, or NotFound, which covers «not in your scope»."""
    return dossier.find(session, PostChange, post_change_id, MISSING)


def lock(session: ScopedSession, post_change_id: UUID, version: int | None = None) -> PostChange:
    """The dossier, held against other writers until the commit; Stale if `version` is no longer its own."""
    return dossier.lock(session, PostChange, post_change_id, MISSING, version)


def create(session: ScopedSession, *, data: PostChangeCreate, today: date) -> UUID:
    """Opens a dossier about a seat somebody holds; gives its id.

    Invalid for a seat there isn't or that has no clock (leaders follow rotation), and for a new post that
    can't be one; Denied outside the caller's scope and for oneself or one's family; Conflict where one about
    the same holder is under way.
    """
    held = session.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.assignment_id) == data.assignment_id, live(AssignmentSpan, today)
        )
    ).first()
    if held is None:
        raise Invalid.at("/assignment_id", "Không có phân công này, hoặc phân công đã kết thúc.")
    if not session.units_within(session.scope.writes, {held.unit_id}):
        raise Denied("Đơn vị của vị trí này ngoài phạm vi được lập hồ sơ chuyển đổi.")
    person = find_person(session, held.cadre_id)
    refuse_kin(session, {person.id})
    title = _title(session, held.title_id, today)
    if title is None or title.sensitive_months is None:
        raise Invalid.at(
            "/assignment_id",
            "Vị trí này không thuộc danh mục phải định kỳ chuyển đổi nên không lập hồ sơ này.",
        )
    if title.is_leadership or title.is_key:
        raise Invalid.at(
            "/assignment_id",
            "Người giữ chức vụ lãnh đạo thực hiện luân chuyển, không chuyển đổi vị trí công tác "
            "(mục III.3.5-g).",
        )
    authority_id = Place(session, held.unit_id, today).authority(title.managed_by)
    if title.managed_by == ManagedBy.CENTRAL or authority_id is None:
        raise Invalid.at("/assignment_id", "Chức danh này do Trung ương quản lý, không quyết định ở đây.")
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - only signed-in callers reach a route
    row = PostChange(
        unit_id=held.unit_id,
        cadre_id=held.cadre_id,
        assignment_id=data.assignment_id,
        post_id=held.post_id,
        title_id=held.title_id,
        authority_id=authority_id,
        outcome=data.outcome,
        new_post_id=data.new_post_id,
        exempt_reason=data.exempt_reason,
        exempt_ends_on=data.exempt_ends_on,
        reason=nfc(data.reason) if data.reason else None,
        opened_on=today,
        created_by=actor.id,
    )
    _check(session, row, today)
    twin = select(col(PostChange.id)).where(
        col(PostChange.assignment_id) == data.assignment_id, col(PostChange.state).in_(UNDER_WAY)
    )
    if session.execute(twin).first() is not None:
        raise Conflict(_TWIN)
    session.add(row)
    session.note(row, "post_change.create")
    try:
        session.flush()
    except IntegrityError as error:
        # Another one was opened this very moment.
        raise Conflict(_TWIN) from error
    return row.id


def change(
    session: ScopedSession, post_change_id: UUID, version: int, *, data: PostChangeUpdate, today: date
) -> None:
    """Says anew what is proposed, as long as the dossier is open.

    Conflict in a state that takes no change; Invalid for what the outcome doesn't take; Denied for oneself
    and one's family.
    """
    row = lock(session, post_change_id, version)
    refuse_closed(row)
    refuse_kin(session, {row.cadre_id})
    given = data.model_dump(exclude_unset=True)
    if not given:
        raise Invalid("Chưa có gì để sửa.", [Fault("", "Hãy gửi ít nhất một nội dung.")])
    if "outcome" in given and given["outcome"] is None:
        raise Invalid.at("/outcome", "Cần chọn chuyển đổi hoặc miễn.")
    if data.outcome is not None and data.outcome != row.outcome:
        for name in _OF_OUTCOME[row.outcome]:
            setattr(row, name, None)
    for name, value in given.items():
        setattr(row, name, nfc(value) if name == "reason" and value else value)
    _check(session, row, today)
    session.add(row)
    session.note(row, "post_change.change")
    session.flush()


def _check(session: ScopedSession, row: PostChange, today: date) -> None:
    """What the outcome takes, and whether the new post can be one."""
    other = next(outcome for outcome in PostChangeOutcome if outcome != row.outcome)
    words = {
        PostChangeOutcome.CHANGE: "Chỉ hồ sơ chuyển đổi nêu vị trí mới.",
        PostChangeOutcome.EXEMPT: "Chỉ hồ sơ miễn nêu lý do và thời hạn miễn.",
    }
    faults = [
        Fault(f"/{name}", words[other]) for name in _OF_OUTCOME[other] if getattr(row, name) is not None
    ]
    if row.exempt_ends_on is not None and row.exempt_ends_on < today:
        faults.append(
            Fault("/exempt_ends_on", f"Ngày hết thời hạn miễn không thể trước hôm nay ({today:%d/%m/%Y}).")
        )
    if faults:
        raise Invalid("Hãy sửa các chỗ nêu dưới đây.", faults)
    if row.new_post_id is not None:
        _check_post(session, row, row.new_post_id, today)


def _check_post(session: ScopedSession, row: PostChange, post_id: UUID, today: date) -> None:
    post = session.get(Post, post_id)
    if post is None:
        raise Invalid.at("/new_post_id", "Không có vị trí việc làm này.")
    if post.id == row.post_id:
        raise Invalid.at("/new_post_id", "Vị trí mới phải khác vị trí đang giữ.")
    title = _title(session, post.title_id, today)
    if title is None:
        raise Invalid.at("/new_post_id", f"Ngày {today:%d/%m/%Y} không còn chức danh của vị trí này.")
    if title.is_leadership or title.is_key:
        raise Invalid.at(
            "/new_post_id",
            "Chuyển đổi vị trí không đưa người lên chức vụ lãnh đạo; việc đó theo hồ sơ bổ nhiệm.",
        )
    if not session.units_within(session.scope.writes, {post.unit_id}):
        raise Denied(
            "Đơn vị của vị trí mới ngoài phạm vi được lập hồ sơ. Ban tổ chức cấp trên, nơi phụ trách cả hai "
            "đơn vị, lập hồ sơ này."
        )


def _title(session: ScopedSession, title_id: UUID, day: date) -> TitleVersion | None:
    return session.scalars(
        select(TitleVersion).where(col(TitleVersion.title_id) == title_id, live(TitleVersion, day))
    ).first()


def refuse_closed(row: PostChange) -> None:
    """Conflict where the dossier's state takes no change."""
    if row.state not in OPEN:
        raise Conflict(f"Hồ sơ đang ở trạng thái «{NAMES[row.state]}» nên không sửa được nội dung.")


def lacks(row: PostChange) -> str | None:
    """What must be said before it is proposed; None where nothing lacks."""
    if row.outcome == PostChangeOutcome.CHANGE:
        return (
            None if row.new_post_id is not None else "Hồ sơ chưa nêu vị trí mới. Hãy chọn vị trí rồi đề nghị."
        )
    missing = []
    if row.exempt_reason is None:
        missing.append("lý do miễn")
    if row.exempt_ends_on is None:
        missing.append("ngày hết thời hạn miễn")
    if row.exempt_reason == ExemptReason.OTHER and row.reason is None:
        missing.append("nội dung lý do khác")
    return f"Hồ sơ chưa ghi {', '.join(missing)}. Hãy bổ sung rồi đề nghị." if missing else None
