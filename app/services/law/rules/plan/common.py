"""What the rules on plans share: when their law begins, and how they name several things in a sentence."""

from collections.abc import Sequence
from datetime import date

from app.services.law.evaluation import percent_hundredths

FIRST_RULE_SET = date(2012, 11, 5)
"""First day of the oldest rule set the house knows; its parameters begin on the same day."""

MOST_NAMED = 5


def listed(names: Sequence[str]) -> str:
    """Names as a list in a sentence; of many, the first and how many more."""
    shown = ", ".join(names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    return f"{shown} và {more} trường hợp khác" if more > 0 else shown


def percent_shown(numerator: int, denominator: int, *, mark: str) -> str:
    """A share in per cent with two decimals after `mark`: 34.75 for machines, 34,75 for people."""
    hundredths = percent_hundredths(numerator, denominator)
    return f"{hundredths // 100}{mark}{hundredths % 100:02d}"
