"""Re-appointments, rotations and post changes beyond their cases: clocks that run month by month."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.law.finding import Effect, Outcome
from app.services.law.months import months_after
from app.services.law.parameter import Law, NotInForce
from app.services.law.retirement import Sex, months_left
from app.services.law.rules import judge
from app.services.law.rules.post_change import (
    PostChangeFacts,
    PostChangeState,
    post_change_due_on,
    post_change_state,
)
from app.services.law.rules.reappointment import (
    LEGAL,
    ConsecutiveTermsFacts,
    OnTimeFacts,
    ReappointmentKind,
    ReappointmentKindFacts,
    kind_of_reappointment,
    last_day_to_sign,
    legal_day,
    reminders,
)
from app.services.law.rules.rotation import (
    RotationAgeFacts,
    RotationMonthsFacts,
    RotationPlannedFacts,
    rotation_due_on,
)
from app.services.law.working_days import working_days_between

LAW = Law()
DAY, BEFORE_377, ON_377 = date(2022, 5, 4), date(2025, 10, 7), date(2025, 10, 8)
ENDS = st.dates(date(2022, 1, 1), date(2031, 12, 31))
ONE = timedelta(days=1)

# --- reminders -------------------------------------------------------------------------------------


@given(ends=ENDS)
def test_reminders_before_377_run_in_calendar_days(ends: date) -> None:
    found = reminders(ends, LAW.on(BEFORE_377))
    assert found == [
        ("T-180", ends - 180 * ONE),
        ("T-120", ends - 120 * ONE),
        (LEGAL, ends - 90 * ONE),
    ]


@given(ends=ENDS)
def test_reminders_since_377_have_a_legal_day_in_working_days(ends: date) -> None:
    found = reminders(ends, LAW.on(ON_377))
    assert [name for name, _ in found] == ["T-200", "T-150", LEGAL, "T-60", "T-30"]
    assert [(ends - day).days for name, day in found if name != LEGAL] == [200, 150, 60, 30]
    assert working_days_between(dict(found)[LEGAL], ends) in {90, 89}
    assert 126 <= (ends - dict(found)[LEGAL]).days <= 139


def test_a_legal_day_counted_by_hand() -> None:
    # Tết 2026 takes 16 to 20 February, 1 January is a Thursday: 90 working days are 18 weeks and 6 days off
    assert legal_day(date(2026, 4, 1), LAW.on(ON_377)) == date(2025, 11, 18)
    assert legal_day(date(2026, 4, 1), LAW.on(BEFORE_377)) == date(2026, 1, 1)


def test_before_decree_138_nobody_is_reminded() -> None:
    with pytest.raises(NotInForce):
        reminders(date(2021, 1, 1), LAW.on(date(2020, 11, 30)))
    with pytest.raises(NotInForce):
        kind_of_reappointment(60, LAW.on(date(2020, 11, 30)))


# --- in time ---------------------------------------------------------------------------------------


@given(ends=ENDS, days=st.integers(-60, 60), on=st.sampled_from((BEFORE_377, ON_377)))
def test_signed_before_the_end_is_in_time(ends: date, days: int, on: date) -> None:
    signed = ends + days * ONE
    found = judge("reappointment.on_time", OnTimeFacts("P", ends, signed), on, LAW)
    assert (found.outcome is Outcome.MET) == (signed < ends)
    assert found.measured["days_late"] == max(0, days + 1)
    assert (found.effect, found.holds_up) == (Effect.MEASURES, False)


@given(ends=ENDS, lead=st.integers(0, 20), more=st.integers(0, 10))
def test_a_longer_lead_never_ends_later(ends: date, lead: int, more: int) -> None:
    assert last_day_to_sign(ends, lead + more) <= last_day_to_sign(ends, lead) < ends
    assert last_day_to_sign(ends) == ends - ONE


@given(ends=ENDS, day=ENDS)
def test_without_a_decision_it_is_late_from_the_end_on(ends: date, day: date) -> None:
    found = judge("reappointment.on_time", OnTimeFacts("P", ends, None), day, LAW)
    assert (found.outcome is Outcome.UNMET) == (day >= ends)
    assert (found.outcome is Outcome.NOT_APPLICABLE) == (day < ends)


# --- kinds and terms -------------------------------------------------------------------------------


@given(months=st.integers(-20, 300), on=st.sampled_from((DAY, date(2025, 6, 30), BEFORE_377, ON_377)))
def test_the_kind_by_the_months_left(months: int, on: date) -> None:
    kind = kind_of_reappointment(months, LAW.on(on))
    expected = (
        ReappointmentKind.REAPPOINT
        if months >= 60
        else ReappointmentKind.TO_RETIREMENT
        if months >= 24
        else ReappointmentKind.EXTEND
    )
    assert kind is expected
    fitting = [
        one
        for one in ReappointmentKind
        if judge("reappointment.kind", ReappointmentKindFacts("P", one, months), on, LAW).outcome
        is Outcome.MET
    ]
    assert fitting == [kind]


@given(terms=st.integers(0, 6))
def test_a_third_term_blocks_a_head_and_nobody_else(terms: int) -> None:
    facts = ConsecutiveTermsFacts("P", terms, is_head=True, public_service=False)
    assert judge("reappointment.consecutive_terms", facts, DAY, LAW).holds_up == (terms >= 2)
    for other in (
        replace(facts, is_head=False),
        replace(facts, public_service=True),
        replace(facts, new_term=False),
    ):
        assert not judge("reappointment.consecutive_terms", other, DAY, LAW).holds_up


def test_terms_that_no_counting_gives_are_refused() -> None:
    with pytest.raises(ValueError, match="counted"):
        ConsecutiveTermsFacts("P", -1, is_head=True, public_service=False)


# --- rotation --------------------------------------------------------------------------------------


@given(
    birth=st.dates(date(1955, 1, 1), date(1995, 12, 31)),
    sex=st.sampled_from(("female", "male")),
    begins=st.dates(date(2022, 4, 28), date(2030, 12, 31)),
)
def test_ten_years_are_left_when_it_begins(birth: date, sex: Sex, begins: date) -> None:
    found = judge("rotation.years_left", RotationAgeFacts("P", birth, sex, begins), DAY, LAW)
    assert found.holds_up == (months_left(birth, sex, begins, LAW.on(DAY)) < 120)
    assert set(found.measured) == {"enough"}


@given(began=ENDS, days=st.integers(0, 1500))
def test_three_years_are_served_before_the_return(began: date, days: int) -> None:
    ends = began + days * ONE
    found = judge("rotation.min_months", RotationMonthsFacts("P", began, ends), DAY, LAW)
    assert found.holds_up == (ends < months_after(began, 36))
    later = judge("rotation.min_months", RotationMonthsFacts("P", began, ends + ONE), DAY, LAW)
    assert (found.outcome is Outcome.MET) <= (later.outcome is Outcome.MET)
    assert rotation_due_on(began, LAW.on(DAY)) == months_after(began, 36)


def test_a_blank_reason_calls_nobody_back_early() -> None:
    facts = RotationMonthsFacts("P", date(2022, 5, 1), date(2023, 5, 1), early_reason="  ")
    assert judge("rotation.min_months", facts, DAY, LAW).holds_up
    assert not judge("rotation.min_months", replace(facts, early_reason="Lý do sức khỏe"), DAY, LAW).holds_up


def test_a_rotation_says_all_that_is_wrong() -> None:
    facts = RotationPlannedFacts("P", planned=False, missing=("nơi đến", "hướng bố trí"))
    found = judge("rotation.planned", facts, DAY, LAW)
    assert found.holds_up
    assert "chưa có trong quy hoạch; kế hoạch chưa ghi nơi đến, hướng bố trí" in found.message


# --- post change -----------------------------------------------------------------------------------

CLOCK = list(PostChangeState)


@given(since=st.dates(date(2016, 1, 1), date(2025, 12, 31)), limit=st.integers(24, 60), day=ENDS)
def test_the_clock_only_runs_on(since: date, limit: int, day: date) -> None:
    now, then = (post_change_state(since, limit, LAW.on(one)) for one in (day, day + ONE))
    assert CLOCK.index(now) <= CLOCK.index(then)
    due_on = post_change_due_on(since, limit)
    assert (now is PostChangeState.OVERDUE) == (day > due_on)
    assert (now is PostChangeState.DUE) == (day == due_on)
    assert (now is PostChangeState.RUNNING) == (day < months_after(due_on, -6))
    found = judge("post_change.overdue", PostChangeFacts("P", since, limit), day, LAW)
    assert (found.outcome is Outcome.UNMET) == (day > due_on)
    assert not found.holds_up


@given(since=st.dates(date(2016, 1, 1), date(2025, 12, 31)), limit=st.integers(24, 59), day=ENDS)
def test_a_longer_limit_is_never_overdue_earlier(since: date, limit: int, day: date) -> None:
    short, long = (
        judge("post_change.overdue", PostChangeFacts("P", since, months), day, LAW)
        for months in (limit, limit + 1)
    )
    assert (long.outcome is Outcome.UNMET) <= (short.outcome is Outcome.UNMET)


@pytest.mark.parametrize("limit", [0, 23, 61, None])
def test_a_limit_outside_the_decree_s_is_unknown(limit: int | None) -> None:
    found = judge("post_change.overdue", PostChangeFacts("P", date(2019, 3, 1), limit), DAY, LAW)
    assert found.outcome is Outcome.UNKNOWN
    assert "từ 24 đến 60 tháng" in found.remedy


def test_a_blank_reason_exempts_nobody() -> None:
    facts = PostChangeFacts("P", date(2019, 3, 1), 36, exempt_reason=" ")
    assert judge("post_change.overdue", facts, DAY, LAW).outcome is Outcome.UNMET
