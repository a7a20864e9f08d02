"""Posts as of a day: titles in units with their seats."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import answers
from app.api.deps import AsOf, IfMatch, KnownAt, Paging, etag, may, paging, settings_of
from app.api.route import ContractRoute
from app.models.post import PostCreate, PostDetail, PostRead, PostUpdate
from app.services import post
from app.services.errors import Invalid
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["posts"])
Reading = Annotated[ScopedSession, may("reference:read")]
Writing = Annotated[ScopedSession, may("post:write")]


async def _filters(
    unit_id: UUID | None = None,
    subtree: Annotated[bool, Query(description="Also the posts of all units beneath `unit_id`")] = False,
    title_id: UUID | None = None,
    vacant: Annotated[bool | None, Query(description="true: with a free seat; false: full")] = None,
    leading: Annotated[
        bool | None, Query(description="true: of titles that lead; false: of all others")
    ] = None,
) -> post.Filters:
    return post.Filters(unit_id=unit_id, subtree=subtree, title_id=title_id, vacant=vacant, leading=leading)


def _counts(request: Request, day: date) -> bool:
    """False past the last day people are carried to: who fills a seat then isn't known."""
    last = settings_of(request).record_ends_on
    return last is None or day <= last


@router.get("/posts", response_model=answers.list_shape(PostRead))
def list_posts(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: Reading,
    day: AsOf,
    known_at: KnownAt,
    filters: Annotated[post.Filters, Depends(_filters)],
    pages: Annotated[Paging, paging("unit", "title")],
) -> Response:
    """Posts on the day with seats, how many are taken and how many are free."""
    counts = _counts(request, day)
    if filters.vacant is not None and not counts:
        raise Invalid.at("/query/vacant", "Sau ngày cuối của hồ sơ cán bộ chưa biết chỗ nào còn trống.")
    found = post.list_(db, filters=filters, page=pages.page, day=day, known_at=known_at, counts=counts)
    return answers.page_of(request, pages, found)


@router.post("/posts", status_code=201, response_model=PostDetail)
def create_post(request: Request, db: Writing, data: PostCreate) -> Response:
    """Opens a title in a unit with a number of seats."""
    post_id = post.create(db, data=data)
    answer = _detail(request, db, post_id, data.valid_from, status=201)
    answer.headers["Location"] = f"{request.url.path}/{post_id}"
    return answer


@router.get("/posts/{post_id}", response_model=PostDetail)
def get_post(request: Request, db: Reading, post_id: UUID, day: AsOf, known_at: KnownAt) -> Response:
    """One post on the day with all its quotas."""
    plain = not {"as_of", "known_at"} & request.query_params.keys()
    return _detail(request, db, post_id, day, known_at, plain=plain)


@router.patch("/posts/{post_id}", response_model=PostDetail)
def change_post(request: Request, db: Writing, post_id: UUID, version: IfMatch, data: PostUpdate) -> Response:
    """Another number of seats from a day on, or with `corrects` a correction of the span that holds on it."""
    post.update(db, post_id, version, data=data)
    return _detail(request, db, post_id, data.valid_from)


def _detail(
    request: Request,
    db: ScopedSession,
    post_id: UUID,
    day: date,
    known_at: datetime | None = None,
    *,
    status: int = 200,
    plain: bool = True,
) -> Response:
    found = post.get(db, post_id, day=day, known_at=known_at, counts=_counts(request, day))
    answer = answers.plain(found, status)
    if plain:
        etag(answer, found["version"])
    return answer
