"""The walls between the layers stand, and import-linter sees each way through them."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house.sources import ROOT, Source, example, meanings, sources

# For each contract of pyproject.toml: an import it must refuse.
BREACHES = {
    "layers": ("app/models/unit.py", "import app.services.unit"),
    "demo": ("app/services/seed.py", "import app.demo.seed"),
    "ui": ("app/ui/pages/unit.py", "import app.models.unit"),
    "law": ("app/services/law/rule.py", "import app.models.unit"),
    "no-http": ("app/services/unit.py", "import httpx"),
    "jose": ("app/services/session.py", "from jose import jwt"),
}
SKELETON = (
    "app/__init__.py",
    "app/cli.py",
    "app/main.py",
    "app/settings.py",
    "app/api/__init__.py",
    "app/demo/__init__.py",
    "app/demo/seed.py",
    "app/models/__init__.py",
    "app/models/unit.py",
    "app/services/__init__.py",
    "app/services/law/__init__.py",
    "app/services/law/rule.py",
    "app/services/seed.py",
    "app/services/session.py",
    "app/services/tokens.py",
    "app/services/unit.py",
    "app/ui/__init__.py",
    "app/ui/pages/__init__.py",
    "app/ui/pages/unit.py",
)


def contracts() -> dict[str, str]:
    """Id to name of each contract."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract["name"] for contract in settings["tool"]["importlinter"]["contracts"]}


def verdicts(folder: Path) -> dict[str, str]:
    """Name of each contract to `KEPT` or `BROKEN`, for the package in `folder`."""
    run = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        capture_output=True,
        check=False,
        text=True,
        env={"PATH": "", "PYTHONPATH": str(folder), "NO_COLOR": "1", "COLUMNS": "200"},
    )
    found = dict(re.findall(r"^(\S.*?) (KEPT|BROKEN)", run.stdout, re.MULTILINE))
    assert found, run.stdout + run.stderr
    assert (run.returncode == 0) == ("BROKEN" not in found.values())
    return found


def skeleton(folder: Path) -> Path:
    """An empty house under the same contracts."""
    for path in SKELETON:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("", encoding="utf-8")
    (folder / "app/services/tokens.py").write_text("from jose import jwt\n", encoding="utf-8")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_each_contract_has_a_breach_to_refuse() -> None:
    assert set(contracts()) == set(BREACHES)


def test_the_house_keeps_its_contracts() -> None:
    assert verdicts(ROOT) == dict.fromkeys(contracts().values(), "KEPT")


def test_an_empty_house_keeps_them_and_each_breach_is_refused(tmp_path: Path) -> None:
    folder = skeleton(tmp_path)
    assert verdicts(folder) == dict.fromkeys(contracts().values(), "KEPT")
    for path, line in BREACHES.values():
        (folder / path).write_text(f"{line}\n", encoding="utf-8")
    assert verdicts(folder) == dict.fromkeys(contracts().values(), "BROKEN")


def jose_importers(files: tuple[Source, ...]) -> set[str]:
    """Who imports jose, also inside a function, where it would act just as well."""
    return {file.path for file in files for _, name in meanings(file) if f"{name}.".startswith("jose.")}


def test_jose_has_a_single_importer() -> None:
    assert jose_importers(sources("app", "migrations", "benchmarks")) == {"app/services/tokens.py"}


def test_a_hidden_import_of_jose_is_seen() -> None:
    hidden = example("def verify(token: str) -> None:\n    from jose import jws\n", "app/api/deps.py")
    assert jose_importers((hidden,)) == {"app/api/deps.py"}
