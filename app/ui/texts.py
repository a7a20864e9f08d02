"""The gettext marker of the front end, and the words it has for values of the API.

Vietnamese is the source language: `_` marks a text for the catalogue and gives it back unchanged.
"""

from typing import Final


def _(text: str) -> str:
    """Mark a source text for translation; the Vietnamese catalogue is the source itself."""
    return text


def ngettext(singular: str, plural: str, count: int) -> str:
    """Vietnamese has one number; the pair is kept for catalogues of other languages."""
    return singular if count == 1 else plural


PRODUCT: Final = "Then Chốt"

SEX: Final = {"female": _("Nữ"), "male": _("Nam")}

LEVEL: Final = {"province": _("Cấp tỉnh"), "district": _("Cấp huyện"), "commune": _("Cấp xã")}

UNIT_TYPE: Final = {
    "tinh": _("tỉnh"),
    "thanh-pho": _("thành phố"),
    "huyen": _("huyện"),
    "xa": _("xã"),
    "phuong": _("phường"),
    "thi-tran": _("thị trấn"),
}

UNIT_KIND: Final = {
    "province": _("Tỉnh"),
    "district": _("Địa bàn cấp huyện"),
    "commune": _("Địa bàn cấp xã"),
    "party_committee": _("Cấp ủy"),
    "party_board": _("Ban Đảng"),
    "council": _("Hội đồng nhân dân"),
    "people_committee": _("Ủy ban nhân dân"),
    "department": _("Sở, ngành"),
    "division": _("Phòng, ban chuyên môn"),
    "office": _("Văn phòng"),
    "front": _("Mặt trận Tổ quốc"),
    "mass_organisation": _("Đoàn thể"),
    "public_service": _("Đơn vị sự nghiệp"),
    "attached_committee": _("Cấp ủy trực thuộc"),
    "party_cell": _("Chi bộ"),
    "enterprise": _("Doanh nghiệp"),
}

CHANGE_KIND: Final = {
    "create": _("Thành lập"),
    "merge": _("Sáp nhập, hợp nhất"),
    "split": _("Chia tách"),
    "rename": _("Đổi tên"),
    "dissolve": _("Giải thể"),
    "reparent": _("Chuyển cấp quản lý"),
}

POLITICAL_THEORY: Final = {
    "none": _("Chưa qua đào tạo"),
    "elementary": _("Sơ cấp"),
    "intermediate": _("Trung cấp"),
    "advanced": _("Cao cấp"),
}

GRADE: Final = {
    "excellent": _("Hoàn thành xuất sắc nhiệm vụ"),
    "good": _("Hoàn thành tốt nhiệm vụ"),
    "completed": _("Hoàn thành nhiệm vụ"),
    "not_completed": _("Không hoàn thành nhiệm vụ"),
}

PEERS: Final = {
    "leaders": _("Lãnh đạo, quản lý"),
    "staff": _("Không giữ chức vụ lãnh đạo"),
}

EVALUATION_STATE: Final = {"recorded": _("Chờ xác nhận"), "confirmed": _("Đã xác nhận")}

GRADE_SHORT: Final = {
    "excellent": _("XS"),
    "good": _("Tốt"),
    "completed": _("HT"),
    "not_completed": _("KHT"),
}

STATUS: Final = {
    "met": _("Đạt"),
    "not_met": _("Chưa đạt"),
    "not_applicable": _("Không áp dụng"),
    "insufficient_data": _("Chưa đủ dữ liệu"),
    "no_target": _("Không có chỉ tiêu"),
}

COMPARATOR: Final = {">=": _("từ %s trở lên"), ">": _("trên %s"), "<=": _("không quá %s")}

STRENGTH: Final = {
    "phan_dau": _("phấn đấu"),
    "phấn_đấu": _("phấn đấu"),
    "dat": _("đạt"),
    "đạt": _("đạt"),
    "phai": _("phải"),
    "phải": _("phải"),
    "toi_thieu": _("tối thiểu"),
    "tối_thiểu": _("tối thiểu"),
}

REASON: Final = {
    "beyond_record": _("Ngày này nằm sau ngày cuối của hồ sơ cán bộ"),
    "before_record": _("Ngày này nằm trước ngày đầu của hồ sơ cán bộ"),
    "not_in_force": _("Chưa có quy định tại ngày này"),
    "not_built": _("Số liệu này chưa được lập trong hệ thống"),
    "no_population": _("Không còn đối tượng tính tại ngày này"),
    "no_data": _("Chưa có số liệu"),
    "empty": _("Không có ai trong diện tính"),
    "no_plan": _("Chưa có quy hoạch"),
    "suppressed": _("Ẩn để không lộ thông tin của từng người"),
}

ROLE: Final = {
    "org_officer": _("Cán bộ tổ chức"),
    "approver": _("Thường vụ phê duyệt"),
    "inspector": _("Kiểm tra, giám sát"),
    "commune_officer": _("Cán bộ phụ trách xã"),
    "unit_head": _("Người đứng đầu đơn vị"),
    "unit_hr": _("Cán bộ nhân sự đơn vị"),
    "self": _("Cán bộ tự xem hồ sơ"),
    "front": _("Mặt trận giám sát"),
    "sysadmin": _("Quản trị hệ thống"),
    "publication": _("Công bố thông tin"),
    "service": _("Hệ thống kết nối"),
}

OUTCOME: Final = {
    "met": _("Đạt"),
    "unmet": _("Không đạt"),
    "not_applicable": _("Không áp dụng"),
    "unknown": _("Chưa đủ dữ liệu"),
}


def label(table: dict[str, str], key: object) -> str:
    """The word for a value; a value without a word shows itself, so that nothing vanishes."""
    text = str(key)
    return table.get(text, text)


MANAGED_BY: Final = {
    "central": _("Diện Trung ương quản lý"),
    "province_committee": _("Diện Ban Thường vụ Tỉnh ủy"),
    "district_committee": _("Diện Ban Thường vụ Huyện ủy"),
    "attached_committee": _("Diện cấp ủy trực thuộc"),
    "department": _("Diện sở, ngành"),
    "commune_committee": _("Diện Đảng ủy xã"),
    "unit_head": _("Diện người đứng đầu đơn vị"),
}

LEGAL_CATEGORY: Final = {
    "official": _("Cán bộ"),
    "civil_servant": _("Công chức"),
    "public_employee": _("Viên chức"),
    "contract": _("Hợp đồng"),
}

MARITAL_STATUS: Final = {
    "single": _("Độc thân"),
    "married": _("Đã kết hôn"),
    "divorced": _("Ly hôn"),
    "widowed": _("Góa"),
}

ASSIGNMENT_KIND: Final = {
    "appointment": _("Bổ nhiệm"),
    "election": _("Bầu"),
    "designation": _("Chỉ định"),
    "ratification": _("Phê chuẩn"),
    "transfer": _("Điều động"),
    "rotation": _("Luân chuyển"),
    "secondment": _("Biệt phái"),
    "acting": _("Giao quyền"),
    "in_charge": _("Phụ trách"),
    "concurrent": _("Kiêm nhiệm"),
    "recruitment": _("Tuyển dụng"),
}

END_REASON: Final = {
    "term_ended": _("Hết nhiệm kỳ"),
    "relief": _("Miễn nhiệm"),
    "resignation": _("Từ chức"),
    "dismissal": _("Cách chức"),
    "removal": _("Bãi nhiệm"),
    "left_service": _("Thôi việc"),
    "retirement": _("Nghỉ hưu"),
    "transfer": _("Chuyển công tác"),
    "death": _("Từ trần"),
    "unit_ended": _("Đơn vị sáp nhập, giải thể"),
}

RELATION: Final = {
    "father": _("Bố đẻ"),
    "mother": _("Mẹ đẻ"),
    "spouse": _("Vợ, chồng"),
    "child": _("Con"),
    "sibling": _("Anh, chị, em ruột"),
    "father_in_law": _("Bố vợ, bố chồng"),
    "mother_in_law": _("Mẹ vợ, mẹ chồng"),
    "sibling_in_law": _("Anh, chị, em của vợ, chồng"),
}

TRAINING_KIND: Final = {
    "political_theory": _("Lý luận chính trị"),
    "state_management": _("Quản lý nhà nước"),
    "professional": _("Chuyên môn, nghiệp vụ"),
    "knowledge_update": _("Cập nhật kiến thức mới"),
    "defence_security": _("Quốc phòng, an ninh"),
    "foreign_language": _("Ngoại ngữ"),
    "it": _("Tin học"),
    "reserve_source": _("Dự nguồn cấp ủy"),
}

QUALIFICATION_KIND: Final = {
    "general_education": _("Giáo dục phổ thông"),
    "education": _("Chuyên môn"),
    "political_theory": _("Lý luận chính trị"),
    "state_management": _("Quản lý nhà nước"),
    "foreign_language": _("Ngoại ngữ"),
    "it": _("Tin học"),
    "minority_language": _("Tiếng dân tộc thiểu số"),
    "defence_security": _("Quốc phòng, an ninh"),
}

DISCIPLINE_FORM: Final = {
    "reprimand": _("Khiển trách"),
    "warning": _("Cảnh cáo"),
    "pay_cut": _("Hạ bậc lương"),
    "demotion": _("Giáng chức"),
    "removal": _("Cách chức"),
    "expulsion": _("Khai trừ"),
    "forced_resignation": _("Buộc thôi việc"),
}

DISCIPLINE_SIDE: Final = {"party": _("Kỷ luật Đảng"), "state": _("Kỷ luật hành chính")}

RESIDENCE_KIND: Final = {"permanent": _("Thường trú"), "current": _("Nơi ở hiện nay")}

BIRTH_PRECISION: Final = {"day": _("đến ngày"), "month": _("đến tháng"), "year": _("đến năm")}

AUDIT_OUTCOME: Final = {"done": _("Đã thực hiện"), "refused": _("Bị từ chối"), "read": _("Đã xem")}

FIELD: Final = {
    "full_name": _("Họ và tên"),
    "other_names": _("Tên gọi khác"),
    "birth_date": _("Ngày sinh"),
    "birth_precision": _("Mức biết rõ ngày sinh"),
    "sex": _("Giới tính"),
    "ethnicity": _("Dân tộc"),
    "religion": _("Tôn giáo"),
    "birthplace": _("Nơi sinh"),
    "birthplace_unit_id": _("Đơn vị hành chính nơi sinh"),
    "hometown": _("Quê quán"),
    "hometown_unit_id": _("Đơn vị hành chính quê quán"),
    "national_id": _("Số căn cước"),
    "national_id_issued_on": _("Ngày cấp căn cước"),
    "social_insurance_number": _("Số sổ bảo hiểm xã hội"),
    "email": _("Thư điện tử"),
    "phone": _("Điện thoại"),
    "marital_status": _("Tình trạng hôn nhân"),
    "legal_category": _("Đối tượng"),
    "recruited_on": _("Ngày tuyển dụng"),
    "recruited_by": _("Cơ quan tuyển dụng"),
    "main_work": _("Công việc chính"),
    "strength": _("Sở trường công tác"),
    "youth_union_on": _("Ngày vào Đoàn"),
    "enlisted_on": _("Ngày nhập ngũ"),
    "discharged_on": _("Ngày xuất ngũ"),
    "military_rank": _("Quân hàm cao nhất"),
    "health_status": _("Tình trạng sức khỏe"),
    "height_cm": _("Chiều cao (cm)"),
    "weight_kg": _("Cân nặng (kg)"),
    "blood_group": _("Nhóm máu"),
    "disability": _("Khuyết tật"),
    "policy_family": _("Gia đình chính sách"),
    "unit": _("Đơn vị"),
    "unit_id": _("Đơn vị"),
    "title": _("Chức vụ"),
    "title_id": _("Chức danh"),
    "post_id": _("Vị trí"),
    "seat_no": _("Số thứ tự vị trí"),
    "managed_by": _("Diện quản lý"),
    "party_member": _("Đảng viên"),
    "political_theory": _("Lý luận chính trị"),
    "valid_from": _("Hiệu lực từ"),
    "valid_to": _("Hiệu lực đến"),
    "kind": _("Hình thức"),
    "is_main": _("Vị trí chính"),
    "acting": _("Tạm quyền"),
    "term_ends_on": _("Hết thời hạn"),
    "end_reason": _("Lý do thôi giữ"),
    "decision_number": _("Số quyết định"),
    "decision_signed_on": _("Ngày ký"),
    "decision_issuer": _("Cơ quan ban hành"),
    "decision_signer": _("Người ký"),
    "official_on": _("Ngày vào Đảng chính thức"),
    "card_number": _("Số thẻ đảng"),
    "party_cell": _("Chi bộ"),
    "level": _("Trình độ"),
    "name": _("Tên"),
    "field": _("Chuyên ngành"),
    "form": _("Hình thức"),
    "institution": _("Cơ sở đào tạo"),
    "proof_number": _("Số văn bằng"),
    "address": _("Địa chỉ"),
    "reason": _("Lý do"),
    "year": _("Năm"),
    "grade": _("Xếp loại"),
    "party_grade": _("Xếp loại đảng viên"),
    "graded_by": _("Cấp xếp loại"),
    "graded_unit_id": _("Đơn vị xếp loại"),
    "decided_on": _("Ngày quyết định"),
    "peers": _("Nhóm so sánh"),
    "confirmed_on": _("Ngày xác nhận"),
    "confirmed_by": _("Người xác nhận"),
    "recorded_by": _("Người ghi"),
}

TABLE: Final = {
    "assignment_span": _("Phân công"),
    "qualification_span": _("Trình độ"),
    "party_membership": _("Đảng viên"),
    "residence": _("Nơi ở"),
    "career": _("Quá trình công tác"),
    "salary": _("Lương"),
    "kinship": _("Quan hệ gia đình"),
    "training": _("Đào tạo"),
    "evaluation": _("Đánh giá"),
    "reward": _("Khen thưởng"),
    "discipline": _("Kỷ luật"),
    "membership": _("Cấp ủy"),
    "travel": _("Đi nước ngoài"),
    "declaration": _("Kê khai tài sản"),
}

VALUES: Final = {
    "sex": SEX,
    "birth_precision": BIRTH_PRECISION,
    "marital_status": MARITAL_STATUS,
    "legal_category": LEGAL_CATEGORY,
    "managed_by": MANAGED_BY,
    "political_theory": POLITICAL_THEORY,
    "end_reason": END_REASON,
    "grade": GRADE,
    "party_grade": GRADE,
    "peers": PEERS,
}
