"""The fixtures keep what they promise."""

from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, Engine, text

from app.services.database import writing
from tests import world
from tests.conftest import AsUser


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
