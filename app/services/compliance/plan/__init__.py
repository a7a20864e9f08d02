"""What the law says of a succession plan, from the rows as they stand on a day (III.3.3)."""

from collections.abc import Callable
from dataclasses import replace

from app.models.plan import Plan
from app.services.compliance.plan.facts import Judged
from app.services.compliance.plan.rows import entries_of, titles_of
from app.services.law.finding import Finding, Outcome
from app.services.law.parameter import Law
from app.services.law.rules import judge
from app.services.law.rules.plan import PersonTraits
from app.services.scope import ScopedSession
from app.services.unit.planning import Place

__all__ = ["WOMEN_KEY_TITLE", "judge_plan", "keeps_structure", "titles_of"]

WOMEN_KEY_TITLE = "plan.women_key_title"


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
        ("plan.committee_number", judged.committee_number),
        ("plan.age", judged.age),
        ("plan.political_standard", judged.political_standard),
        ("plan.structure", judged.structure),
        ("plan.specialised_share", judged.specialised_share),
        ("plan.outsiders", judged.outsiders),
        ("plan.planned_below", judged.planned_below),
        ("plan.procedure", judged.procedure),
        ("plan.no_open_appointment", judged.no_open_appointment),
    )
    return [judge(rule_id, facts(), place.day, law) for rule_id, facts in rules]


def keeps_structure(
    session: ScopedSession, law: Law, plan: Plan, place: Place
) -> Callable[[PersonTraits], bool]:
    """Whether one more person leaves the structure of a plan as good as it is: what is met stays met."""
    facts = _judged(session, law, plan, place).structure()

    def outcome(*more: PersonTraits) -> Outcome:
        grown = replace(facts, persons=(*facts.persons, *more))
        return judge("plan.structure", grown, place.day, law).outcome

    met = outcome() is Outcome.MET
    return lambda person: not met or outcome(person) is Outcome.MET


def _judged(session: ScopedSession, law: Law, plan: Plan, place: Place) -> Judged:
    entries = entries_of(session, plan)
    own = [entry for entry in entries if entry.plan_id == plan.id]
    return Judged(session, law, plan, place, place.titles(plan.kind), entries, own)
