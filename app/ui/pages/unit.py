"""Units: the tree of a day, one unit with its life, its bodies and its seats."""

from datetime import date, timedelta
from typing import Any

from fastapi import APIRouter, Response

from app.ui.client import Json, Problem
from app.ui.display import parse_iso
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.render import page
from app.ui.shell import Changes, Page, Shell
from app.ui.texts import LEVEL, UNIT_KIND, _
from app.ui.together import together

pages = APIRouter()
FORBIDDEN, NOT_FOUND = 403, 404
MOST_FREE_LINES = 3


@pages.get("/don-vi")
async def browse(shell: Page) -> Response:
    """Territories and bodies of the day, by level, parent and name."""
    asked = shell.request.query_params
    level, kind, form = asked.get("cap", ""), asked.get("loai", ""), asked.get("dang", "")
    parent, text = asked.get("cha", ""), asked.get("q", "").strip()[:100]
    plain = not (level or kind or parent or text or form)
    filters: Changes = {
        "level": ("province" if plain else level) if level in LEVEL or plain else "",
        "kind": kind if kind in UNIT_KIND else "",
        "parent_id": parent,
        "q": text,
        "form": "body" if form == "co-quan" else "",
    }
    answer = await shell.api.get(
        "/units", {**filters, **shell.as_of, "limit": PER_PAGE, "cursor": cursor(shell), "count": True}
    )
    found = listing(shell, answer)
    top: list[dict[str, Any]] = []
    if plain and found.items:
        inner = await shell.api.get(
            "/units", {"parent_id": found.items[0]["id"], **shell.as_of, "limit": 200}
        )
        top = inner.get("items", [])
    above = await _maybe(shell, f"/units/{parent}") if parent else None
    chips = _chips(shell, level, kind, text, above)
    return page(
        shell,
        "units.html",
        block="results",
        list=found,
        top=top,
        plain=plain,
        level=level,
        kind=kind,
        form=form,
        q=text,
        above=above,
        parent=parent,
        chips=chips,
    )


@pages.get("/don-vi/{unit_id}")
async def one(shell: Page, unit_id: str) -> Response:
    """A unit on a day: what lies beneath it, what it was before and became, who holds its seats."""
    history = await _maybe(shell, "/unit-changes", {"unit_id": unit_id, "limit": 100})
    changes = (history or {}).get("items", [])
    unit, last = await _standing(shell, unit_id, changes)
    if last is not None:
        return page(shell, "unit.html", unit=unit, last=last, parent=unit.get("parent"), changes=changes)
    below, bodies, staffing = await together(
        shell.api.get("/units", {"parent_id": unit_id, **shell.as_of, "limit": 200}),
        shell.api.get("/units", {"parent_id": unit_id, "form": "body", **shell.as_of, "limit": 200}),
        _maybe(shell, f"/units/{unit_id}/staffing", shell.as_of),
    )
    return page(
        shell,
        "unit.html",
        unit=unit,
        last=None,
        parent=unit.get("parent"),
        below=below.get("items", []),
        bodies=bodies.get("items", []),
        changes=changes,
        posts=_posts(staffing),
        total=(staffing or {}).get("total") or {},
        barred=staffing is None,
    )


async def _standing(
    shell: Shell, unit_id: str, changes: list[dict[str, Any]]
) -> tuple[dict[str, Any], date | None]:
    """The unit on the day looked at; one that had ended by then as it last was, with its last day."""
    try:
        return await shell.api.get(f"/units/{unit_id}", shell.as_of), None
    except Problem as problem:
        ends = [on for c in changes if (on := parse_iso(c.get("on"))) is not None and on <= shell.day]
        if problem.status != NOT_FOUND or not ends:
            raise
        last = max(ends) - timedelta(days=1)
        return await shell.api.get(f"/units/{unit_id}", {"as_of": last.isoformat()}), last


async def _maybe(shell: Shell, path: str, params: Changes | None = None) -> Json:
    """A part of the page that the caller may have no right to, or that isn't there; the rest stands."""
    try:
        return await shell.api.get(path, params)
    except Problem as problem:
        if problem.status in {FORBIDDEN, NOT_FOUND}:
            return None
        raise


def _posts(staffing: Json) -> list[dict[str, Any]]:
    """Posts with their seats: who holds them, then the free ones (many free ones in one line)."""
    posts = []
    for post in (staffing or {}).get("posts") or []:
        held = sorted(post.get("holders") or [], key=lambda holder: int(holder.get("seat_no") or 0))
        taken = {holder.get("seat_no") for holder in held}
        free: list[dict[str, Any]] = [
            {"seat_no": n} for n in range(1, int(post.get("quota") or 0) + 1) if n not in taken
        ]
        if len(free) > MOST_FREE_LINES:
            free = [{"seat_no": "", "free": len(free)}]
        posts.append({**post, "rows": held + free})
    return posts


def _chips(shell: Shell, level: str, kind: str, text: str, above: Json) -> list[tuple[str, str]]:
    chips = []
    if level in LEVEL:
        chips.append((LEVEL[level], shell.here({"cap": None})))
    if kind in UNIT_KIND:
        chips.append((UNIT_KIND[kind], shell.here({"loai": None})))
    if above:
        chips.append((_("thuộc %s") % above.get("name"), shell.here({"cha": None})))
    if text:
        chips.append((_("tên khớp «%s»") % text, shell.here({"q": None})))
    return chips
