"""Waivers: trường hợp đặc biệt. What an authority lets one dossier do against one rule, in writing."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import FORBID, KeyText, UnitOwned, UtcDateTime, choice, new_id, utc_now
from app.models.dossier import DecisionTold, DossierRow, DossierType
from app.models.unit import UnitRef


class WaiverScope(StrEnum):
    """How far a waiver reaches: the whole dossier, or one person of it."""

    DOSSIER = "dossier"
    PERSON = "person"


class WaiverState(StrEnum):
    """Where a waiver stands on a day; `expired` is told by the day and never stored."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    REVOKED = "revoked"


class Waiver(UnitOwned, table=True):
    """A written exception of a dossier to a rule, by the body that decides it; owned by the dossier's unit.

    `expires_on` is the last day on which it holds. Only a revocation ever changes a row.
    """

    ownership: ClassVar[str] = "unit"
    __table_args__ = (
        UniqueConstraint("authority_id", "signed_year", "number_key"),
        CheckConstraint("expires_on >= signed_on", name="expiry"),
        CheckConstraint("(scope = 'person') = (cadre_id IS NOT NULL)", name="person"),
        CheckConstraint("(revoked_at IS NULL) = (revocation_reason IS NULL)", name="revoked"),
        Index("ix_waiver_dossier", "dossier_type", "dossier_id", "rule"),
        Index("ix_waiver_signed", "signed_on", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    dossier_type: DossierType = Field(sa_type=choice(DossierType, "dossier_type"))
    dossier_id: UUID
    rule: str = Field(max_length=60)
    authority_id: UUID = Field(foreign_key="unit.id")
    document_number: str = Field(max_length=120)
    number_key: str = Field(sa_type=KeyText)
    signed_on: date
    signed_year: int
    reason: str = Field(max_length=1000)
    scope: WaiverScope = Field(default=WaiverScope.DOSSIER, sa_type=choice(WaiverScope, "scope"))
    cadre_id: UUID | None = Field(default=None, foreign_key="cadre.id")
    expires_on: date
    recorded_by: UUID = Field(foreign_key="principal.id")
    recorded_by_name: str = Field(max_length=120)
    recorded_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    revoked_by: UUID | None = Field(default=None, foreign_key="principal.id")
    revoked_by_name: str | None = Field(default=None, max_length=120)
    revoked_on: date | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revocation_reason: str | None = Field(default=None, max_length=1000)
    version: int = 1


class WaiverUse(DossierRow, table=True):
    """One step that was taken on a waiver; written with the step, never changed."""

    __tablename__ = "waiver_use"
    __table_args__ = (
        UniqueConstraint("waiver_id", "step_id"),
        Index("ix_waiver_use_step", "step_id"),
    )

    waiver_id: UUID = Field(foreign_key="waiver.id")
    step_id: UUID = Field(foreign_key="dossier_step.id")


# --- what is sent ----------------------------------------------------------------------------------

_Number = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
_Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class DossierNamed(SQLModel):
    """A dossier by its kind and id."""

    model_config = FORBID

    type: DossierType
    id: UUID


class WaiverCreate(SQLModel):
    """A waiver to record; `authority_id` left out: the body that decides the dossier.

    `cadre_id` names the person where `scope` is `person`, which a plan doesn't take.
    """

    model_config = FORBID

    rule: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
    dossier: DossierNamed
    authority_id: UUID | None = None
    document_number: _Number
    signed_on: date
    reason: _Reason
    scope: WaiverScope = WaiverScope.DOSSIER
    cadre_id: UUID | None = None
    expires_on: date


class RevocationCreate(SQLModel):
    """Why a waiver no longer holds."""

    model_config = FORBID

    reason: _Reason


# --- what is answered ------------------------------------------------------------------------------


class DossierTold(SQLModel):
    """A dossier that a waiver is about; `name`: what kind of dossier it is, in Vietnamese."""

    type: DossierType
    id: UUID
    name: str


class RevocationRead(SQLModel):
    """When a waiver was taken back, by whom and why."""

    on: date
    at: str
    by: str | None
    reason: str


class WaiverRow(SQLModel):
    """A waiver in the register. `state` is that of today; `used`: how many steps were taken on it."""

    id: UUID
    rule: str
    clause: str | None
    dossier: DossierTold
    unit: UnitRef | None
    authority_id: UUID
    authority: UnitRef | None
    document_number: str
    signed_on: date
    reason: str
    scope: WaiverScope
    cadre_id: UUID | None
    expires_on: date
    state: WaiverState
    used: int
    recorded_by: str
    recorded_at: str
    revocation: RevocationRead | None
    version: int


class UseRead(SQLModel):
    """A step that rests on a waiver, with its dossier and, where it had one, its decision."""

    step_id: UUID
    dossier: DossierTold
    action: str
    taken_by: str
    taken_on: date
    decision: DecisionTold | None


class WaiverRead(WaiverRow):
    """One waiver with every step that was taken on it, the first one first."""

    uses: list[UseRead]
