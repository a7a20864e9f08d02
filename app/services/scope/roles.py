"""Roles as data: which permissions a role carries at which level, which tiers it reads (domain §6, §10.6)."""

from dataclasses import dataclass, field

from app.models.unit import Level

REFERENCE = frozenset({"reference:read", "session:own"})
"""What every signed-in caller may do: read units, titles, posts, code lists, rules; end his own sessions."""

T1, T2, T3 = "T1", "T2", "T3"


@dataclass(frozen=True, slots=True)
class Role:
    """A set of permissions, some only at a level, and the tiers of personal data it reads."""

    permissions: frozenset[str]
    at_level: dict[Level, frozenset[str]] = field(default_factory=dict)
    tiers: frozenset[str] = frozenset()
    reads_above: bool = False
    """Reads persons managed above his level whole; others get name, title and unit of them."""
    suppressed: bool = False
    """Aggregates hide small cells (domain §4)."""

    def grants(self, level: Level | None) -> frozenset[str]:
        """The permissions of this role held at a unit of `level`."""
        return self.permissions | (
            self.at_level.get(level, frozenset()) if level is not None else frozenset()
        )


_PEOPLE = frozenset({"cadre:read", "committee:read", "indicator:read", "indicator:people"})
_FIGURES = frozenset({"indicator:read"})

ROLES: dict[str, Role] = {
    "org_officer": Role(
        _PEOPLE
        | {"cadre:write", "assignment:write", "committee:write", "post:write"}
        | {"plan:read", "plan:write", "plan:submit", "plan:act"}
        | {"appointment:read", "appointment:write", "appointment:submit", "appointment:act"}
        | {"post_change:read", "post_change:write", "post_change:submit", "post_change:act"}
        | {"rotation:read", "rotation:write", "rotation:submit", "rotation:act"}
        | {"import:read", "import:write", "evaluation:read", "evaluation:write"}
        | {"file:read", "file:write", "waiver:read", "inbox:read"},
        {Level.PROVINCE: frozenset({"unit:write", "title:write"})},
        frozenset({T1, T2, T3}),
        reads_above=True,
    ),
    "approver": Role(
        _PEOPLE
        | {"plan:read", "plan:approve", "plan:act", "evaluation:read", "evaluation:confirm"}
        | {"appointment:read", "appointment:approve", "appointment:act"}
        | {"post_change:read", "post_change:approve", "post_change:act"}
        | {"rotation:read", "rotation:approve", "rotation:act"}
        | {"file:read", "waiver:read", "waiver:write", "inbox:read"},
        {},
        frozenset({T1, T2, T3}),
        reads_above=True,
    ),
    "inspector": Role(
        _PEOPLE
        | {"plan:read", "appointment:read", "evaluation:read", "file:read", "waiver:read"}
        | {"post_change:read", "rotation:read"}
        | {"audit:read", "access_token:read", "access_token:write"},
        {},
        frozenset({T1, T2, T3}),
        reads_above=True,
    ),
    "commune_officer": Role(
        _PEOPLE
        | {"plan:read", "plan:write", "evaluation:read", "evaluation:write"}
        | {"appointment:read", "appointment:write", "inbox:read"}
        | {"post_change:read", "post_change:write"},
        {},
        frozenset({T1, T2}),
    ),
    "unit_head": Role(
        _PEOPLE
        | {"plan:read", "plan:write", "evaluation:read", "evaluation:write", "evaluation:confirm"}
        | {"appointment:read", "appointment:write", "inbox:read"}
        | {"post_change:read", "post_change:write", "rotation:read", "rotation:write"},
        {},
        frozenset({T1}),
    ),
    "self": Role(frozenset({"cadre:read"}), {}, frozenset({T1, T2}), reads_above=True),
    "front": Role(_FIGURES, {}, frozenset({T1}), suppressed=True),
    "service": Role(frozenset(), {}, frozenset({T1})),
    "sysadmin": Role(
        frozenset({"account:read", "account:write", "grant:propose", "grant:confirm"}), {}, frozenset()
    ),
}
"""Role name to what it may do; a role that isn't here grants nothing."""

PERMISSIONS: frozenset[str] = REFERENCE.union(
    *(role.permissions.union(*role.at_level.values()) for role in ROLES.values())
)
"""Every permission there is; a route that names another fails at start."""


_READING = frozenset({"read", "people"})


def only_reads(permissions: frozenset[str]) -> frozenset[str]:
    """Those of `permissions` that change nothing: what a read-only key may hold of a role."""
    return frozenset(name for name in permissions if name.partition(":")[2] in _READING)


MACHINE = frozenset({"session", "account", "grant"})
"""Nouns of the machine itself: whoever works on them reads no people, however high his unit."""


def reading(permission: str) -> str:
    """The permission that says whose rows a holder of `permission` reads: its noun's own, or `cadre:read`.

    Whoever writes units, titles or posts sees the people there only if he may read people.
    """
    noun = permission.partition(":")[0]
    own = f"{noun}:read"
    return own if own in PERMISSIONS and noun not in MACHINE else "cadre:read"
