"""Databases, the application and signed-in callers: what the tests of models, services and API share.

Each session migrates once per database and builds the test world once; a test gets a copy (SQLite: the file,
PostgreSQL: CREATE DATABASE … TEMPLATE) or, where it needs no commit of its own, a transaction rolled back.
"""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import date
from itertools import count
from pathlib import Path
from typing import Protocol

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url

from app.services import passwords
from app.services.database import build_engine, migrate, writing
from app.settings import Settings
from tests import memory
from tests.hashing import CHEAP
from tests.postgres import server

TODAY = date(2021, 12, 31)
DATABASES = ("sqlite", "postgresql")

hypothesis_settings.register_profile("ci", max_examples=40, deadline=None, derandomize=True)
hypothesis_settings.register_profile("deep", max_examples=5_000, deadline=None)
hypothesis_settings.load_profile("ci")

# What the program itself asks for stands in tests/hashing.py: the tests of sign-in use that.
passwords.HASHER = CHEAP


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Async tests run on asyncio alone: it is what the server runs on."""
    return "asyncio"


def make_settings(folder: Path, url: str) -> Settings:
    """Demo-mode settings on the day the test world is about."""
    return Settings(
        data_dir=folder,
        database_url=url,
        demo=True,
        today=TODAY,
        secret=SecretStr("s" * 40),
        busy_timeout_ms=30_000,
    )


class Cluster(Protocol):
    """Makes databases of one kind."""

    def template(self, name: str, fill: Callable[[Settings], None]) -> None:
        """Make a database and fill it, once."""

    def copy(self, name: str) -> str:
        """The URL of a fresh copy of a template."""

    def drop(self, url: str) -> None:
        """Take a copy away."""


class SqliteCluster:
    """Databases that are files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: set[str] = set()
        self.numbers = count(1)

    def template(self, name: str, fill: Callable[[Settings], None]) -> None:
        if name not in self.made:
            fill(make_settings(self.folder, f"sqlite:///{self.folder / name}.db"))
            self.made.add(name)

    def copy(self, name: str) -> str:
        target = self.folder / f"copy_{next(self.numbers)}" / f"{name}.db"
        target.parent.mkdir()
        shutil.copyfile(self.folder / f"{name}.db", target)
        return f"sqlite:///{target}"

    def drop(self, url: str) -> None:
        shutil.rmtree(Path(url.removeprefix("sqlite:///")).parent)


class PostgresCluster:
    """Databases of one server."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder
        self.made: set[str] = set()
        self.numbers = count(1)
        self.admin = create_engine(url.format(name="postgres"), isolation_level="AUTOCOMMIT", pool_size=1)

    def execute(self, statement: str) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def template(self, name: str, fill: Callable[[Settings], None]) -> None:
        if name not in self.made:
            self.execute(f"CREATE DATABASE {name}")
            fill(make_settings(self.folder, self.url.format(name=name)))
            self.made.add(name)

    def copy(self, name: str) -> str:
        target = f"copy_{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {target} TEMPLATE {name} STRATEGY FILE_COPY")
        return self.url.format(name=target)

    def drop(self, url: str) -> None:
        name = make_url(url).database
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A throw-away PostgreSQL server's URL with `{name}` for the database."""
    try:
        with server() as url:
            yield url
    except RuntimeError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def sqlite_cluster() -> Iterator[SqliteCluster]:
    """SQLite's templates."""
    with memory.folder("sqlite-") as folder:
        yield SqliteCluster(folder)


@pytest.fixture(scope="session")
def postgres_cluster(
    postgres_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PostgresCluster]:
    """PostgreSQL's templates."""
    cluster = PostgresCluster(postgres_url, tmp_path_factory.mktemp("postgresql"))
    yield cluster
    cluster.admin.dispose()


@pytest.fixture(params=DATABASES, scope="session")
def database(request: pytest.FixtureRequest) -> str:
    """Runs a test once on each database; a test for one alone parametrises it indirectly."""
    return str(request.param)


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest, database: str) -> Cluster:
    """The maker of databases of this kind."""
    name = {"sqlite": "sqlite_cluster", "postgresql": "postgres_cluster"}[database]
    found: Cluster = request.getfixturevalue(name)
    return found


def fill_world(settings: Settings) -> None:
    """Migrate and write the test world."""
    from tests import world  # what it needs of the services is no matter of those who test the tables

    migrate(settings)
    engine = build_engine(settings)
    world.build(writing(engine), TODAY)
    engine.dispose()


@pytest.fixture
def settings(cluster: Cluster, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a migrated database of the test's own, with code lists and nothing else."""
    cluster.template("empty", migrate)
    url = cluster.copy("empty")
    yield make_settings(tmp_path, url)
    cluster.drop(url)


@pytest.fixture
def world_settings(cluster: Cluster, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a database of the test's own that holds the test world."""
    cluster.template("world", fill_world)
    url = cluster.copy("world")
    yield make_settings(tmp_path, url)
    cluster.drop(url)


def _engine(settings: Settings) -> Iterator[Engine]:
    engine = build_engine(settings)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine on a migrated, empty database of the test's own."""
    yield from _engine(settings)


@pytest.fixture
def world_engine(world_settings: Settings) -> Iterator[Engine]:
    """An engine on the test world, of the test's own: it may commit."""
    yield from _engine(world_settings)


@pytest.fixture(scope="session")
def shared_world(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine on the test world that all tests share: nobody commits on it."""
    cluster.template("world", fill_world)
    folder = tmp_path_factory.mktemp("shared")
    url = cluster.copy("world")
    yield from _engine(make_settings(folder, url))
    cluster.drop(url)


@pytest.fixture
def connection(shared_world: Engine) -> Iterator[Connection]:
    """A transaction on the shared test world, rolled back afterwards, whatever a session on it commits."""
    with writing(shared_world).connect() as connection:
        transaction = connection.begin()
        yield connection
        transaction.rollback()


@pytest.fixture
async def app(world_settings: Settings) -> AsyncIterator[FastAPI]:
    """The whole application on a test world of its own, started and stopped as a server would."""
    from tests.application import build

    application = build(world_settings)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A caller who hasn't signed in."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as caller:
        yield caller


AsUser = Callable[[str], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def as_user(app: FastAPI) -> AsyncIterator[AsUser]:
    """`await as_user("btc.tinh")`: a client signed in as an account of the test world."""
    from tests import world

    async with AsyncExitStack() as stack:
        known: dict[str, httpx.AsyncClient] = {}

        async def sign_in(username: str) -> httpx.AsyncClient:
            if username not in known:
                transport = httpx.ASGITransport(app)
                caller = httpx.AsyncClient(transport=transport, base_url="http://test")
                await stack.enter_async_context(caller)
                answer = await caller.post(
                    "/api/v1/sessions", json={"username": username, "password": world.PASSWORD}
                )
                assert answer.status_code == httpx.codes.CREATED, answer.text
                caller.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
                known[username] = caller
            return known[username]

        yield sign_in
