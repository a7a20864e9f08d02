"""What the scope can see through in a statement, and the engine's refusal of everything else."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

from sqlalchemy import Connection, Engine, Executable, Table, TextClause, event, inspect
from sqlalchemy.sql import visitors
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.selectable import FromClauseAlias, Select, SelectBase, TableClause

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


_NAMING: WeakKeyDictionary[Executable, bool] = WeakKeyDictionary()


def names_an_entity(statement: Executable) -> bool:
    """True where a mapped class stands somewhere in the statement, so that the criteria reach it.

    Looked at once for each statement: one that is built once is run many times.
    """
    found = _NAMING.get(statement)
    if found is None:
        found = any(_ENTITY in part._annotations for part in _parts(statement))  # noqa: SLF001 - the ORM's own mark
        _NAMING[statement] = found
    return found


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

    A bare table is let be in a select that names its class as well: SQLAlchemy writes such itself
    (`Session.get`), and the criterion then stands on that very table. An alias of it is another table.
    """
    if isinstance(statement, TextClause):
        return "raw SQL"
    selects = [statement]
    for whole in selects:
        known: set[int] = set()
        bare: dict[int, str] = {}
        parts = [*whole.get_children(), *(join[0] for join in getattr(whole, "_setup_joins", ()))]
        while parts:
            part = parts.pop()
            if isinstance(part, SelectBase):
                selects.append(part)
                continue
            fault = _fault(part)
            if fault is not None:
                return fault
            entity = _entity(part)
            if entity is not None:
                known.add(hash(entity.selectable))
            bare |= _bare(part)
            if not isinstance(part, FromClauseAlias):
                parts.extend(part.get_children())
        slipped = [name for table, name in bare.items() if table not in known]
        if slipped:
            return f"the bare table {min(slipped)}"
        if known and _is_plain(whole):
            return "a select that is none of the ORM's"
    return None


def _entity(part: Any) -> Any:  # noqa: ANN401 - an element of a statement; a mapper or an alias of one
    return getattr(part, "_annotations", {}).get(_ENTITY)


def _bare(part: Any) -> dict[int, str]:  # noqa: ANN401 - an element of a statement
    """The owned table, or table that isn't ours, that an element stands for or belongs to, past its class.

    Annotated copies of a from clause have its hash: that is how the ORM itself tells it again.
    """
    if _entity(part) is not None:
        return {}
    home = part if isinstance(part, TableClause | FromClauseAlias) else getattr(part, "table", None)
    table = home.element if isinstance(home, FromClauseAlias) else home
    if not isinstance(table, TableClause) or (isinstance(table, Table) and table.name not in _owned_tables()):
        return {}
    return {hash(home): table.name}


def _is_plain(whole: Any) -> bool:  # noqa: ANN401 - a select
    """True where the ORM doesn't compile a select, so that it gets no criteria."""
    return isinstance(whole, Select) and whole._propagate_attrs.get("compile_state_plugin") != "orm"  # noqa: SLF001 - no other way to ask


def _fault(part: Any) -> str | None:  # noqa: ANN401 - an element of a statement
    if isinstance(part, TextClause) or (isinstance(part, ColumnClause) and _is_raw(part)):
        return "raw SQL"
    entity = _entity(part)
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
    reads = getattr(statement, "is_select", False) or isinstance(statement, TextClause)
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
