"""Post changes from the due list to their end, as the offices of the story work on them."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.models.assignment import AssignmentKind, AssignmentSpan, EndReason
from app.models.audit import AuditEvent, Outcome
from app.models.cadre import Cadre, Sex
from app.models.post_change import PostChange, PostChangeState
from app.services.dated import known
from tests import world
from tests.api.acting import at_work, held, kin
from tests.api.changing import CHANGES, OFFICE, SORT, Move, listed, rows, ruling, seats, since, watched
from tests.api.conftest import House
from tests.conftest import TODAY

DAY = timedelta(days=1)
NEW = ("ubnd.niem-son", "c.officer")


def overdue(house: House, place: int = 0) -> AssignmentSpan:
    """A specialist of the division whose limit of three years ran out ten days ago."""
    watched(house)
    return since(house, seats(house)[place], date(2018, 12, 21))


async def told(house: House, seat: AssignmentSpan, **asked: Any) -> dict[str, Any] | None:  # noqa: ANN401 - a query
    """What the due list says of a seat; None: it isn't on it."""
    found = [
        row
        for row in await listed(house, "btc.meovac", **asked)
        if row["assignment_id"] == str(seat.assignment_id)
    ]
    return found[0] if found else None


async def state_of(house: House, seat: AssignmentSpan, **asked: Any) -> str | None:  # noqa: ANN401 - a query
    """Where the due list says that the clock of a seat stands."""
    row = await told(house, seat, **asked)
    return None if row is None else row["state"]


async def test_a_change_from_the_due_list_to_its_end(house: House) -> None:
    seat = overdue(house)
    row = await told(house, seat, overdue="true")
    assert row is not None
    assert (row["overdue_days"], row["days_left"], row["post_change_id"]) == (10, 0, None)
    assert (row["since"], row["limit_months"], row["due_on"]) == ("2018-12-21", 36, "2021-12-21")
    move = await Move.opened(house, seat)
    opened = await move.get()
    assert (opened["state"], opened["outcome"], opened["writable"]) == ("draft", "change", True)
    assert (opened["due_on"], opened["authority"]["id"]) == ("2021-12-21", str(seat.unit_id))
    assert (await move.step("propose")).json()["detail"].startswith("Hồ sơ chưa nêu vị trí mới")
    mended = await move.ask("btc.meovac", "PATCH", "", {"new_post_id": str(world.post(*NEW))})
    assert mended.status_code == 200, mended.text
    assert mended.json()["new_post"]["unit"]["id"] == str(world.unit(NEW[0]))
    proposed = await move.walk("propose")
    assert [one["rule"] for one in proposed["proposed"]["findings"]] == [
        "post_change.overdue",
        "appointment.vacancy",
    ]
    row = await told(house, seat, overdue="true")
    assert row is not None
    assert (row["post_change_id"], row["dossier_state"]) == (move.id, "proposed")
    decided = await move.walk("decide", decision=ruling())
    assert decided["state"] == "decided"
    assert decided["decision"]["signed_on"] == decided["effective_on"] == TODAY.isoformat()
    (now,) = held(house, seat.cadre_id, TODAY)
    assert str(now.assignment_id) == decided["opened_assignment_id"]
    assert (now.unit_id, now.post_id) == (world.unit(NEW[0]), world.post(*NEW))
    assert (now.kind, now.is_main, now.valid_from) == (AssignmentKind.TRANSFER, True, TODAY)
    assert (now.decision_number, now.decision_signed_on) == (decided["decision"]["number"], TODAY)
    (before,) = held(house, seat.cadre_id, TODAY - DAY)
    assert (before.assignment_id, before.valid_to, before.end_reason) == (
        seat.assignment_id,
        TODAY,
        EndReason.TRANSFER,
    )
    assert await state_of(house, seat) is None
    assert (await move.walk("publish"))["published_on"] == TODAY.isoformat()
    assert (await move.walk("close"))["state"] == "closed"
    taken = [one["action"] for one in await move.get("/taken")]
    assert taken == ["propose", "decide", "publish", "close"]


async def test_findings_stay_what_they_were_on_the_decision(house: House) -> None:
    seat = overdue(house)
    move = await Move.opened(house, seat, new_post_id=str(world.post(*NEW)))
    await move.walk("propose")
    decided = (await move.walk("decide", decision=ruling()))["decided"]
    assert decided["as_of"] == TODAY.isoformat()
    watched(house, months=60)
    kept = await move.get("/findings")
    assert kept == decided["findings"]
    clock = next(one for one in kept if one["rule"] == "post_change.overdue")
    assert (clock["outcome"], clock["measured"]["days_late"]) == ("unmet", 10)


async def test_an_exemption_takes_the_holder_out_of_overdue_until_its_end(house: House) -> None:
    seat = overdue(house)
    until = TODAY + timedelta(days=60)
    move = await Move.opened(
        house, seat, outcome="exempt", exempt_reason="illness", exempt_ends_on=until.isoformat()
    )
    await move.walk("propose")
    assert await state_of(house, seat) == "overdue"
    decided = await move.walk("decide", decision=ruling())
    assert (decided["exempt_ends_on"], decided["opened_assignment_id"]) == (until.isoformat(), None)
    (row,) = await listed(house, "btc.meovac", state="exempt")
    assert row["exempt"] == {"reason": "illness", "until": until.isoformat()}
    assert (row["overdue_days"], row["due_on"]) == (0, "2021-12-21")
    assert await state_of(house, seat, overdue="true") is None
    for day, state in ((TODAY - DAY, "overdue"), (until, "exempt"), (until + DAY, "overdue")):
        found = await state_of(house, seat, as_of=day.isoformat(), unit_id=str(world.unit(OFFICE)))
        assert (day, found) == (day, state)
    assert [one["action"] for one in await move.get("/transitions")] == [
        "propose",
        "return",
        "decide",
        "close",
        "cancel",
    ]
    assert (await move.walk("close"))["state"] == "closed"
    assert await state_of(house, seat) == "exempt"


@pytest.mark.parametrize(("born", "allowed"), [(date(1961, 12, 1), True), (date(1975, 9, 1), False)])
async def test_who_retires_soon_is_so_by_the_record(house: House, born: date, allowed: bool) -> None:  # noqa: FBT001 - a case
    seat = overdue(house)
    person = house.scalars(select(Cadre).where(col(Cadre.id) == seat.cadre_id))[0]
    person.birth_date, person.sex = born, Sex.MALE
    house.write(person)
    move = await Move.opened(
        house, seat, outcome="exempt", exempt_reason="near_retirement", exempt_ends_on="2022-12-31"
    )
    answer = await move.step("propose")
    found = next(one for one in await move.get("/findings") if one["rule"] == "post_change.exemption")
    assert found["outcome"] == ("met" if allowed else "unmet")
    assert answer.status_code == (200 if allowed else 409), answer.text
    if not allowed:
        assert "post_change.exemption" in {one["rule"] for one in answer.json()["findings"]}


async def test_the_only_post_of_its_kind_is_one_seat(house: House) -> None:
    watched(house)
    single, several = seats(house, "so-xay-dung", "dept.finance")[0], seats(house)[0]
    asked = {"outcome": "exempt", "exempt_reason": "only_post", "exempt_ends_on": "2022-12-31"}
    one = await Move.opened(house, single, maker="btc.tinh", head="btv.tinh", **asked)
    assert (await one.walk("propose"))["state"] == "proposed"
    other = await Move.opened(house, several, **asked)
    refused = await other.step("propose")
    assert refused.status_code == 409
    assert other.row.state is PostChangeState.DRAFT


async def test_a_full_post_takes_nobody(house: House) -> None:
    seat = overdue(house)
    full = world.post("so-y-te", "dept.finance")
    move = await Move.opened(house, seat, maker="btc.tinh", head="btv.tinh", new_post_id=str(full))
    before = rows(house)
    refused = await move.step("propose")
    assert refused.status_code == 409
    assert "appointment.vacancy" in {one["rule"] for one in refused.json()["findings"]}
    assert rows(house) == before


async def test_who_made_it_does_not_decide_it(house: House) -> None:
    seat = overdue(house)
    move = await Move.opened(house, seat, new_post_id=str(world.post(*NEW)))
    await move.walk("propose")
    before = rows(house)
    for user in ("btc.meovac", "ubkt.tinh"):
        assert (await move.step("decide", user, decision=ruling())).status_code == 403
    for user in ("btv.dongvan", "btc.dongvan", "xa.lungcu", "head.sonoivu"):
        assert (await move.step("decide", user, decision=ruling())).status_code in {403, 404}
        assert (await move.ask(user, "GET")).status_code == 404
    assert rows(house) == before
    returned = await move.walk("return", note="Nêu rõ lý do")
    assert returned["state"] == "returned"
    assert (await move.ask("btc.meovac", "PATCH", "", {"reason": "Đủ ba năm"})).status_code == 200
    assert (await move.walk("propose"))["state"] == "proposed"
    assert (await move.walk("decide", decision=ruling()))["state"] == "decided"


async def test_nobody_works_on_his_own_or_his_family(house: House) -> None:
    watched(house, "d.board_specialist")
    seat = seats(house, "ban-to-chuc.dong-van", "d.board_specialist")[0]
    caller = await house.caller("btc.dongvan")
    own = world.person("btc.dongvan", TODAY)
    if seat.cadre_id != own:
        kin(house, own, seat.cadre_id)
    refused = await caller.post(CHANGES, json={"assignment_id": str(seat.assignment_id)})
    assert refused.status_code == 403, refused.text
    assert house.scalars(select(PostChange)) == []


@pytest.mark.parametrize(
    ("sent", "status", "part"),
    [
        ({"decision": None}, 422, "/decision"),
        ({"decision": {"effective_on": (TODAY - DAY).isoformat()}}, 422, "/decision/effective_on"),
        (
            {"decision": {"signed_on": (TODAY + DAY).isoformat(), "effective_on": "2022-02-01"}},
            422,
            "/decision/signed_on",
        ),
    ],
)
async def test_a_decision_that_can_not_be(house: House, sent: dict[str, Any], status: int, part: str) -> None:
    move = await Move.opened(house, overdue(house), new_post_id=str(world.post(*NEW)))
    await move.walk("propose")
    before = rows(house)
    body: dict[str, Any] = {} if sent["decision"] is None else {"decision": ruling(**sent["decision"])}
    refused = await move.step("decide", **body)
    assert refused.status_code == status, refused.text
    assert [one["pointer"] for one in refused.json()["errors"]] == [part]
    assert rows(house) == before
    event = house.scalars(
        select(AuditEvent).where(
            col(AuditEvent.object_id) == move.id, col(AuditEvent.outcome) == Outcome.REFUSED
        )
    )
    assert event


async def test_a_number_is_used_once_a_year(house: House) -> None:
    watched(house)
    number = ruling()["number"]
    for place, status in ((0, 200), (1, 409)):
        move = await Move.opened(house, seats(house)[place], new_post_id=str(world.post(*NEW)))
        await move.walk("propose")
        answer = await move.step("decide", decision=ruling(number=number))
        assert answer.status_code == status, answer.text
    assert number in answer.json()["detail"]
    assert move.row.state is PostChangeState.PROPOSED


async def test_out_of_order_says_what_is_missing(house: House) -> None:
    move = await Move.opened(house, overdue(house), new_post_id=str(world.post(*NEW)))
    early = await move.step("decide", decision=ruling())
    assert early.status_code == 409
    assert "«Đã đề nghị»" in early.json()["detail"]
    assert (await move.step("publish")).status_code == 409
    assert (await move.step("propose", If_Match='"99"')).status_code == 422
    stale = await move.ask(move.maker, "POST", "/transitions", {"action": "propose"}, If_Match='"99"')
    assert stale.status_code == 412
    bare = await move.ask(move.maker, "POST", "/transitions", {"action": "propose"}, If_Match=None)
    assert bare.status_code == 428
    unknown = await move.step("rotate")
    assert unknown.status_code == 422
    bare_exempt = await move.ask(move.maker, "PATCH", "", {"outcome": "exempt"})
    assert (bare_exempt.status_code, bare_exempt.json()["new_post"]) == (200, None)
    lacking = await move.step("propose")
    assert lacking.json()["detail"].startswith("Hồ sơ chưa ghi lý do miễn, ngày hết thời hạn miễn")


async def test_what_is_no_dossier_to_open(house: House) -> None:
    watched(house)
    seat = overdue(house)
    caller = await house.caller("btc.meovac")
    (leader,) = at_work(OFFICE, "d.division_head", TODAY)
    leading = held(house, leader, TODAY)[0]
    watched(house, "d.division_head", 36)
    plain = seats(house, "truong.meo-vac", "d.teacher")[0]
    before = rows(house)
    cases: list[tuple[dict[str, Any], int, str]] = [
        ({"assignment_id": str(leading.assignment_id)}, 422, "luân chuyển"),
        ({"assignment_id": str(plain.assignment_id)}, 422, "danh mục"),
        ({"assignment_id": str(world.unit(OFFICE))}, 422, "phân công"),
        ({"assignment_id": str(seat.assignment_id), "new_post_id": str(seat.post_id)}, 422, "khác"),
        (
            {
                "assignment_id": str(seat.assignment_id),
                "new_post_id": str(world.post(OFFICE, "d.division_deputy")),
            },
            422,
            "bổ nhiệm",
        ),
        (
            {
                "assignment_id": str(seat.assignment_id),
                "new_post_id": str(world.post("phong-noi-vu.dong-van", SORT)),
            },
            403,
            "cấp trên",
        ),
        ({"assignment_id": str(seat.assignment_id), "exempt_reason": "illness"}, 422, "miễn"),
        (
            {"assignment_id": str(seat.assignment_id), "outcome": "exempt", "exempt_ends_on": "2021-12-30"},
            422,
            "hôm nay",
        ),
    ]
    for body, status, words in cases:
        refused = await caller.post(CHANGES, json=body)
        assert (refused.status_code, body) == (status, body), refused.text
        assert words in refused.text
    assert rows(house) == before
    await Move.opened(house, seat)
    twin = await caller.post(CHANGES, json={"assignment_id": str(seat.assignment_id)})
    assert twin.status_code == 409


async def test_a_repeated_request_doubles_nothing(house: House) -> None:
    seat = overdue(house)
    caller = await house.caller("btc.meovac")
    body, key = {"assignment_id": str(seat.assignment_id)}, {"Idempotency-Key": "mot-lan"}
    first, second = [await caller.post(CHANGES, json=body, headers=key) for _ in range(2)]
    assert (first.status_code, second.status_code, second.json()) == (201, 201, first.json())
    assert second.headers["idempotency-replayed"] == "true"
    assert len(house.scalars(select(PostChange))) == 1


async def test_a_seat_beside_the_main_one_is_left_alone_otherwise(house: House) -> None:
    seat = overdue(house)
    main = held(house, seat.cadre_id, TODAY)[0]
    watched(house, "c.officer", 24)
    beside = AssignmentSpan(
        **main.model_dump(exclude={"row_id", "recorded_at", "superseded_at"})
        | {
            "assignment_id": seats(house, "ubnd.niem-son", "c.officer")[0].assignment_id,
            "unit_id": world.unit("ubnd.niem-son"),
            "post_id": world.post("ubnd.niem-son", "c.officer"),
            "title_id": world.title("c.officer"),
            "seat_no": 400,
            "is_main": False,
        }
    )
    first = seats(house, "ubnd.niem-son", "c.officer")[0]
    first.superseded_at = first.recorded_at
    house.write(first)
    house.write(beside)
    target = seats(house)[-1].post_id
    move = await Move.opened(house, beside, new_post_id=str(target))
    await move.walk("propose")
    await move.walk("decide", decision=ruling())
    now = held(house, seat.cadre_id, TODAY)
    assert {(one.post_id, one.is_main) for one in now} == {(main.post_id, True), (UUID(str(target)), False)}
    ended = house.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.assignment_id) == beside.assignment_id,
            col(AssignmentSpan.cadre_id) == seat.cadre_id,
            known(AssignmentSpan),
        )
    )
    assert [one.valid_to for one in ended] == [TODAY]
