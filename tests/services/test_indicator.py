"""Figures, rows by unit, series and people lists agree with each other and with a second count in Python."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, event

from app.services import indicator as service
from app.services.errors import Invalid, NotFound
from app.services.indicator import Basis, Behind, Moment, Part
from app.services.law.indicators import Indicator, indicators
from app.services.law.parameter import Law
from app.services.law.parameter_file import PARAMETERS
from app.services.paging import Page
from app.services.rule import law_of
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.services.indicator_oracle import Oracle

TODAY = date(2021, 12, 31)
BASIS = Basis(law_of(date(2021, 1, 1)), date(2010, 1, 1), date(2025, 6, 30))
BUILT = [one for one in indicators() if one.is_built]
DAYS = [
    date(2013, 6, 30),
    date(2016, 6, 30),
    date(2016, 7, 1),
    date(2019, 12, 31),
    date(2020, 10, 1),
    TODAY,
    date(2022, 6, 30),
]
UNITS = ["tinh", "dong-van", "niem-son", "so-noi-vu", "huyen-uy.meo-vac"]


@pytest.fixture
def session(connection: Connection) -> Iterator[ScopedSession]:
    """The test world without bounds; nothing is kept."""
    with ScopedSession(connection, Scope.house(TODAY, "test")) as found:
        yield found


@pytest.fixture
def oracle(session: ScopedSession) -> Oracle:
    """A second count."""
    return Oracle(session)


def ask(session: ScopedSession, day: date, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - handed on
    """All built indicators of a unit on a day."""
    known_at = more.pop("known_at", None)
    more.setdefault("indicators", BUILT)
    unit = more.pop("unit", "tinh")
    return service.figures(
        session, BASIS, moment=Moment(day, TODAY, known_at), unit_id=world.unit(unit), **more
    )


def total(
    session: ScopedSession,
    one: Indicator,
    part: Part,
    day: date,
    unit: str,
    *,
    variant: str | None = None,
    own: bool = False,
) -> int | None:
    """How many a people list says it has."""
    moment = Moment(day, TODAY)
    behind = Behind(one, part, variant, own)
    unit_id = world.unit(unit)
    found = service.people(session, BASIS, behind=behind, moment=moment, page=Page(limit=1), unit_id=unit_id)
    return found.page.total


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_every_figure_equals_a_second_count(session: ScopedSession, oracle: Oracle, day: date) -> None:
    for unit in UNITS:
        for item in ask(session, day, unit=unit)["items"]:
            one = service.one(item["id"])
            shown = {variant["id"]: variant for variant in item.get("variants", [])} | {None: item}
            for name, population, numerator in one.readings():
                behind = oracle.counted(population, numerator, unit_id=world.unit(unit), day=day)
                counted = sum(person.counts for person in behind)
                where = f"{unit} {item['id']} {name}"
                assert shown[name]["numerator"] == counted, where
                if one.measure == "share":
                    assert shown[name]["denominator"] == len(behind), where
                    assert shown[name]["unknown"] == sum(person.unknown for person in behind), where


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_rows_by_unit_add_up_and_equal_a_second_count(
    session: ScopedSession, oracle: Oracle, day: date
) -> None:
    for unit in ("tinh", "meo-vac", "niem-son"):
        for item in ask(session, day, unit=unit, by_unit=True)["items"]:
            one = service.one(item["id"])
            behind = oracle.counted(one.population, one.numerator, unit_id=world.unit(unit), day=day)
            for figure in ("numerator", "denominator", "unknown"):
                parts = [row[figure] for row in item["children"]]
                if item[figure] is None:
                    assert set(parts) == {None}
                else:
                    assert sum(parts) == item[figure], f"{unit} {item['id']} {figure}"
            for row in item["children"]:
                at = None if row["unit"].get("own") else row["unit"]["id"]
                there = [
                    person for person in behind if oracle.area(person.unit_id, world.unit(unit), day) == at
                ]
                assert row["numerator"] == sum(person.counts for person in there)


@pytest.mark.parametrize(("day", "unit"), [(DAYS[0], "tinh"), (TODAY, "dong-van")], ids=str)
def test_each_number_has_exactly_its_people(session: ScopedSession, day: date, unit: str) -> None:
    for item in ask(session, day, unit=unit, by_unit=True)["items"]:
        one = service.one(item["id"])
        assert total(session, one, "numerator", day, unit) == item["numerator"]
        own = next(row for row in item["children"] if row["unit"].get("own"))
        assert total(session, one, "numerator", day, unit, own=True) == own["numerator"]
        if item["denominator"] is None:
            continue
        assert total(session, one, "denominator", day, unit) == item["denominator"]
        lacking = item["denominator"] - item["numerator"] if one.sought == "more" else 0
        assert total(session, one, "missing", day, unit) == lacking
        for variant in item.get("variants", []):
            listed = total(session, one, "numerator", day, unit, variant=variant["id"])
            assert listed == variant["numerator"], f"{item['id']} {variant['id']}"


def test_people_are_those_of_the_second_count(session: ScopedSession, oracle: Oracle) -> None:
    for one in BUILT:
        behind = oracle.counted(one.population, one.numerator, unit_id=world.unit("dong-van"), day=TODAY)
        listed = pages(session, Behind(one, "numerator"), TODAY, "dong-van")
        expected = sorted(person.cadre_id.hex for person in behind if person.counts)
        assert sorted(row["id"].hex for row in listed) == expected, one.id


def pages(session: ScopedSession, behind: Behind, day: date, unit: str) -> list[dict[str, Any]]:
    """Every row of a people list, page by page."""
    rows: list[dict[str, Any]] = []
    key = None
    while True:
        found = service.people(
            session,
            BASIS,
            behind=behind,
            moment=Moment(day, TODAY),
            page=Page(limit=7, key=key),
            unit_id=world.unit(unit),
        ).page
        rows += found.rows
        if not found.has_next:
            return rows
        key = found.last


def test_value_gap_and_status_follow_from_the_counts(session: ScopedSession) -> None:
    for day in DAYS:
        for item in ask(session, day, by_unit=True)["items"]:
            for row in (item, *item["children"]):
                follows(row, day)
            if item["id"] == "committee_women":
                judged = {part["status"] for part in item["variants"] if part["denominator"]}
                assert (item["status"] == "met") == (judged == {"met"})


def follows(row: dict[str, Any], day: date) -> None:
    numerator, denominator = row["numerator"], row["denominator"]
    # A database that sums to decimals would round gaps the wrong way.
    assert {type(number) for number in (numerator, denominator, row["unknown"])} <= {int, type(None)}
    if denominator is None:
        assert row["value"] == numerator
        assert row["status"] == "no_target"
    elif denominator == 0:
        assert row["value"] is None
        assert (row["status"], row["reason"]) == ("not_applicable", "empty_population")
    else:
        assert row["value"] == int(numerator * 10_000 / denominator + 0.5) / 100
        for target in row["targets"] if not row.get("variants") else []:
            least = target["threshold_percent"] * denominator
            short, over = -(-least // 100) - numerator, numerator - least // 100
            missing = max(0, over if target["comparator"] == "<=" else short)
            assert target["gap_persons"] == missing
            if (target["due"] is None or target["due"] >= day.isoformat()) and row["unknown"] == 0:
                assert target["met"] == (missing == 0)
        # A standing requirement falls due on no day: it holds on all.
        ahead = [
            target for target in row["targets"] if target["due"] is None or target["due"] >= day.isoformat()
        ]
        assert (row["status"] == "no_target") == (not ahead)


def test_history_and_series_are_the_figures_of_their_days(session: ScopedSession) -> None:
    found = ask(session, TODAY, history=8)
    lines = [item for item in found["items"] if "history" in item]
    assert [item["id"] for item in lines] == [item["id"] for item in found["items"] if item["targets"]]
    days = [point["as_of"] for point in lines[0]["history"]]
    assert days == [
        date(2019, 12, 31),
        date(2020, 3, 31),
        date(2020, 6, 30),
        date(2020, 9, 30),
        date(2020, 12, 31),
        date(2021, 3, 31),
        date(2021, 6, 30),
        date(2021, 9, 30),
        TODAY,
    ]
    for at, day in enumerate(days):
        alone = {item["id"]: item for item in ask(session, day)["items"]}
        for item in lines:
            point = item["history"][at]
            same = {name: alone[item["id"]][name] for name in ("numerator", "denominator", "value", "status")}
            assert {name: point[name] for name in same} == same, f"{item['id']} {day}"
    line = service.series(
        session,
        BASIS,
        indicator=service.one("managed_women"),
        moment=Moment(TODAY, TODAY),
        unit_id=world.unit("tinh"),
        start=date(2019, 12, 31),
    )
    women = next(item for item in found["items"] if item["id"] == "managed_women")
    assert line["items"] == women["history"]


def test_known_at_rewinds_persons_and_leaves_the_tree(session: ScopedSession, oracle: Oracle) -> None:
    day, then = date(2019, 6, 30), datetime(2019, 7, 1, tzinfo=UTC)
    now, before = ask(session, day)["items"], ask(session, day, known_at=then)["items"]
    for item in before:
        one = service.one(item["id"])
        behind = oracle.counted(
            one.population, one.numerator, unit_id=world.unit("tinh"), day=day, known_at=then
        )
        assert item["numerator"] == sum(person.counts for person in behind), item["id"]
    known = {item["id"]: item["numerator"] for item in now}
    # Seats that ended on the merger's day were still open then; nobody else is missing or new.
    assert known["headcount"] == {item["id"]: item["numerator"] for item in before}["headcount"]
    nothing = ask(session, day, known_at=datetime(2009, 1, 1, tzinfo=UTC))["items"]
    assert {item["numerator"] for item in nothing} == {0}


def test_a_correction_changes_the_past_as_known_now_alone(session: ScopedSession) -> None:
    # «corrected» took the seat on 2013-09-01; until 2020-05-05 the record said 2014-01-01.
    day = date(2013, 10, 1)
    heads = {
        known: next(
            item["numerator"]
            for item in ask(session, day, known_at=known, unit="so-y-te")["items"]
            if item["id"] == "headcount"
        )
        for known in (None, datetime(2019, 1, 1, tzinfo=UTC), datetime(2020, 6, 1, tzinfo=UTC))
    }
    now, then, after = heads.values()
    assert now == after == then + 1


def test_ages_on_the_edge(session: ScopedSession) -> None:
    def young(day: date, name: str) -> set[UUID]:
        return {row["id"] for row in pages(session, Behind(service.one(name), "numerator"), day, "tinh")}

    ids = {slug: world.person(slug) for slug in ("forty-today", "forty-tomorrow", "leap-day", "year-only")}
    under, at_most = young(TODAY, "managed_young"), young(TODAY, "managed_young_40")
    assert ids["forty-today"] not in under
    assert ids["forty-today"] in at_most
    assert ids["forty-tomorrow"] in under
    # Born on 29 February 1984: forty on 29 February 2024, forty-one on 1 March 2025.
    leap = ids["leap-day"]
    assert leap in young(date(2024, 2, 28), "managed_young")
    assert leap not in young(date(2024, 2, 29), "managed_young")
    assert leap in young(date(2025, 2, 28), "managed_young_40")
    assert leap not in young(date(2025, 3, 1), "managed_young_40")
    # Of 1979 only the year is known: 1 January counts.
    assert ids["year-only"] not in at_most


def test_acting_holders_count_only_where_the_law_s_setting_says_so(
    session: ScopedSession, tmp_path: Path
) -> None:
    one = service.one("leaders")
    shutil.copytree(PARAMETERS, tmp_path / "parameters")
    said = tmp_path / "parameters" / "leaders" / "count-acting.yaml"
    said.write_text(said.read_text().replace("value: false", "value: true"))
    law = Law(BASIS.law.resolution_on, root=tmp_path / "parameters")
    counting = Basis(law, BASIS.records_begin_on, BASIS.record_ends_on)
    plain = ask(session, TODAY, indicators=[one])["items"][0]
    wide = service.figures(
        session, counting, indicators=[one], moment=Moment(TODAY, TODAY), unit_id=world.unit("tinh")
    )["items"][0]
    assert wide["numerator"] == plain["numerator"] + 1 == plain["variants"][0]["numerator"]


def test_two_titles_count_once_and_in_the_higher(session: ScopedSession) -> None:
    # Deputy secretary of Mèo Vạc and, beside it, chair of its council.
    rows = pages(session, Behind(service.one("managed"), "numerator"), TODAY, "meo-vac")
    mine = [row for row in rows if row["id"] == world.person("concurrent")]
    assert [row["title"]["code"] for row in mine] == ["d.deputy"]


def test_secretaries_of_the_place_and_strangers(session: ScopedSession) -> None:
    one = service.one("secretary_non_local")
    strangers = {row["id"] for row in pages(session, Behind(one, "numerator"), TODAY, "tinh")}
    missing = {row["id"] for row in pages(session, Behind(one, "missing"), TODAY, "tinh")}
    assert world.person("secretary.stranger") in strangers
    assert world.person("secretary.local") in missing
    assert not strangers & missing


def test_outside_the_record(session: ScopedSession) -> None:
    for day, reason, status in (
        (date(2025, 7, 1), "beyond_record", "insufficient_data"),
        (date(2009, 12, 31), "before_record", "not_applicable"),
    ):
        for item in ask(session, day, history=2)["items"]:
            assert (item["value"], item["reason"], item["status"]) == (None, reason, status)
            assert item["numerator"] is None
    assert ask(session, date(2022, 1, 1))["projected"] is True
    assert "projected" not in ask(session, TODAY)
    assert total(session, service.one("managed"), "numerator", date(2009, 1, 1), "tinh") == 0


def test_indicators_not_built_say_so(session: ScopedSession) -> None:
    items = ask(session, TODAY, indicators=list(indicators()))["items"]
    assert [item["id"] for item in items] == [one.id for one in indicators()]
    for item in items:
        if not service.one(item["id"]).is_built:
            assert (item["value"], item["reason"]) == (None, "not_built")
            assert item["reason_text"]
            assert item["later"]


def test_what_is_asked_wrongly(session: ScopedSession) -> None:
    with pytest.raises(NotFound):
        service.one("nothing")
    with pytest.raises(Invalid):
        service.chosen(["managed", "nothing"])
    with pytest.raises(NotFound):
        service.figures(session, BASIS, indicators=BUILT, moment=Moment(TODAY, TODAY), unit_id=UUID(int=1))
    with pytest.raises(Invalid):
        total(session, service.one("managed"), "numerator", TODAY, "tinh", variant="nothing")
    with pytest.raises(Invalid):
        total(session, service.one("leaders_fit"), "numerator", TODAY, "tinh")
    with pytest.raises(Invalid):
        service.series(
            session,
            BASIS,
            indicator=BUILT[0],
            moment=Moment(TODAY, TODAY),
            unit_id=world.unit("tinh"),
            start=date(2012, 1, 1),
            step="month",
        )


def test_the_number_of_statements_does_not_depend_on_units_or_days(
    session: ScopedSession, shared_world: Engine
) -> None:
    counted: list[str] = []

    def note(*arguments: Any) -> None:  # noqa: ANN401 - the event's own
        counted.append(arguments[2])

    event.listen(shared_world, "before_cursor_execute", note)
    try:
        found = []
        for unit, more in (
            ("tinh", {}),
            ("lung-cu", {}),
            ("tinh", {"by_unit": True}),
            ("tinh", {"history": 8}),
        ):
            counted.clear()
            ask(session, TODAY, unit=unit, **more)
            found.append(len(counted))
    finally:
        event.remove(shared_world, "before_cursor_execute", note)
    # Fourteen populations and the unit; its children; for the past those nine that have targets.
    assert found == [15, 15, 16, 24]
