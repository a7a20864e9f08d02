"""The components, on the shapes that the API documents."""

from datetime import date
from typing import Any

import pytest

from app.ui.render import ICONS, TEMPLATES, asset, icon

SETTING: dict[str, Any] = {
    "day": date(2021, 12, 31),
    "url": lambda path, params=None: path,
    "here": lambda changes=None: "?",
}


def macro(call: str, **data: object) -> str:
    source = '{% import "_macros.html" as m with context %}{{ ' + call + " }}"
    return TEMPLATES.from_string(source).render(**SETTING, **data).strip()


TARGET = {"due": "2025-12-31", "comparator": ">=", "threshold_percent": 17, "met": False, "gap_persons": 5}
WOMEN = {"id": "managed_women", "numerator": 61, "denominator": 384, "value": 15.89, "status": "not_met"}


def test_what_may_not_be_read_is_said_and_never_blank() -> None:
    assert "không thuộc quyền xem" in macro("m.shown(v, True)", v=None)
    assert "chưa nhập" in macro("m.shown(v)", v=None)
    assert macro("m.shown(v, True)", v="Tày") == "Tày"
    assert macro("m.shown(0)") == "0"


def test_text_of_the_record_stays_text() -> None:
    person = {"full_name": "<img src=x onerror=alert(1)>", "code": "A-1"}
    drawn = macro("m.person(p)", p=person)
    assert "<img" not in drawn
    assert "&lt;img" in drawn


def test_a_stub_has_no_link() -> None:
    assert "<a" not in macro("m.person(p, True)", p={"full_name": "A B", "code": "A-1"})
    assert 'href="/can-bo/A-1"' in macro("m.person(p)", p={"full_name": "A B", "code": "A-1"})


@pytest.mark.parametrize(
    ("item", "target", "word"),
    [
        (WOMEN, {**TARGET, "met": True, "gap_persons": 0}, "Đạt"),
        (WOMEN, TARGET, "Sắp đạt"),
        (WOMEN, {**TARGET, "gap_persons": 16}, "Chưa đạt"),
        ({**WOMEN, "value": None}, TARGET, "Chưa đủ dữ liệu"),
        ({**WOMEN, "status": "not_applicable"}, TARGET, "Không áp dụng"),
        (WOMEN, None, "Không có chỉ tiêu"),
    ],
)
def test_a_verdict_is_an_icon_and_a_word(
    item: dict[str, Any], target: dict[str, Any] | None, word: str
) -> None:
    drawn = macro("m.verdict(item, target)", item=item, target=target)
    assert word in drawn
    assert "<svg" in drawn


def test_a_threshold_is_written_out() -> None:
    assert macro("m.threshold(t)", t=TARGET) == "từ 17% trở lên"
    assert macro("m.threshold(t)", t={"comparator": ">", "threshold_percent": 35}) == "trên 35%"


def test_a_bullet_tells_its_numbers_to_who_cannot_see_it() -> None:
    drawn = macro("m.bullet(item, target, 14)", item=WOMEN, target=TARGET)
    assert 'aria-label="Thực hiện 15,89%, chỉ tiêu 17%"' in drawn
    assert "style=" not in drawn
    assert '<circle class="base"' in drawn


def test_an_indicator_without_a_number_says_why() -> None:
    drawn = macro("m.bullet(item, target)", item={"value": None, "reason": "beyond_record"}, target=TARGET)
    assert "nằm sau ngày cuối của hồ sơ" in drawn


def test_icons_are_decoration_and_come_from_the_vendored_files() -> None:
    drawn = icon("check")
    assert 'aria-hidden="true"' in drawn
    assert "M20 6 9 17l-5-5" in drawn
    for file in ICONS.glob("*.svg"):
        assert icon(file.stem).endswith("</svg>")


def test_own_assets_bear_their_digest_and_vendored_ones_their_version() -> None:
    assert asset("style.css").startswith("/static/style.css?v=")
    assert asset("vendor/htmx.org@2.0.11/htmx.min.js") == "/static/vendor/htmx.org@2.0.11/htmx.min.js"
