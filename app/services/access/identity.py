"""From a verified token to the caller with the grants that hold today: one statement, anew every request."""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, bindparam, exists
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from app.models.access import Principal, RoleGrant, SignIn
from app.models.base import utc_now
from app.models.unit import UnitClosure, UnitVersion
from app.services.dated import begun, known, live
from app.services.errors import Unauthenticated
from app.services.scope import Actor, Grant, ScopedSession
from app.services.tokens import Claims

SELF = "self"
"""The one role that is held on a cadre, not at a unit."""


def load_actor(session: ScopedSession, claims: Claims, today: date) -> Actor:
    """The caller behind `claims`, with the grants that are confirmed and hold on `today`.

    A grant at a unit that isn't there today gives nothing; neither does `self` at a unit or on somebody else,
    nor another role on a person.

    Raises:
        Unauthenticated: the session has ended, or the account was disabled or changed since.
    """
    rows = session.execute(
        _statement(), {"subject": claims.sub, "sign_in": claims.sid, "actor_day": today}
    ).all()
    if not rows:
        raise Unauthenticated
    principal = rows[0]
    now = utc_now()
    if (
        principal.ended_at is not None
        or principal.expires_at <= now
        or principal.disabled_at is not None
        or principal.auth_version != claims.auth_ver
    ):
        raise Unauthenticated
    return Actor(
        id=claims.sub,
        username=principal.username,
        display_name=principal.display_name,
        kind=principal.kind,
        session_id=claims.sid,
        client=claims.client_id,
        cadre_id=principal.own_cadre,
        grants=tuple(grant for grant in map(grant_of, rows) if grant is not None),
    )


def grant_of(row: Any) -> Grant | None:  # noqa: ANN401 - a row of the statement below
    """The grant of one row; None where it gives nothing."""
    if row.role == SELF:
        own = row.cadre_id is not None and row.cadre_id == row.own_cadre
        return Grant(SELF, None, cadre_id=row.cadre_id) if own else None
    if row.role is None or row.level is None:
        return None
    return Grant(
        row.role, row.unit_id, level=row.level, code=row.code, name=row.name, whole_tree=bool(row.whole_tree)
    )


_DAY = bindparam("actor_day", type_=Date())


@cache
def _statement() -> Select[Any]:
    """Built once: building it costs more than running it."""
    statement: Select[Any] = (
        select(  # type: ignore[call-overload]
            Principal.username,
            Principal.display_name,
            Principal.kind,
            Principal.auth_version,
            Principal.disabled_at,
            col(Principal.cadre_id).label("own_cadre"),
            SignIn.ended_at,
            SignIn.expires_at,
            RoleGrant.role,
            RoleGrant.unit_id,
            RoleGrant.cadre_id,
            UnitVersion.level,
            UnitVersion.code,
            UnitVersion.name,
            whole_tree(_DAY).label("whole_tree"),
        )
        .join(SignIn, col(SignIn.principal_id) == col(Principal.id))
        .outerjoin(
            RoleGrant,
            and_(
                col(RoleGrant.principal_id) == col(Principal.id),
                col(RoleGrant.confirmed_at).is_not(None),
                live(RoleGrant, _DAY),
            ),
        )
        .outerjoin(
            UnitVersion, and_(col(UnitVersion.unit_id) == col(RoleGrant.unit_id), live(UnitVersion, _DAY))
        )
        .where(col(Principal.id) == bindparam("subject"), col(SignIn.id) == bindparam("sign_in"))
        .order_by(RoleGrant.id)
    )
    return statement


def whole_tree(today: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a bind parameter
    """True where the granted unit is a root today and reaches every root there is or was.

    A root that was merged away is reached by lineage; a second root, or one of another province, is not, and
    then the grant is judged through the closure like any other.
    """
    root = aliased(UnitVersion)
    reached = (
        exists()
        .where(
            col(UnitClosure.ancestor_id) == col(UnitVersion.unit_id),
            col(UnitClosure.descendant_id) == root.unit_id,
            live(UnitClosure, today),
        )
        .correlate(UnitVersion, root)
    )
    unreached = (
        exists()
        .where(col(root.parent_id).is_(None), begun(root.valid_from, today), known(root), ~reached)
        .correlate(UnitVersion)
    )
    return and_(col(UnitVersion.unit_id).is_not(None), col(UnitVersion.parent_id).is_(None), ~unreached)
