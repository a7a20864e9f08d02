"""Succession plans: quy hoạch. Who is planned for which title of a unit in a period, and how it was voted."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, Index, UniqueConstraint, column
from sqlmodel import Field, SQLModel

from app.models.base import FORBID, UnitOwned, UtcDateTime, choice, new_id, utc_now
from app.models.dossier import DecisionTold
from app.models.title import TitleRef
from app.models.unit import UnitRef


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


# --- what is sent ----------------------------------------------------------------------------------

Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Document = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Count = Annotated[int, Field(ge=0, le=10_000)]


class PlanCreate(SQLModel):
    """A new plan; without `authority_id` the one authority of the unit's titles."""

    model_config = FORBID

    unit_id: UUID
    period: PlanPeriod
    kind: PlanKind = PlanKind.TITLES
    authority_id: UUID | None = None


class EntryCreate(SQLModel):
    """A person to plan for a title."""

    model_config = FORBID

    cadre_id: UUID
    title_id: UUID
    note: Note | None = None


class EntryUpdate(SQLModel):
    """The verdict of the yearly review (`keep`), a removal with its reason, or another note."""

    model_config = FORBID

    keep: bool | None = None
    removal_reason: RemovalReason | None = None
    note: Note | None = None


class VotesGiven(SQLModel):
    """Votes in favour of one person for one title."""

    model_config = FORBID

    entry_id: UUID
    votes: Count


class MeetingCreate(SQLModel):
    """The record of a meeting; sent again for the same step it replaces what was recorded."""

    model_config = FORBID

    step: MeetingStep
    held_on: date
    summoned: Annotated[int, Field(ge=1, le=10_000)]
    present: Count
    ballots_issued: Count | None = None
    ballots_returned: Count | None = None
    ballots_valid: Count | None = None
    document: Document | None = None
    in_favour: list[VotesGiven] = Field(default_factory=list, max_length=500)


# --- what is answered ------------------------------------------------------------------------------


class PlanJudged(SQLModel):
    """What a plan was submitted on, as it was then."""

    as_of: date
    findings: list[dict[str, Any]]
    parameter_digest: str


class PlanApproval(PlanJudged):
    """What a plan was approved on, as it was then, and the decision."""

    decision: DecisionTold


class PlanRow(SQLModel):
    """A plan in a list."""

    id: UUID
    unit: UnitRef
    period: PlanPeriod
    kind: PlanKind
    authority: UnitRef
    state: PlanState
    version: int
    round: int
    entries: int
    persons: int
    submitted_at: str | None
    published_on: date | None
    closed_on: date | None


class PlanTitle(TitleRef):
    """A title of the plan: whether it is a key title, how many seats it has, how many persons are planned."""

    is_key: bool
    seats: int | None
    planned: int


class PlanRead(PlanRow):
    """A plan with its titles and what it was approved on.

    `editable`: its state takes entries; `writable`: and this caller may change them; `changed_by`: account;
    `edits_after_submission`: changes of entries, minutes and papers since this round was first submitted.
    """

    titles: list[PlanTitle]
    editable: bool
    writable: bool
    changed_by: str | None
    changed_at: str
    edits_after_submission: int
    supplement: bool
    submitted: PlanJudged | None
    approved: PlanApproval | None


class PlannedPerson(SQLModel):
    """Who is planned; `stub`: the file is kept outside the caller's scope, the name alone is told."""

    id: UUID
    code: str
    full_name: str
    stub: bool
    redacted: bool
    birth_date: date | None
    sex: str | None
    ethnicity: str | None
    unit: UnitRef | None
    title: TitleRef | None
    party_member: bool | None
    political_theory: str | None


class EntryRead(SQLModel):
    """One person planned for one title."""

    id: UUID
    plan_id: UUID
    cadre: PlannedPerson
    title: TitleRef
    is_key: bool
    state: EntryState
    added_on: date
    note: str | None
    planned_from: date | None
    reviewed: bool
    removed_on: date | None
    reason: RemovalReason | None
    removal_note: str | None


class VotesRead(SQLModel):
    """Votes in favour of one entry."""

    entry_id: UUID
    cadre_id: UUID
    title_id: UUID
    votes: int


class MeetingRead(SQLModel):
    """A meeting; `in_favour` is empty for who doesn't read votes (T3)."""

    id: UUID
    round: int
    step: MeetingStep
    name: str
    held_on: date
    summoned: int
    present: int
    ballots_issued: int | None
    ballots_returned: int | None
    ballots_valid: int | None
    document: str | None
    in_favour: list[VotesRead] | None


class CandidateRead(SQLModel):
    """Somebody who would close the gap, and for which titles."""

    cadre: PlannedPerson
    titles: list[TitleRef]


class PlanRef(SQLModel):
    """A plan in one line."""

    id: UUID
    unit: UnitRef
    period: PlanPeriod
    kind: PlanKind
    state: PlanState


class PersonPlanRead(SQLModel):
    """A title that a person is planned for."""

    id: UUID
    plan: PlanRef
    title: TitleRef
    state: EntryState
    planned_from: date | None


class AuthorityRead(SQLModel):
    """A body that approves plans of a unit, and how many of its titles it manages."""

    kind: PlanKind
    authority: UnitRef
    titles: int
