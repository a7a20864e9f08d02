"""Seats, plans, standards and meetings, as personnel actions are judged by them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlmodel import col

from app.models.appointment import Appointment, AppointmentStep, AppointmentVote
from app.models.assignment import AssignmentSpan
from app.models.code import CodeItem
from app.models.plan import EntryState, Plan, PlanEntry, PlanKind, PlanPeriod, PlanState
from app.models.post import Post, PostQuota
from app.models.title import StandardKind, TitleStandard, TitleVersion
from app.models.unit import UnitClosure, Via
from app.services.compliance.appointment.rows.people import People, grouped
from app.services.dated import begun, known, live, shares_days
from app.services.scope import ScopedSession, everywhere

STANDING = (PlanState.APPROVED, PlanState.PUBLISHED, PlanState.IN_REVIEW, PlanState.SUBMITTED)
"""States of a plan whose approved entries stand, also while it is being reviewed."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A main seat of a person: since when, until when, the rank of its title, whether it leads."""

    title_id: UUID
    unit_id: UUID
    valid_from: date
    valid_to: date | None
    rank: int
    leads: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """A title that somebody is planned for, and since when."""

    unit_id: UUID
    title_id: UUID
    rank: int
    planned_from: date


@dataclass(frozen=True, slots=True)
class Asked:
    """One standard of a title with the rank of its minimum; None: the list has no such code."""

    kind: StandardKind
    minimum: str | None
    clause: str
    rank: int | None
    name: str | None


def seats(session: ScopedSession, post: Post, day: date, *, but: UUID | None) -> tuple[int | None, int, int]:
    """(seats, held, promised) of a post on `day`; `but`: an assignment that isn't counted.

    Promised are seats that somebody takes later and nobody leaves before.
    """
    spans = everywhere(session, because="a vacancy counts whoever holds the seats").execute(
        select(
            col(AssignmentSpan.seat_no),
            func.min(col(AssignmentSpan.valid_from)).label("since"),
        )
        .where(
            col(AssignmentSpan.post_id) == post.id,
            shares_days(AssignmentSpan, day, None),
            # Who leaves later holds the seat still: it is free from that day on, not before.
            *([] if but is None else [col(AssignmentSpan.assignment_id) != but]),
        )
        .group_by(col(AssignmentSpan.seat_no))
    )
    rows = spans.all()
    held = sum(row.since <= day for row in rows)
    return quota(session, post, day), held, len(rows) - held


def quota(session: ScopedSession, post: Post, day: date) -> int | None:
    """How many seats a post has on `day`; None: nobody entered it."""
    return session.scalars(
        select(col(PostQuota.quota)).where(col(PostQuota.post_id) == post.id, live(PostQuota, day))
    ).first()


@dataclass(frozen=True, slots=True)
class Term:
    """A seat that is held: since when, and when its term ends."""

    valid_from: date
    ends_on: date | None


def term(session: ScopedSession, assignment_id: UUID | None, day: date) -> Term | None:
    """The seat that a dossier is about; None where it has ended by `day`."""
    found = everywhere(session, because="when a term ends, whoever keeps the file").execute(
        select(col(AssignmentSpan.valid_from), col(AssignmentSpan.term_ends_on)).where(
            col(AssignmentSpan.assignment_id) == assignment_id, live(AssignmentSpan, day)
        )
    )
    row = found.first()
    return None if row is None else Term(*row)


def main_seats(session: ScopedSession, people: People, day: date) -> dict[UUID, list[Seat]]:
    """Person to the main seats up to `day`, the latest first, each with its title as it is on the day."""
    span, title = AssignmentSpan, TitleVersion
    rows = everywhere(session, because="how long a post was held counts wherever it was").execute(
        select(
            col(span.cadre_id),
            col(span.title_id),
            col(span.unit_id),
            col(span.valid_from),
            col(span.valid_to),
            col(title.rank),
            col(title.is_leadership),
        )
        .join(
            title,
            and_(
                col(title.title_id) == col(span.title_id),
                live(title, day),
            ),
        )
        .where(
            col(span.cadre_id).in_(people),
            col(span.is_main),
            col(span.acting).is_(False),
            known(span),
            begun(col(span.valid_from), day),
        )
        .order_by(col(span.valid_from).desc())
    )
    return grouped(rows, Seat)


def planned_for(session: ScopedSession, people: People, day: date) -> dict[UUID, list[Planned]]:
    """Person to titles planned for, in approved plans of titles whose period runs on `day`."""
    running = [period for period in PlanPeriod if period.runs_on(day)]
    rows = everywhere(session, because="who is planned counts whichever unit planned him").execute(
        select(
            col(PlanEntry.cadre_id),
            col(PlanEntry.unit_id),
            col(PlanEntry.title_id),
            col(TitleVersion.rank),
            col(PlanEntry.planned_from),
        )
        .join(Plan, col(Plan.id) == col(PlanEntry.plan_id))
        .join(
            TitleVersion,
            and_(col(TitleVersion.title_id) == col(PlanEntry.title_id), live(TitleVersion, day)),
        )
        .where(
            col(PlanEntry.cadre_id).in_(people),
            col(PlanEntry.state).in_((EntryState.APPROVED, EntryState.LEAVING)),
            col(PlanEntry.planned_from).is_not(None),
            begun(col(PlanEntry.planned_from), day),
            col(Plan.kind) == PlanKind.TITLES,
            col(Plan.period).in_(running),
            col(Plan.state).in_(STANDING),
        )
    )
    return grouped(rows, Planned)


def standards(session: ScopedSession, title_id: UUID, day: date) -> list[Asked]:
    """What a title asks of its holder on `day`."""
    rows = session.execute(
        select(
            col(TitleStandard.kind),
            col(TitleStandard.minimum),
            col(TitleStandard.clause),
            col(CodeItem.rank),
            col(CodeItem.name),
        )
        .outerjoin(
            CodeItem,
            and_(
                col(CodeItem.list_id) == col(TitleStandard.kind),
                col(CodeItem.code) == col(TitleStandard.minimum),
            ),
        )
        .where(col(TitleStandard.title_id) == title_id, live(TitleStandard, day))
        .order_by(col(TitleStandard.kind))
    )
    return [Asked(*row) for row in rows]


def ancestors(session: ScopedSession, unit_id: UUID, day: date) -> list[UUID]:
    """The unit and what stands above it on `day`, nearest first."""
    return list(
        session.scalars(
            select(col(UnitClosure.ancestor_id))
            .where(
                col(UnitClosure.descendant_id) == unit_id,
                col(UnitClosure.via) == Via.TREE,
                live(UnitClosure, day),
            )
            .order_by(col(UnitClosure.depth))
        )
    )


def meetings(session: ScopedSession, row: Appointment) -> list[AppointmentStep]:
    """The meetings held, in the order of the steps."""
    return list(
        session.scalars(
            select(AppointmentStep)
            .where(col(AppointmentStep.appointment_id) == row.id)
            .order_by(col(AppointmentStep.step))
        )
    )


def votes(session: ScopedSession, row: Appointment) -> dict[UUID, list[tuple[UUID, int]]]:
    """Meeting to (candidate, votes); counted for the law, whoever may see them."""
    found: dict[UUID, list[tuple[UUID, int]]] = {}
    rows: Any = session.execute(
        select(
            col(AppointmentVote.step_id), col(AppointmentVote.candidate_id), col(AppointmentVote.votes)
        ).where(col(AppointmentVote.appointment_id) == row.id)
    )
    for step_id, candidate_id, number in rows:
        found.setdefault(step_id, []).append((candidate_id, number))
    return found
