"""Grants: proposed by one person, confirmed by another, neither for himself; ended, never deleted."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from app.models.access import Principal, RoleGrant
from app.models.base import utc_now
from app.models.unit import UnitVersion
from app.services.access.account import locked
from app.services.access.identity import SELF
from app.services.dated import holds_on, live
from app.services.errors import Conflict, Denied, Invalid, NotFound
from app.services.scope import ROLES, Actor, ScopedSession

SYSADMIN = "sysadmin"


def propose_grant(
    session: ScopedSession,
    *,
    principal_id: UUID,
    role: str,
    valid_from: date,
    unit_id: UUID | None = None,
    cadre_id: UUID | None = None,
    valid_to: date | None = None,
) -> RoleGrant:
    """A grant that holds once somebody else has confirmed it. Flushes only.

    Raises:
        Denied: the caller proposes for himself.
        Invalid: no such role, the wrong kind of target, no such unit on the first day, or an empty span.
        Conflict: the account would hold system administration and a role over people.
    """
    actor = _caller(session, "grant:propose")
    principal = locked(session, principal_id)
    _refuse_self(session, actor, principal)
    row = _new(
        session,
        principal,
        role=role,
        valid_from=valid_from,
        unit_id=unit_id,
        cadre_id=cadre_id,
        valid_to=valid_to,
    )
    row.proposed_by = actor.id
    session.add(row)
    session.note(principal, "grant.propose")
    session.flush()
    return row


def confirm_grant(session: ScopedSession, grant_id: UUID) -> RoleGrant:
    """Makes a proposed grant hold. Flushes only.

    Raises:
        Denied: the caller proposed it, or it is for himself.
        Conflict: it is confirmed already, or contradicts another grant of the account.
    """
    actor = _caller(session, "grant:confirm")
    row = _grant(session, grant_id)
    principal = locked(session, row.principal_id)
    _refuse_self(session, actor, principal)
    if row.confirmed_at is not None:
        raise Conflict("Quyền này đã được xác nhận.")
    if (
        row.proposed_by is None
        or row.proposed_by == actor.id
        or _same_person(session, actor, row.proposed_by)
    ):
        raise Denied("Người đề nghị không tự xác nhận: cần một người khác.")
    _refuse_ended(row, session.scope.today)
    _refuse_both_kinds(session, principal, row.role)
    row.confirmed_by = actor.id
    row.confirmed_at = utc_now()
    session.add(row)
    session.note(principal, "grant.confirm")
    session.flush()
    return row


def end_grant(session: ScopedSession, grant_id: UUID, *, on: date, reason: str) -> RoleGrant:
    """Ends a grant from `on` on; one that would begin later never holds. Flushes only.

    Raises:
        Denied: it is the caller's own.
        Conflict: it has ended already.
    """
    actor = _caller(session, "grant:propose")
    row = _grant(session, grant_id)
    principal = locked(session, row.principal_id)
    _refuse_self(session, actor, principal)
    _refuse_ended(row, on)
    row.valid_to = max(on, row.valid_from)
    session.add(row)
    session.note(principal, "grant.end", reason)
    session.flush()
    return row


def give_grant(
    session: ScopedSession,
    principal: Principal,
    *,
    role: str,
    valid_from: date,
    unit_id: UUID | None = None,
    cadre_id: UUID | None = None,
    valid_to: date | None = None,
) -> RoleGrant:
    """A grant that holds at once, given by the house itself: the first administrator, the demo's accounts.

    Raises:
        Denied: somebody is signed in: people propose and confirm.
    """
    if session.scope.actor is not None:
        raise Denied("Quyền do một người đề nghị và một người khác xác nhận.")
    row = _new(
        session,
        principal,
        role=role,
        valid_from=valid_from,
        unit_id=unit_id,
        cadre_id=cadre_id,
        valid_to=valid_to,
    )
    row.confirmed_at = utc_now()
    session.add(row)
    session.note(principal, "grant.give")
    session.flush()
    return row


def _new(
    session: ScopedSession,
    principal: Principal,
    *,
    role: str,
    valid_from: date,
    unit_id: UUID | None,
    cadre_id: UUID | None,
    valid_to: date | None,
) -> RoleGrant:
    if role not in ROLES:
        raise Invalid.at("/role", f"Không có vai trò {role[:40]}.")
    if (role == SELF) != (cadre_id is not None) or (role == SELF) == (unit_id is not None):
        raise Invalid.at("/unit_id", "Vai trò self gắn với một cán bộ; các vai trò khác gắn với một đơn vị.")
    if role == SELF and cadre_id != principal.cadre_id:
        raise Invalid.at("/cadre_id", "Vai trò self chỉ gắn với hồ sơ của chính chủ tài khoản.")
    if unit_id is not None:
        there = select(UnitVersion.row_id).where(
            col(UnitVersion.unit_id) == unit_id, live(UnitVersion, valid_from)
        )
        if session.exec(there).first() is None:
            raise Invalid.at("/unit_id", "Không có đơn vị này vào ngày bắt đầu.")
    row = RoleGrant(
        principal_id=principal.id,
        role=role,
        unit_id=unit_id,
        cadre_id=cadre_id,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    if not holds_on(row, valid_from):  # type: ignore[arg-type] # it has the same two columns
        raise Invalid.at("/valid_to", "Ngày hết hiệu lực phải sau ngày bắt đầu.")
    _refuse_both_kinds(session, principal, role)
    return row


def _refuse_ended(row: RoleGrant, day: date) -> None:
    """A span that was emptied, or lies wholly before `day`, is over."""
    if not holds_on(row, max(day, row.valid_from)):  # type: ignore[arg-type] # it has the same two columns
        raise Conflict("Quyền này đã hết hiệu lực.")


def _refuse_both_kinds(session: ScopedSession, principal: Principal, role: str) -> None:
    """System administrators see no personnel content, so nobody holds both kinds of roles at once."""
    held = session.exec(
        select(RoleGrant).where(
            col(RoleGrant.principal_id) == principal.id,
            (col(RoleGrant.role) == SYSADMIN) != (role == SYSADMIN),
            live(RoleGrant, session.scope.today),
        )
    )
    if held.first() is not None:
        raise Conflict("Một tài khoản không vừa quản trị hệ thống vừa có quyền về hồ sơ cán bộ.")


def _caller(session: ScopedSession, permission: str) -> Actor:
    actor = session.scope.actor
    if actor is None or permission not in actor.permissions:
        raise Denied("Tài khoản này không có quyền làm việc đó.")
    return actor


def _refuse_self(session: ScopedSession, actor: Actor, principal: Principal) -> None:
    if actor.id == principal.id or _same_person(session, actor, principal.id):
        raise Denied("Không ai tự đề nghị, xác nhận hoặc chấm dứt quyền của chính mình.")


def _same_person(session: ScopedSession, actor: Actor, principal_id: UUID) -> bool:
    """True where another account belongs to the same cadre."""
    other = session.get(Principal, principal_id)
    return actor.cadre_id is not None and other is not None and other.cadre_id == actor.cadre_id


def _grant(session: ScopedSession, grant_id: UUID) -> RoleGrant:
    found = session.exec(
        select(RoleGrant)
        .where(col(RoleGrant.id) == grant_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound("Không có quyền này.")
    return found
