"""Personnel actions: bổ nhiệm and what is decided like it, from need to decision (domain §10.2, §10.3)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, Index, UniqueConstraint, column
from sqlmodel import Field, SQLModel

from app.models.base import FORBID, UnitOwned, UtcDateTime, choice, new_id, utc_now
from app.models.dossier import DecisionTold
from app.models.plan import PlannedPerson
from app.models.title import TitleRef
from app.models.unit import UnitRef


class ActionKind(StrEnum):
    """The kinds of personnel action, never merged; rotation and post change are dossiers of their own."""

    APPOINTMENT = "appointment"
    REAPPOINTMENT = "reappointment"
    RE_ELECTION = "re_election"
    DESIGNATION = "designation"
    TRANSFER = "transfer"
    SECONDMENT = "secondment"
    NOMINATION = "nomination"
    RELIEF = "relief"
    RESIGNATION = "resignation"
    END_OF_POST = "end_of_post"
    DISMISSAL = "dismissal"
    SUSPENSION = "suspension"


class Source(StrEnum):
    """Where the person comes from: from the unit's own ranks, or from elsewhere."""

    IN_HOUSE = "in_house"
    OUTSIDE = "outside"


class ActionState(StrEnum):
    """Where a personnel action stands; which of them a kind knows is its table's affair."""

    DRAFT = "draft"
    POLICY_REQUESTED = "policy_requested"
    POLICY_REFUSED = "policy_refused"
    IN_PROCESS = "in_process"
    PROPOSED = "proposed"
    HEARD = "heard"
    NOMINATED = "nominated"
    ELECTED = "elected"
    NOTIFIED = "notified"
    SELF_REVIEWED = "self_reviewed"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DECIDED = "decided"
    NOT_PASSED = "not_passed"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class TermOutcome(StrEnum):
    """What is decided when a term ends (domain §10.4)."""

    REAPPOINT = "reappoint"
    TO_RETIREMENT = "to_retirement"
    EXTEND = "extend"
    NOT_REAPPOINT = "not_reappoint"


OVER = frozenset(
    {
        ActionState.POLICY_REFUSED,
        ActionState.DECIDED,
        ActionState.NOT_PASSED,
        ActionState.PUBLISHED,
        ActionState.CANCELLED,
    }
)
"""States in which nothing is decided any more."""


class Appointment(UnitOwned, table=True):
    """A personnel action about a seat of a unit: owned by the unit of the post.

    In-house appointments open without a candidate; ends of a post and re-appointments name the assignment
    they are about. `chosen_id` is the candidate who goes to the decision.
    """

    __table_args__ = (
        CheckConstraint("(published_on IS NOT NULL) = (state = 'published')", name="published"),
        Index("ix_appointment_state", "kind", "state"),
        Index("ix_appointment_post", "post_id", "state"),
        Index("ix_appointment_assignment", "assignment_id", "state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: ActionKind = Field(sa_type=choice(ActionKind, "kind"))
    source: Source = Field(default=Source.IN_HOUSE, sa_type=choice(Source, "source"))
    head_decides: bool = False
    post_id: UUID = Field(foreign_key="post.id")
    title_id: UUID = Field(foreign_key="title.id")
    assignment_id: UUID | None = Field(default=None, foreign_key="assignment.id")
    authority_id: UUID = Field(foreign_key="unit.id", index=True)
    state: ActionState = Field(default=ActionState.DRAFT, sa_type=choice(ActionState, "state"))
    outcome: TermOutcome | None = Field(default=None, sa_type=choice(TermOutcome, "outcome"))
    reason: str | None = Field(default=None, max_length=1000)
    basis: str | None = Field(default=None, max_length=500)
    responsibility_note: str | None = Field(default=None, max_length=1000)
    opened_on: date
    policy_requested_on: date | None = None
    policy_decided_on: date | None = None
    chosen_id: UUID | None = None
    head_chose: bool = False
    opinion_on: date | None = None
    opinion_document: str | None = Field(default=None, max_length=120)
    ends_on: date | None = None
    """The last day planned of what is lent for a time."""
    created_by: UUID = Field(foreign_key="principal.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    submitted_by: UUID | None = Field(default=None, foreign_key="principal.id")
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    opened_assignment_id: UUID | None = Field(default=None, foreign_key="assignment.id")
    """The assignment that the decision opened."""
    published_on: date | None = None
    version: int = 1

    round: ClassVar[int] = 1
    """It is gone through once; plans come back every year."""


_IN = column("withdrawn_on").is_(None)


class AppointmentCandidate(UnitOwned, table=True):
    """Somebody who may be chosen; owned by the dossier's unit, whoever keeps the person's file."""

    ownership: ClassVar[str] = "unit"
    __tablename__ = "appointment_candidate"
    __table_args__ = (
        Index(
            "uq_appointment_candidate_in",
            "appointment_id",
            "cadre_id",
            unique=True,
            sqlite_where=_IN,
            postgresql_where=_IN,
        ),
        Index("ix_appointment_candidate_cadre", "cadre_id"),
        CheckConstraint("raised_at_step >= 0 AND raised_at_step <= 5", name="raised_at_step"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    appointment_id: UUID = Field(foreign_key="appointment.id", index=True)
    cadre_id: UUID = Field(foreign_key="cadre.id")
    raised_at_step: int = 0
    added_by: UUID = Field(foreign_key="principal.id")
    added_on: date
    note: str | None = Field(default=None, max_length=500)
    withdrawn_on: date | None = None
    withdrawn_note: str | None = Field(default=None, max_length=500)


class AppointmentStep(UnitOwned, table=True):
    """A meeting of the process: who was summoned, who came, how the ballots were counted."""

    ownership: ClassVar[str] = "unit"
    __tablename__ = "appointment_step"
    __table_args__ = (
        UniqueConstraint("appointment_id", "step"),
        CheckConstraint("step >= 1 AND step <= 5", name="step"),
        CheckConstraint(
            "summoned >= present AND present >= 0 AND present >= ballots_issued AND ballots_issued >= "
            "ballots_returned AND ballots_returned >= ballots_valid AND ballots_valid >= 0",
            name="counts",
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    appointment_id: UUID = Field(foreign_key="appointment.id", index=True)
    step: int
    held_on: date
    summoned: int
    present: int
    ballots_issued: int | None = None
    ballots_returned: int | None = None
    ballots_valid: int | None = None
    document: str | None = Field(default=None, max_length=120)
    explanation: str | None = Field(default=None, max_length=1000)
    recorded_by: UUID | None = Field(default=None, foreign_key="principal.id")


class AppointmentVote(UnitOwned, table=True):
    """Votes in favour of one candidate at one meeting (T3)."""

    ownership: ClassVar[str] = "unit"
    __tablename__ = "appointment_vote"
    __table_args__ = (
        UniqueConstraint("step_id", "candidate_id"),
        CheckConstraint("votes >= 0", name="votes"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    appointment_id: UUID = Field(foreign_key="appointment.id", index=True)
    step_id: UUID = Field(foreign_key="appointment_step.id")
    candidate_id: UUID = Field(foreign_key="appointment_candidate.id")
    votes: int


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
