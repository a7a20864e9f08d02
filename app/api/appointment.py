"""Personnel actions over HTTP: open, vote in steps, judge, decide."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import answers
from app.api.deps import IfMatch, LawNow, Paging, PeopleDay, Today, etag, may, paging
from app.api.route import ContractRoute
from app.models.appointment import (
    ActionKind,
    ActionState,
    AppointmentCreate,
    AppointmentRead,
    AppointmentRow,
    AppointmentUpdate,
    CandidateCreate,
    CandidateRead,
    DueRead,
    StepCreate,
    StepRead,
)
from app.models.dossier import StepRead as TakenRead
from app.models.dossier import TransitionCreate, TransitionRead
from app.services import appointment
from app.services.law.finding import Finding
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["appointments"])
Reading = Annotated[ScopedSession, may("appointment:read")]
Writing = Annotated[ScopedSession, may("appointment:write")]
Acting = Annotated[ScopedSession, may("appointment:act")]


async def _filters(  # noqa: PLR0917 - each filter is a parameter
    unit_id: Annotated[UUID | None, Query(description="This unit and all beneath it")] = None,
    kind: ActionKind | None = None,
    state: ActionState | None = None,
    authority_id: Annotated[UUID | None, Query(description="The body that decides")] = None,
    title_id: UUID | None = None,
    cadre_id: Annotated[UUID | None, Query(description="Who is a candidate")] = None,
    open: Annotated[bool | None, Query(description="true: not over yet")] = None,  # noqa: A002 - the contract's name
) -> appointment.Filters:
    return appointment.Filters(
        unit_id=unit_id,
        kind=kind,
        state=state,
        authority_id=authority_id,
        title_id=title_id,
        cadre_id=cadre_id,
        open=open,
    )


@router.get("/appointments", response_model=answers.list_shape(AppointmentRow))
def list_appointments(
    request: Request,
    db: Reading,
    today: Today,
    filters: Annotated[appointment.Filters, Depends(_filters)],
    pages: Annotated[Paging, paging("unit", "opened_on")],
) -> Response:
    """Personnel actions in the caller's scope as they stand, by unit or by the day they were opened."""
    return answers.page_of(request, pages, appointment.list_(db, filters=filters, page=pages.page, day=today))


@router.post("/appointments", status_code=201, response_model=AppointmentRead)
def create_appointment(request: Request, db: Writing, today: Today, data: AppointmentCreate) -> Response:
    """Opens a personnel action about a seat to fill or a seat that is held."""
    appointment_id = appointment.create(db, data=data, today=today)
    found = appointment.get(db, appointment_id, day=today)
    answer = answers.plain(found, 201)
    answer.headers["Location"] = f"{request.url.path}/{appointment_id}"
    etag(answer, found["version"])
    return answer


async def _due(
    unit_id: Annotated[UUID | None, Query(description="This unit and all beneath it")] = None,
    overdue: Annotated[bool | None, Query(description="true: past their end; false: not yet")] = None,
) -> appointment.Due:
    return appointment.Due(unit_id=unit_id, overdue=overdue)


@router.get("/appointments/due", response_model=answers.list_shape(DueRead))
def list_terms_due(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: Reading,
    day: PeopleDay,
    law: LawNow,
    filters: Annotated[appointment.Due, Depends(_due)],
    pages: Annotated[Paging, paging("due_on")],
) -> Response:
    """Appointed terms that end within the first reminder of the day's rule set, the most overdue first."""
    found = appointment.due(db, law, filters=filters, page=pages.page, day=day)
    return answers.page_of(request, pages, found)


@router.get("/appointments/{appointment_id}", response_model=AppointmentRead)
def get_appointment(db: Reading, today: Today, appointment_id: UUID) -> Response:
    """One personnel action; its ETag is the version that changes name."""
    found = appointment.get(db, appointment_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.patch("/appointments/{appointment_id}", response_model=AppointmentRead)
def change_appointment(
    db: Writing, today: Today, appointment_id: UUID, version: IfMatch, data: AppointmentUpdate
) -> Response:
    """Says who is chosen, what the head answers for, which opinion was given."""
    appointment.change(db, appointment_id, version, data=data, today=today)
    found = appointment.get(db, appointment_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.get("/appointments/{appointment_id}/candidates", response_model=answers.list_shape(CandidateRead))
def list_appointment_candidates(db: Reading, today: Today, law: LawNow, appointment_id: UUID) -> Response:
    """Who may be chosen, each with the eligibility panel: what the law says of him today."""
    return answers.whole(appointment.candidates(db, appointment_id, law=law, day=today))


@router.post("/appointments/{appointment_id}/candidates", status_code=201, response_model=CandidateRead)
def add_appointment_candidate(  # noqa: PLR0917 - the contract's parameters
    request: Request, db: Writing, today: Today, law: LawNow, appointment_id: UUID, data: CandidateCreate
) -> Response:
    """Enters somebody to be voted on; the caller's scope holds both the unit and the person."""
    candidate_id = appointment.add_candidate(db, appointment_id, data=data, today=today)
    found = appointment.candidate(db, appointment_id, candidate_id, law=law, day=today)
    answer = answers.plain(found, 201)
    answer.headers["Location"] = f"{request.url.path}/{candidate_id}"
    return answer


@router.get("/appointments/{appointment_id}/candidates/{candidate_id}", response_model=CandidateRead)
def get_appointment_candidate(
    db: Reading, today: Today, law: LawNow, appointment_id: UUID, candidate_id: UUID
) -> Response:
    """One candidate with the eligibility panel; its ETag is the dossier's version."""
    answer = answers.plain(appointment.candidate(db, appointment_id, candidate_id, law=law, day=today))
    etag(answer, appointment.find(db, appointment_id).version)
    return answer


@router.delete("/appointments/{appointment_id}/candidates/{candidate_id}", status_code=204)
def withdraw_appointment_candidate(  # noqa: PLR0917 - the contract's parameters
    db: Writing,
    today: Today,
    appointment_id: UUID,
    candidate_id: UUID,
    version: IfMatch,
    reason: Annotated[str, Query(min_length=1, max_length=500, description="Why he is off the list")],
) -> Response:
    """Takes somebody off the list; he and the votes on him stay on record."""
    appointment.withdraw_candidate(db, appointment_id, candidate_id, version, note=reason, today=today)
    answer = Response(status_code=204)
    etag(answer, appointment.find(db, appointment_id).version)
    return answer


@router.get("/appointments/{appointment_id}/steps", response_model=answers.list_shape(StepRead))
def list_appointment_steps(db: Reading, today: Today, appointment_id: UUID) -> Response:
    """The meetings in their order; votes are told to who reads them (T3)."""
    return answers.whole(appointment.steps(db, appointment_id, day=today))


@router.post("/appointments/{appointment_id}/steps", status_code=201, response_model=StepRead)
def record_appointment_step(db: Writing, today: Today, appointment_id: UUID, data: StepCreate) -> Response:
    """Records a meeting; 409 out of order, sent again for the same step it replaces what stood there."""
    step_id = appointment.record_step(db, appointment_id, data=data, today=today)
    found = next(row for row in appointment.steps(db, appointment_id, day=today) if row["id"] == step_id)
    return answers.plain(found, 201)


@router.get("/appointments/{appointment_id}/findings", response_model=answers.list_shape(Finding))
def list_appointment_findings(
    db: Reading,
    today: Today,
    law: LawNow,
    appointment_id: UUID,
    candidate_id: Annotated[UUID | None, Query(description="Of one candidate alone, today")] = None,
) -> Response:
    """What the law says: of a decided dossier what it said on the decision, of any other today."""
    found = appointment.findings(db, appointment_id, law=law, today=today, candidate_id=candidate_id)
    return answers.whole(found)


@router.get("/appointments/{appointment_id}/transitions", response_model=answers.list_shape(TransitionRead))
def list_appointment_transitions(db: Reading, today: Today, law: LawNow, appointment_id: UUID) -> Response:
    """Every step of the dossier: whether this caller may take it now, why not, and what the law says."""
    return answers.whole(appointment.offers(db, appointment_id, law=law, today=today))


@router.post("/appointments/{appointment_id}/transitions", response_model=AppointmentRead)
def take_appointment_transition(  # noqa: PLR0917 - the contract's parameters
    db: Acting, today: Today, law: LawNow, appointment_id: UUID, version: IfMatch, data: TransitionCreate
) -> Response:
    """Takes one step; 409 with the findings where the law blocks it, 409 with why where the state does."""
    appointment.take(db, appointment_id, version, data=data, law=law, today=today)
    found = appointment.get(db, appointment_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.get("/appointments/{appointment_id}/taken", response_model=answers.list_shape(TakenRead))
def list_appointment_taken(db: Reading, appointment_id: UUID) -> Response:
    """The transitions the dossier went through: who, when, on which decision."""
    return answers.whole(appointment.taken(db, appointment_id))
