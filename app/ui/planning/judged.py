"""Findings on a plan in one line and in figures, under the four things without which none is approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.ui.display import number_vn, percent_vn
from app.ui.texts import _

Row = Mapping[str, Any]

RULE: Final = {
    "plan.women_key_title": _("Nữ trong quy hoạch chức danh chủ chốt"),
    "plan.persons_per_title": _("Số người cho một chức danh"),
    "plan.titles_per_person": _("Số chức danh của một người"),
    "plan.procedure": _("Hội nghị giới thiệu và phiếu"),
    "plan.committee_number": _("Số người trong quy hoạch cấp ủy"),
    "plan.age": _("Tuổi còn công tác"),
    "plan.political_standard": _("Kết luận tiêu chuẩn chính trị"),
    "plan.structure": _("Cơ cấu độ tuổi, trẻ, nữ, dân tộc"),
    "plan.specialised_share": _("Ngành chuyên sâu trong quy hoạch của tỉnh"),
    "plan.outsiders": _("Người ngoài đơn vị"),
    "plan.planned_below": _("Đã quy hoạch ở cấp dưới"),
    "plan.no_open_appointment": _("Không đồng thời bổ nhiệm"),
}
WOMEN, PERSONS, TITLES, PROCEDURE = list(RULE)[:4]

GROUPS: Final = {
    "number": _("Số lượng"),
    "quality": _("Chất lượng"),
    "structure": _("Cơ cấu"),
    "procedure": _("Quy trình"),
    "": _("Quy định khác"),
}
"""The four things without which no plan is approved (III.3.3-g), in the resolution's order."""

FITTING: Final = {
    WOMEN: _("Cán bộ nữ phù hợp"),
    "plan.structure": _("Người bù được cơ cấu"),
    "plan.committee_number": _("Người bổ sung được cho đủ số lượng"),
}
"""Rules whose gap some person may close, and what those persons are called."""

VERDICTS: Final = ("bad", "warn", "unknown", "waived", "count", "ok", "none")
"""Worst first, as the panel lists them."""

VERDICT: Final = {
    "bad": _("không đạt"),
    "warn": _("cần giải trình"),
    "unknown": _("chưa đủ dữ liệu"),
    "waived": _("được cho phép"),
    "count": _("chỉ để đo"),
    "ok": _("đạt"),
    "none": _("không áp dụng"),
}


@dataclass(frozen=True)
class Verdict:
    """A finding as the panel shows it: kind, name, one line, figures, what to do."""

    kind: str
    rule: str
    name: str
    clause: str
    line: str
    message: str
    remedy: str
    figures: list[tuple[str, str, bool]] = field(default_factory=list)
    """Label, value, and whether the value is what is wrong."""
    following: str = ""
    """The meeting to hold next, where one is missing."""
    waived_by: str = ""
    """The waiver that lifts it."""
    group: str = ""
    """Which of the four things it belongs to; what was kept before there were groups has none."""

    @property
    def blocks(self) -> bool:
        """Whether it wants something done."""
        return self.kind in {"bad", "unknown"}

    @property
    def key(self) -> str:
        """An id that changes with the verdict, so that a rule that turned bad opens by itself."""
        return f"{self.rule.replace('.', '-').replace('_', '-')}-{self.kind}"


def verdicts(findings: Sequence[Row]) -> list[Verdict]:
    """Findings as verdicts, worst first; of one kind in the order of the API."""
    return sorted((verdict(finding) for finding in findings), key=lambda found: VERDICTS.index(found.kind))


@dataclass(frozen=True)
class Group:
    """One of the four things without which no plan is approved (III.3.3-g), its verdicts worst first."""

    name: str
    kind: str
    """The kind of its worst verdict."""
    verdicts: list[Verdict]

    @property
    def told(self) -> str:
        """How it stands, in words: of those that apply, how many say what its worst says."""
        asked = [one for one in self.verdicts if one.kind != "none"]
        if not asked:
            return VERDICT["none"]
        number = sum(one.kind == self.kind for one in asked)
        return f"{number}/{len(asked)} {VERDICT[self.kind]}"


def groups(found: Sequence[Verdict]) -> list[Group]:
    """Verdicts by the four things, in the order of the resolution; those of none come last."""
    told = []
    for key, name in GROUPS.items():
        own = [one for one in found if one.group == key]
        if own:
            told.append(Group(name, own[0].kind, own))
    return told


def verdict(finding: Row) -> Verdict:
    """One finding in words."""
    rule = str(finding.get("rule") or "")
    told, asked = finding.get("measured") or {}, finding.get("required") or {}
    kind = kind_of(finding)
    message = str(finding.get("message") or "")
    line, figures = _TELLERS.get(rule, _plain)(told, asked, kind)
    return Verdict(
        kind=kind,
        rule=rule,
        name=RULE.get(rule, rule),
        clause=str(finding.get("clause") or ""),
        # Figures that look right don't say what is wrong: an order, a day, a number of votes.
        line=message if rule == PROCEDURE and kind == "bad" and not told.get("missing") else line or message,
        message=message,
        remedy=str(finding.get("remedy") or "") if kind in {"bad", "warn", "unknown"} else "",
        figures=figures,
        group=str(finding.get("group") or ""),
        following=str(told.get("next") or "") if rule == PROCEDURE else "",
        waived_by=str(finding.get("waived_by") or ""),
    )


def kind_of(finding: Row) -> str:
    """Which kind of verdict a finding is, whatever dossier it is about; one of VERDICTS."""
    outcome = finding.get("outcome")
    if finding.get("effect") == "measures" and outcome in {"unmet", "unknown"}:
        return "count"
    if finding.get("waived_by") and outcome in {"unmet", "unknown"}:
        return "waived"
    if outcome == "unmet":
        return "bad" if finding.get("effect") == "blocks" else "warn"
    return {"met": "ok", "not_applicable": "none"}.get(str(outcome), "unknown")


Told = tuple[str, list[tuple[str, str, bool]]]


def _women(told: Row, asked: Row, kind: str) -> Told:
    staff, women = told.get("staff"), told.get("women")
    planned = told.get("women_planned_for_key_titles")
    if not staff:
        return "", []
    share = percent_vn(told.get("share_percent"))
    has = _("%(w)s trong %(s)s người, %(p)s") % {"w": number_vn(women), "s": number_vn(staff), "p": share}
    line = _("Nữ %s") % has
    if kind in {"bad", "ok"}:
        line += _("; %s nữ được quy hoạch") % number_vn(planned)
    least = _("từ %(p)s, tức từ %(n)s người") % {
        "p": percent_vn(asked.get("women_share_at_least_percent")),
        "n": number_vn(asked.get("women_from")),
    }
    figures = [(_("Nữ của đơn vị"), has, False), (_("Ngưỡng áp dụng"), least, False)]
    if told.get("staff_unknown_sex"):
        figures.append((_("Chưa rõ giới tính"), _("%s người") % number_vn(told["staff_unknown_sex"]), True))
    if kind != "none":
        figures.append((_("Nữ được quy hoạch"), _("%s người") % number_vn(planned), kind == "bad"))
    if told.get("planned_unknown_sex"):
        unclear = _("%s người") % number_vn(told["planned_unknown_sex"])
        figures.append((_("Chưa rõ nam hay nữ"), unclear, True))
    if kind == "bad":
        lacking = int(asked.get("women_planned_at_least") or 1) - int(planned or 0)
        figures.append((_("Còn thiếu"), _("%s người") % number_vn(lacking), True))
    return line, figures


def _persons(told: Row, asked: Row, kind: str) -> Told:
    if "most_persons" not in told:
        return "", []
    most, limit = number_vn(told["most_persons"]), number_vn(asked.get("persons_at_most"))
    over = [
        (str(title.get("name")), _("%s người") % number_vn(title.get("persons")), True)
        for title in told.get("over") or []
    ]
    figures = [(_("Được phép"), _("không quá %s người một chức danh") % limit, False), *over]
    if kind == "bad" and over:
        line = _("%(t)s: %(n)s, được nhiều nhất %(l)s") % {"t": over[0][0], "n": over[0][1], "l": limit}
        return line, figures
    return (
        _("Nhiều nhất %(n)s người một chức danh, được %(l)s") % {"n": most, "l": limit},
        figures if kind != "none" else [],
    )


def _titles(told: Row, asked: Row, kind: str) -> Told:
    if "most_titles" not in told:
        return "", []
    most, limit = number_vn(told["most_titles"]), number_vn(asked.get("titles_at_most"))
    level = _(" cùng cấp") if asked.get("counted") == "each_level" else ""
    over = [
        (str(person.get("label")), _("%s chức danh") % number_vn(person.get("titles")), True)
        for person in told.get("over") or []
    ]
    figures = [
        (_("Được phép"), _("không quá %(l)s chức danh%(c)s") % {"l": limit, "c": level}, False),
        *over,
    ]
    return (
        _("Nhiều nhất %(n)s chức danh một người, được %(l)s") % {"n": most, "l": limit},
        figures if kind != "none" else [],
    )


def _procedure(told: Row, asked: Row, kind: str) -> Told:
    if "meetings" not in told:
        return "", []
    steps, held = asked.get("meetings") or [], told.get("meetings") or []
    done = _("%(h)s trong %(a)s hội nghị") % {"h": number_vn(len(held)), "a": number_vn(len(steps))}
    line = _("Đã có %s") % done
    entries, voted = told.get("entries") or 0, told.get("entries_voted") or 0
    if entries and not told.get("missing"):
        line += _("; %(v)s trong %(e)s người có phiếu") % {"v": number_vn(voted), "e": number_vn(entries)}
    votes = _("trên %s số người triệu tập") % percent_vn(asked.get("votes_of_summoned_more_than_percent"))
    if asked.get("votes_from") is not None:
        votes += _(", tức từ %s phiếu") % number_vn(asked["votes_from"])
    figures = [
        (_("Đã họp"), done, kind == "bad" and bool(told.get("missing"))),
        (_("Người dự"), _("từ %s số người triệu tập") % asked.get("present_of_summoned_at_least"), False),
        (_("Phiếu đồng ý"), votes, False),
    ]
    return line, figures


def _plain(_told: Row, _asked: Row, _kind: str) -> Told:
    return "", []


_TELLERS: Final = {WOMEN: _women, PERSONS: _persons, TITLES: _titles, PROCEDURE: _procedure}


def tally(found: Sequence[Verdict]) -> list[tuple[str, int]]:
    """How many verdicts there are of each kind, worst first, kinds without any left out."""
    return [(kind, n) for kind in VERDICTS if (n := sum(one.kind == kind for one in found))]


def spoken(found: Sequence[Verdict]) -> str:
    """The tally as one line that a screen reader announces: «1 không đạt, 2 đạt»."""
    return ", ".join(f"{n} {VERDICT[kind]}" for kind, n in tally(found)) or _("Chưa có quy định nào để xét")
