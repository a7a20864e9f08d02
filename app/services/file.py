"""Files kept in the database: put away with their hash, given back, emptied when they expire."""

import hashlib
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.models.base import nfc, utc_now
from app.models.file import LARGEST, File, FileContent
from app.services.errors import Denied, Invalid
from app.services.scope import ScopedSession

KEPT_DAYS = 30
"""How long the file of an import is kept (design §7)."""

LONGEST_NAME = 200


def add(
    session: ScopedSession,
    *,
    content: bytes,
    name: str,
    content_type: str,
    unit_id: UUID,
    expires_on: date | None,
) -> File:
    """Puts a file away for a unit, until a day or for good; Invalid beyond 20 MB."""
    refuse_large(content)
    actor = session.scope.actor
    if actor is None:
        raise Denied("Tệp cần một người gửi.")
    row = File(
        unit_id=unit_id,
        principal_id=actor.id,
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        expires_on=expires_on,
    )
    session.add(row)
    session.note(row, "file.upload")
    session.flush()
    session.add(FileContent(file_id=row.id, unit_id=unit_id, content=content))
    session.flush()
    return row


def refuse_large(content: bytes) -> None:
    """Invalid beyond 20 MB."""
    if len(content) > LARGEST:
        raise Invalid.at("/file", f"Tệp lớn hơn {LARGEST // 1024 // 1024} MB.")


def plain_name(name: str) -> str:
    """The last part of a file's name, without what a header, a path or a terminal could trip over."""
    last = nfc(name).replace("\\", "/").rpartition("/")[2]
    kept = "".join(letter for letter in last if letter.isprintable() and letter not in '"<>|:*?;')
    return kept[-LONGEST_NAME:] or "tep"


def shape(row: File) -> dict[str, Any]:
    """A file in one line."""
    return {
        "id": row.id,
        "name": row.name,
        "content_type": row.content_type,
        "size": row.size,
        "sha256": row.sha256,
        "expires_on": row.expires_on,
        "removed": row.removed_at is not None,
    }


def expire(session: ScopedSession, today: date) -> int:
    """The daily job: empties the files whose time is over; gives how many. Twice in a day does nothing."""
    over = session.scalars(
        select(File)
        .where(col(File.expires_on) <= today, col(File.removed_at).is_(None))
        .order_by(col(File.id))
    ).all()
    for row in over:
        content = session.get(FileContent, row.id)
        if content is not None:
            content.content = b""
            session.add(content)
        row.removed_at = utc_now()
        session.add(row)
        session.note(row, "file.expire")
        session.flush()
        if content is not None:
            session.expunge(content)
    return len(over)
