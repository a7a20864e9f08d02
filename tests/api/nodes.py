"""Server processes on one database, as two nodes of one house: what the tests of races speak to."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date
from pathlib import Path

import httpx

from app.settings import Settings
from tests import world
from tests.api.conftest import API
from tests.conftest import TODAY

REPOSITORY = Path(__file__).parents[2]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


class Node:
    """One server process that takes `day` for today, and callers that speak to it."""

    def __init__(self, settings: Settings, day: date = TODAY) -> None:
        self._settings = settings
        self._day = day
        self._process: asyncio.subprocess.Process | None = None
        self.port = free_port()

    async def start(self) -> None:
        """Returns once it answers."""
        arguments = [
            str(self._settings.data_dir),
            self._settings.database_url,
            str(self.port),
            self._day.isoformat(),
        ]
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.api.server", *arguments, cwd=REPOSITORY
        )
        async with httpx.AsyncClient() as client:
            for _ in range(300):
                assert self._process.returncode is None
                try:
                    if (await client.get(f"http://127.0.0.1:{self.port}/healthz")).is_success:
                        return
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
        raise TimeoutError

    async def stop(self) -> None:
        """Ends it at once."""
        if self._process is not None:
            self._process.kill()
            await self._process.wait()

    async def caller(self, stack: AsyncExitStack, username: str) -> httpx.AsyncClient:
        """A client signed in as `username`, with as many connections as tries."""
        client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=60)
        await stack.enter_async_context(client)
        opened = await client.post(f"{API}/sessions", json={"username": username, "password": world.PASSWORD})
        client.headers["Authorization"] = f"Bearer {opened.json()['access_token']}"
        return client


@asynccontextmanager
async def two_nodes(settings: Settings, day: date = TODAY) -> AsyncIterator[tuple[Node, Node]]:
    """Two server processes on one database, ended with the block."""
    found = Node(settings, day), Node(settings, day)
    try:
        await asyncio.gather(*(node.start() for node in found))
        yield found
    finally:
        for node in found:
            await node.stop()
