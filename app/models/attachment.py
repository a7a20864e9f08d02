"""Attachments: tệp đính kèm. Minutes and conclusions as files of a dossier, one of its meetings or steps."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints
from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, SQLModel

from app.models.base import FORBID, UnitOwned, UtcDateTime, choice
from app.models.dossier import DossierType
from app.models.file import FileRead


class AttachmentKind(StrEnum):
    """What a paper is."""

    MINUTES = "minutes"
    BALLOT_RECORD = "ballot_record"
    CONCLUSION = "conclusion"
    OPINION = "opinion"
    DECISION = "decision"
    OTHER = "other"


class Attachment(UnitOwned, table=True):
    """Where a file belongs: to a dossier, or within it to a meeting or a numbered step (T3).

    Owned by the dossier's unit. Written once; withdrawn with a reason, never taken away or exchanged.
    """

    ownership: ClassVar[str] = "unit"
    __table_args__ = (
        CheckConstraint("meeting_id IS NULL OR step IS NULL", name="place"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL) "
            "AND (withdrawn_at IS NULL) = (withdrawal_reason IS NULL)",
            name="withdrawn",
        ),
        Index("ix_attachment_dossier", "dossier_type", "dossier_id", "file_id"),
    )

    file_id: UUID = Field(primary_key=True, foreign_key="file.id")
    dossier_type: DossierType = Field(sa_type=choice(DossierType, "dossier_type"))
    dossier_id: UUID
    meeting_id: UUID | None = None
    step: int | None = None
    round: int = 1
    """The round of the dossier in which it came; what an earlier round rests on stays."""
    kind: AttachmentKind = Field(sa_type=choice(AttachmentKind, "kind"))
    document_number: str | None = Field(default=None, max_length=120)
    document_date: date | None = None
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    withdrawn_by: UUID | None = Field(default=None, foreign_key="principal.id")
    withdrawal_reason: str | None = Field(default=None, max_length=500)


class WithdrawalCreate(SQLModel):
    """Why a file is withdrawn."""

    model_config = FORBID

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class DossierRef(SQLModel):
    """A dossier by kind and id."""

    type: DossierType
    id: UUID


class WithdrawalRead(SQLModel):
    """When, by whom and why a file was withdrawn."""

    at: str
    by: str
    reason: str


class AttachmentRead(FileRead):
    """A file with the place it belongs to; an import's file has none."""

    dossier: DossierRef | None
    meeting_id: UUID | None
    step: int | None
    round: int | None
    kind: AttachmentKind | None
    document_number: str | None
    document_date: date | None
    uploaded_by: str
    uploaded_at: str
    withdrawn: WithdrawalRead | None
