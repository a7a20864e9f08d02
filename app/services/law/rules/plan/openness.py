"""How open and how linked a plan is: outsiders, persons planned below before, specialised sectors."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services.law.finding import Effect, Group, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.parameter_file import WHOLE
from app.services.law.rules.plan.common import percent_shown
from app.services.law.rules.registry import rule

if TYPE_CHECKING:
    from pydantic import JsonValue

OUTSIDERS, PLANNED_BELOW = "plan.outsiders-at-least", "plan.planned-below-at-least"
SPECIALISED = "plan.specialised-2025"
SPECIALISED_SECTORS, SPECIALISED_FIELDS = "plan.specialised-sectors", "plan.specialised-fields"


@dataclass(frozen=True, slots=True)
class Part:
    """So many of `persons` have a thing, of `unknown` further ones it can't be said.

    ValueError for numbers that no counting can give.
    """

    persons: int
    having: int
    unknown: int = 0

    def __post_init__(self) -> None:
        """Refuse negative numbers and more of them than persons."""
        if min(self.persons, self.having, self.unknown) < 0 or self.having + self.unknown > self.persons:
            raise ValueError(f"{self} can't be counted")

    def reaches(self, percent: int, *, at_best: bool = False) -> bool:
        """Whether the share is reached, cross-multiplied; `at_best` counts the unknown in."""
        return WHOLE * (self.having + (self.unknown if at_best else 0)) >= percent * self.persons

    def missing(self, percent: int) -> int:
        """Further persons of the same number that must have it to reach the share."""
        return max(0, -(-percent * self.persons // WHOLE) - self.having)

    def shown(self, mark: str) -> str | None:
        """The share in per cent with two decimals; None of nobody."""
        return percent_shown(self.having, self.persons, mark=mark) if self.persons else None


@dataclass(frozen=True, slots=True)
class OutsidersFacts:
    """Distinct persons of the dossier; having: whose main seat is in none of the unit's own bodies.

    Unknown: no main seat is on record on the day.
    """

    part: Part


@rule(
    "plan.outsiders",
    clause="III.3.3-c",
    group=Group.STRUCTURE,
    effect=Effect.MEASURES,
    since="resolution",
    waivable=True,
    parameters=(OUTSIDERS,),
    facts=OutsidersFacts,
)
def outsiders(facts: OutsidersFacts, law: LawOn) -> Verdict:
    """Whether anybody from elsewhere is planned, and which share: a plan is «động và mở»."""
    norm, part = law[OUTSIDERS], facts.part
    required: dict[str, JsonValue] = {"outsiders_at_least": norm.at_least}
    if not part.persons:
        return not_applicable(
            required=required, message=f"Hồ sơ chưa có người nào để đo độ mở theo mục {norm.clause}."
        )
    measured: dict[str, JsonValue] = {
        "persons": part.persons,
        "outsiders": part.having,
        "unknown": part.unknown,
        "share_percent": part.shown("."),
    }
    remedy = "Xem xét giới thiệu người ở đơn vị khác đủ tiêu chuẩn vào quy hoạch."
    if part.having < norm.at_least <= part.having + part.unknown:
        return unknown(
            measured=measured,
            required=required,
            message=f"Chưa đo được độ mở (mục {norm.clause}): {part.unknown} người chưa rõ đơn vị công tác.",
            remedy="Nhập vị trí công tác chính của người được quy hoạch.",
        )
    return met_if(
        part.having >= norm.at_least,
        measured=measured,
        required=required,
        message=f"Người ngoài đơn vị là {part.having} trong {part.persons} người được quy hoạch, "
        f"{part.shown(',')} % (mục {norm.clause}).",
        remedy=remedy,
    )


@dataclass(frozen=True, slots=True)
class PlannedBelowFacts:
    """Distinct persons of a dossier that a level above the unit approves; having: planned lower before.

    Lower: an entry of an approved dossier whose period runs with this one, for a title that stands below the
    one they are planned for here. Nobody where the unit's own body approves the dossier.
    """

    part: Part


@rule(
    "plan.planned_below",
    clause="I.1-L11",
    group=Group.STRUCTURE,
    effect=Effect.MEASURES,
    since="resolution",
    waivable=True,
    parameters=(PLANNED_BELOW,),
    facts=PlannedBelowFacts,
)
def planned_below(facts: PlannedBelowFacts, law: LawOn) -> Verdict:
    """Which share of those planned for titles of a higher level is planned below already («liên thông»)."""
    norm, part = law[PLANNED_BELOW], facts.part
    required: dict[str, JsonValue] = {"share_at_least_percent": norm.at_least}
    if not part.persons:
        return not_applicable(
            required=required,
            message=f"Hồ sơ không có người trong quy hoạch chức danh cấp trên quản lý (mục {norm.clause}).",
        )
    measured: dict[str, JsonValue] = {
        "persons": part.persons,
        "planned_below": part.having,
        "unknown": part.unknown,
        "share_percent": part.shown("."),
    }
    share = f"{part.having} trong {part.persons} người, {part.shown(',')} %"
    if part.reaches(norm.at_least, at_best=True) and not part.reaches(norm.at_least):
        return unknown(
            measured=measured,
            required=required,
            message=f"{share}, đã có trong quy hoạch cấp dưới, còn {part.unknown} người chưa rõ "
            f"(mục {norm.clause}).",
            remedy="Xác định thứ bậc của chức danh trong danh mục chức danh.",
        )
    return met_if(
        part.reaches(norm.at_least),
        measured=measured,
        required=required,
        message=f"{share}, đã có trong quy hoạch cấp dưới (mục {norm.clause}).",
        remedy=f"Rà soát quy hoạch cấp dưới đối với {part.missing(norm.at_least)} người còn lại.",
    )


@dataclass(frozen=True, slots=True)
class SpecialisedShareFacts:
    """Distinct persons planned for titles that the province's committee manages; having: specialised.

    Over the province's approved dossiers whose period runs with this one, and the one judged. Nobody where
    the one judged has no such title.
    """

    part: Part


@rule(
    "plan.specialised_share",
    clause="II.2.2(5)-2025-g",
    group=Group.STRUCTURE,
    effect=Effect.WARNS,
    since="resolution",
    waivable=True,
    parameters=(SPECIALISED, SPECIALISED_SECTORS, SPECIALISED_FIELDS),
    facts=SpecialisedShareFacts,
)
def specialised_share(facts: SpecialisedShareFacts, law: LawOn) -> Verdict:
    """Specialised sectors are 5 % of all planned for titles of the province's committee, or more."""
    norm, part = law[SPECIALISED], facts.part
    required: dict[str, JsonValue] = {"share_at_least_percent": norm.at_least}
    if not part.persons:
        return not_applicable(
            required=required,
            message="Hồ sơ không có người trong quy hoạch chức danh diện Ban Thường vụ Tỉnh ủy quản lý "
            f"(mục {norm.clause}).",
        )
    measured: dict[str, JsonValue] = {
        "persons": part.persons,
        "specialised": part.having,
        "unknown": part.unknown,
        "share_percent": part.shown("."),
        "missing": part.missing(norm.at_least),
    }
    share = (
        f"Người thuộc ngành chuyên sâu là {part.having} trong {part.persons} người được quy hoạch chức danh "
        f"diện Ban Thường vụ Tỉnh ủy quản lý, {part.shown(',')} %"
    )
    if part.reaches(norm.at_least, at_best=True) and not part.reaches(norm.at_least):
        return unknown(
            measured=measured,
            required=required,
            message=f"{share}; {part.unknown} người chưa rõ ngành (mục {norm.clause}).",
            remedy="Nhập chuyên ngành đào tạo hoặc đơn vị công tác của người chưa rõ.",
        )
    return met_if(
        part.reaches(norm.at_least),
        measured=measured,
        required=required,
        message=f"{share}, yêu cầu từ {norm.at_least} % (mục {norm.clause}).",
        remedy="Giới thiệu thêm người thuộc ngành chuyên sâu: toàn tỉnh còn thiếu "
        f"{part.missing(norm.at_least)} người.",
    )
