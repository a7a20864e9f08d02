"""The fixtures keep what they promise."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, Engine, text
from starlette.routing import Mount, Route

from app.main import create_app
from app.services.database import writing
from tests import world
from tests.application import build
from tests.conftest import AsUser, make_settings


async def test_every_account_signs_in_with_its_role(client: httpx.AsyncClient, as_user: AsUser) -> None:
    assert (await client.get("/api/v1/me")).status_code == httpx.codes.UNAUTHORIZED
    for username, (role, _, _) in world.ACCOUNTS.items():
        caller = await as_user(username)
        assert await as_user(username) is caller
        told: dict[str, Any] = (await caller.get("/api/v1/me")).json()
        assert told["username"] == username
        assert [grant["role"] for grant in told["grants"]] == [role]


def test_a_copy_is_the_tests_own(engine: Engine, world_engine: Engine) -> None:
    for one, people in ((engine, 0), (world_engine, 284)):
        with writing(one).begin() as connection:
            assert connection.execute(text("SELECT count(*) FROM cadre")).scalar_one() == people
            connection.execute(text("DELETE FROM code_item"))


@pytest.mark.parametrize("turn", [1, 2])
def test_the_shared_world_is_as_it_was(connection: Connection, turn: int) -> None:
    assert connection.execute(text("SELECT count(*) FROM code_item")).scalar_one() > 50
    connection.execute(text("DELETE FROM code_item"))


def test_an_application_of_the_tests_is_the_programs(tmp_path: Path) -> None:
    """Whoever is built after the first has its routes, and answers to all that the program answers to."""
    made = create_app(make_settings(tmp_path, f"sqlite:///{tmp_path / 'one.db'}"))
    ours = [build(make_settings(tmp_path, f"sqlite:///{tmp_path / 'two.db'}")) for _ in range(2)]
    for app in ours:
        assert app.openapi() == made.openapi()
        assert [type(route) for route in app.router.routes] == [type(route) for route in made.router.routes]
        assert app.state.engine is not made.state.engine
    shared = [id(route) for route in ours[0].router.routes if not isinstance(route, Route | Mount)]
    assert shared == [id(route) for route in ours[1].router.routes if not isinstance(route, Route | Mount)]
    assert len(shared) > 15
    for app in (made, *ours):
        app.state.recorder.close()
        app.state.engine.dispose()
