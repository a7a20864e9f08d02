"""The audit log, for inspectors."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import AfterValidator, AwareDatetime

from app.api import answers
from app.api.deps import Paging, may, paging
from app.api.route import ContractRoute
from app.models.audit import AuditEventRead, Outcome
from app.services import trail
from app.services.scope import ScopedSession


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("Thời điểm nằm ngoài lịch.") from error


Instant = Annotated[AwareDatetime, AfterValidator(_utc)]

router = APIRouter(route_class=ContractRoute, tags=["audit"])


@router.get("/audit/events", response_model=answers.list_shape(AuditEventRead))
def list_events(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: Annotated[ScopedSession, may("audit:read")],
    pages: Annotated[Paging, paging("-at")],
    request_id: Annotated[str | None, Query(max_length=64)] = None,
    object_id: Annotated[str | None, Query(max_length=64)] = None,
    actor: Annotated[str | None, Query(max_length=60)] = None,
    action: Annotated[str | None, Query(max_length=60)] = None,
    since: Instant | None = None,
    until: Instant | None = None,
    outcome: Outcome | None = None,
) -> Response:
    """Changes, refusals and personal reads, newest first."""
    filters = trail.EventFilters(request_id, object_id, actor, action, since, until, outcome)
    return answers.page_of(request, pages, trail.list_(db, filters=filters, page=pages.page))
