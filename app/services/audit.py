"""The only writer of audit events: changes in the business transaction, refusals and reads in their own.

A leaf is the RFC 8785 form of one event. Values stand beside it in `audit_value`, under a salt of their own,
so that the leaf holds commitments only and a lawful erasure leaves the log verifiable (security §2b).
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

import orjson
import rfc8785
from sqlalchemy import inspect, select
from sqlmodel import Session, SQLModel, col

from app.models.access import AccessToken, Principal
from app.models.appointment import Appointment
from app.models.audit import AuditEvent, AuditValue, Outcome
from app.models.base import new_id, utc_now
from app.models.cadre import Cadre
from app.models.file import File
from app.models.imports import Import
from app.models.plan import Plan
from app.models.post import Post
from app.models.post_change import PostChange
from app.models.rotation import Rotation, RotationPlan
from app.models.title import Title
from app.models.unit import Unit, UnitChange, UnitClosure, Via
from app.models.waiver import Waiver
from app.services.dated import live

ROOTS: dict[str, type[SQLModel]] = {
    "cadre": Cadre,
    "unit": Unit,
    "title": Title,
    "post": Post,
    "unit_change": UnitChange,
    "principal": Principal,
    "access_token": AccessToken,
    "plan": Plan,
    "appointment": Appointment,
    "post_change": PostChange,
    "rotation": Rotation,
    "rotation_plan": RotationPlan,
    "waiver": Waiver,
    "import": Import,
    "file": File,
}
"""The roots that events are about."""

VERSIONED: dict[str, type[SQLModel]] = {
    kind: table for kind, table in ROOTS.items() if kind not in {"unit_change", "file"}
}
"""The roots whose version rises with any of their rows."""

_ROOT_COLUMN = (
    ("title_version", "title", "title_id"),
    ("title_standard", "title", "title_id"),
    ("post_quota", "post", "post_id"),
    ("unit_change_part", "unit_change", "change_id"),
    ("role_grant", "principal", "principal_id"),
    ("plan_entry", "plan", "plan_id"),
    ("plan_meeting", "plan", "plan_id"),
    ("plan_vote", "plan", "plan_id"),
    ("appointment_candidate", "appointment", "appointment_id"),
    ("appointment_step", "appointment", "appointment_id"),
    ("appointment_vote", "appointment", "appointment_id"),
    ("rotation_item", "rotation_plan", "plan_id"),
)
_BY_TABLE = {table: (kind, column) for table, kind, column in _ROOT_COLUMN}
DERIVED = frozenset(
    {
        "unit_closure",
        "audit_event",
        "audit_value",
        "idempotency_key",
        "sign_in",
        "sign_in_attempt",
        "denied_token",
        "file_content",
        "job",
        "import_row",
    }
)
"""Tables without values in the audit: made from others, or (sign-ins, jobs) told by events of their own."""

_SECRET = frozenset({"password_hash", "secret_hash", "search_key", "sort_key"})
_UNTOLD = frozenset({"version", "changed_at", "hands"})
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
    if hasattr(row, "dossier_type"):
        return row.dossier_type.value, str(row.dossier_id)
    if hasattr(row, "cadre_id") and table != "principal":
        return "cadre", str(row.cadre_id)
    if hasattr(row, "unit_id"):
        return "unit", str(row.unit_id)
    return table, _key_of(row)


@dataclass(slots=True)
class Change:
    """What one transaction did to one root."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    unit_id: UUID | None = None

    def keep(self, name: str, old: Any, new: Any, *, changed: bool = False) -> None:  # noqa: ANN401 - column values
        """Keeps one value; of several changes in one transaction the first old and the last new one."""
        if changed and name not in self.after:
            self.before[name] = plain(old)
        if changed or new is not None:
            self.after[name] = plain(new)


@dataclass(frozen=True, slots=True)
class Seen:
    """Whose data one request read: the route's action, the persons, how many rows."""

    action: str
    ids: tuple[UUID, ...]
    rows: int | None
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

    def forget(self) -> None:
        """What a rollback took back is no change."""
        self.changes.clear()
        self.named.clear()
        self.raised.clear()

    def place(self, root: tuple[str, str], unit_id: UUID | None) -> None:
        """Says which unit a changed root belongs to, where its own row didn't change."""
        change = self.changes.get(root)
        if change is not None and change.unit_id is None:
            change.unit_id = unit_id

    def gather(self, row: Any, *, is_new: bool) -> None:  # noqa: ANN401 - any mapped object
        """Keeps the old and new values of a row about to be written."""
        table = str(row.__tablename__)
        if table in DERIVED:
            return
        root = root_of(row)
        change = self.changes.setdefault(root, Change())
        state = inspect(row)
        prefix = table if table in ROOTS else f"{table}[{_key_of(row)}]"
        for name in set(state.mapper.column_attrs.keys()) - _SECRET - _UNTOLD:
            if is_new:
                change.keep(f"{prefix}.{name}", None, getattr(row, name))
                continue
            history = state.attrs[name].history
            if history.has_changes():
                old = history.deleted[0] if history.deleted else None
                change.keep(
                    f"{prefix}.{name}", old, history.added[0] if history.added else None, changed=True
                )
        change.unit_id = _unit_of(row, root, change.unit_id)


def _key_of(row: Any) -> str:  # noqa: ANN401 - any mapped object
    return "/".join(str(part) for part in inspect(type(row)).primary_key_from_instance(row))


def _unit_of(row: Any, root: tuple[str, str], known: UUID | None) -> UUID | None:  # noqa: ANN401 - any mapped object
    """The unit an event is filed under: the one that keeps the file, or the unit itself."""
    if isinstance(row, Cadre):
        return row.unit_id
    if root[0] == "unit":
        return UUID(root[1])
    return known or getattr(row, "unit_id", None)


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


def event_row(
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
        "detail": orjson.dumps(detail).decode() if detail else None,
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


def write_changes(session: Any, trail: Trail) -> None:  # noqa: ANN401 - a ScopedSession; scope imports this
    """One event for each root that changed in this transaction; called before the commit, never after."""
    if not trail.changes:
        return
    context = context_of(session)
    told = {root: change for root, change in trail.changes.items() if change.after or root in trail.named}
    for root, change in told.items():
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
        select(col(UnitClosure.ancestor_id))
        .where(
            col(UnitClosure.descendant_id) == unit_id,
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, session.scope.today),
        )
        .order_by(col(UnitClosure.depth).desc())
    )
    return [str(row) for row in rows]


def record(session: Session, event: dict[str, Any]) -> None:
    """Adds one event to the open transaction of `session`; its commit makes it so."""
    session.add(AuditEvent(**event))


def refusal(
    context: Context, *, action: str, root: tuple[str, str] | None, reason: str, unit_id: UUID | None = None
) -> dict[str, Any]:
    """An attempt that was refused, told without looking up whether its object exists.

    `unit_id` is the caller's own unit: its inspector sees what its people tried.
    """
    return event_row(
        context, action=action, outcome=Outcome.REFUSED, root=root, unit_id=unit_id, reason=reason[:500]
    )


def reading(
    context: Context,
    *,
    action: str,
    unit_id: UUID | None,
    ids: Sequence[UUID],
    rows: int | None,
    filter_digest: str,
    because: Sequence[str] = (),
    root: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """One read: route, filter digest; of personal data also the number of rows and the ids, up to 200.

    `rows` None: no persons were in it, but the reader is one whose every read is told.
    """
    detail: dict[str, Any] = {"filter": filter_digest}
    if rows is not None:
        detail |= {"rows": rows, "ids": list(ids[:IDS_KEPT])}
    if because:
        detail["everywhere"] = sorted(set(because))
    return event_row(context, action=action, outcome=Outcome.READ, root=root, unit_id=unit_id, detail=detail)
