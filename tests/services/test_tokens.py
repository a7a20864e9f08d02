"""The wall before jose: only our own tokens pass, by the key states and the deny table of this moment."""

import base64
import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jose import jwk as jose_jwk
from jose import jwt as jose_jwt
from joserfc import jwk, jwt
from sqlalchemy import Engine, event
from sqlmodel import col, select

from app.models.access import DeniedToken, KeyState, SigningKey
from app.models.base import utc_now
from app.services.database import writing
from app.services.scope import Scope, ScopedSession, guard_engine
from app.services.tokens import LEEWAY, OVERLAP, Claims, Keyring, Refused
from app.settings import Settings

TODAY = date(2021, 12, 31)
SUB, SID = uuid4(), uuid4()


@contextmanager
def work(engine: Engine) -> Iterator[ScopedSession]:
    with ScopedSession(writing(engine), Scope.nobody(TODAY, "t")) as session:
        yield session
        session.commit()


@pytest.fixture
def ring(settings: Settings, engine: Engine) -> Keyring:
    guard_engine(engine)
    keyring = Keyring(settings)
    with work(engine) as session:
        keyring.ensure(session)
    return keyring


def issued(engine: Engine, ring: Keyring) -> str:
    with work(engine) as session:
        token, seconds = ring.issue(session, subject=SUB, session_id=SID, client="thenchot", auth_version=3)
        assert seconds == 300
        return token


def verified(engine: Engine, ring: Keyring, token: str) -> Claims:
    with ScopedSession(engine, Scope.nobody(TODAY, "t")) as session:
        return ring.verify(session, token)


def reason(engine: Engine, ring: Keyring, token: str) -> str:
    with pytest.raises(Refused) as refused:
        verified(engine, ring, token)
    assert refused.value.detail == "Mã truy cập không hợp lệ hoặc đã hết hạn. Hãy đăng nhập lại."
    return refused.value.reason


def encoded(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    header, payload, signature = token.split(".")
    read = [json.loads(base64.urlsafe_b64decode(part + "==")) for part in (header, payload)]
    return read[0], read[1], signature


def private(settings: Settings, kid: str) -> str:
    return (settings.data_dir / "keys" / f"{kid}.pem").read_text()


def signed(settings: Settings, token: str, header: dict[str, Any] | None = None, **claims: object) -> str:
    """A token right in everything but what is named, signed by the real key; None takes a claim away."""
    old, payload, _ = parts(token)
    body = {name: value for name, value in (payload | claims).items() if value is not None}
    found = {name: value for name, value in (old | (header or {})).items() if value is not None}
    text = f"{encoded(found)}.{encoded(body)}"
    key = jose_jwk.construct(private(settings, old["kid"]), "ES256")
    return f"{text}.{encoded(key.sign(text.encode()))}"


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


# --- rule 1: one importer, the safe backend ----------------------------------------------------------


def test_neither_ecdsa_nor_rsa_is_loaded() -> None:
    code = (
        "import sys, app.services.tokens as t; from jose import jwk;"
        "assert not {'ecdsa', 'rsa', 'pyasn1'} & sys.modules.keys(), sys.modules.keys();"
        "assert jwk.get_key('ES256').__module__ == 'jose.backends.cryptography_backend'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# --- rule 2: the form, before anything is believed ---------------------------------------------------


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


# --- rule 3: keys come from our table alone ----------------------------------------------------------


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


# --- rules 4 and 5: claims -----------------------------------------------------------------------------


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


# --- rule 6: rotation ------------------------------------------------------------------------------


def states(engine: Engine) -> dict[str, KeyState]:
    with work(engine) as session:
        return {row.kid: row.state for row in session.exec(select(SigningKey))}


def set_state(engine: Engine, kid: str, state: KeyState) -> None:
    with work(engine) as session:
        row = session.get(SigningKey, kid)
        assert row is not None
        row.state = state


@pytest.mark.parametrize(("state", "good"), [(state, state != KeyState.REVOKED) for state in KeyState])
def test_a_key_verifies_in_each_state_but_revoked(
    engine: Engine,
    ring: Keyring,
    settings: Settings,
    state: KeyState,
    good: bool,  # noqa: FBT001
) -> None:
    token = issued(engine, ring)
    kid = parts(token)[0]["kid"]
    assert verified(engine, ring, token).sub == SUB
    set_state(engine, kid, state)
    # The ring that has the key in memory, and one that never saw it.
    for keyring in (ring, Keyring(settings)):
        if good:
            assert verified(engine, keyring, token).sub == SUB
        else:
            assert reason(engine, keyring, token) == "the key is revoked"


def test_rotation_goes_next_active_retiring_revoked(
    engine: Engine, ring: Keyring, settings: Settings
) -> None:
    first = issued(engine, ring)
    before = states(engine)
    assert sorted(before.values()) == [KeyState.ACTIVE, KeyState.NEXT]
    following = next(kid for kid, state in before.items() if state == KeyState.NEXT)
    with work(engine) as session:
        published = {key["kid"] for key in ring.jwks(session)["keys"]}
        assert ring.rotate(session) == following
    assert following in published
    second = issued(engine, ring)
    assert parts(second)[0]["kid"] == following
    assert verified(engine, ring, first).sub == verified(engine, ring, second).sub == SUB
    assert sorted(states(engine).values()) == [KeyState.ACTIVE, KeyState.NEXT, KeyState.RETIRING]
    # Rotated again at once: the first key's tokens may still live, so it goes on verifying.
    with work(engine) as session:
        ring.rotate(session)
    assert verified(engine, ring, first).sub == SUB
    # And after the overlap it goes, with its private half.
    with work(engine) as session:
        for row in session.exec(select(SigningKey)):
            row.created_at -= OVERLAP + timedelta(seconds=1)
    with work(engine) as session:
        ring.rotate(session)
    assert reason(engine, ring, first) == "the key is revoked"
    assert not (settings.data_dir / "keys" / f"{parts(first)[0]['kid']}.pem").exists()
    with work(engine) as session:
        kids = {key["kid"] for key in ring.jwks(session)["keys"]}
    assert kids == {kid for kid, state in states(engine).items() if state != KeyState.REVOKED}


def test_a_revoked_active_key_is_replaced_and_its_tokens_die(engine: Engine, ring: Keyring) -> None:
    token = issued(engine, ring)
    kid = parts(token)[0]["kid"]
    with work(engine) as session:
        ring.revoke(session, kid)
    reason(engine, ring, token)
    fresh = issued(engine, ring)
    assert parts(fresh)[0]["kid"] != kid
    assert verified(engine, ring, fresh).sub == SUB


def test_the_published_keys_hold_no_private_part(engine: Engine, ring: Keyring) -> None:
    with work(engine) as session:
        keys = ring.jwks(session)["keys"]
    assert len(keys) == 2
    for key in keys:
        assert key.keys() == {"kty", "crv", "x", "y", "alg", "kid", "use"}
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")


def test_private_halves_are_the_owners_alone(engine: Engine, ring: Keyring, settings: Settings) -> None:
    files = list((settings.data_dir / "keys").iterdir())
    assert len(files) == 2
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    kid = parts(issued(engine, ring))[0]["kid"]
    path = settings.data_dir / "keys" / f"{kid}.pem"
    path.chmod(0o644)
    with pytest.raises(PermissionError, match="0600"), work(engine) as session:
        Keyring(settings).issue(session, subject=SUB, session_id=SID, client="c", auth_version=1)


def test_two_processes_that_begin_at_once_agree(engine: Engine, settings: Settings) -> None:
    """Each may make keys of its own; whatever either signs, both verify."""
    code = (
        "import sys, datetime as d, uuid; from app.settings import Settings;"
        "from app.services.database import build_engine, writing; from app.services.tokens import Keyring;"
        "from app.services.scope import Scope, ScopedSession; from pathlib import Path;"
        "s = Settings(data_dir=Path(sys.argv[1]), database_url=sys.argv[2], busy_timeout_ms=30000);"
        "e = build_engine(s); x = ScopedSession(writing(e), Scope.nobody(d.date(2021, 12, 31)));"
        "print(Keyring(s).issue(x, subject=uuid.UUID(int=5), session_id=uuid.UUID(int=6), client='c',"
        " auth_version=1)[0]); x.commit(); x.close(); e.dispose()"
    )
    command = [sys.executable, "-c", code, str(settings.data_dir), settings.url]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    tokens = [process.communicate(timeout=60)[0].strip() for process in started]
    assert [process.returncode for process in started] == [0, 0]
    ring = Keyring(settings)
    for token in tokens:
        assert verified(engine, ring, token).sub == UUID(int=5)
    if engine.dialect.name == "sqlite":
        assert len(states(engine)) == 2


def test_verification_asks_the_database_once(engine: Engine, ring: Keyring) -> None:
    token = issued(engine, ring)
    verified(engine, ring, token)
    asked: list[str] = []

    def count(*args: object) -> None:
        if str(args[2]).startswith("SELECT"):
            asked.append(str(args[2]))

    event.listen(engine, "before_cursor_execute", count)
    verified(engine, ring, token)
    assert len(asked) == 1
    asked.clear()
    reason(engine, ring, token[:-6] + "AAAAAA")
    assert asked == []


def test_a_token_lives_no_longer_than_its_session(engine: Engine, ring: Keyring) -> None:
    with work(engine) as session:
        token, seconds = ring.issue(
            session,
            subject=SUB,
            session_id=SID,
            client="c",
            auth_version=1,
            until=utc_now() + timedelta(seconds=60),
        )
    assert seconds <= 60
    claims = verified(engine, ring, token)
    assert claims.exp - claims.iat == timedelta(seconds=seconds)


# --- rule 8: fuzz ----------------------------------------------------------------------------------

FUZZ = hypothesis_settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FUZZ
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 6))
def test_no_flipped_bit_passes(engine: Engine, ring: Keyring, place: float, bit: int) -> None:
    token = issued_once(engine, ring)
    at = int(place * len(token))
    flipped = token[:at] + chr(ord(token[at]) ^ (1 << bit)) + token[at + 1 :]
    reason(engine, ring, flipped)


@FUZZ
@given(
    header=st.dictionaries(
        st.sampled_from(["alg", "typ", "kid", "crit", "jwk", "jku", "b64", "zip", "enc"]),
        st.one_of(
            st.none(), st.sampled_from(["ES256", "none", "HS256", "at+jwt", "JWT", ""]), st.text(max_size=8)
        ),
        min_size=1,
        max_size=4,
    )
)
def test_no_spliced_header_passes(engine: Engine, ring: Keyring, header: dict[str, Any]) -> None:
    token = issued_once(engine, ring)
    old, _, _ = parts(token)
    _, body, signature = token.split(".")
    spliced = f"{encoded(old | header)}.{body}.{signature}"
    if spliced != token:
        reason(engine, ring, spliced)


@FUZZ
@given(text=st.one_of(st.text(max_size=200), st.binary(max_size=200).map(lambda raw: raw.decode("latin-1"))))
def test_no_noise_passes(engine: Engine, ring: Keyring, text: str) -> None:
    for token in (text, f"{text}.{text}.{text}", f"{encoded(text.encode())}.{encoded(text.encode())}.AAAA"):
        reason(engine, ring, token)


_ISSUED: dict[int, str] = {}


def issued_once(engine: Engine, ring: Keyring) -> str:
    """One token for all examples of a property."""
    if id(ring) not in _ISSUED:
        _ISSUED[id(ring)] = issued(engine, ring)
    return _ISSUED[id(ring)]
