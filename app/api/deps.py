"""What every operation may ask for: a scoped session, the day, the page, the version.

Today is read here alone.
"""

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.exc import DBAPIError

from app.api import cursor as cursors
from app.api import target
from app.api.idempotency import Keeper, key_of
from app.api.route import Replay
from app.models.access import PrincipalKind
from app.models.base import HANOI
from app.services import access, audit
from app.services.database import writing
from app.services.errors import Busy, Denied, DomainError, Fault, Invalid, Unauthenticated
from app.services.law.parameter import Law
from app.services.paging import Page
from app.services.rule import law_of
from app.services.scope import PERMISSIONS, Actor, Scope, ScopedSession
from app.settings import Settings

READ_ONLY = "Mã kiểm tra chỉ để xem, không ghi được gì."
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BEARER = HTTPBearer(
    auto_error=False, description="Access token of POST /sessions, or an inspection token (tct_…)"
)


def settings_of(request: Request) -> Settings:
    """The settings the app was built with."""
    found: Settings = request.app.state.settings
    return found


def business_day(settings: Settings) -> date:
    """The business day: pinned in demo mode, else today in Hà Nội. Below this nobody asks the clock."""
    return settings.today or datetime.now(HANOI).date()


def today_of(request: Request) -> date:
    """The business day of this request."""
    return business_day(settings_of(request))


# Dependencies without I/O are coroutines: a plain function would cost a hop through the thread pool each.


async def _today(request: Request) -> date:
    return today_of(request)


Today = Annotated[date, Depends(_today)]


async def _law(request: Request) -> Law:
    return law_of(settings_of(request).resolution_on)


LawNow = Annotated[Law, Depends(_law)]
"""The law with the resolution's own first day put in; its norms are picked by the day they are asked of."""


async def _as_of(
    request: Request, as_of: Annotated[date | None, Query(description="Day to read as of")] = None
) -> date:
    return as_of or today_of(request)


AsOf = Annotated[date, Depends(_as_of)]


async def people_day(request: Request, day: AsOf) -> date:
    """The day persons are read as of; 422 past the last day they are carried to, naming it."""
    last = settings_of(request).record_ends_on
    if last is not None and day > last:
        raise Invalid.at(
            "/query/as_of",
            f"Hồ sơ cán bộ mới có đến hết ngày {last:%d/%m/%Y}. Hãy chọn ngày từ đó trở về trước.",
        )
    return day


PeopleDay = Annotated[date, Depends(people_day)]


async def _known_at(
    known_at: Annotated[
        str | None, Query(description="Instant (RFC 3339) or day; a day means its end in Asia/Ho_Chi_Minh")
    ] = None,
) -> datetime | None:
    if known_at is None:
        return None
    try:
        if len(known_at) == len("2019-12-31"):
            day = date.fromisoformat(known_at)
            return datetime.combine(day + timedelta(days=1), time(), HANOI).astimezone(UTC)
        moment = datetime.fromisoformat(known_at)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid.at("/query/known_at", "Cần ngày YYYY-MM-DD hoặc thời điểm RFC 3339.") from error
    if moment.tzinfo is None:
        raise Invalid.at("/query/known_at", "Thời điểm cần múi giờ, ví dụ 2019-12-31T17:00:00Z.")
    return moment


KnownAt = Annotated[datetime | None, Depends(_known_at)]


# Nine digits: what an integer column holds. A proxy may have weakened the tag on its way.
_ETAG = re.compile(r'(?:W/)?"(?P<quoted>[0-9]{1,9})"|(?P<bare>[0-9]{1,9})')


_IfMatchHeader = Annotated[str | None, Header(description="ETag of the record as read")]


async def optional_version(if_match: _IfMatchHeader = None) -> int | None:
    """The version of If-Match, where a change may do without."""
    return None if if_match is None else _version(if_match)


async def _if_match(if_match: _IfMatchHeader = None) -> int:
    if if_match is None:
        raise MissingIfMatch
    return _version(if_match)


def _version(if_match: str) -> int:
    found = _ETAG.fullmatch(if_match.strip())
    if found is None:
        raise Invalid.at("/header/If-Match", 'If-Match cần ETag đã đọc, ví dụ "3".')
    return int(found["quoted"] or found["bare"])


class MissingIfMatch(DomainError):
    """A change without the version it was made on."""

    title = "Thiếu If-Match"

    def __init__(self) -> None:
        super().__init__("Hãy đọc bản ghi rồi gửi lại ETag của nó trong If-Match.")


IfMatch = Annotated[int, Depends(_if_match)]


def etag(response: Response, version: int) -> None:
    """The version as ETag; only on the plain representation."""
    response.headers["ETag"] = f'"{version}"'


# --- who -------------------------------------------------------------------------------------------


def address_of(request: Request) -> str:
    """The peer's address; X-Forwarded-For is believed from the proxies named in the settings alone."""
    peer = request.client.host if request.client else ""
    trusted = {part.strip() for part in settings_of(request).trusted_proxies.split(",") if part.strip()}
    if peer in trusted:
        forwarded = request.headers.get("x-forwarded-for", "")
        return forwarded.rpartition(",")[2].strip() or peer
    return peer


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("Cần mã truy cập (Authorization: Bearer …).")
    return token.strip()


def identify(request: Request) -> Actor:
    """The caller behind the bearer token, with the grants that hold today; 401 else."""
    today, token = today_of(request), _bearer(request)
    if access.looks_like_one(token):
        scope = Scope.house(today, "access_token.use")
        with ScopedSession(request.app.state.engine, scope) as session:
            actor = access.load_bearer(session, token, today)
    else:
        scope = Scope.nobody(today, request.state.request_id)
        with ScopedSession(request.app.state.engine, scope) as session:
            claims = request.app.state.keyring.verify(session, token)
            actor = access.load_actor(session, claims, today)
    request.state.actor = actor
    return actor


def knows(request: Request) -> bool:
    """Whether the bearer token holds; where that can't be asked now, the operation itself will say so."""
    try:
        identify(request)
    except (Unauthenticated, DBAPIError):
        return False
    return True


def inspects(request: Request) -> bool:
    """True for the bearer of an inspection token, whose every read is told and whose every change refused."""
    actor: Actor | None = getattr(request.state, "actor", None)
    return actor is not None and actor.kind == PrincipalKind.INSPECTION


def context_of(request: Request) -> audit.Context:
    """Who acts in this request, as the audit names him."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None:
        return audit.Context(None, "anonymous", "api", request.state.request_id)
    return audit.Context(actor.id, actor.username, actor.client, request.state.request_id)


def refuse_unknown(request: Request) -> None:
    """422 for unknown and doubled parameters, after the caller is known."""
    faults: list[Fault] = getattr(request.state, "faults", [])
    if faults:
        raise Invalid("Hãy bỏ hoặc sửa các tham số nêu dưới đây.", faults)


@dataclass(frozen=True, slots=True)
class _Opener:
    """Opens the one session of a request: who, whether he may, where; commits it before the answer leaves."""

    permission: str
    keyed: bool = True
    """Whether a POST honours Idempotency-Key; answers with secrets aren't kept."""

    async def __call__(
        self, request: Request, _scheme: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
    ) -> ScopedSession:
        closing: ExitStack = request.state.closing
        return closing.enter_context(self._open(request))

    @contextmanager
    def _open(self, request: Request) -> Iterator[ScopedSession]:
        actor = identify(request)
        unsafe = request.method not in SAFE
        if unsafe and inspects(request):
            raise Denied(READ_ONLY)
        if self.permission not in actor.permissions:
            raise Denied("Tài khoản này không có quyền làm việc đó.")
        refuse_unknown(request)
        idempotency_key = key_of(request) if self.keyed else None
        scope = Scope.of(actor, self.permission, today_of(request), request.state.request_id)
        engine = writing(request.app.state.engine) if unsafe else request.app.state.engine
        keeper = Keeper(request, actor, self.permission, idempotency_key) if idempotency_key else None
        with ScopedSession(engine, scope) as session:
            if keeper is not None:
                try:
                    keeper.claim(session)
                except Replay:
                    session.rollback()
                    tell_reads(request, session)
                    raise
            yield session
            if unsafe:
                if keeper is not None:
                    keeper.keep()
                # What a change answers with is told with the change: after its commit it couldn't be refused.
                _commit(session, reading_of(request, session))
        if not unsafe:
            tell_reads(request, session)


def _commit(session: ScopedSession, event: dict[str, Any] | None) -> None:
    """Commits a change with its audit; 503 where the audit can't be written: then nothing was."""
    session.flush()
    try:
        if event is not None:
            audit.record(session, event)
        session.commit()
    except DBAPIError as error:
        raise Busy("Chưa ghi được nhật ký nên chưa lưu gì. Hãy thử lại.") from error


def reading_of(request: Request, session: ScopedSession) -> dict[str, Any] | None:
    """The audit event of the personal data this request answers with, of an inspection token's any read.

    None if there is nothing to tell.
    """
    seen = session.trail.seen
    if seen is None and inspects(request):
        seen = audit.Seen(target.action(request), (), None, target.root(request))
    if seen is None:
        return None
    actor: Actor = request.state.actor
    home = actor.home()
    return audit.reading(
        context_of(request),
        action=seen.action,
        unit_id=home.unit_id if home else None,
        ids=seen.ids,
        rows=seen.rows,
        filter_digest=cursors.digest(request.url.path, request.query_params),
        because=session.trail.everywhere,
        root=seen.root,
    )


def tell_reads(request: Request, session: ScopedSession) -> None:
    """Hands over the audit event of a personal read; the answer leaves once it is committed (`route`).

    The event stands in a transaction of its own; 503 if it fails.
    """
    event = reading_of(request, session)
    if event is not None:
        request.state.telling = request.app.state.recorder.put(event, session.scope.today)


@contextmanager
def record_session(request: Request) -> Iterator[ScopedSession]:
    """A short session for an event of its own."""
    scope = Scope.nobody(today_of(request), request.state.request_id)
    with ScopedSession(writing(request.app.state.engine), scope) as session:
        yield session


def may(permission: str, *, keyed: bool = True) -> Any:  # noqa: ANN401 - FastAPI's Depends
    """What opens the session of an operation that needs `permission`, one that some role knows.

    `keyed`: whether its POSTs honour Idempotency-Key.
    """
    if permission not in PERMISSIONS:
        raise ValueError(f"no role knows the permission {permission}")
    return Depends(_Opener(permission, keyed))


async def _public(request: Request) -> None:
    if request.method not in SAFE:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and access.looks_like_one(token.strip()):
            identify(request)
            raise Denied(READ_ONLY)
    refuse_unknown(request)


public = Depends(_public)
"""For the short list of operations that nobody needs to sign in for."""


def actor_of(request: Request) -> Actor:
    """The caller the session's opener has identified."""
    actor: Actor = request.state.actor
    return actor


# --- lists -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list was paged, and what its cursors are bound to."""

    page: Page
    bound: str
    key: bytes


def paging(*sorts: str) -> Any:  # noqa: ANN401 - FastAPI's Depends
    """The paging parameters of a list that sorts by one of `sorts` (the first is the default)."""
    names = [name.lstrip("-") for name in sorts]
    allowed = {*names, *(f"-{name}" for name in names)}

    async def read(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=200, description="Rows a page")] = 50,
        cursor: Annotated[str | None, Query(max_length=600, description="Opaque place in the list")] = None,
        sort: Annotated[str | None, Query(description="One of: " + ", ".join(sorted(allowed)))] = None,
        count: Annotated[bool, Query(description="Also count all rows")] = False,
    ) -> Paging:
        chosen = sort or sorts[0]
        if chosen not in allowed:
            raise Invalid.at(
                "/query/sort", f"Chỉ sắp xếp được theo: {', '.join(names)} (thêm - để đảo chiều)."
            )
        actor: Actor | None = getattr(request.state, "actor", None)
        key: bytes = request.app.state.cursor_key
        bound = f"{actor.id if actor else ''}|{cursors.digest(request.url.path, request.query_params)}"
        values, backwards = cursors.unseal(key, bound, cursor) if cursor is not None else (None, False)
        return Paging(Page(limit, chosen, values, backwards, count), bound, key)

    return Depends(read)
