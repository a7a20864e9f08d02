"""The only bulk writer (import, seed): units and persons of all rows are checked at once, leaves included."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import SQLModel, col, select

from app.models.audit import AuditEvent, AuditValue, Outcome
from app.models.base import new_id, utc_now
from app.models.cadre import Cadre
from app.models.title import ManagedBy
from app.models.unit import UnitClosure, Via
from app.services import audit
from app.services.dated import live
from app.services.errors import Denied
from app.services.scope import ScopedSession

CHUNK = 5_000
Table = type[SQLModel]
Row = dict[str, Any]

_UNTOLD = frozenset({"search_key", "sort_key", "version", "changed_at"})


def write(session: ScopedSession, table: Table, rows: Sequence[Row]) -> None:
    """Inserts `rows` (column name to value) into `table`.

    Denied if one lies outside the scope, and then none is written.

    The rows of persons are written by `write_people`; the whole tree needs no check.
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


def _insert(session: ScopedSession, table: Table, rows: Sequence[Row]) -> None:
    insert = table.__table__.insert()  # type: ignore[attr-defined]
    connection = session.connection()
    for start in range(0, len(rows), CHUNK):
        connection.execute(insert, list(rows[start : start + CHUNK]))


def events(session: ScopedSession, rows: Sequence[dict[str, Any]]) -> None:
    """Writes audit events that are made already, those of reads and refusals; anyone's session may."""
    _insert(session, AuditEvent, rows)


def check_units(session: ScopedSession, units: set[UUID]) -> None:
    """Denied if one of `units` lies outside what the session may write."""
    outside = units - session.units_within(session.scope.writes, units)
    if outside:
        raise Denied(f"{len(outside)} đơn vị trong tệp ngoài phạm vi được sửa.")


def swap(session: ScopedSession, table: Table, seen: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Changes one row of the house's own (a job) if its columns are still as `seen`; False if they aren't.

    One conditional UPDATE: of several who try, one succeeds, on both databases.
    """
    columns = table.__table__.c  # type: ignore[attr-defined]
    update = table.__table__.update().where(  # type: ignore[attr-defined]
        *(
            columns[name] == value if value is not None else columns[name].is_(None)
            for name, value in seen.items()
        )
    )
    return bool(session.connection().execute(update.values(**values)).rowcount == 1)


def discard(session: ScopedSession, table: Table, **key: Any) -> None:  # noqa: ANN401 - the columns of a key
    """Deletes rows that only waited (those of a staging that starts over); the record's rows never are."""
    columns = table.__table__.c  # type: ignore[attr-defined]
    delete = table.__table__.delete().where(  # type: ignore[attr-defined]
        *(columns[name] == value for name, value in key.items())
    )
    session.connection().execute(delete)


# --- persons ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class Person:
    """What is written of one person: rows added, and columns of rows changed, with what stood before."""

    cadre_id: UUID
    unit_id: UUID
    """The unit that keeps the file afterwards."""
    managed_by: ManagedBy | None
    """Who manages the person afterwards."""
    action: str
    added: list[tuple[Table, Row]] = field(default_factory=list)
    changed: list[tuple[Table, UUID, Row, Row]] = field(default_factory=list)
    """Table, key, old values, new values."""

    @property
    def is_new(self) -> bool:
        """Whether the person comes into the record by this."""
        return any(table is Cadre for table, _ in self.added)


def lock_people(session: ScopedSession, cadre_ids: Collection[UUID]) -> dict[UUID, Any]:
    """Unit, managing body and stub of persons in scope, locked in the order of their ids."""
    found: dict[UUID, Any] = {}
    ordered = sorted(cadre_ids)
    for start in range(0, len(ordered), CHUNK):
        rows = session.execute(
            select(Cadre.id, Cadre.unit_id, Cadre.managed_by, Cadre.is_stub)
            .where(col(Cadre.id).in_(ordered[start : start + CHUNK]))
            .order_by(col(Cadre.id))
            .with_for_update()
        )
        found |= {row.id: row for row in rows}
    return found


def check_people(session: ScopedSession, people: Sequence[Person]) -> None:
    """Denied if one of `people` may not be written, before or after: the same questions as for one by one.

    Out of scope, kept for the central authorities, managed above the caller, his own or close to him; a row
    of somebody else, or in a unit outside the scope.
    """
    known = lock_people(session, {person.cadre_id for person in people if not person.is_new})
    units: set[UUID] = set()
    for person in people:
        before = known.get(person.cadre_id)
        if before is None and not person.is_new:
            raise Denied("Có hồ sơ ngoài phạm vi được sửa.")
        if before is not None:
            if before.is_stub:
                raise Denied("Cán bộ diện Trung ương quản lý: hệ thống chỉ giữ tên, chức danh và đơn vị.")
            units.add(before.unit_id)
        bodies = {person.managed_by} | ({before.managed_by} if before is not None else set())
        if not all(map(session.scope.may_write_managed, bodies)):
            raise Denied("Có người do cấp trên quản lý; cấp dưới không sửa hồ sơ.")
        units.add(person.unit_id)
        for table, row in person.added:
            if row["id" if table is Cadre else "cadre_id"] != person.cadre_id:
                raise Denied("Có dòng của người khác.")
            if "unit_id" in row:
                units.add(row["unit_id"])
    if session.kin() & {person.cadre_id for person in people}:
        raise Denied("Không ai được sửa hồ sơ của chính mình, của vợ, chồng, cha, mẹ hoặc con mình.")
    check_units(session, units)


def write_people(session: ScopedSession, people: Sequence[Person], *, reason: str | None = None) -> int:
    """Writes what `people` say in as many statements as tables are touched, one audit event a person.

    Rows that are superseded are closed before their successors come; the version of each person rises once.
    Gives how many rows of the record were added or changed.
    """
    check_people(session, people)
    added: dict[Table, list[Row]] = defaultdict(list)
    changed: dict[tuple[Table, tuple[str, ...]], list[Row]] = defaultdict(list)
    now = utc_now()
    count = 0
    for person in people:
        touched = False
        for table, row in person.added:
            added[table].append(row)
        for table, key, _, values in person.changed:
            touched |= table is Cadre
            risen = values | {"changed_at": now} if table is Cadre else values
            changed[table, tuple(sorted(risen))].append({"the_key": key, **risen})
        if not touched and not person.is_new:
            changed[Cadre, ("changed_at",)].append({"the_key": person.cadre_id, "changed_at": now})
        count += len(person.added) + len(person.changed)
    for (table, names), rows in changed.items():
        _change(session, table, names, rows)
    for table in sorted(added, key=_depth):
        _insert(session, table, added[table])
    leaves(session, people, reason=reason)
    return count


def _depth(table: Table) -> int:
    """The place of a table in an order in which every row finds what it refers to."""
    ordered = [found.name for found in SQLModel.metadata.sorted_tables]
    return ordered.index(str(table.__tablename__))


def _change(session: ScopedSession, table: Table, names: tuple[str, ...], rows: Sequence[Row]) -> None:
    mapped = table.__table__  # type: ignore[attr-defined]
    key = next(iter(mapped.primary_key))
    values: Row = {name: bindparam(f"to_{name}", type_=mapped.c[name].type) for name in names}
    if table is Cadre:
        values["version"] = mapped.c.version + 1
    update = mapped.update().where(key == bindparam("the_key", type_=key.type)).values(values)
    connection = session.connection()
    sent = [{f"to_{name}": row[name] for name in names} | {"the_key": row["the_key"]} for row in rows]
    for start in range(0, len(sent), CHUNK):
        connection.execute(update, sent[start : start + CHUNK])


def _told(person: Person) -> tuple[Row, Row]:
    """Old and new values of what is written of a person, named as for those written one by one."""
    before: Row = {}
    after: Row = {}
    for table, row in person.added:
        name = str(table.__tablename__)
        if table is not Cadre:
            name = f"{name}[{row.get('row_id') or row.get('id')}]"
        for column, value in row.items():
            if value is not None and column not in _UNTOLD:
                after[f"{name}.{column}"] = audit.plain(value)
    for table, key, old, new in person.changed:
        name = "cadre" if table is Cadre else f"{table.__tablename__}[{key}]"
        for column, value in new.items():
            if column not in _UNTOLD:
                before[f"{name}.{column}"] = audit.plain(old[column])
                after[f"{name}.{column}"] = audit.plain(value)
    return before, after


def leaves(session: ScopedSession, people: Iterable[Person], *, reason: str | None = None) -> None:
    """One audit event a person written, with old and new values and the path of the unit."""
    context = audit.context_of(session)
    written = list(people)
    paths = _paths(session, {person.unit_id for person in written})
    events: list[Row] = []
    values: list[Row] = []
    for person in written:
        kept = audit.values_row(new_id(), *_told(person))
        events.append(
            audit.event_row(
                context,
                event_id=kept["event_id"],
                action=person.action,
                outcome=Outcome.DONE,
                root=("cadre", str(person.cadre_id)),
                unit_id=person.unit_id,
                unit_path=paths[person.unit_id],
                reason=reason,
                before_c=audit.commitment(kept["salt"], kept["before"]),
                after_c=audit.commitment(kept["salt"], kept["after"]),
            )
        )
        values.append(kept)
    _insert(session, AuditEvent, events)
    _insert(session, AuditValue, values)


def _paths(session: ScopedSession, units: set[UUID]) -> dict[UUID, list[str]]:
    """Ids from the root of the tree down to each unit, as the tree stands today."""
    found: dict[UUID, list[str]] = {unit: [] for unit in units}
    rows = session.execute(
        select(UnitClosure.descendant_id, UnitClosure.ancestor_id)
        .where(
            col(UnitClosure.descendant_id).in_(units),
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, session.scope.today),
        )
        .order_by(col(UnitClosure.depth).desc())
    )
    for unit, above in rows:
        found[unit].append(str(above))
    return found
