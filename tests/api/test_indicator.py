"""Indicators over HTTP: who sees which figures, and exactly the people behind each number."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import col, select

from app.models.audit import AuditEvent
from app.models.base import search_key
from app.models.indicator import IndicatorRead, IndicatorsRead, PersonBehind, SeriesRead, TargetRead
from tests import world
from tests.api.conftest import API, House

FIGURES = f"{API}/indicators"
DAYS = ["2013-06-30", "2016-06-30", "2019-12-31", "2020-12-31", "2021-12-31", "2022-06-30"]
ROLES = {"btc.tinh": DAYS, "btc.dongvan": DAYS[2:5:2], "xa.lungcu": DAYS[4:5]}


async def ask(house: House, username: str, path: str = "", **params: Any) -> Any:  # noqa: ANN401 - JSON
    """The answer to somebody who may have it."""
    client = await house.caller(username)
    answer = await client.get(f"{FIGURES}{path}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def status(house: House, username: str | None, path: str = "", **params: Any) -> int:  # noqa: ANN401 - a query
    """How a request is answered."""
    client = await house.caller(username)
    return (await client.get(f"{FIGURES}{path}", params=params)).status_code


async def listed(house: House, username: str, name: str, part: str, **params: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a query
    """All rows of a people list, page by page; each page names the total."""
    client = await house.caller(username)
    url = f"{FIGURES}/{name}/people"
    rows: list[dict[str, Any]] = []
    answer = await client.get(url, params={"part": part, "limit": 50, **params})
    while True:
        assert answer.status_code == 200, answer.text
        body = answer.json()
        rows += body["items"]
        if body["next"] is None:
            assert body["total"] == len(rows)
            return rows
        answer = await client.get(body["next"])


async def test_nobody_reads_without_a_token_or_the_permission(shared_house: House) -> None:
    for path in ("", "/managed", "/managed/series", "/managed/people"):
        assert await status(shared_house, None, path) == 401
        for username in ("canbo", "quantri"):
            assert await status(shared_house, username, path, part="numerator") == 403
    assert await status(shared_house, "mattran.tinh") == 200
    assert await status(shared_house, "mattran.tinh", "/managed/people", part="numerator") == 403


async def test_without_a_unit_it_is_the_highest_of_the_caller(shared_house: House) -> None:
    for username, slug in (
        ("btc.tinh", "tinh"),
        ("btc.dongvan", "dong-van"),
        ("xa.lungcu", "lung-cu"),
        ("head.sonoivu", "so-noi-vu"),
    ):
        found = await ask(shared_house, username)
        assert found["unit"]["id"] == str(world.unit(slug))
        assert found["as_of"] == "2021-12-31"


async def test_a_neighbour_gets_nothing(shared_house: House) -> None:
    elsewhere = str(world.unit("meo-vac"))
    for path, more in (
        ("", {}),
        ("/managed", {}),
        ("/managed/series", {}),
        ("/managed/people", {"part": "missing"}),
    ):
        for day in DAYS:
            asked: dict[str, str] = {"unit_id": elsewhere, "as_of": day, **more}
            assert await status(shared_house, "btc.dongvan", path, **asked) == 404
            assert await status(shared_house, "xa.lungcu", path, **asked) == 404
        assert await status(shared_house, "btc.dongvan", path, unit_id=str(world.unit("tinh")), **more) == 404
        assert await status(shared_house, "btc.meovac", path, unit_id=elsewhere, **more) == 200
        # Who keeps the successor sees the predecessor, before its end and after it.
        gone = str(world.unit("niem-tong"))
        assert await status(shared_house, "xa.niemson", path, unit_id=gone, **more) == 200
        assert await status(shared_house, "btc.dongvan", path, unit_id=gone, **more) == 404


async def test_the_shapes_are_those_documented(shared_house: House) -> None:
    found = await ask(shared_house, "btc.tinh", by="unit", history=3)
    IndicatorsRead.model_validate(found)
    documented = set(IndicatorRead.model_fields)
    for item in found["items"]:
        assert set(item) <= documented
    SeriesRead.model_validate(await ask(shared_house, "btc.tinh", "/managed_women/series"))
    for row in await listed(shared_house, "btc.tinh", "committee_women", "denominator"):
        PersonBehind.model_validate(row)
        assert set(row) <= set(PersonBehind.model_fields)
    client = await shared_house.caller("mattran.tinh")
    targets = (await client.get(f"{API}/targets")).json()
    assert targets["total"] == len(targets["items"]) > 10
    for row in targets["items"]:
        TargetRead.model_validate(row)
        assert set(row) == set(TargetRead.model_fields)
    early = (await client.get(f"{API}/targets", params={"on": "2020-12-31"})).json()
    assert early["items"] == []


@pytest.mark.parametrize("username", ROLES)
async def test_each_number_has_exactly_its_people(shared_house: House, username: str) -> None:
    for day in ROLES[username]:
        found = await ask(shared_house, username, as_of=day)
        for item in found["items"]:
            if item["numerator"] is None:
                assert (
                    await status(shared_house, username, f"/{item['id']}/people", part="numerator", as_of=day)
                    == 422
                )
                continue
            numbers = {"numerator": item["numerator"], "denominator": item["denominator"]}
            if item["denominator"] is not None:
                numbers["missing"] = item["denominator"] - item["numerator"]
            for part, number in numbers.items():
                if number is not None:
                    params = {"part": part, "as_of": day, "limit": 200}
                    body = await ask(shared_house, username, f"/{item['id']}/people", **params)
                    assert body["total"] + body.get("withheld", 0) == number, f"{item['id']} {params}"
                    assert username == "xa.lungcu" or "withheld" not in body
                    assert len(body["items"]) == min(200, body["total"])


async def test_who_left_since_is_a_stub(shared_house: House) -> None:
    # He worked in Mèo Vạc until June 2021; Đồng Văn keeps his file now.
    moved = str(world.person("moved"))
    rows = await listed(shared_house, "btc.meovac", "headcount", "numerator", as_of="2020-12-31")
    row = next(row for row in rows if row["id"] == moved)
    assert set(row) == {"id", "code", "full_name", "unit", "title", "redacted", "stub"}
    assert row["redacted"] is row["stub"] is True
    assert row["unit"]["id"] == str(world.unit("phong-noi-vu.meo-vac"))
    mine = [row for row in rows if not row["stub"]]
    assert mine
    assert all(row["sex"] for row in mine)
    theirs = await listed(shared_house, "btc.dongvan", "headcount", "numerator")
    assert next(row for row in theirs if row["id"] == moved)["stub"] is False
    before = await listed(shared_house, "btc.dongvan", "headcount", "numerator", as_of="2020-12-31")
    assert moved not in {row["id"] for row in before}


async def test_centrally_managed_persons_are_names_alone(shared_house: House) -> None:
    rows = await listed(shared_house, "btc.tinh", "leaders", "numerator")
    row = next(row for row in rows if row["id"] == str(world.person("stub.secretary")))
    assert row["redacted"] is True
    assert row["birth_date"] is row["sex"] is row["ethnicity"] is row["political_theory"] is None


async def test_what_the_caller_does_not_read_stays_out(shared_house: House) -> None:
    for row in await listed(shared_house, "head.sonoivu", "headcount", "numerator"):
        assert row["ethnicity"] is row["party_member"] is row["political_theory"] is None
    for name, part in (("managed_minority", "numerator"), ("leaders_theory", "missing")):
        assert await status(shared_house, "head.sonoivu", f"/{name}/people", part=part) == 403
    assert await status(shared_house, "head.sonoivu", "/committee_women/people", part="denominator") == 403
    # A commune officer reads those managed above him by name: no list by age or sex has them.
    client = await shared_house.caller("xa.lungcu")
    params = {"part": "denominator"}
    everybody = (await client.get(f"{FIGURES}/committee_women/people", params=params)).json()
    hidden = {row["id"] for row in everybody["items"] if row["redacted"]}
    assert hidden
    for part in ("numerator", "missing"):
        found = (await client.get(f"{FIGURES}/committee_women/people", params={"part": part})).json()
        assert not hidden & {row["id"] for row in found["items"]}


async def test_people_are_found_by_name_and_code(shared_house: House) -> None:
    rows = await listed(shared_house, "btc.tinh", "managed", "numerator")
    family = search_key(rows[0]["full_name"]).split()[0]
    some = await listed(shared_house, "btc.tinh", "managed", "numerator", q=family)
    named = [row for row in rows if f" {family}" in f" {search_key(row['full_name'])}"]
    assert [row["id"] for row in some] == [row["id"] for row in named]
    assert 0 < len(some) < len(rows)
    one = await listed(shared_house, "btc.tinh", "managed", "numerator", q=rows[3]["code"])
    assert [row["id"] for row in one] == [rows[3]["id"]]


async def test_own_bodies_and_variants_have_their_lists(shared_house: House) -> None:
    item = (await ask(shared_house, "btc.tinh", "/committee_women", by="unit"))["items"][0]
    own = next(row for row in item["children"] if row["unit"].get("own"))
    rows = await listed(shared_house, "btc.tinh", "committee_women", "denominator", own="true")
    assert len(rows) == own["denominator"]
    for variant in item["variants"]:
        rows = await listed(shared_house, "btc.tinh", "committee_women", "numerator", variant=variant["id"])
        assert len(rows) == variant["numerator"]
        assert all(row["committee_rank"] for row in rows)


async def test_a_cursor_is_the_callers_own(shared_house: House) -> None:
    client = await shared_house.caller("btc.tinh")
    params = {"part": "numerator", "limit": "5", "unit_id": str(world.unit("dong-van"))}
    page = (await client.get(f"{FIGURES}/headcount/people", params=params)).json()
    neighbour = await shared_house.caller("btc.dongvan")
    assert (await neighbour.get(page["next"])).status_code == 422
    assert (await client.get(page["next"].replace("headcount", "leaders"))).status_code == 422


async def test_what_is_asked_wrongly(shared_house: House) -> None:
    for path, params in (
        ("", {"by": "sex"}),
        ("", {"ids": "managed,nothing"}),
        ("", {"history": "41"}),
        ("", {"as_of": "31/12/2021"}),
        ("/managed/series", {"from": "2000-01-01", "step": "month"}),
        ("/managed/series", {"from": "2022-01-01"}),
        ("/managed/people", {}),
        ("/managed/people", {"part": "all"}),
        ("/managed/people", {"part": "missing", "sort": "birth_date"}),
        ("/managed/people", {"part": "numerator", "variant": "none"}),
        ("/leaders_fit/people", {"part": "numerator"}),
        ("/managed/people", {"part": "numerator", "as_of": "2025-07-01"}),
    ):
        assert await status(shared_house, "btc.tinh", path, **params) == 422, f"{path} {params}"
    assert await status(shared_house, "btc.tinh", "/nothing") == 404
    assert await status(shared_house, "btc.tinh", "/nothing/series") == 404
    client = await shared_house.caller("btc.tinh")
    params = {"part": "numerator", "as_of": "2025-07-01"}
    refused = await client.get(f"{FIGURES}/managed/people", params=params)
    assert "30/06/2025" in refused.json()["detail"]


async def test_after_and_before_the_record_nothing_is_a_zero(shared_house: House) -> None:
    for day, reason in (("2025-07-01", "beyond_record"), ("2009-06-30", "before_record")):
        for item in (await ask(shared_house, "btc.tinh", as_of=day, by="unit"))["items"]:
            assert item["value"] is item["numerator"] is None
            assert item["reason"] in {reason, "not_built"}
    assert (await ask(shared_house, "btc.tinh", as_of="2022-03-01"))["projected"] is True


async def test_each_list_of_people_is_in_the_audit(shared_house: House) -> None:
    client = await shared_house.caller("btc.dongvan")
    for path, params, outcome in (
        ("/managed/people", {"part": "numerator"}, "read"),
        ("/managed/people", {"part": "numerator", "unit_id": str(world.unit("meo-vac"))}, "refused"),
        ("", {}, "read"),
    ):
        answer = await client.get(f"{FIGURES}{path}", params=params)
        request_id = answer.headers["X-Request-Id"]
        events = shared_house.scalars(select(AuditEvent).where(col(AuditEvent.request_id) == request_id))
        assert [event.outcome for event in events] == [outcome]
        if answer.status_code == 200 and path:
            assert all(row["id"] in (events[0].detail or "") for row in answer.json()["items"])


async def test_series_default_to_the_day_asked_for(shared_house: House) -> None:
    found = await ask(shared_house, "btc.tinh", "/managed_women/series", as_of="2020-11-15")
    days = [date.fromisoformat(point["as_of"]) for point in found["items"]]
    assert days[-2:] == [date(2020, 9, 30), date(2020, 11, 15)]
    assert days == sorted(days)
    yearly = await ask(
        shared_house, "btc.tinh", "/headcount/series", **{"from": "2012-01-01", "step": "year"}
    )
    assert [point["as_of"] for point in yearly["items"]] == [f"{year}-12-31" for year in range(2012, 2022)]
