"""What a caller holds today."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, event
from sqlmodel import col, select

from app.models.access import (
    DeniedToken,
    RoleGrant,
)
from app.models.base import utc_now
from app.models.unit import UnitClosure, UnitVersion, Via
from app.services import access
from app.services.errors import Unauthenticated
from app.services.scope import Scope
from app.services.tokens import Keyring
from tests import world
from tests.services.access.doors import TODAY, SignsIn, caller, work
from tests.world.rows import key


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
