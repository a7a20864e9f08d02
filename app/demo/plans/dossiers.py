"""What a dossier of the demo is before it is written: persons, and what happens to it on which day."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from app.demo.people import Person
from app.demo.plans.sites import Site
from app.demo.titles import Title
from app.demo.tree import Unit
from app.models.plan import EntryState, MeetingStep, PlanKind, PlanPeriod, PlanState, RemovalReason


class Act(StrEnum):
    """What happens to a dossier; the steps of its transition table bear their own names."""

    CREATE = "create"
    ADD = "add"
    MEET = "meet"
    CONCLUDE = "conclude"
    KEEP = "keep"
    REMOVE = "remove"
    SUBMIT = "submit"
    RETURN = "return"
    APPROVE = "approve"
    PUBLISH = "publish"
    REVIEW = "review"
    CLOSE = "close"


@dataclass(slots=True, eq=False)
class Planned:
    """A person planned for a title of a dossier, with what became of it."""

    person: Person
    title: Title
    id: UUID = field(init=False)
    state: EntryState = EntryState.PROPOSED
    round: int = 1
    added_on: date = date.max
    planned_from: date | None = None
    kept_in_round: int | None = None
    removed_on: date | None = None
    removed_in_round: int | None = None
    reason: RemovalReason | None = None
    removal_note: str | None = None


@dataclass(slots=True, eq=False)
class Meeting:
    """Who was summoned and who came; `weak`: the first person voted on gets half of the votes, no more."""

    step: MeetingStep
    summoned: int
    present: int
    weak: bool = False


@dataclass(slots=True, eq=False)
class Event:
    """One thing that happens on a day."""

    day: date
    act: Act
    entry: Planned | None = None
    meeting: Meeting | None = None
    note: str | None = None
    reason: RemovalReason | None = None


@dataclass(slots=True, eq=False)
class Dossier:
    """A plan of a unit for a period and an authority, and how far it has come."""

    site: Site
    authority: Unit
    period: PlanPeriod
    kind: PlanKind
    titles: list[Title]
    events: list[Event] = field(default_factory=list)
    entries: list[Planned] = field(default_factory=list)
    """Those added so far, while it is walked."""

    id: UUID = field(init=False)
    state: PlanState = PlanState.DRAFT
    round: int = 1
    version: int = 1
    created_by: UUID = field(init=False)
    submitted_by: UUID | None = None
    submitted_on: date | None = None
    created_on: date = date.max
    published_on: date | None = None
    closed_on: date | None = None
    meetings: list[tuple[int, "Minutes"]] = field(default_factory=list)
    """Round and minutes."""

    def happens(
        self,
        day: date,
        act: Act,
        *,
        entry: Planned | None = None,
        meeting: Meeting | None = None,
        note: str | None = None,
        reason: RemovalReason | None = None,
    ) -> None:
        """Notes one more event; they are noted in the order of their days."""
        self.events.append(Event(day, act, entry, meeting, note, reason))

    def living(self, *states: EntryState) -> list[Planned]:
        """Entries in one of `states`, in the order of their ids, as the rules read them."""
        return sorted((row for row in self.entries if row.state in states), key=lambda row: row.id.int)


@dataclass(slots=True, eq=False)
class Minutes:
    """A meeting as it was recorded, with the votes of each entry."""

    id: UUID
    step: MeetingStep
    held_on: date
    summoned: int
    present: int
    issued: int | None = None
    returned: int | None = None
    valid: int | None = None
    votes: list[tuple[UUID, Planned, int]] = field(default_factory=list)
    """Id of the vote, entry, votes in favour."""
