"""How an import and its job are told: steps, tabs, cells with what is wrong in them, time still needed."""

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Final

from app.ui.display import number_vn
from app.ui.texts import _

STATE: Final = {
    "uploaded": _("Chờ kiểm tra"),
    "validating": _("Đang kiểm tra"),
    "validated": _("Chờ ghi"),
    "committing": _("Đang ghi"),
    "committed": _("Đã ghi"),
    "failed": _("Không đọc được"),
    "cancelled": _("Đã hủy"),
}
MARK: Final = {
    "uploaded": ("info", "clock"),
    "validating": ("info", "clock"),
    "validated": ("warn", "clipboard-check"),
    "committing": ("info", "clock"),
    "committed": ("ok", "check"),
    "failed": ("bad", "x"),
    "cancelled": ("", "ban"),
}
JOB: Final = {"import_check": _("Kiểm tra tệp"), "import_commit": _("Ghi hồ sơ")}
JOB_STATE: Final = {
    "queued": _("Đang chờ"),
    "running": _("Đang chạy"),
    "done": _("Xong"),
    "failed": _("Không xong"),
    "cancelled": _("Đã hủy"),
}
JOB_MARK: Final = {
    "queued": ("", "clock"),
    "running": ("info", "clock"),
    "done": ("ok", "check"),
    "failed": ("bad", "x"),
    "cancelled": ("", "ban"),
}
ENDED: Final = frozenset({"done", "failed", "cancelled"})
WORKING: Final = frozenset({"uploaded", "validating", "committing"})

TABS: Final = {
    "loi": ("error", "errors", _("Dòng lỗi")),
    "canh-bao": ("warning", "warnings", _("Cảnh báo")),
    "cap-nhat": ("updated", "updated", _("Cập nhật")),
    "moi": ("new", "new", _("Thêm mới")),
    "khong-doi": ("unchanged", "unchanged", _("Không đổi")),
}
"""Tabs by their word in the address: the API's kind of row, its count, its name; errors come first."""

WRITTEN: Final = frozenset({"birth", "date", "integer", "hundredths", "national_id", "code"})
"""Kinds of column whose accepted values are ways of writing, not a list to choose from."""

ALWAYS: Final = ("full_name", "birth_date", "unit", "title")
NEWCOMER: Final = ("sex", "ethnicity", "assignment_kind", "started_on", "decision_number")
FEW = 6
"""Accepted values that are named in the cell; the others unfold."""

MINUTE, HOUR = 60, 3600
MOST_SEEN = 500


def tab_of(asked: str, counts: Mapping[str, int]) -> str:
    """The tab to show: the one asked for, else the first that holds a row."""
    if asked in TABS:
        return asked
    return next((word for word, (_kind, count, _name) in TABS.items() if counts.get(count)), "moi")


@dataclass(frozen=True)
class Cell:
    """One cell as typed, with what is to be said of it."""

    column: str
    header: str
    value: str
    messages: list[dict[str, Any]]
    written: bool
    """Whether accepted values are examples of how to write it, rather than all there are."""

    @property
    def look(self) -> str:
        """The style of the cell: an error outweighs a warning."""
        levels = {message["level"] for message in self.messages}
        return "err" if "error" in levels else "wrn" if levels else ""


@dataclass(frozen=True)
class Row:
    """One row of the file: its cells in the table's columns, the rest, and what would change."""

    number: int
    cadre_id: str | None
    state: str
    name: Cell
    cells: list[Cell]
    rest: list[Cell]
    changes: list[dict[str, Any]]

    @property
    def wrong(self) -> list[str]:
        """The columns with an error: said beside the name, since a wide table hides them to the right."""
        return [cell.header for cell in self.cells if cell.look == "err"]


@dataclass(frozen=True)
class Table:
    """Rows of a tab under the columns that matter for them."""

    headers: list[str]
    rows: list[Row]


def table(items: Sequence[Mapping[str, Any]], columns: Sequence[Mapping[str, Any]], kind: str) -> Table:
    """The rows of a tab. Columns: who and where, those with a message, and a newcomer's first facts."""
    order = [str(column["name"]) for column in columns]
    headers = {str(column["name"]): str(column["header"]) for column in columns}
    written = {str(column["name"]) for column in columns if column["kind"] in WRITTEN}
    told = {message["column"] for row in items for message in row["messages"]}
    wanted = told | set(ALWAYS) | (set(NEWCOMER) if kind == "new" else set())
    shown = [name for name in order if name in wanted and name != "full_name"]
    rows = [_row(row, order, headers, shown, written) for row in items]
    return Table([headers[name] for name in shown], rows)


def _row(
    row: Mapping[str, Any],
    order: Sequence[str],
    headers: Mapping[str, str],
    shown: Sequence[str],
    written: AbstractSet[str],
) -> Row:
    def cell(name: str) -> Cell:
        messages = [message for message in row["messages"] if message["column"] == name]
        return Cell(name, headers.get(name, name), str(row["cells"].get(name, "")), messages, name in written)

    rest = [
        cell(name) for name in order if name not in shown and name != "full_name" and row["cells"].get(name)
    ]
    return Row(
        row["number"],
        row.get("cadre_id"),
        row["state"],
        cell("full_name"),
        [cell(name) for name in shown],
        rest,
        list(row["changes"]),
    )


# ---- how far a job is ------------------------------------------------------------------------------------


@dataclass
class Paces:
    """How fast running jobs go, as this process has seen them; what the time still needed is guessed from."""

    seen: OrderedDict[str, tuple[int, float]] = field(default_factory=OrderedDict)

    def left(self, job: Mapping[str, Any], now: float | None = None) -> int | None:
        """Seconds a job may still need, from what it did since it was first seen; None while unknown.

        `now` is a monotonic clock's reading in seconds.
        """
        now = time.monotonic() if now is None else now
        key, done, total = str(job["id"]), int(job["done"]), int(job["total"])
        if job["state"] != "running":
            self.seen.pop(key, None)
            return None
        first, since = self.seen.setdefault(key, (done, now))
        while len(self.seen) > MOST_SEEN:
            self.seen.popitem(last=False)
        if done < first:  # begun again elsewhere
            self.seen[key] = (done, now)
            return None
        if done == first or now <= since or total <= done:
            return None
        return max(1, round((total - done) * (now - since) / (done - first)))


def duration(seconds: int) -> str:
    """A time to wait in round words: «khoảng 20 giây», «khoảng 3 phút»."""
    if seconds < MINUTE:
        return _("khoảng %s giây") % max(5, -(-seconds // 5) * 5)
    if seconds < HOUR:
        return _("khoảng %s phút") % -(-seconds // MINUTE)
    return _("khoảng %s giờ") % -(-seconds // HOUR)


@dataclass(frozen=True)
class Progress:
    """A job as its card tells it; `share` is None while the total isn't known."""

    job: dict[str, Any]
    title: str
    beside: str
    share: tuple[int, int] | None
    ended: bool
    spoken: str


def progress(job: dict[str, Any], found: Mapping[str, Any], left: int | None) -> Progress:
    """What a job is doing, how far it is, how long it may still take. `found`: the import it works on."""
    done, total, state = int(job["done"]), int(job["total"]), str(job["state"])
    writing = job["kind"] == "import_commit"
    # Rows are made ready one by one; then all are written at once, and nobody can see how far that is.
    at_once = writing and done == total
    verb = _("kiểm tra") if not writing else _("ghi hồ sơ") if at_once else _("chuẩn bị ghi")
    if state == "queued":
        title = _("Đang chờ đến lượt %s") % verb
    elif state == "running":
        title = _("Đang %s") % verb
        if total and not at_once:
            title = _("%(t)s: %(d)s trong %(n)s dòng") % {
                "t": title,
                "d": number_vn(done),
                "n": number_vn(total),
            }
        elif writing:
            counts = found["counts"]
            title = _("%(t)s: %(n)s dòng") % {"t": title, "n": number_vn(counts["new"] + counts["updated"])}
    elif state == "done":
        title = (
            _("Đã ghi %s dòng vào hồ sơ") % number_vn(done)
            if writing
            else _("Đã kiểm tra %s dòng") % number_vn(done)
        )
    elif state == "cancelled":
        title = _("Đã hủy, chưa ghi gì vào hồ sơ")
    else:
        title = _("Chưa ghi được") if writing else _("Chưa kiểm tra xong")
    beside = ""
    if state in {"queued", "running"}:
        wait = _("còn %s") % duration(left) if left is not None else ""
        once = _("ghi một lần, đủ cả hoặc không dòng nào") if at_once else ""
        beside = ", ".join(part for part in (wait, once, _("có thể rời trang này")) if part)
        beside = beside[:1].upper() + beside[1:] + "."
    share = (done, total) if total and state == "running" and not at_once else None
    # Read aloud by quarters: each row would be too much to listen to.
    quarter = _(", đã qua %s%%") % (100 * done // total // 25 * 25) if share else ""
    spoken = title if state != "running" else _("Đang %s") % verb + quarter
    return Progress(job, title, beside, share, state in ENDED, spoken)
