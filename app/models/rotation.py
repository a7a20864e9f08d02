"""Rotation of leaders: luân chuyển. What a committee plans, and each rotation from the idea to what follows.

Never mixed with the change of posts of non-leaders, which has a clock of its own (domain §10.3, §10.5).
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, Index, UniqueConstraint, column
from sqlmodel import Field, SQLModel

from app.models.appointment import ActionJudged, DuePerson, ReminderRead
from app.models.base import FORBID, UnitOwned, UtcDateTime, choice, new_id, utc_now
from app.models.dossier import DecisionTold
from app.models.plan import PlannedPerson
from app.models.title import TitleRef
from app.models.unit import UnitRef


class RotationPlanState(StrEnum):
    """Where a rotation plan stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"


class RotationPurpose(StrEnum):
    """What a rotation is for: to train who is planned, or to place heads as the law asks (65-QĐ/TW)."""

    TRAINING = "training"
    NON_LOCAL_HEAD = "non_local_head"
    TERM_LIMIT = "term_limit"


class RotationState(StrEnum):
    """Where a rotation stands; that it is due is told by the day and never stored."""

    DRAFT = "draft"
    CONSULTED = "consulted"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    IN_ROTATION = "in_rotation"
    RETURNED = "returned"
    STAYED = "stayed"
    PROMOTED = "promoted"
    ENDED_EARLY = "ended_early"
    CANCELLED = "cancelled"


ENDED = frozenset(
    {RotationState.RETURNED, RotationState.STAYED, RotationState.PROMOTED, RotationState.ENDED_EARLY}
)
"""States after a rotation, by what came of it."""

CLOSED = ENDED | {RotationState.CANCELLED}
"""States in which nothing is decided any more."""


class RotationPlan(UnitOwned, table=True):
    """What a unit's committee rotates in a year: approved as a whole, added to by a further approval."""

    __tablename__ = "rotation_plan"
    __table_args__ = (
        UniqueConstraint("unit_id", "year", "authority_id"),
        CheckConstraint("year >= 2000 AND year <= 2100", name="year"),
        Index("ix_rotation_plan_state", "year", "state"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    year: int
    authority_id: UUID = Field(foreign_key="unit.id", index=True)
    state: RotationPlanState = Field(
        default=RotationPlanState.DRAFT, sa_type=choice(RotationPlanState, "state")
    )
    created_by: UUID = Field(foreign_key="principal.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    submitted_by: UUID | None = Field(default=None, foreign_key="principal.id")
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1

    round: ClassVar[int] = 1
    """Its files belong to the plan, whichever approval they came with."""


class RotationItem(UnitOwned, table=True):
    """One rotation that a plan names: to which seat, from when, what comes after; owned by the plan's unit.

    What was approved stays as it is; only what nobody has approved yet is changed or taken out.
    """

    ownership: ClassVar[str] = "unit"
    __tablename__ = "rotation_item"
    __table_args__ = (
        UniqueConstraint("plan_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("approved_on IS NULL OR removed_on IS NULL", name="removed"),
        Index("ix_rotation_item_post", "post_id"),
        Index("ix_rotation_item_planned", "planned_on", "approved_on"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan_id: UUID = Field(foreign_key="rotation_plan.id", index=True)
    number: int
    post_id: UUID = Field(foreign_key="post.id")
    title_id: UUID = Field(foreign_key="title.id")
    place_id: UUID = Field(foreign_key="unit.id")
    """The unit of the post: where somebody goes."""
    planned_on: date
    after: str | None = Field(default=None, max_length=500)
    approved_on: date | None = None
    removed_on: date | None = None
    added_by: UUID = Field(foreign_key="principal.id")


_TAKEN = column("state") != RotationState.CANCELLED.value


class Rotation(UnitOwned, table=True):
    """One leader's rotation, owned by the unit he goes to, whoever keeps his file."""

    ownership: ClassVar[str] = "unit"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on > begins_on", name="planned"),
        CheckConstraint("ended_on IS NULL OR began_on IS NOT NULL", name="ended"),
        Index(
            "uq_rotation_item_taken",
            "item_id",
            unique=True,
            sqlite_where=_TAKEN,
            postgresql_where=_TAKEN,
        ),
        Index("ix_rotation_state", "state"),
        Index("ix_rotation_cadre", "cadre_id", "state"),
        Index("ix_rotation_due", "ends_on", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    item_id: UUID | None = Field(default=None, foreign_key="rotation_item.id")
    post_id: UUID = Field(foreign_key="post.id")
    title_id: UUID = Field(foreign_key="title.id")
    cadre_id: UUID = Field(foreign_key="cadre.id")
    purpose: RotationPurpose = Field(
        default=RotationPurpose.TRAINING, sa_type=choice(RotationPurpose, "purpose")
    )
    from_assignment_id: UUID = Field(foreign_key="assignment.id")
    from_unit_id: UUID = Field(foreign_key="unit.id")
    from_title_id: UUID = Field(foreign_key="title.id")
    authority_id: UUID = Field(foreign_key="unit.id", index=True)
    state: RotationState = Field(default=RotationState.DRAFT, sa_type=choice(RotationState, "state"))
    opened_on: date
    begins_on: date
    """The first day as it is planned."""
    ends_on: date | None = None
    """The day on which it is planned to be over."""
    sender_heard_on: date | None = None
    sender_opinion: str | None = Field(default=None, max_length=1000)
    receiver_heard_on: date | None = None
    receiver_opinion: str | None = Field(default=None, max_length=1000)
    after_post_id: UUID | None = Field(default=None, foreign_key="post.id")
    """Where the person goes when it is over."""
    began_on: date | None = None
    ended_on: date | None = None
    opened_assignment_id: UUID | None = Field(default=None, foreign_key="assignment.id")
    after_assignment_id: UUID | None = Field(default=None, foreign_key="assignment.id")
    created_by: UUID = Field(foreign_key="principal.id")
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    submitted_by: UUID | None = Field(default=None, foreign_key="principal.id")
    submitted_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1

    round: ClassVar[int] = 1
    """It is gone through once."""


# --- what is sent ----------------------------------------------------------------------------------

After = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Opinion = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]


class RotationPlanCreate(SQLModel):
    """A new plan; `authority_id` left out: the party committee of the unit's own level."""

    model_config = FORBID

    unit_id: UUID
    year: Annotated[int, Field(ge=2000, le=2100)]
    authority_id: UUID | None = None


class RotationItemCreate(SQLModel):
    """A rotation to plan: the seat, the day it begins, what comes after."""

    model_config = FORBID

    post_id: UUID
    planned_on: date
    after: After | None = None


class RotationItemUpdate(SQLModel):
    """What changes of an item that nobody has approved yet."""

    model_config = FORBID

    planned_on: date | None = None
    after: After | None = None


class RotationCreate(SQLModel):
    """A new rotation: by an item of an approved plan, or (`post_id`) of a seat that no plan names.

    `begins_on` left out: the day the item plans, else today.
    """

    model_config = FORBID

    item_id: UUID | None = None
    post_id: UUID | None = None
    cadre_id: UUID
    purpose: RotationPurpose = RotationPurpose.TRAINING
    begins_on: date | None = None
    ends_on: date | None = None


class RotationUpdate(SQLModel):
    """Days, the opinions of both units with the day each was heard, and where the person goes afterwards."""

    model_config = FORBID

    begins_on: date | None = None
    ends_on: date | None = None
    sender_heard_on: date | None = None
    sender_opinion: Opinion | None = None
    receiver_heard_on: date | None = None
    receiver_opinion: Opinion | None = None
    after_post_id: UUID | None = None


# --- what is answered ------------------------------------------------------------------------------


class RotationPlanRow(SQLModel):
    """A plan in a list; `items`: how many rotations it names, `begun`: how many of those began by today."""

    id: UUID
    unit: UnitRef
    year: int
    authority: UnitRef
    state: RotationPlanState
    version: int
    items: int
    begun: int
    submitted_at: str | None


class RotationPlanRead(RotationPlanRow):
    """One plan. `editable`: its state takes items; `writable`: and this caller may enter them."""

    editable: bool
    writable: bool
    decision: DecisionTold | None


class RotationItemRead(SQLModel):
    """A planned rotation. `state`: proposed, approved, or that of the rotation made of it."""

    id: UUID
    plan_id: UUID
    number: int
    post_id: UUID
    title: TitleRef
    place: UnitRef
    planned_on: date
    after: str | None
    approved_on: date | None
    state: str
    rotation_id: UUID | None
    began_on: date | None


class RotationRow(SQLModel):
    """A rotation in a list; `unit`: where to, `sender`: where from; `due`: its planned end is reached."""

    id: UUID
    cadre: PlannedPerson
    unit: UnitRef
    title: TitleRef
    sender: UnitRef
    sender_title: TitleRef
    authority: UnitRef
    purpose: RotationPurpose
    item_id: UUID | None
    state: RotationState
    due: bool
    version: int
    begins_on: date
    ends_on: date | None
    began_on: date | None
    ended_on: date | None


class RotationRead(RotationRow):
    """A rotation with what both units said and what it was decided on.

    `returns_from`: the first day on which the law lets the person return; None before it began.
    """

    post_id: UUID
    from_assignment_id: UUID
    opened_on: date
    sender_heard_on: date | None
    sender_opinion: str | None
    receiver_heard_on: date | None
    receiver_opinion: str | None
    after_post_id: UUID | None
    after: str | None
    opened_assignment_id: UUID | None
    after_assignment_id: UUID | None
    returns_from: date | None
    editable: bool
    writable: bool
    submitted_at: str | None
    submitted: ActionJudged | None
    decided: ActionJudged | None
    decision: DecisionTold | None
    ended: ActionJudged | None


class RotationDueRead(SQLModel):
    """A rotation whose planned end nears or has passed; `legal_day`: from when on a return is lawful."""

    cadre: DuePerson
    rotation_id: UUID
    assignment_id: UUID | None
    title: TitleRef
    unit: UnitRef
    due_on: date
    legal_day: date | None
    days_left: int
    overdue_days: int
    reminders: list[ReminderRead]
    state: str


class SensitiveRead(SQLModel):
    """A leader in a sensitive field: months in the post, and whether a move is planned (measures only)."""

    cadre: DuePerson
    assignment_id: UUID
    title: TitleRef
    unit: UnitRef
    since: date
    months: int
    limit_months: int
    planned: bool
