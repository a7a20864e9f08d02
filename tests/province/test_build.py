"""The province is built from nothing but its seed: the same rows, ids and all, in every build."""

import hashlib
from typing import Any
from uuid import UUID

import pytest

from app.demo import seed
from app.settings import Settings
from tests.province.conftest import built

pytestmark = pytest.mark.province


def digest(rows: dict[str, list[dict[str, Any]]]) -> str:
    total = hashlib.sha256()
    for table in seed.TABLES:
        name = str(table.__tablename__)
        total.update(name.encode())
        for row in rows[name]:
            total.update(repr(sorted(row.items())).encode())
    return total.hexdigest()


def test_the_same_province_every_time() -> None:
    again = seed.build(lambda password: f"hash of {password}", "a password")
    assert digest(again.rows) == digest(built().rows)


def test_ids_are_of_version_seven_and_unique() -> None:
    rows = built().rows
    ids = [row.get("id", row.get("row_id")) for table in rows.values() for row in table]
    assert all(isinstance(found, UUID) and found.version == 7 for found in ids)
    assert len(set(ids)) == len(ids)


def test_another_house_is_refused() -> None:
    with pytest.raises(ValueError, match="demo"):
        seed.seed(None, Settings(demo=False), "password", str)  # type: ignore[arg-type]
