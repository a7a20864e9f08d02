"""A small tree in a database of the test's own."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import Engine

from app.services.database import writing
from app.services.scope import Scope, ScopedSession
from tests.conftest import TODAY
from tests.services.unit.small import plant


@pytest.fixture
def session(engine: Engine) -> Iterator[ScopedSession]:
    with ScopedSession(writing(engine), Scope.house(TODAY, "test")) as opened:
        yield opened


@pytest.fixture
def tree(session: ScopedSession) -> dict[str, UUID]:
    return plant(session)
