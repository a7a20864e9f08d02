"""How many persons one title may have in a plan, and how many titles one person (III.3.3-g, III.3.3-c)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from app.services.law.finding import Effect, Group, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.rules.plan.common import FIRST_RULE_SET, listed
from app.services.law.rules.registry import rule

if TYPE_CHECKING:
    from pydantic import JsonValue

PERSONS, TITLES, COUNTED = "plan.persons-per-title", "plan.titles-per-person", "plan.titles-counted"

_LEVEL_NAMES: Mapping[str, str] = {"province": "cấp tỉnh", "district": "cấp huyện", "commune": "cấp xã"}


class TitlesCounted(StrEnum):
    """Whether a person's titles are counted over all levels, or those of each level apart."""

    ALL_LEVELS = "all_levels"
    EACH_LEVEL = "each_level"


@dataclass(frozen=True, slots=True)
class TitlePersons:
    """A title of the dossier with its distinct persons, counted over live entries.

    `persons` counts who stays or is proposed, over the approved dossiers of unit and period and the one
    judged: who is on the way out with this very approval is not counted. `in_doubt` are further persons of
    whom it can't be said whether they still belong to it, such as entries of a title that ended or merged.
    ValueError for a negative number.
    """

    title_id: str
    name: str
    persons: int
    in_doubt: int = 0

    def __post_init__(self) -> None:
        """Refuse negative numbers."""
        if min(self.persons, self.in_doubt) < 0:
            raise ValueError(f"{self} can't be counted")


@dataclass(frozen=True, slots=True)
class PersonsPerTitleFacts:
    """Every title of the dossier that has a person or could have one, once each.

    Empty for a plan of committee seats, which has its own rule on numbers, and for a dossier without entries.
    """

    titles: tuple[TitlePersons, ...]


@dataclass(frozen=True, slots=True)
class PersonTitles:
    """A person of the dossier with the number of distinct titles he is planned for, by level of the title.

    Counted over live entries of the approved dossiers of **all** units, in plans of titles whose period runs
    with the one judged, and of the dossier judged. `by_level` has the level of the title (province, district,
    commune); `unlevelled` are titles that have none on the day. `label` is what the reader may be
    shown: name or code. ValueError for a negative number.
    """

    person_id: str
    label: str
    by_level: Mapping[str, int] = field(default_factory=dict)
    unlevelled: int = 0

    def __post_init__(self) -> None:
        """Refuse negative numbers."""
        if min((self.unlevelled, *self.by_level.values())) < 0:
            raise ValueError(f"{self} can't be counted")

    def least_and_most(self, counted: TitlesCounted) -> tuple[int, int]:
        """How many titles count together, with the unlevelled in other levels, and with them in this one."""
        if counted is TitlesCounted.ALL_LEVELS:
            total = sum(self.by_level.values()) + self.unlevelled
            return total, total
        fullest = max(self.by_level.values(), default=0)
        return fullest, fullest + self.unlevelled


@dataclass(frozen=True, slots=True)
class TitlesPerPersonFacts:
    """Everybody with a live entry in the dossier, once each; empty for a plan of committee seats."""

    persons: tuple[PersonTitles, ...]


@rule(
    "plan.persons_per_title",
    clause="III.3.3-g",
    group=Group.NUMBER,
    effect=Effect.BLOCKS,
    since=FIRST_RULE_SET,
    waivable=True,
    parameters=(PERSONS,),
    facts=PersonsPerTitleFacts,
)
def persons_per_title(facts: PersonsPerTitleFacts, law: LawOn) -> Verdict:
    """No title has more persons planned than the rule set of the day allows: 4, since 2021-12-27 3."""
    norm = law[PERSONS]
    limit = norm.at_most
    required: dict[str, JsonValue] = {"persons_at_most": limit}
    if not facts.titles:
        return not_applicable(
            required=required,
            message=f"Hồ sơ không có chức danh nào để xét số người theo mục {norm.clause}.",
        )
    over = [title for title in facts.titles if title.persons > limit]
    doubtful = [title for title in facts.titles if title.persons <= limit < title.persons + title.in_doubt]
    measured: dict[str, JsonValue] = {
        "titles": len(facts.titles),
        "most_persons": max(title.persons for title in facts.titles),
        "in_doubt": sum(title.in_doubt for title in facts.titles),
        "over": [
            {"title_id": title.title_id, "name": title.name, "persons": title.persons} for title in over
        ],
    }
    if doubtful and not over:
        return unknown(
            measured=measured,
            required=required,
            message="Chưa rõ số người trong quy hoạch của "
            f"{listed([title.name for title in doubtful])} có quá {limit} hay không (mục {norm.clause}).",
            remedy="Xác định người còn trong quy hoạch của chức danh, đưa ra khỏi quy hoạch người không còn.",
        )
    named = listed([f"{title.name} ({title.persons} người)" for title in over])
    message = (
        f"Quá {limit} người cho một chức danh (mục {norm.clause}): {named}."
        if over
        else f"Không chức danh nào có quá {limit} người trong quy hoạch (mục {norm.clause})."
    )
    return met_if(
        not over,
        measured=measured,
        required=required,
        message=message,
        remedy="Bớt người trong quy hoạch: "
        + listed([f"{title.name} bớt {title.persons - limit}" for title in over])
        + ".",
    )


@rule(
    "plan.titles_per_person",
    clause="III.3.3-c",
    group=Group.NUMBER,
    effect=Effect.BLOCKS,
    since=FIRST_RULE_SET,
    waivable=True,
    parameters=(TITLES, COUNTED),
    facts=TitlesPerPersonFacts,
)
def titles_per_person(facts: TitlesPerPersonFacts, law: LawOn) -> Verdict:
    """Nobody is planned for more titles than the rule set allows: 3, since 2025-10-08 3 of one level."""
    norm, counted = law[TITLES], TitlesCounted(law[COUNTED].choice)
    limit = norm.at_most
    required: dict[str, JsonValue] = {"titles_at_most": limit, "counted": counted.value}
    if not facts.persons:
        return not_applicable(
            required=required,
            message=f"Hồ sơ không có người nào để xét số chức danh theo mục {norm.clause}.",
        )
    counts = [(person, *person.least_and_most(counted)) for person in facts.persons]
    over = [(person, least) for person, least, _ in counts if least > limit]
    doubtful = [person for person, least, most in counts if least <= limit < most]
    measured: dict[str, JsonValue] = {
        "persons": len(facts.persons),
        "most_titles": max(least for _, least, _ in counts),
        "unlevelled": sum(person.unlevelled for person in facts.persons),
        "over": [
            {
                "person_id": person.person_id,
                "label": person.label,
                "titles": least,
                "by_level": {str(level): number for level, number in sorted(person.by_level.items())},
            }
            for person, least in over
        ],
    }
    level = " cùng cấp" if counted is TitlesCounted.EACH_LEVEL else ""
    if doubtful and not over:
        return unknown(
            measured=measured,
            required=required,
            message="Chưa rõ cấp của chức danh nên chưa biết có người được quy hoạch quá "
            f"{limit} chức danh{level} hay không (mục {norm.clause}): "
            f"{listed([person.label for person in doubtful])}.",
            remedy="Xác định cấp của chức danh trong danh mục chức danh, hoặc bớt chức danh của người này.",
        )
    message = (
        f"Quá {limit} chức danh{level} cho một người (mục {norm.clause}): "
        f"{listed([_told(person, least, counted, limit) for person, least in over])}."
        if over
        else f"Không ai được quy hoạch quá {limit} chức danh{level} (mục {norm.clause})."
    )
    return met_if(
        not over,
        measured=measured,
        required=required,
        message=message,
        remedy="Bớt chức danh trong quy hoạch: "
        + listed([f"{person.label} bớt {least - limit}" for person, least in over])
        + ".",
    )


def _told(person: PersonTitles, titles: int, counted: TitlesCounted, limit: int) -> str:
    if counted is TitlesCounted.ALL_LEVELS:
        return f"{person.label} ({titles} chức danh)"
    parts = [
        f"{number} {_LEVEL_NAMES.get(str(level), str(level))}"
        for level, number in sorted(person.by_level.items())
        if number > limit
    ]
    return f"{person.label} ({', '.join(parts)})"
