"""Ages, women, young and minority persons of a plan: its structure (III.3.3-b, III.3.3-d)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from app.services.law.finding import Effect, Group, Outcome, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.parameter_file import WHOLE
from app.services.law.rules.plan.common import FIRST_RULE_SET, listed
from app.services.law.rules.plan.openness import Part
from app.services.law.rules.registry import rule

BANDS = MIDDLE_FROM, UPPER_FROM = "plan.age-band-middle-from", "plan.age-band-upper-from"
YOUNG_UNDER = "persons.young-under"
YOUNG_SHARE, WOMEN_SHARE = "plan.young-share-at-least", "plan.women-share-in-plan-at-least"
MINORITY_FIT = "plan.minority-fit-at-least"
SHARES_SINCE = date(2021, 12, 27)


@dataclass(frozen=True, slots=True)
class PersonTraits:
    """A person of the dossier: completed years on the day, woman, of a minority; None: nobody entered it."""

    age: int | None = None
    woman: bool | None = None
    minority: bool | None = None


@dataclass(frozen=True, slots=True)
class SeatAges:
    """A title that stands for seats of a committee, with the ages of those planned for it."""

    title_id: str
    name: str
    ages: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class StructureFacts:
    """Distinct persons of the dossier, and the staff of the unit that their ethnicity is held against.

    `seats`: every title of seats that the dossier is the route of; none for a plan of titles, which has no
    age bands. `staff`: those of known ethnicity. ValueError for numbers that no counting can give.
    """

    persons: tuple[PersonTraits, ...]
    seats: tuple[SeatAges, ...] = ()
    staff: int = 0
    staff_minority: int = 0

    def __post_init__(self) -> None:
        """Refuse negative numbers and more of a minority than staff."""
        if not 0 <= self.staff_minority <= self.staff:
            raise ValueError(f"{self} can't be counted")

    def part(self, having: list[bool | None]) -> Part:
        """How many of the persons have a thing, and of how many nobody knows."""
        return Part(len(self.persons), having.count(True), having.count(None))


@dataclass(frozen=True, slots=True)
class _Bands:
    """Three ages: below `middle`, from it up to `upper`, and from that on."""

    middle: int
    upper: int

    @classmethod
    def of(cls, law: LawOn) -> "_Bands":
        return cls(law[MIDDLE_FROM].integer, law[UPPER_FROM].integer)

    @property
    def names(self) -> tuple[str, str, str]:
        return (
            f"dưới {self.middle} tuổi",
            f"từ {self.middle} đến dưới {self.upper} tuổi",
            f"từ {self.upper} tuổi",
        )

    def counts(self, ages: tuple[int | None, ...]) -> list[int]:
        known = [age for age in ages if age is not None]
        older = sum(age >= self.middle for age in known)
        oldest = sum(age >= self.upper for age in known)
        return [len(known) - older, older - oldest, oldest]


@dataclass(frozen=True, slots=True)
class _Share:
    """One share that the rule set asks for, with what it says of these persons."""

    code: str
    words: str
    part: Part
    at_least: int

    @property
    def outcome(self) -> Outcome:
        if self.part.reaches(self.at_least):
            return Outcome.MET
        return Outcome.UNKNOWN if self.part.reaches(self.at_least, at_best=True) else Outcome.UNMET

    @property
    def told(self) -> str:
        return f"{self.words} {self.part.having} trong {self.part.persons} người, {self.part.shown(',')} %"

    @property
    def remedy(self) -> str:
        return f"{self.words} thêm {self.part.missing(self.at_least)} người"


@rule(
    "plan.structure",
    clause="III.3.3-b",
    group=Group.STRUCTURE,
    effect=Effect.BLOCKS,
    since=FIRST_RULE_SET,
    until=SHARES_SINCE,
    waivable=True,
    parameters=BANDS,
    facts=StructureFacts,
)
def structure_by_age(facts: StructureFacts, law: LawOn) -> Verdict:
    """A plan of committee seats has persons of all three ages; a plan of titles has no such norm."""
    if not facts.seats:
        return not_applicable(
            required=_bands_required(law),
            message="Ba độ tuổi chỉ áp dụng cho quy hoạch cấp ủy, hồ sơ này là quy hoạch chức danh "
            f"(mục {law[MIDDLE_FROM].clause}).",
        )
    return _by_age(facts, law)


@rule(
    "plan.structure",
    clause="III.3.3-b",
    group=Group.STRUCTURE,
    effect=Effect.BLOCKS,
    since=SHARES_SINCE,
    waivable=True,
    parameters=(*BANDS, YOUNG_UNDER, YOUNG_SHARE, WOMEN_SHARE, MINORITY_FIT),
    facts=StructureFacts,
)
def structure(facts: StructureFacts, law: LawOn) -> Verdict:
    """The three ages of committee seats, which block, and the shares of every plan, which warn.

    Young (under 40) 15 %, women 25 %, of a minority four fifths of their share among the unit's staff. The
    shares are of distinct persons of the dossier.
    """
    required: dict[str, JsonValue] = {
        **_bands_required(law),
        "young_under": law[YOUNG_UNDER].integer,
        "young_at_least_percent": law[YOUNG_SHARE].at_least,
        "women_at_least_percent": law[WOMEN_SHARE].at_least,
        "minority_of_staff_share_at_least_percent": law[MINORITY_FIT].at_least,
    }
    if not (facts.persons or facts.seats):
        return not_applicable(
            required=required,
            message=f"Hồ sơ chưa có người nào để xét cơ cấu theo mục {law[MIDDLE_FROM].clause}.",
        )
    shares = list(_shares(facts, law)) if facts.persons else []
    by_share = _of_shares(shares, law)
    if not facts.seats:
        return by_share.model_copy(update={"required": required}).warning()
    by_age = _by_age(facts, law)
    measured = {**by_share.measured, **by_age.measured}
    # What blocks is told before what warns, and nothing that warns is kept silent.
    worse, other = (by_age, by_share) if _open(by_age) or not _open(by_share) else (by_share, by_age)
    told = worse.model_copy(update={"measured": measured, "required": required})
    if _open(worse) and _open(other):
        told = told.model_copy(
            update={
                "message": f"{worse.message} {other.message}",
                "remedy": f"{worse.remedy} {other.remedy}",
            }
        )
    return told if worse is by_age else told.warning()


def _open(verdict: Verdict) -> bool:
    return verdict.outcome in {Outcome.UNMET, Outcome.UNKNOWN}


def _bands_required(law: LawOn) -> dict[str, JsonValue]:
    bands = _Bands.of(law)
    return {"age_bands_from": [0, bands.middle, bands.upper], "persons_in_each_band_at_least": 1}


def _by_age(facts: StructureFacts, law: LawOn) -> Verdict:
    bands, clause = _Bands.of(law), law[MIDDLE_FROM].clause
    counted = [(seat, bands.counts(seat.ages)) for seat in facts.seats]
    unclear = {seat.title_id: seat.ages.count(None) for seat in facts.seats}
    empty = {seat.title_id: counts.count(0) for seat, counts in counted}
    # As many unknown ages as empty bands could fill them; fewer can't, whatever they are.
    short = [(seat, counts) for seat, counts in counted if empty[seat.title_id] > unclear[seat.title_id]]
    doubtful = [
        (seat, counts) for seat, counts in counted if 0 < empty[seat.title_id] <= unclear[seat.title_id]
    ]
    measured: dict[str, JsonValue] = {
        "seats": [
            {
                "title_id": seat.title_id,
                "name": seat.name,
                "by_age": list(counts),
                "unknown": unclear[seat.title_id],
            }
            for seat, counts in counted
        ]
    }

    def lacking(rows: list[tuple[SeatAges, list[int]]]) -> str:
        return listed(
            [
                f"{seat.name} thiếu người "
                + ", ".join(name for name, count in zip(bands.names, counts, strict=True) if not count)
                for seat, counts in rows
            ]
        )

    if doubtful and not short:
        return unknown(
            measured=measured,
            required=_bands_required(law),
            message=f"Chưa rõ tuổi nên chưa biết quy hoạch cấp ủy có đủ ba độ tuổi hay không (mục {clause}): "
            f"{lacking(doubtful)}.",
            remedy="Nhập ngày sinh còn thiếu.",
        )
    return met_if(
        not short,
        measured=measured,
        required=_bands_required(law),
        message=f"Quy hoạch cấp ủy chưa đủ ba độ tuổi (mục {clause}): {lacking(short)}."
        if short
        else f"Quy hoạch cấp ủy có đủ ba độ tuổi (mục {clause}).",
        remedy=f"Giới thiệu thêm người ở độ tuổi còn thiếu: {lacking(short)}.",
    )


def _shares(facts: StructureFacts, law: LawOn) -> Iterator[_Share]:
    under = law[YOUNG_UNDER].integer
    yield _Share(
        "young",
        f"dưới {under} tuổi",
        facts.part([None if one.age is None else one.age < under for one in facts.persons]),
        law[YOUNG_SHARE].at_least,
    )
    yield _Share("women", "nữ", facts.part([one.woman for one in facts.persons]), law[WOMEN_SHARE].at_least)
    if facts.staff_minority:
        # n of persons against m of staff: 100 · n · staff >= fit · m · persons, as a share of persons.
        part = facts.part([one.minority for one in facts.persons])
        fit = law[MINORITY_FIT].at_least
        asked = -(-fit * facts.staff_minority * part.persons // (WHOLE * facts.staff))
        yield _Minority("minority", "dân tộc thiểu số", part, asked)


@dataclass(frozen=True, slots=True)
class _Minority(_Share):
    """The same against a number of persons, that of the unit's staff being no whole per cent."""

    @property
    def outcome(self) -> Outcome:
        if self.part.having >= self.at_least:
            return Outcome.MET
        reached = self.part.having + self.part.unknown >= self.at_least
        return Outcome.UNKNOWN if reached else Outcome.UNMET

    @property
    def remedy(self) -> str:
        return f"{self.words} thêm {self.at_least - self.part.having} người"


def _of_shares(shares: list[_Share], law: LawOn) -> Verdict:
    clause = f"{law[MIDDLE_FROM].clause}, {law[YOUNG_SHARE].clause}"
    measured: dict[str, JsonValue] = {
        "persons": shares[0].part.persons if shares else 0,
        "shares": [
            {
                "name": share.code,
                "persons": share.part.having,
                "unknown": share.part.unknown,
                "share_percent": share.part.shown("."),
                "outcome": share.outcome.value,
            }
            for share in shares
        ],
    }
    short = [share for share in shares if share.outcome is Outcome.UNMET]
    doubtful = [share for share in shares if share.outcome is Outcome.UNKNOWN]
    if doubtful and not short:
        return unknown(
            measured=measured,
            required={},
            message=f"Chưa đủ dữ liệu để xét cơ cấu (mục {clause}): "
            f"{listed([one.told for one in doubtful])}.",
            remedy="Nhập ngày sinh, giới tính, dân tộc còn thiếu của người được quy hoạch.",
        )
    return met_if(
        not short,
        measured=measured,
        required={},
        message=f"Cơ cấu chưa đạt (mục {clause}): {listed([one.told for one in short])}."
        if short
        else f"Cơ cấu trẻ, nữ, dân tộc thiểu số đạt (mục {clause}).",
        remedy=f"Giới thiệu {listed([one.remedy for one in short])}, hoặc ghi rõ lý do chưa bảo đảm cơ cấu.",
    )
