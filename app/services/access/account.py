"""Accounts: made, given a password, disabled. Every change raises `auth_version`, so that old tokens stop."""

from uuid import UUID

from sqlmodel import col, select

from app.models.access import Principal, PrincipalKind
from app.models.base import nfc, utc_now
from app.services import passwords
from app.services.access.session import end_all
from app.services.errors import Conflict, Denied, Fault, Invalid, NotFound
from app.services.scope import ScopedSession

SHORTEST_NAME, LONGEST_NAME = 2, 60


def create_user(
    session: ScopedSession, *, username: str, display_name: str, password: str, cadre_id: UUID | None = None
) -> Principal:
    """A new account of a person, without any role. Flushes only.

    Raises:
        Invalid: the name isn't 2 to 60 letters a–z, digits, dots or hyphens, or the password is too easy.
        Conflict: the name is taken.
    """
    name = nfc(username).lower()
    plain = name.isascii() and name.replace(".", "").replace("-", "").isalnum()
    if not plain or not SHORTEST_NAME <= len(name) <= LONGEST_NAME:
        raise Invalid.at("/username", "Tên đăng nhập gồm 2–60 chữ không dấu, chữ số, dấu chấm hoặc gạch nối.")
    if not nfc(display_name):
        raise Invalid(
            "Cần họ tên hoặc tên gọi của tài khoản.", (Fault("/display_name", "Không được để trống."),)
        )
    passwords.check_new(password, username=name)
    if session.exec(select(Principal.id).where(col(Principal.username) == name)).first() is not None:
        raise Conflict(f"Tên đăng nhập {name} đã có người dùng. Hãy chọn tên khác.")
    principal = Principal(
        kind=PrincipalKind.PERSON,
        username=name,
        display_name=nfc(display_name)[:120],
        password_hash=passwords.digest(password),
        cadre_id=cadre_id,
    )
    session.add(principal)
    session.note(principal, "account.create")
    session.flush()
    return principal


def set_password(session: ScopedSession, principal_id: UUID, *, password: str) -> None:
    """A new password; every session and token of the account ends. Flushes only."""
    principal = locked(session, principal_id)
    passwords.check_new(password, username=principal.username)
    principal.password_hash = passwords.digest(password)
    principal.auth_version += 1
    end_all(session, principal)
    session.note(principal, "account.password")
    session.flush()


def disable(session: ScopedSession, principal_id: UUID, *, reason: str) -> None:
    """Shuts an account out; every session and token of it ends with the next request. Flushes only.

    Raises:
        Denied: it is the caller's own.
    """
    principal = locked(session, principal_id)
    if session.scope.actor is not None and session.scope.actor.id == principal.id:
        raise Denied("Không tự khóa được tài khoản của chính mình.")
    principal.disabled_at = principal.disabled_at or utc_now()
    principal.auth_version += 1
    end_all(session, principal)
    session.note(principal, "account.disable", reason)
    session.flush()


def enable(session: ScopedSession, principal_id: UUID, *, reason: str) -> None:
    """Lets an account in again. Flushes only.

    Raises:
        Denied: it is the caller's own.
    """
    principal = locked(session, principal_id)
    if session.scope.actor is not None and session.scope.actor.id == principal.id:
        raise Denied("Không tự mở khóa được tài khoản của chính mình.")
    principal.disabled_at = None
    principal.auth_version += 1
    session.note(principal, "account.enable", reason)
    session.flush()


def locked(session: ScopedSession, principal_id: UUID) -> Principal:
    """The account, locked until the transaction ends.

    Raises:
        NotFound: there is none.
    """
    found = session.exec(
        select(Principal)
        .where(col(Principal.id) == principal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("Không có tài khoản này.")
    return found
