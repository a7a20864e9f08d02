"""Some things have one room each: whoever else reaches for them is shown the door."""

import pytest

from tests.house.sources import Source, example, meanings, sources

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
    # who writes the record of what was done
    "app.models.audit.AuditValue": ("app/services/audit", "app/services/bulk.py"),
    "app.services.audit.event_row": ("app/services/audit", "app/services/bulk.py"),
    # who speaks HTTP
    "httpx": ("app/ui/client.py", "app/main.py"),
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


def test_each_thing_is_used_in_its_room_alone() -> None:
    assert [
        line for file in sources("app") if not file.path.startswith("app/models/") for line in strangers(file)
    ] == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("from app.services.scope import everywhere", "app/services/cadre.py"),
        ("from app.services import scope\nrows = scope.everywhere(session, because='')", "app/api/cadre.py"),
        ("from app.models.audit import AuditValue", "app/services/cadre.py"),
        ("import httpx", "app/ui/pages/cadre.py"),
        ("from httpx import AsyncClient", "app/services/unit.py"),
        ("from jose import jwt", "app/api/deps.py"),
    ],
)
def test_a_stranger_is_seen(text: str, path: str) -> None:
    assert strangers(example(text, path))


def test_the_keeper_is_welcome() -> None:
    assert strangers(example("from httpx import AsyncClient", "app/ui/client.py")) == []
