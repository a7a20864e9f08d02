"""Qualifications: degrees, political theory, state management, languages, … (group 3 of form 2C)."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.base import FORBID, CadreOwned, Guard, TwoClocks, choice, clock_check, new_id, period_check


class QualificationKind(StrEnum):
    """What a qualification is in; each kind has its own code list of levels."""

    GENERAL_EDUCATION = "general_education"
    EDUCATION = "education"
    POLITICAL_THEORY = "political_theory"
    STATE_MANAGEMENT = "state_management"
    FOREIGN_LANGUAGE = "foreign_language"
    IT = "it"
    MINORITY_LANGUAGE = "minority_language"
    DEFENCE_SECURITY = "defence_security"


class QualificationBase(SQLModel):
    """What was earned, at which level, where, and by what proof."""

    kind: QualificationKind = Field(sa_type=choice(QualificationKind, "kind"))
    name: str = Field(min_length=1, max_length=160)
    level: str = Field(max_length=40)
    field: str | None = Field(default=None, max_length=120)
    form: str | None = Field(default=None, max_length=60)
    institution: str | None = Field(default=None, max_length=200)
    proof_number: str | None = Field(default=None, max_length=60)


class Qualification(CadreOwned, table=True):
    """The identity of a qualification."""

    id: UUID = Field(default_factory=new_id, primary_key=True)


class QualificationSpan(CadreOwned, QualificationBase, TwoClocks, table=True):
    """A qualification held from the day it was awarded (`valid_from`), as known."""

    __tablename__ = "qualification_span"
    guards: ClassVar[tuple[Guard, ...]] = (Guard("no_overlap_qualification", ("cadre_id", "kind", "name")),)
    __table_args__ = (
        period_check(),
        clock_check(),
        Index("ix_qualification_span_kind", "cadre_id", "kind", "level", "valid_from"),
    )

    qualification_id: UUID = Field(foreign_key="qualification.id", index=True)
    correction_reason: str | None = Field(default=None, max_length=500)


class QualificationCreate(QualificationBase):
    """A qualification awarded on `valid_from`."""

    model_config = FORBID

    valid_from: date
    valid_to: date | None = None


class QualificationUpdate(SQLModel):
    """A correction of a qualification (`corrects` with `reason`), or its end (`valid_to`)."""

    model_config = FORBID

    corrects: bool = False
    reason: str | None = Field(default=None, max_length=500)
    name: str | None = Field(default=None, min_length=1, max_length=160)
    level: str | None = Field(default=None, max_length=40)
    field: str | None = Field(default=None, max_length=120)
    form: str | None = Field(default=None, max_length=60)
    institution: str | None = Field(default=None, max_length=200)
    proof_number: str | None = Field(default=None, max_length=60)
    valid_from: date | None = None
    valid_to: date | None = None


class QualificationRead(QualificationBase):
    """One span of a qualification."""

    id: UUID
    row_id: UUID
    valid_from: date
    valid_to: date | None
    recorded_at: str
    superseded_at: str | None
