"""A server process of its own on a database of the tests: two of them are two nodes.

Arguments: folder, database URL, port, the day it takes for today.
"""

import sys
from datetime import date
from pathlib import Path

import uvicorn

from app.main import create_app
from tests.conftest import make_settings


def main() -> None:
    """Serves until it is ended."""
    settings = make_settings(Path(sys.argv[1]), sys.argv[2])
    day = date.fromisoformat(sys.argv[4])
    app = create_app(settings.model_copy(update={"today": day}))
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[3]), log_level="warning")


if __name__ == "__main__":
    main()
