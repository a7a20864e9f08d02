"""What figures rest on besides rows: the law of each day, and the days that the record covers."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.models.party import PoliticalTheory
from app.models.title import ManagedBy
from app.services.dated import years_before
from app.services.law.indicators import BEFORE_RECORD, BEYOND_RECORD
from app.services.law.months import months_after
from app.services.law.parameter import Law
from app.services.law.rules.appointment import NonLocalPolicy, OriginLevel
from app.services.law.rules.plan.women import SHARE
from app.services.law.rules.post_change import SHORTEST
from app.services.law.rules.reappointment import last_day_to_sign

OUT_OF_REACH = 101
"""A percentage that nobody has."""


@dataclass(frozen=True, slots=True)
class Terms:
    """The settings of the law that shape a statement; the same for nearly all days."""

    count_acting: bool
    theory: tuple[PoliticalTheory, ...]
    majority: str
    department_managed_by: tuple[ManagedBy, ...]
    local: NonLocalPolicy
    local_district: NonLocalPolicy
    specialised_sectors: tuple[str, ...]
    specialised_fields: tuple[str, ...]
    plan_due_months: int
    post_changes_since: date
    """Since when a law sets the limit of sensitive posts."""
    sign_by: tuple[tuple[date, date], ...]
    """End of a term → the last day to sign, for the year of the day; empty: the day before the end."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """What one day depends on: born after `under` is young by the target, after `at_most` by the baseline."""

    day: date
    year: date
    """The first day of the calendar year."""
    under: date
    at_most: date
    standing: date
    """Units that stood on this day already are old enough to have a plan."""
    share: int
    """Percent of women from which a unit must plan one for a key title; beyond reach before the clause."""


@dataclass(frozen=True, slots=True)
class Basis:
    """The law and the span of days the record covers. `record_ends_on` None: open."""

    law: Law
    records_begin_on: date
    record_ends_on: date | None

    def outside(self, day: date) -> str | None:
        """The reason why the record can't answer for `day`; None where it can."""
        if day < self.records_begin_on:
            return BEFORE_RECORD
        if self.record_ends_on is not None and day > self.record_ends_on:
            return BEYOND_RECORD
        return None

    def terms(self, day: date) -> Terms:
        """The settings in force on `day`; NotInForce before the first."""
        law = self.law.on(day)
        least = PoliticalTheory(law["leaders.theory-at-least"].choice)
        levels = tuple(PoliticalTheory)
        return Terms(
            count_acting=law["leaders.count-acting"].flag,
            theory=levels[levels.index(least) :],
            majority=law["persons.majority-ethnicity"].choice,
            department_managed_by=tuple(map(ManagedBy, law["leaders.department-managed-by"].choices)),
            local=NonLocalPolicy.of(law),
            local_district=NonLocalPolicy.of(law, level=OriginLevel.DISTRICT),
            specialised_sectors=law["plan.specialised-sectors"].choices,
            specialised_fields=law["plan.specialised-fields"].choices,
            plan_due_months=law["plan.due-months"].integer,
            post_changes_since=self.law.history(SHORTEST)[0].since,
            sign_by=_sign_by(day, law["reappointment.lead-working-days"].integer),
        )

    def cuts(self, day: date) -> Cuts:
        """The birth days that part the young from the others on `day`."""
        law = self.law.on(day)
        return Cuts(
            day,
            day.replace(month=1, day=1),
            years_before(day, law["persons.young-under"].integer),
            years_before(day, law["persons.young-at-most"].integer + 1),
            months_after(day, -law["plan.unit-age-months"].integer),
            law[SHARE].at_least if SHARE in law else OUT_OF_REACH,
        )


def _sign_by(day: date, lead: int) -> tuple[tuple[date, date], ...]:
    """The last day to sign for each end of a term in the year of `day`; only a lead asks for the calendar."""
    if not lead:
        return ()
    begins = day.replace(month=1, day=1)
    ends = [begins + timedelta(days=number) for number in range(366)]
    return tuple((end, last_day_to_sign(end, lead)) for end in ends if end.year == day.year)
