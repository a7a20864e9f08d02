"""A personnel action with all that its facts are made of; each method gives what one rule asks."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from app.models.appointment import ActionKind, Appointment, AppointmentCandidate, Source, TermOutcome
from app.models.cadre import Cadre
from app.models.title import ManagedBy, StandardKind, TitleVersion
from app.models.unit import UnitKind
from app.services.compliance.appointment import rows
from app.services.compliance.appointment.known import Known, Seat
from app.services.law.parameter import LawOn
from app.services.law.retirement import months_left
from app.services.law.rules.appointment import (
    AgeFullTermFacts,
    ConclusionFacts,
    DeclarationFacts,
    DossierFacts,
    EvaluationFacts,
    KinshipFacts,
    Measure,
    MeetingFacts,
    OpinionFacts,
    PlanChangedFacts,
    PlannedFacts,
    ResponsibilityFacts,
    Standard,
    StandardsFacts,
    TenureFacts,
    TimeBarFacts,
    VacancyFacts,
    Votes,
    YearGrade,
)
from app.services.law.rules.reappointment import (
    ConsecutiveTermsFacts,
    OnTimeFacts,
    ReappointmentKind,
    ReappointmentKindFacts,
)
from app.services.scope import ScopedSession

STANDARD_NAMES = {
    StandardKind.EDUCATION: "trình độ chuyên môn",
    StandardKind.POLITICAL_THEORY: "lý luận chính trị",
    StandardKind.STATE_MANAGEMENT: "quản lý nhà nước",
    StandardKind.FOREIGN_LANGUAGE: "ngoại ngữ",
    StandardKind.IT: "tin học",
    StandardKind.PARTY_MEMBER: "đảng viên",
    StandardKind.FIELD: "chuyên ngành đào tạo",
}
RELATION_NAMES = {
    "father": "cha",
    "mother": "mẹ",
    "spouse": "vợ hoặc chồng",
    "child": "con",
    "sibling": "anh, chị, em",
    "father_in_law": "cha vợ hoặc cha chồng",
    "mother_in_law": "mẹ vợ hoặc mẹ chồng",
    "sibling_in_law": "anh, chị, em bên vợ hoặc bên chồng",
}
STATE_BODIES = frozenset({UnitKind.PEOPLE_COMMITTEE, UnitKind.DEPARTMENT, UnitKind.DIVISION})
"""Bodies of the state, whose titles the people's committee's party body gives an opinion on (§10.2)."""

WITHOUT_PLAN = frozenset({ActionKind.SECONDMENT})
"""Who is lent keeps his post; a plan isn't asked."""


@dataclass(frozen=True)
class Judged:
    """One dossier on a day, with the person it is judged for; None while nobody is chosen."""

    session: ScopedSession
    row: Appointment
    seat: Seat
    known: Known
    candidate: AppointmentCandidate | None
    person: Cadre | None
    day: date
    law: LawOn
    route: str
    labels: dict[UUID, str]
    """Candidate to the name that every reader of the dossier sees."""

    # --- what several rules ask -------------------------------------------------------------------------

    @property
    def label(self) -> str:
        """Whom the finding is about."""
        return self.labels[self.candidate.id] if self.candidate is not None else "Người được chọn"

    @property
    def _cadre_id(self) -> UUID:
        assert self.candidate is not None  # noqa: S101 - rules on a person are asked of a person
        return self.candidate.cadre_id

    @property
    def title(self) -> TitleVersion:
        """The title that is to be held."""
        return self.seat.title

    @property
    def seats(self) -> list[rows.Seat]:
        """The main seats so far, the latest first."""
        return self.known.seats.get(self._cadre_id, [])

    @property
    def present(self) -> rows.Seat | None:
        """The main seat held on the day."""
        return next((seat for seat in self.seats if seat.valid_to is None or seat.valid_to > self.day), None)

    @property
    def first_or_higher(self) -> bool:
        """Whether the title is the first to lead by, or stands above the present one."""
        return self.present is None or not self.present.leads or self.present.rank > self.title.rank

    @property
    def planned(self) -> list[rows.Planned]:
        """What the person is planned for."""
        return self.known.planned.get(self._cadre_id, [])

    # --- number and person ------------------------------------------------------------------------------

    def vacancy(self) -> VacancyFacts:
        """The seats of the post, without the one that this dossier is about."""
        seats, held, promised = rows.seats(self.session, self.seat.post, self.day, but=self.row.assignment_id)
        return VacancyFacts(self.title.name, seats, held, promised)

    def planned_for(self) -> PlannedFacts:
        """Whether the person is planned for the title here, or for an equal or higher one anywhere."""
        exempt = self.row.kind in WITHOUT_PLAN or (
            self.row.kind in {ActionKind.TRANSFER, ActionKind.DESIGNATION} and not self.first_or_higher
        )
        return PlannedFacts(
            self.label,
            outsider=self._outsider,
            planned_for_title=any(self._here(plan) for plan in self.planned),
            planned_equal_or_higher=any(plan.rank <= self.title.rank for plan in self.planned),
            exempt=exempt,
        )

    def plan_changed(self) -> PlanChangedFacts:
        """When the person came into the plan for this title."""
        here = [plan.planned_from for plan in self.planned if self._here(plan)]
        since = min(here, default=None)
        return PlanChangedFacts(
            self.label,
            planned_from=since,
            opened_on=self.row.opened_on,
            planned_after_opening=since is not None and since > self.row.opened_on,
        )

    def _here(self, plan: rows.Planned) -> bool:
        return plan.title_id == self.row.title_id and plan.unit_id in self.seat.line

    @property
    def _outsider(self) -> bool:
        if self.row.kind == ActionKind.APPOINTMENT:
            return self.row.source == Source.OUTSIDE
        return self.present is None or self.present.unit_id not in self.seat.line

    def standards(self) -> StandardsFacts:
        """What the title asks, and what the person has."""
        return StandardsFacts(self.label, tuple(self._standard(one) for one in self.seat.asked))

    def _standard(self, asked: rows.Asked) -> Standard:
        name, key = STANDARD_NAMES[asked.kind], self._cadre_id
        if asked.kind == StandardKind.PARTY_MEMBER:
            return Standard(asked.kind.value, name, None, None, key in self.known.members, asked.clause)
        if asked.kind == StandardKind.FIELD:
            found = self.known.fields.get(key)
            reached = None if not found else asked.minimum in found
            return Standard(asked.kind.value, name, asked.minimum, None, reached, asked.clause)
        level = self.known.levels.get(key, {}).get(asked.kind.value)
        # A level that nobody entered may be there: it is not known, not missing.
        reached = None if level is None or asked.rank is None else level.rank >= asked.rank
        return Standard(
            asked.kind.value,
            name,
            asked.name or asked.minimum,
            None if level is None else level.name,
            reached,
            asked.clause,
        )

    def age(self) -> AgeFullTermFacts:
        """Birth and sex, for the full term from the day on."""
        person = self.person
        return AgeFullTermFacts(
            self.label,
            birth_date=None if person is None else person.birth_date,
            sex=None if person is None or person.sex is None else person.sex.value,
            effective_on=self.day,
            first_or_higher=self.first_or_higher,
        )

    def tenure(self) -> TenureFacts:
        """Months without a break in the present title or in one that stands as high."""
        present = self.present
        if present is None or not present.leads:
            return TenureFacts(self.label, months_in_equal=None, first_appointment=True)
        since = present.valid_from
        for seat in self.seats:
            if seat.valid_to == since and seat.leads and seat.rank <= present.rank:
                since = seat.valid_from
        months = (self.day.year - since.year) * 12 + self.day.month - since.month
        return TenureFacts(
            self.label, months_in_equal=months - (self.day.day < since.day), first_appointment=False
        )

    def time_bar(self) -> TimeBarFacts:
        """Sanctions and reviews under way."""
        found = self.known.discipline.get(self._cadre_id, [])
        return TimeBarFacts(
            self.label,
            effective_on=self.day,
            first_or_higher=self.first_or_higher,
            measures=tuple(
                Measure(
                    one.side.value,
                    one.form.value if one.form is not None else "",
                    one.decided_on or one.opened_on,
                    under_review=one.decided_on is None and one.ended_on is None,
                )
                for one in found
                # A review that ended without a sanction bars nothing.
                if not (one.form is None and one.ended_on is not None) and one.opened_on <= self.day
            ),
        )

    def evaluation(self) -> EvaluationFacts:
        """The yearly grades, up to the latest full year."""
        found = self.known.grades.get(self._cadre_id, [])
        last = self.day.year - 1
        return EvaluationFacts(
            self.label,
            tuple(YearGrade(year, grade) for year, grade in found if year <= last),
            last,
        )

    def conclusion(self) -> ConclusionFacts:
        """Whether a conclusion on political standards is on record for this dossier."""
        return ConclusionFacts(
            self.label,
            opened_on=self.row.opened_on,
            concluded_on=self.known.concluded_on.get(self._cadre_id),
            on_record=self.person is not None,
        )

    def declaration(self) -> DeclarationFacts:
        """When assets were last declared."""
        return DeclarationFacts(
            self.label,
            declared_on=self.known.declared_on.get(self._cadre_id),
            effective_on=self.day,
        )

    def kinship(self) -> KinshipFacts:
        """Relatives who lead in the unit, or in the body that decides."""
        found = self.known.kin.get(self._cadre_id, [])
        return KinshipFacts(
            self.label,
            tuple(
                f"{RELATION_NAMES[one.relation]} là {one.title}"
                for one in sorted(found, key=lambda one: (one.relation, one.title or ""))
                if one.title is not None
            ),
            links_known=bool(found) and all(one.linked for one in found),
        )

    def opinion(self) -> OpinionFacts:
        """The opinion of the people's committee's party body, for titles of the state."""
        needs = (
            self.title.managed_by == ManagedBy.PROVINCE_COMMITTEE
            and self.seat.unit is not None
            and self.seat.unit.kind in STATE_BODIES
        )
        given = self.row.opinion_on is not None and self.row.opinion_document is not None
        return OpinionFacts(needs=needs, given=given, given_on=self.row.opinion_on)

    def responsibility(self) -> ResponsibilityFacts:
        """What the head answers for where he decides alone."""
        return ResponsibilityFacts(head_decides=self.row.head_decides, note=self.row.responsibility_note)

    # --- a term that ends -------------------------------------------------------------------------------

    @cached_property
    def _term(self) -> rows.Term | None:
        """The seat that the dossier is about, as it stands on the day."""
        return rows.term(self.session, self.row.assignment_id, self.day)

    def on_time(self) -> OnTimeFacts:
        """When the term ends; nothing is signed yet."""
        term = self._term
        lead = self.law["reappointment.lead-working-days"].integer
        return OnTimeFacts(self.label, None if term is None else term.ends_on, None, lead)

    def kind_of_term(self) -> ReappointmentKindFacts:
        """What is proposed, and how long the person can still serve after the term."""
        person, term = self.person, self._term
        left = None
        if person is not None and person.birth_date and person.sex and term is not None and term.ends_on:
            left = months_left(person.birth_date, person.sex.value, term.ends_on, self.law)
        outcome = self.row.outcome
        new = outcome is not None and outcome != TermOutcome.NOT_REAPPOINT
        return ReappointmentKindFacts(
            self.label, ReappointmentKind(outcome.value) if new and outcome is not None else None, left
        )

    def consecutive(self) -> ConsecutiveTermsFacts:
        """How often in a row the person held this very post."""
        held = None
        if self.seats:
            since, held = None, 0
            for seat in self.seats:
                same = seat.title_id == self.row.title_id and seat.unit_id == self.row.unit_id
                if not same or (since is not None and seat.valid_to != since):
                    break
                since, held = seat.valid_from, held + 1
        unit = self.seat.unit
        return ConsecutiveTermsFacts(
            self.label,
            held,
            is_head=self.title.is_leadership and self.seat.quota == 1,
            public_service=unit is not None and unit.kind == UnitKind.PUBLIC_SERVICE,
            new_term=self.row.outcome == TermOutcome.REAPPOINT,
        )

    # --- the process ------------------------------------------------------------------------------------

    def process(self) -> DossierFacts:
        """The meetings with their ballots, and who is chosen."""
        held = rows.meetings(self.session, self.row)
        cast = rows.votes(self.session, self.row)
        return DossierFacts(
            route=self.route,
            opened_on=self.row.opened_on,
            policy_requested_on=self.row.policy_requested_on,
            policy_decided_on=self.row.policy_decided_on,
            meetings=tuple(
                MeetingFacts(
                    one.step,
                    one.held_on,
                    one.summoned,
                    one.present,
                    one.ballots_issued,
                    one.ballots_returned,
                    one.ballots_valid,
                    tuple(
                        Votes(str(candidate), self.labels.get(candidate, "người đã rút"), number)
                        for candidate, number in cast.get(one.id, [])
                    ),
                )
                for one in held
            ),
            chosen=None if self.candidate is None else str(self.candidate.id),
            head_chose=self.row.head_chose,
            explained=frozenset(one.step for one in held if one.explanation),
        )
