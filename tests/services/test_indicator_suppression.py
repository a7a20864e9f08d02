"""Small cells stay hidden: not shown, and not to be worked out from what is shown."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from app.models.access import PrincipalKind
from app.models.unit import Level
from app.services import indicator as service
from app.services.errors import Denied
from app.services.indicator import Basis, Behind, Moment
from app.services.indicator.suppression import LEAST, Cell, close, empty, hidden, safe, small
from app.services.indicator.veils import is_published
from app.services.law.indicators import indicators
from app.services.paging import Page
from app.services.rule import law_of
from app.services.scope import Actor, Grant, Scope, ScopedSession
from tests import world

TODAY = date(2021, 12, 31)
BASIS = Basis(law_of(date(2021, 1, 1)), date(2010, 1, 1), date(2025, 6, 30))
BUILT = [one for one in indicators() if one.is_built]
UNITS = ["tinh", "dong-van", "meo-vac", "lung-cu", "ma-le", "ta-lung-dv", "ta-lung-mv", "niem-son"]

cells = st.integers(0, 40).flatmap(lambda size: st.tuples(st.integers(0, size), st.just(size)))
counts = st.tuples(st.integers(0, 40), st.none())
tables = st.one_of(
    st.dictionaries(st.integers(0, 12), cells, min_size=1, max_size=12),
    st.dictionaries(st.integers(0, 12), counts, min_size=1, max_size=12),
)


def total(rows: dict[int, Cell]) -> Cell:
    """The sum of a table."""
    sizes = [size for _, size in rows.values()]
    return sum(number for number, _ in rows.values()), None if None in sizes else sum(
        size or 0 for size in sizes
    )


@given(tables)
def test_no_small_cell_is_visible_and_none_follows_from_the_total(rows: dict[int, Cell]) -> None:
    if small(total(rows)) or empty(total(rows)):
        return
    gone = hidden(rows)
    assert not [key for key, cell in rows.items() if key not in gone and small(cell)]
    if not gone:
        return
    assert len(gone) > 1
    known = total({key: cell for key, cell in rows.items() if key in gone})
    for key in gone:
        # Every value of this row that the sum allows, the sizes of all rows being known.
        rest = [cell for other, cell in rows.items() if other in gone and other != key]
        most = known[0] if rows[key][1] is None else min(known[0], rows[key][1] or 0)
        sizes = [size for _, size in rest]
        most_elsewhere = known[0] if None in sizes else sum(size or 0 for size in sizes)
        assert len([value for value in range(most + 1) if known[0] - value <= most_elsewhere]) > 1


@given(tables, st.sets(st.integers(0, 12)))
def test_what_is_hidden_for_another_reason_stays_hidden(rows: dict[int, Cell], already: set[int]) -> None:
    gone = hidden(rows, frozenset(already))
    assert {key for key in already if key in rows and not empty(rows[key])} <= gone


def test_the_arithmetic() -> None:
    assert small((4, 20))
    assert small((20, 24))
    assert not small((5, 10))
    assert not small((0, 0))
    assert not small((0, None))
    assert small((4, None))
    assert hidden({1: (4, 20), 2: (10, 20), 3: (9, 30)}) == {1, 2}
    assert hidden({1: (10, 20), 2: (9, 30)}) == frozenset()
    # A single hidden row is the difference; two with too few between them are no cover.
    assert not safe({1: (4, 20)})
    assert not safe({1: (1, 20), 2: (2, 30)})
    assert safe({1: (1, 20), 2: (9, 30)})
    # With all of the other's persons counted, the first one's number follows.
    assert not safe({1: (4, 4), 2: (30, 30)})
    # 21 aged forty or less, 17 under forty: four are exactly forty.
    assert close((17, 384), (21, 384))
    assert not close((17, 384), (22, 384))
    assert close((4, 21), (5, 24))


def caller(role: str, slug: str, level: Level, *, whole: bool = False) -> Scope:
    """Somebody with one role at one unit, reading figures."""
    grant = Grant(role, world.unit(slug), None, level, "", "", whole)
    actor = Actor(uuid4(), role, role, PrincipalKind.PERSON, None, "test", None, (grant,))
    return Scope.of(actor, "indicator:read", TODAY, "test")


@pytest.fixture
def front(connection: Connection) -> Iterator[ScopedSession]:
    """The Fatherland Front of the province."""
    with ScopedSession(connection, caller("front", "tinh", Level.PROVINCE, whole=True)) as found:
        yield found


def ask(session: ScopedSession, slug: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - handed on
    """All built indicators of a unit, by id."""
    found = service.figures(
        session,
        BASIS,
        indicators=BUILT,
        moment=Moment(TODAY, TODAY),
        unit_id=world.unit(slug),
        by_unit=True,
        **more,
    )
    return {item["id"]: item for item in found["items"]}


def rows_of(item: dict[str, Any]) -> list[dict[str, Any]]:
    """An item, its rows, its variants and its points in time."""
    whole = [item, *item["children"], *item.get("history", [])]
    return whole + [variant for row in whole for variant in row.get("variants", [])]


def test_no_answer_shows_a_small_cell(front: ScopedSession) -> None:
    shown = 0
    for slug in UNITS:
        for item in ask(front, slug, history=4).values():
            for row in rows_of(item):
                if row["numerator"] is not None:
                    shown += 1
                    assert row["numerator"] >= LEAST
                    if row["denominator"] is not None:
                        assert row["denominator"] - row["numerator"] >= LEAST
                if row.get("suppressed"):
                    assert row["value"] is row["unknown"] is row["denominator"] is None
                    assert row["status"] == "insufficient_data"
                    for target in row.get("targets", []):
                        assert target["met"] is target["gap_persons"] is None
    assert shown > 20


def test_nothing_hidden_follows_from_all_answers_together(front: ScopedSession) -> None:
    answers = {world.unit(slug): ask(front, slug) for slug in UNITS}
    for one in BUILT:
        known: dict[tuple[UUID, bool], int] = {}
        tables = []
        for unit, items in answers.items():
            item = items[one.id]
            keys = [(row["unit"]["id"], bool(row["unit"].get("own"))) for row in item["children"]]
            tables.append([(unit, False), *keys])
            for key, row in zip(tables[-1], [item, *item["children"]], strict=True):
                if row["numerator"] is not None:
                    assert known.setdefault(key, row["numerator"]) == row["numerator"]
                elif not row.get("suppressed"):
                    known[key] = 0
        seen = set(known)
        while True:
            open_ = [[key for key in table if key not in known] for table in tables]
            single = [(table, keys[0]) for table, keys in zip(tables, open_, strict=True) if len(keys) == 1]
            if not single:
                break
            table, key = single[0]
            parts = sum(known[other] for other in table[1:] if other != key)
            known[key] = parts if key == table[0] else known[table[0]] - parts
        assert set(known) == seen, one.id


def test_nested_indicators_do_not_tell_who_is_exactly_forty(front: ScopedSession) -> None:
    items = ask(front, "tinh")
    young, at_most = items["managed_young"], items["managed_young_40"]
    if at_most["numerator"] is not None and young["numerator"] is not None:
        assert at_most["numerator"] - young["numerator"] >= LEAST


def test_published_figures_are_not_rewound(front: ScopedSession) -> None:
    moment = Moment(TODAY, TODAY, datetime(2020, 1, 1, tzinfo=UTC))
    with pytest.raises(Denied):
        service.figures(front, BASIS, indicators=BUILT, moment=moment)
    with pytest.raises(Denied):
        service.series(front, BASIS, indicator=BUILT[0], moment=moment)


def test_figures_under_a_veil_stand_on_ends_of_quarters_alone(connection: Connection) -> None:
    """Between two neighbouring days one person moved, whom everybody knows: the difference is about him."""
    day = date(2021, 12, 30)
    with ScopedSession(connection, caller("front", "tinh", Level.PROVINCE, whole=True)) as session:

        def shown(moment: Moment) -> tuple[date, set[bool]]:
            found = service.figures(session, BASIS, indicators=BUILT, moment=moment)
            elsewhere = None if is_published(found["as_of"]) else date(2021, 9, 30)
            assert found.get("published_on") == elsewhere
            return found["as_of"], {bool(item.get("suppressed")) for item in found["items"]}

        assert shown(Moment(day, TODAY)) == (day, {True})
        assert shown(Moment(TODAY, TODAY))[1] == {True, False}
        # Asked for today, the front is given the last day that figures were published for.
        assert shown(Moment(day, day)) == (date(2021, 9, 30), shown(Moment(date(2021, 9, 30), day))[1])
        line = service.series(session, BASIS, indicator=service.one("headcount"), moment=Moment(day, TODAY))
        assert [bool(point.get("suppressed")) for point in line["items"][-2:]] == [False, True]
    with ScopedSession(connection, caller("unit_head", "so-noi-vu", Level.PROVINCE)) as session:
        for moment in (Moment(day, TODAY), Moment(TODAY, TODAY, datetime(2021, 12, 1, tzinfo=UTC))):
            found = service.figures(session, BASIS, indicators=BUILT, moment=moment)
            hidden = {item["id"] for item in found["items"] if item.get("suppressed")}
            assert {"leaders_theory", "managed_minority"} <= hidden
            assert "headcount" not in hidden


def test_series_hide_what_their_days_hide(front: ScopedSession) -> None:
    for one in BUILT:
        line = service.series(front, BASIS, indicator=one, moment=Moment(TODAY, TODAY))
        for point in line["items"]:
            if point["numerator"] is not None:
                assert point["numerator"] >= LEAST


def test_who_reads_no_special_categories_sees_no_figures_of_them_in_his_unit(connection: Connection) -> None:
    with ScopedSession(connection, caller("unit_head", "so-noi-vu", Level.PROVINCE)) as session:
        items = ask(session, "so-noi-vu")
        assert {name for name, item in items.items() if item.get("suppressed")} == {
            "leaders_theory",
            "managed_minority",
            "dept_leaders_theory",
        }
        assert items["managed"]["numerator"] == 3


def test_a_list_by_a_fact_leaves_out_who_is_read_by_name_alone(connection: Connection) -> None:
    with ScopedSession(connection, caller("unit_head", "so-noi-vu", Level.PROVINCE)) as session:
        everybody = people(session, "managed_women", "denominator")
        by_sex = [people(session, "managed_women", part) for part in ("numerator", "missing")]
        assert everybody.page.total == 3
        assert everybody.withheld == 0
        assert all(row["redacted"] and row["sex"] is None for row in everybody.page.rows)
        assert [found.page.total for found in by_sex] == [0, 0]
        assert sum(found.withheld for found in by_sex) == 3
        # Beside a name the number would say the fact of whoever bears it.
        for row in everybody.page.rows:
            for part, found in zip(("numerator", "missing"), by_sex, strict=True):
                assert people(session, "managed_women", part, q=row["code"]).withheld == found.withheld
        with pytest.raises(Denied):
            people(session, "managed_minority", "numerator")
        assert people(session, "managed_minority", "denominator").page.total == 3


def people(session: ScopedSession, name: str, part: Any, q: str = "") -> Any:  # noqa: ANN401 - Part, Listed
    """The first page of people behind a number of Sở Nội vụ."""
    return service.people(
        session,
        BASIS,
        behind=Behind(service.one(name), part, q=q),
        moment=Moment(TODAY, TODAY),
        page=Page(),
        unit_id=world.unit("so-noi-vu"),
    )
