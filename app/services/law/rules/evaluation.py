"""Rules on yearly grades: at most a fifth of those graded good may be graded excellent (I.1-L9).

The cap holds per unit and comparable group. The state's grades and the Party's are capped apart, each by the
rule set of the day; since 2026-01-01 civil servants and public employees are two denominators.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from app.services.law.finding import Effect, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn, Norm, NotInForce
from app.services.law.rules.registry import rule

if TYPE_CHECKING:
    from pydantic import JsonValue

EXCELLENT_CAP = "evaluation.excellent_cap"
CLAUSE = "I.1-L9"
CIVIL = "evaluation.excellent-of-good"
EMPLOYEES = "evaluation.excellent-of-good-employees"
PARTY = "evaluation.excellent-of-good-party"

PARTY_FROM = date(2018, 3, 8)
"""First day of the oldest Party rule set the house knows; its parameter begins on the same day."""

APART_FROM = date(2026, 1, 1)
"""First day on which civil servants have a decree of their own, and so a denominator of their own."""


class Side(StrEnum):
    """Whose grades are capped."""

    STATE = "state"
    PARTY = "party"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many are graded good, and how many excellent (not among the good). ValueError below nought."""

    good: int = 0
    excellent: int = 0
    others: int = 0

    def __post_init__(self) -> None:
        """Refuse negative numbers."""
        if min(self.good, self.excellent, self.others) < 0:
            raise ValueError(f"{self} can't be counted")

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.good + other.good, self.excellent + other.excellent, self.others + other.others)

    @property
    def graded(self) -> int:
        """How many have a grade at all."""
        return self.good + self.excellent + self.others


@dataclass(frozen=True, slots=True)
class ExcellentCapFacts:
    """One unit's grades of one year in one comparable group, of the state or of the Party.

    `civil`: officials and civil servants; `employees`: public employees and contract workers; `unsorted`:
    graded persons of whom nobody entered under which law they serve. `label` names unit and group.
    """

    side: Side
    label: str
    civil: Tally = Tally()
    employees: Tally = Tally()
    unsorted: Tally = Tally()

    @property
    def whole(self) -> Tally:
        """All of them."""
        return self.civil + self.employees + self.unsorted


@dataclass(frozen=True, slots=True)
class _Part:
    """A denominator of its own, with those who may belong to it."""

    name: str
    tally: Tally
    norm: Norm
    doubtful: Tally = Tally()

    @property
    def allowed(self) -> int:
        """How many may be excellent: the whole number below the share of the good; of no good ones, none."""
        return self.tally.good * self.norm.at_most // 100

    @property
    def over(self) -> bool:
        """Whether there are too many, wherever the doubtful belong."""
        best = (self.tally.good + self.doubtful.good) * self.norm.at_most // 100
        return self.tally.excellent > best

    @property
    def open(self) -> bool:
        """Whether the doubtful might make it too many."""
        return self.tally.excellent + self.doubtful.excellent > self.allowed

    def told(self) -> "dict[str, JsonValue]":
        """Its figures."""
        return {
            "of": self.name,
            "good": self.tally.good,
            "excellent": self.tally.excellent,
            "excellent_at_most": self.allowed,
        }


@rule(
    EXCELLENT_CAP,
    clause=CLAUSE,
    effect=Effect.WARNS,
    since=PARTY_FROM,
    until=APART_FROM,
    waivable=True,
    parameters=(CIVIL, PARTY),
    facts=ExcellentCapFacts,
)
def excellent_cap(facts: ExcellentCapFacts, law: LawOn) -> Verdict:
    """Excellent at most 20 % of good, everybody of unit and group together; from 2018 the Party's grades."""
    norm = law[PARTY if facts.side is Side.PARTY else CIVIL]
    return _verdict(facts, [_Part("all", facts.whole, norm)])


@rule(
    EXCELLENT_CAP,
    clause=CLAUSE,
    effect=Effect.WARNS,
    since=APART_FROM,
    waivable=True,
    parameters=(CIVIL, EMPLOYEES, PARTY),
    facts=ExcellentCapFacts,
)
def excellent_cap_apart(facts: ExcellentCapFacts, law: LawOn) -> Verdict:
    """The same share, civil servants and public employees each of their own good ones (335/2025, 90/2020)."""
    if facts.side is Side.PARTY:
        return _verdict(facts, [_Part("all", facts.whole, law[PARTY])])
    parts = [
        _Part("civil", facts.civil, law[CIVIL], facts.unsorted),
        _Part("employees", facts.employees, law[EMPLOYEES], facts.unsorted),
    ]
    return _verdict(facts, [part for part in parts if part.tally.graded or facts.unsorted.graded])


_OF = {"all": "", "civil": " cán bộ, công chức", "employees": " viên chức, người lao động"}
_WHOSE = {Side.STATE: "xếp loại", Side.PARTY: "xếp loại đảng viên"}


def _verdict(facts: ExcellentCapFacts, parts: list[_Part]) -> Verdict:
    if not facts.whole.graded:
        return not_applicable(
            measured={"side": facts.side.value},
            message=f"{facts.label}: chưa có ai được {_WHOSE[facts.side]} để xét theo mục {CLAUSE}.",
        )
    percent = parts[0].norm.at_most
    measured: dict[str, JsonValue] = {
        "side": facts.side.value,
        "graded": facts.whole.graded,
        "unsorted": facts.unsorted.graded,
        "parts": [part.told() for part in parts],
    }
    required: dict[str, JsonValue] = {
        "excellent_of_good_at_most_percent": percent,
        "instruments": list(dict.fromkeys(part.norm.source for part in parts)),
    }
    figures = "; ".join(
        f"{part.tally.excellent}{_OF[part.name]} xuất sắc trên {part.tally.good} tốt, "
        f"nhiều nhất {part.allowed}"
        for part in parts
    )
    said = f"{facts.label}: {figures} ({_WHOSE[facts.side]}, mục {CLAUSE})."
    over = any(part.over for part in parts)
    if not over and any(part.open for part in parts):
        return unknown(
            measured=measured,
            required=required,
            message=f"{said} Có {facts.unsorted.graded} người chưa ghi loại nên chưa kết luận được.",
            remedy="Ghi loại (cán bộ, công chức, viên chức, hợp đồng) trong hồ sơ của những người đó.",
        )
    return met_if(
        not over,
        measured=measured,
        required=required,
        message=said,
        remedy=(
            f"Số xuất sắc không quá {percent} % số tốt, phần lẻ bỏ. Hãy xem lại mức xếp loại; "
            "đơn vị được cấp có thẩm quyền cho vượt thì ghi rõ văn bản."
        ),
    )


def instruments(law: LawOn, *, employee: bool) -> Iterator[tuple[Side, str]]:
    """What the grades of a person are given under on a day, by side; a side without a norm is left out."""
    for side, parameter in ((Side.STATE, EMPLOYEES if employee else CIVIL), (Side.PARTY, PARTY)):
        try:
            yield side, law[parameter].source
        except NotInForce:
            continue
