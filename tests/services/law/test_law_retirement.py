"""The age of retirement month by month: Decree 135/2020's own examples, and what no table may do."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.law.parameter import Law
from app.services.law.retirement import AGES, Month, Sex, born_since, months_left, retires_on

LAW = Law().on(date(2022, 3, 1))
BIRTHS = st.dates(date(1945, 1, 1), date(1999, 12, 31))
SEXES = st.sampled_from(tuple(AGES))


@pytest.mark.parametrize(
    ("sex", "birth", "last"),
    [
        ("male", date(1960, 12, 31), date(2020, 12, 31)),
        ("male", date(1961, 1, 1), date(2021, 4, 30)),
        ("male", date(1961, 9, 30), date(2021, 12, 31)),
        ("male", date(1961, 10, 1), date(2022, 4, 30)),
        ("male", date(1962, 7, 15), date(2023, 4, 30)),
        ("male", date(1966, 4, 1), date(2028, 4, 30)),
        ("male", date(1980, 2, 29), date(2042, 2, 28)),
        ("female", date(1965, 12, 31), date(2020, 12, 31)),
        ("female", date(1966, 1, 1), date(2021, 5, 31)),
        ("female", date(1966, 8, 31), date(2021, 12, 31)),
        ("female", date(1966, 9, 1), date(2022, 5, 31)),
        ("female", date(1975, 4, 30), date(2034, 12, 31)),
        ("female", date(1975, 5, 1), date(2035, 5, 31)),
    ],
)
def test_the_decree_s_own_months(sex: Sex, birth: date, last: date) -> None:
    assert retires_on(birth, sex, LAW) == last


@pytest.mark.parametrize(("sex", "ages"), [("male", (723, 744, 8, 3)), ("female", (664, 720, 15, 4))])
def test_the_table_rises_by_the_same_months_each_year(sex: Sex, ages: tuple[int, int, int, int]) -> None:
    first, last, years, step = ages
    norms = [norm for norm in LAW.law.history(AGES[sex]) if norm.since >= date(2021, 1, 1)]
    assert [norm.since for norm in norms] == [date(2021 + at, 1, 1) for at in range(years)]
    assert (norms[0].integer, norms[-1].integer) == (first, last)
    assert {after.integer - before.integer for before, after in pairwise(norms)} <= {
        step,
        last - norms[-2].integer,
    }


@given(birth=BIRTHS, sex=SEXES)
def test_the_age_is_that_of_the_year_in_which_it_is_reached(birth: date, sex: Sex) -> None:
    last = retires_on(birth, sex, LAW)
    (norm,) = [
        one
        for one in LAW.law.history(AGES[sex])
        if (one.since <= last or one.since.year <= 2010) and (one.until is None or last < one.until)
    ]
    assert Month(birth.year, birth.month).after(norm.integer).last_day == last
    assert (last + timedelta(days=1)).day == 1


@given(birth=BIRTHS, sex=SEXES, days=st.integers(0, 4000))
def test_nobody_born_later_retires_earlier(birth: date, sex: Sex, days: int) -> None:
    assert retires_on(birth, sex, LAW) <= retires_on(birth + timedelta(days=days), sex, LAW)


@given(birth=BIRTHS, sex=SEXES, since=st.dates(date(2015, 1, 1), date(2031, 12, 31)))
def test_months_left_are_whole_months_until_the_last_day(birth: date, sex: Sex, since: date) -> None:
    left, last = months_left(birth, sex, since, LAW), retires_on(birth, sex, LAW)
    after = Month(since.year, since.month).after(left)
    assert after.first_day + timedelta(days=since.day - 1) <= last + timedelta(days=1) or since.day > 28
    assert Month(since.year, since.month).after(left + 1).first_day > last


@given(sex=SEXES, months=st.integers(0, 240), since=st.dates(date(2018, 1, 1), date(2031, 12, 31)))
def test_born_since_is_the_first_month_that_leaves_so_many(sex: Sex, months: int, since: date) -> None:
    first = born_since(sex, since, months, LAW)
    assert months_left(first, sex, since, LAW) >= months
    assert months_left(first - timedelta(days=1), sex, since, LAW) < months
