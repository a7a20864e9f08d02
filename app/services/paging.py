"""Keyset pages: where a page starts and which way it reads; never an offset."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, Select, bindparam, literal, tuple_
from sqlalchemy.sql.elements import SQLCoreOperations


@dataclass(frozen=True, slots=True)
class Page:
    """What a list was asked for: `limit` rows after (or before) the row whose sort values are `key`."""

    limit: int = 50
    sort: str = ""
    key: tuple[Any, ...] | None = None
    backwards: bool = False
    count: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of rows, in the order asked for, with the keys of its neighbours and the total if asked."""

    rows: list[dict[str, Any]]
    first: tuple[Any, ...] | None = None
    last: tuple[Any, ...] | None = None
    has_next: bool = False
    has_prev: bool = False
    total: int | None = None


def keyset(
    statement: Select[*tuple[Any, ...]],
    columns: Sequence[SQLCoreOperations[Any]],
    page: Page,
    *,
    descending: bool = False,
) -> Select[*tuple[Any, ...]]:
    """`statement` ordered by `columns` (the last unique), from the page's key on, one row over its limit."""
    down = descending != page.backwards
    if page.key is not None:
        here = tuple_(*columns)
        there = tuple_(*(_bound(column, value) for column, value in zip(columns, page.key, strict=True)))
        statement = statement.where(here < there if down else here > there)
    ordered = [column.desc() if down else column.asc() for column in columns]
    return statement.order_by(*ordered).limit(page.limit + 1)


def ordered(
    statement: Select[*tuple[Any, ...]],
    columns: Sequence[SQLCoreOperations[Any]],
    *,
    down: bool,
    keyed: bool,
) -> Select[*tuple[Any, ...]]:
    """The same with bind parameters, for a statement that is built once; run with `place`."""
    if keyed:
        here = tuple_(*columns)
        there = tuple_(*(bindparam(f"key_{n}", type_=_type(part)) for n, part in enumerate(columns)))
        statement = statement.where(here < there if down else here > there)
    return statement.order_by(*(column.desc() if down else column.asc() for column in columns)).limit(
        bindparam("page_limit", type_=Integer())
    )


def place(page: Page) -> dict[str, Any]:
    """The values of an `ordered` statement's bind parameters."""
    return {"page_limit": page.limit + 1} | {f"key_{n}": value for n, value in enumerate(page.key or ())}


def _bound(column: SQLCoreOperations[Any], value: Any) -> Any:  # noqa: ANN401 - a sort value
    return literal(value, type_=_type(column))


def cut(
    rows: Sequence[dict[str, Any]], keys: Sequence[tuple[Any, ...]], page: Page, total: int | None
) -> Slice:
    """The page out of `limit + 1` fetched rows, turned round where it was read backwards."""
    more = len(rows) > page.limit
    kept, sorted_by = list(rows[: page.limit]), list(keys[: page.limit])
    if page.backwards:
        kept.reverse()
        sorted_by.reverse()
    return Slice(
        rows=kept,
        first=sorted_by[0] if sorted_by else None,
        last=sorted_by[-1] if sorted_by else None,
        has_next=page.backwards or more if sorted_by else False,
        has_prev=(more if page.backwards else page.key is not None) if sorted_by else False,
        total=total,
    )


def _type(column: Any) -> Any:  # noqa: ANN401 - a mapped column or an expression
    return column.type
