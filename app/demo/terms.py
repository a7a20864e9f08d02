"""When terms begin: congresses, councils, fronts; what cuts an elected post into mandates."""

from bisect import bisect_right
from datetime import date, timedelta
from functools import cache

from app.demo.seats import Seat
from app.demo.tree import Unit
from app.models.title import TermKind
from app.models.unit import Level, UnitKind

_CONGRESS = {
    Level.PROVINCE: (date(2010, 10, 26), date(2015, 10, 22), date(2020, 10, 16)),
    Level.DISTRICT: (date(2010, 7, 12), date(2015, 8, 3), date(2020, 7, 13)),
    Level.COMMUNE: (date(2010, 4, 20), date(2015, 4, 14), date(2020, 5, 4)),
}
_COUNCIL = {
    Level.PROVINCE: (date(2011, 6, 28), date(2016, 6, 28), date(2021, 6, 29)),
    Level.DISTRICT: (date(2011, 6, 20), date(2016, 6, 20), date(2021, 6, 21)),
    Level.COMMUNE: (date(2011, 6, 6), date(2016, 6, 6), date(2021, 6, 7)),
}
_FRONT = (date(2014, 3, 10), date(2019, 4, 8))
_MASS = (date(2011, 11, 7), date(2016, 11, 7), date(2021, 9, 6))
TERM_NAMES = ("2010-2015", "2015-2020", "2020-2025")


@cache
def congresses(unit: Unit) -> tuple[date, ...]:
    """First days of the terms of a party committee (a territory's, or one attached to the province's)."""
    if unit.kind is UnitKind.ATTACHED_COMMITTEE:
        return tuple(day + timedelta(days=20) for day in _CONGRESS[Level.DISTRICT])
    return tuple(day + _offset(unit) for day in _CONGRESS[unit.territory.level])


def _offset(unit: Unit) -> timedelta:
    """Congresses and first council meetings are spread over some weeks, each unit on its own day."""
    digits = int("".join(letter for letter in unit.territory.code if letter.isdigit()))
    return timedelta(days=0 if unit.territory.level is Level.PROVINCE else digits * 7 % 25)


@cache
def boundaries(unit: Unit, term: TermKind) -> tuple[date, ...]:
    """First days of mandates of an elected post in a unit; none for posts that are appointed."""
    if term is not TermKind.ELECTED_TERM:
        return ()
    if unit.kind in {UnitKind.PARTY_COMMITTEE, UnitKind.PARTY_BOARD, UnitKind.ATTACHED_COMMITTEE}:
        return congresses(unit)
    if unit.kind in {UnitKind.COUNCIL, UnitKind.PEOPLE_COMMITTEE}:
        return tuple(day + _offset(unit) for day in _COUNCIL[unit.level])
    base = _FRONT if unit.kind is UnitKind.FRONT else _MASS
    return tuple(day + _offset(unit) for day in base)


def of_seat(seat: Seat) -> tuple[date, ...]:
    """First days of the mandates of a seat."""
    return boundaries(seat.unit, seat.title.term)


def next_after(days: tuple[date, ...], day: date, step: int = 5) -> date:
    """The planned end of a mandate that runs on `day`: the next first day, known or to be expected."""
    position = bisect_right(days, day)
    if position < len(days):
        return days[position]
    last = days[-1]
    while last <= day:
        last = last.replace(year=last.year + step)
    return last


def snapped(seat: Seat, day: date, latest: date) -> date:
    """`day`, or the first day of a mandate near it, so that most elected people begin with a mandate."""
    for first in of_seat(seat):
        if abs((first - day).days) <= 400 and first <= latest:
            return first
    return day
