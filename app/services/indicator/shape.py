"""Figures in the API's shape: what is counted, against which targets, and what is hidden from whom."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from app.services.law import indicators as law
from app.services.law.evaluation import Evaluation, Status
from app.services.law.indicators import Counts, Indicator
from app.services.law.parameter import Law


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator, counted for one unit on one day and held against its targets."""

    indicator: Indicator
    headline: Evaluation
    variants: dict[str, Evaluation] = field(default_factory=dict)

    @classmethod
    def of(cls, indicator: Indicator, counts: dict[str | None, Counts], day: date, law_: Law) -> "Figure":
        """Evaluates the counts of the readings given, the headline's under None."""
        parts = {variant.id: counts[variant.id] for variant in indicator.variants if variant.id in counts}
        if indicator.met_when == "every_variant":
            headline = law.evaluate_parts(indicator, parts, day, law_)
        else:
            headline = law.evaluate(indicator, counts[None], day, law_)
        variants = {name: law.evaluate_variant(indicator, part, day, law_) for name, part in parts.items()}
        return cls(indicator, headline, variants)

    @classmethod
    def without(cls, indicator: Indicator, reason: str, day: date, law_: Law) -> "Figure":
        """The indicator can't be counted, for a reason that indicators.yaml words."""
        found = law.unavailable(indicator, reason, day, law_)
        if reason == law.BEFORE_RECORD:
            found = replace(found, status=Status.NOT_APPLICABLE)
        return cls(indicator, found)

    @property
    def cell(self) -> tuple[int, int | None]:
        """Numerator and denominator, for who may see small cells only in sums."""
        return (self.headline.numerator or 0, self.headline.denominator)


@dataclass(frozen=True, slots=True)
class Veil:
    """What of one figure is hidden: all of it, its variants, or neither; `blank`: the zeros of nobody."""

    figure: bool = False
    variants: bool = False
    blank: bool = False


OPEN = Veil()
HIDDEN = Veil(figure=True, variants=True)
BLANK = Veil(variants=True, blank=True)

_BLANK = {
    "numerator": None,
    "denominator": None,
    "value": None,
    "unknown": None,
    "reason": law.EMPTY_POPULATION,
}


def figures(figure: Figure, veil: Veil = OPEN) -> dict[str, Any]:
    """Numerator to targets of one figure, as items and their children share them."""
    shown = _veiled(figure.headline) if veil.figure else figure.headline.as_json()
    if veil.blank:
        shown |= _BLANK
    if "reason" in shown:
        shown["reason_text"] = law.reason_text(str(shown["reason"]))
    if veil.variants and not veil.figure and figure.indicator.met_when == "every_variant":
        # the gap is the sum of the hidden variants' gaps
        shown["targets"] = [target | {"gap_persons": None} for target in shown["targets"]]
    if figure.variants:
        shown["variants"] = [
            {
                "id": variant.id,
                "name": variant.name,
                **_variant(figure.variants[variant.id], hidden=veil.variants),
            }
            for variant in figure.indicator.variants
        ]
    return shown


def item(figure: Figure, veil: Veil = OPEN) -> dict[str, Any]:
    """One item of `GET /indicators`, without children and history."""
    indicator = figure.indicator
    catalogue = law.catalogue()
    return {
        "id": indicator.id,
        "clause": indicator.clause,
        "clauses": list(indicator.clauses),
        "name": indicator.name,
        "label": indicator.short,
        "counts": catalogue.counts(indicator),
        "population": catalogue.populations[indicator.population].name,
        "numerator_name": catalogue.numerators[indicator.numerator].name,
        "note": indicator.note,
        "later": indicator.later,
        **figures(figure, veil),
    }


def point(day: date, figure: Figure, veil: Veil = OPEN) -> dict[str, Any]:
    """One day of a series."""
    shown = _hidden_figures() if veil.figure else figure.headline.figures()
    if veil.blank:
        shown |= _BLANK
    if figure.headline.reason is not None and not (veil.figure or veil.blank):
        shown["reason"] = figure.headline.reason
    return {"as_of": day, **shown}


def _variant(evaluation: Evaluation, *, hidden: bool) -> dict[str, Any]:
    return _hidden_figures() if hidden else evaluation.figures()


def _hidden_figures() -> dict[str, Any]:
    return {
        "numerator": None,
        "denominator": None,
        "value": None,
        "unknown": None,
        "status": Status.INSUFFICIENT_DATA.value,
        "suppressed": True,
    }


def _veiled(evaluation: Evaluation) -> dict[str, Any]:
    """Nothing that follows from the count: no value, no verdict, no gap."""
    shown = evaluation.as_json()
    return {
        "strength": shown["strength"],
        **_hidden_figures(),
        "targets": [target | {"met": None, "gap_persons": None} for target in shown["targets"]],
    }
