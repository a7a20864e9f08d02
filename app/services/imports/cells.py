"""From the text of a cell to its value, or to what is wrong with it; each text of a column is read once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from app.models.base import nfc, search_key
from app.models.cadre import BirthPrecision
from app.services.imports.columns import Column, Kind

CENTURY_TURN = 50
"""A two-digit year below this is of this century, as in the forms."""

FIRST_SERIAL, LAST_SERIAL = 7_306, 73_050
"""Days that Excel counts from 30/12/1899: 1920 to 2099."""
_SERIAL_ZERO = date(1899, 12, 30)
EARLIEST, LATEST = date(1920, 1, 1), date(2099, 12, 31)
MOST_ACCEPTED = 12
SHORT_YEAR = 2

_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})", re.ASCII)
_RUN = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2})?)?", re.ASCII)
_MONTH = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{4})", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_FIVE = re.compile(r"(\d)(\d{2})(\d{2})", re.ASCII)
_NATIONAL_ID = re.compile(r"\d{9}(?:\d{3})?", re.ASCII)
_CODE = re.compile(r"[A-Z]{2}-\d{3,8}", re.ASCII)
_INTEGER = re.compile(r"\d{1,9}", re.ASCII)
_DECIMAL = re.compile(r"(\d{1,2})(?:[.,](\d{1,2}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Read:
    """What a cell says: a value, or what is wrong; `warned` where it was understood with a doubt."""

    value: Any = None
    fault: str = ""
    warning: str = ""
    accepted: tuple[str, ...] = ()


@dataclass(slots=True)
class Codes:
    """One list: its words in order, and every spelling that is taken for a code."""

    words: dict[str, str]
    spelt: dict[str, str] = field(default_factory=dict)
    folded: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for code, word in self.words.items():
            self.spelt[code.casefold()] = code
            self.spelt[nfc(word).casefold()] = code
            # «Cao cấp» for «Cao cấp (gồm cử nhân chính trị)», where no other entry begins so.
            self.spelt.setdefault(nfc(word).casefold().partition(" (")[0], code)
            self.folded.setdefault(search_key(word), set()).add(code)

    def find(self, text: str) -> str | None:
        """The code of a word, with or without its tone marks if only one can be meant."""
        found = self.spelt.get(text.casefold())
        if found is None:
            near = self.folded.get(search_key(text), set())
            found = next(iter(near)) if len(near) == 1 else None
        return found

    def accepted(self) -> tuple[str, ...]:
        """The words, as many as one cares to read."""
        words = tuple(self.words.values())
        return words if len(words) <= MOST_ACCEPTED else (*words[:MOST_ACCEPTED], "…")


class Reader:
    """Reads cells of all columns with the code lists of the day; remembers each text it has seen."""

    def __init__(self, lists: Mapping[str, Codes]) -> None:
        self._lists = lists
        self._seen: dict[str, dict[str, Read]] = {}

    def read(self, column: Column, text: str) -> Read:
        """The value of a cell, or its fault."""
        seen = self._seen.setdefault(column.name, {})
        found = seen.get(text)
        if found is None:
            found = seen[text] = self._fresh(column, nfc(text))
        return found

    def _fresh(self, column: Column, text: str) -> Read:
        if column.kind is Kind.CHOICE:
            return _choice(self._lists[column.codes], text)
        return _WAYS_TO_READ[column.kind](column, text)


def _choice(codes: Codes, text: str) -> Read:
    found = codes.find(text)
    if found is None:
        return Read(fault="Không có trong danh mục.", accepted=codes.accepted())
    return Read(found)


def _code(_column: Column, text: str) -> Read:
    found = text.upper()
    if _CODE.fullmatch(found):
        return Read(found)
    return Read(fault="Mã cán bộ có dạng hai chữ cái, gạch nối, 3–8 số.", accepted=("HG-00123",))


def _name(column: Column, text: str) -> Read:
    return _text(column, text) if " " in text else Read(fault="Cần cả họ và tên.")


def _text(column: Column, text: str) -> Read:
    if len(text) > column.longest:
        return Read(fault=f"Dài quá {column.longest} ký tự.")
    return Read(text)


def _national_id(_column: Column, text: str) -> Read:
    plain = text.replace(" ", "").replace(".", "")
    if _NATIONAL_ID.fullmatch(plain):
        return Read(plain)
    return Read(
        fault="Cần 12 số (CCCD) hoặc 9 số (CMND). Nếu mất số 0 ở đầu, hãy định dạng cột là Văn bản (Text).",
        accepted=("002185000123",),
    )


def _integer(column: Column, text: str) -> Read:
    if _INTEGER.fullmatch(text) and column.low <= int(text) <= column.high:
        return Read(int(text))
    return Read(fault="Cần một số nguyên.", accepted=(f"{column.low}–{column.high}",))


def _hundredths(column: Column, text: str) -> Read:
    found = _DECIMAL.fullmatch(text)
    if found:
        value = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
        if column.low <= value <= column.high:
            return Read(value)
    low, high = (f"{end // 100},{end % 100:02}" for end in (column.low, column.high))
    return Read(fault="Cần một hệ số, tối đa hai số lẻ.", accepted=(f"{low}–{high}",))


_WAYS = ("1/9/2021", "1/9/21", "010921", "2021-09-01")
_COARSE = ("09/1975", "1975")
_DATE_FAULT = "Không phải một ngày có thật."


def day(text: str) -> Read:
    """A whole day, in any way people type one; a bare month or year is too little here."""
    found = _ISO.fullmatch(text)
    if found:
        return _of(found[3], found[2], found[1], accepted=_WAYS)
    found = _DAY.fullmatch(text) or _RUN.fullmatch(text)
    if found:
        return _of(found[1], found[2], found[3], accepted=_WAYS)
    if _FIVE.fullmatch(text):
        return _five(text)
    if _MONTH.fullmatch(text) or _YEAR.fullmatch(text):
        return Read(fault="Cần đủ ngày, tháng, năm.", accepted=_WAYS)
    return Read(fault=_DATE_FAULT, accepted=_WAYS)


def birth(text: str) -> Read:
    """A birth date with how exactly it is known: (day, precision); a missing part counts as the first."""
    month = _MONTH.fullmatch(text)
    if month:
        return _precise(_of("1", month[1], month[2], accepted=(*_WAYS, *_COARSE)), BirthPrecision.MONTH)
    if _YEAR.fullmatch(text):
        return _precise(_of("1", "1", text, accepted=(*_WAYS, *_COARSE)), BirthPrecision.YEAR)
    found = day(text)
    if found.fault:
        return Read(fault=found.fault, accepted=(*_WAYS, *_COARSE))
    return _precise(found, BirthPrecision.DAY)


def _precise(found: Read, precision: BirthPrecision) -> Read:
    return found if found.fault else Read((found.value, precision.value), warning=found.warning)


def _of(day_: str, month: str, year: str, *, accepted: tuple[str, ...]) -> Read:
    number = int(year)
    if len(year) == SHORT_YEAR:
        number += 2000 if number < CENTURY_TURN else 1900
    try:
        value = date(number, int(month), int(day_))
    except ValueError:
        return Read(fault=_DATE_FAULT, accepted=accepted)
    if not EARLIEST <= value <= LATEST:
        return Read(fault="Năm phải từ 1920 đến 2099.", accepted=accepted)
    return Read(value)


def _five(text: str) -> Read:
    """Five digits: a day as Excel counts them, unless they may be a run of day, month, year without its 0."""
    serial = int(text)
    if not FIRST_SERIAL <= serial <= LAST_SERIAL:
        return Read(fault=_DATE_FAULT, accepted=_WAYS)
    value = _SERIAL_ZERO + timedelta(days=serial)
    run = _FIVE.fullmatch(text)
    if run and not _of(run[1], run[2], run[3], accepted=()).fault:
        return Read(
            fault=f"Có thể là {value:%d/%m/%Y} (số ngày của Excel) hoặc 0{run[1]}/{run[2]}/{run[3]}.",
            accepted=_WAYS,
        )
    return Read(value, warning=f"Số {text} được hiểu là ngày {value:%d/%m/%Y} (số ngày của Excel).")


_WAYS_TO_READ: dict[Kind, Callable[[Column, str], Read]] = {
    Kind.TEXT: _text,
    Kind.NAME: _name,
    Kind.CODE: _code,
    Kind.NATIONAL_ID: _national_id,
    Kind.DATE: lambda _column, text: day(text),
    Kind.BIRTH: lambda _column, text: birth(text),
    Kind.INTEGER: _integer,
    Kind.HUNDREDTHS: _hundredths,
}
