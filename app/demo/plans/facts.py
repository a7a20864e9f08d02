"""What is on record of persons besides their seats, as the rules on plans ask it on a day."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from app.demo.people import Person
from app.demo.plans.traits import seat_on
from app.models.qualification import QualificationKind

if TYPE_CHECKING:
    from uuid import UUID


class Facts:
    """Degrees and conclusions by person."""

    def __init__(self, known: Mapping[str, list[dict[str, Any]]]) -> None:
        """`known` are the rows of every table made before."""
        self.concluded: dict[UUID, date] = {}
        """Person to the latest conclusion; those of plans are added as they are drawn."""
        for row in sorted(known["political_conclusion"], key=lambda row: row["concluded_on"]):
            self.concluded[row["cadre_id"]] = row["concluded_on"]
        self._degrees: dict[UUID, list[tuple[date, str]]] = defaultdict(list)
        for row in known["qualification_span"]:
            if row["kind"] is QualificationKind.EDUCATION and row["field"] and row["superseded_at"] is None:
                self._degrees[row["cadre_id"]].append((row["valid_from"], row["field"]))

    def specialised(
        self, person: Person, day: date, sectors: Collection[str], fields: Collection[str]
    ) -> bool | None:
        """Whether somebody is of a specialised sector, as `services.specialised` says; None: not known."""
        seat = seat_on(person, day)
        sector = seat.unit.sector if seat is not None else None
        degrees = [field for since, field in self._degrees[person.id] if since <= day]
        if sector in sectors or any(field in fields for field in degrees):
            return True
        return None if sector is None or not degrees else False
