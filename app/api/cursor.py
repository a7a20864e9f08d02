"""Opaque cursors: signed, bound to the caller and to the very question they were given for."""

import base64
import hashlib
import hmac
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from starlette.datastructures import QueryParams

from app.services.errors import Invalid

_TAG = 16


def digest(path: str, params: QueryParams) -> str:
    """What a list was asked for, without where in it: path and every parameter but cursor and limit."""
    kept = sorted((name, value) for name, value in params.multi_items() if name not in {"cursor", "limit"})
    return hashlib.sha256(orjson.dumps([path, kept])).hexdigest()[:16]


def seal(key: bytes, bound: str, values: tuple[Any, ...], *, backwards: bool) -> str:
    """A cursor for `values`, bound to caller and question."""
    body = orjson.dumps([backwards, *values])
    tag = hmac.digest(key, bound.encode() + b"\0" + body, "sha256")[:_TAG]
    return _spelled(tag + body)


def _spelled(raw: bytes) -> str:
    """The one spelling of a cursor: base64 leaves some bits of its last sign open."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unseal(key: bytes, bound: str, cursor: str) -> tuple[tuple[Any, ...], bool]:
    """The values of a cursor and its direction; Invalid if it isn't this caller's for this question."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except ValueError as error:
        raise stale() from error
    tag, body = raw[:_TAG], raw[_TAG:]
    if _spelled(raw) != cursor or not hmac.compare_digest(
        tag, hmac.digest(key, bound.encode() + b"\0" + body, "sha256")[:_TAG]
    ):
        raise stale()
    backwards, *values = orjson.loads(body)
    return tuple(_typed(value) for value in values), bool(backwards)


def stale() -> Invalid:
    """What a cursor that is not, or no longer, good here becomes."""
    return Invalid.at("/query/cursor", "Con trỏ trang không còn dùng được. Hãy mở lại danh sách từ đầu.")


def _typed(value: Any) -> Any:  # noqa: ANN401 - a JSON scalar
    if isinstance(value, dict):
        if "u" in value:
            return UUID(value["u"])
        if "t" in value:
            return datetime.fromisoformat(value["t"])
        return date.fromisoformat(value["d"])
    return value


def packed(values: tuple[Any, ...]) -> tuple[Any, ...]:
    """Sort values as JSON keeps them, with ids and days marked so that they come back as such."""
    marked: list[Any] = []
    for value in values:
        if isinstance(value, UUID):
            marked.append({"u": str(value)})
        elif isinstance(value, datetime):
            marked.append({"t": value.isoformat()})
        elif isinstance(value, date):
            marked.append({"d": value.isoformat()})
        else:
            marked.append(value)
    return tuple(marked)
