"""Working days in Viet Nam: weekends and public holidays left out, Tết among them.

Clocks of the law that count working days run on this calendar. A Saturday on which offices are open in
exchange for a day off counts as worked, once the pinned calendar names it; of years to come it knows the
holidays of the Labour Code alone.
"""

from datetime import date, timedelta
from functools import cache

import holidays

FIRST_YEAR, LAST_YEAR = 2000, 2100
SATURDAY = 5


class UnknownYear(LookupError):
    """The calendar holds no holidays of that year."""


@cache
def _free(year: int) -> frozenset[date]:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise UnknownYear(year)
    return frozenset(holidays.country_holidays("VN", years=year))


@cache
def _exchanged(year: int) -> frozenset[date]:
    """Days of a weekend that are worked for a day off before or after them."""
    return frozenset(
        day for day in holidays.country_holidays("VN", years=year).weekend_workdays if day.year == year
    )


def is_working(day: date) -> bool:
    """Whether offices are open on a day. UnknownYear before 2000 and after 2100."""
    if day in _free(day.year):
        return False
    return day.weekday() < SATURDAY or day in _exchanged(day.year)


def _walk(day: date, number: int, step: timedelta) -> date:
    while number:
        day += step
        number -= is_working(day)
    return day


def add_working_days(day: date, number: int) -> date:
    """The working day so many working days after `day`, which itself isn't counted."""
    return _walk(day, number, timedelta(days=1))


def subtract_working_days(day: date, number: int) -> date:
    """The working day so many working days before `day`, which itself isn't counted."""
    return _walk(day, number, timedelta(days=-1))


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start`, up to and with `end`; 0 where `end` isn't later."""
    days = (end - start).days
    return sum(is_working(start + timedelta(days=number)) for number in range(1, days + 1))
