"""The wall before jose: only our own tokens pass, by the key states and the deny table of this moment."""

import base64
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwt as jose_jwt
from joserfc import jwk, jwt
from sqlalchemy import Engine
from sqlmodel import col, select

from app.models.access import DeniedToken, KeyState, SigningKey
from app.models.base import utc_now
from app.services.tokens import LEEWAY, Keyring
from app.settings import Settings
from tests.services.tokens.forge import (
    SID,
    SUB,
    encoded,
    issued,
    parts,
    private,
    reason,
    signed,
    verified,
    work,
)


def test_a_token_says_who_and_nothing_of_what_he_may(engine: Engine, ring: Keyring) -> None:
    token = issued(engine, ring)
    claims = verified(engine, ring, token)
    assert (claims.sub, claims.sid, claims.client_id, claims.auth_ver) == (SUB, SID, "thenchot", 3)
    assert claims.exp - claims.iat == timedelta(minutes=5)
    header, payload, _ = parts(token)
    assert header.keys() == {"alg", "typ", "kid"}
    assert payload.keys() == {
        "iss", "aud", "sub", "sid", "jti", "exp", "nbf", "iat", "client_id", "scope", "auth_ver"
    }  # fmt: skip


def test_a_second_library_reads_each_token_alike(engine: Engine, ring: Keyring, settings: Settings) -> None:
    token = issued(engine, ring)
    with work(engine) as session:
        keys = jwk.KeySet.import_key_set(ring.jwks(session))  # type: ignore[arg-type]
    found = jwt.decode(token, keys, algorithms=["ES256"])
    claims = verified(engine, ring, token)
    assert found.header["typ"] == "at+jwt"
    assert UUID(found.claims["sub"]) == claims.sub
    assert found.claims["jti"] == claims.jti
    rules = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": settings.issuer},
        aud={"essential": True, "value": settings.audience},
        exp={"essential": True},
    )
    rules.validate(found.claims)


def test_what_a_second_library_signs_by_our_rules_passes(
    engine: Engine, ring: Keyring, settings: Settings
) -> None:
    header, payload, _ = parts(issued(engine, ring))
    key = jwk.ECKey.import_key(private(settings, header["kid"]))
    assert verified(engine, ring, jwt.encode(header, payload, key, algorithms=["ES256"])).sub == SUB


def test_neither_ecdsa_nor_rsa_is_loaded() -> None:
    code = (
        "import sys, app.services.tokens as t; from jose import jwk;"
        "assert not {'ecdsa', 'rsa', 'pyasn1'} & sys.modules.keys(), sys.modules.keys();"
        "assert jwk.get_key('ES256').__module__ == 'jose.backends.cryptography_backend'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_long_token_is_not_looked_at(engine: Engine, ring: Keyring, settings: Settings) -> None:
    token = signed(settings, issued(engine, ring), scope="x" * 4000)
    assert "too long" in reason(engine, ring, token)


@pytest.mark.parametrize("change", ["", ".", "a.b", "a.b.c.d", "..", "é.é.é"])
def test_not_three_parts(engine: Engine, ring: Keyring, change: str) -> None:
    reason(engine, ring, change)


def test_padding_blanks_and_a_second_spelling_are_refused(engine: Engine, ring: Keyring) -> None:
    token = issued(engine, ring)
    head, body, signature = token.split(".")
    for other in (
        f"{token}=",
        f"{token}\n",
        f" {token}",
        f"{head}=.{body}.{signature}",
        token + "A",
        token[:-1],
    ):
        reason(engine, ring, other)
    # 64 bytes are 86 letters; the last holds two bits, the four others could say anything.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = token[:-1] + letters[letters.index(token[-1]) | 1]
    assert base64.urlsafe_b64decode(twin.split(".")[2] + "==") == base64.urlsafe_b64decode(signature + "==")
    assert "another spelling" in reason(engine, ring, twin)


@pytest.mark.parametrize(
    "header",
    [
        {"crit": ["exp"]},
        {"jwk": {"kty": "EC"}},
        {"jku": "https://evil.example/jwks"},
        {"x5u": "https://evil.example/x"},
        {"x5c": ["MII"]},
        {"cty": "JWT"},
        {"typ": "JWT"},
        {"typ": None},
        {"typ": "AT+JWT"},
        {"kid": None},
        {"kid": 1},
        {"kid": ["a"]},
        {"alg": None},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"alg": "es256"},
        {"alg": ["ES256"]},
    ],
)
def test_a_header_other_than_ours(
    engine: Engine, ring: Keyring, settings: Settings, header: dict[str, Any]
) -> None:
    reason(engine, ring, signed(settings, issued(engine, ring), header))


def test_a_name_that_stands_twice(engine: Engine, ring: Keyring) -> None:
    head, body, signature = issued(engine, ring).split(".")
    plain = base64.urlsafe_b64decode(head + "==").decode()
    doubled = plain.replace('{"alg"', '{"alg":"none","alg"')
    assert doubled != plain
    assert "not JSON" in reason(engine, ring, f"{encoded(doubled.encode())}.{body}.{signature}")


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b"\xff", b"{", b'{"exp":NaN}', b"[" * 2000, b""])
def test_a_payload_that_is_no_object(engine: Engine, ring: Keyring, body: bytes) -> None:
    head, _, signature = issued(engine, ring).split(".")
    reason(engine, ring, f"{head}.{encoded(body)}.{signature}")


def test_a_public_key_is_no_secret(engine: Engine, ring: Keyring) -> None:
    import hashlib
    import hmac

    header, payload, _ = parts(issued(engine, ring))
    with work(engine) as session:
        pem = session.exec(select(SigningKey.public_pem).where(col(SigningKey.kid) == header["kid"])).one()
    text = f"{encoded(header | {'alg': 'HS256'})}.{encoded(payload)}"
    mac = hmac.digest(pem.encode(), text.encode(), hashlib.sha256)
    assert "another algorithm" in reason(engine, ring, f"{text}.{encoded(mac)}")


def test_an_unknown_key_is_refused_and_none_is_tried_instead(
    engine: Engine, ring: Keyring, settings: Settings
) -> None:
    token = signed(settings, issued(engine, ring), {"kid": "f" * 32})
    assert reason(engine, ring, token) == "an unknown key"


def test_the_right_kid_with_another_key(engine: Engine, ring: Keyring) -> None:
    header, payload, _ = parts(issued(engine, ring))
    stranger = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    token = jose_jwt.encode(payload, stranger.decode(), "ES256", headers=header)
    assert "Signature" in reason(engine, ring, token)


def test_our_next_key_under_the_active_ones_name(engine: Engine, ring: Keyring, settings: Settings) -> None:
    header, payload, _ = parts(issued(engine, ring))
    with work(engine) as session:
        other = session.exec(select(SigningKey.kid).where(col(SigningKey.state) == KeyState.NEXT)).one()
    token = jose_jwt.encode(payload, private(settings, other), "ES256", headers=header)
    assert "Signature" in reason(engine, ring, token)


@pytest.mark.parametrize(
    "name", ["iss", "aud", "sub", "sid", "jti", "exp", "nbf", "iat", "client_id", "scope", "auth_ver"]
)
def test_each_claim_is_required(engine: Engine, ring: Keyring, settings: Settings, name: str) -> None:
    changed: dict[str, Any] = {name: None}
    reason(engine, ring, signed(settings, issued(engine, ring), **changed))


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-api"},
        {"aud": ["then-chot-api"]},
        {"aud": ["then-chot-api", "another-api"]},
        {"sub": 7},
        {"sub": "not-a-uuid"},
        {"sub": str(SUB).upper()},
        {"sid": ""},
        {"jti": 5},
        {"jti": ""},
        {"client_id": ""},
        {"client_id": ["a"]},
        {"scope": 1},
        {"auth_ver": "3"},
        {"auth_ver": True},
        {"auth_ver": 3.0},
        {"exp": 1e308},
        {"exp": 10**400},
        {"exp": "4102444800"},
        {"exp": True},
        {"nbf": 0.5},
        {"extra": 1},
        {"roles": ["org_officer"]},
    ],
)
def test_a_claim_of_another_kind(
    engine: Engine, ring: Keyring, settings: Settings, claims: dict[str, Any]
) -> None:
    reason(engine, ring, signed(settings, issued(engine, ring), **claims))


@pytest.mark.parametrize(
    ("iat", "nbf", "exp", "good"),
    [
        (0, 0, 300, True),
        (0, 0, 600, True),
        (0, 0, 601, False),
        (-200, -200, -20, True),
        (-300, -300, -40, False),
        (20, 20, 320, True),
        (40, 0, 340, False),
        (0, 40, 300, False),
        (0, 0, 0, False),
        (10, 0, 5, False),
    ],
)
def test_time_is_kept_with_thirty_seconds_of_leeway(  # noqa: PLR0917 - one figure each
    engine: Engine,
    ring: Keyring,
    settings: Settings,
    iat: int,
    nbf: int,
    exp: int,
    good: bool,  # noqa: FBT001
) -> None:
    now = int(datetime.now(UTC).timestamp())
    token = signed(settings, issued(engine, ring), iat=now + iat, nbf=now + nbf, exp=now + exp)
    if good:
        assert verified(engine, ring, token).sub == SUB
    else:
        reason(engine, ring, token)
    assert timedelta(seconds=30) == LEEWAY


def test_a_token_taken_back_is_refused_in_whatever_spelling(
    engine: Engine, ring: Keyring, settings: Settings
) -> None:
    token = issued(engine, ring)
    jti = verified(engine, ring, token).jti
    with work(engine) as session:
        session.add(DeniedToken(jti=jti, until=utc_now() + timedelta(minutes=10)))
    assert reason(engine, ring, token) == "the token was taken back"
    # Signed anew it is another text with the same jti.
    again = signed(settings, token)
    assert again != token
    assert reason(engine, ring, again) == "the token was taken back"
