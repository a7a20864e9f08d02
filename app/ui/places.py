"""Which units a filter offers, and which seats a form: of those that whoever asks works with."""

from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.ui.shell import Changes, Shell
from app.ui.texts import _
from app.ui.together import together

PER_REQUEST, MOST_SEATS = 200, 1000


async def seats(shell: Shell, unit_id: str, **asked: bool) -> list[dict[str, Any]]:
    """Posts of a unit and beneath it, narrowed as `/posts` takes it: the first MOST_SEATS."""
    found: list[dict[str, Any]] = []
    following = ""
    while len(found) < MOST_SEATS:
        query: Changes = {
            "unit_id": unit_id,
            "subtree": True,
            "limit": PER_REQUEST,
            "cursor": following,
            **asked,
        }
        answer = await shell.api.get("/posts", query)
        found += answer["items"]
        following = parse_qs(urlsplit(str(answer.get("next") or "")).query).get("cursor", [""])[0]
        if not following:
            break
    return found


def crowded(count: int) -> str:
    """What a select says whose list was cut; "" of a whole one."""
    if count < MOST_SEATS:
        return ""
    return _("Chỉ hiện %s vị trí đầu; hãy chọn đơn vị nhỏ hơn để thấy các vị trí khác") % MOST_SEATS


async def offered(shell: Shell, day: date) -> list[dict[str, Any]]:
    """The caller's own units with the territories beneath them; for the province's, it and its districts."""
    own = [grant["unit"] for grant in shell.grants if isinstance(grant.get("unit"), dict)]
    if not own or any(unit.get("level") == "province" for unit in own):
        beneath = await shell.client.places(shell.api, day)
    else:
        asked = {"as_of": day.isoformat(), "limit": 200}
        answers = await together(
            *(shell.api.get("/units", {"parent_id": unit["id"], **asked}) for unit in own)
        )
        beneath = [row for answer in answers for row in answer["items"]]
    return list({str(unit["id"]): unit for unit in (*own, *beneath)}.values())
