"""Files over HTTP: papers put with a dossier, listed, given back, withdrawn; and the files of imports."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, File, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict

from app.api import answers, target
from app.api.deps import IfMatch, Today, etag, may, settings_of
from app.api.route import ContractRoute
from app.models.attachment import AttachmentKind, AttachmentRead, WithdrawalCreate
from app.models.dossier import DossierType
from app.services import attachments
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["files"])
Reading = Annotated[ScopedSession, may("file:read")]
Writing = Annotated[ScopedSession, may("file:write")]


class FileUpload(BaseModel):
    """A paper of at most 20 MB, the dossier it belongs to, and what paper it is."""

    model_config = ConfigDict(extra="forbid")

    file: UploadFile
    dossier_type: DossierType
    dossier_id: UUID
    kind: AttachmentKind
    meeting_id: UUID | None = None
    step: int | None = None
    document_number: str | None = None
    document_date: date | None = None


@router.get("/files", response_model=answers.list_shape(AttachmentRead))
def list_files(db: Reading, dossier_type: DossierType, dossier_id: UUID) -> Response:
    """The files of a dossier, the oldest first (T3); withdrawn ones with their reason, for inspectors."""
    return answers.whole(attachments.list_(db, dossier_type, dossier_id))


@router.post("/files", status_code=201, response_model=AttachmentRead)
def upload_file(request: Request, db: Writing, today: Today, data: Annotated[FileUpload, File()]) -> Response:
    """Puts a file with a dossier, by its content PDF, .docx, .xlsx, PNG or JPEG; 409 names one that is there.

    The dossier takes files while its list may change.
    """
    target.about(request, data.dossier_type.value, data.dossier_id)
    file_id = attachments.attach(
        db,
        given=attachments.Given(**data.model_dump(exclude={"file"})),
        content=data.file.file.read(),
        name=data.file.filename or "",
        most_megabytes=settings_of(request).files_per_dossier_mb,
        today=today,
    )
    answer = _told(attachments.written(db, file_id), 201)
    answer.headers["Location"] = f"{request.url.path}/{file_id}"
    return answer


@router.get("/files/{file_id}", response_model=AttachmentRead)
def get_file(db: Reading, file_id: UUID) -> Response:
    """What a file is and where it belongs; its ETag is the version of its dossier, an import's has none."""
    return _told(attachments.get(db, file_id))


@router.get(
    "/files/{file_id}/content",
    response_class=Response,
    responses={
        200: {
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            "description": "The bytes as they were sent; the ETag is their SHA-256",
        }
    },
)
def get_content(db: Reading, file_id: UUID) -> Response:
    """The bytes of a file as they were sent; 404 once an import's file has expired."""
    row, content = attachments.content(db, file_id)
    return Response(
        content,
        media_type=row.content_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name, safe='')}",
            "X-Content-Type-Options": "nosniff",
            # Whatever opens it all the same runs nothing of it and sees nothing of ours.
            "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
            "Cache-Control": "private, no-store",
            "ETag": f'"{row.sha256}"',
        },
    )


@router.post("/files/{file_id}/withdrawal", response_model=AttachmentRead)
def withdraw_file(db: Writing, file_id: UUID, version: IfMatch, data: WithdrawalCreate) -> Response:
    """Withdraws a file with its reason, while its dossier's list may change; nothing is deleted."""
    attachments.withdraw(db, file_id, version, reason=data.reason)
    return _told(attachments.written(db, file_id))


def _told(told: tuple[dict[str, Any], int | None], status: int = 200) -> Response:
    found, version = told
    answer = answers.plain(found, status)
    if version is not None:
        etag(answer, version)
    return answer
