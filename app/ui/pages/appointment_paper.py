"""Files of a personnel action: minutes of its steps, conclusions, opinions, its decision."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.ui import acting, filing, papers
from app.ui.client import Problem
from app.ui.forms import Form
from app.ui.pages.appointment_dossier import Dossier, open_dossier
from app.ui.shell import Page, Shell, need_writable
from app.ui.texts import _

pages = APIRouter()
FORBIDDEN = 403


async def _open(shell: Shell, key: UUID) -> tuple[Dossier, Form]:
    """The dossier, if it takes files from this account now, and the empty form. Problem 403 else."""
    need_writable(shell, "file:write")
    dossier = await open_dossier(shell, key)
    if not dossier.writable:
        raise Problem(FORBIDDEN, detail=_("Hồ sơ không nhận tệp: đang ở trạng thái không sửa, hoặc chỉ xem."))
    names = acting.MEETINGS.get(dossier.row["route"], {})
    held = [
        (str(one["step"]), f"{one['step']}. {names.get(int(one['step']), one['name'])}")
        for one in dossier.meetings
    ]
    return dossier, Form.of(papers.fields(held, "/step"), {})


@pages.get("/bo-nhiem/{key:uuid}/tep")
async def upload_page(shell: Page, key: UUID) -> Response:
    """The form that puts a file with the dossier, or with the step its address names."""
    dossier, form = await _open(shell, key)
    form.values["hoi-nghi"] = shell.request.query_params.get("buoc", "")
    if form["hoi-nghi"]:
        form.values["loai"] = "minutes"
    return filing.draw(dossier, form)


@pages.post("/bo-nhiem/{key:uuid}/tep")
async def upload(request: Request, shell: Page, key: UUID) -> Response:
    """Hand the file on to the API."""
    return await filing.receive(request, shell, lambda: _open(shell, key))


@pages.get("/bo-nhiem/{key:uuid}/tep/{file:uuid}")
async def fetch(shell: Page, key: UUID, file: UUID) -> Response:  # noqa: ARG001 - its page's address
    """The file as it was uploaded."""
    return await filing.fetch(shell, str(file))


@pages.get("/bo-nhiem/{key:uuid}/tep/{file:uuid}/rut")
async def withdrawal_page(shell: Page, key: UUID, file: UUID) -> Response:
    """Why the file is withdrawn."""
    return filing.ask(*await _file(shell, key, file))


@pages.post("/bo-nhiem/{key:uuid}/tep/{file:uuid}/rut")
async def withdraw(request: Request, shell: Page, key: UUID, file: UUID) -> Response:
    """Withdraw the file."""
    return await filing.withdraw(request, shell, lambda: _file(shell, key, file))


async def _file(shell: Shell, key: UUID, file: UUID) -> tuple[Dossier, dict[str, Any]]:
    need_writable(shell, "file:write")
    dossier = await open_dossier(shell, key)
    return dossier, await filing.of_dossier(dossier, str(file))
