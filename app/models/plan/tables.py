"""The rows of succession plans: plan, entries, meetings, votes."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, column
from sqlmodel import Field

from app.models.base import UnitOwned, UtcDateTime, choice, new_id, utc_now


class PlanPeriod(StrEnum):
    """The four periods of III.3.3-a: Party terms and government terms."""

    PARTY_2020 = "2020-2025"
    STATE_2021 = "2021-2026"
    PARTY_2025 = "2025-2030"
    STATE_2026 = "2026-2031"

    @property
    def begins_on(self) -> date:
        """First day of the period."""
        return date(int(self.value[:4]), 1, 1)

    @property
    def ends_on(self) -> date:
        """The day on which the period is over, which is the first of the next one of its family."""
        return date(int(self.value[5:]), 1, 1)

    def runs_on(self, day: date) -> bool:
        """True where `day` lies in the period."""
        return self.begins_on <= day < self.ends_on


class PlanKind(StrEnum):
    """Titles of a unit, or seats in its party committee (domain §10.1)."""

    TITLES = "titles"
    COMMITTEE = "committee"


class PlanState(StrEnum):
    """Where a plan stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    PUBLISHED = "published"
    IN_REVIEW = "in_review"
    CLOSED = "closed"


class EntryState(StrEnum):
    """A person planned for a title: proposed, approved, on the way out with the next approval, or out."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    LEAVING = "leaving"
    REMOVED = "removed"


class RemovalReason(StrEnum):
    """Why somebody leaves a plan (domain §7)."""

    OVER_AGE = "over_age"
    DISCIPLINE = "discipline"
    FAILED_EVALUATION = "failed_eval"
    POST_TAKEN = "post_taken"
    LEFT = "left"
    WITHDRAWN = "withdrawn"


COMPULSORY: frozenset[RemovalReason] = frozenset(
    {RemovalReason.OVER_AGE, RemovalReason.DISCIPLINE, RemovalReason.LEFT}
)
"""Reasons that take effect at once: such a removal is never held back (domain §10.10)."""


class MeetingStep(StrEnum):
    """The meetings that propose persons, in their order (domain §10.1)."""

    LEADERSHIP_1 = "leadership_1"
    KEY_CADRES = "key_cadres"
    ENLARGED = "enlarged"
    LEADERSHIP_2 = "leadership_2"


class Plan(UnitOwned, table=True):
    """A planning dossier: unit × period × approving authority (design §6)."""

    __table_args__ = (
        UniqueConstraint("unit_id", "period", "kind", "authority_id"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed"),
        Index("ix_plan_period", "period", "state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    period: PlanPeriod = Field(sa_type=choice(PlanPeriod, "period"))
    kind: PlanKind = Field(sa_type=choice(PlanKind, "kind"))
    authority_id: UUID = Field(foreign_key="unit.id", index=True)
    state: PlanState = Field(default=PlanState.DRAFT, sa_type=choice(PlanState, "state"))
    round: int = 1
    created_by: UUID = Field(foreign_key="principal.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    submitted_by: UUID | None = Field(default=None, foreign_key="principal.id")
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    published_on: date | None = None
    closed_on: date | None = None
    version: int = 1


_LIVE = column("state") != EntryState.REMOVED.value


class PlanEntry(UnitOwned, table=True):
    """A person planned for a title; owned by the plan's unit, whoever keeps the person's file."""

    ownership: ClassVar[str] = "unit"
    __tablename__ = "plan_entry"
    __table_args__ = (
        Index(
            "uq_plan_entry_live",
            "plan_id",
            "cadre_id",
            "title_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_plan_entry_cadre", "cadre_id", "state"),
        CheckConstraint("(state = 'removed') = (removed_on IS NOT NULL)", name="removed"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    cadre_id: UUID = Field(foreign_key="cadre.id")
    title_id: UUID = Field(foreign_key="title.id", index=True)
    state: EntryState = Field(default=EntryState.PROPOSED, sa_type=choice(EntryState, "state"))
    round: int = 1
    added_by: UUID = Field(foreign_key="principal.id")
    added_on: date
    note: str | None = Field(default=None, max_length=500)
    planned_from: date | None = None
    kept_in_round: int | None = None
    judged_by: UUID | None = Field(default=None, foreign_key="principal.id")
    """Who last kept or removed it in a yearly review."""
    removed_on: date | None = None
    removed_in_round: int | None = None
    removal_reason: RemovalReason | None = Field(
        default=None, sa_type=choice(RemovalReason, "removal_reason")
    )
    removal_note: str | None = Field(default=None, max_length=500)


class PlanMeeting(UnitOwned, table=True):
    """A meeting that proposed persons in one round of a plan: who was summoned, who came, what was voted."""

    ownership: ClassVar[str] = "unit"
    __tablename__ = "plan_meeting"
    __table_args__ = (
        UniqueConstraint("plan_id", "round", "step"),
        CheckConstraint(
            "summoned >= present AND present >= 0 AND present >= ballots_issued AND ballots_issued >= "
            "ballots_returned AND ballots_returned >= ballots_valid AND ballots_valid >= 0",
            name="counts",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    round: int
    step: MeetingStep = Field(sa_type=choice(MeetingStep, "step"))
    held_on: date
    summoned: int
    present: int
    ballots_issued: int | None = None
    ballots_returned: int | None = None
    ballots_valid: int | None = None
    document: str | None = Field(default=None, max_length=120)
    recorded_by: UUID | None = Field(default=None, foreign_key="principal.id")
    """Who wrote the minutes; None for those taken over from elsewhere."""


class PlanVote(UnitOwned, table=True):
    """Votes in favour of one entry at one meeting (T3)."""

    ownership: ClassVar[str] = "unit"
    __tablename__ = "plan_vote"
    __table_args__ = (
        UniqueConstraint("meeting_id", "entry_id"),
        CheckConstraint("votes >= 0", name="votes"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan_id: UUID = Field(foreign_key="plan.id", index=True)
    meeting_id: UUID = Field(foreign_key="plan_meeting.id")
    entry_id: UUID = Field(foreign_key="plan_entry.id")
    votes: int
