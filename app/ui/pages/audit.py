"""The audit log, for those who inspect."""

from datetime import timedelta

from fastapi import APIRouter, Response

from app.ui.forms import read_date
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.render import page
from app.ui.shell import Changes, Page
from app.ui.texts import AUDIT_OUTCOME, _

pages = APIRouter()


@pages.get("/nhat-ky")
async def browse(shell: Page) -> Response:
    """Events newest first, by actor, action and day."""
    asked = shell.request.query_params
    since, until = read_date(asked.get("tu", "")), read_date(asked.get("den", ""))
    actor, action = asked.get("nguoi", "").strip()[:60], asked.get("viec", "").strip()[:60]
    query: Changes = {
        "actor": actor,
        "action": action,
        "since": f"{since.day.isoformat()}T00:00:00+07:00" if since else "",
        "until": f"{(until.day + timedelta(days=1)).isoformat()}T00:00:00+07:00" if until else "",
        "request_id": asked.get("yeu-cau", "").strip()[:64],
        "object_id": asked.get("ho-so", "").strip()[:64],
        "limit": PER_PAGE,
        "cursor": cursor(shell),
    }
    answer = await shell.api.get("/audit/events", query)
    chips = [
        (words % value, shell.here({name: None}))
        for name, words, value in (
            ("nguoi", _("Người: %s"), actor),
            ("viec", _("Việc: %s"), action),
            ("tu", _("Từ %s"), asked.get("tu", "")),
            ("den", _("Đến %s"), asked.get("den", "")),
            ("yeu-cau", _("Yêu cầu: %s"), asked.get("yeu-cau", "")),
            ("ho-so", _("Đối tượng: %s"), asked.get("ho-so", "")),
        )
        if value
    ]
    return page(
        shell,
        "audit.html",
        block="results",
        list=listing(shell, answer),
        chips=chips,
        asked=asked,
        outcomes=AUDIT_OUTCOME,
    )
