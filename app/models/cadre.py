"""Cadres: cán bộ.

The person and the single-valued groups of form 2C; the many-valued ones are tables of their own.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models.assignment import AssignmentCreate
from app.models.base import FORBID, KeyText, UnitOwned, UtcDateTime, choice, new_id, tier, utc_now
from app.models.party import PoliticalTheory
from app.models.title import ManagedBy, TitleRef
from app.models.unit import UnitRef

# SQLModel takes `regex=` and forgets it; a pattern in the annotation holds.
NationalId = Annotated[str | None, StringConstraints(pattern=r"^\d{9}(\d{3})?$")]
"""A number of nine or twelve digits (CMND, CCCD)."""


class Sex(StrEnum):
    """Sex as the record holds it."""

    FEMALE = "female"
    MALE = "male"


class BirthPrecision(StrEnum):
    """How exactly a birth date is known; a missing day or month counts as the first (domain §2)."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class LegalCategory(StrEnum):
    """The law a person serves under: cán bộ, công chức, viên chức, hợp đồng."""

    OFFICIAL = "official"
    CIVIL_SERVANT = "civil_servant"
    PUBLIC_EMPLOYEE = "public_employee"
    CONTRACT = "contract"


class MaritalStatus(StrEnum):
    """Marital status (domain §4)."""

    SINGLE = "single"
    MARRIED = "married"
    DIVORCED = "divorced"
    WIDOWED = "widowed"


class CadreFacts(SQLModel):
    """What may be left unsaid of a person, in one value each: groups 1, 2, 4 and 5 of form 2C."""

    other_names: str | None = Field(default=None, max_length=120)
    birth_date: date | None = None
    sex: Sex | None = Field(default=None, sa_type=choice(Sex, "sex"))
    ethnicity: str | None = Field(default=None, foreign_key="ethnicity.slug")
    religion: str | None = Field(default=None, max_length=60)
    birthplace: str | None = Field(default=None, max_length=200)
    birthplace_unit_id: UUID | None = Field(default=None, foreign_key="unit.id")
    hometown: str | None = Field(default=None, max_length=200)
    hometown_unit_id: UUID | None = Field(default=None, foreign_key="unit.id")
    national_id: NationalId = Field(default=None, min_length=9, max_length=12)
    national_id_issued_on: date | None = None
    social_insurance_number: str | None = Field(default=None, max_length=10)
    email: str | None = Field(default=None, max_length=120)
    phone: str | None = Field(default=None, max_length=20)
    marital_status: MaritalStatus | None = Field(
        default=None, sa_type=choice(MaritalStatus, "marital_status")
    )
    legal_category: LegalCategory | None = Field(
        default=None, sa_type=choice(LegalCategory, "legal_category")
    )
    recruited_on: date | None = None
    recruited_by: str | None = Field(default=None, max_length=200)
    main_work: str | None = Field(default=None, max_length=200)
    strength: str | None = Field(default=None, max_length=200)
    youth_union_on: date | None = None
    enlisted_on: date | None = None
    discharged_on: date | None = None
    military_rank: str | None = Field(default=None, max_length=60)
    health_status: str | None = Field(default=None, max_length=60)
    height_cm: int | None = Field(default=None, ge=80, le=230)
    weight_kg: int | None = Field(default=None, ge=25, le=250)
    blood_group: str | None = Field(default=None, max_length=4)
    disability: str | None = Field(default=None, max_length=120)
    policy_family: str | None = Field(default=None, max_length=120)


class CadreBase(CadreFacts):
    """A person in one value each."""

    full_name: str = Field(min_length=2, max_length=120)
    birth_precision: BirthPrecision = Field(
        default=BirthPrecision.DAY, sa_type=choice(BirthPrecision, "birth_precision")
    )


class Cadre(UnitOwned, CadreBase, table=True):
    """The person.

    `unit_id` keeps the file; it and `managed_by` are written by `services/assignment` alone.
    """

    __table_args__ = (
        CheckConstraint(
            "is_stub OR (birth_date IS NOT NULL AND sex IS NOT NULL)", name="birth_and_sex_unless_stub"
        ),
        CheckConstraint(
            "NOT is_stub OR (birth_date IS NULL AND sex IS NULL AND ethnicity IS NULL"
            " AND national_id IS NULL)",
            name="stub_holds_no_content",
        ),
        Index("ix_cadre_unit_name", "unit_id", "sort_key", "id"),
        # Carries what a page asks of each person, so that it walks the names without the rows.
        Index("ix_cadre_name", "sort_key", "id", "unit_id", "sex", "is_stub", "managed_by"),
        Index("ix_cadre_birth", "birth_date", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(sa_type=KeyText, unique=True)
    search_key: str = Field(sa_type=KeyText)
    sort_key: str = Field(sa_type=KeyText)
    national_id: str | None = Field(default=None, max_length=12, unique=True)
    managed_by: ManagedBy | None = Field(default=None, sa_type=choice(ManagedBy, "managed_by"))
    is_stub: bool = False
    recorded_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    changed_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    version: int = 1


class CadreCreate(CadreBase):
    """A new person with the first seat, or kept by a unit without one."""

    model_config = FORBID

    code: Annotated[str | None, StringConstraints(pattern=r"^[A-Z]{2}-\d{3,8}$")] = Field(
        default=None, min_length=3, max_length=24
    )
    birth_date: date
    sex: Sex
    ethnicity: str
    unit_id: UUID | None = None
    assignment: AssignmentCreate | None = None


class CadreUpdate(CadreFacts):
    """What changes in the person; what isn't named stays, null empties."""

    model_config = FORBID

    full_name: str | None = Field(default=None, min_length=2, max_length=120)
    birth_precision: BirthPrecision | None = None
    reason: str | None = Field(default=None, max_length=500)


class CadreRead(SQLModel):
    """A person in a list, as of a day: the fields fixed in the API contract."""

    id: UUID
    code: str
    full_name: str
    birth_date: date | None
    birth_precision: BirthPrecision | None
    sex: Sex | None
    ethnicity: str | None = Field(schema_extra=tier("T2"))
    unit: UnitRef
    title: TitleRef | None
    managed_by: ManagedBy | None
    party_member: bool | None = Field(schema_extra=tier("T2"))
    political_theory: PoliticalTheory | None = Field(schema_extra=tier("T2"))
    redacted: bool
