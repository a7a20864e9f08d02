"""Judges rows chunk by chunk: whom they are about, where, what is wrong, what they would change."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from app.models.base import nfc, search_key, sort_key
from app.models.cadre import BirthPrecision, Cadre, LegalCategory, Sex
from app.services.cadre.writing import OLDEST, YOUNGEST
from app.services.dated import age_on
from app.services.imports.columns import REQUIRED
from app.services.imports.drafts import Draft, fresh_id
from app.services.imports.facts import FactsOf, Span, shown
from app.services.imports.grade import GradeOf
from app.services.imports.people import FIELDS, Facts, Matcher
from app.services.imports.seat import SeatOf, locate
from app.services.imports.world import World
from app.services.scope import ScopedSession

_PLAIN = ("full_name", "other_names", "ethnicity", "religion", "hometown", "birthplace", "national_id")
_ENUMS: dict[str, Any] = {"sex": Sex, "legal_category": LegalCategory}


class Judge:
    """Holds rows against the record in one session; asked chunk by chunk, in the order of the file."""

    def __init__(
        self,
        session: ScopedSession,
        today: date,
        at: datetime,
        twins: dict[int, tuple[str, str]],
        *,
        writing: bool,
    ) -> None:
        self.world = World(session, today)
        self._matcher = Matcher(session)
        self._twins = twins
        self._today = today
        self._at = at
        self._writing = writing

    def judge(self, drafts: Sequence[Draft]) -> None:
        """Leaves in each draft its state, its messages, its changes and, if writing, its rows."""
        for draft in drafts:
            twin = self._twins.get(draft.number)
            if twin is not None:
                draft.fault(*twin)
        self._matcher.match(drafts)
        for draft in drafts:
            locate(draft, self.world)
        self.world.load_seats({draft.post[0] for draft in drafts if draft.post is not None})
        facts = self._matcher.facts(drafts)
        for draft in drafts:
            self._judge(draft, facts)

    def _judge(self, draft: Draft, facts: Facts) -> None:
        if draft.stray:
            return
        if draft.known is None:
            for name in REQUIRED:
                if name not in draft.raw and not (
                    name == "national_id" and draft.faulty and "code" in draft.raw
                ):
                    draft.fault(name, "Người mới cần ô này.")
        if draft.faulty and draft.known is None and draft.post is None:
            return
        held: dict[str, list[Span]] = facts.get(draft.known.id, {}) if draft.known is not None else {}
        self._begin(draft)
        values = self._fields(draft)
        FactsOf(draft, held, self._today, self._at).judge(self.world.lists)
        if not draft.faulty:
            SeatOf(draft, held.get("assignment_span", []), self.world, self._at).judge()
        GradeOf(draft, held, self.world, self._at).judge()
        if not draft.faulty and draft.written is not None:
            self._person(draft, values)

    def _begin(self, draft: Draft) -> None:
        key = fresh_id(draft)
        if not self._writing and draft.known is None:
            return
        known = draft.known
        if known is not None:
            draft.begin(key, known.unit_id, known.managed_by)
        elif draft.post is not None:
            draft.begin(key, draft.post[1], None)

    # --- the person proper -----------------------------------------------------------------------------

    def _fields(self, draft: Draft) -> dict[str, Any]:
        """The columns of the person that the row says, checked."""
        values = {name: draft.get(name) for name in _PLAIN if draft.get(name) is not None}
        for name, kind in _ENUMS.items():
            if draft.get(name) is not None:
                values[name] = kind(draft.get(name))
        born = draft.get("birth_date")
        if born is not None:
            values["birth_date"], values["birth_precision"] = born[0], BirthPrecision(born[1])
            if not YOUNGEST <= age_on(born[0], self._today) <= OLDEST:
                draft.fault("birth_date", f"Tuổi phải từ {YOUNGEST} đến {OLDEST}. Hãy kiểm tra năm sinh.")
        commune = draft.get("hometown_commune")
        if commune is not None:
            found = self.world.place(commune, draft.get("hometown_district") or "", communes=True)
            if found.place is None:
                draft.fault(found.column, found.fault, found.accepted)
            else:
                values["hometown_unit_id"] = found.place.id
        if draft.known is not None and not draft.faulty:
            self._compare(draft, values)
        return values

    def _compare(self, draft: Draft, values: dict[str, Any]) -> None:
        """Says what the row changes in the person, old value and new; a new name is asked about."""
        known = draft.known
        for name, value in values.items():
            if getattr(known, name) == value or name in {"birth_date", "birth_precision"}:
                continue
            column = "hometown_commune" if name == "hometown_unit_id" else name
            draft.change(column, self._shown(name, getattr(known, name)), self._shown(name, value))
        if "birth_date" in values:
            old = (known.birth_date, known.birth_precision)
            new = (values["birth_date"], values["birth_precision"])
            if old != new:
                draft.change("birth_date", _birth(*old), _birth(*new))
        if "full_name" in values and search_key(known.full_name) != search_key(values["full_name"]):
            draft.warn("full_name", f"Hồ sơ ghi tên khác: {known.full_name}. Hãy chắc đây là cùng một người.")

    def _person(self, draft: Draft, values: dict[str, Any]) -> None:
        """The row of the person, added or changed once."""
        written = draft.written
        assert written is not None  # noqa: S101 - asked by the caller
        if draft.known is None:
            self._newcomer(draft, values)
            return
        known = draft.known
        new = {name: value for name, value in values.items() if getattr(known, name) != value}
        if "full_name" in new:
            new |= {"search_key": search_key(new["full_name"]), "sort_key": sort_key(new["full_name"])}
        if written.unit_id != known.unit_id:
            new["unit_id"] = written.unit_id
        if written.managed_by != known.managed_by:
            new["managed_by"] = written.managed_by
        if new:
            old = {name: getattr(known, name, None) for name in new}
            draft.alter(Cadre, known.id, old, new)

    def _newcomer(self, draft: Draft, values: dict[str, Any]) -> None:
        written = draft.written
        assert written is not None  # noqa: S101 - asked by the caller
        name = nfc(values["full_name"])
        row = dict.fromkeys(_EMPTY)
        row |= dict.fromkeys(FIELDS) | values
        row |= {
            "id": written.cadre_id,
            "unit_id": written.unit_id,
            "managed_by": written.managed_by,
            "code": "",
            "search_key": search_key(name),
            "sort_key": sort_key(name),
            "is_stub": False,
            "recorded_at": self._at,
            "changed_at": self._at,
            "version": 1,
        }
        written.added.insert(0, (Cadre, row))

    def _shown(self, name: str, value: Any) -> str | None:  # noqa: ANN401 - a column's value
        if value is None:
            return None
        if name == "hometown_unit_id":
            place = self.world.places.get(value)
            return place.name if place is not None else "?"
        if isinstance(value, date):
            return shown(value)
        words = self.world.lists[name].words if name in self.world.lists else {}
        return words.get(str(value), str(value))


_EMPTY = tuple(name for name in Cadre.model_fields if name not in FIELDS)
"""Columns of the person that the file doesn't speak of."""


def _birth(day: date, precision: BirthPrecision) -> str:
    if precision == BirthPrecision.YEAR:
        return f"{day:%Y}"
    return f"{day:%m/%Y}" if precision == BirthPrecision.MONTH else str(shown(day))
