"""Rules on succession plans: quy hoạch (III.3.3).

`women` holds the rule on women for key titles, `numbers` the limits of persons and titles, `procedure` the
meetings and votes. All four block submission and approval alike. The limits and the procedure follow the
central rule set of the day (parameters with three periods: before 2021-12-27, before 2025-10-08, since);
what concerns women begins with the resolution.
"""

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
from app.services.law.rules.plan.procedure import (
    MEETING_NAMES,
    EntryVotes,
    Meeting,
    ProcedureFacts,
    meeting_steps,
    procedure,
)
from app.services.law.rules.plan.women import WomenKeyTitleFacts, women_from, women_key_title

__all__ = [
    "MEETING_NAMES",
    "PERSONS_AT_MOST",
    "TITLES_AT_MOST",
    "TITLES_COUNTED",
    "EntryVotes",
    "Meeting",
    "PersonTitles",
    "PersonsPerTitleFacts",
    "ProcedureFacts",
    "TitlePersons",
    "TitlesCounted",
    "TitlesPerPersonFacts",
    "WomenKeyTitleFacts",
    "meeting_steps",
    "persons_per_title",
    "procedure",
    "titles_per_person",
    "women_from",
    "women_key_title",
]
