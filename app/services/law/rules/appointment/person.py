"""What the law asks of one person before a decision: plan, standards, age, tenure, bars, grades (III.3.5)."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.services.law.finding import Effect, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.retirement import AGES, Sex, months_left
from app.services.law.rules.registry import rule

if TYPE_CHECKING:
    from pydantic import JsonValue

PARTY_80, PARTY_377 = date(2022, 8, 18), date(2025, 10, 8)
NEEDS_PLAN, SETTLED = "appointment.needs-plan", "appointment.plan-settled-days"
FULL_TERM, TENURE = "appointment.full-term-months", "appointment.tenure-months"


@dataclass(frozen=True, slots=True)
class VacancyFacts:
    """A post on the day: its seats (None: no quota on record), who holds them, who is about to."""

    post: str
    seats: int | None
    held: int
    promised: int = 0


@rule(
    "appointment.vacancy",
    clause="III.3.5-b",
    effect=Effect.BLOCKS,
    since="resolution",
    waivable=False,
    facts=VacancyFacts,
)
def vacancy(facts: VacancyFacts, law: LawOn) -> Verdict:  # noqa: ARG001 - the shape of a rule
    """A seat of the post is free: nobody holds it, nobody has been decided for it."""
    required: dict[str, JsonValue] = {"free_at_least": 1}
    if facts.seats is None:
        return unknown(
            measured={},
            required=required,
            message=f"Chưa có chỉ tiêu biên chế của vị trí {facts.post} nên chưa biết còn chỗ hay không "
            "(mục III.3.5-b).",
            remedy="Nhập số chỗ của vị trí việc làm.",
        )
    free = facts.seats - facts.held - facts.promised
    return met_if(
        free > 0,
        measured={"seats": facts.seats, "held": facts.held, "promised": facts.promised, "free": free},
        required=required,
        message=f"{facts.post}: có {facts.seats} chỗ, {facts.held} người đang giữ"
        + (f", {facts.promised} người đã có quyết định" if facts.promised else "")
        + (" nên không còn chỗ" if free <= 0 else f", còn {free} chỗ")
        + " (mục III.3.5-b).",
        remedy="Chờ có chỗ trống, hoặc kết thúc phân công của người đang giữ trước.",
    )


@dataclass(frozen=True, slots=True)
class PlannedFacts:
    """What somebody is planned for; `exempt`: the kind asks for no plan."""

    label: str
    outsider: bool = False
    planned_for_title: bool = False
    planned_equal_or_higher: bool = False
    exempt: bool = False


@rule(
    "appointment.planned",
    clause="III.3.5-c",
    effect=Effect.BLOCKS,
    since=PARTY_80,
    waivable=True,
    parameters=(NEEDS_PLAN,),
    facts=PlannedFacts,
)
def planned(facts: PlannedFacts, law: LawOn) -> Verdict:
    """In-house: planned for the title or one as high; from elsewhere: for one as high."""
    norm = law[NEEDS_PLAN]
    required: dict[str, JsonValue] = {"planned": "equal_or_higher" if facts.outsider else "title_or_equal"}
    if facts.exempt or not norm.flag:
        return not_applicable(
            required=required,
            message=f"Loại quyết định này không đòi hỏi có trong quy hoạch (mục {norm.clause}).",
        )
    holds = facts.planned_for_title or facts.planned_equal_or_higher
    return met_if(
        holds,
        measured={
            "planned_for_title": facts.planned_for_title,
            "planned_equal_or_higher": facts.planned_equal_or_higher,
        },
        required=required,
        message=f"{facts.label} có trong quy hoạch chức danh này hoặc tương đương (mục {norm.clause})."
        if holds
        else f"{facts.label} chưa có trong quy hoạch chức danh này hoặc tương đương (mục {norm.clause}).",
        remedy="Bổ sung quy hoạch trước, hoặc trình văn bản cho phép của cấp có thẩm quyền.",
    )


@dataclass(frozen=True, slots=True)
class PlanChangedFacts:
    """Since when somebody is planned for the title (None: he isn't), and when the dossier was opened."""

    label: str
    planned_from: date | None
    opened_on: date
    planned_after_opening: bool = False


def _changed(facts: PlanChangedFacts, law: LawOn, *, same_blocks: bool) -> Verdict:
    norm = law[SETTLED]
    required: dict[str, JsonValue] = {"days_in_plan_at_least": norm.integer}
    if facts.planned_from is None:
        return not_applicable(
            required=required,
            message=f"{facts.label} không có trong quy hoạch chức danh này (mục {norm.clause}).",
        )
    days = (facts.opened_on - facts.planned_from).days
    measured: dict[str, JsonValue] = {"days_in_plan": days, "after_opening": facts.planned_after_opening}
    if facts.planned_after_opening:
        found = met_if(
            False,  # noqa: FBT003 - reads as the sentence it is
            measured=measured,
            required=required,
            message=f"{facts.label} được đưa vào quy hoạch sau khi đã mở hồ sơ này (mục {norm.clause}).",
            remedy="Dừng hồ sơ; bổ nhiệm không làm cùng lúc với việc bổ sung quy hoạch."
            if same_blocks
            else "Ghi rõ lý do bổ sung quy hoạch sát ngày bổ nhiệm.",
        )
        return found if same_blocks else found.warning()
    return met_if(
        days >= norm.integer,
        measured=measured,
        required=required,
        message=f"{facts.label} ở trong quy hoạch {days} ngày trước khi mở hồ sơ (mục {norm.clause}).",
        remedy="Ghi rõ lý do bổ sung quy hoạch sát ngày bổ nhiệm.",
    ).warning()


@rule(
    "appointment.plan_changed_recently",
    clause="III.3.5-d",
    effect=Effect.WARNS,
    since=date(2012, 11, 5),
    until=PARTY_377,
    waivable=True,
    parameters=(SETTLED,),
    facts=PlanChangedFacts,
)
def plan_changed_recently(facts: PlanChangedFacts, law: LawOn) -> Verdict:
    """Who came into the plan shortly before, or even after the dossier was opened, is pointed out."""
    return _changed(facts, law, same_blocks=False)


@rule(
    "appointment.plan_changed_recently",
    clause="III.3.5-d",
    effect=Effect.BLOCKS,
    since=PARTY_377,
    waivable=True,
    parameters=(SETTLED,),
    facts=PlanChangedFacts,
)
def plan_changed_in_same_dossier(facts: PlanChangedFacts, law: LawOn) -> Verdict:
    """The same; planned after the dossier was opened blocks, since planning and appointing don't coincide."""
    return _changed(facts, law, same_blocks=True)


@dataclass(frozen=True, slots=True)
class Standard:
    """One thing a title asks; `reached` None: nobody entered what the person has."""

    kind: str
    name: str
    required: str | None
    held: str | None
    reached: bool | None
    clause: str = "II.2.2(3)"


@dataclass(frozen=True, slots=True)
class StandardsFacts:
    """All that the title asks, held against the person."""

    label: str
    standards: tuple[Standard, ...] = ()


@rule(
    "appointment.standards",
    clause="III.3.5-b",
    effect=Effect.BLOCKS,
    since="resolution",
    waivable=True,
    facts=StandardsFacts,
)
def standards(facts: StandardsFacts, law: LawOn) -> Verdict:  # noqa: ARG001 - the shape of a rule
    """Each standard of the title is reached. A title without standards is a gap of the list, not a pass."""
    if not facts.standards:
        return unknown(
            measured={},
            required={},
            message="Danh mục chức danh chưa ghi tiêu chuẩn của chức danh này (mục III.3.5-b).",
            remedy="Nhập tiêu chuẩn của chức danh.",
        )
    short = [one for one in facts.standards if one.reached is False]
    unclear = [one for one in facts.standards if one.reached is None]
    measured: dict[str, JsonValue] = {
        "standards": len(facts.standards),
        "short": [one.kind for one in short],
        "unknown": [one.kind for one in unclear],
    }
    required: dict[str, JsonValue] = {
        "standards": [{"kind": one.kind, "minimum": one.required} for one in facts.standards]
    }
    if unclear and not short:
        return unknown(
            measured=measured,
            required=required,
            message=f"{facts.label}: hồ sơ chưa ghi {_named(unclear)} (mục III.3.5-b).",
            remedy=f"Nhập {_named(unclear)} vào hồ sơ cán bộ.",
        )
    return met_if(
        not short,
        measured=measured,
        required=required,
        message=f"{facts.label} chưa đạt tiêu chuẩn về {_named(short)} (mục III.3.5-b)."
        if short
        else f"{facts.label} đạt {len(facts.standards)} tiêu chuẩn của chức danh (mục III.3.5-b).",
        remedy=f"Hoàn thiện {_named(short)}, hoặc trình văn bản cho phép của cấp có thẩm quyền.",
    )


def _named(found: list[Standard]) -> str:
    return ", ".join(one.name for one in found)


@dataclass(frozen=True, slots=True)
class AgeFullTermFacts:
    """Birth and sex (None: not on record), the day of effect; `first_or_higher`: else no test of age."""

    label: str
    birth_date: date | None
    sex: Sex | None
    effective_on: date
    first_or_higher: bool = True


@rule(
    "appointment.age_full_term",
    clause="III.3.5-b",
    effect=Effect.BLOCKS,
    since=PARTY_80,
    waivable=True,
    parameters=(FULL_TERM, *AGES.values()),
    facts=AgeFullTermFacts,
)
def age_full_term(facts: AgeFullTermFacts, law: LawOn) -> Verdict:
    """Who is appointed first or higher can serve the whole term. It says whether, not how many months."""
    norm = law[FULL_TERM]
    required: dict[str, JsonValue] = {"months_at_least": norm.at_least}
    if not facts.first_or_higher:
        return not_applicable(
            required=required,
            message=f"Chức danh tương đương hoặc thấp hơn nên không xét tuổi (mục {norm.clause}).",
        )
    if facts.birth_date is None or facts.sex is None:
        return unknown(
            measured={},
            required=required,
            message=f"{facts.label}: chưa rõ ngày sinh hoặc giới tính nên chưa xét được tuổi "
            f"(mục {norm.clause}).",
            remedy="Bổ sung ngày sinh, giới tính vào hồ sơ cán bộ.",
        )
    holds = months_left(facts.birth_date, facts.sex, facts.effective_on, law) >= norm.at_least
    return met_if(
        holds,
        measured={"full_term": holds},
        required=required,
        message=f"{facts.label} {'còn' if holds else 'không còn'} đủ {norm.at_least} tháng công tác kể từ "
        f"{facts.effective_on:%d/%m/%Y} (mục {norm.clause}).",
        remedy="Chọn người còn đủ tuổi trọn một nhiệm kỳ, hoặc trình văn bản cho phép.",
    )


@dataclass(frozen=True, slots=True)
class TenureFacts:
    """Months in the present or an equal title (None: not on record); a first appointment has none."""

    label: str
    months_in_equal: int | None
    first_appointment: bool = False


@rule(
    "appointment.tenure",
    clause="III.3.5-b",
    effect=Effect.BLOCKS,
    since=PARTY_80,
    waivable=True,
    parameters=(TENURE,),
    facts=TenureFacts,
)
def tenure(facts: TenureFacts, law: LawOn) -> Verdict:
    """Two years in the present title or an equal one, but for the first appointment."""
    norm = law[TENURE]
    required: dict[str, JsonValue] = {"months_at_least": norm.at_least}
    if facts.first_appointment:
        return not_applicable(
            required=required,
            message=f"{facts.label} được bổ nhiệm lần đầu nên không xét thời gian giữ chức danh "
            f"(mục {norm.clause}).",
        )
    if facts.months_in_equal is None:
        return unknown(
            measured={},
            required=required,
            message=f"{facts.label}: hồ sơ chưa có thời gian giữ chức danh hiện nay (mục {norm.clause}).",
            remedy="Nhập quá trình công tác còn thiếu.",
        )
    return met_if(
        facts.months_in_equal >= norm.at_least,
        measured={"months": facts.months_in_equal},
        required=required,
        message=f"{facts.label} giữ chức danh hiện tại hoặc tương đương {facts.months_in_equal} tháng, "
        f"yêu cầu từ {norm.at_least} tháng (mục {norm.clause}).",
        remedy="Chờ đủ thời gian, hoặc trình văn bản cho phép của cấp có thẩm quyền.",
    )
