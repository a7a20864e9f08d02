"""What the law says of a succession plan, from the rows as they stand on a day (III.3.3)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlmodel import col

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
from app.models.title import TitleVersion
from app.services.dated import live
from app.services.law.finding import Finding
from app.services.law.parameter import Law, NotInForce
from app.services.law.rules import judge
from app.services.law.rules.plan import (
    EntryVotes,
    Meeting,
    PersonsPerTitleFacts,
    PersonTitles,
    ProcedureFacts,
    TitlePersons,
    TitlesPerPersonFacts,
    WomenKeyTitleFacts,
    meeting_steps,
)
from app.services.scope import ScopedSession, everywhere
from app.services.unit.planning import Place, Planned

WOMEN_KEY_TITLE = "plan.women_key_title"
PERSONS_PER_TITLE = "plan.persons_per_title"
TITLES_PER_PERSON = "plan.titles_per_person"
PROCEDURE = "plan.procedure"

STANDS = (EntryState.APPROVED, EntryState.LEAVING)
"""Entries that an approved dossier still holds: who is to leave stays until the next approval."""

JUDGED = (EntryState.PROPOSED, EntryState.APPROVED)
"""Entries that the dossier judged would hold once it is approved."""


@dataclass(frozen=True, slots=True)
class _Entry:
    id: UUID
    plan_id: UUID
    unit_id: UUID
    cadre_id: UUID
    title_id: UUID
    state: EntryState
    round: int
    code: str
    full_name: str
    sex: Sex | None


def counted_entry(plan: Plan) -> ColumnElement[bool]:
    """Entries that count when `plan` is judged: its own as they would be, others' as they were approved."""
    own = and_(col(PlanEntry.plan_id) == plan.id, col(PlanEntry.state).in_(JUDGED))
    other = and_(
        col(PlanEntry.plan_id) != plan.id,
        col(PlanEntry.state).in_(STANDS),
        col(Plan.state) != PlanState.CLOSED,
    )
    return or_(own, other)


def judge_plan(session: ScopedSession, law: Law, plan: Plan, place: Place) -> list[Finding]:
    """What the law of the place's day says of a plan; blocking findings refuse submission and approval.

    Persons and dossiers of other units are counted, whoever may see them; a finding names only persons of the
    plan itself, whom every reader of the plan sees by name.
    """
    entries = _entries(session, plan)
    own = [entry for entry in entries if entry.plan_id == plan.id]
    judged = _Judged(session, law, plan, place, place.titles(plan.kind), entries, own)
    return [
        judge(rule_id, facts(), place.day, law)
        for rule_id, facts in (
            (WOMEN_KEY_TITLE, judged.women),
            (PERSONS_PER_TITLE, judged.persons),
            (TITLES_PER_PERSON, judged.titles_per_person),
            (PROCEDURE, judged.procedure),
        )
    ]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A plan with all that its facts are made of."""

    session: ScopedSession
    law: Law
    plan: Plan
    place: Place
    titles: Mapping[UUID, Planned]
    entries: Sequence[_Entry]
    own: Sequence[_Entry]

    def women(self) -> WomenKeyTitleFacts:
        """The unit's staff, its key titles and the women planned for them."""
        of_titles = self.plan.kind == PlanKind.TITLES
        key = self.place.key_titles()
        everybody, women, unknown = staff(self.session, self.place.staffed, self.place.day)
        planned = {entry.cadre_id: entry.sex for entry in self.entries if entry.title_id in key}
        routed = any(
            row.is_key and self.place.authority(row.managed_by) == self.plan.authority_id
            for row in self.titles.values()
        )
        return WomenKeyTitleFacts(
            staff=everybody,
            women=women,
            staff_unknown_sex=unknown,
            key_titles=len(key),
            dossier_has_key_titles=routed and of_titles,
            women_planned=sum(sex == Sex.FEMALE for sex in planned.values()),
            planned_unknown_sex=sum(sex is None for sex in planned.values()),
            compulsory_removals=_compulsory(self.session, self.plan, key),
        )

    def persons(self) -> PersonsPerTitleFacts:
        """How many persons each title of the dossier has."""
        if self.plan.kind != PlanKind.TITLES:
            return PersonsPerTitleFacts(())
        persons: dict[UUID, set[UUID]] = defaultdict(set)
        for entry in self.own:
            persons[entry.title_id].add(entry.cadre_id)
        return PersonsPerTitleFacts(
            tuple(
                TitlePersons(str(key), self.titles[key].name, len(found))
                if key in self.titles
                else TitlePersons(str(key), "chức danh không còn ở đơn vị", 0, len(found))
                for key, found in persons.items()
            )
        )

    def titles_per_person(self) -> TitlesPerPersonFacts:
        """How many titles each person of the dossier is planned for, over all units."""
        if self.plan.kind != PlanKind.TITLES or not self.own:
            return TitlesPerPersonFacts(())
        people = {entry.cadre_id: f"{entry.full_name} ({entry.code})" for entry in self.own}
        counted = titles_of(self.session, self.plan, people, self.place.day)
        return TitlesPerPersonFacts(
            tuple(
                PersonTitles(
                    str(key),
                    label,
                    {level: number for level, number in counted[key].items() if level},
                    counted[key][""],
                )
                for key, label in people.items()
            )
        )

    def procedure(self) -> ProcedureFacts:
        """The meetings of this round, and the votes on whom it newly proposes."""
        proposed = [entry for entry in self.own if entry.state == EntryState.PROPOSED]
        meetings = self.session.scalars(
            select(PlanMeeting)
            .where(col(PlanMeeting.plan_id) == self.plan.id, col(PlanMeeting.round) == self.plan.round)
            .order_by(col(PlanMeeting.held_on))
        ).all()
        votes = _last_votes(self.session, self.law, meetings, self.place.day)
        return ProcedureFacts(
            needs_meetings=bool(proposed) or self.plan.round == 1,
            meetings=tuple(
                Meeting(
                    row.step.value,
                    row.held_on,
                    row.summoned,
                    row.present,
                    row.ballots_issued,
                    row.ballots_returned,
                    row.ballots_valid,
                )
                for row in meetings
            ),
            votes=tuple(
                EntryVotes(str(entry.id), _label(entry, self.titles), votes.get(entry.id))
                for entry in proposed
            ),
        )


def _entries(session: ScopedSession, plan: Plan) -> list[_Entry]:
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
            col(Cadre.code),
            col(Cadre.full_name),
            col(Cadre.sex),
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
    return [_Entry(*row) for row in rows]


def staff(session: ScopedSession, units: Iterable[UUID], day: date) -> tuple[int, int, int]:
    """Officials, civil servants and public employees on the payroll of `units` on `day` (domain §10.10).

    Gives all, the women among them, and those whose sex nobody entered; contracts don't count.
    """
    rows = everywhere(session, because="the staff of a planning unit is counted").execute(
        select(
            func.count(),
            func.coalesce(func.sum(case((col(Cadre.sex) == Sex.FEMALE, 1), else_=0)), 0),
            func.coalesce(func.sum(case((col(Cadre.sex).is_(None), 1), else_=0)), 0),
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
    everybody, women, unknown = rows.one()
    return int(everybody), int(women), int(unknown)


def _compulsory(session: ScopedSession, plan: Plan, key_titles: set[UUID]) -> int:
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


def titles_of(
    session: ScopedSession, plan: Plan, people: Iterable[UUID], day: date
) -> dict[UUID, Counter[str]]:
    """Person to the number of titles planned for, by level: approved dossiers of all units, and this one."""
    rows = everywhere(session, because="a person's titles are counted over all units").execute(
        select(
            col(PlanEntry.cadre_id), col(PlanEntry.unit_id), col(PlanEntry.title_id), col(TitleVersion.level)
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
    found: dict[UUID, Counter[str]] = defaultdict(Counter)
    for cadre_id, _unit, _title, level in rows:
        found[cadre_id][level.value if level is not None else ""] += 1
    return found


def _label(entry: _Entry, titles: Mapping[UUID, Planned]) -> str:
    title = titles.get(entry.title_id)
    return f"{entry.full_name} ({entry.code})" + (f" – {title.name}" if title is not None else "")


def _last_votes(
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
