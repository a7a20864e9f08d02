"""Imports: template, upload, the preview with what is wrong in its cells, commit, cancel.

The plural in the module's name, since `import` is a word of the language.
"""

import re
from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import importing
from app.ui.carried import Download
from app.ui.client import Problem
from app.ui.forms import CONFLICT, STALE, UNPROCESSABLE, Field, Form
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import Changes, Page, Shell, address, need_writable
from app.ui.texts import _
from app.ui.together import together
from app.ui.uploads import MOST_FILE_BYTES, read_upload

pages = APIRouter()
FORBIDDEN, NOT_FOUND, TOO_LARGE = 403, 404, 413
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pages.get("/nhap-lieu")
async def browse(shell: Page) -> Response:
    """What was brought in, newest first, and the form that takes another file."""
    return await _browse(shell, _form(shell, {}))


async def _browse(shell: Shell, form: Form, status: int = 200) -> Response:
    filters: Changes = {"limit": PER_PAGE, "cursor": cursor(shell), "count": True}
    # One after the other: whoever may not is refused once, and the log tells it once.
    answer = await shell.api.get("/imports", filters)
    columns = await shell.api.get("/imports/columns")
    return page(
        shell,
        "imports.html",
        block="results",
        status=status,
        said=importing,
        list=listing(shell, answer),
        columns=columns["items"],
        form=form,
        most=MOST_FILE_BYTES // 1024 // 1024,
    )


def _form(shell: Shell, sent: dict[str, str]) -> Form:
    units = {
        str(grant["unit"]["id"]): str(grant["unit"]["name"])
        for grant in shell.grants
        if isinstance(grant.get("unit"), dict)
    }
    fields = [Field("tep", _("Tệp danh sách"), "/file", required=True)]
    if len(units) > 1:
        fields.append(
            Field("don-vi", _("Nhập cho đơn vị"), "/unit_id", "select", options=tuple(units.items()))
        )
    return Form.typed(fields, sent)


@pages.post("/nhap-lieu")
async def upload(request: Request, shell: Page) -> Response:
    """Hand the file on to the API, then go and see it being checked."""
    try:
        sent, file = await read_upload(request, shell.secret)
    except Problem as problem:
        if problem.status != TOO_LARGE:
            raise
        form = _form(shell, {})
        form.fail("tep", problem.detail)
        return await _browse(shell, form, TOO_LARGE)
    need_writable(shell, "import:write")
    form = _form(shell, sent)
    if file is None:
        form.fail("tep", _("Chưa chọn tệp. Hãy chọn một danh sách dạng .xlsx hoặc .csv."))
        return await _browse(shell, form, UNPROCESSABLE)
    data = {"kind": "cadres"}
    if UUID.fullmatch(form["don-vi"]):
        data["unit_id"] = form["don-vi"]
    try:
        made = await shell.api.upload("/imports", data, file, key=form.key)
    except Problem as problem:
        if problem.status not in {UNPROCESSABLE, CONFLICT, FORBIDDEN, TOO_LARGE}:
            raise
        detail = problem.detail or problem.title
        for error in problem.errors:
            detail = str(error.get("detail") or detail)
        form.fail("tep", f"«{file.name[:80]}»: {detail}")
        return await _browse(shell, form, UNPROCESSABLE)
    return see(f"/nhap-lieu/{made.body['id']}")


@pages.get("/nhap-lieu/mau")
async def template(shell: Page) -> Response:
    """The template, as .xlsx with drop-downs or as .csv."""
    csv = shell.request.query_params.get("dang") == "csv"
    return _file(await shell.api.download("/imports/template", {"format": "csv" if csv else "xlsx"}))


@pages.get("/nhap-lieu/{import_id}")
async def one(shell: Page, import_id: str) -> Response:
    """The preview: four counts, rows by kind with errors first, and what may be done now."""
    return await _one(shell, import_id)


async def _one(shell: Shell, import_id: str, *, refused: Problem | None = None) -> Response:
    answer = await shell.api.read(f"/imports/{_known(import_id)}")
    found: dict[str, Any] = answer.body
    tab = importing.tab_of(shell.request.query_params.get("loai", ""), found["counts"])
    kind = importing.TABS[tab][0]
    rows: Any = {"items": []}
    columns: Any = {"items": []}
    if found["state"] not in {"uploaded", "validating", "failed"} and found["counts"]["rows"]:
        rows, columns = await together(
            shell.api.get(
                f"/imports/{import_id}/rows", {"kind": kind, "limit": PER_PAGE, "cursor": cursor(shell)}
            ),
            shell.api.get("/imports/columns"),
        )
    found_rows = listing(shell, rows)
    job = found["job"]
    working = found["state"] in importing.WORKING and job is not None
    left = shell.request.app.state.paces.left(job) if working else None
    return page(
        shell,
        "import.html",
        block="results",
        status=refused.status if refused is not None else 200,
        said=importing,
        found=found,
        etag=answer.etag or "",
        tab=tab,
        kind=kind,
        list=found_rows,
        table=importing.table(found_rows.items, columns["items"], kind),
        progress=importing.progress(job, found, left) if working else None,
        polled=f"/viec-nen/{job['id']}?o=tep" if working else "",
        refused=refused,
        done=shell.request.query_params.get("xong", ""),
        actions=found["actions"] if shell.may_write("import:write") else [],
    )


@pages.post("/nhap-lieu/{import_id}/ghi")
async def commit(request: Request, shell: Page, import_id: str) -> Response:
    """Have the checked rows written, then go and see how far it is."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, "import:write")
    mode = "all" if sent.get("cach") == "all" else "valid"
    try:
        answer = await shell.api.post(
            f"/imports/{_known(import_id)}/commit", {"mode": mode}, etag=sent.get("_etag", "")
        )
    except Problem as problem:
        return await _refused(shell, import_id, problem)
    return see(f"/viec-nen/{answer.body['job']['id']}")


@pages.post("/nhap-lieu/{import_id}/huy")
async def cancel(request: Request, shell: Page, import_id: str) -> Response:
    """End an import that isn't written yet."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, "import:write")
    try:
        await shell.api.post(f"/imports/{_known(import_id)}/cancel", etag=sent.get("_etag", ""))
    except Problem as problem:
        return await _refused(shell, import_id, problem)
    return see(address(f"/nhap-lieu/{import_id}", {"xong": "huy"}))


async def _refused(shell: Shell, import_id: str, problem: Problem) -> Response:
    if problem.status not in {CONFLICT, STALE}:
        raise problem
    if problem.status == STALE:
        problem.detail = _("Lần nhập vừa đổi trạng thái trong lúc bạn xem. Dưới đây là bản mới nhất.")
    return await _one(shell, import_id, refused=problem)


@pages.get("/nhap-lieu/{import_id}/dong-loi.xlsx")
async def errors(shell: Page, import_id: str) -> Response:
    """The faulty rows with their reasons, to be mended and uploaded again."""
    return _file(await shell.api.download(f"/imports/{_known(import_id)}/errors.xlsx"))


@pages.get("/nhap-lieu/{import_id}/tep")
async def original(shell: Page, import_id: str) -> Response:
    """The file as it was uploaded."""
    found = await shell.api.get(f"/imports/{_known(import_id)}")
    return _file(await shell.api.download(f"/files/{found['file']['id']}/content"))


def _known(import_id: str) -> str:
    if not UUID.fullmatch(import_id):
        raise Problem(NOT_FOUND)
    return import_id


def _file(file: Download) -> Response:
    headers = {"Content-Disposition": file.disposition}
    return Response(file.content, media_type=file.content_type, headers=headers)
