"""Work in the background: what is under way, and how far one piece of it is."""

import re
from typing import Any

from fastapi import APIRouter, Response

from app.ui import importing
from app.ui.client import Problem
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.render import page, wants_block
from app.ui.shell import Page
from app.ui.texts import _

pages = APIRouter()
NOT_FOUND = 404
POLLED_ENOUGH = 286
"""htmx stops polling at this answer."""

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pages.get("/viec-nen")
async def browse(shell: Page) -> Response:
    """The latest job of each import within reach, newest first."""
    answer = await shell.api.get("/imports", {"limit": PER_PAGE, "cursor": cursor(shell), "count": True})
    return page(shell, "jobs.html", block="results", said=importing, list=listing(shell, answer))


@pages.get("/viec-nen/{job_id}")
async def one(shell: Page, job_id: str) -> Response:
    """How far a job is. The fragment asks again until it has ended; without scripts the page reloads."""
    if not UUID.fullmatch(job_id):
        raise Problem(NOT_FOUND)
    job: dict[str, Any] = await shell.api.get(f"/jobs/{job_id}")
    found: dict[str, Any] = await shell.api.get(f"/imports/{job['subject_id']}")
    progress = importing.progress(job, found, shell.request.app.state.paces.left(job))
    inside = shell.request.query_params.get("o") == "tep"
    final = progress.ended and wants_block(shell.request)
    response = page(
        shell,
        "job.html",
        block="progress",
        status=POLLED_ENOUGH if final else 200,
        said=importing,
        progress=progress,
        found=found,
        polled=shell.here(),
        inside=inside,
        name=importing.JOB.get(job["kind"], _("Việc nền")),
    )
    if final and inside:
        # The import's own page has new counts and rows now: it is drawn anew as a whole.
        response.headers["HX-Refresh"] = "true"
    return response
