"""A guarded world with keys, sign-ins and a second administrator."""

from datetime import date

import pytest
from sqlalchemy import Engine

from app.models.access import (
    SessionCreate,
    SessionOpened,
)
from app.services import access, passwords
from app.services.scope import Scope, guard_engine
from app.services.tokens import Keyring
from app.settings import Settings
from tests import world
from tests.hashing import HASHER
from tests.services.access.doors import HERE, TODAY, SignsIn, work
from tests.world.rows import key


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords cost what they cost in service."""
    monkeypatch.setattr(passwords, "HASHER", HASHER)


@pytest.fixture
def ring(world_settings: Settings, world_engine: Engine) -> Keyring:
    guard_engine(world_engine)
    return Keyring(world_settings)


@pytest.fixture
def signs_in(world_engine: Engine, ring: Keyring) -> SignsIn:
    def sign_in(
        username: str, password: str = world.PASSWORD, *, address: str = HERE, otp: str | None = None
    ) -> SessionOpened:
        data = SessionCreate(username=username, password=password, otp=otp)  # type: ignore[arg-type]
        with work(world_engine) as session:
            return access.sign_in(session, ring, data=data, address=address, user_agent="tests")

    return sign_in


@pytest.fixture
def second_admin(world_engine: Engine) -> str:
    guard_engine(world_engine)
    with work(world_engine, Scope.house(TODAY, "t")) as session:
        made = access.create_user(
            session, username="quantri2", display_name="Quản trị 2", password="hoa tam giac mach 1995"
        )
        made.id = key("principal", "quantri2")
        access.give_grant(
            session, made, role="sysadmin", unit_id=world.unit("tinh"), valid_from=date(2021, 1, 1)
        )
    return "quantri2"
