"""Imports: nhập liệu từ bảng tính. The plural in module names, since `import` is a word of the language.

A file is staged row by row, each row with what is wrong in it, and written in one transaction or not at all.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models.base import FORBID, UnitOwned, UtcDateTime, choice, new_id, utc_now
from app.models.file import FileRead
from app.models.job import JobRead
from app.models.unit import UnitRef


class ImportKind(StrEnum):
    """What a file brings in."""

    CADRES = "cadres"


class ImportState(StrEnum):
    """Life of an import; nothing of the record is written before `committed`."""

    UPLOADED = "uploaded"
    VALIDATING = "validating"
    VALIDATED = "validated"
    COMMITTING = "committing"
    COMMITTED = "committed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class CommitMode(StrEnum):
    """All rows or none, or those without errors."""

    ALL = "all"
    VALID = "valid"


class RowState(StrEnum):
    """What a row would do to the record."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    ERROR = "error"


class Import(UnitOwned, table=True):
    """One file brought in by one person for one unit, with its four counts."""

    __tablename__ = "import"
    __table_args__ = (
        CheckConstraint("mode IS NOT NULL OR state NOT IN ('committing', 'committed')", name="mode_said"),
        Index("ix_import_unit_made", "unit_id", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: ImportKind = Field(sa_type=choice(ImportKind, "kind"))
    state: ImportState = Field(default=ImportState.UPLOADED, sa_type=choice(ImportState, "state"))
    mode: CommitMode | None = Field(default=None, sa_type=choice(CommitMode, "mode"))
    principal_id: UUID = Field(foreign_key="principal.id")
    file_id: UUID = Field(foreign_key="file.id")
    job_id: UUID | None = Field(default=None, foreign_key="job.id")
    rows: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    warnings: int = 0
    errors: int = 0
    written: int = 0
    fault: str | None = Field(default=None, max_length=500)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1


class ImportRow(UnitOwned, table=True):
    """One row of a file: as it stood there, what was read of it, what it would do, what is wrong."""

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_state", "import_id", "state", "number"),)

    import_id: UUID = Field(primary_key=True, foreign_key="import.id")
    number: int = Field(primary_key=True)
    """The row's number in the file, the header being among the first."""
    state: RowState = Field(sa_type=choice(RowState, "state"))
    warned: bool = False
    cadre_id: UUID | None = None
    """Who it is about: found in the record, or the id that the new person gets."""
    raw: str
    """Cells as typed, a JSON object of column to text."""
    parsed: str
    """What was read of them, a JSON object of column to value."""
    messages: str | None = None
    """A JSON list of messages; none where nothing is to be said."""
    changes: str | None = None
    """A JSON list of old and new values of a row that changes somebody."""


class ImportCommit(SQLModel):
    """Writes what was validated."""

    model_config = FORBID

    mode: CommitMode = CommitMode.ALL


class CellMessage(SQLModel):
    """What is to be said of one cell: the value typed, what is wrong, what would be taken."""

    column: str
    header: str
    value: str
    level: str
    detail: str
    accepted: list[str]


class CellDiff(SQLModel):
    """One value that changes: what stands in the record, what the file says."""

    column: str
    header: str
    old: str | None
    new: str | None


class ImportCounts(SQLModel):
    """How many rows would do what; `warnings` counts rows among the others."""

    rows: int
    new: int
    updated: int
    unchanged: int
    warnings: int
    errors: int
    written: int


class ImportRead(SQLModel):
    """An import with its counts, its file and the job that works on it."""

    id: UUID
    kind: ImportKind
    state: ImportState
    mode: CommitMode | None
    unit: UnitRef
    username: str
    file: FileRead
    counts: ImportCounts
    job: JobRead | None
    fault: str | None
    created_at: str
    ended_at: str | None
    version: int
    actions: list[str]


class ImportRowRead(SQLModel):
    """One row of a file with what it would do and what is wrong in it."""

    number: int
    state: RowState
    warned: bool
    cadre_id: UUID | None
    cells: dict[str, str]
    messages: list[CellMessage]
    changes: list[CellDiff]


class ImportColumn(SQLModel):
    """One column of the template: what it is called and what its cells may hold."""

    name: str
    header: str
    kind: str
    required: bool
    note: str
    accepted: list[str]
