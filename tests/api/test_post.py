"""Posts over HTTP: seats that everybody counts alike, opened where the caller writes."""

from typing import Any

from app.models.post import PostDetail, PostRead
from tests import world
from tests.api.conftest import API, House
from tests.api.test_unit import holds


def opening(place: str, sort: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - as the body or the filters have it
    return {
        "unit_id": str(world.unit(place)),
        "title_id": str(world.title(sort)),
        "quota": 2,
        "valid_from": "2021-06-01",
    } | values


async def test_everybody_counts_the_same_seats(shared_house: House) -> None:
    anonymous = await shared_house.caller(None)
    assert (await anonymous.get(f"{API}/posts")).status_code == 401
    params = {"unit_id": str(world.unit("meo-vac")), "subtree": "true", "count": "true", "limit": "200"}
    answers = []
    for username in ("btc.tinh", "btc.dongvan", "mattran.tinh", "canbo"):
        client = await shared_house.caller(username)
        answers.append((await client.get(f"{API}/posts", params=params)).json())
    assert all(answer == answers[0] for answer in answers)
    rows = answers[0]["items"]
    assert answers[0]["total"] == len(rows) > 20
    assert all(holds(PostRead, row) for row in rows)
    assert sum(row["filled"] for row in rows) > 60
    vacant = await client.get(f"{API}/posts", params=params | {"vacant": "true"})
    assert {row["id"] for row in vacant.json()["items"]} == {row["id"] for row in rows if row["vacant"] > 0}


async def test_pages_go_forth_and_back(shared_house: House) -> None:
    client = await shared_house.caller("btc.tinh")
    first = (await client.get(f"{API}/posts?limit=10&sort=-title")).json()
    second = (await client.get(first["next"])).json()
    assert not {row["id"] for row in first["items"]} & {row["id"] for row in second["items"]}
    assert (await client.get(second["prev"])).json()["items"] == first["items"]
    other = await shared_house.caller("btc.dongvan")
    assert (await other.get(first["next"])).status_code == 422


async def test_past_the_record_nobody_is_counted(shared_house: House) -> None:
    client = await shared_house.caller("btc.tinh")
    late = {"as_of": "2025-07-01", "limit": "5"}
    rows = (await client.get(f"{API}/posts", params=late)).json()["items"]
    assert rows
    assert {(row["filled"], row["vacant"]) for row in rows} == {(None, None)}
    assert (await client.get(f"{API}/posts", params=late | {"vacant": "true"})).status_code == 422
    one = await client.get(f"{API}/posts/{rows[0]['id']}", params={"as_of": "2025-07-01"})
    assert one.json()["filled"] is None


async def test_a_post_is_opened_where_the_caller_writes(house: House) -> None:
    district = await house.caller("btc.dongvan")
    board = await house.caller("btc.tinh")
    fresh = {
        "name": "Phòng Tư pháp huyện Đồng Văn",
        "code": "H22.026.09",
        "level": "district",
        "kind": "division",
        "parent_id": str(world.unit("dong-van")),
        "valid_from": "2021-05-01",
        "basis": {"number": "1/QĐ-UBND", "issuer": "Ủy ban nhân dân tỉnh"},
    }
    unit = (await board.post(f"{API}/units", json=fresh)).json()["id"]
    body = opening("dong-van", "d.specialist", unit_id=unit)
    for username, status in ((None, 401), ("btv.dongvan", 403), ("btc.meovac", 403)):
        client = await house.caller(username)
        assert (await client.post(f"{API}/posts", json=body)).status_code == status
    made = await district.post(f"{API}/posts", json=body)
    assert made.status_code == 201, made.text
    assert holds(PostDetail, made.json())
    assert (made.json()["quota"], made.json()["vacant"]) == (2, 2)
    assert (await district.get(made.headers["Location"])).json() == made.json()
    again = await district.post(f"{API}/posts", json=body)
    assert again.status_code == 409


async def test_a_quota_is_changed_on_the_version_that_was_read(house: House) -> None:
    path = f"{API}/posts/{world.post('phong-noi-vu.dong-van', 'd.specialist')}"
    body = {"quota": 9, "valid_from": "2021-12-01", "basis_number": "88/QĐ-UBND"}
    district, other = await house.caller("btc.dongvan"), await house.caller("btc.meovac")
    assert (await district.patch(path, json=body)).status_code == 428
    assert (await district.patch(path, json=body, headers={"If-Match": '"3"'})).status_code == 412
    assert (await other.patch(path, json=body, headers={"If-Match": '"1"'})).status_code == 403
    done = await district.patch(path, json=body, headers={"If-Match": '"1"'})
    assert done.status_code == 200, done.text
    assert (done.json()["quota"], done.headers["ETag"]) == (9, '"2"')
    assert (await district.get(path, params={"as_of": "2021-11-30"})).json()["quota"] != 9
    low = {"quota": 0, "valid_from": "2021-12-15"}
    refused = await district.patch(path, json=low, headers={"If-Match": '"2"'})
    assert refused.status_code == 409
    assert "Chỗ số 1, 2" in refused.json()["detail"]
    assert (await district.get(path)).headers["ETag"] == '"2"'
