"""Days of the demo and the arithmetic of ages."""

from datetime import date, timedelta
from random import Random

BASELINE = date(2021, 12, 31)
"""The day on which the resolution's figures hold."""


def years(day: date, count: int) -> date:
    """The same day `count` years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + count)
    except ValueError:
        return date(day.year + count, 3, 1)


def birth(rng: Random, age: int, on: date = BASELINE) -> date:
    """A birth date of somebody who has completed `age` years on `on`."""
    return years(on, -age) - timedelta(days=rng.randrange(365))
