"""Exactly the planned rotations behind a number, where the items of plans are counted."""

from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.rotation import RotationItem
from app.models.title import Title, TitleVersion
from app.models.unit import UnitVersion
from app.services.dated import live
from app.services.indicator.basis import Basis
from app.services.indicator.behind import Behind
from app.services.indicator.counting import BECAUSE, in_a_child
from app.services.indicator.days import Rows, parameters
from app.services.indicator.figures import Moment
from app.services.indicator.numerators import COUNTS
from app.services.indicator.place import Asked
from app.services.indicator.populations import Ask, in_tree
from app.services.indicator.sources import source_of
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession, everywhere


def items(
    session: ScopedSession, basis: Basis, asked: Asked, *, behind: Behind, moment: Moment, page: Page
) -> Slice:
    """One page of the planned rotations behind a number, by the unit that planned them; nobody is named."""
    population, numerator = behind.reading
    ask = Ask(basis.terms(moment.day), 1, moment.known_at is not None)
    statement = _statement(ask, population, numerator, behind.part, own=behind.own)
    columns = statement.selected_columns
    if behind.q.strip():
        wanted = f"%{behind.q.strip().lower()}%"
        statement = statement.where(func.lower(columns["unit_name"]).like(wanted))
    values = parameters([basis.cuts(moment.day)], unit_id=asked.id, known_at=moment.known_at)
    reader = everywhere(session, because=BECAUSE)
    total = int(reader.execute(select(func.count()).select_from(statement.subquery()), values).scalar_one())
    order: list[Any] = [columns["sort_key"], columns["number"], columns["id"]]
    rows = [dict(row) for row in reader.execute(keyset(statement, order, page), values).mappings()]
    found = cut(rows, [(row["sort_key"], row["number"], row["id"]) for row in rows], page, total)
    session.saw("indicator.items", (), rows=len(found.rows))
    return replace(found, rows=[_shape(row) for row in found.rows])


def _shape(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "unit": {
            "id": row["unit_id"],
            "code": row["unit_code"],
            "name": row["unit_name"],
            "level": row["unit_level"],
        },
        "number": row["number"],
        "title": {"id": row["title_id"], "code": row["title_code"], "name": row["title_name"]},
        "planned_on": row["planned_on"],
        "begun": row["begun"] == COUNTS,
    }


@cache
def _statement(ask: Ask, population: str, numerator: str, part: str, *, own: bool) -> Rows:
    source = source_of(population)
    placed = source.build(ask)
    day = ask.columns.of(placed).day
    code = literal(COUNTS) if numerator == "everyone" else placed.c[numerator]
    item, unit, title = aliased(RotationItem), aliased(UnitVersion), aliased(TitleVersion)
    under, beneath = in_tree(placed.c.unit_id, day)
    statement = (
        select(
            col(item.id).label("id"),
            col(item.number).label("number"),
            col(item.planned_on).label("planned_on"),
            col(item.title_id).label("title_id"),
            col(Title.code).label("title_code"),
            func.coalesce(col(title.name), col(Title.code)).label("title_name"),
            placed.c.unit_id,
            placed.c.begun,
            col(unit.code).label("unit_code"),
            col(unit.name).label("unit_name"),
            col(unit.level).label("unit_level"),
            col(unit.sort_key).label("sort_key"),
        )
        .select_from(placed)
        .join(item, col(item.id) == placed.c.key)
        .join(Title, col(Title.id) == col(item.title_id))
        .outerjoin(title, and_(col(title.title_id) == col(item.title_id), live(title, day)))
        .join(under, beneath)
        .join(unit, and_(col(unit.unit_id) == placed.c.unit_id, live(unit, day)))
        .where(source.parts[population](ask, placed))
    )
    if part != "denominator":
        statement = statement.where(code == COUNTS if part == "numerator" else code != COUNTS)
    if own:
        statement = statement.where(~in_a_child(placed.c.unit_id, ask.columns.of(placed)))
    return statement
