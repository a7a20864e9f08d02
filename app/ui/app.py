"""The front end as an ASGI app of its own: pages for people, drawn from the API over HTTP alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from app.settings import Settings
from app.ui.client import ApiClient, Problem
from app.ui.importing import Paces
from app.ui.pages import (
    access_token,
    account,
    appointment,
    appointment_dossier,
    appointment_paper,
    appointment_step,
    assignment,
    audit,
    cadre,
    clause,
    evaluation,
    imports,
    inbox,
    indicator,
    job,
    people,
    plan,
    plan_dossier,
    plan_paper,
    plan_step,
    post_change,
    rotation,
    rotation_plan,
    rotation_step,
    session,
    unit,
    waiver,
)
from app.ui.render import STATIC, bare, see
from app.ui.security import Cookies, Guard
from app.ui.shell import Moved
from app.ui.texts import _

UNAUTHORIZED, NOT_FOUND, UNAVAILABLE = 401, 404, 503
COMPRESS_FROM = 1024

TITLES = {
    400: _("Yêu cầu không đọc được"),
    403: _("Không được phép"),
    404: _("Không tìm thấy trang hoặc hồ sơ"),
    405: _("Địa chỉ này không nhận thao tác đó"),
    409: _("Chưa thực hiện được vì trái quy định hoặc trùng dữ liệu"),
    412: _("Hồ sơ vừa được người khác sửa"),
    413: _("Biểu mẫu quá lớn"),
    415: _("Dạng dữ liệu không được nhận"),
    422: _("Địa chỉ có giá trị không hợp lệ"),
    429: _("Thao tác quá nhiều lần"),
    503: _("Hệ thống đang bận hoặc tạm dừng"),
}
DETAILS = {
    403: _("Tài khoản của bạn không có quyền với nội dung này."),
    404: _("Địa chỉ có thể đã gõ sai, hoặc hồ sơ không thuộc phạm vi của bạn."),
    409: _("Kiểm tra lại rồi thử lần nữa."),
    412: _("Mở lại hồ sơ để xem bản mới nhất trước khi sửa."),
    422: _("Bỏ bớt điều kiện trong địa chỉ rồi thử lại."),
    429: _("Chờ ít phút rồi thử lại."),
    503: _("Dữ liệu không mất. Chờ ít giây rồi bấm «Thử lại»."),
}


def create_ui(settings: Settings, api: ASGIApp | None) -> FastAPI:
    """The pages, over the API app given or the one at `settings.api_base_url`.

    Where it is mounted its lifespan never runs: the mounting app runs it, or closes `ui.state.client`.
    """
    client = ApiClient(api=api, base_url=settings.api_base_url)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await client.aclose()

    ui = FastAPI(title="Then Chốt", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    ui.state.settings = settings
    ui.state.client = client
    ui.state.paces = Paces()
    nouns = (session, inbox, indicator, people, unit, cadre, assignment, account, audit, clause)
    dossiers = (plan, plan_dossier, plan_step, plan_paper, post_change, waiver, evaluation)
    actions = (appointment, appointment_dossier, appointment_step, appointment_paper)
    rotations = (rotation_plan, rotation, rotation_step)
    for noun in (*nouns, *dossiers, *actions, *rotations, imports, job, access_token):
        ui.include_router(noun.pages)
    ui.mount("/static", StaticFiles(directory=STATIC), name="static")
    ui.add_exception_handler(Problem, _problem)
    ui.add_exception_handler(Moved, _moved)
    ui.add_exception_handler(HTTPException, _http)
    ui.add_exception_handler(RequestValidationError, _invalid)
    ui.add_middleware(GZipMiddleware, minimum_size=COMPRESS_FROM)
    ui.add_middleware(Guard, settings=settings, broken=_broken)
    return ui


async def _moved(_request: Request, error: Exception) -> Response:
    return see(error.to if isinstance(error, Moved) else "/")


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else NOT_FOUND
    if request.url.path.startswith(("/api/", "/.well-known/")):
        return _machine_refusal(request, status)
    return await _problem(request, Problem(status))


async def _invalid(request: Request, _error: Exception) -> Response:
    return await _problem(request, Problem(NOT_FOUND))


def _broken(request: Request) -> Response:
    return refusal(request, Problem(500))


async def _problem(request: Request, error: Exception) -> Response:
    problem = error if isinstance(error, Problem) else Problem(500)
    if problem.status == UNAUTHORIZED:
        return _sign_in_first(request)
    return refusal(request, problem)


def _sign_in_first(request: Request) -> Response:
    """To the sign-in page and back; htmx is told by header, since a redirect would land in the fragment."""
    cookies: Cookies = Cookies(request.app.state.settings)
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = "/dang-nhap"
    if request.method == "GET" and back != "/":
        to += f"?tiep={quote(back, safe='')}"
    if request.headers.get("hx-request") == "true":
        response: Response = Response(status_code=UNAUTHORIZED, headers={"HX-Redirect": to})
    else:
        response = see(to)
    if cookies.session(request) is not None:
        cookies.close(request, response)
    return response


def _machine_refusal(request: Request, status: int) -> Response:
    """An address that the API doesn't have ends here; its callers are told in its own form."""
    body = {
        "type": "/problems/not-found",
        "title": _("Không tìm thấy"),
        "status": status,
        "detail": _("Không có địa chỉ này."),
        "instance": request.url.path,
    }
    return JSONResponse(body, status, media_type="application/problem+json")


def refusal(request: Request, problem: Problem) -> Response:
    """What went wrong, in words, with what to do next."""
    known = problem.status in TITLES
    title = TITLES.get(problem.status) or problem.title or _("Hệ thống gặp lỗi")
    detail = problem.detail or DETAILS.get(problem.status, "")
    if not known and not detail:
        detail = _("Thao tác chưa được thực hiện. Lỗi đã được ghi lại để người quản trị xem.")
    retry = ""
    if problem.status in {UNAVAILABLE, 429} and request.method == "GET":
        retry = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    response = bare(
        "problem.html",
        status=problem.status,
        code=problem.status,
        title=title,
        detail=detail,
        errors=problem.errors,
        findings=problem.findings,
        retry=retry,
        request_id=getattr(request.state, "request_id", ""),
    )
    if problem.retry_after is not None:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response
