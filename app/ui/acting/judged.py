"""Findings on personnel actions in one line and in figures: of the dossier, of each who may be chosen."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from app.ui.acting.words import OF_DOSSIER, OUTCOME, RULE
from app.ui.display import date_vn, number_vn, percent_vn
from app.ui.planning import VERDICTS, Verdict, kind_of
from app.ui.texts import _

Row = Mapping[str, Any]
Told = Callable[[Any], str]


def _yes(value: object) -> str:
    return _("có") if value else _("không")


def _steps(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) and value else _("chưa có")


def _list(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _months(value: object) -> str:
    return _("%s tháng") % number_vn(value)


def _days(value: object) -> str:
    return _("%s ngày") % number_vn(value)


def _date(value: object) -> str:
    return date_vn(value)


def _percent(value: object) -> str:
    return _("trên %s số người được triệu tập") % percent_vn(value)


def _outcome(value: object) -> str:
    return OUTCOME.get(str(value), str(value))


def _ballots(value: object) -> str:
    rows = value if isinstance(value, list) else []
    told = (
        _("bước %(s)s: %(v)s/%(n)s") % {"s": one["step"], "v": one["in_favour"], "n": one["summoned"]}
        for one in rows
    )
    return "; ".join(told)


def _count(value: object) -> str:
    return number_vn(len(value)) if isinstance(value, list) else number_vn(value)


def _grade(value: object) -> str:
    return _("từ hoàn thành nhiệm vụ") if value == "completed" else str(value)


_MEASURED, _REQUIRED = "measured", "required"
_FIGURES: Final[dict[str, tuple[tuple[str, str, str, Told], ...]]] = {
    "appointment.vacancy": (
        (_MEASURED, "seats", _("Số chỗ"), number_vn),
        (_MEASURED, "held", _("Đang có người giữ"), number_vn),
        (_MEASURED, "promised", _("Đã có quyết định"), number_vn),
        (_MEASURED, "free", _("Còn trống"), number_vn),
        (_REQUIRED, "free_at_least", _("Cần trống ít nhất"), number_vn),
    ),
    "appointment.planned": (
        (_MEASURED, "planned_for_title", _("Trong quy hoạch chức danh này"), _yes),
        (_MEASURED, "planned_equal_or_higher", _("Chức danh tương đương trở lên"), _yes),
    ),
    "appointment.plan_changed_recently": (
        (_MEASURED, "days_in_plan", _("Ở trong quy hoạch trước khi mở hồ sơ"), _days),
        (_MEASURED, "after_opening", _("Vào quy hoạch sau khi mở hồ sơ"), _yes),
        (_REQUIRED, "days_in_plan_at_least", _("Ngưỡng cảnh báo: dưới"), _days),
    ),
    "appointment.standards": (
        (_MEASURED, "standards", _("Số tiêu chuẩn"), number_vn),
        (_MEASURED, "short", _("Chưa đạt"), _count),
        (_MEASURED, "unknown", _("Chưa có trong hồ sơ"), _count),
    ),
    "appointment.age_full_term": (
        (_MEASURED, "full_term", _("Đủ tuổi trọn nhiệm kỳ"), _yes),
        (_REQUIRED, "months_at_least", _("Cần còn công tác từ"), _months),
    ),
    "appointment.tenure": (
        (_MEASURED, "months", _("Đã giữ chức danh"), _months),
        (_REQUIRED, "months_at_least", _("Cần từ"), _months),
    ),
    "appointment.time_bar": (
        (_MEASURED, "under_review", _("Đang xem xét kỷ luật"), _yes),
        (_MEASURED, "barred_until", _("Chưa được xét đến ngày"), _date),
    ),
    "appointment.evaluation": (
        (_REQUIRED, "years", _("Các năm xét"), _list),
        (_REQUIRED, "grade_at_least", _("Xếp loại cần có"), _grade),
        (_MEASURED, "failed", _("Năm không đạt"), _list),
        (_MEASURED, "missing", _("Năm chưa có xếp loại"), _list),
    ),
    "appointment.political_standard": (
        (_MEASURED, "concluded", _("Có kết luận còn dùng được"), _yes),
        (_MEASURED, "outdated", _("Kết luận đã cũ"), _yes),
    ),
    "appointment.asset_declaration": (
        (_MEASURED, "declared", _("Đã kê khai"), _yes),
        (_MEASURED, "recent", _("Trong thời hạn"), _yes),
        (_REQUIRED, "within_months", _("Trong vòng"), _months),
    ),
    "appointment.kinship": ((_MEASURED, "relatives_leading", _("Người thân trong lãnh đạo"), number_vn),),
    "appointment.party_body_opinion": ((_MEASURED, "given", _("Đã có ý kiến"), _yes),),
    "appointment.steps": (
        (_MEASURED, "policy_decided", _("Đã đồng ý chủ trương"), _yes),
        (_MEASURED, "held", _("Bước đã họp"), _steps),
        (_REQUIRED, "steps", _("Số bước của quy trình"), _count),
    ),
    "appointment.quorum": (
        (_MEASURED, "meetings", _("Số hội nghị đã ghi"), number_vn),
        (_MEASURED, "short", _("Bước thiếu người"), _list),
        (_REQUIRED, "present_of_summoned_at_least", _("Người dự trên người triệu tập, từ"), str),
    ),
    "appointment.majority": (
        (_MEASURED, "ballots", _("Phiếu đồng ý trên người triệu tập"), _ballots),
        (_REQUIRED, "votes_of_summoned_more_than_percent", _("Ở các bước quyết định"), _percent),
    ),
    "appointment.responsibility_note": ((_MEASURED, "noted", _("Đã ghi"), _yes),),
    "reappointment.on_time": (
        (_MEASURED, "term_ends_on", _("Hết nhiệm kỳ"), _date),
        (_REQUIRED, "notice_by", _("Thông báo chậm nhất"), _date),
        (_REQUIRED, "signed_by", _("Ký chậm nhất"), _date),
        (_MEASURED, "days_late", _("Quá hạn"), _days),
    ),
    "reappointment.kind": (
        (_MEASURED, "decided", _("Đề nghị"), _outcome),
        (_MEASURED, "allowed", _("Theo tuổi còn lại"), _outcome),
    ),
    "reappointment.consecutive_terms": (
        (_MEASURED, "terms_held", _("Nhiệm kỳ liên tiếp đã giữ"), number_vn),
        (_REQUIRED, "terms_at_most", _("Được giữ nhiều nhất"), number_vn),
    ),
}
"""Rule to what its finding measured and what it asks, in the order they are read."""

_BAD: Final = frozenset({"missing", "failed", "short", "unknown", "barred_until", "days_late", "free"})
"""What, where a finding is not met and it stands there, is what is wrong."""


def verdicts(findings: Sequence[Row]) -> list[Verdict]:
    """Findings as verdicts, worst first; of one kind in the order of the API."""
    return sorted((verdict(one) for one in findings), key=lambda found: VERDICTS.index(found.kind))


def verdict(finding: Row) -> Verdict:
    """One finding in words."""
    rule, kind = str(finding.get("rule") or ""), kind_of(finding)
    clause = str(finding.get("clause") or "")
    # The clause stands at the end of the row already.
    message = str(finding.get("message") or "").replace(_(" (mục %s)") % clause, "")
    return Verdict(
        kind=kind,
        rule=rule,
        name=RULE.get(rule, rule),
        clause=clause,
        line=message,
        message=message,
        remedy=str(finding.get("remedy") or "") if kind in {"bad", "warn", "unknown"} else "",
        figures=_figures(rule, finding, kind),
        waived_by=str(finding.get("waived_by") or ""),
    )


def _figures(rule: str, finding: Row, kind: str) -> list[tuple[str, str, bool]]:
    found = []
    for side, name, label, told in _FIGURES.get(rule, ()):
        value = (finding.get(side) or {}).get(name)
        if value is None or value == [] or (name in {"promised", "days_late"} and value == 0):
            continue
        found.append((label, told(value), kind in {"bad", "warn", "unknown"} and name in _BAD))
    return found


def of_dossier(findings: Sequence[Row]) -> list[Row]:
    """The findings on the dossier itself, without those on the person chosen."""
    return [one for one in findings if one.get("rule") in OF_DOSSIER]


def of_person(findings: Sequence[Row]) -> list[Row]:
    """The findings on the person chosen."""
    return [one for one in findings if one.get("rule") not in OF_DOSSIER]


def worst(found: Sequence[Verdict]) -> str:
    """The kind of the worst verdict; "ok" where there is none."""
    return found[0].kind if found else "ok"


def required(findings: Sequence[Row], rule: str, name: str) -> Any:  # noqa: ANN401 - any JSON value
    """What a finding asks for; None where no norm is in force or nobody asked."""
    for finding in findings:
        if finding.get("rule") == rule:
            return (finding.get("required") or {}).get(name)
    return None
