"""Posts of a district and of a commune: the same in each but for its size and for who holds two at once."""

from datetime import date
from typing import TYPE_CHECKING

from app.demo import bodies
from app.demo.seats import STAFF_TIER
from app.demo.tree import Unit
from app.models.unit import UnitKind

if TYPE_CHECKING:
    from app.demo.staffing import Staffing

COMMUNE_STAFF = {1: 23, 2: 21, 3: 19}
"""Staff of a commune by class (domain §8)."""

VACANT = {22: date(2021, 11, 15), 87: date(2021, 10, 1), 41: date(2021, 9, 1), 133: date(2021, 12, 6)}
"""Communes (by place in the list) without a secretary on the baseline day, since when."""

ACTING = (41, 133)
"""Those of them where the deputy secretary acts."""

TWO_POSTS = (2, 4, 7, 10)
"""Districts (by place in the list) where the head of mass mobilisation also chairs the front."""

THREE_DEPUTIES = (1, 5, 9)

DISTRICT_HEADS = (
    # body, head, tier of the head, deputy, deputies
    ("BTC", "d.board_head", 3, "d.board_deputy", 2),
    ("BTG", "d.board_head", 3, "d.board_deputy", 2),
    ("BDV", "d.board_head", 3, "d.board_deputy", 2),
    ("UBKT", "d.inspection_head", 3, "d.inspection_deputy", 2),
    ("VPHU", "d.office_chief", 3, "d.office_deputy", 2),
    ("DTN", "d.youth_secretary", 4, "d.mass_vice", 1),
    ("HPN", "d.mass_chair", 4, "d.mass_vice", 1),
    ("HND", "d.mass_chair", 4, "d.mass_vice", 1),
    ("CCB", "d.union_chair", 4, "d.mass_vice", 1),
    ("LDLD", "d.union_chair", 4, "d.mass_vice", 1),
)


def district(staffing: "Staffing", unit: Unit, number: int) -> None:
    """Posts of a district; `number` is its place in the list."""
    own, org = unit.bodies, unit.code
    staffing.parents[org] = "P"
    party, council, people = own["HU"], own["HDND"], own["UBND"]
    (secretary,) = staffing.take(party, "d.secretary", 1, org)
    (standing,) = staffing.take(party, "d.deputy_secretary", 2, org)
    (chair,) = staffing.take(people, "d.pc_chair", 2, org)
    staffing.mirror(party, "d.deputy_secretary", chair)
    if number in THREE_DEPUTIES:
        staffing.take(party, "d.deputy_secretary", 2, org)
    match number % 4:
        case 0:
            staffing.mirror(council, "d.council_chair", secretary)
        case 3:
            staffing.take(council, "d.council_chair", 2, org)
        case _:
            staffing.mirror(council, "d.council_chair", standing)
    staffing.take(council, "d.council_vice", 3, org, 2)
    staffing.take(council, "d.council_committee_deputy", 5, org, 2)
    large = len(staffing.tree.communes(unit)) >= 18
    staffing.take(people, "d.pc_vice", 3, org, 3 if large else 2)
    for code, head, tier, deputy, count in DISTRICT_HEADS:
        staffing.take(own[code], head, tier, org)
        staffing.take(own[code], deputy, 5, org, count)
    if number in TWO_POSTS:
        mobiliser = staffing.posts[own["BDV"].id, "d.board_head"].seats[0]
        staffing.mirror(own["MTTQ"], "d.front_chair", mobiliser)
    else:
        staffing.take(own["MTTQ"], "d.front_chair", 3, org)
    staffing.take(own["MTTQ"], "d.front_vice", 5, org, 1 + number % 2)
    _divisions(staffing, unit)
    _services(staffing, unit)


def _divisions(staffing: "Staffing", district_: Unit) -> None:
    own, org = district_.bodies, district_.code
    for code, *_ in bodies.DISTRICT_DIVISIONS:
        if code in own:
            staffing.take(own[code], "d.division_head", 4, org)
            count = 1 if code in {"PYT", "PDT", "PTP"} else 2
            spare = int(staffing.rng.random() < 0.2)
            staffing.take(own[code], "d.division_deputy", 5, org, count, spare=spare)


def _services(staffing: "Staffing", district_: Unit) -> None:
    for unit in district_.bodies.values():
        if unit.kind is not UnitKind.PUBLIC_SERVICE:
            continue
        ladder = staffing.ladder(unit, f"{district_.code}.SERVICES")
        if unit.code.endswith(".TYT"):
            continue
        if unit.sector == "education" and not unit.code.endswith(".GDNN"):
            staffing.take(unit, "d.principal", 1, ladder)
        else:
            staffing.take(unit, "d.centre_head", 1, ladder)
            staffing.take(unit, "d.centre_deputy", 2, ladder, 2 if unit.weight > 20 else 1)


def commune(staffing: "Staffing", unit: Unit, number: int) -> None:
    """Posts of a commune: 23, 21 or 19 people by its class; `number` is its place in the list."""
    own, org, grade = unit.bodies, unit.code, unit.grade or 3
    if unit.parent is None:
        raise ValueError(unit.code)
    staffing.parents[org] = unit.parent.code
    party, council, people = own["DU"], own["HDND"], own["UBND"]
    (secretary,) = staffing.take(party, "c.secretary", 1, org)
    (standing,) = staffing.take(party, "c.deputy_secretary", 2, org)
    (chair,) = staffing.take(people, "c.pc_chair", 2, org)
    staffing.mirror(party, "c.deputy_secretary", chair)
    left = COMMUNE_STAFF[grade] - 3
    style = number % 20
    if number in VACANT:
        secretary.vacant_since = VACANT[number]
        secretary.acting = number in ACTING
        left += 1
        style = 12
    # In nine of twenty the secretary chairs the council, in seven the deputy does, in four a third person.
    if style < 9:
        staffing.mirror(council, "c.council_chair", secretary)
    elif style < 16:
        staffing.mirror(council, "c.council_chair", standing)
    else:
        staffing.take(council, "c.council_chair", 2, org)
        left -= 1
    vices = 2 if grade < 3 else 1
    staffing.take(council, "c.council_vice", 3, org)
    staffing.take(people, "c.pc_vice", 3, org, vices)
    staffing.take(own["MTTQ"], "c.front_chair", 4, org)
    for code, *_ in bodies.MASS[:4]:
        staffing.take(own[code], "c.mass_head", 4, org)
    staffing.take(people, "c.military", STAFF_TIER, org)
    left -= 1 + vices + 1 + 4 + 1
    cycle = ("c.office", "c.finance", "c.land", "c.culture", "c.justice")
    for i in range(left):
        staffing.take(people, cycle[i % 5], STAFF_TIER, org)
