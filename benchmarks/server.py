"""The application as it is served, with one bare route beside it as the floor."""

import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import SecretStr

from app.main import create_app
from app.settings import Settings

PASSWORD = "benchmark-province-2021"  # noqa: S105 - of a throw-away database
DAY = date(2021, 12, 31)


def settings_for(folder: Path, url: str = "") -> Settings:
    """Demo settings on `folder`, or on the database at `url`."""
    return Settings(
        data_dir=folder, database_url=url, demo=True, today=DAY, demo_password=SecretStr(PASSWORD)
    )


def main() -> None:
    """Serves on 127.0.0.1; arguments: folder, database URL (may be empty), port."""
    folder, url, port = sys.argv[1:4]
    app = create_app(settings_for(Path(folder), url))

    async def hello() -> dict[str, Any]:
        return {"hello": "world", "pid": os.getpid()}

    app.add_api_route("/hello", hello)
    # The pages are mounted at "/" and would answer first.
    app.router.routes.insert(0, app.router.routes.pop())
    uvicorn.run(app, host="127.0.0.1", port=int(port), access_log=False, log_level="error")


if __name__ == "__main__":
    main()
