"""Committees over HTTP: how many sit there is for all, who sits there is Party data."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.models.cadre import Cadre
from app.models.committee import CommitteeDetail, CommitteeRead, MemberRank, Membership, MembershipRead
from app.models.party import PartyMembership
from app.models.title import ManagedBy
from tests import world
from tests.api.conftest import API, House, people
from tests.api.test_unit import holds

PARTY = f"{API}/committees/{world.unit('huyen-uy.dong-van')}"


def joining(person: UUID, **values: Any) -> dict[str, Any]:  # noqa: ANN401 - as the body or the filters have it
    return {
        "cadre_id": str(person),
        "rank": "member",
        "entry": "designated",
        "valid_from": "2021-11-01",
        "decision_number": "41-QĐ/TU",
        "decision_signed_on": "2021-10-20",
    } | values


def outsider(house: House) -> UUID:
    """A Party member of Đồng Văn's school who sits in no committee."""
    sits = select(Membership.cadre_id)
    rows = house.scalars(
        select(Cadre.id)
        .join(PartyMembership, col(PartyMembership.cadre_id) == col(Cadre.id))
        .where(
            col(Cadre.unit_id) == world.unit("truong.dong-van"),
            col(Cadre.id).not_in(sits),
            col(PartyMembership.superseded_at).is_(None),
            col(PartyMembership.valid_from) < date(2021, 1, 1),
        )
        .order_by(col(Cadre.code))
    )
    found: UUID = rows[0]
    return found


async def test_everybody_sees_the_committees_and_their_numbers(shared_house: House) -> None:
    anonymous = await shared_house.caller(None)
    assert (await anonymous.get(f"{API}/committees")).status_code == 401
    found = []
    for username in ("btc.tinh", "btc.meovac", "mattran.tinh"):
        client = await shared_house.caller(username)
        answer = (await client.get(f"{API}/committees", params={"count": "true"})).json()
        assert answer["total"] == len(answer["items"]) == 9
        assert all(holds(CommitteeRead, row) for row in answer["items"])
        found.append(answer["items"])
    assert found[0] == found[1] == found[2]
    one = await client.get(PARTY)
    assert holds(CommitteeDetail, one.json())
    assert one.json()["members"] > 5
    late = await client.get(PARTY, params={"as_of": "2025-06-30"})
    assert late.json()["members"] is not None
    assert (await client.get(PARTY, params={"as_of": "2025-07-01"})).json()["members"] is None


async def test_members_are_named_to_who_reads_party_data_there(shared_house: House) -> None:
    for username, status in (
        (None, 401),
        ("btc.meovac", 404),
        ("mattran.tinh", 403),
        ("canbo", 403),
        ("quantri", 403),
    ):
        client = await shared_house.caller(username)
        assert (await client.get(f"{PARTY}/members")).status_code == status
    client = await shared_house.caller("btv.dongvan")
    answer = await client.get(f"{PARTY}/members", headers={"X-Request-Id": "members-dong-van"})
    rows = answer.json()["items"]
    assert all(holds(MembershipRead, row) for row in rows)
    assert rows[0]["rank"] == "secretary"
    assert len(rows) == (await client.get(PARTY)).json()["members"]
    inspector = await shared_house.caller("ubkt.tinh")
    events = await inspector.get(f"{API}/audit/events", params={"request_id": "members-dong-van"})
    assert [event["action"] for event in events.json()["items"]] == ["committee.members"]
    assert (await client.get(f"{PARTY}/members", params={"as_of": "2025-07-01"})).status_code == 422


async def test_the_head_of_a_unit_reads_no_party_data(house: House) -> None:
    """A unit head reads T1 alone; a committee beneath his unit doesn't open Party data to him."""
    from tests.api.conftest import grant

    for row in grant("head.huyenuy", "unit_head", "huyen-uy.dong-van"):
        house.write(row)
    client = await house.caller("head.huyenuy")
    assert (await client.get(f"{PARTY}/members")).status_code == 403


async def test_of_those_managed_higher_up_the_name_alone_is_told(shared_house: House) -> None:
    client = await shared_house.caller("xa.lungcu")
    path = f"{API}/committees/{world.unit('dang-uy.lung-cu')}/members"
    rows = {row["rank"]: row["cadre"] for row in (await client.get(path)).json()["items"]}
    secretary = rows["secretary"]
    assert secretary["id"] == str(people("secretary.stranger"))
    assert (secretary["redacted"], secretary["sex"]) == (True, None)


async def test_a_member_joins_and_leaves(house: House) -> None:
    person = outsider(house)
    body = joining(person)
    for username, status in ((None, 401), ("btc.meovac", 404), ("btv.dongvan", 403)):
        client = await house.caller(username)
        assert (await client.post(f"{PARTY}/members", json=body)).status_code == status
    district = await house.caller("btc.dongvan")
    made = await district.post(f"{PARTY}/members", json=body)
    assert made.status_code == 201, made.text
    assert holds(MembershipRead, made.json())
    one = await district.get(made.headers["Location"])
    assert one.json() == made.json()
    assert one.headers["ETag"] == house.version(person)
    assert (await district.post(f"{PARTY}/members", json=body)).status_code == 409
    end = {"valid_to": "2021-12-15", "end_reason": "Chuyển công tác"}
    path = made.headers["Location"]
    assert (await district.patch(path, json=end)).status_code == 428
    assert (await district.patch(path, json=end, headers={"If-Match": '"99"'})).status_code == 412
    done = await district.patch(path, json=end, headers={"If-Match": one.headers["ETag"]})
    assert done.status_code == 200, done.text
    assert done.json()["valid_to"] == "2021-12-15"
    named = {row["cadre"]["id"] for row in (await district.get(f"{PARTY}/members")).json()["items"]}
    assert str(person) not in named


async def test_secretaries_come_by_assignment(shared_house: House) -> None:
    client = await shared_house.caller("btc.dongvan")
    refused = await client.post(f"{PARTY}/members", json=joining(outsider(shared_house), rank="secretary"))
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "/rank"
    secretary = next(
        row
        for row in (await client.get(f"{PARTY}/members")).json()["items"]
        if row["rank"] == MemberRank.SECRETARY
    )
    end = {"valid_to": "2021-12-15", "end_reason": "x"}
    path = f"{PARTY}/members/{secretary['id']}"
    assert (await client.patch(path, json=end, headers={"If-Match": '"1"'})).status_code == 409


async def test_persons_managed_higher_up_are_entered_there(house: House) -> None:
    person = outsider(house)
    district, board = await house.caller("btc.dongvan"), await house.caller("btc.tinh")
    row: Cadre = house.scalars(select(Cadre).where(col(Cadre.id) == person))[0]
    row.managed_by = ManagedBy.PROVINCE_COMMITTEE
    house.write(row)
    assert (await district.post(f"{PARTY}/members", json=joining(person))).status_code == 403
    assert (await board.post(f"{PARTY}/members", json=joining(person))).status_code == 201
