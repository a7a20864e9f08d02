"""Who holds the seats of a unit on a day."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.unit import Unit
from app.services import compliance, post
from app.services.dated import live
from app.services.errors import NotFound
from app.services.scope import ScopedSession
from app.services.unit import tree
from app.services.unit.naming import Names

Row = dict[str, Any]


def staffing(
    session: ScopedSession,
    unit_id: UUID,
    *,
    day: date,
    known_at: datetime | None = None,
    subtree: bool = False,
) -> Row:
    """The posts of a unit on `day` with quota, seats and holders; with `subtree` also of units beneath it.

    Beneath means the sub-units that make no plan of their own. NotFound where the unit lies outside the
    caller's scope or didn't stand. Persons whose files are kept elsewhere are stubs; of persons managed above
    the caller's level the name alone is told.
    """
    unit = session.get(Unit, unit_id)
    inside = session.units_within(session.scope.reads, {unit_id})
    line = tree.line(session, unit_id, day)
    if unit is None or not inside or not line:
        raise NotFound("Không có đơn vị này vào ngày đó, hoặc đơn vị ngoài phạm vi được xem.")
    units = set(tree.own(session, unit_id, day)) if subtree else {unit_id}
    posts = post.of_units(session, units, day=day, known_at=known_at)
    held, people = _holders(session, [row["id"] for row in posts], day, known_at)
    session.saw("unit.staffing", people, root=unit)
    for row in posts:
        row["holders"] = held[row["id"]]
    return {
        "unit": Names(session, [unit_id]).on(unit_id, day),
        "as_of": day,
        "posts": posts,
        "total": {name: sum(row[name] for row in posts) for name in ("quota", "filled", "vacant")},
    }


def _holders(
    session: ScopedSession, posts: list[UUID], day: date, known_at: datetime | None
) -> tuple[dict[UUID, list[Row]], list[UUID]]:
    """Post to the holders of its seats in their order; and all persons named."""
    spans = (
        session.execute(
            select(
                col(AssignmentSpan.assignment_id),
                col(AssignmentSpan.post_id),
                col(AssignmentSpan.cadre_id),
                col(AssignmentSpan.seat_no),
                col(AssignmentSpan.acting),
                col(AssignmentSpan.is_main),
                col(AssignmentSpan.valid_from),
                col(AssignmentSpan.term_ends_on),
            )
            .where(col(AssignmentSpan.post_id).in_(posts), live(AssignmentSpan, day, known_at))
            .order_by(col(AssignmentSpan.post_id), col(AssignmentSpan.seat_no))
        )
        .mappings()
        .all()
    )
    people = [row["cadre_id"] for row in spans]
    scope = session.scope
    files = {
        key: ({"id": key, "code": code, "full_name": name, "stub": False}, managed_by, is_stub)
        for key, code, name, managed_by, is_stub in session.execute(
            select(
                col(Cadre.id),
                col(Cadre.code),
                col(Cadre.full_name),
                col(Cadre.managed_by),
                col(Cadre.is_stub),
            ).where(col(Cadre.id).in_(people))
        )
    }
    outsiders = compliance.stubs(session, set(people) - files.keys())
    held: dict[UUID, list[Row]] = defaultdict(list)
    for row in spans:
        key = row["cadre_id"]
        if key in files:
            person, managed_by, is_stub = files[key]
            whole = not is_stub and scope.reads_whole(managed_by, cadre_id=key)
        else:
            person, whole = outsiders[key] | {"stub": True}, True
        held[row["post_id"]].append(
            {
                "assignment_id": row["assignment_id"],
                "seat_no": row["seat_no"],
                "cadre": person,
                "acting": row["acting"],
                "is_main": row["is_main"] if whole else None,
                "valid_from": row["valid_from"] if whole else None,
                "term_ends_on": row["term_ends_on"] if whole else None,
            }
        )
    return held, people
