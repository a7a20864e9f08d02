"""Personnel actions in words: nothing the API may answer is without them, and figures say what they count."""

from typing import Any

import pytest

from app.models.appointment import OVER as ALL_OVER
from app.models.appointment import ActionKind, ActionState, Source, TermOutcome
from app.services.appointment.table import ENDS, EVERY, HELD, STEPS, TABLES, Route
from app.services.law.rules import REGISTRY
from app.ui import acting, waiving


def test_everything_that_the_api_names_has_words() -> None:
    assert set(acting.KIND) == {kind.value for kind in ActionKind}
    assert set(acting.STATE) == {state.value for state in ActionState}
    assert set(acting.OUTCOME) == {outcome.value for outcome in TermOutcome}
    assert set(acting.SOURCE) == {source.value for source in Source}
    assert set(acting.ACTIONS.values()) == {action.name for action in EVERY.actions}
    assert set(acting.MEANS) == set(acting.ACTIONS.values())
    assert set(acting.ACTIONS) <= set(acting.DONE)
    assert set(acting.STATE_LOOKS) <= set(acting.STATE)
    assert {kind.value for kind in ENDS} == acting.ENDS
    assert {kind.value for kind in HELD} == acting.HELD
    assert {state.value for state in ALL_OVER} == acting.OVER


def test_every_meeting_of_every_route_has_a_name_and_a_purpose() -> None:
    numbers = {route.value: set(names) for route, names in STEPS.items()}
    assert {route: set(names) for route, names in acting.MEETINGS.items()} == numbers
    assert {route: set(names) for route, names in acting.PURPOSE.items()} == numbers


def test_every_rule_of_personnel_actions_has_a_name() -> None:
    rules = {rule for rule in REGISTRY.ids if rule.startswith(("appointment.", "reappointment."))}
    assert set(acting.RULE) == rules
    assert set(waiving.WAIVED_ACTION) <= rules


def test_every_way_to_open_is_a_body_that_the_api_knows() -> None:
    bodies = [acting.opening(way) for way, _name in acting.ways()]
    assert {body["kind"] for body in bodies} == {kind.value for kind in ActionKind}
    assert len(bodies) == len({tuple(sorted(body.items())) for body in bodies}) == len(ActionKind) + 2


ROW = {
    "route": "five_steps",
    "state": "draft",
    "policy_requested_on": None,
    "policy_decided_on": None,
}


def held(*steps: int) -> list[dict[str, Any]]:
    return [{"step": step, "held_on": "2023-03-15", "summoned": 20, "present": 19} for step in steps]


def taken(*actions: str) -> list[dict[str, Any]]:
    return [{"action": action, "taken_on": "2023-03-15"} for action in actions]


def looks(row: dict[str, Any], meetings: list[dict[str, Any]], done: list[dict[str, Any]]) -> list[str]:
    return [stage.look for stage in acting.stages(row, meetings, done)]


@pytest.mark.parametrize("route", list(Route))
def test_a_new_dossier_of_any_route_begins_at_its_first_stage(route: Route) -> None:
    found = looks(ROW | {"route": route.value}, [], [])
    assert found == ["cur", *["todo"] * (len(found) - 1)]
    assert acting.next_meeting(ROW | {"route": route.value}, []) is None


def test_the_bar_follows_policy_and_minutes() -> None:
    agreed = ROW | {"state": "in_process", "policy_decided_on": "2023-03-15"}
    assert looks(agreed, [], []) == ["done", "cur", "todo", "todo", "todo", "todo"]
    assert looks(agreed, held(1, 2), []) == ["done", "done", "done", "cur", "todo", "todo"]
    assert acting.next_meeting(agreed, held(1, 2)) == 3
    assert acting.next_meeting(agreed, held(1, 2, 3, 4, 5)) is None
    assert looks(agreed | {"state": "cancelled"}, held(1), []).count("cur") == 0


def test_what_was_returned_is_walked_again_but_for_what_is_done_once() -> None:
    consulted = ROW | {"route": "consulted", "state": "returned"}
    assert looks(consulted, [], taken("propose", "hear", "return")) == ["cur", "todo", "todo", "todo"]
    assert looks(consulted, [], taken("propose", "hear", "return", "propose"))[:2] == ["done", "cur"]
    term = ROW | {"route": "term", "state": "returned"}
    done = taken("notify", "self_review", "submit", "return")
    assert looks(term, held(1, 2), done) == ["done", "done", "done", "done", "cur"]


def test_stages_of_deeds_are_actions_of_their_route() -> None:
    for route, table in TABLES.items():
        names = [action.name for action in table.actions if action.name != "return"]
        stages = acting.stages(ROW | {"route": route.value, "state": "published"}, [], taken(*names))
        assert all(stage.look == "done" for stage in stages if stage.meeting is None and stage.number != "0")


def test_shares_are_of_those_summoned() -> None:
    assert acting.share(31, 37) == "83,8%"
    assert acting.share(10, 20) == "50%"
    assert acting.share(0, 20) == "0%"


def finding(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {
        "rule": "appointment.vacancy",
        "clause": "III.3.5-b",
        "effect": "blocks",
        "outcome": "unmet",
        "measured": {"seats": 2, "held": 2, "promised": 0, "free": 0},
        "required": {"free_at_least": 1},
        "message": "Phó Trưởng phòng: có 2 chỗ, 2 người đang giữ nên không còn chỗ (mục III.3.5-b).",
        "remedy": "Chờ có chỗ trống.",
    } | changed


def test_a_verdict_says_what_is_wrong_with_figures_and_the_clause_once() -> None:
    verdict = acting.verdict(finding())
    assert (verdict.kind, verdict.name, verdict.clause) == ("bad", "Còn vị trí trống", "III.3.5-b")
    assert verdict.line == "Phó Trưởng phòng: có 2 chỗ, 2 người đang giữ nên không còn chỗ."
    assert ("Còn trống", "0", True) in verdict.figures
    assert "Đã có quyết định" not in [name for name, _value, _wrong in verdict.figures]
    assert verdict.remedy == "Chờ có chỗ trống."


def test_a_verdict_names_the_documents_it_was_judged_by_with_days_as_people_write_them() -> None:
    sources = ["Quy định 80-QĐ/TW ngày 2022-08-18", "Thực tế công tác"]
    told = acting.verdict({**finding(), "sources": sources}).sources
    assert told == "Quy định 80-QĐ/TW ngày 18/08/2022; Thực tế công tác"
    assert not acting.verdict(finding()).sources


def test_verdicts_come_worst_first_and_part_by_whom_they_speak_of() -> None:
    told = [
        finding(outcome="met"),
        finding(rule="appointment.planned", effect="blocks", measured={}, required={}),
        finding(rule="appointment.evaluation", effect="warns", measured={}, required={}),
        finding(rule="appointment.tenure", outcome="not_applicable", measured={}, required={}),
    ]
    assert [one.kind for one in acting.verdicts(told)] == ["bad", "warn", "ok", "none"]
    assert [one["rule"] for one in acting.of_dossier(told)] == ["appointment.vacancy"]
    assert len(acting.of_person(told)) == 3
    assert acting.worst(acting.verdicts(told)) == "bad"
    assert acting.required(told, "appointment.vacancy", "free_at_least") == 1
    assert acting.required(told, "appointment.majority", "percent") is None


def test_a_votes_control_is_found_by_its_place_in_what_was_sent() -> None:
    assert acting.of_field("/in_favour/1/votes", ["a", "b"]) == "/votes/b"
    assert acting.of_field("/in_favour/7/votes", ["a", "b"]) == "/in_favour/7/votes"
    assert acting.of_field("/present", ["a"]) == "/present"
