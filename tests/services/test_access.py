"""Sign-in, sessions, accounts and grants: who comes in, for how long, and with what."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Literal
from uuid import UUID, uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, event
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, select

from app.models.access import (
    DeniedToken,
    Principal,
    PrincipalKind,
    RoleGrant,
    SessionCreate,
    SessionOpened,
    SignIn,
    SignInAttempt,
)
from app.models.audit import AuditEvent, Outcome
from app.models.base import utc_now
from app.models.unit import Level, UnitClosure, UnitVersion, Via
from app.services import access, passwords
from app.services.access import tries as counting
from app.services.access.session import IDLE, LONGEST
from app.services.database import writing
from app.services.errors import Busy, Conflict, Denied, Invalid, NotFound, TooMany, Unauthenticated
from app.services.scope import Actor, Scope, ScopedSession, guard_engine
from app.services.tokens import Keyring
from app.settings import Settings
from tests import world
from tests.world.rows import key

TODAY = date(2021, 12, 31)
HERE, THERE = "10.0.0.1", "10.0.0.2"
SignsIn = Callable[..., SessionOpened]


@pytest.fixture
def ring(world_settings: Settings, world_engine: Engine) -> Keyring:
    guard_engine(world_engine)
    return Keyring(world_settings)


@contextmanager
def work(engine: Engine, scope: Scope | None = None) -> Iterator[ScopedSession]:
    with ScopedSession(writing(engine), scope or Scope.nobody(TODAY, "req-1")) as session:
        yield session
        session.commit()


@pytest.fixture
def signs_in(world_engine: Engine, ring: Keyring) -> SignsIn:
    def sign_in(
        username: str, password: str = world.PASSWORD, *, address: str = HERE, otp: str | None = None
    ) -> SessionOpened:
        data = SessionCreate(username=username, password=password, otp=otp)  # type: ignore[arg-type]
        with work(world_engine) as session:
            return access.sign_in(session, ring, data=data, address=address, user_agent="tests")

    return sign_in


def caller(engine: Engine, ring: Keyring, token: str, today: date = TODAY) -> Actor:
    with ScopedSession(engine, Scope.nobody(today)) as session:
        return access.load_actor(session, ring.verify(session, token), today)


def events(engine: Engine, action: str) -> list[AuditEvent]:
    with work(engine) as session:
        found = select(AuditEvent).where(col(AuditEvent.action) == action).order_by(col(AuditEvent.id))
        return list(session.exec(found))


def turned_back(engine: Engine, table: type[SQLModel], column: str, by: timedelta) -> None:
    """Makes an instant of every row lie further back, as if so much time had gone by."""
    with work(engine, Scope.house(TODAY, "a test's clock")) as session:
        for row in session.exec(select(table)):
            setattr(row, column, getattr(row, column) - by)


# --- sign-in ---------------------------------------------------------------------------------------


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


# --- counting tries --------------------------------------------------------------------------------


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


# --- passwords -------------------------------------------------------------------------------------


def test_hashes_are_argon2id_of_owasps_strength() -> None:
    for found in (passwords.digest("mot cau that la dai"), passwords.NOBODY):
        assert found.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert not passwords.outdated(found)


def test_nobodys_hash_is_computed_and_matches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002
            asked.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "HASHER", Watched(time_cost=2, memory_cost=19 * 1024, parallelism=1))
    assert not passwords.matches("x", None)
    assert asked == [passwords.NOBODY]


def test_an_old_hash_is_renewed_at_sign_in(world_engine: Engine, signs_in: SignsIn) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(world.PASSWORD)
    with work(world_engine, Scope.house(TODAY, "t")) as session:
        principal = session.get(Principal, key("principal", "btc.tinh"))
        assert principal is not None
        principal.password_hash = weak
    signs_in("btc.tinh")
    with work(world_engine) as session:
        stored = session.exec(
            select(Principal.password_hash).where(col(Principal.username) == "btc.tinh")
        ).one()
    assert stored is not None
    assert not passwords.outdated(stored)
    assert passwords.matches(world.PASSWORD, stored)


@pytest.mark.parametrize(
    "password",
    [
        "ngan qua",
        "password1234",
        "matkhau123456",
        "Mật khẩu 123456",
        "aaaaaaaaaaaaaaaa",
        "btc.tinh12345",
        "x" * 201,
    ],
)
def test_an_easy_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check_new(password, username="btc.tinh")
    assert refused.value.faults[0].pointer == "/password"


@pytest.mark.parametrize(
    "password", ["ruộng bậc thang mùa nước đổ", "hoa tam giác mạch 1995", "d9$kL2-mQz7!pW"]
)
def test_a_phrase_is_welcome(password: str) -> None:
    passwords.check_new(password, username="btc.tinh")


def test_a_flood_of_hashes_is_turned_away_and_ends() -> None:
    found: list[object] = []

    def verify() -> None:
        try:
            found.append(passwords.matches("x", None))
        except Busy as error:
            found.append(error.retry_after)

    threads = [threading.Thread(target=verify) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 40
    assert set(found) == {False, 2}
    assert passwords.matches("mot hai ba bon", passwords.digest("mot hai ba bon"))


# --- sessions --------------------------------------------------------------------------------------


def exchanged(engine: Engine, ring: Keyring, secret: str) -> str:
    with work(engine) as session:
        return access.exchange(session, ring, secret).access_token


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


# --- the caller ------------------------------------------------------------------------------------


def test_a_request_costs_two_statements(world_engine: Engine, ring: Keyring, signs_in: SignsIn) -> None:
    token = signs_in("btc.tinh").access_token
    caller(world_engine, ring, token)
    asked: list[str] = []

    def count(*args: object) -> None:
        if str(args[2]).startswith("SELECT"):
            asked.append(str(args[2]))

    event.listen(world_engine, "before_cursor_execute", count)
    caller(world_engine, ring, token)
    assert len(asked) == 2


def test_accounts_hold_what_they_were_granted(world_engine: Engine, ring: Keyring, signs_in: SignsIn) -> None:
    for username, (role, place, person) in world.ACCOUNTS.items():
        actor = caller(world_engine, ring, signs_in(username).access_token)
        assert actor.cadre_id == (key("cadre", person) if person else None)
        assert len(actor.grants) == 1
        grant = actor.grants[0]
        assert grant.role == role
        assert grant.unit_id == (world.unit(place) if place else None)
        assert grant.whole_tree == (place == "tinh")
        assert bool(grant.code and grant.name and grant.level) == bool(place)


def granted(engine: Engine, username: str, **values: object) -> None:
    """Changes the one grant of an account, past the services."""
    with work(engine, Scope.house(TODAY, "t")) as session:
        row = session.get(RoleGrant, key("grant", username))
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)


@pytest.mark.parametrize(
    ("values", "holds"),
    [
        ({"valid_from": TODAY}, True),
        ({"valid_from": TODAY + timedelta(days=1)}, False),
        ({"valid_to": TODAY + timedelta(days=1)}, True),
        ({"valid_to": TODAY}, False),
        ({"confirmed_at": None}, False),
        ({"unit_id": world.unit("niem-tong")}, False),
        ({"unit_id": world.unit("niem-son")}, True),
        ({"role": "self"}, False),
    ],
)
def test_a_grant_holds_on_its_days_where_its_unit_is(
    world_engine: Engine,
    ring: Keyring,
    signs_in: SignsIn,
    values: dict[str, object],
    holds: bool,  # noqa: FBT001
) -> None:
    token = signs_in("btc.dongvan").access_token
    granted(world_engine, "btc.dongvan", **values)
    assert bool(caller(world_engine, ring, token).grants) == holds


def test_self_is_held_on_ones_own_record_alone(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    token = signs_in("canbo").access_token
    assert caller(world_engine, ring, token).grants[0].cadre_id == world.person("canbo")
    granted(world_engine, "canbo", cadre_id=world.person("moved"))
    assert caller(world_engine, ring, token).grants == ()
    granted(world_engine, "canbo", cadre_id=world.person("canbo"), role="org_officer")
    assert caller(world_engine, ring, token).grants == ()


def test_an_unknown_role_allows_nothing(world_engine: Engine, ring: Keyring, signs_in: SignsIn) -> None:
    token = signs_in("btc.tinh").access_token
    granted(world_engine, "btc.tinh", role="root")
    actor = caller(world_engine, ring, token)
    assert actor.permissions == {"reference:read", "session:own"}


def test_a_second_root_takes_the_whole_tree_away(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    """A root that isn't reached (another province, before a merger is recorded) is not the grant's to see."""
    token = signs_in("btc.tinh").access_token
    assert caller(world_engine, ring, token).grants[0].whole_tree
    other = uuid4()
    with work(world_engine, Scope.house(TODAY, "t")) as session:
        root = session.exec(select(UnitVersion).where(col(UnitVersion.unit_id) == world.unit("tinh"))).one()
        values = root.model_dump() | {"row_id": uuid4(), "unit_id": other, "code": "99"}
        from app.models.unit import Unit

        session.add(Unit(id=other))
        session.flush()
        session.add(UnitVersion(**values))
    assert not caller(world_engine, ring, token).grants[0].whole_tree
    # Before it begins it takes nothing away; taken over, it is reached by lineage.
    assert caller(world_engine, ring, token, date(2009, 12, 31)).grants == ()
    with work(world_engine, Scope.house(TODAY, "t")) as session:
        session.add(
            UnitClosure(
                ancestor_id=world.unit("tinh"),
                descendant_id=other,
                depth=1,
                via=Via.LINEAGE,
                valid_from=TODAY,
            )
        )
    assert caller(world_engine, ring, token).grants[0].whole_tree
    assert not caller(world_engine, ring, token, TODAY - timedelta(days=1)).grants[0].whole_tree


def test_a_token_taken_back_or_of_an_older_account_is_refused(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    first, second = signs_in("btc.tinh").access_token, signs_in("btc.tinh").access_token
    with work(world_engine) as session:
        jti = ring.verify(session, first).jti
        session.add(DeniedToken(jti=jti, until=utc_now() + timedelta(minutes=10)))
    with pytest.raises(Unauthenticated):
        caller(world_engine, ring, first)
    with work(world_engine, Scope.house(TODAY, "t")) as session:
        access.set_password(session, key("principal", "btc.tinh"), password="mot cau khac han cau cu")
    with pytest.raises(Unauthenticated):
        caller(world_engine, ring, second)


def test_one_persons_session_carries_nobody_elses_token(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    mine = caller(world_engine, ring, signs_in("btc.tinh").access_token)
    with work(world_engine) as session:
        token, _ = ring.issue(
            session,
            subject=key("principal", "quantri"),
            session_id=mine.session_id or uuid4(),
            client="c",
            auth_version=1,
        )
    with pytest.raises(Unauthenticated):
        caller(world_engine, ring, token)


# --- accounts --------------------------------------------------------------------------------------


def admin(name: str = "quantri", permission: str = "account:write", cadre: UUID | None = None) -> Scope:
    """The scope of a system administrator using a permission."""
    from app.services.scope import Grant

    grant = Grant("sysadmin", world.unit("tinh"), level=Level.PROVINCE, whole_tree=True)
    actor = Actor(
        key("principal", name), name, name, PrincipalKind.PERSON, None, "c", cadre_id=cadre, grants=(grant,)
    )
    return Scope.of(actor, permission, TODAY, "req-3")


def test_a_disabled_account_is_out_at_once_and_stays_out(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    opened = signs_in("btc.tinh")
    with work(world_engine, admin()) as session:
        access.disable(session, key("principal", "btc.tinh"), reason="nghỉ công tác")
    with pytest.raises(Unauthenticated):
        caller(world_engine, ring, opened.access_token)
    with pytest.raises(Unauthenticated):
        exchanged(world_engine, ring, opened.session_secret)
    with pytest.raises(Unauthenticated) as refused:
        signs_in("btc.tinh")
    assert refused.value.detail == "Sai tên đăng nhập hoặc mật khẩu."
    assert [(row.actor, row.reason) for row in events(world_engine, "account.disable")] == [
        ("quantri", "nghỉ công tác")
    ]
    with work(world_engine, admin()) as session:
        access.enable(session, key("principal", "btc.tinh"), reason="trở lại")
    with pytest.raises(Unauthenticated):
        caller(world_engine, ring, opened.access_token)
    assert signs_in("btc.tinh").session_secret


def test_nobody_shuts_himself_out(world_engine: Engine) -> None:
    guard_engine(world_engine)
    for verb in (access.disable, access.enable):
        with pytest.raises(Denied), work(world_engine, admin()) as session:
            verb(session, key("principal", "quantri"), reason="x")


def test_a_new_account_signs_in_and_may_nothing(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn
) -> None:
    with work(world_engine, admin()) as session:
        access.create_user(
            session,
            username=" Can.Bo-Moi1 ",
            display_name="  Cán  bộ mới ",
            password="hoa tam giac mach 1995",
        )
    opened = signs_in("can.bo-moi1", "hoa tam giac mach 1995")
    actor = caller(world_engine, ring, opened.access_token)
    assert (actor.display_name, actor.grants) == ("Cán bộ mới", ())


@pytest.mark.parametrize("username", ["", "a", "có.dấu", "a b", "a/b", "x" * 61, "--", ".."])
def test_a_name_is_plain_letters(world_engine: Engine, username: str) -> None:
    with pytest.raises(Invalid), work(world_engine, admin()) as session:
        access.create_user(session, username=username, display_name="X", password="hoa tam giac mach 1995")


def test_a_name_is_taken_once_in_whatever_case(world_engine: Engine) -> None:
    with pytest.raises(Conflict), work(world_engine, admin()) as session:
        access.create_user(session, username="BTC.tinh", display_name="X", password="hoa tam giac mach 1995")


def test_secrets_of_accounts_are_not_in_the_audits_values(world_engine: Engine) -> None:
    from app.models.audit import AuditValue

    with work(world_engine, admin()) as session:
        access.create_user(session, username="moi", display_name="Mới", password="hoa tam giac mach 1995")
        access.set_password(session, key("principal", "btc.tinh"), password="ruong bac thang mua nuoc do")
    with work(world_engine) as session:
        values = "".join(f"{row.before}{row.after}" for row in session.exec(select(AuditValue)))
        actions = set(session.exec(select(AuditEvent.action)))
    assert {"account.create", "account.password"} <= actions
    assert "moi" in values
    assert "argon2" not in values
    assert "password_hash" not in values


# --- grants ----------------------------------------------------------------------------------------


@pytest.fixture
def second_admin(world_engine: Engine) -> str:
    guard_engine(world_engine)
    with work(world_engine, Scope.house(TODAY, "t")) as session:
        made = access.create_user(
            session, username="quantri2", display_name="Quản trị 2", password="hoa tam giac mach 1995"
        )
        made.id = key("principal", "quantri2")
        access.give_grant(
            session, made, role="sysadmin", unit_id=world.unit("tinh"), valid_from=date(2021, 1, 1)
        )
    return "quantri2"


def proposed(engine: Engine, name: str = "btv.dongvan", role: str = "org_officer") -> UUID:
    with work(engine, admin(permission="grant:propose")) as session:
        return access.propose_grant(
            session,
            principal_id=key("principal", name),
            role=role,
            unit_id=world.unit("meo-vac"),
            valid_from=TODAY,
        ).id


def test_a_grant_needs_two_persons(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn, second_admin: str
) -> None:
    token = signs_in("btv.dongvan").access_token
    grant = proposed(world_engine)
    assert len(caller(world_engine, ring, token).grants) == 1
    with pytest.raises(Denied), work(world_engine, admin(permission="grant:confirm")) as session:
        access.confirm_grant(session, grant)
    with work(world_engine, admin(second_admin, "grant:confirm")) as session:
        access.confirm_grant(session, grant)
    assert {held.unit_id for held in caller(world_engine, ring, token).grants} == {
        world.unit("dong-van"), world.unit("meo-vac")
    }  # fmt: skip
    with pytest.raises(Conflict), work(world_engine, admin(second_admin, "grant:confirm")) as session:
        access.confirm_grant(session, grant)
    assert [row.actor for row in events(world_engine, "grant.propose")] == ["quantri"]
    assert [row.actor for row in events(world_engine, "grant.confirm")] == ["quantri2"]
    with work(world_engine, admin(permission="grant:propose")) as session:
        access.end_grant(session, grant, on=TODAY, reason="thôi nhiệm vụ")
    assert len(caller(world_engine, ring, token).grants) == 1
    with pytest.raises(Conflict), work(world_engine, admin(permission="grant:propose")) as session:
        access.end_grant(session, grant, on=TODAY, reason="nữa")


def test_two_accounts_of_one_person_are_one_person(world_engine: Engine, second_admin: str) -> None:
    person = world.person("btc")
    for name in ("quantri", "quantri2"):
        with work(world_engine, Scope.house(TODAY, "t")) as session:
            principal = session.get(Principal, key("principal", name))
            assert principal is not None
            principal.cadre_id = person
    grant = proposed(world_engine)
    with pytest.raises(Denied), work(world_engine, admin(second_admin, "grant:confirm", person)) as session:
        access.confirm_grant(session, grant)


def test_an_administrator_grants_himself_nothing(world_engine: Engine, second_admin: str) -> None:
    with pytest.raises(Denied):
        proposed(world_engine, "quantri", "sysadmin")
    # Nor does he confirm what somebody else proposes for him, nor past the services.
    with work(world_engine, admin(second_admin, "grant:propose")) as session:
        grant = access.propose_grant(
            session,
            principal_id=key("principal", "quantri"),
            role="sysadmin",
            unit_id=world.unit("dong-van"),
            valid_from=TODAY,
        ).id
    with pytest.raises(Denied), work(world_engine, admin(permission="grant:confirm")) as session:
        access.confirm_grant(session, grant)
    row = RoleGrant(
        principal_id=key("principal", "quantri"),
        role="org_officer",
        unit_id=world.unit("tinh"),
        valid_from=TODAY,
        confirmed_at=utc_now(),
    )
    with pytest.raises(Denied), work(world_engine, admin(permission="grant:confirm")) as session:
        session.add(row)


def test_administration_and_people_are_held_by_different_accounts(
    world_engine: Engine, second_admin: str
) -> None:
    with pytest.raises(Conflict):
        proposed(world_engine, "quantri2", "org_officer")
    with pytest.raises(Conflict):
        proposed(world_engine, "btc.tinh", "sysadmin")


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"role": "root", "unit_id": world.unit("tinh")}, "/role"),
        ({"role": "self", "unit_id": world.unit("tinh")}, "/unit_id"),
        ({"role": "org_officer", "cadre_id": world.person("moved")}, "/unit_id"),
        ({"role": "org_officer"}, "/unit_id"),
        ({"role": "org_officer", "unit_id": world.unit("niem-tong")}, "/unit_id"),
        ({"role": "self", "cadre_id": world.person("moved")}, "/cadre_id"),
        ({"role": "approver", "unit_id": world.unit("tinh"), "valid_to": TODAY}, "/valid_to"),
    ],
)
def test_a_grant_names_a_role_where_it_can_be_held(
    world_engine: Engine, second_admin: str, values: dict[str, object], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused, work(world_engine, admin(permission="grant:propose")) as session:
        access.propose_grant(
            session,
            principal_id=key("principal", "btv.dongvan"),
            valid_from=TODAY,
            **values,  # type: ignore[arg-type]
        )
    assert refused.value.faults[0].pointer == pointer


def test_officers_neither_propose_nor_give_grants(world_engine: Engine) -> None:
    from app.services.scope import Grant

    grant = Grant("org_officer", world.unit("tinh"), level=Level.PROVINCE, whole_tree=True)
    actor = Actor(key("principal", "btc.tinh"), "b", "b", PrincipalKind.PERSON, None, "c", grants=(grant,))
    for permission in ("cadre:write", "grant:propose"):
        with pytest.raises(Denied), work(world_engine, Scope.of(actor, permission, TODAY, "r")) as session:
            access.propose_grant(
                session,
                principal_id=key("principal", "btv.dongvan"),
                role="approver",
                unit_id=world.unit("tinh"),
                valid_from=TODAY,
            )
    principal = Principal(kind=PrincipalKind.PERSON, username="x", display_name="x")
    with pytest.raises(Denied), work(world_engine, Scope.of(actor, "cadre:write", TODAY, "r")) as session:
        access.give_grant(session, principal, role="approver", unit_id=world.unit("tinh"), valid_from=TODAY)


def test_a_grant_of_the_future_that_is_ended_never_holds(
    world_engine: Engine, ring: Keyring, signs_in: SignsIn, second_admin: str
) -> None:
    later = TODAY + timedelta(days=10)
    with work(world_engine, admin(permission="grant:propose")) as session:
        grant = access.propose_grant(
            session,
            principal_id=key("principal", "btv.dongvan"),
            role="org_officer",
            unit_id=world.unit("meo-vac"),
            valid_from=later,
        ).id
        access.end_grant(session, grant, on=TODAY, reason="thôi")
    with pytest.raises(Conflict), work(world_engine, admin(second_admin, "grant:confirm")) as session:
        access.confirm_grant(session, grant)
    token = signs_in("btv.dongvan").access_token
    assert len(caller(world_engine, ring, token, later).grants) == 1


def test_the_database_itself_refuses_one_person_for_two(world_engine: Engine, second_admin: str) -> None:
    grant = proposed(world_engine)
    with ScopedSession(writing(world_engine), Scope.house(TODAY, "t")) as session:
        row = session.exec(select(RoleGrant).where(col(RoleGrant.id) == grant)).one()
        row.confirmed_by, row.confirmed_at = row.proposed_by, utc_now()
        with pytest.raises(IntegrityError):
            session.commit()
