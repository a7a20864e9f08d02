"""Sessions of people: exchanged for access tokens, listed, ended."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.models.access import Principal, SignIn, TokenIssued
from app.models.audit import Outcome
from app.models.base import utc_now
from app.services import audit
from app.services.errors import NotFound, Unauthenticated
from app.services.scope import Actor, ScopedSession
from app.services.tokens import Keyring

IDLE = timedelta(minutes=30)
"""A session that isn't exchanged for so long has ended."""

LONGEST = timedelta(hours=12)
"""A session ends so long after its sign-in, however busy."""

CLIENT = "thenchot"
"""`client_id` of tokens given to people who sign in here."""


def secret_hash(secret: str) -> bytes:
    """What is stored of a session secret: its SHA-256; 256 random bits need no slower hash."""
    return hashlib.sha256(secret.encode()).digest()


def exchange(session: ScopedSession, keyring: Keyring, secret: str, *, demo: bool = False) -> TokenIssued:
    """A new access token for an open session; the secret stays the same, so that parallel calls don't race.

    `demo`: sessions of the demo province's accounts hold too.

    Raises:
        Unauthenticated: no such session, or it has ended, or the account is disabled.
    """
    found = session.exec(
        select(SignIn, Principal)
        .join(Principal, col(Principal.id) == col(SignIn.principal_id))
        .where(col(SignIn.secret_hash) == secret_hash(secret))
    ).one_or_none()
    if found is None:
        raise Unauthenticated(scheme="Session")
    opened, principal = found
    now = utc_now()
    if not is_open(opened) or principal.disabled_at is not None or (principal.is_demo and not demo):
        raise Unauthenticated("Phiên làm việc đã kết thúc. Hãy đăng nhập lại.", scheme="Session")
    opened.last_seen_at = now
    session.add(opened)
    token, seconds = keyring.issue(
        session,
        subject=principal.id,
        session_id=opened.id,
        client=CLIENT,
        auth_version=principal.auth_version,
        until=opened.expires_at,
    )
    session.flush()
    return TokenIssued(access_token=token, expires_in=seconds)


def is_open(row: SignIn) -> bool:
    """True while a session may be exchanged."""
    now = utc_now()
    return row.ended_at is None and now < row.expires_at and now - row.last_seen_at < IDLE


def open_sessions(session: ScopedSession, principal_id: UUID) -> list[SignIn]:
    """The sessions of one account that haven't ended, newest first."""
    rows = session.exec(
        select(SignIn)
        .where(col(SignIn.principal_id) == principal_id, col(SignIn.ended_at).is_(None))
        .order_by(col(SignIn.created_at).desc(), col(SignIn.id).desc())
    )
    return [row for row in rows if is_open(row)]


def list_sessions(session: ScopedSession, actor: Actor) -> list[dict[str, Any]]:
    """The caller's own open sessions as `SessionRead` has them, newest first."""
    return [
        {
            "id": row.id,
            "created_at": audit.instant(row.created_at),
            "last_seen_at": audit.instant(row.last_seen_at),
            "expires_at": audit.instant(row.expires_at),
            "user_agent": row.user_agent,
            "address": row.address,
            "current": row.id == actor.session_id,
        }
        for row in open_sessions(session, actor.id)
    ]


def end_session(session: ScopedSession, actor: Actor, session_id: UUID | None) -> None:
    """Ends one of the caller's own sessions; its access tokens stop with the next request.

    Raises:
        NotFound: it isn't the caller's, or has ended.
    """
    rows = {row.id: row for row in open_sessions(session, actor.id)}
    if session_id is None or session_id not in rows:
        raise NotFound("Không có phiên làm việc này, hoặc phiên đã kết thúc.")
    end(session, rows[session_id], audit.context_of(session))
    session.flush()


def end_all(session: ScopedSession, principal: Principal) -> None:
    """Ends every session of an account: after a new password, or when it is disabled."""
    for row in open_sessions(session, principal.id):
        end(session, row, audit.context_of(session))


def end(session: ScopedSession, row: SignIn, context: audit.Context) -> None:
    """Ends a session and writes it down."""
    row.ended_at = utc_now()
    session.add(row)
    audit.record(
        session,
        audit.event_row(context, action="session.end", outcome=Outcome.DONE, root=("session", str(row.id))),
    )
