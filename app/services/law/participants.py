"""Who takes part in the meetings of a personnel action, by kind of unit and day (domain §10.2)."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, TypeAdapter, ValidationError, model_validator

from app.services.law import strict_yaml
from app.services.law.parameter_file import Text, Words, as_tuple
from app.services.law.strict_yaml import LawError, StrictModel

__all__ = ["FILE", "Group", "Meeting", "Participants", "load", "meeting_of", "participants_of"]

FILE = Path(__file__).parent / "participants.yaml"
Group = Literal[
    "standing_committee",
    "full_committee",
    "heads_deputies",
    "commune_secretaries",
    "directorate",
    "staff",
]

_MEETINGS: dict[str, tuple[str | None, ...]] = {
    "five_steps": ("leadership", "enlarged", "leadership", "key_cadres", "leadership"),
    "three_steps": ("leadership", None, "leadership"),
    "term": ("key_cadres", "leadership"),
}
"""Route to what each of its steps is a meeting of; None: it is none."""


class Meeting(StrictModel):
    """Who is summoned, in words, and the groups that make up the number; no groups: it can't be counted."""

    text: Text
    counts: Annotated[tuple[Group, ...], BeforeValidator(as_tuple)] = ()


class Participants(StrictModel):
    """The meetings of one kind of unit in one span of days `[start, to)`."""

    start: Annotated[date, Field(alias="from")]
    to: date | None = None
    form: Literal["territory", "body"]
    kinds: Words
    clause: Text
    source: Text
    confidence: Literal["D", "L", "S2", "M-h", "M-m", "M-l"]
    leadership: Meeting
    enlarged: Meeting
    key_cadres: Meeting

    @model_validator(mode="after")
    def _span(self) -> Self:
        if self.to is not None and self.to <= self.start:
            raise ValueError("the span is empty")
        return self

    def covers(self, day: date) -> bool:
        """Whether it is the norm of that day."""
        return self.start <= day and (self.to is None or day < self.to)

    def meeting(self, name: str) -> Meeting:
        """The meeting of that name."""
        found: Meeting = getattr(self, name)
        return found


_SHAPE = TypeAdapter(dict[str, list[Participants]])


def load(path: Path = FILE) -> tuple[Participants, ...]:
    """What the file says; LawError for a shape that isn't right and for a kind that two norms claim."""
    try:
        groups = _SHAPE.validate_python(strict_yaml.load(path))
    except ValidationError as error:
        raise LawError(f"{path.name}: {error}") from None
    found = tuple(one for rows in groups.values() for one in rows)
    for place, one in enumerate(found):
        for other in found[:place]:
            shared = set(one.kinds) & set(other.kinds) if one.form == other.form else set()
            apart = (one.to is not None and one.to <= other.start) or (
                other.to is not None and other.to <= one.start
            )
            if shared and not apart:
                raise LawError(f"{path.name}: two norms for {', '.join(sorted(shared))}")
    return found


@cache
def _house() -> tuple[Participants, ...]:
    return load()


def participants_of(form: str, kind: str, day: date) -> Participants | None:
    """The norm for a kind of unit on a day; None where there is none."""
    return next((one for one in _house() if one.form == form and kind in one.kinds and one.covers(day)), None)


def meeting_of(route: str, step: int) -> str | None:
    """What a step of a route is a meeting of: leadership, enlarged, key_cadres; None: of nobody."""
    steps = _MEETINGS.get(route, ())
    return steps[step - 1] if 1 <= step <= len(steps) else None
