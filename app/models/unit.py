"""Units: đơn vị.

An identity with dated versions, the changes between them, and the closure that scope joins.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models.base import (
    FORBID,
    Guard,
    KeyText,
    Reference,
    TwoClocks,
    UnitWritten,
    choice,
    clock_check,
    new_id,
    period_check,
)


class Level(StrEnum):
    """The level a unit works at. Levels are data: the district level ended on 2025-07-01."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class UnitForm(StrEnum):
    """A territory (địa phương) or a body that works in one (cơ quan, đơn vị)."""

    TERRITORY = "territory"
    BODY = "body"


class UnitKind(StrEnum):
    """What a unit is; territories have kind = level."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    PARTY_COMMITTEE = "party_committee"
    PARTY_BOARD = "party_board"
    COUNCIL = "council"
    PEOPLE_COMMITTEE = "people_committee"
    DEPARTMENT = "department"
    DIVISION = "division"
    OFFICE = "office"
    FRONT = "front"
    MASS_ORGANISATION = "mass_organisation"
    PUBLIC_SERVICE = "public_service"
    ATTACHED_COMMITTEE = "attached_committee"
    PARTY_CELL = "party_cell"
    ENTERPRISE = "enterprise"


class CommitteeTier(StrEnum):
    """Tier of a party committee (domain §10.6); dated, since the tiers moved on 2025-07-01."""

    PROVINCE = "province"
    ABOVE_GRASSROOTS = "above_grassroots"
    GRASSROOTS = "grassroots"


class Via(StrEnum):
    """How one unit lies under another: by the tree of that day, or as its predecessor."""

    TREE = "tree"
    LINEAGE = "lineage"


class ChangeKind(StrEnum):
    """What happened to units on a day."""

    CREATE = "create"
    MERGE = "merge"
    SPLIT = "split"
    RENAME = "rename"
    DISSOLVE = "dissolve"
    REPARENT = "reparent"


class Unit(Reference, table=True):
    """The identity of a unit; everything else about it is dated."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = 1
    plan_due_on: date | None = None


class UnitVersion(UnitWritten, TwoClocks, table=True):
    """What a unit was called, was, and belonged to in a span of days."""

    __tablename__ = "unit_version"
    guards: ClassVar[tuple[Guard, ...]] = (Guard("no_overlap_unit_version", ("unit_id",)),)
    __table_args__ = (
        period_check(),
        clock_check(),
        CheckConstraint(
            "(form = 'territory') = (kind IN ('province', 'district', 'commune'))", name="form_kind"
        ),
        Index("ix_unit_version_parent", "parent_id", "valid_from"),
        Index("ix_unit_version_code_day", "code", "valid_from"),
    )

    name: str = Field(max_length=200)
    search_key: str = Field(sa_type=KeyText)
    sort_key: str = Field(sa_type=KeyText)
    code: str = Field(sa_type=KeyText, max_length=32)
    level: Level = Field(sa_type=choice(Level, "level"))
    form: UnitForm = Field(sa_type=choice(UnitForm, "form"))
    kind: UnitKind = Field(sa_type=choice(UnitKind, "kind"))
    type: str | None = Field(default=None, max_length=20)
    parent_id: UUID | None = Field(default=None, foreign_key="unit.id")
    plans_for_itself: bool = False
    committee_tier: CommitteeTier | None = Field(
        default=None, sa_type=choice(CommitteeTier, "committee_tier")
    )
    sector: str | None = Field(default=None, max_length=40)
    grade: int | None = Field(default=None, ge=1, le=3)


class UnitChange(Reference, table=True):
    """A merge, split, renaming, dissolution, … of units, with its legal basis."""

    __tablename__ = "unit_change"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: ChangeKind = Field(sa_type=choice(ChangeKind, "kind"))
    on_day: date = Field(index=True)
    basis_number: str = Field(max_length=120)
    basis_issuer: str = Field(max_length=200)
    basis_signed_on: date | None = None
    note: str | None = None
    certainty: str | None = Field(default=None, max_length=60)


class UnitChangePart(Reference, table=True):
    """One unit on one side of a change: what it came from or became, and how much of it."""

    __tablename__ = "unit_change_part"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    change_id: UUID = Field(foreign_key="unit_change.id", index=True)
    from_unit_id: UUID | None = Field(default=None, foreign_key="unit.id", index=True)
    to_unit_id: UUID | None = Field(default=None, foreign_key="unit.id", index=True)
    share: str = Field(default="whole", max_length=20)


class UnitClosure(Reference, table=True):
    """Every unit at or beneath every other, by day and by way.

    Scope and roll-ups join this and nothing else.
    """

    __tablename__ = "unit_closure"
    __table_args__ = (
        period_check(),
        Index("ix_unit_closure_down", "ancestor_id", "descendant_id", "valid_from", "valid_to"),
        Index("ix_unit_closure_up", "descendant_id", "ancestor_id", "valid_from", "valid_to"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    ancestor_id: UUID = Field(foreign_key="unit.id")
    descendant_id: UUID = Field(foreign_key="unit.id")
    depth: int
    via: Via = Field(sa_type=choice(Via, "via"))
    valid_from: date
    valid_to: date | None = None


class UnitRef(SQLModel):
    """A unit in one line, as other records name it."""

    id: UUID
    code: str
    name: str
    level: Level


class LegalBasis(SQLModel):
    """The decision a change of units rests on."""

    model_config = FORBID

    number: str = Field(min_length=1, max_length=120)
    issuer: str = Field(min_length=1, max_length=200)
    signed_on: date | None = None


class NewUnit(SQLModel):
    """What a new unit is; the change it comes from gives its day and its legal basis."""

    model_config = FORBID

    name: str = Field(min_length=1, max_length=200)
    code: str = Field(min_length=1, max_length=32)
    level: Level
    form: UnitForm = UnitForm.BODY
    kind: UnitKind
    type: str | None = Field(default=None, max_length=20)
    parent_id: UUID | None = None
    plans_for_itself: bool = False
    committee_tier: CommitteeTier | None = None
    sector: str | None = Field(default=None, max_length=40)
    grade: int | None = Field(default=None, ge=1, le=3)


class UnitCreate(NewUnit):
    """A new unit under a parent, open from `valid_from`; only a province has no parent."""

    valid_from: date
    basis: LegalBasis


class UnitUpdate(SQLModel):
    """A change from `valid_from` on, or a correction of the span that holds on `valid_from`."""

    model_config = FORBID

    name: str | None = Field(default=None, min_length=1, max_length=200)
    code: str | None = Field(default=None, min_length=1, max_length=32)
    type: str | None = Field(default=None, max_length=20)
    plans_for_itself: bool | None = None
    committee_tier: CommitteeTier | None = None
    sector: str | None = Field(default=None, max_length=40)
    grade: int | None = Field(default=None, ge=1, le=3)
    valid_from: date
    corrects: bool = False
    reason: str | None = Field(default=None, max_length=500)
    basis: LegalBasis | None = None


class UnitRead(SQLModel):
    """A unit as it was on a day."""

    id: UUID
    code: str
    name: str
    level: Level
    form: UnitForm
    kind: UnitKind
    type: str | None
    parent_id: UUID | None
    plans_for_itself: bool
    committee_tier: CommitteeTier | None
    sector: str | None
    grade: int | None
    valid_from: date
    valid_to: date | None


class UnitSpan(SQLModel):
    """What a unit was called in a span of days."""

    code: str
    name: str
    type: str | None
    parent_id: UUID | None
    valid_from: date
    valid_to: date | None


class UnitKin(SQLModel):
    """A predecessor or a successor: which unit, since when, how much of it."""

    unit: UnitRef
    on: date
    share: str
    change_id: UUID


class UnitDetail(UnitRead):
    """A unit on a day with its life: spans, where it came from, what became of it, what it lies beneath."""

    version: int
    opened_on: date
    ends_on: date | None
    parent: UnitRef | None
    path: list[UnitRef]
    versions: list[UnitSpan]
    predecessors: list[UnitKin]
    successors: list[UnitKin]


class Share(StrEnum):
    """How much of a unit went into another."""

    WHOLE = "whole"
    MAIN_PART = "main part"
    PART = "part"


class ChangePart(SQLModel):
    """A unit that a change starts from."""

    model_config = FORBID

    unit_id: UUID
    share: Share = Share.WHOLE


class ChangeTarget(SQLModel):
    """A unit that comes out of a change: one that stands already, or a new one.

    `children` names units beneath a source that go on under this target; `share` is its part of a split.
    """

    model_config = FORBID

    unit_id: UUID | None = None
    new: NewUnit | None = None
    share: Share = Share.PART
    children: list[UUID] = Field(default_factory=list, max_length=400)


class UnitChangeCreate(SQLModel):
    """A change of units on a day.

    `create`: new targets. `merge`: sources end in one target. `split`: one source ends in several targets.
    `rename`: one source takes `name`. `dissolve`: sources end. `reparent`: sources go under `parent_id`.
    """

    model_config = FORBID

    kind: ChangeKind
    on: date
    basis: LegalBasis
    sources: list[ChangePart] = Field(default_factory=list, max_length=200)
    targets: list[ChangeTarget] = Field(default_factory=list, max_length=50)
    name: str | None = Field(default=None, min_length=1, max_length=200)
    parent_id: UUID | None = None
    note: str | None = Field(default=None, max_length=500)


class UnitChangePartRead(SQLModel):
    """From which unit to which, and how much of it."""

    from_unit: UnitRef | None
    to_unit: UnitRef | None
    share: str


class UnitChangeRead(SQLModel):
    """A recorded change of units."""

    id: UUID
    kind: ChangeKind
    on: date
    basis: LegalBasis
    note: str | None
    certainty: str | None
    parts: list[UnitChangePartRead]


class UnitChangeDone(UnitChangeRead):
    """A change just made, with the number of seats still held in units that ended by it."""

    open_assignments: int
