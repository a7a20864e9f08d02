"""Every operation needs an actor or stands on a short list, and takes no field it does not know."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import RouteContext, iter_route_contexts
from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlmodel import SQLModel

from app.api.deps import may, public
from app.main import create_app
from app.services.database import dispose
from app.services.scope import PERMISSIONS
from app.settings import Settings
from tests.house.schemas import accepts_the_unknown, contained, parts

# What nobody needs to sign in for: signing in, the public keys, the machine's health.
PUBLIC = {
    ("POST", "/api/v1/sessions"),
    ("POST", "/api/v1/sessions/current/token"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
}
OPENER = type(may(min(PERMISSIONS)).dependency)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    """The house without a database: its routes are there all the same."""
    built = create_app(Settings(data_dir=tmp_path_factory.mktemp("data"), demo=True))
    yield built
    dispose(built.state.engine)


def operations(app: FastAPI) -> dict[tuple[str, str], RouteContext]:
    """Method and path to the route, for everything the API answers to."""
    found = {}
    for context in iter_route_contexts(app.routes):
        if getattr(context, "dependant", None) is not None:
            for method in context.methods or ():
                found[method, str(context.path)] = context
    return found


def calls(dependant: Dependant) -> Iterator[Any]:
    """Every dependency a route asks for, at any depth."""
    for child in dependant.dependencies:
        yield child.call
        yield from calls(child)


def open_doors(app: FastAPI) -> set[tuple[str, str]]:
    """Operations that ask for no actor."""
    return {
        key
        for key, context in operations(app).items()
        if not any(isinstance(call, OPENER) for call in calls(context.dependant))
    }


def undeclared(app: FastAPI) -> set[tuple[str, str]]:
    """Operations without an actor that do not even say they are public."""
    return {
        key for key in open_doors(app) if public.dependency not in set(calls(operations(app)[key].dependant))
    }


def test_every_operation_needs_an_actor_or_stands_on_the_list(app: FastAPI) -> None:
    assert len(operations(app)) > len(PUBLIC)
    assert open_doors(app) == PUBLIC
    assert undeclared(app) == set()


def test_the_description_knows_every_operation(app: FastAPI) -> None:
    described = {
        (method.upper(), path) for path, methods in app.openapi()["paths"].items() for method in methods
    }
    assert described == set(operations(app))


def example_app() -> FastAPI:
    """An app with two careless operations."""

    class Loose(SQLModel):
        name: str | None = None

    router = APIRouter()

    @router.get("/people")
    def people() -> list[str]:
        return []

    @router.post("/people", dependencies=[may(min(PERMISSIONS))])
    def add(data: Loose) -> str | None:
        return data.name

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(router, prefix="/api/v1")
    return app


def test_an_operation_without_actor_is_seen() -> None:
    assert open_doors(example_app()) == undeclared(example_app()) == {("GET", "/api/v1/people")}


def body_types(app: FastAPI) -> dict[tuple[str, str], Any]:
    """Operation to the type of its JSON body."""
    return {
        key: context.body_field.field_info.annotation
        for key, context in operations(app).items()
        if getattr(context, "body_field", None) is not None
    }


def takes_the_unknown(body: Any) -> bool:  # noqa: ANN401 - any annotation
    """Whether a body with a misspelt field gets past its schema."""
    try:
        TypeAdapter(body).validate_python({"no_such_field": 1})
    except ValidationError as refused:
        kinds = {(fault["type"], fault["loc"][-1]) for fault in refused.errors()}
        return ("extra_forbidden", "no_such_field") not in kinds
    return True


def test_every_body_refuses_an_unknown_field(app: FastAPI) -> None:
    assert body_types(app)
    assert {key for key, body in body_types(app).items() if takes_the_unknown(body)} == set()


def test_what_bodies_contain_refuses_unknown_fields_too(app: FastAPI) -> None:
    inner = contained(part for body in body_types(app).values() for part in parts(body))
    assert [cls.__name__ for cls in inner if accepts_the_unknown(cls)] == []


def test_no_body_is_a_table(app: FastAPI) -> None:
    assert {key for key, body in body_types(app).items() if hasattr(body, "__mapper__")} == set()


def test_a_body_that_takes_anything_is_seen() -> None:
    loose = body_types(example_app())
    assert [key for key, body in loose.items() if takes_the_unknown(body)] == [("POST", "/api/v1/people")]


def test_a_deeper_body_that_takes_anything_is_told_from_a_strict_one() -> None:
    class Strict(BaseModel):
        model_config = {"extra": "forbid"}

        name: str

    assert not takes_the_unknown(Strict)
    assert not takes_the_unknown(Strict | None)
