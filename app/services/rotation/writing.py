"""Rotations as they are opened and filled: who goes where, what both units say, what comes afterwards."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.base import nfc
from app.models.cadre import Cadre
from app.models.post import Post
from app.models.rotation import (
    CLOSED,
    Rotation,
    RotationCreate,
    RotationItem,
    RotationPurpose,
    RotationState,
    RotationUpdate,
)
from app.models.title import ManagedBy, TitleVersion
from app.services import dossier
from app.services.dated import live
from app.services.dossier import refuse_kin
from app.services.errors import Conflict, Denied, Fault, Invalid
from app.services.law.parameter import Law, NotInForce
from app.services.law.rules.rotation import rotation_due_on
from app.services.rotation.table import AWAY, EDITABLE, NAMES
from app.services.rotation_plan.writing import leading
from app.services.scope import ScopedSession
from app.services.unit.planning import Place

MISSING = "Không có hồ sơ luân chuyển này, hoặc hồ sơ ngoài phạm vi được xem."
AFTERWARDS = frozenset({"after_post_id"})
"""What is said once somebody is away; everything else is said before he is sent."""


def find(session: ScopedSession, rotation_id: UUID) -> Rotation:
    """The dossier, or NotFound, which covers «not in your scope»."""
    return dossier.find(session, Rotation, rotation_id, MISSING)


def lock(session: ScopedSession, rotation_id: UUID, version: int | None = None) -> Rotation:
    """The dossier, held against other writers until the commit; Stale if `version` is no longer its own."""
    return dossier.lock(session, Rotation, rotation_id, MISSING, version)


def create(session: ScopedSession, *, data: RotationCreate, law: Law, today: date) -> UUID:
    """Opens a rotation; gives its id.

    Invalid for an item nobody approved, a seat that leads nothing, a person there isn't or who holds no
    post; Denied outside the caller's scope and for oneself or one's family; Conflict where the item or the
    person has a rotation under way.
    """
    item = _item(session, data, today)
    post = session.get(Post, item.post_id if item is not None else data.post_id)
    if post is None:
        raise Invalid.at("/post_id", "Không có vị trí việc làm này.")
    if not session.units_within(session.scope.writes, {post.unit_id}):
        raise Denied("Đơn vị của vị trí này ngoài phạm vi được lập hồ sơ luân chuyển.")
    title = leading(session, post, today)
    place = Place(session, post.unit_id, today)
    authority_id = place.authority(title.managed_by)
    if place.version is None:
        raise Invalid.at("/post_id", f"Ngày {today:%d/%m/%Y} không còn đơn vị của vị trí này.")
    if title.managed_by == ManagedBy.CENTRAL or authority_id is None:
        raise Invalid.at("/post_id", "Chức danh này do Trung ương quản lý, không quyết định ở đây.")
    _check_purpose(data, title)
    person = _person(session, data.cadre_id)
    seat = _seat(session, person, post, today)
    begins_on = data.begins_on or (item.planned_on if item is not None else today)
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - only signed-in callers reach a route
    row = Rotation(
        unit_id=post.unit_id,
        item_id=None if item is None else item.id,
        post_id=post.id,
        title_id=post.title_id,
        cadre_id=person.id,
        purpose=data.purpose,
        from_assignment_id=seat.assignment_id,
        from_unit_id=seat.unit_id,
        from_title_id=seat.title_id,
        authority_id=authority_id,
        opened_on=today,
        begins_on=begins_on,
        ends_on=data.ends_on or _earliest_end(begins_on, law, today),
        created_by=actor.id,
    )
    _check_days(row)
    session.add(row)
    session.flush()
    session.note(row, "rotation.create")
    return row.id


def _item(session: ScopedSession, data: RotationCreate, today: date) -> RotationItem | None:
    if (data.item_id is None) == (data.post_id is None):
        raise Invalid.at(
            "/item_id", "Hãy nêu dòng của kế hoạch, hoặc vị trí nơi đến nếu kế hoạch không có dòng nào."
        )
    if data.item_id is None:
        return None
    item = session.scalars(
        select(RotationItem)
        .where(col(RotationItem.id) == data.item_id, col(RotationItem.removed_on).is_(None))
        .with_for_update()
    ).first()
    if item is None:
        raise Invalid.at("/item_id", "Không có dòng kế hoạch này trong phạm vi được xem.")
    if item.approved_on is None or item.approved_on > today:
        raise Invalid.at("/item_id", "Dòng kế hoạch này chưa được phê duyệt.")
    made = select(col(Rotation.opened_on)).where(
        col(Rotation.item_id) == item.id, col(Rotation.state) != RotationState.CANCELLED
    )
    twin = session.execute(made).scalar()
    if twin is not None:
        raise Conflict(f"Dòng kế hoạch này đã có hồ sơ, mở ngày {twin:%d/%m/%Y}. Hãy mở hồ sơ đó.")
    return item


def _check_purpose(data: RotationCreate, title: TitleVersion) -> None:
    if data.purpose == RotationPurpose.NON_LOCAL_HEAD and not (title.is_secretary or title.must_be_non_local):
        raise Invalid.at(
            "/purpose",
            "Chức danh này không đòi hỏi người không phải là người địa phương. Hãy chọn mục đích khác.",
        )


def _person(session: ScopedSession, cadre_id: UUID) -> Cadre:
    person = session.scalars(select(Cadre).where(col(Cadre.id) == cadre_id)).first()
    if person is None:
        raise Invalid.at(
            "/cadre_id",
            "Không có cán bộ này trong phạm vi được xem. Người ngoài phạm vi do ban tổ chức cấp trên, nơi "
            "xem được cả hai đơn vị, lập hồ sơ.",
        )
    if person.is_stub:
        raise Invalid.at("/cadre_id", "Cán bộ diện Trung ương quản lý không quyết định ở đây.")
    refuse_kin(session, {person.id})
    under_way = select(col(Rotation.id)).where(
        col(Rotation.cadre_id) == person.id, col(Rotation.state).not_in(CLOSED)
    )
    if session.execute(under_way).first() is not None:
        raise Conflict("Người này đã có hồ sơ luân chuyển chưa kết thúc. Hãy mở hồ sơ đó.")
    return person


def _seat(session: ScopedSession, person: Cadre, post: Post, today: date) -> AssignmentSpan:
    """The main seat the person is sent from."""
    seat = session.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.cadre_id) == person.id,
            col(AssignmentSpan.is_main),
            live(AssignmentSpan, today),
        )
    ).first()
    if seat is None:
        raise Invalid.at("/cadre_id", "Người này không giữ vị trí nào nên không có nơi cử đi.")
    if seat.post_id == post.id:
        raise Invalid.at("/cadre_id", "Người này đang giữ chính vị trí đó.")
    return seat


def _earliest_end(begins_on: date, law: Law, today: date) -> date | None:
    """The planned end where nobody said one: the first day on which the law lets the person return."""
    try:
        return rotation_due_on(begins_on, law.on(today))
    except NotInForce:
        return None


def _check_days(row: Rotation) -> None:
    if row.ends_on is not None and row.ends_on <= row.begins_on:
        raise Invalid.at("/ends_on", "Ngày kết thúc dự kiến phải sau ngày bắt đầu.")


def change(
    session: ScopedSession, rotation_id: UUID, version: int, *, data: RotationUpdate, today: date
) -> None:
    """Adds what belongs to the dossier: days and opinions before it is decided, the next post afterwards.

    Invalid for a day to come and a post there isn't, Conflict where the state takes no such change.
    """
    row = lock(session, rotation_id, version)
    refuse_closed(row)
    refuse_kin(session, {row.cadre_id})
    given = data.model_dump(exclude_unset=True)
    if not given:
        raise Invalid("Chưa có gì để sửa.", [Fault("", "Hãy gửi ít nhất một nội dung.")])
    before = given.keys() - AFTERWARDS
    if before and row.state in AWAY:
        raise Conflict(
            f"Hồ sơ đang ở trạng thái «{NAMES[row.state]}» nên chỉ ghi được vị trí bố trí sau luân chuyển."
        )
    if row.state not in AWAY and given.keys() & AFTERWARDS:
        raise Conflict("Vị trí bố trí sau luân chuyển chỉ ghi khi người này đã được cử đi.")
    if "begins_on" in given and data.begins_on is None:
        raise Invalid.at("/begins_on", "Cần ngày bắt đầu dự kiến.")
    for name in ("sender_heard_on", "receiver_heard_on"):
        heard_on = given.get(name)
        if heard_on is not None and heard_on > today:
            raise Invalid.at(f"/{name}", f"Ngày có ý kiến không thể sau hôm nay ({today:%d/%m/%Y}).")
    if data.after_post_id is not None:
        _check_after(session, row, data.after_post_id, today)
    for name, value in given.items():
        setattr(row, name, nfc(value) if isinstance(value, str) else value)
    _check_days(row)
    session.add(row)
    session.note(row, "rotation.change")
    session.flush()


def refuse_closed(row: Rotation) -> None:
    """Conflict where the dossier's state takes no change."""
    if row.state not in EDITABLE:
        raise Conflict(f"Hồ sơ đang ở trạng thái «{NAMES[row.state]}» nên không sửa được nội dung.")


def _check_after(session: ScopedSession, row: Rotation, post_id: UUID, today: date) -> None:
    post = session.get(Post, post_id)
    if post is None or Place(session, post.unit_id, today).version is None:
        raise Invalid.at("/after_post_id", "Không có vị trí việc làm này.")
    if post.id == row.post_id:
        raise Invalid.at(
            "/after_post_id", "Đây là vị trí đang luân chuyển. Muốn ở lại thì làm bước «Cho ở lại»."
        )
