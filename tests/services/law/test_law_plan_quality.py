"""Rules on age, conclusions, seats and structure of plans beyond their cases."""

import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.law.finding import Effect, Finding, Group, Outcome
from app.services.law.parameter import Law
from app.services.law.retirement import Sex, months_left
from app.services.law.rules import REGISTRY, judge, rule_on
from app.services.law.rules.plan import (
    CommitteeNumberFacts,
    EntryAppointment,
    NoOpenAppointmentFacts,
    OutsidersFacts,
    Part,
    PersonBirth,
    PersonConclusion,
    PersonTraits,
    PlanAgeFacts,
    PlannedBelowFacts,
    PoliticalStandardFacts,
    SeatAges,
    SeatPersons,
    SpecialisedShareFacts,
    StructureFacts,
    persons_from,
    persons_to,
)

LAW = Law()
DAY = date(2022, 3, 1)
FIRST, SECOND, THIRD = date(2012, 11, 5), date(2021, 12, 27), date(2025, 10, 8)
BEGINS = date(2021, 1, 1)
SHARES: dict[str, Any] = {
    "plan.outsiders": OutsidersFacts,
    "plan.planned_below": PlannedBelowFacts,
    "plan.specialised_share": SpecialisedShareFacts,
}


def age(*persons: PersonBirth, on: date = DAY) -> Finding:
    return judge("plan.age", PlanAgeFacts(BEGINS, persons), on, LAW)


def seats(*titles: SeatPersons) -> Finding:
    return judge("plan.committee_number", CommitteeNumberFacts(titles), DAY, LAW)


def structure(facts: StructureFacts, on: date = DAY) -> Finding:
    return judge("plan.structure", facts, on, LAW)


# --- groups and effects ----------------------------------------------------------------------------


def test_each_rule_on_plans_belongs_to_one_of_the_four_groups() -> None:
    groups = {
        rule_id: {version.group for version in REGISTRY.versions(rule_id)}
        for rule_id in REGISTRY.ids
        if rule_id.startswith("plan.")
    }
    assert all(len(found) == 1 and None not in found for found in groups.values())
    assert {group for found in groups.values() for group in found} == set(Group)
    assert groups["plan.persons_per_title"] == groups["plan.committee_number"] == {Group.NUMBER}
    assert groups["plan.age"] == groups["plan.political_standard"] == {Group.QUALITY}
    assert groups["plan.women_key_title"] == groups["plan.structure"] == {Group.STRUCTURE}
    assert groups["plan.procedure"] == groups["plan.no_open_appointment"] == {Group.PROCEDURE}


def test_the_group_is_told_by_the_finding_and_by_the_list_of_rules() -> None:
    assert age().as_json()["group"] == "quality"
    assert rule_on("plan.age", DAY, LAW)["group"] == "quality"
    told = judge("plan.age", PlanAgeFacts(BEGINS, ()), FIRST - timedelta(days=1), LAW)
    assert told.as_json()["group"] == "quality"


def test_a_rule_that_blocks_may_warn_and_none_blocks_more_than_it_says() -> None:
    late = PersonBirth("p", "P", date(1966, 5, 1), "male")
    short = PersonBirth("q", "Q", date(1960, 5, 1), "male")
    assert (age(late).effect, age(late).holds_up, age(late).asks_reason) == (Effect.WARNS, False, True)
    assert (age(late, short).effect, age(late, short).holds_up) == (Effect.BLOCKS, True)
    assert age(late, PersonBirth("r", "R")).holds_up


@pytest.mark.parametrize("rule_id", ["plan.age", "plan.committee_number", "plan.structure"])
def test_the_new_central_rules_differ_where_the_rule_sets_do(rule_id: str) -> None:
    for change in (FIRST, SECOND, THIRD):
        days = [change + timedelta(days=around) for around in (-2, -1, 0, 1)]
        rows = [rule_on(rule_id, day, LAW) for day in days]
        assert [before != after for before, after in pairwise(rows)] == [
            False,
            True,
            False,
        ]


# --- age -------------------------------------------------------------------------------------------


@given(
    birth=st.dates(date(1955, 1, 1), date(1990, 12, 31)),
    sex=st.sampled_from(("female", "male")),
    day=st.sampled_from((FIRST, SECOND - timedelta(days=1), SECOND, THIRD - timedelta(days=1), THIRD)),
)
def test_sixty_months_block_and_a_hundred_and_twenty_warn(birth: date, sex: Sex, day: date) -> None:
    found = age(PersonBirth("p", "P", birth, sex), on=day)
    left = months_left(birth, sex, BEGINS, LAW.on(day))
    assert found.holds_up == (left < 60)
    assert found.asks_reason == (60 <= left < 120)
    assert (found.outcome is Outcome.MET) == (left >= 120)


@given(birth=st.dates(date(1955, 1, 1), date(1990, 12, 31)), days=st.integers(0, 3000))
def test_somebody_younger_never_worsens_the_age(birth: date, days: int) -> None:
    old, young = (
        age(PersonBirth("p", "P", born, "female")) for born in (birth, birth + timedelta(days=days))
    )
    assert not (young.holds_up and not old.holds_up)
    assert (old.outcome is Outcome.MET) <= (young.outcome is Outcome.MET)


def test_age_tells_who_and_not_when_born() -> None:
    told = json.dumps(age(PersonBirth("p", "Giàng A", date(1966, 5, 1), "male")).as_json())
    assert "1966" not in told
    assert "2028" not in told


# --- seats -----------------------------------------------------------------------------------------


@given(number=st.integers(1, 120), persons=st.integers(0, 260))
def test_the_coefficient_is_held_exactly(number: int, persons: int) -> None:
    found = seats(SeatPersons("t", "T", number, persons))
    inside = Fraction(3, 2) <= Fraction(persons, number) <= 2
    assert (found.outcome is Outcome.MET) == inside
    assert found.holds_up == (not inside)


@given(number=st.integers(1, 120))
def test_as_many_as_the_remedy_says_are_right(number: int) -> None:
    short = cast("int", seats(SeatPersons("t", "T", number, 0)).measured["missing"])
    over = cast("int", seats(SeatPersons("t", "T", number, 300)).measured["over"])
    assert (short, 300 - over) == (persons_from(number, 15), persons_to(number, 20))
    for persons in (short, 300 - over):
        assert seats(SeatPersons("t", "T", number, persons)).outcome is Outcome.MET


def test_the_finding_says_how_many_are_missing() -> None:
    found = seats(
        SeatPersons("t", "Ủy viên Ban Chấp hành", 41, 60), SeatPersons("s", "Ban Thường vụ", 11, 23)
    )
    assert "từ 1,5 đến 2 lần số ghế" in found.message
    assert "Ủy viên Ban Chấp hành có 60 người cho 41 ghế" in found.message
    assert found.remedy == "Bổ sung 2 người cho Ủy viên Ban Chấp hành. Bớt 1 người của Ban Thường vụ."


@pytest.mark.parametrize("wrong", [{"seats": 0}, {"persons": -1}])
def test_seats_that_no_counting_gives_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="counted"):
        replace(SeatPersons("t", "T", 11, 20), **wrong)  # type: ignore[arg-type]


# --- structure -------------------------------------------------------------------------------------

MAYBE = st.one_of(st.none(), st.booleans())
TRAITS = st.builds(PersonTraits, st.one_of(st.none(), st.integers(25, 60)), MAYBE, MAYBE)


@st.composite
def plans(draw: st.DrawFn, *, committee: bool) -> StructureFacts:
    persons = tuple(draw(st.lists(TRAITS, min_size=1, max_size=6)))
    staff = draw(st.integers(0, 30))
    ages = tuple(one.age for one in persons)
    return StructureFacts(
        persons,
        (SeatAges("t", "Ủy viên", ages),) if committee else (),
        staff,
        draw(st.integers(0, staff)),
    )


@given(facts=plans(committee=False))
def test_shares_warn_and_never_block(facts: StructureFacts) -> None:
    found = structure(facts)
    assert found.effect is Effect.WARNS
    assert not found.holds_up


@given(facts=plans(committee=True))
def test_bands_block_whatever_the_shares(facts: StructureFacts) -> None:
    found = structure(facts)
    bands = [0, 0, 0]
    for one in facts.persons:
        if one.age is not None:
            bands[0 if one.age < 40 else 1 if one.age < 50 else 2] += 1
    assert found.measured["seats"] == [
        {
            "title_id": "t",
            "name": "Ủy viên",
            "by_age": bands,
            "unknown": sum(one.age is None for one in facts.persons),
        }
    ]
    assert found.holds_up == (0 in bands)
    before = structure(facts, SECOND - timedelta(days=1))
    assert before.holds_up == found.holds_up
    assert "shares" not in before.measured


@given(facts=plans(committee=False))
def test_the_shares_are_held_exactly(facts: StructureFacts) -> None:
    known = tuple(PersonTraits(one.age or 45, bool(one.woman), bool(one.minority)) for one in facts.persons)
    facts = replace(facts, persons=known)
    total = len(known)
    young = sum(cast("int", one.age) < 40 for one in known)
    women, minority = sum(bool(one.woman) for one in known), sum(bool(one.minority) for one in known)
    holds = Fraction(young, total) >= Fraction(15, 100) and Fraction(women, total) >= Fraction(1, 4)
    if facts.staff_minority:
        fit = Fraction(8, 10) * Fraction(facts.staff_minority, facts.staff)
        holds = holds and Fraction(minority, total) >= fit
    assert (structure(facts).outcome is Outcome.MET) == holds


@given(facts=plans(committee=False))
def test_unknown_shares_are_those_that_knowledge_could_turn(facts: StructureFacts) -> None:
    best, worst = (
        replace(
            facts,
            persons=tuple(
                PersonTraits(
                    age if one.age is None else one.age,
                    flag if one.woman is None else one.woman,
                    flag if one.minority is None else one.minority,
                )
                for one in facts.persons
            ),
        )
        for age, flag in ((30, True), (50, False))
    )
    outcomes = {structure(best).outcome, structure(worst).outcome}
    found = structure(facts).outcome
    assert (found is Outcome.UNKNOWN) == (len(outcomes) == 2)
    if found is not Outcome.UNKNOWN:
        assert outcomes == {found}


@given(facts=plans(committee=False))
def test_one_more_young_woman_never_turns_met_to_unmet(facts: StructureFacts) -> None:
    more = replace(facts, persons=(*facts.persons, PersonTraits(30, woman=True, minority=True)))
    assert (structure(facts).outcome is Outcome.MET) <= (structure(more).outcome is Outcome.MET)


def test_what_blocks_is_told_with_what_warns() -> None:
    facts = StructureFacts((PersonTraits(45, woman=False),), (SeatAges("t", "Ủy viên", (45,)),))
    found = structure(facts)
    assert found.holds_up
    assert "chưa đủ ba độ tuổi" in found.message
    assert "Cơ cấu chưa đạt" in found.message
    assert "nữ thêm 1 người" in found.remedy


def test_staff_that_no_counting_gives_is_refused() -> None:
    with pytest.raises(ValueError, match="counted"):
        StructureFacts((), (), 3, 4)


# --- openness --------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule_id", SHARES)
@given(data=st.data())
def test_one_more_never_worsens_a_share(rule_id: str, data: st.DataObject) -> None:
    persons = data.draw(st.integers(1, 60))
    having = data.draw(st.integers(0, persons - 1))
    before, after = (
        judge(rule_id, SHARES[rule_id](Part(persons, number)), DAY, LAW) for number in (having, having + 1)
    )
    assert (before.outcome is Outcome.MET) <= (after.outcome is Outcome.MET)
    assert not before.holds_up
    assert not after.holds_up


@given(persons=st.integers(1, 3000), data=st.data())
def test_five_per_cent_are_held_exactly_and_so_many_are_missing(persons: int, data: st.DataObject) -> None:
    having = data.draw(st.integers(0, persons))
    found = judge("plan.specialised_share", SpecialisedShareFacts(Part(persons, having)), DAY, LAW)
    assert (found.outcome is Outcome.MET) == (Fraction(having, persons) >= Fraction(1, 20))
    missing = cast("int", found.measured["missing"])
    assert Fraction(having + missing, persons) >= Fraction(1, 20) or having + missing == persons
    assert missing == 0 or Fraction(having + missing - 1, persons) < Fraction(1, 20)


@pytest.mark.parametrize("wrong", [(-1, 0, 0), (3, 4, 0), (3, 2, 2), (3, 0, -1)])
def test_parts_that_no_counting_gives_are_refused(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="counted"):
        Part(*wrong)


# --- conclusions and appointments ------------------------------------------------------------------


def test_a_conclusion_is_told_neither_by_number_nor_by_day() -> None:
    person = PersonConclusion("p", "Giàng A", DAY, date(2019, 9, 9))
    found = judge("plan.political_standard", PoliticalStandardFacts((person,)), DAY, LAW)
    assert found.holds_up
    assert "2019" not in json.dumps(found.as_json())


@given(before=st.integers(-40, 40))
def test_a_conclusion_serves_from_the_first_meeting_on(before: int) -> None:
    person = PersonConclusion("p", "P", DAY, DAY - timedelta(days=before))
    found = judge("plan.political_standard", PoliticalStandardFacts((person,)), DAY, LAW)
    assert found.holds_up == (before > 0)


def test_the_same_dossier_on_both_sides_of_the_change_of_2025() -> None:
    facts = NoOpenAppointmentFacts((EntryAppointment("e", "Giàng A", open=True),))
    before, after = (
        judge("plan.no_open_appointment", facts, day, LAW) for day in (THIRD - timedelta(days=1), THIRD)
    )
    assert (before.required, before.holds_up) == ({"reason": "not_in_force"}, False)
    assert (after.outcome, after.holds_up) == (Outcome.UNMET, True)
