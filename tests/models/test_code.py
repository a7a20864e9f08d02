"""The code lists as migrated: 54 ethnic groups under two numberings, and the lists that fields take."""

import pytest
from sqlalchemy import Engine

from app.models.base import METADATA, search_key
from app.models.party import PoliticalTheory

ETHNICITY = METADATA.tables["ethnicity"]
ITEM = METADATA.tables["code_item"]


def test_there_are_54_groups_with_a_number_each(engine: Engine) -> None:
    with engine.connect() as connection:
        rows = connection.execute(ETHNICITY.select().order_by(ETHNICITY.c.code_1979)).all()
    assert [row.code_1979 for row in rows] == [f"{number:02}" for number in range(1, 55)]
    assert [row.slug for row in rows] == [search_key(row.name).replace(" ", "-") for row in rows]
    assert [row.name for row in rows if not row.is_minority] == ["Kinh"]
    newer = [row.code_2008 for row in rows if row.code_2008]
    assert len(newer) == len(set(newer)) == 29


@pytest.mark.parametrize(
    ("slug", "old", "new"),
    [("hoa", "04", "06"), ("kho-me", "05", "05"), ("muong", "06", "04"), ("mong", "08", "08")],
)
def test_the_two_numberings_swap_groups(engine: Engine, slug: str, old: str, new: str) -> None:
    with engine.connect() as connection:
        row = connection.execute(ETHNICITY.select().where(ETHNICITY.c.slug == slug)).one()
    assert (row.code_1979, row.code_2008) == (old, new)


def test_lists_are_ordered_and_speak_vietnamese(engine: Engine) -> None:
    with engine.connect() as connection:
        rows = connection.execute(ITEM.select().order_by(ITEM.c.list_id, ITEM.c.rank)).all()
    lists: dict[str, list[str]] = {}
    for row in rows:
        lists.setdefault(row.list_id, []).append(row.code)
        assert row.rank == len(lists[row.list_id])
        assert row.name.strip()
    assert lists["political_theory"] == [level.value for level in PoliticalTheory]
    assert lists["foreign_language"] == [f"level_{number}" for number in range(1, 7)]
    assert lists["education"][0] == "none"
    assert lists["education"][-1] == "doctor"
    assert {"grade", "religion", "it", "state_management", "minority_language"} <= set(lists)
