"""Indicators: figures of a unit on a day, over time, and exactly the people behind each number."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.api import answers
from app.api.deps import AsOf, KnownAt, Paging, PeopleDay, Today, may, paging, settings_of
from app.api.route import ContractRoute
from app.models.indicator import BehindList, IndicatorsRead, SeriesRead, TargetRead
from app.services import indicator, rule
from app.services.errors import Invalid
from app.services.indicator import Basis, Behind, Moment, Part, Step
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["indicators"])
Figures = Annotated[ScopedSession, may("indicator:read")]
People = Annotated[ScopedSession, may("indicator:people")]
Reference = Annotated[ScopedSession, may("reference:read")]
MOST_HISTORY = 40
UnitId = Annotated[UUID | None, Query(description="Default: the caller's highest unit")]


# Coroutines: a plain function would cost a hop through the thread pool.


async def _basis(request: Request) -> Basis:
    settings = settings_of(request)
    return Basis(
        law=rule.law_of(settings.resolution_on),
        records_begin_on=settings.records_begin_on,
        record_ends_on=settings.record_ends_on,
    )


LawBasis = Annotated[Basis, Depends(_basis)]


async def _moment(day: AsOf, today: Today, known_at: KnownAt) -> Moment:
    return Moment(day, today, known_at)


At = Annotated[Moment, Depends(_moment)]
By = Annotated[
    str | None, Query(pattern="^unit$", description="`unit`: also a row for each territory beneath")
]
History = Annotated[
    int, Query(ge=0, le=MOST_HISTORY, description="So many quarter ends before the day, as `history`")
]


@router.get("/indicators", response_model=IndicatorsRead, response_model_exclude_unset=True)
def list_indicators(  # noqa: PLR0917 - the contract's parameters
    db: Figures,
    basis: LawBasis,
    at: At,
    unit_id: UnitId = None,
    by: By = None,
    ids: Annotated[str | None, Query(max_length=1000, description="Comma-separated; default: all")] = None,
    history: History = 0,
) -> Response:
    """Every indicator of a unit on a day: figures, targets, persons still missing."""
    wanted = indicator.chosen(None if ids is None else [part.strip() for part in ids.split(",")])
    found = indicator.figures(
        db, basis, indicators=wanted, moment=at, unit_id=unit_id, by_unit=by is not None, history=history
    )
    return answers.plain(found)


@router.get("/indicators/{indicator_id}", response_model=IndicatorsRead, response_model_exclude_unset=True)
def get_indicator(  # noqa: PLR0917 - the contract's parameters
    db: Figures,
    basis: LawBasis,
    at: At,
    indicator_id: str,
    unit_id: UnitId = None,
    by: By = None,
    history: History = 0,
) -> Response:
    """One indicator of a unit on a day, in the shape of the list."""
    found = indicator.figures(
        db,
        basis,
        indicators=[indicator.one(indicator_id)],
        moment=at,
        unit_id=unit_id,
        by_unit=by is not None,
        history=history,
    )
    return answers.plain(found)


@router.get("/indicators/{indicator_id}/series", response_model=SeriesRead)
def list_series(  # noqa: PLR0917 - the contract's parameters
    db: Figures,
    basis: LawBasis,
    at: At,
    today: Today,
    indicator_id: str,
    unit_id: UnitId = None,
    start: Annotated[date | None, Query(alias="from", description="Default: twenty steps back")] = None,
    to: Annotated[date | None, Query(description="Default: `as_of`, else today")] = None,
    step: Step = "quarter",
) -> Response:
    """One indicator at the end of each step, at most 40 points, the last day included."""
    last = Moment(to or at.day, today, at.known_at)
    found = indicator.series(
        db, basis, indicator=indicator.one(indicator_id), moment=last, unit_id=unit_id, start=start, step=step
    )
    return answers.plain(found)


@router.get("/indicators/{indicator_id}/people", response_model=BehindList)
def list_people(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: People,
    basis: LawBasis,
    day: PeopleDay,
    today: Today,
    known_at: KnownAt,
    pages: Annotated[Paging, paging("name")],
    indicator_id: str,
    part: Part,
    unit_id: UnitId = None,
    variant: Annotated[str | None, Query(max_length=40, description="A reading beside the headline")] = None,
    own: Annotated[bool, Query(description="The unit's own bodies alone")] = False,
    q: Annotated[str, Query(max_length=100, description="Name or code")] = "",
) -> Response:
    """Exactly the people behind a number; the total is the number, less those `withheld` from this caller."""
    if pages.page.sort.startswith("-"):
        raise Invalid.at("/query/sort", "Danh sách này chỉ sắp xếp theo tên.")
    behind = Behind(indicator.one(indicator_id), part, variant, own, q)
    found = indicator.people(
        db, basis, behind=behind, moment=Moment(day, today, known_at), page=pages.page, unit_id=unit_id
    )
    extra = {"indicator": indicator_id, "part": part, "as_of": day, "unit": found.unit.ref}
    if found.withheld:
        extra["withheld"] = found.withheld
    return answers.page_of(request, pages, found.page, extra=extra)


@router.get("/targets", response_model=answers.list_shape(TargetRead))
def list_targets(
    db: Reference,  # noqa: ARG001 - the session proves the caller
    request: Request,
    today: Today,
    on: Annotated[date | None, Query(description="Day of the law; default today")] = None,
) -> Response:
    """The targets in force on a day: threshold, comparator, deadline, clause, strength."""
    law = rule.law_of(settings_of(request).resolution_on)
    return answers.whole(indicator.targets(law, day=on or today))
