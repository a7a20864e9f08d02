"""Rotation plans: a new one, one with its lines, a line changed or taken out."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import rotating
from app.ui.client import Answer, Problem
from app.ui.forms import UNPROCESSABLE, Form
from app.ui.pages.rotation import ROOT, WRITES
from app.ui.places import offered, seats
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import UUID, Page, Shell, address, need_writable
from app.ui.stepping import NOT_FOUND, refuse
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
PLANS = f"{ROOT}/ke-hoach"
OPEN = f"{ROOT}/lap-ke-hoach"


@pages.get(OPEN)
async def open_page(shell: Page) -> Response:
    """Whose plan, and for which year."""
    need_writable(shell, WRITES)
    form = Form.of(rotating.plan_fields(await offered(shell, shell.today)), {"year": shell.today.year})
    return _opening(shell, form)


@pages.post(OPEN)
async def open_plan(request: Request, shell: Page) -> Response:
    """Opens the plan and goes to it."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    form = Form.typed(rotating.plan_fields(await offered(shell, shell.today)), sent)
    body = form.payload()
    status = UNPROCESSABLE
    if not form.wrong:
        try:
            made = await shell.api.post("/rotation-plans", body, key=form.key)
            return see(address(f"{PLANS}/{made.body['id']}", {"xong": "mo"}))
        except Problem as problem:
            refuse(form, problem)
            status = problem.status
    return _opening(shell, form, status)


def _opening(shell: Shell, form: Form, status: int = 200) -> Response:
    return page(
        shell,
        "rotation_line.html",
        status=status,
        form=form,
        heading=_("Lập kế hoạch luân chuyển"),
        to=OPEN,
        back=ROOT,
        button=_("Lập kế hoạch"),
    )


@pages.get("/luan-chuyen/ke-hoach/{plan_id}")
async def one(shell: Page, plan_id: str) -> Response:
    """A plan: what it names and what has come of it, the steps taken and to take."""
    return await _draw(shell, await _read(shell, plan_id))


@pages.post("/luan-chuyen/ke-hoach/{plan_id}")
async def add(request: Request, shell: Page, plan_id: str) -> Response:
    """Enters a line; a refusal is told beside what it is about, and nothing typed is lost."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    answer = await _read(shell, plan_id)
    form = Form.typed(rotating.item_fields(await seats(shell, answer.body["unit"]["id"], leading=True)), sent)
    body = form.payload()
    status = UNPROCESSABLE
    if not form.wrong:
        try:
            await shell.api.post(f"/rotation-plans/{plan_id}/items", body, key=form.key)
            return see(address(f"{PLANS}/{plan_id}", {"xong": "them"}))
        except Problem as problem:
            refuse(form, problem)
            status = problem.status
    return await _draw(shell, answer, form, status)


async def _read(shell: Shell, plan_id: str) -> Answer:
    if not UUID.fullmatch(plan_id):
        raise Problem(NOT_FOUND)
    return await shell.api.read(f"/rotation-plans/{plan_id}")


async def _draw(shell: Shell, answer: Answer, form: Form | None = None, status: int = 200) -> Response:
    row = answer.body
    root = f"/rotation-plans/{row['id']}"
    items, steps, taken = await together(
        shell.api.get(f"{root}/items"), shell.api.get(f"{root}/transitions"), shell.api.get(f"{root}/taken")
    )
    if form is None:
        writes = row["writable"] and not shell.read_only
        form = Form.of(
            rotating.item_fields(await seats(shell, row["unit"]["id"], leading=True) if writes else []), {}
        )
    return page(
        shell,
        "rotation_plan.html",
        status=status,
        said=rotating,
        row=row,
        items=items["items"],
        form=form,
        due=[step for step in steps["items"] if step["due"] and step["granted"]],
        taken=taken["items"],
        done=rotating.PLAN_DONE.get(shell.request.query_params.get("xong", ""), ""),
        title=_("Kế hoạch luân chuyển %s") % row["year"],
    )


# ---- one line ----------------------------------------------------------------------------------------------


async def _line(shell: Shell, plan_id: str, item_id: str) -> Answer:
    if not (UUID.fullmatch(plan_id) and UUID.fullmatch(item_id)):
        raise Problem(NOT_FOUND)
    return await shell.api.read(f"/rotation-plans/{plan_id}/items/{item_id}")


@pages.get("/luan-chuyen/ke-hoach/{plan_id}/dong/{item_id}")
async def line(shell: Page, plan_id: str, item_id: str) -> Response:
    """A line's day and what comes afterwards, and the form that takes it out."""
    need_writable(shell, WRITES)
    answer = await _line(shell, plan_id, item_id)
    form = Form.of(rotating.item_fields(None), answer.body, etag=answer.etag or "")
    return _line_page(shell, answer, form)


@pages.post("/luan-chuyen/ke-hoach/{plan_id}/dong/{item_id}")
async def change(request: Request, shell: Page, plan_id: str, item_id: str) -> Response:
    """Changes the line, by the version it was read at."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    answer = await _line(shell, plan_id, item_id)
    form = Form.typed(rotating.item_fields(None), sent)
    body = form.payload(blank=True)
    status = UNPROCESSABLE
    if not form.wrong:
        try:
            await shell.api.patch(f"/rotation-plans/{plan_id}/items/{item_id}", body, etag=form.etag)
            return see(address(f"{PLANS}/{plan_id}", {"xong": "sua"}))
        except Problem as problem:
            refuse(form, problem)
            status = problem.status
    return _line_page(shell, answer, form, status=status)


@pages.post("/luan-chuyen/ke-hoach/{plan_id}/dong/{item_id}/bo")
async def remove(request: Request, shell: Page, plan_id: str, item_id: str) -> Response:
    """Takes the line out, with the reason."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    answer = await _line(shell, plan_id, item_id)
    form = Form.typed(rotating.removal_fields(), sent)
    body: dict[str, Any] = form.payload()
    status = UNPROCESSABLE
    if not form.wrong:
        try:
            await shell.api.delete(
                address(f"/rotation-plans/{plan_id}/items/{item_id}", body), etag=form.etag
            )
            return see(address(f"{PLANS}/{plan_id}", {"xong": "bo"}))
        except Problem as problem:
            refuse(form, problem)
            status = problem.status
    kept = Form.of(rotating.item_fields(None), answer.body, etag=form.etag)
    return _line_page(shell, answer, kept, removal=form, status=status)


def _line_page(
    shell: Shell, answer: Answer, form: Form, *, removal: Form | None = None, status: int = 200
) -> Response:
    row = answer.body
    back = f"{PLANS}/{row['plan_id']}"
    return page(
        shell,
        "rotation_line.html",
        status=status,
        form=form,
        removal=removal or Form.of(rotating.removal_fields(), {}, etag=form.etag),
        heading=_("Dòng %(n)s: %(t)s, %(u)s")
        % {"n": row["number"], "t": row["title"]["name"], "u": row["place"]["name"]},
        to=f"{back}/dong/{row['id']}",
        back=back,
        button=_("Ghi"),
    )
