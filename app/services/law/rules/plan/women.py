"""A unit with 30 % women or more plans a woman for a key title (III.3.3-e)."""

from dataclasses import dataclass

from pydantic import JsonValue

from app.services.law.finding import Effect, Group, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.parameter_file import WHOLE
from app.services.law.rules.plan.common import percent_shown
from app.services.law.rules.registry import rule

SHARE = "plan.women-share-at-least"
PLANNED = 1
"""The clause asks that there be a woman: one title is enough."""


@dataclass(frozen=True, slots=True)
class WomenKeyTitleFacts:
    """A planning unit, a period and the dossier judged, as they stand on the day of judging.

    - `staff`, `women`: distinct officials, civil servants and public employees on the unit's payroll that
      day and of sub-units that make no plan of their own, with the women among them. Probation, leave,
      study and suspension count, seconded people at the sender, rotated ones at the receiver, contracts
      don't. A locality counts its own bodies, without public-service units and without the level below.
    - `staff_unknown_sex`: those of `staff` whose sex nobody entered; none of them is in `women`.
    - `key_titles`: key titles of the unit (`is_key` on the day), whoever manages them.
    - `dossier_has_key_titles`: whether the dossier is the route of at least one of them, that is one is
      managed by the dossier's authority. Never «somebody is entered for one»: a key title left empty would
      then lift the rule. False for a plan of committee seats, which are no key titles.
    - `women_planned`: distinct women, from anywhere, with a live entry for a key title of this unit, over
      the approved dossiers of unit and period and the one judged. Holding a key title is not being planned.
    - `planned_unknown_sex`: the same for persons whose sex is unknown (stubs).
    - `compulsory_removals`: women who left key titles of the unit since the last approval for a reason that
      holds nothing back (age, discipline, left): the «bổ sung» task.

    ValueError for numbers that no counting can give.
    """

    staff: int
    women: int
    key_titles: int
    women_planned: int
    dossier_has_key_titles: bool
    staff_unknown_sex: int = 0
    planned_unknown_sex: int = 0
    compulsory_removals: int = 0

    def __post_init__(self) -> None:
        """Refuse negative numbers and more women than staff."""
        parts = (
            self.women,
            self.key_titles,
            self.women_planned,
            self.staff_unknown_sex,
            self.planned_unknown_sex,
            self.compulsory_removals,
        )
        if min(parts) < 0 or self.women + self.staff_unknown_sex > self.staff:
            raise ValueError(f"{self} can't be counted")


def women_from(staff: int, percent: int) -> int:
    """The smallest number of women that reaches `percent` of `staff`: 36 of 118 at 30 %."""
    return -(-percent * staff // WHOLE)


def _measured(facts: WomenKeyTitleFacts) -> dict[str, JsonValue]:
    return {
        "staff": facts.staff,
        "women": facts.women,
        "staff_unknown_sex": facts.staff_unknown_sex,
        "share_percent": percent_shown(facts.women, facts.staff, mark=".") if facts.staff else None,
        "key_titles": facts.key_titles,
        "women_planned_for_key_titles": facts.women_planned,
        "planned_unknown_sex": facts.planned_unknown_sex,
        "compulsory_removals": facts.compulsory_removals,
    }


@rule(
    "plan.women_key_title",
    clause="III.3.3-e",
    group=Group.STRUCTURE,
    effect=Effect.BLOCKS,
    since="resolution",
    waivable=False,
    parameters=(SHARE,),
    facts=WomenKeyTitleFacts,
)
def women_key_title(facts: WomenKeyTitleFacts, law: LawOn) -> Verdict:
    """A unit with 30 % women or more has a woman planned for a key title.

    The questions in their order, each asked only where the one before left it open:

    1. Is there staff, and can women reach the share, the unknown counted for them? If not, not_applicable.
    2. Does the unit have key titles at all? If not, unknown: a gap of the data, never a pass. It comes
       before the next question, which such a unit would always escape by.
    3. Is the dossier a route of key titles? If not, not_applicable: another dossier answers for them.
    4. Is a woman planned? Then met, also where the share is uncertain: either way nothing is amiss.
    5. Could unknown sex turn the share or the planned persons? Then unknown, which blocks. Else unmet.
    """
    norm = law[SHARE]
    least = women_from(facts.staff, norm.at_least)
    measured = _measured(facts)
    required: dict[str, JsonValue] = {
        "women_share_at_least_percent": norm.at_least,
        "women_from": least if facts.staff else None,
        "women_planned_at_least": PLANNED,
    }
    if facts.staff == 0:
        return not_applicable(
            measured=measured,
            required=required,
            message=f"Đơn vị không có cán bộ, công chức, viên chức nào nên mục {norm.clause} không áp dụng.",
        )
    share = f"{percent_shown(facts.women, facts.staff, mark=',')} %"
    has = f"Đơn vị có {facts.women} trong {facts.staff} người là nữ, {share}"
    triggered = facts.women >= least
    if facts.women + facts.staff_unknown_sex < least:
        return not_applicable(
            measured=measured,
            required=required,
            message=f"{has}, chưa đến {norm.at_least} % nên mục {norm.clause} không áp dụng.",
        )
    if not triggered:
        has += f", còn {facts.staff_unknown_sex} người chưa rõ giới tính"
    if facts.key_titles == 0:
        return unknown(
            measured=measured,
            required=required,
            message=f"{has}, nhưng chưa chức danh nào của đơn vị được xác định là chủ chốt nên chưa xét được "
            f"mục {norm.clause}.",
            remedy="Xác định chức danh chủ chốt (cấp trưởng, cấp phó) của đơn vị trong danh mục chức danh.",
        )
    if not facts.dossier_has_key_titles:
        return not_applicable(
            measured=measured,
            required=required,
            message=f"Hồ sơ này không gồm chức danh chủ chốt của đơn vị nên không xét mục {norm.clause}; "
            "chức danh chủ chốt thuộc hồ sơ khác.",
        )
    missing = _missing_sex(facts, triggered=triggered, clause=norm.clause, percent=norm.at_least)
    if missing is not None:
        return unknown(
            measured=measured,
            required=required,
            message=f"{has}: {missing}",
            remedy="Nhập giới tính còn thiếu, hoặc đưa một nữ vào quy hoạch chức danh chủ chốt của đơn vị.",
        )
    holds = facts.women_planned >= PLANNED
    message = (
        f"{has}; đã có {facts.women_planned} nữ trong quy hoạch chức danh chủ chốt, đúng mục {norm.clause}."
        if holds
        else f"{has}, nhưng chưa có nữ nào trong quy hoạch chức danh chủ chốt, trái mục {norm.clause}."
    )
    return met_if(
        holds,
        measured=measured,
        required=required,
        message=message if holds else message + _removed(facts),
        remedy=("Bổ sung" if facts.compulsory_removals else "Đưa")
        + " ít nhất một cán bộ nữ, trong hoặc ngoài đơn vị, vào quy hoạch một chức danh chủ chốt của đơn vị.",
    )


def _missing_sex(facts: WomenKeyTitleFacts, *, triggered: bool, clause: str, percent: int) -> str | None:
    """What unknown sex leaves open; None where a woman is planned, or where nothing is."""
    if facts.women_planned >= PLANNED:
        return None
    if not triggered:
        return f"chưa biết đơn vị có từ {percent} % nữ hay không (mục {clause})."
    if facts.planned_unknown_sex:
        return (
            f"phải có nữ trong quy hoạch chức danh chủ chốt (mục {clause}), "
            f"mà {facts.planned_unknown_sex} người được quy hoạch chưa rõ giới tính."
        )
    return None


def _removed(facts: WomenKeyTitleFacts) -> str:
    if not facts.compulsory_removals:
        return ""
    return (
        f" {facts.compulsory_removals} nữ đã ra khỏi quy hoạch chức danh chủ chốt vì lý do bắt buộc: "
        "cần bổ sung."
    )
