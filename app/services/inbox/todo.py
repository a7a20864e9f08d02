"""One thing to do, as a source finds it, before names are put to its ids."""

from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any
from uuid import UUID

from app.models.dossier import DossierType


class Urgency(IntEnum):
    """What comes before what; within each, what is due first."""

    TERM_OVER = 0
    """A re-appointment past the end of the term: the resolution wants none (III.3.5-a)."""
    OVERDUE = 1
    AHEAD = 2
    OPEN = 3
    """No day is set; what has waited longest comes first."""


@dataclass(frozen=True, slots=True)
class Todo:
    """Something the caller may do now; `key` is the dossier's or the assignment's id."""

    key: UUID
    unit_id: UUID
    actions: tuple[tuple[str, str], ...]
    """Names and labels of what he may do."""
    dossier: DossierType | None = None
    cadre_id: UUID | None = None
    title_id: UUID | None = None
    """The title of a term that has no dossier yet; dossiers have names of their own."""
    state: str | None = None
    state_name: str | None = None
    since: date | None = None
    """The day of the dossier's last step, or of its opening; None for a term without one."""
    due_on: date | None = None
    is_term: bool = False

    def late(self, day: date) -> int:
        """Days past the day it was due."""
        return max((day - self.due_on).days, 0) if self.due_on is not None else 0

    def place(self, day: date) -> tuple[Any, ...]:
        """Where it stands in the list of `day`."""
        if self.due_on is None:
            return (int(Urgency.OPEN), self.since or date.min, self.key)
        if self.is_term and self.due_on <= day:
            return (int(Urgency.TERM_OVER), self.due_on, self.key)
        urgency = Urgency.OVERDUE if self.due_on < day else Urgency.AHEAD
        return (int(urgency), self.due_on, self.key)
