"""The people behind a number, exactly as many as it says."""

from typing import Any

from fastapi import APIRouter, Response

from app.ui.client import Problem
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.render import page
from app.ui.shell import Changes, Page
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
NOT_FOUND = 404

PARTS = {
    "tu-so": ("numerator", _("Tử số")),
    "mau-so": ("denominator", _("Mẫu số")),
    "con-thieu": ("missing", _("Chưa tính vào chỉ tiêu")),
}


@pages.get("/chi-tieu/{indicator_id}/ho-so")
async def behind(shell: Page, indicator_id: str) -> Response:
    """A part of an indicator, by name, searchable; who left since is named without a link."""
    asked = shell.request.query_params
    part = asked.get("phan") or "tu-so"
    if part not in PARTS:
        raise Problem(NOT_FOUND)
    unit_id, text = asked.get("don-vi", ""), asked.get("q", "").strip()[:100]
    own, variant = asked.get("rieng") == "1", asked.get("cach-tinh", "")
    base: Changes = {"unit_id": unit_id, **shell.as_of}
    answer, figures = await together(
        shell.api.get(
            f"/indicators/{indicator_id}/people",
            {
                **base,
                "part": PARTS[part][0],
                "own": True if own else None,
                "variant": variant,
                "q": text,
                "limit": PER_PAGE,
                "cursor": cursor(shell),
                "count": True,
            },
        ),
        shell.api.get(f"/indicators/{indicator_id}", {**base, "by": "unit" if own else None}),
    )
    item = figures["items"][0]
    shown = _shown(item, own=own, variant=variant)
    unit = figures.get("unit") or {}
    has_parts = item.get("denominator") is not None
    tabs = [
        (name, shell.here({"phan": key, "q": None}), key == part, _count(shown, key))
        for key, (_api, name) in PARTS.items()
        if (has_parts and not (key == "con-thieu" and _none_lacks(item))) or key == "tu-so"
    ]
    return page(
        shell,
        "people.html",
        block="results",
        item=item,
        part=part,
        part_name=PARTS[part][1],
        lacking=_lacking(shown) if part == "con-thieu" else None,
        tabs=tabs,
        list=listing(shell, answer),
        q=text,
        unit_id=unit_id,
        unit=unit,
        own=own,
        asked=asked,
        variant=shown.get("name") if shown is not item else "",
    )


def _none_lacks(item: dict[str, Any]) -> bool:
    """Whether what is counted must go away, so that nobody is missing in it."""
    return any(one.get("comparator") == "<=" for one in item.get("targets") or [])


def _lacking(shown: dict[str, Any]) -> dict[str, Any] | None:
    """The next target that isn't met, with the persons it still lacks."""
    targets = shown.get("targets") or []
    return next((one for one in targets if one.get("met") is False and one.get("gap_persons")), None)


def _shown(item: dict[str, Any], *, own: bool, variant: str) -> dict[str, Any]:
    """The figures that the list stands behind: the unit's, those of its own bodies, or another reading's."""
    if own:
        rows = [c for c in item.get("children") or [] if (c.get("unit") or {}).get("own")]
        return {**rows[0], "name": rows[0]["unit"].get("name")} if rows else item
    return next((v for v in item.get("variants") or [] if variant and v.get("id") == variant), item)


def _count(item: dict[str, object], part: str) -> int | None:
    numerator, denominator = item.get("numerator"), item.get("denominator")
    if part == "tu-so":
        return numerator if isinstance(numerator, int) else None
    if not isinstance(denominator, int) or not isinstance(numerator, int):
        return None
    return denominator if part == "mau-so" else denominator - numerator
