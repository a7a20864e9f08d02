"""The route class of every operation: unknown and doubled parameters refused, doubled JSON keys too.

It leaves the body's hash and the finished answer on `request.state`, for the Idempotency-Key's row.
"""

import hashlib
import json
import re
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import Request, Response, params
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from app.services.errors import Fault, Invalid


class Replay(Exception):
    """The first answer to an Idempotency-Key, given again."""

    def __init__(self, response: Response) -> None:
        super().__init__("replay")
        self.response = response


_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
"""What no database keeps as text: NUL, and halves of a character."""


def _unstorable(value: Any, pointer: str = "") -> Iterator[Fault]:  # noqa: ANN401 - a JSON value
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _unstorable(name, pointer)
            yield from _unstorable(part, f"{pointer}/{name}")
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _unstorable(part, f"{pointer}/{place}")
    elif isinstance(value, str) and _UNSTORABLE.search(value):
        yield Fault(pointer.encode("utf-8", "replace").decode(), "Có ký tự không lưu được.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Invalid.at("/" + twice, "Trường này bị gửi hai lần.")
    return found


_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key and body get the first answer again, for 24 hours",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


def _opens(dependant: Dependant) -> bool:
    """True where the caller must have signed in: something opens a session for him (`deps.may`)."""
    return any(hasattr(one.call, "permission") or _opens(one) for one in dependant.dependencies)


def _keyed(dependant: Dependant) -> bool:
    """True where what opens the session keeps answers (`deps.may`)."""
    return any(getattr(one.call, "keyed", False) or _keyed(one) for one in dependant.dependencies)


class ContractRoute(APIRoute):
    """An operation that keeps the contract's conventions by itself."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:  # noqa: ANN401 - FastAPI's own
        super().__init__(path, endpoint, **given)
        self.opens = _opens(self.dependant)
        """Whether only who has signed in is answered."""
        if self.methods == {"POST"} and _keyed(self.dependant):
            extra = self.openapi_extra or {}
            self.openapi_extra = extra | {"parameters": [*extra.get("parameters", ()), _KEY]}

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wraps the handler with the checks that no declaration of FastAPI makes."""
        handle = super().get_route_handler()
        allowed = {
            field.alias
            for field in get_flat_params(self.dependant)
            if isinstance(field.field_info, params.Query)
        }
        takes_body = self.body_field is not None

        async def checked(request: Request) -> Response:
            names = [name for name, _ in request.query_params.multi_items()]
            faults = [
                Fault(f"/query/{name}", "Tham số này không có ở địa chỉ này.")
                for name in names
                if name not in allowed
            ]
            faults += [
                Fault(f"/query/{name}", "Tham số này bị gửi hai lần.")
                for name in sorted({name for name in names if names.count(name) > 1})
            ]
            faults += [
                Fault(f"/query/{name}", "Có ký tự không lưu được.")
                for name, value in request.query_params.multi_items()
                if name in allowed and _UNSTORABLE.search(value)
            ]
            request.state.faults = faults
            if request.method not in {"GET", "HEAD"}:
                body = await request.body()
                request.state.body_hash = hashlib.sha256(body).digest()
                if takes_body and body:
                    try:
                        sent = json.loads(body, object_pairs_hook=_once)
                        request.state.faults = [*faults, *_unstorable(sent)]
                    except Invalid as twice:
                        request.state.faults = [*faults, *twice.faults]
                    except (ValueError, RecursionError):
                        pass  # FastAPI names the fault itself
            response = await handle(request)
            request.state.answer = response
            return response

        return checked
