"""Each convention of the contract holds on each operation, walked from the description itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.conftest import AsUser
from tests.house.test_routes import PUBLIC

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

SOMEWHERE = "019b0000-0000-7000-8000-000000000000"
# Between them these hold every permission that an operation asks for.
CALLERS = ("btc.tinh", "quantri", "ubkt.tinh")
# What ends by itself and has no version to lose.
VERSIONLESS = {("DELETE", "/api/v1/sessions/current"), ("DELETE", "/api/v1/sessions/{session_id}")}


@dataclass(frozen=True)
class Operation:
    """One operation of the description."""

    method: str
    path: str
    headers: frozenset[str]
    has_body: bool

    @property
    def url(self) -> str:
        """Its address, at a record that does not exist."""
        return "/".join(SOMEWHERE if part.startswith("{") else part for part in self.path.split("/"))


def operations(description: dict[str, Any]) -> list[Operation]:
    """Every operation of an OpenAPI description."""
    return [
        Operation(
            method.upper(),
            path,
            frozenset(item["name"].lower() for item in told.get("parameters", []) if item["in"] == "header"),
            "requestBody" in told,
        )
        for path, methods in description["paths"].items()
        for method, told in methods.items()
    ]


def shape_faults(answer: httpx.Response) -> list[str]:
    """What an error answer lacks of the one shape all of them have."""
    if answer.headers.get("content-type") != "application/problem+json":
        return [f"not a problem: {answer.headers.get('content-type')}"]
    body = answer.json()
    found = [f"no {name}" for name in ("type", "title", "status", "detail", "instance") if not body.get(name)]
    if body.get("status") != answer.status_code:
        found.append("another status within than without")
    if "x-request-id" not in answer.headers:
        found.append("no request id")
    return found + [f"fault without {name}" for fault in body.get("errors", []) for name in _missing(fault)]


def _missing(fault: dict[str, str]) -> list[str]:
    return [name for name in ("pointer", "detail") if not fault.get(name)]


Send = Callable[[httpx.AsyncClient, Operation], Any]


async def collect(
    app: FastAPI,
    callers: list[httpx.AsyncClient],
    wanted: Callable[[Operation], bool],
    send: Send,
    status: int,
) -> dict[str, Any]:
    """Operation to what is wrong with its answer: not `status`, or not of the one shape.

    A caller who may not do it at all hears 403 and tells nothing: the next one is asked.
    """
    found: dict[str, Any] = {}
    for operation in filter(wanted, operations(app.openapi())):
        for caller in callers:
            answer = await send(caller, operation)
            if answer.status_code != httpx.codes.FORBIDDEN:
                break
        faults = shape_faults(answer)
        if answer.status_code != status or faults:
            found[f"{operation.method} {operation.path}"] = (answer.status_code, faults)
    return found


async def test_nobody_passes_without_a_token(app: FastAPI, client: httpx.AsyncClient) -> None:
    async def send(caller: httpx.AsyncClient, operation: Operation) -> httpx.Response:
        answer = await caller.request(operation.method, operation.url)
        challenged = answer.headers.get("www-authenticate", "").startswith("Bearer ")
        assert challenged == (answer.status_code == httpx.codes.UNAUTHORIZED), operation
        return answer

    def guarded(operation: Operation) -> bool:
        return (operation.method, operation.path) not in PUBLIC

    assert await collect(app, [client], guarded, send, 401) == {}


async def test_an_unknown_parameter_is_refused(app: FastAPI, as_user: AsUser) -> None:
    async def send(caller: httpx.AsyncClient, operation: Operation) -> httpx.Response:
        answer = await caller.request(operation.method, operation.url, params={"khong_co": "1"})
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            assert "/query/khong_co" in [fault["pointer"] for fault in answer.json()["errors"]], operation
        return answer

    callers = [await as_user(name) for name in CALLERS]
    assert await collect(app, callers, lambda _: True, send, 422) == {}


async def test_an_unknown_field_is_refused(app: FastAPI, as_user: AsUser) -> None:
    async def send(caller: httpx.AsyncClient, operation: Operation) -> httpx.Response:
        headers = {"If-Match": '"1"'} if "if-match" in operation.headers else {}
        answer = await caller.request(operation.method, operation.url, json={"khong_co": 1}, headers=headers)
        if answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            assert "/khong_co" in [fault["pointer"] for fault in answer.json()["errors"]], operation
        return answer

    callers = [await as_user(name) for name in CALLERS]
    assert await collect(app, callers, lambda operation: operation.has_body, send, 422) == {}


async def test_a_body_that_is_no_json_is_refused(app: FastAPI, as_user: AsUser) -> None:
    async def send(caller: httpx.AsyncClient, operation: Operation) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        headers |= {"If-Match": '"1"'} if "if-match" in operation.headers else {}
        return await caller.request(operation.method, operation.url, content=b"{", headers=headers)

    callers = [await as_user(name) for name in CALLERS]
    assert await collect(app, callers, lambda operation: operation.has_body, send, 422) == {}


async def test_a_change_names_the_version_it_was_made_on(app: FastAPI, as_user: AsUser) -> None:
    loose = {
        (operation.method, operation.path)
        for operation in operations(app.openapi())
        if operation.method in {"PATCH", "PUT", "DELETE"} or operation.path.endswith("/transitions")
        if operation.method != "GET" and "if-match" not in operation.headers
    }
    assert loose == VERSIONLESS

    async def send(caller: httpx.AsyncClient, operation: Operation) -> httpx.Response:
        return await caller.request(operation.method, operation.url, json={})

    callers = [await as_user(name) for name in CALLERS]
    assert await collect(app, callers, lambda operation: "if-match" in operation.headers, send, 428) == {}


async def test_a_method_or_an_address_that_is_not_there_is_a_problem_too(client: httpx.AsyncClient) -> None:
    gone = await client.get("/api/v1/khong-co")
    assert (gone.status_code, shape_faults(gone)) == (404, [])
    wrong = await client.put("/api/v1/units")
    assert (wrong.status_code, shape_faults(wrong)) == (405, [])
    assert "GET" in wrong.headers["allow"]


def test_an_error_of_another_shape_is_seen(database: str) -> None:
    assert database == "sqlite"
    plain = httpx.Response(404, json={"detail": "Not Found"})
    assert shape_faults(plain) == ["not a problem: application/json"]
    kind = {"content-type": "application/problem+json", "x-request-id": "1"}
    poor = httpx.Response(404, headers=kind, json={"type": "/t", "title": "T", "status": 400, "errors": [{}]})
    assert shape_faults(poor) == [
        "no detail",
        "no instance",
        "another status within than without",
        "fault without pointer",
        "fault without detail",
    ]
