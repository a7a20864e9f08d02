"""What people type, and what the API gets of it."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.client import Problem
from app.ui.display import date_vn
from app.ui.forms import Field, Form, Typed, read_date, read_number


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1/9/24", date(2024, 9, 1)),
        ("010924", date(2024, 9, 1)),
        ("01092024", date(2024, 9, 1)),
        ("01/09/2024", date(2024, 9, 1)),
        ("1.9.2024", date(2024, 9, 1)),
        ("1-9-2024", date(2024, 9, 1)),
        (" 14/08/1985 ", date(1985, 8, 14)),
        ("14/8/85", date(1985, 8, 14)),
        ("29/2/2020", date(2020, 2, 29)),
        ("2021-12-31", date(2021, 12, 31)),
    ],
)
def test_a_day_is_read_the_vietnamese_way(text: str, day: date) -> None:
    assert read_date(text) == Typed(day, "day")


@pytest.mark.parametrize(
    "text", ["", "31/2/2021", "29/2/2021", "9/2007", "2007", "hôm nay", "1/13/2020", "0/1/2020", "1//2"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    assert read_date(text) is None


def test_a_month_or_a_year_is_enough_where_the_field_says_so() -> None:
    assert read_date("09/2007", coarse=True) == Typed(date(2007, 9, 1), "month")
    assert read_date("1979", coarse=True) == Typed(date(1979, 1, 1), "year")
    assert read_date("13/2007", coarse=True) is None


@given(st.dates(date(1950, 1, 1), date(2049, 12, 31)))
def test_every_day_shown_is_read_back(day: date) -> None:
    assert read_date(date_vn(day)) == Typed(day, "day")
    assert read_date(f"{day:%d%m%y}") == Typed(day, "day")
    assert read_date(date_vn(day, "month"), coarse=True) == Typed(day.replace(day=1), "month")


@given(st.text(max_size=24))
def test_nothing_typed_breaks_the_reader(text: str) -> None:
    found = read_date(text, coarse=True)
    assert found is None or found.precision in {"day", "month", "year"}
    read_number(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1234,5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1.234", "1234"),
        ("12.5", "12.5"),
        ("-3", "-3"),
        ("1 234", "1234"),
    ],
)
def test_numbers_take_point_and_comma(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "1,2,3"])
def test_what_is_no_number_is_refused(text: str) -> None:
    assert read_number(text) is None


FIELDS = [
    Field("ten", "Họ và tên", "/full_name", required=True, most=20),
    Field("sinh", "Ngày sinh", "/birth_date", "date", coarse="/birth_precision"),
    Field("gioi", "Giới tính", "/sex", "select", options=(("female", "Nữ"), ("male", "Nam"))),
    Field("cao", "Chiều cao", "/height_cm", "integer"),
    Field("so", "Số quyết định", "/decision/number"),
    Field("quyen", "Tạm quyền", "/acting", "check"),
]


def test_a_form_becomes_a_body_nested_by_pointer() -> None:
    form = Form.typed(
        FIELDS,
        {
            "ten": "Sùng Thị Mỷ",
            "sinh": "08/1985",
            "gioi": "female",
            "cao": "158",
            "so": "12-QĐ/TU",
            "quyen": "1",
        },
    )
    assert form.payload() == {
        "full_name": "Sùng Thị Mỷ",
        "birth_date": "1985-08-01",
        "birth_precision": "month",
        "sex": "female",
        "height_cm": 158,
        "decision": {"number": "12-QĐ/TU"},
        "acting": True,
    }
    assert not form.wrong


def test_every_fault_is_named_at_once_beside_its_field() -> None:
    form = Form.typed(FIELDS, {"ten": "", "sinh": "32/1/1980", "gioi": "khác", "cao": "cao"})
    form.payload()
    assert set(form.errors) == {"ten", "sinh", "gioi", "cao"}
    assert [name for name, _message in form.summary()] == ["ten", "sinh", "gioi", "cao"]
    assert "32/1/1980" in form.errors["sinh"][0]


def test_a_text_that_is_too_long_is_not_cut_silently() -> None:
    form = Form.typed(FIELDS, {"ten": "x" * 21})
    assert "full_name" not in form.payload()
    assert form.errors["ten"]


def test_empty_fields_are_left_out_or_emptied() -> None:
    assert Form.typed(FIELDS, {"ten": "A B"}).payload() == {"full_name": "A B", "acting": False}
    emptied = Form.typed(FIELDS, {"ten": "A B"}).payload(blank=True)
    assert emptied["height_cm"] is None
    assert emptied["decision"] == {"number": None}


def test_a_record_is_shown_as_it_would_be_typed() -> None:
    record = {
        "full_name": "A B",
        "birth_date": "1985-08-01",
        "birth_precision": "month",
        "decision": {"number": "7"},
    }
    form = Form.of(FIELDS, record, etag='"3"')
    assert form["sinh"] == "08/1985"
    assert form["so"] == "7"
    assert form.payload()["birth_precision"] == "month"
    assert form.etag == '"3"'


def test_a_refusal_of_the_api_stands_beside_the_field_its_pointer_names() -> None:
    problem = Problem(
        422,
        errors=[
            {"pointer": "/birth_date", "detail": "Tuổi phải từ 16."},
            {"pointer": "/khac", "detail": "Không rõ."},
        ],
    )
    form = Form.typed(FIELDS, {"ten": "A B"}).refused(problem)
    assert form.errors["sinh"] == ["Ngày sinh: tuổi phải từ 16."]
    assert form.errors[""] == ["Không rõ."]
    assert form.summary()[-1] == ("", "Không rõ.")


def test_a_refusal_without_pointers_is_told_in_the_summary() -> None:
    form = Form.typed(FIELDS, {}).refused(Problem(409, detail="Vị trí đã có người giữ."))
    assert form.summary() == [("", "Vị trí đã có người giữ.")]


def test_an_overtaken_form_shows_both_versions() -> None:
    form = Form.typed(FIELDS, {"ten": "A C", "gioi": "male"})
    form.stale = {"full_name": "A B", "sex": "female"}
    assert form.differences() == [("Họ và tên", "A B", "A C"), ("Giới tính", "Nữ", "Nam")]


def test_a_form_keeps_the_key_it_was_rendered_with_and_no_forged_one() -> None:
    first = Form.of(FIELDS, {})
    assert Form.typed(FIELDS, {"_key": first.key}).key == first.key
    assert Form.typed(FIELDS, {"_key": "x\r\ny: z"}).key != "x\r\ny: z"
    assert Form.of(FIELDS, {}).key != first.key
