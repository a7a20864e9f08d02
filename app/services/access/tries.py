"""How often somebody may try: counted in the database, so that every process counts alike."""

import hashlib
from datetime import timedelta

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from app.models.access import Principal, SignIn, SignInAttempt
from app.models.base import utc_now
from app.services import audit
from app.services.access.session import CLIENT
from app.services.errors import Busy, TooMany
from app.services.scope import ScopedSession

WINDOW = timedelta(minutes=15)
"""Failed tries count for so long from the first one."""

PAIR_LIMIT = 10
"""Tries on one name from one address."""

ADDRESS_LIMIT = 100
"""Tries from one address, whatever the names: many officers may sit behind one."""

NAME_LIMIT = 100
"""Tries on one name from addresses its owner never signed in from: a stranger can't lock the owner out."""

KNOWN_FOR = timedelta(days=30)
"""An address stays the owner's for so long after a sign-in from it."""

_STALE = timedelta(days=1)
_SWEEP = 20
_RETRIES = 3
_UNKNOWN = "unknown"


def keys(session: ScopedSession, name: str, address: str, principal: Principal | None) -> dict[str, int]:
    """What is counted for a try of `name` from `address`, and how often each may be."""
    limits = {f"pair:{_digest(name, address)}": PAIR_LIMIT}
    if address:
        limits[f"address:{address[:64]}"] = ADDRESS_LIMIT
    if principal is None or not _known(session, principal, address):
        limits[f"name:{_digest(name)}"] = NAME_LIMIT
    return limits


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def charge(session: ScopedSession, limits: dict[str, int], principal: Principal | None) -> None:
    """Counts one try against each key and commits, so that tries made at once can't pass together.

    Raises:
        TooMany: one of them is used up; the first such refusal in a window stands in the audit.
    """
    for _ in range(_RETRIES):
        try:
            wait, first = _count(session, limits)
            if wait and first:
                refuse(session, principal, "too many tries")
            _sweep(session)
            session.commit()
        except IntegrityError:
            # Another process counted this key's first try at the same moment.
            session.rollback()
            continue
        if wait:
            minutes = -(-wait // 60)
            raise TooMany(f"Đã thử sai quá nhiều lần. Hãy thử lại sau {minutes} phút.", retry_after=wait)
        return
    raise Busy


def _count(session: ScopedSession, limits: dict[str, int]) -> tuple[int, bool]:
    """Seconds to wait (0: go on), and whether this is the first try that is told so."""
    now = utc_now()
    rows = _rows(session, limits)
    spent = []
    for key in sorted(limits):
        row = rows.get(key)
        if row is None:
            row = rows[key] = SignInAttempt(key=key, window_at=now)
        if now - row.window_at >= WINDOW:
            row.window_at, row.failures = now, 0
        if row.failures >= limits[key]:
            spent.append(row)
    charged = spent or list(rows.values())
    first = any(row.failures == limits[row.key] for row in spent)
    for row in charged:
        row.failures = min(row.failures + 1, limits[row.key] + 1)
        session.add(row)
    session.flush()
    waits = [int((row.window_at + WINDOW - now).total_seconds()) + 1 for row in spent]
    return max(waits, default=0), first


def _rows(session: ScopedSession, limits: dict[str, int]) -> dict[str, SignInAttempt]:
    found = session.exec(
        select(SignInAttempt)
        .where(col(SignInAttempt.key).in_(sorted(limits)))
        .order_by(col(SignInAttempt.key))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.key: row for row in found}


def refund(session: ScopedSession, limits: dict[str, int]) -> None:
    """A right password forgets the failures of this name from here, and takes back its own try elsewhere."""
    for key, row in _rows(session, limits).items():
        row.failures = 0 if key.startswith("pair:") else max(0, row.failures - 1)
        session.add(row)


def _sweep(session: ScopedSession) -> None:
    """Takes a few counters away that nobody needs any more."""
    old = session.exec(
        select(SignInAttempt)
        .where(col(SignInAttempt.window_at) < utc_now() - _STALE)
        .limit(_SWEEP)
        .with_for_update(skip_locked=True)
    )
    for row in old:
        session.delete(row)


def _known(session: ScopedSession, principal: Principal, address: str) -> bool:
    """True where the account was lately signed in to from `address`."""
    found = session.exec(
        select(SignIn.id)
        .where(
            col(SignIn.principal_id) == principal.id,
            col(SignIn.address) == address[:64],
            col(SignIn.created_at) > utc_now() - KNOWN_FOR,
        )
        .limit(1)
    )
    return found.first() is not None


def refuse(session: ScopedSession, principal: Principal | None, reason: str) -> None:
    """The event of a refused try. An unknown name is not kept: people type passwords into that field."""
    context = audit.Context(
        principal.id if principal is not None else None,
        principal.username if principal is not None else _UNKNOWN,
        CLIENT,
        session.scope.request_id,
    )
    root = ("principal", str(principal.id)) if principal is not None else None
    audit.record(session, audit.refusal(context, action="session.refused", root=root, reason=reason))
