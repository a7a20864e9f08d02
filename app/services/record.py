"""The many-valued groups of form 2C: the table of each, who reads it, how rows are added, mended, voided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import SQLModel, col

from app.models import record as tables
from app.models.base import utc_now
from app.models.cadre import Cadre
from app.models.party import PartyMembership
from app.models.qualification import QualificationSpan
from app.models.residence import Residence
from app.services.dated import begun, known, on_record
from app.services.errors import Conflict, Denied, Invalid, NotFound
from app.services.lookup import lock
from app.services.scope import ScopedSession
from app.services.scope.roles import T1, T2, T3


@dataclass(frozen=True, slots=True)
class Group:
    """One group of form 2C: its name in the API, its table, its tier, the column that says since when."""

    name: str
    table: Any
    tier: str
    since: str
    label: str
    two_clocks: bool = False


GROUPS: dict[str, Group] = {
    group.name: group
    for group in (
        Group("qualifications", QualificationSpan, T1, "valid_from", "Trình độ", two_clocks=True),
        Group("party_membership", PartyMembership, T2, "valid_from", "Đảng viên", two_clocks=True),
        Group("residences", Residence, T2, "valid_from", "Nơi ở", two_clocks=True),
        Group("careers", tables.Career, T1, "valid_from", "Quá trình công tác trước"),
        Group("salaries", tables.Salary, T1, "valid_from", "Diễn biến lương"),
        Group("trainings", tables.Training, T1, "started_on", "Đào tạo, bồi dưỡng"),
        Group("evaluations", tables.Evaluation, T1, "decided_on", "Đánh giá, xếp loại"),
        Group("rewards", tables.Reward, T1, "awarded_on", "Khen thưởng"),
        Group("discipline", tables.Discipline, T2, "opened_on", "Kỷ luật"),
        Group("family", tables.Kinship, T2, "recorded_at", "Quan hệ gia đình"),
        Group("relatives_abroad", tables.RelativeAbroad, T2, "recorded_at", "Thân nhân ở nước ngoài"),
        Group("own_past", tables.OwnPast, T2, "valid_from", "Lịch sử bản thân"),
        Group("travels", tables.Travel, T1, "left_on", "Đi nước ngoài"),
        Group("declarations", tables.Declaration, T2, "declared_on", "Kê khai tài sản"),
        Group("confidence_votes", tables.ConfidenceVote, T3, "held_on", "Lấy phiếu tín nhiệm"),
        Group(
            "political_conclusions",
            tables.PoliticalConclusion,
            T3,
            "concluded_on",
            "Kết luận tiêu chuẩn chính trị",
        ),
    )
}
"""Group name to what it is."""

CADRE_T2 = frozenset(
    {
        "ethnicity",
        "religion",
        "health_status",
        "height_cm",
        "weight_kg",
        "blood_group",
        "disability",
        "policy_family",
        "youth_union_on",
    }
)
"""Single-valued fields that are special category by law (domain §4)."""

_TIER_OF_TABLE = {str(group.table.__tablename__): group.tier for group in GROUPS.values()} | {
    "membership": T2
}


def tier_of(path: str) -> str:
    """The tier of a field as audit values name it: `cadre.ethnicity`, `training[<id>].name`, …"""
    table, _, column = path.partition(".")
    table = table.partition("[")[0]
    if table == "cadre":
        return T2 if column in CADRE_T2 else T1
    return _TIER_OF_TABLE.get(table, T1)


def readable(group: Group, tiers: frozenset[str]) -> bool:
    """True where these tiers open the group."""
    return group.tier in tiers


def rows_of(
    session: ScopedSession,
    cadre_ids: Sequence[UUID],
    group: Group,
    tiers: frozenset[str],
    *,
    day: date | None,
    known_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """The rows of one group, newest first, as known at `known_at` and begun by `day`."""
    if not readable(group, tiers):
        raise Denied("Nhóm thông tin này không thuộc quyền xem của tài khoản.")
    table = group.table
    since = getattr(table, group.since)
    statement = select(table).where(table.cadre_id.in_(cadre_ids))
    statement = statement.where(known(table, known_at) if group.two_clocks else on_record(table, known_at))
    if group.since != "recorded_at":
        statement = statement.where(since.is_(None) | begun(since, day))
    found = session.scalars(statement.order_by(since.desc())).all()
    return [plain for row in found if (plain := _plain(row, tiers)) is not None]


def _plain(row: Any, tiers: frozenset[str]) -> dict[str, Any] | None:  # noqa: ANN401 - a row of any group
    if isinstance(row, QualificationSpan) and row.kind == "political_theory" and T2 not in tiers:
        return None
    if isinstance(row, tables.Discipline) and row.decided_on is None and T3 not in tiers:
        return None
    hidden = {"voided_at", "void_reason", "qualification_id"}
    found = {name: getattr(row, name) for name in type(row).model_fields if name not in hidden}
    if isinstance(row, QualificationSpan):
        found["id"] = row.qualification_id
    return found


def plain_row(session: ScopedSession, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of any group
    """A row just written, as its writer may read it."""
    return _plain(row, session.scope.tiers(row.cadre_id)) or {}


def add(session: ScopedSession, cadre_id: UUID, group: Group, data: SQLModel) -> dict[str, Any]:
    """Adds a row to a one-clock group; a second live grade of one year is a Conflict."""
    person = lock(session, cadre_id)
    row = group.table(cadre_id=person.id, **data.model_dump())
    _check(session, row)
    session.add(row)
    session.note(person, f"cadre.{group.name}.add")
    session.flush()
    return plain_row(session, row)


def mend(
    session: ScopedSession, cadre_id: UUID, version: int, group: Group, row_id: UUID, data: SQLModel
) -> dict[str, Any]:
    """Changes fields of a row of a one-clock group; the audit keeps what stood before."""
    person = lock(session, cadre_id, version)
    row = _row(session, cadre_id, group, row_id)
    for name, value in data.model_dump(exclude_unset=True).items():
        setattr(row, name, value)
    _check(session, row)
    session.add(row)
    session.note(person, f"cadre.{group.name}.change")
    session.flush()
    return plain_row(session, row)


def void(
    session: ScopedSession, cadre_id: UUID, version: int, group: Group, row_id: UUID, reason: str
) -> None:
    """Takes a row out of the record with its reason; it stays in the history."""
    person = lock(session, cadre_id, version)
    row = _row(session, cadre_id, group, row_id)
    row.voided_at, row.void_reason = utc_now(), reason
    session.add(row)
    session.note(person, f"cadre.{group.name}.void", reason)
    session.flush()


def _row(session: ScopedSession, cadre_id: UUID, group: Group, row_id: UUID) -> Any:  # noqa: ANN401 - a row of any group
    table = group.table
    row = session.scalars(
        select(table).where(table.id == row_id, table.cadre_id == cadre_id, on_record(table))
    ).first()
    if row is None:
        raise NotFound
    return row


def _check(session: ScopedSession, row: Any) -> None:  # noqa: ANN401 - a row of any group
    if isinstance(row, tables.Evaluation):
        twin = session.scalars(
            select(tables.Evaluation).where(
                col(tables.Evaluation.cadre_id) == row.cadre_id,
                col(tables.Evaluation.year) == row.year,
                col(tables.Evaluation.id) != row.id,
                on_record(tables.Evaluation),
            )
        ).first()
        if twin is not None:
            raise Conflict(f"Năm {row.year} đã có xếp loại. Hãy sửa dòng đó hoặc loại bỏ kèm lý do.")
    if isinstance(row, tables.Kinship) and row.relative_id is not None:
        if row.relative_id == row.cadre_id:
            raise Invalid.at("/relative_id", "Không thể liên kết người thân với chính mình.")
        if session.get(Cadre, row.relative_id) is None:
            raise Invalid.at("/relative_id", "Không có hồ sơ cán bộ này trong phạm vi được xem.")
    for early, late in (
        ("started_on", "completed_on"),
        ("opened_on", "decided_on"),
        ("left_on", "returned_on"),
    ):
        start, end = getattr(row, early, None), getattr(row, late, None)
        if start is not None and end is not None and end < start:
            raise Invalid.at(f"/{late}", "Ngày kết thúc phải từ ngày bắt đầu trở đi.")
