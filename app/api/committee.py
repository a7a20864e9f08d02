"""Party committees as of a day, and who sits in them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from app.api import answers
from app.api.deps import AsOf, IfMatch, Paging, PeopleDay, etag, may, paging, settings_of
from app.api.route import ContractRoute
from app.models.committee import (
    CommitteeDetail,
    CommitteeRead,
    MembershipCreate,
    MembershipRead,
    MembershipUpdate,
)
from app.models.unit import CommitteeTier, Level
from app.services import committee
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["committees"])
Reading = Annotated[ScopedSession, may("reference:read")]
Naming = Annotated[ScopedSession, may("committee:read")]
Writing = Annotated[ScopedSession, may("committee:write")]


def _counts(request: Request, day: date) -> bool:
    """False past the last day people are carried to."""
    last = settings_of(request).record_ends_on
    return last is None or day <= last


@router.get("/committees", response_model=answers.list_shape(CommitteeRead))
def list_committees(  # noqa: PLR0917 - the contract's parameters
    request: Request,
    db: Reading,
    day: AsOf,
    pages: Annotated[Paging, paging("name")],
    level: Level | None = None,
    tier: CommitteeTier | None = None,
    unit_id: Annotated[UUID | None, Query(description="This unit and all beneath it")] = None,
) -> Response:
    """Party committees that stand on the day, with the term that runs and the number of members."""
    filters = committee.Filters(level=level, tier=tier, unit_id=unit_id)
    found = committee.list_(db, filters=filters, page=pages.page, day=day, counts=_counts(request, day))
    return answers.page_of(request, pages, found)


@router.get("/committees/{committee_id}", response_model=CommitteeDetail)
def get_committee(request: Request, db: Reading, committee_id: UUID, day: AsOf) -> Response:
    """One party committee on the day with all its terms; its id is that of its unit."""
    return answers.plain(committee.get(db, committee_id, day=day, counts=_counts(request, day)))


@router.get("/committees/{committee_id}/members", response_model=answers.list_shape(MembershipRead))
def list_members(db: Naming, committee_id: UUID, day: PeopleDay) -> Response:
    """The members on the day, secretary first."""
    return answers.whole(committee.members(db, committee_id, day=day))


@router.post("/committees/{committee_id}/members", status_code=201, response_model=MembershipRead)
def add_member(request: Request, db: Writing, committee_id: UUID, data: MembershipCreate) -> Response:
    """Enters a member elected or designated; secretary and deputy come by assignment."""
    row = committee.add_member(db, committee_id, data=data)
    answer = _one(db, committee_id, row.id, 201)
    answer.headers["Location"] = f"{request.url.path}/{row.id}"
    return answer


@router.get("/committees/{committee_id}/members/{membership_id}", response_model=MembershipRead)
def get_member(db: Naming, committee_id: UUID, membership_id: UUID) -> Response:
    """One membership; its ETag is the version of the person's file, which the change of it names."""
    return _one(db, committee_id, membership_id)


@router.patch("/committees/{committee_id}/members/{membership_id}", response_model=MembershipRead)
def end_member(
    db: Writing, committee_id: UUID, membership_id: UUID, version: IfMatch, data: MembershipUpdate
) -> Response:
    """Ends a membership on a day."""
    committee.end_member(db, committee_id, membership_id, version, data=data)
    return _one(db, committee_id, membership_id)


def _one(db: ScopedSession, committee_id: UUID, membership_id: UUID, status: int = 200) -> Response:
    found, version = committee.member(db, committee_id, membership_id)
    answer = answers.plain(found, status)
    if version is not None:
        etag(answer, version)
    return answer
