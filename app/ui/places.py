"""Which units a filter offers: those that whoever asks works with."""

from datetime import date
from typing import Any

from app.ui.shell import Shell
from app.ui.together import together


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
