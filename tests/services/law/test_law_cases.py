"""Every rule is told as cases: met, unmet, boundary, not applicable, unknown, the day before it was law."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, TypeAdapter

from app.services.law import strict_yaml
from app.services.law.finding import Finding, Outcome
from app.services.law.parameter import Law
from app.services.law.rules import REGISTRY, Registry
from app.services.law.rules.appointment import Measure, MeetingFacts

CASES = Path(__file__).parent / "cases"
LAW = Law()
KINDS = {"met", "unmet", "boundary", "not_applicable", "unknown", "day_before"}
NOT_IN_FORCE = {"reason": "not_in_force"}
NEVER_ANSWERS: dict[str, frozenset[str]] = {
    "appointment.asset_declaration": frozenset({"not_applicable", "unknown"}),
    "appointment.evaluation": frozenset({"not_applicable"}),
    "appointment.kinship": frozenset({"not_applicable"}),
    "appointment.participants": frozenset({"unknown"}),
    "appointment.party_body_opinion": frozenset({"unknown"}),
    "appointment.plan_changed_recently": frozenset({"unknown"}),
    "appointment.planned": frozenset({"unknown"}),
    "appointment.political_standard": frozenset({"not_applicable"}),
    "appointment.responsibility_note": frozenset({"unknown"}),
    "appointment.standards": frozenset({"not_applicable"}),
    "appointment.steps": frozenset({"unknown"}),
    "appointment.vacancy": frozenset({"not_applicable"}),
}
"""What a rule has no way to answer, so that no case can tell it; `test_never_is_never` holds it to that."""


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
    asked = KINDS - NEVER_ANSWERS.get(file.rule, frozenset())
    found = [f"no case is {kind}" for kind in sorted(asked - {case.kind for case in file.cases})]
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


MEETINGS = st.lists(
    st.builds(
        MeetingFacts,
        step=st.integers(1, 5),
        held_on=st.dates(date(2017, 1, 1), date(2030, 12, 31)),
        summoned=st.just(9),
        present=st.integers(0, 9),
    ),
    max_size=5,
).map(tuple)
DAYS = st.dates(date(2000, 1, 1), date(2035, 12, 31))
SIDES, FORMS = st.sampled_from(["party", "state"]), st.sampled_from(["", "reprimand", "pay_cut", "removal"])
GIVEN: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "appointment.steps": {
        "route": st.sampled_from(["five_steps", "three_steps", "direct"]),
        "meetings": MEETINGS,
        "policy_requested_on": st.none() | DAYS,
        "policy_decided_on": st.none() | DAYS,
    },
    "appointment.time_bar": {
        "measures": st.lists(
            st.builds(Measure, side=SIDES, form=FORMS, decided_on=DAYS, under_review=st.booleans())
        ).map(tuple),
    },
}
"""How to draw what a type alone doesn't say of a rule's facts."""


@pytest.mark.parametrize("rule_id", sorted(NEVER_ANSWERS))
@given(data=st.data(), on=st.dates(date(2010, 1, 1), date(2035, 12, 31)))
@settings(max_examples=60, deadline=None)
def test_never_is_never(rule_id: str, data: st.DataObject, on: date) -> None:
    version, _ = REGISTRY.version_on(rule_id, on, LAW)
    hints = get_type_hints(version.facts)
    fields = {name: DAYS if hint is date else st.from_type(hint) for name, hint in hints.items()}
    facts = data.draw(st.builds(version.facts, **{**fields, **GIVEN.get(rule_id, {})}))
    finding = REGISTRY.judge(rule_id, facts, on, LAW)
    assert finding.required == NOT_IN_FORCE or finding.outcome.value not in NEVER_ANSWERS[rule_id]
    assert finding.clause in finding.message


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
