"""The many-valued groups of form 2C with one clock: grades, salaries, courses, family, honours, sanctions."""

from random import Random
from typing import Any

from app.demo.cadres import Kin
from app.demo.ids import Ids
from app.demo.people import Person
from app.demo.record.family import Family
from app.demo.record.work import Work
from app.demo.spells import Spells


def record_rows(
    people: list[Person], spells: Spells, kin: list[Kin], ids: Ids, rng: Random
) -> dict[str, list[dict[str, Any]]]:
    """Table name to rows, of every group."""
    return Work(people, spells, kin, ids, rng).rows() | Family(people, spells, kin, ids, rng).rows()
