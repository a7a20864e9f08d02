"""The demo's waivers: truthful by the house's own rules, some of each state, and used where it says so."""

import json
from collections import Counter

import pytest

from app.models.plan import PlanState
from app.services.law.rules import REGISTRY, rule_on
from app.services.plan.table import FROZEN
from tests.conftest import TODAY
from tests.province.plans import LAW, by_id, rows

pytestmark = pytest.mark.province


def test_each_could_have_been_recorded_on_its_day() -> None:
    plans, principals = by_id("plan"), by_id("principal")
    numbers = Counter((row["authority_id"], row["signed_year"], row["number_key"]) for row in rows("waiver"))
    assert set(numbers.values()) == {1}
    for row in rows("waiver"):
        plan = plans[row["dossier_id"]]
        rule = rule_on(row["rule"], row["signed_on"], LAW)
        assert rule["in_force"]
        assert rule["waivable"]
        assert (row["unit_id"], row["authority_id"]) == (plan["unit_id"], plan["authority_id"])
        assert row["signed_on"] <= row["expires_on"]
        assert row["signed_on"] <= row["recorded_at"].date() <= TODAY
        assert plan["created_at"] <= row["recorded_at"]
        assert principals[row["recorded_by"]]["username"].startswith("btv.")
        assert row["recorded_by"] not in {plan["created_by"], plan["submitted_by"]}


def test_there_are_some_of_each_state_and_some_used() -> None:
    states = Counter(
        "revoked" if row["revoked_at"] else "in_force" if row["expires_on"] >= TODAY else "expired"
        for row in rows("waiver")
    )
    assert states == {"in_force": 2, "expired": 3, "revoked": 1}
    used = {row["waiver_id"] for row in rows("waiver_use")}
    assert len(used) == 2
    assert used <= by_id("waiver").keys()


def test_what_was_used_lifted_the_only_rule_that_held_the_step_up() -> None:
    steps, waivers, plans = by_id("dossier_step"), by_id("waiver"), by_id("plan")
    kept = {row["step_id"]: json.loads(row["findings"]) for row in rows("dossier_snapshot")}
    uses = {row["step_id"]: row["waiver_id"] for row in rows("waiver_use")}
    lifted = {
        key: [one for one in found if "waived_by" in one]
        for key, found in kept.items()
        if any("waived_by" in one for one in found)
    }
    assert lifted.keys() == uses.keys()
    for key, found in lifted.items():
        (one,) = found
        waiver, step = waivers[uses[key]], steps[key]
        assert one["waived_by"] == str(waiver["id"])
        assert (one["rule"], one["outcome"], one["effect"]) == (waiver["rule"], "unmet", "blocks")
        assert waiver["signed_on"] <= step["taken_on"] <= waiver["expires_on"]
        assert step["dossier_id"] == waiver["dossier_id"]
        assert plans[step["dossier_id"]]["state"] in FROZEN
    actions = Counter(steps[key]["action"] for key in lifted)
    assert actions == {"submit": 2, "approve": 2}


def test_the_one_taken_back_and_those_not_used_left_their_plans_waiting() -> None:
    used = {row["waiver_id"] for row in rows("waiver_use")}
    plans = by_id("plan")
    waiting = [plans[row["dossier_id"]]["state"] for row in rows("waiver") if row["id"] not in used]
    assert Counter(waiting) == {PlanState.SUBMITTED: 2, PlanState.DRAFT: 2}
    assert {row["rule"] for row in rows("waiver")} <= {
        rule_id for rule_id in REGISTRY.ids if all(one.waivable for one in REGISTRY.versions(rule_id))
    }
