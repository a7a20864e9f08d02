"""Words of work that waits: days left, reminders, where a dossier is opened."""

from collections.abc import Mapping
from typing import Any, Final

from app.ui.display import date_vn, number_vn, parse_iso
from app.ui.texts import _

Row = Mapping[str, Any]

PAGES: Final = {
    "plan": "/quy-hoach/",
    "appointment": "/bo-nhiem/",
    "post_change": "/chuyen-doi/",
    "rotation": "/luan-chuyen/",
    "rotation_plan": "/luan-chuyen/ke-hoach/",
}
"""Where a dossier of each kind is seen; a kind that comes adds its line here."""

OPEN_TERM: Final = "open_reappointment"
"""The action that the button «Lập hồ sơ bổ nhiệm lại» takes."""

STATE: Final = {
    "draft": _("Đang soạn"),
    "notified": _("Đã thông báo"),
    "self_reviewed": _("Đã tự nhận xét"),
    "submitted": _("Đã trình"),
    "returned": _("Bị trả lại"),
}
"""States of the dossier about a term."""

OVERDUE: Final = {"true": _("Đã quá hạn"), "false": _("Chưa đến hạn")}


def left(row: Row, today: object) -> str:
    """How long until it is due, or since when it is late, in words."""
    due, now = parse_iso(row.get("due_on")), parse_iso(today)
    if due is None or now is None:
        return ""
    days = (due - now).days
    if days < 0:
        return _("quá hạn %s ngày") % number_vn(-days)
    return _("còn %s ngày") % number_vn(days) if days else _("hết hạn hôm nay")


def is_late(row: Row, today: object) -> bool:
    """Whether the day it was due is there or past."""
    due = row.get("due_on")
    return bool(due) and str(due) <= str(today)


def reminder(row: Row) -> str:
    """One reminder of the rule set: how many days before the end, and on which day."""
    name, on = str(row["name"]), date_vn(row["on"])
    if name == "legal":
        return _("hạn thông báo %s") % on
    return _("trước %(n)s ngày: %(d)s") % {"n": name.removeprefix("T-"), "d": on}


def next_reminder(row: Row) -> str:
    """The next reminder still to come; "" where all are past or none is set."""
    ahead = [one for one in row.get("reminders") or [] if not one["past"]]
    return reminder(ahead[0]) if ahead else ""


def address(row: Row) -> str:
    """Where the dossier of an item is opened; "" where it has none, or no page."""
    dossier = row.get("dossier") or {}
    page = PAGES.get(str(dossier.get("type")))
    return f"{page}{dossier['id']}" if page else ""


def steps(row: Row) -> str:
    """What one may do about an item: the names of its steps."""
    return ", ".join(str(one["name"]) for one in row["actions"])
