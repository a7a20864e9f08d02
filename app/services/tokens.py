"""Access tokens: strict ES256 JWTs, and the keys they are signed with. Nothing else in the house sees `jose`.

`jose` alone is permissive: it takes unknown critical headers, any `typ`, lists of audiences, tokens with
padding. `Keyring.verify` therefore takes only what `Keyring.issue` makes, byte for byte in form, and asks the
database last: which state the key has now and whether the token was taken back. So a revoked key or a denied
token stops with the very next request, on every process. Kept in memory are the parsed public keys (a key
never changes under its `kid`) and what was read from tokens whose signature held, while they live.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jose import jwk, jwt
from jose.backends.base import Key
from jose.exceptions import JOSEError
from sqlalchemy import Select, bindparam, exists
from sqlmodel import Session, col, select

from app.models.access import DeniedToken, KeyState, SigningKey
from app.models.base import new_id, utc_now
from app.services.token_form import ALGORITHM, TYPE, Refused, opened, uuid
from app.settings import Settings

LIFE = timedelta(minutes=5)
LONGEST_LIFE = timedelta(minutes=10)
"""A token that claims to live longer is refused, whoever signed it."""

LEEWAY = timedelta(seconds=30)
MOST_VERIFIED = 2_000
"""How many tokens a process remembers as verified, by their SHA-256."""

OVERLAP = LONGEST_LIFE + LEEWAY
"""How long a key must go on verifying after the last token was signed with it."""

PUBLISHED = (KeyState.NEXT, KeyState.ACTIVE, KeyState.RETIRING)
"""States in which a key verifies and stands in the JWKS."""

_CLAIMS = frozenset(
    {"iss", "aud", "sub", "sid", "jti", "exp", "nbf", "iat", "client_id", "scope", "auth_ver"}
)
_REQUIRED = {f"require_{name}": True for name in ("aud", "iat", "exp", "nbf", "iss", "sub", "jti")}
_PRIVATE_MODE = 0o600
_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says: who (`sub`), in which session (`sid`), by which client; not what he may."""

    sub: UUID
    sid: UUID
    jti: str
    client_id: str
    scope: str
    auth_ver: int
    exp: datetime
    iat: datetime


@dataclass(frozen=True, slots=True)
class _Verified:
    """What was found of a token that holds: nothing of it changes while it lives."""

    kid: str
    claims: Claims
    nbf: int


class Keyring:
    """The signing keys: public halves in the database, private ones in DATA_DIR/keys with mode 0600."""

    def __init__(self, settings: Settings) -> None:
        self._issuer = settings.issuer
        self._audience = settings.audience
        self._folder = settings.data_dir / "keys"
        self._public: dict[str, Key] = {}
        self._private: dict[str, Key] = {}
        self._verified: dict[bytes, _Verified] = {}

    # --- issue and verify --------------------------------------------------------------------------

    def issue(
        self,
        session: Session,
        *,
        subject: UUID,
        session_id: UUID,
        client: str,
        auth_version: int,
        scope: str = "api",
        until: datetime | None = None,
    ) -> tuple[str, int]:
        """A new token and the seconds it lives: five minutes, or until `until` if that comes sooner.

        The first token of a new installation makes the first keys in the same transaction.
        """
        kid = self._signing_kid(session) or self.ensure(session)
        now = int(utc_now().timestamp())
        life = int(LIFE.total_seconds())
        if until is not None:
            life = max(0, min(life, int(until.timestamp()) - now))
        claims = {
            "iss": self._issuer,
            "aud": self._audience,
            "sub": str(subject),
            "sid": str(session_id),
            "jti": uuid4().hex,
            "iat": now,
            "nbf": now,
            "exp": now + life,
            "client_id": client,
            "scope": scope,
            "auth_ver": auth_version,
        }
        headers = {"typ": TYPE, "kid": kid}
        return jwt.encode(claims, self._private_key(kid), algorithm=ALGORITHM, headers=headers), life

    def verify(self, session: Session, token: str) -> Claims:
        """What `token` says, once everything about it holds. One statement on the database, the last step.

        What can't change is judged once for each token: its form, its signature, its claims. Its times, the
        state of its key and whether it was taken back are asked anew with every request.

        Raises:
            Refused: anything is wrong; a 401.
        """
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        kept = self._verified.get(digest)
        if kept is None:
            kept = self._first(session, token)
        else:
            _in_time(kept)
        found = session.execute(_standing(), {"of_kid": kept.kid, "of_jti": kept.claims.jti}).one_or_none()
        if found is None or found[0] not in PUBLISHED:
            raise Refused("the key is revoked")
        if found[1]:
            raise Refused("the token was taken back")
        self._keep_verified(digest, kept)
        return kept.claims

    def _first(self, session: Session, token: str) -> _Verified:
        kid, claims_in = opened(token)
        key = self._public_key(session, kid)
        try:
            decoded = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                options={**_REQUIRED, "leeway": int(LEEWAY.total_seconds())},
            )
        except (JOSEError, ValueError, OverflowError) as error:
            raise Refused(f"jose: {error}") from error
        if decoded != claims_in:
            raise Refused("two readings of one payload differ")
        return _Verified(kid, self._judged(decoded), decoded["nbf"])

    def _keep_verified(self, digest: bytes, verified: _Verified) -> None:
        if digest in self._verified:
            return
        if len(self._verified) >= MOST_VERIFIED:
            # The oldest half goes at once: nobody pays for each.
            for old in list(self._verified)[: MOST_VERIFIED // 2]:
                self._verified.pop(old, None)
        self._verified[digest] = verified

    def _judged(self, claims: Mapping[str, Any]) -> Claims:
        if claims.keys() != _CLAIMS:
            raise Refused("other claims than ours")
        if claims["aud"] != self._audience or claims["iss"] != self._issuer:
            raise Refused("for another audience")
        for name in ("exp", "nbf", "iat", "auth_ver"):
            if type(claims[name]) is not int:
                raise Refused(f"{name} is no integer")
        for name in ("sub", "sid", "jti", "client_id", "scope"):
            if not isinstance(claims[name], str) or not claims[name]:
                raise Refused(f"{name} is no text")
        iat, exp = claims["iat"], claims["exp"]
        if not 0 < exp - iat <= LONGEST_LIFE.total_seconds():
            raise Refused("it lives too long")
        now = utc_now()
        if iat > (now + LEEWAY).timestamp():
            raise Refused("issued in the future")
        return Claims(
            sub=uuid(claims["sub"]),
            sid=uuid(claims["sid"]),
            jti=claims["jti"],
            client_id=claims["client_id"],
            scope=claims["scope"],
            auth_ver=claims["auth_ver"],
            exp=datetime.fromtimestamp(exp, now.tzinfo),
            iat=datetime.fromtimestamp(iat, now.tzinfo),
        )

    # --- keys --------------------------------------------------------------------------------------

    def jwks(self, session: Session) -> dict[str, list[dict[str, str]]]:
        """The public keys as RFC 7517 has them, newest last: next, active and retiring."""
        rows = session.exec(
            select(SigningKey)
            .where(col(SigningKey.state).in_(PUBLISHED))
            .order_by(col(SigningKey.created_at), col(SigningKey.kid))
        )
        return {"keys": [_public_jwk(row) for row in rows]}

    def ensure(self, session: Session) -> str:
        """Makes the active key, and the next one, where this DATA_DIR holds none; gives the active one's kid.

        Flushes only. Processes that do it at the same time on PostgreSQL may each make a pair: all of them
        verify everywhere, and every process signs with the oldest active key whose private half it holds.
        """
        kid = self._signing_kid(session)
        if kid is None:
            kid = self._make(session, KeyState.ACTIVE).kid
            self._make(session, KeyState.NEXT)
            session.flush()
        return kid

    def rotate(self, session: Session) -> str:
        """Next becomes active, active retires, a new next is made; gives the active kid. Flushes only.

        A retiring key is revoked by the first rotation that comes later than OVERLAP after the one before, so
        that no token dies before its time.
        """
        self.ensure(session)
        rows = [row for row in _keys(session, *PUBLISHED) if self._path(row.kid).exists()]
        latest = max(row.created_at for row in rows)
        for row in rows:
            if row.state == KeyState.RETIRING and utc_now() - latest > OVERLAP:
                self._revoke(row)
            elif row.state == KeyState.ACTIVE:
                row.state = KeyState.RETIRING
        following = [row for row in rows if row.state == KeyState.NEXT] or [
            self._make(session, KeyState.NEXT)
        ]
        following[0].state = KeyState.ACTIVE
        self._make(session, KeyState.NEXT)
        session.flush()
        return following[0].kid

    def revoke(self, session: Session, kid: str) -> None:
        """Stops a key at once: what it signed is refused from the next request on. Flushes only.

        Raises:
            KeyError: there is no such key.
        """
        row = session.get(SigningKey, kid)
        if row is None:
            raise KeyError(kid)
        self._revoke(row)
        session.flush()

    def _revoke(self, row: SigningKey) -> None:
        row.state = KeyState.REVOKED
        self._private.pop(row.kid, None)
        self._path(row.kid).unlink(missing_ok=True)

    def _make(self, session: Session, state: KeyState) -> SigningKey:
        private = ec.generate_private_key(ec.SECP256R1())
        row = SigningKey(
            kid=new_id().hex,
            public_pem=private.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode(),
            state=state,
        )
        self._keep(
            row.kid,
            private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )
        session.add(row)
        return row

    def _keep(self, kid: str, pem: bytes) -> None:
        """Writes a private half under its name in one step, so that nobody ever reads half of it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / f"{kid}.{os.getpid()}.new"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_MODE)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(pem)
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, self._path(kid))
        finally:
            draft.unlink()

    def _path(self, kid: str) -> Path:
        return self._folder / f"{kid}.pem"

    def _signing_kid(self, session: Session) -> str | None:
        kids = session.exec(
            select(col(SigningKey.kid))
            .where(col(SigningKey.state) == KeyState.ACTIVE)
            .order_by(col(SigningKey.created_at), col(SigningKey.kid))
        )
        return next((kid for kid in kids if kid in self._private or self._path(kid).exists()), None)

    def _private_key(self, kid: str) -> Key:
        found = self._private.get(kid)
        if found is None:
            path = self._path(kid)
            if path.stat().st_mode & _OTHERS:
                raise PermissionError(f"{path.name}: others may read a private key; set its mode to 0600")
            found = self._private[kid] = jwk.construct(path.read_text(), ALGORITHM)
        return found

    def _public_key(self, session: Session, kid: str) -> Key:
        found = self._public.get(kid)
        if found is None:
            pem = session.exec(
                select(col(SigningKey.public_pem)).where(col(SigningKey.kid) == kid)
            ).one_or_none()
            if pem is None:
                raise Refused("an unknown key")
            found = self._public[kid] = jwk.construct(pem, ALGORITHM)
        return found


@cache
def _standing() -> Select[Any]:
    """The state of a key and whether a token was taken back; built once."""
    denied = exists().where(col(DeniedToken.jti) == bindparam("of_jti"))
    statement: Select[Any] = select(col(SigningKey.state), denied).where(  # type: ignore[assignment]
        col(SigningKey.kid) == bindparam("of_kid")
    )
    return statement


def _in_time(kept: _Verified) -> None:
    """The times of a token, with the same leeway as at its first look; Refused outside of them."""
    now, leeway = int(utc_now().timestamp()), int(LEEWAY.total_seconds())
    if kept.claims.exp.timestamp() < now - leeway:
        raise Refused("it has expired")
    if max(kept.nbf, kept.claims.iat.timestamp()) > now + leeway:
        raise Refused("issued in the future")


def _keys(session: Session, *states: KeyState) -> list[SigningKey]:
    return list(
        session.exec(
            select(SigningKey)
            .where(col(SigningKey.state).in_(states))
            .order_by(col(SigningKey.created_at), col(SigningKey.kid))
            .with_for_update()
        )
    )


def _public_jwk(row: SigningKey) -> dict[str, str]:
    found = jwk.construct(row.public_pem, ALGORITHM).to_dict()
    return {name: str(found[name]) for name in ("kty", "crv", "x", "y", "alg")} | {
        "kid": row.kid,
        "use": "sig",
    }
