"""Units as of a day, their seats, and the changes between them."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import answers
from app.api.deps import AsOf, IfMatch, KnownAt, Paging, PeopleDay, etag, may, paging
from app.api.route import ContractRoute
from app.models.post import Staffing
from app.models.unit import (
    ChangeKind,
    Level,
    UnitChangeCreate,
    UnitChangeDone,
    UnitChangeRead,
    UnitCreate,
    UnitDetail,
    UnitForm,
    UnitKind,
    UnitRead,
    UnitUpdate,
)
from app.services import unit
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["units"])
Reading = Annotated[ScopedSession, may("reference:read")]
Writing = Annotated[ScopedSession, may("unit:write")]


async def _filters(  # noqa: PLR0917 - the contract's parameters
    level: Level | None = None,
    form: Annotated[
        Literal["territory", "body", "all"] | None,
        Query(description="Default: territory, or what `kind` says"),
    ] = None,
    kind: UnitKind | None = None,
    parent_id: Annotated[UUID | None, Query(description="Directly beneath this unit")] = None,
    code: Annotated[str | None, Query(max_length=32)] = None,
    q: Annotated[str | None, Query(max_length=100, description="Name, with or without tone marks")] = None,
) -> unit.Filters:
    chosen: str = form or ("all" if kind is not None else "territory")
    return unit.Filters(
        level=level,
        form=None if chosen == "all" else UnitForm(chosen),
        kind=kind,
        parent_id=parent_id,
        code=code,
        q=q,
    )


@router.get("/units", response_model=answers.list_shape(UnitRead))
def list_units(
    request: Request,
    db: Reading,
    day: AsOf,
    filters: Annotated[unit.Filters, Depends(_filters)],
    pages: Annotated[Paging, paging("name", "code")],
) -> Response:
    """Units that stand on the day."""
    return answers.page_of(request, pages, unit.list_(db, filters=filters, page=pages.page, day=day))


@router.post("/units", status_code=201, response_model=UnitDetail)
def create_unit(request: Request, db: Writing, data: UnitCreate) -> Response:
    """A new unit beneath a parent, on a legal basis."""
    unit_id = unit.create(db, data=data)
    answer = _detail(db, unit_id, data.valid_from, 201)
    answer.headers["Location"] = f"{request.url.path}/{unit_id}"
    return answer


@router.get("/units/{unit_id}", response_model=UnitDetail)
def get_unit(request: Request, db: Reading, unit_id: UUID, day: AsOf) -> Response:
    """One unit on the day, with its versions, its line above, predecessors and successors."""
    return _detail(db, unit_id, day, plain="as_of" not in request.query_params)


@router.patch("/units/{unit_id}", response_model=UnitDetail)
def change_unit(db: Writing, unit_id: UUID, version: IfMatch, data: UnitUpdate) -> Response:
    """Another name or class from a day on, or with `corrects` a correction of the span that holds on it."""
    unit.update(db, unit_id, version, data=data)
    return _detail(db, unit_id, data.valid_from)


def _detail(
    db: ScopedSession, unit_id: UUID, day: date, status: int = 200, *, plain: bool = True
) -> Response:
    found = unit.get(db, unit_id, day=day)
    answer = answers.plain(found, status)
    if plain:
        etag(answer, found["version"])
    return answer


@router.get("/units/{unit_id}/staffing", response_model=Staffing)
def get_staffing(
    db: Annotated[ScopedSession, may("cadre:read")],
    unit_id: UUID,
    day: PeopleDay,
    known_at: KnownAt,
    subtree: Annotated[bool, Query(description="Also the sub-units that make no plan of their own")] = False,
) -> Response:
    """The posts of a unit on the day with their seats and who holds them."""
    return answers.plain(unit.staffing(db, unit_id, day=day, known_at=known_at, subtree=subtree))


@router.get("/unit-changes", response_model=answers.list_shape(UnitChangeRead))
def list_unit_changes(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: Reading,
    pages: Annotated[Paging, paging("on")],
    unit_id: Annotated[UUID | None, Query(description="On either side of the change")] = None,
    kind: ChangeKind | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Response:
    """Changes of units by day, each with its parts and its legal basis."""
    found = unit.changes(db, page=pages.page, unit_id=unit_id, kind=kind, since=since, until=until)
    return answers.page_of(request, pages, found)


@router.post("/unit-changes", status_code=201, response_model=UnitChangeDone)
def create_unit_change(request: Request, db: Writing, data: UnitChangeCreate) -> Response:
    """Merges, splits, renames, dissolves or moves units on a day, or makes new ones."""
    done = unit.apply(db, data=data)
    return answers.plain(done, 201, {"Location": f"{request.url.path}/{done['id']}"})


@router.get("/unit-changes/{change_id}", response_model=UnitChangeRead)
def get_unit_change(db: Reading, change_id: UUID) -> Response:
    """One change of units."""
    return answers.plain(unit.change(db, change_id))
