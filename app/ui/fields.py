"""The controls of each form: the field, where it stands in the API's body, and what it accepts."""

from collections.abc import Mapping

from app.ui.forms import Field
from app.ui.shell import Shell
from app.ui.texts import ASSIGNMENT_KIND, END_REASON, LEGAL_CATEGORY, MARITAL_STATUS, SEX, _

Words = Mapping[str, Mapping[str, str]]


def _options(words: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(words.items())


def person_fields(shell: Shell, words: Words, *, new: bool) -> list[Field]:
    """What may be said of a person in one value each."""
    ethnic = tuple(shell.ethnicities.items())
    return [
        Field("full_name", _("Họ và tên khai sinh"), "/full_name", required=True, most=120),
        Field("other_names", _("Tên gọi khác"), "/other_names", most=120),
        Field(
            "birth_date",
            _("Ngày sinh"),
            "/birth_date",
            "date",
            required=True,
            coarse="/birth_precision",
            hint=_("Ví dụ 14/08/1985; chỉ biết tháng hoặc năm thì nhập 08/1985 hoặc 1985"),
            half=True,
        ),
        Field("sex", _("Giới tính"), "/sex", "select", required=True, options=_options(SEX), half=True),
        Field("ethnicity", _("Dân tộc"), "/ethnicity", "select", required=new, options=ethnic, half=True),
        Field(
            "religion",
            _("Tôn giáo"),
            "/religion",
            "select",
            options=_options(words.get("religion", {})),
            half=True,
        ),
        Field("birthplace", _("Nơi sinh"), "/birthplace"),
        Field("hometown", _("Quê quán"), "/hometown"),
        Field(
            "national_id",
            _("Số căn cước"),
            "/national_id",
            most=12,
            half=True,
            hint=_("12 số, hoặc 9 số của chứng minh nhân dân cũ"),
        ),
        Field("national_id_issued_on", _("Ngày cấp"), "/national_id_issued_on", "date", half=True),
        Field(
            "social_insurance_number",
            _("Số sổ bảo hiểm xã hội"),
            "/social_insurance_number",
            most=10,
            half=True,
        ),
        Field(
            "marital_status",
            _("Tình trạng hôn nhân"),
            "/marital_status",
            "select",
            options=_options(MARITAL_STATUS),
            half=True,
        ),
        Field("phone", _("Điện thoại"), "/phone", most=20, half=True),
        Field("email", _("Thư điện tử"), "/email", most=120, half=True),
        Field(
            "legal_category",
            _("Đối tượng"),
            "/legal_category",
            "select",
            options=_options(LEGAL_CATEGORY),
            half=True,
        ),
        Field("recruited_on", _("Ngày tuyển dụng"), "/recruited_on", "date", half=True),
        Field("recruited_by", _("Cơ quan tuyển dụng"), "/recruited_by"),
        Field("main_work", _("Công việc chính được giao"), "/main_work"),
        Field("strength", _("Sở trường công tác"), "/strength"),
        Field("youth_union_on", _("Ngày vào Đoàn"), "/youth_union_on", "date", half=True),
        Field("military_rank", _("Quân hàm cao nhất"), "/military_rank", most=60, half=True),
        Field("enlisted_on", _("Ngày nhập ngũ"), "/enlisted_on", "date", half=True),
        Field("discharged_on", _("Ngày xuất ngũ"), "/discharged_on", "date", half=True),
        Field("health_status", _("Tình trạng sức khỏe"), "/health_status", most=60, half=True),
        Field("blood_group", _("Nhóm máu"), "/blood_group", most=4, half=True),
        Field("height_cm", _("Chiều cao (cm)"), "/height_cm", "integer", half=True),
        Field("weight_kg", _("Cân nặng (kg)"), "/weight_kg", "integer", half=True),
        Field("disability", _("Khuyết tật"), "/disability", most=120),
        Field("policy_family", _("Gia đình chính sách"), "/policy_family", most=120),
    ]


def update_fields(shell: Shell, words: Words, person: Mapping[str, object]) -> list[Field]:
    """The form that changes a person: the facts the caller reads of him, and why."""
    reason = Field(
        "reason",
        _("Căn cứ hoặc lý do sửa"),
        "/reason",
        "area",
        most=500,
        hint=_("Ghi vào lịch sử thay đổi, ví dụ: theo lý lịch đảng viên"),
    )
    facts = person_fields(shell, words, new=False)
    return [*(f for f in facts if f.pointer.strip("/") in person), reason]


def assignment_fields(posts: list[tuple[str, str]], *, first: bool = False) -> list[Field]:
    """A post with the decision it rests on; in a new person's form it may stay empty as a whole."""
    root, need = ("/assignment", False) if first else ("", True)
    fields = [
        Field("as_post", _("Vị trí"), f"{root}/post_id", "select", required=need, options=tuple(posts)),
        Field(
            "as_kind",
            _("Hình thức"),
            f"{root}/kind",
            "select",
            required=need,
            options=_options(ASSIGNMENT_KIND),
            half=True,
        ),
        Field(
            "as_effective",
            _("Hiệu lực từ ngày"),
            f"{root}/decision/effective_on",
            "date",
            required=need,
            half=True,
            hint=_("Có thể là ngày sắp tới"),
        ),
        Field("as_number", _("Số quyết định"), f"{root}/decision/number", required=need, most=120, half=True),
        Field("as_signed", _("Ngày ký"), f"{root}/decision/signed_on", "date", required=need, half=True),
        Field("as_issuer", _("Cơ quan ban hành"), f"{root}/decision/issuer", required=need, half=True),
        Field("as_signer", _("Người ký"), f"{root}/decision/signer", most=120, half=True),
        Field(
            "as_term",
            _("Hết thời hạn giữ chức vụ"),
            f"{root}/term_ends_on",
            "date",
            hint=_("Với chức danh bổ nhiệm có thời hạn, thường là 5 năm"),
        ),
        Field("as_acting", _("Tạm quyền, phụ trách"), f"{root}/acting", "check"),
    ]
    if not first:
        fields.insert(
            -1,
            Field(
                "as_main",
                _("Là vị trí chính; vị trí chính trước đó được kết thúc cùng ngày"),
                "/is_main",
                "check",
            ),
        )
        fields.append(
            Field(
                "as_end",
                _("Lý do thôi vị trí trước"),
                "/previous_end_reason",
                "select",
                options=_options(END_REASON),
                half=True,
            )
        )
    return fields


def end_fields() -> list[Field]:
    """When and why a post is left."""
    return [
        Field(
            "valid_to",
            _("Thôi giữ từ ngày"),
            "/valid_to",
            "date",
            required=True,
            half=True,
            hint=_("Ngày đầu tiên không còn giữ vị trí"),
        ),
        Field(
            "end_reason",
            _("Lý do"),
            "/end_reason",
            "select",
            required=True,
            options=tuple(END_REASON.items()),
            half=True,
        ),
        Field("end_number", _("Số quyết định"), "/end_decision_number", most=120, half=True),
        Field("end_signed", _("Ngày ký"), "/end_decision_signed_on", "date", half=True),
    ]


def fix_fields() -> list[Field]:
    """What may have been recorded wrongly; the old reading stays in the record."""
    return [
        Field("reason", _("Lý do đính chính"), "/reason", "area", required=True, most=500),
        Field("valid_from", _("Giữ từ ngày"), "/valid_from", "date", half=True),
        Field("kind", _("Hình thức"), "/kind", "select", options=tuple(ASSIGNMENT_KIND.items()), half=True),
        Field("number", _("Số quyết định"), "/decision/number", most=120, half=True),
        Field("signed", _("Ngày ký"), "/decision/signed_on", "date", half=True),
        Field("effective", _("Ngày hiệu lực"), "/decision/effective_on", "date", half=True),
        Field("issuer", _("Cơ quan ban hành"), "/decision/issuer", half=True),
        Field("term", _("Hết thời hạn giữ chức vụ"), "/term_ends_on", "date", half=True),
        Field("seat", _("Số thứ tự vị trí"), "/seat_no", "integer", half=True),
        Field("acting", _("Tạm quyền, phụ trách"), "/acting", "check"),
    ]
