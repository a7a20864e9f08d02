"""A guarded test world."""

import pytest
from sqlalchemy import Engine

from app.services.scope import guard_engine


@pytest.fixture
def engine(world_engine: Engine) -> Engine:
    guard_engine(world_engine)
    return world_engine
