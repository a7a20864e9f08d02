"""Words of personnel actions: kinds, routes, states, meetings, rules, what was done."""

from typing import Final

from app.ui.texts import _

KIND: Final = {
    "appointment": _("Bổ nhiệm"),
    "reappointment": _("Bổ nhiệm lại"),
    "re_election": _("Tái cử"),
    "designation": _("Chỉ định"),
    "transfer": _("Điều động"),
    "secondment": _("Biệt phái"),
    "nomination": _("Giới thiệu ứng cử"),
    "relief": _("Miễn nhiệm"),
    "resignation": _("Từ chức"),
    "end_of_post": _("Cho thôi giữ chức vụ"),
    "dismissal": _("Cách chức"),
    "suspension": _("Tạm đình chỉ"),
}
SOURCE: Final = {"in_house": _("nguồn tại chỗ"), "outside": _("nguồn từ nơi khác")}
ENDS: Final = frozenset({"relief", "resignation", "end_of_post", "dismissal", "suspension"})
HELD: Final = ENDS | {"reappointment", "re_election"}
"""Kinds about a seat that somebody holds."""

STATE: Final = {
    "draft": _("Đang soạn"),
    "policy_requested": _("Đã xin chủ trương"),
    "policy_refused": _("Không đồng ý chủ trương"),
    "in_process": _("Đang làm quy trình"),
    "proposed": _("Đã đề nghị"),
    "heard": _("Đã lấy ý kiến"),
    "nominated": _("Đã giới thiệu"),
    "elected": _("Đã bầu"),
    "notified": _("Đã thông báo"),
    "self_reviewed": _("Đã tự nhận xét"),
    "submitted": _("Đã trình"),
    "returned": _("Trả lại"),
    "decided": _("Đã quyết định"),
    "not_passed": _("Không đạt"),
    "published": _("Đã công khai"),
    "cancelled": _("Đã dừng"),
}
STATE_LOOKS: Final = {
    "draft": ("info", "pencil-line"),
    "policy_requested": ("info", "clock"),
    "policy_refused": ("bad", "circle-x"),
    "in_process": ("info", "route"),
    "submitted": ("info", "clock"),
    "returned": ("warn", "arrow-left-right"),
    "decided": ("ok", "circle-check"),
    "not_passed": ("bad", "circle-x"),
    "published": ("ok", "eye"),
    "cancelled": ("", "ban"),
}
OPEN: Final = {"true": _("Chưa xong"), "false": _("Đã xong")}
OUTCOME: Final = {
    "reappoint": _("Bổ nhiệm lại"),
    "to_retirement": _("Giữ chức vụ đến tuổi nghỉ hưu"),
    "extend": _("Kéo dài thời gian giữ chức vụ"),
    "not_reappoint": _("Không bổ nhiệm lại"),
}

MEETINGS: Final[dict[str, dict[int, str]]] = {
    "five_steps": {
        1: _("Tập thể lãnh đạo, lần 1"),
        2: _("Tập thể lãnh đạo mở rộng"),
        3: _("Tập thể lãnh đạo, lần 2"),
        4: _("Cán bộ chủ chốt"),
        5: _("Tập thể lãnh đạo, lần 3"),
    },
    "three_steps": {
        1: _("Thống nhất về nhân sự"),
        2: _("Trao đổi, xác minh"),
        3: _("Tập thể lãnh đạo bỏ phiếu"),
    },
    "term": {1: _("Cán bộ chủ chốt"), 2: _("Tập thể lãnh đạo")},
}
"""The meetings of a route by number, as short as a step of the bar."""

PURPOSE: Final[dict[str, dict[int, str]]] = {
    "five_steps": {
        1: _("Cơ cấu, tiêu chuẩn, quy trình và nguồn nhân sự; chưa bỏ phiếu về người."),
        2: _("Bỏ phiếu kín, mỗi phiếu một người; không ai quá bán thì hai người cao nhất đi tiếp."),
        3: _("Bỏ phiếu kín; kết quả khác bước 2 thì phải giải trình."),
        4: _("Bỏ phiếu kín lấy ý kiến; kết quả để tham khảo, không quyết định một mình."),
        5: _("Xác minh vấn đề mới, ý kiến cấp ủy bằng văn bản, rồi bỏ phiếu kín."),
    },
    "three_steps": {
        1: _("Thống nhất chủ trương về nhân sự nêu trong hồ sơ; chưa bỏ phiếu."),
        2: _("Gặp nhân sự, lấy ý kiến nơi đang công tác, xác minh; không bỏ phiếu."),
        3: _("Thảo luận và bỏ phiếu kín về nhân sự."),
    },
    "term": {
        1: _("Bỏ phiếu kín lấy ý kiến về việc bổ nhiệm lại."),
        2: _("Thảo luận và bỏ phiếu kín."),
    },
}
NO_BALLOT: Final[dict[str, frozenset[int]]] = {"five_steps": frozenset({1}), "three_steps": frozenset({1, 2})}

RULE: Final = {
    "appointment.vacancy": _("Còn vị trí trống"),
    "appointment.participants": _("Số người được triệu tập"),
    "appointment.planned": _("Có trong quy hoạch"),
    "appointment.plan_changed_recently": _("Quy hoạch đổi sát ngày bổ nhiệm"),
    "appointment.standards": _("Tiêu chuẩn chức danh"),
    "appointment.age_full_term": _("Tuổi trọn nhiệm kỳ"),
    "appointment.tenure": _("Thời gian giữ chức danh"),
    "appointment.time_bar": _("Kỷ luật, đang xem xét kỷ luật"),
    "appointment.evaluation": _("Xếp loại các năm gần nhất"),
    "appointment.political_standard": _("Kết luận tiêu chuẩn chính trị"),
    "appointment.asset_declaration": _("Kê khai tài sản"),
    "appointment.kinship": _("Quan hệ gia đình trong lãnh đạo"),
    "appointment.party_body_opinion": _("Ý kiến tổ chức đảng bên ủy ban nhân dân"),
    "appointment.non_local_secretary": _("Bí thư không là người địa phương"),
    "appointment.steps": _("Chủ trương và các bước"),
    "appointment.quorum": _("Số người dự họp"),
    "appointment.majority": _("Phiếu của người được chọn"),
    "appointment.responsibility_note": _("Trách nhiệm của người đứng đầu"),
    "reappointment.on_time": _("Đúng hạn bổ nhiệm lại"),
    "reappointment.kind": _("Hình thức theo tuổi còn lại"),
    "reappointment.consecutive_terms": _("Số nhiệm kỳ liên tiếp"),
}
OF_DOSSIER: Final = (
    "appointment.vacancy",
    "appointment.steps",
    "appointment.quorum",
    "appointment.majority",
    "appointment.participants",
    "appointment.responsibility_note",
    "reappointment.on_time",
    "reappointment.kind",
    "reappointment.consecutive_terms",
)
"""Rules on the dossier itself; the others speak of the person chosen."""

ACTIONS: Final = {
    "xin-chu-truong": "request_policy",
    "dong-y-chu-truong": "approve_policy",
    "khong-dong-y": "refuse_policy",
    "de-nghi": "propose",
    "ghi-y-kien": "hear",
    "gioi-thieu": "nominate",
    "ghi-ket-qua-bau": "elect",
    "chuan-y": "ratify",
    "thong-bao": "notify",
    "tu-nhan-xet": "self_review",
    "trinh": "submit",
    "tra-lai": "return",
    "quyet-dinh": "decide",
    "khong-dat": "fail",
    "cong-khai": "publish",
    "dung": "cancel",
}
"""The word of a step in our addresses, and its name in the API."""

SLUG: Final = {action: slug for slug, action in ACTIONS.items()}
MAIN: Final = frozenset(ACTIONS.values()) - {"return", "fail", "cancel", "refuse_policy"}
"""Steps that lead on; the others lead back or out."""

MEANS: Final = {
    "request_policy": _(
        "Hồ sơ được gửi tới cấp có thẩm quyền để xin chủ trương; chưa nêu nhân sự nguồn tại chỗ."
    ),
    "approve_policy": _(
        "Từ khi đồng ý, đơn vị được họp các bước. Ngày đồng ý là mốc của thời hạn quy trình."
    ),
    "refuse_policy": _("Hồ sơ kết thúc ở đây, kèm lý do ghi dưới đây."),
    "propose": _("Đề nghị được gửi đi lấy ý kiến các đơn vị liên quan."),
    "hear": _("Ghi tóm tắt ý kiến nơi đi, nơi đến và những đơn vị liên quan."),
    "nominate": _("Nhân sự được giới thiệu để bầu. Kết quả kiểm tra được giữ lại."),
    "elect": _("Ghi theo biên bản của hội nghị bầu. Người trúng cử giữ chức vụ sau khi chuẩn y."),
    "ratify": _("Chuẩn y, phê chuẩn: phân công mới có hiệu lực theo quyết định."),
    "notify": _("Người giữ chức vụ được thông báo sắp hết nhiệm kỳ."),
    "self_review": _("Ghi tóm tắt bản tự nhận xét của người giữ chức vụ."),
    "submit": _("Hồ sơ được gửi tới cấp quyết định. Từ lúc trình, nội dung không sửa được."),
    "return": _("Hồ sơ trở về đơn vị lập để sửa, kèm lý do ghi dưới đây."),
    "decide": _("Quyết định ghi vào hồ sơ cán bộ: vị trí mới mở, vị trí cũ kết thúc cùng ngày hiệu lực."),
    "fail": _("Hồ sơ kết thúc vì không ai đạt, kèm lý do ghi dưới đây."),
    "publish": _("Ghi nhận quyết định được công khai hôm nay."),
    "cancel": _("Hồ sơ dừng hẳn, không mở lại được. Các biên bản đã ghi vẫn còn."),
}
"""What taking a step means, as its page says it."""

DONE: Final = {
    "mo": _("Đã mở hồ sơ. Bước tiếp theo nằm ở hàng nút bên phải tên hồ sơ."),
    "them": _("Đã đưa vào danh sách nhân sự."),
    "rut-ten": _("Đã đưa ra khỏi danh sách; phiếu đã bỏ vẫn còn trong biên bản."),
    "chon": _("Đã ghi người được đề nghị."),
    "noi-dung": _("Đã ghi nội dung hồ sơ."),
    "bien-ban": _("Đã ghi biên bản."),
    "tep": _("Đã đính kèm tệp."),
    "rut-tep": _("Đã rút tệp. Cơ quan kiểm tra vẫn xem được tệp cùng lý do."),
    "cho-phep": _("Đã ghi văn bản cho phép. Quy định được nêu không còn ngăn hồ sơ này."),
    "xin-chu-truong": _("Đã xin chủ trương. Hồ sơ chờ cấp có thẩm quyền trả lời."),
    "dong-y-chu-truong": _("Đã đồng ý chủ trương. Đơn vị được họp các bước."),
    "khong-dong-y": _("Đã ghi không đồng ý chủ trương."),
    "de-nghi": _("Đã gửi đề nghị. Tiếp theo: ghi ý kiến các đơn vị."),
    "ghi-y-kien": _("Đã ghi ý kiến các đơn vị."),
    "gioi-thieu": _("Đã giới thiệu nhân sự."),
    "ghi-ket-qua-bau": _("Đã ghi kết quả bầu. Hồ sơ chờ chuẩn y."),
    "chuan-y": _("Đã chuẩn y và ghi vào hồ sơ cán bộ."),
    "thong-bao": _("Đã ghi việc thông báo."),
    "tu-nhan-xet": _("Đã ghi bản tự nhận xét. Tiếp theo: họp và ghi biên bản."),
    "trinh": _("Đã trình. Hồ sơ không sửa được cho đến khi có kết quả."),
    "tra-lai": _("Đã trả lại hồ sơ kèm lý do."),
    "quyet-dinh": _("Đã quyết định và ghi vào hồ sơ cán bộ; kết quả kiểm tra giữ cùng quyết định."),
    "khong-dat": _("Đã ghi hồ sơ không đạt."),
    "cong-khai": _("Đã ghi việc công khai."),
    "dung": _("Đã dừng hồ sơ."),
}
