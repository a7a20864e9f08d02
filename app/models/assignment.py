"""Assignments: a cadre holds a numbered seat of a post, dated on two clocks, each with its decision."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, column
from sqlmodel import Field, SQLModel

from app.models.base import (
    FORBID,
    CadreOwned,
    Guard,
    TwoClocks,
    UnitOwned,
    choice,
    clock_check,
    new_id,
    period_check,
)


class AssignmentKind(StrEnum):
    """How a person came to a seat (domain §4)."""

    APPOINTMENT = "appointment"
    ELECTION = "election"
    DESIGNATION = "designation"
    RATIFICATION = "ratification"
    TRANSFER = "transfer"
    ROTATION = "rotation"
    SECONDMENT = "secondment"
    ACTING = "acting"
    IN_CHARGE = "in_charge"
    CONCURRENT = "concurrent"
    RECRUITMENT = "recruitment"


class EndReason(StrEnum):
    """Why a person left a seat (domain §4)."""

    TERM_ENDED = "term_ended"
    RELIEF = "relief"
    RESIGNATION = "resignation"
    DISMISSAL = "dismissal"
    REMOVAL = "removal"
    LEFT_SERVICE = "left_service"
    RETIREMENT = "retirement"
    TRANSFER = "transfer"
    DEATH = "death"
    UNIT_ENDED = "unit_ended"


LIVE = column("superseded_at").is_(None)
BY_TITLE = (
    "title_id",
    "valid_from",
    "valid_to",
    "unit_id",
    "cadre_id",
    "kind",
    "acting",
    "assignment_id",
    "row_id",
)
"""All that a population of title holders asks of a seat: its rows are never looked up (34 → 10 ms a day)."""
BY_UNIT = ("unit_id", "is_main", "valid_from", "valid_to", "cadre_id")
"""All that the headcount asks of a seat (69 → 16 ms a day)."""


class Assignment(CadreOwned, table=True):
    """The identity of an assignment: what URLs and foreign keys name."""

    id: UUID = Field(default_factory=new_id, primary_key=True)


class AssignmentSpan(UnitOwned, CadreOwned, TwoClocks, table=True):
    """Who held which seat in a span of days, as known in a span of instants.

    Read where either the unit or the person's file is in scope: a unit keeps sight of its own rows, who
    keeps the file sees its past (design §4).
    """

    __tablename__ = "assignment_span"
    ownership: ClassVar[str] = "unit_or_cadre"
    guards: ClassVar[tuple[Guard, ...]] = (
        Guard("no_overlap_seat", ("post_id", "seat_no")),
        Guard("no_overlap_main", ("cadre_id",), "is_main"),
    )
    __table_args__ = (
        period_check(),
        clock_check(),
        CheckConstraint("seat_no >= 1", name="seat"),
        CheckConstraint("term_ends_on IS NULL OR term_ends_on > valid_from", name="term"),
        Index("ix_assignment_span_cadre", "cadre_id", "valid_from", "valid_to"),
        Index("ix_assignment_span_unit", "unit_id", "valid_from", "valid_to"),
        Index("ix_assignment_span_title", "title_id", "valid_from", "valid_to"),
        Index("ix_assignment_span_post", "post_id", "seat_no"),
        Index("ix_assignment_span_live_title", *BY_TITLE, sqlite_where=LIVE, postgresql_where=LIVE),
        Index("ix_assignment_span_live_unit", *BY_UNIT, sqlite_where=LIVE, postgresql_where=LIVE),
    )

    assignment_id: UUID = Field(foreign_key="assignment.id", index=True)
    post_id: UUID = Field(foreign_key="post.id")
    title_id: UUID = Field(foreign_key="title.id")
    seat_no: int
    kind: AssignmentKind = Field(sa_type=choice(AssignmentKind, "kind"))
    is_main: bool = True
    acting: bool = False
    term_ends_on: date | None = None
    decision_number: str | None = Field(default=None, max_length=120)
    decision_signed_on: date | None = None
    decision_issuer: str | None = Field(default=None, max_length=200)
    decision_signer: str | None = Field(default=None, max_length=120)
    end_reason: EndReason | None = Field(default=None, sa_type=choice(EndReason, "end_reason"))
    end_decision_number: str | None = Field(default=None, max_length=120)
    end_decision_signed_on: date | None = None
    correction_reason: str | None = Field(default=None, max_length=500)


class Decision(SQLModel):
    """The decision an assignment rests on: number, days of signing and effect, issuer, signer."""

    model_config = FORBID

    number: str = Field(min_length=1, max_length=120)
    signed_on: date
    effective_on: date
    issuer: str = Field(min_length=1, max_length=200)
    signer: str | None = Field(default=None, max_length=120)


class AssignmentCreate(SQLModel):
    """A seat taken from the decision's effect day on; a main one closes the previous main one."""

    model_config = FORBID

    post_id: UUID
    seat_no: int | None = Field(default=None, ge=1)
    kind: AssignmentKind
    is_main: bool = True
    acting: bool = False
    term_ends_on: date | None = None
    decision: Decision
    previous_end_reason: EndReason = EndReason.TRANSFER


class AssignmentUpdate(SQLModel):
    """An end (`valid_to`, `end_reason`), or with `corrects` a correction of what was recorded wrongly."""

    model_config = FORBID

    valid_to: date | None = None
    end_reason: EndReason | None = None
    end_decision_number: str | None = Field(default=None, max_length=120)
    end_decision_signed_on: date | None = None
    corrects: bool = False
    reason: str | None = Field(default=None, min_length=1, max_length=500)
    valid_from: date | None = None
    kind: AssignmentKind | None = None
    acting: bool | None = None
    term_ends_on: date | None = None
    seat_no: int | None = Field(default=None, ge=1)
    decision: Decision | None = None


class DecisionRead(SQLModel):
    """The decision an assignment rests on."""

    number: str | None
    signed_on: date | None
    effective_on: date
    issuer: str | None


class AssignmentRead(SQLModel):
    """One span of an assignment, with the names a reader needs beside the ids."""

    id: UUID
    cadre_id: UUID
    post_id: UUID
    title_id: UUID
    unit_id: UUID
    title_name: str
    unit_name: str
    seat_no: int
    kind: AssignmentKind
    is_main: bool
    acting: bool
    term_ends_on: date | None
    valid_from: date
    valid_to: date | None
    end_reason: EndReason | None
    decision: DecisionRead
    recorded_at: str
    superseded_at: str | None
