"""Inspection tokens: read-only keys of one unit for at most 90 days, shown once, kept as a hash, taken back.

Whoever bears one reads what an inspector of the unit reads. A token reaches no further than its issuer does
today: where his grant ends, or his account is disabled, it opens nothing.
"""

import hashlib
import re
import secrets
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Date, LargeBinary, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.access import (
    AccessToken,
    AccessTokenCreate,
    AccessTokenState,
    Principal,
    PrincipalKind,
    RoleGrant,
)
from app.models.audit import AuditEvent
from app.models.base import HANOI, nfc, utc_now
from app.models.unit import UnitClosure, UnitVersion
from app.services import audit
from app.services.access.identity import whole_tree
from app.services.dated import live
from app.services.errors import Invalid, NotFound, Stale, Unauthenticated
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ROLES, Actor, Grant, ScopedSession
from app.services.scope.roles import only_reads
from app.services.unit.naming import Names

Row = dict[str, Any]
PREFIX = "tct_"
"""How an inspection token begins: nobody takes it for a JWT, and a scan for leaked secrets finds it."""

MOST_DAYS = 90
CLIENT = "inspection"
ROLE = "inspector"
ISSUES = "access_token:write"
_FORM = re.compile(r"tct_[A-Za-z0-9_-]{43}")
_REFUSED = "Mã kiểm tra không đúng, đã hết hạn hoặc đã bị thu hồi. Hãy xin mã mới ở Ủy ban Kiểm tra."


def looks_like_one(token: str) -> bool:
    """True for a bearer token that claims to be an inspection token."""
    return token.startswith(PREFIX)


def name_of(token_id: UUID) -> str:
    """The actor in the audit log; no account may have a name with a colon."""
    return f"inspection:{token_id}"


# --- issue, list, take back ------------------------------------------------------------------------


def issue(session: ScopedSession, *, data: AccessTokenCreate) -> tuple[Row, str]:
    """A new token as `AccessTokenRead` has it, and its secret, which is nowhere kept. Flushes only.

    Raises:
        Invalid: the last day is past or more than 90 days away (real clock), or no such unit stands today.
        Denied: the unit is outside of where the caller may issue.
    """
    first = _calendar_day()
    last = first + timedelta(days=MOST_DAYS)
    if not first <= data.expires_on <= last:
        raise Invalid.at(
            "/expires_on",
            f"Mã kiểm tra dùng được nhiều nhất {MOST_DAYS} ngày: hãy chọn ngày từ {first:%d/%m/%Y} đến"
            f" {last:%d/%m/%Y}.",
        )
    reason = nfc(data.reason)
    there = select(col(UnitVersion.row_id)).where(
        col(UnitVersion.unit_id) == data.unit_id, live(UnitVersion, session.scope.today)
    )
    if session.execute(there).first() is None:
        raise Invalid.at("/unit_id", "Hiện không có đơn vị này.")
    secret = PREFIX + secrets.token_urlsafe(32)
    actor = session.scope.actor
    row = AccessToken(
        unit_id=data.unit_id,
        secret_hash=_digest(secret),
        reason=reason,
        expires_on=data.expires_on,
        issued_by=actor.id if actor is not None else None,
    )
    session.add(row)
    session.note(row, "access_token.issue", reason)
    session.flush()
    return get(session, row.id), secret


def list_(session: ScopedSession, *, page: Page) -> Slice:
    """One page of the tokens of the caller's units, those that no longer hold too."""
    order = [col(AccessToken.issued_at), col(AccessToken.id)]
    statement = keyset(_told(), order, page, descending=page.sort.startswith("-"))
    found = session.execute(statement).all()
    total = None
    if page.count:
        total = int(session.execute(select(func.count(col(AccessToken.id)))).scalar_one())
    keys = [(row.AccessToken.issued_at, row.AccessToken.id) for row in found]
    return cut(_shaped(session, found), keys, page, total)


def get(session: ScopedSession, token_id: UUID) -> Row:
    """One token of the caller's units, its `version` beside it; NotFound else."""
    found = session.execute(_told().where(col(AccessToken.id) == token_id)).all()
    if not found:
        raise NotFound
    return _shaped(session, found)[0] | {"version": found[0].AccessToken.version}


def revoke(session: ScopedSession, token_id: UUID, *, version: int | None = None) -> None:
    """Takes a token back: its next request is a 401. One that was taken back stays so. Flushes only.

    Raises:
        NotFound: it isn't of the caller's units.
        Stale: `version` was given and is no longer that of the token.
    """
    row = session.scalars(
        select(AccessToken)
        .where(col(AccessToken.id) == token_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound
    if version is not None and row.version != version:
        raise Stale
    if row.revoked_at is not None:
        return
    actor = session.scope.actor
    row.revoked_at = utc_now()
    row.revoked_by = actor.id if actor is not None else None
    session.add(row)
    session.note(row, "access_token.revoke", row.reason)
    session.flush()


def _told() -> Select[*tuple[Any, ...]]:
    issuer, revoker = aliased(Principal), aliased(Principal)
    # Ids of events grow with time: the latest stands at the end of the index on (actor_id, id).
    used = (
        select(col(AuditEvent.at))
        .where(col(AuditEvent.actor_id) == col(AccessToken.id))
        .order_by(col(AuditEvent.id).desc())
        .limit(1)
        .correlate(AccessToken)
        .scalar_subquery()
    )
    return (
        select(
            AccessToken,
            col(issuer.username).label("issuer"),
            col(revoker.username).label("revoker"),
            used.label("used"),
        )
        .outerjoin(issuer, col(issuer.id) == col(AccessToken.issued_by))
        .outerjoin(revoker, col(revoker.id) == col(AccessToken.revoked_by))
    )


def _shaped(session: ScopedSession, rows: Any) -> list[Row]:  # noqa: ANN401 - rows of the statement above
    names = Names(session, [row.AccessToken.unit_id for row in rows])
    return [_shape(row, names.on(row.AccessToken.unit_id, session.scope.today)) for row in rows]


def _shape(found: Any, unit: Row | None) -> Row:  # noqa: ANN401 - a row of the statement above
    row: AccessToken = found.AccessToken
    return {
        "id": row.id,
        "name": name_of(row.id),
        "unit": unit,
        "reason": row.reason,
        "expires_on": row.expires_on,
        "state": _state(row.expires_on, revoked=row.revoked_at is not None),
        "issued_at": audit.instant(row.issued_at),
        "issued_by": found.issuer,
        "revoked_at": audit.instant(row.revoked_at) if row.revoked_at else None,
        "revoked_by": found.revoker,
        "last_used_at": audit.instant(found.used) if found.used else None,
    }


def _state(expires_on: date, *, revoked: bool) -> AccessTokenState:
    if revoked:
        return AccessTokenState.REVOKED
    return AccessTokenState.ACTIVE if expires_on >= _calendar_day() else AccessTokenState.EXPIRED


def _calendar_day() -> date:
    """Today in Hà Nội by the real clock, whatever business day is pinned."""
    return utc_now().astimezone(HANOI).date()


def _digest(token: str) -> bytes:
    """What is stored of a token: its SHA-256; 256 random bits need no slower hash."""
    return hashlib.sha256(token.encode()).digest()


# --- who bears one ---------------------------------------------------------------------------------


def load_bearer(session: ScopedSession, token: str, today: date) -> Actor:
    """The caller behind an inspection token: an inspector of its unit with reading permissions alone.

    One statement, by the hash: how long it takes tells nothing of the secret. The session must read the whole
    tree, since whose token it is isn't known before.

    Raises:
        Unauthenticated: there is no such token, it was taken back, its last day has gone by, its unit isn't
            there today, or its issuer no longer reaches the unit; all told alike.
    """
    if not _FORM.fullmatch(token):
        raise Unauthenticated(_REFUSED)
    found = session.execute(_statement(), {"digest": _digest(token), "actor_day": today}).one_or_none()
    if (
        found is None
        or not found.issuer_reaches
        or _state(found.expires_on, revoked=found.revoked_at is not None) != AccessTokenState.ACTIVE
    ):
        raise Unauthenticated(_REFUSED)
    grant = Grant(
        ROLE,
        found.unit_id,
        level=found.level,
        code=found.code,
        name=found.name,
        whole_tree=bool(found.whole_tree),
    )
    return Actor(
        id=found.id,
        username=name_of(found.id),
        display_name=f"Mã kiểm tra: {found.reason}"[:120],
        kind=PrincipalKind.INSPECTION,
        session_id=None,
        client=CLIENT,
        grants=(grant,),
        scopes=only_reads(grant.permissions),
    )


_DAY = bindparam("actor_day", type_=Date())


@cache
def _statement() -> Select[*tuple[Any, ...]]:
    """Built once: building it costs more than running it."""
    issuers = sorted(name for name, role in ROLES.items() if ISSUES in role.permissions)
    reaches = (
        exists()
        .where(
            col(Principal.id) == col(AccessToken.issued_by),
            col(Principal.disabled_at).is_(None),
            col(RoleGrant.principal_id) == col(Principal.id),
            col(RoleGrant.role).in_(issuers),
            col(RoleGrant.confirmed_at).is_not(None),
            live(RoleGrant, _DAY),
            col(UnitClosure.ancestor_id) == col(RoleGrant.unit_id),
            col(UnitClosure.descendant_id) == col(AccessToken.unit_id),
            live(UnitClosure, _DAY),
        )
        .correlate(AccessToken)
    )
    return (
        select(
            col(AccessToken.id),
            col(AccessToken.unit_id),
            col(AccessToken.reason),
            col(AccessToken.expires_on),
            col(AccessToken.revoked_at),
            col(UnitVersion.level),
            col(UnitVersion.code),
            col(UnitVersion.name),
            whole_tree(_DAY).label("whole_tree"),
            or_(col(AccessToken.issued_by).is_(None), reaches).label("issuer_reaches"),
        )
        .join(
            UnitVersion, and_(col(UnitVersion.unit_id) == col(AccessToken.unit_id), live(UnitVersion, _DAY))
        )
        .where(col(AccessToken.secret_hash) == bindparam("digest", type_=LargeBinary()))
    )
