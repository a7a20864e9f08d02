"""The geometry of the drawn figures."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui import charts


def percent(text: str) -> Decimal:
    return Decimal(text.removesuffix("%"))


@given(
    st.decimals(0, 100, places=2),
    st.integers(1, 100),
    st.one_of(st.none(), st.decimals(0, 100, places=2)),
)
def test_a_bullet_stays_inside_its_row_and_keeps_the_order_of_its_numbers(
    value: Decimal, target: int, base: Decimal | None
) -> None:
    drawn = charts.bullet(value, target, met=value >= target, base=base)
    assert drawn is not None
    done, aim = percent(drawn.done), percent(drawn.target)
    assert 0 <= done <= 100
    assert 0 < aim <= Decimal("93.01")
    if value > target:
        assert done >= aim
    if value < target:
        assert done <= aim


def test_nothing_is_drawn_without_a_number() -> None:
    assert charts.bullet(None, 10, met=False) is None
    assert charts.bullet(5, None, met=False) is None


def test_a_sparkline_needs_two_known_quarters() -> None:
    assert charts.spark([{"value": 5.0}, {"value": None}]) is None
    drawn = charts.spark([{"value": None}, {"value": 5.0}, {"value": 7.5}])
    assert drawn is not None
    assert drawn.points == "42.0,20.0 82.0,4.0"
    assert (drawn.first, drawn.last) == (Decimal("5.0"), Decimal("7.5"))


def test_a_flat_sparkline_lies_in_the_middle() -> None:
    drawn = charts.spark([{"value": 5}, {"value": 5}])
    assert drawn is not None
    assert drawn.points == "2.0,12.0 82.0,12.0"


def item(
    numerator: int | None, denominator: int, gap: int, **more: object
) -> tuple[dict[str, Any], dict[str, Any]]:
    value = None if numerator is None else round(100 * numerator / denominator, 2)
    figures = {
        "numerator": numerator,
        "denominator": denominator,
        "value": value,
        "status": "not_met",
        **more,
    }
    return figures, {"met": gap == 0, "gap_persons": gap, "comparator": ">=", "threshold_percent": 17}


@pytest.mark.parametrize(
    ("numerator", "gap", "style"),
    [
        (66, 0, "h0"),
        (1, 1, "h1"),  # one missing person is always the lightest step, however large its share
        (61, 5, "h1"),
        (60, 10, "h2"),
        (65, 35, "h2"),
        (64, 36, "h3"),
    ],
)
def test_a_heat_cell_is_coloured_by_the_share_that_is_missing(numerator: int, gap: int, style: str) -> None:
    assert charts.heat(*item(numerator, 400, gap)) == style


def test_not_entered_and_not_applicable_are_never_a_colour_of_the_scale() -> None:
    figures, target = item(None, 400, 0)
    assert charts.heat(figures, target) == "hx"
    assert charts.heat({**figures, "status": "not_applicable"}, target) == "na"
    assert charts.heat(None, target) == "na"


@pytest.mark.parametrize(
    ("numerator", "gap", "near"),
    [(384, 2, True), (115, 10, False), (117, 10, True), (500, 11, False), (500, 0, False)],
)
def test_near_means_ten_persons_at_most_and_under_eight_percent(numerator: int, gap: int, near: bool) -> None:  # noqa: FBT001
    figures, target = item(numerator, 4000, gap)
    assert charts.near(figures, target) is near


@pytest.mark.parametrize(
    ("numerator", "denominator", "comparator", "threshold", "over"),
    [
        (66, 384, ">=", 17, None),  # 65.28: 66 are needed, 66 are there
        (15, 100, ">=", 15, None),
        (68, 384, ">=", 17, 2),
        (35, 100, ">", 35, None),
        (37, 100, ">", 35, 1),  # «trên 35%» means 36
        (5, 0, ">=", 10, None),
    ],
)
def test_surplus_counts_whole_persons(
    numerator: int, denominator: int, comparator: str, threshold: int, over: int | None
) -> None:
    figures = {"numerator": numerator, "denominator": denominator}
    assert charts.surplus(figures, {"comparator": comparator, "threshold_percent": threshold}) == over


CAREER: list[dict[str, Any]] = [
    {
        "kind": "assignment",
        "from": "2007-08-01",
        "to": "2015-01-01",
        "title": "Chuyên viên, Phòng Tư pháp",
        "short": "Chuyên viên",
    },
    {"kind": "assignment", "from": "2015-01-01", "to": None, "title": "Trưởng ban", "short": "Trưởng ban"},
    {"kind": "party", "from": "2010-05-19", "to": None, "title": "Đảng viên từ 19/05/2010"},
    {
        "kind": "training",
        "from": "2018-03-01",
        "to": "2018-04-01",
        "title": "Cập nhật kiến thức",
        "short": "Cập nhật",
    },
    {"kind": "evaluation", "from": "2020-01-01", "to": "2020-12-31", "grade": "excellent"},
    {"kind": "assignment", "from": "2022-02-01", "to": None, "title": "Sau ngày xem", "short": "Sau"},
]


def test_lanes_show_what_began_by_the_day_and_nothing_later() -> None:
    drawn = charts.lanes(CAREER, date(2021, 12, 31))
    assert drawn is not None
    assert [lane.name for lane in drawn.lanes] == ["Công tác", "Đảng", "Đào tạo", "Xếp loại"]
    texts = [segment.full for lane in drawn.lanes for segment in lane.segments]
    assert not any("Sau ngày xem" in text for text in texts)
    assert "Năm 2020: Hoàn thành xuất sắc nhiệm vụ" in texts
    assert (drawn.first, drawn.last) == (2007, 2021)


def test_segments_of_a_lane_lie_inside_the_chart_in_order_of_time() -> None:
    drawn = charts.lanes(CAREER, date(2021, 12, 31))
    assert drawn is not None
    for lane in drawn.lanes:
        lefts = [float(segment.x) for segment in lane.segments]
        assert lefts == sorted(lefts)
        assert all(left >= charts.LEFT for left in lefts)
        assert all(float(s.x) + float(s.width) <= charts.RIGHT for s in lane.segments)


def test_nobody_gets_lanes_without_a_known_day() -> None:
    assert charts.lanes([], date(2021, 12, 31)) is None
    assert charts.lanes([{"kind": "assignment", "from": "2022-01-01"}], date(2021, 12, 31)) is None


def test_a_trend_scales_to_its_values_and_its_target() -> None:
    drawn = charts.trend(
        [
            {"as_of": "2020-12-31", "value": 14.0},
            {"as_of": "2021-12-31", "value": 15.89},
            {"as_of": "2022-12-31", "value": None},
        ],
        17,
    )
    assert drawn is not None
    assert len(drawn.dots) == 2
    assert drawn.target is not None
    heights = [float(y) for _x, y, _day, _value in drawn.dots]
    assert heights[0] > heights[1] > float(drawn.target)
    assert charts.trend([{"as_of": "2020-12-31", "value": 14.0}]) is None
