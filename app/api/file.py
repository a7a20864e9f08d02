"""Files over HTTP: an upload given back, to whoever may see it, as an attachment."""

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Response

from app.api.deps import may
from app.api.route import ContractRoute
from app.services import file
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["files"])


@router.get(
    "/files/{file_id}",
    response_class=Response,
    responses={
        200: {
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            "description": "The bytes as they were sent",
        }
    },
)
def get_file(db: Annotated[ScopedSession, may("import:read")], file_id: UUID) -> Response:
    """The bytes of a file as they were sent; 404 once it has expired."""
    row, content = file.get(db, file_id)
    return Response(
        content,
        media_type=row.content_type,
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(row.name)}",
            "X-Content-Type-Options": "nosniff",
        },
    )
