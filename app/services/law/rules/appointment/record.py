"""What must be on record of the person, and what must not: bars, grades, conclusion, declaration, kin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.services.law.finding import Effect, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn, NotInForce
from app.services.law.retirement import Month
from app.services.law.rules.appointment.person import PARTY_80
from app.services.law.rules.registry import rule

if TYPE_CHECKING:
    from pydantic import JsonValue

GRADES, DECLARATION = "appointment.grades-years", "appointment.declaration-months"
VALIDITY, KINSHIP = "appointment.political-standard-validity", "appointment.kinship-barred"
OPINION, HEAD_NOTE = "appointment.party-body-opinion", "appointment.head-note"
_AS: Mapping[str, str] = {
    "reprimand": "reprimand",
    "pay_cut": "reprimand",
    "warning": "warning",
    "demotion": "removal",
    "removal": "removal",
}
"""Each form of discipline to the bar that is as long; the gravest ones have none that is known here."""

BARS: Mapping[tuple[str, str], str] = {
    (side, form): f"appointment.bar-{side}-{form}-months"
    for side in ("party", "state")
    for form in ("reprimand", "warning", "removal")
}


@dataclass(frozen=True, slots=True)
class Measure:
    """A sanction with its day, or a review under way (`form` empty while nothing is decided)."""

    side: str
    form: str
    decided_on: date
    under_review: bool = False


@dataclass(frozen=True, slots=True)
class TimeBarFacts:
    """Sanctions and reviews of a person; the bars hold for a first or higher title, a review for any."""

    label: str
    effective_on: date
    first_or_higher: bool = True
    measures: tuple[Measure, ...] = ()


def _bar(measure: Measure, law: LawOn) -> date | None:
    """The first day that is free again; None for a form without a bar. NotInForce before there is a norm."""
    if measure.form not in _AS:
        return None
    months = law[BARS[measure.side, _AS[measure.form]]].at_least
    end = Month(measure.decided_on.year, measure.decided_on.month).after(months).first_day
    last = (Month(end.year, end.month).after(1).first_day - end).days
    return end.replace(day=min(measure.decided_on.day, last))


@rule(  # read from below: the later version stands above
    "appointment.time_bar",
    clause="III.3.5-b",
    effect=Effect.BLOCKS,
    since=PARTY_80,
    waivable=False,
    parameters=tuple(BARS.values()),
    facts=TimeBarFacts,
)
@rule(
    "appointment.time_bar",
    clause="III.3.5-b",
    effect=Effect.BLOCKS,
    since=date(2020, 7, 1),
    waivable=False,
    until=PARTY_80,
    parameters=tuple(name for (side, _), name in BARS.items() if side == "state"),
    facts=TimeBarFacts,
)
def time_bar(facts: TimeBarFacts, law: LawOn) -> Verdict:
    """No review under way, and the longest bar of Party or state is over; the day it ends is free.

    The finding tells until when, never which sanction; a form for which no bar is given is unknown.
    NotInForce for a sanction of the Party before its bars are known here, unless the state's bar holds
    anyway: it never reads as met.
    """
    if any(one.under_review for one in facts.measures):
        return met_if(
            False,  # noqa: FBT003 - reads as the sentence it is
            measured={"under_review": True},
            required={"under_review": False},
            message=f"{facts.label} đang trong thời gian xem xét nên chưa được bổ nhiệm, điều động "
            "(mục III.3.5-b).",
            remedy="Chờ kết luận của cấp có thẩm quyền.",
        )
    if not facts.first_or_higher:
        return not_applicable(
            measured={"under_review": False},
            message="Chức danh tương đương hoặc thấp hơn nên thời hạn này không áp dụng (mục III.3.5-b).",
        )
    ends: list[date] = []
    unread: NotInForce | None = None
    for one in facts.measures:
        try:
            day = _bar(one, law)
        except NotInForce as missing:
            unread = missing
        else:
            ends += [day] if day is not None else []
    free = max(ends, default=None)
    holds = free is None or free <= facts.effective_on
    if holds and unread is not None:
        raise unread
    if holds and any(one.form not in _AS for one in facts.measures):
        # Who was put out of the Party or the service is no case of months: somebody has to judge.
        return unknown(
            measured={"under_review": False, "barred_until": None},
            required={"barred": False},
            message=f"Chưa đủ căn cứ để biết {facts.label} còn trong thời hạn chưa được xét hay không "
            "(mục III.3.5-b).",
            remedy="Đề nghị cấp có thẩm quyền xác nhận, hoặc chọn người khác.",
        )
    return met_if(
        holds,
        measured={"under_review": False, "barred_until": None if holds or free is None else free.isoformat()},
        required={"barred": False},
        message=f"{facts.label} không trong thời hạn chưa được xét (mục III.3.5-b)."
        if holds
        else f"{facts.label} chưa được xét chức danh cao hơn trước ngày {free:%d/%m/%Y} (mục III.3.5-b).",
        remedy="Chờ hết thời hạn, hoặc chọn người khác.",
    )


@dataclass(frozen=True, slots=True)
class YearGrade:
    """A yearly grade."""

    year: int
    grade: str


@dataclass(frozen=True, slots=True)
class EvaluationFacts:
    """The grades of a person; `last_year`: the latest full one."""

    label: str
    years: tuple[YearGrade, ...]
    last_year: int


@rule(
    "appointment.evaluation",
    clause="III.3.2-g",
    effect=Effect.BLOCKS,
    since=PARTY_80,
    waivable=True,
    parameters=(GRADES,),
    facts=EvaluationFacts,
)
def evaluation(facts: EvaluationFacts, law: LawOn) -> Verdict:
    """Each of the latest years is graded, and none of them «not completed»."""
    norm = law[GRADES]
    wanted = range(facts.last_year - norm.integer + 1, facts.last_year + 1)
    graded = {one.year: one.grade for one in facts.years}
    failed = [year for year in wanted if graded.get(year) == "not_completed"]
    missing = [year for year in wanted if year not in graded]
    measured: dict[str, JsonValue] = {"failed": list(failed), "missing": list(missing)}
    required: dict[str, JsonValue] = {"years": list(wanted), "grade_at_least": "completed"}
    if missing and not failed:
        years = ", ".join(map(str, missing))
        return unknown(
            measured=measured,
            required=required,
            message=f"{facts.label}: chưa có xếp loại năm {years} (mục {norm.clause}).",
            remedy=f"Ghi kết quả xếp loại năm {years}.",
        )
    return met_if(
        not failed,
        measured=measured,
        required=required,
        message=f"{facts.label}: không hoàn thành nhiệm vụ năm {', '.join(map(str, failed))} "
        f"(mục {norm.clause})."
        if failed
        else f"{facts.label} hoàn thành nhiệm vụ trở lên trong {norm.integer} năm gần nhất "
        f"(mục {norm.clause}).",
        remedy="Chọn người khác, hoặc trình văn bản cho phép của cấp có thẩm quyền.",
    )


@dataclass(frozen=True, slots=True)
class ConclusionFacts:
    """The latest conclusion on political standards, and since when the dossier is open."""

    label: str
    opened_on: date
    concluded_on: date | None
    on_record: bool = True


@rule(
    "appointment.political_standard",
    clause="III.3.8-e",
    effect=Effect.BLOCKS,
    since=date(2018, 2, 28),
    waivable=False,
    parameters=(VALIDITY,),
    facts=ConclusionFacts,
)
def political_standard(facts: ConclusionFacts, law: LawOn) -> Verdict:
    """A conclusion drawn for this dossier is on record: whether, never what it says."""
    norm = law[VALIDITY]
    required: dict[str, JsonValue] = {"validity": norm.choice}
    if not facts.on_record:
        return unknown(
            measured={},
            required=required,
            message=f"{facts.label}: hồ sơ giữ ở cấp khác nên chưa rõ đã có kết luận hay chưa "
            f"(mục {norm.clause}).",
            remedy="Đề nghị nơi quản lý hồ sơ xác nhận.",
        )
    holds = facts.concluded_on is not None and (norm.choice == "any" or facts.concluded_on >= facts.opened_on)
    return met_if(
        holds,
        measured={"concluded": holds, "outdated": not holds and facts.concluded_on is not None},
        required=required,
        message=f"{facts.label} {'đã' if holds else 'chưa'} có kết luận về tiêu chuẩn chính trị "
        f"cho hồ sơ này (mục {norm.clause}).",
        remedy="Đề nghị ban thường vụ quản lý chức danh kết luận, ghi số và ngày vào hồ sơ cán bộ.",
    )


@dataclass(frozen=True, slots=True)
class DeclarationFacts:
    """The day of the latest asset declaration; None: none on record."""

    label: str
    declared_on: date | None
    effective_on: date


@rule(
    "appointment.asset_declaration",
    clause="III.3.5-b",
    effect=Effect.BLOCKS,
    since=PARTY_80,
    waivable=True,
    parameters=(DECLARATION,),
    facts=DeclarationFacts,
)
def asset_declaration(facts: DeclarationFacts, law: LawOn) -> Verdict:
    """A declaration of the last months is referred to; its content is never held."""
    norm = law[DECLARATION]
    start = Month(facts.effective_on.year, facts.effective_on.month).after(-norm.integer).first_day
    holds = facts.declared_on is not None and facts.declared_on >= start
    return met_if(
        holds,
        measured={"declared": facts.declared_on is not None, "recent": holds},
        required={"within_months": norm.integer},
        message=f"{facts.label} {'có' if holds else 'chưa có'} bản kê khai tài sản, thu nhập trong "
        f"{norm.integer} tháng gần nhất (mục {norm.clause}).",
        remedy="Ghi ký hiệu và ngày của bản kê khai mới vào hồ sơ cán bộ.",
    )


@dataclass(frozen=True, slots=True)
class KinshipFacts:
    """Relatives who lead in the unit or the deciding body, in words; whether kin is entered and linked."""

    label: str
    relatives: tuple[str, ...] = ()
    links_known: bool = True


@rule(
    "appointment.kinship",
    clause="III.3.5-e",
    effect=Effect.WARNS,
    since=date(2023, 7, 11),
    waivable=True,
    parameters=(KINSHIP,),
    facts=KinshipFacts,
)
def kinship(facts: KinshipFacts, law: LawOn) -> Verdict:
    """No relative leads in the unit or in the body that decides; missing links are not a pass."""
    norm = law[KINSHIP]
    if not facts.relatives and not facts.links_known:
        return unknown(
            measured={},
            required={"relatives_leading": 0},
            message=f"{facts.label}: quan hệ gia đình chưa ghi đủ nên chưa xét được (mục {norm.clause}).",
            remedy="Ghi người thân vào hồ sơ và nối với hồ sơ của họ nếu là cán bộ.",
        )
    return met_if(
        not facts.relatives,
        measured={"relatives_leading": len(facts.relatives)},
        required={"relatives_leading": 0},
        message=f"{facts.label} có người thân trong lãnh đạo: {'; '.join(facts.relatives)} "
        f"(mục {norm.clause})."
        if facts.relatives
        else f"{facts.label} không có người thân trong lãnh đạo của đơn vị (mục {norm.clause}).",
        remedy="Giải trình và ghi ý kiến của cấp có thẩm quyền.",
    )


@dataclass(frozen=True, slots=True)
class OpinionFacts:
    """Whether the title needs the opinion of the people's committee's party body; whether it was given."""

    needs: bool
    given: bool = False
    given_on: date | None = None


@rule(
    "appointment.party_body_opinion",
    clause="III.3.5-b",
    effect=Effect.BLOCKS,
    since=PARTY_80,
    waivable=True,
    parameters=(OPINION,),
    facts=OpinionFacts,
)
def party_body_opinion(facts: OpinionFacts, law: LawOn) -> Verdict:
    """For titles of the state that the provincial committee manages, an opinion in writing comes first."""
    norm = law[OPINION]
    if not (facts.needs and norm.flag):
        return not_applicable(
            message="Chức danh này không cần ý kiến của tổ chức đảng bên ủy ban nhân dân tỉnh "
            f"(mục {norm.clause})."
        )
    return met_if(
        facts.given,
        measured={"given": facts.given},
        required={"given": True},
        message=f"{'Đã' if facts.given else 'Chưa'} có ý kiến bằng văn bản của tổ chức đảng bên ủy ban nhân "
        f"dân tỉnh (mục {norm.clause}).",
        remedy="Ghi ngày và số văn bản có ý kiến vào hồ sơ.",
    )


@dataclass(frozen=True, slots=True)
class ResponsibilityFacts:
    """Whether the head decides alone, and what he writes that he answers for."""

    head_decides: bool
    note: str | None = None


@rule(
    "appointment.responsibility_note",
    clause="III.3.6-c",
    effect=Effect.BLOCKS,
    since="resolution",
    waivable=False,
    parameters=(HEAD_NOTE,),
    facts=ResponsibilityFacts,
)
def responsibility_note(facts: ResponsibilityFacts, law: LawOn) -> Verdict:
    """A head who decides alone writes down what he answers for."""
    norm = law[HEAD_NOTE]
    if not (facts.head_decides and norm.flag):
        return not_applicable(message=f"Hồ sơ này do tập thể quyết định (mục {norm.clause}).")
    holds = bool(facts.note and facts.note.strip())
    return met_if(
        holds,
        measured={"noted": holds},
        required={"noted": True},
        message=f"Người đứng đầu {'đã' if holds else 'chưa'} ghi trách nhiệm về quyết định này "
        f"(mục {norm.clause}).",
        remedy="Ghi rõ người đứng đầu chịu trách nhiệm gì khi tự quyết định.",
    )
