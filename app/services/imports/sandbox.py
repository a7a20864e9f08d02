"""Reads one .xlsx in a process of its own, so that no file can take the server's memory or time.

Run as a script: bytes of the file on stdin; on stdout marshal frames, each a list of rows of strings, then
None. It imports nothing of the house. What goes wrong is one word on stderr and exit code 2.
"""

import marshal
import sys
from datetime import date, datetime
from io import BytesIO
from typing import Any

FRAME = 2_000
MEMORY = 420 * 1024 * 1024
"""Bytes of address space this process may use beyond what it starts with."""
SECONDS = 60


def limit() -> None:
    """Bounds memory and CPU; where the system can't, the checks before parsing stand alone."""
    try:
        import resource  # noqa: PLC0415 - there is none on some systems
    except ImportError:
        return
    with open("/proc/self/statm", encoding="ascii") as told:  # noqa: PTH123 - nothing else is imported here
        used = int(told.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def text(value: Any) -> str:  # noqa: ANN401 - a cell
    """A cell as a person would have typed it; a whole number without its .0, a day as YYYY-MM-DD."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10**15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def main() -> int:
    """Writes the first sheet, row by row."""
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError  # noqa: PLC0415 - after the limit

    content = sys.stdin.buffer.read()
    limit()
    try:
        sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0)
        frame: list[list[str]] = []
        for row in sheet.iter_rows():
            frame.append([text(cell) for cell in row])
            if len(frame) == FRAME:
                marshal.dump(frame, sys.stdout.buffer)
                frame = []
        marshal.dump(frame, sys.stdout.buffer)
        marshal.dump(None, sys.stdout.buffer)
    except PasswordError:
        sys.stderr.write("password")
        return 2
    except CalamineError:
        sys.stderr.write("broken")
        return 2
    except MemoryError:
        sys.stderr.write("memory")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
