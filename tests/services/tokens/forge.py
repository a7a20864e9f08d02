"""Tokens as we issue them, and tokens right in everything but one thing."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from jose import jwk as jose_jwk
from sqlalchemy import Engine

from app.services.database import writing
from app.services.scope import Scope, ScopedSession
from app.services.token_form import Refused
from app.services.tokens import Claims, Keyring
from app.settings import Settings

TODAY = date(2021, 12, 31)
SUB, SID = uuid4(), uuid4()


@contextmanager
def work(engine: Engine) -> Iterator[ScopedSession]:
    with ScopedSession(writing(engine), Scope.nobody(TODAY, "t")) as session:
        yield session
        session.commit()


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
