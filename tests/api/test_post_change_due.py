"""The due list of sensitive posts: who stands on it on which day, in what order, told to whom."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlmodel import select

from app.models.assignment import AssignmentSpan
from app.models.title import TitleVersion
from app.services.dated import live
from app.services.law.months import months_after
from tests import world
from tests.api.acting import on_day
from tests.api.changing import CHANGES, OFFICE, Move, listed, ruling, seats, since, watched
from tests.api.conftest import API, House
from tests.conftest import TODAY

DAY = timedelta(days=1)


def expected(house: House, day: date) -> list[tuple[date, UUID, str]]:
    """Holders of titles with a limit who lead nobody, from six months before it on: by rows alone."""
    titles = {
        one.title_id: one.sensitive_months
        for one in house.scalars(select(TitleVersion).where(live(TitleVersion, day)))
        if one.sensitive_months is not None and not one.is_leadership and not one.is_key
    }
    found = []
    for span in house.scalars(select(AssignmentSpan).where(live(AssignmentSpan, day))):
        if span.title_id not in titles:
            continue
        due_on = months_after(span.valid_from, titles[span.title_id])
        if day >= months_after(due_on, -6):
            state = "overdue" if day > due_on else "due" if day == due_on else "due_soon"
            order = (
                span.valid_from.year * 12 + span.valid_from.month + titles[span.title_id],
                span.valid_from.day,
            )
            found.append((order, span.assignment_id, due_on, state))
    return [(due_on, key, state) for _, key, due_on, state in sorted(found)]


@pytest.mark.parametrize("day", [date(2020, 12, 31), TODAY, date(2022, 2, 28), date(2023, 8, 30)])
async def test_the_list_moves_with_the_day(house: House, day: date) -> None:
    for title in ("d.specialist", "c.officer", "dept.director"):
        watched(house, title)
    for place, first in enumerate(
        (date(2018, 12, 31), date(2019, 2, 28), date(2018, 8, 31), date(2020, 2, 29))
    ):
        since(house, seats(house)[place], first)
    found = await listed(house, as_of=day.isoformat())
    told = [(date.fromisoformat(row["due_on"]), UUID(row["assignment_id"]), row["state"]) for row in found]
    assert told == expected(house, day)
    assert {state for _, _, state in told} <= {"due_soon", "due", "overdue"}
    for row in found:
        due_on = date.fromisoformat(row["due_on"])
        assert row["days_left"] == max((due_on - day).days, 0)
        assert row["overdue_days"] == max((day - due_on).days, 0)
    if day >= TODAY:
        on_day(house, day)
        assert await listed(house) == found


async def test_each_edge_of_a_clock(house: House) -> None:
    watched(house)
    seat = since(house, seats(house)[0], date(2019, 8, 31))
    for day, state in (
        (date(2022, 2, 27), None),
        (date(2022, 2, 28), "due_soon"),
        (date(2022, 8, 30), "due_soon"),
        (date(2022, 8, 31), "due"),
        (date(2022, 9, 1), "overdue"),
    ):
        found = {
            row["assignment_id"]: row["state"]
            for row in await listed(house, "btc.meovac", as_of=day.isoformat())
        }
        assert (day, found.get(str(seat.assignment_id))) == (day, state)
        for asked in ("due_soon", "due", "overdue", "exempt"):
            narrowed = await listed(house, "btc.meovac", as_of=day.isoformat(), state=asked)
            keys = {row["assignment_id"] for row in narrowed}
            assert keys == {key for key, found_state in found.items() if found_state == asked}


async def test_before_the_decree_nobody_is_late(house: House) -> None:
    watched(house, "dept.finance", 24)
    assert await listed(house, as_of="2019-08-14") == []


async def test_leaders_never_stand_on_it(house: House) -> None:
    watched(house, "d.division_head", 24)
    watched(house, "d.chair", 24)
    titles = {row["title"]["id"] for row in await listed(house)}
    assert titles
    assert not titles & {str(world.title("d.division_head")), str(world.title("d.chair"))}


async def test_a_neighbour_sees_none_of_it(house: House) -> None:
    watched(house)
    seat = since(house, seats(house)[0], date(2018, 12, 21))
    assert str(seat.assignment_id) in {row["assignment_id"] for row in await listed(house, "btc.meovac")}
    for user in ("btc.dongvan", "xa.lungcu", "head.sonoivu"):
        assert str(seat.assignment_id) not in {row["assignment_id"] for row in await listed(house, user)}
    within = await listed(house, unit_id=str(world.unit(OFFICE)))
    assert {row["unit"]["id"] for row in within} == {str(world.unit(OFFICE))}
    anonymous = await (await house.caller(None)).get(f"{CHANGES}/due")
    assert anonymous.status_code == 401
    assert (await (await house.caller("mattran.tinh")).get(f"{CHANGES}/due")).status_code == 403


async def test_why_somebody_stays_is_told_to_who_reads_health(house: House) -> None:
    watched(house, "dept.specialist")
    seat = since(house, seats(house, "so-noi-vu", "dept.specialist")[1], date(2018, 12, 21))
    move = await Move.opened(
        house,
        seat,
        maker="btc.tinh",
        head="btv.tinh",
        outcome="exempt",
        exempt_reason="maternity",
        exempt_ends_on="2022-06-30",
        reason="Nghỉ thai sản",
    )
    await move.walk("propose")
    await move.walk("decide", decision=ruling())
    (whole,) = await listed(house, "btc.tinh", state="exempt")
    assert whole["exempt"] == {"reason": "maternity", "until": "2022-06-30"}
    (named,) = await listed(house, "head.sonoivu", state="exempt")
    assert named["exempt"] == {"reason": None, "until": "2022-06-30"}
    told = await move.get(user="head.sonoivu")
    assert (told["exempt_reason"], told["reason"], told["exempt_ends_on"]) == (None, None, "2022-06-30")
    assert "maternity" not in str(told)
    assert "thai sản" not in str(told)


async def test_the_indicator_counts_those_whom_the_list_calls_overdue(house: House) -> None:
    watched(house)
    since(house, seats(house)[0], date(2018, 12, 21))
    caller = await house.caller("btc.tinh")
    answer = await caller.get(f"{API}/indicators", params={"as_of": TODAY.isoformat()})
    assert answer.status_code == 200, answer.text
    found = next(one for one in answer.json()["items"] if one["id"] == "post_change_overdue")
    late = {row["cadre"]["id"] for row in await listed(house, overdue="true")}
    assert late
    assert found["numerator"] == len(late)
    path = f"{API}/indicators/post_change_overdue/people"
    behind = await caller.get(path, params={"part": "numerator", "limit": 200})
    assert {row["id"] for row in behind.json()["items"]} == late
    missing = await caller.get(path, params={"part": "missing"})
    assert missing.json()["items"] == []
