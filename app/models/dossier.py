"""What every dossier shares: its decisions, the steps it took, and what it was judged on (hồ sơ)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import FORBID, KeyText, UnitOwned, UtcDateTime, choice, new_id, utc_now


class DossierType(StrEnum):
    """The kinds of dossier that walk a transition table (design §6)."""

    PLAN = "plan"
    APPOINTMENT = "appointment"
    POST_CHANGE = "post_change"
    ROTATION = "rotation"
    ROTATION_PLAN = "rotation_plan"


class DossierRow(UnitOwned):
    """A row that belongs to a dossier, owned by the dossier's unit; written once, never changed."""

    ownership: ClassVar[str] = "unit"
    id: UUID = Field(default_factory=new_id, primary_key=True)
    dossier_type: DossierType = Field(sa_type=choice(DossierType, "dossier_type"))
    dossier_id: UUID


class DossierDecision(DossierRow, table=True):
    """The decision a step rests on; numbers are unique for an issuing body and the year of signing."""

    __tablename__ = "dossier_decision"
    __table_args__ = (
        CheckConstraint("effective_on >= signed_on", name="effect"),
        UniqueConstraint("issuer_id", "signed_year", "number_key"),
        Index("ix_dossier_decision_dossier", "dossier_type", "dossier_id"),
    )

    issuer_id: UUID = Field(foreign_key="unit.id")
    number: str = Field(max_length=120)
    number_key: str = Field(sa_type=KeyText)
    signed_on: date
    signed_year: int
    effective_on: date
    signer: str | None = Field(default=None, max_length=120)


class DossierStep(DossierRow, table=True):
    """One transition that was taken: from where to where, by whom, on which day, on what decision."""

    __tablename__ = "dossier_step"
    __table_args__ = (
        Index("ix_dossier_step_dossier", "dossier_type", "dossier_id", "id"),
        UniqueConstraint("dossier_type", "dossier_id", "version"),
    )

    action: str = Field(max_length=40)
    from_state: str = Field(max_length=32)
    to_state: str = Field(max_length=32)
    taken_by: UUID = Field(foreign_key="principal.id")
    taken_by_name: str = Field(max_length=120)
    taken_on: date
    recorded_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    note: str | None = Field(default=None, max_length=1000)
    decision_id: UUID | None = Field(default=None, foreign_key="dossier_decision.id")
    version: int


class DossierSnapshot(DossierRow, table=True):
    """What a step was judged on: findings, content and the digest of the law's parameters, as JSON."""

    __tablename__ = "dossier_snapshot"
    __table_args__ = (Index("ix_dossier_snapshot_dossier", "dossier_type", "dossier_id", "id"),)

    step_id: UUID = Field(foreign_key="dossier_step.id", unique=True)
    as_of: date
    findings: str
    content: str
    parameter_digest: str = Field(max_length=64)


class DecisionGiven(SQLModel):
    """The decision sent with a step: number, day of signing, day of effect, signer."""

    model_config = FORBID

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    signed_on: date
    effective_on: date
    signer: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)] | None = (
        None
    )


class TransitionCreate(SQLModel):
    """A step to take: its action, and what that action asks for."""

    model_config = FORBID

    action: str = Field(min_length=1, max_length=40)
    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)] | None = (
        None
    )
    decision: DecisionGiven | None = None
    waiver_ids: list[UUID] = Field(default_factory=list, max_length=20)


class TransitionRead(SQLModel):
    """A step this caller may or may not take now, and why; its findings are judged on today's rows.

    `due`: the dossier's state is one the step starts from; `granted`: this account takes it, in that state.
    """

    action: str
    name: str
    to: str
    due: bool
    granted: bool
    allowed: bool
    why_not: str | None
    needs: list[str]
    findings: list[dict[str, Any]]


class DecisionTold(SQLModel):
    """A decision as it was recorded."""

    number: str
    signed_on: date
    effective_on: date
    signer: str | None


class StepRead(SQLModel):
    """A step that was taken."""

    id: UUID
    action: str
    name: str
    from_state: str
    to_state: str
    taken_by: str
    taken_on: date
    recorded_at: str
    note: str | None
    decision: DecisionTold | None
    version: int
