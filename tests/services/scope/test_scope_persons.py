"""Who is managed above, stubs, one's own family; reference and system rows."""

from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import (
    Engine,
    func,
    select,
)

from app.models.access import Principal, PrincipalKind
from app.models.audit import AuditEvent
from app.models.cadre import Cadre, Sex
from app.models.post import Post
from app.models.record import Relation
from app.models.title import ManagedBy, Title
from app.services.errors import Denied
from app.services.scope import Reach, Scope, ScopedSession, ScopeError
from tests import world
from tests.services.scope.callers import (
    CALLERS,
    OWNED,
    TODAY,
    actor,
    bound,
    grant,
    kin,
    newcomer,
    rows,
    sees_person,
    writing_as,
)
from tests.world.rows import key


def _managed(by: ManagedBy, reach: Reach) -> UUID:
    found: UUID = next(
        row["id"] for row in rows(Cadre) if row["managed_by"] == by and sees_person(reach, row)
    )
    return found


@pytest.mark.parametrize(
    ("body", "good"),
    [
        (ManagedBy.PROVINCE_COMMITTEE, False),
        (ManagedBy.DISTRICT_COMMITTEE, True),
        (ManagedBy.COMMUNE_COMMITTEE, True),
    ],
)
def test_a_district_writes_persons_managed_at_or_below_its_level(
    walls: Engine,
    body: ManagedBy,
    good: bool,  # noqa: FBT001
) -> None:
    person = _managed(body, CALLERS["district"].reach("cadre:read"))
    for lowered in (False, True):
        with writing_as(walls, "district") as session:
            row = session.get_one(Cadre, person)
            row.phone = "0219000001"
            if lowered:
                # In one breath with the edit, it opens nothing.
                row.managed_by = None
            if good:
                session.flush()
            else:
                with pytest.raises(Denied):
                    session.flush()
    with writing_as(walls, "province") as session:
        session.get_one(Cadre, person).phone = "0219000001"
        session.flush()


def test_of_two_grants_the_lower_one_says_who_may_be_written(walls: Engine) -> None:
    two = actor(grant("org_officer", "dong-van"), grant("org_officer", "ta-lung-mv"))
    person = _managed(ManagedBy.DISTRICT_COMMITTEE, CALLERS["district"].reach("cadre:read"))
    with writing_as(walls, two) as session:
        session.get_one(Cadre, person).phone = "0219000001"
        with pytest.raises(Denied):
            session.flush()


def test_centrally_managed_persons_are_stubs_for_every_officer(walls: Engine) -> None:
    for values in (
        {"full_name": "Ai Khác"},
        {"is_stub": False, "birth_date": date(1970, 1, 1), "sex": Sex.MALE},
    ):
        with writing_as(walls, "province") as session:
            row = session.get_one(Cadre, world.person("stub.secretary"))
            for name, value in values.items():
                setattr(row, name, value)
            with pytest.raises(Denied):
                session.flush()


@pytest.mark.parametrize("person", ["btc.dongvan", "spouse-of-btc.dongvan"])
def test_nobody_writes_his_own_record_nor_his_spouses(walls: Engine, person: str) -> None:
    officer = actor(grant("org_officer", "tinh"), cadre="btc.dongvan")
    with writing_as(walls, officer) as session:
        session.get_one(Cadre, world.person(person)).phone = "0219000001"
        with pytest.raises(Denied):
            session.flush()
    with writing_as(walls, officer) as session:
        session.add(kin(world.person(person)))
        with pytest.raises(Denied):
            session.flush()
    with writing_as(walls, "province") as session:
        session.get_one(Cadre, world.person(person)).phone = "0219000001"
        session.flush()


@pytest.mark.parametrize("relation", [Relation.CHILD, Relation.FATHER, Relation.MOTHER, Relation.SIBLING])
@pytest.mark.parametrize("turned", [False, True])
def test_nobody_writes_his_childs_or_parents_record(walls: Engine, relation: Relation, turned: bool) -> None:  # noqa: FBT001
    """Whichever of the two files the link stands in."""
    one, other = world.person("btc.dongvan"), world.person("moved")
    officer = actor(grant("org_officer", "tinh"), cadre="btc.dongvan")
    with bound(walls) as connection:
        with ScopedSession(connection, Scope.house(TODAY, "a link")) as house:
            house.add(kin(other, relation, one) if turned else kin(one, relation, other))
            house.flush()
            house.commit()
        with ScopedSession(connection, Scope.of(officer, "cadre:write", TODAY, "w")) as session:
            session.get_one(Cadre, other).phone = "0219000001"
            if relation == Relation.SIBLING:
                session.flush()
            else:
                with pytest.raises(Denied):
                    session.flush()


def test_reference_data_is_written_over_the_whole_tree_alone(walls: Engine) -> None:
    for who, permission, good in (("district", "cadre:write", False), ("province", "title:write", True)):
        with writing_as(walls, who, permission) as session:
            session.add(Title(code="ZZ.99"))
            if good:
                session.flush()
            else:
                with pytest.raises(Denied):
                    session.flush()


def test_a_units_own_reference_rows_are_written_inside_alone(walls: Engine) -> None:
    title = rows(Title)[0]["id"]
    for place, good in (("truong.dong-van", True), ("truong.meo-vac", False)):
        taken = {row["title_id"] for row in rows(Post) if row["unit_id"] == world.unit(place)}
        free = next(row["id"] for row in rows(Title) if row["id"] not in taken)
        with writing_as(walls, "district", "post:write") as session:
            session.add(Post(unit_id=world.unit(place), title_id=free))
            if good:
                session.flush()
            else:
                with pytest.raises(Denied):
                    session.flush()
    assert title


@pytest.mark.parametrize("permission", ["cadre:write", "session:own", "title:write"])
def test_accounts_are_not_written_on_the_way(walls: Engine, permission: str) -> None:
    """Not even by who may write the whole tree; his own sessions give him no say over grants."""
    from app.models.access import RoleGrant

    with writing_as(walls, "province", permission) as session:
        session.add(
            RoleGrant(
                principal_id=key("principal", "btc.tinh"),
                role="approver",
                unit_id=world.unit("tinh"),
                valid_from=TODAY,
            )
        )
        with pytest.raises(Denied):
            session.flush()
    if permission != "session:own":
        with writing_as(walls, "province", permission) as session:
            session.get_one(Principal, key("principal", "btc.dongvan")).disabled_at = None
            session.add(Principal(kind=PrincipalKind.PERSON, username="zz", display_name="zz"))
            with pytest.raises(Denied):
                session.flush()


def test_a_system_administrator_sees_and_writes_no_person(walls: Engine) -> None:
    for permission in ("cadre:read", "account:write", "session:own"):
        with writing_as(walls, "sysadmin", permission) as session:
            for table in OWNED:
                assert session.scalar(select(func.count()).select_from(table)) == 0
            session.add(newcomer("dong-van"))
            with pytest.raises(Denied):
                session.flush()


def test_audit_events_are_written_once(walls: Engine) -> None:
    from app.models.audit import Outcome
    from app.services import audit

    context = audit.Context(None, "t", "t", "r")
    with writing_as(walls, "province") as session:
        audit.record(session, audit.event_row(context, action="x", outcome=Outcome.DONE))
        session.flush()
        row = session.scalars(select(AuditEvent)).one()
        row.reason = "rewritten"
        with pytest.raises(ScopeError):
            session.flush()
        session.expunge(row)
    with writing_as(walls, "province") as session:
        audit.record(session, audit.event_row(context, action="x", outcome=Outcome.DONE))
        session.flush()
        session.delete(session.scalars(select(AuditEvent)).one())
        with pytest.raises(ScopeError):
            session.flush()
