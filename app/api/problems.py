"""Domain error to RFC 9457 problem+json: one table, one shape everywhere, in Vietnamese."""

import logging
from typing import Any, cast
from uuid import uuid4

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from app.services import errors

LOG = logging.getLogger("thenchot.api")


class FaultShape(BaseModel):
    """One fault: where, and what to do."""

    pointer: str
    detail: str


class ProblemShape(BaseModel):
    """The one shape of every error."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FaultShape] | None = None
    findings: list[dict[str, Any]] | None = Field(default=None)


STATUS: dict[type[errors.DomainError], tuple[int, str]] = {
    errors.Unauthenticated: (401, "unauthenticated"),
    errors.Denied: (403, "denied"),
    errors.NotFound: (404, "not-found"),
    errors.RuleBroken: (409, "rule-broken"),
    errors.Conflict: (409, "conflict"),
    errors.Stale: (412, "stale"),
    errors.Invalid: (422, "invalid"),
    errors.TooMany: (429, "too-many"),
    errors.Busy: (503, "busy"),
}
"""The only place where a domain error learns its status; a subclass stands before its base."""

_HTTP = {
    400: ("bad-request", "Yêu cầu chưa đúng", "Máy chủ không đọc được yêu cầu này."),
    401: ("unauthenticated", "Chưa đăng nhập", "Cần đăng nhập để tiếp tục."),
    403: ("denied", "Không có quyền", "Tài khoản không có quyền làm việc này."),
    404: ("not-found", "Không tìm thấy", "Không có địa chỉ này."),
    405: ("method-not-allowed", "Phương thức không dùng được", "Địa chỉ này không nhận phương thức đã gửi."),
    413: ("too-large", "Dữ liệu quá lớn", "Hãy gửi dữ liệu nhỏ hơn."),
    415: ("unsupported-type", "Kiểu dữ liệu không dùng được", "Hãy gửi application/json."),
    428: ("precondition-required", "Thiếu If-Match", "Hãy đọc bản ghi rồi gửi lại ETag trong If-Match."),
}

_MESSAGES = {
    "missing": "Thiếu trường này.",
    "extra_forbidden": "Trường này không có trong mẫu.",
    "string_type": "Cần một chuỗi ký tự.",
    "string_too_short": "Cần ít nhất {min_length} ký tự.",
    "string_too_long": "Chỉ nhận tối đa {max_length} ký tự.",
    "string_pattern_mismatch": "Chưa đúng mẫu {pattern}.",
    "int_type": "Cần một số nguyên.",
    "int_parsing": "Cần một số nguyên.",
    "bool_type": "Cần true hoặc false.",
    "bool_parsing": "Cần true hoặc false.",
    "greater_than_equal": "Phải từ {ge} trở lên.",
    "less_than_equal": "Phải từ {le} trở xuống.",
    "enum": "Chỉ nhận một trong: {expected}.",
    "literal_error": "Chỉ nhận một trong: {expected}.",
    "json_invalid": "Nội dung không phải JSON đúng.",
    "date_parsing": "Ngày phải có dạng YYYY-MM-DD.",
    "date_from_datetime_parsing": "Ngày phải có dạng YYYY-MM-DD.",
    "date_type": "Ngày phải có dạng YYYY-MM-DD.",
    "date_from_datetime_inexact": "Cần một ngày, không kèm giờ.",
    "timezone_aware": "Thời điểm cần múi giờ, ví dụ 2019-12-31T17:00:00Z.",
    "datetime_parsing": "Cần thời điểm RFC 3339, ví dụ 2019-12-31T17:00:00Z.",
    "datetime_from_date_parsing": "Cần thời điểm RFC 3339, ví dụ 2019-12-31T17:00:00Z.",
    "uuid_parsing": "Cần một mã định danh UUID.",
    "uuid_type": "Cần một mã định danh UUID.",
    "list_type": "Cần một danh sách.",
    "model_attributes_type": "Cần một đối tượng JSON.",
    "model_type": "Cần một đối tượng JSON.",
    "dict_type": "Cần một đối tượng JSON.",
    "too_short": "Cần ít nhất {min_length} phần tử.",
    "too_long": "Chỉ nhận tối đa {max_length} phần tử.",
}


def problem(
    request: Request,
    status: int,
    slug: str,
    title: str,
    detail: str,
    *,
    faults: list[dict[str, str]] | None = None,
    findings: list[Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """The answer every error becomes."""
    body: dict[str, Any] = {
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": request.url.path,
    }
    if faults:
        body["errors"] = faults
    if findings:
        body["findings"] = [item.as_json() for item in findings]
    return Response(
        orjson.dumps(body, default=str), status, headers or {}, media_type="application/problem+json"
    )


def of_domain(request: Request, error: errors.DomainError) -> Response:
    """A domain error as its problem."""
    status, slug = next(found for kind, found in STATUS.items() if isinstance(error, kind))
    headers: dict[str, str] = {}
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = f'{error.scheme} realm="then-chot"'
    if isinstance(error, errors.Busy):
        headers["Retry-After"] = str(error.retry_after)
    faults = None
    if isinstance(error, errors.Invalid):
        faults = [{"pointer": fault.pointer, "detail": fault.detail} for fault in error.faults]
    findings = list(error.findings) if isinstance(error, errors.RuleBroken) else None
    return problem(
        request, status, slug, error.title, error.detail, faults=faults, findings=findings, headers=headers
    )


def pointer(location: tuple[int | str, ...]) -> str:
    """A pydantic location as a JSON pointer; query and path parameters keep their place as first token."""
    tokens = location[1:] if location and location[0] == "body" else location
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


def faults_of(error: RequestValidationError) -> list[errors.Fault]:
    """Each fault of a payload with its pointer and what to do, in Vietnamese."""
    found = []
    for item in error.errors():
        text = _MESSAGES.get(item["type"])
        if text is None:
            text = (
                str(item["ctx"]["error"])
                if item["type"] == "value_error" and "ctx" in item
                else "Giá trị chưa đúng."
            )
        try:
            text = text.format(**item.get("ctx", {}))
        except (KeyError, IndexError):
            text = "Giá trị chưa đúng."
        found.append(errors.Fault(pointer(tuple(item["loc"])), text))
    return found


def unexpected(request: Request, error: Exception) -> Response:
    """What nobody foresaw: a number to look up in the log, and no detail."""
    key = uuid4().hex
    LOG.error("unexpected error %s", key, exc_info=error)
    return problem(
        request,
        500,
        "unexpected",
        "Lỗi hệ thống",
        f"Có lỗi ngoài dự kiến, mã {key}. Hãy báo quản trị hệ thống.",
    )


def too_large(request: Request) -> Response:
    """A body beyond what its address takes, refused before it is read."""
    slug, title, detail = _HTTP[413]
    return problem(request, 413, slug, title, detail)


def _methods(request: Request) -> list[str]:
    """Every method an address takes: each is a route of its own, and the router names those of the first."""

    def takes(method: str) -> bool:
        asked = {**request.scope, "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in request.app.router.routes)

    return [method for method in ("DELETE", "GET", "PATCH", "POST", "PUT") if takes(method)]


def of_http(request: Request, error: Exception) -> Response:
    """What the router or the framework refused, in the same shape."""
    raised = cast("HTTPException", error)
    slug, title, detail = _HTTP.get(
        raised.status_code, ("error", "Không thực hiện được", "Không thực hiện được.")
    )
    if raised.status_code == 422 and isinstance(raised.detail, str):  # noqa: PLR2004 - the status itself
        slug, title, detail = "invalid", "Dữ liệu chưa hợp lệ", raised.detail
    headers = dict(raised.headers or {})
    if raised.status_code == 405:  # noqa: PLR2004 - the status itself
        headers["Allow"] = ", ".join(_methods(request))
    if raised.status_code == 401:  # noqa: PLR2004 - the status itself
        headers.setdefault("WWW-Authenticate", 'Bearer realm="then-chot"')
    return problem(request, raised.status_code, slug, title, detail, headers=headers)


def install(app: FastAPI) -> None:
    """Hangs the one table on the app."""

    def domain(request: Request, error: Exception) -> Response:
        return of_domain(request, cast("errors.DomainError", error))

    def integrity(request: Request, error: Exception) -> Response:
        LOG.info("integrity conflict %s", type(error).__name__)
        return of_domain(
            request,
            errors.Conflict("Dữ liệu vừa gửi trùng hoặc chồng lên dữ liệu đã có. Hãy tải lại rồi kiểm tra."),
        )

    def stale(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the handler's signature
        return of_domain(request, errors.Stale())

    def busy(request: Request, error: Exception) -> Response:
        LOG.warning("database busy or away: %s", type(error).__name__)
        return of_domain(request, errors.Busy())

    def range_of(request: Request, error: Exception) -> Response:
        LOG.info("a value the database can't hold %s", type(error).__name__)
        return of_domain(request, errors.Invalid("Có giá trị quá lớn hoặc quá dài. Hãy kiểm tra lại."))

    app.add_exception_handler(errors.DomainError, domain)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(IntegrityError, integrity)
    app.add_exception_handler(StaleDataError, stale)
    app.add_exception_handler(OperationalError, busy)
    app.add_exception_handler(PoolTimeout, busy)
    app.add_exception_handler(DataError, range_of)
