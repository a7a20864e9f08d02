"""Sanctions, yearly grades, salaries, courses, work before the record."""

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from app.demo.cadres import first_day
from app.demo.dates import BASELINE, years
from app.demo.ids import FIRST_DAY, recorded
from app.demo.people import Person
from app.demo.record.base import Builder, Rows
from app.demo.seats import STAFF_TIER, Seat
from app.demo.spells import Spell, issuer_of
from app.demo.tree import Unit
from app.models.evaluation import Grade
from app.models.record import DisciplineForm, DisciplineSide, TrainingKind
from app.models.title import ManagedBy
from app.models.unit import Level, UnitKind

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


class Work(Builder):
    """Builds what a person's work leaves in the record."""

    def rows(self) -> dict[str, Rows]:
        """Table name to rows; sanctions first, since grades look at them."""
        return {
            "discipline": self._discipline(),
            "evaluation": self._evaluations(),
            "salary": self._salaries(),
            "training": self._trainings(),
            "career": self._careers(),
        }

    # --- sanctions and grades -----------------------------------------------------------------------------

    def _discipline(self) -> Rows:
        """Some ended, some in force, three reviews open; among them two people managed by the province."""
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
            fresh = number % 3 == 1 or number == 60
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
                self.row(person, decided or opened)
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
        """Grades of 2019 to 2021; the best are at most a fifth of the good ones of an agency in a year."""
        rows: Rows = []
        for year in YEARS:
            day = date(year, 12, 1)
            groups: dict[str, list[Spell]] = defaultdict(list)
            for spell in self.spells.all:
                if spell.main and spell.start <= day and (spell.end is None or spell.end > day):
                    person = spell.person
                    if not person.stub and first_day(person) <= date(year, 6, 1):
                        groups[_agency(spell.seat).code].append(spell)
            for own in groups.values():
                rows += self._graded(own, year)
        return rows

    def _graded(self, own: list[Spell], year: int) -> Rows:
        rng = self.rng
        grades: list[Grade] = []
        for spell in own:
            sanctioned = self.sanctioned.get(spell.person)
            chance = rng.random()
            if (sanctioned is not None and sanctioned.year == year) or chance < 0.004:
                grades.append(Grade.NOT_COMPLETED)
            else:
                grades.append(Grade.COMPLETED if chance < 0.14 else Grade.GOOD)
        good = [number for number, grade in enumerate(grades) if grade is Grade.GOOD]
        for number in rng.sample(good, len(good) // 6):
            grades[number] = Grade.EXCELLENT
        decided = date(year, 12, 3 + len(own) % 11)
        grader = issuer_of(own[0].seat)[0]
        agency = _agency(own[0].seat).id
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
                "graded_unit_id": agency,
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
                    self.row(person, begun)
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
                if chance < 0.28:
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
            if rng.random() < 0.5:
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
            if rng.random() < 0.3:
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
            if seat.title.managed_by is ManagedBy.DISTRICT_COMMITTEE and rng.random() < 0.12:
                rows.append(
                    self._course(
                        person, TrainingKind.RESERVE_SOURCE, "Lớp dự nguồn cấp ủy", date(2019, 8, 5), 500, 160
                    )
                )
        return rows

    def _course(  # noqa: PLR0917 - the columns of a row
        self, person: Person, kind: TrainingKind, name: str, base: date, spread: int, hours: int
    ) -> dict[str, Any]:
        started = min(
            max(base + timedelta(days=self.rng.randrange(spread)), first_day(person)), date(2021, 11, 8)
        )
        done = started + timedelta(days=max(3, hours // 6))
        return self.row(person, done) | {
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
                self.row(person, first_day(person))
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


def _agency(seat: Seat) -> Unit:
    """Who is graded together: a commune, a district's offices, a department with its divisions, a school."""
    unit = seat.unit
    if unit.kind is UnitKind.PUBLIC_SERVICE:
        return unit
    if unit.level is not Level.PROVINCE:
        return unit.territory
    parent = unit.parent
    return parent if unit.kind is UnitKind.DIVISION and parent is not None else unit
