"""Rules on rotations of leaders: luân chuyển (III.3.5-f, 65-QĐ/TW). Others in sensitive posts: post_change.

The limits of 98-QĐ/TW, before 2022-04-28, aren't given: the rules aren't in force then.
"""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.services.law.finding import Effect, Verdict, met_if, not_applicable, unknown
from app.services.law.months import months_after, months_between
from app.services.law.parameter import LawOn
from app.services.law.retirement import AGES, Sex, months_left
from app.services.law.rules.plan.common import listed
from app.services.law.rules.registry import rule

if TYPE_CHECKING:
    from pydantic import JsonValue

ROTATION = "III.3.5-f"
SINCE = date(2022, 4, 28)
"""First day of 65-QĐ/TW."""

YEARS_LEFT, MIN_MONTHS = "rotation.years-left", "rotation.min-months"


@dataclass(frozen=True, slots=True)
class RotationPlannedFacts:
    """Whether somebody has a live entry in a succession plan, and what the rotation plan leaves out.

    - `planned` None: the file is kept elsewhere. `missing`: shown words out of post, place, what comes after.
    - `exempt`: the rotation only realises heads who aren't of the place, or a limit of terms.
    """

    label: str
    planned: bool | None
    missing: tuple[str, ...] = ()
    exempt: bool = False


@rule(
    "rotation.planned",
    clause=ROTATION,
    effect=Effect.BLOCKS,
    since=SINCE,
    waivable=True,
    facts=RotationPlannedFacts,
)
def planned(facts: RotationPlannedFacts, _: LawOn) -> Verdict:
    """Who is rotated is planned for more, and the rotation plan says where to and what comes after."""
    required: dict[str, JsonValue] = {"planned": True, "missing": 0}
    if facts.exempt:
        return not_applicable(
            required=required,
            message=f"Luân chuyển để bố trí người đứng đầu nên không xét quy hoạch (mục {ROTATION}).",
        )
    measured: dict[str, JsonValue] = {"planned": facts.planned, "missing": list(facts.missing)}
    if facts.planned is None and not facts.missing:
        return unknown(
            measured=measured,
            required=required,
            message=f"Chưa rõ {facts.label} có trong quy hoạch hay không (mục {ROTATION}).",
            remedy="Đề nghị nơi quản lý hồ sơ xác nhận quy hoạch.",
        )
    wrong = [
        *(["chưa có trong quy hoạch"] if facts.planned is False else []),
        *([f"kế hoạch chưa ghi {listed(facts.missing)}"] if facts.missing else []),
    ]
    return met_if(
        not wrong,
        measured=measured,
        required=required,
        message=f"{facts.label}: {'; '.join(wrong)} (mục {ROTATION})."
        if wrong
        else f"{facts.label} có trong quy hoạch, kế hoạch luân chuyển đã ghi đủ (mục {ROTATION}).",
        remedy="Chọn người trong quy hoạch và ghi đủ vị trí, nơi đến, hướng bố trí sau luân chuyển.",
    )


@dataclass(frozen=True, slots=True)
class RotationAgeFacts:
    """Birth of who is rotated and the day it begins; None: the record doesn't say. `exempt` as above."""

    label: str
    birth_date: date | None
    sex: Sex | None
    begins_on: date
    exempt: bool = False


@rule(
    "rotation.years_left",
    clause=ROTATION,
    effect=Effect.BLOCKS,
    since=SINCE,
    waivable=True,
    parameters=(YEARS_LEFT, *AGES.values()),
    facts=RotationAgeFacts,
)
def years_left(facts: RotationAgeFacts, law: LawOn) -> Verdict:
    """Ten years of service are left on the day it begins. How many are isn't told: it tells the birth."""
    norm = law[YEARS_LEFT]
    required: dict[str, JsonValue] = {
        "from": facts.begins_on.isoformat(),
        "months_at_least": norm.at_least,
    }
    if facts.exempt:
        return not_applicable(
            required=required,
            message=f"Luân chuyển để bố trí người đứng đầu nên không xét tuổi (mục {norm.clause}).",
        )
    if facts.birth_date is None or facts.sex is None:
        return unknown(
            measured={"enough": None},
            required=required,
            message=f"Chưa rõ ngày sinh hoặc giới tính của {facts.label} (mục {norm.clause}).",
            remedy=f"Bổ sung ngày sinh, giới tính vào hồ sơ của {facts.label}.",
        )
    holds = months_left(facts.birth_date, facts.sex, facts.begins_on, law) >= norm.at_least
    return met_if(
        holds,
        measured={"enough": holds},
        required=required,
        message=f"{facts.label} {'còn đủ' if holds else 'không còn đủ'} {norm.at_least} tháng công tác kể từ "
        f"{facts.begins_on:%d/%m/%Y} (mục {norm.clause}).",
        remedy="Chọn người trẻ hơn, hoặc ghi văn bản cho phép của cấp có thẩm quyền.",
    )


@dataclass(frozen=True, slots=True)
class RotationMonthsFacts:
    """When a rotation began and ends; `returns`: False where the person stays or goes on elsewhere.

    `began_on` None: not on record. `early_reason`: why it ends early, which then is a state of its own.
    """

    label: str
    began_on: date | None
    ends_on: date
    returns: bool = True
    early_reason: str | None = None


def rotation_due_on(began_on: date, law: LawOn) -> date:
    """The first day on which somebody may return. NotInForce before 65-QĐ/TW."""
    return months_after(began_on, law[MIN_MONTHS].at_least)


@rule(
    "rotation.min_months",
    clause=ROTATION,
    effect=Effect.BLOCKS,
    since=SINCE,
    waivable=True,
    parameters=(MIN_MONTHS,),
    facts=RotationMonthsFacts,
)
def min_months(facts: RotationMonthsFacts, law: LawOn) -> Verdict:
    """Three years are served before the return; who is called back early is told so, with the reason."""
    norm = law[MIN_MONTHS]
    required: dict[str, JsonValue] = {"months_at_least": norm.at_least}
    if not facts.returns or (facts.early_reason or "").strip():
        return not_applicable(
            required=required,
            message=f"{facts.label} không trở về theo kế hoạch nên không xét thời gian (mục {norm.clause}).",
        )
    if facts.began_on is None:
        return unknown(
            measured={"months": None, "due_on": None},
            required=required,
            message=f"Chưa rõ ngày {facts.label} bắt đầu luân chuyển (mục {norm.clause}).",
            remedy="Bổ sung ngày bắt đầu luân chuyển theo quyết định.",
        )
    due_on, months = rotation_due_on(facts.began_on, law), months_between(facts.began_on, facts.ends_on)
    return met_if(
        facts.ends_on >= due_on,
        measured={"months": months, "due_on": due_on.isoformat()},
        required=required,
        message=f"{facts.label} luân chuyển {months} tháng, yêu cầu {norm.at_least} tháng "
        f"(mục {norm.clause}).",
        remedy=f"Chờ đến ngày {due_on:%d/%m/%Y}, hoặc kết thúc sớm và ghi rõ lý do.",
    )
