"""Party committees: terms, and who sits in them by which post, so that members follow the assignments."""

from collections import defaultdict
from datetime import date
from random import Random
from typing import Any

from app.demo import bodies, terms
from app.demo.dates import BASELINE
from app.demo.ids import FIRST_DAY, Ids
from app.demo.people import Person
from app.demo.seats import Seat
from app.demo.spells import Spell, Spells
from app.demo.staffing import Staffing
from app.demo.tree import COMMUNE_MERGER_DAY, Unit
from app.models.committee import Entry, MemberRank
from app.models.unit import UnitKind

SEATS = {"TU": (52, 15), "HU": (41, 11), "DUK": (17, 5), "DU": (15, 5)}
"""Seats and standing seats of a committee by the short code of its unit."""

DIRECTORS = ("SNV", "SKHDT", "STC", "SNN", "SGT", "SXD", "STNMT", "SLD", "SVH", "SGD", "SYT", "STP", "SCT")
DIVISIONS = ("VP", "PNV", "PTP", "PTCKH", "PTNMT", "PGD", "PKTHT", "PNN", "TTR", "PLD")
LED = ("DUK",)
"""Attached committees served by this record; police, army and border guard keep theirs."""


def places(staffing: Staffing) -> dict[Unit, list[tuple[Seat, MemberRank]]]:
    """For each committee the seats whose holders are its members, with their rank."""
    found: dict[Unit, list[tuple[Seat, MemberRank]]] = {}
    tree = staffing.tree
    root = tree.province
    found[root.bodies["TU"]] = _province(staffing)
    for district in tree.districts():
        found[district.bodies["HU"]] = _district(staffing, district)
    for code in LED:
        found[root.bodies[code]] = _attached(staffing, root.bodies[code])
    for commune in tree.communes():
        found[commune.bodies["DU"]] = _commune(staffing, commune)
    return found


class _Builder:
    def __init__(self, staffing: Staffing) -> None:
        self.staffing = staffing
        self.places: list[tuple[Seat, MemberRank]] = []

    def add(self, unit: Unit, code: str, rank: MemberRank, first: int = 0, last: int | None = None) -> None:
        """Seats `first` to `last` of a post; a mirrored seat counts for secretary and deputy alone."""
        post = self.staffing.posts.get((unit.id, code))
        if post is None:
            return
        seats = sorted(post.seats, key=lambda seat: seat.no)[first:last]
        head = rank in {MemberRank.SECRETARY, MemberRank.DEPUTY}
        self.places += [(seat, rank) for seat in seats if head or seat.mirrors is None]


def _province(staffing: Staffing) -> list[tuple[Seat, MemberRank]]:
    root, build = staffing.tree.province, _Builder(staffing)
    own = root.bodies
    build.add(own["TU"], "p.secretary", MemberRank.SECRETARY)
    build.add(own["TU"], "p.deputy_secretary", MemberRank.DEPUTY)
    build.add(own["HDND"], "p.council_chair", MemberRank.STANDING)
    for code in ("BTC", "BTG", "BDV", "BNC"):
        build.add(own[code], "p.board_head", MemberRank.STANDING)
    build.add(own["UBKT"], "p.inspection_head", MemberRank.STANDING)
    build.add(own["VPTU"], "p.office_chief", MemberRank.STANDING)
    build.add(own["UBND"], "p.pc_vice", MemberRank.STANDING, 0, 1)
    build.add(own["MTTQ"], "p.front_chair", MemberRank.STANDING)
    build.add(own["UBND"], "p.pc_vice", MemberRank.MEMBER, 1)
    build.add(own["HDND"], "p.council_vice", MemberRank.MEMBER)
    for code in DIRECTORS:
        build.add(own[code], "p.director", MemberRank.MEMBER)
    build.add(own["TTT"], "p.chief_inspector", MemberRank.MEMBER)
    for code in ("TCT", "BHG"):
        build.add(own[code], "p.service_head", MemberRank.MEMBER)
    build.add(own["DTN"], "p.youth_secretary", MemberRank.MEMBER)
    for code in ("HPN", "HND", "LDLD"):
        build.add(own[code], "p.mass_chair", MemberRank.MEMBER)
    build.add(own["DUK"], "p.attached_secretary", MemberRank.MEMBER)
    for district in staffing.tree.districts():
        standing = district.code in {"024", "030"}
        rank = MemberRank.STANDING if standing else MemberRank.MEMBER
        build.add(district.bodies["HU"], "d.secretary", MemberRank.SECRETARY)
        build.places[-1] = (build.places[-1][0], rank)
    return build.places


def _district(staffing: Staffing, district: Unit) -> list[tuple[Seat, MemberRank]]:
    own, build = district.bodies, _Builder(staffing)
    build.add(own["HU"], "d.secretary", MemberRank.SECRETARY)
    build.add(own["HU"], "d.deputy_secretary", MemberRank.DEPUTY)
    build.add(own["HDND"], "d.council_chair", MemberRank.STANDING)
    for code in ("BTC", "BTG", "BDV"):
        build.add(own[code], "d.board_head", MemberRank.STANDING)
    build.add(own["UBKT"], "d.inspection_head", MemberRank.STANDING)
    build.add(own["VPHU"], "d.office_chief", MemberRank.STANDING)
    build.add(own["UBND"], "d.pc_vice", MemberRank.STANDING, 0, 1)
    build.add(own["UBND"], "d.pc_vice", MemberRank.MEMBER, 1)
    build.add(own["HDND"], "d.council_vice", MemberRank.MEMBER)
    build.add(own["MTTQ"], "d.front_chair", MemberRank.MEMBER)
    build.add(own["DTN"], "d.youth_secretary", MemberRank.MEMBER)
    for code in ("HPN", "HND"):
        build.add(own[code], "d.mass_chair", MemberRank.MEMBER)
    for code in ("CCB", "LDLD"):
        build.add(own[code], "d.union_chair", MemberRank.MEMBER)
    for code in DIVISIONS:
        build.add(own[code], "d.division_head", MemberRank.MEMBER)
    build.add(own["TTYT"], "d.centre_head", MemberRank.MEMBER)
    for commune in staffing.tree.communes(district)[:7]:
        post = staffing.posts[commune.bodies["DU"].id, "c.secretary"]
        build.places.append((post.seats[0], MemberRank.MEMBER))
    return build.places


def _attached(staffing: Staffing, unit: Unit) -> list[tuple[Seat, MemberRank]]:
    build = _Builder(staffing)
    build.add(unit, "p.attached_secretary", MemberRank.SECRETARY)
    build.add(unit, "p.attached_deputy", MemberRank.DEPUTY)
    for number, division in enumerate(unit.bodies.values()):
        rank = MemberRank.STANDING if number in {1, 2} else MemberRank.MEMBER
        build.add(division, "p.attached_board_head", rank)
    for code, *_ in bodies.DEPARTMENTS[:8]:
        body = staffing.tree.province.bodies[code]
        build.add(body, "p.deputy_director", MemberRank.MEMBER, 0, 1)
    return build.places


def _commune(staffing: Staffing, commune: Unit) -> list[tuple[Seat, MemberRank]]:
    own, build = commune.bodies, _Builder(staffing)
    build.add(own["DU"], "c.secretary", MemberRank.SECRETARY)
    build.add(own["DU"], "c.deputy_secretary", MemberRank.DEPUTY)
    chair = staffing.posts[own["HDND"].id, "c.council_chair"].seats[0]
    apart = chair.mirrors is None
    build.add(own["HDND"], "c.council_chair", MemberRank.STANDING)
    build.add(own["HDND"], "c.council_vice", MemberRank.MEMBER if apart else MemberRank.STANDING)
    build.add(own["UBND"], "c.pc_vice", MemberRank.STANDING, 0, 1)
    build.add(own["UBND"], "c.pc_vice", MemberRank.MEMBER, 1)
    build.add(own["MTTQ"], "c.front_chair", MemberRank.MEMBER)
    for code, *_ in bodies.MASS[:4]:
        build.add(own[code], "c.mass_head", MemberRank.MEMBER)
    build.add(own["UBND"], "c.military", MemberRank.MEMBER)
    for code in ("c.office", "c.culture"):
        build.add(own["UBND"], code, MemberRank.MEMBER, 0, 1)
    return build.places


class _Terms:
    """The terms of one committee, with the rows of `committee_term`."""

    def __init__(self, unit: Unit, ids: Ids) -> None:
        days = [FIRST_DAY, *terms.congresses(unit)]
        if unit.valid_to == COMMUNE_MERGER_DAY:
            days = [day for day in days if day < COMMUNE_MERGER_DAY]
        names = ("2005-2010", *terms.TERM_NAMES)
        last = COMMUNE_MERGER_DAY if unit.valid_to == COMMUNE_MERGER_DAY else None
        seats, standing = SEATS[unit.code.rpartition(".")[2]]
        self.spans: list[tuple[date, date | None]] = list(zip(days, [*days[1:], last], strict=True))
        self.rows: list[dict[str, Any]] = [
            {
                "id": ids.new(start),
                "unit_id": unit.id,
                "valid_from": start,
                "valid_to": end,
                "name": name,
                "seats": seats,
                "standing_seats": standing,
            }
            for (start, end), name in zip(self.spans, names, strict=False)
        ]


def committee_rows(
    staffing: Staffing, spells: Spells, ids: Ids, rng: Random
) -> dict[str, list[dict[str, Any]]]:
    """Rows of `committee_term` and `membership`."""
    by_seat: dict[int, list[Spell]] = defaultdict(list)
    for spell in spells.all:
        if not spell.acting and spell.start <= BASELINE:
            by_seat[spell.seat.index].append(spell)
    term_rows: list[dict[str, Any]] = []
    members: list[dict[str, Any]] = []
    for unit, seats in places(staffing).items():
        own = _Terms(unit, ids)
        term_rows += own.rows
        for row, (begins, ends) in zip(own.rows, own.spans, strict=True):
            sitting: dict[Person, list[tuple[date, date | None, MemberRank, Spell]]] = defaultdict(list)
            for seat, rank in seats:
                for spell in by_seat[seat.index]:
                    start = max(spell.start, begins)
                    end = _earlier(spell.end, ends)
                    if end is None or start < end:
                        sitting[spell.person].append((start, end, rank, spell))
            members += [
                _member(unit, row, person, place, ids, rng)
                for person, spans in sitting.items()
                for place in _joined(spans)
            ]
    return {"committee_term": term_rows, "membership": members}


Place = tuple[date, date | None, MemberRank, Spell]


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _joined(spans: list[Place]) -> list[Place]:
    """Spans of one person in one term; those of one rank that touch are one, but for secretary and deputy."""
    spans.sort(key=lambda span: span[0])
    joined: list[Place] = []
    for start, end, rank, spell in spans:
        if joined:
            before = joined[-1]
            ordinary = rank in {MemberRank.MEMBER, MemberRank.STANDING}
            if ordinary and before[2] is rank and before[1] == start:
                joined[-1] = (before[0], end, rank, before[3])
                continue
        joined.append((start, end, rank, spell))
    return joined


def _member(  # noqa: PLR0917 - the columns of a row
    unit: Unit, term: dict[str, Any], person: Person, place: Place, ids: Ids, rng: Random
) -> dict[str, Any]:
    start, end, rank, spell = place
    elected = start == term["valid_from"]
    head = rank in {MemberRank.SECRETARY, MemberRank.DEPUTY} and spell.seat.unit.kind in {
        UnitKind.PARTY_COMMITTEE,
        UnitKind.ATTACHED_COMMITTEE,
    }
    signed = spell.signed if head or not elected else start
    return {
        "id": ids.new(signed),
        "unit_id": unit.id,
        "cadre_id": person.id,
        "valid_from": start,
        "valid_to": end,
        "term_id": term["id"],
        "rank": rank,
        "entry": Entry.ELECTED if elected else Entry.DESIGNATED,
        "decision_number": spell.number
        if head
        else f"{rng.randrange(10, 999)}-NQ/ĐH"
        if elected
        else spell.number,
        "decision_signed_on": signed,
        "end_reason": None if end is None else "term_ended" if end == term["valid_to"] else "left_post",
    }
