"""What the database holds of waivers: one number a year, a use that stays, an end after a beginning."""

import pytest

from app.settings import Settings
from tests import raw

SOUND = {"scope": "dossier", "signed_on": "2021-12-01", "expires_on": "2021-12-31"}


def test_a_body_gives_a_number_once_a_year(settings: Settings) -> None:
    with raw.client(settings) as client:
        first = client.insert("waiver", number_key="12-CV/HU", signed_year=2021, **SOUND)
        same = {"authority_id": first["authority_id"], "number_key": "12-CV/HU"} | SOUND
        client.refuses_insert("number", "waiver", signed_year=2021, **same)
        client.insert("waiver", signed_year=2022, **same)
        client.insert("waiver", number_key="12-CV/HU", signed_year=2021, **SOUND)
        assert client.run("SELECT count(*) FROM waiver") == [(3,)]


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("expiry", {"expires_on": "2021-11-30"}),
        ("person", {"scope": "person"}),
        ("revoked", {"revoked_at": "2021-12-02 00:00:00.000000"}),
        ("revoked", {"revocation_reason": "x"}),
        ("scope", {"scope": "everybody"}),
    ],
)
def test_what_can_not_be_is_refused(settings: Settings, rule: str, values: dict[str, str]) -> None:
    with raw.client(settings) as client:
        client.refuses_insert(f"ck_waiver_{rule}", "waiver", **(SOUND | values))


def test_a_use_is_never_changed_or_deleted(settings: Settings) -> None:
    with raw.client(settings) as free:
        key = free.insert("waiver_use")["id"]
    with raw.client(settings, keys=True) as client:
        for statement in (
            "UPDATE waiver_use SET waiver_id = waiver_id",
            "DELETE FROM waiver_use",
        ):
            client.refuses("waiver_use_append_only", statement)
        client.refuses("waiver_use_append_only", "DELETE FROM waiver_use WHERE id = ?", key)
