"""Refused attempts stand in the audit: every 403, and every 404 on a record's path, without looking it up."""

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response

from app.api import problems
from app.api.deps import MissingIfMatch, context_of, today_of
from app.services import audit, errors

if TYPE_CHECKING:
    from app.services.scope import Actor

_RECORDS = {
    "cadre_id": "cadre",
    "unit_id": "unit",
    "title_id": "title",
    "post_id": "post",
    "committee_id": "committee",
    "session_id": "session",
    "assignment_id": "assignment",
    "change_id": "unit_change",
    "membership_id": "membership",
}


def _root(request: Request) -> tuple[str, str] | None:
    for name, kind in _RECORDS.items():
        if name in request.path_params:
            return kind, str(request.path_params[name])[:64]
    # Figures and people of a unit: the unit out of scope stands in the query.
    asked = request.query_params.get("unit_id")
    return ("unit", asked[:64]) if asked else None


def _recorded(request: Request, error: errors.DomainError) -> Response:
    route = request.scope.get("route")
    action = f"{request.method} {getattr(route, 'path', request.url.path)}"[:60]
    actor: Actor | None = getattr(request.state, "actor", None)
    home = actor.home() if actor is not None else None
    event = audit.refusal(
        context_of(request),
        action=action,
        root=_root(request),
        reason=error.detail,
        unit_id=home.unit_id if home is not None else None,
    )
    try:
        request.app.state.recorder.write(event, today_of(request))
    except Exception:  # noqa: BLE001 - whatever kept the event from being written, the answer must not leave
        busy = errors.Busy("Chưa ghi được nhật ký nên chưa trả lời. Hãy thử lại.")
        return problems.of_domain(request, busy)
    return problems.of_domain(request, error)


def install(app: FastAPI) -> None:
    """Hangs the recording handlers on the app."""

    def denied(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.Denied)  # noqa: S101 - registered for this class alone
        return _recorded(request, error)

    def missing(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.NotFound)  # noqa: S101 - registered for this class alone
        if _root(request) is None:
            return problems.of_domain(request, error)
        return _recorded(request, error)

    def precondition(request: Request, error: Exception) -> Response:
        assert isinstance(error, MissingIfMatch)  # noqa: S101 - registered for this class alone
        return problems.problem(request, 428, "precondition-required", error.title, error.detail)

    app.add_exception_handler(errors.Denied, denied)
    app.add_exception_handler(errors.NotFound, missing)
    app.add_exception_handler(MissingIfMatch, precondition)
