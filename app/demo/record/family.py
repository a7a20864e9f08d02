"""Family, honours, and references to papers that lie elsewhere."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from app.demo.cadres import first_day
from app.demo.ids import FIRST_DAY
from app.demo.names import full_name
from app.demo.record.base import Builder, Rows
from app.models.cadre import Sex
from app.models.record import Relation
from app.models.title import ManagedBy
from app.models.unit import Level, UnitKind

if TYPE_CHECKING:
    from app.demo.people import Person


class Family(Builder):
    """Builds family, honours, declarations, votes and journeys."""

    def rows(self) -> dict[str, Rows]:
        """Table name to rows."""
        return {
            "kinship": self._kinship(),
            "reward": self._rewards(),
            "declaration": self._declarations(),
            "confidence_vote": self._votes(),
            "political_conclusion": self._conclusions(),
            "travel": self._travels(),
            "relative_abroad": self._abroad(),
            "own_past": self._own_past(),
        }

    # --- family -----------------------------------------------------------------------------------------

    def _kinship(self) -> Rows:
        rows: Rows = []
        linked: dict[tuple[Person, Relation], Person] = {
            (pair.person, pair.relation): pair.relative for pair in self.kin
        }
        seen: set[Person] = set()
        for person in [*self.leaders, *(pair.person for pair in self.kin)]:
            if person in seen:
                continue
            seen.add(person)
            rng = self.rng
            surname = person.name.split(" ")[0]
            other = Sex.MALE if person.sex is Sex.FEMALE else Sex.FEMALE
            for relation in (Relation.FATHER, Relation.SPOUSE, Relation.CHILD):
                relative = linked.get((person, relation))
                if relative is None and relation is Relation.FATHER and rng.random() < 0.5:
                    continue
                sex = {Relation.FATHER: Sex.MALE, Relation.SPOUSE: other}.get(
                    relation, Sex.MALE if rng.random() < 0.5 else Sex.FEMALE
                )
                shift = {
                    Relation.FATHER: -27,
                    Relation.SPOUSE: rng.randrange(-3, 4),
                    Relation.CHILD: 25 + rng.randrange(4),
                }[relation]
                own_name = (
                    surname
                    if relation is Relation.FATHER or (relation is Relation.CHILD and person.sex is Sex.MALE)
                    else None
                )
                rows.append(
                    self.row(person, first_day(person))
                    | {
                        "relation": relation,
                        "full_name": relative.name
                        if relative
                        else full_name(rng, person.ethnicity, sex, own_name),
                        "birth_year": relative.birth.year
                        if relative
                        else min(person.birth.year + shift, 2021),
                        "occupation": relative.spans[-1].seat.title.name
                        if relative
                        else ("Học sinh" if relation is Relation.CHILD else "Làm ruộng, buôn bán"),
                        "address": None,
                        "relative_id": relative.id if relative else None,
                    }
                )
        return rows

    # --- honours and references -------------------------------------------------------------------------

    def _rewards(self) -> Rows:
        rows: Rows = []
        names = (
            ("Bằng khen của Ủy ban nhân dân tỉnh", "Chủ tịch Ủy ban nhân dân tỉnh"),
            ("Danh hiệu Chiến sĩ thi đua cơ sở", "Thủ trưởng cơ quan, đơn vị"),
            ("Giấy khen", "Thủ trưởng cơ quan, đơn vị"),
        )
        for number, person in enumerate(self.here):
            leads = person.seat is not None and person.seat.title.leadership
            if not ((leads and number % 5 < 2) or number % 16 == 0):
                continue
            day = date(2014 + number % 7, 1 + number % 12, 15)
            if day < first_day(person):
                continue
            name, issuer = names[0 if leads and number % 2 else 1 + number % 2]
            rows.append(
                self.row(person, day)
                | {
                    "awarded_on": day,
                    "name": name,
                    "issuer": issuer,
                    "decision_number": f"{number % 900 + 50}/QĐ-KT",
                }
            )
        return rows

    def _declarations(self) -> Rows:
        day = date(2021, 12, 15)
        return [
            self.row(person, day) | {"year": 2021, "reference": f"KK-2021/{person.code}", "declared_on": day}
            for person in self.leaders
            if person.seat
            and person.seat.title.level is not Level.COMMUNE
            and person.seat.unit.kind is not UnitKind.PUBLIC_SERVICE
        ]

    def _votes(self) -> Rows:
        rows: Rows = []
        for number, person in enumerate(self.leaders):
            seat = person.seat
            if (
                seat is None
                or seat.unit.kind not in {UnitKind.PEOPLE_COMMITTEE, UnitKind.COUNCIL}
                or seat.title.level is Level.COMMUNE
            ):
                continue
            held = date(2018, 12, 7)
            if person.spans[-1].start < held:
                low = number % 3
                rows.append(
                    self.row(person, held)
                    | {
                        "held_on": held,
                        "body": seat.unit.territory.bodies["HDND"].name,
                        "high": 24 + number % 7,
                        "middling": 4 + number % 5,
                        "low": low,
                    }
                )
        return rows

    def _conclusions(self) -> Rows:
        rows: Rows = []
        for number, person in enumerate(self.leaders):
            if person.seat and person.seat.title.managed_by is ManagedBy.PROVINCE_COMMITTEE and number % 9:
                day = max(person.spans[-1].start - timedelta(days=60), FIRST_DAY)
                rows.append(
                    self.row(person, day)
                    | {
                        "number": f"{number + 3}-KL/TU",
                        "concluded_on": day,
                        "issuer": "Ban Thường vụ Tỉnh ủy",
                        "purpose": "Bổ nhiệm, giới thiệu ứng cử",
                    }
                )
        return rows

    def _travels(self) -> Rows:
        rows: Rows = []
        for number, person in enumerate(self.leaders[::29]):
            day = date(2017 + number % 3, 4 + number % 6, 10)
            rows.append(
                self.row(person, day)
                | {
                    "left_on": day,
                    "returned_on": day + timedelta(days=6),
                    "country": ("Trung Quốc", "Hàn Quốc", "Lào")[number % 3],
                    "purpose": "Đoàn công tác của tỉnh",
                }
            )
        return rows

    def _abroad(self) -> Rows:
        return [
            self.row(person, first_day(person))
            | {
                "relation": Relation.SIBLING,
                "full_name": full_name(self.rng, person.ethnicity, Sex.FEMALE),
                "country": ("Trung Quốc", "Nhật Bản", "Đức")[number % 3],
                "since_year": 2008 + number % 9,
            }
            for number, person in enumerate(self.leaders[11::131])
        ]

    def _own_past(self) -> Rows:
        return [
            self.row(person, first_day(person))
            | {
                "valid_from": None,
                "valid_to": None,
                "description": "Không làm việc cho chế độ cũ, không có vấn đề cần khai thêm.",
            }
            for person in self.leaders[::23]
        ]
