"""Posts and numbered seats: who is needed where, so that the seats taken add up to the resolution's figures.

A seat is taken by one person as the main post, or *mirrors* another seat: the same person holds both (a
people's-committee chair is also deputy secretary). 26,372 + 4,111 main seats are taken on the baseline day.
"""

from collections import defaultdict
from random import Random
from typing import TYPE_CHECKING

from app.demo import bodies, localities
from app.demo.ids import FIRST_DAY, Ids
from app.demo.seats import STAFF_TIER, Post, Seat, shares
from app.demo.staff import office_weight, service_titles, watched_title
from app.demo.titles import Title
from app.demo.tree import MERGER_DAY, Tree, Unit
from app.models.title import ManagedBy
from app.models.unit import Level, UnitKind

if TYPE_CHECKING:
    from uuid import UUID

OFFICIALS = 3_372
"""Cán bộ, công chức of province and district; with 23,000 public employees 26,372 (domain §8 recipe 2)."""

EMPLOYEES = 23_000
MANAGED = 384
LEADERS = 2_943
HOSPITALS = {"BVDK": 20, "YDCT": 9, "PHCN": 7, "BVP": 7, "CDC": 8, "CDKT": 6, "CDSP": 6}
"""Wards and faculties with a head, by body of the province."""


class Staffing:
    """Every post and seat of the old province, in a stable order."""

    def __init__(self, tree: Tree, titles: dict[str, Title], ids: Ids, rng: Random) -> None:
        self.tree = tree
        self.titles = titles
        self.ids = ids
        self.rng = rng
        self.posts: dict[tuple[UUID, str], Post] = {}
        self.seats: list[Seat] = []
        self.parents: dict[str, str] = {}
        """Org to the org above it, where its people rise to and come from."""
        self._province()
        for number, district in enumerate(tree.districts()):
            localities.district(self, district, number)
        self._fill_up()
        self._staff()
        for number, commune in enumerate(tree.communes()):
            localities.commune(self, commune, number)
        self.by_org: dict[str, dict[int, list[Seat]]] = defaultdict(lambda: defaultdict(list))
        for seat in self.seats:
            if seat.mirrors is None:
                self.by_org[seat.org][seat.tier].append(seat)

    def take(
        self, unit: Unit, code: str, tier: int, org: str, count: int = 1, *, spare: int = 0
    ) -> list[Seat]:
        """`count` more seats of a title in a unit, each to be held by a person of its own."""
        post = self._post(unit, code)
        post.spare += spare
        taken = []
        for _ in range(count):
            seat = Seat(len(self.seats), post, len(post.seats) + 1, org, tier)
            post.seats.append(seat)
            self.seats.append(seat)
            taken.append(seat)
        return taken

    def mirror(self, unit: Unit, code: str, of: Seat) -> Seat:
        """One more seat of a title in a unit, held by whoever holds `of`."""
        (seat,) = self.take(unit, code, of.tier, of.org)
        seat.mirrors = of
        return seat

    def held(self) -> list[Seat]:
        """Seats held as a main post on the baseline day, in units that stand then."""
        return [
            seat
            for seat in self.seats
            if seat.mirrors is None and seat.vacant_since is None and seat.unit.valid_to == MERGER_DAY
        ]

    def _post(self, unit: Unit, code: str) -> Post:
        title = self.titles[code]
        if (unit.kind, unit.level) != (title.kind, title.level):
            raise ValueError(f"{code} is no title of {unit.code}")
        post = self.posts.get((unit.id, code))
        if post is None:
            post = self.posts[unit.id, code] = Post(self.ids.new(FIRST_DAY), unit, title)
        return post

    # --- the province -----------------------------------------------------------------------------------

    def _province(self) -> None:
        root = self.tree.province
        party, council, people = root.bodies["TU"], root.bodies["HDND"], root.bodies["UBND"]
        self.take(party, "p.secretary", 1, "P")
        self.take(party, "p.deputy_secretary", 1, "P", 2)
        self.take(council, "p.council_chair", 1, "P")
        (chair,) = self.take(people, "p.pc_chair", 1, "P")
        self.mirror(party, "p.deputy_secretary", chair)
        self.take(council, "p.council_vice", 2, "P", 2)
        self.take(people, "p.pc_vice", 2, "P", 3)
        self.take(council, "p.council_committee_head", 3, "P", 4)
        self.take(council, "p.council_committee_deputy", 4, "P", 4)
        for code, head, deputy, count in (
            ("BTC", "p.board_head", "p.board_deputy", 3),
            ("UBKT", "p.inspection_head", "p.inspection_deputy", 3),
            ("BTG", "p.board_head", "p.board_deputy", 3),
            ("BDV", "p.board_head", "p.board_deputy", 3),
            ("BNC", "p.board_head", "p.board_deputy", 2),
            ("VPTU", "p.office_chief", "p.office_deputy", 3),
            ("VPHD", "p.office_chief", "p.office_deputy", 2),
            ("VPUB", "p.office_chief", "p.office_deputy", 3),
            ("MTTQ", "p.front_chair", "p.front_vice", 3),
            ("DUK", "p.attached_secretary", "p.attached_deputy", 2),
        ):
            self._headed(root.bodies[code], head, deputy, count)
        for code, _, _ in bodies.MASS:
            youth = code == "DTN"
            head, deputy = (
                ("p.youth_secretary", "p.youth_deputy") if youth else ("p.mass_chair", "p.mass_vice")
            )
            self._headed(root.bodies[code], head, deputy, 3)
        for code, _ in bodies.ASSOCIATIONS:
            self._headed(root.bodies[code], "p.association_chair", "p.association_vice", 1)
        for code, _, _ in bodies.PROVINCE_SERVICES:
            count = 3 if code in {"TCT", "CDKT", "BVDK"} else 2
            self._headed(root.bodies[code], "p.service_head", "p.service_deputy", count)
        for code, *_ in bodies.DEPARTMENTS:
            head, _ = self._department_titles(code)
            self._headed(root.bodies[code], head, "", 0)
        for unit in self.tree.units:
            if unit.level is Level.PROVINCE and unit.kind is UnitKind.DIVISION:
                self._division(unit)
            elif (
                unit.kind is UnitKind.PUBLIC_SERVICE
                and unit.parent
                and unit.parent.kind is UnitKind.DEPARTMENT
            ):
                school = unit.sector == "education"
                self.take(
                    unit, "p.principal" if school else "p.centre_head", 1, self.ladder(unit, "P.SERVICES")
                )
                self.take(unit, "p.vice_principal" if school else "p.centre_deputy", 2, self.ladder(unit), 2)
            short = unit.code.rpartition(".")[2]
            if unit.level is Level.PROVINCE and unit.kind is UnitKind.PUBLIC_SERVICE and short in HOSPITALS:
                self.take(unit, "p.ward_head", 4, self.ladder(unit, "P.SERVICES"), HOSPITALS[short])

    @staticmethod
    def _department_titles(code: str) -> tuple[str, str]:
        if code == "TTT":
            return "p.chief_inspector", "p.deputy_chief_inspector"
        if code in {"BDT", "BQLKKT"}:
            return "p.agency_head", "p.agency_deputy"
        return "p.director", "p.deputy_director"

    def ladder(self, unit: Unit, above: str = "P") -> str:
        """A body's own ladder; its people rise to `above`."""
        self.parents.setdefault(unit.code, above)
        return unit.code

    def _headed(self, unit: Unit, head: str, deputy: str, count: int) -> None:
        org = self.ladder(unit)
        self.take(unit, head, 1, org)
        if count:
            self.take(unit, deputy, 2, org, count)

    def _division(self, unit: Unit) -> None:
        parent = unit.parent
        if parent is None:
            raise ValueError(unit.code)
        attached = parent.kind is UnitKind.ATTACHED_COMMITTEE
        head, deputy = (
            ("p.attached_board_head", "p.attached_board_deputy")
            if attached
            else ("p.division_head", "p.division_deputy")
        )
        org = self.ladder(parent)
        self.take(unit, head, 4, org)
        self.take(
            unit,
            deputy,
            5,
            org,
            2 if unit.name.startswith("Chi cục") else 1,
            spare=int(self.rng.random() < 0.15),
        )

    # --- what makes the sums exact ----------------------------------------------------------------------

    def _fill_up(self) -> None:
        """Deputy directors make 384 managed; vice-principals make 2,943 leaders."""
        root = self.tree.province
        codes = [code for code, *_ in bodies.DEPARTMENTS]
        managed = sum(seat.title.managed_by is ManagedBy.PROVINCE_COMMITTEE for seat in self.held())
        for code, count in zip(codes, shares(MANAGED - managed, [1] * len(codes)), strict=True):
            _, deputy = self._department_titles(code)
            self.take(root.bodies[code], deputy, 2, self.ladder(root.bodies[code]), count)
        schools = [seat for seat in self.held() if seat.title.code == "d.principal"]
        leaders = sum(seat.title.leadership for seat in self.held())
        counts = shares(LEADERS - leaders, [seat.unit.weight + 12 for seat in schools])
        for seat, count in zip(schools, counts, strict=True):
            if count:
                self.take(seat.unit, "d.vice_principal", 2, seat.org, count)

    def _staff(self) -> None:
        held = self.held()
        services = [unit for unit in self.tree.units if unit.weight]
        employed = sum(seat.unit.kind is UnitKind.PUBLIC_SERVICE for seat in held)
        for unit, count in zip(
            services, shares(EMPLOYEES - employed, [unit.weight for unit in services]), strict=True
        ):
            self._service_staff(unit, count)
        offices = [(unit, weight) for unit in self.tree.units if (weight := office_weight(unit))]
        left = OFFICIALS - (len(held) - employed)
        for (unit, _), count in zip(offices, shares(left, [weight for _, weight in offices]), strict=True):
            self._office_staff(unit, count)

    def _service_staff(self, unit: Unit, count: int) -> None:
        org = unit.code if unit.code in self.parents else self.ladder(unit, "P.SERVICES")
        spare = (0, 0, 0, 1, 2)[self.rng.randrange(5)]
        for code, number in service_titles(unit, count):
            if number:
                self.take(unit, code, STAFF_TIER, org, number, spare=spare)
                spare = 0

    def _office_staff(self, unit: Unit, count: int) -> None:
        level = "p" if unit.level is Level.PROVINCE else "d"
        parent = unit.parent
        org = (
            self.ladder(parent)
            if unit.kind is UnitKind.DIVISION and unit.level is Level.PROVINCE and parent
            else self.ladder(unit)
            if unit.level is Level.PROVINCE
            else unit.territory.code
        )
        code = {
            UnitKind.DIVISION: "expert",
            UnitKind.PARTY_BOARD: "party_expert",
            UnitKind.OFFICE: "office_expert",
            UnitKind.FRONT: "front_expert",
            UnitKind.MASS_ORGANISATION: "mass_expert",
        }[unit.kind]
        watched = 0
        if unit.kind is UnitKind.DIVISION:
            special = watched_title(unit)
            if special:
                watched = (count + 1) // 2
                self.take(unit, special, STAFF_TIER, org, watched)
        if count - watched:
            self.take(
                unit, f"{level}.{code}", STAFF_TIER, org, count - watched, spare=int(self.rng.random() < 0.2)
            )
