"""What holds on every operation of the API: a walk over the description it gives of itself."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlmodel import select

from app.api import create_api
from app.api.deps import public
from app.api.route import ContractRoute
from app.models.audit import AuditEvent
from tests.api.asking import Asked, Maker
from tests.api.conftest import API, House
from tests.api.walk import (
    BODIES,
    CLOSED,
    LASTING,
    LISTS,
    OPEN,
    OPERATIONS,
    POSTS,
    SCHEMA,
    VERSIONED,
    described,
    flat,
    is_problem,
    parameters,
    pointers,
    query,
    resolved,
    send,
    signer,
)


@pytest.fixture(scope="module")
def maker(shared_house: House) -> Maker:
    """Makes valid requests."""
    return Maker(shared_house)


# --- who ---------------------------------------------------------------------------------------------


def test_every_operation_is_built_on_the_contracts_route() -> None:
    routes = [route for route in flat(create_api({}).routes) if isinstance(route, APIRoute)]
    assert len(routes) == len(OPERATIONS)
    assert all(isinstance(route, ContractRoute) for route in routes)


def test_what_is_open_says_so() -> None:
    said = {operation for operation in OPERATIONS if "security" not in described(operation)}
    assert said == OPEN
    assert public.dependency is not None


@pytest.mark.parametrize("operation", CLOSED)
async def test_without_a_token_a_challenge(shared_house: House, operation: str) -> None:
    asked = Asked(re.sub(r"{\w+}", "0125e72e-7800-7cb7-95b3-5409569b5685", operation.split()[1]))
    tokens = (None, "", "Bearer", "Bearer x", f"Bearer {'a.' * 2}a", "Basic dTpw", "Bearer " + "a" * 5000)
    for token in tokens:
        answer = await send(shared_house, operation, asked, user=None, headers={"Authorization": token})
        assert is_problem(answer, 401), (token, answer.text)
        assert answer.headers["www-authenticate"] == 'Bearer realm="then-chot"'


@pytest.mark.parametrize("operation", CLOSED)
async def test_a_stranger_learns_nothing_from_faults(shared_house: House, operation: str) -> None:
    """Whatever else is wrong with a request: who doesn't say who he is gets the challenge."""
    path = re.sub(r"{\w+}", "not-an-id", operation.split()[1])
    asked = Asked(path + "?khong_co=1&limit=0&as_of=x", {"khong_co": 1} if operation in BODIES else None)
    headers = {"Authorization": None, "Idempotency-Key": "k" * 300, "If-Match": "x"}
    answer = await send(shared_house, operation, asked, user=None, headers=headers)
    assert is_problem(answer, 401), answer.text
    if operation in BODIES:
        before = len(shared_house.rows(select(AuditEvent.id)))
        answer = await send(shared_house, operation, Asked(path), user=None, content=b"{")
        assert is_problem(answer, 401), answer.text
        assert len(shared_house.rows(select(AuditEvent.id))) == before


# --- what is asked -----------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_an_unknown_parameter_is_refused(shared_house: House, maker: Maker, operation: str) -> None:
    if operation in LASTING:
        asked = Asked(operation.split()[1].replace("{session_id}", "0125e72e-7800-7cb7-95b3-5409569b5685"))
    else:
        asked = await maker.valid(operation)
    answer = await send(shared_house, operation, asked, params=query(asked) | {"khong_co": "1"})
    assert is_problem(answer, 422), answer.text
    assert pointers(answer) == ["/query/khong_co"]


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if parameters(one)])
async def test_a_doubled_parameter_is_refused(shared_house: House, maker: Maker, operation: str) -> None:
    asked = await maker.valid(operation)
    for name, schema in parameters(operation).items():
        value = sample(name, schema["schema"])
        twice = [
            *((key, kept) for key, kept in query(asked).items() if key != name),
            (name, value),
            (name, value),
        ]
        answer = await send(shared_house, operation, asked, params=twice)
        assert is_problem(answer, 422), (name, answer.text)
        assert f"/query/{name}" in pointers(answer)


def sample(name: str, schema: dict[str, Any]) -> str:
    """A value that a query parameter takes."""
    kinds = [resolved(one) for one in schema.get("anyOf", [schema])]
    kind = next(one for one in kinds if one.get("type") != "null")
    if "enum" in kind:
        return str(kind["enum"][0])
    if name in {"known_at", "since", "until"} or kind.get("format") == "date-time":
        return "2021-12-01" if name == "known_at" or kind.get("format") == "date" else "2021-12-01T00:00:00Z"
    if kind.get("format") == "date":
        return "2021-12-01"
    if kind.get("format") == "uuid":
        return "0125e72e-7800-7cb7-95b3-5409569b5685"
    if name == "sort":
        return str(schema.get("description", "") or "name")
    return {"integer": "1", "boolean": "true"}.get(kind.get("type", ""), "x")


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if parameters(one)])
async def test_what_no_database_keeps_is_refused(shared_house: House, maker: Maker, operation: str) -> None:
    asked = await maker.valid(operation)
    texts = [name for name, one in parameters(operation).items() if sample(name, one["schema"]) == "x"]
    for name in texts:
        answer = await send(shared_house, operation, asked, params=query(asked) | {name: "a\x00b"})
        assert is_problem(answer, 422), (name, answer.text)


@pytest.mark.parametrize("operation", BODIES)
async def test_an_unknown_field_is_refused(shared_house: House, maker: Maker, operation: str) -> None:
    asked = await maker.valid(operation)
    for place, body in strangers(asked.body):
        answer = await send(shared_house, operation, asked, json=body)
        assert is_problem(answer, 422), (place, answer.text)
        assert f"{place}/khong_co" in pointers(answer)


def strangers(body: Any, place: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - JSON
    """The body with a field too many, in each object of it in turn, and where."""
    if isinstance(body, dict):
        yield place, body | {"khong_co": 1}
        for name, part in body.items():
            for where, changed in strangers(part, f"{place}/{name}"):
                yield where, body | {name: changed}
    elif isinstance(body, list):
        for at, part in enumerate(body):
            for where, changed in strangers(part, f"{place}/{at}"):
                yield where, [*body[:at], changed, *body[at + 1 :]]


@pytest.mark.parametrize("operation", BODIES)
async def test_broken_bodies_are_refused(shared_house: House, maker: Maker, operation: str) -> None:
    asked = await maker.valid(operation)
    name, value = next(iter(asked.body.items()))
    pair = f"{json.dumps(name)}: {json.dumps(value)}"
    rest = json.dumps(asked.body)[1:]
    twice = await send(shared_house, operation, asked, content=f"{{{pair}, {rest}")
    assert is_problem(twice, 422), twice.text
    assert pointers(twice) == [f"/{name}"]
    broken = await send(shared_house, operation, asked, content=json.dumps(asked.body)[:-1])
    assert is_problem(broken, 422), broken.text
    for content in ("[]", "null", "1", '"x"', ""):
        answer = await send(shared_house, operation, asked, content=content)
        assert is_problem(answer, 422), (content, answer.text)
    for content in ("[" * 100_000, "1" * 6_000):
        answer = await send(shared_house, operation, asked, content=content)
        assert is_problem(answer, 400), answer.text
    texts = [key for key, kept in asked.body.items() if isinstance(kept, str)]
    for key in texts:
        for bad in ("a\\u0000b", "\\ud800"):
            content = json.dumps(asked.body | {key: "@@"}).replace("@@", bad)
            answer = await send(shared_house, operation, asked, content=content)
            assert is_problem(answer, 422), (key, answer.text)


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if "{" in one and one not in LASTING])
async def test_an_id_that_is_none_is_no_server_error(
    shared_house: House, maker: Maker, operation: str
) -> None:
    asked = await maker.valid(operation)
    method, path = operation.split()
    for wrong in ("x", "0", "0125e72e-7800-7cb7-95b3-5409569b568", "%00", "khong.co"):
        there = API + re.sub(r"{\w+}", wrong, path)
        answer = await send(shared_house, operation, asked, url=there)
        assert is_problem(answer, answer.status_code), answer.text
        assert answer.status_code in {404, 422}, (method, there, answer.text)


# --- versions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", VERSIONED)
async def test_a_change_needs_the_version_it_was_made_on(
    shared_house: House, maker: Maker, operation: str
) -> None:
    asked = await maker.valid(operation)
    missing = await send(shared_house, operation, asked, headers={"If-Match": None})
    assert is_problem(missing, 428), missing.text
    stale = await send(shared_house, operation, asked, headers={"If-Match": '"999999"'})
    assert is_problem(stale, 412), stale.text
    for wrong in ("x", '""', "²", '"1', "-1", '"99999999999"', '"1", "2"'):
        refused = await send(shared_house, operation, asked, raw={b"If-Match": wrong.encode("latin-1")})
        assert refused.status_code in {412, 422}, (wrong, refused.text)
        assert is_problem(refused, refused.status_code)
    done = await send(shared_house, operation, asked)
    assert done.status_code == (204 if operation.startswith("DELETE") else 200), done.text
    assert done.headers["etag"] != asked.headers["If-Match"]
    again = await send(shared_house, operation, asked)
    assert is_problem(again, 412), again.text


async def test_an_etag_is_the_plain_representations_alone(shared_house: House, maker: Maker) -> None:
    tagged = 0
    for operation in OPERATIONS:
        if not operation.startswith("GET") or "as_of" not in parameters(operation) or operation in LISTS:
            continue
        asked = await maker.valid(operation)
        plain = await send(shared_house, operation, asked)
        tagged += "etag" in plain.headers
        for name in {"as_of", "known_at"} & parameters(operation).keys():
            past = await send(shared_house, operation, asked, params=query(asked) | {name: "2021-12-30"})
            assert "etag" not in past.headers, operation
    assert tagged >= 4


# --- headers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [one for one in CLOSED if one.startswith("GET")])
async def test_head_gives_nothing(shared_house: House, maker: Maker, operation: str) -> None:
    asked = await maker.valid(operation)
    caller = await shared_house.caller(signer(operation))
    answer = await caller.head(asked.path)
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert not answer.content


@pytest.mark.parametrize("operation", CLOSED)
async def test_other_methods_are_refused(shared_house: House, maker: Maker, operation: str) -> None:
    path = operation.split()[1]
    known = {one.split()[0] for one in OPERATIONS if one.split()[1] == path}
    here = Asked(re.sub(r"{\w+}", "0125e72e-7800-7cb7-95b3-5409569b5685", path))
    caller = await shared_house.caller(signer(operation))
    for method in {"PUT", "OPTIONS", "TRACE", "DELETE", "PATCH"} - known:
        answer = await caller.request(method, here.path)
        assert answer.status_code in {404, 405, 422, 428}, (method, answer.status_code)
        assert is_problem(answer, answer.status_code), (method, answer.text)


async def test_every_answer_carries_its_request_id(shared_house: House) -> None:
    caller = await shared_house.caller("btc.tinh")
    stranger = await shared_house.caller(None)
    for ask in (
        (caller, "GET", f"{API}/cadres?limit=1"),
        (caller, "GET", f"{API}/khong-co"),
        (caller, "GET", "/khong-co"),
        (caller, "DELETE", f"{API}/cadres"),
        (caller, "GET", f"{API}/cadres?limit=0"),
        (caller, "GET", f"{API}/cadres/0125e72e-7800-7cb7-95b3-5409569b5685"),
        (caller, "GET", f"{API}/openapi.json"),
        (stranger, "GET", f"{API}/cadres"),
        (stranger, "GET", "/healthz"),
        (stranger, "GET", "/"),
        (stranger, "POST", f"{API}/sessions"),
    ):
        client, method, path = ask
        given = await client.request(method, path, headers={"X-Request-Id": "abc.DEF_123-x"})
        assert given.headers.get_list("x-request-id") == ["abc.DEF_123-x"], path
        for malformed in ("short", "a" * 65, "has blank here", "läuft-nicht", 'x";drop--123'):
            answer = await client.request(method, path, headers={b"X-Request-Id": malformed.encode()})
            made = answer.headers["x-request-id"]
            assert made != malformed
            assert re.fullmatch(r"[0-9a-f]{32}", made)
        if path.startswith((API, "/healthz")):
            assert given.headers["cache-control"] == "no-store", path
            assert given.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in given.headers["content-security-policy"]


async def test_what_nobody_foresaw_says_nothing_but_its_number(house: House) -> None:
    def broken() -> None:
        raise RuntimeError("secret: postgresql://owner@db/thenchot")

    house.app.router.routes.insert(0, APIRoute(f"{API}/broken", broken))
    caller = await house.caller(None)
    answer = await caller.get(f"{API}/broken", headers={"X-Request-Id": "abc.DEF_123-x"})
    assert is_problem(answer, 500), answer.text
    assert answer.headers["x-request-id"] == "abc.DEF_123-x"
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text


def test_no_parameter_carries_a_national_id() -> None:
    names = [
        one["name"]
        for path in SCHEMA["paths"].values()
        for operation in path.values()
        for one in operation.get("parameters", [])
        if one["name"] != "token_id"  # the id of an inspection token, which is no secret
    ]
    assert len(names) > 100
    assert not [
        name for name in names if re.search(r"national|insurance|phone|email|password|token|secret", name)
    ]


# --- retries -----------------------------------------------------------------------------------------


def test_the_description_names_the_key_where_it_counts() -> None:
    named = {
        operation
        for operation in OPERATIONS
        if any(one["name"].lower() == "idempotency-key" for one in described(operation).get("parameters", ()))
    }
    assert named == set(POSTS)
    assert len(named) > 10


@pytest.mark.parametrize("operation", POSTS)
async def test_a_repeated_post_gets_its_first_answer(
    shared_house: House, maker: Maker, operation: str
) -> None:
    asked = await maker.valid(operation)
    key = {"Idempotency-Key": f"walk {operation}"}
    first = await send(shared_house, operation, asked, headers=key)
    assert first.status_code in {200, 201, 202, 204}, first.text
    again = await send(shared_house, operation, asked, headers=key)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    for name in ("etag", "location", "content-type"):
        assert again.headers.get(name) == first.headers.get(name)
    if operation in BODIES:
        body = asked.body | {"khong_co": 1}
        other = await send(shared_house, operation, asked, json=body, headers=key)
        assert is_problem(other, 422), other.text
    for wrong in ("", "k" * 201):
        refused = await send(shared_house, operation, asked, headers={"Idempotency-Key": wrong})
        assert is_problem(refused, 422), refused.text


def test_every_operation_documents_its_errors() -> None:
    for operation in OPERATIONS:
        for status in ("401", "403", "404", "409", "412", "422", "428", "503"):
            content = described(operation)["responses"][status]["content"]
            assert set(content) == {"application/problem+json"}, (operation, status)


def test_names_in_the_description_are_unique() -> None:
    names = [operation["operationId"] for path in SCHEMA["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) == len(OPERATIONS)
    assert SCHEMA["openapi"].startswith("3.1")
