"""Succession plans over HTTP: open, fill, vote, judge, submit, approve, review."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import answers
from app.api.deps import IfMatch, LawNow, Paging, Today, etag, may, paging
from app.api.route import ContractRoute
from app.models.dossier import StepRead, TransitionCreate, TransitionRead
from app.models.plan import (
    AuthorityRead,
    CandidateRead,
    EntryCreate,
    EntryRead,
    EntryUpdate,
    MeetingCreate,
    MeetingRead,
    PersonPlanRead,
    PlanCreate,
    PlanKind,
    PlanPeriod,
    PlanRead,
    PlanRow,
    PlanState,
    RemovalReason,
)
from app.services import plan
from app.services.law.finding import Finding
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["plans"])
Reading = Annotated[ScopedSession, may("plan:read")]
Writing = Annotated[ScopedSession, may("plan:write")]
Acting = Annotated[ScopedSession, may("plan:act")]


async def _filters(
    unit_id: Annotated[UUID | None, Query(description="This unit and all beneath it")] = None,
    period: PlanPeriod | None = None,
    kind: PlanKind | None = None,
    state: PlanState | None = None,
    authority_id: Annotated[UUID | None, Query(description="The body that approves")] = None,
) -> plan.Filters:
    return plan.Filters(unit_id=unit_id, period=period, kind=kind, state=state, authority_id=authority_id)


@router.get("/plans", response_model=answers.list_shape(PlanRow))
def list_plans(
    request: Request,
    db: Reading,
    today: Today,
    filters: Annotated[plan.Filters, Depends(_filters)],
    pages: Annotated[Paging, paging("unit")],
) -> Response:
    """Plans in the caller's scope as they stand, by unit and period."""
    return answers.page_of(request, pages, plan.list_(db, filters=filters, page=pages.page, day=today))


@router.post("/plans", status_code=201, response_model=PlanRead)
def create_plan(request: Request, db: Writing, today: Today, data: PlanCreate) -> Response:
    """Opens a plan of a unit for a period and an approving authority."""
    plan_id = plan.create(db, data=data, today=today)
    answer = answers.plain(plan.get(db, plan_id, day=today), 201)
    answer.headers["Location"] = f"{request.url.path}/{plan_id}"
    etag(answer, 1)
    return answer


@router.get("/plans/{plan_id}", response_model=PlanRead)
def get_plan(db: Reading, today: Today, plan_id: UUID) -> Response:
    """One plan with its titles and what it was approved on; its ETag is the version that changes name."""
    found = plan.get(db, plan_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.get("/plans/{plan_id}/entries", response_model=answers.list_shape(EntryRead))
def list_entries(  # noqa: PLR0917 - the contract's parameters
    db: Reading,
    today: Today,
    plan_id: UUID,
    title_id: UUID | None = None,
    cadre_id: UUID | None = None,
    removed: Annotated[bool, Query(description="Also who has left the plan")] = False,
) -> Response:
    """Who is planned: for one title, one person for which titles, or all."""
    return answers.whole(
        plan.entries(db, plan_id, day=today, title_id=title_id, cadre_id=cadre_id, removed=removed)
    )


@router.post("/plans/{plan_id}/entries", status_code=201, response_model=EntryRead)
def add_entry(request: Request, db: Writing, today: Today, plan_id: UUID, data: EntryCreate) -> Response:
    """Plans a person for a title; the caller's scope holds both the unit and the person."""
    entry_id = plan.add_entry(db, plan_id, data=data, today=today)
    answer = answers.plain(plan.entry(db, plan_id, entry_id, day=today), 201)
    answer.headers["Location"] = f"{request.url.path}/{entry_id}"
    return answer


@router.get("/plans/{plan_id}/entries/{entry_id}", response_model=EntryRead)
def get_entry(db: Reading, today: Today, plan_id: UUID, entry_id: UUID) -> Response:
    """One entry; its ETag is the plan's version, which changes of the entry name."""
    answer = answers.plain(plan.entry(db, plan_id, entry_id, day=today))
    etag(answer, plan.find(db, plan_id).version)
    return answer


@router.patch("/plans/{plan_id}/entries/{entry_id}", response_model=EntryRead)
def change_entry(  # noqa: PLR0917 - the contract's parameters
    db: Writing, today: Today, plan_id: UUID, entry_id: UUID, version: IfMatch, data: EntryUpdate
) -> Response:
    """The yearly review's verdict on an entry, its removal with a reason, or another note."""
    plan.change_entry(db, plan_id, entry_id, version, data=data, today=today)
    answer = answers.plain(plan.entry(db, plan_id, entry_id, day=today))
    etag(answer, plan.find(db, plan_id).version)
    return answer


@router.delete("/plans/{plan_id}/entries/{entry_id}", status_code=204)
def remove_entry(  # noqa: PLR0917 - the contract's parameters
    db: Writing,
    today: Today,
    plan_id: UUID,
    entry_id: UUID,
    version: IfMatch,
    reason: Annotated[
        RemovalReason, Query(description="Needed for who was approved")
    ] = RemovalReason.WITHDRAWN,
) -> Response:
    """Takes a person out: at once where only proposed or where the reason is compulsory, else on approval."""
    plan.remove_entry(db, plan_id, entry_id, version, reason=reason, today=today)
    answer = Response(status_code=204)
    etag(answer, plan.find(db, plan_id).version)
    return answer


@router.get("/plans/{plan_id}/meetings", response_model=answers.list_shape(MeetingRead))
def list_meetings(db: Reading, plan_id: UUID) -> Response:
    """The meetings that proposed persons; votes are told to who reads them (T3)."""
    return answers.whole(plan.meetings(db, plan_id))


@router.post("/plans/{plan_id}/meetings", status_code=201, response_model=MeetingRead)
def record_meeting(db: Writing, today: Today, law: LawNow, plan_id: UUID, data: MeetingCreate) -> Response:
    """Records the minutes of a meeting; sent again for the same step they replace what stood there."""
    meeting_id = plan.record_meeting(db, plan_id, data=data, law=law, today=today)
    found = next(row for row in plan.meetings(db, plan_id) if row["id"] == meeting_id)
    return answers.plain(found, 201)


@router.get("/plans/{plan_id}/findings", response_model=answers.list_shape(Finding))
def list_findings(db: Reading, today: Today, law: LawNow, plan_id: UUID) -> Response:
    """What the law says: of an approved plan what it said on approval, of any other what it says today."""
    return answers.whole(plan.findings(db, plan_id, law=law, today=today))


@router.get("/plans/{plan_id}/candidates", response_model=answers.list_shape(CandidateRead))
def list_candidates(
    db: Reading,
    today: Today,
    law: LawNow,
    plan_id: UUID,
    rule: Annotated[str | None, Query(description="The rule whose gap is to be closed")] = None,
) -> Response:
    """Persons in the caller's scope who would close a gap and open no other, with titles that have room."""
    return answers.whole(plan.candidates(db, plan_id, rule=rule, law=law, today=today))


@router.get("/plans/{plan_id}/transitions", response_model=answers.list_shape(TransitionRead))
def list_transitions(db: Reading, today: Today, law: LawNow, plan_id: UUID) -> Response:
    """Every step of a plan: whether this caller may take it now, why not, and what the law says."""
    return answers.whole(plan.offers(db, plan_id, law=law, today=today))


@router.post("/plans/{plan_id}/transitions", response_model=PlanRead)
def take_transition(  # noqa: PLR0917 - the contract's parameters
    db: Acting, today: Today, law: LawNow, plan_id: UUID, version: IfMatch, data: TransitionCreate
) -> Response:
    """Takes one step; 409 with the findings where the law blocks it, 409 with why where the state does."""
    plan.take(db, plan_id, version, data=data, law=law, today=today)
    found = plan.get(db, plan_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.get("/plans/{plan_id}/steps", response_model=answers.list_shape(StepRead))
def list_steps(db: Reading, plan_id: UUID) -> Response:
    """The steps a plan took: who, when, on which decision."""
    return answers.whole(plan.steps(db, plan_id))


@router.get("/units/{unit_id}/plan-authorities", response_model=answers.list_shape(AuthorityRead))
def list_authorities(db: Reading, today: Today, unit_id: UUID) -> Response:
    """The bodies that approve plans of a unit: what `authority_id` may name."""
    return answers.whole(plan.authorities(db, unit_id, today=today))


@router.get("/cadres/{cadre_id}/plan-entries", response_model=answers.list_shape(PersonPlanRead))
def list_plans_of_person(db: Reading, today: Today, cadre_id: UUID) -> Response:
    """What one person is planned for, in the plans the caller reads."""
    return answers.whole(plan.of_person(db, cadre_id, day=today))
