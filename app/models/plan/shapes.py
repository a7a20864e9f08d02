"""What is sent about succession plans and what is answered."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints
from sqlmodel import Field, SQLModel

from app.models.base import FORBID
from app.models.dossier import DecisionTold
from app.models.plan.tables import EntryState, MeetingStep, PlanKind, PlanPeriod, PlanState, RemovalReason
from app.models.title import TitleRef
from app.models.unit import UnitRef

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
