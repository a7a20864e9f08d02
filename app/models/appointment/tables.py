"""Tables of personnel actions, and the words they hold."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, column
from sqlmodel import Field

from app.models.base import UnitOwned, UtcDateTime, choice, new_id, utc_now


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
