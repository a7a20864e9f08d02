"""How many persons a plan of committee seats may have: a multiple of the seats (III.3.3-g)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.services.law.finding import Effect, Group, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.rules.plan.common import FIRST_RULE_SET, listed
from app.services.law.rules.registry import rule

if TYPE_CHECKING:
    from pydantic import JsonValue

COEFFICIENT_FROM, COEFFICIENT_TO = "plan.committee-coefficient-from", "plan.committee-coefficient-to"
TENTHS = 10


@dataclass(frozen=True, slots=True)
class SeatPersons:
    """A title that stands for seats of a committee, with the distinct persons of live entries for it.

    `seats`: of the term that runs on the day; None: no term is on record. ValueError for a negative number.
    """

    title_id: str
    name: str
    seats: int | None
    persons: int

    def __post_init__(self) -> None:
        """Refuse negative numbers, and terms without seats."""
        if self.persons < 0 or (self.seats is not None and self.seats <= 0):
            raise ValueError(f"{self} can't be counted")


@dataclass(frozen=True, slots=True)
class CommitteeNumberFacts:
    """Every title of seats that the dossier is the route of, once each; none for a plan of titles.

    Also titles that nobody is entered for: seats left empty would else lift the rule.
    """

    titles: tuple[SeatPersons, ...]


def persons_from(seats: int, tenths: int) -> int:
    """The smallest number of persons that reaches the coefficient: 62 for 41 seats at 1.5."""
    return -(-seats * tenths // TENTHS)


def persons_to(seats: int, tenths: int) -> int:
    """The greatest number of persons within the coefficient: 82 for 41 seats at 2."""
    return seats * tenths // TENTHS


@rule(
    "plan.committee_number",
    clause="III.3.3-g",
    group=Group.NUMBER,
    effect=Effect.BLOCKS,
    since=FIRST_RULE_SET,
    waivable=True,
    parameters=(COEFFICIENT_FROM, COEFFICIENT_TO),
    facts=CommitteeNumberFacts,
)
def committee_number(facts: CommitteeNumberFacts, law: LawOn) -> Verdict:
    """For each kind of seat the persons planned are 1.5 to 2 times the seats, both ends included."""
    low, high = law[COEFFICIENT_FROM].at_least, law[COEFFICIENT_TO].at_most
    clause = law[COEFFICIENT_FROM].clause
    required: dict[str, JsonValue] = {"tenths_of_seats_at_least": low, "tenths_of_seats_at_most": high}
    if not facts.titles:
        return not_applicable(
            required=required,
            message=f"Hồ sơ không phải quy hoạch cấp ủy nên không xét hệ số theo mục {clause}.",
        )
    unclear = [title.name for title in facts.titles if title.seats is None]
    rows = [_Row(title, title.seats, low, high) for title in facts.titles if title.seats is not None]
    wrong = [row for row in rows if row.missing or row.over]
    measured: dict[str, JsonValue] = {
        "titles": [
            {
                "title_id": title.title_id,
                "name": title.name,
                "seats": title.seats,
                "persons": title.persons,
                "persons_from": None if title.seats is None else persons_from(title.seats, low),
                "persons_to": None if title.seats is None else persons_to(title.seats, high),
            }
            for title in facts.titles
        ],
        "missing": sum(row.missing for row in rows),
        "over": sum(row.over for row in rows),
    }
    if unclear and not wrong:
        return unknown(
            measured=measured,
            required=required,
            message=f"Chưa có số ghế của cấp ủy tại ngày xét nên chưa xét được hệ số theo mục {clause}: "
            f"{listed(unclear)}.",
            remedy="Nhập nhiệm kỳ của cấp ủy với số ủy viên ban chấp hành, ban thường vụ.",
        )
    between = f"từ {_times(low)} đến {_times(high)} lần số ghế"
    return met_if(
        not wrong,
        measured=measured,
        required=required,
        message=f"Số người trong quy hoạch cấp ủy chưa đúng {between} (mục {clause}): "
        f"{listed([row.told for row in wrong])}."
        if wrong
        else f"Số người trong quy hoạch cấp ủy đúng {between} (mục {clause}).",
        remedy=". ".join(row.remedy for row in wrong) + ".",
    )


@dataclass(frozen=True, slots=True)
class _Row:
    title: SeatPersons
    seats: int
    low: int
    high: int

    @property
    def missing(self) -> int:
        return max(0, persons_from(self.seats, self.low) - self.title.persons)

    @property
    def over(self) -> int:
        return max(0, self.title.persons - persons_to(self.seats, self.high))

    @property
    def told(self) -> str:
        return f"{self.title.name} có {self.title.persons} người cho {self.seats} ghế"

    @property
    def remedy(self) -> str:
        if self.missing:
            return f"Bổ sung {self.missing} người cho {self.title.name}"
        return f"Bớt {self.over} người của {self.title.name}"


def _times(tenths: int) -> str:
    whole, rest = divmod(tenths, TENTHS)
    return f"{whole},{rest}" if rest else str(whole)
