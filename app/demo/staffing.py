"""Posts and numbered seats: who is needed where, so that the seats taken add up to the resolution's figures.

A seat is taken by one person as the main post, or *mirrors* another seat: the same person holds both (a
people's-committee chair is also deputy secretary). 26,372 + 4,111 main seats are taken on the baseline day.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from uuid import UUID

from app.demo import bodies
from app.demo.ids import FIRST_DAY, Ids
from app.demo.titles import Title
from app.demo.tree import MERGER_DAY, Tree, Unit
from app.models.title import ManagedBy
from app.models.unit import Level, UnitKind

OFFICIALS = 3_372
"""Cán bộ, công chức of province and district level; with 23,000 public employees 26,372 (domain §8 recipe 2)."""

EMPLOYEES = 23_000
MANAGED = 384
LEADERS = 2_943
COMMUNE_STAFF = {1: 23, 2: 21, 3: 19}
STAFF_TIER = 9
HOSPITALS = {"BVDK": 20, "YDCT": 9, "PHCN": 7, "BVP": 7, "CDC": 8, "CDKT": 6, "CDSP": 6}
"""Wards and faculties with a head, by body of the province."""


@dataclass(slots=True, eq=False)
class Seat:
    """A numbered seat of a post. `tier` 1 is the top of its `org`, 9 are those without a leading post."""

    index: int
    post: "Post"
    no: int
    org: str
    tier: int
    mirrors: "Seat | None" = None
    vacant_since: date | None = None
    acting: bool = False
    opens: date = FIRST_DAY

    @property
    def unit(self) -> Unit:
        """Where the seat is."""
        return self.post.unit

    @property
    def title(self) -> Title:
        """What its holder is."""
        return self.post.title


@dataclass(slots=True, eq=False)
class Post:
    """A title in a unit with its seats; `spare` seats are in the quota and empty."""

    id: UUID
    unit: Unit
    title: Title
    spare: int = 0
    seats: list[Seat] = field(default_factory=list)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """`total` split in proportion to `weights` by largest remainder; ties go to the earlier."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return parts


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
            self._district(district, number)
        self._fill_up()
        self._staff()
        for number, commune in enumerate(tree.communes()):
            self._commune(commune, number)
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
                    unit, "p.principal" if school else "p.centre_head", 1, self._org(unit, "P.SERVICES")
                )
                self.take(unit, "p.vice_principal" if school else "p.centre_deputy", 2, self._org(unit), 2)
            short = unit.code.rpartition(".")[2]
            if unit.level is Level.PROVINCE and unit.kind is UnitKind.PUBLIC_SERVICE and short in HOSPITALS:
                self.take(unit, "p.ward_head", 4, self._org(unit, "P.SERVICES"), HOSPITALS[short])

    @staticmethod
    def _department_titles(code: str) -> tuple[str, str]:
        if code == "TTT":
            return "p.chief_inspector", "p.deputy_chief_inspector"
        if code in {"BDT", "BQLKKT"}:
            return "p.agency_head", "p.agency_deputy"
        return "p.director", "p.deputy_director"

    def _org(self, unit: Unit, above: str = "P") -> str:
        """A body's own ladder; its people rise to `above`."""
        self.parents.setdefault(unit.code, above)
        return unit.code

    def _headed(self, unit: Unit, head: str, deputy: str, count: int) -> None:
        org = self._org(unit)
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
        org = self._org(parent)
        self.take(unit, head, 4, org)
        self.take(
            unit,
            deputy,
            5,
            org,
            2 if unit.name.startswith("Chi cục") else 1,
            spare=int(self.rng.random() < 0.15),
        )  # noqa: PLR2004 - some stay empty

    # --- a district -------------------------------------------------------------------------------------

    def _district(self, district: Unit, number: int) -> None:
        own, org = district.bodies, district.code
        self.parents[org] = "P"
        party, council, people = own["HU"], own["HDND"], own["UBND"]
        (secretary,) = self.take(party, "d.secretary", 1, org)
        (standing,) = self.take(party, "d.deputy_secretary", 2, org)
        (chair,) = self.take(people, "d.pc_chair", 2, org)
        self.mirror(party, "d.deputy_secretary", chair)
        if number in {1, 5, 9}:
            self.take(party, "d.deputy_secretary", 2, org)
        match number % 4:
            case 0:
                self.mirror(council, "d.council_chair", secretary)
            case 3:
                self.take(council, "d.council_chair", 2, org)
            case _:
                self.mirror(council, "d.council_chair", standing)
        self.take(council, "d.council_vice", 3, org, 2)
        self.take(council, "d.council_committee_deputy", 5, org, 2)
        large = len(self.tree.communes(district)) >= 18  # noqa: PLR2004 - the size of a district
        self.take(people, "d.pc_vice", 3, org, 3 if large else 2)
        for code in ("BTC", "BTG", "BDV"):
            self.take(own[code], "d.board_head", 3, org)
            self.take(own[code], "d.board_deputy", 5, org, 2)
        self.take(own["UBKT"], "d.inspection_head", 3, org)
        self.take(own["UBKT"], "d.inspection_deputy", 5, org, 2)
        self.take(own["VPHU"], "d.office_chief", 3, org)
        self.take(own["VPHU"], "d.office_deputy", 5, org, 2)
        mobiliser = self.posts[own["BDV"].id, "d.board_head"].seats[0]
        if number in {2, 4, 7, 10}:
            self.mirror(own["MTTQ"], "d.front_chair", mobiliser)
        else:
            self.take(own["MTTQ"], "d.front_chair", 3, org)
        self.take(own["MTTQ"], "d.front_vice", 5, org, 1 + number % 2)
        for code, head in (
            ("DTN", "d.youth_secretary"),
            ("HPN", "d.mass_chair"),
            ("HND", "d.mass_chair"),
            ("CCB", "d.union_chair"),
            ("LDLD", "d.union_chair"),
        ):
            self.take(own[code], head, 4, org)
            self.take(own[code], "d.mass_vice", 5, org, 1)
        for code, *_ in bodies.DISTRICT_DIVISIONS:
            if code in own:
                self.take(own[code], "d.division_head", 4, org)
                count = 1 if code in {"PYT", "PDT", "PTP"} else 2
                self.take(own[code], "d.division_deputy", 5, org, count, spare=int(self.rng.random() < 0.2))  # noqa: PLR2004 - some stay empty
        for unit in own.values():
            if unit.kind is not UnitKind.PUBLIC_SERVICE:
                continue
            ladder = self._org(unit, f"{org}.SERVICES")
            if unit.code.endswith(".TYT"):
                continue
            if unit.sector == "education" and not unit.code.endswith(".GDNN"):
                self.take(unit, "d.principal", 1, ladder)
            else:
                self.take(unit, "d.centre_head", 1, ladder)
                self.take(unit, "d.centre_deputy", 2, ladder, 2 if unit.weight > 20 else 1)  # noqa: PLR2004 - the size of a centre

    # --- what makes the sums exact ----------------------------------------------------------------------

    def _fill_up(self) -> None:
        """Deputy directors make 384 managed; vice-principals make 2,943 leaders."""
        root = self.tree.province
        codes = [code for code, *_ in bodies.DEPARTMENTS]
        managed = sum(seat.title.managed_by is ManagedBy.PROVINCE_COMMITTEE for seat in self.held())
        for code, count in zip(codes, shares(MANAGED - managed, [1] * len(codes)), strict=True):
            _, deputy = self._department_titles(code)
            self.take(root.bodies[code], deputy, 2, self._org(root.bodies[code]), count)
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
        offices = [(unit, weight) for unit in self.tree.units if (weight := _office_weight(unit))]
        left = OFFICIALS - (len(held) - employed)
        for (unit, _), count in zip(offices, shares(left, [weight for _, weight in offices]), strict=True):
            self._office_staff(unit, count)

    def _service_staff(self, unit: Unit, count: int) -> None:
        org = unit.code if unit.code in self.parents else self._org(unit, "P.SERVICES")
        spare = (0, 0, 0, 1, 2)[self.rng.randrange(5)]
        for code, number in _service_titles(unit, count):
            if number:
                self.take(unit, code, STAFF_TIER, org, number, spare=spare)
                spare = 0

    def _office_staff(self, unit: Unit, count: int) -> None:
        level = "p" if unit.level is Level.PROVINCE else "d"
        parent = unit.parent
        org = (
            self._org(parent)
            if unit.kind is UnitKind.DIVISION and unit.level is Level.PROVINCE and parent
            else self._org(unit)
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
            special = _watched_title(unit)
            if special:
                watched = (count + 1) // 2
                self.take(unit, special, STAFF_TIER, org, watched)
        if count - watched:
            self.take(
                unit, f"{level}.{code}", STAFF_TIER, org, count - watched, spare=int(self.rng.random() < 0.2)
            )  # noqa: PLR2004 - some stay empty

    # --- a commune --------------------------------------------------------------------------------------

    def _commune(self, commune: Unit, number: int) -> None:
        own, org, grade = commune.bodies, commune.code, commune.grade or 3
        if commune.parent is None:
            raise ValueError(commune.code)
        self.parents[org] = commune.parent.code
        party, council, people = own["DU"], own["HDND"], own["UBND"]
        (secretary,) = self.take(party, "c.secretary", 1, org)
        (standing,) = self.take(party, "c.deputy_secretary", 2, org)
        (chair,) = self.take(people, "c.pc_chair", 2, org)
        self.mirror(party, "c.deputy_secretary", chair)
        style = number % 20
        people_count = COMMUNE_STAFF[grade] - 3
        if number in VACANT:
            secretary.vacant_since = VACANT[number]
            secretary.acting = number in ACTING
            people_count += 1
            style = 12
        if style < 9:  # noqa: PLR2004 - in 45 of 100 the secretary chairs the council
            self.mirror(council, "c.council_chair", secretary)
        elif style < 16:  # noqa: PLR2004 - in 35 the deputy does
            self.mirror(council, "c.council_chair", standing)
        else:
            self.take(council, "c.council_chair", 2, org)
            people_count -= 1
        self.take(council, "c.council_vice", 3, org)
        self.take(people, "c.pc_vice", 3, org, 2 if grade < 3 else 1)  # noqa: PLR2004 - class III has one
        self.take(own["MTTQ"], "c.front_chair", 4, org)
        for code, *_ in bodies.MASS[:4]:
            self.take(own[code], "c.mass_head", 4, org)
        people_count -= 1 + (2 if grade < 3 else 1) + 1 + 4  # noqa: PLR2004 - class III has one vice-chair
        self.take(people, "c.military", STAFF_TIER, org)
        cycle = ("c.office", "c.finance", "c.land", "c.culture", "c.justice")
        for i in range(people_count - 1):
            self.take(people, cycle[i % 5], STAFF_TIER, org)


VACANT = {22: date(2021, 11, 15), 87: date(2021, 10, 1), 41: date(2021, 9, 1), 133: date(2021, 12, 6)}
"""Communes (by place in the list) without a secretary on the baseline day, since when."""

ACTING = (41, 133)
"""Those of them where the deputy secretary acts."""


def _office_weight(unit: Unit) -> int:
    if unit.valid_from == MERGER_DAY or unit.is_territory or unit.level is Level.COMMUNE:
        return 0
    short = unit.code.rpartition(".")[2]
    if unit.level is Level.PROVINCE:
        if unit.kind is UnitKind.DIVISION:
            return 12 if unit.name == "Chi cục Kiểm lâm" else 6 if unit.name.startswith("Chi cục") else 4
        if unit.kind in {UnitKind.FRONT, UnitKind.MASS_ORGANISATION}:
            return 4 if unit.sector == "association" else 10
        return 0
    return {
        UnitKind.DIVISION: 8 if short == "VP" else 4,
        UnitKind.PARTY_BOARD: 3,
        UnitKind.OFFICE: 7,
        UnitKind.FRONT: 2,
        UnitKind.MASS_ORGANISATION: 2,
    }.get(unit.kind, 0)


def _watched_title(unit: Unit) -> str | None:
    """The sensitive title of a division's staff, by what the division does."""
    if unit.level is Level.DISTRICT:
        return "d.finance_expert" if unit.sector in {"finance", "resources", "construction"} else None
    if "Tổ chức" in unit.name or "Công chức" in unit.name:
        return "p.personnel_expert"
    words = ("Tài chính", "ngân sách", "Đầu tư", "Đăng ký", "đất đai", "Thẩm định", "Khoáng sản", "công sản")
    return "p.finance_expert" if any(word in unit.name for word in words) else None


def _service_titles(unit: Unit, count: int) -> list[tuple[str, int]]:
    """How a public service's staff divides into titles."""
    level = "p" if unit.level is Level.PROVINCE else "d"
    short = unit.code.rpartition(".")[2]
    if short == "TYT":
        return [("d.station_head", 1), ("d.doctor", int(count > 6)), ("d.nurse", count - 1 - int(count > 6))]  # noqa: PLR2004 - the larger have a doctor
    if unit.sector == "health" and short != "KN":
        doctors = count // 4
        rest = count // 6
        return [
            (f"{level}.doctor", doctors),
            (f"{level}.nurse", count - doctors - rest),
            (f"{level}.service_staff", rest),
        ]
    if unit.sector in {"education", "training"}:
        other = 1 + count // 14
        teacher = (
            "p.teacher"
            if level == "p"
            else "d.preschool_teacher"
            if short == "MN"
            else "d.primary_teacher"
            if short.startswith("TH") and short != "THCS"
            else "d.lower_teacher"
        )
        staff = f"{level}.school_staff" if level == "d" else "p.service_staff"
        return [(teacher, count - other - 1), (staff, other), (f"{level}.accountant", 1)]
    return [(f"{level}.service_staff", count - 1), (f"{level}.accountant", 1)]
