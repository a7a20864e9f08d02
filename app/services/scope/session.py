"""The session of the house: it can't be built without a scope, and reads and writes only inside it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, Select, event, inspect, select
from sqlalchemy.orm import FromStatement, ORMExecuteState, SessionTransaction, UOWTransaction
from sqlmodel import Session, SQLModel, col

from app.models.base import utc_now
from app.models.cadre import Cadre
from app.models.record import Kinship, Relation
from app.models.unit import UnitClosure
from app.services import audit
from app.services.dated import live
from app.services.errors import Denied
from app.services.scope.actor import Reach, Scope
from app.services.scope.criteria import narrowed, parameters, variant
from app.services.scope.statement import MARK, ScopeError, names_an_entity, returns_owned_objects

_CLOSE = (Relation.SPOUSE, Relation.CHILD, Relation.FATHER, Relation.MOTHER)
_EVERYWHERE = "everywhere"
_APPENDED = frozenset({"audit_event", "audit_value"})
_ALWAYS = _APPENDED | {"idempotency_key"}
_SESSION = frozenset({"principal", "sign_in", "sign_in_attempt", "denied_token", "signing_key"})
_SYSTEM = {
    "session": _SESSION,
    "account": frozenset({"principal", "sign_in"}),
    "grant": frozenset({"principal", "role_grant"}),
}
"""Which rows of the machine itself a caller may have written for him, by the noun of his permission."""

_PASSING = frozenset({"sign_in_attempt", "denied_token", "idempotency_key"})
"""Rows that only count or wait: the only ones that are ever deleted."""


class _Reason(str):
    """Why a select reads across units; nobody else can make the option that says so."""

    __slots__ = ()


class ScopedSession(Session):
    """One request's session: every select is narrowed, every write is checked, every change is audited."""

    def __init__(self, bind: Engine | Connection, scope: Scope) -> None:
        super().__init__(bind=bind, autoflush=False, expire_on_commit=False)
        self._scope = scope
        self.trail = audit.Trail()
        self._how = variant(scope.reads)
        self._kin: set[UUID] | None = None

    @property
    def scope(self) -> Scope:
        """What this session may read and write; another scope needs another session, without its memory."""
        return self._scope

    def beside(self, scope: Scope) -> "ScopedSession":
        """Another session in this one's transaction, with a scope of its own; this one's commit decides."""
        return ScopedSession(self.connection(), scope)

    def narrow(self, state: ORMExecuteState) -> None:
        """Adds the scope's criteria to a select; refuses what it can't see through."""
        if not state.is_select or isinstance(state.statement, FromStatement):
            raise ScopeError("write through objects, read through select")
        because = state.execution_options.get(_EVERYWHERE)
        if because is not None:
            if not isinstance(because, _Reason) or returns_owned_objects(state.statement):
                raise ScopeError("everywhere() reads columns, never the objects of other units")
            self.trail.everywhere.append(str(because))
        elif not names_an_entity(state.statement):
            raise ScopeError("a select without a mapped entity can't be narrowed")
        elif self._how != "whole":
            state.statement = narrowed(state.statement, self._how)
            state.parameters = {
                **(state.parameters or {}),  # type: ignore[dict-item]
                **parameters(self.scope.reads, self.scope.today),
            }
        state.update_execution_options(**{MARK: True})

    def write_trail(self) -> None:
        """Flushes and writes the audit events of what changed; every commit begins with this."""
        if self.in_nested_transaction():
            return
        self.flush()
        audit.write_changes(self, self.trail)

    def begin_nested(self) -> SessionTransaction:
        """Refused: what a savepoint takes back would still stand in the audit."""
        raise ScopeError("no savepoints: a request is one transaction")

    def note(self, root: SQLModel, action: str, reason: str | None = None) -> None:
        """Names what is being done to `root` and why, for its audit event."""
        self.trail.name(audit.root_of(root), action, reason)

    def saw(
        self, action: str, people: Sequence[UUID], *, rows: int | None = None, root: SQLModel | None = None
    ) -> None:
        """Says whose data this request answers with; the read is audited before the answer leaves."""
        found = audit.root_of(root) if root is not None else None
        self.trail.seen = audit.Seen(action, tuple(people), len(people) if rows is None else rows, found)

    def guard(self, context: UOWTransaction) -> None:  # noqa: ARG002 - the event's signature
        """Refuses inserts, moves and edits outside the scope, and gathers what changed for the audit."""
        units: set[UUID] = set()
        cadres: set[UUID] = set()
        changed = [obj for obj in (*self.new, *self.dirty, *self.deleted) if self._touched(obj)]
        for obj in changed:
            if obj in self.deleted and obj.__tablename__ not in _PASSING:
                raise ScopeError("rows are ended or superseded, never deleted")
            self._collect(obj, units, cadres)
        self._check_units(units, {obj.id: obj for obj in changed if isinstance(obj, Cadre)}, cadres)
        for obj in changed:
            self.trail.gather(obj, is_new=obj in self.new)
        self._raise_versions(changed)

    def _touched(self, obj: Any) -> bool:  # noqa: ANN401 - any mapped object
        return obj in self.new or obj in self.deleted or self.is_modified(obj)

    def _collect(self, obj: Any, units: set[UUID], cadres: set[UUID]) -> None:  # noqa: ANN401 - a mapped object
        ownership: str = obj.ownership
        if ownership == "system":
            self._check_system(obj)
            return
        if ownership == "reference":
            if not self.scope.writes.whole:
                raise Denied("Danh mục và cây tổ chức chung do Ban Tổ chức Tỉnh ủy quản lý.")
            return
        state = inspect(obj)
        for name, found in (("unit_id", units), ("cadre_id", cadres)):
            # A row of a unit may name a person without being part of the person's file.
            if not hasattr(obj, name) or (name == "cadre_id" and ownership == "unit"):
                continue
            if state.persistent and name not in state.dict:
                raise ScopeError(f"the old value of {name} is unknown: load the row before writing it")
            history = state.attrs[name].load_history()
            if state.persistent and history.added and not history.deleted:
                raise ScopeError(f"the old value of {name} is unknown: load the row before writing it")
            found.update(value for value in (*history.unchanged, *history.added, *history.deleted) if value)

    def _check_system(self, obj: Any) -> None:  # noqa: ANN401 - any mapped object
        """Accounts, sessions and grants: each kind through its own permission, and nobody grants himself."""
        table, actor = str(obj.__tablename__), self.scope.actor
        if table in _APPENDED and obj not in self.new:
            raise ScopeError("audit events are written once")
        if table in _ALWAYS:
            return
        own = actor is None and self.scope.writes.whole
        noun = self.scope.permission.partition(":")[0]
        if not self.scope.machine or not (own or table in _SYSTEM.get(noun, ())):
            raise Denied("Chỉ quản trị hệ thống được sửa tài khoản và quyền.")
        if table == "role_grant" and actor is not None and obj.principal_id == actor.id:
            raise Denied("Không ai tự cấp quyền cho mình.")

    def _check_units(self, units: set[UUID], people: dict[UUID, Cadre], cadres: set[UUID]) -> None:
        if not units and not cadres:
            return
        writes = self.scope.writes
        found = dict(people)
        missing = cadres - found.keys()
        if missing:
            rows = self.scalars(select(Cadre).where(col(Cadre.id).in_(missing)))
            found |= {row.id: row for row in rows}
        if cadres - found.keys():
            raise Denied("Hồ sơ cán bộ này ngoài phạm vi được sửa.")
        for person in found.values():
            if self.scope.actor is not None and any(_values(person, "is_stub")):
                raise Denied("Cán bộ diện Trung ương quản lý: hệ thống chỉ giữ tên, chức danh và đơn vị.")
            if not all(map(self.scope.may_write_managed, _values(person, "managed_by"))):
                raise Denied("Cán bộ này do cấp trên quản lý; cấp dưới không sửa hồ sơ.")
        self._refuse_own(found)
        if writes.whole:
            return
        units |= {person.unit_id for person in found.values()}
        if units - self.units_within(writes, units):
            raise Denied("Đơn vị này ngoài phạm vi được sửa.")

    def _refuse_own(self, people: dict[UUID, Cadre]) -> None:
        if people and self.kin() & people.keys():
            raise Denied("Không ai được sửa hồ sơ của chính mình, của vợ, chồng, cha, mẹ hoặc con mình.")

    def kin(self) -> set[UUID]:
        """The caller's own record, his spouse's, parents' and children's; empty where he has none."""
        actor = self.scope.actor
        if actor is None or actor.cadre_id is None:
            return set()
        if self._kin is not None:
            return self._kin
        close = {actor.cadre_id}
        near = everywhere(self, because="own, spouse's or child's record").execute(
            select(col(Kinship.cadre_id), col(Kinship.relative_id)).where(
                col(Kinship.relation).in_(_CLOSE),
                col(Kinship.voided_at).is_(None),
                (col(Kinship.cadre_id) == actor.cadre_id) | (col(Kinship.relative_id) == actor.cadre_id),
            )
        )
        for one, other in near:
            close |= {one, other}
        self._kin = close
        return close

    def units_within(self, reach: Reach, units: set[UUID]) -> set[UUID]:
        """Those of `units` that lie at or beneath the units of `reach` today."""
        if reach.whole:
            return set(units)
        if not reach.units or not units:
            return set()
        rows = self.scalars(
            select(col(UnitClosure.descendant_id)).where(
                col(UnitClosure.ancestor_id).in_(reach.units),
                col(UnitClosure.descendant_id).in_(units),
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
                self.trail.place((kind, key), root.unit_id)


def _values(obj: Any, name: str) -> tuple[Any, ...]:  # noqa: ANN401 - any mapped object
    """The value of an attribute, and the one it had before this transaction's change."""
    history = inspect(obj).attrs[name].load_history()
    return (*history.unchanged, *history.added, *history.deleted)


class Everywhere:
    """Selects across units, with the reason; only compliance and indicators may ask for it."""

    def __init__(self, session: ScopedSession, because: str) -> None:
        self._session = session
        self._options = {_EVERYWHERE: _Reason(because)}

    def execute(self, statement: Select[*tuple[Any, ...]], values: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - SQLAlchemy's Result
        """The rows of `statement` with the values of its parameters, whoever owns them."""
        return self._session.execute(statement, values, execution_options=self._options)

    def scalars(self, statement: Select[*tuple[Any, ...]]) -> Any:  # noqa: ANN401 - SQLAlchemy's ScalarResult
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
def _guard(session: Session, context: UOWTransaction, instances: Any) -> None:  # noqa: ANN401, ARG001 - the event's
    if isinstance(session, ScopedSession):
        session.guard(context)


@event.listens_for(ScopedSession, "before_commit")
def _audit(session: Session) -> None:
    if isinstance(session, ScopedSession):
        session.write_trail()


@event.listens_for(ScopedSession, "after_rollback")
def _forget(session: Session) -> None:
    if isinstance(session, ScopedSession):
        session.trail.forget()
