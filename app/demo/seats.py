"""Seats and posts, as the other modules read them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from app.demo.ids import FIRST_DAY
from app.demo.titles import Title
from app.demo.tree import Unit

STAFF_TIER = 9
"""The tier of those without a leading post."""


@dataclass(slots=True, eq=False)
class Seat:
    """A numbered seat of a post. `tier` 1 is the top of its `org`, 9 are those without a leading post."""

    index: int
    post: "Post"
    no: int
    org: str
    tier: int
    mirrors: "Seat | None" = None
    vacant_since: date | None = None
    acting: bool = False
    opens: date = FIRST_DAY

    @property
    def unit(self) -> Unit:
        """Where the seat is."""
        return self.post.unit

    @property
    def title(self) -> Title:
        """What its holder is."""
        return self.post.title


@dataclass(slots=True, eq=False)
class Post:
    """A title in a unit with its seats; `spare` seats are in the quota and empty."""

    id: UUID
    unit: Unit
    title: Title
    spare: int = 0
    seats: list[Seat] = field(default_factory=list)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """`total` split in proportion to `weights` by largest remainder; ties go to the earlier."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts
