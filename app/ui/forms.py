"""Forms: what people type, read the Vietnamese way; what is wrong, said beside the field it is wrong in."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from app.ui.client import Json, Problem
from app.ui.display import date_vn
from app.ui.texts import _

Precision = Literal["day", "month", "year"]
Kind = Literal["text", "date", "select", "check", "integer", "area", "decimal"]
CENTURY_TURN = 50
SHORT_YEAR, LONG_YEAR = 2, 4
CONFLICT, STALE, UNPROCESSABLE = 409, 412, 422

_DAY = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})")
_RUN = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})")
_MONTH = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{4})")
_YEAR = re.compile(r"(\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True)
class Typed:
    """A date as far as somebody knew it."""

    day: date
    precision: Precision = "day"


def read_date(text: str, *, coarse: bool = False) -> Typed | None:
    """Read 1/9/24, 01.09.2024, 010924, 2024-09-01; with `coarse` also 09/2007 and 2007. None: no date.

    A two-digit year below 50 is of this century.
    """
    text = text.strip()
    if found := _ISO.fullmatch(text):
        year, month, day = found.groups()
        return _date(day, month, year, "day")
    if found := _DAY.fullmatch(text) or _RUN.fullmatch(text):
        return _date(found[1], found[2], found[3], "day")
    if coarse and (found := _MONTH.fullmatch(text)):
        return _date("1", found[1], found[2], "month")
    if coarse and (found := _YEAR.fullmatch(text)):
        return _date("1", "1", found[1], "year")
    return None


def _date(day: str, month: str, year: str, precision: Precision) -> Typed | None:
    number = int(year)
    if len(year) == SHORT_YEAR:
        number += 2000 if number < CENTURY_TURN else 1900
    try:
        return Typed(date(number, int(month), int(day)), precision)
    except ValueError:
        return None


def read_number(text: str) -> Decimal | None:
    """Read 1234,5 and 1.234,5 (a point groups thousands, a comma begins decimals); None: no number."""
    text = text.strip().replace(" ", "")
    if "," in text:
        text = text.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"\d{1,3}(\.\d{3})+", text):
        text = text.replace(".", "")
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@dataclass(frozen=True)
class Field:
    """One control: its name in the form, its place in the API's body, and what it accepts."""

    name: str
    label: str
    pointer: str
    kind: Kind = "text"
    required: bool = False
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    coarse: str = ""  # pointer of the precision, where a month or a year is enough
    most: int = 200
    half: bool = False  # shares its row with the next field
    autocomplete: str = "off"


@dataclass
class Form:
    """A form as filled in: raw texts, and errors by field name. `""` holds those that belong to no field."""

    fields: Sequence[Field]
    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    key: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    etag: str = ""
    stale: dict[str, Any] | None = None
    findings: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def of(cls, fields: Sequence[Field], record: Mapping[str, Any], *, etag: str = "") -> "Form":
        """A form that shows a record of the API."""
        return cls(fields, {f.name: show(f, record) for f in fields}, etag=etag)

    @classmethod
    def typed(cls, fields: Sequence[Field], sent: Mapping[str, str]) -> "Form":
        """A form as it came back, with the key and version it was rendered with."""
        form = cls(fields, {f.name: sent.get(f.name, "").strip() for f in fields}, etag=sent.get("_etag", ""))
        if re.fullmatch(r"[A-Za-z0-9_-]{16,64}", sent.get("_key", "")):
            form.key = sent["_key"]
        return form

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")

    def field(self, name: str) -> Field:
        """The control of that name."""
        return next(f for f in self.fields if f.name == name)

    @property
    def wrong(self) -> bool:
        """Whether anything stands in the way."""
        return bool(self.errors)

    def fail(self, name: str, message: str) -> None:
        """Say what is wrong with a field."""
        self.errors.setdefault(name, []).append(message)

    def need(self, *names: str) -> None:
        """Fields that must be filled once another one is."""
        for name in names:
            if not self[name] and name not in self.errors:
                self.fail(name, _("%s: chưa nhập") % self.field(name).label)

    def payload(self, *, blank: bool = False) -> dict[str, Any]:
        """The body for the API, nested by pointer. Empty ones are left out, or null with `blank`."""
        body: dict[str, Any] = {}
        for control in self.fields:
            raw = self.values.get(control.name, "")
            if raw == "" and control.kind != "check":
                if control.required:
                    self.fail(control.name, _("%s: chưa nhập") % control.label)
                elif blank:
                    _put(body, control.pointer, None)
                continue
            if len(raw) > control.most:
                self.fail(
                    control.name, _("%(l)s: dài quá %(n)s ký tự") % {"l": control.label, "n": control.most}
                )
                continue
            self._take(body, control, raw)
        return body

    def _take(self, body: dict[str, Any], control: Field, raw: str) -> None:
        if control.kind == "date":
            typed = read_date(raw, coarse=bool(control.coarse))
            if typed is None:
                shape = _("ngày/tháng/năm, tháng/năm hoặc năm") if control.coarse else _("ngày/tháng/năm")
                self.fail(
                    control.name,
                    _("%(l)s: «%(v)s» không phải là ngày; nhập dạng %(s)s")
                    % {"l": control.label, "v": raw[:30], "s": shape},
                )
                return
            _put(body, control.pointer, typed.day.isoformat())
            if control.coarse:
                _put(body, control.coarse, typed.precision)
        elif control.kind in {"integer", "decimal"}:
            number = read_number(raw)
            if number is None or (control.kind == "integer" and number != number.to_integral_value()):
                self.fail(
                    control.name, _("%(l)s: «%(v)s» không phải là số") % {"l": control.label, "v": raw[:30]}
                )
                return
            _put(body, control.pointer, int(number) if control.kind == "integer" else str(number))
        elif control.kind == "check":
            _put(body, control.pointer, raw in {"1", "on", "true"})
        elif control.kind == "select" and raw not in {value for value, _label in control.options}:
            self.fail(control.name, _("%s: chọn một giá trị trong danh sách") % control.label)
        else:
            _put(body, control.pointer, raw)

    def refused(self, problem: Problem) -> "Form":
        """Show an API's refusal in the form: each error beside its field, the rest in the summary."""
        for error in problem.errors:
            pointer = str(error.get("pointer", ""))
            owner = next((f for f in self.fields if pointer in {f.pointer, f.coarse} and pointer), None)
            detail = str(error.get("detail", "")) or _("Giá trị không được chấp nhận")
            if owner is None:
                self.fail("", detail)
            else:
                self.fail(owner.name, f"{owner.label}: {detail[:1].lower()}{detail[1:]}")
        self.findings = problem.findings
        if not problem.errors:
            self.fail("", problem.detail or problem.title or _("Chưa ghi được"))
        return self

    def summary(self) -> list[tuple[str, str]]:
        """(field name, message) in the order of the form; messages without a field come last."""
        named = [(f.name, message) for f in self.fields for message in self.errors.get(f.name, [])]
        return named + [("", message) for message in self.errors.get("", [])]

    def differences(self) -> list[tuple[str, str, str]]:
        """(label, stored now, typed here) of a form that was overtaken by another change."""
        if self.stale is None:
            return []
        now = {f.name: show(f, self.stale) for f in self.fields}
        words = {f.name: dict(f.options) for f in self.fields}
        return [
            (
                f.label,
                words[f.name].get(now[f.name], now[f.name]),
                words[f.name].get(self[f.name], self[f.name]),
            )
            for f in self.fields
            if now[f.name] != self[f.name]
        ]


def show(control: Field, record: Mapping[str, Any]) -> str:
    """A record's value as its control shows it."""
    value = _pick(record, control.pointer)
    if value is None:
        return ""
    if control.kind == "date":
        return date_vn(value, str(_pick(record, control.coarse) or "day") if control.coarse else "day")
    if control.kind == "check":
        return "1" if value else ""
    if control.kind == "decimal":
        return str(value).replace(".", ",")
    return str(value)


def _pick(record: Mapping[str, Any], pointer: str) -> Json:
    value: Json = record
    for part in pointer.strip("/").split("/"):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value


def _put(body: dict[str, Any], pointer: str, value: Json) -> None:
    *parents, last = pointer.strip("/").split("/")
    for part in parents:
        body = body.setdefault(part, {})
    body[last] = value
