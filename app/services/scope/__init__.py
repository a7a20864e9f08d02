"""Row-level scope, exactly once: roles, the caller's reach, and the session that can't see past it."""

from app.services.scope.actor import NOWHERE, Actor, Grant, Reach, Scope
from app.services.scope.roles import PERMISSIONS, ROLES, Role
from app.services.scope.session import ScopedSession, everywhere
from app.services.scope.statement import ScopeError, guard_engine

__all__ = [
    "NOWHERE",
    "PERMISSIONS",
    "ROLES",
    "Actor",
    "Grant",
    "Reach",
    "Role",
    "Scope",
    "ScopeError",
    "ScopedSession",
    "everywhere",
    "guard_engine",
]
