"""Rules on re-appointments (III.3.5-a): in time, by the months left, not beyond two terms as head.

They concern terms of appointed posts alone; elected titles stand for re-election and are never asked here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from app.services.law.finding import Effect, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.rules.registry import rule
from app.services.law.working_days import subtract_working_days

if TYPE_CHECKING:
    from pydantic import JsonValue

ON_TIME, CONDITIONS = "III.3.5-a", "III.3.5-b"
FIRST_DECREE = date(2020, 12, 1)
"""First day of Decree 138/2020."""

WORKING_DAYS_SINCE = date(2025, 10, 8)
"""First day of 377-QĐ/TW, which counts the notice in working days."""

FIRST, SECOND = "reappointment.reminder-first", "reappointment.reminder-second"
THIRD, LAST = "reappointment.reminder-third", "reappointment.reminder-last"
NOTICE, NOTICE_WORKING = "reappointment.notice-days", "reappointment.notice-working-days"
TERMS = "reappointment.consecutive-terms"
FULL_TERM, EXTEND = "reappointment.full-term-months", "reappointment.extend-below-months"

LEGAL = "legal"
"""The name of the reminder that the law itself asks for."""


class ReappointmentKind(StrEnum):
    """What the months left to retirement allow: a full term, the rest until retirement, an extension."""

    REAPPOINT = "reappoint"
    TO_RETIREMENT = "to_retirement"
    EXTEND = "extend"


_KIND_NAMES = {
    ReappointmentKind.REAPPOINT: "bổ nhiệm lại trọn nhiệm kỳ",
    ReappointmentKind.TO_RETIREMENT: "bổ nhiệm lại đến tuổi nghỉ hưu",
    ReappointmentKind.EXTEND: "kéo dài đến tuổi nghỉ hưu",
}


def kind_of_reappointment(months_left: int, law: LawOn) -> ReappointmentKind:
    """What so many months of service after the term's end allow. NotInForce before Decree 138/2020."""
    if months_left >= law[FULL_TERM].at_least:
        return ReappointmentKind.REAPPOINT
    return ReappointmentKind.EXTEND if months_left < law[EXTEND].integer else ReappointmentKind.TO_RETIREMENT


def legal_day(term_ends_on: date, law: LawOn) -> date:
    """The last day for the notice: so many days before the term ends, working days since 377-QĐ/TW.

    NotInForce before Decree 138/2020.
    """
    if NOTICE_WORKING in law:
        return subtract_working_days(term_ends_on, law[NOTICE_WORKING].at_least)
    return term_ends_on - timedelta(days=law[NOTICE].at_least)


def reminders(term_ends_on: date, law: LawOn) -> list[tuple[str, date]]:
    """Names and days of the reminders of a term, the earliest first: T-n in calendar days, and LEGAL.

    NotInForce before Decree 138/2020.
    """
    days = [law[one].integer for one in (FIRST, SECOND, THIRD, LAST) if one in law]
    plain = [(f"T-{number}", term_ends_on - timedelta(days=number)) for number in days]
    return sorted([*plain, (LEGAL, legal_day(term_ends_on, law))], key=lambda one: one[1])


def last_day_to_sign(term_ends_on: date, lead_working_days: int = 0) -> date:
    """The last day on which a decision is in time: the day before the term ends, less the lead."""
    return subtract_working_days(term_ends_on - timedelta(days=1), lead_working_days)


@dataclass(frozen=True, slots=True)
class OnTimeFacts:
    """The exclusive end of a term and the day the next decision was signed; None: none yet.

    - `term_ends_on` None: the record doesn't say when the term ends. `has_term`: False for elected titles.
    - `lead_working_days`: how much earlier the office wants it; not negative (ValueError when judged).
    """

    label: str
    term_ends_on: date | None
    signed_on: date | None
    lead_working_days: int = 0
    has_term: bool = True


@rule(
    "reappointment.on_time",
    clause=ON_TIME,
    effect=Effect.MEASURES,
    since="resolution",
    until=WORKING_DAYS_SINCE,
    waivable=False,
    parameters=(FIRST, SECOND, NOTICE),
    facts=OnTimeFacts,
)
def on_time(facts: OnTimeFacts, law: LawOn) -> Verdict:
    """The decision is signed before the term ends; the notice comes 90 calendar days before."""
    return _on_time(facts, law)


@rule(
    "reappointment.on_time",
    clause=ON_TIME,
    effect=Effect.MEASURES,
    since=WORKING_DAYS_SINCE,
    waivable=False,
    parameters=(FIRST, SECOND, NOTICE_WORKING, THIRD, LAST),
    facts=OnTimeFacts,
)
def on_time_by_377(facts: OnTimeFacts, law: LawOn) -> Verdict:
    """The decision is signed before the term ends; the notice comes 90 working days before."""
    return _on_time(facts, law)


def _on_time(facts: OnTimeFacts, law: LawOn) -> Verdict:
    if not facts.has_term:
        return not_applicable(
            message=f"Chức danh này không có thời hạn bổ nhiệm nên không xét bổ nhiệm lại (mục {ON_TIME})."
        )
    if facts.term_ends_on is None:
        return unknown(
            measured={"term_ends_on": None},
            required={},
            message=f"Chưa rõ ngày hết thời hạn giữ chức vụ của {facts.label} (mục {ON_TIME}).",
            remedy="Bổ sung ngày hết thời hạn giữ chức vụ.",
        )
    last = last_day_to_sign(facts.term_ends_on, facts.lead_working_days)
    until = facts.signed_on or law.day
    late = max((until - last).days, 0)
    required: dict[str, JsonValue] = {
        "signed_by": last.isoformat(),
        "notice_by": legal_day(facts.term_ends_on, law).isoformat(),
    }
    measured: dict[str, JsonValue] = {
        "term_ends_on": facts.term_ends_on.isoformat(),
        "signed_on": facts.signed_on.isoformat() if facts.signed_on else None,
        "days_late": late,
    }
    if facts.signed_on is None and not late:
        return not_applicable(
            measured=measured,
            required=required,
            message=f"{facts.label} chưa đến hạn bổ nhiệm lại, hạn ký là {last:%d/%m/%Y} (mục {ON_TIME}).",
        )
    state = "đã ký" if facts.signed_on else "chưa ký"
    return met_if(
        not late,
        measured=measured,
        required=required,
        message=f"Quyết định về {facts.label} {state}, chậm {late} ngày so với hạn {last:%d/%m/%Y} "
        f"(mục {ON_TIME})."
        if late
        else f"Quyết định về {facts.label} đã ký trong hạn {last:%d/%m/%Y} (mục {ON_TIME}).",
        remedy="Hoàn thành hồ sơ và ký quyết định ngay; ghi rõ lý do chậm.",
    )


@dataclass(frozen=True, slots=True)
class ConsecutiveTermsFacts:
    """Consecutive terms somebody has held a head post in the same place, the present one in; None: unknown.

    - `public_service`: a manager of a public-service unit, to whom the limit doesn't apply.
    - `new_term`: False where the decision only lasts until retirement. ValueError for terms below nought.
    """

    label: str
    terms_held: int | None
    is_head: bool
    public_service: bool
    new_term: bool = True

    def __post_init__(self) -> None:
        """Refuse what no counting gives."""
        if (self.terms_held or 0) < 0:
            raise ValueError(f"{self} can't be counted")


@rule(
    "reappointment.consecutive_terms",
    clause=CONDITIONS,
    effect=Effect.BLOCKS,
    since=FIRST_DECREE,
    waivable=False,
    parameters=(TERMS,),
    facts=ConsecutiveTermsFacts,
)
def consecutive_terms(facts: ConsecutiveTermsFacts, law: LawOn) -> Verdict:
    """A head of two consecutive terms in the same post isn't appointed for a third."""
    norm = law[TERMS]
    required: dict[str, JsonValue] = {"terms_at_most": norm.at_most}
    if not facts.is_head or facts.public_service or not facts.new_term:
        return not_applicable(
            required=required,
            message="Giới hạn nhiệm kỳ liên tiếp chỉ áp dụng cho cấp trưởng bổ nhiệm thêm nhiệm kỳ, không "
            f"gồm viên chức quản lý (mục {norm.clause}).",
        )
    held = facts.terms_held
    measured: dict[str, JsonValue] = {"terms_held": held}
    if held is None:
        return unknown(
            measured=measured,
            required=required,
            message=f"Chưa rõ {facts.label} đã giữ chức vụ này mấy nhiệm kỳ liên tiếp (mục {norm.clause}).",
            remedy=f"Bổ sung quá trình giữ chức vụ của {facts.label}.",
        )
    return met_if(
        held < norm.at_most,
        measured=measured,
        required=required,
        message=f"{facts.label} đã giữ chức vụ này {held} nhiệm kỳ liên tiếp, nhiều nhất là {norm.at_most} "
        f"(mục {norm.clause}).",
        remedy="Điều động, bố trí công việc khác thay vì bổ nhiệm lại.",
    )


@dataclass(frozen=True, slots=True)
class ReappointmentKindFacts:
    """What is decided, and the months of service left after the term's end; None: not on record.

    `decided` None: no new term at all.
    """

    label: str
    decided: ReappointmentKind | None
    months_left: int | None


@rule(
    "reappointment.kind",
    clause=ON_TIME,
    effect=Effect.BLOCKS,
    since=FIRST_DECREE,
    waivable=True,
    parameters=(FULL_TERM, EXTEND),
    facts=ReappointmentKindFacts,
)
def kind(facts: ReappointmentKindFacts, law: LawOn) -> Verdict:
    """A full term for who can serve it, else the rest until retirement, at the very end an extension."""
    norm = law[FULL_TERM]
    required: dict[str, JsonValue] = {
        "full_term_months_at_least": norm.at_least,
        "extend_months_below": law[EXTEND].integer,
    }
    if facts.decided is None:
        return not_applicable(
            required=required, message=f"Không bổ nhiệm lại nên không xét thời hạn (mục {norm.clause})."
        )
    if facts.months_left is None:
        return unknown(
            measured={"decided": facts.decided.value, "allowed": None},
            required=required,
            message=f"Chưa rõ {facts.label} còn công tác bao lâu (mục {norm.clause}).",
            remedy=f"Bổ sung ngày sinh, giới tính vào hồ sơ của {facts.label}.",
        )
    allowed = kind_of_reappointment(facts.months_left, law)
    return met_if(
        facts.decided is allowed,
        measured={"decided": facts.decided.value, "allowed": allowed.value},
        required=required,
        message=f"Thời gian công tác còn lại của {facts.label} ứng với {_KIND_NAMES[allowed]}, hồ sơ chọn "
        f"{_KIND_NAMES[facts.decided]} (mục {norm.clause}).",
        remedy=f"Sửa hồ sơ thành {_KIND_NAMES[allowed]}.",
    )
