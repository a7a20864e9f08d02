"""Yearly grades: đánh giá, xếp loại.

Recorded by one hand, confirmed by another, under the norm of their year.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, Index, column
from sqlmodel import Field, SQLModel

from app.models.base import FORBID, RecordRow, choice, tier
from app.models.unit import UnitRef

LIVE = column("voided_at").is_(None)
"""Rows that were not taken out of the record."""


class Grade(StrEnum):
    """Yearly grade: HTXSNV, HTTNV, HTNV, KHTNV (domain §4)."""

    EXCELLENT = "excellent"
    GOOD = "good"
    COMPLETED = "completed"
    NOT_COMPLETED = "not_completed"


class Peers(StrEnum):
    """With whom somebody is compared within his unit: those of similar duties; none: the whole unit."""

    LEADERS = "leaders"
    STAFF = "staff"


class EvaluationState(StrEnum):
    """A grade counts for later steps once somebody who didn't record it has confirmed it."""

    RECORDED = "recorded"
    CONFIRMED = "confirmed"


class EvaluationBase(SQLModel):
    """A yearly grade with the decision that gave it."""

    year: int = Field(ge=1990, le=2100)
    grade: Grade = Field(sa_type=choice(Grade, "grade"))
    party_grade: Grade | None = Field(default=None, sa_type=choice(Grade, "party_grade"))
    graded_by: str = Field(max_length=200)
    decision_number: str | None = Field(default=None, max_length=120)
    decided_on: date
    peers: Peers | None = Field(default=None, sa_type=choice(Peers, "peers"))
    graded_unit_id: UUID | None = Field(default=None, foreign_key="unit.id")


class Evaluation(RecordRow, EvaluationBase, table=True):
    """Đánh giá, xếp loại hằng năm."""

    __table_args__ = (
        Index(
            "uq_evaluation_live", "cadre_id", "year", unique=True, sqlite_where=LIVE, postgresql_where=LIVE
        ),
        Index("ix_evaluation_graded", "graded_unit_id", "year"),
        CheckConstraint("(state = 'confirmed') = (confirmed_on IS NOT NULL)", name="confirmed"),
        CheckConstraint(
            "confirmed_by IS NULL OR recorded_by IS NULL OR confirmed_by <> recorded_by", name="two_hands"
        ),
    )

    state: EvaluationState = Field(default=EvaluationState.RECORDED, sa_type=choice(EvaluationState, "state"))
    recorded_by: UUID | None = Field(default=None, foreign_key="principal.id")
    """Whose hand wrote what stands here now; none: it was there before accounts were."""
    hands: str = "[]"
    """Everybody who ever wrote this row, a JSON list of principals: none of them confirms it."""
    confirmed_by: UUID | None = Field(default=None, foreign_key="principal.id")
    confirmed_on: date | None = None
    confirmed_findings: str | None = None
    """What the law said when it was confirmed, a JSON list of findings."""
    parameter_digest: str | None = Field(default=None, max_length=64)


class EvaluationCreate(EvaluationBase):
    """A new row: Đánh giá, xếp loại hằng năm."""

    model_config = FORBID


class EvaluationRead(EvaluationBase):
    """A row as read: Đánh giá, xếp loại hằng năm."""

    id: UUID
    recorded_at: str
    state: EvaluationState
    confirmed_on: date | None


_Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
_Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]


class ResultCreate(SQLModel):
    """A result to record: whose, of which year, by which body and decision.

    `unit_id` is where he was graded; left out: the planning unit of his seat at the year's end.
    """

    model_config = FORBID

    cadre_id: UUID
    unit_id: UUID | None = None
    year: int = Field(ge=1990, le=2100)
    peers: Peers | None = None
    grade: Grade
    party_grade: Grade | None = None
    graded_by: _Said
    decision_number: _Number
    decided_on: date


class GradedPerson(SQLModel):
    """Whom a result is about."""

    id: UUID
    code: str
    full_name: str


class NormRead(SQLModel):
    """Under which instruments a grade stands, by the day that picks them; none: not law yet that day."""

    on: date
    state: str | None
    party: str | None


class ResultRow(SQLModel):
    """A result as lists show it; the Party's grade is special category."""

    id: UUID
    cadre: GradedPerson
    unit: UnitRef | None
    year: int
    peers: Peers | None
    grade: Grade
    party_grade: Grade | None = Field(default=None, schema_extra=tier("T2"))
    graded_by: str
    decision_number: str | None
    decided_on: date
    norm: NormRead
    state: EvaluationState
    recorded_at: str
    recorded_by: str | None
    confirmed_on: date | None
    confirmed_by: str | None


class ConfirmedOn(SQLModel):
    """What a result was confirmed on."""

    findings: list[dict[str, Any]]
    parameter_digest: str | None


class ResultRead(ResultRow):
    """One result; `findings`: what the law says of its unit and group today; `version`: the person's."""

    version: int
    findings: list[dict[str, Any]]
    confirmed: ConfirmedOn | None
