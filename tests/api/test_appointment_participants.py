"""Who takes part in the meetings of a dossier: told with each step, counted, a difference warned of."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from app.models.committee import MemberRank, Membership
from app.services.dated import live
from tests import world
from tests.api.acting import BODY, DAY, TITLE, Act, asked, at_work, kin, on_day, planned, qualified
from tests.api.conftest import House

if TYPE_CHECKING:
    from uuid import UUID

RULE = "appointment.participants"


async def judged(act: Act) -> dict[str, Any]:
    """What the rule says of the dossier."""
    told = await act.get("/findings")
    found: dict[str, Any] = next(row for row in told if row["rule"] == RULE)
    return found


def committee(house: House, *ranks: MemberRank) -> int:
    """How many seats of these ranks the district's committee has filled on the day."""
    return len(
        house.scalars(
            select(col(Membership.id)).where(
                col(Membership.unit_id) == world.unit("huyen-uy.meo-vac"),
                col(Membership.rank).in_(ranks),
                live(Membership, DAY),
            )
        )
    )


async def test_of_a_district_the_committee_and_its_offices_are_counted(house: House) -> None:
    on_day(house, DAY)
    act = await Act.opened(house)
    assert await act.get("/steps") == []
    assert (await judged(act))["outcome"] == "not_applicable"
    await act.walk("request_policy")
    await act.walk("approve_policy")
    leading = committee(house, MemberRank.SECRETARY, MemberRank.DEPUTY, MemberRank.STANDING)
    whole = committee(house, *MemberRank)
    assert 0 < leading <= whole
    for step in (1, 2, 3, 4, 5):
        assert (await act.meet(step, summoned=leading)).status_code == 201
    told = {row["step"]: row["participants"] for row in await act.get("/steps")}
    assert [told[step]["expected"] for step in (1, 2, 3)] == [leading, whole, leading]
    assert told[4]["expected"] > whole
    assert "Ban thường vụ" in told[1]["text"]
    assert "bí thư cấp ủy xã" in told[4]["text"]


async def test_a_number_far_from_it_warns_until_it_is_explained(house: House) -> None:
    on_day(house, DAY)
    asked(house)
    (person,) = at_work(BODY, "d.specialist")[:1]
    qualified(house, person, DAY)
    kin(house, person, at_work("truong.meo-vac", "d.teacher")[0])
    act = await Act.opened(house)
    await act.through([person])
    first = await judged(act)
    assert (first["outcome"], first["effect"]) == ("unmet", "warns")
    far = first["measured"]["far"]
    assert far
    for one in first["measured"]["meetings"]:
        assert (one["step"] in far) == (abs(one["summoned"] - one["expected"]) * 10 > one["expected"])
    votes: dict[int, dict[UUID, int] | None] = {1: None} | {step: {person: 14} for step in (2, 3, 4, 5)}
    for step in far:
        made = await act.meet(step, votes[step], explanation="Ba đồng chí đi học tập trung")
        assert made.status_code == 201, made.text
    assert (await judged(act))["outcome"] == "met"
    # It never holds a dossier up.
    for step in far:
        assert (await act.meet(step, votes[step])).status_code == 201
    assert (await judged(act))["outcome"] == "unmet"
    assert (await act.walk("submit"))["state"] == "submitted"


async def test_of_a_department_the_directorate_alone_is_counted(house: House) -> None:
    on_day(house, DAY)
    act = await Act.opened(
        house,
        maker="btc.tinh",
        head="btv.tinh",
        post_id=str(world.post("so-noi-vu", "dept.deputy")),
    )
    await act.walk("request_policy")
    await act.walk("approve_policy")
    for step in (1, 2, 3, 4, 5):
        assert (await act.meet(step, summoned=3)).status_code == 201
    told = {row["step"]: row["participants"] for row in await act.get("/steps")}
    assert [told[step]["expected"] for step in (1, 2, 3, 4, 5)] == [3, None, 3, None, 3]
    assert "trưởng các phòng" in told[2]["text"]


async def test_a_talk_is_no_meeting_and_a_commune_has_no_norm(house: House) -> None:
    on_day(house, DAY)
    (outsider,) = at_work("ubnd.niem-son", "c.officer")[:1]
    planned(house, outsider)
    act = await Act.opened(house, source="outside", cadre_id=str(outsider))
    await act.walk("request_policy")
    await act.walk("approve_policy")
    for step in (1, 2, 3):
        assert (await act.meet(step, summoned=7)).status_code == 201
    told = {row["step"]: row["participants"] for row in await act.get("/steps")}
    assert told[2] is None
    assert told[1]["expected"] == told[3]["expected"]
    commune = await Act.opened(house, post_id=str(world.post("ubnd.niem-son", "c.vice_chair")))
    await commune.walk("request_policy")
    await commune.walk("approve_policy")
    assert (await commune.meet(1, summoned=7)).status_code == 201
    assert [row["participants"] for row in await commune.get("/steps")] == [None]


async def test_the_number_is_that_of_the_day_of_the_meeting(house: House) -> None:
    on_day(house, DAY)
    act = await Act.opened(house, post_id=str(world.post(BODY, TITLE)))
    await act.walk("request_policy")
    await act.walk("approve_policy")
    assert (await act.meet(1, summoned=5)).status_code == 201
    (before,) = [row["participants"]["expected"] for row in await act.get("/steps")]
    seat = house.scalars(
        select(Membership).where(
            col(Membership.unit_id) == world.unit("huyen-uy.meo-vac"),
            col(Membership.rank) != MemberRank.MEMBER,
            live(Membership, DAY),
        )
    )[0]
    seat.valid_to = DAY + timedelta(days=10)
    seat.end_reason = "Chuyển công tác"
    house.write(seat)
    on_day(house, DAY + timedelta(days=20))
    assert [row["participants"]["expected"] for row in await act.get("/steps")] == [before]
    assert (await act.meet(2, day=DAY + timedelta(days=20), summoned=5)).status_code == 201
    assert (await act.meet(3, day=DAY + timedelta(days=20), summoned=5)).status_code == 201
    told = {row["step"]: row["participants"]["expected"] for row in await act.get("/steps")}
    assert (told[1], told[3]) == (before, before - 1)
