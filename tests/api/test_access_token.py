"""Inspection tokens over HTTP: who issues them, for how long, who takes them back; none outlives its end."""

import logging
import uuid
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import inspect
from sqlmodel import col, select

from app.models.access import IdempotencyKey, Principal, RoleGrant
from app.models.audit import AuditEvent, Outcome
from app.models.base import HANOI, tables, utc_now
from tests import world
from tests.api.asking import Maker
from tests.api.conftest import API, House
from tests.api.tokens import PLACE, TOKENS, bearing, changed, counts, issued, stored
from tests.api.walk import is_problem, pointers
from tests.world.rows import key

# --- who issues, for how long, who takes back --------------------------------------------------------


async def test_a_token_is_shown_once(shared_house: House) -> None:
    caller = await shared_house.caller("ubkt.tinh")
    made = await caller.post(TOKENS, json=Maker.token())
    body = made.json()
    assert body["token"].startswith("tct_")
    assert len(body["token"]) == 47
    assert made.headers["cache-control"] == "no-store"
    assert made.headers["location"] == f"{TOKENS}/{body['id']}"
    one = await caller.get(made.headers["location"])
    assert one.json() == {name: value for name, value in body.items() if name != "token"}
    assert one.headers["etag"] == made.headers["etag"] == '"1"'
    assert body["token"] not in (await caller.get(f"{TOKENS}?limit=200")).text
    assert body["issued_by"] == "ubkt.tinh"
    assert (body["state"], body["revoked_at"], body["last_used_at"]) == ("active", None, None)


async def test_the_key_of_a_retry_keeps_no_secret(house: House) -> None:
    caller = await house.caller("ubkt.tinh")
    body, headers = Maker.token(), {"Idempotency-Key": "mot-lan"}
    first = await caller.post(TOKENS, json=body, headers=headers)
    again = await caller.post(TOKENS, json=body, headers=headers)
    assert first.json()["token"] != again.json()["token"]
    assert house.scalars(select(IdempotencyKey)) == []


def day(distance: int) -> str:
    """A day by the real calendar of Hà Nội, so many days from today."""
    return (utc_now().astimezone(HANOI).date() + timedelta(days=distance)).isoformat()


@pytest.mark.parametrize(("distance", "status"), [(-1, 422), (0, 201), (90, 201), (91, 422), (36500, 422)])
async def test_it_lasts_ninety_days_at_most(shared_house: House, distance: int, status: int) -> None:
    caller = await shared_house.caller("ubkt.tinh")
    before = counts(shared_house)["access_token"]
    answer = await caller.post(TOKENS, json=Maker.token() | {"expires_on": day(distance)})
    assert answer.status_code == status, answer.text
    assert counts(shared_house)["access_token"] == before + (status == 201)
    if status == 422:
        assert pointers(answer) == ["/expires_on"]
        assert "90 ngày" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"unit_id": str(uuid.uuid4())}, "/unit_id"),
        ({"unit_id": str(world.unit("niem-tong"))}, "/unit_id"),
        ({"reason": "  "}, "/reason"),
        ({"reason": "a" * 501}, "/reason"),
        ({"expires_on": "2021-02-30"}, "/expires_on"),
        ({"role": "org_officer"}, "/role"),
    ],
)
async def test_what_cannot_be_issued(shared_house: House, changes: dict[str, str], pointer: str) -> None:
    caller = await shared_house.caller("ubkt.tinh")
    answer = await caller.post(TOKENS, json=Maker.token() | changes)
    assert is_problem(answer, 422), answer.text
    assert pointers(answer) == [pointer]


async def test_an_inspector_issues_and_sees_where_he_inspects(shared_house: House) -> None:
    lower = await shared_house.caller("ubkt.dongvan")
    for place, status in (("dong-van", 201), ("lung-cu", 201), (PLACE, 403), ("tinh", 403)):
        answer = await lower.post(TOKENS, json=Maker.token(place))
        assert answer.status_code == status, (place, answer.text)
    above, beside = await issued(shared_house, "tinh"), await issued(shared_house, PLACE)
    given = await issued(shared_house, "lung-cu")
    for token, status in ((above, 404), (beside, 404), (given, 200)):
        assert (await lower.get(f"{TOKENS}/{token['id']}")).status_code == status
        gone = await lower.delete(f"{TOKENS}/{token['id']}")
        assert gone.status_code == (204 if status == 200 else status)
    names = {row["id"] for row in (await lower.get(f"{TOKENS}?limit=200")).json()["items"]}
    assert given["id"] in names
    assert not {above["id"], beside["id"]} & names
    assert stored(shared_house, above).revoked_at is None
    assert stored(shared_house, given).revoked_by == key("principal", "ubkt.dongvan")


@pytest.mark.parametrize(
    "user",
    ["btc.tinh", "btv.tinh", "btc.meovac", "btv.meovac", "head.sonoivu", "canbo", "mattran.tinh", "quantri"],
)
async def test_nobody_else_issues_sees_or_takes_back(shared_house: House, user: str) -> None:
    token = await issued(shared_house)
    caller = await shared_house.caller(user)
    assert is_problem(await caller.post(TOKENS, json=Maker.token()), 403)
    for method, path in (
        ("GET", TOKENS),
        ("GET", f"{TOKENS}/{token['id']}"),
        ("DELETE", f"{TOKENS}/{token['id']}"),
    ):
        assert is_problem(await caller.request(method, path), 403)
    assert stored(shared_house, token).revoked_at is None


async def test_issue_use_and_end_are_told(house: House) -> None:
    token = await issued(house)
    async with await bearing(house, token["token"]) as caller:
        await caller.get(f"{API}/titles")
        await caller.post(f"{API}/titles", json={})
    await (await house.caller("ubkt.tinh")).delete(f"{TOKENS}/{token['id']}")
    events = house.scalars(
        select(AuditEvent)
        .where((col(AuditEvent.object_id) == token["id"]) | (col(AuditEvent.actor) == token["name"]))
        .order_by(col(AuditEvent.id))
    )
    assert [(one.action, one.outcome) for one in events] == [
        ("access_token.issue", Outcome.DONE),
        ("GET /titles", Outcome.READ),
        ("POST /titles", Outcome.REFUSED),
        ("access_token.revoke", Outcome.DONE),
    ]
    assert {one.unit_id for one in events} == {world.unit(PLACE)}
    assert events[0].reason == token["reason"]
    row = (await (await house.caller("ubkt.tinh")).get(f"{TOKENS}/{token['id']}")).json()
    assert row["last_used_at"] == events[2].at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert (row["state"], row["revoked_by"]) == ("revoked", "ubkt.tinh")


# --- when it ends ------------------------------------------------------------------------------------


async def test_it_ends_at_once_when_taken_back(shared_house: House) -> None:
    token = await issued(shared_house)
    owner = await shared_house.caller("ubkt.tinh")
    async with await bearing(shared_house, token["token"]) as caller:
        assert (await caller.get(f"{API}/me")).status_code == 200
        stale = await owner.delete(f"{TOKENS}/{token['id']}", headers={"If-Match": '"7"'})
        assert is_problem(stale, 412)
        assert (await caller.get(f"{API}/me")).status_code == 200
        assert (await owner.delete(f"{TOKENS}/{token['id']}", headers={"If-Match": '"1"'})).status_code == 204
        for method, path in (("GET", "/me"), ("GET", "/cadres"), ("POST", "/cadres"), ("POST", "/sessions")):
            answer = await caller.request(method, API + path)
            assert is_problem(answer, 401), path
            assert answer.headers["www-authenticate"].startswith("Bearer")
    once = stored(shared_house, token)
    assert (await owner.delete(f"{TOKENS}/{token['id']}")).status_code == 204
    again = stored(shared_house, token)
    assert (again.revoked_at, again.version) == (once.revoked_at, once.version)


async def test_it_ends_with_its_last_day(shared_house: House) -> None:
    token = await issued(shared_house)
    async with await bearing(shared_house, token["token"]) as caller:
        changed(shared_house, stored(shared_house, token), expires_on=date.fromisoformat(day(0)))
        assert (await caller.get(f"{API}/me")).status_code == 200
        changed(shared_house, stored(shared_house, token), expires_on=date.fromisoformat(day(-1)))
        assert is_problem(await caller.get(f"{API}/me"), 401)
    row = (await (await shared_house.caller("ubkt.tinh")).get(f"{TOKENS}/{token['id']}")).json()
    assert row["state"] == "expired"


@pytest.mark.parametrize("how", ["disabled", "ended", "moved", "role", "unconfirmed"])
async def test_it_reaches_no_further_than_its_issuer(house: House, how: str) -> None:
    token = await issued(house, "dong-van", "ubkt.dongvan")
    held = house.scalars(select(RoleGrant).where(col(RoleGrant.id) == key("grant", "ubkt.dongvan")))[0]
    person = house.scalars(select(Principal).where(col(Principal.id) == held.principal_id))[0]
    async with await bearing(house, token["token"]) as caller:
        assert (await caller.get(f"{API}/cadres")).status_code == 200
        if how == "disabled":
            changed(house, person, disabled_at=utc_now())
        elif how == "ended":
            changed(house, held, valid_to=date(2021, 12, 1))
        elif how == "moved":
            changed(house, held, unit_id=world.unit("lung-cu"))
        elif how == "role":
            changed(house, held, role="approver")
        else:
            changed(house, held, confirmed_at=None)
        assert is_problem(await caller.get(f"{API}/cadres"), 401)


FORGED = [
    "tct_",
    "tct_" + "a" * 43,
    "tct_" + "a" * 42,
    "tct_" + "a" * 4000,
    "TCT_" + "a" * 43,
    "tct_" + "a" * 42 + "%",
    "tct_../../etc/passwd",
]


@pytest.mark.parametrize("forged", FORGED, ids=range(len(FORGED)))
async def test_what_is_no_token_is_a_401(shared_house: House, forged: str) -> None:
    async with await bearing(shared_house, forged) as caller:
        assert is_problem(await caller.get(f"{API}/me"), 401)
        assert is_problem(await caller.post(f"{API}/cadres", json={}), 401)


async def test_a_token_a_letter_off_is_a_401(shared_house: House) -> None:
    token = (await issued(shared_house))["token"]
    for place in (4, 20, 46):
        other = "A" if token[place] != "A" else "B"
        async with await bearing(shared_house, token[:place] + other + token[place + 1 :]) as caller:
            assert is_problem(await caller.get(f"{API}/me"), 401)


async def test_it_opens_no_session(shared_house: House) -> None:
    """Neither as the secret of a session, nor as a password."""
    token = await issued(shared_house)
    stranger = await shared_house.caller(None)
    for answer in (
        await stranger.post(
            f"{API}/sessions/current/token", headers={"Authorization": f"Session {token['token']}"}
        ),
        await stranger.post(
            f"{API}/sessions", json={"username": token["name"][:60], "password": token["token"]}
        ),
    ):
        assert is_problem(answer, 401), answer.text


# --- it stands nowhere in clear ----------------------------------------------------------------------


async def test_it_stands_nowhere(
    house: House, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    token = await issued(house)
    secret: str = token["token"]
    async with await bearing(house, secret) as caller:
        await caller.get(f"{API}/cadres")
        await caller.get(f"{API}/titles?khong_co=1")
        await caller.post(f"{API}/titles", json={})
    await (await house.caller("ubkt.tinh")).delete(f"{TOKENS}/{token['id']}")
    kept = "".join(caplog.messages) + "".join(capfd.readouterr())
    assert token["id"] in "".join(everything(house)), "the search finds what is there"
    for part in (secret, secret.removeprefix("tct_")):
        assert part not in "".join(everything(house))
        assert part not in kept
    held = files(house)
    if house.engine.dialect.name == "sqlite":
        assert any(UUID(token["id"]).hex.encode() in content for content in held), (
            "the database is among them"
        )
    assert not any(secret.removeprefix("tct_").encode() in content for content in held)


def files(house: House) -> list[bytes]:
    """What lies in the folder of the data: the embedded database, its log, keys."""
    folders = {Path(house.settings.data_dir), Path(house.engine.url.database or "").parent}
    return [path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file()]


def everything(house: House) -> list[str]:
    """Every value of every row, as text; bytes as they are and as their letters."""
    found = []
    for table in tables():
        if not table.__module__.startswith("app."):
            continue
        columns = [getattr(table, name) for name in inspect(table).column_attrs.keys()]  # noqa: SIM118 - a view of keys
        for row in house.rows(select(*columns)):
            found += [part.decode("latin-1") if isinstance(part, bytes) else str(part) for part in row]
    return found
