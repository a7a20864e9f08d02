"""The eighth of October 2025, seen from both sides: each dossier keeps the law of its own day."""

from datetime import date, timedelta
from typing import Any

import httpx

from app.models.appointment import ActionState
from app.models.plan import EntryState, Plan, PlanEntry, PlanKind, PlanPeriod
from tests import world
from tests.api.acting import BODY, Act, account, asked, at_work, decision, kin, on_day, qualified, stand
from tests.api.conftest import API, House

BEFORE, AFTER = date(2025, 10, 7), date(2025, 10, 8)
ONE = timedelta(days=1)


def norms(finding: dict[str, Any]) -> dict[str, Any]:
    """What a finding asks for, and by which documents."""
    return {name: finding[name] for name in ("rule", "effect", "required", "sources") if name in finding}


async def catalogue(client: httpx.AsyncClient, day: date) -> dict[str, Any]:
    """The rules as they stand on a day, by id."""
    answer = await client.get(f"{API}/rules", params={"on": day.isoformat()})
    assert answer.status_code == 200, answer.text
    return {row["id"]: row for row in answer.json()["items"]}


async def test_the_catalogue_changes_that_day_and_on_none_beside_it(house: House) -> None:
    client = await house.caller("btc.tinh")
    days = {day: await catalogue(client, day) for day in (BEFORE - ONE, BEFORE, AFTER, AFTER + ONE)}
    assert days[BEFORE - ONE] == days[BEFORE]
    assert days[AFTER] == days[AFTER + ONE]
    changed = {key for key, row in days[AFTER].items() if row != days[BEFORE].get(key)}
    assert {"plan.persons_per_title", "appointment.planned", "appointment.plan_changed_recently"} <= changed
    assert "plan.women_key_title" not in changed


async def decided(house: House, person: Any, day: date) -> tuple[Act, dict[str, Any]]:  # noqa: ANN401 - an id
    """An in-house appointment gone through on one day, up to its decision."""
    on_day(house, day)
    act = await Act.opened(house)
    await act.walk("request_policy")
    await act.walk("approve_policy")
    key = await act.enter(person)
    for step in range(1, 6):
        answer = await act.meet(step, {person: 18} if step > 1 else None, day=day)
        assert answer.status_code == 201, answer.text
    await act.choose(key)
    await act.walk("submit")
    return act, await act.walk("decide", decision=decision(day, effective_on=(day + ONE).isoformat()))


async def test_a_dossier_decided_the_day_before_still_shows_the_law_of_that_day(house: House) -> None:
    on_day(house, BEFORE)
    asked(house)
    first, second = at_work(BODY, "d.specialist")[:2]
    for person in (first, second):
        qualified(house, person, BEFORE, BEFORE)
        kin(house, person, at_work("truong.meo-vac", "d.teacher")[0])
    act, old = await decided(house, first, BEFORE)
    kept = {row["rule"]: row for row in old["decided"]["findings"]}
    assert old["decided"]["as_of"] == BEFORE.isoformat()
    on_day(house, date(2026, 3, 2))
    now = await act.get("/findings")
    assert now == old["decided"]["findings"]
    assert {row["as_of"] for row in now} == {BEFORE.isoformat()}

    # The same process a day later is judged by the norms of that day.
    on_day(house, AFTER)
    other = await Act.opened(house)
    await other.walk("request_policy")
    await other.walk("approve_policy")
    key = await other.enter(second)
    for step in range(1, 6):
        assert (await other.meet(step, {second: 18} if step > 1 else None, day=AFTER)).status_code == 201
    await other.choose(key)
    judged = {row["rule"]: row for row in await other.get("/findings")}
    assert judged.keys() == kept.keys()
    assert {row["as_of"] for row in judged.values()} == {AFTER.isoformat()}
    differ = {rule for rule in kept if norms(judged[rule]) != norms(kept[rule])}
    assert "Quy định 80-QĐ/TW ngày 2022-08-18" in kept["appointment.quorum"]["sources"]
    assert judged["appointment.quorum"]["sources"] == ["Quy định 377-QĐ/TW ngày 2025-10-08"]
    assert {"appointment.plan_changed_recently", "appointment.majority", "appointment.planned"} <= differ
    assert "appointment.vacancy" not in differ


async def test_since_that_day_a_plan_asks_who_is_being_appointed_and_what_is_held(
    house: House,
) -> None:
    action, candidate = stand(house, "meo-vac")
    head, specialist = at_work(BODY, "d.division_head")[0], at_work(BODY, "d.specialist")[0]
    plan = Plan(
        unit_id=world.unit("meo-vac"),
        period=PlanPeriod.PARTY_2025,
        kind=PlanKind.TITLES,
        authority_id=world.unit("huyen-uy.meo-vac"),
        created_by=account(house, "btc.meovac"),
    )
    house.write(plan)
    entries = {
        cadre_id: PlanEntry(
            plan_id=plan.id,
            unit_id=plan.unit_id,
            cadre_id=cadre_id,
            title_id=action.title_id,
            state=EntryState.PROPOSED,
            added_by=plan.created_by,
            added_on=BEFORE,
        )
        for cadre_id in {candidate.cadre_id, head, specialist}
    }
    house.write(*entries.values())
    client = await house.caller("btc.meovac")

    async def found(day: date) -> dict[str, Any]:
        on_day(house, day)
        told = await client.get(f"{API}/plans/{plan.id}/findings")
        return {row["rule"]: row for row in told.json()["items"]}

    rules = ("plan.no_open_appointment", "plan.higher_title")
    before = await found(BEFORE)
    assert [before[rule]["outcome"] for rule in rules] == ["not_applicable"] * 2
    after = await found(AFTER)
    assert [after[rule]["outcome"] for rule in rules] == ["unmet"] * 2
    about = {row["entry_id"] for row in after[rules[0]]["measured"]["open"]}
    assert about == {str(entries[candidate.cadre_id].id)}
    # A deputy's seat is above the specialist, and under the head.
    low = {row["entry_id"] for row in after[rules[1]]["measured"]["not_higher"]}
    assert str(entries[head].id) in low
    assert str(entries[specialist].id) not in low
    action.state = ActionState.CANCELLED
    house.write(action)
    assert (await found(AFTER))[rules[0]]["outcome"] == "met"
