"""Code lists: what a field may hold, with the words people see."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel

from app.api import answers
from app.api.deps import may
from app.api.route import ContractRoute
from app.models.code import CodeItemRead, EthnicityRead
from app.services import code
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["code lists"])
Reading = Annotated[ScopedSession, may("reference:read")]


class CodeListRead(BaseModel):
    """A code list and how many entries it has."""

    id: str
    entries: int


@router.get("/code-lists", response_model=answers.list_shape(CodeListRead))
def list_code_lists(db: Reading) -> Response:
    """Every code list."""
    return answers.whole(code.lists(db))


@router.get("/code-lists/{list_id}", response_model=answers.list_shape(CodeItemRead))
def get_code_list(db: Reading, list_id: Annotated[str, Path(max_length=60)]) -> Response:
    """The entries of one code list, in their order."""
    return answers.whole(code.entries(db, list_id))


@router.get("/ethnicities", response_model=answers.list_shape(EthnicityRead))
def list_ethnicities(db: Reading) -> Response:
    """The ethnic groups with both official numberings."""
    return answers.whole(code.ethnicities(db))
