"""Both clocks have something to answer, and nothing is known before its day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from app.models.assignment import AssignmentSpan
from app.models.base import TwoClocks, tables
from app.models.party import PartyMembership
from app.models.post import PostQuota
from app.models.qualification import QualificationKind, QualificationSpan
from app.models.residence import Residence
from app.models.title import TitleVersion
from app.models.unit import UnitVersion
from app.settings import Settings
from tests.conftest import TODAY
from tests.province.conftest import holders

pytestmark = [
    pytest.mark.province,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session"),
]

DAY = date(2019, 6, 30)
THEN = datetime(2019, 12, 31, 23, 59, 59, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
CLOCKS = {"row_id", "recorded_at", "superseded_at", "correction_reason"}


def two_clock_tables() -> Iterator[type[TwoClocks]]:
    for table in tables():
        if issubclass(table, TwoClocks):
            yield table


def facts(
    session: Session,
    model: Any,  # noqa: ANN401 - any table with two clocks
    known_at: datetime | None,
    *more: ColumnElement[bool],
) -> set[tuple[Any, ...]]:
    names = [name for name in model.model_fields if name not in CLOCKS]
    # An end decided after 2019 is news, not a correction: the day alone is asked about.
    asked = [getattr(model, name) for name in names if name != "valid_to" and not name.startswith("end_")]
    if known_at is None:
        known = [model.superseded_at.is_(None)]
    else:
        known = [
            model.recorded_at <= known_at,
            model.superseded_at.is_(None) | (model.superseded_at > known_at),
        ]
    rows = session.execute(
        select(*asked).where(
            model.valid_from <= DAY, model.valid_to.is_(None) | (model.valid_to > DAY), *known, *more
        )
    )
    return {tuple(row) for row in rows}


@pytest.mark.parametrize(
    ("model", "more"),
    [
        (UnitVersion, ()),
        (PostQuota, ()),
        (AssignmentSpan, ()),
        (QualificationSpan, (col(QualificationSpan.kind) == QualificationKind.EDUCATION,)),
        (QualificationSpan, (col(QualificationSpan.kind) == QualificationKind.POLITICAL_THEORY,)),
        (PartyMembership, ()),
        (Residence, ()),
        (TitleVersion, ()),
    ],
    ids=["unit", "quota", "assignment", "degree", "theory", "party", "residence", "title"],
)
def test_a_day_of_2019_reads_otherwise_now(
    session: Session,
    model: type[TwoClocks],
    more: tuple[ColumnElement[bool], ...],
) -> None:
    now, then = facts(session, model, None, *more), facts(session, model, THEN, *more)
    assert now - then, "something was put right since"
    assert len(now ^ then) < len(now) // 20 + 40, "corrections are few"


def test_nothing_was_recorded_before_records_began(session: Session) -> None:
    first = datetime.combine(Settings(demo=True).records_begin_on, datetime.min.time(), UTC)
    for model in two_clock_tables():
        earliest = session.execute(select(func.min(col(model.recorded_at)))).scalar_one()
        assert earliest >= first, model.__tablename__
    assert not holders(session, DAY, datetime(2009, 12, 31, tzinfo=UTC))
    assert not holders(session, date(2009, 12, 31))


def test_no_decision_is_known_before_it_was_signed(session: Session) -> None:
    span = AssignmentSpan
    rows = session.execute(
        select(
            col(span.decision_signed_on),
            col(span.end_decision_signed_on),
            col(span.recorded_at),
            col(span.valid_to),
        )
    ).all()
    assert len(rows) > 90_000
    for signed, end_signed, recorded_at, valid_to in rows:
        assert signed <= recorded_at.date()
        assert (valid_to is None) == (end_signed is None)
        assert end_signed is None or end_signed <= recorded_at.date()


def test_what_was_planned_in_2018_is_known_as_it_was_then(session: Session) -> None:
    """An end decided later doesn't reach back: on the day before, nobody is missing."""
    known_at = datetime(2018, 3, 1, tzinfo=UTC)
    then = [holder for holder in holders(session, date(2018, 3, 1), known_at) if holder.main]
    ahead = [holder for holder in holders(session, DAY, known_at) if holder.main]
    assert abs(len(ahead) - len(then)) < 300
    assert abs(len(then) - sum(holder.main for holder in holders(session, date(2018, 3, 1)))) < 300


def test_histories_go_back_to_2010(session: Session) -> None:
    today = {holder.cadre_id for holder in holders(session, TODAY)}
    at_first = {holder.cadre_id for holder in holders(session, date(2010, 1, 1))}
    assert len(today & at_first) > 15_000
    spans = session.execute(
        select(col(AssignmentSpan.cadre_id), func.count())
        .where(col(AssignmentSpan.superseded_at).is_(None))
        .group_by(col(AssignmentSpan.cadre_id))
    ).all()
    several = sum(count >= 2 for cadre, count in spans if cadre in today)
    assert several > 8_000
