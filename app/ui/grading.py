"""Yearly grades in words: what a result is compared with, what its law says in one line, its form."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from app.ui import planning
from app.ui.display import number_vn, percent_vn
from app.ui.forms import Field
from app.ui.planning import Verdict
from app.ui.texts import GRADE, PEERS, _

Row = Mapping[str, Any]

VERDICT: Final = planning.VERDICT
STATE_LOOKS: Final = {"recorded": ("warn", "clock"), "confirmed": ("ok", "circle-check")}
DONE: Final = {
    "ghi": _("Đã ghi kết quả. Người khác, có thẩm quyền, xác nhận thì kết quả mới được dùng."),
    "xac-nhan": _("Đã xác nhận và lưu kết quả kiểm tra cùng kết quả xếp loại."),
}
SIDE: Final = {
    "state": _("Tỷ lệ hoàn thành xuất sắc"),
    "party": _("Tỷ lệ đảng viên hoàn thành xuất sắc"),
}
OF: Final = {
    "all": _("Xuất sắc"),
    "civil": _("Cán bộ, công chức xuất sắc"),
    "employees": _("Viên chức, người lao động xuất sắc"),
}
YEARS_OFFERED: Final = 8


def years(today: date) -> list[int]:
    """The years a list offers, the latest first."""
    return list(range(today.year, today.year - YEARS_OFFERED, -1))


def verdicts(findings: Sequence[Row]) -> list[Verdict]:
    """Findings on yearly grades as the panel shows them, worst first."""
    found = [_verdict(finding) for finding in findings]
    return sorted(found, key=lambda one: planning.VERDICTS.index(one.kind))


def _verdict(finding: Row) -> Verdict:
    plain = planning.verdict(finding)
    told, asked = finding.get("measured") or {}, finding.get("required") or {}
    side = str(told.get("side") or "state")
    parts = told.get("parts") or []
    figures = [
        (
            OF.get(str(part.get("of")), str(part.get("of"))),
            _("%(e)s người; %(g)s người hoàn thành tốt, nên nhiều nhất %(m)s")
            % {
                "e": number_vn(part.get("excellent")),
                "g": number_vn(part.get("good")),
                "m": number_vn(part.get("excellent_at_most")),
            },
            int(part.get("excellent") or 0) > int(part.get("excellent_at_most") or 0),
        )
        for part in parts
    ]
    if parts:
        most = percent_vn(asked.get("excellent_of_good_at_most_percent"))
        figures.append((_("Được phép"), _("không quá %s số hoàn thành tốt") % most, False))
        figures.append((_("Theo"), "; ".join(asked.get("instruments") or []), False))
    return Verdict(
        kind=plain.kind,
        rule=f"{plain.rule}.{side}",
        name=SIDE.get(side, side),
        clause=plain.clause,
        line=plain.message,
        message=plain.message,
        remedy=plain.remedy,
        figures=figures,
    )


def result_fields(units: Sequence[tuple[str, str]], today: date, *, special: bool) -> list[Field]:
    """What is to be said of a result; the Party's grade only for who reads Party data."""
    grades = tuple(GRADE.items())
    party = Field("party", _("Xếp loại đảng viên"), "/party_grade", "select", options=grades, half=True)
    return [
        Field(
            "year",
            _("Năm"),
            "/year",
            "select",
            required=True,
            options=tuple((str(year), str(year)) for year in years(today)),
            half=True,
        ),
        Field("grade", _("Xếp loại"), "/grade", "select", required=True, options=grades, half=True),
        *([party] if special else []),
        Field(
            "peers",
            _("Nhóm so sánh"),
            "/peers",
            "select",
            options=tuple(PEERS.items()),
            half=True,
            hint=_("Để trống khi cả đơn vị là một nhóm"),
        ),
        Field(
            "unit",
            _("Đơn vị xếp loại"),
            "/unit_id",
            "select",
            options=tuple(units),
            hint=_("Để trống: đơn vị nơi người này công tác cuối năm đó"),
        ),
        Field("by", _("Cấp xếp loại"), "/graded_by", required=True),
        Field("number", _("Số quyết định"), "/decision_number", required=True, most=120, half=True),
        Field("on", _("Ngày quyết định"), "/decided_on", "date", required=True, half=True),
    ]
