"""Days on which offices work, so that no meeting falls on a Sunday or on Tết."""

from datetime import date, timedelta
from random import Random

_TET = (date(2020, 1, 23), date(2020, 1, 29)), (date(2021, 2, 10), date(2021, 2, 16))
_OFF = {(1, 1), (4, 30), (5, 1), (9, 2), (9, 3)}
_KINGS = {date(2020, 4, 2), date(2021, 4, 21)}


def working(day: date) -> date:
    """`day` itself, or the next on which offices work."""
    while (
        day.weekday() >= 5
        or (day.month, day.day) in _OFF
        or day in _KINGS
        or any(first <= day <= last for first, last in _TET)
    ):
        day += timedelta(days=1)
    return day


def later(rng: Random, day: date, least: int, most: int) -> date:
    """A working day some `least` to `most` days after `day`."""
    return working(day + timedelta(days=rng.randint(least, most)))


def latest(rng: Random, day: date, least: int, most: int, last: date) -> date:
    """The same, on `last` at the latest; `last` must be a working day."""
    return min(later(rng, day, least, most), last)
