"""A throw-away PostgreSQL server for one test session."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import memory

OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_connections": "120",
    "shared_buffers": "64MB",
    # No standby bears this name: a test that sets synchronous_commit to on waits for it, all others don't.
    "synchronous_standby_names": "nobody",
    "synchronous_commit": "local",
}

OWNER = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
"""Root may not run the server."""


def programs() -> Path:
    """The folder of initdb and pg_ctl.

    Raises:
        RuntimeError: PostgreSQL is not installed.
    """
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("pg_config"):
        told = subprocess.run([found, "--bindir"], check=True, capture_output=True, text=True)
        folders.insert(0, Path(told.stdout.strip()))
    if found := shutil.which("initdb"):
        folders.append(Path(found).parent)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise RuntimeError("the tests need PostgreSQL's server programs (Debian: apt-get install postgresql)")


def run(folder: Path, *words: str | Path) -> None:
    """Run a program of the server as the user it demands: never root."""
    subprocess.run([*OWNER, *words], check=True, cwd=folder, stdout=subprocess.DEVNULL)


@contextmanager
def server(parent: Path | None = None) -> Iterator[str]:
    """The URL of a running server, `{name}` in place of the database; server and data are gone afterwards.

    Its data lie in memory, or in a folder below `parent`.
    """
    bindir = programs()
    control = (bindir / "pg_ctl", "-D", "{folder}/data", "-s")
    stop: list[str | Path] = [*OWNER, *control, "-m", "immediate", "stop"]
    locale = ("--locale-provider=icu", "--icu-locale=vi", "--locale=C.UTF-8", "-E", "UTF8")
    settings = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
    # A socket's path must be short: not the folder that pytest gives.
    with memory.folder("pg-", stop=stop, parent=parent) as folder:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data = folder / "data"
        control = (bindir / "pg_ctl", "-D", str(data), "-s")
        run(folder, bindir / "initdb", "-D", data, "-U", "owner", "-A", "trust", *locale, "--no-sync")
        run(folder, *control, "-w", "-l", folder / "log", "-o", f"{settings} -k {folder}", "start")
        yield f"postgresql+psycopg://owner@/{{name}}?host={folder}"
