"""A ring of keys on a guarded database."""

import pytest
from sqlalchemy import Engine

from app.services.scope import guard_engine
from app.services.tokens import Keyring
from app.settings import Settings
from tests.services.tokens.forge import work


@pytest.fixture
def ring(settings: Settings, engine: Engine) -> Keyring:
    guard_engine(engine)
    keyring = Keyring(settings)
    with work(engine) as session:
        keyring.ensure(session)
    return keyring
