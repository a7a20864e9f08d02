"""The audit log, for those who inspect: who did what to whom, what came of it, and what was refused."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Response

from app.ui import deeds
from app.ui.client import Problem
from app.ui.forms import read_date
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.render import page
from app.ui.shell import Changes, Page, Shell
from app.ui.texts import AUDIT_OUTCOME, _
from app.ui.together import together

pages = APIRouter()
NOT_FOUND, FORBIDDEN = 404, 403
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pages.get("/nhat-ky")
async def browse(shell: Page) -> Response:
    """Events newest first, by actor, deed, outcome and day; of one person or dossier by its id or code."""
    if not shell.can("audit:read"):
        raise Problem(FORBIDDEN)
    asked = {name: value.strip()[:64] for name, value in shell.request.query_params.items()}
    since, until = read_date(asked.get("tu", "")), read_date(asked.get("den", ""))
    wrong = [
        _("«%s» không phải là ngày; nhập dạng ngày/tháng/năm.") % asked[name][:20]
        for name, read in (("tu", since), ("den", until))
        if asked.get(name) and read is None
    ]
    outcome = asked.get("ket-qua", "")
    object_id, unknown = await _object(shell, asked.get("ho-so", ""))
    query: Changes = {
        "actor": asked.get("nguoi", "")[:60],
        "action": asked.get("viec", "")[:60],
        "outcome": outcome if outcome in AUDIT_OUTCOME else "",
        "since": f"{since.day.isoformat()}T00:00:00+07:00" if since else "",
        "until": f"{(until.day + timedelta(days=1)).isoformat()}T00:00:00+07:00" if until else "",
        "request_id": asked.get("yeu-cau", ""),
        "object_id": object_id,
        "limit": PER_PAGE,
        "cursor": cursor(shell),
    }
    found = listing(shell, await shell.api.get("/audit/events", query))
    units, subject = await together(
        _units(shell, found.items), _subject(shell, found.items, object_id if not unknown else "")
    )
    return page(
        shell,
        "audit.html",
        block="results",
        said=deeds,
        list=found,
        chips=_chips(shell, asked, subject),
        asked=asked,
        wrong=[*wrong, *unknown],
        outcomes=AUDIT_OUTCOME,
        units=units,
        subject=subject,
    )


def _chips(shell: Shell, asked: Mapping[str, str], subject: Mapping[str, str]) -> list[tuple[str, str]]:
    words: dict[str, tuple[str, Callable[[str], str]]] = {
        "nguoi": (_("Người: %s"), deeds.who),
        "viec": (_("Việc: %s"), deeds.told),
        "ket-qua": ("%s", lambda value: AUDIT_OUTCOME.get(value, value)),
        "tu": (_("Từ %s"), str),
        "den": (_("Đến %s"), str),
        "yeu-cau": (_("Yêu cầu: %s"), str),
        "ho-so": (_("Đối tượng: %s"), lambda value: subject.get("name") or value),
    }
    return [
        (text % word(asked[name]), shell.here({name: None}))
        for name, (text, word) in words.items()
        if asked.get(name)
    ]


async def _object(shell: Shell, typed: str) -> tuple[str, list[str]]:
    """The id behind what was typed, an id or a person's code, and what is wrong with it."""
    if not typed or UUID.fullmatch(typed) or not shell.can("cadre:read"):
        return typed, []
    rows = (await shell.api.get("/cadres", {"code": typed.upper(), "limit": 1})).get("items", [])
    if rows:
        return str(rows[0]["id"]), []
    return typed, [_("Không có cán bộ nào mang số hiệu «%s» trong phạm vi của bạn.") % typed[:30]]


async def _units(shell: Shell, events: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The units of these events by id, today's names; one that has closed is left out."""
    ids = sorted({str(event["unit_id"]) for event in events if event.get("unit_id")})
    rows = await together(*(_one(shell, f"/units/{key}") for key in ids))
    return {key: row for key, row in zip(ids, rows, strict=True) if row}


_NAMED = {"cadre": "/cadres/%s", "unit": "/units/%s", "plan": "/plans/%s"}
"""Records that have a name to be shown by, and where the API tells it."""


async def _subject(shell: Shell, events: list[dict[str, Any]], object_id: str) -> dict[str, str]:
    """Whose history is shown: name and address; empty where the reader may not see the record itself."""
    kinds = {
        str(event["object"]["type"]) for event in events if (event.get("object") or {}).get("id") == object_id
    }
    if not object_id or len(kinds) != 1:
        return {}
    kind = kinds.pop()
    told = {"kind": deeds.OBJECT.get(kind, kind), "href": "", "name": ""}
    address, permission = deeds.PAGE.get(kind, ("", ""))
    if kind not in _NAMED or not shell.can(permission):
        return told
    row = await _one(shell, _NAMED[kind] % object_id)
    if row is None:
        return told
    name = row.get("full_name") or row.get("name") or (row.get("unit") or {}).get("name") or ""
    more = row.get("period") or row.get("code") or ""
    return told | {"href": address % object_id, "name": f"{name} ({more})" if more else str(name)}


async def _one(shell: Shell, path: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = await shell.api.get(path)
    except Problem as problem:
        if problem.status in {NOT_FOUND, FORBIDDEN}:
            return None
        raise
    return found
