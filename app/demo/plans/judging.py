"""What the law says of a dossier on the day of a step, from the rows as they are then."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from app.demo.people import Person
from app.demo.plans import traits
from app.demo.plans.dossiers import Dossier, Planned
from app.demo.plans.facts import Facts
from app.models.cadre import Sex
from app.models.plan import COMPULSORY, EntryState, PlanKind, PlanState
from app.models.title import ManagedBy
from app.services.law.finding import Finding
from app.services.law.parameter import Law
from app.services.law.rules import judge
from app.services.law.rules.plan import (
    SPECIALISED,
    SPECIALISED_FIELDS,
    SPECIALISED_SECTORS,
    EntryVotes,
    HigherTitleFacts,
    Meeting,
    NoOpenAppointmentFacts,
    OutsidersFacts,
    Part,
    PersonConclusion,
    PersonsPerTitleFacts,
    PersonTitles,
    PlannedBelowFacts,
    PoliticalStandardFacts,
    ProcedureFacts,
    SpecialisedShareFacts,
    TitlePersons,
    TitlesPerPersonFacts,
    WomenKeyTitleFacts,
    meeting_steps,
)

if TYPE_CHECKING:
    from uuid import UUID

    from app.demo.plans.sites import Site, Sites
    from app.demo.titles import Title

STANDS = (EntryState.APPROVED, EntryState.LEAVING)
JUDGED = (EntryState.PROPOSED, EntryState.APPROVED)


class Judging:
    """Gathers the facts that `services.compliance.plan` gathers from the database, in the same way."""

    def __init__(self, law: Law, sites: "Sites", facts: Facts) -> None:
        """Nothing is approved yet; `facts` are what is on record of persons besides their seats."""
        self.law = law
        self.sites = sites
        self.facts = facts
        self.managed: Counter[Person] = Counter()
        """Who is planned for titles of the province's committee in approved dossiers, how many times."""
        self.siblings: dict[tuple[Site, str, str], list[Dossier]] = defaultdict(list)
        self.counted: dict[UUID, Counter[tuple[Site, Title]]] = defaultdict(Counter)
        """Person to the titles of approved dossiers of titles; all periods of the demo run together."""
        self.steps: dict[date, str] = {}

    def opened(self, dossier: Dossier) -> None:
        """A dossier exists."""
        self.siblings[_key(dossier)].append(dossier)

    def count(self, dossier: Dossier, row: Planned, by: int) -> None:
        """An entry begins or ceases to be an approved one."""
        if dossier.kind is PlanKind.TITLES:
            self.counted[row.person.id][dossier.site, row.title] += by
            if row.title.managed_by is ManagedBy.PROVINCE_COMMITTEE:
                self.managed[row.person] += by

    def judge(self, dossier: Dossier, day: date) -> list[Finding]:
        """The findings on a dossier, in the order of the services."""
        own = dossier.living(*JUDGED)
        rules: Sequence[tuple[str, Callable[[], object]]] = (
            ("plan.women_key_title", lambda: self._women(dossier, own, day)),
            ("plan.persons_per_title", lambda: _persons(dossier, own)),
            ("plan.titles_per_person", lambda: self._titles(dossier, own)),
            ("plan.committee_number", lambda: traits.committee_number(dossier, own)),
            ("plan.age", lambda: traits.ages(dossier, own)),
            ("plan.higher_title", lambda: HigherTitleFacts(())),
            ("plan.political_standard", lambda: self._conclusions(dossier, own)),
            ("plan.structure", lambda: traits.structure(dossier, own, day)),
            ("plan.specialised_share", lambda: self._specialised(own, day)),
            ("plan.outsiders", lambda: self._outsiders(dossier, own, day)),
            ("plan.planned_below", lambda: self._below(dossier, own)),
            ("plan.procedure", lambda: self._procedure(dossier, own, day)),
            ("plan.no_open_appointment", lambda: NoOpenAppointmentFacts(())),
        )
        return [judge(rule, facts(), day, self.law) for rule, facts in rules]

    def _women(self, dossier: Dossier, own: Sequence[Planned], day: date) -> WomenKeyTitleFacts:
        site = dossier.site
        key = site.keys_on(day)
        everybody, women = site.strength(day)
        others = [
            row
            for other in self.siblings[_key(dossier)]
            if other is not dossier and other.state is not PlanState.CLOSED
            for row in other.entries
            if row.state in STANDS
        ]
        planned = {row.person for row in (*own, *others) if row.title in key}
        removed = {
            row.person
            for row in dossier.entries
            if row.state is EntryState.REMOVED
            and row.reason in COMPULSORY
            and row.removed_in_round == dossier.round
            and row.title in key
            and row.person.sex is Sex.FEMALE
        }
        return WomenKeyTitleFacts(
            staff=everybody,
            women=women,
            key_titles=len(key),
            dossier_has_key_titles=dossier.kind is PlanKind.TITLES
            and any(title in key for title in dossier.titles),
            women_planned=sum(person.sex is Sex.FEMALE for person in planned),
            compulsory_removals=len(removed),
        )

    def _titles(self, dossier: Dossier, own: Sequence[Planned]) -> TitlesPerPersonFacts:
        if dossier.kind is not PlanKind.TITLES:
            return TitlesPerPersonFacts(())
        titles: Mapping[UUID, set[tuple[Site, Title]]] = defaultdict(set)
        people = {row.person.id: row.person for row in own}
        for row in own:
            titles[row.person.id].add((dossier.site, row.title))
        for key in people:
            titles[key].update(pair for pair, times in self.counted[key].items() if times > 0)
        return TitlesPerPersonFacts(
            tuple(
                PersonTitles(
                    str(key),
                    f"{person.name} ({person.code})",
                    Counter(title.level.value for _, title in titles[key]),
                )
                for key, person in people.items()
            )
        )

    def conclude(self, person: Person, day: date) -> None:
        """A conclusion on somebody's political standards is on record from `day` on."""
        self.facts.concluded[person.id] = day

    def _conclusions(self, dossier: Dossier, own: Sequence[Planned]) -> PoliticalStandardFacts:
        held = [meeting.held_on for round_, meeting in dossier.meetings if round_ == dossier.round]
        proposed: dict[Person, date] = {}
        for row in own:
            if row.state is EntryState.PROPOSED:
                proposed[row.person] = min(row.added_on, proposed.get(row.person, row.added_on))
        return PoliticalStandardFacts(
            tuple(
                PersonConclusion(
                    str(person.id),
                    f"{person.name} ({person.code})",
                    min([added, *held]),
                    self.facts.concluded.get(person.id),
                )
                for person, added in proposed.items()
            )
        )

    def _specialised(self, own: Sequence[Planned], day: date) -> SpecialisedShareFacts:
        here = {
            row.person
            for row in own
            if row.title.managed_by is ManagedBy.PROVINCE_COMMITTEE and row.title.committee_seat is None
        }
        now = self.law.on(day)
        if not here or SPECIALISED not in now:
            return SpecialisedShareFacts(Part(0, 0))
        everybody = here | {person for person, times in self.managed.items() if times > 0}
        sectors, fields = now[SPECIALISED_SECTORS].choices, now[SPECIALISED_FIELDS].choices
        verdicts = [self.facts.specialised(person, day, sectors, fields) for person in everybody]
        return SpecialisedShareFacts(Part(len(verdicts), verdicts.count(True), verdicts.count(None)))

    def _outsiders(self, dossier: Dossier, own: Sequence[Planned], day: date) -> OutsidersFacts:
        people = {row.person for row in own}
        seats = [traits.seat_on(person, day) for person in people]
        outside = sum(seat is not None and self.sites.of(seat.unit) is not dossier.site for seat in seats)
        return OutsidersFacts(Part(len(people), outside, seats.count(None)))

    def _below(self, dossier: Dossier, own: Sequence[Planned]) -> PlannedBelowFacts:
        if self.sites.of(dossier.authority) is dossier.site:
            return PlannedBelowFacts(Part(0, 0))
        here = {(dossier.site, row.title) for row in own}
        highest: dict[Person, int] = {}
        for row in own:
            highest[row.person] = min(row.title.rank, highest.get(row.person, row.title.rank))
        below = sum(
            any(
                title.rank > rank
                for (site, title), times in self.counted[person.id].items()
                if times > 0 and (site, title) not in here
            )
            for person, rank in highest.items()
        )
        return PlannedBelowFacts(Part(len(highest), below))

    def _procedure(self, dossier: Dossier, own: Sequence[Planned], day: date) -> ProcedureFacts:
        proposed = [row for row in own if row.state is EntryState.PROPOSED]
        minutes = sorted(
            (meeting for round_, meeting in dossier.meetings if round_ == dossier.round),
            key=lambda meeting: meeting.held_on,
        )
        if day not in self.steps:
            self.steps[day] = meeting_steps(self.law.on(day))[-1]
        votes = {
            row: votes
            for meeting in minutes
            if meeting.step.value == self.steps[day]
            for _, row, votes in meeting.votes
        }
        return ProcedureFacts(
            needs_meetings=bool(proposed) or dossier.round == 1,
            meetings=tuple(
                Meeting(
                    meeting.step.value,
                    meeting.held_on,
                    meeting.summoned,
                    meeting.present,
                    meeting.issued,
                    meeting.returned,
                    meeting.valid,
                )
                for meeting in minutes
            ),
            votes=tuple(
                EntryVotes(
                    str(row.id), f"{row.person.name} ({row.person.code}) – {row.title.name}", votes.get(row)
                )
                for row in proposed
            ),
        )


def _key(dossier: Dossier) -> "tuple[Site, str, str]":
    return dossier.site, dossier.period.value, dossier.kind.value


def _persons(dossier: Dossier, own: Sequence[Planned]) -> PersonsPerTitleFacts:
    if dossier.kind is not PlanKind.TITLES:
        return PersonsPerTitleFacts(())
    persons: dict[Title, set[UUID]] = defaultdict(set)
    for row in own:
        persons[row.title].add(row.person.id)
    return PersonsPerTitleFacts(
        tuple(TitlePersons(str(title.id), title.name, len(found)) for title, found in persons.items())
    )
