"""Sensitive posts of the demo: non-leaders whose limit nears, is reached or past, in many units."""

from collections import Counter
from datetime import date
from uuid import UUID

from sqlmodel import Session, col, select

from app.demo.dates import BASELINE
from app.models.assignment import AssignmentSpan
from app.models.title import TitleVersion
from app.services.dated import live
from app.services.law.months import months_after

SOON = 6


def clocks(session: Session, day: date) -> dict[UUID, str]:
    """Seat to where its clock stands on the day, for all whose limit is near or past; by rows alone."""
    limits = {
        one.title_id: one.sensitive_months
        for one in session.exec(select(TitleVersion).where(live(TitleVersion, day)))
        if one.sensitive_months is not None
    }
    found = {}
    spans = session.exec(
        select(AssignmentSpan).where(col(AssignmentSpan.title_id).in_(limits), live(AssignmentSpan, day))
    )
    for span in spans:
        due_on = months_after(span.valid_from, limits[span.title_id] or 0)
        if day >= months_after(due_on, -SOON):
            found[span.assignment_id] = "overdue" if day > due_on else "near"
    return found


def test_there_are_holders_who_are_late_and_who_will_be(session: Session) -> None:
    told = Counter(clocks(session, BASELINE).values())
    assert told["overdue"] >= 100
    assert told["near"] >= 20


def test_no_leading_title_bears_a_limit(session: Session) -> None:
    leading = session.exec(
        select(TitleVersion).where(
            col(TitleVersion.sensitive_months).is_not(None),
            col(TitleVersion.is_leadership) | col(TitleVersion.is_key),
        )
    ).all()
    assert leading == []
