"""Files as they are read: in scope with their dossier, by who reads what is restricted, each read told."""

import hashlib
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.access import Principal
from app.models.attachment import Attachment
from app.models.dossier import DossierType
from app.models.file import File, FileContent
from app.services import file
from app.services.attachments.places import PLACES
from app.services.audit import instant
from app.services.errors import Conflict, Denied, NotFound
from app.services.scope import ScopedSession
from app.services.scope.roles import T3

Row = dict[str, Any]
IMPORTS = "import:read"
INSPECTS = "audit:read"
"""Who reads the log of a unit reads what was withdrawn there."""

_MISSING = "Không có tệp này, hoặc tệp ngoài phạm vi được xem."
_WITHDRAWER = aliased(Principal)


def list_(session: ScopedSession, dossier_type: DossierType, dossier_id: UUID) -> list[Row]:
    """The files of a dossier, the oldest first; withdrawn ones only for inspectors. The read is told."""
    root = PLACES[dossier_type].find(session, dossier_id)
    refuse_reader(session, dossier_type, root.unit_id)
    statement = _statement().where(
        col(Attachment.dossier_type) == dossier_type, col(Attachment.dossier_id) == dossier_id
    )
    if not _reaches(session, INSPECTS, root.unit_id):
        statement = statement.where(col(Attachment.withdrawn_at).is_(None))
    rows = [_shape(row) for row in session.execute(statement.order_by(col(File.id)))]
    session.saw("file.list", [], rows=len(rows), root=root)
    return rows


def get(session: ScopedSession, file_id: UUID) -> tuple[Row, int | None]:
    """What a file is and where it belongs, and the version of its dossier; None for an import's."""
    row, version = _readable(session, file_id)
    session.saw("file.get", [], rows=1, root=row.File)
    return _shape(row), version


def written(session: ScopedSession, file_id: UUID) -> tuple[Row, int | None]:
    """The same for who has just put it there or withdrawn it: that is in the log already."""
    row, version = _readable(session, file_id, withdrawn=True)
    return _shape(row), version


def content(session: ScopedSession, file_id: UUID) -> tuple[File, bytes]:
    """A file with its bytes; NotFound once they are gone, or withdrawn. Who fetches it is written down.

    Conflict where they are no longer those that were sent: whoever got at the database exchanged them.
    """
    row, _version = _readable(session, file_id)
    kept: File = row.File
    if kept.removed_at is not None:
        raise NotFound(f"Tệp đã được xóa sau {file.KEPT_DAYS} ngày.")
    found = session.scalars(select(col(FileContent.content)).where(col(FileContent.file_id) == file_id)).one()
    if hashlib.sha256(found).hexdigest() != kept.sha256:
        raise Conflict(
            "Nội dung đang lưu không khớp mã SHA-256 ghi lúc tải lên nên không được đưa ra. "
            "Hãy báo quản trị hệ thống và ủy ban kiểm tra."
        )
    session.saw("file.download", [], rows=1, root=kept)
    return kept, found


def still_read(session: ScopedSession, file_id: UUID) -> None:
    """NotFound or Denied where the caller may no longer read what a kept answer is about; else tells it."""
    row, _version = _readable(session, file_id, withdrawn=True)
    session.saw("idempotency.replay", [], rows=1, root=row.File)


def refuse_reader(session: ScopedSession, dossier_type: DossierType, unit_id: UUID) -> None:
    """NotFound for who doesn't read the dossier, Denied for who doesn't read what is restricted in it."""
    if not _reaches(session, PLACES[dossier_type].reads, unit_id):
        raise NotFound(_MISSING)
    if not session.scope.reads_tier(T3):
        raise Denied("Tài khoản này không được xem tệp của hồ sơ.")


def _readable(session: ScopedSession, file_id: UUID, *, withdrawn: bool = False) -> tuple[Any, int | None]:
    """The row of a file this caller may read, and its dossier's version."""
    row = session.execute(_statement(outer=True).where(col(File.id) == file_id)).first()
    if row is None:
        raise NotFound(_MISSING)
    place: Attachment | None = row.Attachment
    if place is None:
        if not _reaches(session, IMPORTS, row.File.unit_id):
            raise NotFound(_MISSING)
        return row, None
    root = PLACES[place.dossier_type].find(session, place.dossier_id)
    refuse_reader(session, place.dossier_type, root.unit_id)
    if place.withdrawn_at is not None and not withdrawn and not _reaches(session, INSPECTS, root.unit_id):
        raise NotFound("Tệp này đã được rút khỏi hồ sơ.")
    return row, root.version


def _reaches(session: ScopedSession, permission: str, unit_id: UUID) -> bool:
    """Whether the caller holds a permission at a unit."""
    actor = session.scope.actor
    return actor is not None and bool(session.units_within(actor.reach(permission), {unit_id}))


def _statement(*, outer: bool = False) -> Any:  # noqa: ANN401 - a select
    """Files with their places and who put them there; never their bytes."""
    by, withdrawer = col(Principal.display_name), col(_WITHDRAWER.display_name)
    return (
        select(File, Attachment)
        .add_columns(by.label("by"), withdrawer.label("withdrawer"))
        .join(Attachment, col(Attachment.file_id) == col(File.id), isouter=outer)
        .join(Principal, col(Principal.id) == col(File.principal_id))
        .outerjoin(_WITHDRAWER, col(_WITHDRAWER.id) == col(Attachment.withdrawn_by))
    )


def _shape(row: Any) -> Row:  # noqa: ANN401 - a row of the statement
    place: Attachment | None = row.Attachment
    told: Row = {
        **file.shape(row.File),
        "dossier": None,
        "meeting_id": None,
        "step": None,
        "round": None,
        "kind": None,
        "document_number": None,
        "document_date": None,
        "uploaded_by": row.by,
        "uploaded_at": instant(row.File.created_at),
        "withdrawn": None,
    }
    if place is None:
        return told
    told["dossier"] = {"type": place.dossier_type, "id": place.dossier_id}
    told |= {
        name: getattr(place, name)
        for name in ("meeting_id", "step", "round", "kind", "document_number", "document_date")
    }
    if place.withdrawn_at is not None:
        told["withdrawn"] = {
            "at": instant(place.withdrawn_at),
            "by": row.withdrawer,
            "reason": place.withdrawal_reason,
        }
    return told
