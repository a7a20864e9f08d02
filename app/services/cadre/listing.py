"""The list of persons: filtered, scoped and paged in the database; shaped by what the caller may read."""

import dataclasses
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import or_
from sqlmodel import col

from app.models.cadre import BirthPrecision, Cadre
from app.services import search
from app.services.cadre.statement import (
    PERSONAL,
    SPECIAL,
    THEORY,
    Filters,
    Rows,
    Shape,
    statement_of,
)
from app.services.errors import Denied
from app.services.paging import Page, Slice, cut, ordered, place
from app.services.scope import Scope, ScopedSession
from app.services.scope.roles import T2

Answer = Literal["rows", "count", "bodies"]

_SORTS: dict[str, Any] = {
    "name": col(Cadre.sort_key),
    "birth_date": col(Cadre.birth_date),
    "code": col(Cadre.code),
}


def list_(
    session: ScopedSession, *, filters: Filters, page: Page, day: date, known_at: datetime | None = None
) -> Slice:
    """One page of the persons in scope who hold a main seat on `day` (or none, if asked)."""
    scope = session.scope
    sort = page.sort.lstrip("-")
    down = page.sort.startswith("-") != page.backwards
    statement = _ordered(
        _shape(session, filters, known_at, "rows", sort), sort, down=down, keyed=page.key is not None
    )
    statement = _searched(session, statement, filters)
    found = session.execute(statement, filters.values(day, known_at) | place(page)).mappings().all()
    total = _count(session, filters, day, known_at, sort) if page.count else None
    shape = shaper(scope)
    result = cut(
        [dict(row) for row in found], [(row[_SORTS[sort].key], row["id"]) for row in found], page, total
    )
    session.saw("cadre.list", [row["id"] for row in result.rows])
    return dataclasses.replace(result, rows=[shape(row) for row in result.rows])


def _count(session: ScopedSession, filters: Filters, day: date, known_at: datetime | None, sort: str) -> int:
    """How many persons the filters and the sort leave."""
    statement = _searched(session, statement_of(_shape(session, filters, known_at, "count", sort)), filters)
    return int(session.execute(statement, filters.values(day, known_at)).scalar_one())


def by_managing_body(
    session: ScopedSession, *, filters: Filters, day: date, known_at: datetime | None = None
) -> dict[str, int]:
    """How many persons each managing body has under the same filters but its own; one grouped select."""
    rest = dataclasses.replace(filters, managed_by=())
    statement = _searched(session, statement_of(_shape(session, rest, known_at, "bodies")), rest)
    rows = session.execute(statement, rest.values(day, known_at))
    return {str(name): int(number) for name, number in rows if name is not None}


def placed_row(
    session: ScopedSession, filters: Filters, *, day: date, known_at: datetime | None
) -> dict[str, Any] | None:
    """The list row of the one person these filters name, in post or not; None if the scope holds no such."""
    for in_post in (True, False):
        asked = dataclasses.replace(filters, in_post=in_post)
        statement = statement_of(_shape(session, asked, known_at, "rows"))
        row = session.execute(statement, asked.values(day, known_at)).mappings().first()
        if row is not None:
            return dict(row)
    return None


def _shape(
    session: ScopedSession, filters: Filters, known_at: datetime | None, answer: Answer, sort: str = "name"
) -> Shape:
    """The shape of a question; Denied for a filter on what the caller may not read."""
    scope = session.scope
    named = filters.named() | ({sort} & PERSONAL)
    special = T2 in scope.tiers()
    if named & SPECIAL and not special:
        raise Denied("Tài khoản này không được lọc theo dân tộc, Đảng viên hay lý luận chính trị.")
    return Shape(named, scope.redacts(), special, known_at is not None, filters.in_post, answer)


def _searched(session: ScopedSession, statement: Rows, filters: Filters) -> Rows:
    """`statement` narrowed to what the name search finds."""
    if not filters.q:
        return statement
    wanted = filters.q.strip()
    matches = search.name_matches(session, wanted)
    return statement.where(or_(matches, col(Cadre.code) == wanted.upper()) if _codelike(wanted) else matches)


def _codelike(text: str) -> bool:
    """True for what could be a cadre's code: a name has no digit, and an OR would cost it its index."""
    return any(sign.isdigit() for sign in text)


@lru_cache(maxsize=1024)
def _ordered(shape: Shape, sort: str, *, down: bool, keyed: bool) -> Rows:
    """The select of a shape, sorted and paged."""
    return ordered(statement_of(shape), [_SORTS[sort], col(Cadre.id)], down=down, keyed=keyed)


def shaper(scope: Scope) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Turns a list row into the contract's shape, with what the caller may not read left empty."""
    hidden = set(scope.redacts())
    own = scope.actor.cadre_id if scope.actor else None
    special = T2 in scope.tiers()

    def shape(row: dict[str, Any]) -> dict[str, Any]:
        redacted = bool(row["is_stub"]) or (row["file_managed_by"] in hidden and row["id"] != own)
        told = not redacted and special
        theory = row["theory"] if told else None
        return {
            "id": row["id"],
            "code": row["code"],
            "full_name": row["full_name"],
            "birth_date": None if redacted else row["birth_date"],
            "birth_precision": None if redacted else row["birth_precision"] or BirthPrecision.DAY,
            "sex": None if redacted else row["sex"],
            "ethnicity": row["ethnicity"] if told else None,
            "unit": _named(row, "unit") | {"level": row["unit_level"]} if row["unit_id"] else None,
            "title": _named(row, "title") if row["title_id"] else None,
            "managed_by": None if redacted and not row["is_stub"] else row["managed_by"],
            "party_member": bool(row["party_member"]) if told else None,
            "political_theory": None if theory is None else THEORY[int(theory)],
            "redacted": redacted,
        }

    return shape


def _named(row: dict[str, Any], noun: str) -> dict[str, Any]:
    return {"id": row[f"{noun}_id"], "code": row[f"{noun}_code"], "name": row[f"{noun}_name"]}
