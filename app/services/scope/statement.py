"""What the scope can see through in a statement, and the engine's refusal of everything else."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, Executable, Table, TextClause, event, inspect
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.selectable import SelectBase, TableClause, TextualSelect

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
    """What in a select the criteria don't reach: an owned table without its class, raw SQL; None: all is."""
    for part in _parts(statement):
        if isinstance(part, TextClause | TextualSelect) or (isinstance(part, ColumnClause) and _is_raw(part)):
            return "raw SQL"
        known = part._annotations.get(_ENTITY)  # noqa: SLF001 - the ORM's own mark
        if known is not None and known.mapper.class_ not in _our_classes():
            return f"the class {known.mapper.class_.__name__}"
        home = getattr(part, "table", None)
        if isinstance(part, ColumnClause) and _is_bare(part, home):
            return f"a column of the bare table {home}"
        # A from clause that a column implies carries no class of its own: the column tells it.
        joined = (join[0] for join in getattr(part, "_setup_joins", ()))
        for source in (*getattr(part, "_from_obj", ()), *joined):
            for table in _from_clauses(source):
                if _is_bare(table, table):
                    return f"the bare table {table}"
    return None


def _from_clauses(source: Any) -> Iterator[Any]:  # noqa: ANN401 - a from clause
    """What a from clause joins; classes are known, selects in it are parts of the statement themselves."""
    if _ENTITY not in source._annotations and not isinstance(source, SelectBase):  # noqa: SLF001 - the ORM's own mark
        yield source
        for child in source.get_children():
            yield from _from_clauses(child)


def _is_raw(column: ColumnClause[Any]) -> bool:
    return column.is_literal and column.name not in _HARMLESS


def _is_bare(part: Any, table: Any) -> bool:  # noqa: ANN401 - an element of a statement
    """True where `part` names an owned table, or one that isn't ours, past its mapped class."""
    if not isinstance(table, TableClause) or _ENTITY in part._annotations:  # noqa: SLF001 - the ORM's own mark
        return False
    return not isinstance(table, Table) or table.name in _owned_tables()


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
