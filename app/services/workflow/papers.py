"""The files a step was taken on: their hashes stand in its snapshot, so that none is exchanged afterwards."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.attachment import Attachment
from app.models.file import File
from app.services.scope import ScopedSession
from app.services.workflow.table import Table


def papers(session: ScopedSession, table: Table, dossier_id: UUID) -> list[dict[str, Any]]:
    """The files of a dossier that aren't withdrawn, the oldest first, as JSON."""
    rows = session.execute(
        select(Attachment, File)
        .join(File, col(File.id) == col(Attachment.file_id))
        .where(
            col(Attachment.dossier_type) == table.type,
            col(Attachment.dossier_id) == dossier_id,
            col(Attachment.withdrawn_at).is_(None),
        )
        .order_by(col(File.id))
    )
    return [
        {
            "id": str(file.id),
            "name": file.name,
            "kind": place.kind.value,
            "meeting_id": str(place.meeting_id) if place.meeting_id is not None else None,
            "step": place.step,
            "sha256": file.sha256,
        }
        for place, file in rows
    ]
