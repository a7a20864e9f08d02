"""When somebody reaches the age of retirement: the table of Decree 135/2020, month by month.

The age is that of the year in which it is reached, so each year of the table is a period of a parameter. The
table was law long before its last years came: it is read whole, whatever the day of judging.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.services.law.parameter import LawOn

YEAR = 12
Sex = Literal["female", "male"]
AGES: dict[Sex, str] = {"female": "retirement.age-women", "male": "retirement.age-men"}


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year, counted on from month to month."""

    year: int
    month: int

    def after(self, months: int) -> "Month":
        """The month so many months later; earlier where negative."""
        year, month = divmod(self.year * YEAR + self.month - 1 + months, YEAR)
        return Month(year, month + 1)

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.after(1).first_day - timedelta(days=1)


def retirement_month(birth: date, sex: Sex, law: LawOn) -> Month:
    """The month in which somebody reaches the age of retirement: the last one in service.

    `birth` of which only the year, or year and month, are known is the first day of that, as the decree says.
    """
    born = Month(birth.year, birth.month)
    norms = law.law.history(AGES[sex])
    for norm in norms:
        reached = born.after(norm.integer)
        if norm.until is None or reached.year < norm.until.year:
            return reached
    raise AssertionError(AGES[sex])  # the last period of the table is open


def retires_on(birth: date, sex: Sex, law: LawOn) -> date:
    """The last day in service: the last of the month in which the age is reached."""
    return retirement_month(birth, sex, law).last_day


def months_left(birth: date, sex: Sex, since: date, law: LawOn) -> int:
    """Whole months in service from `since` to the last day; negative for who retired before.

    From the first of a month to the last day of the same month is one month.
    """
    last = retirement_month(birth, sex, law)
    return (last.year - since.year) * YEAR + last.month - since.month + (since.day == 1)


def born_since(sex: Sex, since: date, months: int, law: LawOn) -> date:
    """The first day of the earliest month of birth that leaves `months` in service from `since` on."""
    month = Month(since.year, since.month).after(months - 80 * YEAR)
    while months_left(month.first_day, sex, since, law) < months:
        month = month.after(1)
    return month.first_day
