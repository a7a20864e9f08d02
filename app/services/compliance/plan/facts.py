"""A plan with all that its facts are made of; each method gives what one rule asks."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.cadre import Sex
from app.models.plan import EntryState, Plan, PlanKind, PlanMeeting
from app.models.title import ManagedBy
from app.services.compliance.plan import rows
from app.services.compliance.plan.rows import Elsewhere, Entry
from app.services.dated import age_on
from app.services.law.parameter import Law
from app.services.law.rules.plan import (
    HIGHER_ONLY,
    NO_APPOINTMENT,
    SPECIALISED,
    CommitteeNumberFacts,
    EntryAppointment,
    EntryRank,
    EntryVotes,
    HigherTitleFacts,
    Meeting,
    NoOpenAppointmentFacts,
    OutsidersFacts,
    Part,
    PersonBirth,
    PersonConclusion,
    PersonsPerTitleFacts,
    PersonTitles,
    PersonTraits,
    PlanAgeFacts,
    PlannedBelowFacts,
    PoliticalStandardFacts,
    ProcedureFacts,
    SeatAges,
    SeatPersons,
    SpecialisedShareFacts,
    StructureFacts,
    TitlePersons,
    TitlesPerPersonFacts,
    WomenKeyTitleFacts,
)
from app.services.scope import ScopedSession
from app.services.unit.planning import Place, Planned

MAJORITY = "persons.majority-ethnicity"
NOBODY = Part(0, 0)


@dataclass(frozen=True)
class Judged:
    """A plan as it stands on a day: `entries` are all that count for the unit, `own` those of the plan."""

    session: ScopedSession
    law: Law
    plan: Plan
    place: Place
    titles: Mapping[UUID, Planned]
    entries: Sequence[Entry]
    own: Sequence[Entry]

    # --- what several rules ask -------------------------------------------------------------------------

    @cached_property
    def people(self) -> dict[UUID, Entry]:
        """Everybody of the plan once, with one of the entries."""
        return {entry.cadre_id: entry for entry in self.own}

    @cached_property
    def proposed(self) -> list[Entry]:
        """What this round newly proposes."""
        return [entry for entry in self.own if entry.state == EntryState.PROPOSED]

    @cached_property
    def staff(self) -> rows.Staff:
        """The unit's staff."""
        return rows.staff(self.session, self.place.staffed, self.place.day, self._majority)

    @cached_property
    def meetings(self) -> Sequence[PlanMeeting]:
        """The meetings of this round, the first one first."""
        return self.session.scalars(
            select(PlanMeeting)
            .where(col(PlanMeeting.plan_id) == self.plan.id, col(PlanMeeting.round) == self.plan.round)
            .order_by(col(PlanMeeting.held_on))
        ).all()

    @cached_property
    def planned_for(self) -> dict[UUID, list[Elsewhere]]:
        """Everybody of the plan with every title planned for, over all units."""
        return rows.planned_for(self.session, self.plan, self.people, self.place.day)

    @property
    def of_titles(self) -> bool:
        """Whether it plans for titles, not for seats of a committee."""
        return self.plan.kind == PlanKind.TITLES

    @property
    def seats(self) -> list[Planned]:
        """The titles of seats that this plan is the route of; none for a plan of titles."""
        return [] if self.of_titles else [row for row in self.titles.values() if self._routes(row)]

    @property
    def _majority(self) -> str:
        return self.law.on(self.place.day)[MAJORITY].choice

    def _routes(self, title: Planned) -> bool:
        return self.place.authority(title.managed_by) == self.plan.authority_id

    # --- number -----------------------------------------------------------------------------------------

    def persons(self) -> PersonsPerTitleFacts:
        """How many persons each title of the dossier has."""
        if not self.of_titles:
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
        if not (self.of_titles and self.own):
            return TitlesPerPersonFacts(())
        counted = {key: Counter(row.level for row in self.planned_for.get(key, ())) for key in self.people}
        return TitlesPerPersonFacts(
            tuple(
                PersonTitles(
                    str(key),
                    entry.person,
                    {level: number for level, number in counted[key].items() if level},
                    counted[key][""],
                )
                for key, entry in self.people.items()
            )
        )

    def committee_number(self) -> CommitteeNumberFacts:
        """How many persons are planned for the seats of a committee, and how many seats it has."""
        persons = Counter(dict.fromkeys(self.titles, 0))
        persons.update(title for title, _ in {(entry.title_id, entry.cadre_id) for entry in self.own})
        return CommitteeNumberFacts(
            tuple(
                SeatPersons(str(row.id), row.name, row.seats or None, persons[row.id]) for row in self.seats
            )
        )

    # --- quality ----------------------------------------------------------------------------------------

    def age(self) -> PlanAgeFacts:
        """Birth and sex of everybody planned."""
        return PlanAgeFacts(
            self.plan.period.begins_on,
            tuple(
                PersonBirth(
                    str(key),
                    entry.person,
                    entry.birth_date,
                    entry.sex.value if entry.sex is not None else None,
                )
                for key, entry in self.people.items()
            ),
        )

    def political_standard(self) -> PoliticalStandardFacts:
        """Who is newly proposed, with the day of the latest conclusion."""
        if not self.proposed:
            return PoliticalStandardFacts(())
        since: dict[UUID, Entry] = {}
        for entry in self.proposed:
            if entry.cadre_id not in since or entry.added_on < since[entry.cadre_id].added_on:
                since[entry.cadre_id] = entry
        met_on = [meeting.held_on for meeting in self.meetings]
        found = rows.conclusions(self.session, since, self.place.day)
        return PoliticalStandardFacts(
            tuple(
                PersonConclusion(
                    str(key),
                    entry.person,
                    min([entry.added_on, *met_on]),
                    found.get(key),
                    on_record=not entry.is_stub,
                )
                for key, entry in since.items()
            )
        )

    # --- structure --------------------------------------------------------------------------------------

    def women(self) -> WomenKeyTitleFacts:
        """The unit's staff, its key titles and the women planned for them."""
        key = self.place.key_titles()
        planned = {entry.cadre_id: entry.sex for entry in self.entries if entry.title_id in key}
        routed = any(row.is_key and self._routes(row) for row in self.titles.values())
        return WomenKeyTitleFacts(
            staff=self.staff.everybody,
            women=self.staff.women,
            staff_unknown_sex=self.staff.unknown_sex,
            key_titles=len(key),
            dossier_has_key_titles=routed and self.of_titles,
            women_planned=sum(sex == Sex.FEMALE for sex in planned.values()),
            planned_unknown_sex=sum(sex is None for sex in planned.values()),
            compulsory_removals=rows.compulsory(self.session, self.plan, key),
        )

    def structure(self) -> StructureFacts:
        """Ages, women and minority persons of the plan, beside the unit's staff."""
        day, majority = self.place.day, self._majority

        def age(entry: Entry) -> int | None:
            return None if entry.birth_date is None else age_on(entry.birth_date, day)

        return StructureFacts(
            tuple(
                PersonTraits(
                    age(entry),
                    None if entry.sex is None else entry.sex == Sex.FEMALE,
                    None if entry.ethnicity is None else entry.ethnicity != majority,
                )
                for entry in self.people.values()
            ),
            tuple(
                SeatAges(
                    str(row.id), row.name, tuple(age(entry) for entry in self.own if entry.title_id == row.id)
                )
                for row in self.seats
            ),
            self.staff.ethnicity_known,
            self.staff.minority,
        )

    def specialised_share(self) -> SpecialisedShareFacts:
        """Who is planned for titles of the province's committee, over the province."""
        managed = {key for key, row in self.titles.items() if row.managed_by == ManagedBy.PROVINCE_COMMITTEE}
        concerned = self.of_titles and any(entry.title_id in managed for entry in self.own)
        if not (concerned and SPECIALISED in self.law.on(self.place.day)):
            return SpecialisedShareFacts(NOBODY)
        return SpecialisedShareFacts(rows.specialised_part(self.session, self.law, self.plan, self.place.day))

    def outsiders(self) -> OutsidersFacts:
        """Who of the plan works outside the unit's own bodies."""
        if not self.people:
            return OutsidersFacts(NOBODY)
        found = rows.workplaces(self.session, self.people, self.place.day)
        return OutsidersFacts(
            Part(
                len(self.people),
                sum(unit not in self.place.units for unit in found.values()),
                len(self.people) - len(found),
            )
        )

    def planned_below(self) -> PlannedBelowFacts:
        """Who of a plan that a level above approves is planned for a lower title elsewhere."""
        if self.plan.authority_id in self.place.units or not self.people:
            return PlannedBelowFacts(NOBODY)
        highest: dict[UUID, int] = {}
        for entry in self.own:
            title = self.titles.get(entry.title_id)
            if title is not None:
                highest[entry.cadre_id] = min(title.rank, highest.get(entry.cadre_id, title.rank))
        own = {(self.plan.unit_id, entry.title_id) for entry in self.own}
        below = unclear = 0
        for key in self.people:
            others = [row for row in self.planned_for.get(key, ()) if (row.unit_id, row.title_id) not in own]
            ranks = [row.rank for row in others if row.rank is not None]
            if key in highest and any(rank > highest[key] for rank in ranks):
                below += 1
            elif others and (key not in highest or len(ranks) < len(others)):
                unclear += 1
        return PlannedBelowFacts(Part(len(self.people), below, unclear))

    # --- procedure --------------------------------------------------------------------------------------

    def procedure(self) -> ProcedureFacts:
        """The meetings of this round, and the votes on whom it newly proposes."""
        votes = rows.last_votes(self.session, self.law, self.meetings, self.place.day)
        return ProcedureFacts(
            needs_meetings=bool(self.proposed) or self.plan.round == 1,
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
                for row in self.meetings
            ),
            votes=tuple(
                EntryVotes(str(entry.id), self._label(entry), votes.get(entry.id)) for entry in self.proposed
            ),
        )

    def higher_title(self) -> HigherTitleFacts:
        """What is newly proposed, beside the highest title that each person holds."""
        if not (self.of_titles and self.proposed) or HIGHER_ONLY not in self.law.on(self.place.day):
            return HigherTitleFacts(())
        held = rows.ranks(self.session, {entry.cadre_id for entry in self.proposed}, self.place.day)
        ranks = {key: title.rank for key, title in self.titles.items()}
        return HigherTitleFacts(
            tuple(
                EntryRank(
                    str(entry.id), self._label(entry), ranks.get(entry.title_id), held.get(entry.cadre_id)
                )
                for entry in self.proposed
            )
        )

    def no_open_appointment(self) -> NoOpenAppointmentFacts:
        """Who is newly proposed for a title that the same person is about to get."""
        if not self.proposed or NO_APPOINTMENT not in self.law.on(self.place.day):
            return NoOpenAppointmentFacts(())
        people = {entry.cadre_id for entry in self.proposed}
        found = rows.appointed(self.session, people, self.place.units, self.place.day)
        return NoOpenAppointmentFacts(
            tuple(
                EntryAppointment(
                    str(entry.id),
                    self._label(entry),
                    open=(entry.cadre_id, entry.title_id) in found,
                    on_record=not entry.is_stub,
                )
                for entry in self.proposed
            )
        )

    def _label(self, entry: Entry) -> str:
        title = self.titles.get(entry.title_id)
        return entry.person + (f" – {title.name}" if title is not None else "")
