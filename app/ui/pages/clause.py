"""The resolution's clauses in our own words: where every clause id on screen leads."""

from fastapi import APIRouter, Response

from app.ui.render import page
from app.ui.shell import Page

pages = APIRouter()


@pages.get("/nghi-quyet")
async def browse(shell: Page) -> Response:
    """All clauses under their sections, each with an anchor of its own."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for key, wording in (await shell.client.clauses(shell.api)).items():
        parts.setdefault(key.partition("-")[0], []).append((key, wording))
    return page(shell, "clauses.html", parts=list(parts.items()))
