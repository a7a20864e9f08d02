"""Folders in memory for throw-away databases: each commit is synced as in service, nobody waits for it."""

import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SHARED_MEMORY, DISK = Path("/dev/shm"), Path("/tmp")  # noqa: S108 - mkdtemp makes a folder of our own there
"""The first is kept in memory where Linux has it; a container may have none, or a small one."""

ROOM = 3 << 30
"""Bytes that must be free there: two processes with a province on either database take a third of it."""


def place() -> Path:
    """Where such folders belong: in memory if there is room, on the disk otherwise."""
    try:
        roomy = shutil.disk_usage(SHARED_MEMORY).free >= ROOM
    except OSError:
        roomy = False
    return SHARED_MEMORY if roomy else DISK


@contextmanager
def folder(prefix: str, *, stop: Sequence[str | Path] = (), parent: Path | None = None) -> Iterator[Path]:
    """A folder with a short path, gone when we leave, or die; `stop`: a command that is run before that.

    `parent` takes the place of `place()`.
    Whoever clears up waits for our end of a pipe.
    """
    made = Path(tempfile.mkdtemp(prefix=prefix, dir=parent or place()))
    words = [str(word).replace("{folder}", str(made)) for word in stop]
    before = f"{shlex.join(words)} >/dev/null 2>&1;" if words else ""
    script = f"read -r _; cd {made} && {before} cd /; rm -rf {made}"
    with subprocess.Popen(["sh", "-c", script], stdin=subprocess.PIPE, start_new_session=True):
        yield made
