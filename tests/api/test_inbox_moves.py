"""Rotations and post changes in the inbox: whoever is next sees them, and nobody when it is done."""

from datetime import timedelta

from tests import world
from tests.api.acting import DAY, decision, on_day
from tests.api.changing import Move, seats, since, watched
from tests.api.conftest import House
from tests.api.rotating import HEARD, away, leader, opened, planned
from tests.api.test_inbox import steps
from tests.api.test_rotation_story import BACK
from tests.conftest import TODAY


async def test_a_post_change_goes_from_hand_to_hand(house: House) -> None:
    watched(house)
    seat = since(house, seats(house)[0], TODAY - timedelta(days=4 * 366))
    move = await Move.opened(house, seat, new_post_id=str(world.post("ubnd.niem-son", "c.officer")))

    async def seen() -> tuple[list[str] | None, list[str] | None]:
        return await steps(house, "btc.meovac", move.id), await steps(house, "btv.meovac", move.id)

    assert await seen() == (["propose"], None)
    await move.walk("propose")
    assert await seen() == (None, ["return", "decide"])
    await move.walk("return", note="Bổ sung lý do")
    assert await seen() == (["propose"], None)
    await move.walk("cancel", note="Người này sắp nghỉ hưu")
    assert await seen() == (None, None)


async def test_a_rotation_waits_for_its_next_step_and_rests_while_somebody_serves(house: House) -> None:
    on_day(house, DAY)
    person = leader(house)
    plan, item = await planned(house)

    async def seen(key: str) -> tuple[list[str] | None, list[str] | None]:
        return await steps(house, "btc.meovac", key), await steps(house, "btv.meovac", key)

    assert await seen(plan.id) == (["submit"], None)
    await plan.walk("submit")
    assert await seen(plan.id) == (None, ["return", "approve"])
    await plan.walk("approve", decision=decision())
    assert await seen(plan.id) == (None, None)
    move = await opened(house, item_id=item["id"], cadre_id=str(person))
    assert await seen(move.id) == (["consult"], None)
    await move.change(**HEARD)
    for action in ("consult", "submit"):
        await move.walk(action)
    assert await seen(move.id) == (None, ["send_back", "decide"])
    await move.walk("decide", decision=decision())
    assert await seen(move.id) == (["begin"], None)
    await move.walk("begin")
    assert await seen(move.id) == (None, None)


async def test_a_rotation_near_its_end_waits_for_what_comes_after(house: House) -> None:
    move, _ = await away(house)
    on_day(house, BACK - timedelta(days=181))
    assert await steps(house, "btv.meovac", move.id) is None
    on_day(house, BACK - timedelta(days=180))
    assert await steps(house, "btv.meovac", move.id) == ["come_back", "stay"]
