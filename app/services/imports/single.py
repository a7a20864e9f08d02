"""Imports over their life: uploaded, read, committed, cancelled; and their rows."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from app.models.access import Principal
from app.models.base import utc_now
from app.models.file import File
from app.models.imports import CommitMode, Import, ImportKind, ImportRow, ImportState, RowState
from app.models.job import Job, JobKind, JobState
from app.models.title import LEVEL_RANK
from app.models.unit import Level, UnitVersion
from app.services import audit, bulk, compliance, file, job
from app.services.dated import live
from app.services.errors import Conflict, Denied, NotFound, Stale
from app.services.imports.checking import PERMISSION
from app.services.imports.columns import BY_NAME
from app.services.imports.drafts import WARNING
from app.services.imports.reading import sniff
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession

_ENDED = frozenset({ImportState.COMMITTED, ImportState.FAILED, ImportState.CANCELLED})
_READ = "Hãy tải lại trang rồi thử lại."
_ELSEWHERE = {
    "column": "code",
    "header": BY_NAME["code"].header,
    "value": "",
    "level": WARNING,
    "detail": "Hồ sơ của người này ngoài phạm vi của tài khoản: kết quả kiểm tra dòng này không hiển thị.",
    "accepted": [],
}


def create(
    session: ScopedSession, *, content: bytes, name: str, kind: ImportKind, unit_id: UUID | None, today: date
) -> Import:
    """Takes a file in and puts its check in line; Invalid where it is no spreadsheet by its content."""
    content_type = sniff(content)
    home = _home(session, unit_id)
    kept = file.add(
        session,
        content=content,
        name=file.plain_name(name),
        content_type=content_type,
        unit_id=home,
        expires_on=today + timedelta(days=file.KEPT_DAYS),
    )
    row = Import(kind=kind, unit_id=home, principal_id=kept.principal_id, file_id=kept.id)
    session.add(row)
    session.note(row, "import.upload")
    session.flush()
    row.job_id = job.enqueue(session, JobKind.IMPORT_CHECK, row.id, home).id
    session.add(row)
    session.flush()
    return row


def _home(session: ScopedSession, unit_id: UUID | None) -> UUID:
    """The unit an import is for: the one named, within reach, else the highest one the caller imports at."""
    actor = session.scope.actor
    if actor is None:
        raise Denied("Nhập liệu cần một người gửi.")
    if unit_id is not None:
        if unit_id not in session.units_within(session.scope.writes, {unit_id}):
            raise Denied("Đơn vị này ngoài phạm vi được nhập.")
        return unit_id
    held = [grant for grant in actor.holding(PERMISSION) if grant.unit_id is not None]
    highest = min(held, key=lambda grant: LEVEL_RANK[grant.level or Level.COMMUNE], default=None)
    if highest is None or highest.unit_id is None:
        raise Denied("Tài khoản không có đơn vị nào để nhập.")
    return highest.unit_id


def commit(session: ScopedSession, import_id: UUID, version: int, *, mode: CommitMode) -> Import:
    """Puts the writing of a checked import in line; Conflict in any other state, or with errors if all."""
    row = lock(session, import_id, version)
    if row.state != ImportState.VALIDATED:
        raise Conflict(f"Tệp đang ở bước «{row.state.value}»: chỉ ghi được khi đã kiểm tra xong. {_READ}")
    if mode == CommitMode.ALL and row.errors:
        raise Conflict(
            f"Có {row.errors} dòng lỗi nên chưa ghi dòng nào. Hãy sửa tệp, hoặc ghi các dòng hợp lệ."
        )
    if not row.new + row.updated:
        raise Conflict("Không có dòng nào để ghi: mọi dòng hợp lệ đã đúng như trong hồ sơ.")
    row.state, row.mode, row.fault = ImportState.COMMITTING, mode, None
    row.job_id = job.enqueue(session, JobKind.IMPORT_COMMIT, row.id, row.unit_id).id
    session.add(row)
    session.note(row, "import.commit_begin")
    session.flush()
    return row


def cancel(session: ScopedSession, import_id: UUID, version: int) -> Import:
    """Ends an import that isn't written yet; what works on it stops at its next step."""
    row = lock(session, import_id, version)
    if row.state in _ENDED:
        raise Conflict("Việc nhập này đã kết thúc; không hủy được nữa.")
    _end(session, row, "import.cancel")
    return row


def expire(session: ScopedSession) -> int:
    """The daily job: drops the rows of imports whose file was emptied; gives how many imports.

    One that nobody wrote ends cancelled: what was written stands in the record and in the log.
    """
    over = session.scalars(
        select(Import)
        .join(File, col(File.id) == col(Import.file_id))
        .where(
            col(File.removed_at).is_not(None),
            select(col(ImportRow.number)).where(col(ImportRow.import_id) == col(Import.id)).exists(),
        )
        .order_by(col(Import.id))
    ).all()
    for row in over:
        if row.state not in _ENDED:
            _end(session, row, "import.expire")
        bulk.discard(session, ImportRow, import_id=row.id)
    return len(over)


def _end(session: ScopedSession, row: Import, action: str) -> None:
    if row.job_id is not None:
        seen = {"id": row.job_id, "state": JobState.QUEUED}
        ended = {"state": JobState.CANCELLED, "ended_at": utc_now()}
        if not bulk.swap(session, Job, seen, ended):
            bulk.swap(session, Job, {"id": row.job_id, "state": JobState.RUNNING}, {"cancel_asked": True})
    row.state, row.mode, row.ended_at = ImportState.CANCELLED, None, utc_now()
    session.add(row)
    session.note(row, action)
    session.flush()


def lock(session: ScopedSession, import_id: UUID, version: int) -> Import:
    """The import, held until the commit; NotFound out of scope, Stale at another version."""
    statement = select(Import).where(col(Import.id) == import_id).with_for_update()
    row = session.scalars(statement.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFound("Không có việc nhập này, hoặc ngoài phạm vi được xem.")
    if row.version != version:
        raise Stale
    return row


# --- reading -----------------------------------------------------------------------------------------


def get(session: ScopedSession, import_id: UUID, today: date) -> dict[str, Any]:
    """One import with its counts, its file and its job."""
    found = session.execute(_statement(today).where(col(Import.id) == import_id)).first()
    if found is None:
        raise NotFound("Không có việc nhập này, hoặc ngoài phạm vi được xem.")
    return _shape(session, found)


def list_(session: ScopedSession, page: Page, today: date, state: ImportState | None = None) -> Slice:
    """The imports the caller may see, newest first."""
    statement = _statement(today)
    narrowed: list[ColumnElement[bool]] = []
    if state is not None:
        narrowed.append(col(Import.state) == state)
    total = None
    if page.count:
        total = session.execute(select(func.count(col(Import.id))).where(*narrowed)).scalar_one()
    newest = page.sort.startswith("-")
    rows = session.execute(
        keyset(statement.where(*narrowed), (col(Import.id),), page, descending=newest)
    ).all()
    return cut([_shape(session, row) for row in rows], [(row.Import.id,) for row in rows], page, total)


def _statement(today: date) -> Any:  # noqa: ANN401 - a select
    unit = (col(UnitVersion.unit_id) == col(Import.unit_id)) & live(UnitVersion, today)
    return (
        select(
            Import,
            File,
            Job,
            col(Principal.username),
            col(UnitVersion.code),
            col(UnitVersion.name),
            col(UnitVersion.level),
        )
        .join(File, col(File.id) == col(Import.file_id))
        .outerjoin(Job, col(Job.id) == col(Import.job_id))
        .join(Principal, col(Principal.id) == col(Import.principal_id))
        .outerjoin(UnitVersion, unit)
    )


def _shape(session: ScopedSession, found: Any) -> dict[str, Any]:  # noqa: ANN401 - a row of the statement
    row: Import = found.Import
    counts = ("rows", "new", "updated", "unchanged", "warnings", "errors", "written")
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "mode": row.mode,
        "unit": {"id": row.unit_id, "code": found.code or "", "name": found.name or "", "level": found.level},
        "username": found.username,
        "file": file.shape(found.File),
        "counts": {name: getattr(row, name) for name in counts},
        "job": job_shape(found.Job) if found.Job is not None else None,
        "fault": row.fault,
        "created_at": audit.instant(row.created_at),
        "ended_at": audit.instant(row.ended_at) if row.ended_at else None,
        "version": row.version,
        "actions": _actions(session, row),
    }


def _actions(session: ScopedSession, row: Import) -> list[str]:
    """What the caller may do with it now, as far as its state and his permission go."""
    actor = session.scope.actor
    if actor is None or PERMISSION not in actor.permissions:
        return []
    found = []
    if row.state == ImportState.VALIDATED and row.new + row.updated:
        found += ["commit_valid"] if row.errors else ["commit_all", "commit_valid"]
    return found if row.state in _ENDED else [*found, "cancel"]


def job_shape(row: Job) -> dict[str, Any]:
    """A job as it is read."""
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "subject_id": row.subject_id,
        "done": row.done,
        "total": row.total,
        "fault": row.fault,
        "created_at": audit.instant(row.created_at),
        "started_at": audit.instant(row.started_at) if row.started_at else None,
        "ended_at": audit.instant(row.ended_at) if row.ended_at else None,
    }


def rows(session: ScopedSession, import_id: UUID, page: Page, kind: str | None = None) -> Slice:
    """The rows of an import in the order of the file, all or of one kind; whose they are is written down."""
    row = _found(session, import_id)
    narrowed = [col(ImportRow.import_id) == import_id]
    if kind == "warning":
        narrowed.append(col(ImportRow.warned).is_(True))
    elif kind is not None:
        narrowed.append(col(ImportRow.state) == RowState(kind))
    total = None
    if page.count:
        total = session.execute(select(func.count(col(ImportRow.number))).where(*narrowed)).scalar_one()
    wanted = ("number", "state", "warned", "cadre_id", "raw", "messages", "changes")
    statement = select(*(col(getattr(ImportRow, name)) for name in wanted)).where(*narrowed)
    found = session.execute(keyset(statement, (col(ImportRow.number),), page)).all()
    hidden = _elsewhere(session, found)
    slice_ = cut([_row(one, hidden) for one in found], [(one.number,) for one in found], page, total)
    people = [one["cadre_id"] for one in slice_.rows if one["cadre_id"] is not None]
    session.saw("import.rows", people, rows=len(slice_.rows), root=row)
    return slice_


def still_read(session: ScopedSession, import_id: UUID) -> None:
    """NotFound where the caller no longer sees an import."""
    _found(session, import_id)


def _found(session: ScopedSession, import_id: UUID) -> Import:
    row = session.scalars(select(Import).where(col(Import.id) == import_id)).first()
    if row is None:
        raise NotFound("Không có việc nhập này, hoặc ngoài phạm vi được xem.")
    return row


def _elsewhere(session: ScopedSession, found: Sequence[Any]) -> set[UUID]:
    """Those persons of some rows whose record stands outside what the caller reads today.

    The rows lie with the unit of the import: who brought them in may have read further than who looks now.
    Somebody new has an id already, but no record until the import is written.
    """
    return compliance.out_of_sight(session, (one.cadre_id for one in found if one.cadre_id is not None))


def _row(found: Any, hidden: set[UUID]) -> dict[str, Any]:  # noqa: ANN401 - a row of import_row
    elsewhere = found.cadre_id in hidden
    return {
        "number": found.number,
        "state": found.state,
        "warned": found.warned,
        "cadre_id": None if elsewhere else found.cadre_id,
        "cells": orjson.loads(found.raw),
        "messages": [_ELSEWHERE] if elsewhere else orjson.loads(found.messages or "[]"),
        "changes": [] if elsewhere else orjson.loads(found.changes or "[]"),
    }


def faulty(session: ScopedSession, import_id: UUID) -> list[dict[str, Any]]:
    """The rows with errors, for the workbook that gives them back."""
    row = _found(session, import_id)
    if row.state in {ImportState.UPLOADED, ImportState.VALIDATING}:
        raise Conflict("Tệp chưa kiểm tra xong.")
    wanted = ("number", "state", "warned", "cadre_id", "raw", "messages", "changes")
    statement = select(*(col(getattr(ImportRow, name)) for name in wanted)).where(
        col(ImportRow.import_id) == import_id, col(ImportRow.state) == RowState.ERROR
    )
    found = session.execute(statement.order_by(col(ImportRow.number))).all()
    hidden = _elsewhere(session, found)
    rows = [_row(one, hidden) for one in found]
    people = [one["cadre_id"] for one in rows if one["cadre_id"] is not None]
    session.saw("import.errors", people, rows=len(rows), root=row)
    return rows
