"""Post changes in words: states, reasons, what a form asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

from app.ui import planning
from app.ui.display import date_vn
from app.ui.forms import Field
from app.ui.places import crowded
from app.ui.planning.judged import Verdict
from app.ui.texts import _

Row = Mapping[str, Any]

CLOCK: Final = {
    "overdue": _("Quá hạn"),
    "due": _("Đến hạn hôm nay"),
    "due_soon": _("Sắp đến hạn"),
    "exempt": _("Được miễn"),
}
CLOCK_LOOKS: Final = {
    "overdue": ("bad", "circle-x"),
    "due": ("warn", "triangle-alert"),
    "due_soon": ("info", "clock"),
    "exempt": ("", "shield-check"),
}
STATE: Final = {
    "draft": _("Đang soạn"),
    "proposed": _("Đã đề nghị"),
    "returned": _("Trả lại"),
    "decided": _("Đã quyết định"),
    "published": _("Đã công khai"),
    "closed": _("Đã đóng"),
    "cancelled": _("Đã dừng"),
}
STATE_LOOKS: Final = {
    "draft": ("", "pencil-line"),
    "proposed": ("info", "clock"),
    "returned": ("warn", "history"),
    "decided": ("ok", "circle-check"),
    "published": ("ok", "circle-check"),
    "closed": ("", "lock"),
    "cancelled": ("", "ban"),
}
OUTCOME: Final = {
    "change": _("Chuyển sang vị trí khác"),
    "exempt": _("Miễn chuyển đổi có thời hạn"),
}
REASON: Final = {
    "only_post": _("Vị trí duy nhất của đơn vị"),
    "near_retirement": _("Sắp đến tuổi nghỉ hưu"),
    "illness": _("Đang điều trị bệnh"),
    "maternity": _("Thai sản, nuôi con nhỏ"),
    "under_review": _("Đang bị xem xét, xử lý"),
    "other": _("Lý do khác"),
}
SLUG: Final = {
    "propose": "de-nghi",
    "return": "tra-lai",
    "decide": "quyet-dinh",
    "publish": "cong-khai",
    "close": "dong",
    "cancel": "dung",
}
DONE: Final = {
    "mo": _("Đã mở hồ sơ. Hãy ghi nội dung đề nghị rồi gửi cấp có thẩm quyền."),
    "ghi": _("Đã ghi nội dung đề nghị."),
    "de-nghi": _("Đã đề nghị. Cấp có thẩm quyền sẽ xem và quyết định."),
    "tra-lai": _("Đã trả lại hồ sơ kèm lý do."),
    "quyet-dinh": _("Đã ghi quyết định."),
    "cong-khai": _("Đã ghi nhận công khai."),
    "dong": _("Đã đóng hồ sơ."),
    "dung": _("Đã dừng hồ sơ."),
}
TELLS: Final = {
    "propose": _("Gửi hồ sơ tới cấp quản lý chức danh. Từ lúc này nội dung đề nghị không sửa được."),
    "return": _("Hồ sơ trở về nơi lập để sửa, kèm lý do ghi dưới đây."),
    "publish": _("Ghi nhận quyết định được công khai hôm nay."),
    "close": _("Kết thúc hồ sơ; quyết định vẫn giữ nguyên hiệu lực."),
    "cancel": _("Dừng hồ sơ khi không còn nhu cầu. Đồng hồ của người này chạy tiếp."),
}
DECIDES: Final = {
    "change": _("Từ ngày hiệu lực người này sang vị trí mới, vị trí cũ kết thúc cùng ngày."),
    "exempt": _("Từ ngày hiệu lực đến hết thời hạn miễn người này không bị tính là quá hạn."),
}
VERDICT: Final = planning.VERDICT
RULE: Final = {
    "post_change.overdue": _("Thời hạn giữ vị trí"),
    "post_change.exemption": _("Căn cứ miễn chuyển đổi"),
    "appointment.vacancy": _("Chỗ trống của vị trí mới"),
}


def about(row: Row) -> str:
    """Whom a dossier is about and what it proposes, in one line."""
    line = _("%(n)s, %(t)s, %(u)s. %(o)s") % {
        "n": row["cadre"]["full_name"],
        "t": row["title"]["name"],
        "u": row["unit"]["name"],
        "o": OUTCOME[row["outcome"]],
    }
    if row["new_post"]:
        new = row["new_post"]
        return _("%(l)s: %(t)s, %(u)s.") % {"l": line, "t": new["title"]["name"], "u": new["unit"]["name"]}
    if row["exempt_ends_on"]:
        return _("%(l)s đến hết ngày %(d)s.") % {"l": line, "d": date_vn(row["exempt_ends_on"])}
    return f"{line}."


def told(step: Row, outcome: str) -> str:
    """What a step does, in one sentence."""
    return DECIDES[outcome] if step["action"] == "decide" else TELLS.get(str(step["action"]), "")


def verdict(finding: Row) -> Verdict:
    """A finding as a verdict, by the name that these pages use."""
    found = planning.verdict(finding)
    return replace(found, name=RULE.get(found.rule, found.name))


def verdicts(findings: Sequence[Row]) -> list[Verdict]:
    """Findings as verdicts, worst first."""
    return [replace(one, name=RULE.get(one.rule, one.name)) for one in planning.verdicts(findings)]


def fields(posts: Sequence[Row], standing: Row | None, today: date) -> list[Field]:
    """What is proposed: another post, of those with a free seat and the one chosen before, or a stay."""
    options = {
        str(post["id"]): _("%(t)s, %(u)s (còn %(n)s chỗ)")
        % {"t": post["title"]["name"], "u": post["unit"]["name"], "n": post["vacant"]}
        for post in posts
    }
    if standing is not None:
        options.setdefault(
            str(standing["id"]),
            _("%(t)s, %(u)s") % {"t": standing["title"]["name"], "u": standing["unit"]["name"]},
        )
    return [
        Field("outcome", _("Đề nghị"), "/outcome", "select", required=True, options=tuple(OUTCOME.items())),
        Field(
            "post",
            _("Vị trí mới"),
            "/new_post_id",
            "select",
            options=tuple(options.items()),
            hint=crowded(len(posts))
            or _("Khi chuyển đổi: vị trí còn chỗ trống, không phải chức vụ lãnh đạo"),
        ),
        Field(
            "why",
            _("Lý do miễn"),
            "/exempt_reason",
            "select",
            options=tuple(REASON.items()),
            half=True,
        ),
        Field(
            "until",
            _("Miễn đến hết ngày"),
            "/exempt_ends_on",
            "date",
            half=True,
            hint=_("Khi miễn: từ %s trở đi") % date_vn(today),
        ),
        Field("reason", _("Ghi chú, căn cứ"), "/reason", "area", most=1000),
    ]


def record(row: Row) -> dict[str, Any]:
    """A dossier as its form shows it."""
    return {**row, "new_post_id": row["new_post"]["id"] if row["new_post"] else None}
