"""What a plan is judged on, read from the rows wherever they are: one statement for each kind of fact."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import col

from app.models.appointment import OVER, ActionKind, Appointment, AppointmentCandidate
from app.models.assignment import AssignmentKind, AssignmentSpan
from app.models.cadre import Cadre, LegalCategory, Sex
from app.models.plan import (
    COMPULSORY,
    EntryState,
    Plan,
    PlanEntry,
    PlanKind,
    PlanMeeting,
    PlanPeriod,
    PlanState,
    PlanVote,
)
from app.models.record import PoliticalConclusion
from app.models.title import ManagedBy, TitleVersion
from app.services.dated import begun, live, on_record, to_come
from app.services.law.parameter import Law, NotInForce
from app.services.law.rules.plan import SPECIALISED_FIELDS, SPECIALISED_SECTORS, Part, meeting_steps
from app.services.scope import ScopedSession, everywhere
from app.services.specialised import specialised

STANDS = (EntryState.APPROVED, EntryState.LEAVING)
"""Entries that an approved dossier still holds: who is to leave stays until the next approval."""

JUDGED = (EntryState.PROPOSED, EntryState.APPROVED)
"""Entries that the dossier judged would hold once it is approved."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A live entry that counts, with what the rules ask of the person; None: nobody entered it."""

    id: UUID
    plan_id: UUID
    unit_id: UUID
    cadre_id: UUID
    title_id: UUID
    state: EntryState
    round: int
    added_on: date
    code: str
    full_name: str
    sex: Sex | None
    birth_date: date | None
    ethnicity: str | None
    is_stub: bool

    @property
    def person(self) -> str:
        """Who it is, as every reader of the plan sees it."""
        return f"{self.full_name} ({self.code})"


@dataclass(frozen=True, slots=True)
class Staff:
    """Who is on the payroll of a planning unit, women among them, and those of a minority.

    `ethnicity_known` is what the last are a part of.
    """

    everybody: int
    women: int
    unknown_sex: int
    ethnicity_known: int
    minority: int


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A title of a unit that a person is planned for, with its level and rank on the day, if it has them."""

    unit_id: UUID
    title_id: UUID
    level: str
    rank: int | None


def counted_entry(plan: Plan) -> ColumnElement[bool]:
    """Entries that count when `plan` is judged: its own as they would be, others' as they were approved."""
    own = and_(col(PlanEntry.plan_id) == plan.id, col(PlanEntry.state).in_(JUDGED))
    other = and_(
        col(PlanEntry.plan_id) != plan.id,
        col(PlanEntry.state).in_(STANDS),
        col(Plan.state) != PlanState.CLOSED,
    )
    return or_(own, other)


def entries_of(session: ScopedSession, plan: Plan) -> list[Entry]:
    """The entries that count in the unit's plans of this period and kind, with who is planned."""
    rows = everywhere(session, because="who is planned counts whoever keeps the file").execute(
        select(
            col(PlanEntry.id),
            col(PlanEntry.plan_id),
            col(PlanEntry.unit_id),
            col(PlanEntry.cadre_id),
            col(PlanEntry.title_id),
            col(PlanEntry.state),
            col(PlanEntry.round),
            col(PlanEntry.added_on),
            col(Cadre.code),
            col(Cadre.full_name),
            col(Cadre.sex),
            col(Cadre.birth_date),
            col(Cadre.ethnicity),
            col(Cadre.is_stub),
        )
        .join(Plan, col(Plan.id) == col(PlanEntry.plan_id))
        .join(Cadre, col(Cadre.id) == col(PlanEntry.cadre_id))
        .where(
            col(Plan.unit_id) == plan.unit_id,
            col(Plan.period) == plan.period,
            col(Plan.kind) == plan.kind,
            counted_entry(plan),
        )
        .order_by(col(PlanEntry.id))
    )
    return [Entry(*row) for row in rows]


def staff(session: ScopedSession, units: Iterable[UUID], day: date, majority: str) -> Staff:
    """Officials, civil servants and public employees on the payroll of `units` on `day` (domain §10.10).

    Contracts don't count. Everybody is of a minority whose ethnicity is on record and is not `majority`.
    """

    def those(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((and_(*conditions), 1), else_=0)), 0)

    rows = everywhere(session, because="the staff of a planning unit is counted").execute(
        select(
            func.count(),
            those(col(Cadre.sex) == Sex.FEMALE),
            those(col(Cadre.sex).is_(None)),
            those(col(Cadre.ethnicity).is_not(None)),
            those(col(Cadre.ethnicity) != majority),
        )
        .select_from(AssignmentSpan)
        .join(Cadre, col(Cadre.id) == col(AssignmentSpan.cadre_id))
        .where(
            col(AssignmentSpan.unit_id).in_(set(units)),
            col(AssignmentSpan.is_main),
            col(AssignmentSpan.kind) != AssignmentKind.SECONDMENT,
            live(AssignmentSpan, day),
            or_(col(Cadre.legal_category).is_(None), col(Cadre.legal_category) != LegalCategory.CONTRACT),
        )
    )
    return Staff(*map(int, rows.one()))


def compulsory(session: ScopedSession, plan: Plan, key_titles: set[UUID]) -> int:
    """Women who had to leave key titles in this round of the plan: the «bổ sung» task (domain §10.10)."""
    rows = everywhere(session, because="who is planned counts whoever keeps the file").execute(
        select(func.count(func.distinct(col(PlanEntry.cadre_id))))
        .join(Cadre, col(Cadre.id) == col(PlanEntry.cadre_id))
        .where(
            col(PlanEntry.plan_id) == plan.id,
            col(PlanEntry.state) == EntryState.REMOVED,
            col(PlanEntry.removal_reason).in_(COMPULSORY),
            # Who was only proposed never was in the plan, and leaves no gap in it.
            col(PlanEntry.planned_from).is_not(None),
            col(PlanEntry.removed_in_round) == plan.round,
            col(PlanEntry.title_id).in_(key_titles),
            col(Cadre.sex) == Sex.FEMALE,
        )
    )
    return int(rows.scalar_one())


def overlapping_periods(period: PlanPeriod) -> list[PlanPeriod]:
    """The periods that share a day with `period`, itself included."""
    return [
        other for other in PlanPeriod if other.begins_on < period.ends_on and period.begins_on < other.ends_on
    ]


def planned_for(
    session: ScopedSession, plan: Plan, people: Iterable[UUID], day: date
) -> dict[UUID, list[Elsewhere]]:
    """Person to every title planned for: in approved dossiers of titles of all units, and in this one."""
    rows = everywhere(session, because="a person's titles are counted over all units").execute(
        select(
            col(PlanEntry.cadre_id),
            col(PlanEntry.unit_id),
            col(PlanEntry.title_id),
            col(TitleVersion.level),
            col(TitleVersion.rank),
        )
        .distinct()
        .join(Plan, col(Plan.id) == col(PlanEntry.plan_id))
        .outerjoin(
            TitleVersion,
            and_(col(TitleVersion.title_id) == col(PlanEntry.title_id), live(TitleVersion, day)),
        )
        .where(
            col(PlanEntry.cadre_id).in_(set(people)),
            col(Plan.kind) == PlanKind.TITLES,
            col(Plan.period).in_(overlapping_periods(plan.period)),
            counted_entry(plan),
        )
    )
    found: dict[UUID, list[Elsewhere]] = defaultdict(list)
    for cadre_id, unit_id, title_id, level, rank in rows:
        found[cadre_id].append(Elsewhere(unit_id, title_id, level.value if level is not None else "", rank))
    return found


def titles_of(
    session: ScopedSession, plan: Plan, people: Iterable[UUID], day: date
) -> dict[UUID, Counter[str]]:
    """Person to the number of titles planned for, by level: approved dossiers of all units, and this one."""
    found = planned_for(session, plan, people, day)
    return {key: Counter(row.level for row in rows) for key, rows in found.items()}


def workplaces(session: ScopedSession, people: Collection[UUID], day: date) -> dict[UUID, UUID]:
    """Person to the unit of the main seat on `day`; nobody without one."""
    rows: Any = everywhere(session, because="whether somebody is from outside the unit is counted").execute(
        select(col(AssignmentSpan.cadre_id), col(AssignmentSpan.unit_id)).where(
            col(AssignmentSpan.cadre_id).in_(set(people)),
            col(AssignmentSpan.is_main),
            live(AssignmentSpan, day),
        )
    )
    return dict(rows.all())


def ranks(session: ScopedSession, people: Collection[UUID], day: date) -> dict[UUID, int]:
    """Person to the rank of the highest title held on `day`, acting left out; nobody without one."""
    rows: Any = everywhere(session, because="the title held is compared, whoever keeps it").execute(
        select(col(AssignmentSpan.cadre_id), func.min(col(TitleVersion.rank)))
        .join(
            TitleVersion,
            and_(col(TitleVersion.title_id) == col(AssignmentSpan.title_id), live(TitleVersion, day)),
        )
        .where(
            col(AssignmentSpan.cadre_id).in_(set(people)),
            col(AssignmentSpan.acting).is_(False),
            live(AssignmentSpan, day),
        )
        .group_by(col(AssignmentSpan.cadre_id))
    )
    return dict(rows.all())


def conclusions(session: ScopedSession, people: Collection[UUID], day: date) -> dict[UUID, date]:
    """Person to the day of the latest political-standard conclusion up to `day`; never what it says."""
    rows: Any = everywhere(session, because="whether a conclusion is on record, whoever keeps it").execute(
        select(
            col(PoliticalConclusion.cadre_id),
            func.max(col(PoliticalConclusion.concluded_on)),
        )
        .where(
            col(PoliticalConclusion.cadre_id).in_(set(people)),
            on_record(PoliticalConclusion),
            begun(col(PoliticalConclusion.concluded_on), day),
        )
        .group_by(col(PoliticalConclusion.cadre_id))
    )
    return dict(rows.all())


def appointed(
    session: ScopedSession, people: Collection[UUID], units: Collection[UUID], day: date
) -> set[tuple[UUID, UUID]]:
    """(person, title) of appointments and nominations in `units`: under way, or decided and yet to begin."""
    under_way = everywhere(session, because="an appointment under way stops a plan")
    decided: Any = select(col(AssignmentSpan.cadre_id), col(AssignmentSpan.title_id)).where(
        col(AssignmentSpan.cadre_id).in_(set(people)),
        col(AssignmentSpan.unit_id).in_(set(units)),
        to_come(AssignmentSpan, day),
    )
    proposed: Any = (
        select(col(AppointmentCandidate.cadre_id), col(Appointment.title_id))
        .join(Appointment, col(Appointment.id) == col(AppointmentCandidate.appointment_id))
        .where(
            col(AppointmentCandidate.cadre_id).in_(set(people)),
            col(AppointmentCandidate.withdrawn_on).is_(None),
            col(Appointment.unit_id).in_(set(units)),
            col(Appointment.kind).in_((ActionKind.APPOINTMENT, ActionKind.NOMINATION)),
            col(Appointment.state).not_in(OVER),
        )
    )
    rows = [*under_way.execute(decided), *under_way.execute(proposed)]
    return {(row.cadre_id, row.title_id) for row in rows}


def specialised_part(session: ScopedSession, law: Law, plan: Plan, day: date) -> Part:
    """Who is planned for titles of the province's committee, here and in approved dossiers of all units."""
    now = law.on(day)
    people = (
        select(col(PlanEntry.cadre_id).label("cadre_id"))
        .distinct()
        .join(Plan, col(Plan.id) == col(PlanEntry.plan_id))
        .join(
            TitleVersion,
            and_(
                col(TitleVersion.title_id) == col(PlanEntry.title_id),
                live(TitleVersion, day),
                col(TitleVersion.managed_by) == ManagedBy.PROVINCE_COMMITTEE,
            ),
        )
        .where(
            col(Plan.kind) == PlanKind.TITLES,
            col(Plan.period).in_(overlapping_periods(plan.period)),
            counted_entry(plan),
        )
        .subquery("planned")
    )
    counts, missing = specialised(
        people.c.cadre_id,
        day,
        sectors=now[SPECIALISED_SECTORS].choices,
        fields=now[SPECIALISED_FIELDS].choices,
    )
    judged = select(case((counts, 1), (missing, -1), else_=0).label("verdict")).select_from(people).subquery()
    rows = everywhere(session, because="specialised sectors are counted over the province").execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((judged.c.verdict == 1, 1), else_=0)), 0),
            func.coalesce(func.sum(case((judged.c.verdict == -1, 1), else_=0)), 0),
        ).select_from(judged)
    )
    return Part(*map(int, rows.one()))


def last_votes(
    session: ScopedSession, law: Law, meetings: Sequence[PlanMeeting], day: date
) -> dict[UUID, int]:
    """Entry to its votes at the last meeting that the rule set of the day names."""
    try:
        last = meeting_steps(law.on(day))[-1]
    except NotInForce:
        return {}
    ids = [row.id for row in meetings if row.step.value == last]
    rows: Any = session.execute(
        select(col(PlanVote.entry_id), col(PlanVote.votes)).where(col(PlanVote.meeting_id).in_(ids))
    )
    return dict(rows.all())
