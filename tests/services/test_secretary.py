"""The rule on a commune's party secretary, judged on rows, says of one person what the indicator counts."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.unit import UnitVersion
from app.services import compliance
from app.services.errors import NotFound
from app.services.law.finding import Outcome
from app.services.rule import law_of
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.services.indicator_oracle import Oracle

TODAY = date(2021, 12, 31)
LAW = law_of(date(2021, 1, 1))


@pytest.fixture
def session(connection: Connection) -> Iterator[ScopedSession]:
    """The test world without bounds; nothing is kept."""
    with ScopedSession(connection, Scope.house(TODAY, "test")) as found:
        yield found


def assignment(session: ScopedSession, slug: str) -> UUID:
    """The main seat a person holds today."""
    spans = session.scalars(select(AssignmentSpan).where(col(AssignmentSpan.cadre_id) == world.person(slug)))
    return next(one.assignment_id for one in spans if one.valid_to is None and one.superseded_at is None)


def outcome(session: ScopedSession, slug: str, day: date = TODAY) -> Outcome:
    """What the rule says of a person."""
    found = compliance.judge_secretary(session, LAW, assignment_id=assignment(session, slug), day=day)
    assert found.rule == "appointment.non_local_secretary"
    assert found.clause == "II.2.2(5)-2025-h"
    return found.outcome


def place(session: ScopedSession, slug: str, **values: Any) -> None:  # noqa: ANN401 - columns
    """Another origin for a person."""
    person = session.get_one(Cadre, world.person(slug))
    for name, value in values.items():
        setattr(person, name, value)
    session.flush()


def test_stranger_and_local(session: ScopedSession) -> None:
    assert outcome(session, "secretary.stranger") is Outcome.MET
    assert outcome(session, "secretary.local") is Outcome.UNMET
    assert outcome(session, "btc") is Outcome.NOT_APPLICABLE
    assert outcome(session, "secretary.local", date(2020, 12, 31)) is Outcome.NOT_APPLICABLE


def test_it_says_what_the_indicator_counts(session: ScopedSession) -> None:
    oracle = Oracle(session)
    for span, _, _ in oracle.population("commune_secretaries", TODAY, None):
        found = compliance.judge_secretary(session, LAW, assignment_id=span.assignment_id, day=TODAY)
        counts, unknown = oracle.local("non_local", span, TODAY)
        assert (found.outcome is Outcome.MET, found.outcome is Outcome.UNKNOWN) == (counts, unknown)


def test_origins(session: ScopedSession) -> None:
    slug = "secretary.local"
    nowhere = {"hometown": None, "hometown_unit_id": None, "birthplace": None, "birthplace_unit_id": None}
    place(session, slug, **nowhere)
    assert outcome(session, slug) is Outcome.UNKNOWN
    # Known to be outside the province by both fields.
    place(session, slug, hometown="Xã Yên Trung, Nam Định", birthplace="Thành phố Nam Định")
    assert outcome(session, slug) is Outcome.MET
    # The province, or the district, settles nothing.
    for around in ("tinh", "dong-van"):
        place(session, slug, hometown_unit_id=world.unit(around))
        assert outcome(session, slug) is Outcome.UNKNOWN
    # The other commune of the same name.
    place(session, slug, hometown_unit_id=world.unit("ta-lung-mv"), birthplace_unit_id=world.unit("ma-le"))
    assert outcome(session, slug) is Outcome.UNMET


def test_a_predecessor_of_the_commune_is_of_the_place(session: ScopedSession) -> None:
    rows = Oracle(session).population("commune_secretaries", TODAY, None)
    span = next(span for span, _, _ in rows if span.unit_id == world.unit("dang-uy.niem-son"))
    person = session.get_one(Cadre, span.cadre_id)
    person.hometown_unit_id = person.birthplace_unit_id = world.unit("niem-tong")
    session.flush()
    found = compliance.judge_secretary(session, LAW, assignment_id=span.assignment_id, day=TODAY)
    assert found.outcome is Outcome.UNMET


def test_a_town_as_birthplace_is_flagged(session: ScopedSession) -> None:
    slug = "secretary.stranger"
    town = session.scalars(
        select(UnitVersion).where(col(UnitVersion.unit_id) == world.unit("ta-lung-dv"))
    ).one()
    town.type = "thi-tran"
    place(session, slug, birthplace_unit_id=town.unit_id)
    found = compliance.judge_secretary(session, LAW, assignment_id=assignment(session, slug), day=TODAY)
    assert found.outcome is Outcome.MET
    assert found.measured["needs_review"] is True


def test_a_seat_that_is_not_there(session: ScopedSession) -> None:
    with pytest.raises(NotFound):
        compliance.judge_secretary(session, LAW, assignment_id=UUID(int=1), day=TODAY)
