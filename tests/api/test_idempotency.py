"""Idempotency-Key: the first answer again, one row, whatever happens between the two requests."""

import threading
from datetime import date, timedelta
from typing import Any

import anyio
import httpx
from sqlmodel import col, func, select

from app.main import create_app
from app.models.access import IdempotencyKey, RoleGrant
from app.models.audit import AuditEvent
from app.models.base import utc_now
from app.models.cadre import Cadre
from tests import world
from tests.api.asking import newcomer
from tests.api.conftest import API, House, grant, people
from tests.api.importing import upload
from tests.api.walk import is_problem, pointers

CADRES = f"{API}/cadres"
KEY = {"Idempotency-Key": "mot-lan-thoi"}


def persons(house: House) -> int:
    """How many persons there are."""
    return int(house.scalars(select(func.count(col(Cadre.id))))[0])


async def test_the_same_request_makes_one_row(house: House) -> None:
    caller = await house.caller("btc.tinh")
    before = persons(house)
    first = await caller.post(CADRES, json=newcomer(), headers=KEY)
    assert first.status_code == 201, first.text
    assert "idempotency-replayed" not in first.headers
    for _ in range(3):
        again = await caller.post(CADRES, json=newcomer(), headers=KEY)
        assert (again.status_code, again.content) == (201, first.content)
        assert again.headers["idempotency-replayed"] == "true"
        assert again.headers["location"] == first.headers["location"]
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert persons(house) == before + 1
    other_key = await caller.post(CADRES, json=newcomer(), headers={"Idempotency-Key": "hai"})
    assert other_key.json()["id"] != first.json()["id"]


async def test_a_replay_is_a_read_and_told_as_one(house: House) -> None:
    caller = await house.caller("btc.tinh")
    first = await caller.post(CADRES, json=newcomer(), headers=KEY)
    again = await caller.post(CADRES, json=newcomer(), headers=KEY | {"X-Request-Id": "replayed-0001"})
    assert again.content == first.content
    told = house.scalars(select(AuditEvent).where(col(AuditEvent.request_id) == "replayed-0001"))
    assert [(event.outcome, event.object_id) for event in told] == [("read", first.json()["id"])]


async def test_the_key_is_for_one_request(house: House) -> None:
    caller = await house.caller("btc.tinh")
    await caller.post(CADRES, json=newcomer(), headers=KEY)
    before = persons(house)
    path = f"{CADRES}/{people('canbo')}/rewards"
    reward = {"awarded_on": "2020-02-03", "name": "Giấy khen", "issuer": "Ủy ban nhân dân"}
    for answer in (
        await caller.post(CADRES, json=newcomer(full_name="Giàng Thị Hoa"), headers=KEY),
        await caller.post(path, json=reward, headers=KEY),
    ):
        assert is_problem(answer, 422), answer.text
        assert pointers(answer) == ["/header/Idempotency-Key"]
    assert persons(house) == before


async def test_the_key_is_of_posts_alone(house: House) -> None:
    """A change is repeated by its version: the second one is stale, and no answer is kept."""
    caller = await house.caller("btc.tinh")
    path = f"{CADRES}/{people('canbo')}"
    headers = KEY | {"If-Match": house.version(people("canbo"))}
    first = await caller.patch(path, json={"phone": "0912345678"}, headers=headers)
    assert first.status_code == 200, first.text
    assert is_problem(await caller.patch(path, json={"phone": "0912345678"}, headers=headers), 412)
    assert house.scalars(select(IdempotencyKey)) == []


async def test_each_caller_has_keys_of_his_own(house: House) -> None:
    first = await (await house.caller("btc.tinh")).post(CADRES, json=newcomer(), headers=KEY)
    second = await (await house.caller("btc.meovac")).post(CADRES, json=newcomer(), headers=KEY)
    assert second.status_code == 201, second.text
    assert second.json()["id"] != first.json()["id"]


async def test_a_failure_is_not_kept(house: House) -> None:
    caller = await house.caller("btc.tinh")
    refused = await caller.post(CADRES, json=newcomer(full_name="Giàng"), headers=KEY)
    assert is_problem(refused, 422), refused.text
    assert house.scalars(select(IdempotencyKey)) == []
    done = await caller.post(CADRES, json=newcomer(), headers=KEY)
    assert done.status_code == 201, done.text
    taken = newcomer(
        national_id=house.scalars(select(Cadre.national_id).where(col(Cadre.id) == people("canbo")))[0]
    )
    conflict = await caller.post(CADRES, json=taken, headers={"Idempotency-Key": "xung-dot"})
    assert conflict.status_code == 409
    assert [row.key for row in house.scalars(select(IdempotencyKey))] == [KEY["Idempotency-Key"]]


async def test_a_key_lasts_a_day(house: House) -> None:
    caller = await house.caller("btc.tinh")
    first = await caller.post(CADRES, json=newcomer(), headers=KEY)
    row = house.scalars(select(IdempotencyKey))[0]
    row.created_at = utc_now() - timedelta(hours=24, seconds=5)
    house.write(row)
    later = await caller.post(CADRES, json=newcomer(), headers=KEY)
    assert later.status_code == 201, later.text
    assert later.json()["id"] != first.json()["id"]


async def test_two_at_once_make_one_row(house: House) -> None:
    token = (await house.sign_in(await house.caller(None), "btc.tinh"))["access_token"]
    before = persons(house)
    answers: list[httpx.Response] = []
    start = threading.Barrier(4)

    def ask() -> None:
        async def post() -> None:
            headers = KEY | {"Authorization": f"Bearer {token}"}
            transport = httpx.ASGITransport(house.app)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://test", headers=headers
            ) as client:
                start.wait()
                answers.append(await client.post(CADRES, json=newcomer()))

        anyio.run(post)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert persons(house) == before + 1
    made = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in made}) == 1
    assert len([answer for answer in made if "idempotency-replayed" not in answer.headers]) == 1
    assert {answer.status_code for answer in answers} <= {201, 409}


async def test_a_key_outlives_the_process(house: House) -> None:
    caller = await house.caller("btc.tinh")
    first = await caller.post(CADRES, json=newcomer(), headers=KEY)
    restarted = create_app(house.settings)
    async with restarted.router.lifespan_context(restarted):
        transport = httpx.ASGITransport(restarted)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            opened = await house.sign_in(client, "btc.tinh")
            headers = KEY | {"Authorization": f"Bearer {opened['access_token']}"}
            again = await client.post(CADRES, json=newcomer(), headers=headers)
    assert (again.status_code, again.content) == (201, first.content)


async def test_a_replay_asks_again_who_may(house: House) -> None:
    """A grant that ended, or that no longer reaches the person, gives nothing back."""
    for row in grant("leaver", "org_officer", "meo-vac"):
        house.write(row)
    caller = await house.caller("leaver")
    first = await caller.post(CADRES, json=newcomer(), headers=KEY)
    assert first.status_code == 201, first.text
    held = house.scalars(select(RoleGrant).where(col(RoleGrant.principal_id) == grant_of("leaver")))[0]
    held.unit_id = world.unit("dong-van")
    house.write(held)
    elsewhere = await caller.post(CADRES, json=newcomer(), headers=KEY)
    assert is_problem(elsewhere, 404), elsewhere.text
    held.valid_to = date(2021, 12, 31)
    house.write(held)
    nowhere = await caller.post(CADRES, json=newcomer(), headers=KEY)
    assert is_problem(nowhere, 403), nowhere.text
    for answer in (elsewhere, nowhere):
        assert first.json()["code"] not in answer.text


async def test_a_replayed_upload_asks_again_too(house: House) -> None:
    for row in grant("leaver", "org_officer", "meo-vac"):
        house.write(row)
    caller = await house.caller("leaver")
    asked = upload()
    first = await caller.post(asked.path, headers=asked.headers | KEY, **asked.parts)
    assert first.status_code == 201, first.text
    held = house.scalars(select(RoleGrant).where(col(RoleGrant.principal_id) == grant_of("leaver")))[0]
    held.unit_id = world.unit("dong-van")
    house.write(held)
    elsewhere = await caller.post(asked.path, headers=asked.headers | KEY, **asked.parts)
    assert is_problem(elsewhere, 404), elsewhere.text


def grant_of(username: str) -> Any:  # noqa: ANN401 - an id
    """The id of an account made by `grant`."""
    row: Any = grant(username, "org_officer", "meo-vac")[0]
    return row.id


async def test_signing_in_keeps_no_answer(house: House) -> None:
    """An answer with a secret in it is given once."""
    caller = await house.caller(None)
    body = {"username": "btc.tinh", "password": world.PASSWORD}
    first = await caller.post(f"{API}/sessions", json=body, headers=KEY)
    again = await caller.post(f"{API}/sessions", json=body, headers=KEY)
    assert first.json()["session_secret"] != again.json()["session_secret"]
    assert house.scalars(select(IdempotencyKey)) == []
