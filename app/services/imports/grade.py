"""A yearly grade in a row: one more for the record, or a mended one; what is confirmed stays."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.models.base import new_id
from app.models.evaluation import Evaluation, EvaluationState, Grade
from app.services.compliance.evaluation import norm_day
from app.services.evaluation.marking import signed
from app.services.imports.drafts import Draft
from app.services.imports.facts import shown
from app.services.imports.world import World

_COLUMNS = {
    "grade": "evaluation_grade",
    "party_grade": "evaluation_party_grade",
    "graded_by": "evaluation_by",
    "decision_number": "evaluation_number",
    "decided_on": "evaluation_on",
}
"""Column of the table to column of the file."""
_NEEDED = ("evaluation_year", "evaluation_grade", "evaluation_by", "evaluation_number", "evaluation_on")
_CONFIRMED = "Kết quả năm này đã được xác nhận. Muốn đổi, hãy sửa trong hồ sơ rồi xác nhận lại."


class GradeOf:
    """Judges the grade of one row, after its seat: somebody new is graded where he now sits."""

    def __init__(
        self, draft: Draft, held: Mapping[str, Sequence[dict[str, Any]]], world: World, at: datetime
    ) -> None:
        self.draft = draft
        self.held = held
        self.world = world
        self.at = at

    def judge(self) -> None:
        """Leaves what is wrong, what changes and, if writing, the row."""
        draft = self.draft
        year = draft.get("evaluation_year")
        said: dict[str, Any] = {
            name: draft.get(column) for name, column in _COLUMNS.items() if draft.get(column) is not None
        }
        if year is None and not said:
            return
        said |= {name: Grade(said[name]) for name in ("grade", "party_grade") if name in said}
        rows = [row for row in self.held.get("evaluation", ()) if row["year"] == year]
        if rows:
            self._mend(rows[0], said)
            return
        missing = [name for name in _NEEDED if draft.get(name) is None]
        for name in missing:
            if name not in draft.raw:
                draft.fault(name, "Cần đủ năm, mức, cấp xếp loại, số và ngày quyết định.")
        if missing or not self._days_hold(year, said["decided_on"]):
            return
        if draft.known is not None:
            draft.change("evaluation_grade", None, f"{year}: {self._word(said['grade'])}")
        if draft.written is not None:
            self._add(year, said)

    def _days_hold(self, year: int, day: date) -> bool:
        if day > self.world.today:
            self.draft.fault("evaluation_on", "Ngày này còn ở tương lai.")
            return False
        if day < date(year, 1, 1):
            self.draft.fault("evaluation_on", f"Xếp loại năm {year} không thể có quyết định trước năm đó.")
            return False
        return True

    def _mend(self, row: dict[str, Any], said: dict[str, Any]) -> None:
        """The year has a grade: what differs is changed while nobody has confirmed it."""
        other = {name: value for name, value in said.items() if row[name] != value}
        if not other:
            return
        draft = self.draft
        if row["state"] == EvaluationState.CONFIRMED:
            draft.fault(_COLUMNS[next(iter(other))], _CONFIRMED)
            return
        if not self._days_hold(row["year"], other.get("decided_on", row["decided_on"])):
            return
        for name, value in other.items():
            draft.change(_COLUMNS[name], self._shown(row[name]), self._shown(value))
        new = other | self._hand(row["hands"])
        draft.alter(Evaluation, row["id"], {name: row[name] for name in new}, new)

    def _add(self, year: int, said: dict[str, Any]) -> None:
        draft = self.draft
        written = draft.written
        assert written is not None  # noqa: S101 - asked by the caller
        on = norm_day(year, said["decided_on"])
        draft.add(
            Evaluation,
            {
                "id": new_id(),
                "cadre_id": draft.cadre_id,
                "recorded_at": self.at,
                "voided_at": None,
                "void_reason": None,
                "year": year,
                "party_grade": None,
                "peers": None,
                "graded_unit_id": self.world.head(self._seat(on) or written.unit_id),
                "state": EvaluationState.RECORDED,
                "confirmed_by": None,
                "confirmed_on": None,
                "confirmed_findings": None,
                "parameter_digest": None,
            }
            | said
            | self._hand("[]"),
        )

    def _hand(self, hands: str) -> dict[str, Any]:
        """The hand of who brings the file in: another one confirms."""
        actor = self.world.session.scope.actor
        key = actor.id if actor is not None else None
        return {"recorded_by": key, "hands": signed(hands, [] if key is None else [key])}

    def _seat(self, on: date) -> UUID | None:
        """Where the person's main seat was on a day."""
        for span in self.held.get("assignment_span", ()):
            end = span["valid_to"]
            if span["is_main"] and span["valid_from"] <= on and (end is None or end > on):
                found: UUID = span["unit_id"]
                return found
        return None

    def _shown(self, value: Any) -> str | None:  # noqa: ANN401 - a column's value
        if isinstance(value, date):
            return shown(value)
        return self._word(value) if value is not None else None

    def _word(self, value: Any) -> str:  # noqa: ANN401 - a column's value
        words = self.world.lists["evaluation_grade"].words
        return words.get(str(value), str(value))
