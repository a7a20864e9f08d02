"""The 384 managed by the Standing Committee: the cross-table of sex and group, the young, the edges of age.

The resolution gives the margins (61 women, 149 of minorities, 21 aged 40 or less); the split is ours
(domain §8 recipe 4): women of minorities 24, other women 37, men of minorities 125, other men 198; young
2, 3, 8, 8; exactly 40 on the baseline day 1, 0, 1, 2.
"""

from datetime import date
from random import Random
from typing import TYPE_CHECKING

from app.demo import mix
from app.demo.dates import BASELINE, birth
from app.models.cadre import BirthPrecision, Sex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.demo.people import Person

WOMEN = 61
CELLS = (
    # sex, minority, people, young, of them exactly 40
    (Sex.FEMALE, True, 24, 2, 1),
    (Sex.FEMALE, False, 37, 3, 0),
    (Sex.MALE, True, 125, 8, 1),
    (Sex.MALE, False, 198, 8, 2),
)
GROUPS = {"mong": 58, "tay": 39, "dao": 25, "nung": 16}
OTHERS = ("giay", "giay", "giay", "la-chi", "la-chi", "la-chi", "hoa", "co-lao", "pa-then", "lo-lo", "bo-y")


def fill(people: "Sequence[Person]", rng: Random) -> None:
    """Gives the 384 their sex, group and birth date."""
    women = pick(people, WOMEN, rng, _woman_weight)
    inside = {id(person) for person in women}
    for person in people:
        person.sex = Sex.FEMALE if id(person) in inside else Sex.MALE
    for sex, minority, count, young, forty in CELLS:
        if minority:
            same = [person for person in people if person.sex is sex]
            chosen = pick(same, count, rng, _minority_weight)
            own = {id(person) for person in chosen}
            for person in same:
                person.ethnicity = "" if id(person) in own else "kinh"
        cell = [person for person in people if person.sex is sex and (person.ethnicity != "kinh") is minority]
        _ages(cell, young, forty, rng)
    rest = [person for person in people if person.ethnicity == ""]
    for slug, count in GROUPS.items():
        for person in pick(rest, count, rng, _of_group(slug)):
            person.ethnicity = slug
        rest = [person for person in rest if person.ethnicity == ""]
    for person, slug in zip(rest, OTHERS, strict=True):
        person.ethnicity = slug
    _edges(people)


def pick(
    people: "Sequence[Person]", count: int, rng: Random, weight: "Callable[[Person], float]"
) -> "list[Person]":
    """`count` of `people`, drawn by weight without putting back; infinite weights first."""
    keyed = [
        (2.0 if weight(person) == float("inf") else rng.random() ** (1 / max(weight(person), 0.001)), number)
        for number, person in enumerate(people)
    ]
    best = sorted(keyed, key=lambda pair: (-pair[0], pair[1]))[:count]
    return [people[number] for _, number in sorted(best, key=lambda pair: pair[1])]


def _woman_weight(person: "Person") -> float:
    seat = person.seat
    if seat is None:
        return 0
    short = seat.unit.code.rpartition(".")[2]
    if short == "HPN":
        return float("inf")
    if short == "CCB" or seat.title.code in {"d.secretary", "p.pc_vice"}:
        return 0.2
    low = 2.3 if person.prefix == "TI" and seat.tier == 1 else 1.0
    return low * mix.WOMEN[person.prefix] / 100 * (2 if short in {"BDV", "MTTQ", "SLD", "SGD", "CTD"} else 1)


def _minority_weight(person: "Person") -> float:
    return 1.0 if person.prefix == "TI" else 2.0 + (100 - mix.MIX[person.prefix]["kinh"]) / 20


def _of_group(slug: str) -> "Callable[[Person], float]":
    return lambda person: 1 + mix.MIX[person.prefix].get(slug, 0)


def _young_weight(person: "Person") -> float:
    seat = person.seat
    if seat is None:
        return 0
    if seat.unit.code.endswith(".DTN"):
        return 5.0
    # Deputies, heads of boards and vice-chairs may be young, secretaries and directors hardly.
    return 1.5 if seat.tier in {2, 3} and person.prefix != "TI" else 0.6 if seat.tier == 2 else 0.02


def _ages(cell: "Sequence[Person]", young: int, forty: int, rng: Random) -> None:
    chosen = pick(cell, young, rng, _young_weight)
    numbers = {id(person): number for number, person in enumerate(chosen)}
    for person in cell:
        number = numbers.get(id(person))
        if number is not None:
            person.birth = birth(rng, 40 if number < forty else 33 + rng.randrange(7))
            continue
        oldest = 54 if person.sex is Sex.FEMALE else 58
        youth = person.seat is not None and person.seat.unit.code.endswith(".DTN")
        person.birth = birth(rng, 41 if youth else int(rng.triangular(41, oldest + 1, 49)))


def _edges(people: "Sequence[Person]") -> None:
    """People on the edges of the definitions; each stays below, at or above 40, so that no figure moves."""
    used: set[int] = set()

    def side(age: int) -> int:
        return (age > 40) - (age < 40)

    for day, precision in (
        (date(1981, 12, 31), BirthPrecision.DAY),
        (date(1981, 1, 1), BirthPrecision.YEAR),
        (date(1982, 1, 1), BirthPrecision.DAY),
        (date(1984, 2, 29), BirthPrecision.DAY),
        (date(1983, 5, 1), BirthPrecision.MONTH),
        (date(1976, 2, 29), BirthPrecision.DAY),
        (date(1970, 1, 1), BirthPrecision.YEAR),
    ):
        wanted = side(BASELINE.year - day.year)
        person = next(
            person for person in people if side(person.age(BASELINE)) == wanted and id(person) not in used
        )
        person.birth, person.precision = day, precision
        used.add(id(person))
