"""What keeps the pages safe: headers, the session cookie, the proof that a form is ours, and small bodies."""

import base64
import binascii
import hashlib
import hmac
import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

from fastapi import Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import Settings
from app.ui.client import Problem
from app.ui.texts import _

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
HSTS = "max-age=63072000; includeSubDomains"
STATIC_CACHE = "public, max-age=31536000, immutable"
CSRF_FIELD = "_csrf"
CSRF_HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MOST_FORM_BYTES = 256 * 1024
MOST_FORM_FIELDS = 500
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
FORM_TYPE = "application/x-www-form-urlencoded"
TOO_LARGE, UNSUPPORTED, FORBIDDEN, BAD_REQUEST = 413, 415, 403, 400

log = logging.getLogger("thenchot.ui")


class Guard:
    """Around every page: a request id, the security headers, and one log line without the query string."""

    def __init__(self, app: ASGIApp, settings: Settings, broken: Callable[[Request], Response]) -> None:
        self._app = app
        self._secure = settings.secure_cookies
        self._broken = broken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, dressed in its headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        mounted = "request_id" in state  # whoever mounted us names the request and logs it
        if not mounted:
            given = Request(scope).headers.get("x-request-id", "")
            state["request_id"] = given if REQUEST_ID.fullmatch(given) else str(uuid4())
        request_id = state["request_id"]
        static = scope["path"].startswith("/static/")
        status, answered = 500, False
        begun = time.perf_counter()

        async def dressed(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], True
                headers = MutableHeaders(scope=message)
                if not mounted:
                    headers["X-Request-Id"] = request_id
                for name, value in self._headers(scope, static=static and status < BAD_REQUEST).items():
                    headers.setdefault(name, value)
                headers.add_vary_header("HX-Request")
            await send(message)

        try:
            await self._app(scope, receive, dressed)
        except Exception:
            # Caught here and not further out, so that this answer too carries the page's own policy.
            log.exception("%s %s failed, request %s", scope["method"], scope["path"], request_id)
            if answered:
                raise
            await self._broken(Request(scope))(scope, receive, dressed)
        finally:
            if not (static or mounted):
                took = round((time.perf_counter() - begun) * 1000)
                log.info("%s %s %s %sms %s", scope["method"], scope["path"], status, took, request_id)

    def _headers(self, scope: Scope, *, static: bool) -> dict[str, str]:
        headers = {
            "Content-Security-Policy": CSP,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
            "Cache-Control": STATIC_CACHE if static else "no-store",
        }
        if self._secure or scope["scheme"] == "https":
            headers["Strict-Transport-Security"] = HSTS
        return headers


class Cookies:
    """The two cookies: the session's secret, and before it a random value that the sign-in form is tied to.

    Under https both carry the `__Host-` prefix; on plain loopback, where browsers refuse it, they do without.
    """

    def __init__(self, settings: Settings) -> None:
        self._secure = settings.secure_cookies

    def secure(self, request: Request) -> bool:
        """Whether the browser talks https to us."""
        return self._secure or request.url.scheme == "https"

    def _name(self, request: Request, plain: str) -> str:
        return f"__Host-{plain}" if self.secure(request) else plain

    def session(self, request: Request) -> str | None:
        """The session secret the browser holds."""
        return request.cookies.get(self._name(request, "sid")) or None

    def before(self, request: Request) -> str | None:
        """The value the sign-in form is tied to."""
        return request.cookies.get(self._name(request, "pre")) or None

    def open(self, request: Request, response: Response, secret: str) -> None:
        """Hand the session to the browser; the sign-in value has done its work."""
        self._set(request, response, "sid", secret)
        self._drop(request, response, "pre")

    def close(self, request: Request, response: Response) -> None:
        """Take the session from the browser."""
        self._drop(request, response, "sid")

    def tie(self, request: Request, response: Response, value: str) -> None:
        """Tie the sign-in form to this browser."""
        self._set(request, response, "pre", value)

    def _set(self, request: Request, response: Response, plain: str, value: str) -> None:
        name = self._name(request, plain)
        response.set_cookie(name, value, path="/", secure=self.secure(request), httponly=True, samesite="lax")

    def _drop(self, request: Request, response: Response, plain: str) -> None:
        name = self._name(request, plain)
        response.delete_cookie(name, path="/", secure=self.secure(request), httponly=True, samesite="lax")


def csrf_token(tied_to: str) -> str:
    """A token for one form of one session.

    Masked anew each time, so that compressed pages don't give it away letter by letter (BREACH).
    """
    digest = _csrf_digest(tied_to)
    mask = secrets.token_bytes(len(digest))
    return base64.urlsafe_b64encode(mask + _xor(mask, digest)).decode()


def csrf_valid(tied_to: str, token: str) -> bool:
    """Whether the token was made for this session; constant time in the token."""
    expected = _csrf_digest(tied_to)
    try:
        raw = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return False
    if len(raw) != 2 * len(expected):
        return False
    half = len(expected)
    return hmac.compare_digest(_xor(raw[:half], raw[half:]), expected)


def _csrf_digest(tied_to: str) -> bytes:
    # 30 bytes and their mask fill base64 without padding bits, so that one token has one spelling.
    return hmac.new(tied_to.encode(), b"then-chot csrf 1", hashlib.sha256).digest()[:30]


def _xor(left: bytes, right: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(left, right, strict=True))


def same_origin(headers: Mapping[str, str], scheme: str, host: str) -> bool:
    """Whether a browser says that the request comes from our own page.

    Sec-Fetch-Site decides when it is there, else Origin. A client that sends neither is no browser (every
    browser names the origin of a POST) and holds no ambient cookies; its form token alone is judged.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    if origin is not None:
        parts = urlsplit(origin)
        return (parts.scheme, parts.netloc) == (scheme, host)
    return True


def own_site(request: Request) -> None:
    """Refuse what another site's page makes a browser send (Problem 403)."""
    host = request.headers.get("host", request.url.netloc)
    if not same_origin(request.headers, request.url.scheme, host):
        raise Problem(
            FORBIDDEN, detail=_("Yêu cầu không đến từ trang của hệ thống này nên không được thực hiện.")
        )


def own(request: Request, tied_to: str | None, token: str) -> None:
    """Refuse a form whose token, in the form or beside it, isn't of this session (Problem 403)."""
    token = token or request.headers.get(CSRF_HEADER, "")
    if not tied_to or not csrf_valid(tied_to, token):
        raise Problem(
            FORBIDDEN, detail=_("Biểu mẫu đã cũ hoặc thuộc phiên làm việc khác. Mở lại trang rồi gửi lại.")
        )


async def read_form(request: Request, tied_to: str | None) -> dict[str, str]:
    """The fields of a form that is provably ours; the last of doubled fields counts.

    Raises Problem 403 for a form of another site or session, 413 for a large body, 415 for another type.
    """
    own_site(request)
    kind = request.headers.get("content-type", FORM_TYPE).partition(";")[0].strip().lower()
    if kind != FORM_TYPE:
        raise Problem(UNSUPPORTED, detail=_("Chỉ nhận biểu mẫu của trang."))
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM_BYTES:
            raise Problem(TOO_LARGE, detail=_("Biểu mẫu quá lớn."))
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FORM_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise Problem(BAD_REQUEST, detail=_("Không đọc được biểu mẫu.")) from error
    form = dict(pairs)
    own(request, tied_to, form.pop(CSRF_FIELD, ""))
    return form


def safe_next(path: str) -> str:
    """Where to go after sign-in: a path of ours, never another site's address."""
    plain = (
        path.startswith("/")
        and not path.startswith(("//", "/\\"))
        and path.isprintable()
        and "\\" not in path
    )
    return path if plain else "/"
