"""Who is summoned to the meetings: a number far from that of those who take part is explained (§10.2)."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from app.services.law.finding import Effect, Verdict, met_if, not_applicable
from app.services.law.parameter import LawOn
from app.services.law.parameter_file import WHOLE
from app.services.law.rules.registry import rule

if TYPE_CHECKING:
    from pydantic import JsonValue

WITHIN = "appointment.summoned-within"


@dataclass(frozen=True, slots=True)
class Summons:
    """One meeting: how many were summoned, how many take part by posts and seats held, None: nobody knows.

    `explained`: the minutes say why the numbers differ.
    """

    step: int
    summoned: int
    expected: int | None
    explained: bool = False


@dataclass(frozen=True, slots=True)
class ParticipantsFacts:
    """The meetings held so far."""

    meetings: tuple[Summons, ...]


@rule(
    "appointment.participants",
    clause="III.3.5-b",
    effect=Effect.WARNS,
    since=date(2017, 12, 19),
    waivable=True,
    parameters=(WITHIN,),
    facts=ParticipantsFacts,
)
def participants(facts: ParticipantsFacts, law: LawOn) -> Verdict:
    """Of no meeting does the number summoned lie further from those who take part than the norm lets it."""
    percent = law[WITHIN].integer
    known = [one for one in facts.meetings if one.expected is not None]
    required: dict[str, JsonValue] = {"differs_by_at_most_percent": percent}
    if not known:
        return not_applicable(
            required=required,
            message="Không có số liệu để biết bao nhiêu người thuộc thành phần dự họp (mục III.3.5-b).",
        )
    far = [one for one in known if not one.explained and _far(one, percent)]
    told = "; ".join(
        f"bước {one.step} triệu tập {one.summoned} người, thành phần có {one.expected}" for one in far
    )
    return met_if(
        not far,
        measured={
            "meetings": [
                {"step": one.step, "summoned": one.summoned, "expected": one.expected} for one in known
            ],
            "far": [one.step for one in far],
        },
        required=required,
        message=f"Số người triệu tập khác thành phần quy định: {told} (mục III.3.5-b)."
        if far
        else "Số người triệu tập hợp với thành phần quy định, hoặc đã giải trình (mục III.3.5-b).",
        remedy="Xem lại số người triệu tập, hoặc ghi giải trình ở biên bản của bước đó.",
    )


def _far(one: Summons, percent: int) -> bool:
    expected = one.expected or 0
    return WHOLE * abs(one.summoned - expected) > percent * expected
