"""Yearly grades over the API: recorded, judged, confirmed by another hand, seen by whom they are for."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.models.audit import AuditEvent
from app.models.cadre import Cadre, LegalCategory
from app.models.evaluation import Evaluation
from tests import world
from tests.api.conftest import API, House, holder, people
from tests.api.dossier import account, on_day
from tests.api.evaluating import EVALUATIONS, confirm, recorded, result, somebody
from tests.api.planning import staff_of
from tests.api.walk import is_problem, pointers
from tests.conftest import TODAY

CAP = "evaluation.excellent_cap"


async def read(house: House, path: str = "", user: str = "btc.tinh", **query: Any) -> Any:  # noqa: ANN401 - JSON
    """An answer of `/evaluations` that has to be given."""
    answer = await (await house.caller(user)).get(f"{EVALUATIONS}{path}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def caps(house: House, unit: str, year: int, user: str = "btc.tinh") -> list[dict[str, Any]]:
    """What the law says of the grades of a unit and year."""
    found: list[dict[str, Any]] = (
        await read(house, "/findings", user, unit_id=str(world.unit(unit)), year=year)
    )["items"]
    return found


def part(finding: dict[str, Any], place: int = 0) -> tuple[int, int, int]:
    """Good, excellent, and how many may be: of one denominator of a finding."""
    told = finding["measured"]["parts"][place]
    return told["good"], told["excellent"], told["excellent_at_most"]


# --- recording ---------------------------------------------------------------------------------------


async def test_a_result_is_recorded_with_its_norm_and_waits(house: House) -> None:
    caller = await house.caller("btc.meovac")
    body = result(somebody(), 2019, grade="excellent", party_grade="good", peers="staff")
    answer = await caller.post(EVALUATIONS, json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert answer.headers["location"] == f"{EVALUATIONS}/{made['id']}"
    assert answer.headers["etag"] == house.version(somebody())
    assert (made["state"], made["recorded_by"], made["confirmed"]) == ("recorded", "btc.meovac", None)
    assert made["unit"]["id"] == str(world.unit("meo-vac"))
    assert made["norm"] == {
        "on": "2019-12-10",
        "state": None,
        "party": "Quy định 132-QĐ/TW ngày 2018-03-08",
    }
    state, party = made["findings"]
    assert (state["rule"], state["effect"], state["required"]) == (CAP, "warns", {"reason": "not_in_force"})
    assert (party["outcome"], party["as_of"], part(party)) == ("met", "2019-12-10", (1, 0, 0))
    told = house.scalars(select(AuditEvent).where(col(AuditEvent.action) == "evaluation.record"))
    assert [(one.actor, one.object_id) for one in told] == [("btc.meovac", str(somebody()))]
    rows = (await caller.get(f"{API}/cadres/{somebody()}/evaluations")).json()["items"]
    mine = next(row for row in rows if row["id"] == made["id"])
    assert (mine["state"], mine["peers"], mine["confirmed_on"]) == ("recorded", "staff", None)
    assert not {"hands", "recorded_by", "confirmed_findings"} & mine.keys()


@pytest.mark.parametrize(
    ("changed", "status", "place"),
    [
        ({"decided_on": "2018-12-31"}, 422, "/decided_on"),
        ({"decided_on": "2022-01-01"}, 422, "/decided_on"),
        ({"unit_id": str(UUID(int=7))}, 422, "/unit_id"),
        ({"cadre_id": str(people("officer.lungcu"))}, 422, "/cadre_id"),
        ({"grade": "best"}, 422, "/grade"),
        ({"year": 1900}, 422, "/year"),
        ({"decision_number": " "}, 422, "/decision_number"),
        ({"graded_by": ""}, 422, "/graded_by"),
        ({"unit_id": str(world.unit("dong-van"))}, 403, None),
        ({"year": 2021, "decided_on": "2021-12-20"}, 409, None),
    ],
)
async def test_what_can_not_be_is_refused_in_its_place(
    shared_house: House, changed: dict[str, Any], status: int, place: str | None
) -> None:
    answer = await (await shared_house.caller("btc.meovac")).post(
        EVALUATIONS, json=result(somebody(), 2019) | changed
    )
    assert is_problem(answer, status), answer.text
    if place is not None:
        assert pointers(answer) == [place]


async def test_one_request_sent_twice_is_one_result(house: House) -> None:
    caller = await house.caller("btc.meovac")
    key = {"Idempotency-Key": "xep-loai-2019"}
    first, again = [await caller.post(EVALUATIONS, json=result(somebody()), headers=key) for _ in range(2)]
    assert (first.status_code, first.content) == (201, again.content)
    rows = select(Evaluation.id).where(col(Evaluation.cadre_id) == somebody(), col(Evaluation.year) == 2019)
    assert len(house.scalars(rows)) == 1
    other = await caller.post(EVALUATIONS, json=result(somebody(), grade="completed"), headers=key)
    assert is_problem(other, 422), other.text


async def test_nobody_grades_himself_or_his_family(house: House) -> None:
    account(house, "official", ("org_officer", "tinh"), cadre=people("spouse-of-btc.dongvan"))
    for slug in ("spouse-of-btc.dongvan", "btc.dongvan"):
        answer = await (await house.caller("official")).post(EVALUATIONS, json=result(people(slug)))
        assert is_problem(answer, 403), answer.text
    made = await recorded(house, people("spouse-of-btc.dongvan"))
    account(house, "spouse", ("approver", "tinh"), cadre=people("btc.dongvan"))
    refused = await confirm(house, made, "spouse")
    assert is_problem(refused, 403), refused.text
    assert "vợ, chồng" in refused.json()["detail"]


# --- confirming --------------------------------------------------------------------------------------


async def test_another_hand_confirms_and_what_the_law_said_is_kept(house: House) -> None:
    made = await recorded(house, somebody(), "btc.meovac", year=2019, party_grade="excellent")
    offered = (await read(house, f"/{made['id']}/transitions", "btv.meovac"))["items"]
    assert [(row["action"], row["to"], row["allowed"], row["due"]) for row in offered] == [
        ("confirm", "confirmed", True, True)
    ]
    answer = await confirm(house, made, "btv.meovac")
    assert answer.status_code == 200, answer.text
    done = answer.json()
    assert (done["state"], done["confirmed_by"], done["confirmed_on"]) == (
        "confirmed",
        "btv.meovac",
        TODAY.isoformat(),
    )
    kept = done["confirmed"]["findings"]
    assert [(one["measured"].get("side"), one["outcome"]) for one in kept] == [
        (None, "not_applicable"),
        ("party", "unmet"),
    ]
    assert len(done["confirmed"]["parameter_digest"]) == 64
    again = await confirm(house, made, "btv.tinh")
    assert is_problem(again, 409), again.text
    offered = (await read(house, f"/{made['id']}/transitions", "btv.tinh"))["items"]
    assert (offered[0]["allowed"], offered[0]["due"]) == (False, False)
    assert offered[0]["why_not"] == again.json()["detail"]


@pytest.mark.parametrize("way", ["recorded", "mended", "recorded_before"])
async def test_whose_hand_is_in_it_does_not_confirm_it(house: House, way: str) -> None:
    account(house, "both", ("org_officer", "meo-vac"), ("approver", "meo-vac"))
    made = await recorded(house, somebody(), "btc.meovac" if way == "mended" else "both", year=2019)
    if way != "recorded":
        hand = await house.caller("both" if way == "mended" else "btc.meovac")
        changed = await hand.patch(
            f"{API}/cadres/{somebody()}/evaluations/{made['id']}",
            json={"grade": "completed"},
            headers={"If-Match": house.version(somebody())},
        )
        assert changed.status_code == 200, changed.text
    offered = (await read(house, f"/{made['id']}/transitions", "both"))["items"][0]
    refused = await confirm(house, made, "both")
    assert is_problem(refused, 403), refused.text
    assert refused.json()["detail"] == offered["why_not"]
    assert "không được tự xác nhận" in offered["why_not"]
    assert (await confirm(house, made, "btv.meovac")).status_code == 200


async def test_a_second_account_of_the_same_person_is_no_other_hand(house: House) -> None:
    person = people("btc")
    account(house, "clerk", ("org_officer", "meo-vac"), cadre=person)
    account(house, "chief", ("approver", "meo-vac"), cadre=person)
    made = await recorded(house, somebody(), "clerk", year=2019)
    refused = await confirm(house, made, "chief")
    assert is_problem(refused, 403), refused.text
    assert (await confirm(house, made, "btv.meovac")).status_code == 200


async def test_a_changed_result_waits_again(house: House) -> None:
    made = await recorded(house, somebody(), "btc.meovac", year=2019)
    assert (await confirm(house, made, "btv.meovac")).status_code == 200
    changed = await (await house.caller("btc.meovac")).patch(
        f"{API}/cadres/{somebody()}/evaluations/{made['id']}",
        json={"grade": "excellent"},
        headers={"If-Match": house.version(somebody())},
    )
    assert (changed.json()["state"], changed.json()["confirmed_on"]) == ("recorded", None)
    found = await read(house, f"/{made['id']}")
    assert (found["confirmed"], found["confirmed_by"]) == (None, None)


async def test_a_confirmation_names_the_version_it_was_read_at(house: House) -> None:
    made = await recorded(house, somebody(), "btc.meovac", year=2019)
    path, body = f"{EVALUATIONS}/{made['id']}/transitions", {"action": "confirm"}
    caller = await house.caller("btv.meovac")
    assert is_problem(await caller.post(path, json=body), 428)
    version = house.version(somebody())
    phone = {"phone": "0912345678"}
    await (await house.caller("btc.meovac")).patch(
        f"{API}/cadres/{somebody()}", json=phone, headers={"If-Match": version}
    )
    assert is_problem(await caller.post(path, json=body, headers={"If-Match": version}), 412)
    now = {"If-Match": house.version(somebody())}
    for wrong, place in (
        ({"action": "publish"}, "/action"),
        ({"action": "confirm", "waiver_ids": [str(UUID(int=7))]}, "/waiver_ids"),
        (
            {
                "action": "confirm",
                "decision": {"number": "1", "signed_on": "2021-12-01", "effective_on": "2021-12-01"},
            },
            "/decision",
        ),
    ):
        answer = await caller.post(path, json=wrong, headers=now)
        assert is_problem(answer, 422), answer.text
        assert pointers(answer) == [place]
    assert (await caller.post(path, json=body, headers=now)).status_code == 200


async def test_what_was_refused_stands_in_the_log(house: House) -> None:
    made = await recorded(house, somebody(), "btc.meovac", year=2019)
    account(house, "both", ("org_officer", "meo-vac"), ("approver", "meo-vac"))
    other = await recorded(house, somebody(), "both", year=2018)
    for number, (user, row) in enumerate((("btc.meovac", made), ("both", other), ("ubkt.tinh", made))):
        answer = await confirm(house, row, user, **{"X-Request-Id": f"refused-try-{number}"})
        assert is_problem(answer, 403), answer.text
        told = house.scalars(select(AuditEvent).where(col(AuditEvent.request_id) == f"refused-try-{number}"))
        assert [(one.outcome, one.actor) for one in told] == [("refused", user)]
    states = house.scalars(
        select(Evaluation.state).where(col(Evaluation.id).in_([UUID(made["id"]), UUID(other["id"])]))
    )
    assert states == ["recorded", "recorded"]


# --- who sees what -----------------------------------------------------------------------------------


async def test_a_neighbour_finds_nothing(house: House) -> None:
    made = await recorded(house, somebody(), "btc.meovac", year=2019)
    caller = await house.caller("btc.dongvan")
    for path in (f"/{made['id']}", f"/{made['id']}/transitions"):
        assert is_problem(await caller.get(f"{EVALUATIONS}{path}"), 404)
    of_unit = {"unit_id": str(world.unit("meo-vac")), "year": "2021"}
    assert is_problem(await caller.get(f"{EVALUATIONS}/findings", params=of_unit), 404)
    assert (await read(house, user="btc.dongvan", cadre_id=str(somebody())))["items"] == []
    # Whose file came over since is seen with what the neighbour gave him, and nobody else.
    there = (await read(house, user="btc.dongvan", unit_id=of_unit["unit_id"]))["items"]
    assert {row["cadre"]["id"] for row in there} <= {str(people("moved"))}
    assert is_problem(await confirm(house, made, "btv.dongvan"), 404)


async def test_who_came_over_keeps_the_unit_that_graded_him(house: House) -> None:
    caller = await house.caller("btc.dongvan")
    rows = (await read(house, user="btc.dongvan", cadre_id=str(people("moved"))))["items"]
    old = next(row for row in rows if row["unit"]["id"] == str(world.unit("meo-vac")))
    path = f"{API}/cadres/{people('moved')}/evaluations/{old['id']}"

    async def patched(**changed: str) -> int:
        version = {"If-Match": house.version(people("moved"))}
        return (await caller.patch(path, json=changed, headers=version)).status_code

    assert await patched(graded_by="Ủy ban nhân dân huyện") == 200
    assert (await read(house, f"/{old['id']}"))["unit"]["id"] == str(world.unit("meo-vac"))
    assert await patched(graded_unit_id=str(world.unit("dong-van"))) == 200
    assert await patched(graded_unit_id=str(world.unit("meo-vac"))) == 403


async def test_who_is_managed_above_is_not_told_of(shared_house: House) -> None:
    """The head of a department reads nothing of his deputy's grades, whatever he filters by."""
    deputy = people(holder("so-noi-vu", "dept.deputy"))
    row = shared_house.scalars(select(Evaluation.id).where(col(Evaluation.cadre_id) == deputy))[0]
    caller = await shared_house.caller("head.sonoivu")
    assert is_problem(await caller.get(f"{EVALUATIONS}/{row}"), 404)
    for query in ({}, {"cadre_id": str(deputy)}, {"year": 2021, "grade": "good"}):
        found = (await read(shared_house, user="head.sonoivu", limit=200, **query))["items"]
        assert str(deputy) not in {one["cadre"]["id"] for one in found}
    refused = await caller.post(EVALUATIONS, json=result(deputy))
    assert is_problem(refused, 403), refused.text


async def test_the_partys_grade_is_for_who_reads_party_data(house: House) -> None:
    made = await recorded(house, people("canbo"), year=2019, party_grade="excellent")
    for user, told, sides in (("btc.tinh", "excellent", 2), ("head.sonoivu", None, 1)):
        found = await read(house, f"/{made['id']}", user)
        assert (found["party_grade"], len(found["findings"])) == (told, sides)
        listed = (await read(house, user=user, cadre_id=made["cadre"]["id"], year=2019))["items"]
        assert [row["party_grade"] for row in listed] == [told]
        assert len(await caps(house, "so-noi-vu", 2019, user)) == sides
    confirmed = await confirm(house, made, "head.sonoivu")
    assert [one["measured"].get("side") for one in confirmed.json()["confirmed"]["findings"]] == [None]
    kept = (await read(house, f"/{made['id']}"))["confirmed"]["findings"]
    assert [one["measured"].get("side") for one in kept] == [None, "party"]
    caller = await house.caller("head.sonoivu")
    body = result(people("canbo"), 2018)
    assert is_problem(await caller.post(EVALUATIONS, json=body | {"party_grade": "good"}), 403)
    assert (await caller.post(EVALUATIONS, json=body)).status_code == 201


async def test_the_list_narrows_by_each_filter_and_pages_hold_together(shared_house: House) -> None:
    below = world.unit("meo-vac")
    whole = (await read(shared_house, limit=200, unit_id=str(below), count="true"))["total"]
    for query, holds in (
        ({"year": 2020}, lambda row: row["year"] == 2020),
        ({"grade": "excellent"}, lambda row: row["grade"] == "excellent"),
        ({"state": "confirmed"}, lambda row: row["state"] == "confirmed" and row["confirmed_by"]),
        ({"year": 2021, "state": "recorded"}, lambda row: (row["year"], row["state"]) == (2021, "recorded")),
    ):
        found = await read(shared_house, limit=200, unit_id=str(below), count="true", **query)
        assert 0 < found["total"] < whole
        assert all(holds(row) for row in found["items"])
    for user in ("btc.tinh", "btc.meovac", "head.sonoivu", "xa.lungcu"):
        page = await read(shared_house, user=user, limit=200, year=2020, count="true")
        more = await read(shared_house, user=user, limit=200, year=2020, sort="-name")
        own = {row["id"] for row in [*page["items"], *more["items"]]}
        assert page["total"] == len(own), user
    commune = (await read(shared_house, limit=200, unit_id=str(world.unit("niem-son"))))["items"]
    assert commune
    assert {row["unit"]["id"] for row in commune} == {str(world.unit("niem-son"))}
    seen: list[str] = []
    caller = await shared_house.caller("btc.tinh")
    here: str | None = f"{EVALUATIONS}?limit=7&unit_id={below}"
    while here is not None:
        page = (await caller.get(here)).json()
        seen += [row["id"] for row in page["items"]]
        here = page["next"]
    assert (len(seen), len(set(seen))) == (whole, whole)


# --- the cap -----------------------------------------------------------------------------------------


async def test_the_cap_warns_from_the_first_one_too_many(house: House) -> None:
    on_day(house, date(2023, 1, 10))
    crew = staff_of("meo-vac")[:8]
    unit = str(world.unit("meo-vac"))
    for person in crew[:5]:
        last = await recorded(house, person, year=2022, unit_id=unit)
        assert part(last["findings"][0])[1] == 0
    first = await recorded(house, crew[5], year=2022, unit_id=unit, grade="excellent")
    assert (first["findings"][0]["outcome"], part(first["findings"][0])) == ("met", (5, 1, 1))
    second = await recorded(house, crew[6], year=2022, unit_id=unit, grade="excellent")
    warned = second["findings"][0]
    assert (warned["outcome"], warned["effect"], warned["clause"]) == ("unmet", "warns", "I.1-L9")
    assert part(warned) == (5, 2, 1)
    assert warned["required"] == {
        "excellent_of_good_at_most_percent": 20,
        "instruments": ["Nghị định 90/2020/NĐ-CP"],
    }
    assert "Huyện Mèo Vạc" in warned["message"]
    # Another group is counted apart: nobody good, so nobody excellent.
    alone = await recorded(house, crew[7], year=2022, unit_id=unit, grade="excellent", peers="leaders")
    assert (alone["findings"][0]["outcome"], part(alone["findings"][0])) == ("unmet", (0, 1, 0))
    found = [one for one in await caps(house, "meo-vac", 2022) if one["measured"]["side"] == "state"]
    assert [part(one) for one in found] == [(5, 2, 1), (0, 1, 0)]
    caller = await house.caller("btc.tinh")
    gone = await caller.post(
        f"{API}/cadres/{crew[6]}/evaluations/{second['id']}/void",
        json={"reason": "Ghi nhầm người"},
        headers={"If-Match": house.version(crew[6])},
    )
    assert gone.status_code == 204, gone.text
    assert part((await caps(house, "meo-vac", 2022))[0]) == (5, 1, 1)
    assert is_problem(await caller.get(f"{EVALUATIONS}/{second['id']}"), 404)


async def test_the_turn_of_2026_is_seen_from_both_sides(house: House) -> None:
    """The same grades of the same people: of 2025 all together, of 2026 civil servants apart."""
    on_day(house, date(2027, 1, 5))
    crew = staff_of("meo-vac")[:11]
    rows = {row.id: row for row in house.scalars(select(Cadre).where(col(Cadre.id).in_(crew)))}
    for place, key in enumerate(crew):
        civil = place < 5
        rows[key].legal_category = LegalCategory.CIVIL_SERVANT if civil else LegalCategory.PUBLIC_EMPLOYEE
    house.write(*rows.values())
    for year, decided in ((2025, "2026-01-09"), (2026, "2026-12-09")):
        for place, key in enumerate(crew):
            last = await recorded(
                house,
                key,
                year=year,
                unit_id=str(world.unit("meo-vac")),
                grade="excellent" if place == 0 else "good",
                decided_on=decided,
            )
        assert last["norm"]["state"] == "Nghị định 90/2020/NĐ-CP, sửa đổi tại Nghị định 48/2023/NĐ-CP"
    before, after = [(await caps(house, "meo-vac", year))[0] for year in (2025, 2026)]
    assert (before["as_of"], before["outcome"], part(before)) == ("2025-12-31", "met", (10, 1, 2))
    assert (after["as_of"], after["outcome"]) == ("2026-12-09", "unmet")
    assert (part(after), part(after, 1)) == ((4, 1, 0), (6, 0, 1))
    assert after["required"]["instruments"] == [
        "Nghị định 335/2025/NĐ-CP",
        "Nghị định 90/2020/NĐ-CP, sửa đổi tại Nghị định 48/2023/NĐ-CP",
    ]
    first = (await read(house, cadre_id=str(crew[0]), year=2026))["items"][0]
    assert first["norm"]["state"] == "Nghị định 335/2025/NĐ-CP"
    assert first["norm"]["party"] == "Quy định 366-QĐ/TW ngày 2025-08-30"
