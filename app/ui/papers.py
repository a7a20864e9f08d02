"""Files of dossiers in words: what paper, how large, what is asked when one is put there or withdrawn."""

from collections.abc import Sequence
from typing import Final

from app.ui.display import number_vn
from app.ui.forms import Field
from app.ui.texts import _

KIND: Final = {
    "minutes": _("Biên bản"),
    "ballot_record": _("Biên bản kiểm phiếu"),
    "conclusion": _("Kết luận"),
    "opinion": _("Ý kiến bằng văn bản"),
    "decision": _("Quyết định"),
    "other": _("Tài liệu khác"),
}
TAKEN: Final = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg"
LARGE: Final = _("Tệp lớn hơn 20 MB. Giảm dung lượng hoặc tách thành nhiều tệp rồi tải lại.")
CHOOSE: Final = _("Chưa chọn tệp. Hãy chọn tệp PDF, Word, Excel hoặc ảnh.")
KILOBYTE, MEGABYTE = 1024, 1024 * 1024


def size(count: int) -> str:
    """Bytes in words: «12 KB», «3,4 MB»; never less than 1 KB."""
    if count < MEGABYTE:
        return _("%s KB") % number_vn(max(1, -(-count // KILOBYTE)))
    tenths = -(-count * 10 // MEGABYTE)
    return _("%s MB") % (f"{tenths // 10},{tenths % 10}" if tenths % 10 else number_vn(tenths // 10))


def fields(meetings: Sequence[tuple[str, str]], pointer: str) -> list[Field]:
    """What is asked of a file that is put with a dossier: itself, its kind, its meeting, its number and day.

    `meetings`: those that were held, with their names; `pointer`: how the API names a meeting.
    """
    held = tuple(meetings)
    return [
        Field("tep", _("Tệp"), "/file"),
        Field("loai", _("Loại tài liệu"), "/kind", "select", required=True, options=tuple(KIND.items())),
        Field(
            "hoi-nghi",
            _("Thuộc hội nghị"),
            pointer,
            "select",
            options=held,
            hint=_("Để trống nếu là tài liệu chung của hồ sơ.")
            if held
            else _("Chưa ghi hội nghị nào; tệp thuộc cả hồ sơ."),
        ),
        Field("so", _("Số văn bản"), "/document_number", most=120, half=True),
        Field("ngay", _("Ngày văn bản"), "/document_date", "date", half=True),
    ]


def withdrawal_fields() -> list[Field]:
    """Why a file is withdrawn."""
    return [Field("ly-do", _("Lý do rút"), "/reason", "area", required=True, most=500)]
