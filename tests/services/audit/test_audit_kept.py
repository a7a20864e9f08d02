"""The audit: no commit without its event, a log nobody rewrites, no secrets in it; refusals, imports."""

import json
from uuid import uuid4

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import col, select

from app.models.access import Principal, PrincipalKind, SignIn, SigningKey
from app.models.audit import AuditEvent, AuditValue, Outcome
from app.models.base import utc_now
from app.models.cadre import Cadre
from app.services import audit, bulk
from app.services.database import writing
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.services.audit.told import OFFICER, TODAY, edited, events, house, moved, values_of, work

# --- all or nothing --------------------------------------------------------------------------------


def broken(engine: Engine, table: str) -> None:
    """Makes the database refuse every row of a table from now on."""
    with writing(engine).begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                f"CREATE TRIGGER broken BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'broken'); END"
            )
        else:
            connection.exec_driver_sql(
                "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS "
                "'BEGIN RAISE EXCEPTION ''broken''; END'"
            )
            connection.exec_driver_sql(
                f"CREATE TRIGGER broken BEFORE INSERT ON {table} EXECUTE FUNCTION broken()"
            )


def edit(session: ScopedSession, *, by_block: bool) -> None:
    if by_block:
        with session.begin():
            session.get_one(Cadre, moved()).phone = "0219000001"
        return
    session.get_one(Cadre, moved()).phone = "0219000001"
    session.commit()


@pytest.mark.parametrize("table", ["audit_event", "audit_value"])
@pytest.mark.parametrize("block", [False, True])
def test_without_its_event_nothing_is_committed(engine: Engine, table: str, block: bool) -> None:  # noqa: FBT001
    with ScopedSession(engine, house()) as session:
        before = session.get_one(Cadre, moved())
    broken(engine, table)
    scope = Scope.of(OFFICER, "cadre:write", TODAY, "req-7")
    with pytest.raises(DatabaseError, match="broken"), ScopedSession(writing(engine), scope) as session:
        edit(session, by_block=block)
    with ScopedSession(engine, house()) as session:
        after = session.get_one(Cadre, moved())
        assert (after.phone, after.version) == (before.phone, before.version)
    assert events(engine) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET reason = 'x'",
        "UPDATE audit_event SET actor = 'x'",
        "DELETE FROM audit_event",
        "UPDATE audit_value SET after = '{}'",
        "DELETE FROM audit_value",
        "UPDATE audit_value SET before = '', after = '', salt = ''",
    ],
)
def test_the_database_refuses_to_rewrite_the_log(engine: Engine, statement: str) -> None:
    event = edited(engine, phone="0219000001")
    with pytest.raises(DatabaseError), writing(engine).begin() as connection:
        connection.exec_driver_sql(statement)
    again = events(engine, id=event.id)
    assert [row.leaf for row in again] == [event.leaf]
    assert json.loads(values_of(engine, event).after) == {"cadre.phone": "0219000001"}


def test_values_can_be_erased_by_law_and_the_log_still_stands(engine: Engine) -> None:
    event = edited(engine, phone="0219000001")
    empty = "x''" if engine.dialect.name == "sqlite" else "''::bytea"
    with writing(engine).begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE audit_value SET before = '', after = '', salt = {empty},"
            " erased_at = '2022-01-01 00:00:00'"
        )
    values = values_of(engine, event)
    assert (values.before, values.after, values.salt) == ("", "", b"")
    assert [row.leaf for row in events(engine, id=event.id)] == [event.leaf]
    # What is erased stays erased.
    with pytest.raises(DatabaseError), writing(engine).begin() as connection:
        connection.exec_driver_sql("UPDATE audit_value SET after = '{}', erased_at = NULL")


# --- secrets ---------------------------------------------------------------------------------------


def test_secrets_never_stand_among_the_values(engine: Engine) -> None:
    with work(engine, house()) as session:
        principal = Principal(
            kind=PrincipalKind.PERSON, username="moi", display_name="Mới", password_hash="$argon2id$geheim"
        )
        session.add(principal)
        session.flush()
        session.add(
            SignIn(
                principal_id=principal.id,
                secret_hash=b"geheim" * 5,
                expires_at=utc_now(),
                address="192.0.2.77",
            )
        )
        principal.password_hash = "$argon2id$geheimer"
    with ScopedSession(engine, Scope.nobody(TODAY)) as session:
        kept = "".join(f"{row.before}{row.after}" for row in session.exec(select(AuditValue)))
        leaves = b"".join(row.leaf for row in session.exec(select(AuditEvent)))
    assert "moi" in kept
    for secret in ("argon2", "geheim", "secret_hash", "192.0.2.77"):
        assert secret not in kept
        assert secret.encode() not in leaves


def test_search_and_sort_keys_are_not_told_beside_the_name(engine: Engine) -> None:
    event = edited(engine, full_name="Sùng A Páo", search_key="sung a pao", sort_key="pao")
    assert json.loads(values_of(engine, event).after) == {"cadre.full_name": "Sùng A Páo"}


def test_a_new_key_is_told_by_its_name(engine: Engine) -> None:
    from app.models.access import KeyState

    with work(engine, house()) as session:
        session.add(SigningKey(kid="k1", public_pem="pem", state=KeyState.NEXT))
    assert [(event.object_type, event.object_id) for event in events(engine)] == [("signing_key", "k1")]


# --- refusals, reads, bulk -------------------------------------------------------------------------


def test_a_refusal_names_what_was_asked_for_and_looks_nothing_up(engine: Engine) -> None:
    nobody = uuid4()
    context = audit.Context(OFFICER.id, OFFICER.username, OFFICER.client, "req-8")
    with work(engine, Scope.nobody(TODAY, "req-8")) as session:
        audit.record(
            session,
            audit.refusal(context, action="GET /cadres/{id}", root=("cadre", str(nobody)), reason="x" * 900),
        )
    event = events(engine)[-1]
    assert (event.outcome, event.object_id, event.request_id) == (Outcome.REFUSED, str(nobody), "req-8")
    assert event.reason == "x" * 500


def test_a_read_keeps_two_hundred_ids_and_the_number_of_rows(engine: Engine) -> None:
    ids = [uuid4() for _ in range(300)]
    context = audit.Context(OFFICER.id, OFFICER.username, OFFICER.client, "req-9")
    with work(engine, Scope.nobody(TODAY, "req-9")) as session:
        audit.record(
            session,
            audit.reading(
                context,
                action="GET /cadres",
                unit_id=world.unit("dong-van"),
                ids=ids,
                rows=300,
                filter_digest="abc",
                because=["b", "a", "b"],
            ),
        )
    event = events(engine)[-1]
    assert event.outcome == Outcome.READ
    assert json.loads(event.detail or "") == {
        "rows": 300, "filter": "abc", "ids": [str(key) for key in ids[:200]], "everywhere": ["a", "b"]
    }  # fmt: skip


def test_an_import_tells_of_each_person_written(engine: Engine) -> None:
    people = [
        bulk.Person(world.person(slug), world.unit("dong-van"), None, "import")
        for slug in ("moved", "retired")
    ]
    for person in people:
        person.changed.append((Cadre, person.cadre_id, {"phone": None}, {"phone": "0219"}))
    with work(engine, house()) as session:
        bulk.leaves(session, people, reason="tệp 1")
    found = events(engine, action="import")
    assert {event.object_id for event in found} == {str(person.cadre_id) for person in people}
    for event in found:
        values, leaf = values_of(engine, event), json.loads(event.leaf)
        assert (values.before, values.after) == ('{"cadre.phone":null}', '{"cadre.phone":"0219"}')
        assert audit.commitment(values.salt, values.after) == leaf["after_c"]
        assert event.reason == "tệp 1"


def test_where_it_was_read_across_units_is_forgotten_with_no_rollback(engine: Engine) -> None:
    """A read has happened whatever becomes of the change."""
    from sqlalchemy import select as rows

    from app.services.scope import everywhere

    with ScopedSession(writing(engine), Scope.of(OFFICER, "cadre:write", TODAY, "r")) as session:
        everywhere(session, because="kinship").execute(rows(col(Cadre.id))).all()
        session.rollback()
        assert session.trail.everywhere == ["kinship"]
