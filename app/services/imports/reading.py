"""From the bytes of a file to rows of text: what it is by its content, how large unpacked, its header."""

import csv
import io
import marshal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.services.errors import Invalid
from app.services.imports.columns import BY_HEADER, COLUMNS, IGNORED, KEYS, Column, header_key

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
MOST_ROWS = 50_000
MOST_CELLS = 4_000_000
MOST_ENTRIES = 1_000
LARGEST_UNPACKED = 160 * 1024 * 1024
HIGHEST_RATIO = 200
"""Unpacked bytes to packed ones of a whole workbook: real ones stay below 30."""
RATIO_COUNTS_FROM = 8 * 1024 * 1024
SEEN_FOR_HEADER = 10
FEWEST_HEADERS = 2
"""A row with so many of our headers, or with one that persons are matched by, is the header."""
LONGEST_CELL = 2_000
SANDBOX = Path(__file__).with_name("sandbox.py")
PATIENCE = 120

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_FAULTS = {
    "password": "Tệp được đặt mật khẩu. Hãy bỏ mật khẩu rồi tải lại.",
    "broken": "Không đọc được bảng tính trong tệp. Hãy mở bằng Excel, lưu lại dạng .xlsx rồi tải lên.",
}
_TOO_LARGE = "Bảng tính khi mở ra quá lớn. Hãy chỉ giữ trang dữ liệu, chia tệp rồi tải lại."


class Unreadable(Invalid):
    """The file can't be taken; the detail says why and what to do."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail, ())


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the file: its number there, and its cells by column name."""

    number: int
    cells: dict[str, str]


def sniff(content: bytes) -> str:
    """The type of a file by its content; Unreadable for all but .xlsx and .csv in UTF-8."""
    if content.startswith(_ZIP):
        _check_zip(content)
        return XLSX
    if content.startswith(_OLE):
        raise Unreadable("Tệp là dạng .xls cũ hoặc có mật khẩu. Hãy lưu lại dạng .xlsx không mật khẩu.")
    if not content.strip():
        raise Unreadable("Tệp trống.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("Tệp không phải .xlsx, cũng không phải .csv mã hóa UTF-8.") from error
    if any(ord(letter) < ord(" ") and letter not in "\t\r\n" for letter in text[:100_000]):
        raise Unreadable("Tệp không phải .xlsx, cũng không phải .csv mã hóa UTF-8.")
    return CSV


def _check_zip(content: bytes) -> None:
    """A workbook by its table of contents, and not one that swells: nothing is unpacked for this."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
        raise Unreadable(_FAULTS["broken"]) from error
    if "xl/workbook.xml" not in {entry.filename for entry in entries}:
        raise Unreadable("Tệp nén này không phải bảng tính .xlsx.")
    unpacked = sum(entry.file_size for entry in entries)
    swells = unpacked > RATIO_COUNTS_FROM and unpacked > HIGHEST_RATIO * len(content)
    if len(entries) > MOST_ENTRIES or unpacked > LARGEST_UNPACKED or swells:
        raise Unreadable(_TOO_LARGE)


def read(content: bytes) -> tuple[list[Column], list[Line]]:
    """The columns that stand in a file and its rows that aren't empty; Unreadable says what is wrong."""
    rows = _sheet(content) if sniff(content) == XLSX else _table(content)
    columns: list[Column | None] | None = None
    lines: list[Line] = []
    cells = 0
    for number, row in enumerate(rows, 1):
        if columns is None:
            columns = _header(row)
            if columns is None and number >= SEEN_FOR_HEADER:
                break
            continue
        found = {
            column.name: value.replace("\0", " ")[:LONGEST_CELL].strip()
            for column, value in zip(columns, row, strict=False)
            if column is not None and value and not value.isspace()
        }
        cells += len(row)
        if cells > MOST_CELLS:
            raise Unreadable(_TOO_LARGE)
        if found:
            lines.append(Line(number, found))
        if len(lines) > MOST_ROWS:
            raise Unreadable(f"Mỗi tệp nhận tối đa {MOST_ROWS} dòng. Hãy chia tệp.")
    if columns is None:
        raise Unreadable("Không thấy dòng tiêu đề (Mã cán bộ, Số định danh, Họ và tên, …). Hãy dùng tệp mẫu.")
    if not lines:
        raise Unreadable("Tệp không có dòng dữ liệu nào dưới dòng tiêu đề.")
    return [column for column in columns if column is not None], lines


def _header(row: list[str]) -> list[Column | None] | None:
    """The columns of a header row; None if this row is none."""
    keys = [header_key(cell[:200]) for cell in row]
    found = [BY_HEADER.get(key) for key in keys]
    known = {column.name for column in found if column is not None}
    if len(known) < FEWEST_HEADERS and known.isdisjoint(KEYS):
        return None
    unknown = [
        cell.strip()[:60]
        for cell, key, column in zip(row, keys, found, strict=True)
        if column is None and key and key not in IGNORED
    ]
    if unknown:
        listed = ", ".join(column.header for column in COLUMNS)
        raise Unreadable(f"Không có cột «{'», «'.join(unknown[:5])}» trong mẫu. Các cột: {listed}."[:500])
    named = [column.header for column in found if column is not None]
    twice = sorted({header for header in named if named.count(header) > 1})
    if twice:
        raise Unreadable(f"Cột «{twice[0]}» có hai lần. Hãy bỏ một cột.")
    return found


def _table(content: bytes) -> Iterator[list[str]]:
    text = content.decode("utf-8-sig")
    head = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(";,\t", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    except csv.Error as error:
        raise Unreadable("Tệp .csv viết sai dấu ngoặc kép hoặc dấu ngăn cột.") from error


def _sheet(content: bytes) -> Iterator[list[str]]:
    """The rows of the first sheet, read in a process of its own with bounded memory and time."""
    child = subprocess.Popen(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-I", str(SANDBOX)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdin is not None  # noqa: S101 - piped above
    assert child.stdout is not None  # noqa: S101 - likewise
    assert child.stderr is not None  # noqa: S101 - likewise
    with child:
        try:
            try:
                child.stdin.write(content)
                child.stdin.close()
            except BrokenPipeError:
                pass  # it died before it had read everything; why is told below
            while True:
                frame: list[list[str]] | None = marshal.load(child.stdout)  # noqa: S302 - our own child
                if frame is None:
                    return
                yield from frame
        except (EOFError, ValueError, TypeError) as error:
            child.wait(PATIENCE)
            word = child.stderr.read(200).decode("ascii", "replace").strip()
            raise Unreadable(_FAULTS.get(word, _TOO_LARGE)) from error
        finally:
            child.kill()
