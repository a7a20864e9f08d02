"""Waivers: recorded by who decides, lifting one rule of one dossier, and nothing else ever."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from app.models.audit import AuditEvent
from app.models.dossier import DossierStep
from app.models.waiver import Waiver, WaiverUse
from app.services.law.rules import REGISTRY
from tests import world
from tests.api.conftest import API, House
from tests.api.dossier import (
    PERSONS,
    PROCEDURE,
    TITLES,
    WOMEN,
    Dossier,
    account,
    decision,
    law_from,
    on_day,
    rows,
)
from tests.api.planning import staff_of, women_of
from tests.api.waiving import (
    LAST,
    WAIVERS,
    crowded,
    letter,
    of_plan,
    recorded,
    revoked,
    stranger,
    tried,
)
from tests.api.walk import is_problem, pointers
from tests.conftest import TODAY

YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


def stored(house: House) -> list[Any]:
    """Every waiver and every use of one, as it stands."""
    return [
        repr(row.model_dump())
        for table in (Waiver, WaiverUse)
        for row in house.scalars(select(table).order_by(col(table.id)))
    ]


def held_up(told: dict[str, Any]) -> list[str]:
    """The rules of a refusal that block and aren't waived."""
    return [
        row["rule"]
        for row in told["findings"]
        if row["effect"] == "blocks" and row["outcome"] in {"unmet", "unknown"} and "waived_by" not in row
    ]


# --- the story ---------------------------------------------------------------------------------------


async def test_a_waiver_lets_one_plan_through_and_is_counted(house: House) -> None:
    plan = await crowded(house)
    told = await plan.refused("submit", "btc.meovac", 409)
    assert held_up(told) == [PERSONS]
    waiver = await recorded(house, plan)
    assert waiver["clause"] == (await plan.finding(PERSONS))["clause"]
    assert waiver["dossier"] == {"type": "plan", "id": plan.id, "name": "Quy hoạch chức danh 2021-2026"}
    assert waiver["authority_id"] == str(world.unit("huyen-uy.meo-vac")) == waiver["authority"]["id"]
    assert (waiver["state"], waiver["scope"], waiver["used"], waiver["uses"]) == (
        "in_force", "dossier", 0, [],
    )  # fmt: skip
    # The panel, what is offered and the step agree.
    assert (await plan.finding(PERSONS))["waived_by"] == waiver["id"]
    offered = {row["action"]: row for row in await plan.get("/transitions")}
    assert offered["submit"]["allowed"]
    assert [row for row in offered["submit"]["findings"] if "waived_by" in row] == [
        await plan.finding(PERSONS)
    ]
    await plan.walk("submit")
    approved = await plan.step("approve", waiver_ids=[waiver["id"]])
    assert approved.status_code == 200, approved.text
    kept = {row["rule"]: row for row in approved.json()["approved"]["findings"]}
    assert kept[PERSONS]["waived_by"] == waiver["id"]
    assert kept[PERSONS]["outcome"] == "unmet"
    inspector = await house.caller("ubkt.tinh")
    seen = (await inspector.get(f"{WAIVERS}/{waiver['id']}")).json()
    assert (seen["used"], [row["action"] for row in seen["uses"]]) == (2, ["submit", "approve"])
    assert seen["uses"][0]["decision"] is None
    assert seen["uses"][1]["decision"] == approved.json()["approved"]["decision"]
    assert {row["dossier"]["id"] for row in seen["uses"]} == {plan.id}
    # Taken back afterwards, it changes nothing of what was decided.
    assert (await revoked(house, waiver)).status_code == 200
    assert await plan.get("/findings") == approved.json()["approved"]["findings"]
    listed = (await inspector.get(f"{WAIVERS}?state=revoked&used=true")).json()["items"]
    assert [(row["id"], row["used"]) for row in listed] == [(waiver["id"], 2)]


async def test_recording_and_revoking_stand_in_the_log_and_leave_the_plan_alone(house: House) -> None:
    plan = await crowded(house)
    before = rows(house)
    waiver = await recorded(house, plan)
    assert (await revoked(house, waiver)).status_code == 200
    assert rows(house) == before
    inspector = await house.caller("ubkt.tinh")
    events = (await inspector.get(f"{API}/audit/events?object_id={waiver['id']}")).json()["items"]
    assert [(one["action"], one["actor"], one["object"]["type"], one["reason"]) for one in events] == [
        ("waiver.revoke", "btv.meovac", "waiver", "Xét lại, không còn cần"),
        ("waiver.record", "btv.meovac", "waiver", waiver["reason"]),
    ]
    assert {one["unit_id"] for one in events} == {str(world.unit("niem-son"))}


async def test_who_recorded_a_waiver_may_approve(house: House) -> None:
    """The recorder is no maker of the dossier: its log says nothing of him."""
    plan = await crowded(house)
    await recorded(house, plan)
    await plan.walk("submit", "approve")
    mine = house.scalars(select(AuditEvent.action).where(col(AuditEvent.object_id) == plan.id))
    assert not [name for name in mine if name.startswith("waiver")]


# --- what opens nothing ------------------------------------------------------------------------------


async def test_one_that_is_not_of_the_dossier_the_rule_or_the_day_opens_nothing(house: House) -> None:
    plan = await crowded(house)
    other = await crowded(house, "niem-son", period="2020-2025")
    useless = {
        "expired": of_plan(house, plan, expires_on=YESTERDAY),
        "signed tomorrow": of_plan(house, plan, signed_on=TOMORROW, signed_year=TOMORROW.year),
        "revoked": of_plan(house, plan, revoked_at=plan.row.created_at, revocation_reason="Ghi nhầm"),
        "of another rule": of_plan(house, plan, rule=TITLES),
        "of another dossier": of_plan(house, other),
        "of a rule that has none": of_plan(house, plan, rule=WOMEN),
    }
    first = await plan.refused("submit", "btc.meovac", 409)
    assert held_up(first) == [PERSONS]
    assert all("waived_by" not in row for row in first["findings"])
    for name, row in useless.items():
        told = await plan.refused("submit", "btc.meovac", 422, waiver_ids=[str(row.id)])
        assert [one["pointer"] for one in told["errors"]] == ["/waiver_ids/0"], name
    # A right one opens it; then the same at the approval.
    early = useless["signed tomorrow"]
    early.revoked_at, early.revocation_reason = early.recorded_at, "Thử"
    house.write(early)
    await recorded(house, plan)
    await plan.walk("submit")
    standing = house.scalars(select(Waiver).where(col(Waiver.rule) == PERSONS))
    for row in standing:
        if row.dossier_id == UUID(plan.id) and row.revoked_at is None and row.expires_on == LAST:
            row.revoked_at, row.revocation_reason = row.recorded_at, "Thử"
            house.write(row)
    again = await plan.refused("approve", "btv.meovac", 409, decision=decision())
    assert again["findings"] == first["findings"]
    for name, row in useless.items():
        told = await plan.refused("approve", "btv.meovac", 422, decision=decision(), waiver_ids=[str(row.id)])
        assert [one["pointer"] for one in told["errors"]] == ["/waiver_ids/0"], name
    assert plan.state == "submitted"


async def test_a_waiver_named_with_a_step_must_hold(house: House) -> None:
    plan = await crowded(house)
    waiver = await recorded(house, plan)
    idle = await recorded(house, plan, TITLES)
    old = of_plan(house, plan, expires_on=YESTERDAY)
    named = [waiver["id"], waiver["id"], stranger(), idle["id"], str(old.id)]
    told = await plan.refused("submit", "btc.meovac", 422, waiver_ids=named)
    said = {one["pointer"]: one["detail"] for one in told["errors"]}
    assert list(said) == [f"/waiver_ids/{at}" for at in (1, 2, 3, 4)]
    assert "đã nêu ở trên" in said["/waiver_ids/1"]
    assert "không có văn bản" in said["/waiver_ids/2"]
    assert idle["document_number"] in said["/waiver_ids/3"]
    assert "hết hiệu lực" in said["/waiver_ids/4"]
    assert (await plan.step("submit", waiver_ids=[waiver["id"]])).status_code == 200
    told = await plan.refused("return", "btv.meovac", 422, note="Sửa", waiver_ids=[waiver["id"]])
    assert [one["pointer"] for one in told["errors"]] == ["/waiver_ids"]


async def test_it_holds_on_its_last_day_and_not_on_the_next(house: House) -> None:
    plan = await crowded(house)
    waiver = await recorded(house, plan, expires_on=TODAY.isoformat())
    await plan.walk("submit")
    on_day(house, TOMORROW)
    told = await plan.refused("approve", "btv.meovac", 409, decision=decision())
    assert held_up(told) == [PERSONS]
    read = (await (await house.caller("ubkt.tinh")).get(f"{WAIVERS}/{waiver['id']}")).json()
    assert (read["state"], read["used"]) == ("expired", 1)
    # Another document may follow it.
    await recorded(house, plan, signed_on=TOMORROW.isoformat())
    await plan.walk("approve")


async def test_a_waiver_lifts_its_own_rule_alone(house: House) -> None:
    plan = await Dossier.opened(house)
    for cadre_id in women_of("niem-son")[:4]:
        await plan.add(cadre_id, "c.secretary")
    await recorded(house, plan)
    told = await plan.refused("submit", "btc.meovac", 409)
    assert PERSONS not in held_up(told)
    assert PROCEDURE in held_up(told)


# --- what is refused ---------------------------------------------------------------------------------


STERN = sorted(
    rule_id for rule_id in REGISTRY.ids if not all(one.waivable for one in REGISTRY.versions(rule_id))
)


def test_the_rules_that_never_bend() -> None:
    assert set(STERN) >= {WOMEN, PROCEDURE, "plan.political_standard", "plan.no_open_appointment"}


@pytest.mark.parametrize("rule", STERN)
async def test_a_rule_that_is_not_waivable_is_never_waived(shared_house: House, rule: str) -> None:
    plan = await _draft(shared_house)
    before = stored(shared_house)
    for user in ("btv.meovac", "btv.tinh"):
        answer = await tried(shared_house, letter(plan.id, rule), user)
        assert is_problem(answer, 422), answer.text
        assert pointers(answer) == ["/rule"]
    assert stored(shared_house) == before


async def _draft(house: House) -> Dossier:
    officer = await house.caller("btc.meovac")
    listed = (await officer.get(f"{API}/plans?period=2021-2026&unit_id={world.unit('niem-son')}")).json()
    if listed["items"]:
        return Dossier(house, listed["items"][0]["id"])
    return await Dossier.opened(house)


BAD: dict[str, tuple[dict[str, Any], list[str]]] = {
    "no such rule": ({"rule": "plan.khong_co"}, ["/rule"]),
    "another dossier's rule": ({"rule": "appointment.non_local_secretary"}, ["/rule"]),
    "a rule that only measures": ({"rule": "plan.outsiders"}, ["/rule"]),
    "no such dossier": ({"dossier": {"type": "plan", "id": stranger()}}, ["/dossier/id"]),
    "no such kind": ({"dossier": {"type": "picnic", "id": stranger()}}, ["/dossier/type"]),
    "another body": ({"authority_id": str(world.unit("tinh-uy"))}, ["/authority_id"]),
    "for a person": ({"scope": "person", "cadre_id": stranger()}, ["/scope"]),
    "a person beside": ({"cadre_id": stranger()}, ["/cadre_id"]),
    "ends before it begins": ({"expires_on": YESTERDAY.isoformat()}, ["/expires_on"]),
    "over already": (
        {"signed_on": "2021-12-01", "expires_on": YESTERDAY.isoformat()},
        ["/expires_on"],
    ),
    "signed in the future": (
        {"signed_on": TOMORROW.isoformat()},
        ["/signed_on"],
    ),
    "no number": ({"document_number": None}, ["/document_number"]),
    "a blank number": ({"document_number": " \u00a0 "}, ["/document_number"]),
    "a number of signs": ({"document_number": "-/."}, ["/document_number"]),
    "a blank reason": ({"reason": "  "}, ["/reason"]),
    "no end": ({"expires_on": None}, ["/expires_on"]),
}


@pytest.mark.parametrize("name", BAD)
async def test_what_can_not_be_is_refused(shared_house: House, name: str) -> None:
    plan = await _draft(shared_house)
    changed, wanted = BAD[name]
    before = stored(shared_house)
    answer = await tried(shared_house, letter(plan.id, **changed))
    assert is_problem(answer, 422), answer.text
    assert pointers(answer) == wanted
    assert stored(shared_house) == before


async def test_a_refused_try_stands_in_the_log(house: House) -> None:
    plan, request = await crowded(house), uuid4().hex
    answer = await tried(house, letter(plan.id, WOMEN), X_Request_Id=request)
    assert is_problem(answer, 422)
    inspector = await house.caller("ubkt.tinh")
    events = (await inspector.get(f"{API}/audit/events?request_id={request}")).json()["items"]
    assert [(one["outcome"], one["reason"]) for one in events] == [("refused", answer.json()["detail"])]


async def test_a_rule_without_a_norm_needs_no_waiver(house: House) -> None:
    plan = await crowded(house)
    law_from(house, TOMORROW)
    answer = await tried(house, letter(plan.id, "plan.specialised_share"))
    assert is_problem(answer, 422), answer.text
    assert pointers(answer) == ["/rule"]


async def test_a_number_is_used_once_a_year_and_a_rule_is_waived_once(house: House) -> None:
    plan = await crowded(house)
    other = await crowded(house, period="2020-2025")
    await recorded(house, plan, document_number="15-CV/HU")
    before = stored(house)
    for about, number in ((other, "15 – cv/hu"), (other, "15-CV/HU"), (plan, "16-CV/HU")):
        answer = await tried(house, letter(about.id, document_number=number))
        assert is_problem(answer, 409), (number, answer.text)
    assert stored(house) == before
    earlier = {"document_number": "15-CV/HU", "signed_on": "2020-12-31"}
    assert (await recorded(house, other, **earlier))["document_number"] == "15-CV/HU"


async def test_only_who_decides_records(house: House) -> None:
    """A stranger, an officer, another district's approver, one who decides elsewhere; then the right one."""
    plan = await crowded(house)
    account(house, "narrow", ("approver", "niem-son"))
    before = stored(house)
    for user, status in (
        (None, 401),
        ("btv.dongvan", 422),
        ("btc.meovac", 403),
        ("btc.tinh", 403),
        ("ubkt.tinh", 403),
        ("xa.niemson", 403),
        ("quantri", 403),
        ("narrow", 403),
    ):
        answer = await tried(house, letter(plan.id), user)
        assert is_problem(answer, status), (user, answer.text)
    assert stored(house) == before
    assert (await tried(house, letter(plan.id), "btv.tinh")).status_code == 201


async def test_nobody_waives_for_himself_his_own_work_or_his_family(house: House) -> None:
    officer, chair = staff_of("niem-son")[:2]
    account(house, "desk", ("org_officer", "meo-vac"), cadre=officer)
    account(house, "chair", ("approver", "meo-vac"), cadre=officer)
    account(house, "planned", ("approver", "meo-vac"), cadre=chair)
    plan = await Dossier.opened(house, maker="desk")
    await plan.add(chair, "c.secretary", "btc.meovac")
    before = stored(house)
    for user in ("chair", "planned"):
        answer = await tried(house, letter(plan.id), user)
        assert is_problem(answer, 403), (user, answer.text)
    assert stored(house) == before
    waiver = await recorded(house, plan)
    for user in ("chair", "planned"):
        assert is_problem(await revoked(house, waiver, user), 403)
    assert (await revoked(house, waiver)).status_code == 200


async def test_a_decided_plan_takes_no_more(house: House) -> None:
    plan = await crowded(house)
    await recorded(house, plan)
    for actions in (("submit", "approve"), ("publish",), ("close",)):
        await plan.walk(*actions)
        answer = await tried(house, letter(plan.id, TITLES))
        assert is_problem(answer, 409), answer.text


# --- taking back, reading ----------------------------------------------------------------------------


async def test_taking_back_asks_for_version_reason_and_right(house: House) -> None:
    plan = await crowded(house)
    waiver = await recorded(house, plan)
    before = stored(house)
    for user, version, status in (
        ("btv.dongvan", '"1"', 404),
        ("btc.meovac", '"1"', 403),
        ("ubkt.tinh", '"1"', 403),
        ("btv.meovac", None, 428),
        ("btv.meovac", '"2"', 412),
    ):
        answer = await revoked(house, waiver, user, version)
        assert is_problem(answer, status), (user, version, answer.text)
    caller = await house.caller("btv.meovac")
    path, headers = f"{WAIVERS}/{waiver['id']}/revocation", {"If-Match": '"1"'}
    assert is_problem(await caller.post(path, json={"reason": " "}, headers=headers), 422)
    assert stored(house) == before
    done = await revoked(house, waiver)
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')
    told = done.json()
    assert (told["state"], told["revocation"]["by"], told["revocation"]["on"]) == (
        "revoked", told["recorded_by"], TODAY.isoformat(),
    )  # fmt: skip
    assert is_problem(await revoked(house, waiver, version='"2"'), 409)
    told = await plan.refused("submit", "btc.meovac", 409)
    assert held_up(told) == [PERSONS]


async def test_the_register_is_narrowed_and_filtered(house: House) -> None:
    near = await crowded(house)
    far = await crowded(house, "lung-cu", maker="btc.dongvan", approver="btv.dongvan")
    mine, other = await recorded(house, near), await recorded(house, far)
    old = of_plan(house, near, expires_on=YESTERDAY, rule=TITLES)
    inspector = await house.caller("ubkt.tinh")

    async def ids(query: str, user: str = "ubkt.tinh") -> set[str]:
        answer = await (await house.caller(user)).get(f"{WAIVERS}?{query}")
        assert answer.status_code == 200, answer.text
        return {row["id"] for row in answer.json()["items"]}

    whole = {mine["id"], other["id"], str(old.id)}
    assert await ids("") == whole
    assert await ids("", "btc.meovac") == await ids("", "btv.meovac") == whole - {other["id"]}
    assert await ids("", "ubkt.dongvan") == {other["id"]}
    assert await ids("state=in_force") == {mine["id"], other["id"]}
    assert await ids("state=expired") == {str(old.id)}
    assert await ids("state=revoked") == set()
    assert await ids(f"rule={TITLES}") == {str(old.id)}
    assert await ids(f"dossier_id={near.id}&dossier_type=plan") == whole - {other["id"]}
    assert await ids(f"unit_id={world.unit('dong-van')}") == {other["id"]}
    assert await ids(f"authority_id={world.unit('huyen-uy.meo-vac')}") == whole - {other["id"]}
    assert await ids("used=true") == set()
    await near.walk("submit")
    assert await ids("used=true") == {mine["id"]}
    assert await ids("used=false") == whole - {mine["id"]}
    body = (await inspector.get(f"{WAIVERS}?count=true&limit=1")).json()
    assert (len(body["items"]), body["total"]) == (1, 3)
    for user, status in (("xa.niemson", 403), ("canbo", 403), ("mattran.tinh", 403), (None, 401)):
        assert is_problem(await (await house.caller(user)).get(WAIVERS), status)
    assert is_problem(await (await house.caller("ubkt.dongvan")).get(f"{WAIVERS}/{mine['id']}"), 404)


async def test_a_repeated_request_records_once(house: House) -> None:
    plan = await crowded(house)
    body, caller = letter(plan.id), await house.caller("btv.meovac")
    answers = [await caller.post(WAIVERS, json=body, headers={"Idempotency-Key": "k-1"}) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert len(house.scalars(select(Waiver.id))) == 1


async def test_a_use_is_written_once_for_a_step(house: House) -> None:
    plan = await crowded(house)
    waiver = await recorded(house, plan)
    await plan.walk("submit", "return", "submit", "approve")
    steps = house.rows(
        select(DossierStep.action)
        .join(WaiverUse, col(WaiverUse.step_id) == col(DossierStep.id))
        .where(col(WaiverUse.waiver_id) == UUID(waiver["id"]))
        .order_by(col(DossierStep.version))
    )
    assert [row.action for row in steps] == ["submit", "submit", "approve"]
