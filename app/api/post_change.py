"""Post changes over HTTP: whose limit nears, what is proposed, judged and decided about him."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import answers
from app.api.deps import IfMatch, LawNow, Paging, PeopleDay, Today, etag, may, paging
from app.api.route import ContractRoute
from app.models.dossier import StepRead, TransitionCreate, TransitionRead
from app.models.post_change import (
    ClockState,
    PostChangeCreate,
    PostChangeDue,
    PostChangeOutcome,
    PostChangeRead,
    PostChangeRow,
    PostChangeState,
    PostChangeUpdate,
)
from app.services import post_change
from app.services.law.finding import Finding
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["post changes"])
Reading = Annotated[ScopedSession, may("post_change:read")]
Writing = Annotated[ScopedSession, may("post_change:write")]
Acting = Annotated[ScopedSession, may("post_change:act")]


async def _filters(  # noqa: PLR0917 - each filter is a parameter
    unit_id: Annotated[UUID | None, Query(description="This unit and all beneath it")] = None,
    outcome: PostChangeOutcome | None = None,
    state: PostChangeState | None = None,
    authority_id: Annotated[UUID | None, Query(description="The body that decides")] = None,
    cadre_id: UUID | None = None,
    open: Annotated[bool | None, Query(description="true: not decided yet")] = None,  # noqa: A002 - the contract's name
) -> post_change.Filters:
    return post_change.Filters(
        unit_id=unit_id,
        outcome=outcome,
        state=state,
        authority_id=authority_id,
        cadre_id=cadre_id,
        open=open,
    )


@router.get("/post-changes", response_model=answers.list_shape(PostChangeRow))
def list_post_changes(
    request: Request,
    db: Reading,
    today: Today,
    filters: Annotated[post_change.Filters, Depends(_filters)],
    pages: Annotated[Paging, paging("unit", "opened_on")],
) -> Response:
    """Post changes in the caller's scope as they stand, by unit or by the day they were opened."""
    return answers.page_of(request, pages, post_change.list_(db, filters=filters, page=pages.page, day=today))


@router.post("/post-changes", status_code=201, response_model=PostChangeRead)
def create_post_change(request: Request, db: Writing, today: Today, data: PostChangeCreate) -> Response:
    """Opens a dossier about somebody who holds a post with a limit: another post, or an exemption."""
    post_change_id = post_change.create(db, data=data, today=today)
    found = post_change.get(db, post_change_id, day=today)
    answer = answers.plain(found, 201)
    answer.headers["Location"] = f"{request.url.path}/{post_change_id}"
    etag(answer, found["version"])
    return answer


async def _due(
    unit_id: Annotated[UUID | None, Query(description="This unit and all beneath it")] = None,
    state: ClockState | None = None,
    overdue: Annotated[bool | None, Query(description="true: past their limit; false: not")] = None,
) -> post_change.Due:
    return post_change.Due(unit_id=unit_id, state=state, overdue=overdue)


@router.get("/post-changes/due", response_model=answers.list_shape(PostChangeDue))
def list_post_changes_due(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: Reading,
    day: PeopleDay,
    law: LawNow,
    filters: Annotated[post_change.Due, Depends(_due)],
    pages: Annotated[Paging, paging("due_on")],
) -> Response:
    """Holders of sensitive posts whose limit nears, is reached or past, or who are exempt for now.

    The most overdue first. Leaders follow rotation and never stand here.
    """
    found = post_change.due(db, law, filters=filters, page=pages.page, day=day)
    return answers.page_of(request, pages, found)


@router.get("/post-changes/{post_change_id}", response_model=PostChangeRead)
def get_post_change(db: Reading, today: Today, post_change_id: UUID) -> Response:
    """One dossier with its clock; its ETag is the version that changes name."""
    found = post_change.get(db, post_change_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.patch("/post-changes/{post_change_id}", response_model=PostChangeRead)
def change_post_change(
    db: Writing, today: Today, post_change_id: UUID, version: IfMatch, data: PostChangeUpdate
) -> Response:
    """Says anew what is proposed: which post, or why and until when the holder stays."""
    post_change.change(db, post_change_id, version, data=data, today=today)
    found = post_change.get(db, post_change_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.get("/post-changes/{post_change_id}/findings", response_model=answers.list_shape(Finding))
def list_post_change_findings(db: Reading, today: Today, law: LawNow, post_change_id: UUID) -> Response:
    """What the law says: of a decided dossier what it said on the decision, of any other today."""
    return answers.whole(post_change.findings(db, post_change_id, law=law, today=today))


@router.get("/post-changes/{post_change_id}/transitions", response_model=answers.list_shape(TransitionRead))
def list_post_change_transitions(db: Reading, today: Today, law: LawNow, post_change_id: UUID) -> Response:
    """Every step of the dossier: whether this caller may take it now, why not, and what the law says."""
    return answers.whole(post_change.offers(db, post_change_id, law=law, today=today))


@router.post("/post-changes/{post_change_id}/transitions", response_model=PostChangeRead)
def take_post_change_transition(  # noqa: PLR0917 - the contract's parameters
    db: Acting, today: Today, law: LawNow, post_change_id: UUID, version: IfMatch, data: TransitionCreate
) -> Response:
    """Takes one step; 409 with the findings where the law blocks it, 409 with why where the state does."""
    post_change.take(db, post_change_id, version, data=data, law=law, today=today)
    found = post_change.get(db, post_change_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.get("/post-changes/{post_change_id}/taken", response_model=answers.list_shape(StepRead))
def list_post_change_taken(db: Reading, post_change_id: UUID) -> Response:
    """The transitions the dossier went through: who, when, on which decision."""
    return answers.whole(post_change.taken(db, post_change_id))
