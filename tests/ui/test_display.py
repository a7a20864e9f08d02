"""How values look on a Vietnamese screen."""

from datetime import date

import pytest

from app.ui import display


def test_dates_are_shown_as_far_as_they_are_known() -> None:
    assert display.date_vn("2021-12-31") == "31/12/2021"
    assert display.date_vn("1985-08-01", "month") == "08/1985"
    assert display.date_vn("1979-01-01", "year") == "1979"
    assert display.date_vn(None) == ""


def test_instants_are_shown_in_local_time() -> None:
    assert display.instant_vn("2021-12-31T17:30:00Z") == "01/01/2022 00:30"
    assert display.instant_vn("không") == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(30483, "30.483"), (1234567.5, "1.234.567,5"), (0, "0"), (-1200, "-1.200"), (None, "")],
)
def test_numbers_group_with_points(value: object, text: str) -> None:
    assert display.number_vn(value) == text


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (15.885, 2, "15,89%"),
        (100, 2, "100%"),
        ("5.47", 2, "5,47%"),
        (7.25, 1, "7,3%"),
        (7.0, 1, "7%"),
        (None, 2, ""),
    ],
)
def test_percentages_are_rounded_half_up_and_lose_useless_zeros(
    value: object, places: int, text: str
) -> None:
    assert display.percent_vn(value, places) == text


def test_a_leap_day_child_completes_a_year_on_the_first_of_march() -> None:
    assert display.age_on("1984-02-29", date(2021, 2, 28)) == 36
    assert display.age_on("1984-02-29", date(2021, 3, 1)) == 37
    assert display.age_on(None, date(2021, 1, 1)) is None


def test_a_span_shows_its_last_day_not_the_day_after() -> None:
    assert display.span_vn("2015-01-01", "2020-01-01") == "01/01/2015 đến 31/12/2019"
    assert display.span_vn("2015-01-01", None) == "từ 01/01/2015"


def test_a_closed_unit_bears_its_last_day() -> None:
    unit = {"name": "Huyện Đồng Văn", "ends_on": "2025-07-01"}
    assert display.unit_name(unit, date(2025, 7, 1)) == "Huyện Đồng Văn (đến 30/06/2025)"
    assert display.unit_name(unit, date(2025, 6, 30)) == "Huyện Đồng Văn"


@pytest.mark.parametrize(
    ("name", "letters"), [("btc.tinh", "BT"), ("Hoàng Thị Thanh", "HT"), ("quantri", "Q"), ("", "–")]
)
def test_initials(name: str, letters: str) -> None:
    assert display.initials(name) == letters
