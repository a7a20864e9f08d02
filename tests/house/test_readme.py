"""What the README and the design page name is there."""

import re
import subprocess

import pytest
import typer

from app.cli import app as cli
from tests.house.sources import ROOT

PAGES = ("README.md", "docs/design.md")
# A path in code marks that begins with one of our folders; `<noun>` stands for any.
PATH = re.compile(r"`((?:app|docs|migrations|tests|benchmarks)/[\w./<>@*-]*)`")
LINK = re.compile(r"!?\[[^\]]*\]\((?!https?://|#)([^)\s]+)\)")
TARGET = re.compile(r"\bmake ([a-z]+)\b")


def missing(text: str) -> list[str]:
    """Paths and pictures that `text` names and nobody finds."""
    named = [path.replace("<noun>", "*") for path in PATH.findall(text)] + LINK.findall(text)
    return [path for path in named if not any(ROOT.glob(path.rstrip("/")))]


@pytest.mark.parametrize("page", PAGES)
def test_every_path_a_page_names_exists(page: str) -> None:
    assert missing((ROOT / page).read_text(encoding="utf-8")) == []


def test_a_path_or_picture_that_is_gone_is_seen() -> None:
    text = "see `app/services/gone.py`, `app/models/<noun>.py`, ![the page](docs/gone.png), [us](https://example.org)"
    assert missing(text) == ["app/services/gone.py", "docs/gone.png"]


def targets(makefile: str) -> set[str]:
    """What can be made."""
    return set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


def test_every_make_target_the_readme_names_exists() -> None:
    named = {
        found
        for mark in re.findall(r"`([^`]*)`|^(\$ .*)$", _readme(), re.MULTILINE)
        for found in TARGET.findall("".join(mark))
    }
    assert {"demo", "test"} <= named
    assert named - targets((ROOT / "Makefile").read_text(encoding="utf-8")) == set()


def _readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def test_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    assert {line.split()[1] for line in shown.splitlines()} == targets(makefile)


def commands(app: typer.Typer, name: str) -> set[str]:
    """Every command of `app`, as one types it."""
    words = [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]
    found = {f"{name} {word}" for word in words}
    for group in app.registered_groups:
        assert group.typer_instance
        found |= commands(group.typer_instance, f"{name} {group.name}")
    return found


def listed(readme: str) -> set[str]:
    """The commands of the README's table."""
    return set(re.findall(r"^\| `(thenchot [^`]+)` \|", readme, re.MULTILINE))


def test_the_table_of_commands_is_what_can_be_typed() -> None:
    assert listed(_readme()) == commands(cli, "thenchot")


def test_a_command_that_the_table_lacks_is_seen() -> None:
    more, group = typer.Typer(), typer.Typer()
    group.command("add")(lambda: None)
    more.add_typer(group, name="user")
    assert commands(more, "thenchot") == {"thenchot user add"}
    assert listed("| `thenchot serve` | the server |") == {"thenchot serve"}
