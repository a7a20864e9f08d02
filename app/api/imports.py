"""Imports over HTTP: template, upload, rows with what is wrong in them, commit, cancel, faulty rows back."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, File, Query, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict

from app.api import answers
from app.api.deps import IfMatch, Paging, Today, etag, may, paging
from app.api.route import ContractRoute
from app.models.imports import (
    ImportColumn,
    ImportCommit,
    ImportKind,
    ImportRead,
    ImportRowRead,
    ImportState,
)
from app.services import imports
from app.services.imports.reading import CSV, XLSX
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["imports"])
Reading = Annotated[ScopedSession, may("import:read")]
Writing = Annotated[ScopedSession, may("import:write")]

_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


class RowKind(StrEnum):
    """Rows by what they would do, or by whether something is to be said of them."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    ERROR = "error"
    WARNING = "warning"


class TemplateFormat(StrEnum):
    """What kind of file the template is."""

    XLSX = "xlsx"
    CSV = "csv"


class ImportUpload(BaseModel):
    """A spreadsheet of at most 20 MB, and what it brings in."""

    model_config = ConfigDict(extra="forbid")

    file: UploadFile
    kind: ImportKind
    unit_id: UUID | None = None


def _sent(content: bytes, content_type: str, name: str) -> Response:
    return Response(
        content, media_type=content_type, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@router.get("/imports", response_model=answers.list_shape(ImportRead))
def list_imports(
    request: Request,
    db: Reading,
    today: Today,
    pages: Annotated[Paging, paging("-made")],
    state: Annotated[ImportState | None, Query(description="Only those in this state")] = None,
) -> Response:
    """The imports within reach, newest first, with their counts and how far their jobs are."""
    return answers.page_of(request, pages, imports.list_(db, pages.page, today, state))


@router.post("/imports", status_code=201, response_model=ImportRead)
def upload_import(
    response: Response, db: Writing, today: Today, data: Annotated[ImportUpload, File()]
) -> dict[str, Any]:
    """Takes a file in; its check begins at once. Nothing of the record is written before the commit."""
    row = imports.create(
        db,
        content=data.file.file.read(),
        name=data.file.filename or "",
        kind=data.kind,
        unit_id=data.unit_id,
        today=today,
    )
    response.headers["Location"] = f"/api/v1/imports/{row.id}"
    etag(response, row.version)
    return imports.get(db, row.id, today)


@router.get("/imports/columns", response_model=answers.list_shape(ImportColumn))
def list_import_columns(db: Reading) -> Response:
    """The columns of the template: header, kind, whether a new person needs it, what is accepted."""
    return answers.whole(imports.columns(db))


@router.get(
    "/imports/template",
    response_class=Response,
    responses={200: {"content": {XLSX: _BYTES, CSV: _BYTES}, "description": "The template"}},
)
def import_template(
    db: Reading,
    as_: Annotated[
        TemplateFormat, Query(alias="format", description="xlsx (default) or csv")
    ] = TemplateFormat.XLSX,
) -> Response:
    """The template with Vietnamese headers; in .xlsx with the code lists as drop-downs."""
    if as_ is TemplateFormat.CSV:
        return _sent(imports.template_csv(), CSV, "mau-nhap-can-bo.csv")
    return _sent(imports.template_xlsx(db), XLSX, "mau-nhap-can-bo.xlsx")


@router.get("/imports/{import_id}", response_model=ImportRead)
def get_import(response: Response, db: Reading, today: Today, import_id: UUID) -> dict[str, Any]:
    """One import: state, the four counts, its file, its job, what may be done with it now."""
    found = imports.get(db, import_id, today)
    etag(response, found["version"])
    return found


@router.get("/imports/{import_id}/rows", response_model=answers.list_shape(ImportRowRead))
def list_import_rows(
    request: Request,
    db: Reading,
    import_id: UUID,
    pages: Annotated[Paging, paging("number")],
    kind: Annotated[RowKind | None, Query(description="Only rows of this kind")] = None,
) -> Response:
    """The rows in the order of the file: cells as typed, messages by cell, old and new values."""
    return answers.page_of(
        request, pages, imports.rows(db, import_id, pages.page, kind.value if kind is not None else None)
    )


@router.post("/imports/{import_id}/commit", status_code=202, response_model=ImportRead)
def commit_import(
    response: Response, db: Writing, today: Today, import_id: UUID, version: IfMatch, *, data: ImportCommit
) -> dict[str, Any]:
    """Begins to write: all rows or none (`all`), or those without errors (`valid`)."""
    row = imports.ask_commit(db, import_id, version, mode=data.mode)
    etag(response, row.version)
    return imports.get(db, import_id, today)


@router.post("/imports/{import_id}/cancel", response_model=ImportRead)
def cancel_import(
    response: Response, db: Writing, today: Today, import_id: UUID, version: IfMatch
) -> dict[str, Any]:
    """Ends an import that isn't written; nothing of it stands in the record."""
    row = imports.cancel(db, import_id, version)
    etag(response, row.version)
    return imports.get(db, import_id, today)


@router.get(
    "/imports/{import_id}/errors.xlsx",
    response_class=Response,
    responses={200: {"content": {XLSX: _BYTES}, "description": "The faulty rows with their reasons"}},
)
def import_errors(db: Reading, import_id: UUID) -> Response:
    """The rows with errors as they were typed, each with its reasons; to be mended and uploaded again."""
    return _sent(imports.errors_xlsx(db, imports.faulty(db, import_id)), XLSX, "dong-loi.xlsx")
