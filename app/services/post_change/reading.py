"""Post changes as they are read: a list, and one dossier with its clock and what it was decided on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.post import Post
from app.models.post_change import UNDER_WAY, PostChange, PostChangeOutcome, PostChangeState
from app.models.unit import UnitVersion
from app.services import workflow
from app.services.audit import instant
from app.services.cadre import people_of
from app.services.compliance.post_change import clock_of
from app.services.dated import live
from app.services.paging import Page, Slice, cut, keyset
from app.services.post_change.table import OPEN, table
from app.services.post_change.writing import find
from app.services.scope import ScopedSession
from app.services.scope.roles import T2
from app.services.title import refs
from app.services.unit.naming import Names
from app.services.unit.tree import within

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list may be narrowed by; `unit_id`: the unit and all beneath it; `open`: not decided yet."""

    unit_id: UUID | None = None
    outcome: PostChangeOutcome | None = None
    state: PostChangeState | None = None
    authority_id: UUID | None = None
    cadre_id: UUID | None = None
    open: bool | None = None


def _narrowed(statement: Select[Any], filters: Filters, day: date) -> Select[Any]:
    if filters.unit_id is not None:
        statement = statement.where(within(col(PostChange.unit_id), filters.unit_id, day))
    if filters.open is not None:
        under_way = col(PostChange.state).in_(UNDER_WAY)
        statement = statement.where(under_way if filters.open else ~under_way)
    for name in ("outcome", "state", "authority_id", "cadre_id"):
        value = getattr(filters, name)
        if value is not None:
            statement = statement.where(getattr(PostChange, name) == value)
    return statement


def list_(session: ScopedSession, *, filters: Filters, page: Page, day: date) -> Slice:
    """One page of the dossiers in scope, by the name of the unit (default) or the day they were opened."""
    unit = aliased(UnitVersion)
    name = func.coalesce(col(unit.sort_key), "")
    first: Any = {"unit": name, "opened_on": col(PostChange.opened_on)}[page.sort.lstrip("-")]
    statement = _narrowed(
        select(PostChange, first.label("place")).outerjoin(
            unit, and_(col(unit.unit_id) == col(PostChange.unit_id), live(unit, day))
        ),
        filters,
        day,
    )
    statement = keyset(statement, [first, col(PostChange.id)], page, descending=page.sort.startswith("-"))
    found = session.execute(statement).all()
    total = None
    if page.count:
        total = session.execute(_narrowed(select(func.count(col(PostChange.id))), filters, day)).scalar_one()
    named = _Named(session, [row.PostChange for row in found], day)
    rows = [named.shape(row.PostChange) for row in found]
    session.saw("post_change.list", sorted({row.PostChange.cadre_id for row in found}))
    return cut(rows, [(row.place, row.PostChange.id) for row in found], page, total)


class _Named:
    """The names that rows of dossiers show: units, titles, posts, persons, each looked up once."""

    def __init__(self, session: ScopedSession, rows: Sequence[PostChange], day: date) -> None:
        self._day = day
        wanted = {row.new_post_id for row in rows} - {None}
        posts = session.scalars(select(Post).where(col(Post.id).in_(wanted))) if wanted else ()
        self._posts = {post.id: post for post in posts}
        units = {key for row in rows for key in (row.unit_id, row.authority_id)}
        self._units = Names(session, units | {post.unit_id for post in self._posts.values()})
        titles = {row.title_id for row in rows} | {post.title_id for post in self._posts.values()}
        self._titles = refs(session, titles, day)
        self._people = people_of(session, {row.cadre_id for row in rows}, day)
        self._tells = T2 in session.scope.tiers()

    def shape(self, row: PostChange) -> Row:
        post = self._posts.get(row.new_post_id) if row.new_post_id is not None else None
        return {
            "id": row.id,
            "cadre": self._people[row.cadre_id]["person"],
            "unit": self._units.on(row.unit_id, self._day),
            "title": self._titles[row.title_id],
            "authority": self._units.on(row.authority_id, self._day),
            "outcome": row.outcome,
            "new_post": None
            if post is None
            else {
                "id": post.id,
                "title": self._titles[post.title_id],
                "unit": self._units.on(post.unit_id, self._day),
            },
            "exempt_reason": row.exempt_reason if self._tells else None,
            "exempt_ends_on": row.exempt_ends_on,
            "state": row.state,
            "version": row.version,
            "opened_on": row.opened_on,
            "effective_on": row.effective_on,
            "published_on": row.published_on,
        }


def get(session: ScopedSession, post_change_id: UUID, *, day: date) -> Row:
    """One dossier with its clock and what it was proposed and decided on.

    The clock is that of `day`; of a dossier in effect that of the day of its decision.
    """
    row = find(session, post_change_id)
    session.saw("post_change.get", [row.cadre_id], root=row)
    proposed = workflow.snapshot(session, table(row), row.id, "propose")
    decided = workflow.snapshot(session, table(row), row.id, "decide")
    clock = clock_of(session, row.assignment_id, day if decided is None else decided["as_of"])
    tells = T2 in session.scope.tiers()
    return {
        **_Named(session, [row], day).shape(row),
        "post_id": row.post_id,
        "assignment_id": row.assignment_id,
        "reason": row.reason if tells else None,
        "since": clock.since,
        "limit_months": clock.limit_months,
        "due_on": clock.due_on,
        "proposed_at": instant(row.proposed_at) if row.proposed_at is not None else None,
        "opened_assignment_id": row.opened_assignment_id,
        "editable": row.state in OPEN,
        "writable": row.state in OPEN and _writes(session, row),
        "proposed": _judged(proposed),
        "decided": _judged(decided),
        "decision": None if decided is None else decided["decision"],
    }


def _judged(kept: Row | None) -> Row | None:
    names = ("as_of", "findings", "parameter_digest", "decision")
    return None if kept is None else {name: kept[name] for name in names}


def _writes(session: ScopedSession, row: PostChange) -> bool:
    """Whether the caller may change dossiers of the unit."""
    actor = session.scope.actor
    return actor is not None and bool(session.units_within(actor.reach("post_change:write"), {row.unit_id}))


def still_read(session: ScopedSession, post_change_id: UUID) -> list[UUID]:
    """The person that a kept answer about a dossier names, if the caller may read it again; else NotFound."""
    return [find(session, post_change_id).cadre_id]
