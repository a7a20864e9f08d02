"""Rotations of leaders over HTTP: open, hear both units, judge, decide, bring to an end."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import answers
from app.api.deps import IfMatch, LawNow, Paging, PeopleDay, Today, etag, may, paging
from app.api.route import ContractRoute
from app.models.dossier import StepRead as TakenRead
from app.models.dossier import TransitionCreate, TransitionRead
from app.models.rotation import (
    RotationCreate,
    RotationDueRead,
    RotationRead,
    RotationRow,
    RotationState,
    RotationUpdate,
    SensitiveRead,
)
from app.services import rotation
from app.services.law.finding import Finding
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["rotations"])
Reading = Annotated[ScopedSession, may("rotation:read")]
Writing = Annotated[ScopedSession, may("rotation:write")]
Acting = Annotated[ScopedSession, may("rotation:act")]
UnitId = Annotated[UUID | None, Query(description="This unit and all beneath it")]


async def _filters(  # noqa: PLR0917 - each filter is a parameter
    unit_id: Annotated[UUID | None, Query(description="Where to: this unit and all beneath it")] = None,
    state: RotationState | None = None,
    authority_id: Annotated[UUID | None, Query(description="The body that decides")] = None,
    cadre_id: UUID | None = None,
    item_id: Annotated[UUID | None, Query(description="The item of a rotation plan")] = None,
    open: Annotated[bool | None, Query(description="true: not over yet")] = None,  # noqa: A002 - the contract's name
) -> rotation.Filters:
    return rotation.Filters(
        unit_id=unit_id,
        state=state,
        authority_id=authority_id,
        cadre_id=cadre_id,
        plan_item_id=item_id,
        open=open,
    )


@router.get("/rotations", response_model=answers.list_shape(RotationRow))
def list_rotations(
    request: Request,
    db: Reading,
    today: Today,
    filters: Annotated[rotation.Filters, Depends(_filters)],
    pages: Annotated[Paging, paging("unit", "begins_on")],
) -> Response:
    """Rotations into the caller's scope as they stand, by where to or by the day they begin."""
    return answers.page_of(request, pages, rotation.list_(db, filters=filters, page=pages.page, day=today))


@router.post("/rotations", status_code=201, response_model=RotationRead)
def create_rotation(
    request: Request, db: Writing, today: Today, law: LawNow, data: RotationCreate
) -> Response:
    """Opens the rotation of a person, by an item of an approved plan or to a seat that none names."""
    rotation_id = rotation.create(db, data=data, law=law, today=today)
    found = rotation.get(db, rotation_id, law=law, day=today)
    answer = answers.plain(found, 201)
    answer.headers["Location"] = f"{request.url.path}/{rotation_id}"
    etag(answer, found["version"])
    return answer


async def _due(
    unit_id: UnitId = None,
    overdue: Annotated[bool | None, Query(description="true: past their end; false: not yet")] = None,
) -> rotation.Due:
    return rotation.Due(unit_id=unit_id, overdue=overdue)


@router.get("/rotations/due", response_model=answers.list_shape(RotationDueRead))
def list_rotations_due(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: Reading,
    day: PeopleDay,
    law: LawNow,
    filters: Annotated[rotation.Due, Depends(_due)],
    pages: Annotated[Paging, paging("due_on")],
) -> Response:
    """Rotations that run on the day and end within half a year, the most overdue first."""
    return answers.page_of(request, pages, rotation.due(db, law, filters=filters, page=pages.page, day=day))


@router.get("/rotations/sensitive", response_model=answers.list_shape(SensitiveRead))
def list_sensitive_leaders(
    request: Request,
    db: Reading,
    day: PeopleDay,
    pages: Annotated[Paging, paging("since")],
    unit_id: UnitId = None,
) -> Response:
    """Leaders in sensitive fields, the longest in post first, and whether a move is planned (measures)."""
    return answers.page_of(request, pages, rotation.sensitive(db, unit_id=unit_id, page=pages.page, day=day))


@router.get("/rotations/{rotation_id}", response_model=RotationRead)
def get_rotation(db: Reading, today: Today, law: LawNow, rotation_id: UUID) -> Response:
    """One rotation; its ETag is the version that changes name."""
    found = rotation.get(db, rotation_id, law=law, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.patch("/rotations/{rotation_id}", response_model=RotationRead)
def change_rotation(  # noqa: PLR0917 - the contract's parameters
    db: Writing, today: Today, law: LawNow, rotation_id: UUID, version: IfMatch, data: RotationUpdate
) -> Response:
    """Records days and what both units said, and once somebody is away, where he goes afterwards."""
    rotation.change(db, rotation_id, version, data=data, today=today)
    found = rotation.get(db, rotation_id, law=law, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.get("/rotations/{rotation_id}/findings", response_model=answers.list_shape(Finding))
def list_rotation_findings(db: Reading, today: Today, law: LawNow, rotation_id: UUID) -> Response:
    """What the law says: of a decided rotation what it said on the decision, of any other today."""
    return answers.whole(rotation.findings(db, rotation_id, law=law, today=today))


@router.get("/rotations/{rotation_id}/transitions", response_model=answers.list_shape(TransitionRead))
def list_rotation_transitions(db: Reading, today: Today, law: LawNow, rotation_id: UUID) -> Response:
    """Every step of the rotation: whether this caller may take it now, why not, and what the law says."""
    return answers.whole(rotation.offers(db, rotation_id, law=law, today=today))


@router.post("/rotations/{rotation_id}/transitions", response_model=RotationRead)
def take_rotation_transition(  # noqa: PLR0917 - the contract's parameters
    db: Acting, today: Today, law: LawNow, rotation_id: UUID, version: IfMatch, data: TransitionCreate
) -> Response:
    """Takes one step; 409 with the findings where the law blocks it, 409 with why where the state does."""
    rotation.take(db, rotation_id, version, data=data, law=law, today=today)
    found = rotation.get(db, rotation_id, law=law, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.get("/rotations/{rotation_id}/taken", response_model=answers.list_shape(TakenRead))
def list_rotation_taken(db: Reading, rotation_id: UUID) -> Response:
    """The transitions the rotation went through: who, when, on which decision."""
    return answers.whole(rotation.taken(db, rotation_id))
