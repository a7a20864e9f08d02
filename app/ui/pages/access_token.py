"""Inspection tokens: issued for a unit, shown once, listed, taken back."""

import re
from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui.client import Problem
from app.ui.forms import CONFLICT, UNPROCESSABLE, Field, Form
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.pages.cadre import choose_unit
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import Page, Shell, need_writable
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
FORBIDDEN, NOT_FOUND, CREATED = 403, 404, 201
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
WRITES = "access_token:write"


@pages.get("/ma-kiem-tra")
async def browse(shell: Page) -> Response:
    """The tokens of the caller's units, newest first, and the form that issues one."""
    return await _browse(shell)


async def _browse(
    shell: Shell, sent: dict[str, str] | None = None, *, refused: Problem | None = None
) -> Response:
    (chosen, near), found = await together(
        choose_unit(shell),
        shell.api.get("/access-tokens", {"limit": PER_PAGE, "cursor": cursor(shell), "count": True}),
    )
    form = Form.typed(_fields(shell, chosen, near), sent or {})
    if sent is None and chosen is not None:
        form.values["unit"] = str(chosen["id"])
    if sent is not None:
        form.payload()
    if refused is not None:
        form.refused(refused)
    return page(
        shell,
        "access_tokens.html",
        block="results",
        status=UNPROCESSABLE if form.wrong else 200,
        form=form,
        list=listing(shell, found),
        q=shell.request.query_params.get("q", ""),
        done=shell.request.query_params.get("xong", ""),
    )


def _fields(shell: Shell, chosen: dict[str, Any] | None, near: list[dict[str, Any]]) -> list[Field]:
    """The form: the caller's own units come first, then what was searched for or lies beneath them."""
    own = [grant["unit"] for grant in shell.grants if isinstance(grant.get("unit"), dict)]
    units = {str(row["id"]): str(row["name"]) for row in [*([chosen] if chosen else []), *own, *near]}
    return [
        Field(
            "unit", _("Đơn vị được xem"), "/unit_id", "select", required=True, options=tuple(units.items())
        ),
        Field(
            "until",
            _("Dùng đến hết ngày"),
            "/expires_on",
            "date",
            required=True,
            hint=_("Nhiều nhất 90 ngày kể từ hôm nay. Ví dụ 31/12/2026"),
        ),
        Field(
            "reason",
            _("Căn cứ, mục đích"),
            "/reason",
            "area",
            required=True,
            most=500,
            hint=_("Ví dụ: kế hoạch kiểm tra số 12-KH/UBKTTU, tổ kiểm tra số 3"),
        ),
    ]


@pages.post("/ma-kiem-tra")
async def issue(request: Request, shell: Page) -> Response:
    """Issue a token and show its secret. The answer to this POST is the only place where it ever stands."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    chosen, near = await choose_unit(shell)
    form = Form.typed(_fields(shell, chosen, near), sent)
    body = form.payload()
    if form.wrong:
        return await _browse(shell, sent)
    try:
        made = await shell.api.post("/access-tokens", body)
    except Problem as problem:
        if problem.status not in {UNPROCESSABLE, CONFLICT, FORBIDDEN}:
            raise
        return await _browse(shell, sent, refused=problem)
    return page(shell, "access_token.html", status=CREATED, made=made.body)


@pages.post("/ma-kiem-tra/{token_id}/thu-hoi")
async def revoke(request: Request, shell: Page, token_id: str) -> Response:
    """Take a token back; whoever bears it is refused from now on."""
    await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    if not UUID.fullmatch(token_id):
        raise Problem(NOT_FOUND)
    await shell.api.delete(f"/access-tokens/{token_id}")
    return see("/ma-kiem-tra?xong=thu-hoi")
