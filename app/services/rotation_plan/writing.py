"""Rotation plans as they are made: the plan, and what it names item by item."""

from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from app.models.base import nfc
from app.models.post import Post
from app.models.rotation import (
    RotationItem,
    RotationItemCreate,
    RotationItemUpdate,
    RotationPlan,
    RotationPlanCreate,
)
from app.models.title import ManagedBy, TitleVersion
from app.models.unit import Level
from app.services import dossier
from app.services.dated import live
from app.services.errors import Conflict, Denied, Fault, Invalid, NotFound
from app.services.rotation_plan.table import EDITABLE, TABLE
from app.services.scope import ScopedSession
from app.services.unit import tree
from app.services.unit.naming import Names
from app.services.unit.planning import Place

MISSING = "Không có kế hoạch luân chuyển này, hoặc kế hoạch ngoài phạm vi được xem."
NO_ITEM = "Kế hoạch này không có dòng đó."
COMMITTEES = {
    Level.PROVINCE: ManagedBy.PROVINCE_COMMITTEE,
    Level.DISTRICT: ManagedBy.DISTRICT_COMMITTEE,
    Level.COMMUNE: ManagedBy.COMMUNE_COMMITTEE,
}


def find(session: ScopedSession, plan_id: UUID) -> RotationPlan:
    """The plan, or NotFound, which covers «not in your scope»."""
    return dossier.find(session, RotationPlan, plan_id, MISSING)


def lock(session: ScopedSession, plan_id: UUID, version: int | None = None) -> RotationPlan:
    """The plan, held against other writers until the commit; Stale if `version` is no longer its own."""
    return dossier.lock(session, RotationPlan, plan_id, MISSING, version)


def create(session: ScopedSession, *, data: RotationPlanCreate, today: date) -> UUID:
    """Opens the plan of a unit for a year; gives its id.

    Denied for a unit outside the caller's scope, Invalid for a body that approves nothing there, Conflict
    where the unit has that plan already.
    """
    if not session.units_within(session.scope.writes, {data.unit_id}):
        raise Denied("Đơn vị này ngoài phạm vi được lập kế hoạch luân chuyển.")
    place = Place(session, data.unit_id, today)
    if place.version is None:
        raise Invalid.at("/unit_id", f"Ngày {today:%d/%m/%Y} không có đơn vị này.")
    if not place.version.plans_for_itself:
        raise Invalid.at("/unit_id", "Đơn vị này không lập kế hoạch riêng; đơn vị cấp trên lập chung.")
    if data.year < today.year:
        raise Invalid.at("/year", f"Năm {data.year} đã qua. Hãy lập kế hoạch từ năm {today.year} trở đi.")
    authority_id = _authority(session, place, data.authority_id)
    taken = select(col(RotationPlan.id)).where(
        col(RotationPlan.unit_id) == data.unit_id,
        col(RotationPlan.year) == data.year,
        col(RotationPlan.authority_id) == authority_id,
    )
    if session.execute(taken).first() is not None:
        raise Conflict(
            f"Đơn vị đã có kế hoạch luân chuyển năm {data.year} của cấp phê duyệt này. Hãy mở kế hoạch đó."
        )
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - only signed-in callers reach a route
    row = RotationPlan(unit_id=data.unit_id, year=data.year, authority_id=authority_id, created_by=actor.id)
    session.add(row)
    session.flush()
    session.note(row, "rotation_plan.create")
    return row.id


def _authority(session: ScopedSession, place: Place, asked: UUID | None) -> UUID:
    bodies = {
        body
        for manager in ManagedBy
        if manager != ManagedBy.CENTRAL and (body := place.authority(manager)) is not None
    }
    if asked is None:
        version = place.version
        assert version is not None  # noqa: S101 - looked at by `create`
        own = place.authority(COMMITTEES[version.level])
        if own is None:
            raise Invalid.at("/authority_id", "Cấp này không có cấp ủy. Hãy nêu cơ quan phê duyệt.")
        return own
    if asked not in bodies:
        names = Names(session, bodies)
        listed = sorted(
            f"{ref['name']} ({body})" for body in bodies if (ref := names.on(body, place.day)) is not None
        )
        raise Invalid.at(
            "/authority_id",
            "Cơ quan này không quản lý chức danh nào ở đây. Hãy chọn: " + "; ".join(listed) + ".",
        )
    return asked


def refuse_closed(row: RotationPlan) -> None:
    """Conflict where the plan's state takes no item."""
    if row.state not in EDITABLE:
        raise Conflict(
            f"Kế hoạch đang ở trạng thái «{TABLE.states[row.state.value]}» nên không sửa được. "
            "Kế hoạch đã phê duyệt thì làm bước «Bổ sung kế hoạch» trước."
        )


def add_item(session: ScopedSession, plan_id: UUID, *, data: RotationItemCreate, today: date) -> UUID:
    """Enters a rotation to plan; gives the item's id.

    Invalid for a seat that the plan's authority doesn't manage, that leads nothing, or lies elsewhere, and
    for a day outside the plan's year; Conflict in a state that takes no item.
    """
    plan = lock(session, plan_id)
    refuse_closed(plan)
    post = session.get(Post, data.post_id)
    if post is None:
        raise Invalid.at("/post_id", "Không có vị trí việc làm này.")
    _check_seat(session, plan, post, today)
    _check_day(plan, data.planned_on)
    last: int | None = session.execute(
        select(func.max(col(RotationItem.number))).where(col(RotationItem.plan_id) == plan.id)
    ).scalar()
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - only signed-in callers reach a route
    item = RotationItem(
        unit_id=plan.unit_id,
        plan_id=plan.id,
        number=(last or 0) + 1,
        post_id=post.id,
        title_id=post.title_id,
        place_id=post.unit_id,
        planned_on=data.planned_on,
        after=nfc(data.after) if data.after else None,
        added_by=actor.id,
    )
    session.add(item)
    session.note(plan, "rotation_plan.item.add")
    session.flush()
    return item.id


def leading(session: ScopedSession, post: Post, day: date) -> TitleVersion:
    """The title of a seat that a leader may be rotated to; Invalid at `/post_id` for any other."""
    title = session.scalars(
        select(TitleVersion).where(col(TitleVersion.title_id) == post.title_id, live(TitleVersion, day))
    ).first()
    if title is None:
        raise Invalid.at("/post_id", f"Ngày {day:%d/%m/%Y} không còn chức danh của vị trí này.")
    if not (title.is_leadership or title.is_key or title.is_secretary):
        raise Invalid.at(
            "/post_id",
            "Luân chuyển chỉ dành cho chức danh lãnh đạo, quản lý; vị trí khác thì chuyển đổi vị trí công "
            "tác (mục III.3.5-g).",
        )
    return title


def _check_seat(session: ScopedSession, plan: RotationPlan, post: Post, day: date) -> None:
    title = leading(session, post, day)
    if plan.unit_id not in tree.line(session, post.unit_id, day):
        raise Invalid.at("/post_id", "Vị trí này không thuộc đơn vị lập kế hoạch hay đơn vị bên dưới.")
    if Place(session, post.unit_id, day).authority(title.managed_by) != plan.authority_id:
        raise Invalid.at(
            "/post_id",
            "Chức danh này không do cơ quan phê duyệt của kế hoạch quản lý. Hãy lập kế hoạch với cơ quan "
            "quản lý chức danh đó.",
        )


def _check_day(plan: RotationPlan, planned_on: date) -> None:
    if planned_on.year != plan.year:
        raise Invalid.at("/planned_on", f"Ngày bắt đầu phải trong năm {plan.year} của kế hoạch.")


def item_of(session: ScopedSession, plan: RotationPlan, item_id: UUID) -> RotationItem:
    """An item of the plan that wasn't taken out; NotFound for any other."""
    item = session.scalars(
        select(RotationItem).where(
            col(RotationItem.id) == item_id,
            col(RotationItem.plan_id) == plan.id,
            col(RotationItem.removed_on).is_(None),
        )
    ).first()
    if item is None:
        raise NotFound(NO_ITEM)
    return item


def _open_item(session: ScopedSession, plan: RotationPlan, item_id: UUID) -> RotationItem:
    refuse_closed(plan)
    item = item_of(session, plan, item_id)
    if item.approved_on is not None:
        raise Conflict(
            f"Dòng {item.number} đã được phê duyệt ngày {item.approved_on:%d/%m/%Y} nên không sửa, không bỏ."
        )
    return item


def change_item(
    session: ScopedSession, plan_id: UUID, item_id: UUID, version: int, *, data: RotationItemUpdate
) -> None:
    """Changes an item that nobody has approved; Conflict for one that was."""
    plan = lock(session, plan_id, version)
    item = _open_item(session, plan, item_id)
    given = data.model_dump(exclude_unset=True)
    if not given:
        raise Invalid("Chưa có gì để sửa.", [Fault("", "Hãy gửi ít nhất một nội dung.")])
    if "planned_on" in given:
        if data.planned_on is None:
            raise Invalid.at("/planned_on", "Cần ngày bắt đầu dự kiến.")
        _check_day(plan, data.planned_on)
        item.planned_on = data.planned_on
    if "after" in given:
        item.after = nfc(data.after) if data.after else None
    session.add(item)
    session.note(plan, "rotation_plan.item.change")
    session.flush()


def remove_item(
    session: ScopedSession, plan_id: UUID, item_id: UUID, version: int, *, note: str, today: date
) -> None:
    """Takes an item out that nobody has approved, with the reason; it stays on record."""
    plan = lock(session, plan_id, version)
    item = _open_item(session, plan, item_id)
    item.removed_on = today
    session.add(item)
    session.note(plan, "rotation_plan.item.remove", note)
    session.flush()
