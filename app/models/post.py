"""Posts: vị trí việc làm. A title in a unit, with numbered seats; vacancy is derived, never stored."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import FORBID, Guard, TwoClocks, UnitWritten, clock_check, new_id, period_check
from app.models.title import TitleRef
from app.models.unit import UnitRef


class Post(UnitWritten, table=True):
    """A title in a unit."""

    __table_args__ = (UniqueConstraint("unit_id", "title_id"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    title_id: UUID = Field(foreign_key="title.id", index=True)
    version: int = 1


class PostQuota(UnitWritten, TwoClocks, table=True):
    """How many seats a post has in a span of days (biên chế được giao)."""

    __tablename__ = "post_quota"
    guards: ClassVar[tuple[Guard, ...]] = (Guard("no_overlap_post_quota", ("post_id",)),)
    __table_args__ = (period_check(), clock_check(), CheckConstraint("quota >= 0", name="quota"))

    post_id: UUID = Field(foreign_key="post.id", index=True)
    quota: int
    basis_number: str | None = Field(default=None, max_length=120)


class PostCreate(SQLModel):
    """A title opened in a unit with a number of seats."""

    model_config = FORBID

    unit_id: UUID
    title_id: UUID
    quota: int = Field(ge=1, le=500)
    basis_number: str | None = Field(default=None, max_length=120)
    valid_from: date


class PostUpdate(SQLModel):
    """Another number of seats from `valid_from` on, or a correction of the span that holds on that day."""

    model_config = FORBID

    quota: int = Field(ge=0, le=500)
    basis_number: str | None = Field(default=None, max_length=120)
    valid_from: date
    corrects: bool = False
    reason: str | None = Field(default=None, max_length=500)


class PostTitle(TitleRef):
    """The title of a post in one line, with its place among titles."""

    rank: int


class PostRead(SQLModel):
    """A post on a day: its seats and how many are taken; that is empty where people aren't on record yet."""

    id: UUID
    unit: UnitRef
    title: PostTitle
    quota: int
    filled: int | None
    vacant: int | None
    valid_from: date
    valid_to: date | None


class PostDetail(PostRead):
    """A post with its version and all its quotas, oldest first."""

    version: int
    quotas: list["QuotaSpan"]


class QuotaSpan(SQLModel):
    """How many seats a post had in a span of days, and on what basis."""

    quota: int
    basis_number: str | None
    valid_from: date
    valid_to: date | None


class SeatHolder(SQLModel):
    """Who holds a numbered seat; of persons managed above the caller's level the name alone."""

    assignment_id: UUID
    seat_no: int
    cadre: "HolderRef"
    acting: bool
    is_main: bool | None
    valid_from: date | None
    term_ends_on: date | None


class HolderRef(SQLModel):
    """A person in one line; `stub`: the file is kept outside the caller's scope."""

    id: UUID
    code: str
    full_name: str
    stub: bool


class StaffedPost(PostRead):
    """A post with who holds its seats; seats without a holder are vacant."""

    holders: list[SeatHolder]


class SeatSum(SQLModel):
    """Seats over all posts shown."""

    quota: int
    filled: int
    vacant: int


class Staffing(SQLModel):
    """The posts of a unit on a day, who holds them, and the sums."""

    unit: UnitRef
    as_of: date
    posts: list[StaffedPost]
    total: SeatSum
