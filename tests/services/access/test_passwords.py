"""How passwords are kept, and which are refused."""

import threading
from typing import Literal

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlmodel import col, select

from app.models.access import (
    Principal,
)
from app.services import passwords
from app.services.errors import Busy, Invalid
from app.services.scope import Scope
from tests import world
from tests.services.access.doors import (
    TODAY,
    SignsIn,
    work,
)
from tests.world.rows import key

pytestmark = pytest.mark.usefixtures("hasher")


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
