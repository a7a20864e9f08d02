"""Files of a dossier, whatever its kind: put there, fetched, withdrawn with a reason; by forms and links."""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from app.ui import papers
from app.ui.client import Problem
from app.ui.forms import CONFLICT, STALE, UNPROCESSABLE, Form
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import Shell, address
from app.ui.uploads import MOST_FILE_BYTES, read_upload

FORBIDDEN, NOT_FOUND, TOO_LARGE = 403, 404, 413
REFUSED = {UNPROCESSABLE, CONFLICT, FORBIDDEN, TOO_LARGE}
HARMLESS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}
"""What a file is given with, so that nothing in it runs on our pages and nobody between keeps it."""


class Holder(Protocol):
    """A dossier that keeps files, as its pages know it."""

    shell: Shell
    etag: str
    extra: dict[str, Any]

    @property
    def path(self) -> str:
        """The dossier's page."""

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The way to it."""

    @property
    def filed(self) -> dict[str, str]:
        """The kind and the id by which the API knows it: `dossier_type`, `dossier_id`."""

    @property
    def overtaken(self) -> str:
        """What to do where somebody was quicker."""

    def data(self) -> dict[str, Any]:
        """What templates draw of it."""


Opened = Callable[[], Awaitable[tuple[Holder, Form]]]
"""Opens the dossier, if it takes files from this account now, with the empty form."""


def draw(dossier: Holder, form: Form, status: int = 200) -> Response:
    """The form that puts a file with the dossier."""
    dossier.extra |= {"form": form, "papers_said": papers, "most": MOST_FILE_BYTES // papers.MEGABYTE}
    return page(dossier.shell, "paper.html", status=status, **dossier.data())


async def receive(request: Request, shell: Shell, opened: Opened) -> Response:
    """Hand a file on to the API; what is wrong with it is said beside it, and nothing typed is lost."""
    sent: dict[str, str] = {}
    try:
        sent, file = await read_upload(request, shell.secret)
    except Problem as problem:
        if problem.status != TOO_LARGE:
            raise
        dossier, form = await opened()
        form.fail("tep", papers.LARGE)
        return draw(dossier, form, TOO_LARGE)
    dossier, empty = await opened()
    form = Form.typed(empty.fields, sent)
    body = form.payload()
    if file is None:
        form.fail("tep", papers.CHOOSE)
    if form.wrong or file is None:
        return draw(dossier, form, UNPROCESSABLE)
    body.pop("file", None)
    told = {name: str(value) for name, value in body.items()}
    try:
        await shell.api.upload("/files", {**dossier.filed, **told}, file, key=form.key)
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        form.refused(problem)
        return draw(dossier, form, problem.status)
    return see(address(dossier.path, {"xong": "tep"}) + "#tai-lieu")


async def fetch(shell: Shell, file_id: str) -> Response:
    """The file as it was uploaded, passed on as it comes from the API."""
    sent = await shell.api.relay(f"/files/{file_id}/content")
    headers = {"Content-Disposition": sent.disposition, **HARMLESS}
    return StreamingResponse(sent.chunks, media_type=sent.content_type, headers=headers)


async def of_dossier(dossier: Holder, file_id: str) -> dict[str, Any]:
    """One file of the dossier. Problem 404 for a file of another one."""
    file: dict[str, Any] = await dossier.shell.api.get(f"/files/{file_id}")
    if not file["dossier"] or file["dossier"]["id"] != dossier.filed["dossier_id"]:
        raise Problem(NOT_FOUND)
    return file


def ask(dossier: Holder, file: dict[str, Any], form: Form | None = None, status: int = 200) -> Response:
    """Why the file is withdrawn; judged by the version the dossier was read at."""
    form = form or Form.of(papers.withdrawal_fields(), {}, etag=dossier.etag)
    dossier.extra |= {"form": form, "file": file, "papers_said": papers}
    return page(dossier.shell, "paper_withdrawal.html", status=status, **dossier.data())


async def withdraw(
    request: Request, shell: Shell, opened: Callable[[], Awaitable[tuple[Holder, dict[str, Any]]]]
) -> Response:
    """Withdraw a file; `opened` gives the dossier and the file, if this account may."""
    sent = await read_form(request, shell.secret)
    dossier, file = await opened()
    form = Form.typed(papers.withdrawal_fields(), sent)
    body = form.payload()
    status = UNPROCESSABLE
    if not form.wrong:
        try:
            await shell.api.post(f"/files/{file['id']}/withdrawal", body, key=form.key, etag=form.etag)
            return see(address(dossier.path, {"xong": "rut-tep"}) + "#tai-lieu")
        except Problem as problem:
            if problem.status == STALE:
                form.fail("", dossier.overtaken)
                form.etag = dossier.etag
            elif problem.status in REFUSED:
                form.refused(problem)
            else:
                raise
            status = problem.status
    return ask(dossier, file, form, status)
