"""A server's worker that does the next job and says when its first and its last row are written.

Arguments: folder, database URL. It is made to be killed: see test_import_kills.py.
"""

import logging
import sys
from pathlib import Path

from app.services.database import build_engine
from app.services.jobs import run_one
from app.services.scope import guard_engine
from tests.conftest import TODAY, make_settings


class Teller(logging.Handler):
    """Says on stdout when the bulk writer begins with persons and when it is done with their audit."""

    def emit(self, record: logging.LogRecord) -> None:
        told = record.getMessage()
        if told.startswith("cadre: ") and told.endswith(" rows"):
            say("first")
        elif told == "audit_value: done":
            say("last")


def say(word: str) -> None:
    """One word to who watches."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main() -> None:
    """Does one job."""
    engine = build_engine(make_settings(Path(sys.argv[1]), sys.argv[2]))
    guard_engine(engine)
    log = logging.getLogger("thenchot.bulk")
    log.setLevel(logging.DEBUG)
    log.addHandler(Teller())
    say("ready")
    run_one(engine, TODAY)
    say("done")
    engine.dispose()


if __name__ == "__main__":
    main()
