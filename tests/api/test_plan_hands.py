"""Whose hands a plan went through: a later hand doesn't wash off an earlier one, nor does another account."""

import pytest

from tests.api.conftest import House
from tests.api.dossier import Dossier, account, rows
from tests.api.planning import minutes, women_of
from tests.api.test_plan_rights import sent

BOTH = (("org_officer", "meo-vac"), ("approver", "meo-vac"))


async def _planned(house: House) -> Dossier:
    plan = await Dossier.opened(house)
    await plan.add(women_of("niem-son")[0], "c.secretary")
    return plan


async def test_two_accounts_of_one_person_are_one_person(house: House) -> None:
    officer = women_of("niem-son")[1]
    account(house, "desk", BOTH[0], cadre=officer)
    account(house, "chair", BOTH[1], cadre=officer)
    plan = await _planned(house)
    plan.maker = "desk"
    await plan.meet()
    await plan.walk("submit")
    for action in ("approve", "return"):
        await plan.refused(action, "chair", 403, **sent(action))
    await plan.walk("approve")


@pytest.mark.parametrize("part", ["sent", "voted", "kept"])
async def test_a_later_hand_does_not_wash_off_an_earlier_one(house: House, part: str) -> None:
    account(house, "both", *BOTH)
    plan = await _planned(house)
    if part == "kept":
        entry = (await plan.get("/entries"))[0]["id"]
        assert (await plan.ask("both", "PATCH", f"/entries/{entry}", {"note": "Rất tốt"})).status_code == 200
    if part == "voted":
        plan.maker = "both"
        await plan.meet()
    plan.maker = "btc.meovac"
    await plan.meet()
    if part == "sent":
        assert (await plan.step("submit", "both")).status_code == 200
        await plan.walk("return")
    await plan.walk("submit")
    await plan.refused("approve", "both", 403, **sent("approve"))
    await plan.walk("approve")


async def test_a_new_review_has_makers_of_its_own(house: House) -> None:
    account(house, "both", *BOTH)
    plan = await _planned(house)
    plan.maker = "both"
    await plan.meet()
    plan.maker = "btc.meovac"
    await plan.walk("submit", "approve", "publish", "review")
    for entry in await plan.get("/entries"):
        kept = await plan.ask(plan.maker, "PATCH", f"/entries/{entry['id']}", {"keep": True})
        assert kept.status_code == 200, kept.text
    await plan.walk("submit")
    assert (await plan.step("approve", "both")).status_code == 200


async def test_who_is_planned_takes_no_step_and_writes_no_minutes(house: House) -> None:
    woman = women_of("niem-son")[0]
    account(house, "planned", BOTH[0], cadre=woman)
    plan = await _planned(house)
    before = rows(house)
    told = await plan.ask("planned", "POST", "/meetings", minutes("leadership_1"))
    assert told.status_code == 403, told.text
    assert rows(house) == before
    await plan.meet()
    await plan.refused("submit", "planned", 403)
    await plan.walk("submit", "approve")
    for action in ("publish", "review", "close"):
        offered = {row["action"]: row for row in await plan.get("/transitions", "planned")}
        told_no = await plan.refused(action, "planned", 403, **sent(action))
        assert told_no["detail"] == offered[action]["why_not"]
        assert not offered[action]["allowed"]
    await plan.walk("publish")
