"""A guarded engine for all tests of the scope."""

from collections.abc import Iterator

import pytest
from sqlalchemy import (
    Engine,
)

from app.services.scope import guard_engine
from tests.conftest import Cluster, fill_world, make_settings


@pytest.fixture(scope="module")
def walls(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A guarded engine on the test world; nobody commits on it."""
    from app.services.database import build_engine

    cluster.template("world", fill_world)
    folder = tmp_path_factory.mktemp("walls")
    url = cluster.copy("world")
    engine = build_engine(make_settings(folder, url))
    guard_engine(engine)
    yield engine
    engine.dispose()
    cluster.drop(url)
