"""Party committees and their members: cấp ủy.

A committee is a unit with terms; a membership is dated and elected.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.base import (
    FORBID,
    CadreOwned,
    Dated,
    Guard,
    UnitOwned,
    UnitWritten,
    choice,
    new_id,
    period_check,
)
from app.models.unit import CommitteeTier, UnitRef


class MemberRank(StrEnum):
    """Place of a member in a committee."""

    MEMBER = "member"
    STANDING = "standing"
    DEPUTY = "deputy"
    SECRETARY = "secretary"


class Entry(StrEnum):
    """How a member came into the committee."""

    ELECTED = "elected"
    DESIGNATED = "designated"


class CommitteeTerm(UnitWritten, Dated, table=True):
    """A term of a committee (nhiệm kỳ), from its congress to the next."""

    __tablename__ = "committee_term"
    guards: ClassVar[tuple[Guard, ...]] = (Guard("no_overlap_committee_term", ("unit_id",)),)
    __table_args__ = (period_check(),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=60)
    seats: int = Field(ge=1, le=120)
    standing_seats: int = Field(ge=0, le=40)


class Membership(UnitOwned, CadreOwned, Dated, table=True):
    """A person in a committee in a span of days; secretary and deputy follow the assignment's writer."""

    ownership: ClassVar[str] = "unit_or_cadre"
    guards: ClassVar[tuple[Guard, ...]] = (Guard("no_overlap_membership", ("unit_id", "cadre_id")),)
    __table_args__ = (period_check(), Index("ix_membership_unit", "unit_id", "valid_from", "valid_to"))

    id: UUID = Field(default_factory=new_id, primary_key=True)
    term_id: UUID = Field(foreign_key="committee_term.id", index=True)
    rank: MemberRank = Field(sa_type=choice(MemberRank, "rank"))
    entry: Entry = Field(sa_type=choice(Entry, "entry"))
    decision_number: str | None = Field(default=None, max_length=120)
    decision_signed_on: date | None = None
    end_reason: str | None = Field(default=None, max_length=60)


class MembershipCreate(SQLModel):
    """A member elected to or designated into a committee; secretary and deputy come by assignment."""

    model_config = FORBID

    cadre_id: UUID
    rank: MemberRank
    entry: Entry = Entry.ELECTED
    valid_from: date
    decision_number: str = Field(min_length=1, max_length=120)
    decision_signed_on: date


class MembershipUpdate(SQLModel):
    """The end of a membership."""

    model_config = FORBID

    valid_to: date
    end_reason: str = Field(min_length=1, max_length=60)


class CommitteeTermRead(SQLModel):
    """A term of a committee."""

    id: UUID
    name: str
    seats: int
    standing_seats: int
    valid_from: date
    valid_to: date | None


class CommitteeRead(SQLModel):
    """A party committee on a day, with the term that runs then and how many members it has.

    `id` is the committee's unit; `members` is empty where no people are on record yet.
    """

    id: UUID
    unit: UnitRef
    tier: CommitteeTier | None
    term: CommitteeTermRead | None
    members: int | None


class CommitteeDetail(CommitteeRead):
    """A party committee with all its terms, oldest first."""

    terms: list[CommitteeTermRead]


class MembershipRead(SQLModel):
    """One member of a committee."""

    id: UUID
    cadre: "MemberRef"
    rank: MemberRank
    entry: Entry
    valid_from: date
    valid_to: date | None
    decision_number: str | None
    decision_signed_on: date | None


class MemberRef(SQLModel):
    """A member in one line."""

    id: UUID
    code: str
    full_name: str
    sex: str | None
    redacted: bool
