"""Titles over HTTP: read by everybody signed in, changed by the province's organisation board."""

from typing import Any

from sqlmodel import col, select

from app.models.cadre import Cadre
from app.models.title import TitleDetail, TitleRead
from tests import world
from tests.api.conftest import API, House, holder, people
from tests.api.test_unit import holds

NEW = {
    "code": "dept.inspector",
    "name": "Chánh Thanh tra sở",
    "level": "province",
    "unit_kind": "department",
    "managed_by": "department",
    "is_leadership": True,
    "term_kind": "appointed_5y",
    "rank": 18,
    "standards": [{"kind": "education", "minimum": "university", "clause": "II.2.2(3)"}],
    "valid_from": "2021-06-01",
}
HEAD = f"{API}/titles/{world.title('d.division_head')}"


async def test_titles_are_read_by_everybody_signed_in(shared_house: House) -> None:
    anonymous = await shared_house.caller(None)
    assert (await anonymous.get(f"{API}/titles")).status_code == 401
    for username in ("mattran.tinh", "canbo", "quantri"):
        client = await shared_house.caller(username)
        answer = await client.get(f"{API}/titles", params={"managed_by": "central", "sort": "-rank"})
        assert [row["code"] for row in answer.json()["items"]] == ["p.chair", "p.deputy", "p.secretary"]
        assert all(holds(TitleRead, row) for row in answer.json()["items"])


async def test_a_title_answers_for_its_day_and_for_what_was_known(shared_house: House) -> None:
    client = await shared_house.caller("ubkt.tinh")
    path = f"{API}/titles/{world.title('dept.finance')}"
    now = await client.get(path)
    assert holds(TitleDetail, now.json())
    assert now.headers["ETag"] == '"1"'
    assert now.json()["sensitive_months"] == 36
    then = await client.get(path, params={"known_at": "2019-09-01"})
    assert then.json()["sensitive_months"] == 60
    assert "ETag" not in then.headers
    assert (await client.get(path, params={"as_of": "2009-12-31"})).status_code == 404
    assert (await client.get(f"{API}/titles/{world.unit('tinh')}")).status_code == 404
    assert (await client.get(path, params={"known_at": "hôm qua"})).status_code == 422


async def test_the_province_alone_changes_titles(shared_house: House) -> None:
    anonymous = await shared_house.caller(None)
    assert (await anonymous.post(f"{API}/titles", json=NEW)).status_code == 401
    for username in ("btc.dongvan", "btv.tinh", "head.sonoivu", "quantri"):
        client = await shared_house.caller(username)
        assert (await client.post(f"{API}/titles", json=NEW)).status_code == 403


async def test_a_new_title_is_there_with_its_standards(house: House) -> None:
    client = await house.caller("btc.tinh")
    made = await client.post(f"{API}/titles", json=NEW)
    assert made.status_code == 201, made.text
    assert holds(TitleDetail, made.json())
    assert (await client.get(made.headers["Location"])).json() == made.json()
    assert made.json()["standards"] == NEW["standards"]
    assert (await client.post(f"{API}/titles", json=NEW)).status_code == 409
    wrong: dict[str, Any] = NEW | {"code": "Không hợp lệ", "sensitive_months": 6, "colour": "đỏ"}
    refused = await client.post(f"{API}/titles", json=wrong)
    assert refused.status_code == 422
    assert {fault["pointer"] for fault in refused.json()["errors"]} == {
        "/code",
        "/sensitive_months",
        "/colour",
    }


async def test_who_manages_a_title_decides_who_reads_its_holders(house: House) -> None:
    """What the district may write today the province alone may write after the title was taken over."""
    board, district = await house.caller("btc.tinh"), await house.caller("btc.dongvan")
    person = people(holder("phong-noi-vu.dong-van", "d.division_head"))
    file = f"{API}/cadres/{person}"

    async def rename(strength: str) -> int:
        etag = (await district.get(file)).headers["ETag"]
        return (
            await district.patch(file, json={"strength": strength}, headers={"If-Match": etag})
        ).status_code

    assert await rename("Tổ chức") == 200
    body = {"valid_from": "2021-12-01", "managed_by": "province_committee"}
    assert (await board.patch(HEAD, json=body)).status_code == 428
    assert (await board.patch(HEAD, json=body, headers={"If-Match": '"4"'})).status_code == 412
    done = await board.patch(HEAD, json=body, headers={"If-Match": '"1"'})
    assert done.status_code == 200, done.text
    assert done.headers["ETag"] == '"2"'
    assert house.scalars(select(Cadre.managed_by).where(col(Cadre.id) == person)) == ["province_committee"]
    assert await rename("Dân vận") == 403
    before = await board.get(HEAD, params={"as_of": "2021-11-30"})
    assert before.json()["managed_by"] == "district_committee"
