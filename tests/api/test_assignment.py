"""Seats given, ended and corrected over HTTP: in one transaction, on both clocks, two callers at once."""

import threading
from datetime import date
from typing import Any
from uuid import UUID

import anyio
import httpx
import pytest
from sqlmodel import col, select

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.committee import Membership
from app.models.post import PostQuota
from app.services.dated import known
from app.services.jobs import begin_day
from tests import world
from tests.api.conftest import API, House, holder, people
from tests.api.walk import is_problem, pointers
from tests.conftest import TODAY

CADRES = f"{API}/cadres"


def seat(place: str, sort: str, day: str = "2021-12-20", **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A decision that gives a seat from `day` on."""
    decision = {
        "number": "77-QĐ/TU",
        "signed_on": "2021-12-10",
        "effective_on": day,
        "issuer": "Ban Thường vụ",
    }
    body = {"post_id": str(world.post(place, sort)), "kind": "transfer", "decision": decision}
    return body | changed


def spans(house: House, cadre_id: UUID, *, now: bool = True) -> list[AssignmentSpan]:
    """The spans of a person, oldest first; `now`: those nothing has superseded."""
    statement = select(AssignmentSpan).where(col(AssignmentSpan.cadre_id) == cadre_id)
    if now:
        statement = statement.where(known(AssignmentSpan))
    return house.scalars(statement.order_by(col(AssignmentSpan.valid_from), col(AssignmentSpan.recorded_at)))


def file_of(house: House, cadre_id: UUID) -> tuple[UUID, str | None, int]:
    """Which unit keeps a file, who manages its person, its version."""
    found = house.rows(
        select(Cadre.unit_id, Cadre.managed_by, Cadre.version).where(col(Cadre.id) == cadre_id)
    )[0]
    return found[0], found[1], found[2]


async def give(house: House, cadre_id: UUID, body: dict[str, Any], user: str = "btc.tinh") -> httpx.Response:
    """Asks for a seat."""
    caller = await house.caller(user)
    return await caller.post(f"{CADRES}/{cadre_id}/assignments", json=body)


async def mend(
    house: House, cadre_id: UUID, assignment_id: UUID, body: dict[str, Any], user: str = "btc.tinh"
) -> httpx.Response:
    """Asks for an end or a correction, on the version of now."""
    caller = await house.caller(user)
    headers = {"If-Match": house.version(cadre_id)}
    return await caller.patch(f"{CADRES}/{cadre_id}/assignments/{assignment_id}", json=body, headers=headers)


# --- opening -----------------------------------------------------------------------------------------


async def test_a_new_main_seat_closes_the_last_one_and_moves_the_file(house: House) -> None:
    target = people("canbo")
    before = spans(house, target)[-1]
    version = file_of(house, target)[2]
    answer = await give(house, target, seat("so-y-te", "dept.specialist", previous_end_reason="relief"))
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["decision"] == {
        "number": "77-QĐ/TU",
        "signed_on": "2021-12-10",
        "effective_on": "2021-12-20",
        "issuer": "Ban Thường vụ",
    }
    assert (made["is_main"], made["valid_to"], made["superseded_at"]) == (True, None, None)
    old, new = spans(house, target)
    assert (old.assignment_id, old.valid_to, old.end_reason) == (
        before.assignment_id,
        date(2021, 12, 20),
        "relief",
    )
    assert old.end_decision_number == "77-QĐ/TU"
    assert str(new.assignment_id) == made["id"]
    assert file_of(house, target) == (world.unit("so-y-te"), "unit_head", version + 1)
    assert answer.headers["etag"] == f'"{version + 1}"'
    # What stood before is still there on the second clock.
    assert [one.valid_to for one in spans(house, target, now=False)].count(None) == 2


async def test_a_refused_seat_leaves_nothing_behind(house: House) -> None:
    target = people("canbo")
    before = [one.row_id for one in spans(house, target, now=False)]
    full = await give(house, target, seat("so-noi-vu", "dept.director"))
    assert is_problem(full, 409), full.text
    taken = await give(house, target, seat("so-y-te", "dept.specialist", seat_no=2))
    assert is_problem(taken, 409), taken.text
    beyond = await give(house, target, seat("so-y-te", "dept.specialist", seat_no=40))
    assert is_problem(beyond, 422), beyond.text
    assert pointers(beyond) == ["/seat_no"]
    assert [one.row_id for one in spans(house, target, now=False)] == before
    assert house.version(target) == '"1"'


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"post_id": "0125e72e-7800-7cb7-95b3-000000000000"}, "/post_id"),
        ({"post_id": str(world.post("ubnd.niem-tong", "c.officer"))}, "/post_id"),
        ({"kind": "khong-co"}, "/kind"),
        ({"seat_no": 0}, "/seat_no"),
        ({"term_ends_on": "2021-12-20"}, "/term_ends_on"),
        (
            {"decision": seat("so-y-te", "dept.specialist", "2021-12-09")["decision"]},
            "/decision/effective_on",
        ),
        ({"decision": seat("so-y-te", "dept.specialist")["decision"] | {"number": ""}}, "/decision/number"),
        ({"decision": None}, "/decision"),
    ],
)
async def test_each_fault_names_its_place(shared_house: House, changed: dict[str, Any], place: str) -> None:
    answer = await give(shared_house, people("canbo"), seat("so-y-te", "dept.specialist") | changed)
    assert is_problem(answer, 422), answer.text
    assert place in pointers(answer)


async def test_a_post_without_seats_that_day_takes_nobody(shared_house: House) -> None:
    early = seat("so-y-te", "dept.specialist", "2009-06-01")
    early["decision"]["signed_on"] = "2009-05-01"
    answer = await give(shared_house, people("canbo"), early)
    assert answer.status_code in {409, 422}, answer.text


async def test_a_later_main_seat_is_in_the_way(house: House) -> None:
    answer = await give(house, people("future"), seat("so-xay-dung", "dept.specialist"))
    assert is_problem(answer, 409), answer.text
    assert "01/03/2022" in answer.json()["detail"]
    same_day = await give(house, people("future"), seat("so-xay-dung", "dept.specialist", "2022-03-01"))
    assert is_problem(same_day, 409), same_day.text


async def test_a_concurrent_seat_leaves_the_main_one_alone(house: House) -> None:
    target = people("canbo")
    main = spans(house, target)[-1]
    body = seat("so-y-te", "dept.specialist", kind="concurrent", is_main=False)
    answer = await give(house, target, body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["is_main"] is False
    assert spans(house, target)[0].row_id == main.row_id
    assert file_of(house, target)[0] == world.unit("so-noi-vu")


async def test_who_acts_is_marked_and_joins_no_committee(house: House) -> None:
    target = people(holder("phong-noi-vu.meo-vac", "d.specialist"))
    body = seat("dang-uy.ta-lung-mv", "c.secretary", kind="acting", is_main=False)
    answer = await give(house, target, body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["acting"] is True
    committee = world.unit("dang-uy.ta-lung-mv")
    sits = select(Membership).where(col(Membership.unit_id) == committee, col(Membership.cadre_id) == target)
    assert house.scalars(sits) == []


async def test_a_seat_managed_above_or_outside_is_refused(shared_house: House) -> None:
    own = people(holder("phong-noi-vu.meo-vac", "d.specialist"))
    above = seat("hdnd.meo-vac", "d.council_chair", is_main=False, kind="concurrent")
    outside = seat("phong-noi-vu.dong-van", "d.specialist")
    for body in (above, outside):
        answer = await give(shared_house, own, body, "btc.meovac")
        assert is_problem(answer, 403), answer.text
    managed = people(holder("huyen-uy.meo-vac", "d.secretary"))
    answer = await give(shared_house, managed, seat("phong-noi-vu.meo-vac", "d.specialist"), "btc.meovac")
    assert is_problem(answer, 403), answer.text
    stranger = await give(
        shared_house, people("moved"), seat("phong-noi-vu.meo-vac", "d.specialist"), "btc.meovac"
    )
    assert is_problem(stranger, 404), stranger.text


# --- decided for later -------------------------------------------------------------------------------


async def test_a_seat_decided_for_later_moves_the_file_on_its_day(house: House) -> None:
    target = people("canbo")
    answer = await give(house, target, seat("so-y-te", "dept.specialist", "2022-02-15"))
    assert answer.status_code == 201, answer.text
    assert file_of(house, target)[0] == world.unit("so-noi-vu")
    caller = await house.caller("btc.tinh")
    path = f"{CADRES}/{target}"
    now = (await caller.get(path)).json()
    later = (await caller.get(path, params={"as_of": "2022-02-15"})).json()
    assert (now["unit"]["name"], later["unit"]["name"]) == ("Sở Nội vụ", "Sở Y tế")
    listed = (await caller.get(f"{path}/assignments")).json()["items"]
    assert listed[0]["valid_from"] == "2022-02-15"
    as_of_today = (await caller.get(f"{path}/assignments", params={"as_of": TODAY.isoformat()})).json()[
        "items"
    ]
    assert len(as_of_today) == len(listed) - 1
    for day, moved, unit in (
        (date(2022, 2, 14), 0, "so-noi-vu"),
        (date(2022, 2, 15), 1, "so-y-te"),
        (date(2022, 2, 15), 0, "so-y-te"),
    ):
        version = house.version(target)
        assert begin_day(house.engine, day) == moved
        assert file_of(house, target)[0] == world.unit(unit)
        assert (house.version(target) != version) == bool(moved)
    assert begin_day(house.engine, date(2022, 3, 1)) == 1
    assert file_of(house, people("future"))[0] == world.unit("so-noi-vu")


# --- ending ------------------------------------------------------------------------------------------


async def test_an_end_says_when_and_why(house: House) -> None:
    target = people("canbo")
    held = spans(house, target)[-1]
    for body, places in (
        ({}, {"/valid_to", "/end_reason"}),
        ({"valid_to": "2021-12-01"}, {"/end_reason"}),
        ({"valid_to": held.valid_from.isoformat(), "end_reason": "relief"}, {"/valid_to"}),
        ({"valid_to": "2021-12-01", "end_reason": "bored"}, {"/end_reason"}),
        ({"valid_to": "2021-12-01", "end_reason": "relief", "kind": "acting"}, {"/kind"}),
        ({"valid_to": "2021-12-01", "end_reason": "relief", "seat_no": 3}, {"/seat_no"}),
    ):
        answer = await mend(house, target, held.assignment_id, body)
        assert is_problem(answer, 422), (body, answer.text)
        assert places <= set(pointers(answer))
    body = {"valid_to": "2021-12-01", "end_reason": "retirement", "end_decision_number": "9/QĐ"}
    answer = await mend(house, target, held.assignment_id, body)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["valid_to"], answer.json()["end_reason"]) == ("2021-12-01", "retirement")
    # Who holds no seat any more stays with the body of the last one: nobody below it gets to write the file.
    assert file_of(house, target)[:2] == (world.unit("so-noi-vu"), "unit_head")
    again = await mend(house, target, held.assignment_id, body)
    assert is_problem(again, 409), again.text


async def test_a_seat_of_somebody_else_is_not_there(shared_house: House) -> None:
    other = spans(shared_house, people("corrected"))[-1].assignment_id
    answer = await mend(
        shared_house, people("canbo"), other, {"valid_to": "2021-12-01", "end_reason": "relief"}
    )
    assert is_problem(answer, 404), answer.text


# --- correcting --------------------------------------------------------------------------------------


async def test_a_correction_keeps_what_was_known(house: House) -> None:
    target = people("canbo")
    held = spans(house, target)[-1]
    body = {"corrects": True, "reason": "Ghi sai ngày", "valid_from": "2016-05-04"}
    refused = await mend(house, target, held.assignment_id, body | {"reason": None})
    assert pointers(refused) == ["/reason"]
    decision = seat("so-noi-vu", "dept.specialist", "2016-05-04")["decision"] | {"signed_on": "2016-05-01"}
    answer = await mend(house, target, held.assignment_id, body | {"decision": decision})
    assert answer.status_code == 200, answer.text
    assert answer.json()["valid_from"] == "2016-05-04"
    caller = await house.caller("btc.tinh")
    path = f"{CADRES}/{target}/assignments"
    told = (await caller.get(path, params={"known_at": TODAY.isoformat()})).json()["items"]
    assert told[-1]["valid_from"] == held.valid_from.isoformat()
    everything = (await caller.get(path, params={"superseded": "true"})).json()["items"]
    assert [row["superseded_at"] is None for row in everything].count(False) == 1


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"valid_to": "2010-01-01", "end_reason": "relief"}, "/valid_to"),
        ({"valid_to": "2021-12-01"}, "/end_reason"),
        ({"valid_from": "1950-01-01"}, "/valid_from"),
        ({"term_ends_on": "2010-01-02"}, "/term_ends_on"),
        ({"seat_no": 99}, "/seat_no"),
        (
            {"valid_from": "2019-01-01", "decision": seat("so-noi-vu", "dept.specialist")["decision"]},
            "/decision/effective_on",
        ),
        (
            {"decision": seat("so-noi-vu", "dept.specialist", "2021-12-01")["decision"]},
            "/decision/effective_on",
        ),
    ],
)
async def test_each_fault_of_a_correction_names_its_place(
    shared_house: House, changed: dict[str, Any], place: str
) -> None:
    held = spans(shared_house, people("canbo"))[-1]
    body = {"corrects": True, "reason": "Ghi sai"} | changed
    answer = await mend(shared_house, people("canbo"), held.assignment_id, body)
    assert is_problem(answer, 422), answer.text
    assert place in pointers(answer)


@pytest.mark.parametrize("day", ["2021-04-01", "2021-08-01"])
async def test_the_seat_before_follows_a_corrected_start(house: House, day: str) -> None:
    """Earlier and later: the previous main seat ends where the corrected one begins."""
    target = people("moved")
    first, second = spans(house, target)
    decision = {"number": "5-QĐ", "signed_on": "2021-03-01", "effective_on": day, "issuer": "Ban Thường vụ"}
    body = {"corrects": True, "reason": "Ghi sai ngày", "decision": decision}
    answer = await mend(house, target, second.assignment_id, body)
    assert answer.status_code == 200, answer.text
    now = spans(house, target)
    assert [(one.assignment_id, one.valid_from, one.valid_to) for one in now] == [
        (first.assignment_id, first.valid_from, date.fromisoformat(day)),
        (second.assignment_id, date.fromisoformat(day), None),
    ]


async def test_an_end_taken_back_takes_its_reason_back(house: House) -> None:
    target = people("retired")
    held = spans(house, target)[-1]
    body = {"corrects": True, "reason": "Chưa nghỉ hưu", "valid_to": None}
    answer = await mend(house, target, held.assignment_id, body)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["valid_to"], answer.json()["end_reason"]) == (None, None)
    assert file_of(house, target)[1] == "unit_head"


# --- committees --------------------------------------------------------------------------------------


async def test_a_secretary_joins_the_committee_and_leaves_it_with_the_seat(house: House) -> None:
    target = people(holder("phong-noi-vu.meo-vac", "d.specialist"))
    committee = world.unit("dang-uy.ta-lung-mv")
    answer = await give(
        house, target, seat("dang-uy.ta-lung-mv", "c.secretary", "2021-11-01", kind="designation") | late()
    )
    assert answer.status_code == 201, answer.text
    sits = select(Membership).where(col(Membership.unit_id) == committee, col(Membership.cadre_id) == target)
    member = house.scalars(sits)[0]
    assert (member.rank, member.entry, member.valid_from, member.valid_to) == (
        "secretary",
        "designated",
        date(2021, 11, 1),
        None,
    )
    moved = {"corrects": True, "reason": "Sai ngày", "valid_from": "2021-11-05"}
    assert (await mend(house, target, UUID(answer.json()["id"]), moved)).status_code == 200
    assert house.scalars(sits)[0].valid_from == date(2021, 11, 5)
    back = await give(house, target, seat("phong-noi-vu.meo-vac", "d.specialist"))
    assert back.status_code == 201, back.text
    member = house.scalars(sits)[0]
    assert (member.valid_from, member.valid_to) == (date(2021, 11, 5), date(2021, 12, 20))
    seats = [one for one in spans(house, target) if one.unit_id == committee]
    assert [(one.valid_from, one.valid_to) for one in seats] == [(member.valid_from, member.valid_to)]


def late() -> dict[str, Any]:
    """A decision of the autumn."""
    decision = {
        "number": "8-QĐ",
        "signed_on": "2021-10-20",
        "effective_on": "2021-11-01",
        "issuer": "Huyện ủy",
    }
    return {"decision": decision}


# --- two at once -------------------------------------------------------------------------------------


@pytest.mark.parametrize("numbered", [True, False])
async def test_two_requests_for_one_seat_fill_it_once(house: House, numbered: bool) -> None:  # noqa: FBT001
    """The last free seat of a post, asked for by two callers in two threads."""
    post_id = world.post("so-xay-dung", "dept.director")
    for quota in house.scalars(select(PostQuota).where(col(PostQuota.post_id) == post_id)):
        quota.quota = 2
        house.write(quota)
    token = (await house.sign_in(await house.caller(None), "btc.tinh"))["access_token"]
    targets = [people("canbo"), people("corrected")]
    body = seat("so-xay-dung", "dept.director", is_main=False, kind="concurrent") | (
        {"seat_no": 2} if numbered else {}
    )
    answers: list[httpx.Response] = []
    start = threading.Barrier(len(targets))

    def ask(target: UUID) -> None:
        async def post() -> None:
            transport = httpx.ASGITransport(house.app)
            headers = {"Authorization": f"Bearer {token}"}
            async with httpx.AsyncClient(
                transport=transport, base_url="http://test", headers=headers
            ) as client:
                start.wait()
                answers.append(await client.post(f"{CADRES}/{target}/assignments", json=body))

        anyio.run(post)

    threads = [threading.Thread(target=ask, args=(target,)) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in answers) == [201, 409], [one.text for one in answers]
    held = select(AssignmentSpan).where(col(AssignmentSpan.post_id) == post_id, known(AssignmentSpan))
    assert len([one for one in house.scalars(held) if one.valid_to is None and one.seat_no == 2]) == 1


async def test_a_stale_writer_is_told(shared_house: House) -> None:
    caller = await shared_house.caller("btc.tinh")
    held = spans(shared_house, people("corrected"))[-1]
    path = f"{CADRES}/{people('corrected')}/assignments/{held.assignment_id}"
    body = {"valid_to": "2021-12-01", "end_reason": "relief"}
    answer = await caller.patch(path, json=body, headers={"If-Match": '"77"'})
    assert is_problem(answer, 412), answer.text
    assert spans(shared_house, people("corrected"))[-1].valid_to is None
