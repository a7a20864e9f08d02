"""Working days: weekends, Tết and the other holidays left out, counted both ways alike."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.law.working_days import (
    UnknownYear,
    add_working_days,
    is_working,
    subtract_working_days,
    working_days_between,
)

DAYS = st.dates(date(2001, 1, 1), date(2098, 12, 31))
NUMBERS = st.integers(0, 120)
ONE = timedelta(days=1)


def off(first: date, last: date) -> list[date]:
    """The free days of a stretch."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [day for day in days if not is_working(day)]


def test_new_year_of_the_moon_2026() -> None:
    """The first day of the year of the horse is 17 February; the eve and four more days are free."""
    monday, friday = date(2026, 2, 16), date(2026, 2, 20)
    assert off(date(2026, 2, 9), date(2026, 2, 13)) == []
    assert off(monday, friday) == [monday + timedelta(days=number) for number in range(5)]
    assert is_working(date(2026, 2, 23))
    assert add_working_days(date(2026, 2, 13), 1) == date(2026, 2, 23)
    assert subtract_working_days(date(2026, 2, 23), 1) == date(2026, 2, 13)
    assert working_days_between(date(2026, 2, 13), date(2026, 2, 23)) == 1


def test_the_end_of_april_2026() -> None:
    """Thursday and Friday are holidays, then the weekend; the kings' day fell on Sunday the 26th."""
    assert off(date(2026, 4, 28), date(2026, 5, 5)) == [
        date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 3),
    ]  # fmt: skip
    assert not is_working(date(2026, 4, 27)), "a holiday that falls on a Sunday is made up for on Monday"
    assert add_working_days(date(2026, 4, 29), 1) == date(2026, 5, 4)
    assert working_days_between(date(2026, 4, 24), date(2026, 5, 4)) == 3


@pytest.mark.parametrize(
    ("off_for", "worked"),
    [
        (date(2019, 4, 29), date(2019, 5, 4)),
        (date(2024, 4, 29), date(2024, 5, 4)),
        (date(2025, 5, 2), date(2025, 4, 26)),
    ],
)
def test_a_saturday_worked_for_a_day_off_counts(off_for: date, worked: date) -> None:
    assert worked.weekday() == 5
    assert (is_working(off_for), is_working(worked)) == (False, True)
    week_before, week_after = worked - 7 * ONE, worked + 7 * ONE
    assert not is_working(week_before)
    assert not is_working(week_after)
    friday = worked - ONE
    assert add_working_days(friday, 1) == worked
    assert subtract_working_days(worked + 2 * ONE, 1) == worked
    assert working_days_between(friday, worked) == 1


@given(day=DAYS, number=NUMBERS)
def test_the_way_out_is_as_long_as_it_was_said(day: date, number: int) -> None:
    there = add_working_days(day, number)
    assert working_days_between(day, there) == number
    assert number == 0 or is_working(there)


@given(day=DAYS.filter(is_working), number=NUMBERS)
def test_from_a_working_day_the_way_back_leads_home(day: date, number: int) -> None:
    assert subtract_working_days(add_working_days(day, number), number) == day
    assert add_working_days(subtract_working_days(day, number), number) == day


@given(day=DAYS, number=NUMBERS)
def test_more_working_days_lead_further(day: date, number: int) -> None:
    assert add_working_days(day, number) < add_working_days(day, number + 1)
    assert subtract_working_days(day, number) > subtract_working_days(day, number + 1)


@given(day=DAYS, later=st.integers(0, 60), number=NUMBERS)
def test_a_later_start_never_ends_earlier(day: date, later: int, number: int) -> None:
    start = day + timedelta(days=later)
    assert add_working_days(day, number) <= add_working_days(start, number)
    assert subtract_working_days(day, number) <= subtract_working_days(start, number)


@given(day=DAYS, first=st.integers(0, 200), second=st.integers(0, 200))
def test_stretches_add_up(day: date, first: int, second: int) -> None:
    middle = day + timedelta(days=first)
    end = middle + timedelta(days=second)
    whole = working_days_between(day, middle) + working_days_between(middle, end)
    assert working_days_between(day, end) == whole
    assert 0 <= working_days_between(day, end) <= (end - day).days


@given(day=DAYS, back=st.integers(0, 400))
def test_nothing_lies_between_a_day_and_an_earlier_one(day: date, back: int) -> None:
    assert working_days_between(day, day - timedelta(days=back)) == 0


@pytest.mark.parametrize("year", range(2020, 2036))
def test_ninety_working_days_before_spring_reach_over_new_year(year: int) -> None:
    """Eighteen weeks and up to twelve days over Tết; before a day of May those of April on top."""
    days = [date(year, 2, 1) + timedelta(days=number) for number in range(120)]
    spans = {day: (day - subtract_working_days(day, 90)).days for day in days if day.month <= 5}
    assert min(spans.values()) >= 126
    assert max(span for day, span in spans.items() if day.month <= 4) <= 138
    assert 139 <= max(span for day, span in spans.items() if day.month == 5) <= 140


@pytest.mark.parametrize("year", [1999, 2101])
def test_a_year_that_the_calendar_does_not_hold_is_refused(year: int) -> None:
    for day in (date(year, 1, 4), date(year, 12, 31)):
        weekday = day if day.weekday() < 5 else day - 2 * ONE
        with pytest.raises(UnknownYear):
            is_working(weekday)


def test_a_count_that_runs_out_of_the_calendar_is_refused() -> None:
    with pytest.raises(UnknownYear):
        add_working_days(date(2100, 12, 20), 20)
    with pytest.raises(UnknownYear):
        subtract_working_days(date(2000, 1, 10), 20)
    with pytest.raises(UnknownYear):
        working_days_between(date(1999, 12, 1), date(2000, 1, 31))
