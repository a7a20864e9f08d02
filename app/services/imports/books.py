"""The files people get: the template, and the faulty rows with their reasons; both from the one table."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from app.services.imports.cells import Codes
from app.services.imports.columns import COLUMNS, Column, Kind
from app.services.imports.world import lists
from app.services.scope import ScopedSession

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins with one of these could be taken for a formula (design §7)."""
FAULT_HEADER = "Lỗi"
PEOPLE, CODES = "Cán bộ", "Danh mục"
ROWS_WITH_LISTS = 5_000
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def quoted(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def template_xlsx(session: ScopedSession) -> bytes:
    """The template: Vietnamese headers, notes, and the code lists as drop-downs."""
    return _book(lists(session), [], faults=False)


def template_csv() -> bytes:
    """The header alone, in UTF-8 with the mark by which Excel knows it."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerow([column.header for column in COLUMNS])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def errors_xlsx(session: ScopedSession, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Faulty rows as they were typed, each with what is wrong in it; to be mended and sent again."""
    return _book(lists(session), rows, faults=True)


def _book(codes: Mapping[str, Codes], rows: Iterable[Mapping[str, Any]], *, faults: bool) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, _OPTIONS)
    sheet = book.add_worksheet(PEOPLE)
    head = book.add_format({"bold": True, "bg_color": "#DDE6F0", "text_wrap": True, "valign": "top"})
    plain = book.add_format({"num_format": "@"})
    wrong = book.add_format({"num_format": "@", "bg_color": "#F8D7DA"})
    reasons = book.add_format({"num_format": "@", "text_wrap": True})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width, plain)
        sheet.write_string(0, place, f"{column.header} *" if column.required else column.header, head)
        note = _note(column, codes)
        if note:
            sheet.write_comment(0, place, note)
    _drop_downs(book.add_worksheet(CODES), sheet, codes, head)
    if not faults:
        return _closed(book, target)
    last = len(COLUMNS)
    sheet.set_column(last, last, 60, reasons)
    sheet.write_string(0, last, FAULT_HEADER, head)
    for line, row in enumerate(rows, 1):
        said = [message for message in row["messages"] if message["level"] == "error"]
        bad = {message["column"] for message in said}
        for place, column in enumerate(COLUMNS):
            text = row["cells"].get(column.name, "")
            if text or column.name in bad:
                sheet.write_string(line, place, quoted(text), wrong if column.name in bad else plain)
        sheet.write_string(line, last, quoted("\n".join(_reason(message) for message in said)), reasons)
    return _closed(book, target)


def _closed(book: Any, target: io.BytesIO) -> bytes:  # noqa: ANN401 - a workbook
    book.close()
    return target.getvalue()


def _reason(message: Mapping[str, Any]) -> str:
    accepted = f" Chấp nhận: {', '.join(message['accepted'])}." if message["accepted"] else ""
    return f"{message['header']}: {message['detail']}{accepted}"


def _note(column: Column, codes: Mapping[str, Codes]) -> str:
    """What a cell of a column may hold, in words."""
    accepted = accepted_of(column, codes)
    listed = f"Chọn: {', '.join(accepted)}." if accepted and len(accepted) <= 12 else ""  # noqa: PLR2004 - a note's length
    return " ".join(part for part in (column.note, listed) if part)


def accepted_of(column: Column, codes: Mapping[str, Codes]) -> list[str]:
    """The words a choice is taken from; none for other columns."""
    return list(codes[column.codes].words.values()) if column.kind is Kind.CHOICE else []


def _drop_downs(place: Any, sheet: Any, codes: Mapping[str, Codes], head: Any) -> None:  # noqa: ANN401 - sheets
    """The code lists on a sheet of their own, and the cells that choose from them."""
    choices = [column for column in COLUMNS if column.kind is Kind.CHOICE]
    for at, column in enumerate(choices):
        words = accepted_of(column, codes)
        place.set_column(at, at, 28)
        place.write_string(0, at, column.header, head)
        for line, word in enumerate(words, 1):
            place.write_string(line, at, word)
        name = _letters(at)
        sheet.data_validation(
            1,
            COLUMNS.index(column),
            ROWS_WITH_LISTS,
            COLUMNS.index(column),
            {
                "validate": "list",
                "source": f"='{CODES}'!${name}$2:${name}${len(words) + 1}",
                "error_title": column.header,
                "error_message": "Hãy chọn trong danh mục.",
            },
        )


def _letters(place: int) -> str:
    """The name of a column by its place, from A on."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def columns(session: ScopedSession) -> list[dict[str, Any]]:
    """The columns of the template with what each accepts."""
    codes = lists(session)
    return [
        {
            "name": column.name,
            "header": column.header,
            "kind": column.kind.value,
            "required": column.required,
            "note": column.note,
            "accepted": accepted_of(column, codes),
        }
        for column in COLUMNS
    ]
