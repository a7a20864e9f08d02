"""Assignments of a person: a new post, its end, and the correction of what was recorded wrongly."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui.client import Problem
from app.ui.fields import assignment_fields, end_fields, fix_fields
from app.ui.forms import CONFLICT, STALE, UNPROCESSABLE, Form
from app.ui.pages.cadre import (
    choose_unit,
    find,
    last_writer,
    overtake,
    vacant_posts,
)
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import Page, Shell, address, need_writable

pages = APIRouter()
FORBIDDEN, NOT_FOUND = 403, 404
END, CORRECT = "ket-thuc", "dinh-chinh"


@pages.get("/can-bo/{code}/phan-cong/them")
async def add_page(shell: Page, code: str) -> Response:
    """First the unit, then one of its vacant posts with the decision."""
    need_writable(shell, "assignment:write")
    person = (await find(shell, code, fresh=True)).body
    place, units = await choose_unit(shell)
    posts = await vacant_posts(shell, str(place["id"])) if place else []
    form = Form.of(assignment_fields(posts), {}) if place else None
    if form is not None:
        form.values |= {"as_main": "1", "as_end": "transfer"}
    return page(
        shell,
        "assignment_form.html",
        person=person,
        place=place,
        units=units,
        form=form,
        posts=posts,
        q=shell.request.query_params.get("q", ""),
    )


@pages.post("/can-bo/{code}/phan-cong/them")
async def add(request: Request, shell: Page, code: str) -> Response:
    """Open the post; the API closes the previous main one in the same transaction."""
    sent = await read_form(request, shell.secret)
    answer = await find(shell, code, fresh=True)
    place, _units = await choose_unit(shell)
    if place is None:
        return see(f"/can-bo/{code}/phan-cong/them")
    posts = await vacant_posts(shell, str(place["id"]))
    form = Form.typed(assignment_fields(posts), sent)
    body = form.payload()
    if not form.wrong:
        try:
            await shell.api.post(
                f"/cadres/{answer.body['id']}/assignments", body, key=form.key, etag=answer.etag
            )
            return see(address(f"/can-bo/{code}", {"xong": "phan-cong"}))
        except Problem as problem:
            _take(form, problem)
    return page(
        shell,
        "assignment_form.html",
        status=UNPROCESSABLE,
        person=answer.body,
        place=place,
        form=form,
        posts=posts,
    )


@pages.get("/can-bo/{code}/phan-cong/{assignment_id}/sua")
async def edit_page(shell: Page, code: str, assignment_id: str) -> Response:
    """Two forms: the end of an assignment, and the correction of a mistake."""
    need_writable(shell, "assignment:write")
    answer = await find(shell, code, fresh=True)
    row = await _row(shell, str(answer.body["id"]), assignment_id)
    etag = answer.etag or ""
    end = Form.of(end_fields(), {}, etag=etag)
    return page(
        shell,
        "assignment_edit.html",
        person=answer.body,
        row=row,
        end=end,
        fix=Form.of(fix_fields(), row, etag=etag),
        who="",
    )


@pages.post("/can-bo/{code}/phan-cong/{assignment_id}/sua")
async def edit(request: Request, shell: Page, code: str, assignment_id: str) -> Response:
    """Write the end or the correction, judged by the version the form was read at."""
    sent = await read_form(request, shell.secret)
    answer = await find(shell, code, fresh=True)
    row = await _row(shell, str(answer.body["id"]), assignment_id)
    correcting = sent.get("_viec") == CORRECT
    fields = fix_fields() if correcting else end_fields()
    form = Form.typed(fields, sent)
    body = form.payload()
    if correcting:
        stored = Form.of(fields, row).payload()
        body = {k: v for k, v in body.items() if v != stored.get(k) or k == "reason"} | {"corrects": True}
    status, who = UNPROCESSABLE, ""
    if not form.wrong:
        try:
            await shell.api.patch(
                f"/cadres/{answer.body['id']}/assignments/{assignment_id}", body, etag=form.etag, key=None
            )
            return see(address(f"/can-bo/{code}", {"xong": "sua" if correcting else "ket-thuc"}))
        except Problem as problem:
            if problem.status == STALE:
                overtake(form, row, answer.etag or "")
                status, who = STALE, await last_writer(shell, str(answer.body["id"]))
            else:
                _take(form, problem)
    other = Form.of(
        end_fields() if correcting else fix_fields(), {} if correcting else row, etag=answer.etag or ""
    )
    return page(
        shell,
        "assignment_edit.html",
        status=status,
        person=answer.body,
        row=row,
        who=who,
        end=other if correcting else form,
        fix=form if correcting else other,
    )


def _take(form: Form, problem: Problem) -> None:
    if problem.status not in {UNPROCESSABLE, CONFLICT, FORBIDDEN}:
        raise problem
    form.refused(problem)


async def _row(shell: Shell, cadre_id: str, assignment_id: str) -> dict[str, Any]:
    answer = await shell.api.get(f"/cadres/{cadre_id}/assignments")
    for row in answer.get("items", []):
        if str(row.get("id")) == assignment_id:
            return dict(row)
    raise Problem(NOT_FOUND)
