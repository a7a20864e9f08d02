"""Settings are read once; the README's table lists each of them."""

import re

import pytest
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.settings import Settings
from tests.house.sources import ROOT, Source, example, meanings, sources

READERS = {"app/settings.py", "app/cli.py"}
ROW = re.compile(r"^\| `(THENCHOT_[A-Z_]+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)


def shown(default: object) -> str:
    """A default as the table writes it."""
    if default in ("", None):
        return "–"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def declared(settings: type[BaseSettings]) -> dict[str, tuple[str, str]]:
    """Environment variable to its default and description."""
    return {
        f"THENCHOT_{name.upper()}": (shown(field.default), field.description or "")
        for name, field in settings.model_fields.items()
    }


def documented(readme: str) -> dict[str, tuple[str, str]]:
    """The rows of the README's table."""
    return {name: (default, meaning) for name, default, meaning in ROW.findall(readme)}


def test_the_settings_table_is_the_settings() -> None:
    assert documented((ROOT / "README.md").read_text(encoding="utf-8")) == declared(Settings)


def test_a_setting_that_the_table_lacks_is_seen() -> None:
    class More(Settings):
        model_config = SettingsConfigDict(env_prefix="THENCHOT_")

        colour: str = "red"

    assert set(declared(More)) - set(declared(Settings)) == {"THENCHOT_COLOUR"}
    assert documented("| `THENCHOT_COLOUR` | `red` | Colour |") == {"THENCHOT_COLOUR": ("`red`", "Colour")}


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, (_, meaning) in declared(Settings).items() if not meaning] == []


def environment_reads(file: Source) -> list[str]:
    """Where `file` reads the environment by itself."""
    return [f"{file.at(node)} {name}" for node, name in meanings(file) if name in {"os.environ", "os.getenv"}]


def test_only_settings_read_the_environment() -> None:
    files = [file for file in sources("app") if file.path not in READERS]
    assert [line for file in files for line in environment_reads(file)] == []


@pytest.mark.parametrize("text", ["import os\nport = os.environ['PORT']", "from os import getenv"])
def test_a_read_of_the_environment_elsewhere_is_refused(text: str) -> None:
    assert environment_reads(example(text))
