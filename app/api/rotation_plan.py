"""Rotation plans over HTTP: a unit's list for a year, approved as a whole."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import answers
from app.api.deps import IfMatch, LawNow, Paging, Today, etag, may, paging
from app.api.route import ContractRoute
from app.models.dossier import StepRead as TakenRead
from app.models.dossier import TransitionCreate, TransitionRead
from app.models.rotation import (
    RotationItemCreate,
    RotationItemRead,
    RotationItemUpdate,
    RotationPlanCreate,
    RotationPlanRead,
    RotationPlanRow,
    RotationPlanState,
)
from app.services import rotation_plan as service
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["rotations"])
Reading = Annotated[ScopedSession, may("rotation:read")]
Writing = Annotated[ScopedSession, may("rotation:write")]
Acting = Annotated[ScopedSession, may("rotation:act")]


async def _filters(
    unit_id: Annotated[UUID | None, Query(description="This unit and all beneath it")] = None,
    year: int | None = None,
    state: RotationPlanState | None = None,
    authority_id: Annotated[UUID | None, Query(description="The body that approves")] = None,
) -> service.Filters:
    return service.Filters(unit_id=unit_id, year=year, state=state, authority_id=authority_id)


@router.get("/rotation-plans", response_model=answers.list_shape(RotationPlanRow))
def list_rotation_plans(
    request: Request,
    db: Reading,
    today: Today,
    filters: Annotated[service.Filters, Depends(_filters)],
    pages: Annotated[Paging, paging("unit", "year")],
) -> Response:
    """Rotation plans in the caller's scope, each with how many it names and how many of those began."""
    return answers.page_of(request, pages, service.list_(db, filters=filters, page=pages.page, day=today))


@router.post("/rotation-plans", status_code=201, response_model=RotationPlanRead)
def create_rotation_plan(request: Request, db: Writing, today: Today, data: RotationPlanCreate) -> Response:
    """Opens the rotation plan of a unit for a year."""
    plan_id = service.create(db, data=data, today=today)
    found = service.get(db, plan_id, day=today)
    answer = answers.plain(found, 201)
    answer.headers["Location"] = f"{request.url.path}/{plan_id}"
    etag(answer, found["version"])
    return answer


@router.get("/rotation-plans/{rotation_plan_id}", response_model=RotationPlanRead)
def get_rotation_plan(db: Reading, today: Today, rotation_plan_id: UUID) -> Response:
    """One rotation plan; its ETag is the version that its items and steps name."""
    found = service.get(db, rotation_plan_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.get("/rotation-plans/{rotation_plan_id}/items", response_model=answers.list_shape(RotationItemRead))
def list_rotation_items(db: Reading, today: Today, rotation_plan_id: UUID) -> Response:
    """What the plan names, in its order, each with what has come of it."""
    return answers.whole(service.items(db, rotation_plan_id, day=today))


@router.post("/rotation-plans/{rotation_plan_id}/items", status_code=201, response_model=RotationItemRead)
def add_rotation_item(
    request: Request, db: Writing, today: Today, rotation_plan_id: UUID, data: RotationItemCreate
) -> Response:
    """Enters a seat to rotate somebody to: from which day, and what comes after."""
    item_id = service.add_item(db, rotation_plan_id, data=data, today=today)
    (found,) = service.items(db, rotation_plan_id, day=today, item_id=item_id)
    answer = answers.plain(found, 201)
    answer.headers["Location"] = f"{request.url.path}/{item_id}"
    return answer


@router.get("/rotation-plans/{rotation_plan_id}/items/{item_id}", response_model=RotationItemRead)
def get_rotation_item(db: Reading, today: Today, rotation_plan_id: UUID, item_id: UUID) -> Response:
    """One item; its ETag is the plan's version."""
    (found,) = service.items(db, rotation_plan_id, day=today, item_id=item_id)
    answer = answers.plain(found)
    etag(answer, service.find(db, rotation_plan_id).version)
    return answer


@router.patch("/rotation-plans/{rotation_plan_id}/items/{item_id}", response_model=RotationItemRead)
def change_rotation_item(  # noqa: PLR0917 - the contract's parameters
    db: Writing,
    today: Today,
    rotation_plan_id: UUID,
    item_id: UUID,
    version: IfMatch,
    data: RotationItemUpdate,
) -> Response:
    """Changes an item that nobody has approved yet."""
    service.change_item(db, rotation_plan_id, item_id, version, data=data)
    (found,) = service.items(db, rotation_plan_id, day=today, item_id=item_id)
    answer = answers.plain(found)
    etag(answer, service.find(db, rotation_plan_id).version)
    return answer


@router.delete("/rotation-plans/{rotation_plan_id}/items/{item_id}", status_code=204)
def remove_rotation_item(  # noqa: PLR0917 - the contract's parameters
    db: Writing,
    today: Today,
    rotation_plan_id: UUID,
    item_id: UUID,
    version: IfMatch,
    reason: Annotated[str, Query(min_length=1, max_length=500, description="Why it is taken out")],
) -> Response:
    """Takes an item out that nobody has approved; it stays on record."""
    service.remove_item(db, rotation_plan_id, item_id, version, note=reason, today=today)
    answer = Response(status_code=204)
    etag(answer, service.find(db, rotation_plan_id).version)
    return answer


@router.get(
    "/rotation-plans/{rotation_plan_id}/transitions", response_model=answers.list_shape(TransitionRead)
)
def list_rotation_plan_transitions(db: Reading, law: LawNow, rotation_plan_id: UUID) -> Response:
    """Every step of the plan: whether this caller may take it now, and why not."""
    return answers.whole(service.offers(db, rotation_plan_id, law=law))


@router.post("/rotation-plans/{rotation_plan_id}/transitions", response_model=RotationPlanRead)
def take_rotation_plan_transition(  # noqa: PLR0917 - the contract's parameters
    db: Acting, today: Today, law: LawNow, rotation_plan_id: UUID, version: IfMatch, data: TransitionCreate
) -> Response:
    """Takes one step; an approval approves every item that nobody had approved before."""
    service.take(db, rotation_plan_id, version, data=data, law=law, today=today)
    found = service.get(db, rotation_plan_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.get("/rotation-plans/{rotation_plan_id}/taken", response_model=answers.list_shape(TakenRead))
def list_rotation_plan_taken(db: Reading, rotation_plan_id: UUID) -> Response:
    """The transitions the plan went through: who, when, on which decision."""
    return answers.whole(service.taken(db, rotation_plan_id))
