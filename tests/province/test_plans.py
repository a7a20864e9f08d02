"""Succession plans of the demo: who is planned, how each dossier came where it is, what the law says."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from app.demo import seed
from app.models.plan import EntryState, Plan, PlanKind, PlanPeriod, PlanState
from app.models.title import MANAGED_RANK
from app.models.unit import UnitVersion
from app.services import plan as service
from app.services.compliance.plan import judge_plan
from app.services.law.parameter import Law
from app.services.plan.hurdles import misrouted, unreviewed
from app.services.plan.table import TABLE
from app.services.rule import law_of
from app.services.scope import Scope, ScopedSession
from app.services.unit.planning import Place
from tests.conftest import TODAY
from tests.province.conftest import built

pytestmark = pytest.mark.province

Row = dict[str, Any]
RESOLUTION = date(2021, 1, 1)
NEW_RULES = date(2021, 12, 27)
LAW: Law = law_of(RESOLUTION)

XIN_CAI, SUNG_MANG, TAT_NGA, LUNG_CU = "00778", "00790", "00808", "00715"
CROSSED = ("00718", "01009", "01087", "01090")
"""Communes that had less than 30 % women in spring 2021 and have more on the baseline day."""


def rows(table: str) -> list[Row]:
    return built().rows[table]


def by_id(table: str) -> dict[UUID, Row]:
    return {row["id"]: row for row in rows(table)}


def grouped(table: str, key: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows(table):
        found[row[key]].append(row)
    return found


def units() -> dict[UUID, Row]:
    """The old province's units as they stood on the baseline day, or when they ended."""
    return {
        row["unit_id"]: row
        for row in rows("unit_version")
        if row["superseded_at"] is None and row["valid_from"] <= TODAY
    }


def titles() -> dict[UUID, Row]:
    return {
        row["title_id"]: row
        for row in rows("title_version")
        if row["superseded_at"] is None and row["valid_to"] is None
    }


def spans() -> dict[UUID, list[Row]]:
    """Each person's seats, as known on the baseline day."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows("assignment_span"):
        if row["superseded_at"] is None:
            found[row["cadre_id"]].append(row)
    return found


def held_on(own: list[Row], day: date) -> list[Row]:
    return [
        row for row in own if row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] > day)
    ]


def planners(known: dict[UUID, Row]) -> dict[UUID, UUID]:
    """Each unit to the one at or above it that plans for it."""
    found: dict[UUID, UUID] = {}
    for key in known:
        step: UUID | None = key
        while step is not None and not known[step]["plans_for_itself"]:
            step = known[step]["parent_id"]
        if step is not None:
            found[key] = step
    return found


def plan_of(code: str, period: PlanPeriod, kind: PlanKind = PlanKind.TITLES) -> list[Row]:
    known = units()
    return [
        row
        for row in rows("plan")
        if known[row["unit_id"]]["code"] == code and row["period"] is period and row["kind"] is kind
    ]


@pytest.fixture
def scoped(province: Engine) -> Iterator[ScopedSession]:
    """The province without bounds."""
    with ScopedSession(province, Scope.house(TODAY, "test")) as session:
        yield session


def judged(session: ScopedSession, plan_id: UUID) -> list[str]:
    """The rules that would refuse the approval of a plan today."""
    plan = session.scalars(select(Plan).where(col(Plan.id) == plan_id)).one()
    place = Place(session, plan.unit_id, TODAY)
    assert misrouted(session, plan, place) is None
    assert unreviewed(session, plan) is None
    return [found.rule for found in judge_plan(session, LAW, plan, place) if found.holds_up]


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
        assert named[main["title_id"]]["rank"] > title["rank"], person["code"]
        age = row["added_on"].year - person["birth_date"].year
        assert 24 <= age <= 54, person["code"]
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


# --- what the law says ------------------------------------------------------------------------------


def test_nothing_was_sent_or_approved_against_the_law_of_its_day() -> None:
    steps = by_id("dossier_step")
    kept = {row["step_id"]: row for row in rows("dossier_snapshot")}
    asked = {key for key, row in steps.items() if row["action"] in {"submit", "approve"}}
    assert kept.keys() == asked
    rules = {"plan.women_key_title", "plan.persons_per_title", "plan.titles_per_person", "plan.procedure"}
    for key, row in kept.items():
        found = json.loads(row["findings"])
        assert {one["rule"] for one in found} == rules
        assert all(one["outcome"] in {"met", "not_applicable"} for one in found)
        assert row["as_of"] == steps[key]["taken_on"]
        assert {one["as_of"] for one in found} == {row["as_of"].isoformat()}
        assert row["parameter_digest"] == LAW.digest()
        limit = next(one for one in found if one["rule"] == "plan.persons_per_title")["required"]
        assert limit["persons_at_most"] == (3 if row["as_of"] >= NEW_RULES else 4)


def test_snapshots_say_what_the_law_says_of_the_rows_of_that_day(scoped: ScopedSession) -> None:
    """Of dossiers approved once: whom others planned since may move the union, nothing else does."""
    steps = {row["id"]: row for row in rows("dossier_step") if row["action"] == "approve"}
    plans = by_id("plan")
    chosen = [
        row
        for row in rows("dossier_snapshot")
        if row["step_id"] in steps
        and plans[row["dossier_id"]]["round"] == 1
        and plans[row["dossier_id"]]["state"] is not PlanState.CLOSED
    ][::29]
    same = Counter[str]()
    for row in chosen:
        plan = scoped.scalars(select(Plan).where(col(Plan.id) == row["dossier_id"])).one()
        place = Place(scoped, plan.unit_id, row["as_of"])
        now = {found.rule: found.as_json() for found in judge_plan(scoped, LAW, plan, place)}
        for then in json.loads(row["findings"]):
            found = now[then["rule"]]
            same[then["rule"]] += found == then
            if then["rule"] == "plan.women_key_title":
                measured: Any = found["measured"]
                for name in ("staff", "women", "key_titles"):
                    assert measured.get(name) == then["measured"].get(name)
    assert len(chosen) > 40
    assert same["plan.persons_per_title"] == len(chosen)
    assert 100 * same["plan.women_key_title"] >= 95 * len(chosen)
    assert 100 * same["plan.titles_per_person"] >= 70 * len(chosen)


def test_a_submitted_plan_of_meo_vac_fails_by_the_women_alone(scoped: ScopedSession) -> None:
    (plan,) = plan_of(SUNG_MANG, PlanPeriod.STATE_2021)
    assert plan["state"] is PlanState.SUBMITTED
    assert judged(scoped, plan["id"]) == ["plan.women_key_title"]
    (unmet,) = [
        found
        for found in judge_plan(
            scoped,
            LAW,
            scoped.scalars(select(Plan).where(col(Plan.id) == plan["id"])).one(),
            Place(scoped, plan["unit_id"], TODAY),
        )
        if found.holds_up
    ]
    assert 100 * unmet.measured["women"] >= 30 * unmet.measured["staff"]  # type: ignore[operator]
    assert unmet.measured["women_planned_for_key_titles"] == 0


def test_a_commune_of_meo_vac_is_left_to_the_reader(scoped: ScopedSession) -> None:
    (unit_id,) = scoped.scalars(
        select(col(UnitVersion.unit_id))
        .where(col(UnitVersion.code) == XIN_CAI, col(UnitVersion.valid_from) <= TODAY)
        .where(col(UnitVersion.superseded_at).is_(None), col(UnitVersion.valid_to) > TODAY)
    )
    seats = held_in(unit_id)
    women = sum(row["sex"].value == "female" for row in seats)
    assert 100 * women >= 30 * len(seats) > 0
    assert not plan_of(XIN_CAI, PlanPeriod.STATE_2021)
    assert plan_of(XIN_CAI, PlanPeriod.PARTY_2020)


def held_in(unit_id: UUID) -> list[Row]:
    """Who sits in a locality's own bodies on the baseline day."""
    above, people = planners(units()), by_id("cadre")
    return [
        people[row["cadre_id"]]
        for own in spans().values()
        for row in held_on(own, TODAY)
        if row["is_main"] and above.get(row["unit_id"]) == unit_id
    ]


@pytest.mark.parametrize("code", CROSSED)
def test_communes_that_reached_thirty_per_cent_wait_unmet(scoped: ScopedSession, code: str) -> None:
    (plan,) = plan_of(code, PlanPeriod.STATE_2021)
    assert plan["state"] is PlanState.SUBMITTED
    assert judged(scoped, plan["id"]) == ["plan.women_key_title"]


def test_some_submitted_plans_are_met_and_some_are_not(scoped: ScopedSession) -> None:
    found = Counter[str]()
    for plan in rows("plan"):
        if plan["state"] is PlanState.SUBMITTED:
            found.update(judged(scoped, plan["id"]) or ["met"])
    assert found["plan.women_key_title"] >= 8
    assert found["plan.persons_per_title"] >= 5
    assert found["met"] >= 60
    assert found["plan.procedure"] == 0


def test_a_returned_plan_says_what_is_wanted(scoped: ScopedSession) -> None:
    (plan,) = plan_of(TAT_NGA, PlanPeriod.STATE_2021)
    assert plan["state"] is PlanState.RETURNED
    last = max(
        (row for row in rows("dossier_step") if row["dossier_id"] == plan["id"]),
        key=lambda row: row["version"],
    )
    assert "nữ" in last["note"]
    assert judged(scoped, plan["id"]) == ["plan.women_key_title"]


# --- the law decides --------------------------------------------------------------------------------


def test_a_step_that_the_law_refuses_is_not_taken() -> None:
    """With the resolution a year earlier, what was sent before it could not be sent."""
    earlier = seed.build(lambda password: f"hash of {password}", "a password", resolution_on=date(2020, 1, 1))
    known = units()
    states = {
        (known[row["unit_id"]]["code"], row["period"]): row["state"]
        for row in earlier.rows["plan"]
        if row["kind"] is PlanKind.TITLES
    }
    assert states[SUNG_MANG, PlanPeriod.STATE_2021] is PlanState.DRAFT
    assert states[TAT_NGA, PlanPeriod.STATE_2021] is PlanState.DRAFT
    assert len(earlier.rows["plan"]) == len(rows("plan"))
    for row in earlier.rows["dossier_snapshot"]:
        assert all(one["outcome"] in {"met", "not_applicable"} for one in json.loads(row["findings"]))
    assert earlier.rows["cadre"] == rows("cadre")
    assert earlier.rows["assignment_span"] == rows("assignment_span")


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
