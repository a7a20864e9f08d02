"""Files of a succession plan: put there, fetched, withdrawn with a reason; all by forms and links."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import filing, papers, planning
from app.ui.client import Problem
from app.ui.forms import Form
from app.ui.pages.plan_dossier import Dossier, open_dossier
from app.ui.shell import UUID, Page, Shell, need_writable
from app.ui.texts import _

pages = APIRouter()
FORBIDDEN, NOT_FOUND = 403, 404


async def _open(shell: Shell, plan_id: str) -> tuple[Dossier, Form]:
    """The dossier, if it takes files from this account now, and the empty form. Problem 403 else."""
    need_writable(shell, "file:write")
    dossier = await open_dossier(shell, plan_id)
    if not dossier.writable:
        raise Problem(FORBIDDEN, detail=_("Hồ sơ không nhận tệp: đang ở trạng thái không sửa, hoặc chỉ xem."))
    answer = await shell.api.get(f"{dossier.root}/meetings")
    held = [
        (str(row["id"]), planning.MEETING.get(str(row["step"]), str(row.get("name") or "")))
        for row in answer["items"]
        if row["round"] == dossier.plan["round"]
    ]
    return dossier, Form.of(papers.fields(held, "/meeting_id"), {})


@pages.get("/quy-hoach/{plan_id}/tep")
async def upload_page(shell: Page, plan_id: str) -> Response:
    """The form that puts a file with the plan, or with the meeting its address names."""
    dossier, form = await _open(shell, plan_id)
    form.values["hoi-nghi"] = shell.request.query_params.get("hoi-nghi", "")
    if form["hoi-nghi"]:
        form.values["loai"] = "minutes"
    return filing.draw(dossier, form)


@pages.post("/quy-hoach/{plan_id}/tep")
async def upload(request: Request, shell: Page, plan_id: str) -> Response:
    """Hand the file on to the API."""
    return await filing.receive(request, shell, lambda: _open(shell, plan_id))


@pages.get("/quy-hoach/{plan_id}/tep/{file_id}")
async def fetch(shell: Page, plan_id: str, file_id: str) -> Response:
    """The file as it was uploaded."""
    _known(plan_id, file_id)
    return await filing.fetch(shell, file_id)


@pages.get("/quy-hoach/{plan_id}/tep/{file_id}/rut")
async def withdrawal_page(shell: Page, plan_id: str, file_id: str) -> Response:
    """Why the file is withdrawn."""
    return filing.ask(*await _file(shell, plan_id, file_id))


@pages.post("/quy-hoach/{plan_id}/tep/{file_id}/rut")
async def withdraw(request: Request, shell: Page, plan_id: str, file_id: str) -> Response:
    """Withdraw the file."""
    return await filing.withdraw(request, shell, lambda: _file(shell, plan_id, file_id))


async def _file(shell: Shell, plan_id: str, file_id: str) -> tuple[Dossier, dict[str, Any]]:
    _known(plan_id, file_id)
    need_writable(shell, "file:write")
    dossier = await open_dossier(shell, plan_id)
    return dossier, await filing.of_dossier(dossier, file_id)


def _known(*keys: str) -> None:
    if not all(UUID.fullmatch(key) for key in keys):
        raise Problem(NOT_FOUND)
