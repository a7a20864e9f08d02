"""`make bench`: rows 1, 3, 4, 8, 9, 11 and 13 of the performance goals, each beside its floor.

Options: --quick (short windows, for a look), --postgresql (also on a throw-away PostgreSQL), --keep FOLDER.
Exits 0 whatever it finds: a figure is told, not judged here.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks import answers, appends, importing, seeding
from benchmarks.rig import Report, machine, prepare
from tests import memory
from tests.postgres import server


def main() -> None:
    """Measures on SQLite, and where asked on PostgreSQL."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--quick", action="store_true")
    ask.add_argument("--postgresql", action="store_true")
    ask.add_argument("--keep", type=Path, help="folder of the seeded database, kept for the next run")
    asked = ask.parse_args()
    seconds, rounds = (1.5, 3) if asked.quick else (10.0, 5)
    sys.stdout.write(machine() + "\n\n")
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = asked.keep or Path(scratch) / "sqlite"
        prepare(folder)
        report = Report()
        answers.measure(report, folder, "", "SQLite", seconds, rounds)
        appends.measure(report, folder, "", "SQLite", seconds / 2, rounds)
        importing.measure(report, Path(scratch), "SQLite")
        seeding.measure(report, Path(scratch))
        if asked.postgresql:
            with server(memory.DISK) as template:
                url = template.format(name="postgres")
                elsewhere = Path(scratch) / "postgresql"
                prepare(elsewhere, url)
                answers.measure(report, elsewhere, url, "PostgreSQL", seconds, rounds)
                appends.measure(report, elsewhere, url, "PostgreSQL", seconds / 2, rounds)
                empty = [importing.new_database(url, name) for name in ("import", "floor")]
                importing.measure(report, Path(scratch), "PostgreSQL", *empty)


if __name__ == "__main__":
    main()
