"""Inspection tokens at the service: what is kept of one, who bears it, what he holds."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, event
from sqlmodel import col, select

from app.models.access import AccessToken, AccessTokenCreate, PrincipalKind
from app.models.audit import AuditEvent, AuditValue
from app.models.base import HANOI, utc_now
from app.models.unit import Level
from app.services.access import inspection
from app.services.database import writing
from app.services.errors import Denied, NotFound, Unauthenticated
from app.services.paging import Page
from app.services.scope import PERMISSIONS, ROLES, Actor, Grant, Scope, ScopedSession, guard_engine
from app.services.scope.roles import only_reads
from tests import world
from tests.services.access.doors import TODAY, work
from tests.world.rows import key

HOUSE = Scope.house(TODAY, "access_token.issue")


def inspector(place: str, permission: str = "access_token:write") -> Scope:
    """The scope of an inspector of a place."""
    grant = Grant("inspector", world.unit(place), level=Level.DISTRICT, whole_tree=place == "tinh")
    actor = Actor(
        key("principal", "ubkt.tinh"), "ubkt.tinh", "UBKT", PrincipalKind.PERSON, None, "c", grants=(grant,)
    )
    return Scope.of(actor, permission, TODAY, "req-9")


def issue(engine: Engine, place: str = "meo-vac", scope: Scope = HOUSE) -> tuple[UUID, str]:
    """A new token's id and secret."""
    guard_engine(engine)
    last = utc_now().astimezone(HANOI).date() + timedelta(days=5)
    data = AccessTokenCreate(unit_id=world.unit(place), expires_on=last, reason="Kiểm tra")
    with work(engine, scope) as session:
        row, secret = inspection.issue(session, data=data)
    return row["id"], secret


def bearer(engine: Engine, secret: str) -> Actor:
    with ScopedSession(engine, HOUSE) as session:
        return inspection.load_bearer(session, secret, TODAY)


def test_the_secret_is_kept_as_its_hash_and_never_twice(world_engine: Engine) -> None:
    issued = [issue(world_engine) for _ in range(20)]
    assert len({secret for _, secret in issued}) == 20
    with work(world_engine, HOUSE) as session:
        kept = {row.id: row.secret_hash for row in session.exec(select(AccessToken))}
    assert kept == {token_id: hashlib.sha256(secret.encode()).digest() for token_id, secret in issued}


def test_the_audit_holds_neither_secret_nor_hash(world_engine: Engine) -> None:
    token_id, secret = issue(world_engine)
    with work(world_engine, HOUSE) as session:
        made = session.exec(select(AuditEvent).where(col(AuditEvent.object_id) == str(token_id))).one()
        value = session.get(AuditValue, made.id)
        assert value is not None
    assert "access_token.expires_on" in value.after
    hashed = hashlib.sha256(secret.encode()).hexdigest()
    for text in (value.before, value.after, made.leaf.decode(), made.detail or "", made.reason or ""):
        assert secret not in text
        assert hashed not in text
        assert "secret" not in text


def test_a_bearer_costs_one_statement(world_engine: Engine) -> None:
    _, secret = issue(world_engine)
    asked: list[str] = []

    def count(*args: Any) -> None:  # noqa: ANN401 - the event's
        if str(args[2]).startswith("SELECT"):
            asked.append(str(args[2]))

    event.listen(world_engine, "before_cursor_execute", count)
    bearer(world_engine, secret)
    with pytest.raises(Unauthenticated):
        bearer(world_engine, secret[:-1] + ("A" if secret[-1] != "A" else "B"))
    assert len(asked) == 2
    assert not any(secret in statement for statement in asked)
    with pytest.raises(Unauthenticated):
        bearer(world_engine, "tct_no-such-form")
    assert len(asked) == 2


def test_a_bearer_holds_what_an_inspector_reads(world_engine: Engine) -> None:
    token_id, secret = issue(world_engine)
    actor = bearer(world_engine, secret)
    assert (actor.id, actor.kind, actor.username) == (
        token_id,
        PrincipalKind.INSPECTION,
        f"inspection:{token_id}",
    )
    held = Grant("inspector", world.unit("meo-vac"), level=Level.DISTRICT)
    assert actor.permissions == only_reads(held.permissions) | {"reference:read", "session:own"}
    assert not Scope.of(actor, "cadre:read", TODAY, "r").writes.units
    assert actor.reach("access_token:write").nowhere
    assert actor.reach("cadre:read").units == (world.unit("meo-vac"),)
    _, whole = issue(world_engine, "tinh")
    assert bearer(world_engine, whole).reach("audit:read").whole


@pytest.mark.parametrize("role", sorted(ROLES))
def test_reading_permissions_change_nothing(role: str) -> None:
    kept = only_reads(ROLES[role].permissions)
    assert {name.partition(":")[2] for name in kept} <= {"read", "people"}
    assert kept <= PERMISSIONS


def test_a_bearer_of_a_place_that_has_ended_is_nobody(world_engine: Engine) -> None:
    token_id, secret = issue(world_engine)
    with work(world_engine, Scope.house(TODAY, "t")) as session:
        row = session.get(AccessToken, token_id)
        assert row is not None
        row.unit_id = world.unit("niem-tong")
    with pytest.raises(Unauthenticated):
        bearer(world_engine, secret)


def test_an_inspector_reaches_the_tokens_of_his_units_alone(world_engine: Engine) -> None:
    above, _ = issue(world_engine, "tinh")
    beside, _ = issue(world_engine, "dong-van")
    own, secret = issue(world_engine, "niem-son", inspector("meo-vac"))
    with ScopedSession(world_engine, inspector("meo-vac", "access_token:read")) as session:
        found = inspection.list_(session, page=Page(sort="-issued_at", count=True))
        assert ([row["id"] for row in found.rows], found.total) == ([own], 1)
        for other in (above, beside):
            with pytest.raises(NotFound):
                inspection.get(session, other)
    for other in (above, beside):
        with pytest.raises(NotFound), work(world_engine, inspector("meo-vac")) as session:
            inspection.revoke(session, other)
    with pytest.raises(Denied):
        issue(world_engine, "dong-van", inspector("meo-vac"))
    with work(world_engine, inspector("meo-vac")) as session:
        inspection.revoke(session, own)
    with pytest.raises(Unauthenticated):
        bearer(world_engine, secret)


def test_reading_takes_nothing_back(world_engine: Engine) -> None:
    """Who may only see tokens can't end one, even past the operation's own check."""
    token_id, secret = issue(world_engine, "meo-vac", inspector("meo-vac"))
    session = ScopedSession(writing(world_engine), inspector("meo-vac", "access_token:read"))
    with session, pytest.raises(Denied):
        inspection.revoke(session, token_id)
    # The issuer's own grant stands at the province: the token holds on.
    assert bearer(world_engine, secret).id == token_id


def test_the_console_s_tokens_outlive_no_day(world_engine: Engine) -> None:
    token_id, secret = issue(world_engine)
    with work(world_engine, Scope.house(TODAY, "t")) as session:
        row = session.get(AccessToken, token_id)
        assert row is not None
        row.expires_on = utc_now().astimezone(HANOI).date() - timedelta(days=1)
    with pytest.raises(Unauthenticated) as refused:
        bearer(world_engine, secret)
    with pytest.raises(Unauthenticated) as unknown:
        bearer(world_engine, "tct_" + "a" * 43)
    assert refused.value.detail == unknown.value.detail
