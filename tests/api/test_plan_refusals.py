"""What a step must bring: a version, a decision that holds, nothing invented; else nothing changes."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from tests import world
from tests.api.conftest import House
from tests.api.dossier import Dossier, account, decision, on_day, rows
from tests.api.planning import minutes, staff_of, women_of
from tests.api.walk import is_problem, pointers
from tests.conftest import TODAY
from tests.world.units import PLACES

TOMORROW = (TODAY + timedelta(days=1)).isoformat()
YESTERDAY = (TODAY - timedelta(days=1)).isoformat()


async def submitted(
    house: House,
    place: str = "niem-son",
    authority: str = "huyen-uy.meo-vac",
    **sent: Any,  # noqa: ANN401 - JSON
) -> Dossier:
    """A plan that waits for its approval."""
    plan = await Dossier.opened(house, place, authority, **sent)
    await plan.add(women_of("niem-son")[0], {"niem-son": "c.secretary", "meo-vac": "d.board_head"}[place])
    await plan.meet()
    await plan.walk("submit")
    return plan


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no decision": ({}, "/decision"),
    "null decision": ({"decision": None}, "/decision"),
    "no number": ({"decision": {"signed_on": YESTERDAY, "effective_on": YESTERDAY}}, "/decision/number"),
    "empty number": ({"decision": decision(number="")}, "/decision/number"),
    "blank number": ({"decision": decision(number=" \t\u00a0 ")}, "/decision/number"),
    "number of signs": ({"decision": decision(number="-/.")}, "/decision/number"),
    "invisible number": ({"decision": decision(number="\u200b\u2060")}, "/decision/number"),
    "long number": ({"decision": decision(number="1" * 121)}, "/decision/number"),
    "no signing": ({"decision": {"number": "1", "effective_on": TODAY.isoformat()}}, "/decision/signed_on"),
    "signed in the future": (
        {"decision": decision(signed_on=TOMORROW, effective_on=TOMORROW)},
        "/decision/signed_on",
    ),
    "effect before signing": ({"decision": decision(effective_on=YESTERDAY)}, "/decision/effective_on"),
    "a day that isn't": ({"decision": decision(signed_on="2021-02-30")}, "/decision/signed_on"),
    "an unknown field": ({"decision": decision(khong_co=1)}, "/decision/khong_co"),
    "an invented waiver": ({"decision": decision(), "waiver_ids": [str(uuid4())]}, "/waiver_ids/0"),
    "a waiver that is none": ({"decision": decision(), "waiver_ids": ["x"]}, "/waiver_ids/0"),
    "a field beside": ({"decision": decision(), "state": "approved"}, "/state"),
}


async def test_an_approval_brings_a_decision_that_holds(house: House) -> None:
    plan = await submitted(house)
    for name, (sent, pointer) in WRONG.items():
        before, request = rows(house), uuid4().hex
        answer = await plan.ask(
            "btv.meovac", "POST", "/transitions", {"action": "approve"} | sent, X_Request_Id=request
        )
        assert is_problem(answer, 422), (name, answer.text)
        assert pointers(answer) == [pointer], name
        assert rows(house) == before, name
        await plan.audited(request, answer.json()["detail"])
    await plan.walk("approve")


async def test_a_step_brings_the_right_version(house: House) -> None:
    plan = await submitted(house)
    body = {"action": "approve", "decision": decision()}
    version = plan.row.version
    for given, status in (
        (None, 428),
        (f'"{version - 1}"', 412),
        (f'"{version + 1}"', 412),
        ('"0"', 412),
        ("*", 422),
        ("x", 422),
    ):
        before, request = rows(house), uuid4().hex
        answer = await plan.ask(
            "btv.meovac", "POST", "/transitions", body, If_Match=given, X_Request_Id=request
        )
        assert is_problem(answer, status), (given, answer.text)
        assert rows(house) == before
        await plan.audited(request, answer.json()["detail"])
    done = await plan.ask("btv.meovac", "POST", "/transitions", body, If_Match=f'"{version}"')
    assert done.status_code == 200, done.text
    again = await plan.ask("btv.meovac", "POST", "/transitions", body, If_Match=f'"{version}"')
    assert is_problem(again, 412)


async def test_entries_too_need_the_version(house: House) -> None:
    plan = await Dossier.opened(house)
    entry = await plan.add(women_of("niem-son")[0], "c.secretary")
    old = plan.version
    await plan.add(staff_of("niem-son")[-1], "c.deputy")
    for method, body in (("PATCH", {"note": "x"}), ("DELETE", None)):
        for given, status in ((None, 428), (old, 412)):
            before, request = rows(house), uuid4().hex
            answer = await plan.ask(
                "btc.meovac", method, f"/entries/{entry}", body, If_Match=given, X_Request_Id=request
            )
            assert is_problem(answer, status), answer.text
            assert rows(house) == before
            await plan.audited(request, answer.json()["detail"])


@pytest.mark.parametrize("action", ["return", "close"])
async def test_who_sends_back_or_closes_says_why(house: House, action: str) -> None:
    plan = await submitted(house)
    if action == "close":
        await plan.walk("approve")
    user = "btv.meovac" if action == "return" else "btc.meovac"
    for note in (None, "", "   "):
        body = {"action": action} | ({} if note is None else {"note": note})
        before = rows(house)
        answer = await plan.ask(user, "POST", "/transitions", body)
        assert is_problem(answer, 422), answer.text
        assert pointers(answer) == ["/note"]
        assert rows(house) == before


async def test_an_action_that_is_none_is_told_so(house: House) -> None:
    plan = await submitted(house)
    for action in ("", "APPROVE", "delete", "x" * 41, " approve"):
        before = rows(house)
        answer = await plan.ask(
            "btv.meovac", "POST", "/transitions", {"action": action, "decision": decision()}
        )
        assert is_problem(answer, 422), answer.text
        assert pointers(answer) == ["/action"]
        assert rows(house) == before


async def test_only_an_approval_takes_a_decision(house: House) -> None:
    plan = await submitted(house)
    before = rows(house)
    answer = await plan.ask(
        "btv.meovac", "POST", "/transitions", {"action": "return", "note": "x", "decision": decision()}
    )
    assert is_problem(answer, 422)
    assert pointers(answer) == ["/decision"]
    assert rows(house) == before


# --- numbers are unique for a body and a year --------------------------------------------------------


async def test_a_number_is_used_once_a_year_by_one_body(house: House) -> None:
    """Whatever its case, its blanks, its dashes: it is the same paper."""
    first = await submitted(house)
    assert (await first.step("approve", decision=decision(number="12-QĐ/HU"))).status_code == 200
    second = await submitted(house, period="2020-2025")
    for number in ("12-QĐ/HU", "12-qđ/hu", " 12 - QĐ / HU ", "12–QĐ/HU", "12\u200b-QĐ/HU", "12-QĐ/HU"):
        told = await second.refused("approve", "btv.meovac", 409, decision=decision(number=number))
        assert "findings" not in told
    assert (await second.step("approve", decision=decision(number="112-QĐ/HU"))).status_code == 200


async def test_another_body_or_another_year_may_use_it(house: House) -> None:
    first = await submitted(house)
    assert (await first.step("approve", decision=decision(number="12-QĐ"))).status_code == 200
    other = await Dossier.opened(house, "niem-son", "dang-uy.niem-son")
    await other.add(staff_of("niem-son")[0], "c.vice_chair")
    await other.meet()
    await other.walk("submit")
    assert (await other.step("approve", decision=decision(number="12-QĐ"))).status_code == 200
    later = await submitted(house, period="2020-2025")
    on_day(house, TODAY.replace(year=2022, month=1, day=3))
    this_year = decision(number="12-QĐ", signed_on="2022-01-02", effective_on="2022-01-02")
    assert (await later.step("approve", decision=this_year)).status_code == 200


async def test_a_number_on_a_dossier_out_of_sight_is_taken_too(house: House) -> None:
    """Who sees one commune alone is told that the number is taken, and not where."""
    first = await submitted(house, "meo-vac", "huyen-uy.meo-vac")
    assert (await first.step("approve", decision=decision(number="9-QĐ/HU"))).status_code == 200
    account(house, "narrow", ("approver", "niem-son"), ("approver", "huyen-uy.meo-vac"))
    second = await submitted(house)
    told = await second.refused("approve", "narrow", 409, decision=decision(number="9-qđ/hu"))
    assert first.id not in str(told)
    assert PLACES["meo-vac"].name not in str(told)


# --- entries and minutes -----------------------------------------------------------------------------


async def test_what_can_not_be_planned_is_refused(house: House) -> None:
    plan = await Dossier.opened(house)
    woman = women_of("niem-son")[0]
    await plan.add(woman, "c.secretary")
    holder = next(
        person.id
        for person in world.crowd(TODAY).people.values()
        if any(
            (held.unit, held.sort) == ("dang-uy.niem-son", "c.secretary") for held in person.open_on(TODAY)
        )
    )
    details = {}
    tries: dict[str, tuple[object, str, int, list[str]]] = {
        "twice": (woman, "c.secretary", 409, []),
        "another body's title": (woman, "c.vice_chair", 422, ["/title_id"]),
        "no leading title": (woman, "c.officer", 422, ["/title_id"]),
        "a title of elsewhere": (woman, "d.secretary", 422, ["/title_id"]),
        "out of sight": (women_of("lung-cu")[0], "c.secretary", 422, ["/cadre_id"]),
        "nobody": (uuid4(), "c.secretary", 422, ["/cadre_id"]),
        "who holds it": (holder, "c.secretary", 422, ["/cadre_id"]),
    }
    for name, (cadre_id, title, status, wanted) in tries.items():
        before, request = rows(house), uuid4().hex
        body = {"cadre_id": str(cadre_id), "title_id": str(world.title(title))}
        answer = await plan.ask("btc.meovac", "POST", "/entries", body, X_Request_Id=request)
        assert is_problem(answer, status), (name, answer.text)
        assert pointers(answer) == wanted, name
        assert rows(house) == before, name
        details[name] = answer.json()["detail"]
        await plan.audited(request, details[name])
    assert details["out of sight"] == details["nobody"]


async def test_a_centrally_managed_person_or_title_is_not_planned_here(house: House) -> None:
    plan = await Dossier.opened(house, "tinh", "tinh-uy", maker="btc.tinh")
    for cadre, title, pointer in (
        (world.person("stub.chair"), "p.vice_chair", "/cadre_id"),
        (world.person("canbo"), "p.secretary", "/title_id"),
    ):
        body = {"cadre_id": str(cadre), "title_id": str(world.title(title))}
        answer = await plan.ask("btc.tinh", "POST", "/entries", body)
        assert is_problem(answer, 422), answer.text
        assert pointers(answer) == [pointer]


BAD_MINUTES: dict[str, tuple[dict[str, Any], list[str]]] = {
    "tomorrow": ({"held_on": TOMORROW}, ["/held_on"]),
    "more than summoned": ({"present": 13}, ["/present"]),
    "more ballots than present": ({"ballots_issued": 11}, ["/ballots_issued"]),
    "more back than out": ({"ballots_issued": 8}, ["/ballots_returned"]),
    "more valid than back": ({"ballots_returned": 9}, ["/ballots_valid"]),
    "nobody summoned": ({"summoned": 0}, ["/summoned"]),
    "a negative number": ({"present": -1}, ["/present"]),
    "no such meeting": ({"step": "leadership_3"}, ["/step"]),
    "a document too long": ({"document": "x" * 121}, ["/document"]),
}


async def test_minutes_that_can_not_be_are_refused(house: House) -> None:
    plan = await Dossier.opened(house)
    entry = await plan.add(women_of("niem-son")[0], "c.secretary")
    votes = {
        "more votes than valid": ({entry: 11}, ["/in_favour/0/votes"]),
        "a stranger": ({str(uuid4()): 5}, ["/in_favour/0/entry_id"]),
    }
    tries = [
        (name, minutes("leadership_2") | changed, wanted) for name, (changed, wanted) in BAD_MINUTES.items()
    ]
    tries += [(name, minutes("leadership_2", given), wanted) for name, (given, wanted) in votes.items()]  # type: ignore[arg-type]
    twice = minutes("leadership_2", {entry: 5})
    twice["in_favour"] *= 2
    tries.append(("twice", twice, ["/in_favour/1/entry_id"]))
    uncounted = minutes("leadership_2", {entry: 5})
    del uncounted["ballots_valid"]
    tries.append(("votes without ballots", uncounted, ["/ballots_valid"]))
    for name, body, wanted in tries:
        before = rows(house)
        answer = await plan.ask("btc.meovac", "POST", "/meetings", body)
        assert is_problem(answer, 422), (name, answer.text)
        assert pointers(answer) == wanted, name
        assert rows(house) == before, name
