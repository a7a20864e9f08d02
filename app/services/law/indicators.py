"""Indicators as data and their arithmetic: from counted numbers to value, status and persons still missing.

Populations and numerators are named here and defined in words in indicators.yaml; `services/indicator.py`
counts them. All comparisons are integer cross-multiplications, so that 16.9999 % is never 17 %.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from app.services.law import strict_yaml
from app.services.law.evaluation import (
    Counts,
    Evaluation,
    Status,
    TargetResult,
    gap,
    governing_target,
    meets,
    percent_hundredths,
    result_of,
    status_by,
    worst,
)
from app.services.law.parameter import Law, Strength
from app.services.law.parameter_file import Text, Words, as_tuple
from app.services.law.strict_yaml import LawError, StrictModel

__all__ = [
    "BEFORE_RECORD",
    "BEYOND_RECORD",
    "EMPTY_POPULATION",
    "NOT_BUILT",
    "NO_PLAN",
    "Catalogue",
    "Counts",
    "Evaluation",
    "Indicator",
    "Status",
    "TargetResult",
    "UnknownIndicator",
    "Variant",
    "catalogue",
    "evaluate",
    "evaluate_parts",
    "evaluate_variant",
    "gap",
    "indicator",
    "indicators",
    "meets",
    "percent_hundredths",
    "reason_text",
    "unavailable",
]

INDICATORS = Path(__file__).parent / "indicators.yaml"

NOT_BUILT, EMPTY_POPULATION = "not_built", "empty_population"
BEYOND_RECORD, BEFORE_RECORD = "beyond_record", "before_record"
NO_PLAN = "no_plan"
"""Why a unit isn't met that has no approved plan of a period which asks for one."""

REASONS = frozenset({NOT_BUILT, EMPTY_POPULATION, BEYOND_RECORD, BEFORE_RECORD, NO_PLAN})


class UnknownIndicator(LookupError):
    """No indicator of this id is defined."""


class Population(StrictModel):
    """Who is counted. `counts` says what one row is; `definition` is written for the statement behind it."""

    counts: Literal["persons", "memberships", "units", "items"]
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
    """One indicator. `clause` is the one it answers first; `later` says what it still waits for."""

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
    sought: Literal["more", "fewer"] = "more"
    """`fewer`: the numerator is what must go away, so that nobody is missing in it."""
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
        """The resolution's word for the target that governs the day, else the indicator's; else None."""
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
        if missing := set(REASONS) ^ set(self.reasons):
            raise ValueError(f"reasons without text, or texts without reason: {sorted(missing)}")
        return self

    def indicator(self, indicator_id: str) -> Indicator:
        """One indicator by id; UnknownIndicator if there is none."""
        for indicator in self.indicators:
            if indicator.id == indicator_id:
                return indicator
        raise UnknownIndicator(indicator_id)

    def counts(self, indicator: Indicator) -> str | None:
        """What the denominator counts: persons, memberships, units or items; None for a plain count."""
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


def evaluate(indicator: Indicator, counts: Counts, day: date, law: Law) -> Evaluation:
    """Hold counted numbers against the targets in force on the day.

    Status follows the next target due on or after the day; insufficient_data when the unknown could turn
    it. An empty denominator gives value None and not_applicable. Use `evaluate_parts` for an indicator met
    by its variants.
    """
    if indicator.met_when == "every_variant":
        raise ValueError(f"{indicator.id} is met when every variant is: use evaluate_parts")
    return _evaluate(indicator, counts, day, law)


def evaluate_variant(indicator: Indicator, counts: Counts, day: date, law: Law) -> Evaluation:
    """A reading beside the headline, held against the same targets."""
    return _evaluate(indicator, counts, day, law)


def evaluate_parts(indicator: Indicator, parts: Mapping[str, Counts], day: date, law: Law) -> Evaluation:
    """The pooled figure of an indicator that is met only when each of its non-empty variants is.

    `parts` holds the counts by variant id; those left out are empty. `gap_persons` is the sum of the parts'
    gaps, since a surplus at one level makes up for nothing at another.
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
        status=worst(part.status for part in judged),
        strength=whole.strength,
        reason=None,
        targets=targets,
    )


def unavailable(indicator: Indicator, reason: str, day: date, law: Law) -> Evaluation:
    """The answer of an indicator that can't be given: null with a reason, its targets shown unjudged.

    `reason` is NOT_BUILT, BEYOND_RECORD or BEFORE_RECORD; a count of nobody is not one of them, that is
    `evaluate` with 0.
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
        status=Status.NO_TARGET if governing is None else status_by(governing, counts, counts.denominator),
        strength=strength,
        reason=None,
        targets=tuple(result_of(norm, counts, counts.denominator) for norm in targets),
    )
