"""Personnel actions from their first line to their publication, as the offices of the story work on them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.models.assignment import AssignmentKind, AssignmentSpan, EndReason
from app.models.audit import AuditEvent, Outcome
from app.models.plan import EntryState, PlanEntry, RemovalReason
from app.services.dated import known
from tests import world
from tests.api.acting import (
    BODY,
    DAY,
    TITLE,
    Act,
    asked,
    at_work,
    decision,
    ending,
    held,
    kin,
    on_day,
    qualified,
    rows,
    young,
)
from tests.api.conftest import House


def ready(house: House, number: int = 2) -> list[UUID]:
    """Specialists of the division who have all that the law asks for."""
    on_day(house, DAY)
    asked(house)
    people = at_work(BODY, "d.specialist")[:number]
    for key in people:
        qualified(house, key, DAY)
        kin(house, key, at_work("truong.meo-vac", "d.teacher")[0])
    return people


def blocking(told: list[dict[str, object]]) -> set[object]:
    """The rules that refuse."""
    return {
        row["rule"]
        for row in told
        if row["effect"] == "blocks" and row["outcome"] in {"unmet", "unknown"} and not row.get("waived_by")
    }


async def test_an_in_house_appointment_from_policy_to_publication(house: House) -> None:
    first, second = ready(house)
    act = await Act.opened(house)
    opened = await act.get()
    assert (opened["state"], opened["route"], opened["candidates"]) == ("draft", "five_steps", 0)
    before = held(house, first, DAY)[0]
    keys = await act.through([first, second])
    panel = await act.get("/candidates")
    assert [row["chosen"] for row in panel] == [True, False]
    assert all(not blocking(row["findings"]) for row in panel)
    submitted = await act.walk("submit")
    assert submitted["state"] == "submitted"
    assert (await act.walk("return", note="Bổ sung biên bản"))["state"] == "returned"
    await act.walk("submit")
    effect = DAY + timedelta(days=1)
    number = decision(effective_on=effect.isoformat())
    done = await act.walk("decide", decision=number)
    assert (done["state"], done["chosen_id"]) == ("decided", keys[0])
    assert done["decision"] == number
    assert done["decided"]["as_of"] == DAY.isoformat()
    assert {row["rule"] for row in done["decided"]["findings"]} > {
        "appointment.vacancy",
        "appointment.planned",
        "appointment.majority",
    }
    # The seat is opened, the one before closed, on the same day and the same decision.
    seat = held(house, first, effect)
    assert [(one.title_id, one.kind, one.decision_number) for one in seat] == [
        (world.title(TITLE), AssignmentKind.APPOINTMENT, number["number"])
    ]
    assert seat[0].term_ends_on == effect.replace(year=effect.year + 5)
    closed = house.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.assignment_id) == before.assignment_id, known(AssignmentSpan)
        )
    )
    assert [(one.valid_to, one.end_decision_number) for one in closed] == [(effect, number["number"])]
    entry = house.scalars(select(PlanEntry).where(col(PlanEntry.cadre_id) == first))
    assert [(one.state, one.removal_reason, one.removed_on) for one in entry] == [
        (EntryState.REMOVED, RemovalReason.POST_TAKEN, effect)
    ]
    left = house.scalars(select(PlanEntry).where(col(PlanEntry.cadre_id) == second))
    assert [one.state for one in left] == [EntryState.APPROVED]
    published = await act.walk("publish")
    assert (published["state"], published["published_on"]) == ("published", DAY.isoformat())
    on_day(house, date(2025, 11, 3))
    assert await act.get("/findings") == done["decided"]["findings"]
    taken = [row["action"] for row in await act.get("/taken", user="ubkt.tinh")]
    assert taken == [
        "request_policy",
        "approve_policy",
        "submit",
        "return",
        "submit",
        "decide",
        "publish",
    ]


async def test_what_the_law_lacks_is_told_and_stops_the_submission(house: House) -> None:
    on_day(house, DAY)
    asked(house)
    (person,) = at_work(BODY, "d.specialist")[:1]
    act = await Act.opened(house)
    await act.through([person])
    before = rows(house)
    refused = await act.step("submit")
    assert refused.status_code == 409
    wrong = blocking(refused.json()["findings"])
    assert {"appointment.planned", "appointment.political_standard"} <= wrong
    assert "appointment.majority" not in wrong
    offered = {row["action"]: row for row in await act.get("/transitions")}
    assert not offered["submit"]["allowed"]
    assert blocking(offered["submit"]["findings"]) == wrong
    assert rows(house) == before
    told = house.scalars(
        select(AuditEvent).where(
            col(AuditEvent.object_id) == act.id, col(AuditEvent.outcome) == Outcome.REFUSED
        )
    )
    assert told


async def test_steps_come_in_their_order_and_ballots_add_up(house: House) -> None:
    first, second = ready(house)
    act = await Act.opened(house)
    early = await act.meet(1)
    assert (early.status_code, "chủ trương" in early.json()["detail"]) == (409, True)
    await act.walk("request_policy")
    assert (await act.meet(1)).status_code == 409
    await act.walk("approve_policy")
    await act.enter(first)
    await act.enter(second)
    skipped = await act.meet(3, {first: 9})
    assert skipped.status_code == 409
    assert "tập thể lãnh đạo lần 1" in skipped.json()["detail"]
    assert (await act.meet(1)).status_code == 201
    before = rows(house)
    for changed, pointer in (
        ({"present": 21}, "/present"),
        ({"ballots_issued": 21}, "/ballots_issued"),
        ({"ballots_returned": 21, "ballots_issued": 20}, "/ballots_returned"),
        ({"held_on": (DAY + timedelta(days=1)).isoformat()}, "/held_on"),
        ({"in_favour": [{"cadre_id": str(first), "votes": 21}]}, "/in_favour/0/votes"),
        ({"in_favour": [{"cadre_id": str(first), "votes": -1}]}, "/in_favour/0/votes"),
        ({"in_favour": [{"cadre_id": str(first), "votes": 3}] * 2}, "/in_favour/1/cadre_id"),
    ):
        answer = await act.meet(2, {first: 14, second: 3}, **changed)
        assert answer.status_code == 422, changed
        assert pointer in [row["pointer"] for row in answer.json()["errors"]], (changed, answer.json())
    seventh = await act.meet(6, {first: 14})
    assert (seventh.status_code, seventh.json()["errors"][0]["pointer"]) == (422, "/step")
    many = await act.meet(2, {first: 14, second: 7})
    assert (many.status_code, many.json()["errors"][0]["pointer"]) == (422, "/in_favour")
    assert rows(house) == before


async def test_two_dossiers_for_one_seat_give_one_assignment(house: House) -> None:
    first, second = ready(house)
    one, other = await Act.opened(house), await Act.opened(house)
    await one.through([first])
    await other.through([second])
    await one.walk("submit")
    await other.walk("submit")
    await one.walk("decide", decision=decision())
    before = rows(house)
    refused = await other.step("decide", decision=decision())
    assert refused.status_code == 409
    assert blocking(refused.json()["findings"]) == {"appointment.vacancy"}
    assert rows(house) == before


async def test_whoever_made_a_dossier_does_not_decide_it(house: House) -> None:
    (person,) = ready(house, 1)
    act = await Act.opened(house)
    await act.through([person])
    await act.walk("submit")
    for user, status in (
        ("btc.meovac", 403),
        ("ubkt.tinh", 403),
        ("btv.dongvan", 404),
        ("quantri", 403),
        ("canbo", 403),
    ):
        answer = await act.step("decide", user, decision=decision())
        assert answer.status_code == status, (user, answer.text)
    stranger = await act.ask(None, "POST", "/transitions", {"action": "decide", "decision": decision()})
    assert stranger.status_code == 401
    stale = await act.ask(
        "btv.meovac", "POST", "/transitions", {"action": "decide", "decision": decision()}, If_Match='"1"'
    )
    assert stale.status_code == 412
    number = decision()
    late = await act.step("decide", decision=number | {"effective_on": "2023-02-01"})
    assert (late.status_code, late.json()["errors"][0]["pointer"]) == (422, "/decision/effective_on")
    assert act.state == "submitted"
    assert (await act.step("decide", decision=number)).status_code == 200


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("relief", EndReason.RELIEF),
        ("resignation", EndReason.RESIGNATION),
        ("dismissal", EndReason.DISMISSAL),
        ("suspension", None),
    ],
)
async def test_ends_of_a_post(house: House, kind: str, reason: EndReason | None) -> None:
    on_day(house, DAY)
    (holder,) = at_work(BODY, "d.division_head")
    seat = held(house, holder, DAY)[0]
    bare = {"kind": kind, "assignment_id": str(seat.assignment_id)}
    caller = await house.caller("btc.meovac")
    lacking = await caller.post("/api/v1/appointments", json=bare)
    assert {row["pointer"] for row in lacking.json()["errors"]} == {"/reason", "/basis"}
    act = await Act.opened(house, **bare, reason="Theo nguyện vọng", basis="Đơn ngày 01/02/2023")
    twin = await caller.post("/api/v1/appointments", json=bare | {"reason": "a", "basis": "b"})
    assert twin.status_code == 409
    await act.walk("submit")
    number = decision()
    done = await act.walk("decide", decision=number)
    assert done["decision"]["number"] == number["number"]
    after = held(house, holder, DAY)
    if reason is None:
        assert [one.assignment_id for one in after] == [seat.assignment_id]
    else:
        assert after == []
        closed = house.scalars(
            select(AssignmentSpan).where(
                col(AssignmentSpan.assignment_id) == seat.assignment_id, known(AssignmentSpan)
            )
        )
        assert [(one.valid_to, one.end_reason) for one in closed] == [(DAY, reason)]


async def test_a_term_that_ends_is_decided_anew(house: House) -> None:
    on_day(house, DAY)
    (holder,) = at_work(BODY, "d.division_head")
    young(house, holder)
    qualified(house, holder, DAY)
    seat = ending(house, holder, DAY + timedelta(days=100))
    act = await Act.opened(house, kind="reappointment", assignment_id=str(seat.assignment_id))
    assert (await act.get())["route"] == "term"
    assert (await act.meet(1)).status_code == 409
    await act.walk("notify")
    await act.walk("self_review", note="Hoàn thành nhiệm vụ cả nhiệm kỳ")
    assert (await act.step("submit")).status_code == 409
    await act.ask("btc.meovac", "PATCH", "", {"outcome": "extend"})
    assert (await act.meet(1, {holder: 18})).status_code == 201
    assert (await act.meet(2, {holder: 10})).status_code == 201
    refused = await act.step("submit")
    assert blocking(refused.json()["findings"]) == {"appointment.majority", "reappointment.kind"}
    assert (await act.meet(2, {holder: 18})).status_code == 201
    refused = await act.step("submit")
    assert blocking(refused.json()["findings"]) == {"reappointment.kind"}
    await act.ask("btc.meovac", "PATCH", "", {"outcome": "reappoint"})
    await act.walk("submit")
    done = await act.walk("decide", decision=decision())
    assert {"reappointment.on_time", "reappointment.consecutive_terms", "appointment.time_bar"} <= {
        row["rule"] for row in done["decided"]["findings"]
    }
    after = held(house, holder, DAY)
    assert [(one.title_id, one.term_ends_on) for one in after] == [
        (seat.title_id, DAY.replace(year=DAY.year + 5))
    ]
    assert after[0].assignment_id != seat.assignment_id


async def test_an_elected_title_is_not_appointed_anew(house: House) -> None:
    on_day(house, DAY)
    (holder,) = at_work("ubnd.meo-vac", "d.chair")
    seat = held(house, holder, DAY)[0]
    body = {"kind": "reappointment", "assignment_id": str(seat.assignment_id)}
    answer = await (await house.caller("btc.tinh")).post("/api/v1/appointments", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/assignment_id")


async def test_a_waiver_lets_one_rule_pass_and_is_kept_with_the_decision(house: House) -> None:
    on_day(house, DAY)
    asked(house)
    (person,) = at_work(BODY, "d.specialist")[:1]
    qualified(house, person, DAY)
    kin(house, person, at_work("truong.meo-vac", "d.teacher")[0])
    for entry in house.scalars(select(PlanEntry).where(col(PlanEntry.cadre_id) == person)):
        entry.state, entry.removed_on = EntryState.REMOVED, DAY
        house.write(entry)
    act = await Act.opened(house)
    await act.through([person])
    refused = await act.step("submit")
    assert blocking(refused.json()["findings"]) == {"appointment.planned"}
    head = await house.caller("btv.meovac")
    body = {
        "rule": "appointment.planned",
        "dossier": {"type": "appointment", "id": act.id},
        "document_number": "7-CV/HU",
        "signed_on": DAY.isoformat(),
        "expires_on": DAY.replace(year=2024).isoformat(),
        "reason": "Địa bàn thiếu nguồn",
        "scope": "dossier",
    }
    never = await head.post("/api/v1/waivers", json=body | {"rule": "appointment.vacancy"})
    assert (never.status_code, never.json()["errors"][0]["pointer"]) == (422, "/rule")
    made = await head.post("/api/v1/waivers", json=body)
    assert made.status_code == 201, made.text
    told = {row["rule"]: row for row in await act.get("/findings")}
    assert told["appointment.planned"]["waived_by"] == made.json()["id"]
    await act.walk("submit")
    done = await act.walk("decide", decision=decision())
    kept = {row["rule"]: row for row in done["decided"]["findings"]}
    assert kept["appointment.planned"]["waived_by"] == made.json()["id"]


async def test_a_head_fills_alone_only_what_he_manages_himself(house: House) -> None:
    on_day(house, DAY)
    asked(house, "division.deputy")
    caller = await house.caller("btc.tinh")
    (person,) = at_work("phong-to-chuc-can-bo", "division.specialist")[:1]
    body: dict[str, Any] = {"kind": "appointment", "head_decides": True, "cadre_id": str(person)}
    managed = body | {"post_id": str(world.post("so-noi-vu", "dept.deputy"))}
    refused = await caller.post("/api/v1/appointments", json=managed)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/head_decides")
    post = str(world.post("phong-to-chuc-can-bo", "division.deputy"))
    act = await Act.opened(house, maker="btc.tinh", **body, post_id=post)
    assert (await act.get())["route"] == "head"
    told = await act.step("submit")
    assert "appointment.responsibility_note" in blocking(told.json()["findings"])
    nothing = await act.ask("btc.tinh", "PATCH", "", {"head_chose": None})
    assert (nothing.status_code, nothing.json()["errors"][0]["pointer"]) == (422, "/head_chose")
    await act.ask("btc.tinh", "PATCH", "", {"responsibility_note": "Chịu trách nhiệm về người được chọn"})
    told = await act.step("submit")
    assert "appointment.responsibility_note" not in blocking(told.json()["findings"])
