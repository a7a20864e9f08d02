"""Work waiting for the caller over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Request, Response

from app.api import answers
from app.api.deps import LawNow, Paging, Today, may, paging
from app.api.route import ContractRoute
from app.models.inbox import InboxRead
from app.services import inbox
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["inbox"])
Reading = Annotated[ScopedSession, may("inbox:read")]


@router.get("/inbox", response_model=answers.list_shape(InboxRead))
def list_inbox(
    request: Request,
    db: Reading,
    today: Today,
    law: LawNow,
    pages: Annotated[Paging, paging("lateness")],
) -> Response:
    """What this caller can do today, re-appointments past their term first, then the latest.

    403 for who never acts on a dossier: inspectors and their keys, persons themselves, supervision, machines.
    """
    return answers.page_of(request, pages, inbox.list_(db, law, page=pages.page, day=today))
