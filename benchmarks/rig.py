"""What every row needs: a seeded database, a server of our own, windows of load, medians, the table."""

import json
import platform
import socket
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx

from app.demo import seed
from app.services import passwords
from app.services.database import analyze, build_engine, migrate, writing
from app.services.scope import Scope, ScopedSession
from benchmarks.server import DAY, PASSWORD, settings_for

VERSIONS = ("fastapi", "sqlmodel", "sqlalchemy", "uvicorn", "psycopg", "orjson", "python-jose")


@dataclass(slots=True)
class Row:
    """One line of the table: what was measured beside its floor, and what is asked."""

    number: int
    work: str
    figure: str
    floor: str
    ratio: float
    goal: str
    reached: bool


@dataclass(slots=True)
class Report:
    """The table, row by row as it is measured."""

    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Keeps a row and prints it at once."""
        self.rows.append(row)
        sys.stdout.write(render([row], head=len(self.rows) == 1))
        sys.stdout.flush()


def render(rows: list[Row], *, head: bool) -> str:
    """Markdown lines of the table."""
    lines = (
        ["| # | work | figure | floor | ratio | goal | |", "|---|---|---|---|---|---|---|"] if head else []
    )
    lines += [
        f"| {row.number} | {row.work} | {row.figure} | {row.floor} | {row.ratio:.3g} | {row.goal} |"
        f" {'reached' if row.reached else 'not reached'} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """One line about machine and versions: ratios travel, absolute times don't."""
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "?")
    packages = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    return f"{model}, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}"


def prepare(folder: Path, url: str = "") -> float:
    """Migrates and seeds the demo province once; gives the seconds the seed took (0 if it was there)."""
    settings = settings_for(folder, url)
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "seeded"
    if not url and done.exists():
        return 0.0
    migrate(settings)
    engine = build_engine(settings)
    try:
        start = time.perf_counter()
        with ScopedSession(writing(engine), Scope.house(DAY, "demo.seed")) as session:
            seed.seed(session, settings, PASSWORD, passwords.digest)
            session.commit()
        spent = time.perf_counter() - start
        analyze(engine)
    finally:
        engine.dispose()
    if not url:
        done.touch()
    return spent


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Served:
    """A running server of ours."""

    port: int
    process: subprocess.Popen[bytes]

    def token(self, username: str) -> str:
        """An access token of a demo account."""
        answer = httpx.post(
            f"http://127.0.0.1:{self.port}/api/v1/sessions", json={"username": username, "password": PASSWORD}
        )
        answer.raise_for_status()
        return str(answer.json()["access_token"])

    def get(self, path: str, token: str) -> Any:  # noqa: ANN401 - JSON
        """One answer, which must be a good one."""
        answer = httpx.get(
            f"http://127.0.0.1:{self.port}{path}", headers={"Authorization": f"Bearer {token}"}, timeout=120
        )
        answer.raise_for_status()
        return answer.json()

    def load(self, path: str, token: str, seconds: float, callers: int) -> dict[str, float]:
        """One window of load from a process of its own."""
        told = subprocess.run(
            [
                sys.executable,
                "-m",
                "benchmarks.load",
                str(self.port),
                path,
                token,
                str(seconds),
                str(callers),
            ],
            check=True,
            capture_output=True,
        )
        found: dict[str, float] = json.loads(told.stdout)
        assert found["errors"] == 0, f"{path}: {found['errors']} answers were not 200"
        return found

    def cpu_seconds(self) -> float:
        """CPU the worker has used."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def resident_mb(self) -> float:
        """Resident memory of the worker."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        raise RuntimeError("the worker is gone")


@contextmanager
def serving(folder: Path, url: str = "") -> Iterator[Served]:
    """One worker on a port of its own; it must be ours, work, and be gone afterwards."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.server", str(folder), url, str(port)])
    served = Served(port, process)
    try:
        for _ in range(300):
            try:
                hello = httpx.get(f"http://127.0.0.1:{port}/hello", timeout=2).json()
                break
            except httpx.TransportError:
                time.sleep(0.2)
        else:
            raise RuntimeError("the server did not start")
        assert hello["pid"] == process.pid, "somebody else answers on our port"
        before = served.cpu_seconds()
        yield served
        assert served.cpu_seconds() > before, "the worker did no work"
    finally:
        process.terminate()
        process.wait(timeout=30)


def interleaved(
    served: Served, paths: dict[str, tuple[str, str, int]], seconds: float, rounds: int
) -> dict[str, dict[str, float]]:
    """A B C A B C …: medians of each figure over the rounds; name -> (path, token, callers)."""
    windows: dict[str, list[dict[str, float]]] = {name: [] for name in paths}
    for name, (path, token, callers) in paths.items():
        served.load(path, token, min(seconds, 2), callers)
        windows[name].clear()
    for _ in range(rounds):
        for name, (path, token, callers) in paths.items():
            windows[name].append(served.load(path, token, seconds, callers))
    return {
        name: {key: statistics.median(window[key] for window in found) for key in ("rps", "p50_ms", "p99_ms")}
        for name, found in windows.items()
    }
