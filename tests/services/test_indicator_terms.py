"""Terms that ended in the year: who is late, who isn't, whose term was never due; a lead in working days."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlmodel import col, select

from app.models.assignment import AssignmentKind, AssignmentSpan, EndReason
from app.services import indicator as service
from app.services.dated import live
from app.services.indicator import Basis, Behind, Moment
from app.services.law.parameter import Law
from app.services.law.parameter_file import PARAMETERS
from app.services.paging import Page
from app.services.rule import law_of
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.api.acting import at_work
from tests.services.indicator_oracle import Oracle

TODAY = date(2021, 12, 31)
ENDS = date(2021, 9, 15)
BASIS = Basis(law_of(date(2021, 1, 1)), date(2010, 1, 1), date(2025, 6, 30))
LATE = "reappointment_late"
BODY, TITLE = "phong-noi-vu.meo-vac", "d.division_head"


@pytest.fixture
def session(connection: Connection) -> Iterator[ScopedSession]:
    """The test world without bounds; nothing is kept."""
    with ScopedSession(connection, Scope.house(TODAY, "test")) as found:
        yield found


@pytest.fixture
def seat(session: ScopedSession) -> AssignmentSpan:
    """A head of division whose term ends on 15 September 2021, and whom nobody decided on yet."""
    (holder,) = at_work(BODY, TITLE, TODAY)
    span = session.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.cadre_id) == holder, col(AssignmentSpan.is_main), live(AssignmentSpan, TODAY)
        )
    ).one()
    span.term_ends_on = ENDS
    session.flush()
    return span


def counted(session: ScopedSession, day: date = TODAY, basis: Basis = BASIS) -> tuple[Any, Any]:
    """Numerator and denominator of the division; as many people stand behind them, nobody is missing."""
    one = service.one(LATE)
    moment, unit_id = Moment(day, day), world.unit(BODY)
    (item,) = service.figures(session, basis, indicators=[one], moment=moment, unit_id=unit_id)["items"]
    for part in ("numerator", "denominator", "missing"):
        behind = Behind(one, part)
        listed = service.people(
            session, basis, behind=behind, moment=moment, page=Page(limit=9), unit_id=unit_id
        )
        assert len(listed.page.rows) == (0 if part == "missing" else item[part])
    if item["denominator"]:
        gaps = {(one["comparator"], one["threshold_percent"], one["gap_persons"]) for one in item["targets"]}
        assert gaps == {("<=", 0, item["numerator"])}
    behind_it = Oracle(session).counted("terms_ended", "late", unit_id=unit_id, day=day)
    if basis is BASIS:
        assert (item["numerator"], item["denominator"]) == (
            sum(person.counts for person in behind_it),
            len(behind_it),
        )
    return item["numerator"], item["denominator"]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, (1, 1)),
        ({"end_decision_signed_on": ENDS - timedelta(days=1), "valid_to": ENDS}, (0, 1)),
        ({"end_decision_signed_on": ENDS, "valid_to": ENDS}, (1, 1)),
        ({"end_decision_signed_on": ENDS - timedelta(days=1), "valid_to": date(2022, 2, 1)}, (0, 1)),
        ({"end_decision_signed_on": date(2021, 11, 2), "valid_to": date(2021, 11, 15)}, (1, 1)),
        ({"valid_to": ENDS}, (0, 1)),
        ({"valid_to": date(2021, 10, 1)}, (1, 1)),
        ({"valid_to": ENDS - timedelta(days=20)}, (0, 0)),
        ({"valid_to": ENDS - timedelta(days=20), "end_reason": EndReason.TERM_ENDED}, (0, 1)),
        ({"acting": True}, (0, 0)),
        ({"kind": AssignmentKind.SECONDMENT}, (0, 0)),
        ({"term_ends_on": None}, (0, 0)),
    ],
    ids=[
        "nobody decided",
        "signed on the eve",
        "signed on the day",
        "signed in time, in effect later",
        "decided late",
        "left at the end, the signing unknown",
        "left later, the signing unknown",
        "moved before",
        "renewed before",
        "acting",
        "lent",
        "no term",
    ],
)
def test_who_is_late(
    session: ScopedSession, seat: AssignmentSpan, changed: dict[str, Any], told: tuple[int, int]
) -> None:
    if "valid_to" in changed:
        changed = {"end_reason": EndReason.TRANSFER} | changed
    for name, value in changed.items():
        setattr(seat, name, value)
    session.flush()
    assert counted(session) == told


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (ENDS - timedelta(days=1), (0, 0)),
        (ENDS, (1, 1)),
        (TODAY, (1, 1)),
        (date(2022, 1, 1), (0, 0)),
    ],
    ids=str,
)
def test_a_term_counts_from_its_end_to_the_end_of_the_year(
    session: ScopedSession, seat: AssignmentSpan, day: date, told: tuple[int, int]
) -> None:
    assert seat.term_ends_on == ENDS
    assert counted(session, day) == told


def test_elected_titles_have_no_such_term(session: ScopedSession) -> None:
    (chair,) = at_work("ubnd.meo-vac", "d.chair", TODAY)
    for span in session.scalars(select(AssignmentSpan).where(col(AssignmentSpan.cadre_id) == chair)):
        if span.valid_from < ENDS:
            span.term_ends_on = ENDS
    session.flush()
    one = service.one(LATE)
    listed = service.people(
        session,
        BASIS,
        behind=Behind(one, "denominator"),
        moment=Moment(TODAY, TODAY),
        page=Page(limit=200),
        unit_id=world.unit("tinh"),
    )
    assert chair not in {row["id"] for row in listed.page.rows}


@pytest.mark.parametrize(("lead", "told"), [(0, 0), (1, 0), (2, 1)])
def test_a_lead_counts_working_days(
    session: ScopedSession, seat: AssignmentSpan, tmp_path: Path, lead: int, told: int
) -> None:
    """The term's last day is Tuesday 14 September: one working day before it is Monday, two are Friday."""
    folder = tmp_path / "parameters"
    shutil.copytree(PARAMETERS, folder)
    file = folder / "reappointment" / "lead-working-days.yaml"
    file.write_text(file.read_text("utf-8").replace("value: 0", f"value: {lead}"), encoding="utf-8")
    basis = Basis(Law(date(2021, 1, 1), root=folder), BASIS.records_begin_on, BASIS.record_ends_on)
    seat.valid_to, seat.end_decision_signed_on = ENDS, date(2021, 9, 13)
    seat.end_reason = EndReason.TERM_ENDED
    session.flush()
    assert counted(session, basis=basis) == (told, 1)
