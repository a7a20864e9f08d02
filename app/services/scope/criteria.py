"""The predicate of scope, spelled once per way of owning; module constants with bind parameters."""

from collections import defaultdict
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Date, Select, Uuid, bindparam, exists, false, or_, select
from sqlalchemy.orm.util import LoaderCriteriaOption
from sqlmodel import col

from app.models.base import tables
from app.models.cadre import Cadre
from app.models.unit import UnitClosure
from app.services.dated import live
from app.services.scope.actor import Reach

_CLOSURE = UnitClosure.__table__  # type: ignore[attr-defined]
_FILE = Cadre.__table__.alias("kept_file")  # type: ignore[attr-defined]

OWNED = frozenset({"unit", "cadre", "unit_or_cadre"})
"""Ways of owning whose rows are narrowed."""

READ_BY_ALL = frozenset({"unit_written", "reference", "system"})
"""Ways of owning whose rows every signed-in caller reads, or the house alone asks for."""


# A parameter of its own wherever one stands: SQLAlchemy looks each up by hash, and copies of one parameter
# share theirs, so that it compares them by building SQL: a quarter of the time of reading one record.


def _units() -> Any:  # noqa: ANN401 - a parameter
    return bindparam("scope_units", expanding=True, type_=Uuid())


def _cadres() -> Any:  # noqa: ANN401 - a parameter
    return bindparam("scope_cadres", expanding=True, type_=Uuid())


def _beneath() -> list[ColumnElement[bool]]:
    """True where a row of the closure lies beneath the granted units today."""
    return [_CLOSURE.c.ancestor_id.in_(_units()), live(_CLOSURE.c, bindparam("scope_day", type_=Date()))]


def units_in_scope() -> Select[Any]:
    """Ids of the units at or beneath the granted ones today, predecessors included."""
    return select(_CLOSURE.c.descendant_id).where(*_beneath())


def variant(reach: Reach) -> str:
    """Which spelling of the predicate a reach needs."""
    if reach.whole:
        return "whole"
    if reach.units and reach.cadres:
        return "both"
    if reach.units:
        return "units"
    return "cadres" if reach.cadres else "none"


def _in_scope(unit_id: Any, *, walk: bool) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    """True where `unit_id` lies in the caller's units, in the spelling that is cheap for the statement.

    A page walks an index in its order and asks row by row (EXISTS), a count starts from the units (IN): on
    the demo province the other spelling costs five times as much, ten times for a count.
    """
    if not walk:
        return unit_id.in_(units_in_scope())  # type: ignore[no-any-return]
    return exists().where(_CLOSURE.c.descendant_id == unit_id, *_beneath()).correlate_except(_CLOSURE)


def _either(how: str, by_unit: ColumnElement[bool], by_person: ColumnElement[bool]) -> ColumnElement[bool]:
    return {"units": by_unit, "cadres": by_person, "both": or_(by_unit, by_person)}[how]


def _whose_file(cadre_id: Any, how: str, *, walk: bool) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    """True where the person's file is kept by the caller's units, or the person is the caller."""
    kept = _either(how, _in_scope(_FILE.c.unit_id, walk=walk), _FILE.c.id.in_(_cadres()))
    return exists().where(_FILE.c.id == cadre_id, kept).correlate_except(_FILE)


def _owned(table: Any, how: str, *, walk: bool) -> ColumnElement[bool] | None:  # noqa: ANN401 - a mapped class
    """What narrows `table` for a reach of kind `how`; None where its rows are reference or system data."""
    ownership: str = table.ownership
    if ownership in READ_BY_ALL:
        return None
    if how == "none":
        return false()
    if table is Cadre:
        return _either(how, _in_scope(col(Cadre.unit_id), walk=walk), col(Cadre.id).in_(_cadres()))
    if ownership not in OWNED:
        raise TypeError(f"{table.__name__} says nothing of who owns its rows")
    ways = []
    if ownership in {"unit", "unit_or_cadre"} and how != "cadres":
        ways.append(_in_scope(table.unit_id, walk=walk))
    if ownership in {"cadre", "unit_or_cadre"}:
        ways.append(_whose_file(table.cadre_id, how, walk=walk))
    return or_(false(), *ways)


class _Criterion(LoaderCriteriaOption):
    """A criterion that follows its class into every alias.

    Where an alias is joined by an ON clause, SQLAlchemy (2.1) adds the criterion as it was written: on the
    columns of the class's own table, so that the alias went unnarrowed beside it. It adapts it elsewhere; to
    adapt twice changes nothing.
    """

    __slots__ = ()
    # The base class opts out of `inherit_cache`; without this no narrowed statement would be cached.
    _traverse_internals = LoaderCriteriaOption._traverse_internals  # noqa: SLF001 - SQLAlchemy's own scheme

    def _resolve_where_criteria(self, ext_info: Any) -> Any:  # noqa: ANN401 - SQLAlchemy's own signature
        found = super()._resolve_where_criteria(ext_info)
        return ext_info._adapter.traverse(found) if ext_info.is_aliased_class else found  # noqa: SLF001


@cache
def criteria(how: str, *, walk: bool = False) -> tuple[Any, ...]:
    """The loader options for one kind of reach; none at all for the whole tree. `walk`: for a page."""
    if how == "whole":
        return ()
    options = []
    for table in tables():
        narrowed = _owned(table, how, walk=walk)
        if narrowed is not None:
            options.append(_Criterion(table, narrowed, include_aliases=True))
    return tuple(options)


_NARROWED: dict[str, WeakKeyDictionary[Any, Any]] = defaultdict(WeakKeyDictionary)


def narrowed(statement: Any, how: str) -> Any:  # noqa: ANN401 - a select
    """`statement` with the criteria of a reach; a statement that is built once is narrowed once too.

    Its cache key is then computed once as well, which costs more than running it. One that is built for a
    single call is forgotten with it.
    """
    kept = _NARROWED[how]
    found = kept.get(statement)
    if found is None:
        walk = statement._limit_clause is not None  # noqa: SLF001 - no other way to ask
        found = kept[statement] = statement.options(*criteria(how, walk=walk))
    return found


def parameters(reach: Reach, day: Any) -> dict[str, Any]:  # noqa: ANN401 - a date
    """The values of the criteria's bind parameters."""
    return {"scope_units": list(reach.units), "scope_cadres": list(reach.cadres), "scope_day": day}
