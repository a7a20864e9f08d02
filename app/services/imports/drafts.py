"""One row on its way: cells as typed, values read, what is wrong, what it would change and write."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlmodel import SQLModel

from app.models.base import new_id
from app.models.imports import RowState
from app.models.title import ManagedBy
from app.services.bulk import Person
from app.services.dated import superseding
from app.services.imports.cells import Reader
from app.services.imports.columns import BY_NAME, Kind
from app.services.imports.reading import Line

ERROR, WARNING = "error", "warning"
_DAYS = frozenset(name for name, column in BY_NAME.items() if column.kind is Kind.DATE)


@dataclass(slots=True)
class Draft:
    """A row of the file and everything found out about it."""

    number: int
    raw: dict[str, str]
    values: dict[str, Any] = field(default_factory=dict)
    messages: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    cadre_id: UUID | None = None
    known: Any = None
    """The person's row in the record; None for somebody new."""
    post: tuple[UUID, UUID, UUID] | None = None
    """Post, unit and title that the row names, once they are found."""
    stray: bool = False
    """Nobody can be said to be meant: nothing else is asked of the row."""
    faulty: bool = False
    warned: bool = False
    written: Person | None = None

    @property
    def state(self) -> RowState:
        """What the row would do."""
        if self.faulty:
            return RowState.ERROR
        if self.known is None:
            return RowState.NEW
        return RowState.UPDATED if self.changes else RowState.UNCHANGED

    def fault(self, column: str, detail: str, accepted: tuple[str, ...] = ()) -> None:
        """Says what is wrong in a cell; the row can't be written."""
        self.faulty = True
        self._say(column, ERROR, detail, accepted)

    def warn(self, column: str, detail: str) -> None:
        """Says what was understood with a doubt; the row is written all the same."""
        self.warned = True
        self._say(column, WARNING, detail, ())

    def _say(self, column: str, level: str, detail: str, accepted: tuple[str, ...]) -> None:
        self.messages.append(
            {
                "column": column,
                "header": BY_NAME[column].header,
                "value": self.raw.get(column, ""),
                "level": level,
                "detail": detail,
                "accepted": list(accepted),
            }
        )

    def get(self, name: str) -> Any:  # noqa: ANN401 - a value
        """The value of a column; None where the cell is empty or wrong."""
        return self.values.get(name)

    # --- what is written -----------------------------------------------------------------------------

    def change(self, column: str, old: str | None, new: str | None) -> None:
        """Says what a cell changes in the record."""
        header = BY_NAME[column].header
        self.changes.append({"column": column, "header": header, "old": old, "new": new})

    def add(self, table: type[SQLModel], row: dict[str, Any]) -> None:
        """A row to be added."""
        if self.written is not None:
            self.written.added.append((table, row))

    def alter(self, table: type[SQLModel], key: UUID, old: dict[str, Any], new: dict[str, Any]) -> None:
        """Columns of a row to be changed."""
        if self.written is not None:
            self.written.changed.append((table, key, old, new))

    def supersede(
        self, table: type[SQLModel], row: dict[str, Any], at: datetime, **changes: object
    ) -> dict[str, Any]:
        """Closes a row of two clocks and adds its successor; gives that."""
        self.alter(table, row["row_id"], {"superseded_at": None}, {"superseded_at": at})
        successor = superseding(row, at, **changes)
        self.add(table, successor)
        return successor

    def begin(self, cadre_id: UUID, unit_id: UUID, managed_by: ManagedBy | None) -> None:
        """From here on what is found is kept to be written."""
        action = "cadre.import_new" if self.known is None else "cadre.import_change"
        self.written = Person(cadre_id, unit_id, managed_by, action)

    # --- kept between check and commit -----------------------------------------------------------------

    def row(self, import_id: UUID, unit_id: UUID) -> dict[str, Any]:
        """The columns of `import_row`."""
        return {
            "import_id": import_id,
            "number": self.number,
            "unit_id": unit_id,
            "state": self.state,
            "warned": self.warned,
            "cadre_id": self.cadre_id,
            "raw": orjson.dumps(self.raw).decode(),
            "parsed": orjson.dumps(self.values).decode(),
            "messages": orjson.dumps(self.messages).decode() if self.messages else None,
            "changes": self.told(),
        }

    def told(self) -> str | None:
        """The changes as they are kept: what was shown is what is written, or nothing is."""
        return orjson.dumps(self.changes).decode() if self.changes else None

    @classmethod
    def kept(cls, number: int, raw: str, parsed: str, cadre_id: UUID | None) -> "Draft":
        """The draft of a row that was checked before, its cells read already."""
        values = orjson.loads(parsed)
        for name in _DAYS & values.keys():
            values[name] = date.fromisoformat(values[name])
        if "birth_date" in values:
            day, precision = values["birth_date"]
            values["birth_date"] = (date.fromisoformat(day), precision)
        return cls(number, orjson.loads(raw), values, cadre_id=cadre_id)


def read_line(line: Line, reader: Reader) -> Draft:
    """The draft of a row of the file: each cell read, each fault said in its cell."""
    draft = Draft(line.number, line.cells)
    for name, text in line.cells.items():
        found = reader.read(BY_NAME[name], text)
        if found.fault:
            draft.fault(name, found.fault, found.accepted)
            continue
        draft.values[name] = found.value
        if found.warning:
            draft.warn(name, found.warning)
    return draft


def fresh_id(draft: Draft) -> UUID:
    """The id of the person a row is about; somebody new keeps the one that the check gave."""
    if draft.cadre_id is None:
        draft.cadre_id = new_id()
    return draft.cadre_id
