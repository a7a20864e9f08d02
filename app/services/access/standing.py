"""The caller behind work that goes on after his request: his grants as they hold now, asked anew."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import col

from app.models.access import Principal, RoleGrant
from app.models.unit import UnitVersion
from app.services.access.identity import grant_of, whole_tree
from app.services.dated import live
from app.services.scope import Actor, ScopedSession


def load_principal(session: ScopedSession, principal_id: UUID, client: str, today: date) -> Actor | None:
    """The actor of an account with the grants that hold on `today`; None if it is gone or disabled."""
    granted: Any = and_(
        col(RoleGrant.principal_id) == col(Principal.id),
        col(RoleGrant.confirmed_at).is_not(None),
        live(RoleGrant, today),
    )
    stands: Any = and_(col(UnitVersion.unit_id) == col(RoleGrant.unit_id), live(UnitVersion, today))
    rows = session.execute(
        select(
            col(Principal.username),
            col(Principal.display_name),
            col(Principal.kind),
            col(Principal.disabled_at),
            col(Principal.cadre_id).label("own_cadre"),
            col(RoleGrant.role),
            col(RoleGrant.unit_id),
            col(RoleGrant.cadre_id),
            col(UnitVersion.level),
            col(UnitVersion.code),
            col(UnitVersion.name),
            whole_tree(today).label("whole_tree"),
        )
        .select_from(Principal)
        .outerjoin(RoleGrant, granted)
        .outerjoin(UnitVersion, stands)
        .where(col(Principal.id) == principal_id)
        .order_by(col(RoleGrant.id))
    ).all()
    if not rows or rows[0].disabled_at is not None:
        return None
    first = rows[0]
    return Actor(
        id=principal_id,
        username=first.username,
        display_name=first.display_name,
        kind=first.kind,
        session_id=None,
        client=client,
        cadre_id=first.own_cadre,
        grants=tuple(grant for grant in map(grant_of, rows) if grant is not None),
    )
