"""What every builder of record rows shares."""

from datetime import date
from random import Random
from typing import Any

from app.demo.cadres import Kin, first_day
from app.demo.ids import FIRST_DAY, Ids, recorded
from app.demo.people import Person
from app.demo.spells import Spells

Rows = list[dict[str, Any]]


class Builder:
    """Builds the rows of every one-clock group."""

    def __init__(self, people: list[Person], spells: Spells, kin: list[Kin], ids: Ids, rng: Random) -> None:
        self.people = people
        self.spells = spells
        self.kin = kin
        self.ids = ids
        self.rng = rng
        self.here = [person for person in people if person.seat is not None and not person.stub]
        self.leaders = [person for person in self.here if person.seat and person.seat.title.leadership]
        self.sanctioned: dict[Person, date] = {}

    def row(self, person: Person, day: date) -> dict[str, Any]:
        """The columns every row has; it was recorded on `day`, or when the person came into the record."""
        known = max(day, first_day(person), FIRST_DAY)
        return {
            "id": self.ids.new(known),
            "cadre_id": person.id,
            "recorded_at": recorded(known),
            "voided_at": None,
            "void_reason": None,
        }
