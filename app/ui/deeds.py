"""What the audit log tells, in words: deeds, what they are about, and where that is to be seen."""

import re
from typing import Any, Final

from app.ui.texts import _

ACTION: Final = {
    "session.open": _("Đăng nhập"),
    "session.end": _("Đăng xuất"),
    "session.refused": _("Đăng nhập không được"),
    "session:own": _("Nhận mã truy cập của phiên"),
    "cadre.create": _("Thêm hồ sơ"),
    "cadre.change": _("Sửa hồ sơ"),
    "cadre.get": _("Xem hồ sơ"),
    "cadre.list": _("Xem danh sách cán bộ"),
    "cadre.history": _("Xem lịch sử thay đổi"),
    "cadre.timeline": _("Xem diễn biến công tác"),
    "cadre.assignments": _("Xem các vị trí đã giữ"),
    "cadre.import_new": _("Thêm hồ sơ khi nhập tệp"),
    "cadre.import_change": _("Sửa hồ sơ khi nhập tệp"),
    "assignment.open": _("Phân công"),
    "assignment.end": _("Kết thúc phân công"),
    "assignment.correct": _("Đính chính phân công"),
    "qualification.add": _("Thêm trình độ"),
    "qualification.end": _("Kết thúc trình độ"),
    "qualification.correct": _("Đính chính trình độ"),
    "committee.join": _("Thêm cấp ủy viên"),
    "committee.leave": _("Thôi cấp ủy viên"),
    "committee.member": _("Xem cấp ủy của một người"),
    "committee.members": _("Xem danh sách cấp ủy viên"),
    "unit.create": _("Lập đơn vị"),
    "unit.change": _("Thay đổi đơn vị"),
    "unit.correct": _("Đính chính đơn vị"),
    "unit.merge": _("Hợp nhất đơn vị"),
    "unit.split": _("Chia tách đơn vị"),
    "unit.rename": _("Đổi tên đơn vị"),
    "unit.dissolve": _("Giải thể đơn vị"),
    "unit.reparent": _("Chuyển cấp trên của đơn vị"),
    "unit.staffing": _("Xem biên chế đơn vị"),
    "post.create": _("Thêm vị trí"),
    "post.change": _("Đổi số ghế của vị trí"),
    "post.correct": _("Đính chính vị trí"),
    "title.create": _("Thêm chức danh"),
    "title.change": _("Sửa chức danh"),
    "title.correct": _("Đính chính chức danh"),
    "inbox.list": _("Xem việc cần xử lý"),
    "appointment.due": _("Xem danh sách đến hạn bổ nhiệm lại"),
    "indicator.figures": _("Xem số liệu chỉ tiêu"),
    "indicator.people": _("Xem người đứng sau chỉ tiêu"),
    "indicator.series": _("Xem chỉ tiêu theo thời gian"),
    "indicator.units": _("Xem đơn vị đứng sau chỉ tiêu"),
    "plan.create": _("Mở hồ sơ quy hoạch"),
    "plan.entry.add": _("Đưa người vào quy hoạch"),
    "plan.entry.change": _("Sửa dòng quy hoạch"),
    "plan.entry.remove": _("Đưa người ra khỏi quy hoạch"),
    "plan.meeting.leadership_1": _("Ghi biên bản tập thể lãnh đạo (lần 1)"),
    "plan.meeting.key_cadres": _("Ghi biên bản hội nghị cán bộ chủ chốt"),
    "plan.meeting.enlarged": _("Ghi biên bản tập thể lãnh đạo mở rộng"),
    "plan.meeting.leadership_2": _("Ghi biên bản tập thể lãnh đạo (lần 2)"),
    "plan.submit": _("Trình quy hoạch"),
    "plan.return": _("Trả lại quy hoạch"),
    "plan.approve": _("Phê duyệt quy hoạch"),
    "plan.publish": _("Công khai quy hoạch"),
    "plan.review": _("Mở kỳ rà soát quy hoạch"),
    "plan.close": _("Kết thúc hồ sơ quy hoạch"),
    "plan.file.add": _("Đính kèm tệp vào quy hoạch"),
    "plan.file.withdraw": _("Rút tệp khỏi quy hoạch"),
    "plan.get": _("Xem hồ sơ quy hoạch"),
    "plan.findings": _("Xem kết quả kiểm tra quy hoạch"),
    "plan.transitions": _("Xem các bước làm được của quy hoạch"),
    "plan.entries": _("Xem danh sách quy hoạch"),
    "plan.entry": _("Xem một dòng quy hoạch"),
    "plan.votes": _("Xem phiếu của hội nghị"),
    "plan.candidates": _("Xem người được gợi ý"),
    "plan.of_person": _("Xem quy hoạch của một người"),
    "plan.entry.post_taken": _("Đưa ra khỏi quy hoạch: đã nhận chức danh"),
    "appointment.create": _("Mở hồ sơ nhân sự"),
    "appointment.change": _("Sửa hồ sơ nhân sự"),
    "appointment.candidate.add": _("Đưa người vào danh sách nhân sự"),
    "appointment.candidate.withdraw": _("Đưa người ra khỏi danh sách nhân sự"),
    "appointment.step.1": _("Ghi biên bản bước 1 của hồ sơ nhân sự"),
    "appointment.step.2": _("Ghi biên bản bước 2 của hồ sơ nhân sự"),
    "appointment.step.3": _("Ghi biên bản bước 3 của hồ sơ nhân sự"),
    "appointment.step.4": _("Ghi biên bản bước 4 của hồ sơ nhân sự"),
    "appointment.step.5": _("Ghi biên bản bước 5 của hồ sơ nhân sự"),
    "appointment.request_policy": _("Xin chủ trương về nhân sự"),
    "appointment.approve_policy": _("Đồng ý chủ trương về nhân sự"),
    "appointment.refuse_policy": _("Không đồng ý chủ trương về nhân sự"),
    "appointment.propose": _("Đề nghị về nhân sự"),
    "appointment.hear": _("Ghi ý kiến các đơn vị về nhân sự"),
    "appointment.nominate": _("Giới thiệu nhân sự"),
    "appointment.elect": _("Ghi kết quả bầu"),
    "appointment.ratify": _("Chuẩn y, phê chuẩn nhân sự"),
    "appointment.notify": _("Thông báo sắp hết nhiệm kỳ"),
    "appointment.self_review": _("Ghi bản tự nhận xét"),
    "appointment.submit": _("Trình hồ sơ nhân sự"),
    "appointment.return": _("Trả lại hồ sơ nhân sự"),
    "appointment.decide": _("Quyết định về nhân sự"),
    "appointment.fail": _("Ghi nhân sự không đạt"),
    "appointment.publish": _("Công khai quyết định nhân sự"),
    "appointment.cancel": _("Dừng hồ sơ nhân sự"),
    "appointment.file.add": _("Đính kèm tệp vào hồ sơ nhân sự"),
    "appointment.file.withdraw": _("Rút tệp khỏi hồ sơ nhân sự"),
    "appointment.list": _("Xem danh sách hồ sơ nhân sự"),
    "appointment.get": _("Xem hồ sơ nhân sự"),
    "appointment.findings": _("Xem kết quả kiểm tra hồ sơ nhân sự"),
    "appointment.transitions": _("Xem các bước làm được của hồ sơ nhân sự"),
    "appointment.candidates": _("Xem danh sách nhân sự"),
    "appointment.candidate": _("Xem một nhân sự của hồ sơ"),
    "appointment.votes": _("Xem phiếu của hồ sơ nhân sự"),
    "post_change.create": _("Mở hồ sơ chuyển đổi vị trí"),
    "post_change.change": _("Sửa hồ sơ chuyển đổi vị trí"),
    "post_change.propose": _("Đề nghị chuyển đổi vị trí"),
    "post_change.return": _("Trả lại hồ sơ chuyển đổi vị trí"),
    "post_change.decide": _("Quyết định về chuyển đổi vị trí"),
    "post_change.publish": _("Công khai quyết định chuyển đổi vị trí"),
    "post_change.close": _("Đóng hồ sơ chuyển đổi vị trí"),
    "post_change.cancel": _("Dừng hồ sơ chuyển đổi vị trí"),
    "post_change.file.add": _("Đính kèm tệp vào hồ sơ chuyển đổi vị trí"),
    "post_change.file.withdraw": _("Rút tệp khỏi hồ sơ chuyển đổi vị trí"),
    "post_change.list": _("Xem danh sách hồ sơ chuyển đổi vị trí"),
    "post_change.get": _("Xem hồ sơ chuyển đổi vị trí"),
    "post_change.due": _("Xem danh sách đến hạn chuyển đổi vị trí"),
    "post_change.findings": _("Xem kết quả kiểm tra hồ sơ chuyển đổi vị trí"),
    "post_change.transitions": _("Xem các bước làm được của hồ sơ chuyển đổi vị trí"),
    "rotation_plan.create": _("Lập kế hoạch luân chuyển"),
    "rotation_plan.item.add": _("Thêm dòng kế hoạch luân chuyển"),
    "rotation_plan.item.change": _("Sửa dòng kế hoạch luân chuyển"),
    "rotation_plan.item.remove": _("Bỏ dòng kế hoạch luân chuyển"),
    "rotation_plan.submit": _("Trình kế hoạch luân chuyển"),
    "rotation_plan.return": _("Trả lại kế hoạch luân chuyển"),
    "rotation_plan.approve": _("Phê duyệt kế hoạch luân chuyển"),
    "rotation_plan.amend": _("Mở bổ sung kế hoạch luân chuyển"),
    "rotation_plan.file.add": _("Đính kèm tệp vào kế hoạch luân chuyển"),
    "rotation_plan.file.withdraw": _("Rút tệp khỏi kế hoạch luân chuyển"),
    "rotation.create": _("Mở hồ sơ luân chuyển"),
    "rotation.change": _("Sửa hồ sơ luân chuyển"),
    "rotation.consult": _("Ghi đã lấy ý kiến hai nơi về luân chuyển"),
    "rotation.submit": _("Trình hồ sơ luân chuyển"),
    "rotation.send_back": _("Trả lại hồ sơ luân chuyển"),
    "rotation.decide": _("Quyết định luân chuyển"),
    "rotation.begin": _("Ghi đã đến nơi luân chuyển"),
    "rotation.come_back": _("Cho trở về sau luân chuyển"),
    "rotation.stay": _("Cho ở lại nơi luân chuyển"),
    "rotation.end_early": _("Kết thúc luân chuyển sớm"),
    "rotation.promote": _("Ghi đã bố trí chức vụ cao hơn sau luân chuyển"),
    "rotation.record_end": _("Ghi đã thôi luân chuyển do quyết định khác"),
    "rotation.cancel": _("Dừng hồ sơ luân chuyển"),
    "rotation.file.add": _("Đính kèm tệp vào hồ sơ luân chuyển"),
    "rotation.file.withdraw": _("Rút tệp khỏi hồ sơ luân chuyển"),
    "rotation.list": _("Xem danh sách luân chuyển"),
    "rotation.get": _("Xem hồ sơ luân chuyển"),
    "rotation.findings": _("Xem kết quả kiểm tra hồ sơ luân chuyển"),
    "rotation.transitions": _("Xem các bước làm được của hồ sơ luân chuyển"),
    "rotation.due": _("Xem danh sách luân chuyển sắp hết hạn"),
    "rotation.sensitive": _("Xem lãnh đạo ở lĩnh vực nhạy cảm"),
    "indicator.items": _("Xem các dòng kế hoạch sau một con số"),
    "waiver.record": _("Ghi văn bản cho phép"),
    "waiver.revoke": _("Thu hồi văn bản cho phép"),
    "evaluation.record": _("Ghi kết quả xếp loại"),
    "evaluation.confirm": _("Xác nhận kết quả xếp loại"),
    "evaluation.list": _("Xem danh sách xếp loại"),
    "evaluation.get": _("Xem kết quả xếp loại"),
    "evaluation.transitions": _("Xem việc làm được với kết quả xếp loại"),
    "import.upload": _("Tải tệp lên để nhập"),
    "import.check": _("Kiểm tra tệp nhập"),
    "import.check_again": _("Kiểm tra lại tệp nhập"),
    "import.validate": _("Kiểm tra xong tệp nhập"),
    "import.commit_begin": _("Bấm ghi tệp nhập"),
    "import.commit": _("Ghi xong tệp nhập"),
    "import.cancel": _("Hủy lần nhập"),
    "import.fail": _("Việc nhập không xong"),
    "import.rows": _("Xem các dòng của tệp nhập"),
    "import.errors": _("Tải các dòng lỗi"),
    "file.upload": _("Cất tệp"),
    "file.list": _("Xem các tệp của hồ sơ"),
    "file.get": _("Xem thông tin tệp"),
    "file.download": _("Tải tệp về"),
    "file.expire": _("Xóa tệp hết hạn"),
    "access_token.issue": _("Cấp mã kiểm tra"),
    "access_token.revoke": _("Thu hồi mã kiểm tra"),
    "account.create": _("Lập tài khoản"),
    "account.disable": _("Khóa tài khoản"),
    "account.enable": _("Mở tài khoản"),
    "account.password": _("Đặt mật khẩu"),
    "grant.propose": _("Đề nghị vai trò"),
    "grant.confirm": _("Xác nhận vai trò"),
    "grant.give": _("Giao vai trò"),
    "grant.end": _("Kết thúc vai trò"),
    "party.set": _("Ghi việc vào Đảng"),
    "party.correct": _("Đính chính việc vào Đảng"),
    "residence.set": _("Ghi nơi ở"),
    "residence.correct": _("Đính chính nơi ở"),
    "idempotency.replay": _("Nhận lại câu trả lời lần trước"),
    "day.begin": _("Việc đầu ngày của hệ thống"),
}

GROUP: Final = {
    "qualifications": _("trình độ"),
    "party_membership": _("đảng viên"),
    "residences": _("nơi ở"),
    "careers": _("quá trình công tác trước"),
    "salaries": _("diễn biến lương"),
    "trainings": _("đào tạo, bồi dưỡng"),
    "evaluations": _("đánh giá, xếp loại"),
    "rewards": _("khen thưởng"),
    "discipline": _("kỷ luật"),
    "family": _("quan hệ gia đình"),
    "relatives_abroad": _("thân nhân ở nước ngoài"),
    "own_past": _("lịch sử bản thân"),
    "travels": _("đi nước ngoài"),
    "declarations": _("kê khai tài sản"),
    "confidence_votes": _("lấy phiếu tín nhiệm"),
    "political_conclusions": _("kết luận tiêu chuẩn chính trị"),
}
"""The groups of a person's record, as they stand in a deed."""

OF_GROUP: Final = {
    "add": _("Thêm dòng: %s"),
    "change": _("Sửa dòng: %s"),
    "void": _("Bỏ dòng: %s"),
    "": _("Xem: %s"),
}

OBJECT: Final = {
    "cadre": _("Cán bộ"),
    "unit": _("Đơn vị"),
    "unit_change": _("Thay đổi đơn vị"),
    "title": _("Chức danh"),
    "post": _("Vị trí"),
    "plan": _("Hồ sơ quy hoạch"),
    "appointment": _("Hồ sơ nhân sự"),
    "post_change": _("Hồ sơ chuyển đổi vị trí"),
    "rotation": _("Hồ sơ luân chuyển"),
    "rotation_plan": _("Kế hoạch luân chuyển"),
    "waiver": _("Văn bản cho phép"),
    "import": _("Lần nhập"),
    "file": _("Tệp"),
    "access_token": _("Mã kiểm tra"),
    "principal": _("Tài khoản"),
    "session": _("Phiên làm việc"),
    "signing_key": _("Khóa ký"),
}

PAGE: Final = {
    "cadre": ("/can-bo/%s", "cadre:read"),
    "unit": ("/don-vi/%s", "reference:read"),
    "plan": ("/quy-hoach/%s", "plan:read"),
    "waiver": ("/van-ban-cho-phep/%s", "waiver:read"),
    "import": ("/nhap-lieu/%s", "import:read"),
}
"""Where an object is to be seen, and by whom."""

TRIED: Final = {
    "GET": _("Thử xem: %s"),
    "POST": _("Thử ghi: %s"),
    "PUT": _("Thử ghi: %s"),
    "PATCH": _("Thử sửa: %s"),
    "DELETE": _("Thử xóa: %s"),
}
NOUN: Final = {
    "cadres": _("hồ sơ cán bộ"),
    "assignments": _("phân công"),
    "units": _("đơn vị"),
    "unit-changes": _("thay đổi đơn vị"),
    "titles": _("chức danh"),
    "posts": _("vị trí"),
    "committees": _("cấp ủy"),
    "indicators": _("chỉ tiêu"),
    "plans": _("quy hoạch"),
    "appointments": _("hồ sơ nhân sự"),
    "post-changes": _("hồ sơ chuyển đổi vị trí"),
    "rotations": _("luân chuyển"),
    "rotation-plans": _("kế hoạch luân chuyển"),
    "waivers": _("văn bản cho phép"),
    "evaluations": _("xếp loại hằng năm"),
    "imports": _("nhập dữ liệu"),
    "jobs": _("việc nền"),
    "files": _("tệp"),
    "audit": _("nhật ký"),
    "access-tokens": _("mã kiểm tra"),
    "accounts": _("tài khoản"),
    "grants": _("vai trò"),
    "sessions": _("phiên làm việc"),
}

READ: Final = _("Xem: %s")

_OPERATION = re.compile(r"([A-Z]+) (?:/api/v1)?/([a-z-]+)")
_GROUP = re.compile(r"cadre\.([a-z_]+)(?:\.(add|change|void))?")
_IMPORT = re.compile(r"import ([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_BEARER = "inspection:"


def told(action: str, outcome: str = "") -> str:
    """A deed in words; a refused operation says what was tried, a read one what was seen.

    One without words shows itself.
    """
    if found := _OPERATION.match(action):
        noun = NOUN.get(found[2], found[2])
        return (READ if outcome == "read" else TRIED.get(found[1], "%s")) % noun
    if (found := _GROUP.fullmatch(action)) and action not in ACTION and found[1] in GROUP:
        return OF_GROUP[found[2] or ""] % GROUP[found[1]]
    return ACTION.get(action, action)


def who(actor: str) -> str:
    """The actor: an account's name, or which inspection token it was."""
    if actor.startswith(_BEARER):
        return _("Mã kiểm tra %s") % actor.removeprefix(_BEARER)[-12:]
    return actor


def why(reason: str | None) -> tuple[str, str]:
    """A reason in words, and the id of the import it names, if it is one."""
    if reason and (found := _IMPORT.fullmatch(reason)):
        return _("Lần nhập"), found[1]
    return reason or "", ""


def scale(detail: dict[str, Any] | None) -> int | None:
    """How many rows a read showed; None where the event doesn't say."""
    rows = (detail or {}).get("rows")
    return rows if isinstance(rows, int) else None
