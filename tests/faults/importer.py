"""A server's worker that does the next job and says when its first and its last row are written.

Arguments: folder, database URL. It is made to be killed: see test_import_kills.py.
"""

import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from app.services.database import build_engine
from app.services.jobs import run_one
from app.services.scope import guard_engine
from tests.conftest import TODAY, make_settings

FIRST, LAST = "INSERT INTO cadre ", "INSERT INTO audit_value "


def main() -> None:
    """Does one job."""
    engine = build_engine(make_settings(Path(sys.argv[1]), sys.argv[2]))
    guard_engine(engine)

    def say(word: str) -> None:
        sys.stdout.write(f"{word}\n")
        sys.stdout.flush()

    def before(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - the event's
        if statement.startswith(FIRST):
            say("first")

    def after(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:  # noqa: ANN401 - the event's
        if statement.startswith(LAST) and isinstance(parameters, list):
            say("last")

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    say("ready")
    run_one(engine, TODAY)
    say("done")
    engine.dispose()


if __name__ == "__main__":
    main()
