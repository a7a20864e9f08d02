"""A walk over the description the API gives of itself: its operations, their schemas, a request for each."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from app.api import create_api
from tests.api.asking import Asked, operations
from tests.api.conftest import API, House

SCHEMA: dict[str, Any] = create_api({}).openapi()
OPERATIONS = sorted(operations(create_api({})))
OPEN = {
    "POST /sessions",
    "POST /sessions/current/token",
    "GET /healthz",
    "GET /readyz",
    "GET /.well-known/jwks.json",
}
CLOSED = [operation for operation in OPERATIONS if operation not in OPEN]
LASTING = {"DELETE /sessions/current", "DELETE /sessions/{session_id}"}
"""Ends what the other tests of this module sign with."""
UNVERSIONED = LASTING | {"DELETE /access-tokens/{token_id}"}
"""Ends a key, whatever it was read as."""


def described(operation: str) -> dict[str, Any]:
    """What the description says of an operation."""
    method, path = operation.split()
    full = path if path.startswith(("/healthz", "/readyz", "/.well-known")) else API + path
    found: dict[str, Any] = SCHEMA["paths"][full][method.lower()]
    return found


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema with its reference followed."""
    while "$ref" in schema:
        schema = SCHEMA["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return schema


def answered(operation: str) -> dict[str, Any]:
    """The schema of an operation's success; empty where it answers with nothing."""
    for status in ("200", "201"):
        content = described(operation)["responses"].get(status, {}).get("content", {})
        if "application/json" in content:
            return resolved(content["application/json"]["schema"])
    return {}


def parameters(operation: str) -> dict[str, dict[str, Any]]:
    """The query parameters of an operation by name."""
    return {one["name"]: one for one in described(operation).get("parameters", []) if one["in"] == "query"}


LISTS = [
    operation
    for operation in OPERATIONS
    if operation.startswith("GET")
    and {"items", "next", "prev", "total"} <= answered(operation).get("properties", {}).keys()
]
PAGED = [operation for operation in LISTS if "cursor" in parameters(operation)]
BODIES = [
    operation
    for operation in OPERATIONS
    if "application/json" in described(operation).get("requestBody", {}).get("content", {})
]
VERSIONED = [
    operation
    for operation in CLOSED
    if operation.split(maxsplit=1)[0] in {"PATCH", "DELETE"} and operation not in UNVERSIONED
]
KEYLESS = {"POST /access-tokens"}
"""Answers with a secret: they aren't kept for who repeats the request."""
POSTS = [operation for operation in CLOSED if operation.startswith("POST") and operation not in KEYLESS]
PROBLEM = {"type", "title", "status", "detail", "instance"}


def is_problem(answer: httpx.Response, status: int) -> bool:
    """Whether an answer is the one shape of errors, with the headers every answer has."""
    if answer.headers.get("content-type") != "application/problem+json" or answer.status_code != status:
        return False
    body = answer.json()
    return (
        body.keys() - {"errors", "findings"} == PROBLEM
        and body["status"] == status
        and all(isinstance(body[name], str) and body[name] for name in PROBLEM - {"status"})
        and all(fault.keys() == {"pointer", "detail"} for fault in body.get("errors", []))
        and answer.headers["cache-control"] == "no-store"
        and bool(answer.headers["x-request-id"])
    )


def pointers(answer: httpx.Response) -> list[str]:
    """Where an answer says the faults are."""
    return [fault["pointer"] for fault in answer.json().get("errors", [])]


def signer(operation: str) -> str:
    """Who may use an operation."""
    if operation.startswith(("POST /evaluations/", "POST /waivers")):
        return "btv.tinh"
    return "ubkt.tinh" if "/audit/" in operation or "/access-tokens" in operation else "btc.tinh"


async def send(house: House, operation: str, asked: Asked, **changed: Any) -> httpx.Response:  # noqa: ANN401
    """The answer to a request, as somebody who may make it; `changed` overrides parts of it."""
    caller = await house.caller(changed.pop("user", signer(operation)))
    parts: dict[str, Any] = dict(asked.parts)
    raw: dict[bytes, bytes] = changed.pop("raw", {})
    headers = ({} if raw else dict(asked.headers)) | changed.pop("headers", {})
    if "content" in changed:
        parts = {}
        headers |= {"Content-Type": "application/json"}
    sent = {name.encode(): value.encode() for name, value in headers.items() if value is not None}
    parts |= changed | {"headers": sent | raw}
    return await caller.request(operation.split(maxsplit=1)[0], parts.pop("url", asked.path), **parts)


def query(asked: Asked) -> dict[str, str]:
    """The parameters of a request."""
    return {name: values[0] for name, values in parse_qs(urlsplit(asked.path).query).items()}


def flat(routes: list[Any]) -> Iterator[Any]:
    """Routes, those of included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from flat(inner.routes)
        else:
            yield route
