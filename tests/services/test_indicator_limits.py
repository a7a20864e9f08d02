"""Limits of sensitive posts: who is overdue, who was due and isn't, who has no clock."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlmodel import col, select

from app.models.assignment import AssignmentSpan
from app.models.post_change import ExemptReason, PostChange, PostChangeOutcome, PostChangeState
from app.models.title import TitleVersion
from app.services import indicator as service
from app.services.dated import known, live
from app.services.indicator import Basis, Behind, Moment
from app.services.paging import Page
from app.services.rule import law_of
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.services.indicator_oracle import Oracle
from tests.world.rows import key

TODAY = date(2021, 12, 31)
DUE = date(2021, 9, 30)
BASIS = Basis(law_of(date(2021, 1, 1)), date(2010, 1, 1), date(2025, 6, 30))
OVERDUE = "post_change_overdue"
BODY, TITLE = "so-xay-dung", "dept.finance"


@pytest.fixture
def session(connection: Connection) -> Iterator[ScopedSession]:
    """The test world without bounds; nothing is kept."""
    with ScopedSession(connection, Scope.house(TODAY, "test")) as found:
        yield found


@pytest.fixture
def seat(session: ScopedSession) -> AssignmentSpan:
    """The finance expert of a department, whose three years ended on 30 September 2021."""
    span = session.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.unit_id) == world.unit(BODY),
            col(AssignmentSpan.title_id) == world.title(TITLE),
            live(AssignmentSpan, TODAY),
        )
    ).one()
    span.valid_from = date(2018, 9, 30)
    session.flush()
    return span


def counted(
    session: ScopedSession, day: date = TODAY, known_at: datetime | None = None, unit: str = BODY
) -> tuple[Any, Any]:
    """Numerator and denominator of a unit; as many people stand behind them, nobody is missing."""
    one = service.one(OVERDUE)
    moment, unit_id = Moment(day, day, known_at), world.unit(unit)
    (item,) = service.figures(session, BASIS, indicators=[one], moment=moment, unit_id=unit_id)["items"]
    behind_it = Oracle(session).counted(
        "sensitive_holders", "overdue", unit_id=unit_id, day=day, known_at=known_at
    )
    assert (item["numerator"], item["denominator"]) == (
        sum(person.counts for person in behind_it),
        len(behind_it),
    )
    for part in ("numerator", "denominator", "missing"):
        listed = service.people(
            session, BASIS, behind=Behind(one, part), moment=moment, page=Page(limit=99), unit_id=unit_id
        )
        assert len(listed.page.rows) == (0 if part == "missing" else item[part])
    if item["denominator"] and day >= date(2021, 1, 1):
        gaps = {(one["comparator"], one["threshold_percent"], one["gap_persons"]) for one in item["targets"]}
        assert gaps == {("<=", 0, item["numerator"])}
    return item["numerator"], item["denominator"]


def exempted(session: ScopedSession, seat: AssignmentSpan, **changed: Any) -> PostChange:  # noqa: ANN401 - columns
    """A decision that lets the holder stay until the end of March."""
    values: dict[str, Any] = {
        "outcome": PostChangeOutcome.EXEMPT,
        "exempt_reason": ExemptReason.ILLNESS,
        "exempt_ends_on": date(2022, 3, 31),
        "state": PostChangeState.CLOSED,
        "effective_on": date(2021, 11, 1),
        "decided_at": datetime(2021, 11, 2, 3, tzinfo=UTC),
    } | changed
    row = PostChange(
        unit_id=seat.unit_id,
        cadre_id=seat.cadre_id,
        assignment_id=seat.assignment_id,
        post_id=seat.post_id,
        title_id=seat.title_id,
        authority_id=seat.unit_id,
        opened_on=date(2021, 10, 1),
        created_by=key("principal", "btc.tinh"),
        **values,
    )
    session.add(row)
    session.flush()
    return row


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (DUE - timedelta(days=1), (0, 0)),
        (DUE, (0, 1)),
        (DUE + timedelta(days=1), (1, 1)),
        (date(2023, 1, 1), (1, 1)),
        (date(2019, 8, 14), (0, 0)),
    ],
)
@pytest.mark.usefixtures("seat")
def test_the_due_day_is_the_last_in_time(session: ScopedSession, day: date, told: tuple[int, int]) -> None:
    assert counted(session, day) == told


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (date(2018, 8, 31), date(2020, 8, 31)),
        (date(2018, 12, 31), date(2020, 12, 31)),
        (date(2020, 2, 29), date(2022, 2, 28)),
        (date(2022, 2, 28), date(2024, 2, 28)),
    ],
)
def test_months_of_any_length(session: ScopedSession, seat: AssignmentSpan, start: date, due: date) -> None:
    seat.valid_from = start
    _limit(session, sensitive_months=24)
    session.flush()
    assert counted(session, due)[0] == 0
    assert counted(session, due)[1] == 1
    assert counted(session, due - timedelta(days=1)) == (0, 0)
    assert counted(session, due + timedelta(days=1)) == (1, 1)


def test_half_a_month_more_to_the_last_day(session: ScopedSession, seat: AssignmentSpan) -> None:
    # Thirty months after the last of August end with February.
    seat.valid_from = date(2018, 8, 31)
    _limit(session, sensitive_months=30)
    assert counted(session, date(2021, 2, 28)) == (0, 1)
    assert counted(session, date(2021, 2, 27)) == (0, 0)
    assert counted(session, date(2021, 3, 1)) == (1, 1)


@pytest.mark.parametrize(
    ("left", "told"),
    [
        (date(2021, 12, 31), (0, 1)),
        (date(2022, 1, 1), (1, 1)),
        (date(2021, 1, 1), (0, 1)),
        (date(2020, 12, 31), (0, 0)),
    ],
)
def test_who_left_in_the_year_was_due_and_is_not_late(
    session: ScopedSession, seat: AssignmentSpan, left: date, told: tuple[int, int]
) -> None:
    seat.valid_to = left
    session.flush()
    assert counted(session) == told


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, (0, 0)),
        ({"state": PostChangeState.DECIDED}, (0, 0)),
        ({"exempt_ends_on": TODAY}, (0, 0)),
        ({"exempt_ends_on": TODAY - timedelta(days=1)}, (1, 1)),
        ({"effective_on": TODAY}, (0, 0)),
        ({"effective_on": TODAY + timedelta(days=1)}, (1, 1)),
        ({"state": PostChangeState.PROPOSED, "effective_on": None, "decided_at": None}, (1, 1)),
    ],
)
def test_an_exemption_in_effect_stops_the_clock(
    session: ScopedSession, seat: AssignmentSpan, changed: dict[str, Any], told: tuple[int, int]
) -> None:
    exempted(session, seat, **changed)
    assert counted(session) == told


def test_an_exemption_holds_from_when_it_was_known(session: ScopedSession, seat: AssignmentSpan) -> None:
    seat.recorded_at = datetime(2019, 1, 2, tzinfo=UTC)
    exempted(session, seat)
    assert counted(session, known_at=datetime(2021, 11, 1, tzinfo=UTC)) == (1, 1)
    assert counted(session, known_at=datetime(2021, 11, 3, tzinfo=UTC)) == (0, 0)


@pytest.mark.parametrize("changed", [{"is_leadership": True}, {"is_key": True}, {"sensitive_months": None}])
@pytest.mark.usefixtures("seat")
def test_leaders_have_no_clock(session: ScopedSession, changed: dict[str, Any]) -> None:
    _limit(session, **changed)
    assert counted(session) == (0, 0)


def test_units_add_up(session: ScopedSession, seat: AssignmentSpan) -> None:
    late, due = counted(session, unit="tinh")
    assert late
    exempted(session, seat)
    assert counted(session, unit="tinh") == (late - 1, due - 1)


def _limit(session: ScopedSession, **changed: Any) -> None:  # noqa: ANN401 - columns
    for version in session.scalars(
        select(TitleVersion).where(col(TitleVersion.title_id) == world.title(TITLE), known(TitleVersion))
    ):
        for name, value in changed.items():
            setattr(version, name, value)
    session.flush()
