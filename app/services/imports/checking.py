"""The job that checks a file: reads it, judges each row, keeps both; commits every thousand rows."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.models.base import utc_now
from app.models.file import FileContent
from app.models.imports import Import, ImportRow, ImportState, RowState
from app.models.job import JobState
from app.services import bulk
from app.services.errors import DomainError
from app.services.imports.cells import Reader
from app.services.imports.columns import BY_NAME, KEYS
from app.services.imports.drafts import read_line
from app.services.imports.judging import Judge
from app.services.imports.people import twins
from app.services.imports.reading import Line, read
from app.services.imports.world import lists
from app.services.job import Stopped, Work
from app.services.scope import ScopedSession

LOG = logging.getLogger("thenchot.imports")
CHUNK = 1_000
PERMISSION = "import:write"


def check(work: Work) -> None:
    """Stages the rows of an import; a file that can't be read makes it `failed`, saying why."""
    try:
        content, unit_id = _begin(work)
        lines = read(content)[1]
        counts = _stage(work, unit_id, lines, work.today)
        _end(work, counts)
    except DomainError as error:
        fail(work, error.detail)


def _begin(work: Work) -> tuple[bytes, UUID]:
    """The file; what an earlier holder of the job had staged is thrown away."""
    with work.session(PERMISSION) as session:
        work.advance(session, 0, 0)
        row = locked(session, work.subject_id)
        if row.state not in {ImportState.UPLOADED, ImportState.VALIDATING}:
            raise Stopped
        row.state = ImportState.VALIDATING
        session.add(row)
        session.note(row, "import.check")
        bulk.discard(session, ImportRow, import_id=row.id)
        content = session.scalars(
            select(FileContent.content).where(col(FileContent.file_id) == row.file_id)
        ).one()
        session.commit()
        return content, row.unit_id


def _stage(work: Work, unit_id: UUID, lines: Sequence[Line], today: date) -> Counter[str]:
    counts: Counter[str] = Counter()
    with work.session(PERMISSION, writes=False) as reading:
        reader = Reader(lists(reading))
        judge = Judge(reading, today, utc_now(), _twins(lines, reader), writing=False)
        for start in range(0, len(lines), CHUNK):
            drafts = [read_line(line, reader) for line in lines[start : start + CHUNK]]
            judge.judge(drafts)
            for draft in drafts:
                counts[draft.state] += 1
                counts["warned"] += draft.warned
            with work.session(PERMISSION) as session:
                work.advance(session, start + len(drafts), len(lines))
                bulk.write(session, ImportRow, [draft.row(work.subject_id, unit_id) for draft in drafts])
                session.commit()
    return counts


def _twins(lines: Sequence[Line], reader: Reader) -> dict[int, tuple[str, str]]:
    def key(line: Line, name: str) -> Any:  # noqa: ANN401 - a value
        text = line.cells.get(name)
        return reader.read(BY_NAME[name], text).value if text else None

    return twins([(line.number, *(key(line, name) for name in KEYS)) for line in lines])


def _end(work: Work, counts: Counter[str]) -> None:
    with work.session(PERMISSION) as session:
        row = locked(session, work.subject_id)
        if row.state != ImportState.VALIDATING or not work.finish(session, JobState.DONE):
            raise Stopped
        row.state = ImportState.VALIDATED
        row.rows = sum(counts[state] for state in RowState)
        row.new, row.updated = counts[RowState.NEW], counts[RowState.UPDATED]
        row.unchanged, row.errors = counts[RowState.UNCHANGED], counts[RowState.ERROR]
        row.warnings = counts["warned"]
        session.add(row)
        session.note(row, "import.validate")
        session.commit()


def fail(work: Work, detail: str, state: ImportState = ImportState.FAILED) -> None:
    """Ends job and import for a reason that the user is told; nothing of the record was written."""
    with work.house() as session:
        if not work.finish(session, JobState.FAILED, detail):
            return
        row = locked(session, work.subject_id)
        if row.state in {ImportState.CANCELLED, ImportState.COMMITTED}:
            session.commit()
            return
        row.state, row.fault = state, detail[:500]
        if state == ImportState.FAILED:
            row.ended_at = utc_now()
        else:
            row.mode = None
        session.add(row)
        session.note(row, "import.fail", detail)
        session.commit()


def locked(session: ScopedSession, import_id: UUID) -> Import:
    """The import, held against other writers until the commit."""
    statement = select(Import).where(col(Import.id) == import_id).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()
