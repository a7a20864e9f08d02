"""The people who hold a main seat on the baseline day, so made that the resolution's figures hold."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import UUID

from app.demo import managed, mix
from app.demo.dates import BASELINE, birth, years
from app.demo.ids import FIRST_DAY, Ids
from app.demo.seats import STAFF_TIER, Seat
from app.demo.staffing import Staffing
from app.demo.titles import Title
from app.demo.tree import MERGER_DAY, Tree, Unit
from app.models.cadre import BirthPrecision, Sex
from app.models.party import PoliticalTheory
from app.models.title import ManagedBy
from app.models.unit import Level, UnitKind

WITH_THEORY = 2_345
"""Leaders beside those of the Standing Committee with theory from intermediate up (domain §8)."""


@dataclass(slots=True)
class Span:
    """A person in a seat in `[start, end)`; `end` None is open on the baseline day."""

    seat: Seat
    start: date
    end: date | None
    how: str
    left: str | None = None


@dataclass(slots=True, eq=False)
class Person:
    """A made-up person."""

    id: UUID
    seat: Seat | None
    stub: bool = False
    sex: Sex = Sex.MALE
    ethnicity: str = "kinh"
    birth: date = FIRST_DAY
    precision: BirthPrecision = BirthPrecision.DAY
    recruited: date = FIRST_DAY
    theory: PoliticalTheory = PoliticalTheory.NONE
    home: Unit | None = None
    born_in: Unit | None = None
    outside: str | None = None
    """The province of origin where it isn't this one."""

    hospital: bool = False
    lives_in: Unit | None = None
    party: bool = False
    unknown_origin: bool = False
    rooted: bool = False
    """Origin elsewhere, household in the commune led."""

    prefix: str = "TI"
    code: str = ""
    name: str = ""
    from_outside: date | None = None
    spans: list[Span] = field(default_factory=list)
    at: Seat | None = None
    until: date | None = None
    left: str | None = None

    def age(self, day: date) -> int:
        """Completed years; a birthday on 29 February is on 1 March elsewhere."""
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))


FEMALE = {
    "p.division_head": 26, "p.division_deputy": 34, "p.attached_board_head": 30,
    "p.attached_board_deputy": 40,
    "p.principal": 26, "p.vice_principal": 34, "p.centre_head": 22, "p.centre_deputy": 30, "p.ward_head": 36,
    "d.board_deputy": 22, "d.inspection_deputy": 18, "d.office_deputy": 20, "d.front_vice": 26,
    "d.mass_vice": 36,
    "d.union_chair": 16, "d.council_committee_deputy": 16, "d.division_head": 20, "d.division_deputy": 25,
    "d.centre_head": 15, "d.centre_deputy": 24, "c.secretary": 9, "c.deputy_secretary": 12,
    "c.council_chair": 11,
    "c.council_vice": 17, "c.pc_chair": 6, "c.pc_vice": 11, "c.front_chair": 12, "c.military": 0,
    "c.office": 36,
    "c.finance": 62, "c.land": 18, "c.justice": 36, "c.culture": 38, "d.preschool_teacher": 97,
    "d.primary_teacher": 68, "d.lower_teacher": 56, "p.teacher": 55, "p.doctor": 40, "d.doctor": 36,
    "p.nurse": 74,
    "d.nurse": 70, "d.school_staff": 58, "d.accountant": 82, "p.accountant": 80, "d.station_head": 30,
    "p.finance_expert": 40, "p.personnel_expert": 48, "d.finance_expert": 40,
}  # fmt: skip
"""Per cent of women by title; leaders' shares differ by district (mix.WOMEN)."""


def female_share(seat: Seat) -> int:
    """Per cent of women among holders of a seat like this."""
    code, short = seat.title.code, seat.unit.code.rpartition(".")[2]
    if code in {"d.principal", "d.vice_principal"}:
        return {"MN": 97, "THCS": 24}.get(short, 40)
    if code == "c.mass_head":
        return {"HPN": 100, "DTN": 20, "HND": 8, "CCB": 2}[short]
    if short == "HPN" and seat.unit.kind is UnitKind.MASS_ORGANISATION:
        return 100
    if code == "d.union_chair" and short == "CCB":
        return 3
    share = 14 if seat.title.managed_by is ManagedBy.PROVINCE_COMMITTEE else FEMALE.get(code, 42)
    return min(share * mix.WOMEN[seat.unit.prefix] // 100, 98) if seat.title.leadership else share


AGES = {"DTN": (25, 36, 30), "CCB": (47, 59, 54)}
"""Youngest, oldest and most frequent age in the youth union and among veterans."""


def ages(seat: Seat) -> tuple[int, int, int]:
    """Youngest, oldest and most frequent age of holders of a seat like this."""
    short = seat.unit.code.rpartition(".")[2]
    if short in AGES:
        return AGES[short]
    if seat.title.level is Level.COMMUNE:
        if seat.title.code == "c.mass_head":
            return 25, 56, 39
        return (30, 58, 42) if seat.tier < STAFF_TIER else (24, 56, 37)
    if seat.title.managed_by is ManagedBy.PROVINCE_COMMITTEE:
        return 39, 58, 50
    if seat.title.leadership:
        return (36, 58, 46) if seat.tier in {1, 4} else (33, 57, 42)
    return 22, 58, 45


def baseline(staffing: Staffing, ids: Ids, rng: Random) -> list[Person]:
    """One person for each main seat held on the baseline day, in the order of the seats."""
    people = [
        Person(
            ids.new(FIRST_DAY), seat, stub=seat.title.managed_by is ManagedBy.CENTRAL, prefix=seat.unit.prefix
        )
        for seat in staffing.held()
    ]
    chosen = [
        person
        for person in people
        if person.seat and person.seat.title.managed_by is ManagedBy.PROVINCE_COMMITTEE
    ]
    managed.fill(chosen, rng)
    special = {id(person) for person in chosen}
    for person in people:
        seat = person.seat
        if seat is not None and not person.stub and id(person) not in special:
            draw(person, seat, rng, BASELINE)
    thirty_per_cent(people)
    for person in people:
        if person.seat is not None and not person.stub:
            settle(person, person.seat, staffing.tree, rng)
            person.recruited = recruitment(person, rng)
    secretaries(people, staffing.tree, rng)
    theory(people, rng)
    return people


def draw(person: Person, seat: Seat, rng: Random, day: date) -> None:
    """Sex, group and birth date of somebody who holds `seat` on `day`."""
    person.sex = Sex.FEMALE if rng.random() * 100 < female_share(seat) else Sex.MALE
    kinh = 45 if seat.title.level is Level.COMMUNE else 120 if seat.title.leadership else 100
    if seat.title.managed_by is ManagedBy.PROVINCE_COMMITTEE:
        kinh = 240
    person.ethnicity = mix.ethnicity(rng, seat.unit.prefix, kinh)
    low, high, mode = ages(seat)
    oldest = min(high, 54 if person.sex is Sex.FEMALE else 59)
    age = int(rng.triangular(min(low, oldest), oldest + 1, min(mode, oldest)))
    person.birth = birth(rng, min(age, oldest), day)


def recruitment(person: Person, rng: Random) -> date:
    """The day a person entered the service: at 22 to 28, and before the baseline."""
    day = years(person.birth, 22) + timedelta(days=int(rng.triangular(0, 2400, 700)))
    return min(day, date(2021, 11, 30) - timedelta(days=rng.randrange(300)))


def settle(person: Person, seat: Seat, tree: Tree, rng: Random) -> None:
    """Where a person comes from, was born and lives."""
    district = seat.unit.district
    chance = rng.random()
    if person.ethnicity == "kinh" and chance < (0.3 if seat.title.level is Level.COMMUNE else 0.6):
        person.outside = mix.LOWLANDS[rng.randrange(len(mix.LOWLANDS))]
    elif seat.title.level is Level.COMMUNE and chance < 0.88:
        person.home = seat.unit.territory
    elif district is not None and chance < 0.75:
        person.home = standing(tree, district, rng)
    else:
        person.home = standing(tree, tree.districts()[rng.randrange(11)], rng)
    person.born_in = (
        person.home if rng.random() < 0.93 else standing(tree, district or tree.districts()[0], rng)
    )
    if person.outside is not None:
        person.born_in = None if rng.random() < 0.7 else person.born_in
    seat_commune = seat.unit.territory if seat.title.level is Level.COMMUNE else None
    person.lives_in = (
        (person.home or seat_commune)
        if seat_commune
        else standing(tree, district or tree.districts()[0], rng)
    )
    person.party = rng.random() * 100 < party_share(seat)


def party_share(seat: Seat) -> int:
    """Per cent of Party members among holders of a seat like this."""
    if seat.title.leadership or seat.title.code in {"c.front_chair", "c.mass_head", "c.military"}:
        return 100
    if seat.unit.kind is UnitKind.PUBLIC_SERVICE:
        return 46 if seat.unit.sector in {"education", "training"} else 36
    return 80


def standing(tree: Tree, district: Unit, rng: Random) -> Unit:
    """A commune of a district that stands on the baseline day."""
    own = COMMUNES.setdefault(
        (id(tree), district.code), [unit for unit in tree.communes(district) if unit.valid_to == MERGER_DAY]
    )
    return own[rng.randrange(len(own))]


COMMUNES: dict[tuple[int, str], list[Unit]] = {}


def thirty_per_cent(people: list[Person]) -> None:
    """One small planning unit has exactly 30 % women (the rule's boundary): staff of it are counted anew."""
    by_unit: dict[str, list[Person]] = {}
    for person in people:
        if person.seat and person.seat.unit.level is Level.PROVINCE:
            unit = person.seat.unit
            root = unit.parent if unit.kind is UnitKind.DIVISION and unit.parent else unit
            by_unit.setdefault(root.code, []).append(person)
    for code in sorted(by_unit):
        own = by_unit[code]
        staff = [person for person in own if person.seat and not person.seat.title.leadership]
        fixed = sum(person.sex is Sex.FEMALE for person in own) - sum(
            person.sex is Sex.FEMALE for person in staff
        )
        wanted = 3 * len(own) // 10 - fixed
        if len(own) % 10 == 0 and own[0].seat and own[0].seat.unit.plans and 0 <= wanted <= len(staff):
            for number, person in enumerate(staff):
                person.sex = Sex.FEMALE if number < wanted else Sex.MALE
            return
    raise ValueError("no planning unit has a staff that 30 % divides")


def secretaries(people: list[Person], tree: Tree, rng: Random) -> None:
    """Origins of the commune secretaries: most from elsewhere, a few unknown, a few to be looked at."""
    held = [person for person in people if person.seat and person.seat.title.code == "c.secretary"]
    for number, person in enumerate(held):
        seat = person.seat
        if seat is None:
            continue
        commune = seat.unit.territory
        district = seat.unit.district or tree.districts()[0]
        person.outside = None
        if number in {13, 58, 102, 171}:
            person.home = person.born_in = None
            person.unknown_origin = True
            continue
        if rng.random() * 100 >= mix.NON_LOCAL[seat.unit.prefix]:
            person.home = commune
            person.born_in = commune if rng.random() < 0.8 else _elsewhere(tree, district, commune, rng)
        else:
            person.home = _elsewhere(
                tree,
                district if rng.random() < 0.7 else tree.districts()[rng.randrange(11)],
                commune,
                rng,
            )
            person.born_in = person.home
            if number % 29 == 5:
                person.rooted = True
                person.lives_in = commune
            elif commune.type == "thi-tran" and number % 2:
                person.born_in = commune
                person.hospital = True


def _elsewhere(tree: Tree, district: Unit, commune: Unit, rng: Random) -> Unit:
    while True:
        found = standing(tree, district, rng)
        if found is not commune:
            return found


def theory(people: list[Person], rng: Random) -> None:
    """Political theory: all managed, exactly 2,345 of the other leaders, about 92 % of the commune's."""
    leaders: list[Person] = []
    for person in people:
        if person.seat is None or person.stub:
            continue
        title = person.seat.title
        if title.managed_by is ManagedBy.PROVINCE_COMMITTEE:
            person.theory = PoliticalTheory.ADVANCED if rng.random() < 0.9 else PoliticalTheory.INTERMEDIATE
        elif title.leadership and title.level is not Level.COMMUNE:
            leaders.append(person)
        else:
            person.theory = other_theory(title, person.prefix, rng)
    lacking = len(leaders) - WITH_THEORY
    order = sorted(
        leaders, key=lambda person: rng.random() ** (100 / mix.NO_THEORY[person.prefix]), reverse=True
    )
    for number, person in enumerate(order):
        if number < lacking:
            person.theory = PoliticalTheory.ELEMENTARY if rng.random() < 0.5 else PoliticalTheory.NONE
        else:
            person.theory = PoliticalTheory.ADVANCED if rng.random() < 0.22 else PoliticalTheory.INTERMEDIATE


def other_theory(title: Title, prefix: str, rng: Random) -> PoliticalTheory:
    """Theory of commune leaders and of people without a leading post."""
    chance = rng.random() * 100
    if title.leadership:
        lacking = 8 * mix.NO_THEORY[prefix] / 100
        if chance < lacking:
            return PoliticalTheory.ELEMENTARY
        return PoliticalTheory.ADVANCED if chance > 93 else PoliticalTheory.INTERMEDIATE
    share = 55 if title.level is Level.COMMUNE else 8 if title.kind is UnitKind.PUBLIC_SERVICE else 30
    if chance < share:
        return PoliticalTheory.INTERMEDIATE
    return PoliticalTheory.ELEMENTARY if chance < share + 15 else PoliticalTheory.NONE
