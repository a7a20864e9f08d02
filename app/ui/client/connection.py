"""The connections of one front end to the API, and the short-lived tokens of those who use it."""

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
from starlette.types import ASGIApp

from app.ui.carried import Params, Upload, cleaned
from app.ui.client.answer import Json, Problem

if TYPE_CHECKING:
    from app.ui.client.api import Api
from app.ui.together import together

# httpx logs whole addresses; names that people search for stay out of logs.
logging.getLogger("httpx").setLevel(logging.WARNING)

K = TypeVar("K")
V = TypeVar("V")
API = "/api/v1"
RENEW_BEFORE_S = 30
MOST_TOKENS = 10_000
ETHNICITIES = "/ethnicities"
ME_SECONDS = 60
PROVINCE_SECONDS = 300
UNAVAILABLE = 503
UNAUTHORIZED = 401


class _InProcess(httpx.AsyncBaseTransport):
    """Calls the API in this process; the browser's address goes along, so that rate limits see it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        caller = request.extensions.get("caller") or ("127.0.0.1", 0)
        transport = httpx.ASGITransport(app=self._app, raise_app_exceptions=False, client=caller)
        return await transport.handle_async_request(request)


class ApiClient:
    """One per front end: the connections and the short-lived tokens, by the digest of their session secret.

    Built from the API's ASGI app (in-process) or from its base URL. Close it with `aclose()`.
    """

    def __init__(self, *, api: ASGIApp | None = None, base_url: str = "") -> None:
        if api is None and not base_url:
            raise ValueError("the front end needs the API's app or its address")
        self.remote = bool(base_url)
        root = base_url.rstrip("/").removesuffix(API) if base_url else "http://api"
        self._http = httpx.AsyncClient(
            transport=None if base_url or api is None else _InProcess(api),
            base_url=root,
            timeout=httpx.Timeout(30.0, connect=5.0),
            headers={"Accept": "application/json", "User-Agent": "then-chot-ui"},
        )
        self._tokens: OrderedDict[str, tuple[str, float]] = OrderedDict()
        self._renewals: dict[str, asyncio.Task[str]] = {}
        self._me: OrderedDict[str, tuple[dict[str, Any], float]] = OrderedDict()
        self._provinces: OrderedDict[date, tuple[str, float]] = OrderedDict()
        self._places: OrderedDict[date, tuple[list[dict[str, Any]], float]] = OrderedDict()
        self._ethnicities: tuple[dict[str, str], float] = ({}, 0.0)
        self._words: tuple[dict[str, dict[str, str]], float] = ({}, 0.0)
        self._clauses: tuple[dict[str, str], float] = ({}, 0.0)

    async def aclose(self) -> None:
        """Close the connections and forget every token."""
        self._tokens.clear()
        self._me.clear()
        await self._http.aclose()

    async def send(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Params | None = None,
        json: Json = None,
        data: Mapping[str, str] | None = None,
        upload: Upload | None = None,
        caller: tuple[str, int] | None = None,
        stream: bool = False,
    ) -> httpx.Response:
        """One call. Raises Problem(503) when the API can't be reached; any answer is given back as it is.

        `stream`: its body is left to be read, and the answer to be closed.
        """
        sent = dict(headers)
        if self.remote and caller is not None:
            sent["X-Forwarded-For"] = caller[0]
        try:
            request = self._http.build_request(
                method,
                API + path,
                params=cleaned(params),
                json=json,
                data=data,
                files={"file": (upload.name, upload.content, upload.content_type)} if upload else None,
                headers=sent,
                extensions={"caller": caller},
            )
            return await self._http.send(request, stream=stream)
        except httpx.HTTPError as error:
            raise Problem(UNAVAILABLE, retry_after=5) from error

    def remember(self, secret: str, token: str, expires_in: int) -> None:
        """Keep a token until shortly before it expires."""
        _keep(self._tokens, _digest(secret), (token, time.monotonic() + max(expires_in - RENEW_BEFORE_S, 0)))

    def forget(self, secret: str) -> None:
        """Drop the token of a session that ended or was refused."""
        key = _digest(secret)
        self._tokens.pop(key, None)
        self._me.pop(key, None)

    async def me(self, secret: str, api: "Api") -> dict[str, Any]:
        """Who the session belongs to, asked anew every minute; it draws the page, the API alone decides."""
        key = _digest(secret)
        kept = self._me.get(key)
        if kept is not None and kept[1] > time.monotonic():
            return kept[0]
        me: dict[str, Any] = await api.get("/me")
        _keep(self._me, key, (me, time.monotonic() + ME_SECONDS))
        return me

    async def ethnicities(self, api: "Api") -> dict[str, str]:
        """Names of ethnic groups by slug: a code list, the same for every caller."""
        kept, until = self._ethnicities
        if until > time.monotonic():
            return kept
        try:
            found = await api.get(ETHNICITIES)
        except Problem as problem:
            if problem.status in {UNAUTHORIZED, UNAVAILABLE}:
                raise
            self._ethnicities = (kept, time.monotonic() + ME_SECONDS)
            return kept
        names = {str(row["slug"]): str(row["name"]) for row in found.get("items", [])}
        self._ethnicities = (names, time.monotonic() + PROVINCE_SECONDS)
        return names

    async def words(self, api: "Api") -> dict[str, dict[str, str]]:
        """Every code list, code to word: reference data, the same for every caller."""
        kept, until = self._words
        if until > time.monotonic():
            return kept
        lists = [str(row["id"]) for row in (await api.get("/code-lists"))["items"]]
        answers = await together(*(api.get(f"/code-lists/{name}") for name in lists))
        words = {
            name: {str(row["code"]): str(row["name"]) for row in answer["items"]}
            for name, answer in zip(lists, answers, strict=True)
        }
        self._words = (words, time.monotonic() + PROVINCE_SECONDS)
        return words

    async def clauses(self, api: "Api") -> dict[str, str]:
        """The resolution's clauses in our own words, by id: reference data, the same for every caller."""
        kept, until = self._clauses
        if until > time.monotonic():
            return kept
        found = await api.get("/clauses")
        words = {str(row["id"]): str(row["wording"]) for row in found["items"]}
        self._clauses = (words, time.monotonic() + PROVINCE_SECONDS)
        return words

    async def places(self, api: "Api", day: date) -> list[dict[str, Any]]:
        """The province with its districts, or with its communes once there are no districts."""
        kept = self._places.get(day)
        if kept is not None and kept[1] > time.monotonic():
            return kept[0]
        at = {"as_of": day.isoformat(), "limit": 200}
        found: list[dict[str, Any]] = (await api.get("/units", {"level": "province", **at}))["items"]
        below = (await api.get("/units", {"level": "district", **at}))["items"]
        found = found + (below or (await api.get("/units", {"level": "commune", **at}))["items"])
        _keep(self._places, day, (found, time.monotonic() + PROVINCE_SECONDS))
        return found

    async def province(self, api: "Api", day: date) -> str:
        """The province's name on a day: reference data, the same for every caller; "" when it has none."""
        kept = self._provinces.get(day)
        if kept is not None and kept[1] > time.monotonic():
            return kept[0]
        try:
            found = await api.get("/units", {"level": "province", "as_of": day.isoformat(), "limit": 1})
        except Problem as problem:
            if problem.status in {UNAUTHORIZED, UNAVAILABLE}:
                raise
            return ""
        names = [str(unit.get("name", "")) for unit in found.get("items", [])]
        name = names[0] if names else ""
        _keep(self._provinces, day, (name, time.monotonic() + PROVINCE_SECONDS))
        return name

    async def token(self, secret: str, headers: Mapping[str, str]) -> str:
        """The session's access token: kept, or exchanged once however many calls wait for it."""
        key = _digest(secret)
        kept = self._tokens.get(key)
        if kept is not None and kept[1] > time.monotonic():
            return kept[0]
        task = self._renewals.get(key)
        if task is None:
            task = asyncio.ensure_future(self._exchange(secret, headers))
            self._renewals[key] = task
            task.add_done_callback(lambda _done: self._renewals.pop(key, None))
        return await asyncio.shield(task)

    async def _exchange(self, secret: str, headers: Mapping[str, str]) -> str:
        answer = await self.send(
            "POST", "/sessions/current/token", headers={**headers, "Authorization": f"Session {secret}"}
        )
        if answer.is_error:
            self.forget(secret)
            raise Problem.of(answer)
        body = answer.json()
        self.remember(secret, body["access_token"], int(body["expires_in"]))
        return str(body["access_token"])


def _keep(store: OrderedDict[K, V], key: K, value: V) -> None:
    """Put at the young end; the oldest go when it grows past its bound."""
    store[key] = value
    store.move_to_end(key)
    while len(store) > MOST_TOKENS:
        store.popitem(last=False)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
