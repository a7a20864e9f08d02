"""Terms that end: who is on the list on which day, in what order, and when he leaves it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.models.assignment import AssignmentSpan
from app.models.title import TermKind, TitleVersion
from app.services.dated import live
from tests import world
from tests.api.acting import BODY, DAY, Act, at_work, decision, ending, on_day, qualified, young
from tests.api.conftest import API, House

LIST = f"{API}/appointments/due"


async def listed(house: House, user: str = "btc.tinh", **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a query
    """The whole list, page by page."""
    caller = await house.caller(user)
    found: list[dict[str, Any]] = []
    answer = await caller.get(LIST, params={"limit": 7} | asked)
    while True:
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found += body["items"]
        if body["next"] is None:
            return found
        answer = await caller.get(body["next"])


def expected(house: House, day: date, ahead: int) -> list[tuple[date, UUID]]:
    """The terms of appointed titles that end within so many days, by rows alone."""
    spans = house.scalars(
        select(AssignmentSpan)
        .join(TitleVersion, col(TitleVersion.title_id) == col(AssignmentSpan.title_id))
        .where(
            col(TitleVersion.term_kind) == TermKind.APPOINTED_5Y,
            live(TitleVersion, day),
            live(AssignmentSpan, day),
        )
    )
    last = day + timedelta(days=ahead)
    return sorted(
        (one.term_ends_on, one.assignment_id)
        for one in spans
        if one.term_ends_on is not None and one.term_ends_on <= last and not one.acting
    )


@pytest.mark.parametrize(("day", "ahead"), [(DAY, 180), (date(2024, 6, 3), 180), (date(2025, 6, 30), 180)])
async def test_the_list_moves_with_the_day(house: House, day: date, ahead: int) -> None:
    on_day(house, day)
    found = await listed(house)
    told = [(date.fromisoformat(row["due_on"]), UUID(row["assignment_id"])) for row in found]
    assert told == expected(house, day, ahead)
    for row in found:
        ends = date.fromisoformat(row["due_on"])
        assert row["days_left"] == max((ends - day).days, 0)
        assert row["overdue_days"] == max((day - ends).days, 0)
        assert row["legal_day"] == (ends - timedelta(days=90)).isoformat()
        assert [one["name"] for one in row["reminders"]] == ["T-180", "T-120", "legal"]


async def test_who_is_elected_never_stands_on_it(house: House) -> None:
    on_day(house, DAY)
    (chair,) = at_work("ubnd.meo-vac", "d.chair")
    ending(house, chair, DAY + timedelta(days=3))
    assert str(chair) not in {row["cadre"]["id"] for row in await listed(house)}


async def test_a_district_sees_its_own_and_the_overdue_first(house: House) -> None:
    on_day(house, DAY)
    (holder,) = at_work(BODY, "d.division_head")
    seat = ending(house, holder, DAY - timedelta(days=10))
    found = await listed(house, "btc.meovac")
    days = [row["due_on"] for row in found]
    assert days == sorted(days)
    told = {row["assignment_id"]: row for row in found}[str(seat.assignment_id)]
    assert (told["overdue_days"], told["days_left"], told["state"]) == (10, 0, "overdue")
    assert str(seat.assignment_id) not in {row["assignment_id"] for row in await listed(house, "btc.dongvan")}
    late = await listed(house, "btc.meovac", overdue="true")
    assert all(row["overdue_days"] >= 0 and row["due_on"] <= DAY.isoformat() for row in late)
    beneath = await listed(house, unit_id=str(world.unit("meo-vac")))
    assert [row["assignment_id"] for row in beneath] == [row["assignment_id"] for row in found]


async def test_a_row_goes_with_its_decision(house: House) -> None:
    on_day(house, DAY)
    (holder,) = at_work(BODY, "d.division_head")
    young(house, holder)
    qualified(house, holder, DAY)
    seat = ending(house, holder, DAY + timedelta(days=100))
    act = await Act.opened(house, kind="reappointment", assignment_id=str(seat.assignment_id))

    async def told() -> dict[str, Any] | None:
        rows = await listed(house, "btc.meovac")
        return next((row for row in rows if row["assignment_id"] == str(seat.assignment_id)), None)

    row = await told()
    assert row is not None
    assert (row["state"], row["appointment_id"], row["days_left"]) == ("draft", act.id, 100)
    await act.walk("notify")
    await act.walk("self_review", note="Tốt")
    await act.ask("btc.meovac", "PATCH", "", {"outcome": "reappoint"})
    for step in (1, 2):
        await act.meet(step, {holder: 18})
    await act.walk("submit")
    await act.walk("decide", decision=decision())
    assert await told() is None
