"""The JSON API: parse, call one service, return."""

from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.routing import APIRoute

from app.api import (
    access_token,
    appointment,
    audit,
    cadre,
    code,
    committee,
    evaluation,
    file,
    health,
    imports,
    inbox,
    indicator,
    job,
    plan,
    post,
    post_change,
    problems,
    refusals,
    rotation,
    rotation_plan,
    rule,
    session,
    title,
    unit,
    waiver,
)
from app.api.deps import knows
from app.api.middleware import BodyLimit, RequestLine
from app.api.route import Replay

PREFIX = "/api/v1"
NOUNS = (
    session,
    access_token,
    unit,
    title,
    post,
    committee,
    code,
    cadre,
    indicator,
    rule,
    plan,
    appointment,
    inbox,
    post_change,
    rotation_plan,
    rotation,
    waiver,
    evaluation,
    imports,
    job,
    file,
    audit,
)


def _operation(route: APIRoute) -> str:
    return route.name


def create_api(state: dict[str, Any]) -> FastAPI:
    """The API app with `state` (engine, settings, keys) hung on it: no lifespan runs in-process."""
    errors: dict[int | str, dict[str, Any]] = {
        status: {
            "description": text,
            "content": {"application/problem+json": {"schema": problems.ProblemShape.model_json_schema()}},
        }
        for status, text in (
            (401, "Not signed in"),
            (403, "Not allowed"),
            (404, "Not there, or not in scope"),
            (409, "The record's state or a rule forbids it"),
            (412, "Changed since it was read"),
            (413, "The body is too large"),
            (422, "The request can't be taken"),
            (428, "If-Match is missing"),
            (503, "Busy, nothing was written"),
        )
    }
    app = FastAPI(
        title="Then Chốt",
        version="1",
        description="Quản lý cán bộ: quy định có ngày hiệu lực, chỉ tiêu kèm người còn thiếu.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=errors,
        generate_unique_id_function=_operation,
        redirect_slashes=False,
    )
    for name, value in state.items():
        setattr(app.state, name, value)
    for noun in NOUNS:
        app.include_router(noun.router, prefix=PREFIX)
    app.include_router(health.router)
    app.include_router(session.keys)
    problems.install(app)
    refusals.install(app)

    def replay(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the handler's signature
        assert isinstance(error, Replay)  # noqa: S101 - registered for this class alone
        return error.response

    app.add_exception_handler(Replay, replay)
    app.add_middleware(BodyLimit, refuse=problems.too_large, known=knows)
    app.add_middleware(RequestLine, failed=problems.unexpected)
    return app
