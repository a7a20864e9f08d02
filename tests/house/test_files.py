"""Files are short, and none names the machine it was written on."""

import re

import pytest

from tests.house.sources import ROOT, tracked

LONGEST = 440  # "about 400": past it a module becomes a package of the same name
TEXT = re.compile(r"\.(?:cfg|css|csv|html|ini|js|json|lock|mako|md|po|py|svg|toml|txt|ya?ml)$")
PLAIN = {".dockerignore", ".gitignore", ".ci/run", ".ci/setup", "Dockerfile", "LICENSE", "Makefile"}
# Homes, mounts and private folders of one machine; places that packages were fetched from; machines by name.
TRACES = re.compile(
    r"(?<![\w.$}])/(?:root|work|home/[a-z]\w*|Users/\w+|mnt/\w+|media/\w+|opt/\w+|tmp/\w+)(?:/|\b)"
    r"|[A-Z]:\\Users\\"
    r"|(?:py[p]i\.org|python[h]osted\.org|npm[j]s\.org|arti[f]actory|dev[p]i|nexus\.)"
    r"|--(?:extra-)?index-url \S+|--find-links \S+"
    r"|\b[a-z][\w-]*\.(?:internal|lan|corp)\b"
)
# These two have to name what they forbid.
EXAMPLES = {"tests/house/test_files.py", "tests/house/test_packaging.py"}


def is_text(path: str) -> bool:
    """Whether a person reads this file; what others wrote and we carry along is theirs."""
    return "/vendor/" not in path and bool(TEXT.search(path) or path in PLAIN)


def too_long(path: str, text: str) -> bool:
    """Whether a Python file has outgrown one screenful of ideas."""
    return path.endswith(".py") and text.count("\n") > LONGEST


def traces(path: str, text: str) -> list[str]:
    """What in `text` only makes sense on one machine."""
    return [f"{path}: {match.group()}" for match in TRACES.finditer(text)]


def texts() -> list[tuple[str, str]]:
    """Every tracked text file, with its path."""
    return [(path, (ROOT / path).read_text(encoding="utf-8")) for path in tracked() if is_text(path)]


def test_no_file_is_too_long() -> None:
    assert {path: text.count("\n") for path, text in texts() if too_long(path, text)} == {}


def test_a_long_file_is_seen() -> None:
    assert too_long("app/services/unit.py", "pass\n" * (LONGEST + 1))
    assert not too_long("app/services/unit.py", "pass\n" * LONGEST)


def test_no_file_names_a_machine() -> None:
    assert [line for path, text in texts() if path not in EXAMPLES for line in traces(path, text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "DATA = '/home/lan/province'",
        "see /" + "work/notes.md",
        "wheels lie in /opt/wheels",
        "/" + "root/.cache",
        "--index-url https://example.org/simple",
        "https://" + "pypi" + ".org/simple",
        "db.internal",
        "C:\\Users\\lan",
    ],
)
def test_a_trace_of_a_machine_is_seen(text: str) -> None:
    assert traces("README.md", text)


@pytest.mark.parametrize(
    "text",
    [
        "http://127.0.0.1:8000/" + "work/1",
        "GET /api/v1/units",
        "https://thenchot.local",
        "$HOME/var",
        "/usr/bin/env",
    ],
)
def test_an_ordinary_address_is_no_trace(text: str) -> None:
    assert traces("README.md", text) == []


def untidy(path: str, text: str) -> bool:
    """Whether an editor of another kind left its marks."""
    return "\r" in text or (path.endswith(".py") and "\t" in text) or bool(text and not text.endswith("\n"))


def test_files_are_plain_unix_text() -> None:
    assert [path for path, text in texts() if untidy(path, text)] == []


def test_foreign_line_ends_are_seen() -> None:
    assert untidy("a.md", "one\r\n")
    assert untidy("a.py", "if one:\n\ttwo\n")
    assert untidy("a.md", "one")
    assert not untidy("Makefile", "all:\n\tone\n")
