"""Refused attempts stand in the audit: every 403, and every 404 on a record's path, without looking it up."""

from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError

from app.api import problems, target
from app.api.deps import SAFE, MissingIfMatch, context_of, identify, inspects, today_of
from app.api.route import ContractRoute
from app.services import audit, errors

if TYPE_CHECKING:
    from app.services.scope import Actor


def _recorded(request: Request, error: errors.DomainError) -> Response:
    actor: Actor | None = getattr(request.state, "actor", None)
    home = actor.home() if actor is not None else None
    event = audit.refusal(
        context_of(request),
        action=target.action(request),
        root=target.root(request),
        reason=error.detail,
        unit_id=home.unit_id if home is not None else None,
    )
    try:
        request.app.state.recorder.write(event, today_of(request))
    except Exception:  # noqa: BLE001 - whatever kept the event from being written, the answer must not leave
        busy = errors.Busy("Chưa ghi được nhật ký nên chưa trả lời. Hãy thử lại.")
        return problems.of_domain(request, busy)
    return _told(request, error)


def _told(request: Request, error: errors.DomainError) -> Response:
    if isinstance(error, MissingIfMatch):
        return problems.problem(request, 428, "precondition-required", error.title, error.detail)
    return problems.of_domain(request, error)


def install(app: FastAPI) -> None:
    """Hangs the recording handlers on the app."""

    def denied(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.Denied)  # noqa: S101 - registered for this class alone
        return _recorded(request, error)

    def missing(request: Request, error: Exception) -> Response:
        assert isinstance(error, errors.NotFound)  # noqa: S101 - registered for this class alone
        if target.root(request) is None and not inspects(request):
            return problems.of_domain(request, error)
        return _recorded(request, error)

    def turned_back(request: Request, error: Exception) -> Response:
        """A step of a dossier that its state, the law or what was sent forbids is told in the log too."""
        assert isinstance(error, errors.DomainError)  # noqa: S101 - registered for such classes alone
        if request.method in SAFE or not target.in_dossier(request):
            return _told(request, error)
        return _recorded(request, error)

    def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class alone
        route = request.scope.get("route")
        if not hasattr(request.state, "actor") and isinstance(route, ContractRoute) and route.opens:
            # A body that is no JSON is found before anybody asks who sent it; strangers hear of it, and leave
            # in the log, nothing.
            try:
                identify(request)
            except errors.Unauthenticated as stranger:
                return problems.of_domain(request, stranger)
        return turned_back(
            request, errors.Invalid("Hãy sửa các trường nêu dưới đây.", problems.faults_of(error))
        )

    app.add_exception_handler(errors.Denied, denied)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(errors.NotFound, missing)
    for kind in (errors.Conflict, errors.Stale, errors.Invalid, MissingIfMatch):
        app.add_exception_handler(kind, turned_back)
