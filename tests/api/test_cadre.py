"""Persons read over HTTP: each filter against the test world, order and pages, days, what is redacted."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from app.models.base import search_key, sort_key
from app.models.cadre import Cadre
from app.models.party import PartyMembership
from app.models.qualification import QualificationSpan
from app.models.title import ManagedBy
from app.services.dated import age_on, live
from tests import world
from tests.api.asking import newcomer
from tests.api.conftest import API, House, holder, people
from tests.api.walk import is_problem, pointers
from tests.conftest import TODAY
from tests.world.people import Held, Person
from tests.world.titles import SORTS
from tests.world.units import PLACES

CADRES = f"{API}/cadres"
CROWD = world.crowd(TODAY).people
PERSONAL = {"birth_date", "birth_precision", "sex", "ethnicity", "party_member", "political_theory"}


def main_seat(person: Person, day: date = TODAY) -> Held | None:
    """The main seat a person holds on a day."""
    return next((held for held in person.open_on(day) if held.main), None)


def beneath(place: str, top: str) -> bool:
    """Whether a unit lies at or beneath another."""
    here: str | None = place
    while here is not None and here != top:
        here = PLACES[here].parent
    return here == top


def expected(test: Callable[[Person, Held], bool], day: date = TODAY) -> set[str]:
    """Ids of the persons in post on a day who pass a test."""
    return {
        str(person.id)
        for person in CROWD.values()
        if (held := main_seat(person, day)) is not None and test(person, held)
    }


async def ids(caller: httpx.AsyncClient, **query: Any) -> list[str]:  # noqa: ANN401 - query parameters
    """Ids of every row of the list, page after page."""
    found: list[str] = []
    address: str | None = str(httpx.URL(CADRES, params={"limit": 200, **query}))
    while address:
        answer = await caller.get(address)
        assert answer.status_code == 200, answer.text
        found += [row["id"] for row in answer.json()["items"]]
        address = answer.json()["next"]
    return found


def whole(test: Callable[[Person, Held], bool]) -> Callable[[Person, Held], bool]:
    """A test of what a stub doesn't hold: it never passes."""
    return lambda person, held: not person.stub and test(person, held)


FILTERS: dict[str, tuple[dict[str, Any], Callable[[Person, Held], bool]]] = {
    "unit": ({"unit_id": world.unit("so-noi-vu")}, lambda _, held: beneath(held.unit, "so-noi-vu")),
    "district": ({"unit_id": world.unit("meo-vac")}, lambda _, held: beneath(held.unit, "meo-vac")),
    "level": ({"level": "commune"}, lambda _, held: PLACES[held.unit].level == "commune"),
    "title": ({"title_id": world.title("c.officer")}, lambda _, held: held.sort == "c.officer"),
    "managed_by": (
        {"managed_by": "province_committee"},
        lambda _, held: SORTS[held.sort].managed_by == ManagedBy.PROVINCE_COMMITTEE,
    ),
    "two bodies": (
        {"managed_by": "department,commune_committee"},
        lambda _, held: SORTS[held.sort].managed_by in {"department", "commune_committee"},
    ),
    "central": ({"managed_by": "central"}, lambda person, _: person.stub),
    "sex": ({"sex": "female"}, whole(lambda person, _: person.sex == "female")),
    "ethnicity": ({"ethnicity": "mong"}, whole(lambda person, _: person.ethnicity == "mong")),
    "young": ({"age_max": 39}, whole(lambda person, _: age_on(person.born, TODAY) <= 39)),
    "forty": ({"age_min": 40}, whole(lambda person, _: age_on(person.born, TODAY) >= 40)),
    "between": (
        {"age_min": 37, "age_max": 40},
        whole(lambda person, _: 37 <= age_on(person.born, TODAY) <= 40),
    ),
    "code": ({"code": "HG-000078"}, lambda person, _: list(CROWD.values())[77] is person),
    "several": (
        {"unit_id": world.unit("dong-van"), "sex": "male", "age_min": 45, "level": "commune"},
        whole(
            lambda person, held: (
                beneath(held.unit, "dong-van")
                and person.sex == "male"
                and age_on(person.born, TODAY) >= 45
                and PLACES[held.unit].level == "commune"
            )
        ),
    ),
}


@pytest.mark.parametrize("name", FILTERS)
async def test_each_filter_finds_exactly_its_people(shared_house: House, name: str) -> None:
    query, test = FILTERS[name]
    found = await ids(await shared_house.caller("btc.tinh"), **query)
    assert len(found) == len(set(found))
    assert set(found) == expected(test)
    assert found


@pytest.mark.parametrize("level", ["elementary", "intermediate", "advanced"])
async def test_theory_and_party_filters_read_what_holds_today(shared_house: House, level: str) -> None:
    caller = await shared_house.caller("btc.tinh")
    ranks = ["none", "elementary", "intermediate", "advanced"]
    theory = shared_house.rows(
        select(QualificationSpan.cadre_id, QualificationSpan.level).where(
            col(QualificationSpan.kind) == "political_theory", live(QualificationSpan, TODAY)
        )
    )
    enough = {str(key) for key, held in theory if ranks.index(held) >= ranks.index(level)}
    in_post = expected(lambda person, _: not person.stub)
    assert set(await ids(caller, political_theory_min=level)) == enough & in_post
    members = shared_house.scalars(select(PartyMembership.cadre_id).where(live(PartyMembership, TODAY)))
    joined = {str(key) for key in members} & in_post
    assert set(await ids(caller, party_member=True)) == joined
    assert set(await ids(caller, party_member=False)) == in_post - joined


async def test_past_days_show_who_was_there(shared_house: House) -> None:
    caller = await shared_house.caller("btc.tinh")
    for day in (date(2012, 5, 1), date(2017, 2, 1), date(2019, 12, 31), date(2020, 1, 1), date(2021, 6, 1)):
        found = set(await ids(caller, as_of=day.isoformat()))
        assert found == expected(lambda *_: True, day)
        women = set(await ids(caller, as_of=day.isoformat(), sex="female", age_min=30))
        assert women == expected(_grown_woman(day), day)
    assert await ids(caller, as_of="2009-12-31") == []
    for early in ("0001-01-01", "0040-06-01"):
        assert await ids(caller, as_of=early, age_min=60, age_max=100) == []


async def test_out_of_post_is_the_rest(shared_house: House) -> None:
    found = await ids(await shared_house.caller("btc.tinh"), in_post=False)
    assert set(found) == {str(person.id) for person in CROWD.values() if main_seat(person) is None}
    assert str(people("retired")) in found


# --- order and pages ---------------------------------------------------------------------------------


async def test_names_stand_in_vietnamese_order(shared_house: House) -> None:
    answer = await (await shared_house.caller("btc.tinh")).get(CADRES, params={"limit": 200})
    names = [row["full_name"] for row in answer.json()["items"]]
    assert names == sorted(names, key=sort_key)
    given_names = list(dict.fromkeys(name.rsplit(" ", 1)[-1] for name in names))
    wanted = ["Ánh", "Ân", "Chứ", "Dợ", "Dũng", "Đức", "Hoa", "Hòa", "Hùng", "Lan", "Lử", "Mỷ", "Pó", "Quế"]
    assert [name for name in given_names if name in wanted] == wanted


@pytest.mark.parametrize("sort", ["name", "-name", "code", "-code", "birth_date", "-birth_date"])
async def test_pages_read_forwards_and_backwards_are_the_list(shared_house: House, sort: str) -> None:
    caller = await shared_house.caller("btc.dongvan")
    rows: list[dict[str, Any]] = []
    address = str(httpx.URL(CADRES, params={"limit": 17, "sort": sort, "count": "true"}))
    pages = []
    while address:
        body = (await caller.get(address)).json()
        pages.append(body)
        rows += body["items"]
        address = body["next"]
    assert {page["total"] for page in pages} == {len(rows)}
    assert len({row["id"] for row in rows}) == len(rows)
    back: list[dict[str, Any]] = pages[-1]["items"]
    address = pages[-1]["prev"]
    while address:
        body = (await caller.get(address)).json()
        back = body["items"] + back
        address = body["prev"]
    assert back == rows
    key = {"name": lambda row: (sort_key(row["full_name"]), row["id"])}.get(
        sort.lstrip("-"), lambda row: (row[sort.lstrip("-")], row["id"])
    )
    assert rows == sorted(rows, key=key, reverse=sort.startswith("-"))


@pytest.mark.parametrize("sort", ["name", "-name", "code", "birth_date"])
async def test_pages_hold_while_people_are_entered(house: House, sort: str) -> None:
    """Whoever was there at the start is met once, whatever is entered between two pages."""
    caller = await house.caller("btc.tinh")
    before = set(await ids(caller, sort=sort))
    seen: list[str] = []
    address = str(httpx.URL(CADRES, params={"limit": 40, "sort": sort}))
    number = 0
    while address:
        body = (await caller.get(address)).json()
        seen += [row["id"] for row in body["items"]]
        address = body["next"]
        for name in ("Ân Văn Ân", "Mua Thị Yến", "Lò Văn Hùng"):
            number += 1
            made = await caller.post(
                CADRES, json=newcomer(full_name=name, birth_date=f"19{60 + number}-03-04")
            )
            assert made.status_code == 201, made.text
    met = [key for key in seen if key in before]
    assert sorted(met) == sorted(before)
    assert len(seen) == len(set(seen))


# --- search ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["hoa", "Hòa", "HOÀ", "thi hoa", "giang", "Giàng", "duc", "Đức", "hoa thi"])
async def test_search_needs_no_tone_marks(shared_house: House, query: str) -> None:
    words = search_key(query).split()
    found = await ids(await shared_house.caller("btc.tinh"), q=query)
    assert set(found) == expected(
        lambda person, _: all(
            any(part.startswith(word) for part in search_key(person.name).split()) for word in words
        )
    )
    assert found


async def test_search_finds_a_code_and_no_wildcards(shared_house: House) -> None:
    caller = await shared_house.caller("btc.tinh")
    assert await ids(caller, q="hg-000078") == await ids(caller, code="HG-000078")
    for query in ("%", "_", "a%", "'", '"', "\\", "*", "a OR b", "NEAR(a b)", "khongai"):
        answer = await caller.get(CADRES, params={"q": query, "limit": 5})
        assert answer.status_code == 200, answer.text
    assert await ids(caller, q="khongai") == []
    assert await ids(caller, q="ho%a") == []


def _managed(body: ManagedBy) -> Callable[[Person, Held], bool]:
    return lambda _, held: SORTS[held.sort].managed_by == body


def _grown_woman(day: date) -> Callable[[Person, Held], bool]:
    return whole(lambda person, _: person.sex == "female" and age_on(person.born, day) >= 30)


async def test_facets_count_each_managing_body(shared_house: House) -> None:
    caller = await shared_house.caller("btc.tinh")
    answer = await caller.get(CADRES, params={"facet": "managed_by", "managed_by": "department", "limit": 1})
    counts = answer.json()["facets"]["managed_by"]
    for body in ManagedBy:
        assert counts.get(body.value, 0) == len(expected(_managed(body))), body
    refused = await caller.get(CADRES, params={"managed_by": "province_committee,nobody"})
    assert is_problem(refused, 422)
    assert pointers(refused) == ["/query/managed_by"]


# --- what a caller may not read ----------------------------------------------------------------------

HIDDEN = frozenset({ManagedBy.CENTRAL, ManagedBy.PROVINCE_COMMITTEE})


def values(body: Any) -> set[str]:  # noqa: ANN401 - JSON
    """Every text and number of an answer, at any depth."""
    if isinstance(body, dict):
        return set().union(*(values(part) for part in body.values()))
    if isinstance(body, list):
        return set().union(*(values(part) for part in body))
    return set() if body is None or isinstance(body, bool) else {str(body)}


def secrets(house: House, cadre_id: UUID) -> set[str]:
    """What the record of a person holds beside name, code, title and unit."""
    person = house.scalars(select(Cadre).where(col(Cadre.id) == cadre_id))[0]
    shown = {"id", "code", "full_name", "unit_id", "version", "search_key", "sort_key"}
    kept = {name: getattr(person, name) for name in Cadre.model_fields if name not in shown}
    texts = {str(value) for value in kept.values() if value is not None and not isinstance(value, bool)}
    return {text for text in texts if len(text) > 2}


@pytest.mark.parametrize(
    ("user", "slug"),
    [
        ("head.sonoivu", "so-noi-vu/dept.deputy"),
        ("xa.niemson", "dang-uy.niem-son/c.secretary"),
        ("btc.tinh", "stub.secretary"),
        ("btv.tinh", "stub.deputy"),
    ],
)
async def test_a_redacted_record_holds_nothing_more(shared_house: House, user: str, slug: str) -> None:
    cadre_id = people(holder(*slug.split("/")) if "/" in slug else slug)
    caller = await shared_house.caller(user)
    record = (await caller.get(f"{CADRES}/{cadre_id}")).json()
    listed = (await caller.get(CADRES, params={"code": record["code"]})).json()["items"]
    for row in (record, *listed):
        assert row["redacted"] is True
        assert {name for name in PERSONAL if row[name] is not None} == set()
        assert row["full_name"]
        assert row["unit"]
        assert not values(row) & (secrets(shared_house, cadre_id) - {"central"})
    assert len(listed) == 1
    assert "groups" not in record
    for part in (
        "assignments",
        "timeline",
        "history",
        "careers",
        "salaries",
        "qualifications",
        "evaluations",
    ):
        answer = await caller.get(f"{CADRES}/{cadre_id}/{part}", params={"count": "true"})
        assert answer.json()["items"] == [], part
        assert not answer.json()["total"], part


async def test_no_filter_or_sort_reaches_a_redacted_row(shared_house: House) -> None:
    caller = await shared_house.caller("head.sonoivu")
    everyone = (await caller.get(CADRES, params={"limit": 200})).json()["items"]
    hidden = {row["id"] for row in everyone if row["redacted"]}
    assert hidden
    assert hidden != {row["id"] for row in everyone}
    for query in (
        {"sex": "female"},
        {"sex": "male"},
        {"age_min": 0},
        {"age_max": 120},
        {"managed_by": "province_committee"},
        {"sort": "birth_date"},
        {"sort": "-birth_date"},
    ):
        answer = await caller.get(CADRES, params={"limit": 200, "count": "true", **query})
        rows = answer.json()["items"]
        assert not hidden & {row["id"] for row in rows}, query
        assert answer.json()["total"] == len(rows), query
    facets = (await caller.get(CADRES, params={"facet": "managed_by"})).json()["facets"]["managed_by"]
    assert "province_committee" not in facets
    assert hidden & set(await ids(caller, q=search_key(CROWD["head"].name))) <= hidden


@pytest.mark.parametrize("query", ["ethnicity=mong", "party_member=true", "political_theory_min=none"])
async def test_special_filters_are_refused_to_who_reads_no_t2(shared_house: House, query: str) -> None:
    head = await shared_house.caller("head.sonoivu")
    for extra in ("", "&count=true", "&facet=managed_by", "&as_of=2019-06-30"):
        assert is_problem(await head.get(f"{CADRES}?{query}{extra}"), 403)
    officer = await shared_house.caller("btc.dongvan")
    assert (await officer.get(f"{CADRES}?{query}")).status_code == 200


async def test_a_head_of_unit_sees_no_special_category(shared_house: House) -> None:
    head = await shared_house.caller("head.sonoivu")
    for row in (await head.get(CADRES, params={"limit": 200})).json()["items"]:
        assert (row["ethnicity"], row["party_member"], row["political_theory"]) == (None, None, None)
    record = (await head.get(f"{CADRES}/{people('canbo')}")).json()
    assert record["redacted"] is False
    assert record["tiers"] == ["T1"]
    special = {"religion", "health_status", "height_cm", "weight_kg", "blood_group", "disability"}
    assert not special & record.keys()
    assert record["national_id"]
    assert {"party_membership", "family", "discipline", "confidence_votes"} <= set(record["redacted_groups"])
    assert not [row for row in record["groups"]["qualifications"] if row["kind"] == "political_theory"]
    assert {row["party_grade"] for row in record["groups"]["evaluations"]} == {None}


async def test_one_sees_ones_own_record_but_no_votes(shared_house: House) -> None:
    caller = await shared_house.caller("canbo")
    own = str(people("canbo"))
    assert await ids(caller) == [own]
    record = (await caller.get(f"{CADRES}/{own}")).json()
    assert record["groups"]["family"]
    assert set(record["redacted_groups"]) == {"confidence_votes", "political_conclusions"}
    assert record["writable"] is False


# --- time --------------------------------------------------------------------------------------------


async def test_past_the_record_the_answer_says_so(shared_house: House) -> None:
    caller = await shared_house.caller("btc.tinh")
    own = f"{CADRES}/{people('canbo')}"
    for path in (CADRES, own, f"{own}/assignments", f"{own}/timeline", f"{own}/qualifications"):
        assert (await caller.get(path, params={"as_of": "2025-06-30"})).status_code == 200
        for day in ("2025-07-01", "9999-12-31"):
            answer = await caller.get(path, params={"as_of": day})
            assert is_problem(answer, 422)
            assert pointers(answer) == ["/query/as_of"]
            assert "30/06/2025" in answer.json()["errors"][0]["detail"]


@pytest.mark.parametrize("wrong", ["x", "2021-13-01", "2021-02-30", "2021-12-01T00:00:00", "", "12"])
async def test_an_instant_that_is_none_is_refused(shared_house: House, wrong: str) -> None:
    answer = await (await shared_house.caller("btc.tinh")).get(CADRES, params={"known_at": wrong})
    assert is_problem(answer, 422), answer.text
    assert pointers(answer) == ["/query/known_at"]


async def test_instants_at_the_ends_of_time_are_taken_or_refused(shared_house: House) -> None:
    caller = await shared_house.caller("btc.tinh")
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31", "9999-12-31T23:59:59-12:00", "0001-01-01"):
        answer = await caller.get(CADRES, params={"known_at": moment, "limit": 1})
        assert answer.status_code in {200, 422}, (moment, answer.text)
    assert await ids(caller, known_at="2009-12-31") == []


async def test_a_person_moved_is_seen_by_who_keeps_the_file_today(shared_house: House) -> None:
    moved = people("moved")
    days = {None: "Phòng Nội vụ huyện Đồng Văn", "2021-06-01": "Phòng Nội vụ huyện Đồng Văn"}
    days |= {"2021-05-31": "Phòng Nội vụ huyện Mèo Vạc", "2016-01-01": "Phòng Nội vụ huyện Mèo Vạc"}
    for user in ("btc.dongvan", "btv.dongvan", "btc.tinh", "ubkt.tinh"):
        caller = await shared_house.caller(user)
        for day, unit in days.items():
            query = {"as_of": day} if day else {}
            record = await caller.get(f"{CADRES}/{moved}", params=query)
            assert record.json()["unit"]["name"] == unit, (user, day)
            assert str(moved) in await ids(caller, **query)
    former = await shared_house.caller("btc.meovac")
    for day in days:
        query = {"as_of": day} if day else {}
        for part in ("", "/assignments", "/timeline", "/qualifications", "/family"):
            assert is_problem(await former.get(f"{CADRES}/{moved}{part}", params=query), 404), (day, part)
        assert str(moved) not in await ids(former, **query)
        assert await ids(former, **query, code=(await code_of(shared_house, moved))) == []
    assert is_problem(await former.get(f"{CADRES}/{moved}/history"), 404)


async def code_of(house: House, cadre_id: UUID) -> str:
    """The code of a person."""
    return str(house.scalars(select(Cadre.code).where(col(Cadre.id) == cadre_id))[0])


async def test_the_former_unit_sees_its_own_seats_with_a_name(shared_house: House) -> None:
    former = await shared_house.caller("btc.meovac")
    staffing = f"{API}/units/{world.unit('phong-noi-vu.meo-vac')}/staffing"
    past = (await former.get(staffing, params={"as_of": "2021-05-31"})).json()
    name = CROWD["moved"].name
    assert name in values(past)
    assert not values(past) & {str(CROWD["moved"].born), CROWD["moved"].ethnicity}
    today = (await former.get(staffing)).json()
    assert name not in values(today) or sum(one.name == name for one in CROWD.values()) > 1
