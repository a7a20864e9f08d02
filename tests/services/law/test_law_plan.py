"""Rules on plans beyond their cases: what more persons, votes or knowledge may and may not change."""

import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.services.law.finding import Effect, Finding, Outcome
from app.services.law.parameter import Law
from app.services.law.parameter_file import PARAMETERS, read_files
from app.services.law.rules import REGISTRY, judge, plan, rule_on
from app.services.law.rules.plan import (
    MEETING_NAMES,
    EntryVotes,
    Meeting,
    PersonsPerTitleFacts,
    PersonTitles,
    ProcedureFacts,
    TitlePersons,
    TitlesPerPersonFacts,
    WomenKeyTitleFacts,
    meeting_steps,
    women_from,
)

LAW = Law()
DAY = date(2022, 3, 1)
FIRST, SECOND, THIRD = date(2012, 11, 5), date(2021, 12, 27), date(2025, 10, 8)
WOMEN, PERSONS, TITLES, PROCEDURE = (
    "plan.women_key_title",
    "plan.persons_per_title",
    "plan.titles_per_person",
    "plan.procedure",
)
CENTRAL = (PERSONS, TITLES, PROCEDURE)
UNIT = WomenKeyTitleFacts(staff=118, women=41, key_titles=5, women_planned=0, dossier_has_key_titles=True)


def women(facts: WomenKeyTitleFacts, on: date = DAY) -> Finding:
    return judge(WOMEN, facts, on, LAW)


@st.composite
def units(draw: st.DrawFn) -> WomenKeyTitleFacts:
    staff = draw(st.integers(0, 60))
    count = draw(st.integers(0, staff))
    return WomenKeyTitleFacts(
        staff=staff,
        women=count,
        staff_unknown_sex=draw(st.integers(0, min(3, staff - count))),
        key_titles=draw(st.integers(0, 2)),
        women_planned=draw(st.integers(0, 2)),
        planned_unknown_sex=draw(st.integers(0, 2)),
        dossier_has_key_titles=draw(st.booleans()),
        compulsory_removals=draw(st.integers(0, 2)),
    )


@given(facts=units())
def test_one_more_woman_planned_never_worsens_the_finding(facts: WomenKeyTitleFacts) -> None:
    before, after = women(facts), women(replace(facts, women_planned=facts.women_planned + 1))
    assert not (after.holds_up and not before.holds_up)
    assert (before.outcome is Outcome.MET) <= (after.outcome is Outcome.MET)
    assert after.measured["women_planned_for_key_titles"] == facts.women_planned + 1


@given(facts=units())
def test_one_more_man_on_the_staff_never_brings_the_rule_in(facts: WomenKeyTitleFacts) -> None:
    before, after = women(facts), women(replace(facts, staff=facts.staff + 1))
    assert not (after.holds_up and not before.holds_up)


@given(facts=units())
def test_unknown_is_said_where_knowledge_could_turn_it_and_only_there(facts: WomenKeyTitleFacts) -> None:
    known = {
        women(
            replace(
                facts,
                women=facts.women + on_staff,
                staff_unknown_sex=0,
                women_planned=facts.women_planned + planned,
                planned_unknown_sex=0,
            )
        ).holds_up
        for on_staff in range(facts.staff_unknown_sex + 1)
        for planned in range(facts.planned_unknown_sex + 1)
    }
    found = women(facts)
    if facts.key_titles and found.outcome is Outcome.UNKNOWN:
        assert known == {True, False}
    elif facts.key_titles:
        assert known == {found.holds_up}


@given(facts=units())
def test_the_share_is_held_exactly(facts: WomenKeyTitleFacts) -> None:
    assume(facts.staff)
    facts = replace(
        facts, staff_unknown_sex=0, planned_unknown_sex=0, key_titles=1, dossier_has_key_titles=True
    )
    triggers = Fraction(facts.women, facts.staff) >= Fraction(3, 10)
    expected = (Outcome.MET if facts.women_planned else Outcome.UNMET) if triggers else Outcome.NOT_APPLICABLE
    assert women(facts).outcome is expected


@given(staff=st.integers(1, 40_000), percent=st.integers(1, 100))
def test_women_from_is_the_smallest_number_that_reaches_the_share(staff: int, percent: int) -> None:
    least = women_from(staff, percent)
    assert 100 * least >= percent * staff
    assert 100 * (least - 1) < percent * staff
    assert (
        women(replace(UNIT, staff=staff, women=women_from(staff, 30))).outcome,
        women(replace(UNIT, staff=staff, women=women_from(staff, 30) - 1)).outcome,
    ) == (Outcome.UNMET, Outcome.NOT_APPLICABLE)


def test_the_finding_names_figures_and_what_to_do() -> None:
    found = women(UNIT)
    assert "41 trong 118 người là nữ, 34,75 %" in found.message
    assert found.required == {
        "women_share_at_least_percent": 30,
        "women_from": 36,
        "women_planned_at_least": 1,
    }
    assert found.remedy.startswith("Đưa ít nhất một cán bộ nữ")
    assert found.effect is Effect.BLOCKS
    assert found.holds_up


def test_women_taken_out_by_necessity_leave_a_task() -> None:
    found = women(replace(UNIT, compulsory_removals=2))
    assert "2 nữ đã ra khỏi quy hoạch chức danh chủ chốt vì lý do bắt buộc: cần bổ sung" in found.message
    assert found.remedy.startswith("Bổ sung ít nhất một cán bộ nữ")
    assert "bắt buộc" not in women(replace(UNIT, compulsory_removals=2, women_planned=1)).message


def test_without_a_key_title_the_unit_does_not_escape() -> None:
    nowhere = women(replace(UNIT, key_titles=0, dossier_has_key_titles=False))
    assert (nowhere.outcome, nowhere.holds_up) == (Outcome.UNKNOWN, True)
    elsewhere = women(replace(UNIT, dossier_has_key_titles=False))
    assert (elsewhere.outcome, elsewhere.holds_up) == (Outcome.NOT_APPLICABLE, False)


@pytest.mark.parametrize(
    "wrong",
    [
        {"women": 119},
        {"women": 41, "staff_unknown_sex": 78},
        {"women": -1},
        {"key_titles": -1},
        {"women_planned": -1},
        {"compulsory_removals": -1},
        {"planned_unknown_sex": -1},
    ],
)
def test_numbers_that_no_counting_gives_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="counted"):
        replace(UNIT, **wrong)  # type: ignore[arg-type]


# --- numbers ---------------------------------------------------------------------------------------

COUNTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2)), min_size=1, max_size=5)
DAYS = st.sampled_from([FIRST, SECOND - timedelta(days=1), SECOND, THIRD - timedelta(days=1), THIRD])


def titles(counts: list[tuple[int, int]]) -> PersonsPerTitleFacts:
    return PersonsPerTitleFacts(
        tuple(TitlePersons(f"t{at}", f"Chức danh {at}", *pair) for at, pair in enumerate(counts))
    )


@given(counts=COUNTS, day=DAYS, more=st.integers(0, 4))
def test_one_more_person_never_betters_the_limit(counts: list[tuple[int, int]], day: date, more: int) -> None:
    at = more % len(counts)
    grown = [(n + (here == at), doubt) for here, (n, doubt) in enumerate(counts)]
    before, after = (judge(PERSONS, titles(each), day, LAW) for each in (counts, grown))
    assert (before.outcome is Outcome.UNMET) <= (after.outcome is Outcome.UNMET)
    assert not (before.holds_up and not after.holds_up)


@given(counts=COUNTS, day=DAYS)
def test_over_is_exactly_what_is_over(counts: list[tuple[int, int]], day: date) -> None:
    limit = 4 if day < SECOND else 3
    found = judge(PERSONS, titles(counts), day, LAW)
    over = [f"t{at}" for at, (n, _) in enumerate(counts) if n > limit]
    assert found.required == {"persons_at_most": limit}
    assert [row["title_id"] for row in found.measured["over"]] == over  # type: ignore[union-attr, index, call-overload]
    assert (found.outcome is Outcome.UNMET) == bool(over)
    assert found.measured["most_persons"] == max(n for n, _ in counts)


LEVELS = st.dictionaries(st.sampled_from(["province", "district", "commune"]), st.integers(0, 4))


@given(levels=LEVELS, level=st.sampled_from(["province", "district", "commune"]), day=DAYS)
def test_one_more_title_never_betters_the_limit(levels: dict[str, int], level: str, day: date) -> None:
    grown = {**levels, level: levels.get(level, 0) + 1}
    before, after = (
        judge(TITLES, TitlesPerPersonFacts((PersonTitles("p", "P", each),)), day, LAW)
        for each in (levels, grown)
    )
    assert not (before.holds_up and not after.holds_up)
    counted = max(grown.values()) if day >= THIRD else sum(grown.values())
    assert (after.outcome is Outcome.UNMET) == (counted > 3)
    assert after.measured["most_titles"] == counted


@given(levels=LEVELS, unlevelled=st.integers(1, 3))
def test_a_title_without_level_is_unknown_only_where_its_level_matters(
    levels: dict[str, int], unlevelled: int
) -> None:
    def outcome(by_level: dict[str, int], rest: int) -> Outcome:
        facts = TitlesPerPersonFacts((PersonTitles("p", "P", by_level, rest),))
        return judge(TITLES, facts, THIRD, LAW).outcome

    names = ("province", "district", "commune")
    placed = {outcome({**levels, name: levels.get(name, 0) + unlevelled}, 0) for name in names}
    found = outcome(levels, unlevelled)
    assert (found is Outcome.UNMET) == (max(levels.values(), default=0) > 3)
    if found is Outcome.MET:
        assert placed == {Outcome.MET}
    if found is Outcome.UNKNOWN:
        assert Outcome.UNMET in placed


def test_many_names_are_cut_in_the_sentence_and_kept_in_the_figures() -> None:
    found = judge(PERSONS, titles([(5, 0)] * 7), DAY, LAW)
    assert "Chức danh 4 (5 người) và 2 trường hợp khác" in found.message
    assert len(found.measured["over"]) == 7  # type: ignore[arg-type]
    assert "Chức danh 0 bớt 2" in found.remedy


def test_a_person_over_at_one_level_is_told_with_that_level() -> None:
    facts = TitlesPerPersonFacts((PersonTitles("p", "Giàng A", {"province": 4, "commune": 1}),))
    assert "Giàng A (4 cấp tỉnh)" in judge(TITLES, facts, THIRD, LAW).message
    assert "Giàng A (5 chức danh)" in judge(TITLES, facts, DAY, LAW).message


def test_negative_numbers_of_persons_and_titles_are_refused() -> None:
    with pytest.raises(ValueError, match="counted"):
        TitlePersons("t", "T", -1)
    with pytest.raises(ValueError, match="counted"):
        PersonTitles("p", "P", {"commune": -1})


# --- procedure -------------------------------------------------------------------------------------

STEPS = meeting_steps(LAW.on(DAY))


def meetings(summoned: int = 12, present: int | None = None, day: date = date(2022, 2, 1)) -> list[Meeting]:
    came = summoned if present is None else present
    return [
        Meeting(step, day + timedelta(days=at), summoned, came, came, came, came)
        for at, step in enumerate(STEPS)
    ]


def procedure(held: list[Meeting], *votes: int | None, on: date = DAY) -> Finding:
    entries = tuple(EntryVotes(f"e{at}", f"Người {at}", each) for at, each in enumerate(votes))
    return judge(PROCEDURE, ProcedureFacts(needs_meetings=True, meetings=tuple(held), votes=entries), on, LAW)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_only_the_order_of_the_rule_set_passes(order: tuple[int, ...]) -> None:
    held = [
        replace(one, held_on=date(2022, 2, 1) + timedelta(days=order[at]))
        for at, one in enumerate(meetings())
    ]
    assert (procedure(held, 12).outcome is Outcome.MET) == (list(order) == sorted(order))


@given(gone=st.sets(st.sampled_from(STEPS), min_size=1))
def test_a_meeting_left_out_is_named_with_the_next_step(gone: set[str]) -> None:
    found = procedure([one for one in meetings() if one.step not in gone], 12)
    missing = [step for step in STEPS if step in gone]
    assert found.outcome is Outcome.UNMET
    assert (found.measured["missing"], found.measured["next"]) == (missing, missing[0])
    assert all(MEETING_NAMES[step] in found.message for step in missing)
    assert found.remedy.startswith(f"Tổ chức và ghi biên bản {MEETING_NAMES[missing[0]]}")


@given(summoned=st.integers(1, 300), data=st.data())
def test_quorum_and_majority_are_held_exactly(summoned: int, data: st.DataObject) -> None:
    present = data.draw(st.integers(0, summoned))
    votes = data.draw(st.integers(0, present))
    found = procedure(meetings(summoned, present), votes)
    quorate = Fraction(present, summoned) >= Fraction(2, 3)
    carried = Fraction(votes, summoned) > Fraction(1, 2)
    assert (found.outcome is Outcome.MET) == (quorate and carried)
    codes = {fault["code"] for fault in found.measured["faults"]}  # type: ignore[union-attr, index, call-overload]
    assert ("quorum" in codes, "majority" in codes) == (not quorate, not carried)
    assert found.required["votes_from"] == summoned // 2 + 1


@given(votes=st.lists(st.integers(0, 12), min_size=1, max_size=4), at=st.integers(0, 3))
def test_one_more_vote_never_turns_met_to_unmet(votes: list[int], at: int) -> None:
    grown = [min(12, each + (here == at)) for here, each in enumerate(votes)]
    before, after = procedure(meetings(), *votes), procedure(meetings(), *grown)
    assert (before.outcome is Outcome.MET) <= (after.outcome is Outcome.MET)


def test_no_vote_in_favour_is_a_vote() -> None:
    assert procedure(meetings(), 0).measured["faults"] == [{"code": "majority", "step": STEPS[-1]}]
    assert procedure(meetings(), -1).measured["faults"] == [
        {"code": "inconsistent", "step": STEPS[-1]},
        {"code": "majority", "step": STEPS[-1]},
    ]


@pytest.mark.parametrize(
    ("summoned", "present", "asked"), [(12, 7, 8), (100, 66, 67), (1, 0, 1), (0, 0, 1), (13, 8, 9)]
)
def test_without_a_quorum_the_remedy_says_how_many(summoned: int, present: int, asked: int) -> None:
    found = procedure([meetings(summoned, present)[0], *meetings()[1:]])
    assert f"có {present} trong {summoned} người dự, chưa đủ 2/3" in found.message
    assert f"với ít nhất {asked} người dự" in found.remedy


def test_what_is_wrong_is_told_before_what_is_not_recorded() -> None:
    held = meetings(12, 1)
    found = procedure([replace(held[0], present=None), held[1], *meetings()[2:]], 12)
    assert found.outcome is Outcome.UNMET
    assert "chưa ghi" not in found.message
    assert found.measured["faults"] == [
        {"code": "attendance_not_recorded", "step": STEPS[0]},
        {"code": "quorum", "step": STEPS[1]},
    ]


def test_votes_are_told_by_no_finding() -> None:
    held = meetings(summoned=9000)
    for votes in (4501, 4499, 9001):
        told = json.dumps(procedure(held, votes).as_json(), ensure_ascii=False)
        assert str(votes) not in told.replace('"votes_from": 4501', "")
    assert '"entry_id": "e0"' in json.dumps(procedure(held, 4500).as_json())


def test_a_meeting_to_come_has_not_been_held() -> None:
    held = meetings(day=DAY - timedelta(days=3))
    assert procedure(held, 12).outcome is Outcome.MET
    assert procedure(held, 12, on=DAY - timedelta(days=1)).outcome is Outcome.UNMET


@given(
    figures=st.lists(st.integers(-1, 5), min_size=5, max_size=5),
    hole=st.integers(0, 4),
)
def test_figures_are_consistent_when_each_is_at_most_the_one_before(figures: list[int], hole: int) -> None:
    expected = figures == sorted(figures, reverse=True) and min(figures) >= 0
    assert Meeting("enlarged", DAY, *figures).is_consistent() == expected
    holed: list[int | None] = [None if at == hole else each for at, each in enumerate(figures)]
    rest = [each for each in holed if each is not None]
    assert Meeting("enlarged", DAY, *holed).is_consistent() == (
        rest == sorted(rest, reverse=True) and min(rest) >= 0
    )


# --- the law around its days -----------------------------------------------------------------------


def test_every_step_a_rule_set_may_name_has_a_name() -> None:
    (file,) = (one for one in read_files(PARAMETERS) if one.id == "plan.meetings")
    assert set(file.options) == set(MEETING_NAMES)


@pytest.mark.parametrize("rule_id", CENTRAL)
def test_the_central_rules_begin_with_their_parameters(rule_id: str) -> None:
    (version,) = REGISTRY.versions(rule_id)
    assert version.since == FIRST
    for parameter_id in version.parameters:
        assert [norm.since for norm in LAW.history(parameter_id)] == [FIRST, SECOND, THIRD]


@pytest.mark.parametrize("rule_id", [*CENTRAL, WOMEN])
def test_the_list_of_rules_differs_where_the_law_does_and_only_there(rule_id: str) -> None:
    changes = {FIRST, SECOND, THIRD} if rule_id in CENTRAL else {LAW.resolution_on}
    for change in (FIRST, LAW.resolution_on, SECOND, THIRD):
        for around in (-1, 0, 1):
            day = change + timedelta(days=around)
            differs = rule_on(rule_id, day, LAW) != rule_on(rule_id, day - timedelta(days=1), LAW)
            assert differs == (day in changes)


def test_what_can_be_waived() -> None:
    waivable = {rule_id: rule_on(rule_id, DAY, LAW)["waivable"] for rule_id in (*CENTRAL, WOMEN)}
    assert waivable == {PERSONS: True, TITLES: True, PROCEDURE: False, WOMEN: False}
    assert all(rule_on(rule_id, DAY, LAW)["effect"] == "blocks" for rule_id in waivable)


@given(resolution_on=st.dates(date(2020, 6, 1), date(2023, 1, 1)))
def test_the_rule_on_women_begins_with_the_resolution(resolution_on: date) -> None:
    law = Law(resolution_on)
    first, eve = (judge(WOMEN, UNIT, day, law) for day in (resolution_on, resolution_on - timedelta(days=1)))
    assert (first.outcome, first.holds_up) == (Outcome.UNMET, True)
    assert (eve.required, eve.holds_up) == ({"reason": "not_in_force"}, False)


def test_the_package_offers_each_rule() -> None:
    judges = {
        version.judge
        for rule_id in REGISTRY.ids
        if rule_id.startswith("plan.")
        for version in REGISTRY.versions(rule_id)
    }
    assert judges == {
        plan.age,
        plan.committee_number,
        plan.higher_title,
        plan.no_open_appointment,
        plan.outsiders,
        plan.persons_per_title,
        plan.planned_below,
        plan.political_standard,
        plan.procedure,
        plan.specialised_share,
        plan.structure,
        plan.structure_by_age,
        plan.titles_per_person,
        plan.women_key_title,
    }
