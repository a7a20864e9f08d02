"""The only writer of audit events: changes in the business transaction, refusals and personal reads in their own.

A leaf is the RFC 8785 form of one event. Values stand beside it in `audit_value`, under a salt of their own, so
that the leaf holds commitments only and a lawful erasure leaves the log verifiable (security §2b).
"""

import hmac
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import rfc8785
from sqlalchemy import inspect, select
from sqlmodel import Session, SQLModel

from app.models.access import Principal
from app.models.audit import AuditEvent, AuditValue, Outcome
from app.models.base import new_id, utc_now
from app.models.cadre import Cadre
from app.models.post import Post
from app.models.title import Title
from app.models.unit import Unit, UnitChange, UnitClosure
from app.services.dated import live

ROOTS: dict[str, type[SQLModel]] = {
    "cadre": Cadre,
    "unit": Unit,
    "title": Title,
    "post": Post,
    "unit_change": UnitChange,
    "principal": Principal,
}
"""The roots that events are about."""

VERSIONED: dict[str, type[SQLModel]] = {kind: table for kind, table in ROOTS.items() if kind != "unit_change"}
"""The roots whose version rises with any of their rows."""

_ROOT_COLUMN = (
    ("title_version", "title", "title_id"),
    ("title_standard", "title", "title_id"),
    ("post_quota", "post", "post_id"),
    ("unit_change_part", "unit_change", "change_id"),
    ("sign_in", "principal", "principal_id"),
    ("role_grant", "principal", "principal_id"),
)
_BY_TABLE = {table: (kind, column) for table, kind, column in _ROOT_COLUMN}
DERIVED = frozenset({"unit_closure", "audit_event", "audit_value", "idempotency_key", "sign_in_attempt", "denied_token"})
_SECRET = frozenset({"password_hash", "secret_hash", "search_key", "sort_key"})
IDS_KEPT = 200
"""How many ids of a personal read an event keeps."""


def root_of(row: Any) -> tuple[str, str]:  # noqa: ANN401 - any mapped object
    """The root a row belongs to: its kind and id."""
    table = str(row.__tablename__)
    if table in ROOTS:
        return table, str(row.id)
    if table in _BY_TABLE:
        kind, column = _BY_TABLE[table]
        return kind, str(getattr(row, column))
    if hasattr(row, "cadre_id") and table != "principal":
        return "cadre", str(row.cadre_id)
    if hasattr(row, "unit_id"):
        return "unit", str(row.unit_id)
    key = "/".join(str(part) for part in inspect(type(row)).primary_key_from_instance(row))
    return table, key


@dataclass(slots=True)
class Change:
    """What one transaction did to one root."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    unit_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose data one request read: the route's action, the persons, how many rows."""

    action: str
    ids: tuple[UUID, ...]
    rows: int
    root: tuple[str, str] | None = None


@dataclass(slots=True)
class Trail:
    """What one session has changed and read across units, until it commits."""

    changes: dict[tuple[str, str], Change] = field(default_factory=dict)
    named: dict[tuple[str, str], tuple[str, str | None]] = field(default_factory=dict)
    raised: set[tuple[str, str]] = field(default_factory=set)
    everywhere: list[str] = field(default_factory=list)
    seen: Seen | None = None

    def name(self, root: tuple[str, str], action: str, reason: str | None) -> None:
        """Says what is being done to a root, and why."""
        self.named[root] = (action, reason)

    def gather(self, row: Any, *, is_new: bool) -> None:  # noqa: ANN401 - any mapped object
        """Keeps the old and new values of a row about to be written."""
        table = str(row.__tablename__)
        if table in DERIVED:
            return
        root = root_of(row)
        change = self.changes.setdefault(root, Change())
        state = inspect(row)
        prefix = table
        if table not in ROOTS:
            key = "/".join(str(part) for part in inspect(type(row)).primary_key_from_instance(row))
            prefix = f"{table}[{key}]"
        for attribute in state.mapper.column_attrs:
            name = attribute.key
            if name in _SECRET or name in {"version", "changed_at"}:
                continue
            if is_new:
                value = getattr(row, name)
                if value is not None:
                    change.after[f"{prefix}.{name}"] = plain(value)
                continue
            history = state.attrs[name].history
            if history.has_changes():
                change.before.setdefault(f"{prefix}.{name}", plain(history.deleted[0] if history.deleted else None))
                change.after[f"{prefix}.{name}"] = plain(history.added[0] if history.added else None)
        if isinstance(row, Cadre):
            change.unit_id = row.unit_id
        elif root[0] == "unit":
            change.unit_id = UUID(root[1])
        elif change.unit_id is None:
            change.unit_id = getattr(row, "unit_id", None)


def plain(value: Any) -> Any:  # noqa: ANN401 - a column's value
    """A value as JSON keeps it."""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    return value


def instant(moment: datetime) -> str:
    """An instant as the API and the leaf write it: RFC 3339, UTC, microseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(frozen=True, slots=True)
class Context:
    """Who acts, through what, in which request."""

    actor_id: UUID | None
    actor: str
    client: str
    request_id: str


def context_of(session: Any) -> Context:  # noqa: ANN401 - a ScopedSession; scope imports this module
    """The context of a scoped session."""
    scope = session.scope
    actor = scope.actor
    if actor is None:
        return Context(None, "system", "thenchot", scope.request_id or scope.permission)
    return Context(actor.id, actor.username, actor.client, scope.request_id)


def event_row(  # noqa: PLR0913 - an event has this many parts
    context: Context,
    *,
    action: str,
    outcome: Outcome,
    root: tuple[str, str] | None = None,
    unit_id: UUID | None = None,
    unit_path: Sequence[str] = (),
    reason: str | None = None,
    detail: dict[str, Any] | None = None,
    before_c: str | None = None,
    after_c: str | None = None,
    at: datetime | None = None,
    event_id: UUID | None = None,
) -> dict[str, Any]:
    """The columns of one event, its leaf made."""
    moment = at or utc_now()
    key = event_id or new_id()
    leaf = rfc8785.dumps(
        {
            "v": 1,
            "event_id": str(key),
            "ts": instant(moment),
            "actor": context.actor,
            "client": context.client,
            "action": action,
            "object": {"type": root[0], "id": root[1]} if root else None,
            "unit_path": list(unit_path) or ([str(unit_id)] if unit_id else []),
            "request_id": context.request_id,
            "outcome": outcome.value,
            "reason": reason,
            "before_c": before_c,
            "after_c": after_c,
        }
    )
    return {
        "id": key,
        "at": moment,
        "actor_id": context.actor_id,
        "actor": context.actor,
        "client": context.client,
        "action": action,
        "object_type": root[0] if root else None,
        "object_id": root[1] if root else None,
        "unit_id": unit_id,
        "outcome": outcome,
        "request_id": context.request_id,
        "reason": reason,
        "detail": json.dumps(detail, ensure_ascii=False) if detail else None,
        "leaf": leaf,
    }


def commitment(salt: bytes, values: str) -> str:
    """HMAC-SHA256 of the values under their own salt, in hex."""
    return hmac.digest(salt, values.encode(), "sha256").hex()


def values_row(event_id: UUID, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The erasable values of an event, with a fresh salt."""
    return {
        "event_id": event_id,
        "salt": secrets.token_bytes(16),
        "before": json.dumps(before, ensure_ascii=False, sort_keys=True),
        "after": json.dumps(after, ensure_ascii=False, sort_keys=True),
    }


def write_changes(session: Any, trail: Trail) -> None:  # noqa: ANN401 - a ScopedSession; scope imports this module
    """One event for each root that changed in this transaction; called before the commit, never after."""
    if not trail.changes:
        return
    context = context_of(session)
    for root, change in trail.changes.items():
        action, reason = trail.named.get(root, (session.scope.permission, None))
        values = values_row(new_id(), change.before, change.after)
        event = event_row(
            context,
            event_id=values["event_id"],
            action=action,
            outcome=Outcome.DONE,
            root=root,
            unit_id=change.unit_id,
            unit_path=unit_path(session, change.unit_id),
            reason=reason,
            before_c=commitment(values["salt"], values["before"]),
            after_c=commitment(values["salt"], values["after"]),
        )
        session.add(AuditEvent(**event))
        session.flush()
        session.add(AuditValue(**values))
    session.flush()
    trail.changes.clear()
    trail.named.clear()


def unit_path(session: Any, unit_id: UUID | None) -> list[str]:  # noqa: ANN401 - a ScopedSession
    """Ids from the root of the tree down to `unit_id`, as the tree stands today."""
    if unit_id is None:
        return []
    rows = session.scalars(
        select(UnitClosure.ancestor_id)
        .where(
            UnitClosure.descendant_id == unit_id,
            UnitClosure.via == "tree",
            live(UnitClosure, session.scope.today),
        )
        .order_by(UnitClosure.depth.desc())  # type: ignore[attr-defined]
    )
    return [str(row) for row in rows]


def record(session: Session, event: dict[str, Any]) -> None:
    """Adds one event to the open transaction of `session`; its commit makes it so."""
    session.add(AuditEvent(**event))


def refusal(context: Context, *, action: str, root: tuple[str, str] | None, reason: str) -> dict[str, Any]:
    """An attempt that was refused, told without looking up whether its object exists."""
    return event_row(context, action=action, outcome=Outcome.REFUSED, root=root, reason=reason[:500])


def reading(  # noqa: PLR0913 - a read names its route, filter, rows and reasons
    context: Context,
    *,
    action: str,
    unit_id: UUID | None,
    ids: Sequence[UUID],
    rows: int,
    filter_digest: str,
    because: Sequence[str] = (),
    root: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """One read of personal data: route, filter digest, number of rows, ids up to 200."""
    detail: dict[str, Any] = {"rows": rows, "filter": filter_digest, "ids": [str(key) for key in ids[:IDS_KEPT]]}
    if because:
        detail["everywhere"] = sorted(set(because))
    return event_row(
        context, action=action, outcome=Outcome.READ, root=root, unit_id=unit_id, detail=detail
    )
