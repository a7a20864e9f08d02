"""Who takes part in meetings: norms by kind of unit and day, and what a wrong file is refused for."""

from datetime import date
from pathlib import Path

import pytest

from app.services.law.participants import FILE, load, meeting_of, participants_of
from app.services.law.strict_yaml import LawError

FIRST, LAST_OF_DISTRICTS = date(2017, 12, 19), date(2025, 6, 30)


def test_each_kind_of_unit_has_its_own() -> None:
    district = participants_of("territory", "district", LAST_OF_DISTRICTS)
    department = participants_of("body", "department", LAST_OF_DISTRICTS)
    school = participants_of("body", "public_service", LAST_OF_DISTRICTS)
    assert district is not None
    assert department is not None
    assert school is not None
    assert district.leadership.counts == ("standing_committee",)
    assert district.enlarged.counts == ("full_committee",)
    assert set(district.key_cadres.counts) > set(district.enlarged.counts)
    assert (department.leadership.counts, department.enlarged.counts) == (("directorate",), ())
    assert school.key_cadres.counts == ("staff",)


def test_a_norm_has_its_days() -> None:
    assert participants_of("territory", "district", FIRST) is not None
    assert participants_of("territory", "district", date(2017, 12, 18)) is None
    assert participants_of("territory", "district", date(2025, 7, 1)) is None
    assert participants_of("body", "department", date(2025, 10, 8)) is not None
    assert participants_of("territory", "department", FIRST) is None
    assert participants_of("territory", "commune", FIRST) is None


def test_a_step_is_a_meeting_of_somebody_or_none() -> None:
    five = [meeting_of("five_steps", step) for step in range(1, 6)]
    assert five == ["leadership", "enlarged", "leadership", "key_cadres", "leadership"]
    assert [meeting_of("three_steps", step) for step in (1, 2, 3)] == ["leadership", None, "leadership"]
    assert [meeting_of("term", step) for step in (1, 2)] == ["key_cadres", "leadership"]
    assert [meeting_of("five_steps", 0), meeting_of("five_steps", 6), meeting_of("head", 1)] == [None] * 3


def test_every_norm_names_clause_source_and_how_sure_it_is() -> None:
    for one in load():
        assert one.clause
        assert one.source
        assert one.confidence == "M-m"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    to: 2025-07-01\n", "    to: 2017-12-19\n"),
        ("    kinds: [public_service, ", "    kinds: [department, "),
        ("counts: [standing_committee]", "counts: [everybody]"),
        ("    confidence: M-m\n", ""),
        ("    clause: III.3.5-b\n", ""),
        ("form: territory", "form: cloud"),
        ("    leadership:\n", "    lunch:\n"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, old: str, new: str) -> None:
    told = FILE.read_text(encoding="utf-8")
    assert old in told
    wrong = tmp_path / "participants.yaml"
    wrong.write_text(told.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LawError):
        load(wrong)
