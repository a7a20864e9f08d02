"""Days counted by months, as terms, bars and limits of posts are."""

from datetime import date

YEAR = 12


def months_after(day: date, months: int) -> date:
    """The day that many months later (earlier where negative); past a month's end its last day."""
    year, month = divmod(day.year * YEAR + day.month - 1 + months, YEAR)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise ValueError(f"no month {month + 1} of {year}")


def months_between(first: date, second: date) -> int:
    """Whole months from the first day to the second; negative where the second comes before."""
    months = (second.year - first.year) * YEAR + second.month - first.month
    return months - (months_after(first, months) > second)
