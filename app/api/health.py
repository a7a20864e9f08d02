"""Whether the server lives, and whether it is ready to serve."""

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import col, select

from app.api import answers
from app.api.deps import public, record_session, settings_of
from app.api.route import ContractRoute
from app.models.unit import UnitVersion
from app.services.database import at_head

router = APIRouter(route_class=ContractRoute, tags=["health"])


@router.get("/healthz", dependencies=[public])
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", dependencies=[public])
def readyz(request: Request) -> Response:
    """Database reachable, migrations at head, and in demo mode the province seeded.

    503 names what is missing.
    """
    checks = {"database": False, "migrations": False, "seeded": not settings_of(request).demo}
    try:
        checks["migrations"] = at_head(request.app.state.engine)
        checks["database"] = True
        if checks["migrations"]:
            with record_session(request) as session:
                any_unit = session.execute(select(col(UnitVersion.row_id)).limit(1)).first() is not None
            checks["seeded"] = checks["seeded"] or any_unit
    except SQLAlchemyError:
        checks["database"] = False
    ready = all(checks.values())
    return answers.plain(
        {"ready": ready, "checks": checks}, 200 if ready else 503, None if ready else {"Retry-After": "5"}
    )
