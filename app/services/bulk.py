"""The only bulk writer (import, seed): units and persons of all rows are checked at once, leaves included."""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, col

from app.models.audit import AuditEvent, AuditValue, Outcome
from app.models.base import new_id, utc_now
from app.models.cadre import Cadre
from app.models.title import ManagedBy
from app.models.unit import UnitClosure, Via
from app.services import audit
from app.services.dated import live
from app.services.errors import Denied
from app.services.scope import ScopedSession

LOG = logging.getLogger("thenchot.bulk")
CHUNK = 5_000
Table = type[SQLModel]
Row = dict[str, Any]

_UNTOLD = frozenset({"search_key", "sort_key", "version", "changed_at", "hands"})


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
    if rows:
        _send(session, _encode(session, table, rows))


@dataclass(frozen=True, slots=True)
class Encoded:
    """Rows of one table as the driver takes them: made before a lock is held, sent while it is."""

    table: str
    names: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def _encode(session: ScopedSession, table: Table, rows: Sequence[Row]) -> Encoded:
    """`rows` in the driver's own values; columns that hold nothing in any row are left out."""
    mapped = table.__table__  # type: ignore[attr-defined]
    dialect = session.get_bind().dialect
    names = tuple(name for name in rows[0] if any(row[name] is not None for row in rows))
    columns = []
    for name in names:
        prepare = mapped.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        values = [row[name] for row in rows]
        columns.append(values if prepare is None else [prepare(value) for value in values])
    return Encoded(mapped.name, names, list(zip(*columns, strict=True)))


def _send(session: ScopedSession, encoded: Encoded) -> None:
    """COPY on PostgreSQL, one prepared INSERT on SQLite: the driver's quickest way, past SQLAlchemy's."""
    connection = session.connection()
    LOG.debug("%s: %d rows", encoded.table, len(encoded.rows))
    names = ", ".join(f'"{name}"' for name in encoded.names)
    raw: Any = connection.connection.cursor()
    try:
        if connection.dialect.name == "postgresql":
            with raw.copy(f'COPY "{encoded.table}" ({names}) FROM STDIN') as copy:
                for row in encoded.rows:
                    copy.write_row(row)
        else:
            places = ", ".join("?" * len(encoded.names))
            raw.executemany(f'INSERT INTO "{encoded.table}" ({names}) VALUES ({places})', encoded.rows)  # noqa: S608 - names of our own tables
    except connection.dialect.loaded_dbapi.Error as error:
        raise DBAPIError.instance(
            None, None, error, connection.dialect.loaded_dbapi.Error, dialect=connection.dialect
        ) from error
    finally:
        raw.close()
    LOG.debug("%s: done", encoded.table)


def events(session: ScopedSession, rows: Sequence[Row]) -> None:
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


_LOCKED = ("id", "unit_id", "managed_by", "is_stub", "version")


def lock_people(session: ScopedSession, cadre_ids: Collection[UUID]) -> dict[UUID, Any]:
    """Unit, managing body, stub and version of persons in scope, locked in the order of their ids."""
    found: dict[UUID, Any] = {}
    ordered = sorted(cadre_ids)
    for start in range(0, len(ordered), CHUNK):
        rows = session.execute(
            select(*(col(getattr(Cadre, name)) for name in _LOCKED))
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


@dataclass(slots=True)
class Prepared:
    """What is to be written of many persons, made ready before the lock."""

    people: Sequence[Person]
    added: list[Encoded]
    changed: dict[tuple[Table, tuple[str, ...]], list[Row]]
    count: int


def prepare_people(
    session: ScopedSession, people: Sequence[Person], *, reason: str | None = None
) -> Prepared:
    """Makes ready what `people` say, its audit events among it; nothing is written or checked yet."""
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
    events, values_ = _leaves(session, people, reason)
    tables: list[tuple[Table, list[Row]]] = [(table, added[table]) for table in sorted(added, key=_depth)]
    tables += [(AuditEvent, events), (AuditValue, values_)]
    return Prepared(people, [_encode(session, table, rows) for table, rows in tables if rows], changed, count)


def write_prepared(session: ScopedSession, prepared: Prepared) -> int:
    """Checks every person and writes what was made ready; gives how many rows of the record that is.

    Rows that are superseded are closed before their successors come; the version of each person rises once.
    """
    check_people(session, prepared.people)
    for (table, names), rows in prepared.changed.items():
        _change(session, table, names, rows)
    for encoded in prepared.added:
        _send(session, encoded)
    return prepared.count


def write_people(session: ScopedSession, people: Sequence[Person], *, reason: str | None = None) -> int:
    """`prepare_people` and `write_prepared` in one, where no lock is to be kept short."""
    return write_prepared(session, prepare_people(session, people, reason=reason))


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
            name = f"{name}[{row.get('row_id') or row['id']}]"
        for column, value in row.items():
            if value is not None and column not in _UNTOLD:
                after[f"{name}.{column}"] = value
    for table, key, old, new in person.changed:
        name = "cadre" if table is Cadre else f"{table.__tablename__}[{key}]"
        for column, value in new.items():
            if column not in _UNTOLD:
                before[f"{name}.{column}"] = old[column]
                after[f"{name}.{column}"] = value
    return before, after


def _text(values: Row) -> str:
    """The values as JSON, each as `audit.plain` writes it: ids and days natively, instants by its words."""
    return orjson.dumps(
        values, default=audit.plain, option=orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    ).decode()


def leaves(session: ScopedSession, people: Iterable[Person], *, reason: str | None = None) -> None:
    """One audit event a person written, with old and new values and the path of the unit."""
    events, values = _leaves(session, list(people), reason)
    _insert(session, AuditEvent, events)
    _insert(session, AuditValue, values)


def _leaves(
    session: ScopedSession, people: Sequence[Person], reason: str | None
) -> tuple[list[Row], list[Row]]:
    context = audit.context_of(session)
    paths = _paths(session, {person.unit_id for person in people})
    events: list[Row] = []
    values: list[Row] = []
    for person in people:
        before, after = _told(person)
        kept = audit.values_row(new_id(), {}, {}) | {"before": _text(before), "after": _text(after)}
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
    return events, values


def _paths(session: ScopedSession, units: set[UUID]) -> dict[UUID, list[str]]:
    """Ids from the root of the tree down to each unit, as the tree stands today."""
    found: dict[UUID, list[str]] = {unit: [] for unit in units}
    rows = session.execute(
        select(col(UnitClosure.descendant_id), col(UnitClosure.ancestor_id))
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
