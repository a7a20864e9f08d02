"""Persons entered and changed over HTTP: each fault names its place, nobody writes whom he may not."""

import threading
from typing import Any

import anyio
import httpx
import pytest
from sqlmodel import col, select

from app.models.cadre import Cadre
from tests import world
from tests.api.asking import newcomer
from tests.api.conftest import House, grant, people
from tests.api.test_cadre import CADRES, CROWD, ids
from tests.api.walk import is_problem, pointers

# --- entering and changing ---------------------------------------------------------------------------

FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"full_name": "Giàng"}, "/full_name"),
    ({"full_name": "   "}, "/full_name"),
    ({"full_name": ""}, "/full_name"),
    ({"full_name": "A" * 121}, "/full_name"),
    ({"birth_date": "2010-01-01"}, "/birth_date"),
    ({"birth_date": "1900-01-01"}, "/birth_date"),
    ({"birth_date": "1990-02-30"}, "/birth_date"),
    ({"birth_date": None}, "/birth_date"),
    ({"sex": "other"}, "/sex"),
    ({"ethnicity": "khong-co"}, "/ethnicity"),
    ({"national_id": "12345"}, "/national_id"),
    ({"national_id": "01234567890a"}, "/national_id"),
    ({"recruited_on": "2022-06-01"}, "/recruited_on"),
    ({"recruited_on": "2000-06-01"}, "/recruited_on"),
    ({"height_cm": 400}, "/height_cm"),
    ({"hometown_unit_id": "0125e72e-7800-7cb7-95b3-000000000000"}, "/hometown_unit_id"),
    ({"code": "hg-1"}, "/code"),
]
ON_CREATE: list[tuple[dict[str, Any], str]] = [
    ({"assignment": None}, "/unit_id"),
    ({"assignment": None, "unit_id": "0125e72e-7800-7cb7-95b3-000000000000"}, "/unit_id"),
    ({"assignment": None, "unit_id": str(world.unit("niem-tong"))}, "/unit_id"),
    (
        {"assignment": newcomer()["assignment"] | {"post_id": "0125e72e-7800-7cb7-95b3-000000000000"}},
        "/assignment/post_id",
    ),
    ({"assignment": newcomer()["assignment"] | {"seat_no": 0}}, "/assignment/seat_no"),
    ({"assignment": newcomer()["assignment"] | {"seat_no": 10**30}}, "/assignment/seat_no"),
    ({"assignment": newcomer()["assignment"] | {"term_ends_on": "2021-12-15"}}, "/assignment/term_ends_on"),
    (
        {
            "assignment": newcomer()["assignment"]
            | {"decision": newcomer()["assignment"]["decision"] | {"effective_on": "2021-11-30"}}
        },
        "/assignment/decision/effective_on",
    ),
]


@pytest.mark.parametrize(("changed", "place"), FAULTS + ON_CREATE)
async def test_each_fault_of_a_new_person_names_its_place(
    shared_house: House, changed: dict[str, Any], place: str
) -> None:
    caller = await shared_house.caller("btc.tinh")
    before = shared_house.scalars(select(Cadre.id))
    answer = await caller.post(CADRES, json=newcomer(**changed))
    assert is_problem(answer, 422), answer.text
    assert place in pointers(answer)
    assert shared_house.scalars(select(Cadre.id)) == before


@pytest.mark.parametrize(("changed", "place"), [one for one in FAULTS if "code" not in one[0]])
async def test_each_fault_of_a_change_names_its_place(
    shared_house: House, changed: dict[str, Any], place: str
) -> None:
    caller = await shared_house.caller("btc.tinh")
    version = {"If-Match": shared_house.version(people("canbo"))}
    answer = await caller.patch(f"{CADRES}/{people('canbo')}", json=changed, headers=version)
    assert is_problem(answer, 422), answer.text
    assert place in pointers(answer)
    assert shared_house.version(people("canbo")) == version["If-Match"]


async def test_several_faults_are_told_at_once(shared_house: House) -> None:
    body = newcomer(full_name="Giàng", birth_date="2010-01-01", ethnicity="khong-co")
    answer = await (await shared_house.caller("btc.tinh")).post(CADRES, json=body)
    assert {"/full_name", "/birth_date", "/ethnicity"} <= set(pointers(answer))


async def test_an_id_held_elsewhere_names_nobody(shared_house: House) -> None:
    caller = await shared_house.caller("btc.dongvan")
    other = CROWD["spouse-of-btc.dongvan"]
    taken = shared_house.scalars(select(Cadre.national_id).where(col(Cadre.id) == other.id))[0]
    at_home = newcomer(assignment=None, unit_id=str(world.unit("phong-noi-vu.dong-van")), national_id=taken)
    version = {"If-Match": shared_house.version(people("moved"))}
    created = await caller.post(CADRES, json=at_home)
    changed = await caller.patch(f"{CADRES}/{people('moved')}", json={"national_id": taken}, headers=version)
    for answer in (created, changed):
        assert is_problem(answer, 409), answer.text
        for told in (other.name, str(other.id), "HG-", taken, "Mèo Vạc"):
            assert told not in answer.text


async def test_a_new_person_is_whole_at_once(house: House) -> None:
    caller = await house.caller("btc.tinh")
    body = newcomer(full_name="  Giàng   Thị Mỷ ".encode().decode(), birth_precision="year")
    answer = await caller.post(CADRES, json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"{CADRES}/{made['id']}"
    assert made["full_name"] == "Giàng Thị Mỷ"
    assert made["birth_date"] == "1990-01-01"
    assert made["unit"]["name"] == "Ủy ban nhân dân xã Niêm Sơn"
    assert made["title"]["name"] == "Công chức xã"
    again = await caller.get(answer.headers["location"])
    assert again.json() == made
    assert again.headers["etag"] == answer.headers["etag"] == '"1"'
    assert made["id"] in await ids(caller, q="giang my")
    version = {"If-Match": '"1"'}
    changed = await caller.patch(
        answer.headers["location"], json={"full_name": "Giàng Thị Hoa", "reason": "Sai tên"}, headers=version
    )
    assert changed.headers["etag"] == '"2"'
    assert made["id"] in await ids(caller, q="hoa giang")
    assert made["id"] not in await ids(caller, q="giang my")
    same = await caller.patch(answer.headers["location"], json={}, headers={"If-Match": '"2"'})
    assert same.headers["etag"] == '"2"'


async def test_a_new_person_managed_above_is_refused(shared_house: House) -> None:
    caller = await shared_house.caller("btc.meovac")
    seat = newcomer()["assignment"] | {"post_id": str(world.post("hdnd.meo-vac", "d.council_chair"))}
    answer = await caller.post(CADRES, json=newcomer(assignment=seat))
    assert is_problem(answer, 403), answer.text


@pytest.mark.parametrize("slug", ["btc.dongvan", "spouse-of-btc.dongvan"])
async def test_nobody_writes_his_own_or_his_spouses_record(house: House, slug: str) -> None:
    for row in grant("them", "org_officer", "tinh", "btc.dongvan"):
        house.write(row)
    caller = await house.caller("them")
    target = people(slug)
    version = {"If-Match": house.version(target)}
    tries = [
        await caller.patch(f"{CADRES}/{target}", json={"phone": "0912345678"}, headers=version),
        await caller.post(f"{CADRES}/{target}/rewards", json=reward()),
        await caller.post(f"{CADRES}/{target}/assignments", json=newcomer()["assignment"]),
    ]
    for answer in tries:
        assert is_problem(answer, 403), answer.text
    assert house.version(target) == version["If-Match"]


def reward() -> dict[str, Any]:
    """A reward to enter."""
    return {"awarded_on": "2020-02-03", "name": "Giấy khen", "issuer": "Ủy ban nhân dân"}


async def test_nobody_writes_his_childs_record(house: House) -> None:
    officer = await house.caller("btv.tinh")
    assert is_problem(await officer.post(CADRES, json=newcomer()), 403)
    writer = await house.caller("btc.tinh")
    child = people("canbo")
    link = {"relation": "child", "full_name": CROWD["canbo"].name, "relative_id": str(child)}
    for row in grant("parent", "org_officer", "tinh", "corrected"):
        house.write(row)
    parent = await house.caller("parent")
    version = {"If-Match": house.version(child)}
    assert (
        await parent.patch(f"{CADRES}/{child}", json={"phone": "0912"}, headers=version)
    ).status_code == 200
    made = await writer.post(f"{CADRES}/{people('corrected')}/family", json=link)
    assert made.status_code == 201, made.text
    version = {"If-Match": house.version(child)}
    refused = await parent.patch(f"{CADRES}/{child}", json={"phone": "0913"}, headers=version)
    assert is_problem(refused, 403), refused.text


async def test_two_writers_of_one_version_make_one_change(house: House) -> None:
    caller = await house.caller("btc.tinh")
    target = people("canbo")
    version = {"If-Match": house.version(target)}
    answers: list[httpx.Response] = []

    def write(phone: str) -> None:
        async def ask() -> None:
            transport = httpx.ASGITransport(house.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                client.headers["Authorization"] = f"Bearer {token}"
                answers.append(
                    await client.patch(f"{CADRES}/{target}", json={"phone": phone}, headers=version)
                )

        anyio.run(ask)

    token = (await house.sign_in(caller, "btc.tinh"))["access_token"]
    threads = [threading.Thread(target=write, args=(f"091234567{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
