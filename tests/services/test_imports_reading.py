"""Bytes to rows: what a file is by its content, and what a hostile one can't do."""

import io
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from app.services.imports import reading
from app.services.imports.reading import CSV, XLSX, Line, Unreadable, read, sniff
from tests.services.imports_kit import HEADERS, newcomer, table, xlsx

MEGABYTE = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"


def repacked(content: bytes, **parts: bytes) -> bytes:
    """A workbook with parts of it exchanged; `sheet` is the first sheet."""
    target = io.BytesIO()
    changed = {SHEET if name == "sheet" else name: part for name, part in parts.items()}
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.infolist():
            new.writestr(entry.filename, changed.pop(entry.filename, b"") or old.read(entry.filename))
        for name, part in changed.items():
            new.writestr(name, part)
    return target.getvalue()


def sheet_of(cells: str) -> bytes:
    """A sheet's XML with these cells."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()
    )


GOOD = xlsx([newcomer()])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "trống"),
        (b"  \r\n ", "trống"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "không phải .xlsx"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3\n", "không phải .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), ".xls cũ"),
        ("Số định danh".encode("utf-16"), "không phải .xlsx"),
        ("Họ và tên".encode("cp1258", "replace") + b"\xf5", "không phải .xlsx"),
        (b"PK\x03\x04" + bytes(100), "Không đọc được"),
        (GOOD[: len(GOOD) // 2], "Không đọc được"),
    ],
)
def test_the_content_says_what_a_file_is(content: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        sniff(content)


def test_a_zip_of_something_else_is_no_workbook() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("can-bo.txt", "x")
    with pytest.raises(Unreadable, match="không phải bảng tính"):
        sniff(target.getvalue())


def test_the_two_kinds_are_told_apart_whatever_their_name() -> None:
    assert sniff(GOOD) == XLSX
    assert sniff(table([newcomer()])) == CSV


def spent(content: bytes) -> tuple[int, float, str]:
    """Peak memory in bytes that a process and its children took to read a file, seconds, and what it said."""
    script = (
        "import resource, sys, time\n"
        "from app.services.imports.reading import Unreadable, read\n"
        "data = sys.stdin.buffer.read()\n"
        "def peak():\n"
        "    return max(resource.getrusage(who).ru_maxrss for who in (0, -1)) * 1024\n"
        "before, begun = peak(), time.monotonic()\n"
        "try:\n    said = str(len(read(data)[1]))\n"
        "except Unreadable as error:\n    said = error.detail\n"
        "print(peak() - before, time.monotonic() - begun, said, sep='|')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=content,
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    memory, seconds, said = done.stdout.decode().strip().split("|", 2)
    return int(memory), float(seconds), said


def _lying(content: bytes) -> bytes:
    """A workbook whose table of contents says that its sheet is small."""
    at = content.rindex(SHEET.encode()) - 46
    assert content[at : at + 4] == b"PK\x01\x02"
    return content[: at + 24] + struct.pack("<I", 1000) + content[at + 28 :]


def _swollen() -> bytes:
    text = "a" * (150 * MEGABYTE)
    return repacked(
        GOOD, sheet=sheet_of(f"<row r='1'><c r='A1' t='inlineStr'><is><t>{text}</t></is></c></row>")
    )


def _far() -> bytes:
    cells = "<row r='1'><c r='A1'><v>1</v></c></row><row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"
    return repacked(GOOD, sheet=sheet_of(cells))


def _wide() -> bytes:
    rows = (
        f"<row r='{n}'><c r='A{n}'><v>1</v></c><c r='XFD{n}'><v>1</v></c></row>" for n in range(1, 60_000)
    )
    return repacked(GOOD, sheet=sheet_of("".join(rows)))


BOMBS: dict[str, Callable[[], bytes]] = {
    "a sheet that swells": _swollen,
    "a sheet whose size is a lie": lambda: _lying(_swollen()),
    "two cells at the ends of the earth": _far,
    "wide rows": _wide,
    "many entries": lambda: repacked(GOOD, **{f"xl/media/{n}.bin": b"x" for n in range(1_200)}),
}
"""Files that are small and would become large."""


@pytest.mark.parametrize("name", BOMBS)
def test_a_hostile_file_costs_little(name: str) -> None:
    content = BOMBS[name]()
    assert len(content) < 20 * MEGABYTE
    memory, seconds, said = spent(content)
    assert memory < 500 * MEGABYTE
    assert seconds < 240
    assert "Bảng tính" in said or "Không thấy dòng tiêu đề" in said or "Không đọc được" in said, said


def test_a_file_of_entities_is_no_bomb() -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "'
        + b"h" * 10_000
        + b'"><!ENTITY b "'
        + b"&a;" * 10_000
        + b'">]>'
        + sheet_of("<row r='1'><c r='A1' t='inlineStr'><is><t>&b;</t></is></c></row>")[21:]
    )
    memory, seconds, said = spent(repacked(GOOD, sheet=bomb))
    assert memory < 500 * MEGABYTE
    assert seconds < 240
    assert not said.isdigit()


def test_the_size_of_the_real_thing_is_read_quickly() -> None:
    rows = [dict.fromkeys(HEADERS, "Ủy ban nhân dân") | {"national_id": f"{n:012}"} for n in range(30_483)]
    content = xlsx(rows, HEADERS)
    assert len(HEADERS) == 46
    begun = time.monotonic()
    memory, _, said = spent(content)
    assert said == "30483"
    assert memory < 700 * MEGABYTE
    assert time.monotonic() - begun < 300


def test_too_many_rows_are_told() -> None:
    content = ("Số định danh\n" + "002185000123\n" * (reading.MOST_ROWS + 1)).encode()
    with pytest.raises(Unreadable, match="50000 dòng"):
        read(content)


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("mark", [True, False])
def test_a_table_is_read_with_any_separator(separator: str, *, mark: bool) -> None:
    row = newcomer(decision_issuer='UBND "huyện"; Mèo, Vạc')
    columns, lines = read(table([row], separator, mark=mark))
    assert lines == [Line(2, row)]
    assert {column.name for column in columns} == row.keys()


def test_values_of_formulas_and_days_arrive_as_text() -> None:
    row = newcomer() | {"full_name": ('=A1&" Mỷ"', "Giàng Thị Mỷ"), "step": 3, "started_on": date(2021, 3, 1)}
    cells = read(xlsx([row]))[1][0].cells
    assert (cells["full_name"], cells["step"], cells["started_on"]) == ("Giàng Thị Mỷ", "3", "2021-03-01")


def test_a_cell_that_begins_like_a_formula_is_text() -> None:
    cells = read(table([newcomer(other_names="=1+1")]))[1][0].cells
    assert cells["other_names"] == "=1+1"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("Tên;Tuổi", "Không thấy dòng tiêu đề"),
        ("Số định danh;Lương tháng 13", "Không có cột «Lương tháng 13»"),
        ("Số định danh;Họ và tên;Họ và tên", "«Họ và tên» có hai lần"),
        ('Số định danh;"Họ', "dấu ngoặc kép"),
        ("Số định danh;Họ và tên\n;\n", "không có dòng dữ liệu"),
    ],
)
def test_a_header_that_can_t_be_taken_is_told(head: str, said: str) -> None:
    rows = "" if head.endswith("\n") else "\n002185000123;x;y\n"
    with pytest.raises(Unreadable, match=said):
        read((head + rows).encode())


def test_the_header_is_found_under_a_title_and_rows_keep_their_numbers() -> None:
    content = "DANH SÁCH CÁN BỘ\n\nSTT;số định danh *;HỌ VÀ TÊN\n1;002185000123;Giàng Mỷ\n;;\n"
    content += "2;002185000124;Sùng Pó\n"
    lines = read(content.encode())[1]
    assert [(line.number, line.cells["full_name"]) for line in lines] == [(4, "Giàng Mỷ"), (6, "Sùng Pó")]
