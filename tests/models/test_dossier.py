"""What was decided stays: no database client changes or deletes a decision, a step or a snapshot."""

import pytest

from app.settings import Settings
from tests import raw

KEPT = ("dossier_decision", "dossier_step", "dossier_snapshot")
CHANGED = {"dossier_decision": "number", "dossier_step": "note", "dossier_snapshot": "findings"}


@pytest.mark.parametrize("table", KEPT)
def test_what_was_decided_is_never_changed_or_deleted(settings: Settings, table: str) -> None:
    with raw.client(settings) as free:
        key = free.insert(table)["id"]
        kept = free.run(f"SELECT * FROM {table}")
    refused, column = f"{table}_append_only", CHANGED[table]
    with raw.client(settings, keys=True) as client:
        client.refuses(refused, f"UPDATE {table} SET {column} = 'x' WHERE id = ?", key)
        client.refuses(refused, f"UPDATE {table} SET {column} = {column}")
        client.refuses(refused, f"DELETE FROM {table} WHERE id = ?", key)
        client.refuses(refused, f"DELETE FROM {table}")
        if client.sqlite:
            client.refuses_insert(refused, table, "INSERT OR REPLACE", id=key)
        else:
            client.refuses(refused, f"TRUNCATE {table} CASCADE")
        assert client.run(f"SELECT * FROM {table}") == kept


def test_a_body_uses_a_number_once_a_year(settings: Settings) -> None:
    with raw.client(settings) as client:
        first = client.insert("dossier_decision", number_key="12-QD/HU", signed_year=2021)
        same = {"issuer_id": first["issuer_id"], "number_key": "12-QD/HU"}
        client.refuses_insert("number", "dossier_decision", signed_year=2021, **same)
        client.insert("dossier_decision", signed_year=2022, **same)
        client.insert("dossier_decision", number_key="12-QD/HU", signed_year=2021)
        assert client.run("SELECT count(*) FROM dossier_decision") == [(3,)]


def test_a_paper_is_withdrawn_once_and_never_moved_or_deleted(settings: Settings) -> None:
    """Only a withdrawal passes, and it changes nothing else."""
    with raw.client(settings) as free:
        row = free.insert("attachment", withdrawn_at=None, withdrawn_by=None, withdrawal_reason=None)
        key, by, refused = row["file_id"], free.insert("principal")["id"], "attachment_append_only"
    withdrawn = "UPDATE attachment SET withdrawn_at = ?, withdrawn_by = ?, withdrawal_reason = 'x'"
    day = "2021-12-31 10:00:00"
    with raw.client(settings, keys=True) as client:
        for change in ("kind = 'other'", "round = 7", "document_number = 'x'", "meeting_id = file_id"):
            client.refuses(refused, f"UPDATE attachment SET {change} WHERE file_id = ?", key)
        client.refuses(refused, f"{withdrawn}, round = 7 WHERE file_id = ?", day, by, key)
        client.run(f"{withdrawn} WHERE file_id = ?", day, by, key)
        client.refuses(refused, f"{withdrawn} WHERE file_id = ?", day, by, key)
        client.refuses(refused, "DELETE FROM attachment WHERE file_id = ?", key)
        assert client.run("SELECT count(*) FROM attachment WHERE withdrawal_reason = 'x'") == [(1,)]
