"""Cells: each way to write a day, a number, a word; and what is said of the others."""

import unicodedata
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.imports.cells import Codes, Read, Reader, birth, day
from app.services.imports.columns import BY_NAME, COLUMNS

LISTS = {
    "sex": Codes({"female": "Nữ", "male": "Nam"}),
    "political_theory": Codes({"none": "Chưa qua đào tạo", "advanced": "Cao cấp (gồm cử nhân chính trị)"}),
    "ethnicity": Codes({"mong": "Mông", "muong": "Mường", "cong": "Cống"}),
}


def cell(name: str, text: str) -> Read:
    """A cell read."""
    return Reader(LISTS).read(BY_NAME[name], text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/9/24", date(2024, 9, 1)),
        ("01/09/2024", date(2024, 9, 1)),
        ("1.9.2024", date(2024, 9, 1)),
        ("1-9-24", date(2024, 9, 1)),
        ("1 / 9 / 2024", date(2024, 9, 1)),
        ("010924", date(2024, 9, 1)),
        ("01092024", date(2024, 9, 1)),
        ("2024-09-01", date(2024, 9, 1)),
        ("2024-09-01 00:00:00", date(2024, 9, 1)),
        ("1/9/75", date(1975, 9, 1)),
        ("29/2/2024", date(2024, 2, 29)),
        ("43586", date(2019, 5, 1)),
    ],
)
def test_a_day_in_any_way_people_write_it(text: str, value: date) -> None:
    assert (day(text).value, day(text).fault) == (value, "")


@pytest.mark.parametrize(
    "text",
    [
        "29/2/2023",
        "31/4/2020",
        "1/13/2020",
        "0/1/2020",
        "hôm qua",
        "1/9",
        "9/2007",
        "2007",
        "1/9/1899",
        "123",
        "٣/٩/٢٠٢٤",
    ],
)
def test_what_is_no_day_is_told_with_what_would_be(text: str) -> None:
    found = day(text)
    assert found.value is None
    assert found.fault
    assert "1/9/2021" in found.accepted or "1920" in found.fault


def test_a_serial_that_may_be_a_run_of_digits_is_asked_about() -> None:
    assert day("43586").warning
    found = day("20924")
    assert found.value is None
    assert "14/04/1957" in found.fault
    assert "02/09/24" in found.fault


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2/5/1990", (date(1990, 5, 2), "day")),
        ("09/2007", (date(2007, 9, 1), "month")),
        ("9-1975", (date(1975, 9, 1), "month")),
        ("2007", (date(2007, 1, 1), "year")),
        ("020590", (date(1990, 5, 2), "day")),
    ],
)
def test_a_birth_date_as_far_as_it_is_known(text: str, value: tuple[date, str]) -> None:
    assert birth(text).value == value


@given(st.dates(date(1951, 1, 1), date(2049, 12, 31)))
def test_a_day_is_read_as_it_was_written(one: date) -> None:
    for text in (f"{one:%d/%m/%Y}", f"{one:%d/%m/%y}", f"{one:%d%m%y}", f"{one:%d%m%Y}", one.isoformat()):
        assert day(text).value == one, text


@given(st.integers(18_264, 54_788))
def test_a_serial_is_a_day_or_a_question(serial: int) -> None:
    found = day(str(serial))
    assert found.value in {None, date(1899, 12, 30) + timedelta(days=serial)}
    assert bool(found.fault) == (found.value is None)


@given(st.text(max_size=40))
def test_no_text_breaks_a_reader(text: str) -> None:
    lists = {column.codes: Codes({"a": "Một"}) for column in COLUMNS if column.codes}
    reader = Reader(lists)
    for column in COLUMNS:
        found = reader.read(column, text)
        assert not (found.fault and found.value is not None)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("sex", "nữ", "female"),
        ("sex", "Nu", "female"),
        ("sex", "male", "male"),
        ("ethnicity", "MÔNG", "mong"),
        ("political_theory", "Cao cấp", "advanced"),
        ("national_id", "002 185 000 123", "002185000123"),
        ("code", "hg-00123", "HG-00123"),
        ("coefficient_hundredths", "2,34", 234),
        ("coefficient_hundredths", "2.3", 230),
        ("coefficient_hundredths", "3", 300),
        ("step", "12", 12),
        ("full_name", unicodedata.normalize("NFD", "Giàng  Thị Mỷ "), "Giàng Thị Mỷ"),
        ("sex", unicodedata.normalize("NFD", "Nữ"), "female"),
    ],
)
def test_values(name: str, text: str, value: Any) -> None:  # noqa: ANN401 - a value
    assert cell(name, text).value == value


@pytest.mark.parametrize(
    ("name", "text", "accepted"),
    [
        ("sex", "khác", ("Nữ", "Nam")),
        ("ethnicity", "Kinh", ("Mông", "Mường", "Cống")),
        ("national_id", "2185000123", ("002185000123",)),
        ("national_id", "٠٠٢١٨٥٠٠٠١٢٣", ("002185000123",)),
        ("code", "123", ("HG-00123",)),
        ("coefficient_hundredths", "0,5", ("1,00–13,00",)),
        ("coefficient_hundredths", "2,345", ("1,00–13,00",)),
        ("step", "13", ("1–12",)),
        ("full_name", "Mỷ", ()),
        ("full_name", "Giàng " + "M" * 120, ()),
    ],
)
def test_faults_say_what_would_be_taken(name: str, text: str, accepted: tuple[str, ...]) -> None:
    found = cell(name, text)
    assert found.value is None
    assert found.fault
    assert found.accepted == accepted
