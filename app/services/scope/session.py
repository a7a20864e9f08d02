"""The session of the house: it can't be built without a scope, reads only inside it and writes only inside it."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection, Engine, Executable, Select, event, inspect, select
from sqlalchemy.orm import ORMExecuteState, UOWTransaction
from sqlalchemy.sql import visitors
from sqlmodel import Session, SQLModel

from app.models.base import utc_now
from app.models.cadre import Cadre
from app.models.record import Kinship, Relation
from app.models.unit import UnitClosure
from app.services import audit
from app.services.dated import live
from app.services.errors import Denied
from app.services.scope.actor import Reach, Scope
from app.services.scope.criteria import criteria, parameters, variant

T = TypeVar("T")
_MARK = "scoped"
_EVERYWHERE = "everywhere"
_ALWAYS = frozenset({"audit_event", "audit_value", "idempotency_key"})


class ScopeError(RuntimeError):
    """A statement the scope can't narrow: a fault of the code, never of the caller."""


class ScopedSession(Session):
    """One request's session: every select is narrowed, every write is checked, every change is audited."""

    def __init__(self, bind: Engine, scope: Scope) -> None:
        super().__init__(bind=bind, autoflush=False, expire_on_commit=False)
        self.scope = scope
        self.trail = audit.Trail()
        self._how = variant(scope.reads)

    def narrow(self, state: ORMExecuteState) -> None:
        """Adds the scope's criteria to a select; refuses what it can't see through."""
        if not state.is_select:
            raise ScopeError("write through objects")
        because = state.execution_options.get(_EVERYWHERE)
        if because is not None:
            self.trail.everywhere.append(str(because))
        elif not state.all_mappers and not _names_an_entity(state.statement):
            raise ScopeError("a select without a mapped entity can't be narrowed")
        else:
            options = criteria(self._how)
            if options:
                state.statement = state.statement.options(*options)  # type: ignore[attr-defined]
                state.parameters = {
                    **(state.parameters or {}),  # type: ignore[dict-item]
                    **parameters(self.scope.reads, self.scope.today),
                }
        state.update_execution_options(**{_MARK: True})

    def commit(self) -> None:
        """Flushes, writes the audit events of what changed, commits: no audit row, no commit."""
        self.flush()
        audit.write_changes(self, self.trail)
        super().commit()

    def note(self, root: SQLModel, action: str, reason: str | None = None) -> None:
        """Names what is being done to `root` and why, for its audit event."""
        self.trail.name(audit.root_of(root), action, reason)

    def saw(self, action: str, people: Sequence[UUID], *, rows: int | None = None, root: SQLModel | None = None) -> None:
        """Says whose data this request answers with; the read is audited before the answer leaves."""
        found = audit.root_of(root) if root is not None else None
        self.trail.seen = audit.Seen(action, tuple(people), len(people) if rows is None else rows, found)

    def guard(self, context: UOWTransaction) -> None:  # noqa: ARG002 - the event's signature
        """Refuses inserts, moves and edits outside the scope, and gathers what changed for the audit."""
        units: set[UUID] = set()
        cadres: set[UUID] = set()
        changed = [obj for obj in (*self.new, *self.dirty, *self.deleted) if self._touched(obj)]
        for obj in changed:
            if obj in self.deleted and obj.ownership != "system":  # type: ignore[attr-defined]
                raise ScopeError("rows are ended or superseded, never deleted")
            self._collect(obj, units, cadres)
        self._check_units(units, {obj.id: obj for obj in changed if isinstance(obj, Cadre)}, cadres)
        for obj in changed:
            self.trail.gather(obj, is_new=obj in self.new)
        self._raise_versions(changed)

    def _touched(self, obj: Any) -> bool:  # noqa: ANN401 - any mapped object
        return obj in self.new or obj in self.deleted or self.is_modified(obj)

    def _collect(self, obj: Any, units: set[UUID], cadres: set[UUID]) -> None:  # noqa: ANN401 - any mapped object
        ownership: str = obj.ownership
        if ownership == "system":
            if not self.scope.machine and obj.__tablename__ not in _ALWAYS:
                raise Denied("Chỉ quản trị hệ thống được sửa tài khoản và quyền.")
            return
        if ownership == "reference":
            if not self.scope.writes.whole:
                raise Denied("Danh mục và cây tổ chức chung do Ban Tổ chức Tỉnh ủy quản lý.")
            return
        state = inspect(obj)
        for name, found in (("unit_id", units), ("cadre_id", cadres)):
            if not hasattr(obj, name):
                continue
            if state.persistent and name not in state.dict:
                raise ScopeError(f"the old value of {name} is unknown: load the row before writing it")
            history = state.attrs[name].load_history()
            found.update(value for value in (*history.unchanged, *history.added, *history.deleted) if value)

    def _check_units(self, units: set[UUID], people: dict[UUID, Cadre], cadres: set[UUID]) -> None:
        if not units and not cadres:
            return
        writes = self.scope.writes
        found = dict(people)
        missing = cadres - found.keys()
        if missing:
            rows = self.scalars(_in_scope(Cadre, Cadre.id, missing)).all()
            found |= {row.id: row for row in rows}
        if cadres - found.keys():
            raise Denied("Hồ sơ cán bộ này ngoài phạm vi được sửa.")
        for person in found.values():
            if person.is_stub and self.scope.actor is not None:
                raise Denied("Cán bộ diện Trung ương quản lý: hệ thống chỉ giữ tên, chức danh và đơn vị.")
            if not self.scope.may_write_managed(person.managed_by):
                raise Denied("Cán bộ này do cấp trên quản lý; cấp dưới không sửa hồ sơ.")
        self._refuse_own(found)
        if writes.whole:
            return
        units |= {person.unit_id for person in found.values()}
        if units - self.units_within(writes, units):
            raise Denied("Đơn vị này ngoài phạm vi được sửa.")

    def _refuse_own(self, people: dict[UUID, Cadre]) -> None:
        actor = self.scope.actor
        if actor is None or actor.cadre_id is None or not people:
            return
        close = {actor.cadre_id}
        near = everywhere(self, because="own, spouse's or child's record").execute(
            select(Kinship.cadre_id, Kinship.relative_id).where(
                Kinship.relation.in_([Relation.SPOUSE, Relation.CHILD, Relation.FATHER, Relation.MOTHER]),  # type: ignore[attr-defined]
                Kinship.voided_at.is_(None),  # type: ignore[union-attr]
                (Kinship.cadre_id == actor.cadre_id) | (Kinship.relative_id == actor.cadre_id),
            )
        )
        for one, other in near:
            close |= {one, other}
        if close & people.keys():
            raise Denied("Không ai được sửa hồ sơ của chính mình, của vợ, chồng, cha, mẹ hoặc con mình.")

    def units_within(self, reach: Reach, units: set[UUID]) -> set[UUID]:
        """Those of `units` that lie at or beneath the units of `reach` today."""
        if reach.whole:
            return set(units)
        if not reach.units or not units:
            return set()
        rows = self.scalars(
            select(UnitClosure.descendant_id).where(
                UnitClosure.ancestor_id.in_(reach.units),  # type: ignore[attr-defined]
                UnitClosure.descendant_id.in_(units),  # type: ignore[attr-defined]
                live(UnitClosure, self.scope.today),
            )
        )
        return set(rows)

    def _raise_versions(self, changed: Sequence[Any]) -> None:
        """The version of a root rises once a transaction, with any of its rows; a new root stays at 1."""
        fresh = {audit.root_of(obj) for obj in self.new if type(obj) in audit.VERSIONED.values()}
        self.trail.raised |= fresh
        touched = {audit.root_of(obj) for obj in changed if obj.__tablename__ not in audit.DERIVED}
        for kind, key in touched - self.trail.raised:
            self.trail.raised.add((kind, key))
            root: Any = self.get(audit.VERSIONED[kind], UUID(key)) if kind in audit.VERSIONED else None
            if root is None:
                continue
            root.version += 1
            if isinstance(root, Cadre):
                root.changed_at = utc_now()


def _in_scope(table: type[T], column: Any, keys: set[UUID]) -> Select[tuple[T]]:  # noqa: ANN401 - a mapped column
    return select(table).where(column.in_(keys))


def _names_an_entity(statement: Executable) -> bool:
    """True where a mapped class stands somewhere in the statement, so that the criteria reach it."""
    return any("parententity" in getattr(part, "_annotations", {}) for part in visitors.iterate(statement))  # type: ignore[arg-type]


class Everywhere:
    """Selects across units, with the reason; only compliance and indicators may ask for it."""

    def __init__(self, session: ScopedSession, because: str) -> None:
        self._session = session
        self._options = {_EVERYWHERE: because}

    def execute(self, statement: Select[Any]) -> Any:  # noqa: ANN401 - SQLAlchemy's Result
        """The rows of `statement`, whoever owns them."""
        return self._session.execute(statement, execution_options=self._options)

    def scalars(self, statement: Select[Any]) -> Any:  # noqa: ANN401 - SQLAlchemy's ScalarResult
        """The first column of `statement`, whoever owns the rows."""
        return self.execute(statement).scalars()


def everywhere(session: ScopedSession, *, because: str) -> Everywhere:
    """Reads across units; `because` stands in the audit event of the request."""
    return Everywhere(session, because)


@event.listens_for(ScopedSession, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    session = state.session
    if isinstance(session, ScopedSession):
        session.narrow(state)


@event.listens_for(ScopedSession, "before_flush")
def _guard(session: Session, context: UOWTransaction, instances: Any) -> None:  # noqa: ANN401, ARG001 - the event's signature
    if isinstance(session, ScopedSession):
        session.guard(context)


def guard_engine(engine: Engine) -> None:
    """Any SELECT that didn't come through a ScopedSession is refused, whoever wrote it."""

    @event.listens_for(engine, "before_execute")
    def _refuse_unmarked(
        connection: Connection,
        statement: Any,  # noqa: ANN401 - any executable
        multiparams: Any,  # noqa: ANN401, ARG001
        params: Any,  # noqa: ANN401, ARG001
        execution_options: Any,  # noqa: ANN401
    ) -> None:
        if _MARK in execution_options or _MARK in connection.get_execution_options():
            return
        if getattr(statement, "is_select", False) or getattr(statement, "is_text", False):
            raise ScopeError("a select outside a scoped session")
