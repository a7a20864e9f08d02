"""What wraps every request of the API: its id, its headers, its line in the log without query string."""

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG = logging.getLogger("thenchot.access")
_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

_HEADERS = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)


MOST_BYTES = 1024 * 1024
"""What a request may carry, in general."""

MOST_UPLOADED = 21 * 1024 * 1024
"""What an upload may carry: a file of 20 MB with what a form puts round it."""

UPLOADS = ("/api/v1/imports", "/api/v1/files")
"""The addresses that take a file."""

PAGES_THAT_MEASURE = re.compile(r"/nhap-lieu|/quy-hoach/[0-9a-f-]{36}/tep")
"""Pages that take a file and measure it themselves, so that people are told in words, not in JSON."""


class _TooLarge(Exception):
    """A body that went beyond its limit while it was read."""


class BodyLimit:
    """Refuses a body beyond its limit with 413: by its announced length, else once it has grown past it.

    The larger limit is for who has signed in, which `known` says: nobody else makes the server hold twenty
    megabytes.
    """

    def __init__(
        self, app: ASGIApp, refuse: Callable[[Request], Response], known: Callable[[Request], bool]
    ) -> None:
        self._app = app
        self._refuse = refuse
        self._known = known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        if b"cookie" in headers and PAGES_THAT_MEASURE.fullmatch(scope["path"]):
            await self._app(scope, receive, send)
            return
        most = MOST_BYTES
        uploads = scope["method"] == "POST" and scope["path"].rstrip("/") in UPLOADS
        if uploads and b"authorization" in headers and await run_in_threadpool(self._known, Request(scope)):
            most = MOST_UPLOADED
        announced = headers.get(b"content-length", b"0")
        if announced.isdigit() and int(announced) > most:
            await self._refuse(Request(scope))(scope, receive, send)
            return
        read = 0
        answering = False

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                raise _TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        try:
            await self._app(scope, counted, watched)
        except _TooLarge:
            if answering:
                raise
            await self._refuse(Request(scope))(scope, receive, send)


class RequestLine:
    """Gives each request an X-Request-Id, the caller's if well formed, and logs method, path, status.

    What nobody foresaw is answered by `failed` in here: Starlette would answer outside of this wrapper,
    without the id and the headers.
    """

    def __init__(self, app: ASGIApp, failed: Callable[[Request, Exception], Response]) -> None:
        self._app = app
        self._failed = failed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = next(
            (value.decode("latin-1") for name, value in scope["headers"] if name == b"x-request-id"), ""
        )
        request_id = given if _ID.fullmatch(given) else uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status = 0

        async def tagged(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                    *((name, value) for name, value in _HEADERS if name not in own),
                ]
            await send(message)

        try:
            await self._app(scope, receive, tagged)
        except Exception as error:
            if status:
                raise
            await self._failed(Request(scope), error)(scope, receive, tagged)
        finally:
            spent = (time.perf_counter() - started) * 1000
            LOG.info("%s %s %s %.1fms %s", scope["method"], scope["path"], status, spent, request_id)
