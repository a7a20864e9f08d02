"""What personnel actions are sent as and answered with."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import StringConstraints
from sqlmodel import Field, SQLModel

from app.models.appointment.tables import ActionKind, ActionState, Source, TermOutcome
from app.models.base import FORBID
from app.models.dossier import DecisionTold
from app.models.plan import PlannedPerson
from app.models.title import TitleRef
from app.models.unit import UnitRef

# --- what is sent ----------------------------------------------------------------------------------

Note = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]
Document = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Count = Annotated[int, Field(ge=0, le=10_000)]


class AppointmentCreate(SQLModel):
    """A new personnel action.

    About a seat to fill: `post_id`, and `cadre_id` where the person is named at once (all but in-house
    appointments by five steps). About a seat held: `assignment_id`; an end also its `reason` and `basis`.
    """

    model_config = FORBID

    kind: ActionKind
    source: Source = Source.IN_HOUSE
    head_decides: bool = False
    post_id: UUID | None = None
    assignment_id: UUID | None = None
    cadre_id: UUID | None = None
    outcome: TermOutcome | None = None
    reason: Long | None = None
    basis: Note | None = None
    responsibility_note: Long | None = None
    ends_on: date | None = None


class AppointmentUpdate(SQLModel):
    """What is added while the dossier is open: who is chosen, what the head answers for, opinions."""

    model_config = FORBID

    chosen_id: UUID | None = None
    head_chose: bool | None = None
    outcome: TermOutcome | None = None
    reason: Long | None = None
    basis: Note | None = None
    responsibility_note: Long | None = None
    opinion_on: date | None = None
    opinion_document: Document | None = None
    ends_on: date | None = None


class CandidateCreate(SQLModel):
    """Somebody to be voted on, and the step at which the name came up."""

    model_config = FORBID

    cadre_id: UUID
    raised_at_step: Annotated[int, Field(ge=0, le=5)] = 0
    note: Note | None = None


class VotesGiven(SQLModel):
    """Votes in favour of one candidate."""

    model_config = FORBID

    cadre_id: UUID
    votes: Count


class StepCreate(SQLModel):
    """The record of a meeting; sent again for the same step it replaces what was recorded."""

    model_config = FORBID

    step: Annotated[int, Field(ge=1, le=5)]
    held_on: date
    summoned: Annotated[int, Field(ge=1, le=10_000)]
    present: Count
    ballots_issued: Count | None = None
    ballots_returned: Count | None = None
    ballots_valid: Count | None = None
    document: Document | None = None
    explanation: Long | None = None
    in_favour: list[VotesGiven] = Field(default_factory=list, max_length=50)


# --- what is answered ------------------------------------------------------------------------------


class ActionJudged(SQLModel):
    """What a step was taken on, as it was then, and the decision if it rests on one."""

    as_of: date
    findings: list[dict[str, Any]]
    parameter_digest: str
    decision: DecisionTold | None = None


class AppointmentRow(SQLModel):
    """A personnel action in a list."""

    id: UUID
    kind: ActionKind
    source: Source
    head_decides: bool
    unit: UnitRef
    title: TitleRef
    authority: UnitRef
    state: ActionState
    version: int
    opened_on: date
    candidates: int
    cadre: PlannedPerson | None
    submitted_at: str | None
    published_on: date | None


class AppointmentRead(AppointmentRow):
    """A personnel action with what it was submitted and decided on.

    `editable`: its state takes changes; `writable`: and this caller may make them; `route`: which steps its
    law asks for.
    """

    post_id: UUID
    assignment_id: UUID | None
    outcome: TermOutcome | None
    reason: str | None
    basis: str | None
    responsibility_note: str | None
    policy_requested_on: date | None
    policy_decided_on: date | None
    chosen_id: UUID | None
    head_chose: bool
    opinion_on: date | None
    opinion_document: str | None
    ends_on: date | None
    opened_assignment_id: UUID | None
    route: str
    editable: bool
    writable: bool
    submitted: ActionJudged | None
    decided: ActionJudged | None
    decision: DecisionTold | None


class CandidateRead(SQLModel):
    """Somebody who may be chosen, with what the law says of him (eligibility)."""

    id: UUID
    cadre: PlannedPerson
    raised_at_step: int
    added_on: date
    note: str | None
    withdrawn_on: date | None
    withdrawn_note: str | None
    chosen: bool
    findings: list[dict[str, Any]]


class VotesRead(SQLModel):
    """Votes in favour of one candidate."""

    cadre_id: UUID
    full_name: str
    votes: int


class ParticipantsRead(SQLModel):
    """Who takes part in a meeting, in words, and how many those were on its day; None: nobody can tell."""

    text: str
    expected: int | None


class StepRead(SQLModel):
    """A meeting; `in_favour` is None for who doesn't read votes (T3).

    `participants` is None for a step that is no meeting and where no norm says who takes part.
    """

    id: UUID
    step: int
    name: str
    held_on: date
    summoned: int
    present: int
    ballots_issued: int | None
    ballots_returned: int | None
    ballots_valid: int | None
    document: str | None
    explanation: str | None
    participants: ParticipantsRead | None
    in_favour: list[VotesRead] | None


class ReminderRead(SQLModel):
    """A day before a term's end on which the rule set reminds; `legal`: the one the law asks for."""

    name: str
    on: date
    past: bool


class DuePerson(SQLModel):
    """Whose term ends."""

    id: UUID
    code: str
    full_name: str


class DueRead(SQLModel):
    """A term that ends; `state`: due, overdue, or that of the dossier about it (`appointment_id`)."""

    cadre: DuePerson
    assignment_id: UUID
    title: TitleRef
    unit: UnitRef
    due_on: date
    legal_day: date | None
    days_left: int
    overdue_days: int
    reminders: list[ReminderRead]
    state: str
    appointment_id: UUID | None
