"""Every rule is told as cases: met, unmet, boundary, not applicable, unknown, the day before it was law."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter

from app.services.law import strict_yaml
from app.services.law.finding import Finding, Outcome
from app.services.law.parameter import Law
from app.services.law.rules import REGISTRY, Registry

CASES = Path(__file__).parent / "cases"
KINDS = {"met", "unmet", "boundary", "not_applicable", "unknown", "day_before"}
NOT_IN_FORCE = {"reason": "not_in_force"}


class Expectation(BaseModel):
    model_config = ConfigDict(extra="forbid")

    outcome: Outcome
    measured: dict[str, Any] = {}


class Case(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    kind: Literal["met", "unmet", "boundary", "not_applicable", "unknown", "day_before"]
    on: date
    facts: dict[str, Any]
    expect: Expectation


class CaseFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rule: str
    cases: list[Case]


def read(path: Path) -> CaseFile:
    file = CaseFile.model_validate(strict_yaml.load(path))
    assert file.rule == path.stem, f"{path.name} tells cases of {file.rule}"
    return file


def judged(rule_id: str, case: Case, on: date, law: Law, registry: Registry = REGISTRY) -> Finding:
    version, _ = registry.version_on(rule_id, on, law)
    facts: object = TypeAdapter(version.facts).validate_python(case.facts)
    return registry.judge(rule_id, facts, on, law)


def shortcomings(file: CaseFile) -> list[str]:
    """What the cases of one rule leave out, or call by the wrong name."""
    found = [f"no case is {kind}" for kind in sorted(KINDS - {case.kind for case in file.cases})]
    for case in file.cases:
        own = case.kind if case.kind in {"met", "unmet", "not_applicable", "unknown"} else None
        if own is not None and case.expect.outcome.value != own:
            found.append(f"«{case.name}» is called {case.kind} and expects {case.expect.outcome.value}")
    return found


def untold(registry: Registry, folder: Path) -> list[str]:
    """Rules without a case file, and case files without a rule."""
    return sorted(set(registry.ids) ^ {path.stem for path in folder.glob("*.yaml")})


def _all() -> Iterator[Any]:
    for path in sorted(CASES.glob("*.yaml")):
        for case in read(path).cases:
            yield pytest.param(path.stem, case, id=f"{path.stem}: {case.name}")


@pytest.mark.parametrize(("rule_id", "case"), list(_all()))
def test_case(rule_id: str, case: Case) -> None:
    law = Law()
    finding = judged(rule_id, case, case.on, law)
    assert finding.outcome is case.expect.outcome, finding.message
    assert finding.as_of == case.on
    assert {key: finding.measured.get(key) for key in case.expect.measured} == case.expect.measured
    assert finding.clause in finding.message
    if case.kind == "day_before":
        assert finding.required == NOT_IN_FORCE
        assert judged(rule_id, case, case.on + timedelta(days=1), law).required != NOT_IN_FORCE
    else:
        assert finding.required != NOT_IN_FORCE


@pytest.mark.parametrize("rule_id", REGISTRY.ids)
def test_each_rule_has_cases_of_every_kind(rule_id: str) -> None:
    assert shortcomings(read(CASES / f"{rule_id}.yaml")) == []


def test_rules_and_case_files_are_the_same_set() -> None:
    assert untold(REGISTRY, CASES) == []


def test_a_rule_without_a_case_file_is_refused(tmp_path: Path) -> None:
    assert untold(REGISTRY, tmp_path) == list(REGISTRY.ids)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_missing_kind_of_case_is_refused(kind: str) -> None:
    file = read(CASES / "appointment.non_local_secretary.yaml")
    kept = file.model_copy(update={"cases": [case for case in file.cases if case.kind != kind]})
    assert shortcomings(kept) == [f"no case is {kind}"]


def test_a_case_called_by_the_wrong_name_is_refused() -> None:
    file = read(CASES / "appointment.non_local_secretary.yaml")
    wrong = file.cases[0].model_copy(update={"kind": "unmet"})
    assert len(shortcomings(file.model_copy(update={"cases": [*file.cases, wrong]}))) == 1
