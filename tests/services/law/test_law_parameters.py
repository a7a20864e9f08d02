"""Dated parameters: what the files may say, and what is in force on a day."""

from datetime import date
from pathlib import Path

import pytest

from app.services.law import strict_yaml
from app.services.law.parameter import (
    PARAMETERS,
    Comparator,
    Law,
    LawError,
    NotInForce,
    Strength,
    UnknownParameter,
    digest,
)

GOOD = """\
id: topic.share
label: Tỷ lệ để thử
unit: percent
kind: target
indicator: managed_women
values:
  - from: resolution
    to: 2025-01-01
    at_least: 10
    due: 2024-12-31
    clause: II.0
    source: Nguồn thứ nhất
    strength: dat
  - from: 2025-01-01
    more_than: 35
    due: 2029-12-31
    clause: II.0
    source: Nguồn thứ hai
    strength: phai
"""


def law(
    tmp_path: Path, text: str, name: str = "topic/share.yaml", resolution_on: date = date(2021, 1, 1)
) -> Law:
    path = tmp_path / "parameters" / name
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return Law(resolution_on, root=tmp_path / "parameters")


def test_the_value_of_the_day(tmp_path: Path) -> None:
    good = law(tmp_path, GOOD)
    first, second = good.on(date(2024, 12, 31))["topic.share"], good.on(date(2025, 1, 1))["topic.share"]
    assert (first.at_least, first.comparator, first.due, first.source) == (
        10,
        Comparator.AT_LEAST,
        date(2024, 12, 31),
        "Nguồn thứ nhất",
    )
    assert (second.more_than, second.comparator, second.strength) == (35, Comparator.MORE_THAN, Strength.PHAI)


def test_in_force_and_due_are_two_things(tmp_path: Path) -> None:
    good = law(tmp_path, GOOD.replace("due: 2024-12-31", "due: 2022-12-31"))
    assert good.on(date(2024, 6, 1))["topic.share"].due == date(2022, 12, 31)


def test_before_the_first_day_nothing_is_in_force(tmp_path: Path) -> None:
    good = law(tmp_path, GOOD)
    with pytest.raises(NotInForce) as refused:
        good.on(date(2020, 12, 31))["topic.share"]
    assert (refused.value.parameter_id, refused.value.day) == ("topic.share", date(2020, 12, 31))
    assert "topic.share" not in good.on(date(2020, 12, 31))
    assert good.targets("managed_women", date(2020, 12, 31)) == ()


def test_after_a_repeal_nothing_is_in_force(tmp_path: Path) -> None:
    repealed = law(
        tmp_path, GOOD.replace("  - from: 2025-01-01\n", "  - from: 2025-01-01\n    to: 2026-01-01\n")
    )
    assert repealed.on(date(2025, 12, 31))["topic.share"].more_than == 35
    with pytest.raises(NotInForce):
        repealed.on(date(2026, 1, 1))["topic.share"]


def test_the_resolutions_day_is_a_setting(tmp_path: Path) -> None:
    later = law(tmp_path, GOOD, resolution_on=date(2022, 2, 1))
    assert "topic.share" not in later.on(date(2022, 1, 31))
    assert "topic.share" in later.on(date(2022, 2, 1))


def test_a_resolution_after_its_own_first_period_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LawError, match="empty"):
        law(tmp_path, GOOD, resolution_on=date(2025, 1, 1))


def test_an_unknown_parameter_is_not_merely_out_of_force(tmp_path: Path) -> None:
    good = law(tmp_path, GOOD)
    with pytest.raises(UnknownParameter):
        good.on(date(2024, 1, 1))["topic.shares"]
    with pytest.raises(UnknownParameter):
        "topic.shares" in good.on(date(2024, 1, 1))  # noqa: B015 - the question itself is refused


def test_a_strict_threshold_is_never_read_as_at_least(tmp_path: Path) -> None:
    norm = law(tmp_path, GOOD).on(date(2026, 1, 1))["topic.share"]
    with pytest.raises(TypeError):
        _ = norm.at_least
    with pytest.raises(TypeError):
        _ = norm.at_most
    with pytest.raises(TypeError):
        _ = norm.flag


@pytest.mark.parametrize(
    ("what", "old", "new", "says"),
    [
        ("gap", "  - from: 2025-01-01", "  - from: 2025-01-02", "gap"),
        ("overlap", "  - from: 2025-01-01", "  - from: 2024-12-31", "overlap"),
        ("an open period before another", "    to: 2025-01-01\n", "", "overlap"),
        ("empty period", "to: 2025-01-01", "to: 2021-01-01", "empty"),
        ("unknown key", "unit: percent", "unit: percent\nformula: n / d", "formula"),
        ("unknown key in a value", "    clause: II.0\n    source: Nguồn thứ hai", "    claus: II.0", "claus"),
        ("duplicate key", "unit: percent", "unit: percent\nunit: percent", "duplicate key 'unit'"),
        (
            "duplicate key in a value",
            "at_least: 10",
            "at_least: 10\n    at_least: 11",
            "duplicate key 'at_least'",
        ),
        ("float", "at_least: 10", "at_least: 10.5", "not a whole number"),
        ("float in disguise", "at_least: 10", "at_least: 1.0e+1", "not a whole number"),
        ("number as text", "at_least: 10", 'at_least: "10"', "valid integer"),
        ("truth as number", "at_least: 10", "at_least: true", "valid integer"),
        ("octal", "at_least: 10", "at_least: 012", "valid integer"),
        ("no clause", "    clause: II.0\n    source: Nguồn thứ nhất", "    source: Nguồn thứ nhất", "clause"),
        ("no source", "    source: Nguồn thứ nhất\n", "", "source"),
        ("no amount", "    at_least: 10\n", "", "exactly one"),
        ("two amounts", "at_least: 10", "at_least: 10\n    at_most: 12", "exactly one"),
        ("a share above the whole", "at_least: 10", "at_least: 101", "does not fit"),
        ("a negative share", "at_least: 10", "at_least: -1", "does not fit"),
        ("more than the whole", "more_than: 35", "more_than: 100", "more than 100"),
        ("target without due", "    due: 2024-12-31\n", "", "due"),
        ("target without strength", "    strength: dat\n", "", "strength"),
        ("strength of another word", "strength: dat", "strength: nên", "strength"),
        ("target of nothing", "indicator: managed_women\n", "", "indicator"),
        (
            "setting with a comparator",
            "kind: target\nindicator: managed_women",
            "kind: setting",
            "plain value",
        ),
        ("unit of no kind", "unit: percent", "unit: parts", "unit"),
        ("day with a time", "due: 2024-12-31", "due: 2024-12-31T10:00:00", "YYYY-MM-DD"),
        ("day as text", "due: 2024-12-31", "due: cuối năm", "YYYY-MM-DD"),
        ("merge key", "unit: percent", "unit: percent\n<<: {kind: target}", "<<"),
        ("id of another place", "id: topic.share", "id: topic.part", "its place says topic.share"),
        ("options for a number", "unit: percent", "unit: percent\noptions: [một]", "options"),
        ("no values", GOOD[GOOD.index("values:") :], "values: []\n", "values"),
    ],
)
def test_what_a_file_may_not_say(tmp_path: Path, what: str, old: str, new: str, says: str) -> None:
    assert old in GOOD, f"the counter-example for {what} changes nothing"
    with pytest.raises(LawError, match=says):
        law(tmp_path, GOOD.replace(old, new, 1))


def test_aliases_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "alias.yaml"
    path.write_text("first: &one [1]\nsecond: *one\n", encoding="utf-8")
    with pytest.raises(LawError, match="aliases"):
        strict_yaml.load(path)


def test_yes_no_and_on_are_words(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text("on: no\nyes: true\nclock: 12:30\n", encoding="utf-8")
    assert strict_yaml.load(path) == {"on": "no", "yes": True, "clock": "12:30"}


CHOICES = """\
id: topic.words
label: Các từ để thử
unit: choices
kind: setting
options: [a1, b1, c1]
values:
  - {from: 2020-01-01, value: [a1, b1], clause: II.0, source: Nguồn để thử}
"""


def test_words_of_a_setting(tmp_path: Path) -> None:
    norm = law(tmp_path, CHOICES, "topic/words.yaml").on(date(2020, 1, 1))["topic.words"]
    assert norm.choices == ("a1", "b1")
    assert norm.comparator is None
    for wrong in ("threshold", "integer", "choice", "flag", "at_least"):
        with pytest.raises(TypeError):
            getattr(norm, wrong)


@pytest.mark.parametrize("value", ["[a1, d1]", "[]", "[a1, a1]", "a1", "1", "true"])
def test_words_outside_the_options_are_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(LawError, match=r"fit|valid"):
        law(tmp_path, CHOICES.replace("[a1, b1]", value), "topic/words.yaml")


FRACTION = """\
id: topic.part
label: Một phần để thử
unit: fraction
kind: setting
values:
  - {from: 2020-01-01, value: 2/3, clause: II.0, source: Nguồn để thử}
"""


def test_a_fraction_is_two_whole_numbers(tmp_path: Path) -> None:
    norm = law(tmp_path, FRACTION, "topic/part.yaml").on(date(2020, 1, 1))["topic.part"]
    assert norm.fraction == (2, 3)
    assert norm.as_json()["value"] == "2/3"
    for wrong in ("threshold", "integer", "choice", "choices", "flag"):
        with pytest.raises(TypeError):
            getattr(norm, wrong)
    with pytest.raises(TypeError, match="not a fraction"):
        _ = Law().on(date(2020, 1, 1))["leaders.theory-at-least"].fraction


@pytest.mark.parametrize(
    "value", ["3/2", "4/6", "0/3", "2/0", "2/-3", "2", "66", "hai phần ba", "2/3/4", "[2, 3]"]
)
def test_what_is_no_proper_fraction_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(LawError, match=r"fit|valid"):
        law(tmp_path, FRACTION.replace("2/3", value), "topic/part.yaml")


def test_the_digest_names_content_and_place_not_line_ends(tmp_path: Path) -> None:
    def folder(name: str, files: dict[str, str]) -> Path:
        for path, text in files.items():
            (tmp_path / name / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name / path).write_bytes(text.encode())
        return tmp_path / name

    one = digest(folder("one", {"a.yaml": "x: 1\n", "b.yaml": "y: 2\n"}))
    assert one == digest(folder("two", {"b.yaml": "y: 2\r\n", "a.yaml": "x: 1\r\n"}))
    assert one != digest(folder("three", {"a.yaml": "x: 1\n", "b.yaml": "y: 3\n"}))
    assert one != digest(folder("four", {"a.yaml": "x: 1\n", "c.yaml": "y: 2\n"}))
    assert one != digest(folder("five", {"a.yaml": "x: 1\ny: 2\n", "b.yaml": ""}))
    assert len(one) == 64


# The resolution's numbers, written out by hand: indicator, due, comparator, percent, strength, clause.
TARGETS = [
    ("managed_young", "2025-12-31", ">=", 10, "phan_dau", "II.2.2(5)-2025-a"),
    ("committee_women", "2025-12-31", ">=", 15, "dat", "II.2.2(5)-2025-b"),
    ("managed_women", "2025-12-31", ">=", 17, "dat", "II.2.2(5)-2025-c"),
    ("leaders_fit", "2025-12-31", ">=", 100, "dat", "II.2.2(5)-2025-e1"),
    ("dept_leaders_theory", "2025-12-31", ">=", 100, "dat", "II.2.2(5)-2025-e2"),
    ("knowledge_update", "2025-12-31", ">=", 100, "dat", "II.2.2(5)-2025-f"),
    ("plan_specialised", "2025-12-31", ">=", 5, "toi_thieu", "II.2.2(5)-2025-g"),
    ("secretary_non_local", "2025-12-31", ">=", 100, "phan_dau", "II.2.2(5)-2025-h"),
    ("managed_young_province", "2030-12-31", ">=", 15, "phan_dau", "II.2.2(5)-2030-a"),
    ("managed_young_province_skills", "2030-12-31", ">=", 100, "phan_dau", "II.2.2(5)-2030-a"),
    ("district_leaders_young", "2030-12-31", ">=", 20, "dat", "II.2.2(5)-2030-b"),
    ("managed_women", "2030-12-31", ">=", 20, "dat", "II.2.2(5)-2030-c"),
    ("committee_women", "2030-12-31", ">=", 20, "dat", "II.2.2(5)-2030-d"),
    ("council_nominees_women", "2030-12-31", ">", 35, "dat", "II.2.2(5)-2030-e"),
    ("knowledge_update", "2030-12-31", ">=", 100, "dat", "II.2.2(5)-2030-f"),
    ("international_ready", "2030-12-31", ">=", 25, "phan_dau", "II.2.2(5)-2030-g"),
    ("documents_issued", "2022-12-31", ">=", 100, "dat", "II.2.2(1)"),
    ("plan_women_key_title", None, ">=", 100, "phai", "III.3.3-e"),
    ("reappointment_late", None, "<=", 0, "phai", "III.3.5-a"),
    ("post_change_overdue", None, "<=", 0, "phai", "III.3.5-g"),
]


def test_the_houses_targets_are_the_resolutions() -> None:
    house, day = Law(), date(2021, 12, 31)
    found = {
        (
            indicator_id,
            norm.due.isoformat() if norm.due else None,
            norm.comparator,
            norm.threshold,
            norm.strength,
            norm.clause,
        )
        for indicator_id in house.target_indicators
        for norm in house.targets(indicator_id, day)
    }
    assert found == set(TARGETS)
    assert not any(
        house.targets(indicator_id, date(2020, 12, 31)) for indicator_id in house.target_indicators
    )


def test_the_houses_settings() -> None:
    today = Law().on(date(2010, 1, 1))
    assert today["persons.young-under"].integer == today["persons.young-at-most"].integer == 40
    assert today["leaders.count-acting"].flag is False
    assert today["leaders.theory-at-least"].choice == "intermediate"
    assert today["persons.majority-ethnicity"].choice == "kinh"
    assert today["leaders.department-managed-by"].choices == (
        "department",
        "district_committee",
        "attached_committee",
    )
    assert today["secretary.local-fields"].choices == ("hometown", "birthplace")


def test_doubts_of_the_sources_are_marked() -> None:
    marked = {
        parameter_id
        for parameter_id, norms in Law().parameters.items()
        if any(norm.confidence is not None for norm in norms)
    }
    assert {"secretary.local-fields", "leaders.department-managed-by", "leaders.count-acting"} <= marked


def test_every_file_below_the_folder_is_read() -> None:
    assert len(Law().parameters) == len(list(PARAMETERS.rglob("*.yaml"))) > 0
