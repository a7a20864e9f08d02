"""Titles: chức danh. What a post is, who manages its holders, and since when."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.base import (
    FORBID,
    Dated,
    Guard,
    KeyText,
    Reference,
    TwoClocks,
    choice,
    clock_check,
    new_id,
    period_check,
)
from app.models.committee import MemberRank
from app.models.unit import Level, UnitKind


class ManagedBy(StrEnum):
    """Which body manages the holders of a title (phân cấp quản lý cán bộ); data, never code (domain §2)."""

    CENTRAL = "central"
    PROVINCE_COMMITTEE = "province_committee"
    DISTRICT_COMMITTEE = "district_committee"
    ATTACHED_COMMITTEE = "attached_committee"
    DEPARTMENT = "department"
    COMMUNE_COMMITTEE = "commune_committee"
    UNIT_HEAD = "unit_head"


MANAGED_RANK: dict[ManagedBy, int] = {
    ManagedBy.CENTRAL: 0,
    ManagedBy.PROVINCE_COMMITTEE: 1,
    ManagedBy.DISTRICT_COMMITTEE: 2,
    ManagedBy.ATTACHED_COMMITTEE: 2,
    ManagedBy.DEPARTMENT: 2,
    ManagedBy.COMMUNE_COMMITTEE: 3,
    ManagedBy.UNIT_HEAD: 3,
}
"""Height of the managing body, 0 highest: a caller writes persons managed at or below his own level."""

LEVEL_RANK: dict[Level, int] = {Level.PROVINCE: 1, Level.DISTRICT: 2, Level.COMMUNE: 3}
"""The highest managing rank that a caller at a level may write."""


class TermKind(StrEnum):
    """How long a title is held (domain §10.4)."""

    APPOINTED_5Y = "appointed_5y"
    ELECTED_TERM = "elected_term"
    NONE = "none"


class StandardKind(StrEnum):
    """What a standard of a title asks for."""

    EDUCATION = "education"
    POLITICAL_THEORY = "political_theory"
    STATE_MANAGEMENT = "state_management"
    FOREIGN_LANGUAGE = "foreign_language"
    IT = "it"
    PARTY_MEMBER = "party_member"
    FIELD = "field"


class Title(Reference, table=True):
    """The identity of a title."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(sa_type=KeyText, unique=True)
    version: int = 1


class TitleVersion(Reference, TwoClocks, table=True):
    """What a title was called, who managed its holders and what limits it bore in a span of days."""

    __tablename__ = "title_version"
    guards: ClassVar[tuple[Guard, ...]] = (Guard("no_overlap_title_version", ("title_id",)),)
    __table_args__ = (
        period_check(),
        clock_check(),
        Index("ix_title_version_managed", "managed_by", "valid_from"),
    )

    title_id: UUID = Field(foreign_key="title.id", index=True)
    name: str = Field(max_length=200)
    search_key: str = Field(sa_type=KeyText)
    level: Level = Field(sa_type=choice(Level, "level"))
    unit_kind: UnitKind = Field(sa_type=choice(UnitKind, "unit_kind"))
    managed_by: ManagedBy = Field(sa_type=choice(ManagedBy, "managed_by"))
    is_key: bool = False
    is_leadership: bool = False
    is_secretary: bool = False
    is_key_district: bool = False
    term_kind: TermKind = Field(sa_type=choice(TermKind, "term_kind"))
    sensitive_months: int | None = Field(default=None, ge=24, le=60)
    must_be_non_local: bool = False
    rank: int = Field(ge=1, le=999)
    committee_seat: MemberRank | None = Field(default=None, sa_type=choice(MemberRank, "committee_seat"))
    """The place in a party committee that this title stands for; nobody holds it as a post."""


class TitleStandard(Reference, Dated, table=True):
    """One thing a title asks of its holder in a span of days (tiêu chuẩn chức danh)."""

    __tablename__ = "title_standard"
    guards: ClassVar[tuple[Guard, ...]] = (Guard("no_overlap_title_standard", ("title_id", "kind")),)
    __table_args__ = (period_check(),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    title_id: UUID = Field(foreign_key="title.id", index=True)
    kind: StandardKind = Field(sa_type=choice(StandardKind, "kind"))
    minimum: str | None = Field(default=None, max_length=60)
    clause: str = Field(max_length=120)


class TitleStandardRead(SQLModel):
    """One thing asked, with the clause it comes from."""

    kind: StandardKind
    minimum: str | None
    clause: str


class TitleRead(SQLModel):
    """A title as it was on a day."""

    id: UUID
    code: str
    name: str
    level: Level
    unit_kind: UnitKind
    managed_by: ManagedBy
    is_key: bool
    is_leadership: bool
    term_kind: TermKind
    sensitive_months: int | None
    must_be_non_local: bool
    rank: int
    committee_seat: MemberRank | None
    valid_from: date
    valid_to: date | None


class TitleSpan(SQLModel):
    """What a title was in a span of days, and when that was recorded."""

    name: str
    managed_by: ManagedBy
    is_key: bool
    is_leadership: bool
    sensitive_months: int | None
    valid_from: date
    valid_to: date | None
    recorded_at: str


class TitleDetail(TitleRead):
    """A title with what it asks of its holder, its version and its spans, oldest first."""

    version: int
    is_secretary: bool
    is_key_district: bool
    standards: list[TitleStandardRead]
    versions: list[TitleSpan]


class TitleStandardCreate(SQLModel):
    """One thing to ask of the holder of a title."""

    model_config = FORBID

    kind: StandardKind
    minimum: str | None = Field(default=None, max_length=60)
    clause: str = Field(min_length=1, max_length=120)


class TitleRef(SQLModel):
    """A title in one line."""

    id: UUID
    code: str
    name: str


class TitleCreate(SQLModel):
    """A new title, in force from `valid_from`."""

    model_config = FORBID

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]+$")] = Field(min_length=1, max_length=40)
    name: str = Field(min_length=1, max_length=200)
    level: Level
    unit_kind: UnitKind
    managed_by: ManagedBy
    is_key: bool = False
    is_leadership: bool = False
    is_secretary: bool = False
    is_key_district: bool = False
    term_kind: TermKind = TermKind.NONE
    sensitive_months: int | None = Field(default=None, ge=24, le=60)
    must_be_non_local: bool = False
    rank: int = Field(default=900, ge=1, le=999)
    committee_seat: MemberRank | None = None
    standards: list[TitleStandardCreate] = Field(default_factory=list)
    valid_from: date


class TitleUpdate(SQLModel):
    """A change of a title from `valid_from` on, or a correction of the span that holds on that day."""

    model_config = FORBID

    name: str | None = Field(default=None, min_length=1, max_length=200)
    managed_by: ManagedBy | None = None
    is_key: bool | None = None
    is_leadership: bool | None = None
    term_kind: TermKind | None = None
    sensitive_months: int | None = Field(default=None, ge=24, le=60)
    must_be_non_local: bool | None = None
    rank: int | None = Field(default=None, ge=1, le=999)
    standards: list[TitleStandardCreate] | None = None
    valid_from: date
    corrects: bool = False
    reason: str | None = Field(default=None, max_length=500)
