"""Rows of persons: names, codes, kin, and the single-valued groups of form 2C."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from app.demo.dates import BASELINE, years
from app.demo.ids import FIRST_DAY, recorded
from app.demo.names import full_name
from app.demo.people import Person
from app.demo.seats import Seat
from app.demo.spells import Spell, Spells
from app.models.base import search_key, sort_key
from app.models.cadre import BirthPrecision, LegalCategory, MaritalStatus, Sex
from app.models.record import Relation
from app.models.title import MANAGED_RANK, ManagedBy, TermKind
from app.models.unit import Level, UnitKind

if TYPE_CHECKING:
    from uuid import UUID

COUPLES, PARENTS = 60, 16


@dataclass(frozen=True, slots=True)
class Kin:
    """`relative` is the `relation` of `person`; both are in the record."""

    person: Person
    relation: Relation
    relative: Person


def file_spell(spells: list[Spell]) -> Spell:
    """The main spell whose unit keeps a person's file on the baseline day: the open one, else the last."""
    for spell in spells:
        if spell.start <= BASELINE and (spell.end is None or spell.end > BASELINE):
            return spell
    return spells[-1]


def managing(spells: Iterable[Spell], last: Spell) -> ManagedBy:
    """The highest body that manages a seat held on the baseline day, else that of the last main seat."""
    held = [
        spell for spell in spells if spell.start <= BASELINE and (spell.end is None or spell.end > BASELINE)
    ] or [last]
    bodies = [(spell.seat.title.managed_by, not spell.main) for spell in held]
    return min(bodies, key=lambda body: (MANAGED_RANK[body[0]], body[1]))[0]


def first_day(person: Person) -> date:
    """The day a person came into the record."""
    return person.spans[0].start


def name_all(people: list[Person], spells: Spells, rng: Random) -> list[Kin]:
    """Gives everybody a name and a code, and says who is kin to whom."""
    kin = _kin(people, rng)
    surname: dict[Person, str] = {}
    numbers: dict[str, int] = {}
    for person in people:
        unit = file_spell(spells.of_person[person.id]).seat.unit
        person.prefix = unit.prefix
        numbers[person.prefix] = numbers.get(person.prefix, 0) + 1
        person.code = f"{person.prefix}-{numbers[person.prefix]:05d}"
    parent_of = {pair.relative: pair.person for pair in kin if pair.relation is Relation.CHILD}
    for person in people:
        parent = parent_of.get(person)
        if parent is not None:
            person.ethnicity = parent.ethnicity
            surname[person] = (parent.name or _named(parent, rng)).split(" ")[0]
        if not person.name:
            _named(person, rng, surname.get(person))
    return kin


def _named(person: Person, rng: Random, surname: str | None = None) -> str:
    person.name = full_name(rng, person.ethnicity, person.sex, surname)
    return person.name


def _kin(people: list[Person], rng: Random) -> list[Kin]:
    """Couples of leaders and colleagues in one district, and parents with a child in the service."""
    here = [person for person in people if person.seat is not None and not person.stub]
    leaders = [person for person in here if person.seat and person.seat.title.leadership]
    by_prefix: dict[tuple[str, Sex], list[Person]] = {}
    for person in here:
        if person.seat and not person.seat.title.leadership:
            by_prefix.setdefault((person.prefix, person.sex), []).append(person)
    used: set[Person] = set()
    pairs: list[Kin] = []
    for person in leaders[:: len(leaders) // (COUPLES * 2)]:
        other_sex = Sex.MALE if person.sex is Sex.FEMALE else Sex.FEMALE
        pool = by_prefix[person.prefix, other_sex]
        other = pool[rng.randrange(len(pool))]
        if other in used or abs((other.birth - person.birth).days) > 2500 or len(pairs) >= 2 * COUPLES:
            continue
        used |= {person, other}
        pairs += [Kin(person, Relation.SPOUSE, other), Kin(other, Relation.SPOUSE, person)]
    elders = [
        person
        for person in leaders
        if person.age(BASELINE) >= 50 and person.sex is Sex.MALE and person not in used
    ]
    count = 0
    for person in elders[:: max(1, len(elders) // 40)]:
        pool = [
            other
            for other in by_prefix[person.prefix, Sex.MALE]
            if other.age(BASELINE) <= person.age(BASELINE) - 22
        ]
        if not pool or count >= PARENTS:
            continue
        child = pool[rng.randrange(len(pool))]
        if child in used or (child.seat and child.seat.title.managed_by is None):
            continue
        used |= {person, child}
        count += 1
        pairs += [Kin(person, Relation.CHILD, child), Kin(child, Relation.FATHER, person)]
    return pairs


def category(seat: Seat) -> LegalCategory:
    """The law a holder of a seat serves under."""
    if seat.unit.kind is UnitKind.PUBLIC_SERVICE:
        return LegalCategory.PUBLIC_EMPLOYEE
    return LegalCategory.OFFICIAL if seat.title.term is TermKind.ELECTED_TERM else LegalCategory.CIVIL_SERVANT


def cadre_rows(people: list[Person], spells: Spells, rng: Random) -> list[dict[str, Any]]:
    """Rows of `cadre`, in the order of `people`."""
    held: dict[UUID, list[Spell]] = defaultdict(list)
    for spell in spells.all:
        held[spell.person.id].append(spell)
    return [_row(number, person, spells, held[person.id], rng) for number, person in enumerate(people, 1)]


def _row(number: int, person: Person, spells: Spells, held: list[Spell], rng: Random) -> dict[str, Any]:
    spell = file_spell(spells.of_person[person.id])
    began = recorded(max(FIRST_DAY, spells.of_person[person.id][0].signed))
    row: dict[str, Any] = dict.fromkeys(COLUMNS)
    row |= {
        "id": person.id,
        "code": person.code,
        "unit_id": spell.seat.unit.id,
        "managed_by": managing(held, spell),
        "full_name": person.name,
        "search_key": search_key(person.name),
        "sort_key": sort_key(person.name),
        "is_stub": person.stub,
        "birth_precision": BirthPrecision.DAY,
        "recorded_at": began,
        "changed_at": max(began, recorded(spells.of_person[person.id][-1].signed)),
        "version": 1,
    }
    if person.stub:
        return row
    seat = spell.seat
    old = person.age(BASELINE)
    century = (
        {Sex.MALE: "0", Sex.FEMALE: "1"} if person.birth.year < 2000 else {Sex.MALE: "2", Sex.FEMALE: "3"}
    )
    chance = rng.random()
    row |= {
        "birth_date": person.birth,
        "birth_precision": person.precision,
        "sex": person.sex,
        "ethnicity": person.ethnicity,
        "religion": "none",
        "hometown": _place(person.home, person.outside, unknown=person.unknown_origin),
        "hometown_unit_id": person.home.id if person.home else None,
        "birthplace": _birthplace(person),
        "birthplace_unit_id": person.born_in.id if person.born_in else None,
        # 000 is no province's number: nobody's real identity card can be met.
        "national_id": f"000{century[person.sex]}{person.birth.year % 100:02d}{number:06d}",
        "marital_status": MaritalStatus.MARRIED
        if old > 27 and chance < 0.93
        else MaritalStatus.SINGLE
        if chance < 0.97
        else MaritalStatus.DIVORCED,
        "legal_category": category(seat),
        "recruited_on": person.recruited,
        "recruited_by": _recruiter(seat),
        "main_work": seat.title.name,
        "health_status": "Tốt" if chance < 0.8 else "Bình thường",
        "youth_union_on": years(person.birth, 16) + timedelta(days=40),
    }
    if seat.title.leadership:
        row |= {
            "national_id_issued_on": date(2021, 4, 1) + timedelta(days=number % 200),
            "social_insurance_number": f"02{number:08d}",
            "email": f"{person.code.lower()}@hagiang.example",
            "height_cm": (152 if person.sex is Sex.FEMALE else 162) + number % 14,
            "weight_kg": (46 if person.sex is Sex.FEMALE else 56) + number % 17,
            "blood_group": ("O", "A", "B", "AB")[number % 4],
        }
        if person.sex is Sex.MALE and number % 17 == 0:
            enlisted = years(person.birth, 19)
            row |= {
                "enlisted_on": enlisted,
                "discharged_on": years(enlisted, 2),
                "military_rank": "Hạ sĩ quan dự bị",
            }
    return row


def _place(unit: Any, outside: str | None, *, unknown: bool = False) -> str | None:  # noqa: ANN401 - a Unit or None
    if unknown:
        return None
    if unit is not None:
        return f"{unit.name}, {unit.parent.name}, tỉnh Hà Giang"
    return f"tỉnh {outside}" if outside else None


def _birthplace(person: Person) -> str | None:
    place = _place(person.born_in, person.outside, unknown=person.unknown_origin)
    if person.hospital and place is not None:
        return f"Bệnh viện Đa khoa huyện, {place}"
    return place


def _recruiter(seat: Seat) -> str:
    district = seat.unit.district
    if district is not None:
        return district.bodies["UBND"].name
    return (
        "Sở Nội vụ tỉnh Hà Giang" if seat.title.level is Level.PROVINCE else "Ủy ban nhân dân tỉnh Hà Giang"
    )


COLUMNS = (
    "id", "code", "unit_id", "managed_by", "full_name", "other_names", "search_key", "sort_key",
    "is_stub", "birth_date",
    "birth_precision", "sex", "ethnicity", "religion", "birthplace", "birthplace_unit_id", "hometown",
    "hometown_unit_id",
    "national_id", "national_id_issued_on", "social_insurance_number", "email", "phone", "marital_status",
    "legal_category", "recruited_on", "recruited_by", "main_work", "strength", "youth_union_on",
    "enlisted_on",
    "discharged_on", "military_rank", "health_status", "height_cm", "weight_kg", "blood_group", "disability",
    "policy_family", "recorded_at", "changed_at", "version",
)  # fmt: skip
