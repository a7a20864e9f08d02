"""Residence: where a person is registered and lives, dated on two clocks (T2)."""

from datetime import date
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.models.base import FORBID, CadreOwned, Guard, TwoClocks, choice, clock_check, period_check


class ResidenceKind(StrEnum):
    """Registered (thường trú) or actual (nơi ở hiện nay)."""

    PERMANENT = "permanent"
    CURRENT = "current"


class ResidenceBase(SQLModel):
    """Where."""

    kind: ResidenceKind = Field(sa_type=choice(ResidenceKind, "kind"))
    address: str = Field(min_length=1, max_length=200)
    commune_unit_id: UUID | None = Field(default=None, foreign_key="unit.id")


class Residence(CadreOwned, ResidenceBase, TwoClocks, table=True):
    """Where a person lived in a span of days, as known."""

    guards: ClassVar[tuple[Guard, ...]] = (Guard("no_overlap_residence", ("cadre_id", "kind")),)
    __table_args__ = (period_check(), clock_check())


class ResidenceCreate(ResidenceBase):
    """A residence from `valid_from` on, or with `corrects` a correction of the one that holds on that day."""

    model_config = FORBID

    valid_from: date
    valid_to: date | None = None
    corrects: bool = False
    reason: str | None = Field(default=None, max_length=500)


class ResidenceRead(ResidenceBase):
    """One span of residence."""

    row_id: UUID
    valid_from: date
    valid_to: date | None
    recorded_at: str
    superseded_at: str | None
