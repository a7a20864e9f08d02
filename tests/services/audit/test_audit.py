"""The audit: an event for each root that changed, in the same transaction, in a form anybody can verify."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlmodel import col, select

from app.models.assignment import AssignmentSpan
from app.models.audit import Outcome
from app.models.cadre import Cadre
from app.models.record import Kinship, Relation
from app.models.title import Title
from app.services import audit
from app.services.database import writing
from app.services.errors import Denied
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.services.audit.told import OFFICER, TODAY, edited, events, house, moved, values_of, work

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
