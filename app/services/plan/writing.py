"""Plans as they are made: opened for a unit, filled with persons, voted on in meetings."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.base import nfc
from app.models.cadre import Cadre
from app.models.plan import (
    COMPULSORY,
    EntryCreate,
    EntryState,
    EntryUpdate,
    Plan,
    PlanCreate,
    PlanEntry,
    PlanKind,
    RemovalReason,
)
from app.models.title import ManagedBy
from app.services import dossier
from app.services.dated import live
from app.services.dossier import refuse_kin
from app.services.errors import Conflict, Denied, Fault, Invalid, NotFound
from app.services.plan.reading import MISSING
from app.services.plan.table import EDITABLE, TABLE
from app.services.scope import ScopedSession
from app.services.unit.naming import Names
from app.services.unit.planning import Place, Planned

Row = dict[str, Any]
_NO_PERSON = (
    "Không có cán bộ này trong phạm vi được xem. Người ngoài phạm vi do ban tổ chức cấp trên, "
    "nơi xem được cả hai đơn vị, đưa vào quy hoạch."
)


def lock(session: ScopedSession, plan_id: UUID, version: int | None = None) -> Plan:
    """The plan, held against other writers until the commit; Stale if `version` is no longer its own."""
    return dossier.lock(session, Plan, plan_id, MISSING, version)


def create(session: ScopedSession, *, data: PlanCreate, today: date) -> UUID:
    """Opens a plan of a unit for a period; gives its id.

    Denied outside the caller's scope, Invalid for a unit that makes no plan, a period that is over, or an
    authority that has no title there; Conflict where the plan exists already.
    """
    if not session.units_within(session.scope.writes, {data.unit_id}):
        raise Denied("Đơn vị này ngoài phạm vi được lập quy hoạch.")
    place = Place(session, data.unit_id, today)
    if place.version is None:
        raise Invalid.at("/unit_id", f"Ngày {today:%d/%m/%Y} không có đơn vị này.")
    if not place.version.plans_for_itself:
        raise Invalid.at("/unit_id", "Đơn vị này không lập quy hoạch riêng; đơn vị cấp trên lập chung.")
    if data.period.ends_on <= today:
        raise Invalid.at("/period", f"Giai đoạn {data.period.value} đã kết thúc.")
    authority_id = _authority(session, place, data)
    taken = select(col(Plan.id)).where(
        col(Plan.unit_id) == data.unit_id,
        col(Plan.period) == data.period,
        col(Plan.kind) == data.kind,
        col(Plan.authority_id) == authority_id,
    )
    if session.execute(taken).first() is not None:
        raise Conflict("Đơn vị đã có hồ sơ quy hoạch của giai đoạn và cấp phê duyệt này. Hãy mở hồ sơ đó.")
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - only signed-in callers reach a route
    plan = Plan(
        unit_id=data.unit_id,
        period=data.period,
        kind=data.kind,
        authority_id=authority_id,
        created_by=actor.id,
    )
    session.add(plan)
    session.flush()
    session.note(plan, "plan.create")
    return plan.id


def authorities(session: ScopedSession, unit_id: UUID, *, today: date) -> list[Row]:
    """The bodies that approve plans of a unit, by kind, each with the number of titles it manages there.

    NotFound for a unit that doesn't stand today; empty for one that makes no plan of its own.
    """
    place = Place(session, unit_id, today)
    if place.version is None:
        raise NotFound(f"Ngày {today:%d/%m/%Y} không có đơn vị này.")
    if not place.version.plans_for_itself:
        return []
    rows: list[Row] = []
    for kind in PlanKind:
        titles: dict[UUID, int] = {}
        for row in place.titles(kind).values():
            body = place.authority(row.managed_by)
            if body is not None:
                titles[body] = titles.get(body, 0) + 1
        names = Names(session, titles)
        rows += [
            {"kind": kind, "authority": names.on(body, today), "titles": number}
            for body, number in sorted(titles.items(), key=lambda pair: (-pair[1], str(pair[0])))
        ]
    return rows


def _authority(session: ScopedSession, place: Place, data: PlanCreate) -> UUID:
    bodies = {
        body
        for row in place.titles(data.kind).values()
        if (body := place.authority(row.managed_by)) is not None
    }
    if not bodies:
        raise Invalid.at("/kind", "Đơn vị này không có chức danh nào để lập quy hoạch loại này.")
    names = Names(session, bodies)
    listed = [
        f"{ref['name']} ({body})" for body in sorted(bodies, key=str) if (ref := names.on(body, place.day))
    ]
    if data.authority_id is None and len(bodies) > 1:
        raise Invalid.at(
            "/authority_id",
            "Chức danh của đơn vị do nhiều cấp phê duyệt. Hãy chọn một: " + "; ".join(listed) + ".",
        )
    if data.authority_id is not None and data.authority_id not in bodies:
        raise Invalid.at(
            "/authority_id",
            "Cấp này không phê duyệt chức danh nào của đơn vị. Hãy chọn: " + "; ".join(listed) + ".",
        )
    return data.authority_id or bodies.pop()


def refuse_frozen(plan: Plan) -> None:
    """Conflict where the plan's state takes no change."""
    if plan.state not in EDITABLE:
        raise Conflict(
            f"Hồ sơ đang ở trạng thái «{TABLE.states[plan.state.value]}» nên không sửa được danh sách."
        )


def add_entry(session: ScopedSession, plan_id: UUID, *, data: EntryCreate, today: date) -> UUID:
    """Plans a person for a title; gives the entry's id. Needs somebody whose scope holds unit and person.

    Conflict where the plan takes no entry now or has this one; Invalid for a title of another authority, a
    person out of sight, a centrally managed one, or one who holds the title already.
    """
    plan = lock(session, plan_id)
    refuse_frozen(plan)
    place = Place(session, plan.unit_id, today)
    title = place.titles(plan.kind).get(data.title_id)
    if title is None:
        raise Invalid.at("/title_id", "Đơn vị này không quy hoạch chức danh đó.")
    if title.managed_by == ManagedBy.CENTRAL:
        raise Invalid.at("/title_id", "Chức danh do Trung ương quản lý không lập quy hoạch ở đây.")
    body = place.authority(title.managed_by)
    if body != plan.authority_id:
        ref = Names(session, [body]).on(body, today)
        raise Invalid.at(
            "/title_id",
            "Chức danh này do cấp khác phê duyệt"
            + (f" ({ref['name']})" if ref is not None else "")
            + ". Hãy đưa vào hồ sơ quy hoạch trình cấp đó.",
        )
    person = session.scalars(select(Cadre).where(col(Cadre.id) == data.cadre_id)).first()
    if person is None:
        raise Invalid.at("/cadre_id", _NO_PERSON)
    if person.is_stub:
        raise Invalid.at("/cadre_id", "Cán bộ diện Trung ương quản lý không quy hoạch ở đây.")
    refuse_kin(session, {person.id})
    _refuse_holder(session, place, person, title)
    twice = select(col(PlanEntry.id)).where(
        col(PlanEntry.plan_id) == plan.id,
        col(PlanEntry.cadre_id) == person.id,
        col(PlanEntry.title_id) == title.id,
        col(PlanEntry.state) != EntryState.REMOVED,
    )
    if session.execute(twice).first() is not None:
        raise Conflict("Người này đã có trong quy hoạch chức danh đó.")
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - only signed-in callers reach a route
    entry = PlanEntry(
        plan_id=plan.id,
        unit_id=plan.unit_id,
        cadre_id=person.id,
        title_id=title.id,
        round=plan.round,
        added_by=actor.id,
        added_on=today,
        note=nfc(data.note) if data.note else None,
    )
    session.add(entry)
    session.flush()
    session.note(plan, "plan.entry.add", data.note)
    return entry.id


def _refuse_holder(session: ScopedSession, place: Place, person: Cadre, title: Planned) -> None:
    held = select(col(AssignmentSpan.row_id)).where(
        col(AssignmentSpan.cadre_id) == person.id,
        col(AssignmentSpan.title_id) == title.id,
        col(AssignmentSpan.unit_id).in_(set(place.units)),
        col(AssignmentSpan.acting).is_(False),
        live(AssignmentSpan, place.day),
    )
    if session.execute(held).first() is not None:
        raise Invalid.at("/cadre_id", "Người này đang giữ chức danh đó nên không quy hoạch vào chức danh đó.")


def refuse_own(session: ScopedSession, entries: Iterable[PlanEntry]) -> None:
    """Denied where one of `entries` is the caller's own, or his spouse's, parent's or child's."""
    refuse_kin(session, {entry.cadre_id for entry in entries})


def _entry(session: ScopedSession, plan: Plan, entry_id: UUID) -> PlanEntry:
    row = session.scalars(
        select(PlanEntry).where(col(PlanEntry.id) == entry_id, col(PlanEntry.plan_id) == plan.id)
    ).first()
    if row is None:
        raise NotFound("Hồ sơ quy hoạch này không có dòng đó.")
    if row.state == EntryState.REMOVED:
        raise Conflict("Người này đã ra khỏi quy hoạch chức danh đó.")
    refuse_own(session, (row,))
    return row


def change_entry(
    session: ScopedSession, plan_id: UUID, entry_id: UUID, version: int, *, data: EntryUpdate, today: date
) -> None:
    """The yearly review's verdict on an entry (keep, or a removal with its reason), or another note.

    A removal for age, discipline or leaving takes effect at once, any other with the next approval.
    """
    if data.keep is not None and data.removal_reason is not None:
        raise Invalid.at("/keep", "Chỉ chọn một: giữ lại, hoặc đưa ra với lý do.")
    if data.keep is None and data.removal_reason is None and "note" not in data.model_fields_set:
        raise Invalid("Chưa có gì để sửa.", [Fault("/keep", "Hãy gửi keep, removal_reason hoặc note.")])
    plan = lock(session, plan_id, version)
    refuse_frozen(plan)
    entry = _entry(session, plan, entry_id)
    if data.removal_reason is not None:
        remove(session, plan, entry, reason=data.removal_reason, note=data.note, today=today)
        return
    if data.keep is not None:
        _keep(plan, entry, keep=data.keep)
        _judged(session, entry)
    if "note" in data.model_fields_set:
        entry.note = nfc(data.note) if data.note else None
    session.add(entry)
    session.flush()
    session.note(plan, "plan.entry.change", data.note)


def _judged(session: ScopedSession, entry: PlanEntry) -> None:
    actor = session.scope.actor
    entry.judged_by = actor.id if actor is not None else None


def _keep(plan: Plan, entry: PlanEntry, *, keep: bool) -> None:
    if plan.round == 1 or entry.state == EntryState.PROPOSED:
        raise Conflict("Chỉ rà soát người đã được phê duyệt, trong kỳ rà soát hằng năm.")
    if not keep:
        raise Invalid.at("/keep", "Để đưa ra khỏi quy hoạch, hãy gửi removal_reason.")
    if entry.state == EntryState.LEAVING:
        entry.state, entry.removal_reason, entry.removal_note = EntryState.APPROVED, None, None
    entry.kept_in_round = plan.round


def remove_entry(
    session: ScopedSession,
    plan_id: UUID,
    entry_id: UUID,
    version: int,
    *,
    reason: RemovalReason,
    today: date,
) -> None:
    """Takes a person out of the plan; see `remove`."""
    plan = lock(session, plan_id, version)
    refuse_frozen(plan)
    entry = _entry(session, plan, entry_id)
    remove(session, plan, entry, reason=reason, today=today, pointer="/query/reason")


def remove(
    session: ScopedSession,
    plan: Plan,
    entry: PlanEntry,
    *,
    reason: RemovalReason,
    note: str | None = None,
    today: date,
    pointer: str = "/removal_reason",
) -> None:
    """Ends an entry: at once where it was only proposed or must go, else with the next approval.

    Invalid, at `pointer`, for who was approved and is to leave without a reason of his own.
    """
    if entry.state != EntryState.PROPOSED and reason == RemovalReason.WITHDRAWN:
        raise Invalid.at(pointer, "Người đã được phê duyệt chỉ đưa ra với lý do cụ thể.")
    _judged(session, entry)
    entry.removal_reason = reason
    entry.removal_note = nfc(note) if note else None
    if entry.state == EntryState.PROPOSED or reason in COMPULSORY:
        entry.state, entry.removed_on, entry.removed_in_round = EntryState.REMOVED, today, plan.round
    else:
        entry.state = EntryState.LEAVING
    session.add(entry)
    session.flush()
    session.note(plan, "plan.entry.remove", note)
