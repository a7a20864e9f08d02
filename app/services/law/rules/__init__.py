"""Rules of the law by topic, and the register they stand in.

`judge(rule_id, facts, on, law)` gives a Finding; `rules_on(day, law)` lists every rule as `GET /rules?on=`
shows it. Each topic is a module that registers its functions with `@rule(...)`; a new module is imported
here, and `tests/services/law/cases/<rule id>.yaml` holds its cases.
"""

from datetime import date
from typing import Any

from app.services.law.finding import Finding
from app.services.law.parameter import Law
from app.services.law.rules import appointment, evaluation, plan, post_change, reappointment, rotation
from app.services.law.rules.registry import REGISTRY, Registry, UnknownRule, Version

__all__ = [
    "REGISTRY",
    "Registry",
    "UnknownRule",
    "Version",
    "appointment",
    "evaluation",
    "judge",
    "plan",
    "post_change",
    "reappointment",
    "rotation",
    "rule_on",
    "rules_on",
]


def judge(rule_id: str, facts: object, on: date, law: Law) -> Finding:
    """Judge facts by the law of the day `on`; see Registry.judge."""
    return REGISTRY.judge(rule_id, facts, on, law)


def rules_on(day: date, law: Law) -> list[dict[str, Any]]:
    """Every rule with its state on that day, by id."""
    return REGISTRY.on(day, law)


def rule_on(rule_id: str, day: date, law: Law) -> dict[str, Any]:
    """One rule with its state on that day; UnknownRule for an unknown id."""
    return REGISTRY.describe(rule_id, day, law)
