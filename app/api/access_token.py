"""Inspection tokens: issued by inspectors for a unit of theirs, shown once, listed, taken back."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from app.api import answers
from app.api.deps import Paging, may, optional_version, paging
from app.api.route import ContractRoute
from app.models.access import AccessTokenCreate, AccessTokenIssued, AccessTokenRead
from app.services.access import inspection
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["access-tokens"])
Reading = Annotated[ScopedSession, may("access_token:read")]
Writing = Annotated[ScopedSession, may("access_token:write", keyed=False)]


@router.get("/access-tokens", response_model=answers.list_shape(AccessTokenRead))
def list_access_tokens(
    request: Request, db: Reading, pages: Annotated[Paging, paging("-issued_at")]
) -> Response:
    """The inspection tokens of the caller's units, newest first; those that no longer hold too."""
    return answers.page_of(request, pages, inspection.list_(db, page=pages.page))


@router.post("/access-tokens", status_code=201, response_model=AccessTokenIssued)
def issue_access_token(request: Request, db: Writing, data: AccessTokenCreate) -> Response:
    """Issues an inspection token of a unit: read-only, at most 90 days, `token` shown this once."""
    row, secret = inspection.issue(db, data=data)
    location = f"{request.url.path}/{row['id']}"
    return _one(row | {"token": secret}, 201, location)


@router.get("/access-tokens/{token_id}", response_model=AccessTokenRead)
def get_access_token(db: Reading, token_id: UUID) -> Response:
    """One inspection token, without its secret."""
    return _one(inspection.get(db, token_id))


@router.delete("/access-tokens/{token_id}", status_code=204)
def revoke_access_token(
    db: Writing, token_id: UUID, version: Annotated[int | None, Depends(optional_version)]
) -> None:
    """Takes an inspection token back: its next request is a 401.

    If-Match is honoured but not asked for: nobody should have to read a leaked token before stopping it.
    """
    inspection.revoke(db, token_id, version=version)


def _one(row: inspection.Row, status: int = 200, location: str = "") -> Response:
    headers = {"ETag": f'"{row.pop("version")}"'} | ({"Location": location} if location else {})
    return answers.plain(row, status, headers)
