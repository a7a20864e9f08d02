"""Imports, jobs and the log in words: which tab, which columns, how long still, what was done."""

from typing import Any

import pytest

from app.ui import deeds, importing
from app.ui.importing import Paces, duration, progress, tab_of, table

COLUMNS = [
    {"name": "national_id", "header": "Số định danh", "kind": "national_id"},
    {"name": "full_name", "header": "Họ và tên", "kind": "name"},
    {"name": "birth_date", "header": "Ngày sinh", "kind": "birth"},
    {"name": "ethnicity", "header": "Dân tộc", "kind": "choice"},
    {"name": "sex", "header": "Giới tính", "kind": "choice"},
    {"name": "unit", "header": "Đơn vị", "kind": "text"},
    {"name": "title", "header": "Chức danh", "kind": "text"},
    {"name": "assignment_kind", "header": "Hình thức", "kind": "choice"},
    {"name": "started_on", "header": "Ngày bắt đầu", "kind": "date"},
    {"name": "decision_number", "header": "Số quyết định", "kind": "text"},
]
NONE = {"new": 0, "updated": 0, "unchanged": 0, "warnings": 0, "errors": 0}


def row(number: int, **cells: str) -> dict[str, Any]:
    return {
        "number": number,
        "state": "new",
        "cadre_id": None,
        "cells": {"full_name": "Vừ Mí Sò", "birth_date": "31/02/1984", "national_id": "1"} | cells,
        "messages": [],
        "changes": [],
    }


def said(column: str, level: str = "error") -> dict[str, Any]:
    return {"column": column, "level": level, "detail": "Không có trong danh mục.", "accepted": ["Mông"]}


def job(**changed: str | int) -> dict[str, Any]:
    return {
        "id": "j",
        "kind": "import_check",
        "state": "running",
        "done": 0,
        "total": 0,
        "fault": None,
    } | changed


def test_errors_come_first_then_whatever_there_is() -> None:
    assert tab_of("", NONE | {"errors": 1, "new": 9}) == "loi"
    assert tab_of("", NONE | {"warnings": 2, "new": 9}) == "canh-bao"
    assert tab_of("", NONE | {"unchanged": 3}) == "khong-doi"
    assert tab_of("", NONE) == "moi"
    assert tab_of("cap-nhat", NONE | {"errors": 1}) == "cap-nhat"
    assert tab_of("../x", NONE | {"errors": 1}) == "loi"


def test_a_table_shows_who_where_and_the_columns_that_have_something_to_say() -> None:
    wrong = row(14, ethnicity="H'Mông đen", unit="Xã A", sex="Nam") | {"messages": [said("ethnicity")]}
    drawn = table([wrong, row(15)], COLUMNS, "error")
    assert drawn.headers == ["Ngày sinh", "Dân tộc", "Đơn vị", "Chức danh"]
    first, second = drawn.rows
    assert [cell.look for cell in first.cells] == ["", "err", "", ""]
    assert (first.wrong, second.wrong) == (["Dân tộc"], [])
    assert first.cells[1].value == "H'Mông đen"
    assert first.cells[1].messages[0]["accepted"] == ["Mông"]
    assert [cell.header for cell in first.rest] == ["Số định danh", "Giới tính"]
    assert [cell.value for cell in second.cells] == ["31/02/1984", "", "", ""]


def test_a_newcomer_shows_his_first_facts() -> None:
    drawn = table([row(2)], COLUMNS, "new")
    assert "Số quyết định" in drawn.headers
    assert "Họ và tên" not in drawn.headers
    assert "Số định danh" not in drawn.headers


def test_an_error_outweighs_a_warning_in_one_cell() -> None:
    both = row(3) | {"messages": [said("unit", "warning"), said("unit"), said("title", "warning")]}
    cells = {cell.column: cell for cell in table([both], COLUMNS, "error").rows[0].cells}
    assert cells["unit"].look == "err"
    assert cells["title"].look == "wrn"
    assert cells["birth_date"].written
    assert not cells["unit"].written


def test_the_time_left_follows_what_was_done_since_it_was_first_seen() -> None:
    paces = Paces()
    assert paces.left(job(done=100, total=400), 10.0) is None
    assert paces.left(job(done=100, total=400), 12.0) is None
    assert paces.left(job(done=200, total=400), 20.0) == 20  # 100 rows in 10 s, 200 to go
    assert paces.left(job(done=50, total=400), 30.0) is None  # begun again elsewhere
    assert paces.left(job(done=150, total=400), 40.0) == 25
    assert paces.left(job(done=400, total=400, state="done"), 50.0) is None
    assert not paces.seen


def test_jobs_that_are_never_asked_about_again_are_forgotten() -> None:
    paces = Paces()
    for number in range(importing.MOST_SEEN + 20):
        paces.left(job(id=str(number), total=9), 1.0)
    assert len(paces.seen) == importing.MOST_SEEN
    assert "0" not in paces.seen


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "khoảng 5 giây"),
        (18, "khoảng 20 giây"),
        (59, "khoảng 60 giây"),
        (61, "khoảng 2 phút"),
        (3601, "khoảng 2 giờ"),
    ],
)
def test_a_wait_is_told_in_round_words(seconds: int, words: str) -> None:
    assert duration(seconds) == words


def test_progress_names_rows_and_the_time_left() -> None:
    found = {"counts": {"new": 212, "updated": 27}}
    checked = progress(job(done=154, total=239), found, 18)
    assert checked.title == "Đang kiểm tra: 154 trong 239 dòng"
    assert checked.beside == "Còn khoảng 20 giây, có thể rời trang này."
    assert checked.share == (154, 239)
    assert checked.spoken == "Đang kiểm tra, đã qua 50%"
    assert not checked.ended


def test_a_writing_tells_how_many_rows_are_ready_and_then_writes_at_once() -> None:
    found = {"counts": {"new": 212, "updated": 27}}
    ready = progress(job(kind="import_commit", done=154, total=239), found, 18)
    assert (ready.title, ready.share) == ("Đang chuẩn bị ghi: 154 trong 239 dòng", (154, 239))
    at_once = progress(job(kind="import_commit", done=239, total=239), found, None)
    assert (at_once.title, at_once.share) == ("Đang ghi hồ sơ: 239 dòng", None)


def test_a_writing_that_tells_no_steps_still_says_how_much_it_writes() -> None:
    found = {"counts": {"new": 212, "updated": 27}}
    writing = progress(job(kind="import_commit"), found, None)
    assert writing.title == "Đang ghi hồ sơ: 239 dòng"
    assert writing.share is None
    assert "đủ cả hoặc không dòng nào" in writing.beside.lower()


@pytest.mark.parametrize(
    ("state", "kind", "title"),
    [
        ("done", "import_commit", "Đã ghi 239 dòng vào hồ sơ"),
        ("done", "import_check", "Đã kiểm tra 239 dòng"),
        ("failed", "import_commit", "Chưa ghi được"),
        ("cancelled", "import_check", "Đã hủy, chưa ghi gì vào hồ sơ"),
    ],
)
def test_an_ended_job_says_how_it_ended_and_promises_nothing(state: str, kind: str, title: str) -> None:
    ended = progress(job(state=state, kind=kind, done=239, total=239), {"counts": {}}, None)
    assert ended.title == ended.spoken == title
    assert ended.beside == ""
    assert ended.ended


def test_deeds_are_told_in_words_and_refused_operations_by_what_was_tried() -> None:
    assert deeds.told("import.commit") == "Ghi xong tệp nhập"
    assert deeds.told("GET /imports/{import_id}") == "Thử xem: nhập dữ liệu"
    assert deeds.told("PATCH /api/v1/cadres/{cadre_id}") == "Thử sửa: hồ sơ cán bộ"
    assert deeds.told("something.new") == "something.new"


def test_a_reason_that_names_an_import_leads_to_it() -> None:
    key = "01a20d53-bdef-7185-ad58-1265da96d4e0"
    assert deeds.why(f"import {key}") == ("Lần nhập", key)
    assert deeds.why("theo lý lịch") == ("theo lý lịch", "")
    assert deeds.why(None) == ("", "")
    assert deeds.who(f"inspection:{key}") == "Mã kiểm tra 1265da96d4e0"
    assert deeds.who("btc.tinh") == "btc.tinh"
    assert deeds.scale({"rows": 3}) == 3
    assert deeds.scale(None) is None
