"""Who the rows are about: matched by national id, else by code, never by name; and what the record says."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.evaluation import Evaluation
from app.models.party import PartyMembership
from app.models.qualification import QualificationSpan
from app.models.record import Salary
from app.models.residence import Residence
from app.services import compliance
from app.services.dated import known, on_record
from app.services.imports.drafts import Draft
from app.services.imports.world import columns
from app.services.scope import ScopedSession

FIELDS = (
    "full_name", "other_names", "birth_date", "birth_precision", "sex", "ethnicity", "religion", "hometown",
    "hometown_unit_id", "birthplace", "legal_category", "national_id",
)  # fmt: skip
"""Columns of the person that the file speaks of."""
_COLUMNS = (*FIELDS, "id", "code", "unit_id", "managed_by", "is_stub", "version")
_TABLES: tuple[tuple[Any, str], ...] = (
    (AssignmentSpan, "valid_from"),
    (QualificationSpan, "valid_from"),
    (PartyMembership, "valid_from"),
    (Residence, "valid_from"),
    (Salary, "valid_from"),
    (Evaluation, "year"),
)
"""What the file may change of a person, and by what its rows are in order."""
_HELD = "Số định danh này đã có trong một hồ sơ ngoài phạm vi của tài khoản. Hãy kiểm tra lại số."
_STUB = "Cán bộ diện Trung ương quản lý: không nhập vào hồ sơ này."
_ABOVE = "Cán bộ này do cấp trên quản lý; cấp dưới không sửa hồ sơ."
_OWN = "Không ai được sửa hồ sơ của chính mình, của vợ, chồng, cha, mẹ hoặc con mình."
_TWO_KEYS = "Mã này và số định danh là của hai người khác nhau."
_NOBODY = "Không có cán bộ mang mã này trong phạm vi. Người mới: để trống mã, ghi số định danh."
_NEITHER = "Cần số định danh hoặc mã cán bộ; không ghép theo họ tên."

Facts = dict[UUID, dict[str, list[dict[str, Any]]]]


class Matcher:
    """Finds the persons of rows, chunk by chunk, and remembers whom it has found."""

    def __init__(self, session: ScopedSession) -> None:
        self._session = session
        self._kin = session.kin()
        self._first: dict[UUID, int] = {}

    def match(self, drafts: Sequence[Draft]) -> None:
        """Says of each row whom it is about, or why that can't be said."""
        ids = {draft.get("national_id") for draft in drafts} - {None}
        codes = {draft.get("code") for draft in drafts} - {None}
        by_id = {row.national_id: row for row in self._rows("national_id", ids)}
        by_code = {row.code: row for row in self._rows("code", codes)}
        elsewhere = compliance.held_ids(self._session, ids - by_id.keys()) if ids - by_id.keys() else set()
        for draft in drafts:
            self._match(draft, by_id, by_code, elsewhere)

    def _rows(self, name: str, values: set[Any]) -> list[Any]:
        if not values:
            return []
        statement = columns(Cadre, *_COLUMNS).where(col(getattr(Cadre, name)).in_(values))
        return list(self._session.execute(statement))

    def _match(
        self, draft: Draft, by_id: dict[str, Any], by_code: dict[str, Any], elsewhere: set[str]
    ) -> None:
        national_id, code = draft.get("national_id"), draft.get("code")
        if national_id is None and code is None:
            if not {"national_id", "code"} & draft.raw.keys():
                draft.fault("national_id", _NEITHER)
            draft.stray = True
            return
        if national_id in elsewhere:
            draft.fault("national_id", _HELD)
            draft.stray = True
            return
        person: Any = by_id.get(national_id)
        if person is None and code is not None:
            person = by_code.get(code)
            if person is None:
                draft.fault("code", _NOBODY)
                draft.stray = True
                return
        elif code is not None and person.code != code:
            draft.fault("code", _TWO_KEYS)
            draft.stray = True
            return
        if person is not None:
            self._take(draft, person)

    def _take(self, draft: Draft, person: Any) -> None:  # noqa: ANN401 - a row of cadre
        draft.known, draft.cadre_id = person, person.id
        column = "national_id" if "national_id" in draft.raw else "code"
        if person.is_stub:
            draft.fault(column, _STUB)
        elif not self._session.scope.may_write_managed(person.managed_by):
            draft.fault(column, _ABOVE)
        elif person.id in self._kin:
            draft.fault(column, _OWN)
        first = self._first.setdefault(person.id, draft.number)
        if first != draft.number:
            draft.fault(column, f"Trùng người với dòng {first}.")

    def facts(self, drafts: Sequence[Draft]) -> Facts:
        """What stands in the record of those who may be changed: person to table to rows, oldest first."""
        wanted = {draft.known.id for draft in drafts if draft.known is not None and not draft.faulty}
        found: Facts = {key: defaultdict(list) for key in wanted}
        if not wanted:
            return found
        for table, since in _TABLES:
            now = known(table) if hasattr(table, "superseded_at") else on_record(table)
            of_them = columns(table, *table.model_fields).where(col(table.cadre_id).in_(wanted), now)
            rows = self._session.execute(of_them.order_by(getattr(table, since)))
            for row in rows.mappings():
                found[row["cadre_id"]][str(table.__tablename__)].append(dict(row))
        return found


def twins(keys: Sequence[tuple[int, str | None, str | None]]) -> dict[int, tuple[str, str]]:
    """Rows whose national id or code stands in another row too: number to column and what to say.

    Args:
        keys: number, national id and code of each row.
    """
    found: dict[int, tuple[str, str]] = {}
    for place, column in ((1, "national_id"), (2, "code")):
        rows: dict[str, list[int]] = defaultdict(list)
        for key in keys:
            value = key[place]
            if value is not None:
                rows[str(value)].append(key[0])
        for numbers in rows.values():
            for number in numbers if len(numbers) > 1 else ():
                others = ", ".join(str(other) for other in numbers if other != number)[:80]
                found.setdefault(number, (column, f"Trùng với dòng {others}. Mỗi người một dòng."))
    return found
