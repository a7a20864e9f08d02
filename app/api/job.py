"""Jobs over HTTP: how far background work is."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter

from app.api.deps import may
from app.api.route import ContractRoute
from app.models.job import JobRead
from app.services import imports, job
from app.services.scope import ScopedSession

router = APIRouter(route_class=ContractRoute, tags=["jobs"])


@router.get("/jobs/{job_id}", response_model=JobRead)
def get_job(db: Annotated[ScopedSession, may("import:read")], job_id: UUID) -> dict[str, Any]:
    """State and progress of a job, as they stand in the database: a reload or a restart loses nothing."""
    return imports.job_shape(job.get(db, job_id))
