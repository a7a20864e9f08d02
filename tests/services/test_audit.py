"""The audit: an event for each root that changed, in the same transaction, in a form anybody can verify."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlmodel import col, select

from app.models.access import Principal, PrincipalKind, SignIn, SigningKey
from app.models.assignment import AssignmentSpan
from app.models.audit import AuditEvent, AuditValue, Outcome
from app.models.base import utc_now
from app.models.cadre import Cadre
from app.models.record import Kinship, Relation
from app.models.title import Title
from app.models.unit import Level
from app.services import audit, bulk
from app.services.database import writing
from app.services.errors import Denied
from app.services.scope import Actor, Grant, Scope, ScopedSession, guard_engine
from tests import world
from tests.world.rows import key

TODAY = date(2021, 12, 31)
OFFICER = Actor(
    key("principal", "btc.dongvan"),
    "btc.dongvan",
    "Ban Tổ chức Huyện ủy",
    PrincipalKind.PERSON,
    None,
    "thenchot",
    grants=(Grant("org_officer", world.unit("dong-van"), level=Level.DISTRICT),),
)


@pytest.fixture
def engine(world_engine: Engine) -> Engine:
    guard_engine(world_engine)
    return world_engine


@contextmanager
def work(engine: Engine, scope: Scope | None = None) -> Iterator[ScopedSession]:
    with ScopedSession(writing(engine), scope or Scope.of(OFFICER, "cadre:write", TODAY, "req-7")) as session:
        yield session
        session.commit()


def house() -> Scope:
    return Scope.house(TODAY, "a test")


def events(engine: Engine, **equal: object) -> list[AuditEvent]:
    with ScopedSession(engine, Scope.nobody(TODAY)) as session:
        statement = select(AuditEvent).order_by(col(AuditEvent.id))
        return list(session.exec(statement.filter_by(**equal)))


def values_of(engine: Engine, event: AuditEvent) -> AuditValue:
    with ScopedSession(engine, Scope.nobody(TODAY)) as session:
        return session.get_one(AuditValue, event.id)


def moved() -> UUID:
    return world.person("moved")


def edited(engine: Engine, **values: object) -> AuditEvent:
    """One edit of one person, committed; its event."""
    with work(engine) as session:
        person = session.get_one(Cadre, moved())
        for name, value in values.items():
            setattr(person, name, value)
    return events(engine, object_id=str(moved()))[-1]


# --- what is told ----------------------------------------------------------------------------------


def test_a_change_is_told_with_who_where_and_in_which_request(engine: Engine) -> None:
    event = edited(engine, phone="0219000001")
    assert (event.actor_id, event.actor, event.client) == (OFFICER.id, "btc.dongvan", "thenchot")
    assert (event.action, event.outcome, event.request_id) == ("cadre:write", Outcome.DONE, "req-7")
    assert (event.object_type, event.object_id) == ("cadre", str(moved()))
    assert event.unit_id == world.unit("phong-noi-vu.dong-van")
    assert json.loads(event.leaf)["unit_path"] == [
        str(world.unit(place)) for place in ("tinh", "dong-van", "phong-noi-vu.dong-van")
    ]


def test_one_event_for_each_root_whatever_changed_in_it(engine: Engine) -> None:
    other = world.person("secretary.local")
    with work(engine) as session:
        for person in (moved(), other):
            session.get_one(Cadre, person).phone = "0219000001"
            session.add(Kinship(cadre_id=person, relation=Relation.SIBLING, full_name="Người Thân"))
            session.flush()
            session.get_one(Cadre, person).phone = "0219000002"
    found = events(engine, request_id="req-7")
    assert {event.object_id for event in found} == {str(moved()), str(other)}
    assert len(found) == 2


def test_rows_of_a_person_are_told_of_the_person_at_his_unit(engine: Engine) -> None:
    """A row beneath the person carries no unit; the event is filed under who keeps the file all the same."""
    with work(engine) as session:
        row = Kinship(cadre_id=moved(), relation=Relation.SIBLING, full_name="Người Thân")
        session.add(row)
        session.note(session.get_one(Cadre, moved()), "kinship.add", "bổ sung theo phiếu 2C")
    event = events(engine, object_id=str(moved()))[-1]
    assert (event.action, event.reason) == ("kinship.add", "bổ sung theo phiếu 2C")
    assert event.unit_id == world.unit("phong-noi-vu.dong-van")
    after = json.loads(values_of(engine, event).after)
    assert after[f"kinship[{row.id}].full_name"] == "Người Thân"


def test_old_and_new_values_of_several_edits_are_the_first_and_the_last(engine: Engine) -> None:
    with work(engine) as session:
        person = session.get_one(Cadre, moved())
        before = person.phone
        for phone in ("0219000001", "0219000002", "0219000003"):
            person.phone = phone
            session.flush()
    values = values_of(engine, events(engine, object_id=str(moved()))[-1])
    assert json.loads(values.before) == {"cadre.phone": before}
    assert json.loads(values.after) == {"cadre.phone": "0219000003"}


def test_a_new_root_has_no_before_even_when_it_is_edited_at_once(engine: Engine) -> None:
    with work(engine, house()) as session:
        title = Title(code="ZZ.99")
        session.add(title)
        session.flush()
        title.code = "ZZ.98"
    values = values_of(engine, events(engine, object_id=str(title.id))[-1])
    assert json.loads(values.before) == {}
    assert json.loads(values.after)["title.code"] == "ZZ.98"


def test_nothing_changed_is_nothing_told(engine: Engine) -> None:
    with work(engine) as session:
        person = session.get_one(Cadre, moved())
        person.phone = person.phone
        version = person.version
    assert events(engine) == []
    with work(engine) as session:
        assert session.get_one(Cadre, moved()).version == version


def test_each_transaction_tells_its_own_change(engine: Engine) -> None:
    with ScopedSession(writing(engine), Scope.of(OFFICER, "cadre:write", TODAY, "req-7")) as session:
        for phone in ("0219000001", "0219000002"):
            session.get_one(Cadre, moved()).phone = phone
            session.commit()
    told = [json.loads(values_of(engine, event).after) for event in events(engine)]
    assert told == [{"cadre.phone": "0219000001"}, {"cadre.phone": "0219000002"}]


def test_a_commit_by_a_block_is_told_too(engine: Engine) -> None:
    scope = Scope.of(OFFICER, "cadre:write", TODAY, "req-7")
    with ScopedSession(writing(engine), scope) as session, session.begin():
        session.get_one(Cadre, moved()).phone = "0219000001"
    assert [event.object_id for event in events(engine)] == [str(moved())]


def test_what_is_rolled_back_is_not_told_with_the_next_commit(engine: Engine) -> None:
    other = world.person("secretary.local")
    with ScopedSession(writing(engine), Scope.of(OFFICER, "cadre:write", TODAY, "req-7")) as session:
        session.get_one(Cadre, moved()).phone = "0219000001"
        session.note(session.get_one(Cadre, moved()), "cadre.edit")
        session.flush()
        session.rollback()
        session.get_one(Cadre, other).phone = "0219000002"
        session.commit()
        assert session.get_one(Cadre, other).version == 2
    assert [event.object_id for event in events(engine)] == [str(other)]


def test_a_refused_write_leaves_neither_change_nor_event(engine: Engine) -> None:
    with pytest.raises(Denied), work(engine) as session:
        session.get_one(Cadre, moved()).unit_id = world.unit("meo-vac")
    assert events(engine) == []


def test_a_span_of_a_person_is_told_of_the_person(engine: Engine) -> None:
    with work(engine, house()) as session:
        span = session.exec(select(AssignmentSpan).where(col(AssignmentSpan.cadre_id) == moved())).first()
        assert span is not None
        span.decision_number = "99/QĐ"
    event = events(engine, object_id=str(moved()))[-1]
    assert json.loads(values_of(engine, event).after) == {
        f"assignment_span[{span.row_id}].decision_number": "99/QĐ"
    }


# --- the leaf --------------------------------------------------------------------------------------


def test_a_leaf_is_made_again_from_the_row_and_its_values(engine: Engine) -> None:
    event = edited(engine, phone="0219000001")
    values = values_of(engine, event)

    def committed(text: str) -> str:
        return hmac.new(values.salt, text.encode(), hashlib.sha256).hexdigest()

    told = {
        "v": 1,
        "event_id": str(event.id),
        "ts": event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "actor": event.actor,
        "client": event.client,
        "action": event.action,
        "object": {"type": event.object_type, "id": event.object_id},
        "unit_path": json.loads(event.leaf)["unit_path"],
        "request_id": event.request_id,
        "outcome": event.outcome.value,
        "reason": event.reason,
        "before_c": committed(values.before),
        "after_c": committed(values.after),
    }
    assert rfc8785.dumps(told) == event.leaf


@pytest.mark.parametrize("side", ["before", "after"])
def test_another_value_or_salt_does_not_fit_the_leaf(engine: Engine, side: str) -> None:
    event = edited(engine, phone="0219000001")
    values, leaf = values_of(engine, event), json.loads(event.leaf)
    assert audit.commitment(values.salt, getattr(values, side)) == leaf[f"{side}_c"]
    assert audit.commitment(values.salt, getattr(values, side) + " ") != leaf[f"{side}_c"]
    assert audit.commitment(b"\0" * 16, getattr(values, side)) != leaf[f"{side}_c"]


def test_equal_changes_are_told_apart_by_their_salt(engine: Engine) -> None:
    """Whoever guesses a value can't look it up in the log."""
    leaves = [
        json.loads(edited(engine, phone=phone).leaf) for phone in ("0219000001", "0219000002", "0219000001")
    ]
    assert leaves[0]["after_c"] != leaves[2]["after_c"]


def test_the_log_holds_no_personal_content(engine: Engine) -> None:
    event = edited(engine, full_name="Sùng Thị Bí Mật", phone="0219123456", religion="tin lanh")
    row = json.dumps(event.model_dump(mode="json", exclude={"leaf"})) + event.leaf.decode()
    for content in ("Sùng", "Bí Mật", "0219123456", "tin lanh"):
        assert content not in row


def test_leaves_are_one_line_whatever_is_typed(engine: Engine) -> None:
    with work(engine) as session:
        session.get_one(Cadre, moved()).phone = "0219000001"
        session.note(session.get_one(Cadre, moved()), "cadre.edit", 'dòng 1\r\n{"action":"fake"}\u2028')
    leaf = events(engine)[-1].leaf
    assert b"\n" not in leaf
    assert b"\r" not in leaf
    assert json.loads(leaf)["action"] == "cadre.edit"


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(
    actor=TEXTS,
    action=TEXTS,
    reason=st.none() | TEXTS,
    moment=st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone is drawn
    root=st.none() | st.tuples(TEXTS, TEXTS),
    outcome=st.sampled_from(Outcome),
)
def test_every_leaf_is_canonical_and_reads_back(  # noqa: PLR0917 - what is drawn
    actor: str,
    action: str,
    reason: str | None,
    moment: datetime,
    root: tuple[str, str] | None,
    outcome: Outcome,
) -> None:
    context = audit.Context(None, actor, "c", "r")
    row = audit.event_row(context, action=action, outcome=outcome, root=root, reason=reason, at=moment)
    read = json.loads(row["leaf"])
    assert rfc8785.dumps(read) == row["leaf"]
    assert (read["actor"], read["action"], read["reason"]) == (actor, action, reason)
    assert datetime.strptime(read["ts"], "%Y-%m-%dT%H:%M:%S.%f%z") == moment
    assert read["object"] == (None if root is None else {"type": root[0], "id": root[1]})


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
        (world.person(slug), world.unit("dong-van"), {"cadre.phone": slug}) for slug in ("moved", "retired")
    ]
    with work(engine, house()) as session:
        bulk.leaves(session, "import", people, reason="tệp 1")
    found = events(engine, action="import")
    assert {event.object_id for event in found} == {str(person) for person, _, _ in people}
    for event in found:
        values, leaf = values_of(engine, event), json.loads(event.leaf)
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
