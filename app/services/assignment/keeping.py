"""Which unit keeps a file, and who manages its person: that of the main seat held today."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.title import TitleVersion
from app.services.dated import holds_on, known, live
from app.services.lookup import find
from app.services.scope import ScopedSession


def settle(session: ScopedSession, people: Iterable[Cadre], today: date) -> int:
    """Sets who keeps each file: the unit of the main seat held today, else of the last one.

    Gives how many moved.
    """
    wanted = {person.id: person for person in people}
    spans: dict[UUID, AssignmentSpan] = {}
    rows = session.scalars(
        select(AssignmentSpan)
        .where(
            col(AssignmentSpan.cadre_id).in_(wanted),
            col(AssignmentSpan.is_main),
            known(AssignmentSpan),
        )
        .order_by(col(AssignmentSpan.valid_from))
    )
    for span in rows:
        # A seat that begins later keeps no file yet, unless there has never been another.
        if span.valid_from <= today or span.cadre_id not in spans:
            spans[span.cadre_id] = span
    titles = _managing(session, {span.title_id for span in spans.values()}, today)
    moved = 0
    for key, span in spans.items():
        person = wanted[key]
        managed_by = titles.get(span.title_id) if holds_on(span, today) else None
        if (person.unit_id, person.managed_by) != (span.unit_id, managed_by):
            person.unit_id, person.managed_by = span.unit_id, managed_by
            session.add(person)
            moved += 1
    session.flush()
    return moved


def _managing(session: ScopedSession, titles: set[UUID], today: date) -> dict[UUID, Any]:
    rows = session.execute(
        select(TitleVersion.title_id, TitleVersion.managed_by).where(
            col(TitleVersion.title_id).in_(titles), live(TitleVersion, today)
        )
    )
    return {row.title_id: row.managed_by for row in rows}


def refresh_owners(session: ScopedSession, cadre_ids: Iterable[UUID], today: date) -> int:
    """`settle` for persons named by id, in the caller's scope."""
    people = [find(session, key) for key in cadre_ids]
    return settle(session, people, today)


def begin_day(session: ScopedSession, today: date) -> int:
    """The daily job: files whose main seat of today lies elsewhere go there.

    Running it twice does nothing.
    """
    moved = session.scalars(
        select(Cadre)
        .join(
            AssignmentSpan,
            (col(AssignmentSpan.cadre_id) == col(Cadre.id))
            & col(AssignmentSpan.is_main)
            & live(AssignmentSpan, today),
        )
        .join(
            TitleVersion,
            (col(TitleVersion.title_id) == col(AssignmentSpan.title_id)) & live(TitleVersion, today),
        )
        .where(
            (col(Cadre.unit_id) != col(AssignmentSpan.unit_id))
            | col(Cadre.managed_by).is_distinct_from(col(TitleVersion.managed_by))
        )
    ).all()
    return settle(session, moved, today) if moved else 0
