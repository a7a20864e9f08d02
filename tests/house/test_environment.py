"""Settings are read once; the README's table lists each of them."""

import re

import pytest
from pydantic import Field
from pydantic_settings import BaseSettings

from app.settings import Settings
from tests.house.sources import ROOT, Source, example, meanings, sources

READERS = {"app/settings.py", "app/cli.py"}


def shown(default: object) -> str:
    """A default as the table writes it."""
    if default in ("", None):
        return "–"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def table(settings: type[BaseSettings]) -> list[str]:
    """The rows of the README's table: variable, default, meaning."""
    prefix = settings.model_config["env_prefix"]
    return [
        f"| `{prefix}{name.upper()}` | {shown(field.default)} | {field.description or ''} |"
        for name, field in settings.model_fields.items()
    ]


def documented(readme: str) -> list[str]:
    """The rows that stand in the README."""
    return re.findall(r"^\| `THENCHOT_.*$", readme, re.MULTILINE)


def test_the_settings_table_is_the_settings() -> None:
    expected = table(Settings)
    assert documented((ROOT / "README.md").read_text(encoding="utf-8")) == expected, "\n".join(expected)


def test_a_setting_that_the_table_lacks_is_seen() -> None:
    class More(Settings):
        colour: str = Field(default="red", description="Colour")

    row = "| `THENCHOT_COLOUR` | `red` | Colour |"
    assert table(More) == [*table(Settings), row]
    assert documented(f"# Settings\n\n{row}\n\nThe rest") == [row]


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def environment_reads(file: Source) -> list[str]:
    """Where `file` reads the environment by itself."""
    return [f"{file.at(node)} {name}" for node, name in meanings(file) if name in {"os.environ", "os.getenv"}]


def test_only_settings_read_the_environment() -> None:
    files = [file for file in sources("app") if file.path not in READERS]
    assert [line for file in files for line in environment_reads(file)] == []


@pytest.mark.parametrize("text", ["import os\nport = os.environ['PORT']", "from os import getenv"])
def test_a_read_of_the_environment_elsewhere_is_refused(text: str) -> None:
    assert environment_reads(example(text))
