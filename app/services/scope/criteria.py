"""The predicate of scope, spelled once per way of owning; module constants with bind parameters."""

from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Uuid, bindparam, false, or_, select
from sqlalchemy.orm import with_loader_criteria
from sqlmodel import col

from app.models.base import tables
from app.models.cadre import Cadre
from app.models.unit import UnitClosure
from app.services.dated import live
from app.services.scope.actor import Reach

_CLOSURE = UnitClosure.__table__  # type: ignore[attr-defined]
_CADRE = Cadre.__table__  # type: ignore[attr-defined]

OWNED = frozenset({"unit", "cadre", "unit_or_cadre"})
"""Ways of owning whose rows are narrowed."""

READ_BY_ALL = frozenset({"unit_written", "reference", "system"})
"""Ways of owning whose rows every signed-in caller reads, or the house alone asks for."""

UNITS = bindparam("scope_units", expanding=True, type_=Uuid())
CADRES = bindparam("scope_cadres", expanding=True, type_=Uuid())
DAY = bindparam("scope_day", type_=Date())

UNITS_IN_SCOPE = select(_CLOSURE.c.descendant_id).where(
    _CLOSURE.c.ancestor_id.in_(UNITS), live(_CLOSURE.c, DAY)
)
"""Ids of the units at or beneath the granted ones today, predecessors included."""


def variant(reach: Reach) -> str:
    """Which spelling of the predicate a reach needs."""
    if reach.whole:
        return "whole"
    if reach.units and reach.cadres:
        return "both"
    if reach.units:
        return "units"
    return "cadres" if reach.cadres else "none"


def _files(how: str) -> ColumnElement[bool]:
    """Persons whose file the caller's units keep, or who are the caller."""
    return _either(how, _CADRE.c.unit_id.in_(UNITS_IN_SCOPE), _CADRE.c.id.in_(CADRES))


def _either(how: str, by_unit: ColumnElement[bool], by_person: ColumnElement[bool]) -> ColumnElement[bool]:
    return {"units": by_unit, "cadres": by_person, "both": or_(by_unit, by_person)}[how]


def _owned(table: Any, how: str) -> ColumnElement[bool] | None:  # noqa: ANN401 - a mapped class
    """What narrows `table` for a reach of kind `how`; None where its rows are reference or system data."""
    ownership: str = table.ownership
    if ownership in READ_BY_ALL:
        return None
    if how == "none":
        return false()
    if table is Cadre:
        return _either(how, col(Cadre.unit_id).in_(UNITS_IN_SCOPE), col(Cadre.id).in_(CADRES))
    if ownership not in OWNED:
        raise TypeError(f"{table.__name__} says nothing of who owns its rows")
    ways = []
    if ownership in {"unit", "unit_or_cadre"} and how != "cadres":
        ways.append(table.unit_id.in_(UNITS_IN_SCOPE))
    if ownership in {"cadre", "unit_or_cadre"}:
        ways.append(table.cadre_id.in_(select(_CADRE.c.id).where(_files(how))))
    return or_(false(), *ways)


@cache
def criteria(how: str) -> tuple[Any, ...]:
    """The loader options for one kind of reach; none at all for the whole tree."""
    if how == "whole":
        return ()
    options = []
    for table in tables():
        narrowed = _owned(table, how)
        if narrowed is not None:
            options.append(with_loader_criteria(table, narrowed, include_aliases=True))
    return tuple(options)


@lru_cache(maxsize=512)
def narrowed(statement: Any, how: str) -> Any:  # noqa: ANN401 - a select
    """`statement` with the criteria of a reach; a statement that is built once is narrowed once too.

    Its cache key is then computed once as well, which costs more than running it.
    """
    return statement.options(*criteria(how))


def parameters(reach: Reach, day: Any) -> dict[str, Any]:  # noqa: ANN401 - a date
    """The values of the criteria's bind parameters."""
    return {"scope_units": list(reach.units), "scope_cadres": list(reach.cadres), "scope_day": day}
