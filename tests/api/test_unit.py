"""Units over HTTP: who reads the tree and its seats, who changes it, and what a change leaves behind."""

from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter

from app.models.post import Staffing
from app.models.unit import UnitChangeDone, UnitChangeRead, UnitDetail, UnitRead
from tests import world
from tests.api.conftest import API, House, people

BASIS = {"number": "3/NQ-UBTVQH15", "issuer": "Ủy ban Thường vụ Quốc hội", "signed_on": "2021-05-10"}
TREE: dict[str, dict[str, Any]] = {
    "POST /units": {
        "name": "Phòng Thanh tra",
        "code": "H22.01.02",
        "level": "province",
        "kind": "division",
        "parent_id": str(world.unit("so-noi-vu")),
        "valid_from": "2021-06-01",
        "basis": BASIS,
    },
    "POST /unit-changes": {
        "kind": "merge",
        "on": "2021-06-01",
        "basis": BASIS,
        "sources": [{"unit_id": str(world.unit("lung-cu"))}],
        "targets": [{"unit_id": str(world.unit("ma-le"))}],
    },
}


def holds(kind: type[BaseModel], found: dict[str, Any]) -> bool:
    """Whether an answer has exactly the fields of its documented shape, each of its type."""
    made = TypeAdapter(kind).validate_python(found)
    return set(found) == set(made.model_fields_set) == set(kind.model_fields)


@pytest.mark.parametrize(
    "path",
    ["/units", f"/units/{world.unit('tinh')}", f"/units/{world.unit('tinh')}/staffing", "/unit-changes"],
)
async def test_nobody_reads_without_a_token(shared_house: House, path: str) -> None:
    anonymous = await shared_house.caller(None)
    answer = await anonymous.get(API + path)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_the_tree_is_read_as_of_a_day(shared_house: House) -> None:
    client = await shared_house.caller("mattran.tinh")
    for day, number in (("2019-12-31", 6), ("2020-01-01", 5), ("2009-12-31", 0)):
        answer = await client.get(f"{API}/units", params={"level": "commune", "as_of": day, "count": "true"})
        assert answer.status_code == 200
        assert answer.json()["total"] == len(answer.json()["items"]) == number
        assert all(holds(UnitRead, row) for row in answer.json()["items"])
    below = await client.get(f"{API}/units", params={"parent_id": str(world.unit("dong-van"))})
    assert {row["name"] for row in below.json()["items"]} == {"Xã Lũng Cú", "Xã Tả Lủng", "Xã Ma Lé"}
    bodies = await client.get(
        f"{API}/units", params={"parent_id": str(world.unit("dong-van")), "form": "body"}
    )
    assert {row["form"] for row in bodies.json()["items"]} == {"body"}
    boards = await client.get(f"{API}/units", params={"kind": "party_board", "level": "province"})
    assert [row["name"] for row in boards.json()["items"]] == [
        "Ban Tổ chức Tỉnh ủy",
        "Ủy ban Kiểm tra Tỉnh ủy",
    ]


async def test_pages_follow_each_other(shared_house: House) -> None:
    client = await shared_house.caller("canbo")
    url: str | None = f"{API}/units?form=all&limit=7&sort=code"
    codes: list[str] = []
    while url:
        answer = (await client.get(url)).json()
        codes += [row["code"] for row in answer["items"]]
        url = answer["next"]
    assert codes == sorted(set(codes))
    assert len(codes) > 30
    refused = await client.get(f"{API}/units?form=all&cap=huyen")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/query/cap"


async def test_one_unit_tells_its_life(shared_house: House) -> None:
    client = await shared_house.caller("xa.lungcu")
    now = await client.get(f"{API}/units/{world.unit('niem-son')}")
    assert now.status_code == 200
    assert now.headers["ETag"] == '"1"'
    found = now.json()
    assert holds(UnitDetail, found)
    assert [ref["name"] for ref in found["path"]] == ["Tỉnh Hà Giang", "Huyện Mèo Vạc"]
    assert found["parent"]["id"] == str(world.unit("meo-vac"))
    assert [(kin["unit"]["name"], kin["on"]) for kin in found["predecessors"]] == [
        ("Xã Niêm Tòng", "2020-01-01")
    ]
    renamed = await client.get(f"{API}/units/{world.unit('so-xay-dung')}", params={"as_of": "2015-12-31"})
    assert renamed.json()["name"] == "Sở Xây dựng và Giao thông"
    assert len(renamed.json()["versions"]) == 2
    assert "ETag" not in renamed.headers


async def test_a_unit_that_has_ended_says_when(shared_house: House) -> None:
    client = await shared_house.caller("btc.tinh")
    gone = await client.get(f"{API}/units/{world.unit('niem-tong')}")
    assert gone.status_code == 404
    assert "31/12/2019" in gone.json()["detail"]
    before = await client.get(f"{API}/units/{world.unit('niem-tong')}", params={"as_of": "2019-12-31"})
    assert before.json()["ends_on"] == "2020-01-01"
    assert [kin["unit"]["name"] for kin in before.json()["successors"]] == ["Xã Niêm Sơn"]


async def test_seats_are_shown_where_the_caller_reads_people(shared_house: House) -> None:
    path = f"{API}/units/{world.unit('phong-noi-vu.meo-vac')}/staffing"
    for username, status in (("btc.dongvan", 404), ("mattran.tinh", 403), ("quantri", 403), ("canbo", 404)):
        caller = await shared_house.caller(username)
        assert (await caller.get(path)).status_code == status
    client = await shared_house.caller("btc.meovac")
    answer = await client.get(path, headers={"X-Request-Id": "staffing-meo-vac"})
    assert answer.status_code == 200
    found = answer.json()
    assert holds(Staffing, found)
    assert found["total"]["vacant"] == found["total"]["quota"] - found["total"]["filled"]
    named = [holder["cadre"]["id"] for row in found["posts"] for holder in row["holders"]]
    assert len(named) == found["total"]["filled"]
    inspector = await shared_house.caller("ubkt.tinh")
    events = await inspector.get(f"{API}/audit/events", params={"request_id": "staffing-meo-vac"})
    assert [(event["action"], event["outcome"]) for event in events.json()["items"]] == [
        ("unit.staffing", "read")
    ]


async def test_who_has_moved_away_is_a_stub(shared_house: House) -> None:
    client = await shared_house.caller("btc.meovac")
    answer = await client.get(
        f"{API}/units/{world.unit('phong-noi-vu.meo-vac')}/staffing", params={"as_of": "2020-06-30"}
    )
    holders = {
        holder["cadre"]["id"]: holder["cadre"] for row in answer.json()["posts"] for holder in row["holders"]
    }
    assert holders[str(people("moved"))]["stub"]
    assert set(holders[str(people("moved"))]) == {"id", "code", "full_name", "stub"}
    assert sum(not person["stub"] for person in holders.values()) > 0
    assert (await client.get(f"{API}/cadres/{people('moved')}")).status_code == 404


async def test_of_those_managed_higher_up_the_name_alone_is_told(shared_house: House) -> None:
    client = await shared_house.caller("xa.lungcu")
    party = (await client.get(f"{API}/units/{world.unit('dang-uy.lung-cu')}/staffing")).json()
    (secretary,) = next(row["holders"] for row in party["posts"] if row["title"]["code"] == "c.secretary")
    assert secretary["cadre"]["id"] == str(people("secretary.stranger"))
    assert (secretary["valid_from"], secretary["term_ends_on"], secretary["is_main"]) == (None, None, None)
    state = (await client.get(f"{API}/units/{world.unit('ubnd.lung-cu')}/staffing")).json()
    officers = next(row["holders"] for row in state["posts"] if row["title"]["code"] == "c.officer")
    assert all(holder["valid_from"] for holder in officers)


async def test_a_subtree_ends_at_units_that_plan_for_themselves(shared_house: House) -> None:
    client = await shared_house.caller("btc.dongvan")
    path = f"{API}/units/{world.unit('dong-van')}/staffing"
    assert (await client.get(path)).json()["posts"] == []
    found = (await client.get(path, params={"subtree": "true"})).json()
    units = {row["unit"]["name"] for row in found["posts"]}
    assert "Huyện ủy Đồng Văn" in units
    assert not {"Trường Trung học cơ sở Đồng Văn", "Đảng ủy xã Lũng Cú"} & units
    late = await client.get(path, params={"as_of": "2025-07-01"})
    assert late.status_code == 422
    assert "30/06/2025" in late.json()["errors"][0]["detail"]


@pytest.mark.parametrize("operation", TREE)
async def test_the_province_alone_changes_the_tree(shared_house: House, operation: str) -> None:
    path = operation.removeprefix("POST ")
    anonymous = await shared_house.caller(None)
    assert (await anonymous.post(API + path, json=TREE[operation])).status_code == 401
    for username in ("btc.dongvan", "btv.tinh", "ubkt.tinh", "quantri"):
        client = await shared_house.caller(username)
        assert (await client.post(API + path, json=TREE[operation])).status_code == 403


async def test_a_new_unit_is_made_once_however_often_it_is_sent(house: House) -> None:
    client = await house.caller("btc.tinh")
    headers = {"Idempotency-Key": "moi-mot-lan"}
    made = await client.post(f"{API}/units", json=TREE["POST /units"], headers=headers)
    assert made.status_code == 201, made.text
    assert holds(UnitDetail, made.json())
    assert made.headers["ETag"] == '"1"'
    assert made.headers["Location"] == f"{API}/units/{made.json()['id']}"
    again = await client.post(f"{API}/units", json=TREE["POST /units"], headers=headers)
    assert again.json() == made.json()
    doubled = await client.post(f"{API}/units", json=TREE["POST /units"])
    assert doubled.status_code == 422
    assert doubled.json()["errors"][0]["pointer"] == "/code"
    unknown = await client.post(f"{API}/units", json=TREE["POST /units"] | {"color": "red"})
    assert unknown.json()["errors"][0]["pointer"] == "/color"


async def test_a_unit_is_changed_on_the_version_that_was_read(house: House) -> None:
    client = await house.caller("btc.tinh")
    path = f"{API}/units/{world.unit('so-y-te')}"
    body = {"valid_from": "2021-09-01", "name": "Sở Y tế và Dân số", "basis": BASIS}
    assert (await client.patch(path, json=body)).status_code == 428
    assert (await client.patch(path, json=body, headers={"If-Match": '"9"'})).status_code == 412
    done = await client.patch(path, json=body, headers={"If-Match": '"1"'})
    assert done.status_code == 200, done.text
    assert done.headers["ETag"] == '"2"'
    assert (await client.get(path)).json()["name"] == "Sở Y tế và Dân số"
    assert (await client.get(path, params={"as_of": "2021-08-31"})).json()["name"] == "Sở Y tế"
    changes = await client.get(f"{API}/unit-changes", params={"unit_id": str(world.unit("so-y-te"))})
    assert [(row["kind"], row["on"]) for row in changes.json()["items"]] == [("rename", "2021-09-01")]
    district = await house.caller("btc.dongvan")
    assert (await district.patch(path, json=body, headers={"If-Match": '"2"'})).status_code == 403


async def test_a_merger_hands_the_people_to_who_stands_above_the_successor(house: House) -> None:
    board, former = await house.caller("btc.tinh"), await house.caller("xa.lungcu")
    seats = f"{API}/units/{world.unit('ubnd.lung-cu')}/staffing"
    assert (await former.get(seats)).status_code == 200
    merged = await board.post(f"{API}/unit-changes", json=TREE["POST /unit-changes"])
    assert merged.status_code == 201, merged.text
    done = merged.json()
    assert holds(UnitChangeDone, done)
    assert done["open_assignments"] > 10
    assert (await former.get(seats)).status_code == 403
    district = await house.caller("btc.dongvan")
    before = await district.get(seats, params={"as_of": "2021-05-31"})
    assert before.status_code == 200
    assert before.json()["total"]["filled"] > 10
    other = await house.caller("btc.meovac")
    assert (await other.get(seats, params={"as_of": "2021-05-31"})).status_code == 404
    one = await other.get(merged.headers["Location"])
    assert holds(UnitChangeRead, one.json())
    assert one.json() == {name: value for name, value in done.items() if name != "open_assignments"}
    inspector = await house.caller("ubkt.tinh")
    events = await inspector.get(f"{API}/audit/events", params={"object_id": str(world.unit("lung-cu"))})
    assert "unit.merge" in {event["action"] for event in events.json()["items"]}
    again = await board.post(f"{API}/unit-changes", json=TREE["POST /unit-changes"])
    assert again.status_code == 422
    assert "31/05/2021" in again.json()["errors"][0]["detail"]


async def test_a_refused_change_leaves_nothing_behind(house: House) -> None:
    board = await house.caller("btc.tinh")
    body = TREE["POST /unit-changes"] | {"kind": "dissolve", "targets": []}
    body["sources"] = [{"unit_id": str(world.unit("dong-van"))}]
    refused = await board.post(f"{API}/unit-changes", json=body)
    assert refused.status_code == 409
    assert "Còn 3 địa bàn" in refused.json()["detail"]
    assert len((await board.get(f"{API}/unit-changes")).json()["items"]) == 1
    assert (await board.get(f"{API}/units/{world.unit('dong-van')}")).headers["ETag"] == '"1"'


async def test_changes_are_listed_by_day(shared_house: House) -> None:
    client = await shared_house.caller("mattran.tinh")
    for params, number in (
        ({}, 1),
        ({"since": "2020-01-01", "until": "2020-01-01", "kind": "merge"}, 1),
        ({"since": "2020-01-02"}, 0),
        ({"until": "2019-12-31"}, 0),
        ({"unit_id": str(world.unit("niem-son"))}, 1),
        ({"unit_id": str(world.unit("lung-cu"))}, 0),
    ):
        answer = await client.get(f"{API}/unit-changes", params=params)
        assert len(answer.json()["items"]) == number
        assert all(holds(UnitChangeRead, row) for row in answer.json()["items"])
    assert (await client.get(f"{API}/unit-changes/{world.unit('tinh')}")).status_code == 404
