"""The groups of form 2C over HTTP: both clocks, days, tiers, faults, what is mended and voided."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from app.api.record import ONE_CLOCK, path_of
from app.models.base import utc_now
from app.models.code import CodeItem
from app.models.qualification import QualificationKind, QualificationSpan
from app.services import record
from tests import world
from tests.api.conftest import API, House, holder, people
from tests.api.groups import GROUPS, MENDS
from tests.api.walk import is_problem, pointers
from tests.conftest import TODAY

CADRES = f"{API}/cadres"
CANBO = people("canbo")


async def rows(
    caller: httpx.AsyncClient, group: str, cadre_id: UUID = CANBO, **query: str
) -> list[dict[str, Any]]:
    """The rows of a group."""
    answer = await caller.get(f"{CADRES}/{cadre_id}/{group}", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


# --- what was known when -----------------------------------------------------------------------------

CORRECTED: dict[str, tuple[UUID, str, str, Any, Any]] = {
    # group: whose, the field, a day before the correction was recorded, what was known then, and now
    "qualifications": (CANBO, "level", "2019-12-31", "university", "master"),
    "party-membership": (CANBO, "valid_from", "2019-12-31", "2011-06-01", None),
    "residences": (CANBO, "address", "2019-06-30", "Thôn 2", None),
    "assignments": (people("corrected"), "valid_from", "2019-12-31", "2014-01-01", "2013-09-01"),
}


@pytest.mark.parametrize("group", CORRECTED)
async def test_a_past_day_reads_otherwise_as_it_was_known_then(shared_house: House, group: str) -> None:
    whose, field, known_at, then, now = CORRECTED[group]
    caller = await shared_house.caller("btc.tinh")
    query = {"as_of": "2019-06-30"}
    before = [row[field] for row in await rows(caller, group, whose, **query, known_at=known_at)]
    after = [row[field] for row in await rows(caller, group, whose, **query)]
    assert then in before
    assert then not in after
    assert now is None or now in after
    assert len(before) == len(after)
    assert await rows(caller, group, whose, known_at="2009-12-31", as_of="2019-06-30") == []


async def test_titles_units_and_quotas_keep_both_clocks_too(shared_house: House) -> None:
    caller = await shared_house.caller("btc.tinh")
    title = f"{API}/titles/{world.title('dept.finance')}"
    post = f"{API}/posts/{world.post('so-xay-dung', 'dept.specialist')}"
    for path, field, then in ((title, "sensitive_months", "2019-07-01"), (post, "quota", "2017-04-01")):
        day = {"as_of": then}
        known = (await caller.get(path, params=day | {"known_at": then})).json()[field]
        assert known != (await caller.get(path, params=day)).json()[field], path


async def test_before_records_began_nobody_was_known(shared_house: House) -> None:
    caller = await shared_house.caller("btc.tinh")
    answer = await caller.get(f"{CADRES}/{CANBO}", params={"known_at": "2009-12-31"})
    assert is_problem(answer, 404), answer.text
    listed = await caller.get(CADRES, params={"known_at": "2009-12-31", "count": "true"})
    assert (listed.json()["items"], listed.json()["total"]) == ([], 0)


async def test_a_degree_corrected_today_reads_both_ways(house: House) -> None:
    caller = await house.caller("btc.tinh")
    degree = next(row for row in await rows(caller, "qualifications") if row["kind"] == "education")
    before = utc_now()
    body = {"corrects": True, "reason": "Đối chiếu bằng gốc", "level": "college", "institution": "Học viện"}
    path = f"{CADRES}/{CANBO}/qualifications/{degree['id']}"
    changed = await caller.patch(path, json=body, headers={"If-Match": house.version(CANBO)})
    assert changed.status_code == 200, changed.text
    after = utc_now()

    async def level(**query: str) -> str:
        found = await rows(caller, "qualifications", CANBO, **query)
        return str(next(row["level"] for row in found if row["id"] == degree["id"]))

    assert await level() == "college"
    assert await level(known_at=after.isoformat()) == "college"
    assert await level(known_at=before.isoformat()) == "master"
    assert (
        await level(known_at="2020-06-30") == "university"
    )  # as it was first entered, and set right in 2021
    assert await level(as_of="2019-06-30") == "college"
    assert await level(as_of="2019-06-30", known_at=before.isoformat()) == "master"
    single = await caller.get(f"{CADRES}/{CANBO}", params={"known_at": before.isoformat()})
    groups = single.json()["groups"]["qualifications"]
    assert next(row["level"] for row in groups if row["id"] == degree["id"]) == "master"
    assert "etag" not in single.headers


async def test_rows_show_what_had_begun_and_stood_in_the_record(house: House) -> None:
    caller = await house.caller("btc.tinh")
    rewards = await rows(caller, "rewards")
    assert len(rewards) == 1
    assert await rows(caller, "rewards", as_of="2020-05-31") == []
    assert await rows(caller, "rewards", as_of="2020-06-01") == rewards
    assert await rows(caller, "rewards", known_at="2020-05-31") == []
    path = f"{CADRES}/{CANBO}/rewards/{rewards[0]['id']}/void"
    before = utc_now()
    voided = await caller.post(
        path, json={"reason": "Nhập trùng"}, headers={"If-Match": house.version(CANBO)}
    )
    assert voided.status_code == 204, voided.text
    assert voided.content == b""
    assert await rows(caller, "rewards") == []
    assert await rows(caller, "rewards", known_at=before.isoformat()) == rewards
    again = await caller.post(path, json={"reason": "Nhập trùng"}, headers={"If-Match": house.version(CANBO)})
    assert is_problem(again, 404), again.text


# --- each group --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ONE_CLOCK)
async def test_a_row_is_added_mended_and_voided(house: House, name: str) -> None:
    group = path_of(name)
    caller = await house.caller("btc.tinh")
    path = f"{CADRES}/{CANBO}/{group}"
    held = {row["id"] for row in await rows(caller, group)}
    body = GROUPS[group](2018)
    made = await caller.post(path, json=body)
    assert made.status_code == 201, made.text
    assert made.headers["etag"] == house.version(CANBO) == '"2"'
    assert {field: made.json()[field] for field in body} == body
    assert {row["id"] for row in await rows(caller, group)} - held == {made.json()["id"]}
    row = f"{path}/{made.json()['id']}"
    mended = await caller.patch(row, json=MENDS[group], headers={"If-Match": '"2"'})
    assert mended.status_code == 200, mended.text
    assert mended.json() == made.json() | MENDS[group]
    assert mended.headers["etag"] == '"3"'
    missing = await caller.post(f"{row}/void", json={"reason": "Nhập trùng"})
    assert is_problem(missing, 428), missing.text
    short = await caller.post(f"{row}/void", json={"reason": ""}, headers={"If-Match": '"3"'})
    assert pointers(short) == ["/reason"]
    gone = await caller.post(f"{row}/void", json={"reason": "Nhập trùng"}, headers={"If-Match": '"3"'})
    assert gone.status_code == 204, gone.text
    assert {one["id"] for one in await rows(caller, group)} == held
    other = people("corrected")
    strange = await caller.patch(
        f"{CADRES}/{other}/{group}/{made.json()['id']}",
        json=MENDS[group],
        headers={"If-Match": house.version(other)},
    )
    assert is_problem(strange, 404), strange.text


@pytest.mark.parametrize("name", ONE_CLOCK)
async def test_a_mended_row_keeps_the_bounds_of_a_new_one(shared_house: House, name: str) -> None:
    """What a new row couldn't hold, no change puts there: neither nothing nor too much."""
    group = path_of(name)
    create, _ = ONE_CLOCK[name]
    caller = await shared_house.caller("btc.tinh")
    number = 1991 + list(ONE_CLOCK).index(name)
    made = await caller.post(f"{CADRES}/{people('corrected')}/{group}", json=GROUPS[group](number))
    assert made.status_code == 201, made.text
    row = f"{CADRES}/{people('corrected')}/{group}/{made.json()['id']}"
    for field, info in create.model_fields.items():
        if info.is_required():
            version = {"If-Match": shared_house.version(people("corrected"))}
            for wrong in (None, "x" * 5_000, 10**30, -(10**30)):
                for answer in (
                    await caller.patch(row, json={field: wrong}, headers=version),
                    await caller.post(
                        f"{CADRES}/{people('corrected')}/{group}", json=GROUPS[group](number) | {field: wrong}
                    ),
                ):
                    assert is_problem(answer, 422), (field, wrong, answer.text)
                    assert pointers(answer)[0].startswith(f"/{field}")


TURNED: dict[str, dict[str, Any]] = {
    "careers": {"valid_to": "2007-12-31"},
    "trainings": {"completed_on": "2020-03-01"},
    "travels": {"returned_on": "2018-04-30"},
    "discipline": {"decided_on": "2012-01-04", "ended_on": None},
}


@pytest.mark.parametrize("group", TURNED)
async def test_an_end_before_its_start_is_refused(shared_house: House, group: str) -> None:
    body = GROUPS[group](1) | TURNED[group]
    answer = await (await shared_house.caller("btc.tinh")).post(f"{CADRES}/{CANBO}/{group}", json=body)
    assert is_problem(answer, 422), answer.text
    assert pointers(answer) == [f"/{next(iter(TURNED[group]))}"]


async def test_a_year_is_graded_once(shared_house: House) -> None:
    caller = await shared_house.caller("btc.tinh")
    body = {"year": 2021, "grade": "excellent", "graded_by": "Tập thể", "decided_on": "2021-12-30"}
    answer = await caller.post(f"{CADRES}/{CANBO}/evaluations", json=body)
    assert is_problem(answer, 409), answer.text
    assert "2021" in answer.json()["detail"]


async def test_a_relative_outside_the_scope_is_not_there(shared_house: House) -> None:
    caller = await shared_house.caller("btc.dongvan")
    target = people("moved")
    for wrong in (people("canbo"), target, UUID(int=7)):
        body = {"relation": "sibling", "full_name": "Giàng Mí Pó", "relative_id": str(wrong)}
        answer = await caller.post(f"{CADRES}/{target}/family", json=body)
        assert is_problem(answer, 422), answer.text
        assert pointers(answer) == ["/relative_id"]


# --- two clocks --------------------------------------------------------------------------------------

QUALIFICATION = {"kind": "it", "name": "Tin học", "level": "basic", "valid_from": "2018-06-01"}


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"level": "khong-co"}, "/level"),
        ({"kind": "khong-co"}, "/kind"),
        ({"valid_from": (TODAY + timedelta(days=1)).isoformat()}, "/valid_from"),
        ({"valid_from": "1950-01-01"}, "/valid_from"),
        ({"valid_to": "2018-06-01"}, "/valid_to"),
        ({"name": ""}, "/name"),
    ],
)
async def test_faults_of_a_qualification_name_their_place(
    shared_house: House, changed: dict[str, Any], place: str
) -> None:
    caller = await shared_house.caller("btc.tinh")
    answer = await caller.post(f"{CADRES}/{CANBO}/qualifications", json=QUALIFICATION | changed)
    assert is_problem(answer, 422), answer.text
    assert place in pointers(answer)


@pytest.mark.parametrize("kind", QualificationKind)
async def test_every_level_of_every_kind_is_taken(house: House, kind: str) -> None:
    levels = house.scalars(select(CodeItem.code).where(col(CodeItem.list_id) == kind))
    assert levels
    caller = await house.caller("btc.tinh")
    for number, level in enumerate(levels):
        body = {"kind": kind, "name": f"Bằng {number}", "level": level, "valid_from": "2018-06-01"}
        answer = await caller.post(f"{CADRES}/{CANBO}/qualifications", json=body)
        assert answer.status_code == 201, answer.text


async def test_one_qualification_is_entered_once(house: House) -> None:
    caller = await house.caller("btc.tinh")
    path = f"{CADRES}/{CANBO}/qualifications"
    made = await caller.post(path, json=QUALIFICATION)
    assert made.status_code == 201, made.text
    twice = await caller.post(path, json=QUALIFICATION | {"valid_from": "2019-01-01"})
    assert is_problem(twice, 409), twice.text
    row = f"{path}/{made.json()['id']}"
    for body, place in (
        ({"level": "advanced"}, "/corrects"),
        ({"corrects": True, "level": "advanced"}, "/reason"),
        ({"corrects": True, "reason": "Ghi sai", "level": None}, "/level"),
        ({"corrects": True, "reason": "Ghi sai", "name": None}, "/name"),
        ({"corrects": True, "reason": "Ghi sai", "valid_from": None}, "/valid_from"),
    ):
        answer = await caller.patch(row, json=body, headers={"If-Match": house.version(CANBO)})
        assert is_problem(answer, 422), answer.text
        assert pointers(answer) == [place]
    ended = await caller.patch(
        row, json={"valid_to": "2021-06-01"}, headers={"If-Match": house.version(CANBO)}
    )
    assert ended.json()["valid_to"] == "2021-06-01"
    spans = select(QualificationSpan).where(
        col(QualificationSpan.qualification_id) == UUID(made.json()["id"])
    )
    assert sorted(one.superseded_at is None for one in house.scalars(spans)) == [False, True]


async def test_a_new_home_ends_the_last_one(house: House) -> None:
    caller = await house.caller("btc.tinh")
    path = f"{CADRES}/{CANBO}/residences"
    body = {"kind": "permanent", "address": "Tổ 4", "valid_from": "2021-05-01"}
    moved = await caller.post(path, json=body)
    assert moved.status_code == 201, moved.text
    homes = await rows(caller, "residences")
    assert [(row["address"], row["valid_from"], row["valid_to"]) for row in homes] == [
        ("Tổ 4", "2021-05-01", None),
        (homes[1]["address"], "2010-01-01", "2021-05-01"),
    ]
    for changed, place in (
        ({"valid_from": "2022-05-01"}, "/valid_from"),
        ({"valid_to": "2021-05-01"}, "/valid_to"),
        ({"corrects": True}, "/reason"),
    ):
        answer = await caller.post(path, json=body | changed)
        assert is_problem(answer, 422), answer.text
        assert pointers(answer) == [place]
    mended = await caller.post(path, json=body | {"corrects": True, "reason": "Sai tổ", "address": "Tổ 5"})
    assert mended.json()["address"] == "Tổ 5"
    assert (await rows(caller, "residences"))[0]["address"] == "Tổ 5"


async def test_party_dates_must_follow_each_other(shared_house: House) -> None:
    body = {"valid_from": "2021-06-01", "official_on": "2021-05-31"}
    answer = await (await shared_house.caller("btc.tinh")).post(
        f"{CADRES}/{CANBO}/party-membership", json=body
    )
    assert pointers(answer) == ["/official_on"]


# --- course of work and history ----------------------------------------------------------------------


async def test_the_timeline_tells_what_had_happened(shared_house: House) -> None:
    caller = await shared_house.caller("btc.tinh")
    events = await rows(caller, "timeline")
    days = [event["on"] for event in events]
    assert days == sorted(days, reverse=True)
    kinds = {event["kind"].partition(".")[0] for event in events}
    assert {"assignment", "qualification", "training", "evaluation", "reward", "party"} <= kinds
    past = await rows(caller, "timeline", as_of="2019-06-30")
    assert {event["on"] for event in past} <= {day for day in days if day <= "2019-06-30"} | {"2015-06-15"}
    assert await rows(caller, "timeline", sort="on") == events[::-1]


async def test_history_tells_each_reader_what_he_may_read(house: House) -> None:
    writer = await house.caller("btc.tinh")
    path = f"{CADRES}/{CANBO}"
    secrets = {
        "confidence-votes": GROUPS["confidence-votes"](1),
        "political-conclusions": GROUPS["political-conclusions"](1),
        "discipline": {"side": "party", "opened_on": "2021-12-01", "reason": "Dấu hiệu vi phạm"},
        "relatives-abroad": GROUPS["relatives-abroad"](1),
        "trainings": {"kind": "political_theory", "name": "Cao cấp", "started_on": "2020-03-02"},
        "qualifications": {
            "kind": "political_theory",
            "name": "Trung cấp LLCT",
            "level": "intermediate",
            "valid_from": "2018-06-01",
        },
    }
    for group, body in secrets.items():
        made = await writer.post(f"{path}/{group}", json=body)
        assert made.status_code == 201, made.text
    for body in ({"phone": "0912345678", "ethnicity": "tay"}, {"religion": "none"}, {"health_status": "Yếu"}):
        made = await writer.patch(
            path, json=body | {"reason": "Cập nhật"}, headers={"If-Match": house.version(CANBO)}
        )
        assert made.status_code == 200, made.text
    told: dict[str, list[dict[str, Any]]] = {}
    for user in ("btc.tinh", "canbo", "head.sonoivu"):
        told[user] = await rows(await house.caller(user), "history")
    assert len(told["btc.tinh"]) >= len(secrets) + 2
    assert len(told["btc.tinh"]) > len(told["canbo"]) > len(told["head.sonoivu"]) == 1
    fields = {change["field"] for event in told["head.sonoivu"] for change in event["changes"]}
    assert fields == {"cadre.phone"}
    for user in ("canbo", "head.sonoivu"):
        actions = {event["action"] for event in told[user]}
        assert not actions & {
            "cadre.confidence_votes.add",
            "cadre.political_conclusions.add",
            "cadre.discipline.add",
        }
    everything = {change["field"] for event in told["btc.tinh"] for change in event["changes"]}
    assert {"cadre.ethnicity", "cadre.health_status", "cadre.phone"} <= everything
    assert any(field.startswith("confidence_vote[") for field in everything)
    head = await house.caller("head.sonoivu")
    only = await rows(head, "history", field="cadre.phone")
    assert len(only) == 1
    for field in ("cadre.ethnicity", "ethnicity", "tay", "confidence_vote", "kinship[x].full_name"):
        answer = await head.get(f"{path}/history", params={"field": field})
        assert is_problem(answer, 403), (field, answer.text)
    ethnic = await rows(writer, "history", field="cadre.ethnicity")
    assert [
        change["after"]
        for event in ethnic
        for change in event["changes"]
        if change["field"] == "cadre.ethnicity"
    ] == ["tay"]
    assert await rows(writer, "history", field="tay") == []
    oldest = await rows(writer, "history", sort="at")
    assert oldest == told["btc.tinh"][::-1]


async def test_an_open_case_is_restricted_until_it_is_decided(house: House) -> None:
    target = people("disciplined")
    officer = await house.caller("btc.tinh")
    assert len(await rows(officer, "discipline", target)) == 2
    slug = holder("ubnd.niem-son", "c.officer")
    body = {"side": "state", "opened_on": "2021-11-02"}
    made = await officer.post(f"{CADRES}/{people(slug)}/discipline", json=body)
    assert made.status_code == 201, made.text
    commune = await house.caller("xa.niemson")
    assert await rows(commune, "discipline", people(slug)) == []
    decided = {"form": "reprimand", "decided_on": "2021-12-01"}
    mended = await officer.patch(
        f"{CADRES}/{people(slug)}/discipline/{made.json()['id']}",
        json=decided,
        headers={"If-Match": house.version(people(slug))},
    )
    assert mended.status_code == 200, mended.text
    assert len(await rows(commune, "discipline", people(slug))) == 1


def test_every_group_has_an_address() -> None:
    names = {*ONE_CLOCK, "qualifications", "party_membership", "residences"}
    assert names == record.GROUPS.keys()
