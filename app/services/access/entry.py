"""Sign-in of people: tries are counted in the database before the password is looked at, on every process."""

import secrets
from typing import TypeGuard

from sqlmodel import col, select

from app.models.access import Principal, PrincipalKind, SessionCreate, SessionOpened, SignIn
from app.models.audit import Outcome
from app.models.base import nfc, utc_now
from app.services import audit, passwords
from app.services.access import tries
from app.services.access.session import CLIENT, LONGEST, exchange, secret_hash
from app.services.errors import Invalid, Unauthenticated
from app.services.scope import ScopedSession
from app.services.tokens import Keyring

WRONG = "Sai tên đăng nhập hoặc mật khẩu."


def sign_in(
    session: ScopedSession,
    keyring: Keyring,
    *,
    data: SessionCreate,
    address: str,
    user_agent: str,
    demo: bool = False,
) -> SessionOpened:
    """Opens a session and gives its secret, once, with a first access token. The caller commits.

    The tries are committed before the password is looked at, and a refused one with its audit event before
    the answer: both must outlive the refusal. No transaction is open while the hash is computed. `demo`: the
    accounts of the demo province may come in.

    Raises:
        Invalid: a one-time code was sent; there are none yet.
        TooMany: too many tries for this name from here, or from here at all.
        Unauthenticated: the name or the password is wrong, or the account disabled; all told alike.
    """
    if data.otp is not None:
        raise Invalid.at("/otp", "Hệ thống chưa dùng mã xác thực một lần. Hãy bỏ trường otp.")
    name = nfc(data.username).lower()
    principal = _find(session, name)
    limits = tries.keys(session, name, address, principal)
    tries.charge(session, limits, principal)
    stored = principal.password_hash if _may_sign_in(principal, demo=demo) else None
    right = passwords.matches(data.password.get_secret_value(), stored)
    # Whoever was disabled or given another password meanwhile is not let in by the old one.
    principal = _find(session, name, lock=True)
    if not right or not _may_sign_in(principal, demo=demo) or principal.password_hash != stored:
        tries.refuse(session, principal, "wrong name or password")
        session.commit()
        raise Unauthenticated(WRONG)
    tries.refund(session, limits)
    if passwords.outdated(stored or ""):
        principal.password_hash = passwords.digest(data.password.get_secret_value())
        session.add(principal)
    return _open(session, keyring, principal, address, user_agent, demo=demo)


def _open(
    session: ScopedSession,
    keyring: Keyring,
    principal: Principal,
    address: str,
    user_agent: str,
    *,
    demo: bool,
) -> SessionOpened:
    secret = secrets.token_urlsafe(32)
    now = utc_now()
    row = SignIn(
        principal_id=principal.id,
        secret_hash=secret_hash(secret),
        created_at=now,
        last_seen_at=now,
        expires_at=now + LONGEST,
        user_agent=user_agent[:200] or None,
        address=address[:64] or None,
    )
    session.add(row)
    context = audit.Context(principal.id, principal.username, CLIENT, session.scope.request_id)
    audit.record(
        session,
        audit.event_row(context, action="session.open", outcome=Outcome.DONE, root=("session", str(row.id))),
    )
    session.flush()
    issued = exchange(session, keyring, secret, demo=demo)
    return SessionOpened(
        session_secret=secret, access_token=issued.access_token, expires_in=issued.expires_in
    )


def _find(session: ScopedSession, name: str, *, lock: bool = False) -> Principal | None:
    statement = (
        select(Principal).where(col(Principal.username) == name).execution_options(populate_existing=True)
    )
    return session.exec(statement.with_for_update() if lock else statement).one_or_none()


def _may_sign_in(principal: Principal | None, *, demo: bool) -> TypeGuard[Principal]:
    return (
        principal is not None
        and principal.kind == PrincipalKind.PERSON
        and principal.disabled_at is None
        and (demo or not principal.is_demo)
    )
