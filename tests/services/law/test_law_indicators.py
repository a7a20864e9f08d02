"""Indicators: the list others rely on, and the arithmetic from counted numbers to verdict and gap."""

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.law.evaluation import (
    Counts,
    Evaluation,
    Status,
    gap,
    governing_target,
    meets,
    percent_hundredths,
)
from app.services.law.indicators import (
    BEYOND_RECORD,
    INDICATORS,
    NOT_BUILT,
    Indicator,
    UnknownIndicator,
    catalogue,
    evaluate,
    evaluate_parts,
    evaluate_variant,
    indicator,
    indicators,
    reason_text,
    unavailable,
)
from app.services.law.parameter import Comparator, Law, Norm
from app.services.law.strict_yaml import LawError

LAW = Law()
BASELINE = date(2021, 12, 31)

IDS = [
    "headcount",
    "headcount_commune",
    "leaders",
    "leaders_theory",
    "managed",
    "managed_young_40",
    "managed_young",
    "managed_women",
    "managed_minority",
    "committee_women",
    "minority_representation",
    "leaders_fit",
    "dept_leaders_theory",
    "knowledge_update",
    "plan_specialised",
    "secretary_non_local",
    "managed_young_province",
    "managed_young_province_skills",
    "district_leaders_young",
    "council_nominees_women",
    "international_ready",
    "documents_issued",
    "plan_women_key_title",
    "reappointment_late",
    "post_change_overdue",
    "rotation_done",
]
BUILT = [
    "headcount",
    "headcount_commune",
    "leaders",
    "leaders_theory",
    "managed",
    "managed_young_40",
    "managed_young",
    "managed_women",
    "managed_minority",
    "committee_women",
    "dept_leaders_theory",
    "plan_specialised",
    "secretary_non_local",
    "managed_young_province",
    "district_leaders_young",
    "plan_women_key_title",
    "reappointment_late",
    "post_change_overdue",
    "rotation_done",
]


def norm(comparator: Comparator, threshold: int) -> Norm:
    source = LAW.on(BASELINE)["managed.women-2025"]
    fields = {name: getattr(source, name) for name in source.__slots__}
    return Norm(**{**fields, "comparator": comparator, "amount": threshold})


def judged(
    indicator_id: str, numerator: int, denominator: int | None, unknown: int = 0, day: date = BASELINE
) -> Evaluation:
    return evaluate(indicator(indicator_id), Counts(numerator, denominator, unknown), day, LAW)


def test_the_ids_of_the_contract_in_their_order() -> None:
    assert [one.id for one in indicators()] == IDS
    assert [one.id for one in indicators() if one.is_built] == BUILT


def test_each_says_what_the_screen_needs() -> None:
    for one in indicators():
        assert len(one.short) <= 34, f"{one.id}: «{one.short}» is no column head"
        assert one.is_built or one.later
        assert one.tier == ("T2" if "theory" in one.id or "minority" in one.id else "T1")
        assert (catalogue().counts(one) is None) == (one.measure == "count")


def test_what_the_denominators_count() -> None:
    units = {"plan_women_key_title", "documents_issued", "minority_representation"}
    assert {one.id for one in indicators() if catalogue().counts(one) == "units"} == units
    assert {one.id for one in indicators() if catalogue().counts(one) == "items"} == {"rotation_done"}
    assert {one.id for one in indicators() if catalogue().counts(one) == "memberships"} == {"committee_women"}


@pytest.mark.parametrize(
    ("indicator_id", "numerator", "denominator", "value", "status"),
    [
        ("leaders_theory", 2729, 2943, "92.73", "no_target"),
        ("managed_young_40", 21, 384, "5.47", "no_target"),
        ("managed_women", 61, 384, "15.89", "not_met"),
        ("managed_minority", 149, 384, "38.80", "no_target"),
        ("managed_young", 17, 384, "4.43", "not_met"),
    ],
)
def test_the_resolutions_own_figures(
    indicator_id: str, numerator: int, denominator: int, value: str, status: str
) -> None:
    result = judged(indicator_id, numerator, denominator)
    assert result.value == Decimal(value)
    assert result.status == status
    assert json.dumps(result.figures()["value"]) == value.rstrip("0").rstrip(".")


def test_women_of_the_baseline_lack_5_and_16() -> None:
    shown = judged("managed_women", 61, 384).as_json()["targets"]
    assert shown == [
        {"due": "2025-12-31", "comparator": ">=", "threshold_percent": 17, "met": False, "gap_persons": 5},
        {"due": "2030-12-31", "comparator": ">=", "threshold_percent": 20, "met": False, "gap_persons": 16},
    ]


def test_the_needed_numbers_of_384() -> None:
    assert [gap(norm(Comparator.AT_LEAST, percent), 0, 384) for percent in (10, 17, 20)] == [39, 66, 77]


@pytest.mark.parametrize(
    ("numerator", "denominator", "met"), [(35, 100, False), (36, 100, True), (7, 20, False)]
)
def test_more_than_35_percent_is_strict(numerator: int, denominator: int, met: bool) -> None:  # noqa: FBT001 - a table
    strict = LAW.on(BASELINE)["council.nominees-women-2030"]
    assert meets(strict, numerator, denominator) is met
    assert gap(strict, numerator, denominator) == (0 if met else 1)


def test_a_count_has_no_denominator_and_no_target() -> None:
    assert judged("headcount", 30483, None).as_json() == {
        "strength": None,
        "numerator": 30483,
        "denominator": None,
        "value": 30483,
        "unknown": 0,
        "status": "no_target",
        "targets": [],
    }


def test_nobody_to_count_is_neither_0_nor_100_percent() -> None:
    shown = judged("district_leaders_young", 0, 0).as_json()
    assert (shown["value"], shown["status"], shown["reason"]) == (None, "not_applicable", "empty_population")
    assert [(target["met"], target["gap_persons"]) for target in shown["targets"]] == [(None, None)]
    assert judged("headcount", 0, None).value == 0


def test_status_follows_the_next_target_due() -> None:
    def status(day: date) -> Status:
        return judged("managed_women", 70, 384, day=day).status  # 18.2 %: over 17, under 20

    assert status(date(2020, 12, 31)) is Status.NO_TARGET
    assert status(date(2021, 1, 1)) is Status.MET
    assert status(date(2025, 12, 31)) is Status.MET
    assert status(date(2026, 1, 1)) is Status.NOT_MET
    assert status(date(2030, 12, 31)) is Status.NOT_MET
    assert status(date(2031, 1, 1)) is Status.NO_TARGET


def test_strength_is_that_of_the_target_that_governs() -> None:
    assert judged("managed_young", 17, 384).strength == "phan_dau"
    assert judged("managed_young", 17, 384, day=date(2026, 1, 1)).strength is None
    assert indicator("minority_representation").strength_on(BASELINE, LAW) == "phai"


def test_unknown_that_could_turn_the_verdict_is_insufficient_data() -> None:
    assert judged("managed_women", 65, 384, 0).status is Status.NOT_MET
    assert judged("managed_women", 65, 384, 1).status is Status.INSUFFICIENT_DATA
    assert judged("managed_women", 66, 384, 300).status is Status.MET
    assert judged("managed_women", 60, 384, 5).status is Status.NOT_MET
    assert judged("managed_women", 65, 384, 1).targets[0].met is False


def test_a_norm_of_none_left_is_met_only_when_nothing_is_unknown() -> None:
    late = indicator("reappointment_late")

    def result(numerator: int, unknown: int) -> tuple[Status, bool | None, int | None]:
        found = evaluate_variant(late, Counts(numerator, 10, unknown), BASELINE, LAW)
        return found.status, found.targets[0].met, found.targets[0].gap_persons

    assert result(0, 0) == (Status.MET, True, 0)
    assert result(3, 0) == (Status.NOT_MET, False, 3)
    assert result(0, 1) == (Status.INSUFFICIENT_DATA, False, 0)


def test_a_standing_requirement_governs_before_any_target() -> None:
    targets = (*LAW.targets("managed_women", BASELINE), *LAW.targets("reappointment_late", BASELINE))
    governing = governing_target(targets, BASELINE)
    assert governing is not None
    assert governing.id == "appointment.reappointment-late"


def committees(**parts: tuple[int, int, int]) -> Evaluation:
    counts = {name: Counts(*part) for name, part in parts.items()}
    return evaluate_parts(indicator("committee_women"), counts, BASELINE, LAW)


def test_committees_meet_only_when_each_tier_does() -> None:
    pooled_above = committees(province=(4, 50, 0), above_grassroots=(60, 300, 0), grassroots=(900, 4000, 0))
    assert (pooled_above.numerator, pooled_above.denominator) == (964, 4350)
    assert pooled_above.value == Decimal("22.16")
    assert pooled_above.status is Status.NOT_MET
    assert [(target.met, target.gap_persons) for target in pooled_above.targets] == [(False, 4), (False, 6)]
    all_above = committees(province=(8, 50, 0), above_grassroots=(60, 300, 0), grassroots=(900, 4000, 0))
    assert all_above.status is Status.MET
    assert [(target.met, target.gap_persons) for target in all_above.targets] == [(True, 0), (False, 2)]


def test_an_empty_tier_says_nothing_and_all_empty_is_not_applicable() -> None:
    half_empty = committees(province=(8, 50, 0), grassroots=(0, 0, 0))
    assert half_empty.status is Status.MET
    assert [(target.met, target.gap_persons) for target in half_empty.targets] == [(True, 0), (False, 2)]
    assert committees(grassroots=(0, 0, 0)).status is Status.NOT_APPLICABLE
    assert committees().value is None


def test_an_unclear_tier_makes_the_whole_unclear_unless_another_fails() -> None:
    assert committees(province=(7, 50, 1), grassroots=(20, 100, 0)).status is Status.INSUFFICIENT_DATA
    assert committees(province=(7, 50, 1), grassroots=(10, 100, 0)).status is Status.NOT_MET


def test_each_kind_of_evaluation_refuses_the_other() -> None:
    with pytest.raises(ValueError, match="evaluate_parts"):
        judged("committee_women", 1, 10)
    with pytest.raises(ValueError, match="use evaluate"):
        evaluate_parts(indicator("managed_women"), {}, BASELINE, LAW)
    with pytest.raises(UnknownIndicator):
        committees(commune=(1, 2, 0))
    with pytest.raises(ValueError, match="is a share"):
        judged("managed_women", 61, None)
    with pytest.raises(ValueError, match="is a count"):
        judged("headcount", 1, 2)


@pytest.mark.parametrize("counts", [(-1, 10, 0), (1, -1, 0), (1, 10, -1), (5, 4, 0), (3, 4, 2)])
def test_numbers_that_no_counting_gives_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="can't be counted"):
        Counts(*counts)


def test_what_is_not_built_answers_null_with_a_reason() -> None:
    shown = unavailable(indicator("leaders_fit"), NOT_BUILT, BASELINE, LAW).as_json()
    assert shown["reason"] == "not_built"
    assert (shown["numerator"], shown["denominator"], shown["value"]) == (None, None, None)
    assert shown["targets"] == [
        {"due": "2025-12-31", "comparator": ">=", "threshold_percent": 100, "met": None, "gap_persons": None}
    ]
    assert unavailable(indicator("managed"), BEYOND_RECORD, BASELINE, LAW).reason == "beyond_record"
    assert reason_text("not_built") != reason_text("beyond_record")
    with pytest.raises(ValueError, match="no reason"):
        unavailable(indicator("managed"), "broken", BASELINE, LAW)


def test_readings_take_from_the_headline_what_they_leave_out() -> None:
    assert indicator("secretary_non_local").readings() == (
        (None, "commune_secretaries", "non_local"),
        ("rural", "commune_secretaries_rural", "non_local"),
        ("district", "commune_secretaries", "non_local_district"),
        ("rejudged", "commune_secretaries", "non_local_rejudged"),
    )
    assert indicator("secretary_non_local").variant("rural").population == "commune_secretaries_rural"
    with pytest.raises(UnknownIndicator):
        indicator("secretary_non_local").variant("urban")
    with pytest.raises(UnknownIndicator):
        indicator("nothing")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    population: staff\n", "    population: stuff\n", "populations"),
        ("    numerator: theory\n", "    numerator: women\n", ""),
        ("  everyone:\n", "  all_of_them:\n", "numerators"),
        ("  not_built:", "  unbuilt:", "reasons"),
        ("  - id: leaders\n", "  - id: headcount\n", "two indicators"),
        ("{id: district,", "{id: rural,", "two variants"),
        ("    measure: count\n", "    measure: counts\n", "measure"),
        ("    tier: T1\n", "    tier: T3\n", "tier"),
        ("    tier: T1\n", "    tier: T1\n    formula: n\n", "formula"),
        ("    clauses: [I.1-d]\n", "    clauses: []\n", "clauses"),
    ],
)
def test_a_catalogue_that_does_not_hold_together_is_refused(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    text = INDICATORS.read_text(encoding="utf-8")
    assert old in text
    changed = text.replace(old, new) if not says else text.replace(old, new, 1)
    path = tmp_path / "indicators.yaml"
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(LawError, match=says or "numerators"):
        catalogue(path)


COUNTS = st.integers(1, 5000).flatmap(
    lambda whole: st.integers(0, whole).flatmap(
        lambda part: st.builds(Counts, st.just(part), st.just(whole), st.integers(0, whole - part))
    )
)
UPWARD = st.one_of(
    st.builds(norm, st.just(Comparator.AT_LEAST), st.integers(0, 100)),
    st.builds(norm, st.just(Comparator.MORE_THAN), st.integers(0, 99)),
)
DAYS = st.dates(date(2010, 1, 1), date(2035, 12, 31))
SHARES = st.sampled_from(
    [one for one in indicators() if one.measure == "share" and one.met_when == "headline"]
)


@given(UPWARD, COUNTS)
def test_one_more_in_the_numerator_never_turns_met_into_unmet(target: Norm, counts: Counts) -> None:
    assert counts.denominator is not None
    if counts.numerator < counts.denominator and meets(target, counts.numerator, counts.denominator):
        assert meets(target, counts.numerator + 1, counts.denominator)


@given(UPWARD, COUNTS)
def test_the_gap_is_enough_and_not_one_too_many(target: Norm, counts: Counts) -> None:
    assert counts.denominator is not None
    missing = gap(target, counts.numerator, counts.denominator)
    assert meets(target, counts.numerator + missing, counts.denominator)
    assert (missing == 0) == meets(target, counts.numerator, counts.denominator)
    assert missing == 0 or not meets(target, counts.numerator + missing - 1, counts.denominator)
    assert counts.numerator + missing <= counts.denominator


@given(st.integers(0, 20), COUNTS)
def test_the_gap_of_a_ceiling_is_what_must_go(threshold: int, counts: Counts) -> None:
    assert counts.denominator is not None
    ceiling = norm(Comparator.AT_MOST, threshold)
    surplus = gap(ceiling, counts.numerator, counts.denominator)
    assert meets(ceiling, counts.numerator - surplus, counts.denominator)
    assert surplus == 0 or not meets(ceiling, counts.numerator - surplus + 1, counts.denominator)


@given(COUNTS)
def test_the_percentage_is_rounded_half_up(counts: Counts) -> None:
    assert counts.denominator is not None
    exact = Fraction(100 * counts.numerator, counts.denominator)
    with_enough_digits = Decimal(exact.numerator * 10**12 // exact.denominator).scaleb(-12)
    expected = with_enough_digits.quantize(Decimal("0.01"), ROUND_HALF_UP)
    hundredths = percent_hundredths(counts.numerator, counts.denominator)
    assert Decimal(hundredths).scaleb(-2) == expected
    assert Decimal(json.dumps(hundredths / 100)) == expected


def test_a_half_goes_up() -> None:
    assert percent_hundredths(1, 800) == 13  # 0.125 %
    assert percent_hundredths(3, 800) == 38  # 0.375 %
    assert percent_hundredths(21, 384) == 547  # 5.46875 %


@given(SHARES, COUNTS, DAYS)
def test_status_agrees_with_the_targets_shown(one: Indicator, counts: Counts, day: date) -> None:
    result = evaluate(one, counts, day, LAW)
    governing = governing_target(LAW.targets(one.id, day), day)
    if governing is None:
        assert result.status is Status.NO_TARGET
        return
    shown = next(target for target in result.targets if target.norm.id == governing.id)
    assert (result.status is Status.MET) == shown.met
    if result.status is Status.NOT_MET:
        assert shown.gap_persons


@given(SHARES, COUNTS, DAYS, st.data())
def test_learning_the_unknown_never_contradicts_a_verdict(
    one: Indicator, counts: Counts, day: date, data: st.DataObject
) -> None:
    before = evaluate(one, counts, day, LAW).status
    learnt = data.draw(st.integers(0, counts.unknown))
    after = evaluate(one, Counts(counts.numerator + learnt, counts.denominator), day, LAW).status
    assert before in {after, Status.INSUFFICIENT_DATA}


@given(st.lists(COUNTS, min_size=3, max_size=3), DAYS)
def test_committees_pool_their_tiers_and_their_gap_closes_every_tier(tiers: list[Counts], day: date) -> None:
    names = ["province", "above_grassroots", "grassroots"]
    chosen = indicator("committee_women")
    whole = evaluate_parts(chosen, dict(zip(names, tiers, strict=True)), day, LAW)
    parts = [evaluate_variant(chosen, counts, day, LAW) for counts in tiers]
    assert whole.numerator == sum(counts.numerator for counts in tiers)
    assert whole.denominator == sum(counts.denominator or 0 for counts in tiers)
    assert (whole.status is Status.MET) == all(part.status is Status.MET for part in parts)
    for at, target in enumerate(whole.targets):
        gaps = [part.targets[at].gap_persons or 0 for part in parts]
        assert target.gap_persons == sum(gaps)
        filled = [
            Counts(counts.numerator + missing, counts.denominator)
            for counts, missing in zip(tiers, gaps, strict=True)
        ]
        closed = evaluate_parts(chosen, dict(zip(names, filled, strict=True)), day, LAW)
        assert closed.targets[at].met
