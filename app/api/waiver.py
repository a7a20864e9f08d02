"""Waivers over HTTP: recorded by who decides, listed for inspectors, taken back with a reason."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import answers
from app.api.deps import IfMatch, LawNow, Paging, Today, etag, may, paging
from app.api.route import ContractRoute
from app.models.dossier import DossierType
from app.models.waiver import RevocationCreate, WaiverCreate, WaiverRead, WaiverRow, WaiverState
from app.services import waiver
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["waivers"])
Reading = Annotated[ScopedSession, may("waiver:read")]
Writing = Annotated[ScopedSession, may("waiver:write")]


async def _filters(  # noqa: PLR0917 - each filter is a parameter
    rule: Annotated[str | None, Query(max_length=60, description="Id of the rule")] = None,
    dossier_type: DossierType | None = None,
    dossier_id: UUID | None = None,
    unit_id: Annotated[UUID | None, Query(description="Dossiers of this unit and all beneath it")] = None,
    authority_id: Annotated[UUID | None, Query(description="The body that signed")] = None,
    state: WaiverState | None = None,
    used: Annotated[bool | None, Query(description="Whether any step rests on it")] = None,
) -> waiver.Filters:
    return waiver.Filters(
        rule=rule,
        dossier_type=dossier_type,
        dossier_id=dossier_id,
        unit_id=unit_id,
        authority_id=authority_id,
        state=state,
        used=used,
    )


@router.get("/waivers", response_model=answers.list_shape(WaiverRow))
def list_waivers(
    request: Request,
    db: Reading,
    today: Today,
    filters: Annotated[waiver.Filters, Depends(_filters)],
    pages: Annotated[Paging, paging("-signed_on")],
) -> Response:
    """Waivers of dossiers in the caller's scope, the latest signed first, with how often each was used."""
    return answers.page_of(request, pages, waiver.list_(db, filters=filters, page=pages.page, day=today))


@router.post("/waivers", status_code=201, response_model=WaiverRead)
def record_waiver(request: Request, db: Writing, today: Today, law: LawNow, data: WaiverCreate) -> Response:
    """Records what an authority lets one dossier do against one rule; 422 where the rule can't be waived."""
    waiver_id = waiver.create(db, law, data=data, today=today)
    answer = answers.plain(waiver.get(db, waiver_id, day=today), 201)
    answer.headers["Location"] = f"{request.url.path}/{waiver_id}"
    etag(answer, 1)
    return answer


@router.get("/waivers/{waiver_id}", response_model=WaiverRead)
def get_waiver(db: Reading, today: Today, waiver_id: UUID) -> Response:
    """One waiver with the steps that were taken on it."""
    found = waiver.get(db, waiver_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.post("/waivers/{waiver_id}/revocation", response_model=WaiverRead)
def revoke_waiver(  # noqa: PLR0917 - the contract's parameters
    db: Writing, today: Today, law: LawNow, waiver_id: UUID, version: IfMatch, data: RevocationCreate
) -> Response:
    """Takes a waiver back from now on; what was decided on it stays decided."""
    waiver.revoke(db, law, waiver_id, version, data=data, today=today)
    found = waiver.get(db, waiver_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer
