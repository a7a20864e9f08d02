"""Files: tệp. Uploads and attachments as rows of the database, never a served folder."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field, SQLModel

from app.models.base import UnitOwned, UtcDateTime, new_id, utc_now

LARGEST = 20 * 1024 * 1024
"""Bytes of the largest file that is taken (design §7)."""


class File(UnitOwned, table=True):
    """What a file is called, is and weighs; its bytes stand in `file_content`."""

    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    principal_id: UUID = Field(foreign_key="principal.id")
    name: str = Field(max_length=200)
    content_type: str = Field(max_length=120)
    size: int
    sha256: str = Field(max_length=64)
    expires_on: date | None = Field(default=None, index=True)
    """The day its bytes go; None: they stay as long as the dossier they belong to."""
    removed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class FileContent(UnitOwned, table=True):
    """The bytes of a file; emptied when it expires."""

    __tablename__ = "file_content"

    file_id: UUID = Field(primary_key=True, foreign_key="file.id")
    content: bytes = Field(sa_type=LargeBinary)


class FileRead(SQLModel):
    """A file in one line; `removed` once its bytes are gone."""

    id: UUID
    name: str
    content_type: str
    size: int
    sha256: str
    expires_on: date | None
    removed: bool
