"""Rules on succession plans: quy hoạch (III.3.3).

Each finding belongs to one of the four things without which no plan is approved: number (`numbers`,
`committee`), quality (`age`, `higher`, `standard`), structure (`women`, `structure`, `openness`), procedure
(`procedure`, `standard`). Limits, ages, structure and procedure follow the central rule set of the day
(parameters with three periods: before 2021-12-27, before 2025-10-08, since); what concerns women in key
titles, openness and specialised sectors begins with the resolution.
"""

from app.services.law.rules.plan.age import TWO_TERMS as AGE_TWO_TERMS
from app.services.law.rules.plan.age import PersonBirth, PlanAgeFacts, age
from app.services.law.rules.plan.committee import (
    COEFFICIENT_TO,
    CommitteeNumberFacts,
    SeatPersons,
    committee_number,
    persons_from,
    persons_to,
)
from app.services.law.rules.plan.higher import HIGHER_ONLY, EntryRank, HigherTitleFacts, higher_title
from app.services.law.rules.plan.numbers import COUNTED as TITLES_COUNTED
from app.services.law.rules.plan.numbers import PERSONS as PERSONS_AT_MOST
from app.services.law.rules.plan.numbers import TITLES as TITLES_AT_MOST
from app.services.law.rules.plan.numbers import (
    PersonsPerTitleFacts,
    PersonTitles,
    TitlePersons,
    TitlesCounted,
    TitlesPerPersonFacts,
    persons_per_title,
    titles_per_person,
)
from app.services.law.rules.plan.openness import (
    SPECIALISED,
    SPECIALISED_FIELDS,
    SPECIALISED_SECTORS,
    OutsidersFacts,
    Part,
    PlannedBelowFacts,
    SpecialisedShareFacts,
    outsiders,
    planned_below,
    specialised_share,
)
from app.services.law.rules.plan.procedure import (
    MEETING_NAMES,
    EntryVotes,
    Meeting,
    ProcedureFacts,
    meeting_steps,
    procedure,
)
from app.services.law.rules.plan.standard import (
    NO_APPOINTMENT,
    EntryAppointment,
    NoOpenAppointmentFacts,
    PersonConclusion,
    PoliticalStandardFacts,
    no_open_appointment,
    political_standard,
)
from app.services.law.rules.plan.structure import (
    PersonTraits,
    SeatAges,
    StructureFacts,
    structure,
    structure_by_age,
)
from app.services.law.rules.plan.women import WomenKeyTitleFacts, women_from, women_key_title

__all__ = [
    "AGE_TWO_TERMS",
    "COEFFICIENT_TO",
    "HIGHER_ONLY",
    "MEETING_NAMES",
    "NO_APPOINTMENT",
    "PERSONS_AT_MOST",
    "SPECIALISED",
    "SPECIALISED_FIELDS",
    "SPECIALISED_SECTORS",
    "TITLES_AT_MOST",
    "TITLES_COUNTED",
    "CommitteeNumberFacts",
    "EntryAppointment",
    "EntryRank",
    "EntryVotes",
    "HigherTitleFacts",
    "Meeting",
    "NoOpenAppointmentFacts",
    "OutsidersFacts",
    "Part",
    "PersonBirth",
    "PersonConclusion",
    "PersonTitles",
    "PersonTraits",
    "PersonsPerTitleFacts",
    "PlanAgeFacts",
    "PlannedBelowFacts",
    "PoliticalStandardFacts",
    "ProcedureFacts",
    "SeatAges",
    "SeatPersons",
    "SpecialisedShareFacts",
    "StructureFacts",
    "TitlePersons",
    "TitlesCounted",
    "TitlesPerPersonFacts",
    "WomenKeyTitleFacts",
    "age",
    "committee_number",
    "higher_title",
    "meeting_steps",
    "no_open_appointment",
    "outsiders",
    "persons_from",
    "persons_per_title",
    "persons_to",
    "planned_below",
    "political_standard",
    "procedure",
    "specialised_share",
    "structure",
    "structure_by_age",
    "titles_per_person",
    "women_from",
    "women_key_title",
]
