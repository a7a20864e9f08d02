"""What the law says of a succession plan, from the rows as they stand on a day (III.3.3)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app.models.plan import Plan
from app.services.compliance.plan.facts import Judged
from app.services.compliance.plan.rows import entries_of, titles_of
from app.services.law.finding import Finding, Outcome
from app.services.law.parameter import Law
from app.services.law.rules import judge
from app.services.law.rules.plan import PersonTraits
from app.services.scope import ScopedSession
from app.services.unit.planning import Place

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "COMMITTEE_NUMBER",
    "STRUCTURE",
    "WOMEN_KEY_TITLE",
    "Structure",
    "judge_plan",
    "short_seats",
    "titles_of",
]

WOMEN_KEY_TITLE = "plan.women_key_title"
COMMITTEE_NUMBER = "plan.committee_number"
STRUCTURE = "plan.structure"


def judge_plan(session: ScopedSession, law: Law, plan: Plan, place: Place) -> list[Finding]:
    """What the law of the place's day says of a plan: women in key titles first, then group by group.

    Blocking findings refuse submission and approval. Persons and dossiers of other units are counted, whoever
    may see them; a finding names only persons of the plan itself, whom every reader of the plan sees by name.
    """
    judged = _judged(session, law, plan, place)
    rules: tuple[tuple[str, Callable[[], object]], ...] = (
        (WOMEN_KEY_TITLE, judged.women),
        ("plan.persons_per_title", judged.persons),
        ("plan.titles_per_person", judged.titles_per_person),
        (COMMITTEE_NUMBER, judged.committee_number),
        ("plan.age", judged.age),
        ("plan.higher_title", judged.higher_title),
        ("plan.political_standard", judged.political_standard),
        (STRUCTURE, judged.structure),
        ("plan.specialised_share", judged.specialised_share),
        ("plan.outsiders", judged.outsiders),
        ("plan.planned_below", judged.planned_below),
        ("plan.procedure", judged.procedure),
        ("plan.no_open_appointment", judged.no_open_appointment),
    )
    return [judge(rule_id, facts(), place.day, law) for rule_id, facts in rules]


class Structure:
    """The structure of a plan, and what one more person would make of it."""

    def __init__(self, session: ScopedSession, law: Law, plan: Plan, place: Place) -> None:
        self._facts = _judged(session, law, plan, place).structure()
        self._law, self._day = law, place.day
        self._now = self._judge()

    def keeps(self, person: PersonTraits) -> bool:
        """Whether what is met stays met with one more person."""
        return self._now.outcome is not Outcome.MET or self._judge(person).outcome is Outcome.MET

    def mends(self, person: PersonTraits) -> bool:
        """Whether one more person adds to a share that is short, or to an age that nobody has."""
        now, then = _counts(self._now), _counts(self._judge(person))
        return any(then[name] > number for name, number in now.items() if name in self._short())

    def _short(self) -> set[str]:
        shares: Any = self._now.measured.get("shares", [])
        return {row["name"] for row in shares if row["outcome"] == Outcome.UNMET} | {
            name for name, number in _counts(self._now).items() if number == 0
        }

    def _judge(self, *more: PersonTraits) -> Finding:
        grown = replace(
            self._facts,
            persons=(*self._facts.persons, *more),
            seats=tuple(
                replace(seat, ages=(*seat.ages, *(one.age for one in more))) for seat in self._facts.seats
            ),
        )
        return judge(STRUCTURE, grown, self._day, self._law)


def _counts(finding: Finding) -> dict[str, int]:
    """How many persons each share and each age of each kind of seat has."""
    shares: Any = finding.measured.get("shares", [])
    seats: Any = finding.measured.get("seats", [])
    found = {row["name"]: row["persons"] for row in shares}
    for seat in seats:
        found |= {f"{seat['title_id']}/{band}": number for band, number in enumerate(seat["by_age"])}
    return found


def short_seats(session: ScopedSession, law: Law, plan: Plan, place: Place) -> set[UUID]:
    """The titles of committee seats that have fewer persons than the law of the day asks for."""
    facts = _judged(session, law, plan, place).committee_number()
    rows: Any = judge(COMMITTEE_NUMBER, facts, place.day, law).measured.get("titles", [])
    return {
        UUID(row["title_id"])
        for row in rows
        if row["persons_from"] is not None and row["persons"] < row["persons_from"]
    }


def _judged(session: ScopedSession, law: Law, plan: Plan, place: Place) -> Judged:
    entries = entries_of(session, plan)
    own = [entry for entry in entries if entry.plan_id == plan.id]
    return Judged(session, law, plan, place, place.titles(plan.kind), entries, own)
