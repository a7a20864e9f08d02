"""Yearly grades over HTTP: recorded, listed, judged, confirmed by another hand."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import answers
from app.api.deps import IfMatch, LawNow, Paging, Today, etag, may, paging
from app.api.route import ContractRoute
from app.models.dossier import TransitionCreate, TransitionRead
from app.models.evaluation import EvaluationState, Grade, Peers, ResultCreate, ResultRead, ResultRow
from app.services import evaluation
from app.services.law.finding import Finding
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["evaluations"])
Reading = Annotated[ScopedSession, may("evaluation:read")]
Writing = Annotated[ScopedSession, may("evaluation:write")]
Confirming = Annotated[ScopedSession, may("evaluation:confirm")]


async def _filters(  # noqa: PLR0917 - each filter is a parameter
    unit_id: Annotated[UUID | None, Query(description="Graded in this unit or beneath it")] = None,
    year: Annotated[int | None, Query(ge=1990, le=2100)] = None,
    grade: Grade | None = None,
    peers: Peers | None = None,
    state: EvaluationState | None = None,
    cadre_id: UUID | None = None,
) -> evaluation.Filters:
    return evaluation.Filters(
        unit_id=unit_id, year=year, grade=grade, peers=peers, state=state, cadre_id=cadre_id
    )


@router.get("/evaluations", response_model=answers.list_shape(ResultRow))
def list_results(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: Reading,
    today: Today,
    law: LawNow,
    filters: Annotated[evaluation.Filters, Depends(_filters)],
    pages: Annotated[Paging, paging("name")],
) -> Response:
    """Yearly grades of persons in the caller's scope, by name, each with the norm it stands under."""
    found = evaluation.list_(db, law, filters=filters, page=pages.page, day=today)
    return answers.page_of(request, pages, found)


@router.post("/evaluations", status_code=201, response_model=ResultRead)
def record_result(request: Request, db: Writing, today: Today, law: LawNow, data: ResultCreate) -> Response:
    """Records a yearly grade; `findings` warn of a cap exceeded. Somebody else confirms it."""
    evaluation_id = evaluation.create(db, data=data)
    found = evaluation.get(db, law, evaluation_id, day=today)
    answer = answers.plain(found, 201)
    answer.headers["Location"] = f"{request.url.path}/{evaluation_id}"
    etag(answer, found["version"])
    return answer


@router.get("/evaluations/findings", response_model=answers.list_shape(Finding))
def list_findings_of_unit(
    db: Reading,
    today: Today,
    law: LawNow,
    unit_id: Annotated[UUID, Query(description="The unit where the persons were graded")],
    year: Annotated[int, Query(ge=1990, le=2100)],
) -> Response:
    """What the law says of the grades of a unit and year, one finding a comparable group and side."""
    return answers.whole(evaluation.findings(db, law, unit_id=unit_id, year=year, day=today))


@router.get("/evaluations/{evaluation_id}", response_model=ResultRead)
def get_result(db: Reading, today: Today, law: LawNow, evaluation_id: UUID) -> Response:
    """One yearly grade; its ETag is the version of the person's record, which the confirmation names."""
    found = evaluation.get(db, law, evaluation_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer


@router.get("/evaluations/{evaluation_id}/transitions", response_model=answers.list_shape(TransitionRead))
def list_result_transitions(db: Reading, today: Today, law: LawNow, evaluation_id: UUID) -> Response:
    """Whether this caller may confirm the grade now, why not, and what the law says."""
    return answers.whole(evaluation.offers(db, law, evaluation_id, today=today))


@router.post("/evaluations/{evaluation_id}/transitions", response_model=ResultRead)
def take_result_transition(  # noqa: PLR0917 - the contract's parameters
    db: Confirming,
    today: Today,
    law: LawNow,
    evaluation_id: UUID,
    version: IfMatch,
    data: TransitionCreate,
) -> Response:
    """Confirms a grade that another hand recorded; 409 where it is confirmed already."""
    evaluation.take(db, law, evaluation_id, version, data=data, today=today)
    found = evaluation.get(db, law, evaluation_id, day=today)
    answer = answers.plain(found)
    etag(answer, found["version"])
    return answer
