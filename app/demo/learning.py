"""What people learned: degrees, theory, state management, languages, IT; some entered wrongly at first."""

from datetime import date, timedelta
from random import Random
from typing import Any

from app.demo.cadres import first_day
from app.demo.dates import years
from app.demo.ids import FIRST_DAY, Ids, recorded
from app.demo.people import Person
from app.demo.seats import STAFF_TIER
from app.models.party import PoliticalTheory
from app.models.qualification import QualificationKind
from app.models.title import ManagedBy
from app.models.unit import Level, UnitKind

FIELDS = {
    "education": "Sư phạm", "health": "Y khoa", "agriculture": "Nông nghiệp",
    "finance": "Tài chính - Ngân hàng",
    "construction": "Kỹ thuật xây dựng", "transport": "Xây dựng cầu đường", "resources": "Quản lý đất đai",
    "information": "Công nghệ thông tin", "science": "Khoa học và công nghệ", "justice": "Luật",
    "planning": "Kinh tế",
    "internal": "Hành chính", "party": "Xây dựng Đảng", "culture": "Quản lý văn hóa",
    "labour": "Công tác xã hội",
    "industry": "Kinh tế công nghiệp", "training": "Sư phạm", "press": "Báo chí",
}  # fmt: skip
SCHOOLS = {
    "Sư phạm": "Trường Đại học Sư phạm Thái Nguyên", "Y khoa": "Trường Đại học Y Dược Thái Nguyên",
    "Nông nghiệp": "Trường Đại học Nông Lâm Thái Nguyên", "Luật": "Trường Đại học Luật Hà Nội",
    "Hành chính": "Học viện Hành chính Quốc gia",
}  # fmt: skip
CORRECTED_ON = date(2021, 5, 20)
MISTAKEN_ON = date(2018, 3, 12)
DEGREE_ERRORS, THEORY_ERRORS = 10, 12
DEGREES = {
    "elementary": "Sơ cấp",
    "intermediate": "Trung cấp",
    "college": "Cao đẳng",
    "university": "Đại học",
    "master": "Thạc sĩ",
    "specialist_1": "Chuyên khoa I",
}


class Learning:
    """Builds rows of `qualification` and `qualification_span`."""

    def __init__(self, ids: Ids, rng: Random) -> None:
        self.ids = ids
        self.rng = rng
        self.identities: list[dict[str, Any]] = []
        self.spans: list[dict[str, Any]] = []
        self.degree_errors = DEGREE_ERRORS
        self.theory_errors = THEORY_ERRORS

    def rows(self, people: list[Person]) -> dict[str, list[dict[str, Any]]]:
        """The rows of everybody but the stubs."""
        for person in people:
            if not person.stub:
                self._degree(person)
                self._theory(person)
                self._further(person)
        return {"qualification": self.identities, "qualification_span": self.spans}

    def _add(  # noqa: PLR0917 - the columns of a row
        self,
        person: Person,
        kind: QualificationKind,
        name: str,
        level: str,
        day: date,
        field: str | None = None,
        institution: str | None = None,
    ) -> dict[str, Any]:
        known = max(day + timedelta(days=25), first_day(person), FIRST_DAY)
        identity = self.ids.new(known)
        self.identities.append({"id": identity, "cadre_id": person.id})
        row = {
            "row_id": self.ids.new(known),
            "cadre_id": person.id,
            "kind": kind,
            "name": name,
            "level": level,
            "field": field,
            "form": "Chính quy" if kind is QualificationKind.EDUCATION and self.rng.random() < 0.6 else None,
            "institution": institution,
            "proof_number": None,
            "valid_from": day,
            "valid_to": None,
            "recorded_at": recorded(known),
            "superseded_at": None,
            "qualification_id": identity,
            "correction_reason": None,
        }
        self.spans.append(row)
        return row

    def _mistake(self, row: dict[str, Any], level: str, reason: str) -> None:
        """The row as it stands is right since 2021; in 2018 another level was entered for it."""
        first = recorded(max(row["recorded_at"].date(), MISTAKEN_ON))
        right = row | {
            "row_id": self.ids.new(CORRECTED_ON),
            "recorded_at": recorded(CORRECTED_ON),
            "correction_reason": reason,
        }
        row |= {"level": level, "recorded_at": first, "superseded_at": recorded(CORRECTED_ON)}
        self.spans.append(right)

    def _degree(self, person: Person) -> None:
        seat = person.spans[-1].seat
        field = FIELDS.get(seat.unit.sector or "", "Hành chính" if seat.tier < STAFF_TIER else "Luật")
        chance = self.rng.random()
        level = "university"
        if seat.title.level is Level.COMMUNE:
            level = "university" if chance < 0.74 else "intermediate" if chance < 0.95 else "college"
        elif seat.title.code in {"d.nurse", "p.nurse", "d.preschool_teacher", "d.school_staff"}:
            level = "college" if chance < 0.5 else "university" if chance < 0.8 else "intermediate"
        elif seat.title.leadership and chance < 0.2:
            level = "specialist_1" if field == "Y khoa" else "master"
        age = 22 if level in {"university", "college", "intermediate"} else 31
        day = min(years(person.birth, age) + timedelta(days=self.rng.randrange(400)), date(2021, 9, 1))
        row = self._add(
            person,
            QualificationKind.EDUCATION,
            f"{DEGREES[level]} {field}",
            level,
            day,
            field,
            SCHOOLS.get(field, "Đại học Thái Nguyên"),
        )
        plain = level == "university" and day < date(2016, 1, 1) and not seat.title.leadership
        if (
            self.degree_errors
            and plain
            and person.seat is not None
            and first_day(person) == FIRST_DAY
            and chance < 0.02
        ):
            self.degree_errors -= 1
            self._mistake(row, "college", "Trình độ ghi sai so với bằng gốc.")

    def _theory(self, person: Person) -> None:
        if person.theory is PoliticalTheory.NONE:
            return
        led = next((span.start for span in person.spans if span.seat.tier < STAFF_TIER), None)
        day = years(person.birth, 30) + timedelta(days=self.rng.randrange(3000))
        if led is not None:
            day = min(day, led + timedelta(days=self.rng.randrange(-900, 500)))
        day = min(max(day, years(person.birth, 24)), date(2021, 9, 30))
        last = person.spans[-1].end
        if last is not None:
            day = min(day, last - timedelta(days=200))
        school = "Trường Chính trị tỉnh Hà Giang"
        kind = QualificationKind.POLITICAL_THEORY
        if person.theory is PoliticalTheory.ADVANCED:
            self._add(
                person,
                kind,
                "Trung cấp lý luận chính trị",
                "intermediate",
                day - timedelta(days=1500),
                None,
                school,
            )
            self._add(
                person,
                kind,
                "Cao cấp lý luận chính trị",
                "advanced",
                day,
                None,
                "Học viện Chính trị khu vực I",
            )
            return
        name = (
            "Trung cấp lý luận chính trị"
            if person.theory is PoliticalTheory.INTERMEDIATE
            else "Sơ cấp lý luận chính trị"
        )
        row = self._add(person, kind, name, person.theory.value, day, None, school)
        seat = person.seat
        early = day < date(2018, 1, 1) and person.theory is PoliticalTheory.INTERMEDIATE
        settled = seat is not None and seat.title.leadership and person.spans[-1].start < date(2019, 1, 1)
        if (
            self.theory_errors
            and early
            and settled
            and first_day(person) < date(2018, 1, 1)
            and self.rng.random() < 0.05
        ):
            self.theory_errors -= 1
            self._mistake(row, "elementary", "Bằng trung cấp được ghi nhầm là sơ cấp.")

    def _further(self, person: Person) -> None:
        seat = person.spans[-1].seat
        if not seat.title.leadership:
            return
        base = max(person.spans[0].start - timedelta(days=1200), years(person.birth, 25))
        rng = self.rng

        def day(span: int) -> date:
            return min(base + timedelta(days=rng.randrange(span)), date(2021, 8, 31))

        high = seat.title.managed_by is ManagedBy.PROVINCE_COMMITTEE
        if seat.unit.kind is not UnitKind.PUBLIC_SERVICE or high:
            level = "principal_specialist" if high else "specialist"
            name = (
                "Quản lý nhà nước ngạch chuyên viên chính" if high else "Quản lý nhà nước ngạch chuyên viên"
            )
            self._add(
                person,
                QualificationKind.STATE_MANAGEMENT,
                name,
                level,
                day(2500),
                None,
                "Trường Chính trị tỉnh Hà Giang",
            )
        chance = rng.random()
        if high or chance < 0.5:
            language = ("level_2", "level_3", "level_3", "level_4")[int(chance * 8) % 4]
            self._add(person, QualificationKind.FOREIGN_LANGUAGE, "Tiếng Anh", language, day(3000))
        if high or chance < 0.6:
            self._add(
                person, QualificationKind.IT, "Chứng chỉ ứng dụng công nghệ thông tin", "basic", day(3000)
            )
        if high:
            self._add(
                person,
                QualificationKind.DEFENCE_SECURITY,
                "Quốc phòng, an ninh đối tượng 2",
                "group_2",
                day(2500),
            )
        if seat.title.level is Level.COMMUNE and chance > 0.6:
            self._add(
                person,
                QualificationKind.MINORITY_LANGUAGE,
                "Tiếng dân tộc thiểu số",
                "certificate",
                day(2500),
            )
