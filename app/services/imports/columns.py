"""The columns of the file of cadres: one table that makes the template, reads the cells and judges them."""

from dataclasses import dataclass
from enum import StrEnum

from app.models.assignment import AssignmentKind
from app.models.base import nfc
from app.models.cadre import LegalCategory, Sex
from app.models.evaluation import Grade


class Kind(StrEnum):
    """How the cells of a column are read."""

    TEXT = "text"
    NAME = "name"
    CODE = "code"
    NATIONAL_ID = "national_id"
    DATE = "date"
    BIRTH = "birth"
    CHOICE = "choice"
    INTEGER = "integer"
    HUNDREDTHS = "hundredths"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the value it fills, its header, how it is read, and what a new person can't do without."""

    name: str
    header: str
    kind: Kind
    required: bool = False
    codes: str = ""
    """The list a choice is taken from."""
    longest: int = 200
    low: int = 0
    high: int = 0
    note: str = ""
    width: int = 16


_T, _D, _C = Kind.TEXT, Kind.DATE, Kind.CHOICE
DAY_NOTE = "ngày/tháng/năm, ví dụ 1/9/2021, 1/9/21 hoặc 010921"

COLUMNS: tuple[Column, ...] = (
    Column("code", "Mã cán bộ", Kind.CODE, note="Để trống với người mới; có mã thì ghi đúng mã đã cấp."),
    Column("national_id", "Số định danh", Kind.NATIONAL_ID, required=True, note="CCCD 12 số hoặc CMND 9 số."),
    Column("full_name", "Họ và tên", Kind.NAME, required=True, longest=120, width=26),
    Column("other_names", "Tên khác", _T, longest=120),
    Column("birth_date", "Ngày sinh", Kind.BIRTH, required=True, note=f"{DAY_NOTE}; 09/1975; 1975"),
    Column("sex", "Giới tính", _C, required=True, codes="sex", width=10),
    Column("ethnicity", "Dân tộc", _C, required=True, codes="ethnicity"),
    Column("religion", "Tôn giáo", _C, codes="religion"),
    Column("hometown", "Quê quán (ghi đủ)", _T, width=34, note="Xã, huyện, tỉnh như trong hồ sơ."),
    Column("hometown_commune", "Quê quán: xã", _T, note="Tên hoặc mã xã trong tỉnh; ngoài tỉnh để trống."),
    Column("hometown_district", "Quê quán: huyện", _T, note="Ghi khi có hai xã cùng tên."),
    Column("birthplace", "Nơi sinh", _T, width=30),
    Column("address", "Nơi ở hiện nay", _T, width=34),
    Column("legal_category", "Loại", _C, codes="legal_category", note="Đối tượng theo luật."),
    Column("unit", "Đơn vị", _T, required=True, width=30, note="Mã hoặc tên đơn vị."),
    Column("district", "Huyện", _T, note="Ghi khi có hai đơn vị cùng tên."),
    Column("title", "Chức danh", _T, required=True, width=26, note="Mã hoặc tên chức danh có ở đơn vị."),
    Column("seat_no", "Số ghế", Kind.INTEGER, low=1, high=500, width=8, note="Để trống: ghế trống đầu tiên."),
    Column("assignment_kind", "Hình thức", _C, required=True, codes="assignment_kind"),
    Column("started_on", "Ngày bắt đầu", _D, required=True, note=f"Ngày quyết định có hiệu lực: {DAY_NOTE}."),
    Column("decision_number", "Số quyết định", _T, required=True, longest=120),
    Column("decision_signed_on", "Ngày ký", _D, required=True, note=DAY_NOTE),
    Column("decision_issuer", "Cơ quan ban hành", _T, required=True, width=26),
    Column("education", "Trình độ", _C, codes="education", note="Trình độ chuyên môn cao nhất."),
    Column("education_field", "Chuyên ngành", _T, longest=120),
    Column("education_on", "Ngày cấp bằng", _D, note=DAY_NOTE),
    Column("political_theory", "Lý luận chính trị", _C, codes="political_theory"),
    Column("political_theory_on", "Ngày cấp (LLCT)", _D, note=DAY_NOTE),
    Column("state_management", "Quản lý nhà nước", _C, codes="state_management"),
    Column("state_management_on", "Ngày cấp (QLNN)", _D, note=DAY_NOTE),
    Column("foreign_language", "Tiếng Anh", _C, codes="foreign_language"),
    Column("foreign_language_on", "Ngày cấp (tiếng Anh)", _D, note=DAY_NOTE),
    Column("it", "Tin học", _C, codes="it"),
    Column("it_on", "Ngày cấp (tin học)", _D, note=DAY_NOTE),
    Column("party_on", "Ngày vào Đảng", _D, note=DAY_NOTE),
    Column("party_official_on", "Ngày chính thức", _D, note=DAY_NOTE),
    Column("grade_code", "Ngạch", _C, codes="grade", note="Mã ngạch, ví dụ 01.003."),
    Column("step", "Bậc", Kind.INTEGER, low=1, high=12, width=8),
    Column("coefficient_hundredths", "Hệ số", Kind.HUNDREDTHS, low=100, high=1300, width=8, note="2,34"),
    Column("salary_on", "Hưởng từ ngày", _D, note=DAY_NOTE),
    Column("evaluation_year", "Năm xếp loại", Kind.INTEGER, low=1990, high=2100, width=10),
    Column("evaluation_grade", "Xếp loại", _C, codes="evaluation_grade", width=22, note="Chờ xác nhận."),
    Column("evaluation_party_grade", "Xếp loại đảng viên", _C, codes="evaluation_grade", width=22),
    Column("evaluation_by", "Cấp xếp loại", _T, width=26),
    Column("evaluation_number", "Số quyết định xếp loại", _T, longest=120),
    Column("evaluation_on", "Ngày quyết định xếp loại", _D, note=DAY_NOTE),
)  # fmt: skip
"""All columns, in the order of the template."""

BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}
REQUIRED: tuple[str, ...] = tuple(column.name for column in COLUMNS if column.required)
KEYS = ("national_id", "code")
"""Persons are matched by these, in this order, never by name."""

PASSED_OVER = ("STT", "Số thứ tự", "TT", "Ghi chú", "Lỗi")
"""Headers that people add (the last is ours, in the file of faulty rows): read past."""

WORDS: dict[str, dict[str, str]] = {
    "sex": {Sex.FEMALE: "Nữ", Sex.MALE: "Nam"},
    "legal_category": {
        LegalCategory.OFFICIAL: "Cán bộ",
        LegalCategory.CIVIL_SERVANT: "Công chức",
        LegalCategory.PUBLIC_EMPLOYEE: "Viên chức",
        LegalCategory.CONTRACT: "Hợp đồng",
    },
    "evaluation_grade": {
        Grade.EXCELLENT: "Hoàn thành xuất sắc nhiệm vụ",
        Grade.GOOD: "Hoàn thành tốt nhiệm vụ",
        Grade.COMPLETED: "Hoàn thành nhiệm vụ",
        Grade.NOT_COMPLETED: "Không hoàn thành nhiệm vụ",
    },
    "assignment_kind": {
        AssignmentKind.APPOINTMENT: "Bổ nhiệm",
        AssignmentKind.ELECTION: "Bầu cử",
        AssignmentKind.DESIGNATION: "Chỉ định",
        AssignmentKind.RATIFICATION: "Phê chuẩn",
        AssignmentKind.TRANSFER: "Điều động",
        AssignmentKind.ROTATION: "Luân chuyển",
        AssignmentKind.ACTING: "Quyền",
        AssignmentKind.IN_CHARGE: "Phụ trách",
        AssignmentKind.RECRUITMENT: "Tuyển dụng",
    },
}
"""Lists that the law of the record itself fixes: value to word. The others are code lists of the database."""


def header_key(text: str) -> str:
    """What two spellings of one header have in common."""
    return nfc(text).casefold().rstrip(" *:")


BY_HEADER: dict[str, Column] = {header_key(column.header): column for column in COLUMNS} | {
    column.name: column for column in COLUMNS
}
IGNORED = frozenset(header_key(header) for header in PASSED_OVER)
