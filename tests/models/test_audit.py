"""The audit log only grows: neither the application nor a database client changes or deletes an event."""

from collections.abc import Iterator

import pytest

from app.settings import Settings
from tests import raw

NOW = "2022-01-01 00:00:00.000000"
BLANK = "UPDATE audit_value SET before = '', after = '', salt = ?, erased_at = ? WHERE event_id = ?"


@pytest.fixture
def client(settings: Settings) -> Iterator[raw.Client]:
    with raw.client(settings, keys=True) as client:
        yield client


def test_an_event_is_never_changed_or_deleted(client: raw.Client) -> None:
    event = client.insert("audit_event", actor="a")["id"]
    refused = "audit_event_append_only"
    client.refuses(refused, "UPDATE audit_event SET actor = 'b' WHERE id = ?", event)
    client.refuses(refused, "UPDATE audit_event SET actor = actor")
    client.refuses(refused, "DELETE FROM audit_event WHERE id = ?", event)
    client.refuses(refused, "DELETE FROM audit_event")
    assert client.run("SELECT actor FROM audit_event") == [("a",)]


def test_values_are_erased_by_law_and_in_no_other_way(client: raw.Client) -> None:
    event = client.insert("audit_event")["id"]
    client.insert("audit_value", event_id=event, before="{}", after='{"a": 1}')
    refused = "audit_value_append_only"
    for statement, *values in (
        ("UPDATE audit_value SET after = '{}'",),
        ("UPDATE audit_value SET erased_at = ?", NOW),
        ("UPDATE audit_value SET before = '', after = '', salt = ?", b""),
        ("UPDATE audit_value SET before = '', after = 'x', salt = ?, erased_at = ?", b"", NOW),
        ("UPDATE audit_value SET before = '', after = '', erased_at = ?", NOW),
        (BLANK, b"kept", NOW, event),
        ("DELETE FROM audit_value",),
    ):
        client.refuses(refused, statement, *values)
    client.run(BLANK, b"", NOW, event)
    client.refuses(refused, "UPDATE audit_value SET after = 'again'")
    client.refuses(refused, BLANK, b"", NOW, event)
    assert client.run("SELECT before, after, length(salt) FROM audit_value") == [("", "", 0)]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"])
def test_no_conflict_clause_replaces_an_event(client: raw.Client, verb: str) -> None:
    event = client.insert("audit_event", actor="a")["id"]
    refused = "audit_event_append_only"
    client.refuses_insert(refused, "audit_event", verb, id=event, actor="b")
    client.refuses_insert(refused, "audit_event", verb, rowid=1, actor="b")
    assert client.run("SELECT actor FROM audit_event") == [("a",)]


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_log_is_not_truncated(client: raw.Client) -> None:
    client.insert("audit_event")
    client.refuses("audit_event_append_only", "TRUNCATE audit_event CASCADE")
    client.refuses("audit_value_append_only", "TRUNCATE audit_value")
