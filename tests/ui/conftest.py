"""Visitors of the pages: the whole application on the test world, over HTTP."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from fastapi import FastAPI

from tests import world
from tests.ui.visitor import Visitor

LOOPBACK = "http://127.0.0.1:8000"

Visit = Callable[[str], Awaitable[Visitor]]


@pytest.fixture(scope="session")
def database() -> str:
    """The pages are the same on every database; they are looked at on one."""
    return "sqlite"


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[Visitor]:
    """Somebody who hasn't signed in."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=LOOPBACK) as client:
        yield Visitor(client)


@pytest.fixture
async def visit(app: FastAPI) -> AsyncIterator[Visit]:
    """`await visit("btc.tinh")`: a visitor signed in through the form."""
    async with AsyncExitStack() as stack:

        async def sign_in(username: str) -> Visitor:
            client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=LOOPBACK)
            await stack.enter_async_context(client)
            visitor = Visitor(client)
            page = await visitor.sign_in(username, world.PASSWORD, to="/tai-khoan")
            assert page.status == httpx.codes.OK, page.text
            assert not page.path.startswith("/dang-nhap"), page.text
            return visitor

        yield sign_in
