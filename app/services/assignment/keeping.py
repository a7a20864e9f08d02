"""Which unit keeps a file, and which body manages its person, by the seats held today."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.title import MANAGED_RANK, ManagedBy, TitleVersion
from app.services.dated import holds_on, known, live
from app.services.lookup import find
from app.services.scope import ScopedSession


def settle(session: ScopedSession, people: Iterable[Cadre], today: date) -> int:
    """Sets who keeps each file (the unit of the main seat held today, else of the last one) and who manages.

    A person is managed by the highest body of the seats held today, concurrent ones included, else by that of
    the last main one: whoever may not write a title may not write its holder (design §4). Gives how many
    changed.
    """
    wanted = {person.id: person for person in people}
    rows = session.scalars(
        select(AssignmentSpan)
        .where(col(AssignmentSpan.cadre_id).in_(wanted), known(AssignmentSpan))
        .order_by(col(AssignmentSpan.valid_from))
    ).all()
    titles = managing(session, {span.title_id for span in rows}, today)
    changed = 0
    for key, (unit_id, managed_by) in keepers(rows, titles, today).items():
        person = wanted[key]
        if (person.unit_id, person.managed_by) != (unit_id, managed_by):
            person.unit_id, person.managed_by = unit_id, managed_by
            session.add(person)
            changed += 1
    session.flush()
    return changed


def keepers(
    spans: Iterable[Any], titles: Mapping[UUID, ManagedBy], today: date
) -> dict[UUID, tuple[UUID, ManagedBy | None]]:
    """Person to the unit that keeps the file and the body that manages, by spans in the order of their days.

    A span is anything with the columns of one: the import has rows that aren't written yet.
    """
    mains: dict[UUID, Any] = {}
    held: dict[UUID, list[Any]] = defaultdict(list)
    for span in spans:
        # A seat that begins later keeps no file yet, unless there has never been another.
        if span.is_main and (span.valid_from <= today or span.cadre_id not in mains):
            mains[span.cadre_id] = span
        if holds_on(span, today):
            held[span.cadre_id].append(span)
    for key, span in mains.items():
        if not held[key]:
            held[key].append(span)
    return {key: (span.unit_id, _highest(held[key], titles)) for key, span in mains.items()}


def _highest(spans: Iterable[Any], titles: Mapping[UUID, ManagedBy]) -> ManagedBy | None:
    """The highest managing body of these seats; among equals that of the main one."""
    bodies = [
        (MANAGED_RANK[titles[span.title_id]], not span.is_main, titles[span.title_id])
        for span in spans
        if span.title_id in titles
    ]
    return min(bodies)[2] if bodies else None


def managing(session: ScopedSession, titles: set[UUID], today: date) -> dict[UUID, ManagedBy]:
    """Title to the body that manages its holders on a day."""
    rows = session.execute(
        select(col(TitleVersion.title_id), col(TitleVersion.managed_by)).where(
            col(TitleVersion.title_id).in_(titles), live(TitleVersion, today)
        )
    )
    return {row.title_id: row.managed_by for row in rows}


def refresh_owners(session: ScopedSession, cadre_ids: Iterable[UUID], today: date) -> int:
    """`settle` for persons named by id, in the caller's scope."""
    people = [find(session, key) for key in cadre_ids]
    return settle(session, people, today)


def begin_day(session: ScopedSession, today: date) -> int:
    """The daily job: files whose main seat of today lies elsewhere go there; who manages is set anew.

    It looks at what holds today, not at what began: a day that was missed is made up for, and a title that
    another body manages from today on counts as well. Running it twice does nothing.
    """
    height = case(MANAGED_RANK, value=col(TitleVersion.managed_by))
    seats = (
        select(
            col(AssignmentSpan.cadre_id),
            func.min(height).label("highest"),
            func.min(case((col(AssignmentSpan.is_main), height))).label("of_main"),
            func.min(case((col(AssignmentSpan.is_main), col(TitleVersion.managed_by)))).label("main_body"),
        )
        .join(
            TitleVersion,
            (col(TitleVersion.title_id) == col(AssignmentSpan.title_id)) & live(TitleVersion, today),
        )
        .where(live(AssignmentSpan, today))
        .group_by(col(AssignmentSpan.cadre_id))
        .subquery()
    )
    main = aliased(AssignmentSpan)
    now = case(MANAGED_RANK, value=col(Cadre.managed_by))
    people = session.scalars(
        select(Cadre)
        .join(seats, seats.c.cadre_id == col(Cadre.id))
        .outerjoin(main, (col(main.cadre_id) == col(Cadre.id)) & col(main.is_main) & live(main, today))
        .where(
            (col(Cadre.unit_id) != col(main.unit_id))
            | now.is_distinct_from(seats.c.highest)
            | ((seats.c.of_main == seats.c.highest) & (col(Cadre.managed_by) != seats.c.main_body))
        )
    ).all()
    return settle(session, people, today) if people else 0
