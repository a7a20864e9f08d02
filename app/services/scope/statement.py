"""What the scope can see through in a statement, and the engine's refusal of everything else."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, Executable, Table, TextClause, event, inspect
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.selectable import Alias, Select, TableClause

from app.models.base import tables
from app.services.database import MIGRATES
from app.services.scope.criteria import OWNED

MARK = "scoped"
"""Execution option of a select that a ScopedSession has narrowed."""

_ENTITY = "parententity"
"""The annotation by which the ORM knows the class behind an element."""

_HARMLESS = frozenset({"*", "1"})
"""What EXISTS selects."""

_READS = ("SELECT", "WITH", "VALUES", "TABLE")


class ScopeError(RuntimeError):
    """A statement the scope can't narrow: a fault of the code, never of the caller."""


@cache
def _owned_tables() -> frozenset[str]:
    return frozenset(
        str(table.__tablename__) for table in tables() if getattr(table, "ownership", "") in OWNED
    )


@cache
def _our_classes() -> frozenset[type[Any]]:
    return frozenset(tables())


def names_an_entity(statement: Executable) -> bool:
    """True where a mapped class stands somewhere in the statement, so that the criteria reach it."""
    return any(_ENTITY in part._annotations for part in _parts(statement))  # noqa: SLF001 - the ORM's own mark


def returns_owned_objects(statement: Any) -> bool:  # noqa: ANN401 - a select
    """True where rows of the statement hold objects of people or dossiers, not just columns of them."""
    for column in statement.column_descriptions:
        entity = column.get("entity")
        if (
            entity is not None
            and column["expr"] is entity
            and inspect(entity).mapper.class_.ownership in OWNED
        ):
            return True
    return False


def unseen(statement: Any) -> str | None:  # noqa: ANN401 - whatever was compiled
    """What in a select the criteria don't reach: an owned table without its class, raw SQL; None: all is.

    A bare table beside its own class is let be: SQLAlchemy writes such itself (`Session.get`, aliases). Code
    that would use one to slip past its class is refused by the house checks.
    """
    known: set[str] = set()
    bare: set[str] = set()
    for part in _parts(statement):
        if isinstance(part, Select) and part._propagate_attrs.get("compile_state_plugin") != "orm":  # noqa: SLF001 - no other way to ask
            plain = {table.name for table in part.get_final_froms() if isinstance(table, Table)}
            if plain & _owned_tables():
                return f"a select of {min(plain)} that is none of the ORM's"
        fault = _fault(part)
        if fault is not None:
            return fault
        entity = part._annotations.get(_ENTITY)  # noqa: SLF001 - the ORM's own mark
        if entity is not None:
            known.add(entity.mapper.local_table.name)
            continue
        home = part if isinstance(part, TableClause) else getattr(part, "table", None)
        home = home.element if isinstance(home, Alias) else home
        if isinstance(home, TableClause) and (not isinstance(home, Table) or home.name in _owned_tables()):
            bare.add(home.name)
    slipped = bare - known
    return f"the bare table {min(slipped)}" if slipped else None


def _fault(part: Any) -> str | None:  # noqa: ANN401 - an element of a statement
    if isinstance(part, TextClause) or (isinstance(part, ColumnClause) and _is_raw(part)):
        return "raw SQL"
    entity = part._annotations.get(_ENTITY)  # noqa: SLF001 - the ORM's mark
    if entity is not None and entity.mapper.class_ not in _our_classes():
        return f"the class {entity.mapper.class_.__name__}"
    return None


def _is_raw(column: ColumnClause[Any]) -> bool:
    return column.is_literal and column.name not in _HARMLESS


def _parts(statement: Any) -> Iterator[Any]:  # noqa: ANN401 - any executable
    return (part for part in visitors.iterate(statement) if hasattr(part, "_annotations"))


def guard_engine(engine: Engine) -> None:
    """Any SELECT that didn't come through a ScopedSession, or that its criteria don't reach, is refused."""
    event.listen(engine, "before_execute", _refuse_unmarked)
    event.listen(engine, "before_cursor_execute", _Sieve())


def _passes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(MIGRATES))


def _refuse_unmarked(
    connection: Connection,
    statement: Any,  # noqa: ANN401 - any executable
    _multiparams: Any,  # noqa: ANN401
    _params: Any,  # noqa: ANN401
    execution_options: Mapping[str, Any],
) -> None:
    reads = getattr(statement, "is_select", False) or getattr(statement, "is_text", False)
    if reads and MARK not in execution_options and not _passes(connection):
        raise ScopeError("a select outside a scoped session")


class _Sieve:
    """Looks once at each compiled select; SQLAlchemy keeps them, so that it costs a lookup afterwards."""

    def __init__(self) -> None:
        self._seen: WeakSet[Any] = WeakSet()

    def __call__(
        self,
        connection: Connection,
        _cursor: Any,  # noqa: ANN401
        statement: str,
        *rest: Any,  # noqa: ANN401 - parameters, context, executemany
    ) -> None:
        context = rest[1]
        compiled = context.compiled if context is not None else None
        if _passes(connection) or compiled in self._seen:
            return
        if compiled is None:
            if statement.lstrip("( \n").upper().startswith(_READS):
                raise ScopeError("a select outside a scoped session")
            return
        if not (context.isinsert or context.isupdate or context.isdelete):
            found = unseen(compiled.statement)
            if found is not None:
                raise ScopeError(f"{found} slips past the row scope")
        self._seen.add(compiled)
