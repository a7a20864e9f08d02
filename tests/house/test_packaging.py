"""Pinned, hashed, licensed; the image lints clean; the two commands are what the README says."""

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import metadata
from pathlib import Path

import pytest

from tests.house.sources import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
PIN = re.compile(r"^(?P<name>[A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")


def read(path: str) -> str:
    """A file of the root."""
    return (ROOT / path).read_text(encoding="utf-8")


def pins(text: str) -> dict[str, str]:
    """Name to version of every pinned package in a lock."""
    found = filter(None, map(PIN.match, text.splitlines()))
    return {normal(pin["name"]): pin["version"] for pin in found}


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def lock_faults(text: str) -> list[str]:
    """Entries without version or hash, and anything that says where a package comes from."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    entries = re.split(r"\n(?=\S)", "\n".join(lines))
    found = [
        entry.splitlines()[0] for entry in entries if not PIN.match(entry) or "--hash=sha256:" not in entry
    ]
    return found + re.findall(r".*(?:://|--index-url|--find-links|file:| @ ).*", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_and_hashes_everything_and_names_no_place(lock: str) -> None:
    assert lock_faults(read(lock)) == []


@pytest.mark.parametrize(
    "text",
    [
        "fastapi>=0.1 \\\n    --hash=sha256:00",
        "fastapi==0.1",
        "--index-url https://example.org/simple\nfastapi==0.1 \\\n    --hash=sha256:00",
        "fastapi @ https://example.org/fastapi.whl",
    ],
)
def test_a_loose_lock_is_refused(text: str) -> None:
    assert lock_faults(text)


def declared() -> dict[str, list[str]]:
    """The requirements of each lock as pyproject.toml states them."""
    project = tomllib.loads(read("pyproject.toml"))
    groups = project["dependency-groups"]
    runtime = project["project"]["dependencies"] + groups["build"]
    return {"requirements.lock": runtime, "requirements-dev.lock": runtime + groups["dev"]}


def unlocked(requirements: list[str], lock: str) -> list[str]:
    """Requirements that a lock does not hold in exactly that version."""
    locked = pins(lock)
    found = []
    for requirement in requirements:
        pin = PIN.match(requirement)
        if not pin or locked.get(normal(pin["name"])) != pin["version"]:
            found.append(requirement)
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_current(lock: str) -> None:
    assert unlocked(declared()[lock], read(lock)) == []


def test_an_outdated_lock_is_seen() -> None:
    assert unlocked(["a==2", "b>=1", "c==3"], "a==1 \\\nb==1 \\\nc==3 \\\n") == ["a==2", "b>=1"]


def test_both_locks_agree() -> None:
    runtime, dev = (pins(read(lock)) for lock in LOCKS)
    assert {name: version for name, version in runtime.items() if dev.get(name) != version} == {}


def unexplained(project: str) -> list[str]:
    """Entries of the dependency and ignore lists of pyproject.toml that carry no reason."""
    inside, found = False, []
    for line in project.splitlines():
        if re.match(r'^(?:"[^"]+"|\w+) = \[$', line):
            inside = bool(re.match(r'^(?:"[^"]+"|dependencies|dev|ignore) = ', line))
        elif line.startswith("]"):
            inside = False
        elif inside and re.match(r'^    "', line) and "# " not in line:
            found.append(line.strip())
    return found


def test_each_dependency_and_each_ignored_rule_has_a_reason() -> None:
    assert unexplained(read("pyproject.toml")) == []


def test_a_dependency_or_an_ignored_rule_without_reason_is_seen() -> None:
    dependencies = 'dependencies = [\n    "a==1", # why\n    "b==1",\n]\n'
    ignored = '"tests/**" = [\n    "S101",\n]\nlayers = [\n    "cli",\n]'
    assert unexplained(dependencies + ignored) == ['"b==1",', '"S101",']


def test_the_licence_is_apache_2() -> None:
    assert metadata("then-chot")["License-Expression"] == "Apache-2.0"
    assert "Apache License" in read("LICENSE")


def hadolint(path: Path) -> subprocess.CompletedProcess[str]:
    """The verdict on a Dockerfile; a warning is a refusal."""
    command = [str(Path(sys.executable).with_name("hadolint")), "--no-color", str(path)]
    return subprocess.run(command, capture_output=True, check=False, text=True)


def test_the_dockerfile_lints_clean() -> None:
    verdict = hadolint(ROOT / "Dockerfile")
    assert (verdict.returncode, verdict.stdout) == (0, "")


def test_a_sloppy_dockerfile_is_refused(tmp_path: Path) -> None:
    sloppy = tmp_path / "Dockerfile"
    sloppy.write_text("FROM python:latest\nRUN cd /srv && pip install fastapi\n", encoding="utf-8")
    assert "DL3007" in hadolint(sloppy).stdout


def image_faults(text: str) -> list[str]:
    """What hadolint does not ask: stages, an ordinary user, a health check, hashes."""
    last_stage = text.rpartition("\nFROM ")[2]
    kept = {
        "one stage only": len(re.findall(r"^FROM ", text, re.MULTILINE)) > 1,
        "runs as root": re.search(r"^USER (?!root\b|0\b)", last_stage, re.MULTILINE),
        "no health check": re.search(r"^HEALTHCHECK .*(?:\\\n.*)*/healthz", text, re.MULTILINE),
        "unhashed install": "--require-hashes" in text,
    }
    return [fault for fault, held in kept.items() if not held]


def test_the_image_runs_as_an_ordinary_user_and_tells_its_health() -> None:
    assert image_faults(read("Dockerfile")) == []


def test_a_one_stage_root_image_is_refused() -> None:
    faults = image_faults("FROM python:3.11\nUSER root\nRUN pip install fastapi\n")
    assert faults == ["one stage only", "runs as root", "no health check", "unhashed install"]


def test_the_automatic_build_runs_all_of_make_test() -> None:
    assert re.search(r"^make test\b", read(".ci/run"), re.MULTILINE)
    plan = subprocess.run(
        ["make", "-n", "test", "lint"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    steps = ("ruff check .", "ruff format --check .", "mypy", "lint-imports", "pytest --ignore=tests/browser")
    assert [step for step in (*steps, "pytest tests/browser") if step not in plan.stdout] == []


@pytest.mark.parametrize("script", [".ci/run", ".ci/setup"])
def test_scripts_parse_and_may_be_run(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", script], cwd=ROOT, capture_output=True, check=False).returncode == 0


def bare_path(folder: Path, *programs: str) -> dict[str, str]:
    """An environment in which these programs exist and no others, for an ordinary user."""
    for name in ("bash", "dirname", "cat", "cksum", *programs):
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    (folder / "id").write_text("#!/bin/sh\necho 1000\n", encoding="utf-8")
    (folder / "id").chmod(0o755)
    return {"PATH": str(folder)}


def test_what_is_missing_is_named_with_the_way_to_get_it(tmp_path: Path) -> None:
    run = subprocess.run(
        ["bash", ".ci/setup", "system"],
        cwd=ROOT,
        env=bare_path(tmp_path),
        capture_output=True,
        check=False,
        text=True,
    )
    assert run.returncode == 1
    assert "chromium" in run.stderr
    assert "sudo apt-get install chromium" in run.stderr


def test_a_python_that_is_too_old_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    programs, clone = tmp_path / "bin", tmp_path / "clone"
    programs.mkdir()
    for path in (".ci/setup", "requirements.lock", "requirements-dev.lock", "pyproject.toml"):
        (clone / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, clone / path)
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    (programs / "python3").chmod(0o755)
    run = subprocess.run(
        ["bash", ".ci/setup", "runtime"],
        cwd=clone,
        env=bare_path(programs),
        capture_output=True,
        check=False,
        text=True,
    )
    assert run.returncode == 1
    assert "Python 3.11 or newer" in run.stderr
    assert not (clone / ".venv").exists()
