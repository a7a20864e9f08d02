"""The province is built from nothing but its seed: the same rows, ids and all, in every build."""

import hashlib
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest

from app.demo import seed
from app.settings import Settings
from tests.province.conftest import built

pytestmark = pytest.mark.province


def digest(rows: dict[str, list[dict[str, Any]]]) -> str:
    """Of every tenth row: ids count the rows made before, so that any difference shows in all that follow."""
    total = hashlib.sha256()
    for table in seed.TABLES:
        own = rows[str(table.__tablename__)]
        total.update(f"{table.__tablename__} {len(own)}".encode())
        for row in own[::10]:
            total.update("|".join(map(str, row.values())).encode())
    return total.hexdigest()


def test_the_same_province_every_time() -> None:
    """In another process too, where sets of words are walked in another order."""
    code = "from tests.province.test_build import built, digest; print(digest(built().rows))"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": "20211231", "PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == digest(built().rows)


def test_ids_are_of_version_seven_and_unique() -> None:
    rows = built().rows
    ids = [row.get("id", row.get("row_id")) for table in rows.values() for row in table]
    assert all(isinstance(found, UUID) and found.version == 7 for found in ids)
    assert len(set(ids)) == len(ids)


def test_another_house_is_refused() -> None:
    with pytest.raises(ValueError, match="demo"):
        seed.seed(None, Settings(demo=False), "password", str)  # type: ignore[arg-type]
