"""The route class of every operation: unknown and doubled parameters refused, doubled JSON keys too.

An operation runs whole in one worker thread: its parameters, the session, the work, the commit. What it
opened is closed there before the answer is given back, so that a failed commit can't follow a 2xx. FastAPI
would hop through the thread pool for each part, three times instead of once.

It leaves the body's hash and the finished answer on `request.state`, for the Idempotency-Key's row.
"""

import asyncio
import functools
import hashlib
import inspect
import json
import re
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response, params
from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.routing import APIRoute

from app.services.errors import Busy, Fault, Invalid

if TYPE_CHECKING:
    from concurrent.futures import Future


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


def _waits(dependant: Dependant) -> Iterator[str]:
    """The dependencies that FastAPI would send to another thread: an operation runs whole in one."""
    for one in dependant.dependencies:
        call: Any = one.call
        if not (inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(type(call).__call__)):
            yield getattr(call, "__qualname__", type(call).__qualname__)
        yield from _waits(one)


def _keyed(dependant: Dependant) -> bool:
    """True where what opens the session keeps answers (`deps.may`)."""
    return any(getattr(one.call, "keyed", False) or _keyed(one) for one in dependant.dependencies)


async def _told(request: Request) -> None:
    """Returns once the audit event of what was read is committed; Busy where it can't be."""
    telling: Future[None] | None = request.state.telling
    if telling is None:
        return
    try:
        await asyncio.wrap_future(telling)
    except Exception as error:
        raise Busy("Chưa ghi được nhật ký truy cập nên chưa trả dữ liệu. Hãy thử lại.") from error


def _in_place(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """`endpoint` as a coroutine function that never waits: FastAPI then runs it where it already is."""
    if inspect.iscoroutinefunction(endpoint):
        return endpoint

    @functools.wraps(endpoint)
    async def here(**values: Any) -> Any:  # noqa: ANN401 - whatever the operation takes and gives
        return endpoint(**values)

    return here


def _to_the_end(work: Coroutine[Any, Any, Response]) -> Response:
    """Runs a coroutine that waits for nothing; RuntimeError where it does: no loop runs in a worker."""
    try:
        work.send(None)
    except StopIteration as done:
        found: Response = done.value
        return found
    work.close()
    raise RuntimeError("an operation waits for something: its dependencies may not")


class ContractRoute(APIRoute):
    """An operation that keeps the contract's conventions by itself."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **given: Any) -> None:  # noqa: ANN401 - FastAPI's own
        super().__init__(path, _in_place(endpoint), **given)
        strangers = list(_waits(self.dependant))
        if strangers:
            raise TypeError(f"{path}: make these dependencies coroutine functions: {', '.join(strangers)}")
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
        takes_form = self.body_field is not None and isinstance(self.body_field.field_info, params.Form)

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
                if takes_form:
                    await request.form()
            request.state.telling = None
            try:
                response = await run_in_threadpool(whole, request)
            except Replay:
                await _told(request)
                raise
            await _told(request)
            return response

        def whole(request: Request) -> Response:
            with ExitStack() as closing:
                request.state.closing = closing
                response = _to_the_end(handle(request))
                request.state.answer = response
            return response

        return checked
