"""Exactly the units behind a number, where units are counted."""

from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.unit import UnitVersion
from app.services.dated import live
from app.services.indicator.basis import Basis
from app.services.indicator.behind import Behind
from app.services.indicator.counting import BECAUSE, in_a_child
from app.services.indicator.days import Rows, parameters
from app.services.indicator.figures import Moment
from app.services.indicator.numerators import COUNTS, UNKNOWN
from app.services.indicator.place import Asked
from app.services.indicator.populations import Ask, in_tree
from app.services.indicator.sources import source_of
from app.services.law.indicators import NO_PLAN
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession, everywhere


def units(
    session: ScopedSession, basis: Basis, asked: Asked, *, behind: Behind, moment: Moment, page: Page
) -> Slice:
    """One page of the units behind a number, by name and period; nobody is named."""
    population, numerator = behind.reading
    ask = Ask(basis.terms(moment.day), 1, moment.known_at is not None)
    statement = _statement(ask, population, numerator, behind.part, own=behind.own)
    if behind.q.strip():
        wanted = f"%{behind.q.strip().lower()}%"
        statement = statement.where(func.lower(statement.selected_columns["unit_name"]).like(wanted))
    values = parameters([basis.cuts(moment.day)], unit_id=asked.id, known_at=moment.known_at)
    reader = everywhere(session, because=BECAUSE)
    total = int(reader.execute(select(func.count()).select_from(statement.subquery()), values).scalar_one())
    columns = statement.selected_columns
    order: list[Any] = [columns["sort_key"], columns["period"], columns["unit_id"]]
    rows = [dict(row) for row in reader.execute(keyset(statement, order, page), values).mappings()]
    keys = [(row["sort_key"], row["period"], row["unit_id"]) for row in rows]
    found = cut(rows, keys, page, total)
    session.saw("indicator.units", (), rows=len(found.rows))
    return replace(found, rows=[_shape(row) for row in found.rows])


def _shape(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["unit_id"],
        "unit": {
            "id": row["unit_id"],
            "code": row["unit_code"],
            "name": row["unit_name"],
            "level": row["unit_level"],
        },
        "period": row["period"],
        "staff": row["staff"],
        "women": row["women"],
        "unknown": row["code"] == UNKNOWN,
        "reason": None if row["has_plan"] else NO_PLAN,
    }


@cache
def _statement(ask: Ask, population: str, numerator: str, part: str, *, own: bool) -> Rows:
    source = source_of(population)
    placed = source.build(ask)
    day = ask.columns.of(placed).day
    code = literal(COUNTS) if numerator == "everyone" else placed.c[numerator]
    unit = aliased(UnitVersion)
    under, beneath = in_tree(placed.c.unit_id, day)
    statement = (
        select(
            placed.c.unit_id,
            placed.c.period,
            placed.c.staff,
            placed.c.women,
            placed.c.has_plan,
            code.label("code"),
            col(unit.code).label("unit_code"),
            col(unit.name).label("unit_name"),
            col(unit.level).label("unit_level"),
            col(unit.sort_key),
        )
        .select_from(placed)
        .join(under, beneath)
        .join(unit, and_(col(unit.unit_id) == placed.c.unit_id, live(unit, day)))
        .where(source.parts[population](ask, placed))
    )
    if part != "denominator":
        statement = statement.where(code == COUNTS if part == "numerator" else code != COUNTS)
    if own:
        statement = statement.where(~in_a_child(placed.c.unit_id, ask.columns.of(placed)))
    return statement
