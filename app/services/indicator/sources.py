"""Where each population of indicators.yaml is counted."""

from functools import cache

from app.services.indicator.limits import OF_LIMITS
from app.services.indicator.planning import OF_PLANS
from app.services.indicator.populations import OF_PEOPLE, Source
from app.services.indicator.rotating import OF_ROTATIONS
from app.services.indicator.terms import OF_TERMS

SOURCES: tuple[Source, ...] = (*OF_PEOPLE, *OF_PLANS, *OF_TERMS, *OF_LIMITS, *OF_ROTATIONS)


@cache
def source_of(population: str) -> Source:
    """The source that a population of indicators.yaml lies in; KeyError for one that isn't built yet."""
    for source in SOURCES:
        if population in source.parts:
            return source
    raise KeyError(population)
