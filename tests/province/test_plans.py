"""Succession plans of the demo: who is planned, and how each dossier came where it is."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine

from app.models.plan import EntryState, PlanKind, PlanPeriod, PlanState
from app.models.title import MANAGED_RANK
from app.services import plan as service
from app.services.plan.table import TABLE
from app.services.scope import Scope, ScopedSession
from tests.conftest import TODAY
from tests.province.plans import (
    LUNG_CU,
    NEW_RULES,
    XIN_CAI,
    Row,
    by_id,
    grouped,
    held_on,
    plan_of,
    planners,
    rows,
    spans,
    titles,
    units,
)

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = pytest.mark.province


@pytest.fixture
def scoped(province: Engine) -> Iterator[ScopedSession]:
    """The province without bounds."""
    with ScopedSession(province, Scope.house(TODAY, "test")) as session:
        yield session


# --- which dossiers ---------------------------------------------------------------------------------


def test_every_planning_unit_has_a_plan_of_both_periods() -> None:
    known = units()
    there = {(row["unit_id"], row["period"]) for row in rows("plan") if row["kind"] is PlanKind.TITLES}
    missing = {
        (unit["code"], period.value)
        for key, unit in known.items()
        if unit["plans_for_itself"] and unit["valid_to"] is not None and unit["valid_to"] > TODAY
        for period in (PlanPeriod.PARTY_2020, PlanPeriod.STATE_2021)
        if (key, period) not in there
    }
    assert missing == {(XIN_CAI, "2021-2026")}
    assert {row["period"] for row in rows("plan")} == {PlanPeriod.PARTY_2020, PlanPeriod.STATE_2021}


def test_authorities_are_those_that_the_service_finds(scoped: ScopedSession) -> None:
    plans = defaultdict(set)
    for row in rows("plan"):
        if row["period"] is PlanPeriod.PARTY_2020 and row["kind"] is PlanKind.TITLES:
            plans[row["unit_id"]].add(row["authority_id"])
    sample = sorted(plans, key=lambda key: key.int)[::31]
    known = units()
    for unit_id in sample:
        if known[unit_id]["valid_to"] <= TODAY:
            continue
        told = service.authorities(scoped, unit_id, today=TODAY)
        wanted = {row["authority"]["id"] for row in told if row["kind"] is PlanKind.TITLES}
        assert plans[unit_id] == wanted, known[unit_id]["code"]
    assert len(sample) > 30


def test_all_states_stand_and_most_are_decided() -> None:
    states = Counter(row["state"] for row in rows("plan"))
    assert set(states) == set(PlanState)
    done = states[PlanState.APPROVED] + states[PlanState.PUBLISHED]
    assert 100 * done >= 70 * states.total()
    for state in (PlanState.DRAFT, PlanState.SUBMITTED, PlanState.RETURNED, PlanState.IN_REVIEW):
        assert states[state] >= 40, state
    assert all((row["state"] is PlanState.CLOSED) == (row["closed_on"] is not None) for row in rows("plan"))


def test_committee_seats_are_planned_for_and_no_posts() -> None:
    seats = {key for key, row in titles().items() if row["committee_seat"] is not None}
    assert len(seats) == 5
    assert not seats & {row["title_id"] for row in rows("post")}
    kinds = {row["id"]: row["kind"] for row in rows("plan")}
    for row in rows("plan_entry"):
        assert (row["title_id"] in seats) == (kinds[row["plan_id"]] is PlanKind.COMMITTEE)
    assert Counter(kinds.values())[PlanKind.COMMITTEE] >= 20


# --- who is planned ---------------------------------------------------------------------------------


def test_everybody_planned_sat_below_the_title_and_not_in_it() -> None:
    known, named, seats = units(), titles(), spans()
    above, people = planners(known), by_id("cadre")
    plans = by_id("plan")
    near = Counter[bool]()
    for row in rows("plan_entry"):
        person, title = people[row["cadre_id"]], named[row["title_id"]]
        (main,) = [seat for seat in held_on(seats[person["id"]], row["added_on"]) if seat["is_main"]]
        assert not person["is_stub"]
        # For a seat in a committee also those who sit in it are planned again.
        if title["committee_seat"] is None:
            assert named[main["title_id"]]["rank"] > title["rank"], person["code"]
        age = row["added_on"].year - person["birth_date"].year
        assert 24 <= age <= 56, person["code"]
        here = above.get(main["unit_id"])
        near[here == row["unit_id"]] += 1
        if row["state"] in {EntryState.PROPOSED, EntryState.APPROVED}:
            days = [row["added_on"]]
            if plans[row["plan_id"]]["state"] is not PlanState.CLOSED:
                days.append(TODAY)
            for day in days:
                held = held_on(seats[person["id"]], day)
                assert held, person["code"]
                assert not any(
                    seat["title_id"] == row["title_id"] and above.get(seat["unit_id"]) == row["unit_id"]
                    for seat in held
                ), person["code"]
    # Most are the unit's own people, some come from elsewhere (III.3.3-c).
    assert 5 * near.total() <= 100 * near[False] <= 40 * near.total()


def test_party_members_are_planned() -> None:
    members = {row["cadre_id"] for row in rows("party_membership")}
    assert {row["cadre_id"] for row in rows("plan_entry")} <= members


def test_limits_hold_wherever_something_is_approved() -> None:
    plans = by_id("plan")
    approved = {
        row["dossier_id"]: row["taken_on"] for row in rows("dossier_step") if row["action"] == "approve"
    }
    per_title: dict[tuple[UUID, UUID], set[UUID]] = defaultdict(set)
    per_person: dict[UUID, set[tuple[UUID, UUID]]] = defaultdict(set)
    for row in rows("plan_entry"):
        plan = plans[row["plan_id"]]
        if plan["kind"] is PlanKind.TITLES and row["state"] in {EntryState.APPROVED, EntryState.LEAVING}:
            per_title[row["plan_id"], row["title_id"]].add(row["cadre_id"])
            per_person[row["cadre_id"]].add((row["unit_id"], row["title_id"]))
    for (plan_id, _), persons in per_title.items():
        assert len(persons) <= (3 if approved[plan_id] >= NEW_RULES else 4)
    assert max(map(len, per_title.values())) == 4
    assert max(map(len, per_person.values())) <= 3
    assert Counter(map(len, per_title.values())).most_common(1)[0][0] in {2, 3}


def test_women_and_minorities_differ_by_district() -> None:
    known, people = units(), by_id("cadre")
    women: dict[str, Counter[bool]] = defaultdict(Counter)
    minority: dict[str, Counter[bool]] = defaultdict(Counter)
    for row in rows("plan_entry"):
        district = known[row["unit_id"]]["code"].partition(".")[0]
        if len(district) == 3:
            person = people[row["cadre_id"]]
            women[district][person["sex"].value == "female"] += 1
            minority[district][person["ethnicity"] != "kinh"] += 1
    for shares in (women, minority):
        assert len(shares) == 11
        assert len({100 * found[True] // found.total() for found in shares.values()}) > 5


# --- how each came where it is ----------------------------------------------------------------------


def test_steps_follow_the_table_and_end_where_the_plan_stands() -> None:
    actions = {action.name: action for action in TABLE.actions}
    steps = grouped("dossier_step", "dossier_id")
    for plan in rows("plan"):
        own = sorted(steps[plan["id"]], key=lambda row: row["version"])
        state, day = "draft", date.min
        for step in own:
            action = actions[step["action"]]
            assert step["from_state"] == state
            assert state in action.sources
            assert action.to == step["to_state"]
            assert step["taken_on"] >= day
            assert (step["decision_id"] is not None) == ("decision" in action.needs)
            assert step["note"] or "note" not in action.needs
            state, day = step["to_state"], step["taken_on"]
        assert state == plan["state"].value
        assert day <= TODAY
        assert all(step["version"] <= plan["version"] for step in own)
        assert len({step["version"] for step in own}) == len(own)
        assert plan["round"] == 1 + sum(step["action"] == "review" for step in own)


def test_records_bear_the_day_of_their_step() -> None:
    for step in rows("dossier_step"):
        moment: datetime = step["recorded_at"]
        assert (moment.date(), moment.hour) == (step["taken_on"], 10)
        assert step["taken_on"].weekday() < 5


def test_makers_do_not_approve() -> None:
    plans = by_id("plan")
    named = {row["id"]: row["username"] for row in rows("principal")}
    known = units()
    for step in rows("dossier_step"):
        plan = plans[step["dossier_id"]]
        actor = named[step["taken_by"]]
        decides = step["action"] in {"approve", "return"}
        assert actor.startswith("btv." if decides else "btc.")
        assert actor != named[plan["created_by"]] or not decides
        place = known[plan["authority_id" if decides else "unit_id"]]["code"]
        own = {"026": "dongvan", "027": "meovac"}.get(place.partition(".")[0])
        assert own is None or actor.endswith(own)
    (lung_cu,) = plan_of(LUNG_CU, PlanPeriod.STATE_2021)
    assert named[lung_cu["created_by"]] == "xa.lungcu"


def test_decision_numbers_are_unique_and_rise_with_the_days() -> None:
    numbers: dict[tuple[UUID, int], list[Row]] = defaultdict(list)
    for row in rows("dossier_decision"):
        assert row["signed_year"] == row["signed_on"].year
        assert row["effective_on"] >= row["signed_on"]
        numbers[row["issuer_id"], row["signed_year"]].append(row)
    for found in numbers.values():
        assert len({row["number_key"] for row in found}) == len(found)
        assert len({row["number"].lstrip("0123456789") for row in found}) == 1
        in_order = sorted(found, key=lambda row: row["signed_on"])
        order = [int(row["number"].partition("-")[0].partition("/")[0]) for row in in_order]
        days = [row["signed_on"] for row in in_order]
        assert all(
            lower < higher
            for (lower, higher), (one, other) in zip(pairwise(order), pairwise(days), strict=True)
            if one < other
        )
    posts = {(row["decision_number"], row["decision_signed_on"].year) for row in rows("assignment_span")}
    own = {(row["number"], row["signed_year"]) for row in rows("dossier_decision")}
    assert not {number for number in own if number[0].endswith("-QĐ/TU")} & posts


def test_meetings_come_in_order_and_carry_who_is_approved() -> None:
    meetings = grouped("plan_meeting", "plan_id")
    votes = {(row["meeting_id"], row["entry_id"]): row["votes"] for row in rows("plan_vote")}
    entries = grouped("plan_entry", "plan_id")
    order = ["leadership_1", "key_cadres", "enlarged", "leadership_2"]
    carried = 0
    for plan in rows("plan"):
        rounds: dict[int, dict[str, Row]] = defaultdict(dict)
        for row in meetings[plan["id"]]:
            rounds[row["round"]][row["step"].value] = row
            assert 3 * row["present"] >= 2 * row["summoned"]
        for own in rounds.values():
            assert list(own) == order[: len(own)]
            assert all(one["held_on"] <= other["held_on"] for one, other in pairwise(own.values()))
        for row in entries[plan["id"]]:
            if row["planned_from"] is not None:
                last = rounds[row["round"]]["leadership_2"]
                assert 2 * votes[last["id"], row["id"]] > last["summoned"]
                assert votes[last["id"], row["id"]] <= last["ballots_valid"] <= last["present"]
                assert row["added_on"] <= last["held_on"] < row["planned_from"]
                carried += 1
    assert carried > 8_000


def test_reviews_keep_remove_with_reason_and_add() -> None:
    entries = grouped("plan_entry", "plan_id")
    removed = Counter(
        row["removal_reason"] for row in rows("plan_entry") if row["state"] is EntryState.REMOVED
    )
    assert len(removed) >= 3
    assert None not in removed
    twice = [row for row in rows("plan") if row["round"] == 2 and row["state"] is not PlanState.IN_REVIEW]
    assert len(twice) > 100
    for plan in twice:
        for row in entries[plan["id"]]:
            if row["state"] is EntryState.APPROVED and row["round"] == 1:
                assert row["kept_in_round"] == 2
    assert any(row["round"] == 2 for row in rows("plan_entry"))
    half = [
        [row["kept_in_round"] for row in entries[plan["id"]]]
        for plan in rows("plan")
        if plan["state"] is PlanState.IN_REVIEW
    ]
    assert any(None in found and 2 in found for found in half)


def test_titles_planned_for_are_managed_by_the_authority() -> None:
    """One dossier, one body: no plan holds titles of two managing bodies."""
    named, plans = titles(), by_id("plan")
    managing: dict[UUID, set[Any]] = defaultdict(set)
    for row in rows("plan_entry"):
        managing[row["plan_id"]].add(named[row["title_id"]]["managed_by"])
    assert {len(found) for found in managing.values()} == {1}
    known = units()
    for plan_id, (body,) in managing.items():
        authority = known[plans[plan_id]["authority_id"]]
        height = {"province": 1, "district": 2, "commune": 3}[authority["level"].value]
        assert MANAGED_RANK[body] >= height or authority["code"].rpartition(".")[2] not in {"TU", "HU"}
