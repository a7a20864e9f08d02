"""The many-valued groups of form 2C with one clock: grades, salaries, courses, family, honours, sanctions."""

from collections import defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

from app.demo.cadres import Kin, first_day
from app.demo.ids import FIRST_DAY, Ids, recorded
from app.demo.names import full_name
from app.demo.people import BASELINE, Person, years
from app.demo.spells import Spell, Spells, issuer_of
from app.demo.staffing import STAFF_TIER, Seat
from app.models.cadre import Sex
from app.models.record import DisciplineForm, DisciplineSide, Grade, Relation, TrainingKind
from app.models.title import ManagedBy
from app.models.unit import Level, UnitKind

Rows = list[dict[str, Any]]
YEARS = (2019, 2020, 2021)
GRADES = {
    "d.preschool_teacher": ("V.07.02.26", 210, 31),
    "d.primary_teacher": ("V.07.03.29", 234, 33),
    "d.lower_teacher": ("V.07.04.32", 234, 33),
    "p.teacher": ("V.07.05.15", 234, 33),
    "p.doctor": ("V.08.01.03", 234, 33),
    "d.doctor": ("V.08.01.03", 234, 33),
    "p.nurse": ("V.08.05.12", 210, 31),
    "d.nurse": ("V.08.05.12", 210, 31),
    "p.accountant": ("06.031", 234, 33),
    "d.accountant": ("06.032", 210, 31),
    "d.school_staff": ("01.004", 186, 20),
}


class Record:
    """Builds the rows of every one-clock group."""

    def __init__(self, people: list[Person], spells: Spells, kin: list[Kin], ids: Ids, rng: Random) -> None:
        self.people = people
        self.spells = spells
        self.kin = kin
        self.ids = ids
        self.rng = rng
        self.here = [person for person in people if person.seat is not None and not person.stub]
        self.leaders = [person for person in self.here if person.seat and person.seat.title.leadership]
        self.sanctioned: dict[Person, date] = {}

    def rows(self) -> dict[str, Rows]:
        """Table name to rows, in the order in which they are made."""
        return {
            "discipline": self._discipline(),
            "evaluation": self._evaluations(),
            "salary": self._salaries(),
            "training": self._trainings(),
            "kinship": self._kinship(),
            "career": self._careers(),
            "reward": self._rewards(),
            "declaration": self._declarations(),
            "confidence_vote": self._votes(),
            "political_conclusion": self._conclusions(),
            "travel": self._travels(),
            "relative_abroad": self._abroad(),
            "own_past": self._own_past(),
        }

    def _row(self, person: Person, day: date) -> dict[str, Any]:
        known = max(day, first_day(person), FIRST_DAY)
        return {
            "id": self.ids.new(known),
            "cadre_id": person.id,
            "recorded_at": recorded(known),
            "voided_at": None,
            "void_reason": None,
        }

    # --- sanctions and grades -----------------------------------------------------------------------------

    def _discipline(self) -> Rows:
        """Some ended, some in force on the baseline day, three reviews open; one of a person managed by the province."""
        rows: Rows = []
        top = [
            person
            for person in self.leaders
            if person.seat and person.seat.title.managed_by is ManagedBy.PROVINCE_COMMITTEE
        ]
        chosen = [*self.here[31 :: len(self.here) // 60][:60], top[47], top[190]]
        forms = (
            DisciplineForm.REPRIMAND,
            DisciplineForm.REPRIMAND,
            DisciplineForm.WARNING,
            DisciplineForm.DEMOTION,
        )
        for number, person in enumerate(chosen):
            party = person.party and number % 3 != 0
            is_open = number in {4, 21, 61}
            fresh = number % 3 == 1 or number == 60  # noqa: PLR2004 - the one managed by the province
            opened = (
                date(2021, 11, 18)
                if is_open
                else date(2021, 5, 6)
                if fresh
                else date(2015 + number % 5, 3, 9)
            )
            opened = max(opened, first_day(person))
            decided = None if is_open else opened + timedelta(days=62)
            form = None if is_open else forms[number % 4]
            if party and form is DisciplineForm.DEMOTION:
                form = DisciplineForm.REMOVAL
            seat = person.spans[-1].seat
            issuer = (
                "Ủy ban Kiểm tra Tỉnh ủy"
                if party and seat.title.level is Level.PROVINCE
                else issuer_of(seat)[0]
            )
            if decided is not None and decided.year == YEARS[-1]:
                self.sanctioned[person] = decided
            rows.append(
                self._row(person, decided or opened)
                | {
                    "side": DisciplineSide.PARTY if party else DisciplineSide.STATE,
                    "form": form,
                    "opened_on": opened,
                    "decided_on": decided,
                    "ended_on": None
                    if decided is None or years(decided, 1) > BASELINE
                    else years(decided, 1),
                    "decision_number": None
                    if decided is None
                    else f"{number + 11}-QĐ/{'UBKT' if party else 'KL'}",
                    "issuer": None if is_open else issuer,
                    "reason": "Thiếu trách nhiệm trong quản lý"
                    if number % 2
                    else "Vi phạm quy định về sinh con, về giờ giấc làm việc",
                }
            )
        return rows

    def _evaluations(self) -> Rows:
        """Grades of 2019 to 2021; the best are at most a fifth of the good ones of the same agency and year."""
        rows: Rows = []
        for year in YEARS:
            day = date(year, 12, 1)
            groups: dict[str, list[Spell]] = defaultdict(list)
            for spell in self.spells.all:
                if spell.main and spell.start <= day and (spell.end is None or spell.end > day):
                    person = spell.person
                    if not person.stub and first_day(person) <= date(year, 6, 1):
                        groups[_agency(spell.seat)].append(spell)
            for own in groups.values():
                rows += self._graded(own, year)
        return rows

    def _graded(self, own: list[Spell], year: int) -> Rows:
        rng = self.rng
        grades: list[Grade] = []
        for spell in own:
            sanctioned = self.sanctioned.get(spell.person)
            chance = rng.random()
            if sanctioned is not None and sanctioned.year == year or chance < 0.004:  # noqa: PLR2004 - very few
                grades.append(Grade.NOT_COMPLETED)
            else:
                grades.append(Grade.COMPLETED if chance < 0.14 else Grade.GOOD)  # noqa: PLR2004 - about a seventh
        good = [number for number, grade in enumerate(grades) if grade is Grade.GOOD]
        for number in rng.sample(good, len(good) // 6):
            grades[number] = Grade.EXCELLENT
        decided = date(year, 12, 3 + len(own) % 11)
        grader = issuer_of(own[0].seat)[0]
        known = recorded(decided)
        new = self.ids.new
        return [
            {
                "id": new(decided),
                "cadre_id": spell.person.id,
                "recorded_at": known,
                "voided_at": None,
                "void_reason": None,
                "year": year,
                "grade": grade,
                "party_grade": grade if spell.person.party else None,
                "graded_by": grader,
                "decision_number": f"{year}/KQĐG",
                "decided_on": decided,
            }
            for spell, grade in zip(own, grades, strict=True)
        ]

    # --- work -------------------------------------------------------------------------------------------

    def _salaries(self) -> Rows:
        rows: Rows = []
        for person in self.here:
            seat = person.spans[-1].seat
            code, base, raise_ = GRADES.get(seat.title.code, ("01.003", 234, 33))
            if seat.title.managed_by is ManagedBy.PROVINCE_COMMITTEE:
                code, base, raise_ = "01.002", 440, 34
            served = (BASELINE - person.recruited).days // 365
            step = min(9, 1 + served // 3)
            allowance = {1: 60, 2: 50, 3: 45, 4: 40, 5: 25}.get(seat.tier, 0) if seat.title.leadership else 0
            steps = [step, step - 1] if step > 1 and seat.title.leadership else [step]
            for number, own in enumerate(steps):
                begun = years(date(2021, 1 + person.birth.month % 11, 1), -(served % 3) - 3 * number)
                begun = max(begun, person.recruited)
                rows.append(
                    self._row(person, begun)
                    | {
                        "valid_from": begun,
                        "grade_code": code,
                        "step": own,
                        "coefficient_hundredths": base + raise_ * (own - 1),
                        "allowance_hundredths": allowance,
                        "decision_number": f"{100 + len(rows) % 900}/QĐ-NL",
                    }
                )
        return rows

    def _trainings(self) -> Rows:
        rows: Rows = []
        rng = self.rng
        for person in self.here:
            seat = person.seat
            if seat is None:
                continue
            chance = rng.random()
            begin = first_day(person)
            if not seat.title.leadership:
                if chance < 0.28:  # noqa: PLR2004 - a good quarter
                    rows.append(
                        self._course(
                            person,
                            TrainingKind.PROFESSIONAL,
                            "Bồi dưỡng chuyên môn, nghiệp vụ hằng năm",
                            date(2018, 6, 4),
                            1150,
                            40,
                        )
                    )
                continue
            updated = 0.36 if person.prefix in {"MV", "XM", "DV"} else 0.6
            if chance < updated:
                rows.append(
                    self._course(
                        person,
                        TrainingKind.KNOWLEDGE_UPDATE,
                        "Cập nhật kiến thức mới cho cán bộ lãnh đạo, quản lý",
                        date(2021, 3, 1),
                        240,
                        40,
                    )
                )
            if rng.random() < 0.5:  # noqa: PLR2004 - half
                rows.append(
                    self._course(
                        person,
                        TrainingKind.STATE_MANAGEMENT,
                        "Bồi dưỡng quản lý nhà nước",
                        max(begin, date(2013, 4, 1)),
                        2200,
                        320,
                    )
                )
            if rng.random() < 0.3:  # noqa: PLR2004 - some
                rows.append(
                    self._course(
                        person,
                        TrainingKind.DEFENCE_SECURITY,
                        "Bồi dưỡng kiến thức quốc phòng, an ninh",
                        date(2016, 5, 9),
                        1700,
                        96,
                    )
                )
            if seat.title.managed_by is ManagedBy.DISTRICT_COMMITTEE and rng.random() < 0.12:  # noqa: PLR2004 - a few
                rows.append(
                    self._course(
                        person, TrainingKind.RESERVE_SOURCE, "Lớp dự nguồn cấp ủy", date(2019, 8, 5), 500, 160
                    )
                )
        return rows

    def _course(
        self, person: Person, kind: TrainingKind, name: str, base: date, spread: int, hours: int
    ) -> dict[str, Any]:
        started = min(
            max(base + timedelta(days=self.rng.randrange(spread)), first_day(person)), date(2021, 11, 8)
        )
        done = started + timedelta(days=max(3, hours // 6))
        return self._row(person, done) | {
            "kind": kind,
            "name": name,
            "institution": "Trường Chính trị tỉnh Hà Giang"
            if kind is not TrainingKind.PROFESSIONAL
            else None,
            "started_on": started,
            "completed_on": done,
            "hours": hours,
            "certificate": None,
        }

    def _careers(self) -> Rows:
        """Work before the record began, or outside the province's service."""
        rows: Rows = []
        for number, person in enumerate(self.here):
            seat = person.spans[0].seat
            led = seat.tier < STAFF_TIER
            end = person.from_outside or (FIRST_DAY if person.recruited < FIRST_DAY else None)
            if end is None or not (led or person.from_outside or number % 6 == 0) or person.recruited >= end:
                continue
            place = "Ngoài cơ quan, đơn vị thuộc tỉnh quản lý" if person.from_outside else seat.unit.name
            rows.append(
                self._row(person, first_day(person))
                | {
                    "valid_from": person.recruited,
                    "valid_to": end,
                    "description": "Công tác ở cơ quan, doanh nghiệp khác trước khi về tỉnh"
                    if person.from_outside
                    else "Công tác tại cơ quan, đơn vị trước ngày lập hồ sơ điện tử",
                    "place": place,
                }
            )
        return rows

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
                if relative is None and relation is Relation.FATHER and rng.random() < 0.5:  # noqa: PLR2004 - half are written down
                    continue
                sex = {Relation.FATHER: Sex.MALE, Relation.SPOUSE: other}.get(
                    relation, Sex.MALE if rng.random() < 0.5 else Sex.FEMALE
                )  # noqa: PLR2004 - even chances
                shift = {
                    Relation.FATHER: -27,
                    Relation.SPOUSE: rng.randrange(-3, 4),
                    Relation.CHILD: 25 + rng.randrange(4),
                }[relation]
                own_name = (
                    surname
                    if relation is Relation.FATHER or relation is Relation.CHILD and person.sex is Sex.MALE
                    else None
                )
                rows.append(
                    self._row(person, first_day(person))
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
            if not (leads and number % 5 < 2 or number % 16 == 0):  # noqa: PLR2004 - two of five, one of sixteen
                continue
            day = date(2014 + number % 7, 1 + number % 12, 15)
            if day < first_day(person):
                continue
            name, issuer = names[0 if leads and number % 2 else 1 + number % 2]
            rows.append(
                self._row(person, day)
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
            self._row(person, day) | {"year": 2021, "reference": f"KK-2021/{person.code}", "declared_on": day}
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
                    self._row(person, held)
                    | {
                        "held_on": held,
                        "body": f"Hội đồng nhân dân {'tỉnh' if seat.title.level is Level.PROVINCE else 'cấp huyện'}",
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
                    self._row(person, day)
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
                self._row(person, day)
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
            self._row(person, first_day(person))
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
            self._row(person, first_day(person))
            | {
                "valid_from": None,
                "valid_to": None,
                "description": "Không làm việc cho chế độ cũ, không có vấn đề cần khai thêm.",
            }
            for person in self.leaders[::23]
        ]


def _agency(seat: Seat) -> str:
    """Who is graded together: a commune, a district's offices, a department with its divisions, a school."""
    unit = seat.unit
    if unit.kind is UnitKind.PUBLIC_SERVICE:
        return unit.code
    if unit.level is not Level.PROVINCE:
        return unit.territory.code
    parent = unit.parent
    return parent.code if unit.kind is UnitKind.DIVISION and parent is not None else unit.code
