"""The cap on excellent grades, whatever the numbers: whole numbers, monotone, never loosened by splitting."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.law.finding import Finding, Outcome
from app.services.law.parameter import Law
from app.services.law.rules import judge
from app.services.law.rules.evaluation import (
    EXCELLENT_CAP,
    ExcellentCapFacts,
    Side,
    Tally,
    instruments,
)

LAW = Law()
LAST, FIRST = date(2025, 12, 31), date(2026, 1, 1)
DAYS = st.sampled_from([date(2021, 12, 15), LAST, FIRST, date(2030, 1, 1)])
TALLIES = st.builds(Tally, st.integers(0, 60), st.integers(0, 20), st.integers(0, 20))


def found(day: date, *, side: Side = Side.STATE, **parts: Tally) -> Finding:
    """What the law of a day says."""
    return judge(EXCELLENT_CAP, ExcellentCapFacts(side, "Sở A", **parts), day, LAW)


@given(TALLIES, DAYS, st.sampled_from(Side))
def test_the_cap_is_a_fifth_of_the_good_without_a_fraction(tally: Tally, day: date, side: Side) -> None:
    finding = found(day, side=side, civil=tally)
    if not tally.graded:
        assert finding.outcome is Outcome.NOT_APPLICABLE
        return
    fits = 5 * tally.excellent <= tally.good
    assert finding.outcome is (Outcome.MET if fits else Outcome.UNMET)
    assert not finding.holds_up


@given(TALLIES, TALLIES, TALLIES, DAYS)
def test_one_more_good_one_never_makes_it_too_many(
    civil: Tally, employees: Tally, unsorted: Tally, day: date
) -> None:
    before = found(day, civil=civil, employees=employees, unsorted=unsorted)
    after = found(day, civil=civil + Tally(1), employees=employees + Tally(1), unsorted=unsorted)
    assert before.outcome is not Outcome.MET or after.outcome is Outcome.MET


@given(TALLIES, TALLIES)
def test_two_denominators_never_allow_what_one_refuses(civil: Tally, employees: Tally) -> None:
    together = found(LAST, civil=civil, employees=employees).outcome
    apart = found(FIRST, civil=civil, employees=employees).outcome
    assert together is not Outcome.UNMET or apart is Outcome.UNMET


@given(TALLIES, TALLIES, st.integers(0, 3), st.integers(0, 3), st.sampled_from(["civil", "employees"]))
def test_learning_who_serves_under_which_law_never_contradicts_a_verdict(
    civil: Tally, employees: Tally, good: int, excellent: int, part: str
) -> None:
    learnt = Tally(good, excellent)
    before = found(FIRST, civil=civil, employees=employees, unsorted=learnt).outcome
    after = found(
        FIRST,
        civil=civil + learnt if part == "civil" else civil,
        employees=employees + learnt if part == "employees" else employees,
    ).outcome
    assert before in {after, Outcome.UNKNOWN}


def test_what_no_counting_gives_is_refused() -> None:
    with pytest.raises(ValueError, match="can't be counted"):
        Tally(good=-1)


@pytest.mark.parametrize(
    ("day", "employee", "state", "party"),
    [
        (date(2018, 3, 7), False, None, None),
        (date(2018, 3, 8), False, None, "132-QĐ/TW"),
        (date(2020, 8, 19), False, None, "132-QĐ/TW"),
        (date(2020, 8, 20), False, "90/2020/NĐ-CP", "132-QĐ/TW"),
        (date(2023, 9, 14), True, "90/2020/NĐ-CP", "132-QĐ/TW"),
        (date(2023, 9, 15), True, "48/2023/NĐ-CP", "132-QĐ/TW"),
        (date(2023, 10, 4), False, "48/2023/NĐ-CP", "124-QĐ/TW"),
        (date(2025, 8, 29), False, "48/2023/NĐ-CP", "124-QĐ/TW"),
        (date(2025, 8, 30), False, "48/2023/NĐ-CP", "366-QĐ/TW"),
        (LAST, False, "48/2023/NĐ-CP", "366-QĐ/TW"),
        (FIRST, False, "335/2025/NĐ-CP", "366-QĐ/TW"),
        (FIRST, True, "48/2023/NĐ-CP", "366-QĐ/TW"),
    ],
)
def test_the_instruments_of_a_day(day: date, *, employee: bool, state: str | None, party: str | None) -> None:
    told = dict(instruments(LAW.on(day), employee=employee))
    for side, expected in ((Side.STATE, state), (Side.PARTY, party)):
        assert (expected is None) == (side not in told)
        assert expected is None or told[side].count(expected) == 1
