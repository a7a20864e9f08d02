"""Work that waits for the one who asks, and the terms that end, with one click to their dossier."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import waiting
from app.ui.client import Problem
from app.ui.forms import CONFLICT, UNPROCESSABLE, Form
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.places import offered
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import UUID, Changes, Page, Shell
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
FORBIDDEN, NOT_FOUND = 403, 404
ROOT, DUE, OPEN = "/viec", "/bo-nhiem/den-han", "/bo-nhiem/den-han/lap-ho-so"


@pages.get(ROOT)
async def inbox(shell: Page) -> Response:
    """What this person can do now, re-appointments past their term first; the inbox is always of today."""
    return await _inbox(shell)


@pages.get(DUE)
async def due(shell: Page) -> Response:
    """Terms that end, as of the day looked at; with htmx only the results."""
    return await _due(shell)


@pages.post(OPEN)
async def open_dossier(request: Request, shell: Page) -> Response:
    """Opens the dossier about a term and goes to it; a refusal is told above the list it was asked from."""
    sent = await read_form(request, shell.secret)
    key = sent.get("assignment_id", "")
    if not UUID.fullmatch(key):
        raise Problem(NOT_FOUND)
    body = {"kind": "reappointment", "assignment_id": key}
    try:
        made = await shell.api.post("/appointments", body, key=f"{sent.get('_key', '')[:60]}.{key}")
    except Problem as problem:
        if problem.status not in {CONFLICT, FORBIDDEN, UNPROCESSABLE}:
            raise
        words = [problem.detail, *(fault.get("detail") for fault in problem.errors or ())]
        refused = " ".join(str(one) for one in dict.fromkeys(words) if one)
        draw = _due if sent.get("tu") == "den-han" else _inbox
        return await draw(shell, refused=refused, status=problem.status)
    return see(f"/bo-nhiem/{made.body['id']}")


async def _inbox(shell: Shell, *, refused: str = "", status: int = 200) -> Response:
    answer = await shell.api.get("/inbox", {"limit": PER_PAGE, "cursor": cursor(shell), "count": True})
    return page(
        shell,
        "inbox.html",
        block="results",
        status=status,
        said=waiting,
        form=Form([]),
        list=listing(shell, answer),
        refused=refused,
    )


async def _due(shell: Shell, *, refused: str = "", status: int = 200) -> Response:
    asked = shell.request.query_params
    chosen, overdue = asked.get("don-vi", ""), asked.get("qua-han", "")
    filters: Changes = {
        "unit_id": chosen if UUID.fullmatch(chosen) else "",
        "overdue": overdue if overdue in waiting.OVERDUE else "",
    }
    paging = {"limit": PER_PAGE, "cursor": cursor(shell), "count": True}
    answer, unit, places = await together(
        shell.api.get("/appointments/due", {**filters, **paging, **shell.as_of}),
        _unit(shell, filters["unit_id"]),
        offered(shell, shell.day),
    )
    if unit is not None and unit["id"] not in {place["id"] for place in places}:
        places = [*places, unit]
    return page(
        shell,
        "terms_due.html",
        block="results",
        status=status,
        said=waiting,
        form=Form([]),
        list=listing(shell, answer),
        chips=_chips(shell, filters, unit),
        asked=filters,
        units=places,
        refused=refused,
    )


def _chips(shell: Shell, filters: Changes, unit: dict[str, Any] | None) -> list[tuple[str, str]]:
    chips = []
    if unit is not None:
        chips.append((_("Đơn vị: %s") % unit["name"], shell.here({"don-vi": None})))
    if filters["overdue"]:
        chips.append((waiting.OVERDUE[filters["overdue"]], shell.here({"qua-han": None})))
    return chips


async def _unit(shell: Shell, unit_id: str) -> dict[str, Any] | None:
    """The unit that the list is narrowed to; one that isn't there narrows it to nothing."""
    if not unit_id:
        return None
    try:
        found: dict[str, Any] = await shell.api.get(f"/units/{unit_id}")
    except Problem as problem:
        if problem.status == NOT_FOUND:
            return None
        raise
    return found
