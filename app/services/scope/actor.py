"""Who is calling and how far each of his permissions reaches today."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.models.access import PrincipalKind
from app.models.title import LEVEL_RANK, MANAGED_RANK, ManagedBy
from app.models.unit import Level
from app.services.scope.roles import MACHINE, REFERENCE, ROLES, reading


@dataclass(frozen=True, slots=True)
class Grant:
    """A role at a unit (or `self` on a cadre), as it holds today."""

    role: str
    unit_id: UUID | None
    cadre_id: UUID | None = None
    level: Level | None = None
    code: str = ""
    name: str = ""
    whole_tree: bool = False

    @property
    def permissions(self) -> frozenset[str]:
        """What the role allows at this level; an unknown role allows nothing."""
        role = ROLES.get(self.role)
        return role.grants(self.level) if role is not None else frozenset()


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a permission holds: everywhere, in some units and beneath them, on some persons, or nowhere."""

    whole: bool = False
    units: tuple[UUID, ...] = ()
    cadres: tuple[UUID, ...] = ()

    @property
    def nowhere(self) -> bool:
        """True where nothing may be read."""
        return not (self.whole or self.units or self.cadres)


NOWHERE = Reach()


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in caller with the grants that hold today."""

    id: UUID
    username: str
    display_name: str
    kind: PrincipalKind
    session_id: UUID | None
    client: str
    cadre_id: UUID | None = None
    grants: tuple[Grant, ...] = ()
    scopes: frozenset[str] | None = None
    """A service client's own list of permissions; None for persons."""

    @property
    def permissions(self) -> frozenset[str]:
        """All permissions held anywhere."""
        held = REFERENCE.union(*(grant.permissions for grant in self.grants))
        return held if self.scopes is None else held & (self.scopes | REFERENCE)

    def holding(self, permission: str) -> tuple[Grant, ...]:
        """The grants that carry `permission`."""
        if permission not in self.permissions:
            return ()
        return tuple(grant for grant in self.grants if permission in grant.permissions)

    def reach(self, permission: str) -> Reach:
        """How far `permission` reaches; reference data reaches nobody's people."""
        held = self.holding(permission)
        if any(grant.whole_tree for grant in held):
            return Reach(whole=True)
        return Reach(
            units=tuple(grant.unit_id for grant in held if grant.unit_id is not None),
            cadres=tuple(grant.cadre_id for grant in held if grant.cadre_id is not None),
        )

    def home(self) -> Grant | None:
        """The highest unit the caller holds a role at: what figures show when no unit is named."""
        placed = [grant for grant in self.grants if grant.unit_id is not None and grant.level is not None]
        return min(placed, key=lambda grant: LEVEL_RANK[grant.level or Level.COMMUNE], default=None)


@dataclass(frozen=True, slots=True)
class Scope:
    """What one request may read and write; a session can't be built without one."""

    permission: str
    today: date
    request_id: str = ""
    actor: Actor | None = None
    reads: Reach = NOWHERE
    writes: Reach = NOWHERE
    machine: bool = False
    """The house's own work (sign-in, seed, daily job): may write system rows; people only as `reads` says."""

    @classmethod
    def of(cls, actor: Actor, permission: str, today: date, request_id: str) -> "Scope":
        """The scope of `actor` using `permission`: reads where he may read, writes where he may write."""
        noun = permission.partition(":")[0]
        writes = NOWHERE if permission.endswith(":read") or noun in MACHINE else actor.reach(permission)
        return cls(
            permission=permission,
            today=today,
            request_id=request_id,
            actor=actor,
            reads=NOWHERE if noun in MACHINE else actor.reach(reading(permission)),
            writes=writes,
            machine=noun in MACHINE,
        )

    @classmethod
    def nobody(cls, today: date, request_id: str = "", permission: str = "session:own") -> "Scope":
        """Before sign-in: reference data and accounts, no people."""
        return cls(permission=permission, today=today, request_id=request_id, machine=True)

    @classmethod
    def house(cls, today: date, because: str) -> "Scope":
        """The house's own work over the whole tree (seed, migrations of data, daily job)."""
        whole = Reach(whole=True)
        return cls(
            permission=because, today=today, request_id=because, reads=whole, writes=whole, machine=True
        )

    def tiers(self, cadre_id: UUID | None = None) -> frozenset[str]:
        """The tiers of personal data read with this permission; of his own record, what `self` reads.

        Several grants read what all of them read: the wider one must not open the narrower one's people.
        """
        if self.actor is None:
            return frozenset()
        if cadre_id is not None and cadre_id == self.actor.cadre_id:
            return ROLES["self"].tiers
        held = self.actor.holding(reading(self.permission))
        placed = [grant for grant in held if grant.cadre_id is None] or held
        found = [ROLES[grant.role].tiers for grant in placed]
        return frozenset.intersection(*found) if found else frozenset()

    def may_write_managed(self, managed_by: ManagedBy | None) -> bool:
        """Persons are written at or below the caller's own level (design §4); who nobody manages, at any.

        Of several grants the lowest counts: the higher one must not open the lower one's people.
        """
        if self.actor is None or managed_by is None:
            return True
        ranks = [
            LEVEL_RANK[grant.level]
            for grant in self.actor.holding(self.permission)
            if grant.level is not None
        ]
        return bool(ranks) and MANAGED_RANK[managed_by] >= max(ranks)

    def may_write_person(self, managed_by: ManagedBy | None, cadre_id: UUID) -> bool:
        """What a page asks before it offers to edit: the permission, the level, and not one's own record."""
        if self.actor is None or cadre_id == self.actor.cadre_id:
            return False
        ranks = [
            LEVEL_RANK[grant.level] for grant in self.actor.holding("cadre:write") if grant.level is not None
        ]
        return bool(ranks) and (managed_by is None or MANAGED_RANK[managed_by] >= min(ranks))

    def reads_whole(self, managed_by: ManagedBy | None, *, cadre_id: UUID | None = None) -> bool:
        """True where the caller reads more than name, title and unit of a person managed by `managed_by`."""
        if self.actor is None or managed_by == ManagedBy.CENTRAL:
            return False
        if cadre_id is not None and cadre_id == self.actor.cadre_id:
            return True
        placed = [grant for grant in self.actor.holding(reading(self.permission)) if grant.cadre_id is None]
        return bool(placed) and all(_reads_managed(grant, managed_by) for grant in placed)

    def redacts(self) -> tuple[ManagedBy, ...]:
        """The managing bodies whose persons this caller sees by name, title and unit alone."""
        return tuple(body for body in ManagedBy if not self.reads_whole(body))

    def reads_tier(self, tier: str) -> bool:
        """True where the caller reads fields of `tier` (T1, T2, T3)."""
        return tier in self.tiers()


def _reads_managed(grant: Grant, managed_by: ManagedBy | None) -> bool:
    """True where `grant` alone reads persons managed by `managed_by` whole."""
    if ROLES[grant.role].reads_above or managed_by is None:
        return True
    own = LEVEL_RANK[grant.level or Level.COMMUNE]
    if grant.role == "unit_head":
        own = max(own, MANAGED_RANK[ManagedBy.DEPARTMENT])
    return MANAGED_RANK[managed_by] >= own
