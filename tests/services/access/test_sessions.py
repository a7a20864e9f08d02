"""How long a session lives, who sees it and who ends it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from app.models.access import (
    Principal,
    SignIn,
)
from app.models.audit import AuditEvent
from app.services import access
from app.services.access.session import IDLE, LONGEST
from app.services.errors import NotFound, Unauthenticated
from app.services.scope import Actor, Scope
from app.services.tokens import Keyring
from tests.services.access.doors import TODAY, SignsIn, caller, events, exchanged, turned_back, work


def test_a_secret_is_exchanged_again_and_again(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    secret = signs_in("btc.tinh").session_secret
    tokens = {exchanged(world_engine, ring, secret) for _ in range(3)}
    assert len(tokens) == 3
    assert {caller(world_engine, ring, token).username for token in tokens} == {"btc.tinh"}


@pytest.mark.parametrize("secret", ["", "x", "A" * 43])
def test_an_unknown_secret_is_refused(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn, secret: str
) -> None:
    signs_in("btc.tinh")
    with pytest.raises(Unauthenticated) as refused:
        exchanged(world_engine, ring, secret)
    assert refused.value.scheme == "Session"


def test_an_idle_session_ends_and_a_used_one_goes_on(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    secret = signs_in("btc.tinh").session_secret
    for _ in range(3):
        turned_back(world_engine, SignIn, "last_seen_at", IDLE - timedelta(minutes=1))
        exchanged(world_engine, ring, secret)
    turned_back(world_engine, SignIn, "last_seen_at", IDLE)
    with pytest.raises(Unauthenticated):
        exchanged(world_engine, ring, secret)


def test_twelve_hours_are_the_end_however_busy(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    opened = signs_in("btc.tinh")
    turned_back(world_engine, SignIn, "expires_at", LONGEST - timedelta(seconds=90))
    with work(world_engine) as session:
        issued = access.exchange(session, ring, opened.session_secret)
    assert issued.expires_in <= 90
    turned_back(world_engine, SignIn, "expires_at", timedelta(seconds=91))
    for token in (opened.access_token, issued.access_token):
        with pytest.raises(Unauthenticated):
            caller(world_engine, ring, token)
    with pytest.raises(Unauthenticated):
        exchanged(world_engine, ring, opened.session_secret)


def test_an_exchange_leaves_no_event_and_no_new_version(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    secret = signs_in("btc.tinh").session_secret
    with work(world_engine) as session:
        before = len(session.exec(select(AuditEvent.id)).all())
    exchanged(world_engine, ring, secret)
    with work(world_engine) as session:
        assert len(session.exec(select(AuditEvent.id)).all()) == before
        assert session.exec(select(Principal.version).where(col(Principal.username) == "btc.tinh")).one() == 1


def ended(engine: Engine, actor: Actor, session_id: UUID | None) -> None:
    with work(engine, Scope.of(actor, "session:own", TODAY, "req-2")) as session:
        access.end_session(session, actor, session_id)


def test_sign_out_stops_the_session_and_its_tokens(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    opened, other = signs_in("btc.tinh"), signs_in("btc.tinh")
    actor = caller(world_engine, ring, opened.access_token)
    ended(world_engine, actor, actor.session_id)
    with pytest.raises(Unauthenticated):
        caller(world_engine, ring, opened.access_token)
    with pytest.raises(Unauthenticated):
        exchanged(world_engine, ring, opened.session_secret)
    assert caller(world_engine, ring, other.access_token).username == "btc.tinh"
    found = events(world_engine, "session.end")
    assert [(row.actor, row.object_id, row.request_id) for row in found] == [
        ("btc.tinh", str(actor.session_id), "req-2")
    ]


def test_a_person_sees_and_ends_his_own_sessions_alone(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    first, second, foreign = signs_in("btc.tinh"), signs_in("btc.tinh"), signs_in("btv.tinh")
    actor = caller(world_engine, ring, second.access_token)
    stranger = caller(world_engine, ring, foreign.access_token)
    with work(world_engine, Scope.of(actor, "session:own", TODAY, "r")) as session:
        listed = access.list_sessions(session, actor)
    assert [row["current"] for row in listed] == [True, False]
    assert listed[0].keys() == {
        "id", "created_at", "last_seen_at", "expires_at", "user_agent", "address", "current"
    }  # fmt: skip
    for nobodys in (stranger.session_id, uuid4(), None):
        with pytest.raises(NotFound):
            ended(world_engine, actor, nobodys)
    ended(world_engine, actor, listed[1]["id"])
    with pytest.raises(Unauthenticated):
        caller(world_engine, ring, first.access_token)
    with pytest.raises(NotFound):
        ended(world_engine, actor, listed[1]["id"])
    assert caller(world_engine, ring, foreign.access_token).username == "btv.tinh"
