"""Every file that others wrote and we carry along is listed with its licence and its hash."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.house.sources import ROOT, tracked

FIELDS = {"path", "package", "version", "licence", "sha256"}


def folders() -> list[Path]:
    """Every folder of vendored files."""
    vendored = [path for path in tracked() if "/vendor/" in path]
    return sorted({ROOT / path.partition("/vendor/")[0] / "vendor" for path in vendored})


def faults(folder: Path) -> list[str]:
    """What is unlisted, missing, changed, or lies under another package or version than the list says."""
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        return ["manifest.json is missing"]
    entries = {entry["path"]: entry for entry in json.loads(manifest.read_text(encoding="utf-8"))}
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {
        manifest.name
    }
    found = [f"{path}: not listed" for path in files - entries.keys()]
    for path, entry in entries.items():
        if path not in files:
            found.append(f"{path}: missing")
        elif set(entry) != FIELDS or not all(entry.values()):
            found.append(f"{path}: needs {sorted(FIELDS)}")
        elif not path.startswith(f"{entry['package'].rpartition('/')[2]}@{entry['version']}/"):
            found.append(f"{path}: not under its package@version")
        elif hashlib.sha256((folder / path).read_bytes()).hexdigest() != entry["sha256"]:
            found.append(f"{path}: changed")
    packages = {path.partition("/")[0] for path in files}
    found += [f"{name}: no LICENSE" for name in packages if not any(folder.joinpath(name).glob("LICENSE*"))]
    return sorted(found)


def test_there_is_something_to_list() -> None:
    assert ROOT / "app/ui/static/vendor" in folders()


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.relative_to(ROOT).as_posix())
def test_vendored_files_are_what_their_list_says(folder: Path) -> None:
    assert faults(folder) == []


def test_a_changed_an_unlisted_and_an_unlicensed_file_are_seen(tmp_path: Path) -> None:
    folder = tmp_path / "good@1.0"
    folder.mkdir()
    (folder / "LICENSE").write_text("free", encoding="utf-8")
    (folder / "a.js").write_text("1", encoding="utf-8")
    entries = [
        {
            "path": f"good@1.0/{name}",
            "package": "good",
            "version": "1.0",
            "licence": "0BSD",
            "sha256": hashlib.sha256((folder / name).read_bytes()).hexdigest(),
        }
        for name in ("LICENSE", "a.js")
    ]
    assert faults(tmp_path) == ["manifest.json is missing"]
    (tmp_path / "manifest.json").write_text(json.dumps(entries), encoding="utf-8")
    assert faults(tmp_path) == []
    (folder / "a.js").write_text("2", encoding="utf-8")
    (tmp_path / "bad@2").mkdir()
    (tmp_path / "bad@2" / "b.js").write_text("3", encoding="utf-8")
    assert faults(tmp_path) == ["bad@2/b.js: not listed", "bad@2: no LICENSE", "good@1.0/a.js: changed"]
