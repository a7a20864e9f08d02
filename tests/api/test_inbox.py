"""The inbox: what each caller can do now, the latest first; gone once done, back when the dossier is."""

from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.models.appointment import ActionState
from app.models.assignment import AssignmentSpan
from app.services.inbox.kinds import DOSSIERS, RESTING
from app.services.waiver.kinds import KINDS
from tests import world
from tests.api.acting import (
    BODY,
    DAY,
    TITLE,
    Act,
    at_work,
    decision,
    ending,
    on_day,
    qualified,
    stand,
    young,
)
from tests.api.conftest import API, House
from tests.api.dossier import Dossier, account, staffed
from tests.api.test_query_counts import counted
from tests.api.tokens import bearing, issued
from tests.conftest import TODAY

LIST = f"{API}/inbox"
CLOSED = ("ubkt.tinh", "canbo", "mattran.tinh", "quantri")
HANDS = ("Người lập hoặc trình", "Hồ sơ có chính mình")
"""How a refusal begins that has nothing to do with the law."""


async def listed(house: House, user: str, limit: int = 200) -> list[dict[str, Any]]:
    """All that waits for somebody, page by page."""
    caller = await house.caller(user)
    found: list[dict[str, Any]] = []
    answer = await caller.get(LIST, params={"limit": limit})
    while True:
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert len(body["items"]) <= limit
        found += body["items"]
        if body["next"] is None:
            return found
        answer = await caller.get(body["next"])


async def steps(house: House, user: str, key: str) -> list[str] | None:
    """What somebody may do about a dossier or a term; None where it isn't in his inbox."""
    for row in await listed(house, user):
        if key in {row["assignment_id"], (row["dossier"] or {}).get("id")}:
            return [one["action"] for one in row["actions"]]
    return None


def head(house: House, ends_on: date, day: date = DAY) -> tuple[UUID, AssignmentSpan]:
    """A head of division whose term ends then, with all that the law asks for."""
    on_day(house, day)
    (holder,) = at_work(BODY, "d.division_head", day)
    young(house, holder)
    qualified(house, holder, day, day)
    return holder, ending(house, holder, ends_on, day)


async def test_who_has_one(house: House) -> None:
    assert (await (await house.caller(None)).get(LIST)).status_code == 401
    for user in CLOSED:
        answer = await (await house.caller(user)).get(LIST)
        assert answer.status_code == 403, user
    token = await issued(house)
    client = await bearing(house, token["token"])
    assert (await client.get(LIST)).status_code == 403
    await client.aclose()
    for user in ("btc.tinh", "btv.tinh", "btc.meovac", "xa.niemson", "head.sonoivu"):
        await listed(house, user)


async def test_a_term_waits_where_it_can_be_opened_and_nowhere_else(house: House) -> None:
    holder, seat = head(house, DAY + timedelta(days=100))
    key = str(seat.assignment_id)
    for user in ("btc.meovac", "btc.tinh"):
        assert await steps(house, user, key) == ["open_reappointment"]
    for user in ("btc.dongvan", "btv.meovac", "btv.tinh", "xa.niemson", "head.sonoivu"):
        assert await steps(house, user, key) is None
    row = next(one for one in await listed(house, "btc.meovac") if one["assignment_id"] == key)
    assert row["kind"] == "term"
    assert row["dossier"] is row["state"] is row["since"] is None
    assert row["cadre"]["id"] == str(holder)
    assert row["title"].startswith("Bổ nhiệm lại ")
    assert (row["unit"]["id"], row["due_on"]) == (str(world.unit(BODY)), "2023-06-09")
    assert row["overdue_days"] == 0
    on_day(house, DAY - timedelta(days=120))
    assert await steps(house, "btc.meovac", key) is None


async def test_a_re_appointment_goes_from_hand_to_hand(house: House) -> None:
    holder, seat = head(house, DAY + timedelta(days=100))
    term = str(seat.assignment_id)
    act = await Act.opened(house, kind="reappointment", assignment_id=term)

    async def seen() -> tuple[list[str] | None, list[str] | None]:
        assert await steps(house, "btc.meovac", term) is None
        assert await steps(house, "btc.dongvan", act.id) is None
        return await steps(house, "btc.meovac", act.id), await steps(house, "btv.meovac", act.id)

    assert await seen() == (["notify"], None)
    await act.walk("notify")
    assert await seen() == (["self_review"], None)
    await act.walk("self_review", note="Tốt")
    assert await seen() == (["submit"], None)
    await act.ask("btc.meovac", "PATCH", "", {"outcome": "reappoint"})
    for step in (1, 2):
        await act.meet(step, {holder: 18})
    await act.walk("submit")
    assert await seen() == (None, ["return", "decide"])
    row = next(one for one in await listed(house, "btv.meovac") if (one["dossier"] or {}).get("id") == act.id)
    assert (row["state"], row["state_name"], row["since"]) == ("submitted", "Đã trình", DAY.isoformat())
    assert (row["due_on"], row["cadre"]["id"]) == ("2023-06-09", str(holder))
    await act.walk("return", note="Bổ sung nhận xét")
    assert await seen() == (["submit"], None)
    await act.walk("submit")
    assert await seen() == (None, ["return", "decide"])
    # The new term begins when the old one ends: nothing waits until then, and the term isn't on the list.
    await act.walk("decide", decision=decision(effective_on=(DAY + timedelta(days=100)).isoformat()))
    assert await seen() == (["publish"], None)
    due = (await (await house.caller("btc.meovac")).get(f"{API}/appointments/due?limit=200")).json()["items"]
    assert term not in {one["assignment_id"] for one in due}
    await act.walk("publish")
    assert await seen() == (None, None)


async def test_a_dossier_that_is_stopped_gives_the_term_back(house: House) -> None:
    _, seat = head(house, DAY + timedelta(days=100))
    act = await Act.opened(house, kind="reappointment", assignment_id=str(seat.assignment_id))
    await act.walk("cancel", note="Lập nhầm")
    assert await steps(house, "btc.meovac", act.id) is None
    assert await steps(house, "btc.meovac", str(seat.assignment_id)) == ["open_reappointment"]
    ended = await Act.opened(
        house, kind="relief", assignment_id=str(seat.assignment_id), reason="Xin thôi", basis="Đơn"
    )
    # Who leaves the post isn't appointed to it again: one dossier about a seat at a time.
    assert await steps(house, "btc.meovac", str(seat.assignment_id)) is None
    assert await steps(house, "btc.meovac", ended.id) == ["submit"]


async def test_elected_titles_never_wait_for_it(house: House) -> None:
    on_day(house, DAY)
    (chair,) = at_work("ubnd.meo-vac", "d.chair")
    seat = ending(house, chair, DAY - timedelta(days=3))
    assert await steps(house, "btc.tinh", str(seat.assignment_id)) is None


async def test_the_latest_come_first_and_pages_hold_them_all(house: House) -> None:
    _, seat = head(house, DAY - timedelta(days=10))
    for place in ("meo-vac", "niem-son", "so-y-te"):
        stand(house, place)
    whole = await listed(house, "btc.tinh")
    kinds = Counter(row["kind"] for row in whole)
    assert kinds["term"] > 1
    assert kinds["appointment"] >= 3
    over = [row for row in whole if row["kind"] == "term" and row["due_on"] <= DAY.isoformat()]
    assert whole[: len(over)] == over
    late = [row["overdue_days"] for row in over]
    assert late == sorted(late, reverse=True)
    mine = next(row for row in over if row["assignment_id"] == str(seat.assignment_id))
    assert mine["overdue_days"] == 10
    ahead = [row["due_on"] for row in whole if row["due_on"] and row["overdue_days"] == 0 and row not in over]
    assert ahead == sorted(ahead)
    for limit in (1, 3, 7):
        assert await listed(house, "btc.tinh", limit) == whole
    caller = await house.caller("btc.tinh")
    turned = (await caller.get(LIST, params={"limit": 200, "sort": "-lateness", "count": "true"})).json()
    assert turned["items"] == whole[::-1]
    assert turned["total"] == len(whole)
    first = (await caller.get(LIST, params={"limit": 2})).json()
    second = (await caller.get(first["next"])).json()
    assert (await caller.get(second["prev"])).json()["items"] == first["items"]


async def test_a_policy_asked_for_is_due_by_working_days(house: House) -> None:
    on_day(house, DAY)
    act = await Act.opened(house)
    assert await steps(house, "btc.meovac", act.id) == ["request_policy"]
    await act.walk("request_policy")
    assert await steps(house, "btc.meovac", act.id) is None
    # Ten working days after Wednesday, 1 March 2023.
    (row,) = [one for one in await listed(house, "btv.meovac") if (one["dossier"] or {}).get("id") == act.id]
    assert [one["action"] for one in row["actions"]] == ["approve_policy", "refuse_policy"]
    assert (row["due_on"], row["overdue_days"]) == ("2023-03-15", 0)
    on_day(house, date(2023, 3, 20))
    (row,) = [one for one in await listed(house, "btv.meovac") if (one["dossier"] or {}).get("id") == act.id]
    assert row["overdue_days"] == 5


async def ready(house: House, maker: str = "btc.meovac") -> Dossier:
    """A plan of Mèo Vạc that may be submitted."""
    staff = staffed(house, "meo-vac", women=3, men=7)
    plan = await Dossier.opened(house, "meo-vac", maker=maker)
    await plan.add(staff["women"][0], "d.board_head")
    await plan.meet()
    return plan


async def test_a_plan_goes_from_hand_to_hand(house: House) -> None:
    plan = await ready(house)
    assert await steps(house, plan.maker, plan.id) == ["submit"]
    assert await steps(house, plan.approver, plan.id) is None
    await plan.walk("submit")
    assert await steps(house, plan.maker, plan.id) is None
    assert await steps(house, plan.approver, plan.id) == ["return", "approve"]
    (row,) = [one for one in await listed(house, plan.approver) if one["kind"] == "plan"]
    assert (row["title"], row["cadre"]) == ("Quy hoạch chức danh 2021-2026", None)
    assert (row["since"], row["due_on"], row["overdue_days"]) == (TODAY.isoformat(), None, 0)
    await plan.walk("return")
    assert await steps(house, plan.maker, plan.id) == ["submit"]
    assert await steps(house, plan.approver, plan.id) is None
    await plan.walk("submit", "approve")
    assert await steps(house, plan.approver, plan.id) is None
    assert await steps(house, plan.maker, plan.id) == ["publish"]
    await plan.walk("publish")
    assert await steps(house, plan.maker, plan.id) is None
    await plan.walk("review")
    assert await steps(house, plan.maker, plan.id) == ["submit"]
    for user in ("btc.dongvan", "btv.dongvan"):
        assert await steps(house, user, plan.id) is None


async def test_nothing_is_offered_that_the_dossier_refuses_to_this_person(house: House) -> None:
    """Makers by any account, own and family's dossiers: the inbox and the dossier's page say the same."""
    on_day(house, DAY)
    account(house, "hai.vai", ("org_officer", "meo-vac"), ("approver", "meo-vac"))
    first, second = at_work(BODY, "d.specialist")[:2]
    account(house, "nguoi.nha", ("approver", "meo-vac"), cadre=first)
    acts = [await Act.opened(house), await Act.opened(house, maker="hai.vai")]
    for act in acts:
        await act.walk("request_policy")
    third = await Act.opened(house)
    await third.walk("request_policy")
    await third.walk("approve_policy", "hai.vai")
    await third.enter(first)
    fourth = await Act.opened(house)
    await fourth.walk("request_policy")
    await fourth.walk("approve_policy")
    fourth.maker = "hai.vai"
    await fourth.enter(second)
    acts += [third, fourth]
    for act in (third, fourth):
        row = act.row
        row.state = ActionState.SUBMITTED
        house.write(row)
    found = Counter[str]()
    for user in ("btc.meovac", "btv.meovac", "hai.vai", "nguoi.nha", "btc.tinh", "btv.tinh"):
        for act in acts:
            offers = (await act.ask(user, "GET", "/transitions")).json()["items"]
            open_to = [
                one["action"]
                for one in offers
                if one["due"]
                and one["granted"]
                and one["action"] not in RESTING
                and not (one["why_not"] or "").startswith(HANDS)
            ]
            assert (await steps(house, user, act.id) or []) == open_to, (user, act.state)
            found[user] += len(open_to)
    # Each of them has something to do, or the comparison compares nothing.
    assert found["btv.meovac"] > found["hai.vai"] > 0
    assert found["btv.meovac"] > found["nguoi.nha"] > 0


async def test_who_made_a_plan_does_not_approve_it(house: House) -> None:
    account(house, "hai.vai", ("org_officer", "meo-vac"), ("approver", "meo-vac"))
    plan = await ready(house, "hai.vai")
    await plan.walk("submit")
    assert await steps(house, "hai.vai", plan.id) is None
    assert await steps(house, "btv.meovac", plan.id) == ["return", "approve"]


async def test_more_work_is_no_more_statements(house: House) -> None:
    on_day(house, DAY)

    async def asked(user: str) -> tuple[int, int]:
        caller = await house.caller(user)
        await caller.get(LIST)
        with counted(house.app.state.engine) as seen:
            rows = (await caller.get(LIST, params={"limit": 200})).json()["items"]
        return len(seen), len(rows)

    for place in ("meo-vac", "niem-son"):
        stand(house, place)
    act = await Act.opened(house)
    await act.walk("request_policy")
    before = {user: await asked(user) for user in ("btc.meovac", "btv.meovac", "btc.tinh")}
    for _ in range(6):
        stand(house, "meo-vac")
        more = await Act.opened(house, post_id=str(world.post(BODY, TITLE)))
        await more.walk("request_policy")
        house.write(*(ending(house, key, DAY) for key in at_work(BODY, "d.division_deputy")))
    for user, (statements, rows) in before.items():
        then = await asked(user)
        assert then[0] == statements, user
        assert then[1] > rows, user


def test_every_kind_of_dossier_has_its_line() -> None:
    assert {kind.type for kind in DOSSIERS} == set(KINDS)


@pytest.mark.parametrize("kind", DOSSIERS, ids=lambda kind: kind.type.value)
def test_what_rests_is_a_step_of_some_table(kind: Any) -> None:  # noqa: ANN401 - a line of data
    names = {action.name for table in kind.tables for action in table.actions}
    assert names & RESTING
    assert names - RESTING
