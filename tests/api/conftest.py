"""What the tests of the API share: an application of a module's own, its callers, its rows past the scope."""

import time
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import AsyncExitStack
from datetime import date
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, Executable
from sqlmodel import Session, SQLModel, col, select

from app.models.access import Principal, PrincipalKind, RoleGrant
from app.models.base import utc_now
from app.models.cadre import Cadre
from app.models.post import PostQuota
from app.services import passwords
from app.services.database import build_engine, writing
from app.settings import Settings
from tests import world
from tests.application import build
from tests.conftest import TODAY, Cluster, fill_world, make_settings
from tests.world.rows import key

API = "/api/v1"
RENEW_AFTER = 200.0
"""Seconds after which a caller asks for a new access token: they last five minutes."""

EXTRA_ACCOUNTS = {
    "xa.niemson": ("commune_officer", "niem-son"),
    "ubkt.dongvan": ("inspector", "dong-van"),
    "head.dongvan": ("unit_head", "phong-noi-vu.dong-van"),
}
"""Accounts that the test world leaves out: username to role and unit."""


class Signed(httpx.Auth):
    """Signs each request of one caller, with a new access token before the old one ends."""

    requires_response_body = True

    def __init__(self, opened: dict[str, Any]) -> None:
        self.secret: str = opened["session_secret"]
        self.token: str = opened["access_token"]
        self.since = time.monotonic()

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if "Authorization" not in request.headers:
            if time.monotonic() - self.since > RENEW_AFTER:
                renew = httpx.Request(
                    "POST",
                    f"http://test{API}/sessions/current/token",
                    headers={"Authorization": f"Session {self.secret}"},
                )
                self.token = (yield renew).json()["access_token"]
                self.since = time.monotonic()
            request.headers["Authorization"] = f"Bearer {self.token}"
        yield request


class House:
    """One running application, its callers by username, and its database past the scope."""

    def __init__(self, app: FastAPI, settings: Settings, engine: Engine, stack: AsyncExitStack) -> None:
        self.app = app
        self.settings = settings
        self.engine = engine
        self._stack = stack
        self._callers: dict[str, httpx.AsyncClient] = {}

    async def caller(self, username: str | None) -> httpx.AsyncClient:
        """A client signed in as `username`; None: one who hasn't signed in."""
        name = username or ""
        if name not in self._callers:
            transport = httpx.ASGITransport(self.app)
            client = httpx.AsyncClient(transport=transport, base_url="http://test")
            await self._stack.enter_async_context(client)
            if username is not None:
                client.auth = Signed(await self.sign_in(client, username))
            self._callers[name] = client
        return self._callers[name]

    @staticmethod
    async def sign_in(client: httpx.AsyncClient, username: str) -> dict[str, Any]:
        """What a sign-in of `username` gives."""
        answer = await client.post(f"{API}/sessions", json={"username": username, "password": world.PASSWORD})
        assert answer.status_code == 201, answer.text
        opened: dict[str, Any] = answer.json()
        return opened

    def rows(self, statement: Executable) -> list[Any]:
        """The rows of a select, whoever owns them."""
        with Session(self.engine) as session:
            return list(session.execute(statement).all())

    def scalars(self, statement: Executable) -> list[Any]:
        """The first column of a select, whoever owns the rows."""
        with Session(self.engine) as session:
            return list(session.scalars(statement).all())

    def write(self, *rows: SQLModel) -> None:
        """Adds or changes rows past every check."""
        with Session(writing(self.engine), expire_on_commit=False) as session:
            for row in rows:
                session.merge(row)
            session.commit()

    def version(self, cadre_id: UUID) -> str:
        """The ETag a person's record has now."""
        return f'"{self.scalars(select(Cadre.version).where(col(Cadre.id) == cadre_id))[0]}"'


def grant(username: str, role: str, place: str | None, cadre: str | None = None) -> list[SQLModel]:
    """The rows of an account with one grant, signed in with the test world's password."""
    cadre_id = world.person(cadre) if cadre else None
    principal = Principal(
        id=key("principal", username),
        kind=PrincipalKind.PERSON,
        username=username,
        display_name=username,
        password_hash=passwords.digest(world.PASSWORD),
        cadre_id=cadre_id,
        created_at=utc_now(),
    )
    held = RoleGrant(
        id=key("grant", username),
        principal_id=principal.id,
        role=role,
        unit_id=world.unit(place) if place else None,
        cadre_id=None if place else cadre_id,
        valid_from=date(2021, 1, 4),
        confirmed_at=utc_now(),
    )
    return [principal, held]


async def _house(settings: Settings) -> AsyncIterator[House]:
    app = build(settings)
    engine = build_engine(settings)
    async with app.router.lifespan_context(app), AsyncExitStack() as stack:
        found = House(app, settings, engine, stack)
        for username, (role, place) in EXTRA_ACCOUNTS.items():
            for row in grant(username, role, place):
                found.write(row)
        roomy = select(PostQuota).where(col(PostQuota.post_id) == world.post("ubnd.niem-son", "c.officer"))
        for quota in found.scalars(roomy):
            quota.quota = 500
            found.write(quota)
        yield found
    engine.dispose()


@pytest.fixture(scope="module")
def module_settings(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a database of this module's own that holds the test world."""
    cluster.template("world", fill_world)
    folder = tmp_path_factory.mktemp("house")
    url = cluster.copy("world")
    yield make_settings(folder, url)
    cluster.drop(url)


@pytest.fixture(scope="module")
async def shared_house(module_settings: Settings) -> AsyncIterator[House]:
    """An application that the tests of a module share: what one writes, the next one finds."""
    async for found in _house(module_settings):
        yield found


@pytest.fixture
async def house(world_settings: Settings) -> AsyncIterator[House]:
    """An application on a test world of the test's own."""
    async for found in _house(world_settings):
        yield found


def people(slug: str) -> UUID:
    """The id of a person of the test world."""
    return world.person(slug, TODAY)


def holder(place: str, sort: str, *, plain: bool = True) -> str:
    """The first person who holds a seat of `sort` in `place` today and, if `plain`, has no story."""
    for slug, person in world.crowd(TODAY).people.items():
        if plain and not (slug.startswith("p") and slug[1:].isdigit()):
            continue
        if any((held.unit, held.sort) == (place, sort) for held in person.open_on(TODAY)):
            return slug
    raise LookupError(f"{place} {sort}")
