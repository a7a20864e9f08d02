"""Indicators as data and their arithmetic: from counted numbers to value, status and persons still missing.

Populations and numerators are named here and defined in words in indicators.yaml; `services/indicator.py` counts them.
All comparisons are integer cross-multiplications, so that 16.9999 % is never 17 %.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from app.services.law import strict_yaml
from app.services.law.parameter import Comparator, Law, Norm, Strength, Text, Words, as_tuple
from app.services.law.strict_yaml import LawError, StrictModel

INDICATORS = Path(__file__).parent / "indicators.yaml"

NOT_BUILT, EMPTY_POPULATION = "not_built", "empty_population"
BEYOND_RECORD, BEFORE_RECORD = "beyond_record", "before_record"


class UnknownIndicator(LookupError):
    """No indicator of this id is defined."""


class Status(StrEnum):
    """How a figure stands against the next target that falls due."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_APPLICABLE = "not_applicable"
    INSUFFICIENT_DATA = "insufficient_data"
    NO_TARGET = "no_target"


class Population(StrictModel):
    """Who is counted. `counts` says what one row is; `definition` is written for the statement behind it."""

    counts: Literal["persons", "memberships", "units"]
    name: Text
    definition: Text


class Numerator(StrictModel):
    """Which of them count towards the share."""

    name: Text
    definition: Text


class Variant(StrictModel):
    """A reading that stands beside the headline; what it leaves out it takes from its indicator."""

    id: str
    name: Text
    population: str | None = None
    numerator: str | None = None


class Indicator(StrictModel):
    """One indicator. `clause` is the one it answers first; `later` says what is missing until it can be counted."""

    id: str
    name: Text
    short: Text
    clauses: Annotated[Words, Field(min_length=1)]
    measure: Literal["count", "share"]
    population: str
    numerator: str
    levels: Annotated[
        tuple[Literal["province", "district", "commune", "unit"], ...],
        BeforeValidator(as_tuple),
        Field(min_length=1),
    ]
    tier: Literal["T1", "T2"]
    strength: Strength | None = Field(default=None, strict=False)
    settings: Words = ()
    variants: Annotated[tuple[Variant, ...], BeforeValidator(as_tuple)] = ()
    met_when: Literal["headline", "every_variant"] = "headline"
    note: Text | None = None
    later: Text | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.met_when == "every_variant" and (not self.variants or self.measure == "count"):
            raise ValueError("every_variant needs variants of a share")
        if len({variant.id for variant in self.variants}) != len(self.variants):
            raise ValueError("two variants have one id")
        return self

    @property
    def clause(self) -> str:
        """The clause the API names."""
        return self.clauses[0]

    @property
    def is_built(self) -> bool:
        """Whether this release counts it; otherwise it answers null with reason not_built."""
        return self.later is None

    def variant(self, variant_id: str) -> Variant:
        """One variant by id; UnknownIndicator if there is none."""
        for variant in self.variants:
            if variant.id == variant_id:
                return variant
        raise UnknownIndicator(f"{self.id}/{variant_id}")

    def readings(self) -> tuple[tuple[str | None, str, str], ...]:
        """All (variant id or None, population, numerator) to count, the headline first."""
        return (
            (None, self.population, self.numerator),
            *((v.id, v.population or self.population, v.numerator or self.numerator) for v in self.variants),
        )

    def strength_on(self, day: date, law: Law) -> Strength | None:
        """The resolution's own word for the target that governs the day, else the indicator's; None if neither."""
        governing = governing_target(law.targets(self.id, day), day)
        return governing.strength if governing is not None else self.strength


class Catalogue(StrictModel):
    """Everything indicators.yaml says; the order of the indicators is the order on screen."""

    reasons: dict[str, Text]
    populations: dict[str, Population]
    numerators: dict[str, Numerator]
    indicators: Annotated[tuple[Indicator, ...], BeforeValidator(as_tuple), Field(min_length=1)]

    @model_validator(mode="after")
    def _names_resolve_and_are_used(self) -> Self:
        readings = [reading for indicator in self.indicators for reading in indicator.readings()]
        ids = [indicator.id for indicator in self.indicators]
        if len(set(ids)) != len(ids):
            raise ValueError("two indicators have one id")
        if missing := {p for _, p, _ in readings} ^ set(self.populations):
            raise ValueError(f"populations defined but not used, or used but not defined: {sorted(missing)}")
        if missing := {n for _, _, n in readings} ^ set(self.numerators):
            raise ValueError(f"numerators defined but not used, or used but not defined: {sorted(missing)}")
        if missing := {NOT_BUILT, EMPTY_POPULATION, BEYOND_RECORD, BEFORE_RECORD} ^ set(self.reasons):
            raise ValueError(f"reasons without text, or texts without reason: {sorted(missing)}")
        return self

    def indicator(self, indicator_id: str) -> Indicator:
        """One indicator by id; UnknownIndicator if there is none."""
        for indicator in self.indicators:
            if indicator.id == indicator_id:
                return indicator
        raise UnknownIndicator(indicator_id)

    def counts(self, indicator: Indicator) -> str | None:
        """What the denominator counts: persons, memberships or units; None where the figure is a plain count."""
        return None if indicator.measure == "count" else self.populations[indicator.population].counts


@cache
def catalogue(path: Path = INDICATORS) -> Catalogue:
    """Read indicators.yaml once; LawError says what is wrong with it."""
    try:
        return Catalogue.model_validate(strict_yaml.load(path))
    except ValidationError as refused:
        raise LawError(f"{path.name}: {refused}") from refused


def indicators() -> tuple[Indicator, ...]:
    """All indicators in screen order, those not built included."""
    return catalogue().indicators


def indicator(indicator_id: str) -> Indicator:
    """One indicator by id; UnknownIndicator if there is none."""
    return catalogue().indicator(indicator_id)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted. `denominator` None: a plain count. `unknown` lie in the denominator, not in the numerator."""

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
    """One target held against a figure. `met` and `gap_persons` are None where there is nothing to hold it against."""

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
    """A figure with its verdict. `hundredths` is the percentage × 100, rounded half up, None for counts and gaps."""

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
        """The percentage to two decimals, exact; the count where `denominator` is None; None with a reason."""
        if self.hundredths is not None:
            return Decimal(self.hundredths).scaleb(-2)
        return self.numerator if self.denominator is None else None

    def figures(self) -> dict[str, Any]:
        """Numerator, denominator, value, unknown and status: what a variant shows. The value is a JSON number."""
        # dividing two integers is correctly rounded, so the shortest text of the result has these two decimals
        percent = None if self.hundredths is None else self.hundredths / 100
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": percent if self.hundredths is not None else self.value,
            "unknown": self.unknown,
            "status": self.status.value,
        }

    def as_json(self) -> dict[str, Any]:
        """The figures with strength, reason (where there is one) and targets, as the API shows an indicator."""
        shown = {"strength": self.strength.value if self.strength else None, **self.figures()}
        if self.reason is not None:
            shown["reason"] = self.reason
        shown["targets"] = [target.as_json() for target in self.targets]
        return shown


def percent_hundredths(numerator: int, denominator: int) -> int:
    """numerator/denominator as hundredths of a percent, rounded half up; 61 of 384 is 1589."""
    return (numerator * 20_000 + denominator) // (2 * denominator)


def meets(norm: Norm, numerator: int, denominator: int) -> bool:
    """Whether the share meets the norm, by cross-multiplication; «đạt x %» and «trở lên» are >=, «trên» is >."""
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
    """The next target due on or after the day, a standing requirement before all; None if every due day has passed."""
    ahead = [norm for norm in targets if norm.due is None or norm.due >= day]
    return min(ahead, key=lambda norm: (norm.due or date.min, norm.id), default=None)


def evaluate(indicator: Indicator, counts: Counts, day: date, law: Law) -> Evaluation:
    """Hold counted numbers against the targets in force on the day.

    Status follows the next target due on or after the day; insufficient_data when the unknown could turn it. An empty
    denominator gives value None and not_applicable. Use `evaluate_parts` for an indicator met by its variants.
    """
    if indicator.met_when == "every_variant":
        raise ValueError(f"{indicator.id} is met when every variant is: use evaluate_parts")
    return _evaluate(indicator, counts, day, law)


def evaluate_variant(indicator: Indicator, counts: Counts, day: date, law: Law) -> Evaluation:
    """A reading beside the headline, held against the same targets."""
    return _evaluate(indicator, counts, day, law)


def evaluate_parts(indicator: Indicator, parts: Mapping[str, Counts], day: date, law: Law) -> Evaluation:
    """The pooled figure of an indicator that is met only when each of its non-empty variants is.

    `parts` holds the counts by variant id; those left out are empty. `gap_persons` is the sum of the parts' gaps, since
    a surplus at one level makes up for nothing at another.
    """
    if indicator.met_when != "every_variant":
        raise ValueError(f"{indicator.id} has a headline of its own: use evaluate")
    if strange := set(parts) - {variant.id for variant in indicator.variants}:
        raise UnknownIndicator(f"{indicator.id}/{', '.join(sorted(strange))}")
    pooled = sum(parts.values(), start=Counts(0, 0))
    whole = _evaluate(indicator, pooled, day, law)
    if whole.status is Status.NOT_APPLICABLE:
        return whole
    judged = [_evaluate(indicator, counts, day, law) for counts in parts.values() if counts.denominator]
    targets = tuple(
        TargetResult(
            norm=result.norm,
            met=all(part.targets[at].met for part in judged),
            gap_persons=sum(part.targets[at].gap_persons or 0 for part in judged),
        )
        for at, result in enumerate(whole.targets)
    )
    return Evaluation(
        numerator=whole.numerator,
        denominator=whole.denominator,
        unknown=whole.unknown,
        hundredths=whole.hundredths,
        status=_worst({part.status for part in judged}),
        strength=whole.strength,
        reason=None,
        targets=targets,
    )


def unavailable(indicator: Indicator, reason: str, day: date, law: Law) -> Evaluation:
    """The answer of an indicator that can't be given: null with a reason, its targets shown unjudged.

    `reason` is NOT_BUILT, BEYOND_RECORD or BEFORE_RECORD; a count of nobody is not one of them, that is `evaluate` with 0.
    """
    if reason not in catalogue().reasons:
        raise ValueError(f"{reason} is no reason indicators.yaml has a text for")
    targets = law.targets(indicator.id, day)
    return Evaluation(
        numerator=None,
        denominator=None,
        unknown=0,
        hundredths=None,
        status=Status.INSUFFICIENT_DATA,
        strength=indicator.strength_on(day, law),
        reason=reason,
        targets=tuple(TargetResult(norm, None, None) for norm in targets),
    )


def reason_text(reason: str) -> str:
    """The Vietnamese sentence for a reason code."""
    return catalogue().reasons[reason]


def _evaluate(indicator: Indicator, counts: Counts, day: date, law: Law) -> Evaluation:
    if (counts.denominator is None) != (indicator.measure == "count"):
        raise ValueError(f"{indicator.id} is a {indicator.measure}, {counts} is not")
    targets = law.targets(indicator.id, day)
    strength = indicator.strength_on(day, law)
    if counts.denominator is None:
        return Evaluation(counts.numerator, None, counts.unknown, None, Status.NO_TARGET, strength, None, ())
    if counts.denominator == 0:
        unjudged = tuple(TargetResult(norm, None, None) for norm in targets)
        return Evaluation(0, 0, 0, None, Status.NOT_APPLICABLE, strength, EMPTY_POPULATION, unjudged)
    governing = governing_target(targets, day)
    return Evaluation(
        numerator=counts.numerator,
        denominator=counts.denominator,
        unknown=counts.unknown,
        hundredths=percent_hundredths(counts.numerator, counts.denominator),
        status=Status.NO_TARGET if governing is None else _status(governing, counts, counts.denominator),
        strength=strength,
        reason=None,
        targets=tuple(_result(norm, counts, counts.denominator) for norm in targets),
    )


def _verdicts(norm: Norm, counts: Counts, denominator: int) -> tuple[bool, bool]:
    """Whether the norm is met with none of the unknown in the numerator, and with all of them."""
    return (
        meets(norm, counts.numerator, denominator),
        meets(norm, counts.numerator + counts.unknown, denominator),
    )


def _status(norm: Norm, counts: Counts, denominator: int) -> Status:
    without, with_all = _verdicts(norm, counts, denominator)
    if without != with_all:
        return Status.INSUFFICIENT_DATA
    return Status.MET if without else Status.NOT_MET


def _result(norm: Norm, counts: Counts, denominator: int) -> TargetResult:
    """Missing data is never «met»: the unknown count against the norm, whichever way it points."""
    return TargetResult(
        norm, all(_verdicts(norm, counts, denominator)), gap(norm, counts.numerator, denominator)
    )


def _worst(statuses: set[Status]) -> Status:
    for status in (Status.NOT_MET, Status.INSUFFICIENT_DATA, Status.NO_TARGET):
        if status in statuses:
            return status
    return Status.MET
