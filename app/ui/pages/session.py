"""Sign-in and sign-out."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from app.ui.client import Api, Problem
from app.ui.render import bare, see
from app.ui.security import Cookies, csrf_token, read_form, safe_next
from app.ui.shell import ask
from app.ui.texts import _

pages = APIRouter()
FORBIDDEN, UNPROCESSABLE, UNAUTHORIZED, TOO_MANY = 403, 422, 401, 429
MINUTE = 60

Asking = Annotated[Api, Depends(ask)]


@pages.get("/dang-nhap")
async def sign_in_page(request: Request) -> Response:
    """The sign-in form, tied to this browser by a cookie of its own."""
    notice = _("Bạn đã đăng xuất.") if request.query_params.get("ra") == "1" else ""
    return _form(request, next_=safe_next(request.query_params.get("tiep", "/")), notice=notice)


@pages.post("/dang-nhap")
async def sign_in(request: Request, api: Asking) -> Response:
    """Open a session and go where the reader wanted to go (303)."""
    cookies = Cookies(request.app.state.settings)
    try:
        sent = await read_form(request, cookies.before(request))
    except Problem as problem:
        if problem.status != FORBIDDEN:
            raise
        return _form(request, message=problem.detail, status=FORBIDDEN)
    username, password = sent.get("ten", "").strip(), sent.get("mat-khau", "")
    next_ = safe_next(sent.get("tiep", "/"))
    if not username or not password:
        message = _("Nhập tên đăng nhập") if not username else _("Nhập mật khẩu")
        field = "p" if username else "u"
        return _form(
            request, next_=next_, username=username, message=message, field=field, status=UNPROCESSABLE
        )
    try:
        signed = await api.sign_in(username, password)
    except Problem as problem:
        if problem.status not in {UNAUTHORIZED, UNPROCESSABLE, TOO_MANY}:
            raise
        return _form(
            request,
            next_=next_,
            username=username,
            message=_why(problem),
            field="" if problem.status == TOO_MANY else "u",
            status=problem.status if problem.status == TOO_MANY else UNPROCESSABLE,
        )
    response = see(next_)
    cookies.open(request, response, signed.secret)
    return response


@pages.post("/dang-xuat")
async def sign_out(request: Request, api: Asking) -> Response:
    """End the session at the API and in the browser."""
    cookies = Cookies(request.app.state.settings)
    secret = cookies.session(request)
    if secret is not None:
        await read_form(request, secret)
        await api.sign_out()
    response = see("/dang-nhap?ra=1")
    cookies.close(request, response)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _why(problem: Problem) -> str:
    if problem.status != TOO_MANY:
        return _("Sai tên đăng nhập hoặc mật khẩu")
    if problem.retry_after is None:
        return _("Thử sai quá nhiều lần. Chờ ít phút rồi thử lại.")
    minutes = max(-(-problem.retry_after // MINUTE), 1)
    return _("Thử sai quá nhiều lần. Thử lại sau %s phút.") % minutes


def _form(
    request: Request,
    *,
    next_: str = "/",
    username: str = "",
    message: str = "",
    field: str = "",
    notice: str = "",
    status: int = 200,
) -> Response:
    cookies = Cookies(request.app.state.settings)
    tie = cookies.before(request) or secrets.token_urlsafe(32)
    response = bare(
        "sign_in.html",
        status=status,
        next=next_,
        username=username,
        message=message,
        field=field,
        notice=notice,
        csrf=csrf_token(tie),
    )
    cookies.tie(request, response, tie)
    return response
