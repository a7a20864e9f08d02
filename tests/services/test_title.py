"""Titles: spans on two clocks, standards, and who manages the files of the holders."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select
from sqlmodel import col

from app.models.cadre import Cadre
from app.models.title import (
    ManagedBy,
    StandardKind,
    TermKind,
    TitleCreate,
    TitleStandardCreate,
    TitleUpdate,
    TitleVersion,
)
from app.models.unit import Level, UnitKind
from app.services import title
from app.services.errors import Conflict, Invalid, NotFound, Stale
from app.services.paging import Page
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.conftest import TODAY

DAY = date(2021, 7, 1)


@pytest.fixture
def session(connection: Connection) -> Iterator[ScopedSession]:
    with ScopedSession(connection, Scope.house(TODAY, "test")) as opened:
        yield opened


def listed(session: ScopedSession, day: date = TODAY, **filters: Any) -> set[str]:  # noqa: ANN401 - as the body or the filters have it
    page = Page(limit=200, sort="rank", count=True)
    found = title.list_(session, filters=title.Filters(**filters), page=page, day=day)
    assert found.total == len(found.rows)
    return {row["code"] for row in found.rows}


def managed(session: ScopedSession, sort: str) -> set[ManagedBy | None]:
    """Who manages the files of today's main holders of a title."""
    holders = [
        world.person(slug)
        for slug, person in world.crowd(TODAY).people.items()
        if any(held.sort == sort and held.main for held in person.open_on(TODAY))
    ]
    assert holders
    return set(session.scalars(select(col(Cadre.managed_by)).where(col(Cadre.id).in_(holders))))


def test_filters_leave_what_they_say(session: ScopedSession) -> None:
    assert listed(session, managed_by=ManagedBy.CENTRAL) == {"p.secretary", "p.deputy", "p.chair"}
    assert listed(session, unit_kind=UnitKind.DIVISION, level=Level.PROVINCE) == {
        "division.head",
        "division.deputy",
        "division.specialist",
    }
    assert listed(session, q="truong ban", is_key=True, level=Level.DISTRICT) == {"d.board_head"}
    assert "c.officer" not in listed(session, is_leadership=True)


def test_a_title_answers_for_the_day_and_for_what_was_known(session: ScopedSession) -> None:
    vice = world.title("d.vice_chair")
    assert title.get(session, vice, day=date(2016, 6, 30))["managed_by"] == ManagedBy.DISTRICT_COMMITTEE
    assert title.get(session, vice, day=date(2016, 7, 1))["managed_by"] == ManagedBy.PROVINCE_COMMITTEE
    finance = world.title("dept.finance")
    then = datetime(2019, 9, 1, tzinfo=UTC)
    assert title.get(session, finance, day=DAY)["sensitive_months"] == 36
    assert title.get(session, finance, day=DAY, known_at=then)["sensitive_months"] == 60
    with pytest.raises(NotFound):
        title.get(session, finance, day=DAY, known_at=datetime(2009, 1, 1, tzinfo=UTC))
    with pytest.raises(NotFound, match="01/01/2010"):
        title.get(session, finance, day=date(2009, 12, 31))


def test_a_change_holds_from_its_day_and_keeps_the_span_before(session: ScopedSession) -> None:
    key = world.title("dept.deputy")
    title.update(session, key, 1, data=TitleUpdate(valid_from=DAY, name="Phó giám đốc", rank=14), today=TODAY)
    before, after = title.get(session, key, day=date(2021, 6, 30)), title.get(session, key, day=DAY)
    assert (before["name"], before["rank"]) == ("Phó Giám đốc sở", 13)
    assert (after["name"], after["rank"], after["version"]) == ("Phó giám đốc", 14, 2)
    assert listed(session, q="pho giam doc", level=Level.PROVINCE) == {"dept.deputy"}


def test_who_manages_a_title_manages_the_files_of_its_holders(session: ScopedSession) -> None:
    key = world.title("d.division_head")
    assert managed(session, "d.division_head") == {ManagedBy.DISTRICT_COMMITTEE}
    data = TitleUpdate(valid_from=DAY, managed_by=ManagedBy.PROVINCE_COMMITTEE)
    title.update(session, key, 1, data=data, today=TODAY)
    assert managed(session, "d.division_head") == {ManagedBy.PROVINCE_COMMITTEE}


def test_what_begins_tomorrow_changes_no_file_today(session: ScopedSession) -> None:
    data = TitleUpdate(valid_from=date(2022, 1, 1), managed_by=ManagedBy.PROVINCE_COMMITTEE)
    title.update(session, world.title("d.division_head"), 1, data=data, today=TODAY)
    assert managed(session, "d.division_head") == {ManagedBy.DISTRICT_COMMITTEE}


def test_a_correction_supersedes_the_span_that_holds_on_the_day(session: ScopedSession) -> None:
    key = world.title("d.vice_chair")
    data = TitleUpdate(valid_from=date(2015, 1, 1), is_key=False, corrects=True, reason="Ghi nhầm")
    title.update(session, key, 1, data=data, today=TODAY)
    assert not title.get(session, key, day=date(2016, 6, 30))["is_key"]
    assert title.get(session, key, day=date(2016, 7, 1))["is_key"]
    rows = session.scalars(select(TitleVersion).where(col(TitleVersion.title_id) == key)).all()
    assert sorted(row.superseded_at is None for row in rows) == [False, True, True]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"name": None}, "/name"),
        ({"managed_by": None}, "/managed_by"),
        ({"rank": 3, "corrects": True}, "/reason"),
        ({"rank": 3, "valid_from": date(2009, 1, 1)}, "/valid_from"),
        (
            {"standards": [TitleStandardCreate(kind=StandardKind.IT, clause="x")] * 2},
            "/standards/1/kind",
        ),
    ],
)
def test_a_change_that_does_not_fit_is_refused(
    session: ScopedSession, values: dict[str, Any], pointer: str
) -> None:
    data = TitleUpdate(**{"valid_from": DAY} | values)
    with pytest.raises(Invalid) as refused:
        title.update(session, world.title("dept.deputy"), 1, data=data, today=TODAY)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_changes_come_in_the_order_of_their_days(session: ScopedSession) -> None:
    key = world.title("d.vice_chair")
    for day in (date(2015, 1, 1), date(2016, 7, 1)):
        with pytest.raises(Conflict):
            title.update(session, key, 1, data=TitleUpdate(valid_from=day, rank=9), today=TODAY)
    with pytest.raises(Stale):
        title.update(session, key, 7, data=TitleUpdate(valid_from=DAY, rank=9), today=TODAY)


def test_standards_are_dated(session: ScopedSession) -> None:
    key = world.title("dept.director")
    wanted = [
        TitleStandardCreate(kind=StandardKind.EDUCATION, minimum="master", clause="II.2.2(3)"),
        TitleStandardCreate(kind=StandardKind.IT, minimum=None, clause="III.3.2-b"),
    ]
    title.update(session, key, 1, data=TitleUpdate(valid_from=DAY, standards=wanted), today=TODAY)

    def asked(day: date) -> dict[str, str | None]:
        return {row["kind"]: row["minimum"] for row in title.get(session, key, day=day)["standards"]}

    assert asked(date(2021, 6, 30)) == {"education": "university", "political_theory": "advanced"}
    assert asked(DAY) == {"education": "master", "it": None}


def test_a_new_title_has_a_code_of_its_own(session: ScopedSession) -> None:
    data = TitleCreate(
        code="dept.counsel",
        name="Cố  vấn",
        level=Level.PROVINCE,
        unit_kind=UnitKind.DEPARTMENT,
        managed_by=ManagedBy.DEPARTMENT,
        term_kind=TermKind.NONE,
        standards=[TitleStandardCreate(kind=StandardKind.EDUCATION, minimum="university", clause="a")],
        valid_from=DAY,
    )
    key = title.create(session, data=data)
    found = title.get(session, key, day=DAY)
    assert (found["name"], found["version"], len(found["standards"])) == ("Cố vấn", 1, 1)
    with pytest.raises(Conflict, match=r"dept\.counsel"):
        title.create(session, data=data)
