"""Files put with a dossier, and withdrawn from it: while its list may change, by who may change it."""

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from app.models.attachment import Attachment, AttachmentKind
from app.models.base import HANOI, nfc, utc_now
from app.models.dossier import DossierType
from app.models.file import File
from app.services import file
from app.services.attachments.naming import clean_name
from app.services.attachments.places import PLACES
from app.services.attachments.reading import refuse_reader
from app.services.attachments.sniffing import named, sniff
from app.services.errors import Conflict, Denied, Fault, Invalid, NotFound
from app.services.scope import ScopedSession

MEGABYTE = 1024 * 1024
LONGEST_NUMBER = 120


@dataclass(frozen=True, slots=True)
class Given:
    """What is said of a file that is sent: where it belongs and what paper it is."""

    dossier_type: DossierType
    dossier_id: UUID
    kind: AttachmentKind
    meeting_id: UUID | None = None
    step: int | None = None
    document_number: str | None = None
    document_date: date | None = None


def attach(
    session: ScopedSession, *, given: Given, content: bytes, name: str, most_megabytes: int, today: date
) -> UUID:
    """Puts a file with a dossier; gives its id.

    NotFound and Denied by scope and kinship; Conflict where the dossier takes none now, has this very file in
    this place, or is full; Invalid for what the file is, its name, its place or its paper.
    """
    root = _held(session, given.dossier_type, given.dossier_id, None)
    place = PLACES[given.dossier_type]
    place.seat(session, root, given.meeting_id, given.step)
    number = _checked(given, today)
    file.refuse_large(content)
    sort = sniff(content)
    kept_name = named(clean_name(name), sort)
    _refuse_twice(session, given, hashlib.sha256(content).hexdigest())
    _refuse_full(session, given, len(content), most_megabytes)
    row = file.add(
        session,
        content=content,
        name=kept_name,
        content_type=sort.content_type,
        unit_id=root.unit_id,
        expires_on=None,
    )
    session.add(
        Attachment(
            file_id=row.id,
            unit_id=root.unit_id,
            dossier_type=given.dossier_type,
            dossier_id=given.dossier_id,
            meeting_id=given.meeting_id,
            step=given.step,
            round=root.round,
            kind=given.kind,
            document_number=number,
            document_date=given.document_date,
        )
    )
    session.note(root, f"{given.dossier_type.value}.file.add")
    session.flush()
    return row.id


def withdraw(session: ScopedSession, file_id: UUID, version: int, *, reason: str) -> None:
    """Withdraws a file with its reason: it stays in the database and is shown to inspectors alone.

    Stale where `version` is no longer the dossier's; Conflict where the dossier takes no change now, where
    the file is withdrawn already, or came in an earlier round, which was decided on with it.
    """
    this = col(Attachment.file_id) == file_id
    found = session.execute(
        select(col(Attachment.dossier_type), col(Attachment.dossier_id)).where(this)
    ).first()
    if found is None:
        raise NotFound("Không có tệp này trong hồ sơ nào, hoặc tệp ngoài phạm vi được xem.")
    root = _held(session, found.dossier_type, found.dossier_id, version)
    # Read under the dossier's lock: of two who withdraw at once the second one sees the first.
    row = session.scalars(select(Attachment).where(this)).one()
    if row.withdrawn_at is not None:
        raise Conflict("Tệp này đã được rút trước đó.")
    if row.round != root.round:
        raise Conflict("Tệp này thuộc kỳ trước, hồ sơ đã được quyết định cùng tệp nên không rút được.")
    if not any(letter.isalnum() for letter in reason):
        raise Invalid.at("/reason", "Hãy ghi rõ lý do rút tệp.")
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - _held refuses whoever is nobody
    row.withdrawn_at, row.withdrawn_by, row.withdrawal_reason = utc_now(), actor.id, nfc(reason)
    session.add(row)
    session.note(root, f"{row.dossier_type.value}.file.withdraw", row.withdrawal_reason)
    session.flush()


def _held(session: ScopedSession, kind: DossierType, dossier_id: UUID, version: int | None) -> Any:  # noqa: ANN401 - any dossier
    """The dossier, locked, if this caller may change its files now."""
    place, actor = PLACES[kind], session.scope.actor
    root = place.lock(session, dossier_id, version)
    refuse_reader(session, kind, root.unit_id)
    if actor is None or not session.units_within(actor.reach(place.writes), {root.unit_id}):
        raise Denied("Đơn vị của hồ sơ ngoài phạm vi được thêm, rút tệp.")
    place.refuse(session, root)
    return root


def _checked(given: Given, today: date) -> str | None:
    """The number of the paper in one spelling; Invalid for what no paper bears."""
    number = nfc(given.document_number) if given.document_number else None
    faults = []
    if number and (len(number) > LONGEST_NUMBER or not number.isprintable()):
        detail = f"Số văn bản dài nhất {LONGEST_NUMBER} ký tự, không có ký tự điều khiển."
        faults.append(Fault("/document_number", detail))
    if given.document_date is not None and given.document_date > today:
        faults.append(Fault("/document_date", f"Ngày văn bản không thể sau hôm nay ({today:%d/%m/%Y})."))
    if faults:
        raise Invalid("Hãy sửa các mục nêu dưới đây.", faults)
    return number or None


def _of_dossier(given: Given) -> list[Any]:
    return [
        col(Attachment.dossier_type) == given.dossier_type,
        col(Attachment.dossier_id) == given.dossier_id,
    ]


def _refuse_full(session: ScopedSession, given: Given, size: int, most_megabytes: int) -> None:
    """Conflict beyond the quota; what was withdrawn still takes its room."""
    held = session.execute(
        select(func.coalesce(func.sum(col(File.size)), 0))
        .join(Attachment, col(Attachment.file_id) == col(File.id))
        .where(*_of_dossier(given))
    ).scalar_one()
    if int(held) + size > most_megabytes * MEGABYTE:
        raise Conflict(
            f"Các tệp của hồ sơ đã chiếm {-(-int(held) // MEGABYTE)} MB, nhiều nhất là {most_megabytes} MB "
            "(kể cả tệp đã rút). Hãy giảm dung lượng tệp, hoặc báo quản trị hệ thống nâng mức."
        )


def _refuse_twice(session: ScopedSession, given: Given, sha256: str) -> None:
    """Conflict, naming it, where this very file stands in this place already."""
    standing = session.scalars(
        select(File)
        .join(Attachment, col(Attachment.file_id) == col(File.id))
        .where(
            *_of_dossier(given),
            col(Attachment.meeting_id).is_not_distinct_from(given.meeting_id),
            col(Attachment.step).is_not_distinct_from(given.step),
            col(Attachment.withdrawn_at).is_(None),
            col(File.sha256) == sha256,
        )
        .limit(1)
    ).first()
    if standing is not None:
        day = standing.created_at.astimezone(HANOI).date()
        raise Conflict(f"Tệp này đã có ở đây với tên «{standing.name}», tải lên ngày {day:%d/%m/%Y}.")
