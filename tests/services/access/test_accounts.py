"""Accounts and grants: made, shut, given by two persons."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select

from app.models.access import (
    Principal,
    PrincipalKind,
    RoleGrant,
)
from app.models.audit import AuditEvent
from app.models.base import utc_now
from app.models.unit import Level
from app.services import access
from app.services.database import writing
from app.services.errors import Conflict, Denied, Invalid, Unauthenticated
from app.services.scope import Actor, Scope, ScopedSession, guard_engine
from app.services.tokens import Keyring
from tests import world
from tests.services.access.doors import TODAY, SignsIn, admin, caller, events, exchanged, work
from tests.world.rows import key


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
