"""Plans in words: what a finding becomes on screen, what a step asks for, which votes stand beside a name."""

from datetime import date
from typing import Any

import pytest

from app.ui import planning

NOTHING = "Không cần làm gì thêm."


def finding(rule: str, outcome: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A finding as the API answers it."""
    return {
        "rule": rule,
        "clause": "III.3.3-e",
        "effect": "blocks",
        "outcome": outcome,
        "measured": {},
        "required": {},
        "as_of": "2021-12-31",
        "message": "Lời của hệ thống.",
        "remedy": NOTHING if outcome == "met" else "Đưa một nữ vào.",
    } | more


def women(outcome: str, **told: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """The finding on women for key titles, of a unit of 41 women among 118."""
    measured = {
        "staff": 118,
        "women": 41,
        "staff_unknown_sex": 0,
        "share_percent": "34.75",
        "women_planned_for_key_titles": 0,
        "planned_unknown_sex": 0,
    } | told
    required = {"women_share_at_least_percent": 30, "women_from": 36, "women_planned_at_least": 1}
    return finding(planning.WOMEN, outcome, measured=measured, required=required)


def figures(found: planning.Verdict) -> dict[str, tuple[str, bool]]:
    """The figures of a verdict by their label."""
    return {name: (value, wrong) for name, value, wrong in found.figures}


def test_an_unmet_rule_says_fact_threshold_in_persons_and_what_is_missing() -> None:
    found = planning.verdict(women("unmet"))
    assert found.kind == "bad"
    assert found.line == "Nữ 41 trong 118 người, 34,75%; 0 nữ được quy hoạch"
    assert figures(found) == {
        "Nữ của đơn vị": ("41 trong 118 người, 34,75%", False),
        "Ngưỡng áp dụng": ("từ 30%, tức từ 36 người", False),
        "Nữ được quy hoạch": ("0 người", True),
        "Còn thiếu": ("1 người", True),
    }
    assert found.remedy == "Đưa một nữ vào."


def test_a_met_rule_asks_for_nothing() -> None:
    found = planning.verdict(women("met", women_planned_for_key_titles=2))
    assert (found.kind, found.remedy, found.blocks) == ("ok", "", False)
    assert found.line.endswith("2 nữ được quy hoạch")
    assert "Còn thiếu" not in figures(found)


def test_unknown_is_never_shown_as_met_and_names_what_is_not_known() -> None:
    found = planning.verdict(women("unknown", staff_unknown_sex=5, planned_unknown_sex=1))
    assert (found.kind, found.blocks) == ("unknown", True)
    assert figures(found)["Chưa rõ giới tính"] == ("5 người", True)
    assert figures(found)["Chưa rõ nam hay nữ"] == ("1 người", True)


def test_a_unit_without_staff_has_no_share() -> None:
    found = planning.verdict(women("not_applicable", staff=0, women=0, share_percent=None))
    assert (found.kind, found.line, found.figures) == ("none", "Lời của hệ thống.", [])


@pytest.mark.parametrize(
    ("outcome", "more", "kind"),
    [
        ("unmet", {}, "bad"),
        ("unmet", {"effect": "warns"}, "warn"),
        ("unmet", {"effect": "measures"}, "count"),
        ("unknown", {"effect": "measures"}, "count"),
        ("unmet", {"waived_by": "1"}, "waived"),
        ("unknown", {"waived_by": "1"}, "waived"),
        ("unknown", {}, "unknown"),
        ("met", {}, "ok"),
        ("not_applicable", {}, "none"),
        ("something new", {}, "unknown"),
    ],
)
def test_a_rule_nobody_has_words_for_shows_its_message(outcome: str, more: dict[str, Any], kind: str) -> None:
    found = planning.verdict(finding("plan.unheard_of", outcome, **more))
    assert (found.kind, found.name, found.line) == (kind, "plan.unheard_of", "Lời của hệ thống.")


def test_the_worst_comes_first_and_the_tally_is_spoken() -> None:
    found = planning.verdicts(
        [
            finding("a", "not_applicable"),
            finding("b", "met"),
            finding("c", "unknown"),
            finding("d", "unmet", effect="warns"),
            finding("e", "unmet"),
            finding("f", "met"),
        ]
    )
    assert [one.rule for one in found] == ["e", "d", "c", "b", "f", "a"]
    assert planning.spoken(found) == (
        "1 không đạt, 1 cần giải trình, 1 chưa đủ dữ liệu, 2 đạt, 1 không áp dụng"
    )
    assert planning.spoken([]) == "Chưa có quy định nào để xét"


def test_a_rule_that_turns_bad_is_another_element() -> None:
    keys = {planning.verdict(women(outcome)).key for outcome in ("met", "unmet", "unknown")}
    assert keys == {
        "plan-women-key-title-ok",
        "plan-women-key-title-bad",
        "plan-women-key-title-unknown",
    }


def test_too_many_persons_are_named_with_their_title() -> None:
    found = planning.verdict(
        finding(
            planning.PERSONS,
            "unmet",
            measured={"most_persons": 4, "over": [{"name": "Bí thư Đảng ủy xã", "persons": 4}]},
            required={"persons_at_most": 3},
        )
    )
    assert found.line == "Bí thư Đảng ủy xã: 4 người, được nhiều nhất 3"
    assert figures(found)["Bí thư Đảng ủy xã"] == ("4 người", True)


@pytest.mark.parametrize(
    ("counted", "words"),
    [("all_levels", "không quá 3 chức danh"), ("each_level", "không quá 3 chức danh cùng cấp")],
)
def test_titles_of_a_person_are_counted_as_the_rule_set_says(counted: str, words: str) -> None:
    found = planning.verdict(
        finding(
            planning.TITLES,
            "unmet",
            measured={"most_titles": 4, "over": [{"label": "Vừ A (HG-1)", "titles": 4}]},
            required={"titles_at_most": 3, "counted": counted},
        )
    )
    assert figures(found) == {"Được phép": (words, False), "Vừ A (HG-1)": ("4 chức danh", True)}


def test_the_procedure_tells_the_next_meeting_and_the_votes_that_are_enough() -> None:
    asked = {
        "meetings": list(planning.MEETING),
        "present_of_summoned_at_least": "2/3",
        "votes_of_summoned_more_than_percent": 50,
        "votes_from": 11,
    }
    missing = planning.verdict(
        finding(
            planning.PROCEDURE,
            "unmet",
            measured={"meetings": [{}], "missing": ["key_cadres"], "next": "key_cadres"},
            required=asked,
        )
    )
    assert missing.following == "key_cadres"
    assert missing.line == "Đã có 1 trong 4 hội nghị"
    assert figures(missing)["Đã họp"] == ("1 trong 4 hội nghị", True)
    assert figures(missing)["Phiếu đồng ý"][0] == "trên 50% số người triệu tập, tức từ 11 phiếu"
    done = planning.verdict(
        finding(
            planning.PROCEDURE,
            "met",
            measured={"meetings": [{}] * 4, "missing": [], "entries": 7, "entries_voted": 7, "next": None},
            required=asked,
        )
    )
    assert (done.following, done.line) == ("", "Đã có 4 trong 4 hội nghị; 7 trong 7 người có phiếu")


def test_what_the_page_needs_of_the_law_comes_from_the_findings() -> None:
    found = [
        finding(planning.PERSONS, "met", required={"persons_at_most": 3}),
        finding(planning.PROCEDURE, "met", required={"meetings": ["leadership_1", "enlarged"]}),
    ]
    assert planning.most_persons(found) == 3
    assert planning.meeting_steps(found) == ["leadership_1", "enlarged"]
    assert planning.most_persons([]) is None
    assert planning.meeting_steps([]) == list(planning.MEETING)


def test_a_period_that_is_over_is_not_offered() -> None:
    assert next(period for period, _name in planning.running(date(2024, 12, 31))) == "2020-2025"
    assert [period for period, _name in planning.running(date(2025, 1, 1))] == [
        "2021-2026",
        "2025-2030",
        "2026-2031",
    ]


@pytest.mark.parametrize(
    ("needs", "required"),
    [
        ([], set()),
        (["note"], {"note"}),
        (["decision"], {"number", "signed", "effective"}),
    ],
)
def test_a_step_asks_for_what_its_table_says(needs: list[str], required: set[str]) -> None:
    fields = planning.step_fields({"needs": needs})
    assert {one.name for one in fields if one.required} == required
    assert fields[-1].name == "note"


def test_votes_stand_beside_a_name_only_from_the_last_meeting_of_the_round() -> None:
    def held(round_: int, step: str, votes: int, *, told: bool = True) -> dict[str, Any]:
        ballots = [{"entry_id": "e1", "votes": votes}] if told else None
        return {"round": round_, "step": step, "summoned": 20, "in_favour": ballots}

    meetings = [held(1, "leadership_2", 18), held(2, "leadership_1", 7), held(2, "leadership_2", 15)]
    steps = list(planning.MEETING)
    assert planning.votes_of(meetings, 2, steps) == {"e1": (15, 20)}
    assert planning.votes_of(meetings[:2], 2, steps) == {}
    assert planning.votes_of([held(2, "leadership_2", 15, told=False)], 2, steps) == {}


def test_every_word_has_its_look_and_every_step_its_address() -> None:
    assert planning.STATE.keys() == planning.STATE_LOOKS.keys()
    assert planning.ENTRY.keys() == planning.ENTRY_LOOKS.keys()
    assert planning.VERDICT.keys() == set(planning.VERDICTS)
    assert {planning.ACTIONS[slug] for slug in planning.SLUG.values()} == planning.SLUG.keys()
    assert planning.ACTIONS.keys() <= planning.DONE.keys()


def test_verdicts_stand_under_the_four_things_worst_first() -> None:
    found = planning.verdicts(
        [
            finding("plan.procedure", "unmet") | {"group": "procedure"},
            finding("plan.age", "met") | {"group": "quality"},
            finding("plan.political_standard", "unmet") | {"group": "quality"},
            finding("plan.persons_per_title", "not_applicable") | {"group": "number"},
            finding("plan.women_key_title", "met") | {"group": "structure"},
            finding("plan.kept_before_there_were_groups", "met"),
        ]
    )
    told = planning.groups(found)
    assert [(one.name, one.kind, one.told) for one in told] == [
        ("Số lượng", "none", "không áp dụng"),
        ("Chất lượng", "bad", "1/2 không đạt"),
        ("Cơ cấu", "ok", "1/1 đạt"),
        ("Quy trình", "bad", "1/1 không đạt"),
        ("Quy định khác", "ok", "1/1 đạt"),
    ]
    assert [one.rule for one in told[1].verdicts] == ["plan.political_standard", "plan.age"]
    assert sum(len(one.verdicts) for one in told) == len(found)
