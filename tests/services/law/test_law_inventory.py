"""The inventory is complete, every binding leads somewhere, and nothing of the law lies about unused."""

from collections import Counter
from dataclasses import replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.services.law.finding import Effect, Verdict, not_applicable
from app.services.law.indicators import INDICATORS, catalogue
from app.services.law.inventory import CLAUSES, Books, check, inventory, render
from app.services.law.parameter import PARAMETERS, Law, LawOn
from app.services.law.rules import REGISTRY, Registry
from app.services.law.strict_yaml import LawError

# Every clause of the resolution, written out by hand from it and not from the file under test.
PART_I = [
    *(f"I.1-{letter}" for letter in "abcdefghikl"),
    *(f"I.1-L{number}" for number in range(1, 16)),
    *(f"I.2-{letter}" for letter in "abcde"),
]
PART_II = [
    "II.0",
    *(f"II.1-{number}" for number in range(1, 6)),
    "II.2.1",
    *(f"II.2.2({number})" for number in range(1, 5)),
    *(f"II.2.2(5)-2025-{point}" for point in ("a", "b", "c", "d", "e1", "e2", "f", "g", "h")),
    *(f"II.2.2(5)-2030-{point}" for point in "abcdefg"),
]
PART_III = [
    *(f"III.1-{letter}" for letter in "ab"),
    *(f"III.2-{letter}" for letter in "abc"),
    *(f"III.3.1-{letter}" for letter in "abcde"),
    *(f"III.3.2-{letter}" for letter in "abcdefgh"),
    *(f"III.3.3-{letter}" for letter in "abcdefgh"),
    *(f"III.3.4-{letter}" for letter in "abcdefgh"),
    *(f"III.3.5-{letter}" for letter in "abcdefg"),
    *(f"III.3.6-{letter}" for letter in "abcd"),
    *(f"III.3.7-{letter}" for letter in "ab"),
    *(f"III.3.8-{letter}" for letter in "abcde"),
]
PART_IV = ["IV.1", "IV.2", "IV.3", "IV.4", "IV.5", "IV.6-a", "IV.6-b", "IV.7"]
ADDED = [*(f"10.7-{letter}" for letter in "abcd"), *(f"10.8-{letter}" for letter in "abcde")]


def changed(tmp_path: Path, old: str, new: str) -> Books:
    text = CLAUSES.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "clauses.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return replace(Books.of_the_house(), inventory=inventory(path))


def test_every_clause_of_the_resolution_is_there_in_its_order() -> None:
    assert list(inventory().clauses) == [*PART_I, *PART_II, *PART_III, *PART_IV, *ADDED]


def test_the_law_of_the_house_holds_together() -> None:
    assert check() == []


def test_clauses_are_worded_apart_from_each_other() -> None:
    repeated = [
        wording
        for wording, times in Counter(clause.wording for clause in inventory().clauses.values()).items()
        if times > 1
    ]
    assert repeated == []


def test_what_is_not_computable_says_why() -> None:
    for clause in inventory().clauses.values():
        assert clause.not_computable is None or len(clause.not_computable) > 20


def lost(modules: list[str]) -> list[str]:
    """Modules that aren't there; an empty folder is none."""
    found = {module: find_spec(module) for module in modules}
    return [module for module, spec in found.items() if spec is None or spec.origin is None]


def test_every_feature_stands_where_the_inventory_says() -> None:
    assert lost([feature.where for feature in inventory().features.values()]) == []


def test_a_feature_that_stands_nowhere_is_refused() -> None:
    assert lost(["app.services.law", "app.services.oracle"]) == ["app.services.oracle"]


def test_the_printed_inventory_shows_each_clause_and_the_digest() -> None:
    text = render()
    for clause_id, clause in inventory().clauses.items():
        assert f"\n{clause_id} " in text
        assert clause.wording in text
    assert "quy tắc: appointment.non_local_secretary" in text
    assert "chỉ tiêu: managed_women" in text
    assert Law().digest() in text
    assert f"{len(inventory().clauses)} mục" in text


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("    indicator: [headcount]\n", "", "bound to nothing"),
        ("    indicator: [headcount]\n", "    indicator: []\n", "indicator"),
        ("    indicator: [headcount]\n", "    indicators: [headcount]\n", "indicators"),
        ("  I.1-b:\n", "  I.1-a:\n", "duplicate key 'I.1-a'"),
        ("    wording: Cấp xã có 4.111 cán bộ, công chức.\n", "", "wording"),
    ],
)
def test_an_inventory_that_can_not_be_read_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(LawError, match=says):
        changed(tmp_path, old, new)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            "indicator: [headcount_commune]",
            "indicator: [headcount_village]",
            "I.1-d: no indicator of this release is called headcount_village",
        ),
        (
            "rule: [appointment.non_local_secretary]",
            "rule: [appointment.nothing]",
            "II.2.2(5)-2025-h: no rule is called appointment.nothing",
        ),
        ("feature: [law]", "feature: [oracle]", "I.2-d: no feature is called oracle"),
        (
            "    indicator: [leaders_theory]\n",
            "    indicator: [leaders_fit]\n",
            "I.1-f: no indicator of this release is called leaders_fit",
        ),
        (
            "    indicator: [leaders_theory]\n",
            "    later: Về sau.\n",
            "indicator leaders_theory: it names I.1-f; bound are none",
        ),
        (
            "    rule: [appointment.non_local_secretary]\n",
            "",
            "rule appointment.non_local_secretary: its clause II.2.2(5)-2025-h is not bound to it",
        ),
        ("    feature: [committees]\n", "", "feature committees: no clause is bound to it"),
        (
            "    later: Chỉ tiêu leaders_fit khi có khung năng lực của vị trí.",
            "    not_computable: Không có dữ liệu nào để tính.",
            "indicator leaders_fit: a clause of it says nothing of later",
        ),
        ("  I.1-e:\n", "  I.1-x:\n", "parameter leaders.count-acting: no clause is called I.1-e"),
    ],
)
def test_a_binding_that_leads_nowhere_is_reported(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert says in check(changed(tmp_path, old, new))


UNUSED = """\
id: topic.unused
label: Tham số không ai dùng
unit: years
kind: setting
values:
  - {from: 2020-01-01, value: 5, clause: II.0, source: Nguồn để thử}
"""
TARGET_OF_NOTHING = """\
id: topic.unused
label: Chỉ tiêu của một chỉ số không có
unit: percent
kind: target
indicator: happiness
values:
  - {from: resolution, at_least: 5, due: 2025-12-31, clause: II.9, source: Nguồn để thử, strength: dat}
"""


def with_parameter(tmp_path: Path, text: str) -> list[str]:
    for path in PARAMETERS.rglob("*.yaml"):
        copy = tmp_path / path.relative_to(PARAMETERS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "topic").mkdir()
    (tmp_path / "topic" / "unused.yaml").write_text(text, encoding="utf-8")
    return check(replace(Books.of_the_house(), law=Law(root=tmp_path)))


def test_an_unused_parameter_is_reported(tmp_path: Path) -> None:
    assert with_parameter(tmp_path, UNUSED) == ["parameter topic.unused: nothing uses it"]


def test_a_target_of_no_indicator_and_a_clause_nobody_wrote_are_reported(tmp_path: Path) -> None:
    assert with_parameter(tmp_path, TARGET_OF_NOTHING) == [
        "a parameter is a target of happiness, which is no indicator",
        "parameter topic.unused: no clause is called II.9",
        "parameter topic.unused: nothing uses it",
    ]


def test_a_setting_that_nobody_defined_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "indicators.yaml"
    text = INDICATORS.read_text(encoding="utf-8").replace("persons.young-at-most]", "persons.young-at-least]")
    path.write_text(text, encoding="utf-8")
    problems = check(replace(Books.of_the_house(), catalogue=catalogue(path)))
    assert problems == [
        "indicator managed_young_40: no parameter is called persons.young-at-least",
        "parameter persons.young-at-most: nothing uses it",
    ]


def test_a_rule_of_no_clause_and_of_no_parameter_is_reported() -> None:
    registry = Registry()
    for rule_id in REGISTRY.ids:
        for version in REGISTRY.versions(rule_id):
            registry.rule(
                rule_id,
                clause=version.clause,
                effect=version.effect,
                since=version.since,
                until=version.until,
                waivable=version.waivable,
                parameters=version.parameters,
                facts=version.facts,
            )(version.judge)

    @registry.rule(
        "plan.lost",
        clause="III.9",
        effect=Effect.BLOCKS,
        since="resolution",
        until=date(2020, 1, 1),
        waivable=False,
        parameters=("plan.lost",),
        facts=object,
    )
    def _lost(_: object, __: LawOn) -> Verdict:
        return not_applicable(message="Không xét.")

    assert check(replace(Books.of_the_house(), registry=registry)) == [
        "rule plan.lost: no clause is called III.9",
        "rule plan.lost: no parameter is called plan.lost",
        "rule plan.lost: its clause III.9 is not bound to it",
        "rule plan.lost: a version ends before the resolution is in force",
    ]
