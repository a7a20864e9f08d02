"""Who comes in, and how often somebody may try."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app.models.access import (
    Principal,
    PrincipalKind,
    SessionCreate,
    SignIn,
    SignInAttempt,
)
from app.models.audit import AuditEvent, Outcome
from app.models.unit import Level
from app.services import access
from app.services.access import tries as counting
from app.services.access.session import LONGEST
from app.services.errors import Busy, Invalid, TooMany, Unauthenticated
from app.services.scope import Scope, guard_engine
from app.services.tokens import Keyring
from app.settings import Settings
from tests import world
from tests.services.access.doors import (
    HERE,
    THERE,
    TODAY,
    SignsIn,
    caller,
    events,
    turned_back,
    work,
)
from tests.world.rows import key

pytestmark = pytest.mark.usefixtures("hasher")


def test_a_sign_in_gives_a_secret_once_and_a_token(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    opened = signs_in("btc.tinh")
    assert len(opened.session_secret) >= 43
    assert opened.expires_in == 300
    actor = caller(world_engine, ring, opened.access_token)
    assert actor.username == "btc.tinh"
    assert [(grant.role, grant.level, grant.whole_tree) for grant in actor.grants] == [
        ("org_officer", Level.PROVINCE, True)
    ]
    with work(world_engine) as session:
        row = session.exec(select(SignIn)).one()
    assert opened.session_secret.encode() not in row.secret_hash
    assert len(row.secret_hash) == 32
    assert row.expires_at - row.created_at == LONGEST


def test_each_sign_in_is_another_session(signs_in: SignsIn) -> None:
    assert signs_in("btc.tinh").session_secret != signs_in("btc.tinh").session_secret


def test_a_wrong_name_and_a_wrong_password_are_told_alike(world_engine: Engine, signs_in: SignsIn) -> None:
    told = set()
    for name, password in (("btc.tinh", "sai mat khau roi"), ("khong.co", world.PASSWORD), ("btc.tinh", " ")):
        with pytest.raises(Unauthenticated) as refused:
            signs_in(name, password)
        told.add(refused.value.detail)
    assert told == {"Sai tên đăng nhập hoặc mật khẩu."}
    refusals = events(world_engine, "session.refused")
    assert [(event.actor, event.outcome) for event in refusals] == [
        ("btc.tinh", Outcome.REFUSED),
        ("unknown", Outcome.REFUSED),
        ("btc.tinh", Outcome.REFUSED),
    ]


def test_a_password_typed_as_the_name_is_written_nowhere(world_engine: Engine, signs_in: SignsIn) -> None:
    slip = "mat khau bi go nham o"
    with pytest.raises(Unauthenticated):
        signs_in(slip, "gi do cung duoc")
    with work(world_engine) as session:
        leaves = b"".join(row.leaf for row in session.exec(select(AuditEvent)))
        keys = " ".join(session.exec(select(SignInAttempt.key)))
    assert slip.encode() not in leaves
    assert slip not in keys


def test_the_name_may_be_typed_in_capitals_and_the_password_may_not(signs_in: SignsIn) -> None:
    assert signs_in(" BTC.Tinh ").session_secret
    with pytest.raises(Unauthenticated):
        signs_in("btc.tinh", world.PASSWORD.upper())


def test_a_one_time_code_is_not_silently_dropped(signs_in: SignsIn) -> None:
    with pytest.raises(Invalid) as refused:
        signs_in("btc.tinh", otp="123456")
    assert [fault.pointer for fault in refused.value.faults] == ["/otp"]


def test_only_persons_sign_in_with_a_password(world_engine: Engine, signs_in: SignsIn) -> None:
    with work(world_engine, Scope.house(TODAY, "t")) as session:
        principal = session.get(Principal, key("principal", "btc.tinh"))
        assert principal is not None
        principal.kind = PrincipalKind.SERVICE
    with pytest.raises(Unauthenticated):
        signs_in("btc.tinh")


def test_accounts_of_the_demo_sign_in_in_demo_mode_alone(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    with work(world_engine, Scope.house(TODAY, "t")) as session:
        principal = session.get(Principal, key("principal", "btc.tinh"))
        assert principal is not None
        principal.is_demo = True
    data = SessionCreate(username="btc.tinh", password=world.PASSWORD)  # type: ignore[arg-type]
    with work(world_engine) as session:
        opened = access.sign_in(session, ring, data=data, address=HERE, user_agent="", demo=True)
        access.exchange(session, ring, opened.session_secret, demo=True)
    with pytest.raises(Unauthenticated):
        signs_in("btc.tinh")
    with pytest.raises(Unauthenticated), work(world_engine) as session:
        access.exchange(session, ring, opened.session_secret)


def test_no_account_no_way_in(settings: Settings, engine: Engine) -> None:
    guard_engine(engine)
    data = SessionCreate(username="admin", password="admin")  # type: ignore[arg-type]
    with pytest.raises(Unauthenticated), work(engine) as session:
        access.sign_in(session, Keyring(settings), data=data, address=HERE, user_agent="")


def test_a_sign_in_is_in_the_audit_without_its_secret(world_engine: Engine, signs_in: SignsIn) -> None:
    opened = signs_in("btc.tinh")
    found = events(world_engine, "session.open")
    assert [(row.actor, row.outcome, row.object_type, row.request_id) for row in found] == [
        ("btc.tinh", Outcome.DONE, "session", "req-1")
    ]
    with work(world_engine) as session:
        everything = b"".join(row.leaf for row in session.exec(select(AuditEvent)))
    for secret in (opened.session_secret, opened.access_token, world.PASSWORD):
        assert secret.encode() not in everything


def tries(signs_in: SignsIn, count: int, name: str = "btc.tinh", address: str = HERE) -> None:
    for _ in range(count):
        with pytest.raises((Unauthenticated, TooMany)):
            signs_in(name, "sai mat khau roi", address=address)


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small limits, so that a thousand tries needn't be hashed."""
    monkeypatch.setattr(counting, "PAIR_LIMIT", 3)
    monkeypatch.setattr(counting, "ADDRESS_LIMIT", 6)
    monkeypatch.setattr(counting, "NAME_LIMIT", 5)


def test_a_name_is_shut_from_one_address_and_open_from_another(signs_in: SignsIn, cheap: None) -> None:
    tries(signs_in, 3)
    with pytest.raises(TooMany) as refused:
        signs_in("btc.tinh")
    assert 0 < refused.value.retry_after <= 15 * 60
    assert "phút" in refused.value.detail
    assert signs_in("btc.tinh", address=THERE).session_secret
    assert signs_in("btv.tinh").session_secret


def test_an_address_is_shut_whatever_the_names(signs_in: SignsIn, cheap: None) -> None:
    for number in range(6):
        tries(signs_in, 1, f"ten.{number}")
    with pytest.raises(TooMany):
        signs_in("btc.tinh")
    assert signs_in("btc.tinh", address=THERE).session_secret


def test_strangers_from_everywhere_cannot_lock_the_owner_out(signs_in: SignsIn, cheap: None) -> None:
    signs_in("btc.tinh", address=HERE)
    for number in range(7):
        tries(signs_in, 1, address=f"192.0.2.{number}")
    with pytest.raises(TooMany):
        signs_in("btc.tinh", address="192.0.2.99")
    assert signs_in("btc.tinh", address=HERE).session_secret


def test_waiting_doesnt_grow_and_ends_with_the_window(
    world_engine: Engine, signs_in: SignsIn, cheap: None
) -> None:
    tries(signs_in, 9)
    turned_back(world_engine, SignInAttempt, "window_at", counting.WINDOW)
    assert signs_in("btc.tinh").session_secret


def test_a_right_password_forgets_the_failures(world_engine: Engine, signs_in: SignsIn, cheap: None) -> None:
    for _ in range(4):
        tries(signs_in, 2)
        signs_in("btc.tinh")
        turned_back(world_engine, SignInAttempt, "window_at", counting.WINDOW)
    tries(signs_in, 2)
    assert signs_in("btc.tinh").session_secret


def test_the_refusal_of_a_shut_name_is_told_once_a_window(
    world_engine: Engine, signs_in: SignsIn, cheap: None
) -> None:
    tries(signs_in, 10)
    reasons = [row.reason for row in events(world_engine, "session.refused")]
    assert reasons == ["wrong name or password"] * 3 + ["too many tries"]


def test_tries_made_at_once_do_not_pass_together(
    world_engine: Engine, signs_in: SignsIn, cheap: None
) -> None:
    found: list[type[Exception]] = []

    def guess() -> None:
        try:
            signs_in("btc.tinh", "sai mat khau roi")
        except Exception as error:  # noqa: BLE001 - the kind is what the test is about
            found.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert found.count(Unauthenticated) <= 3
    assert set(found) <= {Unauthenticated, TooMany, Busy}


def test_old_counters_are_swept_away(world_engine: Engine, signs_in: SignsIn) -> None:
    tries(signs_in, 1, "ai.do", THERE)
    turned_back(world_engine, SignInAttempt, "window_at", timedelta(days=2))
    signs_in("btc.tinh")
    with work(world_engine) as session:
        keys = set(session.exec(select(SignInAttempt.key)))
    assert f"address:{THERE}" not in keys
    assert f"address:{HERE}" in keys
