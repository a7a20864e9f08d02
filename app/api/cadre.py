"""Cadres: list, single record, seats, course of work, history; and the writing of each."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel._compat import SQLModelConfig

from app.api import answers, record
from app.api.deps import IfMatch, KnownAt, Paging, PeopleDay, Today, etag, may, paging
from app.api.route import ContractRoute
from app.models.assignment import AssignmentCreate, AssignmentRead, AssignmentUpdate
from app.models.cadre import CadreCreate, CadreRead, CadreUpdate, Sex
from app.models.party import PoliticalTheory
from app.models.title import ManagedBy
from app.models.unit import Level
from app.services import assignment, cadre
from app.services.errors import Invalid
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["cadres"])
Readable = Annotated[ScopedSession, may("cadre:read")]
Writable = Annotated[ScopedSession, may("cadre:write")]
Placing = Annotated[ScopedSession, may("assignment:write")]


class TimelineEvent(BaseModel):
    """One thing that happened to a person."""

    model_config = ConfigDict(populate_by_name=True)

    on: date
    from_: date = Field(alias="from")
    to: date | None
    kind: str
    title: str
    detail: str | None
    decision: str | None
    is_main: bool | None = None
    acting: bool | None = None


class FieldChange(BaseModel):
    """One field before and after."""

    field: str
    before: Any
    after: Any


class HistoryEvent(BaseModel):
    """One change of a record."""

    id: UUID
    at: str
    actor: str
    action: str
    reason: str | None
    changes: list[FieldChange]


class CadreDetail(CadreRead):
    """The single record: the list's fields, the single-valued fields of form 2C, and `groups` of rows."""

    model_config = SQLModelConfig(extra="allow")

    groups: dict[str, list[dict[str, Any]]] | None = None
    redacted_groups: list[str] | None = None
    tiers: list[str] | None = None
    writable: bool = False


async def _filters(  # noqa: PLR0917 - each filter is a parameter
    unit_id: Annotated[UUID | None, Query(description="This unit and all beneath it")] = None,
    level: Level | None = None,
    title_id: UUID | None = None,
    managed_by: Annotated[
        str | None, Query(max_length=200, description="Managing bodies, comma-separated")
    ] = None,
    sex: Sex | None = None,
    ethnicity: Annotated[str | None, Query(max_length=40)] = None,
    age_min: Annotated[int | None, Query(ge=0, le=120)] = None,
    age_max: Annotated[int | None, Query(ge=0, le=120)] = None,
    political_theory_min: PoliticalTheory | None = None,
    party_member: bool | None = None,
    code: Annotated[str | None, Query(max_length=24)] = None,
    q: Annotated[
        str | None, Query(max_length=80, description="Name or code, with or without tone marks")
    ] = None,
    in_post: Annotated[bool, Query(description="false: persons without a main seat that day")] = True,
) -> cadre.Filters:
    return cadre.Filters(
        unit_id=unit_id,
        level=level,
        title_id=title_id,
        managed_by=_bodies(managed_by),
        sex=sex,
        ethnicity=ethnicity,
        age_min=age_min,
        age_max=age_max,
        political_theory_min=political_theory_min,
        party_member=party_member,
        code=code,
        q=q,
        in_post=in_post,
    )


def _bodies(text: str | None) -> tuple[ManagedBy, ...]:
    try:
        return tuple(ManagedBy(part) for part in text.split(",")) if text else ()
    except ValueError as error:
        names = ", ".join(body.value for body in ManagedBy)
        raise Invalid.at("/query/managed_by", f"Chỉ nhận (cách nhau bằng dấu phẩy): {names}.") from error


@router.get("/cadres", response_model=answers.list_shape(CadreRead))
def list_cadres(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: Readable,
    day: PeopleDay,
    known_at: KnownAt,
    filters: Annotated[cadre.Filters, Depends(_filters)],
    pages: Annotated[Paging, paging("name", "birth_date", "code")],
    facet: Annotated[Literal["managed_by"] | None, Query(description="Also count by this field")] = None,
) -> Response:
    """Persons in scope who hold a main seat on the day."""
    found = cadre.list_(db, filters=filters, page=pages.page, day=day, known_at=known_at)
    extra = None
    if facet is not None:
        counts = cadre.by_managing_body(db, filters=filters, day=day, known_at=known_at)
        extra = {"facets": {facet: counts}}
    return answers.page_of(request, pages, found, extra=extra)


@router.post("/cadres", status_code=201, response_model=CadreDetail)
def create_cadre(request: Request, db: Writable, data: CadreCreate, today: Today) -> Response:
    """Enters a person, with the first seat if given."""
    person = cadre.create(db, data=data, today=today)
    return _record(request, db, person.id, today, status=201)


@router.get("/cadres/{cadre_id}", response_model=CadreDetail)
def get_cadre(request: Request, db: Readable, cadre_id: UUID, day: PeopleDay, known_at: KnownAt) -> Response:
    """One person's record as of a day, as known at an instant."""
    return _record(request, db, cadre_id, day, known_at)


@router.patch("/cadres/{cadre_id}", response_model=CadreDetail)
def change_cadre(  # noqa: PLR0917 - the contract's parameters
    request: Request, db: Writable, cadre_id: UUID, version: IfMatch, data: CadreUpdate, today: Today
) -> Response:
    """Changes the fields that are named."""
    cadre.change(db, cadre_id, version, data=data, today=today)
    return _record(request, db, cadre_id, today)


def _record(
    request: Request,
    db: ScopedSession,
    cadre_id: UUID,
    day: date,
    known_at: datetime | None = None,
    *,
    status: int = 200,
) -> Response:
    found, version = cadre.get(db, cadre_id, day=day, known_at=known_at)
    answer = answers.plain(found, status)
    if status == 201:  # noqa: PLR2004 - the status itself
        answer.headers["Location"] = f"{request.url.path}/{cadre_id}"
    if not {"as_of", "known_at"} & request.query_params.keys():
        etag(answer, version)
    return answer


@router.get("/cadres/{cadre_id}/assignments", response_model=answers.list_shape(AssignmentRead))
def list_assignments(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: Readable,
    cadre_id: UUID,
    day: PeopleDay,
    known_at: KnownAt,
    pages: Annotated[Paging, paging("-valid_from")],
    superseded: Annotated[bool, Query(description="Also what was corrected later")] = False,
) -> Response:
    """The seats of a person, newest first; without `as_of` also what is decided for later."""
    ahead = "as_of" not in request.query_params
    rows = cadre.assignments(db, cadre_id, day=day, known_at=known_at, ahead=ahead, superseded=superseded)
    return answers.paged(request, pages, rows)


@router.post("/cadres/{cadre_id}/assignments", status_code=201, response_model=AssignmentRead)
def add_assignment(db: Placing, cadre_id: UUID, data: AssignmentCreate, today: Today) -> Response:
    """Gives a person a seat; a main one closes the previous main one in the same transaction."""
    span = assignment.add(db, cadre_id, data=data, today=today)
    return _assignment(db, cadre_id, span.assignment_id, today, 201)


@router.patch("/cadres/{cadre_id}/assignments/{assignment_id}", response_model=AssignmentRead)
def change_assignment(  # noqa: PLR0917 - the contract's parameters
    db: Placing, cadre_id: UUID, assignment_id: UUID, version: IfMatch, data: AssignmentUpdate, today: Today
) -> Response:
    """Ends an assignment, or corrects what was recorded wrongly."""
    assignment.change(db, cadre_id, version, assignment_id, data=data, today=today)
    return _assignment(db, cadre_id, assignment_id, today, 200)


def _assignment(db: ScopedSession, cadre_id: UUID, assignment_id: UUID, today: date, status: int) -> Response:
    rows = cadre.assignments(db, cadre_id, day=today, ahead=True)
    row = next(row for row in rows if row["id"] == assignment_id)
    answer = answers.plain(row, status)
    etag(answer, cadre.find(db, cadre_id).version)
    return answer


@router.get("/cadres/{cadre_id}/timeline", response_model=answers.list_shape(TimelineEvent))
def get_timeline(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: Readable,
    cadre_id: UUID,
    day: PeopleDay,
    known_at: KnownAt,
    pages: Annotated[Paging, paging("-on")],
) -> Response:
    """What happened to a person up to the day, newest first."""
    rows = cadre.timeline(db, cadre_id, day=day, known_at=known_at)
    return answers.paged(request, pages, rows)


@router.get("/cadres/{cadre_id}/history", response_model=answers.list_shape(HistoryEvent))
def get_history(
    request: Request,
    db: Readable,
    cadre_id: UUID,
    pages: Annotated[Paging, paging("-at")],
    field: Annotated[str | None, Query(max_length=80, description="Only changes of this field")] = None,
) -> Response:
    """The changes of a record, newest first."""
    return answers.page_of(request, pages, cadre.history(db, cadre_id, page=pages.page, field=field))


record.mount(router)
