"""Some things have one room each: whoever else reaches for them is shown the door."""

import ast

import pytest

from tests.house.sources import Source, dotted, example, imports, meanings, sources

ROOMS = {
    # who may read across the units of a caller, and must say why
    "app.services.scope.everywhere": (
        "app/services/scope/",
        "app/services/compliance",
        "app/services/indicator",
    ),
    "app.services.scope.session.everywhere": (
        "app/services/scope/",
        "app/services/compliance",
        "app/services/indicator",
    ),
    # who speaks HTTP
    "httpx": ("app/ui/client/", "app/main.py"),
    # who signs and reads tokens
    "jose": ("app/services/tokens.py",),
    # who runs schema changes
    "alembic": ("app/services/database.py",),
    # who hashes passwords
    "argon2": ("app/services/",),
}


def strangers(file: Source) -> list[str]:
    """What `file` reaches for that has its room elsewhere."""
    return [
        f"{file.at(node)} {thing}"
        for node, name in meanings(file)
        for thing, rooms in ROOMS.items()
        if f"{name}.".startswith(f"{thing}.") and not file.path.startswith(rooms)
    ]


# The tables that one service writes; others may read them.
WRITERS = {
    "app.models.audit.AuditEvent": ("app/services/audit", "app/services/bulk.py"),
    "app.models.audit.AuditValue": ("app/services/audit", "app/services/bulk.py"),
}


def forgers(file: Source) -> list[str]:
    """Where `file` makes a row that another room keeps."""
    names = imports(file.tree)
    return [
        f"{file.at(node)} {made}"
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and (made := dotted(node.func, names)) in WRITERS
        if not file.path.startswith(WRITERS[made])
    ]


def test_audit_events_have_one_writer() -> None:
    assert [line for file in sources("app") for line in forgers(file)] == []


def test_a_forged_audit_event_is_seen() -> None:
    forged = "from app.models import audit\nsession.add(audit.AuditEvent(action='none'))"
    assert forgers(example(forged, "app/services/cadre.py"))
    assert not forgers(example(forged, "app/services/audit.py"))
    assert not forgers(example("from app.models.audit import AuditEvent\nquery = select(AuditEvent)"))


def test_each_thing_is_used_in_its_room_alone() -> None:
    assert [
        line for file in sources("app") if not file.path.startswith("app/models/") for line in strangers(file)
    ] == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("from app.services.scope import everywhere", "app/services/cadre.py"),
        ("from app.services import scope\nrows = scope.everywhere(session, because='')", "app/api/cadre.py"),
        ("import httpx", "app/ui/pages/cadre.py"),
        ("from httpx import AsyncClient", "app/services/unit.py"),
        ("from jose import jwt", "app/api/deps.py"),
    ],
)
def test_a_stranger_is_seen(text: str, path: str) -> None:
    assert strangers(example(text, path))


def test_the_keeper_is_welcome() -> None:
    assert strangers(example("from httpx import AsyncClient", "app/ui/client/api.py")) == []
