"""The many-valued groups of form 2C: the table of each, who reads it, how rows are added, mended, voided."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Select, Uuid, bindparam, exists, select
from sqlmodel import SQLModel

from app.models import record as tables
from app.models.base import UtcDateTime, utc_now
from app.models.cadre import Cadre
from app.models.evaluation import Evaluation
from app.models.party import PartyMembership
from app.models.qualification import QualificationSpan
from app.models.residence import Residence
from app.services.dated import begun, on_record
from app.services.dated import known as recorded
from app.services.errors import Denied, Fault, Invalid, NotFound
from app.services.evaluation import marking
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
        Group("evaluations", Evaluation, T1, "decided_on", "Đánh giá, xếp loại"),
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

POLITICAL = "political_theory"
"""The kind of qualification and of training that is special category."""

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

_INNER = frozenset(
    {"cadre_id", "voided_at", "void_reason", "qualification_id", "correction_reason"}
    | {"recorded_by", "hands", "confirmed_by", "confirmed_findings", "parameter_digest"}
)
"""Columns that no answer shows."""

_OF = bindparam("of_cadre", type_=Uuid())
_DAY = bindparam("as_of_day", type_=Date())
_KNOWN = bindparam("as_known_at", type_=UtcDateTime())

_TIER_OF_TABLE = {str(group.table.__tablename__): group.tier for group in GROUPS.values()} | {
    "membership": T2
}


_T1_TABLES = frozenset({"cadre", "assignment", "assignment_span"})
"""Tables beside the groups whose values are basic data."""


def tier_of(path: str, values: Mapping[str, Any] | None = None) -> str:
    """The tier of a field as audit values name it: `cadre.ethnicity`, `training[<id>].name` and so on.

    What a row is about may lift it: `values` are those of the event; where they don't say, the higher tier
    counts. A table nobody has judged is T3.
    """
    row, _, column = path.partition(".")
    table = row.partition("[")[0]
    if table == "cadre":
        return T2 if column in CADRE_T2 else T1
    told = values or {}
    if table in {"qualification_span", "training"}:
        return T2 if told.get(f"{row}.kind", POLITICAL) == POLITICAL else T1
    if table == "discipline":
        return T2 if told.get(f"{row}.decided_on") is not None else T3
    if path.endswith(".party_grade"):
        return T2
    if table == "qualification":
        # The identity alone doesn't say of what kind it is.
        return T2
    return T1 if table in _T1_TABLES else _TIER_OF_TABLE.get(table, T3)


def readable(group: Group, tiers: frozenset[str]) -> bool:
    """True where these tiers open the group."""
    return group.tier in tiers


def rows_of(
    session: ScopedSession,
    cadre_id: UUID,
    group: Group,
    tiers: frozenset[str],
    *,
    day: date | None,
    known_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """The rows of one group, newest first, as known at `known_at` and begun by `day`."""
    if not readable(group, tiers):
        raise Denied("Nhóm thông tin này không thuộc quyền xem của tài khoản.")
    statement = _rows(group.name, dayed=day is not None, known=known_at is not None)
    values = {"of_cadre": cadre_id, "as_of_day": day, "as_known_at": known_at}
    found = session.execute(statement, values).mappings().all()
    return [plain for row in found if (plain := _plain(group, dict(row), tiers)) is not None]


def filled(session: ScopedSession, cadre_id: UUID) -> frozenset[str]:
    """The groups that hold anything of a person, in one select: most records leave most groups empty."""
    row = session.execute(_filled(), {"of_cadre": cadre_id}).mappings().one()
    return frozenset(name for name, some in row.items() if some)


@cache
def _rows(name: str, *, dayed: bool, known: bool) -> Select[*tuple[Any, ...]]:
    """Built once: building it costs more than running it."""
    group = GROUPS[name]
    table = group.table
    since = getattr(table, group.since)
    known_at: Any = _KNOWN if known else None
    columns = [getattr(table, column) for column in table.model_fields if column not in _INNER]
    statement: Select[*tuple[Any, ...]] = select(*columns).where(
        table.cadre_id == _OF, recorded(table, known_at) if group.two_clocks else on_record(table, known_at)
    )
    if group.two_clocks and hasattr(table, "qualification_id"):
        statement = statement.add_columns(table.qualification_id.label("id"))
    if dayed and group.since != "recorded_at":
        statement = statement.where(since.is_(None) | begun(since, _DAY))
    return statement.order_by(since.desc(), table.row_id if group.two_clocks else table.id)


@cache
def _filled() -> Select[*tuple[Any, ...]]:
    some = [exists().where(group.table.cadre_id == _OF).label(name) for name, group in GROUPS.items()]
    return select(*some)


def _plain(group: Group, row: dict[str, Any], tiers: frozenset[str]) -> dict[str, Any] | None:
    """A row as these tiers read it, or None: theory is Party data, an open review restricted."""
    if T2 not in tiers and group.name in {"qualifications", "trainings"} and row["kind"] == POLITICAL:
        return None
    if group.name == "discipline" and row["decided_on"] is None and T3 not in tiers:
        return None
    if T2 not in tiers and group.name == "evaluations":
        return row | {"party_grade": None}
    return row


def plain_row(session: ScopedSession, row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of any group
    """A row just written, as its writer may read it."""
    group = next(group for group in GROUPS.values() if isinstance(row, group.table))
    found = {name: getattr(row, name) for name in type(row).model_fields if name not in _INNER}
    if hasattr(row, "qualification_id"):
        found["id"] = row.qualification_id
    return _plain(group, found, session.scope.tiers(row.cadre_id)) or {}


def add(session: ScopedSession, cadre_id: UUID, group: Group, data: SQLModel) -> dict[str, Any]:
    """Adds a row to a one-clock group; a second live grade of one year is a Conflict."""
    person = lock(session, cadre_id)
    row = group.table(cadre_id=person.id, **data.model_dump())
    _check(session, person, row)
    session.add(row)
    session.note(person, f"cadre.{group.name}.add")
    session.flush()
    return plain_row(session, row)


def mend(  # noqa: PLR0917 - which row of which group of whom, at which version
    session: ScopedSession, cadre_id: UUID, version: int, group: Group, row_id: UUID, data: SQLModel
) -> dict[str, Any]:
    """Changes fields of a row of a one-clock group; the audit keeps what stood before."""
    person = lock(session, cadre_id, version)
    row = _row(session, cadre_id, group, row_id)
    for name, value in data.model_dump(exclude_unset=True).items():
        setattr(row, name, value)
    _check(session, person, row)
    session.add(row)
    session.note(person, f"cadre.{group.name}.change")
    session.flush()
    return plain_row(session, row)


def void(  # noqa: PLR0917 - which row of which group of whom, at which version
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


def _check(session: ScopedSession, person: Cadre, row: Any) -> None:  # noqa: ANN401 - a row of any group
    if isinstance(row, Evaluation):
        marking.write(session, person, row)
    if isinstance(row, tables.Kinship) and row.relative_id is not None:
        if row.relative_id == row.cadre_id:
            raise Invalid.at("/relative_id", "Không thể liên kết người thân với chính mình.")
        if session.get(Cadre, row.relative_id) is None:
            raise Invalid.at("/relative_id", "Không có hồ sơ cán bộ này trong phạm vi được xem.")
    faults = []
    for early, late in (
        ("valid_from", "valid_to"),
        ("started_on", "completed_on"),
        ("opened_on", "decided_on"),
        ("decided_on", "ended_on"),
        ("left_on", "returned_on"),
    ):
        start, end = getattr(row, early, None), getattr(row, late, None)
        if start is not None and end is not None and end < start:
            faults.append(Fault(f"/{late}", "Ngày kết thúc phải từ ngày bắt đầu trở đi."))
    if faults:
        raise Invalid("Hãy sửa các ngày nêu dưới đây.", faults)
