"""Each personal read, change and refusal stands in the log when its answer arrives; no log, no answer."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from app.models.audit import AuditEvent, AuditValue
from app.models.base import utc_now
from app.models.cadre import Cadre
from app.services.database import writing
from tests import world
from tests.api.asking import Maker, newcomer
from tests.api.conftest import API, House, holder, people
from tests.api.walk import OPERATIONS, is_problem, pointers, send
from tests.conftest import TODAY

CADRES = f"{API}/cadres"
PERSONAL = [
    *(operation for operation in OPERATIONS if operation.split()[1].startswith("/cadres")),
    "GET /units/{unit_id}/staffing",
    "GET /committees/{committee_id}/members",
    "GET /committees/{committee_id}/members/{membership_id}",
    "GET /indicators/{indicator_id}/people",
]
RECORDS = [operation for operation in PERSONAL if "{cadre_id}" in operation]
WITHOUT = "0125e72e-7800-7cb7-95b3-000000000000"


async def events(house: House, user: str = "ubkt.tinh", **query: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """What the log says, newest first."""
    answer = await (await house.caller(user)).get(f"{API}/audit/events", params={"limit": 200, **query})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def named() -> dict[str, str]:
    """A request's own id."""
    return {"X-Request-Id": uuid.uuid4().hex}


# --- what is told ------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", PERSONAL)
async def test_each_personal_answer_is_told(shared_house: House, operation: str) -> None:
    asked = await Maker(shared_house).valid(operation)
    name = named()
    answer = await send(shared_house, operation, asked, headers=name)
    assert answer.status_code < 300, answer.text
    told = await events(shared_house, request_id=name["X-Request-Id"])
    outcomes = {event["outcome"] for event in told}
    reads = operation.startswith("GET")
    assert ("read" if reads else "done") in outcomes, told
    assert {(event["actor"], event["client"]) for event in told} == {("btc.tinh", "thenchot")}
    if reads:
        assert len(told) == 1
        assert len(told[0]["detail"]["ids"]) <= told[0]["detail"]["rows"] or operation in RECORDS
    if operation in RECORDS:
        cadre_id = asked.path.split("/")[4]
        assert {(event["object"]["type"], event["object"]["id"]) for event in told} == {("cadre", cadre_id)}
        assert cadre_id in {event["object"]["id"] for event in await events(shared_house, object_id=cadre_id)}


async def test_a_list_names_whom_it_showed(shared_house: House) -> None:
    caller = await shared_house.caller("btc.dongvan")
    name = named()
    answer = await caller.get(CADRES, params={"limit": 20, "sex": "female"}, headers=name)
    told = (await events(shared_house, request_id=name["X-Request-Id"]))[0]
    assert told["action"] == "cadre.list"
    assert told["detail"]["ids"] == [row["id"] for row in answer.json()["items"]]
    assert told["detail"]["rows"] == len(told["detail"]["ids"]) == 20
    assert told["unit_id"] == str(world.unit("dong-van"))
    other = named()
    await caller.get(CADRES, params={"limit": 20, "sex": "male"}, headers=other)
    assert (await events(shared_house, request_id=other["X-Request-Id"]))[0]["detail"]["filter"] != (
        told["detail"]["filter"]
    )


@pytest.mark.parametrize("operation", RECORDS)
async def test_each_refusal_is_told_without_looking(shared_house: House, operation: str) -> None:
    """A neighbour's record and one that isn't there: the same answer, and both attempts stand in the log."""
    method, path = operation.split()
    answers = []
    for cadre_id in (str(people("moved")), WITHOUT):
        maker = Maker(shared_house)
        asked = await maker.person(operation, people("moved"))
        there = asked.path.replace(str(people("moved")), cadre_id)
        name = named()
        caller = await shared_house.caller("btc.meovac")
        answer = await caller.request(method, there, json=asked.body, headers=asked.headers | name)
        assert is_problem(answer, 404), answer.text
        told = await events(shared_house, request_id=name["X-Request-Id"])
        assert [(event["outcome"], event["object"]) for event in told] == [
            ("refused", {"type": "cadre", "id": cadre_id})
        ]
        assert told[0]["action"] == f"{method} {path}"[:60]
        assert told[0]["actor"] == "btc.meovac"
        assert told[0]["unit_id"] == str(world.unit("meo-vac"))
        answers.append({**answer.json(), "instance": ""})
    assert answers[0] == answers[1]


@pytest.mark.parametrize("user", ["mattran.tinh", "quantri", "canbo"])
async def test_each_403_is_told(shared_house: House, user: str) -> None:
    caller = await shared_house.caller(user)
    for method, path in (
        ("GET", f"{API}/audit/events"),
        ("POST", CADRES),
        ("GET", f"{CADRES}/{people('canbo')}/confidence-votes"),
        ("PATCH", f"{CADRES}/{people('canbo')}"),
        ("POST", f"{API}/units"),
    ):
        name = named()
        body = newcomer() if (method, path) == ("POST", CADRES) else None
        answer = await caller.request(method, path, json=body, headers=name | {"If-Match": '"1"'})
        assert is_problem(answer, 403), (path, answer.text)
        told = await events(shared_house, request_id=name["X-Request-Id"])
        assert [(event["outcome"], event["actor"]) for event in told] == [("refused", user)], path
        assert told[0]["reason"]


async def test_filters_of_the_log(shared_house: House) -> None:
    target = str(people("corrected"))
    start = utc_now()
    for user in ("btc.tinh", "btv.tinh"):
        await (await shared_house.caller(user)).get(f"{CADRES}/{target}")
    stop = utc_now()
    await (await shared_house.caller("btc.tinh")).get(f"{CADRES}/{target}/rewards")
    own = await events(shared_house, object_id=target, since=start.isoformat(), until=stop.isoformat())
    assert [event["actor"] for event in own] == ["btv.tinh", "btc.tinh"]
    one = await events(shared_house, object_id=target, since=start.isoformat(), actor="btc.tinh")
    assert {event["actor"] for event in one} == {"btc.tinh"}
    assert [event["action"] for event in one] == ["cadre.rewards", "cadre.get"]
    assert [
        event["action"]
        for event in await events(
            shared_house, object_id=target, since=start.isoformat(), action="cadre.get", sort="at"
        )
    ] == ["cadre.get", "cadre.get"]
    caller = await shared_house.caller("ubkt.tinh")
    for wrong in ("x", "2021-13-01T00:00:00Z", "2021-12-01T00:00:00"):
        for field in ("since", "until"):
            answer = await caller.get(f"{API}/audit/events", params={field: wrong})
            assert is_problem(answer, 422), (field, wrong, answer.text)
            assert pointers(answer) == [f"/query/{field}"]
    for edge in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"):
        answer = await caller.get(f"{API}/audit/events", params={"since": edge, "limit": 1})
        assert answer.status_code in {200, 422}, answer.text


async def test_a_districts_inspector_sees_his_district_alone(house: House) -> None:
    for user, slug in (("btc.dongvan", "moved"), ("btc.meovac", "moved"), ("btc.tinh", "moved")):
        await (await house.caller(user)).get(f"{CADRES}/{people(slug)}")
    away = people(holder("phong-noi-vu.meo-vac", "d.specialist"))
    await (await house.caller("btc.dongvan")).get(f"{CADRES}/{away}")
    changed = await (await house.caller("btc.tinh")).patch(
        f"{CADRES}/{people('moved')}", json={"phone": "0912345678"}, headers={"If-Match": '"1"'}
    )
    assert changed.status_code == 200, changed.text
    inside = await events(house, "ubkt.dongvan")
    told = {(event["actor"], event["outcome"]) for event in inside}
    assert ("btc.dongvan", "read") in told
    assert ("btc.dongvan", "refused") in told
    assert ("btc.tinh", "done") in told  # what was done to his district's people
    assert not {actor for actor, _ in told} & {"btc.meovac"}
    everything = await events(house)
    assert {event["id"] for event in inside} < {event["id"] for event in everything}
    counted = await (await house.caller("ubkt.dongvan")).get(
        f"{API}/audit/events", params={"count": "true", "limit": 1}
    )
    assert counted.json()["total"] == len(inside)
    for query in ({"actor": "btc.meovac"}, {"action": "no.such"}):
        assert await events(house, "ubkt.dongvan", **query) == []


# --- no log, no answer -------------------------------------------------------------------------------

BREAK = {
    "sqlite": (
        "CREATE TRIGGER broken BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    ),
    "postgresql": (
        """CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'disk full'; END $$""",
        "CREATE TRIGGER broken BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION broken()",
    ),
}


async def test_without_the_log_nothing_is_answered_and_nothing_written(house: House) -> None:
    caller = await house.caller("btc.tinh")
    head = await house.caller("head.sonoivu")
    inspector = await house.caller("ubkt.tinh")
    target = people("canbo")
    before = house.scalars(select(Cadre.id).order_by(col(Cadre.id)))
    with writing(house.engine).begin() as connection:
        for statement in BREAK[house.engine.dialect.name]:
            connection.exec_driver_sql(statement)
    path = f"{CADRES}/{target}"
    answers = [
        await caller.get(path),
        await caller.get(CADRES),
        await caller.get(f"{path}/history"),
        await caller.get(f"{path}/assignments"),
        await caller.get(f"{API}/units/{world.unit('so-noi-vu')}/staffing"),
        await caller.get(f"{API}/indicators/headcount/people?part=numerator"),
        await head.get(f"{path}/family"),
        await head.get(f"{CADRES}/{people('corrected')}"),
        await caller.patch(path, json={"phone": "0912345678"}, headers={"If-Match": '"1"'}),
        await caller.post(CADRES, json=newcomer()),
    ]
    for answer in answers:
        assert is_problem(answer, 503), answer.text
        assert answer.headers["retry-after"]
        assert world.crowd(TODAY).people["canbo"].name not in answer.text
    assert house.version(target) == '"1"'
    assert house.scalars(select(Cadre.id).order_by(col(Cadre.id))) == before
    # What isn't personal needs no line in the log.
    assert (await caller.get(f"{API}/units")).status_code == 200
    assert (await inspector.get(f"{API}/audit/events")).status_code == 200


async def test_a_change_commits_with_its_event(house: House) -> None:
    caller = await house.caller("btc.tinh")
    name = named()
    body = {"phone": "0912345678", "reason": "Đổi số"}
    await caller.patch(f"{CADRES}/{people('canbo')}", json=body, headers=name | {"If-Match": '"1"'})
    told = [
        event for event in await events(house, request_id=name["X-Request-Id"]) if event["outcome"] == "done"
    ]
    assert [(event["action"], event["reason"]) for event in told] == [("cadre.change", "Đổi số")]
    assert told[0]["unit_id"] == str(world.unit("so-noi-vu"))
    assert abs(datetime.fromisoformat(told[0]["at"]) - datetime.now(UTC)) < timedelta(minutes=1)
    event = house.scalars(select(AuditEvent).where(col(AuditEvent.id) == uuid.UUID(told[0]["id"])))[0]
    kept = house.scalars(select(AuditValue).where(col(AuditValue.event_id) == event.id))[0]
    assert "0912345678" in kept.after
    assert b"0912345678" not in event.leaf
    failed = named()
    stale = await caller.patch(f"{CADRES}/{people('canbo')}", json=body, headers=failed | {"If-Match": '"1"'})
    assert stale.status_code == 412
    assert await events(house, request_id=failed["X-Request-Id"]) == []
    path = f"{CADRES}/{people('canbo')}/history"
    assert [row["action"] for row in (await caller.get(path)).json()["items"]] == ["cadre.change"]


async def test_the_log_holds_no_content(house: House) -> None:
    """Names, numbers and values of persons stand beside the log, never in it."""
    caller = await house.caller("btc.tinh")
    made = await caller.post(CADRES, json=newcomer(national_id="002099999999", phone="0987654321"))
    assert made.status_code == 201, made.text
    await caller.get(CADRES, params={"q": "Giàng Thị Mỷ"})
    rows = house.scalars(select(AuditEvent))
    text = " ".join(str((event.leaf, event.detail, event.reason, event.action)) for event in rows)
    for secret in ("002099999999", "0987654321", "Giàng", "Mỷ", "1990-05-02"):
        assert secret not in text
