"""Files of a succession plan: put there, fetched, withdrawn with a reason; all by forms and links."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from app.ui import papers, planning
from app.ui.client import Problem
from app.ui.forms import CONFLICT, STALE, UNPROCESSABLE, Form
from app.ui.pages.cadre import need_writable
from app.ui.pages.plan import UUID
from app.ui.pages.plan_dossier import Dossier, open_dossier, overtaken
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import Page, Shell, address
from app.ui.texts import _
from app.ui.uploads import MOST_FILE_BYTES, read_upload

pages = APIRouter()
FORBIDDEN, NOT_FOUND, TOO_LARGE = 403, 404, 413
REFUSED = {UNPROCESSABLE, CONFLICT, FORBIDDEN, TOO_LARGE}
HARMLESS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}
"""What a file is given with, so that nothing in it runs on our pages and nobody between keeps it."""


async def _open(shell: Shell, plan_id: str) -> tuple[Dossier, Form]:
    """The dossier, if it takes files from this account now, and the empty form. Problem 403 else."""
    need_writable(shell, "file:write")
    dossier = await open_dossier(shell, plan_id)
    if not dossier.writable:
        raise Problem(FORBIDDEN, detail=_("Hồ sơ không nhận tệp: đang ở trạng thái không sửa, hoặc chỉ xem."))
    answer = await shell.api.get(f"{dossier.root}/meetings")
    held = [row for row in answer["items"] if row["round"] == dossier.plan["round"]]
    return dossier, Form.of(papers.fields(held, planning.MEETING), {})


@pages.get("/quy-hoach/{plan_id}/tep")
async def upload_page(shell: Page, plan_id: str) -> Response:
    """The form that puts a file with the plan, or with the meeting its address names."""
    dossier, form = await _open(shell, plan_id)
    form.values["hoi-nghi"] = shell.request.query_params.get("hoi-nghi", "")
    if form["hoi-nghi"]:
        form.values["loai"] = "minutes"
    return _draw(dossier, form)


@pages.post("/quy-hoach/{plan_id}/tep")
async def upload(request: Request, shell: Page, plan_id: str) -> Response:
    """Hand the file on to the API; what is wrong with it is said beside it, and nothing typed is lost."""
    sent: dict[str, str] = {}
    try:
        sent, file = await read_upload(request, shell.secret)
    except Problem as problem:
        if problem.status != TOO_LARGE:
            raise
        dossier, form = await _open(shell, plan_id)
        form.fail("tep", papers.LARGE)
        return _draw(dossier, form, TOO_LARGE)
    dossier, empty = await _open(shell, plan_id)
    form = Form.typed(empty.fields, sent)
    body = form.payload()
    if file is None:
        form.fail("tep", papers.CHOOSE)
    if form.wrong or file is None:
        return _draw(dossier, form, UNPROCESSABLE)
    body.pop("file", None)
    told = {name: str(value) for name, value in body.items()}
    try:
        await shell.api.upload(
            "/files", {"dossier_type": "plan", "dossier_id": plan_id, **told}, file, key=form.key
        )
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        form.refused(problem)
        return _draw(dossier, form, problem.status)
    return see(address(dossier.path, {"xong": "tep"}) + "#tai-lieu")


def _draw(dossier: Dossier, form: Form, status: int = 200) -> Response:
    dossier.extra |= {
        "form": form,
        "papers_said": papers,
        "most": MOST_FILE_BYTES // papers.MEGABYTE,
    }
    return page(dossier.shell, "plan_paper.html", status=status, **dossier.data())


@pages.get("/quy-hoach/{plan_id}/tep/{file_id}")
async def fetch(shell: Page, plan_id: str, file_id: str) -> Response:
    """The file as it was uploaded, passed on as it comes from the API."""
    _known(plan_id, file_id)
    sent = await shell.api.relay(f"/files/{file_id}/content")
    headers = {"Content-Disposition": sent.disposition, **HARMLESS}
    return StreamingResponse(sent.chunks, media_type=sent.content_type, headers=headers)


@pages.get("/quy-hoach/{plan_id}/tep/{file_id}/rut")
async def withdrawal_page(shell: Page, plan_id: str, file_id: str) -> Response:
    """Why the file is withdrawn; judged by the version the dossier was read at."""
    dossier, file = await _file(shell, plan_id, file_id)
    return _ask(dossier, file, Form.of(papers.withdrawal_fields(), {}, etag=dossier.etag))


@pages.post("/quy-hoach/{plan_id}/tep/{file_id}/rut")
async def withdraw(request: Request, shell: Page, plan_id: str, file_id: str) -> Response:
    """Withdraw the file."""
    sent = await read_form(request, shell.secret)
    dossier, file = await _file(shell, plan_id, file_id)
    form = Form.typed(papers.withdrawal_fields(), sent)
    body = form.payload()
    status = UNPROCESSABLE
    if not form.wrong:
        try:
            await shell.api.post(f"/files/{file_id}/withdrawal", body, key=form.key, etag=form.etag)
            return see(address(dossier.path, {"xong": "rut-tep"}) + "#tai-lieu")
        except Problem as problem:
            if problem.status == STALE:
                form.fail("", overtaken(dossier.plan))
                form.etag = dossier.etag
            elif problem.status in REFUSED:
                form.refused(problem)
            else:
                raise
            status = problem.status
    return _ask(dossier, file, form, status)


async def _file(shell: Shell, plan_id: str, file_id: str) -> tuple[Dossier, dict[str, Any]]:
    _known(plan_id, file_id)
    need_writable(shell, "file:write")
    dossier = await open_dossier(shell, plan_id)
    file: dict[str, Any] = await shell.api.get(f"/files/{file_id}")
    if not file["dossier"] or file["dossier"]["id"] != plan_id:
        raise Problem(NOT_FOUND)
    return dossier, file


def _ask(dossier: Dossier, file: dict[str, Any], form: Form, status: int = 200) -> Response:
    dossier.extra |= {"form": form, "file": file, "papers_said": papers}
    return page(dossier.shell, "plan_paper_withdrawal.html", status=status, **dossier.data())


def _known(*keys: str) -> None:
    if not all(UUID.fullmatch(key) for key in keys):
        raise Problem(NOT_FOUND)
