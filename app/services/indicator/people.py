"""Exactly the people behind a number: the rows of the statement that counted them, as far as one may read."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, literal, null, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.committee import Membership
from app.models.party import PartyMembership
from app.models.title import ManagedBy, Title, TitleVersion
from app.models.unit import UnitVersion
from app.services import search
from app.services.cadre.listing import shaper
from app.services.dated import live
from app.services.errors import Denied
from app.services.indicator import place
from app.services.indicator.basis import Basis
from app.services.indicator.behind import Behind, Part
from app.services.indicator.counting import in_a_child
from app.services.indicator.days import Rows, parameters
from app.services.indicator.figures import Moment
from app.services.indicator.items import items
from app.services.indicator.numerators import COUNTS, NUMERATORS, UNKNOWN, best_theory
from app.services.indicator.place import Asked
from app.services.indicator.populations import Ask, in_tree
from app.services.indicator.sources import source_of
from app.services.indicator.units import units
from app.services.law import indicators as law
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import Scope, ScopedSession, everywhere
from app.services.scope.roles import T2

BECAUSE = "people behind a figure"
PARTY = frozenset(source_of("committee_members").parts) | {"district_leaders"}
"""Who sits in a committee is Party data: the very list tells it."""

PLANNED = frozenset(source_of("planned_managed").parts)
"""Who is planned is told to who reads plans."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of people in one unit; `withheld` more are counted, whom the caller reads by name alone."""

    unit: Asked
    page: Slice
    withheld: int = 0


def people(
    session: ScopedSession,
    basis: Basis,
    *,
    behind: Behind,
    moment: Moment,
    page: Page,
    unit_id: UUID | None = None,
) -> Listed:
    """One page of the people behind a number, with their total: the number itself, unless `q` narrows it.

    Who lies outside the caller's files is named with title and unit alone. A list by a fact (age, sex, …)
    leaves out whom the caller reads by name alone, since it would tell him the fact: `withheld` counts them,
    whatever `q` asks for.
    Denied where the list tells special-category data and the caller reads none.
    """
    asked = place.find(session, unit_id, moment.day)
    population, numerator = behind.reading
    telling = numerator != "everyone" and behind.part != "denominator"
    special = session.scope.actor is None or T2 in session.scope.tiers()
    if not special and (population in PARTY or (telling and behind.indicator.tier == T2)):
        raise Denied("Danh sách này cho biết dữ liệu nhạy cảm của từng người; tài khoản này không được xem.")
    actor = session.scope.actor
    if population in PLANNED and actor is not None and "plan:read" not in actor.permissions:
        raise Denied("Danh sách này cho biết ai được quy hoạch; tài khoản này không được xem quy hoạch.")
    if basis.outside(moment.day) is not None:
        session.saw("indicator.people", ())
        return Listed(asked, Slice([], total=0))
    if law.catalogue().counts(behind.indicator) == "units":
        return Listed(asked, units(session, basis, asked, behind=behind, moment=moment, page=page))
    if law.catalogue().counts(behind.indicator) == "items":
        return Listed(asked, items(session, basis, asked, behind=behind, moment=moment, page=page))
    ask = Ask(basis.terms(moment.day), 1, moment.known_at is not None)
    statement = _statement(ask, population, numerator, behind.part, own=behind.own, special=special)
    if behind.part == "missing" and behind.indicator.sought == "fewer":
        statement = statement.where(false())
    reader = everywhere(session, because=BECAUSE)
    values = parameters([basis.cuts(moment.day)], unit_id=asked.id, known_at=moment.known_at)

    def count(rows: Rows) -> int:
        return int(reader.execute(select(func.count()).select_from(rows.subquery()), values).scalar_one())

    withheld, total = 0, None
    told = _readable(session.scope) if telling else None
    if told is not None:
        everybody, statement = count(statement), statement.where(told)
        total = count(statement)
        withheld = everybody - total
    if behind.q.strip():
        # After the others were counted: beside a name, their number would tell the fact of whoever bears it.
        code = col(Cadre.code) == behind.q.strip().upper()
        statement, total = statement.where(or_(search.name_matches(session, behind.q), code)), None
    order: list[Any] = [col(Cadre.sort_key), col(Cadre.id), statement.selected_columns["key"]]
    rows = [dict(row) for row in reader.execute(keyset(statement, order, page), values).mappings()]
    keys = [(row["sort_key"], row["id"], row["key"]) for row in rows]
    found = cut(rows, keys, page, count(statement) if total is None else total)
    session.saw("indicator.people", [row["id"] for row in found.rows])
    shape = _shaper(session, found.rows)
    return Listed(asked, replace(found, rows=[shape(row) for row in found.rows]), withheld)


def _readable(scope: Scope) -> ColumnElement[bool] | None:
    """True of persons the caller reads whole; None where he reads everybody but the centrally managed.

    Of those nothing is recorded that a list could tell.
    """
    hidden = [body for body in scope.redacts() if body != ManagedBy.CENTRAL]
    if scope.actor is None or not hidden:
        return None
    mine = col(Cadre.id) == scope.actor.cadre_id
    return or_(col(Cadre.managed_by).is_(None), col(Cadre.managed_by).not_in(hidden), mine)


@cache
def _statement(ask: Ask, population: str, numerator: str, part: Part, *, own: bool, special: bool) -> Rows:
    """The rows behind one part of one reading; built once, since only parameters change."""
    source = source_of(population)
    placed = source.build(ask)
    day = ask.columns.of(placed).day
    if numerator == "everyone":
        code: ColumnElement[int] = literal(COUNTS)
    elif numerator in source.codes:
        code = placed.c[numerator]
    else:
        code = NUMERATORS[numerator](ask, placed)
    under, beneath = in_tree(placed.c.unit_id, day)
    unit, title, main = aliased(UnitVersion), aliased(TitleVersion), aliased(AssignmentSpan)
    title_id = func.coalesce(placed.c.title_id, col(main.title_id))
    statement = (
        select(
            placed.c.key.label("key"),
            col(Cadre.id),
            col(Cadre.code),
            col(Cadre.full_name),
            col(Cadre.birth_date),
            col(Cadre.birth_precision),
            col(Cadre.sex),
            (col(Cadre.ethnicity) if special else null()).label("ethnicity"),
            col(Cadre.is_stub),
            col(Cadre.managed_by).label("file_managed_by"),
            col(Cadre.unit_id).label("file_unit_id"),
            col(Cadre.sort_key),
            col(unit.unit_id).label("unit_id"),
            col(unit.code).label("unit_code"),
            col(unit.name).label("unit_name"),
            col(unit.level).label("unit_level"),
            col(Title.id).label("title_id"),
            col(Title.code).label("title_code"),
            col(title.name).label("title_name"),
            col(title.managed_by).label("managed_by"),
            (_party_member(ask, placed) if special else null()).label("party_member"),
            (best_theory(ask, placed) if special else null()).label("theory"),
            col(Membership.rank).label("committee_rank"),
            code.label("code"),
        )
        .select_from(placed)
        .join(under, beneath)
        .join(Cadre, col(Cadre.id) == placed.c.cadre_id)
        .join(unit, and_(col(unit.unit_id) == placed.c.unit_id, live(unit, day)))
        .join(Membership, col(Membership.id) == placed.c.key, isouter=True)
        .join(
            main,
            and_(col(main.cadre_id) == placed.c.cadre_id, col(main.is_main), live(main, day, ask.known_at)),
            isouter=True,
        )
        .join(title, and_(col(title.title_id) == title_id, live(title, day)), isouter=True)
        .join(Title, col(Title.id) == title_id, isouter=True)
        .where(source.parts[population](ask, placed))
    )
    if part != "denominator":
        statement = statement.where(code == COUNTS if part == "numerator" else code != COUNTS)
    if own:
        statement = statement.where(~in_a_child(placed.c.unit_id, ask.columns.of(placed)))
    return statement


def _party_member(ask: Ask, placed: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a CTE
    member = aliased(PartyMembership)
    return (
        exists()
        .where(
            col(member.cadre_id) == placed.c.cadre_id,
            live(member, ask.columns.of(placed).day, ask.known_at),
        )
        .correlate_except(member)
    )


def _shaper(session: ScopedSession, rows: list[dict[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Whole rows of the caller's own files; of anybody else name, title and unit."""
    scope = session.scope
    files = scope.reads if scope.actor is None else scope.actor.reach("cadre:read")
    inside = session.units_within(files, {row["file_unit_id"] for row in rows})
    shape = shaper(scope)

    def shown(row: dict[str, Any]) -> dict[str, Any]:
        found = shape(row)
        mine = row["file_unit_id"] in inside or row["id"] in files.cadres
        if not mine:
            named = {name: found[name] for name in ("id", "code", "full_name", "unit", "title")}
            return {**named, "redacted": True, "stub": True}
        found |= {"stub": False, "unknown": None if found["redacted"] else row["code"] == UNKNOWN}
        if row["committee_rank"] is not None:
            found["committee_rank"] = row["committee_rank"]
        return found

    return shown
