"""The groups of form 2C under a person: each read, added to, mended and voided in the same way."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import create_model
from sqlmodel import SQLModel
from sqlmodel._compat import SQLModelConfig

from app.api import answers
from app.api.deps import IfMatch, KnownAt, Paging, PeopleDay, Today, etag, may, paging
from app.models import record as tables
from app.models.evaluation import EvaluationCreate, EvaluationRead
from app.models.party import PartyMembershipCreate, PartyMembershipRead
from app.models.qualification import QualificationCreate, QualificationRead, QualificationUpdate
from app.models.residence import ResidenceCreate, ResidenceRead
from app.services import cadre, qualification, record
from app.services.scope import ScopedSession

Readable = Annotated[ScopedSession, may("cadre:read")]
Writable = Annotated[ScopedSession, may("cadre:write")]

ONE_CLOCK: dict[str, tuple[Any, Any]] = {
    "careers": (tables.CareerCreate, tables.CareerRead),
    "salaries": (tables.SalaryCreate, tables.SalaryRead),
    "trainings": (tables.TrainingCreate, tables.TrainingRead),
    "evaluations": (EvaluationCreate, EvaluationRead),
    "rewards": (tables.RewardCreate, tables.RewardRead),
    "discipline": (tables.DisciplineCreate, tables.DisciplineRead),
    "family": (tables.KinshipCreate, tables.KinshipRead),
    "relatives_abroad": (tables.RelativeAbroadCreate, tables.RelativeAbroadRead),
    "own_past": (tables.OwnPastCreate, tables.OwnPastRead),
    "travels": (tables.TravelCreate, tables.TravelRead),
    "declarations": (tables.DeclarationCreate, tables.DeclarationRead),
    "confidence_votes": (tables.ConfidenceVoteCreate, tables.ConfidenceVoteRead),
    "political_conclusions": (tables.PoliticalConclusionCreate, tables.PoliticalConclusionRead),
}
"""Group name to what a new row holds and what a row reads as."""


def path_of(group: str) -> str:
    """The group's word in an address."""
    return group.replace("_", "-")


def _partial(create: type[SQLModel]) -> type[SQLModel]:
    """The same fields with the same bounds, none of them needed: what a PATCH may name.

    A default is never validated: null is refused where a new row couldn't hold it either.
    """
    fields: dict[str, Any] = {
        name: (Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation, None)
        for name, field in create.model_fields.items()
    }
    made: type[SQLModel] = create_model(
        create.__name__.replace("Create", "Update"), __base__=_Partial, **fields
    )
    return made


class _Partial(SQLModel):
    model_config = SQLModelConfig(extra="forbid")


def mount(router: APIRouter) -> None:
    """Adds the operations of every group to the cadre router."""
    for name, (create, read) in ONE_CLOCK.items():
        _mount_group(router, record.GROUPS[name], create, read)
    for name, read in (
        ("qualifications", QualificationRead),
        ("party_membership", PartyMembershipRead),
        ("residences", ResidenceRead),
    ):
        _mount_list(router, record.GROUPS[name], read)
    _mount_two_clocks(router)


def _mount_list(router: APIRouter, group: record.Group, read: Any) -> None:  # noqa: ANN401 - a Read model
    def list_rows(  # noqa: PLR0917 - the contract's parameters
        request: Request,
        db: Readable,
        cadre_id: UUID,
        day: PeopleDay,
        known_at: KnownAt,
        pages: Annotated[Paging, paging(f"-{group.since}")],
    ) -> Response:
        person = cadre.find(db, cadre_id)
        rows = cadre.group_rows(db, person, group, day=day, known_at=known_at)
        return answers.paged(request, pages, rows)

    router.add_api_route(
        f"/cadres/{{cadre_id}}/{path_of(group.name)}",
        list_rows,
        methods=["GET"],
        response_model=answers.list_shape(read),
        name=f"list_{group.name}",
        summary=f"{group.label}: newest first",
    )


def _mount_group(router: APIRouter, group: record.Group, create: Any, read: Any) -> None:  # noqa: ANN401 - models
    partial: Any = _partial(create)
    path = f"/cadres/{{cadre_id}}/{path_of(group.name)}"
    _mount_list(router, group, read)

    def add_row(db: Writable, cadre_id: UUID, data: create) -> Response:
        return _written(db, cadre_id, record.add(db, cadre_id, group, data), 201)

    def mend_row(db: Writable, cadre_id: UUID, row_id: UUID, version: IfMatch, data: partial) -> Response:
        return _written(db, cadre_id, record.mend(db, cadre_id, version, group, row_id, data), 200)

    def void_row(
        db: Writable, cadre_id: UUID, row_id: UUID, version: IfMatch, data: tables.VoidRow
    ) -> Response:
        record.void(db, cadre_id, version, group, row_id, data.reason)
        return Response(status_code=204)

    router.add_api_route(
        path,
        add_row,
        methods=["POST"],
        status_code=201,
        response_model=read,
        name=f"add_{group.name}",
        summary=f"{group.label}: add a row",
    )
    router.add_api_route(
        f"{path}/{{row_id}}",
        mend_row,
        methods=["PATCH"],
        response_model=read,
        name=f"change_{group.name}",
        summary=f"{group.label}: change a row",
    )
    router.add_api_route(
        f"{path}/{{row_id}}/void",
        void_row,
        methods=["POST"],
        status_code=204,
        name=f"void_{group.name}",
        summary=f"{group.label}: take a row out",
    )


def _written(db: ScopedSession, cadre_id: UUID, row: dict[str, Any], status: int) -> Response:
    answer = answers.plain(row, status)
    etag(answer, cadre.find(db, cadre_id).version)
    return answer


def _mount_two_clocks(router: APIRouter) -> None:
    @router.post("/cadres/{cadre_id}/qualifications", status_code=201, response_model=QualificationRead)
    def add_qualification(db: Writable, cadre_id: UUID, data: QualificationCreate, today: Today) -> Response:
        """Records a qualification."""
        span = qualification.add(db, cadre_id, data=data, today=today)
        return _written(db, cadre_id, record.plain_row(db, span), 201)

    @router.patch("/cadres/{cadre_id}/qualifications/{row_id}", response_model=QualificationRead)
    def change_qualification(  # noqa: PLR0917 - the contract's parameters
        db: Writable, cadre_id: UUID, row_id: UUID, version: IfMatch, data: QualificationUpdate, today: Today
    ) -> Response:
        """Corrects a qualification, or ends it."""
        span = qualification.change(db, cadre_id, version, row_id, data=data, today=today)
        return _written(db, cadre_id, record.plain_row(db, span), 200)

    @router.post("/cadres/{cadre_id}/party-membership", status_code=201, response_model=PartyMembershipRead)
    def set_party(db: Writable, cadre_id: UUID, data: PartyMembershipCreate, today: Today) -> Response:
        """Records admission to the Party, or corrects it."""
        row = qualification.set_party(db, cadre_id, data=data, today=today)
        return _written(db, cadre_id, record.plain_row(db, row), 201)

    @router.post("/cadres/{cadre_id}/residences", status_code=201, response_model=ResidenceRead)
    def set_residence(db: Writable, cadre_id: UUID, data: ResidenceCreate, today: Today) -> Response:
        """Records a residence from a day on, or corrects it."""
        row = qualification.set_residence(db, cadre_id, data=data, today=today)
        return _written(db, cadre_id, record.plain_row(db, row), 201)
