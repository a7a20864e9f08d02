"""Titles as of a day, as known at an instant."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import answers
from app.api.deps import AsOf, IfMatch, KnownAt, Paging, Today, etag, may, paging
from app.api.route import ContractRoute
from app.models.title import ManagedBy, TitleCreate, TitleDetail, TitleRead, TitleUpdate
from app.models.unit import Level, UnitKind
from app.services import title
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["titles"])
Reading = Annotated[ScopedSession, may("reference:read")]
Writing = Annotated[ScopedSession, may("title:write")]


async def _filters(  # noqa: PLR0917 - the contract's parameters
    managed_by: ManagedBy | None = None,
    level: Level | None = None,
    unit_kind: UnitKind | None = None,
    is_key: bool | None = None,
    is_leadership: bool | None = None,
    q: Annotated[str | None, Query(max_length=100, description="Name, with or without tone marks")] = None,
) -> title.Filters:
    return title.Filters(
        managed_by=managed_by,
        level=level,
        unit_kind=unit_kind,
        is_key=is_key,
        is_leadership=is_leadership,
        q=q,
    )


@router.get("/titles", response_model=answers.list_shape(TitleRead))
def list_titles(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: Reading,
    day: AsOf,
    known_at: KnownAt,
    filters: Annotated[title.Filters, Depends(_filters)],
    pages: Annotated[Paging, paging("rank", "name", "code")],
) -> Response:
    """Titles that stand on the day."""
    found = title.list_(db, filters=filters, page=pages.page, day=day, known_at=known_at)
    return answers.page_of(request, pages, found)


@router.post("/titles", status_code=201, response_model=TitleDetail)
def create_title(request: Request, db: Writing, data: TitleCreate) -> Response:
    """A new title with what it asks of its holder."""
    title_id = title.create(db, data=data)
    answer = _detail(db, title_id, data.valid_from, status=201)
    answer.headers["Location"] = f"{request.url.path}/{title_id}"
    return answer


@router.get("/titles/{title_id}", response_model=TitleDetail)
def get_title(request: Request, db: Reading, title_id: UUID, day: AsOf, known_at: KnownAt) -> Response:
    """One title on the day, with its standards and its spans."""
    plain = not {"as_of", "known_at"} & request.query_params.keys()
    return _detail(db, title_id, day, known_at, plain=plain)


@router.patch("/titles/{title_id}", response_model=TitleDetail)
def change_title(db: Writing, title_id: UUID, version: IfMatch, data: TitleUpdate, today: Today) -> Response:
    """Changes a title from a day on, or with `corrects` mends the span that holds on it."""
    title.update(db, title_id, version, data=data, today=today)
    return _detail(db, title_id, data.valid_from)


def _detail(
    db: ScopedSession,
    title_id: UUID,
    day: date,
    known_at: datetime | None = None,
    *,
    status: int = 200,
    plain: bool = True,
) -> Response:
    found = title.get(db, title_id, day=day, known_at=known_at)
    answer = answers.plain(found, status)
    if plain:
        etag(answer, found["version"])
    return answer
