"""The real tree of 2010–2026 with the bodies of both eras, the changes between them, and the closure rows."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from random import Random
from uuid import UUID

from app.demo import bodies
from app.demo.bodies import Body
from app.demo.ids import Ids
from app.models.unit import CommitteeTier, Level, UnitKind

FIRST_DAY = date(2010, 1, 1)
MERGER_DAY = date(2025, 7, 1)
MERGER_DECIDED = date(2025, 6, 16)
COMMUNE_MERGER_DAY = date(2020, 1, 1)
COMMUNE_MERGER_DECIDED = date(2019, 12, 10)
PREFIX = {
    "024": "HG", "026": "DV", "027": "MV", "028": "YM", "029": "QB", "030": "VX", "031": "BM", "032": "HP",
    "033": "XM", "034": "BQ", "035": "QG",
}  # fmt: skip
"""Two letters of a person's code by district; the province's own bodies have TI."""

CLASSES = {1: 61, 2: 100, 3: 32}
"""Communes by class (I, II, III); their staff is 23, 21 and 19 (domain §8)."""


@dataclass(slots=True, eq=False)
class Unit:
    """A unit of the tree with what the other modules read of it; its rows are written by `Tree.rows`."""

    id: UUID
    code: str
    name: str
    level: Level
    kind: UnitKind
    parent: "Unit | None"
    valid_from: date
    valid_to: date | None
    type: str | None = None
    tier: CommitteeTier | None = None
    sector: str | None = None
    grade: int | None = None
    plans: bool = False
    weight: int = 0
    territory: "Unit" = field(init=False)
    bodies: "dict[str, Unit]" = field(default_factory=dict)

    @property
    def is_territory(self) -> bool:
        """True for a province, district or commune."""
        return self.kind.value == self.level.value

    @property
    def district(self) -> "Unit | None":
        """The district this unit lies in; None for bodies of the province."""
        unit: Unit | None = self
        while unit is not None and unit.kind is not UnitKind.DISTRICT:
            unit = unit.parent
        return unit

    @property
    def prefix(self) -> str:
        """The letters before a person's number."""
        district = self.district
        return "TI" if district is None else PREFIX[district.code]


class Tree:
    """Units of both eras in a stable order, and the rows they make."""

    def __init__(self, ids: Ids, rng: Random) -> None:
        self.ids = ids
        self.rng = rng
        self.units: list[Unit] = []
        self.old: dict[str, Unit] = {}
        self.new: dict[str, Unit] = {}
        self._territories()
        self._districts = [unit for unit in self.old.values() if unit.level is Level.DISTRICT]
        self._communes = [unit for unit in self.old.values() if unit.level is Level.COMMUNE]
        self._by_district = {
            district.code: [unit for unit in self._communes if unit.parent is district]
            for district in self._districts
        }
        self._classes()
        self.province = self.old["02"]
        self._province(self.province)
        for unit in list(self.old.values()):
            if unit.level is Level.DISTRICT:
                self._district(unit)
        self._upper_schools()
        for unit in list(self.old.values()):
            if unit.level is Level.COMMUNE:
                self._commune(unit)
        self._second_era()

    def districts(self) -> list[Unit]:
        """The eleven districts, in the order of their codes."""
        return self._districts

    def communes(self, district: Unit | None = None) -> list[Unit]:
        """The communes of the old province (the two that ended in 2019 included), or of one district."""
        return self._communes if district is None else self._by_district[district.code]

    def add(self, unit: Unit) -> Unit:
        """Takes a unit into the tree."""
        parent = unit.parent
        unit.territory = unit if unit.is_territory or parent is None else parent.territory
        self.units.append(unit)
        return unit

    # --- units ------------------------------------------------------------------------------------------

    def _territories(self) -> None:
        for row in table("units.csv"):
            era = self.new if row["valid_from"] == MERGER_DAY.isoformat() else self.old
            start = date.fromisoformat(row["valid_from"])
            decided = MERGER_DECIDED if era is self.new else FIRST_DAY
            era[row["code"]] = self.add(
                Unit(
                    self.ids.new(decided),
                    row["code"],
                    row["name"],
                    Level(row["level"]),
                    UnitKind(row["level"]),
                    era.get(row["parent_code"]),
                    start,
                    date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                    type=row["kind"],
                    plans=row["level"] != "province",
                )
            )

    def _classes(self) -> None:
        standing = [unit for unit in self.communes() if unit.valid_to == MERGER_DAY]
        heavy = sorted(
            standing, key=lambda unit: (unit.type == "xa", self.rng.random()), reverse=False
        )  # wards and townships tend to the upper classes
        grades = [grade for grade, count in CLASSES.items() for _ in range(count)]
        for unit, grade in zip(heavy, grades, strict=True):
            unit.grade = grade
        for unit in self.communes():
            unit.grade = unit.grade or 3

    def _body(self, parent: Unit, body: Body, *, level: Level | None = None, weight: int = 0) -> Unit:
        unit = self.add(
            Unit(
                self.ids.new(MERGER_DECIDED if parent.valid_from == MERGER_DAY else FIRST_DAY),
                f"{parent.code}.{body.code}",
                body.name,
                level or parent.level,
                body.kind,
                parent,
                parent.valid_from,
                parent.valid_to,
                tier=body.tier,
                sector=body.sector,
                plans=body.plans,
                weight=weight,
            )
        )
        parent.bodies[body.code] = unit
        for number, name in enumerate(body.divisions, 1):
            self._body(unit, Body(f"P{number}", name, UnitKind.DIVISION, body.sector))
        return unit

    def _province(self, root: Unit) -> None:
        for body in (*bodies.PROVINCE_PARTY, *bodies.PROVINCE_STATE):
            self._body(root, body)
        for code, name, sector, divisions in bodies.DEPARTMENTS:
            own = (*bodies.DEPARTMENT_DIVISIONS, *divisions)
            own = tuple(part for part in own if not (code == "TTT" and part == "Thanh tra sở"))
            self._body(root, Body(code, name, UnitKind.DEPARTMENT, sector, own, plans=True))
        self._body(
            root, Body("MTTQ", "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh", UnitKind.FRONT, "front", plans=True)
        )
        for code, _, name in bodies.MASS:
            self._body(root, Body(code, name, UnitKind.MASS_ORGANISATION, "mass", plans=True))
        for code, name in bodies.ASSOCIATIONS:
            self._body(root, Body(code, name, UnitKind.MASS_ORGANISATION, "association", plans=True))
        for body in bodies.ATTACHED:
            self._body(root, body)
        for code, name, sector in bodies.PROVINCE_SERVICES:
            weight = {"BVDK": 420, "CDKT": 90, "CDSP": 80, "PTTH": 70, "TCT": 30, "BHG": 40}.get(code, 24)
            self._body(root, Body(code, name, UnitKind.PUBLIC_SERVICE, sector, plans=True), weight=weight)
        for department, code, name, sector, weight in bodies.DEPARTMENT_SERVICES:
            body = Body(code, name, UnitKind.PUBLIC_SERVICE, sector, plans=True)
            self._body(root.bodies[department], body, weight=weight)

    def _district(self, district: Unit) -> None:
        city = district.type == "thanh-pho"
        committee = "Thành ủy" if city else "Huyện ủy"
        place = district.name.removeprefix("Huyện ").removeprefix("Thành phố ")
        kind = "thành phố" if city else "huyện"
        sector = "party"
        self._body(
            district,
            Body(
                "HU",
                f"{committee} {place}",
                UnitKind.PARTY_COMMITTEE,
                sector,
                tier=CommitteeTier.ABOVE_GRASSROOTS,
            ),
        )
        for code, name in bodies.DISTRICT_BOARDS:
            self._body(district, Body(code, f"{name} {committee} {place}", UnitKind.PARTY_BOARD, sector))
        self._body(district, Body("VPHU", f"Văn phòng {committee} {place}", UnitKind.OFFICE, sector))
        self._body(district, Body("HDND", f"Hội đồng nhân dân {kind} {place}", UnitKind.COUNCIL, "council"))
        self._body(
            district, Body("UBND", f"Ủy ban nhân dân {kind} {place}", UnitKind.PEOPLE_COMMITTEE, "government")
        )
        for code, name, field_ in bodies.DISTRICT_DIVISIONS:
            if city and code == "PDT":
                continue
            title = bodies.CITY_NAMES.get(code, name) if city else name
            self._body(district, Body(code, f"{title} {kind} {place}", UnitKind.DIVISION, field_))
        self._body(
            district,
            Body("MTTQ", f"Ủy ban Mặt trận Tổ quốc Việt Nam {kind} {place}", UnitKind.FRONT, "front"),
        )
        for code, name, _ in bodies.MASS:
            self._body(district, Body(code, f"{name} {kind} {place}", UnitKind.MASS_ORGANISATION, "mass"))
        for code, name, field_, weight in bodies.DISTRICT_SERVICES:
            body = Body(code, f"{name} {kind} {place}", UnitKind.PUBLIC_SERVICE, field_, plans=True)
            size = weight * (8 + len(self.communes(district))) // 24
            self._body(district, body, weight=max(size, 5))
        self._body(
            district,
            Body(
                "NTTHCS",
                f"Trường Phổ thông Dân tộc nội trú THCS {kind} {place}",
                UnitKind.PUBLIC_SERVICE,
                "education",
                plans=True,
            ),
            weight=32,
        )
        for commune in self.communes(district):
            if commune.valid_to == MERGER_DAY:
                self._commune_services(district, commune)

    def _commune_services(self, district: Unit, commune: Unit) -> None:
        place = commune.name
        short = place.removeprefix("Xã ").removeprefix("Phường ").removeprefix("Thị trấn ")
        for code, name, weight in bodies.SCHOOLS:
            boarding = code != "MN" and commune.type == "xa" and self.rng.random() < 0.7
            style = {"TH": "Tiểu học", "THCS": "THCS"}.get(code, "")
            title = f"Trường Phổ thông Dân tộc bán trú {style} {short}" if boarding else f"{name} {short}"
            body = Body(f"{commune.code}.{code}", title, UnitKind.PUBLIC_SERVICE, "education", plans=True)
            self._body(district, body, weight=weight + self.rng.randrange(-6, 7) - 3 * (commune.grade or 3))
        if commune.grade == 1:
            body = Body(
                f"{commune.code}.TH2", f"Trường Tiểu học số 2 {short}", UnitKind.PUBLIC_SERVICE, "education"
            )
            self._body(district, Body(body.code, body.name, body.kind, body.sector, plans=True), weight=19)
        station = Body(f"{commune.code}.TYT", f"Trạm Y tế {place}", UnitKind.PUBLIC_SERVICE, "health")
        self._body(district, station, weight=6)

    def _upper_schools(self) -> None:
        parent = self.province.bodies["SGD"]
        self._body(
            parent,
            Body("CHUYEN", "Trường THPT Chuyên Hà Giang", UnitKind.PUBLIC_SERVICE, "education", plans=True),
            weight=70,
        )
        self._body(
            parent,
            Body(
                "NTTHPT",
                "Trường Phổ thông Dân tộc nội trú THPT tỉnh",
                UnitKind.PUBLIC_SERVICE,
                "education",
                plans=True,
            ),
            weight=50,
        )
        for district in self.districts():
            towns = sorted(self.communes(district), key=lambda unit: (unit.type == "xa", unit.code))
            for number, commune in enumerate(towns[: 2 if len(towns) < 19 else 4], 1):
                short = commune.name.split(" ", 1 if commune.type != "thi-tran" else 2)[-1]
                body = Body(
                    f"{district.code}.{number}",
                    f"Trường THPT {short}",
                    UnitKind.PUBLIC_SERVICE,
                    "education",
                    plans=True,
                )
                self._body(parent, body, weight=44)

    def _commune(self, commune: Unit) -> None:
        place = f"{commune.name[0].lower()}{commune.name[1:]}"
        for code, name, kind, tier in (
            ("DU", "Đảng ủy", UnitKind.PARTY_COMMITTEE, CommitteeTier.GRASSROOTS),
            ("HDND", "Hội đồng nhân dân", UnitKind.COUNCIL, None),
            ("UBND", "Ủy ban nhân dân", UnitKind.PEOPLE_COMMITTEE, None),
            ("MTTQ", "Ủy ban Mặt trận Tổ quốc Việt Nam", UnitKind.FRONT, None),
        ):
            self._body(commune, Body(code, f"{name} {place}", kind, None, tier=tier))
        for code, name, _ in bodies.MASS[:4]:
            self._body(commune, Body(code, f"{name} {place}", UnitKind.MASS_ORGANISATION, "mass"))

    def _second_era(self) -> None:
        for body in bodies.NEW_PROVINCE:
            self._body(self.new["08"], body)
        for commune in list(self.new.values()):
            if commune.level is not Level.COMMUNE:
                continue
            place = f"{commune.name[0].lower()}{commune.name[1:]}"
            tier = CommitteeTier.ABOVE_GRASSROOTS
            for code, name, kind in (
                ("DU", "Đảng ủy", UnitKind.PARTY_COMMITTEE),
                ("BXDD", "Ban Xây dựng Đảng của Đảng ủy", UnitKind.PARTY_BOARD),
                ("UBKT", "Ủy ban Kiểm tra Đảng ủy", UnitKind.PARTY_BOARD),
                ("VPDU", "Văn phòng Đảng ủy", UnitKind.OFFICE),
                ("HDND", "Hội đồng nhân dân", UnitKind.COUNCIL),
                ("UBND", "Ủy ban nhân dân", UnitKind.PEOPLE_COMMITTEE),
                ("MTTQ", "Ủy ban Mặt trận Tổ quốc Việt Nam", UnitKind.FRONT),
            ):
                own = tier if kind is UnitKind.PARTY_COMMITTEE else None
                self._body(commune, Body(code, f"{name} {place}", kind, None, tier=own))


def table(name: str) -> Iterator[dict[str, str]]:
    """The rows of a file in data/, as text."""
    with files("app.demo").joinpath("data", name).open(encoding="utf-8") as lines:
        yield from csv.DictReader(lines)
