"""What holds on every list of the API: its shape, its bounds, its pages and their cursors."""

import re
from typing import get_args
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter

from app.api import create_api
from tests.api.asking import Asked, Maker
from tests.api.conftest import API, House
from tests.api.walk import LISTS, OPERATIONS, PAGED, flat, is_problem, pointers, query, send, signer


@pytest.fixture(scope="module")
def maker(shared_house: House) -> Maker:
    """Makes valid requests."""
    return Maker(shared_house)


@pytest.mark.parametrize("operation", LISTS)
async def test_lists_have_one_shape(shared_house: House, maker: Maker, operation: str) -> None:
    answer = await send(shared_house, operation, await maker.valid(operation))
    assert answer.status_code == 200
    body = answer.json()
    assert {"items", "next", "prev", "total"} <= body.keys()
    model = models()[operation]
    TypeAdapter(model).validate_python(body)
    item = model.model_fields["items"].annotation
    shape = getattr(item, "__args__", (None,))[0]
    # A list may hold one of several shapes; each row is of one of them, whole.
    shapes = get_args(shape) or (shape,)
    assert all(isinstance(one, type) and issubclass(one, BaseModel) for one in shapes)
    known = [{field.alias or name for name, field in one.model_fields.items()} for one in shapes]
    for row in body["items"]:
        assert any(row.keys() <= names for names in known), f"in none of {shapes}: {sorted(row.keys())}"


def models() -> dict[str, type[BaseModel]]:
    """The documented answer of each operation."""
    found = {}
    for route in flat(create_api({}).routes):
        if isinstance(route, APIRoute) and route.response_model is not None:
            for method in route.methods or ():
                found[f"{method} {route.path}"] = route.response_model
    return found


@pytest.mark.parametrize("operation", PAGED)
async def test_pages_are_bounded(shared_house: House, maker: Maker, operation: str) -> None:
    asked = await maker.valid(operation)
    for limit in ("0", "201", "-1", "x", "1.5", ""):
        answer = await send(shared_house, operation, asked, params=query(asked) | {"limit": limit})
        assert is_problem(answer, 422), (limit, answer.text)
        assert pointers(answer) == ["/query/limit"]
    for limit in ("1", "200"):
        answer = await send(shared_house, operation, asked, params=query(asked) | {"limit": limit})
        assert answer.status_code == 200
        assert len(answer.json()["items"]) <= int(limit)
    unsorted = await send(shared_house, operation, asked, params=query(asked) | {"sort": "khong_co"})
    assert is_problem(unsorted, 422)
    counted = await send(
        shared_house, operation, asked, params=query(asked) | {"count": "true", "limit": "1"}
    )
    body = counted.json()
    assert body["total"] >= len(body["items"])
    assert (body["total"] > 1) == (body["next"] is not None)


@pytest.mark.parametrize("operation", PAGED)
async def test_links_agree_with_the_body(shared_house: House, maker: Maker, operation: str) -> None:
    asked = await maker.valid(operation)
    first = await send(shared_house, operation, asked, params=query(asked) | {"limit": "1"})
    assert links(first) == told(first)
    assert first.json()["prev"] is None
    if first.json()["next"] is None:
        return
    caller = await shared_house.caller(signer(operation))
    second = await caller.get(first.json()["next"])
    assert second.status_code == 200, second.text
    assert links(second) == told(second)
    back = await caller.get(second.json()["prev"])
    assert back.json()["items"] == first.json()["items"]
    assert back.json()["prev"] is None


def told(answer: httpx.Response) -> dict[str, str]:
    """The neighbours of a page by its body."""
    return {rel: answer.json()[rel] for rel in ("next", "prev") if answer.json()[rel]}


def links(answer: httpx.Response) -> dict[str, str]:
    """The neighbours of a page by its Link header."""
    found = re.findall(r'<([^>]+)>; rel="(\w+)"', answer.headers.get("link", ""))
    return {rel: url for url, rel in found}


SINGLE = {"GET /cadres/{cadre_id}/party-membership"}
"""Lists that never have a second row here: one is a Party member once."""


async def _stock(house: House, maker: Maker, operation: str) -> None:
    """Sees to a second row where the list's rows can be added."""
    adding = operation.replace("GET", "POST")
    if adding in OPERATIONS and "/members" not in adding:
        for _ in range(2):
            made = await send(house, adding, await maker.valid(adding))
            assert made.status_code == 201, made.text


@pytest.mark.parametrize("operation", PAGED)
async def test_a_cursor_is_for_one_caller_and_one_question(
    shared_house: House, maker: Maker, operation: str
) -> None:
    asked = await maker.valid(operation)
    await _stock(shared_house, maker, operation)
    first = await send(shared_house, operation, asked, params=query(asked) | {"limit": "1"})
    address = first.json()["next"]
    if address is None:
        assert operation in SINGLE
        return
    here = query(Asked(address))
    path = Asked(urlsplit(address).path.removeprefix(API))
    cursor = here["cursor"]
    assert (await send(shared_house, operation, path, params=here | {"limit": "2"})).status_code == 200
    other = "ubkt.dongvan" if signer(operation) == "ubkt.tinh" else "btv.tinh"
    if "/imports" in operation:
        other = "btc.dongvan"
    stolen = await send(shared_house, operation, path, params=here, user=other)
    assert is_problem(stolen, 422), stolen.text
    assert pointers(stolen) == ["/query/cursor"]
    asked_otherwise = await send(shared_house, operation, path, params=here | {"count": "true"})
    assert is_problem(asked_otherwise, 422), asked_otherwise.text
    middle = len(cursor) // 2
    turned = "A" if cursor[middle] != "A" else "B"
    for wrong in (
        cursor[:-1],
        cursor + "A",
        cursor[:middle] + turned + cursor[middle + 1 :],
        cursor[::-1],
        "x",
        "",
        "é",
        *(cursor[:-1] + last for last in "ABCDEFGHQgw" if last != cursor[-1]),
    ):
        answer = await send(shared_house, operation, path, params=here | {"cursor": wrong})
        assert is_problem(answer, 422), (wrong, answer.text)
