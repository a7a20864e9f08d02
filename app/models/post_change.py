"""Post changes: chuyển đổi vị trí công tác of who isn't a leader, in a post that has a limit (III.3.5-g)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, Index, column
from sqlmodel import Field, SQLModel

from app.models.appointment import ActionJudged, DuePerson
from app.models.base import FORBID, UnitOwned, UtcDateTime, choice, new_id, utc_now
from app.models.dossier import DecisionTold
from app.models.plan import PlannedPerson
from app.models.title import TitleRef
from app.models.unit import UnitRef


class PostChangeOutcome(StrEnum):
    """What is decided: another post, or that the person stays for a time."""

    CHANGE = "change"
    EXEMPT = "exempt"


class ExemptReason(StrEnum):
    """Why somebody stays in a post beyond its limit (domain §7)."""

    ONLY_POST = "only_post"
    NEAR_RETIREMENT = "near_retirement"
    ILLNESS = "illness"
    MATERNITY = "maternity"
    UNDER_REVIEW = "under_review"
    OTHER = "other"


class PostChangeState(StrEnum):
    """Where a dossier stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    RETURNED = "returned"
    DECIDED = "decided"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ClockState(StrEnum):
    """Where the clock of a holder stands; the due day itself is `due`, the last day in time."""

    DUE_SOON = "due_soon"
    DUE = "due"
    OVERDUE = "overdue"
    EXEMPT = "exempt"


UNDER_WAY = frozenset({PostChangeState.DRAFT, PostChangeState.PROPOSED, PostChangeState.RETURNED})
"""States in which the decision still lies ahead."""

IN_EFFECT = frozenset({PostChangeState.DECIDED, PostChangeState.PUBLISHED, PostChangeState.CLOSED})
"""States that follow a decision."""


_OPEN = column("state").in_(["draft", "proposed", "returned"])


class PostChange(UnitOwned, table=True):
    """A dossier about somebody who holds a post with a limit: owned by the unit of the post.

    `effective_on` is the day of effect of its decision; `exempt_ends_on` the last day on which an exemption
    holds.
    """

    ownership: ClassVar[str] = "unit"
    __tablename__ = "post_change"
    __table_args__ = (
        CheckConstraint("(published_on IS NULL) OR state IN ('published', 'closed')", name="published"),
        CheckConstraint(
            "(effective_on IS NOT NULL) = (state IN ('decided', 'published', 'closed'))", name="decided"
        ),
        CheckConstraint("exempt_ends_on IS NULL OR outcome = 'exempt'", name="exempt"),
        CheckConstraint("new_post_id IS NULL OR outcome = 'change'", name="change"),
        Index("ix_post_change_state", "state"),
        Index(
            "uq_post_change_under_way",
            "assignment_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_post_change_assignment", "assignment_id", "state"),
        Index("ix_post_change_cadre", "cadre_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    cadre_id: UUID = Field(foreign_key="cadre.id")
    assignment_id: UUID = Field(foreign_key="assignment.id")
    post_id: UUID = Field(foreign_key="post.id")
    title_id: UUID = Field(foreign_key="title.id")
    authority_id: UUID = Field(foreign_key="unit.id", index=True)
    outcome: PostChangeOutcome = Field(sa_type=choice(PostChangeOutcome, "outcome"))
    new_post_id: UUID | None = Field(default=None, foreign_key="post.id")
    exempt_reason: ExemptReason | None = Field(default=None, sa_type=choice(ExemptReason, "exempt_reason"))
    exempt_ends_on: date | None = None
    reason: str | None = Field(default=None, max_length=1000)
    state: PostChangeState = Field(default=PostChangeState.DRAFT, sa_type=choice(PostChangeState, "state"))
    opened_on: date
    created_by: UUID = Field(foreign_key="principal.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    proposed_by: UUID | None = Field(default=None, foreign_key="principal.id")
    proposed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    effective_on: date | None = None
    opened_assignment_id: UUID | None = Field(default=None, foreign_key="assignment.id")
    """The assignment that the decision opened."""
    published_on: date | None = None
    version: int = 1

    round: ClassVar[int] = 1
    """It is gone through once."""


# --- what is sent ----------------------------------------------------------------------------------

Long = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class PostChangeCreate(SQLModel):
    """A new dossier about a seat that somebody holds.

    A change names its `new_post_id`, an exemption its `exempt_reason` and `exempt_ends_on` (the last day), at
    the latest before it is proposed.
    """

    model_config = FORBID

    assignment_id: UUID
    outcome: PostChangeOutcome = PostChangeOutcome.CHANGE
    new_post_id: UUID | None = None
    exempt_reason: ExemptReason | None = None
    exempt_ends_on: date | None = None
    reason: Long | None = None


class PostChangeUpdate(SQLModel):
    """What is proposed, as long as the dossier is open; another `outcome` drops what belongs to the first."""

    model_config = FORBID

    outcome: PostChangeOutcome | None = None
    new_post_id: UUID | None = None
    exempt_reason: ExemptReason | None = None
    exempt_ends_on: date | None = None
    reason: Long | None = None


# --- what is answered ------------------------------------------------------------------------------


class PostTold(SQLModel):
    """A post by its title and unit."""

    id: UUID
    title: TitleRef
    unit: UnitRef


class PostChangeRow(SQLModel):
    """A dossier in a list; why somebody stays may be his health, so that it is told to who reads T2."""

    id: UUID
    cadre: PlannedPerson
    unit: UnitRef
    title: TitleRef
    authority: UnitRef
    outcome: PostChangeOutcome
    new_post: PostTold | None
    exempt_reason: ExemptReason | None
    exempt_ends_on: date | None
    state: PostChangeState
    version: int
    opened_on: date
    effective_on: date | None
    published_on: date | None


class PostChangeRead(PostChangeRow):
    """A dossier with its clock and what it was proposed and decided on.

    `editable`: its state takes changes; `writable`: and this caller may make them.
    """

    post_id: UUID
    assignment_id: UUID
    reason: str | None
    since: date | None
    limit_months: int | None
    due_on: date | None
    proposed_at: str | None
    opened_assignment_id: UUID | None
    editable: bool
    writable: bool
    proposed: ActionJudged | None
    decided: ActionJudged | None
    decision: DecisionTold | None


class ExemptionTold(SQLModel):
    """Why and until which day, the last one, somebody stays; the reason is told to who reads T2."""

    reason: ExemptReason | None
    until: date


class PostChangeDue(SQLModel):
    """A holder whose limit comes near, is reached or past, or who is exempt from it for now.

    `post_change_id`: the dossier about it that is under way, in `dossier_state`.
    """

    cadre: DuePerson
    assignment_id: UUID
    title: TitleRef
    unit: UnitRef
    since: date
    limit_months: int
    due_on: date
    days_left: int
    overdue_days: int
    state: ClockState
    exempt: ExemptionTold | None
    post_change_id: UUID | None
    dossier_state: PostChangeState | None
