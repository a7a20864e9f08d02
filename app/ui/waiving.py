"""Waivers in words: states, rules, what a form asks for."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from app.ui import acting, planning, waiting
from app.ui.display import date_vn
from app.ui.forms import Field
from app.ui.shell import Shell
from app.ui.texts import _

Row = Mapping[str, Any]

STATE: Final = {
    "in_force": _("Đang hiệu lực"),
    "expired": _("Hết hiệu lực"),
    "revoked": _("Đã thu hồi"),
}
STATE_LOOKS: Final = {
    "in_force": ("ok", "circle-check"),
    "expired": ("", "clock"),
    "revoked": ("bad", "ban"),
}
USED: Final = {"true": _("Đã dùng"), "false": _("Chưa dùng")}
WAIVED_ACTION: Final = (
    "appointment.planned",
    "appointment.plan_changed_recently",
    "appointment.standards",
    "appointment.age_full_term",
    "appointment.tenure",
    "appointment.evaluation",
    "appointment.asset_declaration",
    "appointment.kinship",
    "appointment.party_body_opinion",
)
"""Rules of personnel actions that some rule set lets a waiver lift."""

RULE: Final = (
    planning.RULE
    | {rule: acting.RULE[rule] for rule in WAIVED_ACTION}
    | {
        "post_change.exemption": _("Căn cứ miễn chuyển đổi vị trí"),
        "rotation.planned": _("Có trong quy hoạch và kế hoạch luân chuyển"),
        "rotation.years_left": _("Còn đủ thời gian công tác"),
        "rotation.min_months": _("Đủ thời gian luân chuyển"),
    }
)
STEP: Final = {
    "submit": _("Trình phê duyệt"),
    "approve": _("Phê duyệt"),
    "propose": _("Đề nghị"),
    "nominate": _("Giới thiệu"),
    "decide": _("Quyết định"),
    "ratify": _("Chuẩn y, phê chuẩn"),
}
DOSSIER_PAGES: Final = waiting.PAGES
"""Where the page of a dossier stands, by its kind."""

REVOKED: Final = _("Đã thu hồi. Các bước đã quyết định theo văn bản này giữ nguyên.")


def fields(today: date) -> list[Field]:
    """What is asked of a waiver: its number, its days and why it was given."""
    return [
        Field("number", _("Số văn bản"), "/document_number", required=True, most=120, half=True),
        Field("signed", _("Ngày ký"), "/signed_on", "date", required=True, half=True),
        Field(
            "until",
            _("Có hiệu lực đến hết ngày"),
            "/expires_on",
            "date",
            required=True,
            half=True,
            hint=_("Từ %s trở đi") % date_vn(today),
        ),
        Field(
            "reason",
            _("Lý do cho phép"),
            "/reason",
            "area",
            required=True,
            most=1000,
            hint=_("Vì sao là trường hợp đặc biệt, theo đúng văn bản"),
        ),
    ]


def revocation_fields() -> list[Field]:
    """Why a waiver is taken back."""
    return [Field("reason", _("Lý do thu hồi"), "/reason", "area", required=True, most=1000)]


DECIDING: Final = frozenset({"approve", "decide", "ratify"})


async def waivable(shell: Shell, steps: Sequence[Row]) -> set[str]:
    """The rules that hold a dossier up and that who reads the page may let it pass by a written waiver."""
    decides = any(step["granted"] for step in steps if step["action"] in DECIDING)
    stopped = any(step["findings"] and not step["allowed"] for step in steps if step["due"])
    if not (decides and stopped and shell.may_write("waiver:write")):
        return set()
    rules = (await shell.api.get("/rules"))["items"]
    return {str(row["id"]) for row in rules if row["waivable"] and row["effect"] == "blocks"}
