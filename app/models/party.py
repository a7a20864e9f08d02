"""Party data and political theory: what is special category by law (T2)."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.models.base import FORBID, CadreOwned, Guard, TwoClocks, clock_check, period_check


class PoliticalTheory(StrEnum):
    """Level of political theory; a bachelor of political theory ranks as advanced (domain §3)."""

    NONE = "none"
    ELEMENTARY = "elementary"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"


class PartyMembershipBase(SQLModel):
    """Admission and full membership."""

    official_on: date | None = None
    card_number: str | None = Field(default=None, max_length=12)
    party_cell: str | None = Field(default=None, max_length=160)


class PartyMembership(CadreOwned, PartyMembershipBase, TwoClocks, table=True):
    """A person is a Party member from admission (`valid_from`) on, as known."""

    __tablename__ = "party_membership"
    guards: ClassVar[tuple[Guard, ...]] = (Guard("no_overlap_party_membership", ("cadre_id",)),)
    __table_args__ = (
        period_check(),
        clock_check(),
        Index("ix_party_membership_cadre_day", "cadre_id", "valid_from"),
    )


class PartyMembershipCreate(PartyMembershipBase):
    """Admission, or with `corrects` a correction of it."""

    model_config = FORBID

    valid_from: date
    valid_to: date | None = None
    corrects: bool = False
    reason: str | None = Field(default=None, max_length=500)


class PartyMembershipRead(PartyMembershipBase):
    """One span of Party membership."""

    row_id: UUID
    valid_from: date
    valid_to: date | None
    recorded_at: str
    superseded_at: str | None
