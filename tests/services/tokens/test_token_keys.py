"""Keys: their states, rotation, private halves; what a verification costs."""

import stat
import subprocess
import sys
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, event
from sqlmodel import select

from app.models.access import KeyState, SigningKey
from app.models.base import utc_now
from app.services.tokens import OVERLAP, Keyring
from app.settings import Settings
from tests.services.tokens.forge import SID, SUB, issued, parts, reason, verified, work


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
