"""Facts of a person on two clocks, and the salary: what a row says against what the record says.

New facts are added; a changed one supersedes what stood before, which stays readable by `known_at`.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.models.base import new_id
from app.models.party import PartyMembership
from app.models.qualification import Qualification, QualificationKind, QualificationSpan
from app.models.record import Salary
from app.models.residence import Residence, ResidenceKind
from app.services.imports.cells import Codes
from app.services.imports.drafts import Draft

Span = dict[str, Any]

NOTHING = "none"
"""The level of who hasn't learned the thing: it leaves no row."""
LEARNED: dict[QualificationKind, str] = {
    QualificationKind.EDUCATION: "education",
    QualificationKind.POLITICAL_THEORY: "political_theory",
    QualificationKind.STATE_MANAGEMENT: "state_management",
    QualificationKind.FOREIGN_LANGUAGE: "foreign_language",
    QualificationKind.IT: "it",
}
"""Kind of qualification to the column of its level; the day stands in the column `…_on`."""


def shown(day: date | None) -> str | None:
    """A day as people write it."""
    return f"{day:%d/%m/%Y}" if day is not None else None


def past(draft: Draft, column: str, today: date, birth: date | None) -> date | None:
    """The day in a cell if it lies between birth and today; else says what is wrong."""
    day: date | None = draft.get(column)
    if day is None:
        return None
    if day > today:
        draft.fault(column, "Ngày này còn ở tương lai.")
        return None
    if birth is not None and day <= birth:
        draft.fault(column, "Ngày này trước ngày sinh.")
        return None
    return day


class FactsOf:
    """Judges the facts of one row; `at` is the instant new rows are recorded at."""

    def __init__(self, draft: Draft, held: Mapping[str, Sequence[Span]], today: date, at: datetime) -> None:
        self.draft = draft
        self.held = held
        self.today = today
        self.at = at
        self.birth: date | None = (draft.get("birth_date") or (None,))[0] or getattr(
            draft.known, "birth_date", None
        )

    def judge(self, lists: Mapping[str, Codes]) -> None:
        """Everything the row says of the person beside seat and person proper."""
        for kind, column in LEARNED.items():
            self._qualification(kind, column, lists)
        self._party()
        self._residence()
        self._salary(lists)

    def _rows(self, table: type[Any]) -> Sequence[Span]:
        return self.held.get(str(table.__tablename__), ())

    def _person(self) -> UUID:
        assert self.draft.cadre_id is not None  # noqa: S101 - given before facts are judged
        return self.draft.cadre_id

    def _clocks(self, start: date) -> Span:
        return {
            "row_id": new_id(),
            "cadre_id": self._person(),
            "valid_from": start,
            "valid_to": None,
            "recorded_at": self.at,
            "superseded_at": None,
        }

    def _correct(self, table: type[Any], row: Span, **changes: object) -> None:
        self.draft.supersede(table, row, self.at, **changes)

    # --- what was learned ------------------------------------------------------------------------------

    def _qualification(self, kind: QualificationKind, column: str, lists: Mapping[str, Codes]) -> None:
        draft, on = self.draft, f"{column}_on"
        level, day = draft.get(column), past(draft, on, self.today, self.birth)
        field = draft.get("education_field") if kind is QualificationKind.EDUCATION else None
        if level is None:
            if day is not None or field is not None:
                spoken = on if day is not None else "education_field"
                draft.fault(spoken, "Có ngày cấp hoặc chuyên ngành mà chưa ghi trình độ.")
            return
        mine = [row for row in self._rows(QualificationSpan) if row["kind"] == kind]
        words = lists[column].words
        if level == NOTHING:
            if mine:
                draft.fault(
                    column, f"Hồ sơ đã có: {words.get(mine[-1]['level'], '')}. Muốn bỏ hãy đính chính."
                )
            return
        same = [row for row in mine if row["level"] == level and field in {None, row["field"]}]
        if same:
            self._same_qualification(column, same, day)
        elif day is None and on not in draft.raw:
            draft.fault(on, "Cần ngày cấp khi ghi trình độ mới.")
        elif day is not None:
            self._learn(kind, column, mine, level, field, day, words)

    def _same_qualification(self, column: str, same: list[Span], day: date | None) -> None:
        """The level stands in the record: at most its day is corrected."""
        if day is None or any(row["valid_from"] == day for row in same):
            return
        row = same[-1]
        if row["valid_to"] is not None and row["valid_to"] <= day:
            self.draft.fault(f"{column}_on", f"Hồ sơ ghi trình độ này hết hiệu lực {shown(row['valid_to'])}.")
            return
        self.draft.change(f"{column}_on", shown(row["valid_from"]), shown(day))
        self._correct(QualificationSpan, row, valid_from=day, correction_reason=self.reason())

    def _learn(  # noqa: PLR0917 - the columns of a row
        self,
        kind: QualificationKind,
        column: str,
        mine: list[Span],
        level: str,
        field: str | None,
        day: date,
        words: Mapping[str, str],
    ) -> None:
        name = _name(kind, words[level], field)
        twin = next((row for row in mine if row["name"] == name and row["valid_to"] is None), None)
        old = words.get(mine[-1]["level"]) if mine else None
        if twin is not None and twin["valid_from"] >= day:
            self.draft.fault(f"{column}_on", f"Hồ sơ đã ghi mức khác từ {shown(twin['valid_from'])}.")
            return
        if self.draft.known is not None:
            self.draft.change(column, old, words[level])
        if self.draft.written is None:
            return
        if twin is not None:
            self._correct(QualificationSpan, twin, valid_to=day)
        identity = twin["qualification_id"] if twin is not None else new_id()
        if twin is None:
            self.draft.add(Qualification, {"id": identity, "cadre_id": self._person()})
        self.draft.add(
            QualificationSpan,
            {
                **self._clocks(day),
                "qualification_id": identity,
                "kind": kind,
                "name": name,
                "level": level,
                "field": field,
                "form": None,
                "institution": None,
                "proof_number": None,
                "correction_reason": None,
            },
        )

    def reason(self) -> str:
        """Why a row was corrected, as it stands in the record."""
        return f"Nhập từ bảng tính, dòng {self.draft.number}"

    # --- Party, residence, salary ----------------------------------------------------------------------

    def _party(self) -> None:
        draft = self.draft
        joined = past(draft, "party_on", self.today, self.birth)
        official = past(draft, "party_official_on", self.today, self.birth)
        rows = self._rows(PartyMembership)
        row = rows[-1] if rows else None
        if joined is None and official is None:
            return
        start = joined or (row["valid_from"] if row else None)
        if start is None:
            if "party_on" not in draft.raw:
                draft.fault("party_on", "Có ngày chính thức mà thiếu ngày vào Đảng.")
            return
        if official is not None and official < start:
            draft.fault("party_official_on", "Ngày chính thức phải từ ngày vào Đảng trở đi.")
            return
        if row is None:
            if draft.known is not None:
                draft.change("party_on", None, shown(start))
            if draft.written is None:
                return
            columns = {"official_on": official, "card_number": None, "party_cell": None}
            draft.add(PartyMembership, {**self._clocks(start), **columns})
            return
        self._mend_party(row, start, official)

    def _mend_party(self, row: Span, start: date, official: date | None) -> None:
        draft = self.draft
        changes: dict[str, object] = {}
        if start != row["valid_from"]:
            if row["valid_to"] is not None and row["valid_to"] <= start:
                draft.fault("party_on", f"Hồ sơ ghi thôi là đảng viên từ {shown(row['valid_to'])}.")
                return
            changes["valid_from"] = start
            draft.change("party_on", shown(row["valid_from"]), shown(start))
        if official is not None and official != row["official_on"]:
            changes["official_on"] = official
            draft.change("party_official_on", shown(row["official_on"]), shown(official))
        if changes:
            self._correct(PartyMembership, row, **changes)

    def _residence(self) -> None:
        draft = self.draft
        address = draft.get("address")
        if address is None:
            return
        rows = [row for row in self._rows(Residence) if row["kind"] == ResidenceKind.CURRENT]
        row = rows[-1] if rows else None
        if row is not None and row["address"] == address:
            return
        if draft.known is not None:
            draft.change("address", row["address"] if row else None, address)
        if draft.written is None:
            return
        if row is not None and row["valid_from"] >= self.today:
            self._correct(Residence, row, address=address, commune_unit_id=None)
            return
        if row is not None and row["valid_to"] is None:
            self._correct(Residence, row, valid_to=self.today)
        where = {"kind": ResidenceKind.CURRENT, "address": address, "commune_unit_id": None}
        draft.add(Residence, {**self._clocks(self.today), **where})

    def _salary(self, lists: Mapping[str, Codes]) -> None:
        draft = self.draft
        names = ("grade_code", "step", "coefficient_hundredths")
        said = {name: draft.get(name) for name in names if draft.get(name) is not None}
        day = past(draft, "salary_on", self.today, self.birth)
        if not said and day is None:
            return
        rows = self._rows(Salary)
        row = next((held for held in rows if held["valid_from"] == day), None)
        if row is None and day is None and rows:
            row = rows[-1]
        if row is not None:
            self._mend_salary(row, said, day, lists)
            return
        missing = [name for name in (*names, "salary_on") if draft.get(name) is None]
        for name in missing:
            if name not in draft.raw:
                draft.fault(name, "Cần đủ ngạch, bậc, hệ số và ngày hưởng.")
        if missing or day is None:
            return
        if draft.known is not None:
            last = rows[-1] if rows else None
            draft.change("grade_code", _salary(last), _salary(said))
        if draft.written is None:
            return
        draft.add(
            Salary,
            {
                "id": new_id(),
                "cadre_id": self._person(),
                "recorded_at": self.at,
                "voided_at": None,
                "void_reason": None,
                "valid_from": day,
                **said,
                "allowance_hundredths": 0,
                "decision_number": None,
            },
        )

    def _mend_salary(
        self, row: Span, said: dict[str, Any], day: date | None, lists: Mapping[str, Codes]
    ) -> None:
        other = {name: value for name, value in said.items() if row[name] != value}
        if not other:
            return
        if day is None:
            if "salary_on" not in self.draft.raw:
                self.draft.fault("salary_on", "Lương khác hồ sơ: cần ngày hưởng.")
            return
        for name, value in other.items():
            words = lists["grade"].words if name == "grade_code" else {}
            self.draft.change(name, _word(words, row[name]), _word(words, value))
        self.draft.alter(Salary, row["id"], {name: row[name] for name in other}, other)


def _word(words: Mapping[str, str], value: Any) -> str:  # noqa: ANN401 - a column's value
    return words.get(str(value), str(value))


def _salary(row: Mapping[str, Any] | None) -> str | None:
    if row is None:
        return None
    high, low = divmod(row["coefficient_hundredths"], 100)
    return f"{row['grade_code']} bậc {row['step']} hệ số {high},{low:02}"


def _name(kind: QualificationKind, word: str, field: str | None) -> str:
    """What a qualification is called in the record."""
    match kind:
        case QualificationKind.EDUCATION:
            return f"{word} {field}" if field else word
        case QualificationKind.POLITICAL_THEORY:
            return f"{word.partition(' (')[0]} lý luận chính trị"
        case QualificationKind.STATE_MANAGEMENT:
            return f"Quản lý nhà nước {word[:1].lower()}{word[1:]}"
        case QualificationKind.FOREIGN_LANGUAGE:
            return "Tiếng Anh"
        case _:
            return word
