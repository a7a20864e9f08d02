"""The select behind every list of persons, built once for each shape of question and kept.

Building it costs more than running it, so what changes from call to call stands in bind parameters, and the
statement of a shape (which filters, which sort, which tiers) is made once per process.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, case, exists, func, null, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.base import UtcDateTime
from app.models.cadre import Cadre, Sex
from app.models.party import PartyMembership, PoliticalTheory
from app.models.qualification import QualificationKind, QualificationSpan
from app.models.title import ManagedBy, Title, TitleVersion
from app.models.unit import Level, UnitClosure, UnitVersion, Via
from app.services.dated import begun, live, years_before

Rows = Select[*tuple[Any, ...]]

THEORY = tuple(PoliticalTheory)
"""Levels of political theory, lowest first: a level's place is its rank."""

DAY = bindparam("as_of_day", type_=Date())
KNOWN = bindparam("as_known_at", type_=UtcDateTime())


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of persons may be narrowed by."""

    id: UUID | None = None
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

    def named(self) -> frozenset[str]:
        """The filters that are set, but for the name search."""
        found = {field.name for field in fields(self) if getattr(self, field.name) not in {None, ()}}
        return frozenset(found - {"q", "in_post"})

    def values(self, day: date, known_at: datetime | None) -> dict[str, Any]:
        """The values of the statement's bind parameters."""
        found: dict[str, Any] = {f"by_{name}": getattr(self, name) for name in self.named()}
        if self.managed_by:
            found["by_managed_by"] = list(self.managed_by)
        if self.age_min is not None:
            found["by_age_min"] = years_before(day, self.age_min)
        if self.age_max is not None:
            found["by_age_max"] = years_before(day, self.age_max + 1)
        if self.political_theory_min is not None:
            found["by_political_theory_min"] = THEORY.index(self.political_theory_min)
        return found | {"as_of_day": day} | ({"as_known_at": known_at} if known_at is not None else {})


SPECIAL = frozenset({"ethnicity", "political_theory_min", "party_member"})
"""Filters that read special-category data."""

PERSONAL = SPECIAL | {"sex", "age_min", "age_max", "birth_date"}
"""Filters, and the sort, that read what a redacted row hides: such a row matches none of them."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides how a statement reads; two questions of one shape differ in bind parameters alone."""

    filters: frozenset[str]
    hidden: tuple[ManagedBy, ...]
    special: bool
    known: bool = False
    in_post: bool = True
    answer: Literal["rows", "count", "bodies"] = "rows"

    @property
    def known_at(self) -> Any:  # noqa: ANN401 - a bind parameter or nothing
        """The second clock's parameter, where one was asked for."""
        return KNOWN if self.known else None


def theory_rank(shape: Shape) -> ColumnElement[int]:
    """Rank of a person's best political theory that holds on the day; null where none is recorded."""
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
            live(QualificationSpan, DAY, shape.known_at),
        )
        .correlate(Cadre)
        .scalar_subquery()
    )


def is_party_member(shape: Shape) -> ColumnElement[bool]:
    """True where a person is a Party member on the day."""
    return (
        exists()
        .where(col(PartyMembership.cadre_id) == col(Cadre.id), live(PartyMembership, DAY, shape.known_at))
        .correlate(Cadre)
    )


def beneath(unit_id: Any, day: Any) -> Rows:  # noqa: ANN401 - values or bind parameters
    """Ids of the units at or beneath `unit_id` in the tree of `day`."""
    return select(col(UnitClosure.descendant_id)).where(
        col(UnitClosure.ancestor_id) == unit_id,
        col(UnitClosure.via) == Via.TREE,
        live(UnitClosure, day),
    )


def unredacted(hidden: tuple[ManagedBy, ...]) -> ColumnElement[bool]:
    """True where the caller reads the row whole: redacted rows match no personal filter."""
    shown = or_(col(Cadre.managed_by).is_(None), col(Cadre.managed_by).not_in(hidden))
    return and_(col(Cadre.is_stub).is_(False), shown)


def _by(name: str) -> Any:  # noqa: ANN401 - a bind parameter
    return bindparam(f"by_{name}")


def _in_unit(shape: Shape) -> ColumnElement[bool]:
    kept = col(AssignmentSpan.unit_id) if shape.in_post else col(Cadre.unit_id)
    return kept.in_(beneath(_by("unit_id"), DAY))


_CONDITIONS: dict[str, Callable[[Shape], ColumnElement[bool]]] = {
    "id": lambda _: col(Cadre.id) == _by("id"),
    "unit_id": _in_unit,
    "level": lambda _: col(UnitVersion.level) == _by("level"),
    "title_id": lambda _: col(AssignmentSpan.title_id) == _by("title_id"),
    "managed_by": lambda _: col(TitleVersion.managed_by).in_(bindparam("by_managed_by", expanding=True)),
    "sex": lambda _: col(Cadre.sex) == _by("sex"),
    "ethnicity": lambda _: col(Cadre.ethnicity) == _by("ethnicity"),
    "code": lambda _: col(Cadre.code) == _by("code"),
    "birth_date": lambda _: col(Cadre.birth_date).is_not(None),
    "age_min": lambda _: col(Cadre.birth_date) <= _by("age_min"),
    "age_max": lambda _: col(Cadre.birth_date) > _by("age_max"),
    "political_theory_min": lambda shape: func.coalesce(theory_rank(shape), 0) >= _by("political_theory_min"),
    "party_member": lambda shape: is_party_member(shape) == _by("party_member"),
}


def _columns(shape: Shape) -> tuple[Any, ...]:
    """The columns of a list row; special-category ones are null for who may not read them."""
    return (
        col(Cadre.id),
        col(Cadre.code),
        col(Cadre.full_name),
        col(Cadre.birth_date),
        col(Cadre.birth_precision),
        col(Cadre.sex),
        (col(Cadre.ethnicity) if shape.special else null()).label("ethnicity"),
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
        (is_party_member(shape) if shape.special else null()).label("party_member"),
        (theory_rank(shape) if shape.special else null()).label("theory"),
    )


def _version_of(table: Any, key: str, of: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped class, a column
    """True for the one version of `of` that holds on the day, found row by row through its index.

    Joined by the dates themselves, SQLite reads the whole table first (a Bloom filter over 7,518 versions):
    2.7 of the 3.6 ms of a page.
    """
    version = aliased(table)
    found = (
        select(version.row_id)
        .where(getattr(version, key) == of, live(version, DAY))
        .correlate_except(version)
        .scalar_subquery()
    )
    return col(table.row_id) == found


def _placed(statement: Rows, shape: Shape) -> Rows:
    """`statement` over persons with the main seat they hold on the day, its title and its unit.

    Not in post: those who hold no main seat that day, with the unit that keeps their file.
    """
    main = and_(
        col(AssignmentSpan.cadre_id) == col(Cadre.id),
        col(AssignmentSpan.is_main),
        live(AssignmentSpan, DAY, shape.known_at),
    )
    where_kept = (
        col(AssignmentSpan.unit_id)
        if shape.in_post
        else func.coalesce(col(AssignmentSpan.unit_id), col(Cadre.unit_id))
    )
    title = _version_of(TitleVersion, "title_id", col(AssignmentSpan.title_id))
    unit = _version_of(UnitVersion, "unit_id", where_kept)
    joined = statement.select_from(Cadre).join(AssignmentSpan, main, isouter=not shape.in_post)
    # A count needs the names of nothing: each outer join finds one row at most.
    rows = shape.answer == "rows"
    if rows or "level" in shape.filters:
        joined = joined.join(UnitVersion, unit, isouter=True)
    if rows or shape.answer == "bodies" or "managed_by" in shape.filters:
        joined = joined.join(TitleVersion, title, isouter=True)
    if rows:
        joined = joined.join(Title, col(Title.id) == col(AssignmentSpan.title_id), isouter=True)
    return joined if shape.in_post else joined.where(col(AssignmentSpan.row_id).is_(None))


@lru_cache(maxsize=1024)
def statement_of(shape: Shape) -> Rows:
    """The select of a shape; run it with `Filters.values`."""
    body = col(TitleVersion.managed_by)
    start: Rows
    if shape.answer == "count":
        start = select(func.count(col(Cadre.id)))
    elif shape.answer == "bodies":
        start = select(body, func.count(col(Cadre.id))).group_by(body)
    else:
        start = select(*_columns(shape))
    statement = _placed(start, shape).where(*(_CONDITIONS[name](shape) for name in sorted(shape.filters)))
    if shape.filters & PERSONAL:
        statement = statement.where(unredacted(shape.hidden))
    elif "managed_by" in shape.filters or shape.answer == "bodies":
        # A stub says who manages it, a redacted row doesn't.
        statement = statement.where(or_(col(Cadre.is_stub), unredacted(shape.hidden)))
    if shape.known:
        statement = statement.where(begun(col(Cadre.recorded_at), KNOWN))
    return statement
