"""The law as the API shows it: rules of a day, their parameters, the inventory of clauses."""

from datetime import date
from functools import cache
from typing import Any

from app.services.errors import NotFound
from app.services.law.inventory import inventory
from app.services.law.parameter import Law
from app.services.law.rules import UnknownRule, rule_on, rules_on


@cache
def law_of(resolution_on: date) -> Law:
    """Every parameter of the house, read and checked once per day on which the resolution may be in force."""
    return Law(resolution_on)


def list_(law: Law, *, day: date) -> list[dict[str, Any]]:
    """Every rule with clause, effect, whether it is in force on `day`, and its parameters of that day."""
    return rules_on(day, law)


def get(law: Law, rule_id: str, *, day: date) -> dict[str, Any]:
    """One rule as it is on `day`; NotFound for an id no rule bears."""
    try:
        return rule_on(rule_id, day, law)
    except UnknownRule:
        raise NotFound("Không có quy tắc này.") from None


def clauses() -> list[dict[str, Any]]:
    """The resolution's clauses in its own order: our wording, and what binds each of them."""
    return [
        {
            "id": clause_id,
            "wording": clause.wording,
            "rules": list(clause.rule or ()),
            "indicators": list(clause.indicator or ()),
            "features": [inventory().features[name].name for name in clause.feature or ()],
            "not_computable": clause.not_computable,
            "later": clause.later,
        }
        for clause_id, clause in inventory().clauses.items()
    ]
