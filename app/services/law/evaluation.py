"""The arithmetic of indicators: value, status and persons still missing, out of counted numbers.

All comparisons are integer cross-multiplications, so that 16.9999 % is never 17 %.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.services.law.parameter import Comparator, Norm, Strength


class Status(StrEnum):
    """How a figure stands against the next target that falls due."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    INSUFFICIENT_DATA = "insufficient_data"
    NO_TARGET = "no_target"


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted. `denominator` None: a plain count. `unknown` lie in the denominator alone."""

    numerator: int
    denominator: int | None
    unknown: int = 0

    def __post_init__(self) -> None:
        """Refuse numbers that no counting can give."""
        parts = (self.numerator, self.unknown, self.denominator or 0)
        if min(parts) < 0 or (
            self.denominator is not None and self.numerator + self.unknown > self.denominator
        ):
            raise ValueError(f"{self} can't be counted")

    def __add__(self, other: "Counts") -> "Counts":
        """Pool two disjoint counts."""
        total = (
            None
            if self.denominator is None or other.denominator is None
            else self.denominator + other.denominator
        )
        return Counts(self.numerator + other.numerator, total, self.unknown + other.unknown)


@dataclass(frozen=True, slots=True)
class TargetResult:
    """One target held against a figure. `met` and `gap_persons` are None where there is no figure."""

    norm: Norm
    met: bool | None
    gap_persons: int | None

    def as_json(self) -> dict[str, Any]:
        """The API's shape; `due` is null for a standing requirement."""
        return {
            "due": self.norm.due.isoformat() if self.norm.due else None,
            "comparator": self.norm.comparator.value if self.norm.comparator else None,
            "threshold_percent": self.norm.threshold,
            "met": self.met,
            "gap_persons": self.gap_persons,
        }


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A figure with its verdict. `hundredths` is the percentage × 100, rounded half up; None for counts."""

    numerator: int | None
    denominator: int | None
    unknown: int
    hundredths: int | None
    status: Status
    strength: Strength | None
    reason: str | None
    targets: tuple[TargetResult, ...]

    @property
    def value(self) -> Decimal | int | None:
        """The percentage, exact to two decimals; the count without a denominator; None with a reason."""
        if self.hundredths is not None:
            return Decimal(self.hundredths).scaleb(-2)
        return self.numerator if self.denominator is None else None

    def figures(self) -> dict[str, Any]:
        """Numerator, denominator, value (a JSON number), unknown and status: what a variant shows."""
        # dividing two integers rounds correctly, so the shortest text of the result has these two decimals
        percent = None if self.hundredths is None else self.hundredths / 100
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": percent if self.hundredths is not None else self.value,
            "unknown": self.unknown,
            "status": self.status.value,
        }

    def as_json(self) -> dict[str, Any]:
        """Figures, strength, reason (where there is one) and targets, as the API shows an indicator."""
        shown = {"strength": self.strength.value if self.strength else None, **self.figures()}
        if self.reason is not None:
            shown["reason"] = self.reason
        shown["targets"] = [target.as_json() for target in self.targets]
        return shown


def percent_hundredths(numerator: int, denominator: int) -> int:
    """numerator/denominator as hundredths of a percent, rounded half up; 61 of 384 is 1589."""
    return (numerator * 20_000 + denominator) // (2 * denominator)


def meets(norm: Norm, numerator: int, denominator: int) -> bool:
    """Whether the share meets the norm, cross-multiplied; «đạt» and «trở lên» are >=, «trên» is >."""
    measured, required = 100 * numerator, norm.threshold * denominator
    match norm.comparator:
        case Comparator.AT_LEAST:
            return measured >= required
        case Comparator.MORE_THAN:
            return measured > required
        case _:
            return measured <= required


def gap(norm: Norm, numerator: int, denominator: int) -> int:
    """Further persons needed in the numerator with the denominator as it stands; 0 when met.

    For a «không còn» norm (<= 0) it is the number of persons to settle, the numerator itself.
    """
    required = norm.threshold * denominator
    match norm.comparator:
        case Comparator.AT_LEAST:
            return max(0, -(-required // 100) - numerator)
        case Comparator.MORE_THAN:
            return max(0, required // 100 + 1 - numerator)
        case _:
            return max(0, numerator - required // 100)


def governing_target(targets: tuple[Norm, ...], day: date) -> Norm | None:
    """The next target due on or after the day, a standing requirement first; None if all are past."""
    ahead = [norm for norm in targets if norm.due is None or norm.due >= day]
    return min(ahead, key=lambda norm: (norm.due or date.min, norm.id), default=None)


def verdicts(norm: Norm, counts: Counts, denominator: int) -> tuple[bool, bool]:
    """Whether the norm is met with none of the unknown in the numerator, and with all of them."""
    return (
        meets(norm, counts.numerator, denominator),
        meets(norm, counts.numerator + counts.unknown, denominator),
    )


def status_by(norm: Norm, counts: Counts, denominator: int) -> Status:
    """Met, not met, or insufficient_data when the unknown could turn it."""
    without, with_all = verdicts(norm, counts, denominator)
    if without != with_all:
        return Status.INSUFFICIENT_DATA
    return Status.MET if without else Status.NOT_MET


def result_of(norm: Norm, counts: Counts, denominator: int) -> TargetResult:
    """Missing data is never «met»: the unknown count against the norm, whichever way it points."""
    return TargetResult(
        norm, all(verdicts(norm, counts, denominator)), gap(norm, counts.numerator, denominator)
    )


def worst(statuses: Iterable[Status]) -> Status:
    """The verdict on a whole that is met only when each part is."""
    found = set(statuses)
    for status in (Status.NOT_MET, Status.INSUFFICIENT_DATA, Status.NO_TARGET):
        if status in found:
            return status
    return Status.MET
