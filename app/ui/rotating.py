"""Rotations of leaders in words: states, purposes, what each form asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from app.ui import acting, planning, waiving
from app.ui.forms import Field
from app.ui.places import crowded
from app.ui.planning.judged import Verdict
from app.ui.texts import _

Row = Mapping[str, Any]

STATE: Final = {
    "draft": _("Đang soạn"),
    "consulted": _("Đã lấy ý kiến"),
    "submitted": _("Đã trình"),
    "decided": _("Đã quyết định"),
    "in_rotation": _("Đang luân chuyển"),
    "returned": _("Đã trở về"),
    "stayed": _("Ở lại nơi luân chuyển"),
    "promoted": _("Bố trí chức vụ cao hơn"),
    "ended_early": _("Kết thúc sớm"),
    "cancelled": _("Đã dừng"),
}
STATE_LOOKS: Final = {
    "draft": ("", "pencil-line"),
    "consulted": ("info", "clock"),
    "submitted": ("info", "clock"),
    "decided": ("ok", "circle-check"),
    "in_rotation": ("ok", "route"),
    "returned": ("", "history"),
    "stayed": ("", "lock"),
    "promoted": ("", "lock"),
    "ended_early": ("warn", "history"),
    "cancelled": ("", "ban"),
}
ITEM: Final = STATE | {"proposed": _("Chờ phê duyệt"), "approved": _("Chưa lập hồ sơ")}
ITEM_LOOKS: Final = STATE_LOOKS | {"proposed": ("", "pencil-line"), "approved": ("warn", "clock")}
PLAN: Final = {
    "draft": _("Đang soạn"),
    "submitted": _("Đã trình"),
    "returned": _("Trả lại"),
    "approved": _("Đã phê duyệt"),
}
PLAN_LOOKS: Final = {
    "draft": ("", "pencil-line"),
    "submitted": ("info", "clock"),
    "returned": ("warn", "history"),
    "approved": ("ok", "circle-check"),
}
PURPOSE: Final = {
    "training": _("Đào tạo, bồi dưỡng cán bộ quy hoạch"),
    "non_local_head": _("Bố trí người đứng đầu không là người địa phương"),
    "term_limit": _("Đã giữ chức vụ hai nhiệm kỳ liên tiếp"),
}
SLUG: Final = {
    "consult": "lay-y-kien",
    "submit": "trinh",
    "send_back": "tra-lai",
    "decide": "quyet-dinh",
    "begin": "den-nhan",
    "come_back": "tro-ve",
    "stay": "o-lai",
    "end_early": "ket-thuc-som",
    "promote": "bo-tri-cao-hon",
    "record_end": "da-thoi",
    "cancel": "dung",
}
PLAN_SLUG: Final = {"submit": "trinh", "return": "tra-lai", "approve": "phe-duyet", "amend": "bo-sung"}
MAIN: Final = ("consult", "submit", "decide", "begin", "approve")
"""Steps that lead on."""

DONE: Final = {
    "mo": _("Đã mở hồ sơ. Hãy ghi ý kiến của hai đơn vị."),
    "ghi": _("Đã ghi nội dung."),
    "lay-y-kien": _("Đã ghi nhận ý kiến của hai đơn vị."),
    "trinh": _("Đã trình. Cấp có thẩm quyền sẽ xem và quyết định."),
    "tra-lai": _("Đã trả lại kèm lý do."),
    "quyet-dinh": _("Đã ghi quyết định luân chuyển."),
    "den-nhan": _("Đã ghi việc đến nhận công tác."),
    "tro-ve": _("Đã ghi quyết định cho trở về."),
    "o-lai": _("Đã ghi quyết định cho ở lại."),
    "ket-thuc-som": _("Đã ghi quyết định kết thúc sớm."),
    "bo-tri-cao-hon": _("Đã ghi việc bố trí chức vụ cao hơn."),
    "da-thoi": _("Đã ghi việc thôi giữ vị trí."),
    "dung": _("Đã dừng hồ sơ."),
}
PLAN_DONE: Final = {
    "mo": _("Đã lập kế hoạch. Hãy thêm các vị trí luân chuyển."),
    "them": _("Đã thêm vào kế hoạch."),
    "sua": _("Đã sửa dòng kế hoạch."),
    "bo": _("Đã đưa dòng này ra khỏi kế hoạch."),
    "trinh": _("Đã trình kế hoạch."),
    "tra-lai": _("Đã trả lại kế hoạch kèm lý do."),
    "phe-duyet": _("Đã phê duyệt kế hoạch."),
    "bo-sung": _("Kế hoạch đã mở để bổ sung."),
}
TELLS: Final = {
    "consult": _("Ghi nhận cả hai đơn vị đã có ý kiến. Từ lúc này nội dung hồ sơ không sửa được."),
    "submit": _("Gửi hồ sơ tới cấp quản lý chức danh để quyết định."),
    "send_back": _("Hồ sơ trở về nơi lập để sửa, kèm lý do ghi dưới đây."),
    "decide": _("Từ ngày hiệu lực người này giữ vị trí luân chuyển, vị trí cũ kết thúc cùng ngày."),
    "begin": _("Ghi nhận người này đã đến nhận công tác."),
    "come_back": _("Từ ngày hiệu lực người này giữ vị trí bố trí sau luân chuyển đã ghi trong hồ sơ."),
    "stay": _("Từ ngày hiệu lực người này giữ chính vị trí đó, không còn là luân chuyển."),
    "end_early": _("Kết thúc trước thời gian dự kiến; người này sang vị trí bố trí đã ghi trong hồ sơ."),
    "promote": _("Ghi lại việc đã bố trí chức vụ cao hơn bằng quyết định bổ nhiệm riêng."),
    "record_end": _("Ghi lại việc đã thôi giữ vị trí luân chuyển theo quyết định khác."),
    "cancel": _("Dừng hồ sơ khi không còn nhu cầu."),
}
PLAN_TELLS: Final = {
    "submit": _("Gửi kế hoạch tới cấp phê duyệt. Từ lúc này không thêm, sửa, bỏ dòng nào được."),
    "return": _("Kế hoạch trở về nơi lập để sửa, kèm lý do ghi dưới đây."),
    "approve": _("Phê duyệt mọi dòng chưa được phê duyệt, từ ngày hiệu lực của quyết định."),
    "amend": _("Mở kế hoạch để thêm dòng; các dòng đã phê duyệt giữ nguyên."),
}
RULE: Final = (
    acting.RULE
    | waiving.RULE
    | {
        "appointment.vacancy": _("Chỗ trống của vị trí nơi đến"),
        "appointment.time_bar": _("Không đang trong thời hạn kỷ luật"),
    }
)
VERDICT: Final = planning.VERDICT
AWAY: Final = ("decided", "in_rotation")
"""States in which what comes afterwards is entered, and nothing else."""

_OPINION = 1000


def about(row: Row) -> str:
    """Who goes from where to where, in one line."""
    return _("%(n)s: từ %(f)s, %(fu)s đến %(t)s, %(tu)s.") % {
        "n": row["cadre"]["full_name"],
        "f": row["sender_title"]["name"],
        "fu": row["sender"]["name"],
        "t": row["title"]["name"],
        "tu": row["unit"]["name"],
    }


def plan_name(row: Row) -> str:
    """What a plan is called."""
    return _("Kế hoạch luân chuyển %(y)s, %(u)s") % {"y": row["year"], "u": row["unit"]["name"]}


def verdict(finding: Row) -> Verdict:
    """A finding as a verdict, by the name that these pages use."""
    found = planning.verdict(finding)
    return replace(found, name=RULE.get(found.rule, found.name))


def verdicts(findings: Sequence[Row]) -> list[Verdict]:
    """Findings as verdicts, worst first."""
    return [replace(one, name=RULE.get(one.rule, one.name)) for one in planning.verdicts(findings)]


def _seat(name: str, label: str, pointer: str, posts: Sequence[Row], *, required: bool = False) -> Field:
    """A select of posts, which says so where they are too many for it."""
    options = tuple((str(post["id"]), f"{post['title']['name']}, {post['unit']['name']}") for post in posts)
    hint = crowded(len(posts))
    return Field(name, label, pointer, "select", required=required, options=options, hint=hint)


def plan_fields(units: Sequence[Row]) -> list[Field]:
    """A new plan: whose, and for which year."""
    named = tuple((str(unit["id"]), str(unit["name"])) for unit in units)
    return [
        Field("unit", _("Đơn vị lập kế hoạch"), "/unit_id", "select", required=True, options=named),
        Field("year", _("Năm"), "/year", "integer", required=True),
    ]


def item_fields(posts: Sequence[Row] | None) -> list[Field]:
    """A line of a plan; without `posts` its seat stays as it is."""
    fields = [
        Field("planned", _("Ngày bắt đầu dự kiến"), "/planned_on", "date", required=True),
        Field("after", _("Hướng bố trí sau luân chuyển"), "/after", "area", most=500),
    ]
    if posts is None:
        return fields
    seat = _seat("post", _("Vị trí nơi đến"), "/post_id", posts, required=True)
    return [seat, *fields]


def removal_fields() -> list[Field]:
    """Why a line is taken out of a plan."""
    return [Field("reason", _("Lý do bỏ"), "/reason", "area", required=True, most=500)]


def opening_fields(people: Sequence[Row], posts: Sequence[Row] | None) -> list[Field]:
    """A new dossier: who goes, what for and how long; `posts` where no line of a plan names the seat."""
    named = tuple((str(one["id"]), f"{one['full_name']} ({one['code']})") for one in people)
    fields = [
        Field("cadre", _("Cán bộ"), "/cadre_id", "select", required=True, options=named),
        Field("purpose", _("Mục đích"), "/purpose", "select", required=True, options=tuple(PURPOSE.items())),
        Field(
            "begins",
            _("Bắt đầu dự kiến"),
            "/begins_on",
            "date",
            half=True,
            hint=_("Để trống thì lấy ngày của kế hoạch, hoặc hôm nay"),
        ),
        Field(
            "ends",
            _("Kết thúc dự kiến"),
            "/ends_on",
            "date",
            half=True,
            hint=_("Để trống thì lấy thời gian ít nhất theo quy định"),
        ),
    ]
    if posts is None:
        return fields
    seat = _seat("post", _("Vị trí nơi đến"), "/post_id", posts, required=True)
    return [fields[0], seat, *fields[1:]]


def fields(row: Row, posts: Sequence[Row]) -> list[Field]:
    """What a dossier takes in its state: days and opinions, or once somebody is sent where he goes next."""
    if row["state"] in AWAY:
        after = _("Vị trí bố trí sau luân chuyển")
        return [_seat("after", after, "/after_post_id", posts)]
    return [
        Field("begins", _("Bắt đầu dự kiến"), "/begins_on", "date", required=True, half=True),
        Field("ends", _("Kết thúc dự kiến"), "/ends_on", "date", half=True),
        Field("sender_day", _("Ngày đơn vị cử đi có ý kiến"), "/sender_heard_on", "date"),
        Field("sender", _("Ý kiến đơn vị cử đi"), "/sender_opinion", "area", most=_OPINION),
        Field("receiver_day", _("Ngày đơn vị tiếp nhận có ý kiến"), "/receiver_heard_on", "date"),
        Field("receiver", _("Ý kiến đơn vị tiếp nhận"), "/receiver_opinion", "area", most=_OPINION),
    ]
