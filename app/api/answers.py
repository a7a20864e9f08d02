"""How answers leave: lists as orjson with Link headers, records with their ETag, instants in one spelling."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from fastapi import Request, Response
from pydantic import BaseModel, create_model

from app.api import cursor as cursors
from app.api.deps import Paging
from app.services.paging import Slice


class ListOf(BaseModel):
    """The shape of every list; `items` is documented by each operation."""

    items: list[Any]
    next: str | None
    prev: str | None
    total: int | None


def list_shape(item: Any) -> type[BaseModel]:  # noqa: ANN401 - a Read model
    """A documented list of `item`."""
    return create_model(f"{item.__name__}List", __base__=ListOf, items=(list[item], ...))


def dump(body: Any) -> bytes:  # noqa: ANN401 - any JSON value
    """JSON bytes; instants in UTC with a Z."""
    return orjson.dumps(body, option=orjson.OPT_UTC_Z)


def plain(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:  # noqa: ANN401 - any JSON value
    """An answer that needs no validation on its way out."""
    return Response(dump(body), status, dict(headers or {}), media_type="application/json")


def page_of(
    request: Request,
    paging: Paging,
    found: Slice,
    *,
    shape: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """A page with the addresses of its neighbours, in the body and as Link headers (RFC 8288)."""
    items: Iterable[dict[str, Any]] = [shape(row) for row in found.rows] if shape else found.rows

    def address(values: tuple[Any, ...] | None, *, backwards: bool) -> str | None:
        if values is None:
            return None
        cursor = cursors.seal(paging.key, paging.bound, cursors.packed(values), backwards=backwards)
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
        return f"{request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"

    after = address(found.last if found.has_next else None, backwards=False)
    before = address(found.first if found.has_prev else None, backwards=True)
    links = [f'<{url}>; rel="{rel}"' for url, rel in ((after, "next"), (before, "prev")) if url]
    body = {**(extra or {}), "items": items, "next": after, "prev": before, "total": found.total}
    return plain(body, headers={"Link": ", ".join(links)} if links else None)


def whole(rows: list[dict[str, Any]], extra: Mapping[str, Any] | None = None) -> Response:
    """A list that always fits one page, in the same shape."""
    return plain({**(extra or {}), "items": rows, "next": None, "prev": None, "total": len(rows)})


def paged(
    request: Request,
    paging: Paging,
    rows: list[dict[str, Any]],
    extra: Mapping[str, Any] | None = None,
) -> Response:
    """A page of rows that are all at hand, in their order (turned round where the sort has no `-`).

    A cursor names the row it stands at by its content: one that was changed since is a 422, as any cursor
    that no longer holds.
    """
    page = paging.page
    ordered = rows if page.sort.startswith("-") else rows[::-1]
    start, end = 0, len(ordered)
    if page.key is not None:
        place = next((at for at, row in enumerate(ordered) if (_digest(row),) == page.key), None)
        if place is None:
            raise cursors.stale()
        start, end = (max(0, place - page.limit), place) if page.backwards else (place + 1, end)
    kept = ordered[start:end][: page.limit]
    found = Slice(
        rows=kept,
        first=(_digest(kept[0]),) if kept else None,
        last=(_digest(kept[-1]),) if kept else None,
        has_next=bool(kept) and start + len(kept) < len(ordered),
        has_prev=bool(kept) and start > 0,
        total=len(rows),
    )
    return page_of(request, paging, found, extra=extra)


def _digest(row: dict[str, Any]) -> str:
    return hashlib.sha256(dump(row)).hexdigest()[:32]
