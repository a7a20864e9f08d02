"""My account: who I am here, what I may do, and where I am signed in."""

import re

from fastapi import APIRouter, Request, Response

from app.ui.client import Problem
from app.ui.render import page, see
from app.ui.security import Cookies, read_form
from app.ui.shell import Page

pages = APIRouter()
NOT_FOUND = 404
SESSION_ID = re.compile(r"[0-9a-f-]{36}")


@pages.get("/tai-khoan")
async def account(shell: Page) -> Response:
    """Name, roles, permissions and open sessions."""
    answer = await shell.api.get("/sessions")
    return page(shell, "account.html", sessions=answer.get("items", []))


@pages.post("/tai-khoan/phien/{session_id}/ket-thuc")
async def end_session(request: Request, shell: Page, session_id: str) -> Response:
    """End one of my sessions; ending this one leads to the sign-in page."""
    await read_form(request, shell.secret)
    if not SESSION_ID.fullmatch(session_id):
        raise Problem(NOT_FOUND)
    mine = (await shell.api.get("/sessions")).get("items", [])
    current = any(str(s.get("id")) == session_id and s.get("current") for s in mine)
    await shell.api.delete(f"/sessions/{session_id}")
    if not current:
        return see("/tai-khoan?xong=1")
    shell.client.forget(shell.secret)
    response = see("/dang-nhap?ra=1")
    Cookies(shell.settings).close(request, response)
    return response
