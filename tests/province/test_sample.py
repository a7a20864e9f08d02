"""The sample spreadsheet: made of the demo's rows, and judged by the import as it says of itself."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from app.demo import sample
from app.models.imports import CommitMode, ImportRow, RowState
from app.services.database import build_engine
from tests.conftest import make_settings
from tests.province.conftest import built
from tests.services.imports_kit import Desk

pytestmark = pytest.mark.province
SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session")

FAULTS = {
    8: "national_id",
    9: "sex",
    10: "birth_date",
    11: "hometown_district",
    12: "unit",
    13: "title",
    14: "national_id",
    15: "national_id",
    16: "national_id",
    17: "decision_signed_on",
    18: "title",
    19: "coefficient_hundredths",
    20: "education_on",
}
"""Line of the file to the column at fault."""


@pytest.fixture
def desk(province: Engine, tmp_path: Path) -> Iterator[Desk]:
    """Mèo Vạc's organisation board, on a copy of the province."""
    source = province.url.database
    assert source is not None
    copied = tmp_path / "province.db"
    with closing(sqlite3.connect(source)) as plain, closing(sqlite3.connect(copied)) as copy:
        plain.backup(copy)
    engine = build_engine(make_settings(tmp_path, f"sqlite:///{tmp_path / 'province.db'}"))
    yield Desk(engine)
    engine.dispose()


def test_the_file_is_made_of_the_rows_of_the_demo() -> None:
    kept = files("app.demo").joinpath(sample.FILE).read_bytes()
    assert kept == sample.workbook(built().rows)


@SQLITE
def test_each_row_meets_what_it_was_made_for(desk: Desk) -> None:
    found = desk.check(files("app.demo").joinpath(sample.FILE).read_bytes())
    assert found.state == "validated", found.fault
    assert (found.new, found.updated, found.unchanged, found.errors) == (4, 1, 1, len(FAULTS))
    with desk.session() as session:
        rows = session.scalars(
            select(ImportRow).where(col(ImportRow.import_id) == found.id).order_by(col(ImportRow.number))
        ).all()
        faulty = {row.number: row for row in rows if row.state is RowState.ERROR}
        assert faulty.keys() == FAULTS.keys()
        for number, row in faulty.items():
            told = json.loads(row.messages or "[]")
            assert FAULTS[number] in {one["column"] for one in told if one["level"] == "error"}, told


@SQLITE
def test_its_good_rows_go_in(desk: Desk) -> None:
    found = desk.check(files("app.demo").joinpath(sample.FILE).read_bytes())
    done = desk.commit(found.id, mode=CommitMode.VALID)
    assert done.state == "committed", done.fault
