"""The province is built from nothing but its seed: the same rows, ids and all, in every build."""

import hashlib
import json
import subprocess
import sys
from typing import Any
from uuid import UUID

import pytest

from app.demo import seed
from app.services.attachments.naming import clean_name
from app.services.attachments.sniffing import named, sniff
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
    # What belongs to a file bears its id.
    own = [table for name, table in rows.items() if name not in {"file_content", "attachment"}]
    ids = [row.get("id", row.get("row_id")) for table in own for row in table]
    assert all(isinstance(found, UUID) and found.version == 7 for found in ids)
    assert len(set(ids)) == len(ids)


def test_papers_are_what_they_say_and_what_their_plans_were_decided_on() -> None:
    rows = built().rows
    contents = {row["file_id"]: row["content"] for row in rows["file_content"]}
    places = {row["file_id"]: row for row in rows["attachment"]}
    assert contents.keys() == places.keys() == {row["id"] for row in rows["file"]}
    assert len(contents) > 50
    for row in rows["file"]:
        assert sniff(contents[row["id"]]).content_type == row["content_type"]
        assert hashlib.sha256(contents[row["id"]]).hexdigest() == row["sha256"]
        assert named(clean_name(row["name"]), sniff(contents[row["id"]])) == row["name"]
    hashes = {str(row["id"]): row["sha256"] for row in rows["file"]}
    told = [
        (paper, snapshot["dossier_id"])
        for snapshot in rows["dossier_snapshot"]
        for paper in json.loads(snapshot["content"])["files"]
    ]
    assert len(told) > 50
    for paper, dossier_id in told:
        assert paper["sha256"] == hashes[paper["id"]]
        assert places[UUID(paper["id"])]["dossier_id"] == dossier_id


def test_another_house_is_refused() -> None:
    with pytest.raises(ValueError, match="demo"):
        seed.seed(None, Settings(demo=False), "password", str)  # type: ignore[arg-type]
