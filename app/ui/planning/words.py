"""Words of succession plans: states, periods, kinds, what was done."""

from collections.abc import Mapping
from typing import Any, Final

from app.ui.texts import _

Row = Mapping[str, Any]

STATE: Final = {
    "draft": _("Đang soạn"),
    "submitted": _("Đã trình"),
    "returned": _("Trả lại"),
    "approved": _("Đã phê duyệt"),
    "published": _("Đã công khai"),
    "in_review": _("Đang rà soát"),
    "closed": _("Đã kết thúc"),
}
STATE_LOOKS: Final = {
    "draft": ("info", "pencil-line"),
    "submitted": ("info", "clock"),
    "returned": ("warn", "arrow-left-right"),
    "approved": ("ok", "circle-check"),
    "published": ("ok", "eye"),
    "in_review": ("info", "clipboard-check"),
    "closed": ("", "lock"),
}
PERIOD: Final = {
    "2020-2025": _("nhiệm kỳ cấp ủy"),
    "2021-2026": _("nhiệm kỳ chính quyền"),
    "2025-2030": _("nhiệm kỳ cấp ủy"),
    "2026-2031": _("nhiệm kỳ chính quyền"),
}
KIND: Final = {"titles": _("Chức danh lãnh đạo, quản lý"), "committee": _("Cấp ủy")}
ENTRY: Final = {
    "proposed": _("Đang đề nghị"),
    "approved": _("Đã phê duyệt"),
    "leaving": _("Đưa ra khi phê duyệt"),
    "removed": _("Đã ra"),
}
ENTRY_LOOKS: Final = {"proposed": "info", "approved": "ok", "leaving": "warn", "removed": ""}
REMOVAL: Final = {
    "over_age": _("Quá tuổi"),
    "discipline": _("Bị kỷ luật"),
    "failed_eval": _("Xếp loại không đạt"),
    "post_taken": _("Đã giữ chức danh"),
    "left": _("Chuyển đi, thôi việc"),
    "withdrawn": _("Rút đề nghị"),
}
MEETING: Final = {
    "leadership_1": _("Tập thể lãnh đạo (lần 1)"),
    "key_cadres": _("Cán bộ chủ chốt"),
    "enlarged": _("Tập thể lãnh đạo mở rộng"),
    "leadership_2": _("Tập thể lãnh đạo (lần 2)"),
}
ACTIONS: Final = {
    "trinh": "submit",
    "tra-lai": "return",
    "phe-duyet": "approve",
    "cong-khai": "publish",
    "ra-soat": "review",
    "ket-thuc": "close",
}
"""The word of a step in our addresses, and its name in the API."""

SLUG: Final = {action: slug for slug, action in ACTIONS.items()}
DONE: Final = {
    "lap": _("Đã mở hồ sơ. Bước tiếp theo: đưa người vào danh sách."),
    "them": _("Đã đưa người vào quy hoạch."),
    "dua-ra": _("Đã ghi việc đưa ra khỏi quy hoạch."),
    "giu": _("Đã ghi: giữ lại trong quy hoạch."),
    "ghi-chu": _("Đã ghi chú."),
    "hoi-nghi": _("Đã ghi biên bản hội nghị."),
    "tep": _("Đã đính kèm tệp."),
    "rut-tep": _("Đã rút tệp. Cơ quan kiểm tra vẫn xem được tệp cùng lý do."),
    "cho-phep": _("Đã ghi văn bản cho phép. Quy định được nêu không còn ngăn hồ sơ này."),
    "trinh": _("Đã trình phê duyệt. Danh sách không sửa được cho đến khi có kết quả."),
    "tra-lai": _("Đã trả lại hồ sơ kèm lý do."),
    "phe-duyet": _("Đã phê duyệt và lưu kết quả kiểm tra cùng quyết định."),
    "cong-khai": _("Đã ghi việc công khai."),
    "ra-soat": _("Đã mở kỳ rà soát. Chọn giữ lại hoặc đưa ra với từng người."),
    "ket-thuc": _("Đã kết thúc hồ sơ."),
}
