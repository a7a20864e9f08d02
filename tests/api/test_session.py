"""Sessions over HTTP: what a caller sees and ends, and that ending bites at once."""

from datetime import date

import httpx
import pytest
from sqlmodel import col, select

from app.models.access import Principal, RoleGrant, SignIn
from app.models.base import utc_now
from app.services.scope.roles import ROLES
from tests import world
from tests.api.conftest import API, House, people
from tests.api.walk import is_problem

SESSIONS = f"{API}/sessions"


def bearer(token: str) -> dict[str, str]:
    """The header of a caller with a token."""
    return {"Authorization": f"Bearer {token}"}


async def test_a_sign_in_opens_a_session_that_renews(house: House) -> None:
    caller = await house.caller(None)
    opened = await house.sign_in(caller, "btc.dongvan")
    assert opened.keys() == {"session_secret", "access_token", "token_type", "expires_in"}
    assert (opened["token_type"], 0 < opened["expires_in"] <= 300) == ("bearer", True)
    for _ in range(2):
        renewed = await caller.post(
            f"{SESSIONS}/current/token", headers={"Authorization": f"Session {opened['session_secret']}"}
        )
        assert renewed.status_code == 200, renewed.text
        assert renewed.json().keys() == {"access_token", "token_type", "expires_in"}
        me = await caller.get(f"{API}/me", headers=bearer(renewed.json()["access_token"]))
        assert me.json()["username"] == "btc.dongvan"


@pytest.mark.parametrize("header", [None, "Session", "Session x", "Bearer x", "Session " + "x" * 9_000])
async def test_a_wrong_secret_gets_the_sessions_challenge(shared_house: House, header: str | None) -> None:
    headers = {"Authorization": header} if header else {}
    answer = await (await shared_house.caller(None)).post(f"{SESSIONS}/current/token", headers=headers)
    assert is_problem(answer, 401), answer.text
    assert answer.headers["www-authenticate"] == 'Session realm="then-chot"'


@pytest.mark.parametrize(
    "body",
    [
        {"username": "btc.tinh", "password": "sai mat khau"},
        {"username": "khong.co", "password": world.PASSWORD},
        {"username": "btc.tinh'--", "password": world.PASSWORD},
    ],
)
async def test_who_is_wrong_is_told_nothing(shared_house: House, body: dict[str, str]) -> None:
    answer = await (await shared_house.caller(None)).post(SESSIONS, json=body)
    assert is_problem(answer, 401), answer.text
    assert answer.json()["detail"] == "Sai tên đăng nhập hoặc mật khẩu."
    assert "www-authenticate" in answer.headers
    assert body["password"] not in answer.text


async def test_too_many_tries_are_told_when_to_come_back(house: House) -> None:
    caller = await house.caller(None)
    body = {"username": "btv.meovac", "password": "sai"}
    answers = [await caller.post(SESSIONS, json=body) for _ in range(12)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2
    assert is_problem(answers[-1], 429)
    assert int(answers[-1].headers["retry-after"]) > 0
    right = await caller.post(SESSIONS, json=body | {"password": world.PASSWORD})
    assert right.status_code == 429


async def test_one_sees_and_ends_ones_own_sessions_alone(house: House) -> None:
    caller = await house.caller(None)
    first = await house.sign_in(caller, "btc.dongvan")
    second = await house.sign_in(caller, "btc.dongvan")
    stranger = await house.sign_in(caller, "btc.meovac")
    mine = (await caller.get(SESSIONS, headers=bearer(first["access_token"]))).json()["items"]
    assert [row["current"] for row in mine].count(True) == 1
    assert len(mine) == 2
    text = str(mine)
    for opened in (first, second):
        assert opened["session_secret"] not in text
        assert opened["access_token"] not in text
    theirs = (await caller.get(SESSIONS, headers=bearer(stranger["access_token"]))).json()["items"]
    taken = await caller.delete(f"{SESSIONS}/{theirs[0]['id']}", headers=bearer(first["access_token"]))
    assert is_problem(taken, 404), taken.text
    other = next(row["id"] for row in mine if not row["current"])
    ended = await caller.delete(f"{SESSIONS}/{other}", headers=bearer(first["access_token"]))
    assert (ended.status_code, ended.content) == (204, b"")
    assert await dead(caller, second)
    assert not await dead(caller, first)
    assert not await dead(caller, stranger)
    out = await caller.delete(f"{SESSIONS}/current", headers=bearer(first["access_token"]))
    assert out.status_code == 204
    assert await dead(caller, first)


async def dead(caller: httpx.AsyncClient, opened: dict[str, str]) -> bool:
    """Whether neither the token nor the secret of a session opens anything."""
    asked = await caller.get(f"{API}/me", headers=bearer(opened["access_token"]))
    renewed = await caller.post(
        f"{SESSIONS}/current/token", headers={"Authorization": f"Session {opened['session_secret']}"}
    )
    assert asked.status_code in {200, 401}
    assert (asked.status_code == 401) == (renewed.status_code == 401)
    return asked.status_code == 401


async def test_whoever_is_disabled_is_out_at_once(house: House) -> None:
    caller = await house.caller(None)
    opened = await house.sign_in(caller, "btc.dongvan")
    principal = house.scalars(select(Principal).where(col(Principal.username) == "btc.dongvan"))[0]
    principal.disabled_at = utc_now()
    house.write(principal)
    assert await dead(caller, opened)


async def test_a_session_ends_with_its_time(house: House) -> None:
    caller = await house.caller(None)
    opened = await house.sign_in(caller, "btc.dongvan")
    row = house.scalars(select(SignIn).order_by(col(SignIn.created_at).desc()))[0]
    row.expires_at = utc_now()
    house.write(row)
    assert await dead(caller, opened)


async def test_a_grant_that_ends_bites_at_once(house: House) -> None:
    caller = await house.caller("btc.dongvan")
    path = f"{API}/cadres/{people('moved')}"
    assert (await caller.get(path)).status_code == 200
    unit_id = world.unit("dong-van")
    held = house.scalars(
        select(RoleGrant).where(col(RoleGrant.unit_id) == unit_id, col(RoleGrant.role) == "org_officer")
    )
    for row in held:
        row.valid_to = date(2021, 12, 31)
        house.write(row)
    assert is_problem(await caller.get(path), 403)
    me = (await caller.get(f"{API}/me")).json()
    assert (me["grants"], me["permissions"]) == ([], ["reference:read", "session:own"])


@pytest.mark.parametrize("username", world.ACCOUNTS)
async def test_me_says_who_i_am_and_what_i_may(shared_house: House, username: str) -> None:
    role, place, person = world.ACCOUNTS[username]
    me = (await (await shared_house.caller(username)).get(f"{API}/me")).json()
    assert (me["username"], me["kind"], me["today"], me["pinned"]) == (username, "person", "2021-12-31", True)
    assert me["cadre_id"] == (str(people(person)) if person else None)
    assert [grant["role"] for grant in me["grants"]] == [role]
    unit = me["grants"][0]["unit"]
    assert (unit and unit["id"]) == (str(world.unit(place)) if place else None)
    assert set(me["permissions"]) >= ROLES[role].permissions | {"reference:read", "session:own"}
    if role == "sysadmin":
        assert not [
            name for name in me["permissions"] if name.startswith(("cadre", "indicator", "committee"))
        ]
