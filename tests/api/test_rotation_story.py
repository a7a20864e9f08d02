"""A rotation from its place in the plan to what came after, and what stops it on the way."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from app.models.assignment import AssignmentKind, AssignmentSpan
from app.models.cadre import Cadre
from app.models.plan import EntryState, PlanEntry
from app.models.rotation import Rotation
from app.services.dated import known
from tests import world
from tests.api import acting
from tests.api.acting import BODY, DAY, TITLE, decision, held, on_day
from tests.api.conftest import House
from tests.api.rotating import (
    HEARD,
    HOME,
    HOME_TITLE,
    PLANS,
    ROTATIONS,
    Moving,
    approved,
    away,
    leader,
    opened,
    planned,
    rows,
    sensitive,
)

BACK = date(2026, 3, 1)
"""Thirty-six months after the day of the story."""


def blocking(told: list[dict[str, Any]]) -> set[str]:
    """The rules that refuse."""
    return {
        row["rule"]
        for row in told
        if row["effect"] == "blocks" and row["outcome"] in {"unmet", "unknown"} and not row.get("waived_by")
    }


async def test_a_plan_is_made_approved_and_added_to(house: House) -> None:
    on_day(house, DAY)
    plan, item = await planned(house, after=None)
    assert (item["number"], item["state"], item["after"]) == (1, "proposed", None)
    assert (await plan.get())["authority"]["id"] == str(world.unit("huyen-uy.meo-vac"))
    refused = await plan.step("submit")
    assert refused.status_code == 409
    assert "hướng bố trí" in refused.json()["detail"]
    mended = await plan.ask("btc.meovac", "PATCH", f"/items/{item['id']}", {"after": "Trở về"})
    assert mended.status_code == 200, mended.text
    await plan.walk("submit")
    frozen = await plan.ask("btc.meovac", "PATCH", f"/items/{item['id']}", {"after": "Khác"})
    assert frozen.status_code == 409
    assert (await plan.step("approve", user="btc.meovac", decision=decision())).status_code == 403
    await plan.walk("return", note="Xem lại")
    await plan.walk("submit")
    done = await plan.walk("approve", decision=decision())
    assert (done["state"], done["items"], done["begun"]) == ("approved", 1, 0)
    (told,) = await plan.get("/items")
    assert (told["state"], told["approved_on"]) == ("approved", DAY.isoformat())
    await plan.walk("amend", note="Bổ sung")
    gone = await plan.ask("btc.meovac", "DELETE", f"/items/{item['id']}?reason=x")
    assert gone.status_code == 409
    more = await plan.ask(
        "btc.meovac",
        "POST",
        "/items",
        {"post_id": str(world.post(BODY, TITLE)), "planned_on": "2023-09-01", "after": "Trở về"},
    )
    assert more.json()["number"] == 2
    removed = await plan.ask("btc.meovac", "DELETE", f"/items/{more.json()['id']}?reason=Tr%C3%B9ng")
    assert removed.status_code == 204
    assert [row["number"] for row in await plan.get("/items")] == [1]
    taken = [row["action"] for row in await plan.get("/taken", user="ubkt.tinh")]
    assert taken == ["submit", "return", "submit", "approve", "amend"]


async def test_a_rotation_from_the_plan_to_the_return(house: House) -> None:
    on_day(house, DAY)
    person = leader(house)
    plan, item = await approved(house)
    before = held(house, person, DAY)[0]
    move = await opened(house, item_id=item["id"], cadre_id=str(person))
    told = await move.get()
    assert (told["state"], told["begins_on"], told["ends_on"]) == ("draft", DAY.isoformat(), BACK.isoformat())
    assert told["sender_title"]["code"] == HOME_TITLE
    early = await move.step("consult")
    assert early.status_code == 409
    assert "ý kiến đơn vị cử đi" in early.json()["detail"]
    await move.change(**HEARD)
    await move.walk("consult")
    assert not blocking(await move.get("/findings"))
    await move.walk("submit")
    assert (await move.walk("send_back", note="Bổ sung ý kiến"))["state"] == "draft"
    for action in ("consult", "submit"):
        await move.walk(action)
    assert (await move.step("decide", user="btc.meovac", decision=decision())).status_code == 403
    number = decision()
    decided = await move.walk("decide", decision=number)
    assert (decided["state"], decided["began_on"], decided["decision"]) == (
        "decided",
        DAY.isoformat(),
        number,
    )
    assert {row["rule"] for row in decided["decided"]["findings"]} >= {
        "rotation.planned",
        "rotation.years_left",
        "rotation.min_months",
        "appointment.vacancy",
        "appointment.time_bar",
    }
    (seat,) = held(house, person, DAY)
    assert (seat.kind, seat.title_id, seat.term_ends_on) == (
        AssignmentKind.ROTATION,
        world.title(TITLE),
        BACK,
    )
    (left,) = house.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.assignment_id) == before.assignment_id, known(AssignmentSpan)
        )
    )
    assert (left.valid_to, left.end_decision_number) == (DAY, number["number"])
    file = house.scalars(select(Cadre).where(col(Cadre.id) == person))[0]
    assert file.unit_id == world.unit(BODY)
    (listed,) = await plan.get("/items")
    assert (listed["state"], listed["rotation_id"], listed["began_on"]) == (
        "decided",
        move.id,
        DAY.isoformat(),
    )
    await move.walk("begin")
    no_place = await move.step("come_back", decision=decision())
    assert "vị trí bố trí" in no_place.json()["detail"]
    await move.change(after_post_id=str(world.post(HOME, HOME_TITLE)))

    # Before the day it is refused with the day; on it somebody returns.
    on_day(house, BACK - timedelta(days=1))
    kept = rows(house)
    soon = await move.step("come_back", decision=decision(BACK - timedelta(days=1)))
    assert soon.status_code == 409
    assert blocking(soon.json()["findings"]) == {"rotation.min_months"}
    assert rows(house) == kept
    on_day(house, BACK)
    back = await move.walk("come_back", decision=decision(BACK))
    assert (back["state"], back["ended_on"]) == ("returned", BACK.isoformat())
    assert not blocking(back["ended"]["findings"])
    (home,) = held(house, person, BACK)
    assert (home.kind, home.title_id) == (AssignmentKind.TRANSFER, world.title(HOME_TITLE))
    assert str(home.assignment_id) == back["after_assignment_id"]
    assert await move.get("/findings") == decided["decided"]["findings"]
    taken = [row["action"] for row in await move.get("/taken", user="ubkt.tinh")]
    assert taken == ["consult", "submit", "send_back", "consult", "submit", "decide", "begin", "come_back"]


async def test_who_stays_holds_the_same_seat_and_is_rotated_no_longer(house: House) -> None:
    move, person = await away(house)
    day = DAY + timedelta(days=400)
    on_day(house, day)
    done = await move.walk("stay", decision=decision(day))
    assert (done["state"], done["ended_on"]) == ("stayed", day.isoformat())
    (seat,) = held(house, person, day)
    assert (seat.kind, seat.title_id) == (AssignmentKind.TRANSFER, world.title(TITLE))
    assert seat.term_ends_on == day.replace(year=day.year + 5)


async def test_an_early_end_needs_a_reason(house: House) -> None:
    move, person = await away(house)
    await move.change(after_post_id=str(world.post(HOME, HOME_TITLE)))
    day = DAY + timedelta(days=90)
    on_day(house, day)
    kept = rows(house)
    bare = await move.step("end_early", decision=decision(day))
    assert bare.status_code == 422
    assert bare.json()["errors"][0]["pointer"] == "/note"
    assert rows(house) == kept
    done = await move.walk("end_early", decision=decision(day), note="Vì lý do sức khỏe")
    assert done["state"] == "ended_early"
    assert held(house, person, day)[0].title_id == world.title(HOME_TITLE)


async def test_a_higher_seat_comes_by_an_appointment_of_its_own(house: House) -> None:
    move, person = await away(house)
    higher = world.post("ban-to-chuc.meo-vac", "d.board_head")
    await move.change(after_post_id=str(higher))
    on_day(house, BACK)
    refused = await move.step("end_early", decision=decision(BACK), note="Cần người")
    assert refused.status_code == 409
    assert "hồ sơ bổ nhiệm" in refused.json()["detail"]
    still = await move.step("promote")
    assert "còn giữ vị trí luân chuyển" in still.json()["detail"]
    # What another decision did: the present head leaves, and the rotated leader takes his seat.
    (head,) = acting.at_work("ban-to-chuc.meo-vac", "d.board_head")
    (old,) = [one for one in held(house, head, BACK) if one.is_main]
    old.valid_to = BACK
    (seat,) = held(house, person, BACK)
    seat.valid_to = BACK
    house.write(old, seat)
    caller = await house.caller("btc.tinh")
    taken = await caller.post(
        f"/api/v1/cadres/{person}/assignments",
        json={
            "post_id": str(higher),
            "kind": "appointment",
            "decision": {
                "number": "77-QĐ/HU",
                "signed_on": BACK.isoformat(),
                "effective_on": BACK.isoformat(),
                "issuer": "Huyện ủy",
            },
        },
    )
    assert taken.status_code == 201, taken.text
    done = await move.walk("promote")
    assert (done["state"], done["ended_on"]) == ("promoted", BACK.isoformat())


REFUSALS: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "too few years left": ("old", {}, {"rotation.years_left"}),
    "planned for nothing": ("unplanned", {}, {"rotation.planned"}),
    "too short": ("", {"ends_on": "2025-01-01"}, {"rotation.min_months"}),
    "no free seat": ("full", {}, {"appointment.vacancy"}),
}


@pytest.mark.parametrize("name", REFUSALS)
async def test_what_the_law_lacks_stops_the_submission(house: House, name: str) -> None:
    how, sent, wanted = REFUSALS[name]
    on_day(house, DAY)
    person = leader(house)
    _, item = await approved(house)
    if how == "old":
        row = house.scalars(select(Cadre).where(col(Cadre.id) == person))[0]
        row.birth_date = date(1970, 1, 1)
        house.write(row)
    if how == "unplanned":
        for entry in house.scalars(select(PlanEntry).where(col(PlanEntry.cadre_id) == person)):
            entry.state, entry.removed_on = EntryState.REMOVED, DAY
            house.write(entry)
    if how == "full":
        caller = await house.caller("btc.tinh")
        other = acting.at_work(BODY, "d.specialist")[0]
        body = {
            "post_id": str(world.post(BODY, TITLE)),
            "kind": "appointment",
            "decision": {
                "number": "78-QĐ/HU",
                "signed_on": DAY.isoformat(),
                "effective_on": DAY.isoformat(),
                "issuer": "Huyện ủy",
            },
        }
        assert (await caller.post(f"/api/v1/cadres/{other}/assignments", json=body)).status_code == 201
    move = await opened(house, item_id=item["id"], cadre_id=str(person), **sent)
    await move.change(**HEARD)
    await move.walk("consult")
    before = rows(house)
    refused = await move.step("submit")
    assert refused.status_code == 409
    assert blocking(refused.json()["findings"]) == wanted
    assert rows(house) == before


async def test_without_a_plan_only_a_waiver_lets_it_through(house: House) -> None:
    on_day(house, DAY)
    person = leader(house)
    move = await opened(house, post_id=str(world.post(BODY, TITLE)), cadre_id=str(person))
    await move.change(**HEARD)
    await move.walk("consult")
    refused = await move.step("submit")
    (finding,) = [row for row in refused.json()["findings"] if row["rule"] == "rotation.planned"]
    assert finding["measured"]["missing"] == ["vị trí", "nơi đến", "hướng bố trí sau luân chuyển"]
    waived = await (await house.caller("btv.meovac")).post(
        "/api/v1/waivers",
        json={
            "rule": "rotation.planned",
            "dossier": {"type": "rotation", "id": move.id},
            "document_number": "9-CV/HU",
            "signed_on": DAY.isoformat(),
            "reason": "Nhu cầu đột xuất",
            "expires_on": "2023-12-31",
        },
    )
    assert waived.status_code == 201, waived.text
    told = await move.walk("submit", waiver_ids=[waived.json()["id"]])
    (lifted,) = [row for row in told["submitted"]["findings"] if row["rule"] == "rotation.planned"]
    assert lifted["waived_by"] == waived.json()["id"]


BAD: dict[str, tuple[dict[str, Any], int, str]] = {
    "neither item nor seat": ({}, 422, "/item_id"),
    "a seat that leads nothing": ({"post_id": (BODY, "d.specialist")}, 422, "/post_id"),
    "the seat he holds": ({"post_id": (HOME, HOME_TITLE)}, 422, "/cadre_id"),
    "an end before the beginning": (
        {"post_id": (BODY, TITLE), "begins_on": "2023-05-01", "ends_on": "2023-05-01"},
        422,
        "/ends_on",
    ),
    "a local seat for a stranger": ({"post_id": (BODY, TITLE), "purpose": "non_local_head"}, 422, "/purpose"),
    "a foreign unit": ({"post_id": ("phong-noi-vu.dong-van", TITLE)}, 403, ""),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_rotation_that_makes_no_sense_is_never_opened(house: House, name: str) -> None:
    sent, status, pointer = BAD[name]
    on_day(house, DAY)
    person = leader(house)
    body = {key: str(world.post(*value)) if key == "post_id" else value for key, value in sent.items()}
    before = rows(house)
    answer = await (await house.caller("btc.meovac")).post(ROTATIONS, json=body | {"cadre_id": str(person)})
    assert answer.status_code == status, answer.text
    if pointer:
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert rows(house) == before


async def test_an_unapproved_item_a_second_dossier_and_a_stale_version_are_refused(house: House) -> None:
    on_day(house, DAY)
    person = leader(house)
    plan, item = await planned(house)
    caller = await house.caller("btc.meovac")
    body = {"item_id": item["id"], "cadre_id": str(person)}
    early = await caller.post(ROTATIONS, json=body)
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/item_id")
    await plan.walk("submit")
    await plan.walk("approve", decision=decision())
    move = await opened(house, **body)
    twin = await caller.post(ROTATIONS, json=body)
    assert twin.status_code == 409
    stale = await move.ask("btc.meovac", "PATCH", "", HEARD, If_Match='"99"')
    assert stale.status_code == 412
    bare = await move.ask("btc.meovac", "PATCH", "", HEARD, If_Match=None)
    assert bare.status_code == 428
    order = await move.step("decide", decision=decision())
    assert order.status_code == 409
    assert "«Đã trình»" in order.json()["detail"]
    future = await move.ask("btc.meovac", "PATCH", "", HEARD | {"sender_heard_on": "2023-03-02"})
    assert future.json()["errors"][0]["pointer"] == "/sender_heard_on"
    await move.walk("cancel", note="Đổi người")
    assert (await caller.post(ROTATIONS, json=body)).status_code == 201


async def test_neighbours_find_neither_the_dossier_nor_what_lies_beneath(house: House) -> None:
    move, _ = await away(house)
    plan = Moving(house, PLANS, str(house.scalars(select(Rotation))[0].item_id))
    plan.id = str((await (await house.caller("btc.meovac")).get(PLANS)).json()["items"][0]["id"])
    for thing, paths in (
        (move, ("", "/findings", "/transitions", "/taken")),
        (plan, ("", "/items", "/taken")),
    ):
        for path in paths:
            assert (await thing.ask("btc.dongvan", "GET", path)).status_code == 404
    for path in (ROTATIONS, f"{ROTATIONS}/due", PLANS):
        answer = await (await house.caller("btc.dongvan")).get(path)
        assert answer.json()["items"] == []


async def test_the_due_list_moves_with_the_day(house: House) -> None:
    move, person = await away(house)
    on_day(house, date(2027, 1, 1))
    caller = await house.caller("btc.meovac")

    async def listed(day: date, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a query
        answer = await caller.get(f"{ROTATIONS}/due", params={"as_of": day.isoformat(), **more})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["items"]
        return found

    # The record of persons ends on 2025-06-30 in the test world; the list is asked before and after T-180.
    first = BACK - timedelta(days=180)
    house.app.state.settings = house.app.state.settings.model_copy(update={"record_ends_on": None})
    assert await listed(first - timedelta(days=1)) == []
    (row,) = await listed(first)
    assert (row["rotation_id"], row["cadre"]["id"], row["due_on"]) == (move.id, str(person), BACK.isoformat())
    assert (row["days_left"], row["overdue_days"], row["state"]) == (180, 0, "due")
    assert row["legal_day"] == BACK.isoformat()
    assert [one["past"] for one in row["reminders"]] == [True, False, False]
    (late,) = await listed(BACK + timedelta(days=3))
    assert (late["days_left"], late["overdue_days"], late["state"]) == (0, 3, "overdue")
    assert await listed(BACK + timedelta(days=3), overdue="false") == []
    terms = await caller.get("/api/v1/appointments/due", params={"as_of": first.isoformat(), "limit": 200})
    assert str(person) not in {one["cadre"]["id"] for one in terms.json()["items"]}
    await move.walk("stay", decision=decision(BACK + timedelta(days=4)))
    assert await listed(BACK + timedelta(days=4)) == []
    assert len(await listed(BACK + timedelta(days=3))) == 1


async def test_leaders_in_sensitive_fields_are_shown_with_their_months(house: House) -> None:
    sensitive(house)
    move, person = await away(house)
    on_day(house, DAY + timedelta(days=70))
    answer = await (await house.caller("btc.meovac")).get(f"{ROTATIONS}/sensitive?count=true")
    told = {row["cadre"]["id"]: row for row in answer.json()["items"]}
    assert answer.json()["total"] == len(told) == 2
    assert (told[str(person)]["months"], told[str(person)]["planned"]) == (2, True)
    (other,) = [row for key, row in told.items() if key != str(person)]
    assert other["planned"] is False
    assert other["limit_months"] == 36
    assert move.id
