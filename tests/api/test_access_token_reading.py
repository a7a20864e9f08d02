"""With an inspection token nothing is written, whatever is asked, and each read is told."""

import uuid
from typing import Any

import httpx
import pytest

from app.models.audit import Outcome
from tests import world
from tests.api.asking import Maker
from tests.api.conftest import API, House, grant, holder, people
from tests.api.tokens import PLACE, bearing, counts, issued, told
from tests.api.walk import OPERATIONS, is_problem

SAFE = [operation for operation in OPERATIONS if operation.startswith(("GET", "HEAD", "OPTIONS"))]
UNSAFE = [operation for operation in OPERATIONS if operation not in SAFE]
OPEN = {"GET /healthz", "GET /readyz", "GET /.well-known/jwks.json"}
"""Read without a caller: whose token lies beside the question isn't asked."""
OWN = {"GET /me", "GET /sessions", "GET /audit/events", "GET /access-tokens"}
"""What one caller is told of himself and another of himself."""


# --- nothing is written ------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", UNSAFE)
@pytest.mark.parametrize("place", ["tinh", PLACE])
async def test_every_unsafe_operation_is_refused(shared_house: House, operation: str, place: str) -> None:
    """With the very request that succeeds for an officer, and with none; each refusal stands in the log."""
    token = await issued(shared_house, place)
    asked = await Maker(shared_house).valid(operation)
    before = counts(shared_house)
    async with await bearing(shared_house, token["token"]) as caller:
        for body, headers in ((asked.body, asked.headers), ({}, {"If-Match": '"1"'}), (None, {})):
            name = uuid.uuid4().hex
            sent = headers | {"X-Request-Id": name, "Idempotency-Key": name}
            answer = await caller.request(operation.split(maxsplit=1)[0], asked.path, json=body, headers=sent)
            assert is_problem(answer, 403), (answer.status_code, answer.text)
            events = told(shared_house, name)
            assert [(one.actor, one.outcome) for one in events] == [(token["name"], Outcome.REFUSED)]
    assert counts(shared_house) == before


def test_the_walk_has_something_to_refuse() -> None:
    assert len(UNSAFE) > 40
    assert {"POST", "PATCH", "DELETE"} <= {operation.split()[0] for operation in UNSAFE}
    assert "POST /access-tokens" in UNSAFE
    assert "POST /sessions" in UNSAFE


# --- what is read, and that it is told ---------------------------------------------------------------


@pytest.fixture(scope="module")
async def pair(shared_house: House) -> tuple[dict[str, Any], str]:
    """A token of Mèo Vạc, and the account of an inspector there."""
    for row in grant("ubkt.meovac", "inspector", PLACE):
        shared_house.write(row)
    return await issued(shared_house), "ubkt.meovac"


def shown(answer: httpx.Response) -> Any:  # noqa: ANN401 - JSON
    """An answer without its cursors, which are each caller's own."""
    if "json" not in answer.headers["content-type"]:
        return answer.content  # the bytes of a file
    body = answer.json()
    return {name: body[name] for name in body.keys() - {"next", "prev"}} if isinstance(body, dict) else body


@pytest.mark.parametrize("operation", [one for one in SAFE if one not in OPEN])
async def test_it_reads_what_the_inspector_of_its_unit_reads(
    shared_house: House, pair: tuple[dict[str, Any], str], operation: str
) -> None:
    token, user = pair
    asked = await Maker(shared_house).valid(operation)
    name = uuid.uuid4().hex
    inspector = await (await shared_house.caller(user)).get(asked.path)
    async with await bearing(shared_house, token["token"]) as caller:
        answer = await caller.get(asked.path, headers={"X-Request-Id": name})
    assert answer.status_code == inspector.status_code, answer.text
    if operation not in OWN:
        assert shown(answer) == shown(inspector) or answer.status_code != 200
    events = told(shared_house, name)
    assert len(events) == 1, operation
    event = events[0]
    assert (event.actor, event.client, str(event.actor_id)) == (token["name"], "inspection", token["id"])
    assert event.outcome == (Outcome.READ if answer.status_code == 200 else Outcome.REFUSED)
    assert event.unit_id == world.unit(PLACE)
    assert answer.status_code != 200 or '"filter"' in (event.detail or "")


async def test_most_safe_operations_answer_with_something(
    shared_house: House, pair: tuple[dict[str, Any], str]
) -> None:
    """The comparison above would hold of refusals too. 403: what no inspector reads (imports)."""
    answered = []
    async with await bearing(shared_house, pair[0]["token"]) as caller:
        for operation in SAFE:
            asked = await Maker(shared_house).valid(operation)
            answered.append((await caller.get(asked.path)).status_code)
    assert answered.count(200) > len(SAFE) * 2 // 3
    assert set(answered) <= {200, 403, 404}


async def test_reference_data_is_told_by_route_and_filter(
    shared_house: House, pair: tuple[dict[str, Any], str]
) -> None:
    digests = set()
    unit_id = str(world.unit(PLACE))
    async with await bearing(shared_house, pair[0]["token"]) as caller:
        for path, action, root in (
            ("/titles?level=district", "GET /titles", (None, None)),
            ("/titles?level=commune", "GET /titles", (None, None)),
            (f"/units/{unit_id}", "GET /units/{unit_id}", ("unit", unit_id)),
            ("/me", "GET /me", (None, None)),
        ):
            name = uuid.uuid4().hex
            answer = await caller.get(API + path, headers={"X-Request-Id": name})
            assert answer.status_code == 200, answer.text
            event = told(shared_house, name)[0]
            assert event.action == action
            assert (event.object_type, event.object_id) == root
            digests.add(event.detail)
    assert len(digests) == 4


async def test_others_reference_reads_are_not_told(shared_house: House) -> None:
    name = uuid.uuid4().hex
    await (await shared_house.caller("ubkt.tinh")).get(f"{API}/titles", headers={"X-Request-Id": name})
    assert told(shared_house, name) == []


async def test_it_sees_its_unit_and_what_lies_beneath(
    shared_house: House, pair: tuple[dict[str, Any], str]
) -> None:
    inside = [
        people(holder("phong-noi-vu.meo-vac", "d.specialist")),
        people(holder("ubnd.niem-son", "c.officer")),
    ]
    outside = [people("officer.lungcu"), people(holder("ban-to-chuc", "board.specialist"))]
    async with await bearing(shared_house, pair[0]["token"]) as caller:
        for cadre_id in inside:
            answer = await caller.get(f"{API}/cadres/{cadre_id}")
            assert answer.status_code == 200
            assert answer.json()["redacted"] is False
        for cadre_id in outside:
            name = uuid.uuid4().hex
            answer = await caller.get(f"{API}/cadres/{cadre_id}", headers={"X-Request-Id": name})
            assert is_problem(answer, 404)
            assert [one.outcome for one in told(shared_house, name)] == [Outcome.REFUSED]
        elsewhere = await caller.get(f"{API}/indicators", params={"unit_id": str(world.unit("dong-van"))})
        assert elsewhere.status_code == 404
        listed = await caller.get(f"{API}/cadres", params={"limit": 200, "count": "true"})
        whole = await (await shared_house.caller("ubkt.tinh")).get(f"{API}/cadres?count=true&limit=1")
        assert 0 < listed.json()["total"] < whole.json()["total"]
        log = await caller.get(f"{API}/audit/events", params={"limit": 200})
        beneath = {str(world.unit(slug)) for slug in (PLACE, "niem-son", "huyen-uy.meo-vac")}
        assert {event["unit_id"] for event in log.json()["items"]} & beneath
        assert str(world.unit("dong-van")) not in {event["unit_id"] for event in log.json()["items"]}


async def test_what_is_not_there_is_told_too(shared_house: House, pair: tuple[dict[str, Any], str]) -> None:
    name = uuid.uuid4().hex
    async with await bearing(shared_house, pair[0]["token"]) as caller:
        answer = await caller.get(f"{API}/rules/khong.co", headers={"X-Request-Id": name})
    assert is_problem(answer, 404), answer.text
    assert [one.outcome for one in told(shared_house, name)] == [Outcome.REFUSED]


async def test_an_answer_waits_for_the_log(house: House) -> None:
    token = await issued(house)
    officer = await house.caller("btc.tinh")
    with house.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE audit_event RENAME TO out_of_reach")
    async with await bearing(house, token["token"]) as caller:
        assert is_problem(await caller.get(f"{API}/titles"), 503)
    assert (await officer.get(f"{API}/titles")).status_code == 200


async def test_me_says_what_it_is(shared_house: House, pair: tuple[dict[str, Any], str]) -> None:
    async with await bearing(shared_house, pair[0]["token"]) as caller:
        body = (await caller.get(f"{API}/me")).json()
    assert body["kind"] == "inspection"
    assert body["username"] == pair[0]["name"]
    assert [(held["role"], held["unit"]["id"]) for held in body["grants"]] == [
        ("inspector", str(world.unit(PLACE)))
    ]
    assert "audit:read" in body["permissions"]
    assert "cadre:read" in body["permissions"]
    doing = {name for name in body["permissions"] if name.partition(":")[2] not in {"read", "people", "own"}}
    assert doing == set()
