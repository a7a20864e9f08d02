"""Waivers in words: states, rules, what a form asks for."""

from datetime import date
from typing import Final

from app.ui import planning
from app.ui.display import date_vn
from app.ui.forms import Field
from app.ui.texts import _

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
RULE: Final = planning.RULE | {
    "appointment.planned": _("Có trong quy hoạch"),
    "appointment.plan_changed_recently": _("Quy hoạch đổi sát ngày bổ nhiệm"),
    "appointment.standards": _("Tiêu chuẩn chức danh"),
    "appointment.age_full_term": _("Tuổi trọn nhiệm kỳ"),
    "appointment.tenure": _("Thời gian giữ chức danh"),
    "appointment.evaluation": _("Xếp loại các năm gần nhất"),
    "appointment.asset_declaration": _("Kê khai tài sản"),
    "appointment.kinship": _("Quan hệ gia đình trong lãnh đạo"),
    "appointment.party_body_opinion": _("Ý kiến tổ chức đảng bên ủy ban nhân dân"),
    "rotation.planned": _("Có trong quy hoạch và kế hoạch luân chuyển"),
    "rotation.years_left": _("Còn đủ thời gian công tác"),
    "rotation.min_months": _("Đủ thời gian luân chuyển"),
}
STEP: Final = {
    "submit": _("Trình phê duyệt"),
    "approve": _("Phê duyệt"),
    "nominate": _("Giới thiệu"),
    "decide": _("Quyết định"),
    "ratify": _("Chuẩn y, phê chuẩn"),
}
DOSSIER_PAGES: Final = {"plan": "/quy-hoach/", "rotation": "/luan-chuyen/"}
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
