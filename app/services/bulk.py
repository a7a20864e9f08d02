"""The only bulk writer (import, seed): the units of all rows are checked at once, audit leaves included."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel

from app.models.audit import AuditEvent, AuditValue, Outcome
from app.models.base import new_id
from app.services import audit
from app.services.errors import Denied
from app.services.scope import ScopedSession

CHUNK = 5_000


def write(session: ScopedSession, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """Inserts `rows` (column name to value) into `table`.

    Denied if one lies outside the scope, and then none is written.

    The rows of persons need their units checked by `check_units` first; the whole tree needs no check.
    """
    if not rows:
        return
    ownership: str = table.ownership  # type: ignore[attr-defined]
    writes = session.scope.writes
    if not writes.whole:
        if ownership in {"reference", "system"}:
            raise Denied("Danh mục và tài khoản không nạp hàng loạt theo đơn vị được.")
        if ownership in {"cadre", "unit_or_cadre"}:
            raise Denied("Hãy kiểm tra phạm vi của từng người trước khi nạp hàng loạt.")
        check_units(session, {row["unit_id"] for row in rows})
    _insert(session, table, rows)


def _insert(session: ScopedSession, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    insert = table.__table__.insert()  # type: ignore[attr-defined]
    connection = session.connection()
    for start in range(0, len(rows), CHUNK):
        connection.execute(insert, list(rows[start : start + CHUNK]))


def check_units(session: ScopedSession, units: set[UUID]) -> None:
    """Denied if one of `units` lies outside what the session may write."""
    outside = units - session.units_within(session.scope.writes, units)
    if outside:
        raise Denied(f"{len(outside)} đơn vị trong tệp ngoài phạm vi được sửa.")


def leaves(
    session: ScopedSession,
    action: str,
    people: Iterable[tuple[UUID, UUID, dict[str, Any]]],
    *,
    reason: str | None = None,
) -> None:
    """One audit event a person written: (cadre id, unit id, what was written)."""
    context = audit.context_of(session)
    events: list[dict[str, Any]] = []
    values: list[dict[str, Any]] = []
    for cadre_id, unit_id, after in people:
        kept = audit.values_row(new_id(), {}, {name: audit.plain(value) for name, value in after.items()})
        events.append(
            audit.event_row(
                context,
                event_id=kept["event_id"],
                action=action,
                outcome=Outcome.DONE,
                root=("cadre", str(cadre_id)),
                unit_id=unit_id,
                reason=reason,
                before_c=audit.commitment(kept["salt"], kept["before"]),
                after_c=audit.commitment(kept["salt"], kept["after"]),
            )
        )
        values.append(kept)
    _insert(session, AuditEvent, events)
    _insert(session, AuditValue, values)
