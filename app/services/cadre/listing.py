"""The list of persons: one select of columns, filtered, scoped and paged in the database."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, null, or_, select
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import BirthPrecision, Cadre, Sex
from app.models.party import PartyMembership, PoliticalTheory
from app.models.qualification import QualificationKind, QualificationSpan
from app.models.title import ManagedBy, Title, TitleVersion
from app.models.unit import Level, UnitClosure, UnitVersion, Via
from app.services import search
from app.services.dated import begun, live, years_before
from app.services.errors import Denied
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import Scope, ScopedSession
from app.services.scope.roles import T2

THEORY = tuple(PoliticalTheory)
"""Levels of political theory, lowest first: a level's place is its rank."""

NEVER = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of persons may be narrowed by."""

    unit_id: UUID | None = None
    level: Level | None = None
    title_id: UUID | None = None
    managed_by: tuple[ManagedBy, ...] = ()
    sex: Sex | None = None
    ethnicity: str | None = None
    age_min: int | None = None
    age_max: int | None = None
    political_theory_min: PoliticalTheory | None = None
    party_member: bool | None = None
    code: str | None = None
    q: str | None = None
    in_post: bool = True

    def special(self) -> bool:
        """True where a filter reads special-category data."""
        return (self.ethnicity, self.political_theory_min, self.party_member) != (None, None, None)

    def personal(self) -> bool:
        """True where a filter reads what a redacted row hides."""
        return self.special() or (self.sex, self.age_min, self.age_max) != (None, None, None)


def theory_rank(day: date, known_at: datetime | None) -> ColumnElement[int]:
    """Rank of a person's best political theory that holds on `day`; null where none is recorded."""
    rank = case(
        {level.value: place for place, level in enumerate(THEORY)},
        value=col(QualificationSpan.level),
        else_=0,
    )
    return (
        select(func.max(rank))
        .where(
            col(QualificationSpan.cadre_id) == col(Cadre.id),
            col(QualificationSpan.kind) == QualificationKind.POLITICAL_THEORY,
            live(QualificationSpan, day, known_at),
        )
        .correlate(Cadre)
        .scalar_subquery()
    )


def is_party_member(day: date, known_at: datetime | None) -> ColumnElement[bool]:
    """True where a person is a Party member on `day`."""
    return (
        exists()
        .where(col(PartyMembership.cadre_id) == col(Cadre.id), live(PartyMembership, day, known_at))
        .correlate(Cadre)
    )


def beneath(unit_id: UUID, day: date) -> Select[*tuple[Any, ...]]:
    """Ids of the units at or beneath `unit_id` in the tree of `day`."""
    return select(col(UnitClosure.descendant_id)).where(
        col(UnitClosure.ancestor_id) == unit_id,
        col(UnitClosure.via) == Via.TREE,
        live(UnitClosure, day),
    )


def columns(scope: Scope, day: date, known_at: datetime | None) -> tuple[Any, ...]:
    """The columns of a list row; special-category ones are null for who may not read them."""
    special = T2 in scope.tiers()
    return (
        col(Cadre.id),
        col(Cadre.code),
        col(Cadre.full_name),
        col(Cadre.birth_date),
        col(Cadre.birth_precision),
        col(Cadre.sex),
        (col(Cadre.ethnicity) if special else null()).label("ethnicity"),
        col(Cadre.is_stub),
        col(Cadre.managed_by).label("file_managed_by"),
        col(Cadre.sort_key),
        col(UnitVersion.unit_id).label("unit_id"),
        col(UnitVersion.code).label("unit_code"),
        col(UnitVersion.name).label("unit_name"),
        col(UnitVersion.level).label("unit_level"),
        col(Title.id).label("title_id"),
        col(Title.code).label("title_code"),
        col(TitleVersion.name).label("title_name"),
        col(TitleVersion.managed_by).label("managed_by"),
        (is_party_member(day, known_at) if special else null()).label("party_member"),
        (theory_rank(day, known_at) if special else null()).label("theory"),
    )


def placed(
    statement: Select[*tuple[Any, ...]], day: date, known_at: datetime | None, *, in_post: bool
) -> Select[*tuple[Any, ...]]:
    """`statement` over persons with the main seat they hold on `day`, its title and its unit.

    Not in post: those who hold no main seat that day, with the unit that keeps their file.
    """
    main = and_(
        col(AssignmentSpan.cadre_id) == col(Cadre.id),
        col(AssignmentSpan.is_main),
        live(AssignmentSpan, day, known_at),
    )
    joined = statement.select_from(Cadre).join(AssignmentSpan, main, isouter=not in_post)
    where_kept = (
        col(AssignmentSpan.unit_id) if in_post else func.coalesce(AssignmentSpan.unit_id, Cadre.unit_id)
    )
    joined = (
        joined.join(
            UnitVersion, and_(col(UnitVersion.unit_id) == where_kept, live(UnitVersion, day)), isouter=True
        )
        .join(
            TitleVersion,
            and_(col(TitleVersion.title_id) == col(AssignmentSpan.title_id), live(TitleVersion, day)),
            isouter=True,
        )
        .join(Title, col(Title.id) == col(AssignmentSpan.title_id), isouter=True)
    )
    return joined if in_post else joined.where(col(AssignmentSpan.row_id).is_(None))


def narrowed(
    session: ScopedSession,
    statement: Select[*tuple[Any, ...]],
    filters: Filters,
    day: date,
    known_at: datetime | None,
) -> Select[*tuple[Any, ...]]:
    """`statement` with every filter applied; Denied for a filter on what the caller may not read."""
    scope = session.scope
    if filters.special() and T2 not in scope.tiers():
        raise Denied("Tài khoản này không được lọc theo dân tộc, Đảng viên hay lý luận chính trị.")
    if filters.personal():
        statement = statement.where(unredacted(scope))
    if known_at is not None:
        statement = statement.where(begun(col(Cadre.recorded_at), known_at))
    if filters.unit_id is not None:
        kept = col(AssignmentSpan.unit_id) if filters.in_post else col(Cadre.unit_id)
        statement = statement.where(kept.in_(beneath(filters.unit_id, day)))
    equal = {
        col(UnitVersion.level): filters.level,
        col(AssignmentSpan.title_id): filters.title_id,
        col(Cadre.sex): filters.sex,
        col(Cadre.ethnicity): filters.ethnicity,
        col(Cadre.code): filters.code,
    }
    statement = statement.where(*(column == value for column, value in equal.items() if value is not None))
    if filters.managed_by:
        statement = statement.where(col(TitleVersion.managed_by).in_(filters.managed_by))
    if filters.age_min is not None:
        statement = statement.where(col(Cadre.birth_date) <= years_before(day, filters.age_min))
    if filters.age_max is not None:
        statement = statement.where(col(Cadre.birth_date) > years_before(day, filters.age_max + 1))
    if filters.political_theory_min is not None:
        least = THEORY.index(filters.political_theory_min)
        statement = statement.where(func.coalesce(theory_rank(day, known_at), 0) >= least)
    if filters.party_member is not None:
        member = is_party_member(day, known_at)
        statement = statement.where(member if filters.party_member else ~member)
    if filters.q:
        statement = statement.where(
            or_(search.name_matches(session, filters.q), col(Cadre.code) == filters.q.strip().upper())
        )
    return statement


def unredacted(scope: Scope) -> ColumnElement[bool]:
    """True where the caller reads the row whole: redacted rows match no personal filter."""
    hidden = scope.redacts()
    shown = or_(col(Cadre.managed_by).is_(None), col(Cadre.managed_by).not_in(hidden))
    return and_(col(Cadre.is_stub).is_(False), shown)


def list_(
    session: ScopedSession, *, filters: Filters, page: Page, day: date, known_at: datetime | None = None
) -> Slice:
    """One page of the persons in scope who hold a main seat on `day` (or none, if asked)."""
    scope = session.scope
    statement = placed(select(*columns(scope, day, known_at)), day, known_at, in_post=filters.in_post)
    statement = narrowed(session, statement, filters, day, known_at)
    sort = page.sort.lstrip("-")
    order, key_of = _order(scope, sort)
    found = (
        session.execute(keyset(statement, order, page, descending=page.sort.startswith("-"))).mappings().all()
    )
    total = count(session, filters=filters, day=day, known_at=known_at) if page.count else None
    shape = shaper(scope)
    result = cut([dict(row) for row in found], [key_of(row) for row in found], page, total)
    people = [shape(row) for row in result.rows]
    session.saw("cadre.list", [row["id"] for row in result.rows])
    return Slice(people, result.first, result.last, result.has_next, result.has_prev, result.total)


def count(session: ScopedSession, *, filters: Filters, day: date, known_at: datetime | None = None) -> int:
    """How many persons the filters leave."""
    statement = placed(select(func.count(col(Cadre.id))), day, known_at, in_post=filters.in_post)
    return int(session.execute(narrowed(session, statement, filters, day, known_at)).scalar_one())


def by_managing_body(
    session: ScopedSession, *, filters: Filters, day: date, known_at: datetime | None = None
) -> dict[str, int]:
    """How many persons each managing body has under the same filters but its own; one grouped select."""
    body = col(TitleVersion.managed_by)
    statement = placed(select(body, func.count(col(Cadre.id))), day, known_at, in_post=filters.in_post)
    rest = dataclasses.replace(filters, managed_by=())
    rows = session.execute(narrowed(session, statement, rest, day, known_at).group_by(body))
    return {str(name): int(number) for name, number in rows if name is not None}


def _order(scope: Scope, sort: str) -> tuple[list[SQLCoreOperations[Any]], Callable[[Any], tuple[Any, ...]]]:
    if sort == "birth_date":
        # A redacted row sorts as if its birth date were unknown: its place must not tell it.
        shown = case((unredacted(scope), col(Cadre.birth_date)), else_=None)
        hidden = set(scope.redacts())

        def birth_key(row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a row mapping
            whole = not row["is_stub"] and row["file_managed_by"] not in hidden
            return ((row["birth_date"] if whole else None) or NEVER, row["id"])

        return [func.coalesce(shown, NEVER), col(Cadre.id)], birth_key
    if sort == "code":
        return [col(Cadre.code), col(Cadre.id)], lambda row: (row["code"], row["id"])
    return [col(Cadre.sort_key), col(Cadre.id)], lambda row: (row["sort_key"], row["id"])


def shaper(scope: Scope) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Turns a list row into the contract's shape, with what the caller may not read left empty."""
    hidden = set(scope.redacts())
    own = scope.actor.cadre_id if scope.actor else None
    special = T2 in scope.tiers()

    def shape(row: dict[str, Any]) -> dict[str, Any]:
        redacted = bool(row["is_stub"]) or (row["file_managed_by"] in hidden and row["id"] != own)
        theory = row["theory"]
        return {
            "id": row["id"],
            "code": row["code"],
            "full_name": row["full_name"],
            "birth_date": None if redacted else row["birth_date"],
            "birth_precision": None if redacted else row["birth_precision"] or BirthPrecision.DAY,
            "sex": None if redacted else row["sex"],
            "ethnicity": None if redacted else row["ethnicity"],
            "unit": {
                "id": row["unit_id"],
                "code": row["unit_code"],
                "name": row["unit_name"],
                "level": row["unit_level"],
            }
            if row["unit_id"]
            else None,
            "title": {"id": row["title_id"], "code": row["title_code"], "name": row["title_name"]}
            if row["title_id"]
            else None,
            "managed_by": None if redacted and not row["is_stub"] else row["managed_by"],
            "party_member": None if redacted or not special else bool(row["party_member"]),
            "political_theory": None
            if redacted or not special
            else THEORY[int(theory)]
            if theory is not None
            else None,
            "redacted": redacted,
        }

    return shape
