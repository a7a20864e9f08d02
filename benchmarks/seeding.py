"""Row 9: seeding the demo province against a bulk insert of the very same rows."""

import sqlite3
import time
from pathlib import Path

from app.services.database import migrate
from benchmarks.rig import Report, Row, prepare
from benchmarks.server import settings_for

GOAL = 3


def measure(report: Report, scratch: Path) -> None:
    """Adds the row: both write into a freshly migrated SQLite database with all its guards and indexes."""
    first = scratch / "seeded"
    spent = prepare(first)
    second = scratch / "copied"
    second.mkdir()
    migrate(settings_for(second))
    floor = _copy(first / "thenchot.db", second / "thenchot.db")
    ratio = spent / floor
    report.add(
        Row(
            9,
            "seeding the demo province, SQLite",
            f"{spent:.1f} s",
            f"the same rows inserted {floor:.1f} s",
            ratio,
            f"≤ {GOAL}",
            ratio <= GOAL,
        )
    )


def _copy(source: Path, target: Path) -> float:
    """Seconds that executemany takes for all rows of all tables, in one transaction."""
    with sqlite3.connect(source) as reader:
        names = [
            row[0]
            for row in reader.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
                " AND name NOT LIKE 'cadre_search%'"
                " AND name NOT IN ('alembic_version', 'ethnicity', 'code_item')"
            )
        ]
        tables = {name: reader.execute(f"SELECT * FROM {name}").fetchall() for name in names}  # noqa: S608 - names of our own catalogue
    writer = sqlite3.connect(target, isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("PRAGMA synchronous = FULL")
    start = time.perf_counter()
    writer.execute("BEGIN IMMEDIATE")
    for name, rows in tables.items():
        if rows:
            places = ", ".join("?" * len(rows[0]))
            writer.executemany(f"INSERT INTO {name} VALUES ({places})", rows)  # noqa: S608 - names of our own catalogue
    writer.execute("COMMIT")
    spent = time.perf_counter() - start
    writer.close()
    return spent
