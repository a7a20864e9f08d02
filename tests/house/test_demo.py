"""`make demo` starts from what is there, answers, and ends at Ctrl-C without a trace."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from tests.conftest import SqliteCluster, fill_world
from tests.house.sources import ROOT

LONG = 300  # seconds; a start takes a few, on a busy machine with nothing compiled more


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Whether the server there is ready."""
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz", timeout=30).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def data_dir(sqlite_cluster: SqliteCluster, tmp_path: Path) -> Path:
    """A demo's folder in which a province stands already."""
    sqlite_cluster.template("world", fill_world)
    shutil.move(sqlite_cluster.copy("world").removeprefix("sqlite:///"), tmp_path / "thenchot.db")
    return tmp_path


def test_a_demo_starts_on_what_is_there_and_ends_at_ctrl_c(data_dir: Path) -> None:
    port = free_port()
    command = ["make", "demo", f"PORT={port}", f"DATA_DIR={data_dir}"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("THENCHOT_")}
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        deadline = time.monotonic() + LONG
        while not answers(port) and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.1)
        ready = running.poll() is None
        os.killpg(running.pid, signal.SIGINT)
        said = running.communicate(timeout=60)[0]
    assert ready, said
    # make dies of the same signal as its child, which a shell shows as 130.
    assert running.returncode in (0, 130, -signal.SIGINT), said
    assert "Traceback" not in said
    assert str(port) in said
    assert not answers(port)
