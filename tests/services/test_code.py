"""Code lists: both numberings of the ethnic groups, each list in its order."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from app.services import code
from app.services.errors import NotFound
from app.services.scope import Scope, ScopedSession
from tests.conftest import TODAY


@pytest.fixture
def session(engine: Engine) -> Iterator[ScopedSession]:
    with ScopedSession(engine, Scope.nobody(TODAY)) as opened:
        yield opened


def test_the_two_numberings_of_the_ethnic_groups_swap_some(session: ScopedSession) -> None:
    rows = code.ethnicities(session)
    assert len(rows) == 54
    assert [row["code_1979"] for row in rows] == sorted(row["code_1979"] for row in rows)
    assert [row["slug"] for row in rows if not row["is_minority"]] == ["kinh"]
    assert any(row["code_1979"] != row["code_2008"] for row in rows)


def test_every_list_is_read_whole_and_in_order(session: ScopedSession) -> None:
    lists = code.lists(session)
    assert lists
    for one in lists:
        rows = code.entries(session, one["id"])
        assert len(rows) == one["entries"]
        assert [row["rank"] for row in rows] == sorted({row["rank"] for row in rows})
    with pytest.raises(NotFound):
        code.entries(session, "khong-co")
