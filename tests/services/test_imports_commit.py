"""What is written in bulk is what would be written one by one; what changed meanwhile is asked about."""

import json
from collections.abc import Sequence
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from app.models.assignment import AssignmentSpan
from app.models.audit import AuditEvent, AuditValue
from app.models.base import new_id, utc_now
from app.models.cadre import Cadre
from app.models.imports import CommitMode, ImportState
from app.models.job import Job
from app.models.post import Post
from app.models.record import Kinship, Relation
from app.models.title import ManagedBy
from app.models.unit import Unit
from app.services import assignment, bulk, imports
from app.services.database import writing
from app.services.dated import known
from app.services.errors import Denied
from app.services.imports import committing
from app.services.imports.drafts import Draft
from app.services.imports.judging import Judge
from app.services.job import claim
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.conftest import TODAY
from tests.services.imports_kit import Desk, make_room, newcomer, table
from tests.services.test_imports import FULL


@pytest.fixture
def desk(world_engine: Engine) -> Desk:
    """The district's organisation office."""
    make_room(world_engine)
    make_room(world_engine, "ubnd.ta-lung-mv")
    return Desk(world_engine)


def test_who_keeps_and_manages_is_what_the_one_writer_says(desk: Desk) -> None:
    rows = [newcomer(), newcomer(title="Phó Chủ tịch Ủy ban nhân dân xã", unit="H22.00796")]
    make_room(desk.engine, "ubnd.ta-lung-mv", "c.vice_chair", 9)
    desk.bring_in(table(rows))
    moved = rows[0] | {"unit": "H22.00796", "started_on": "1/12/2021", "decision_signed_on": "1/11/2021"}
    desk.bring_in(table([moved]))
    ids = [row["national_id"] for row in rows]
    before = {
        person.id: (person.unit_id, person.managed_by)
        for person in desk.scalars(select(Cadre).where(col(Cadre.national_id).in_(ids)))
    }
    assert set(before.values()) == {
        (world.unit("ubnd.ta-lung-mv"), ManagedBy.UNIT_HEAD),
        (world.unit("ubnd.ta-lung-mv"), ManagedBy.COMMUNE_COMMITTEE),
    }
    with ScopedSession(writing(desk.engine), Scope.house(TODAY, "test")) as session:
        people = session.scalars(select(Cadre).where(col(Cadre.id).in_(before))).all()
        assert assignment.settle(session, people, TODAY) == 0


def test_the_audit_tells_each_value_old_and_new(desk: Desk) -> None:
    row = newcomer(**FULL)
    desk.bring_in(table([row]))
    desk.bring_in(table([row | {"other_names": "Tên mới", "party_official_on": "4/2/2015"}]))
    person = desk.scalars(select(Cadre).where(col(Cadre.national_id) == row["national_id"]))[0]
    event = desk.scalars(select(AuditEvent).where(col(AuditEvent.action) == "cadre.import_change"))[0]
    assert (event.object_id, event.unit_id, event.actor) == (str(person.id), person.unit_id, "btc.meovac")
    leaf = json.loads(event.leaf)
    assert leaf["unit_path"][0] == str(world.unit("tinh"))
    assert leaf["unit_path"][-1] == str(world.unit("ubnd.niem-son"))
    values = desk.scalars(select(AuditValue).where(col(AuditValue.event_id) == event.id))[0]
    before, after = json.loads(values.before), json.loads(values.after)
    assert before["cadre.other_names"] == "Giàng Mỷ"
    assert after["cadre.other_names"] == "Tên mới"
    assert "2015-02-04" in after.values()
    assert {name.partition("[")[0] for name in after} == {"cadre.other_names", "party_membership"}
    # Nothing else rose: the person's version once, by one.
    assert person.version == 2


def test_what_changed_since_the_check_is_asked_about_and_nothing_is_written(desk: Desk) -> None:
    row = newcomer(other_names="Một")
    desk.bring_in(table([row]))
    checked = desk.check(table([row | {"other_names": "Hai"}, newcomer()]))
    with Session(writing(desk.engine)) as session:
        person = session.scalars(select(Cadre).where(col(Cadre.national_id) == row["national_id"])).one()
        person.other_names = "Ba"
        session.add(person)
        session.commit()
    people = desk.count(Cadre)
    after = desk.commit(checked.id)
    assert (after.state, after.written) == (ImportState.VALIDATED, 0)
    assert after.fault is not None
    assert "đã đổi từ lúc kiểm tra" in after.fault
    assert desk.count(Cadre) == people
    told = [change for staged in desk.staged(checked.id) for change in staged["changes"]]
    assert [(change["old"], change["new"]) for change in told] == [("Ba", "Hai")]
    assert desk.commit(checked.id).written == 2


def test_how_far_it_is_can_be_seen_while_rows_are_made_ready(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = desk.check(table([newcomer(**FULL) for _ in range(3)]))
    monkeypatch.setattr(committing, "CHUNK", 1)
    seen: list[tuple[int, int]] = []
    judge = Judge.judge

    def seeing(judging: Judge, drafts: Sequence[Draft]) -> None:
        seen.extend(
            (job.done, job.total) for job in desk.scalars(select(Job).order_by(col(Job.id).desc()))[:1]
        )
        judge(judging, drafts)

    monkeypatch.setattr(Judge, "judge", seeing)
    assert desk.commit(row.id).state == ImportState.COMMITTED
    assert seen == [(0, 0), (1, 3), (2, 3)]


def test_a_seat_taken_meanwhile_stops_the_commit(world_engine: Engine) -> None:
    make_room(world_engine, quota=500)
    desk = Desk(world_engine)
    checked = desk.check(table([newcomer(seat_no="400")]))
    desk.bring_in(table([newcomer(seat_no="400")]))
    after = desk.commit(checked.id)
    assert (after.state, after.errors, after.written) == (ImportState.VALIDATED, 1, 0)


def test_two_files_with_one_newcomer_make_one_person(desk: Desk) -> None:
    row = newcomer()
    first, second = desk.check(table([row])), desk.check(table([row]))
    assert desk.commit(first.id).written == 1
    after = desk.commit(second.id)
    assert (after.state, after.new, after.unchanged) == (ImportState.VALIDATED, 0, 1)


def person_of(desk: Desk, slug: str, **changed: object) -> bulk.Person:
    """A change of one person, for the bulk writer."""
    row = desk.scalars(select(Cadre).where(col(Cadre.id) == world.person(slug)))[0]
    found = bulk.Person(row.id, row.unit_id, row.managed_by, "test")
    found.changed.append(
        (Cadre, row.id, {"other_names": row.other_names}, {"other_names": "Tên khác"} | changed)
    )
    return found


def refuses(desk: Desk, person: bulk.Person, username: str = "btc.meovac") -> str:
    """What the bulk writer says to one who may not."""
    with Desk(desk.engine, username).session() as session, pytest.raises(Denied) as said:
        bulk.write_people(session, [person])
    return said.value.detail


def plain(place: str, sort: str) -> str:
    """Somebody who holds such a seat."""
    for slug, person in world.crowd(TODAY).people.items():
        if any((held.unit, held.sort) == (place, sort) for held in person.open_on(TODAY)):
            return slug
    raise LookupError(place)


def test_the_bulk_writer_asks_what_is_asked_one_by_one(desk: Desk) -> None:
    assert "ngoài phạm vi" in refuses(desk, person_of(desk, "officer.lungcu"))
    assert "Trung ương" in refuses(desk, person_of(desk, "stub.chair"), "btc.tinh")
    assert "cấp trên" in refuses(desk, person_of(desk, "concurrent"))
    assert "chính mình" in refuses(desk, person_of(desk, "btc.dongvan"), "btc.dongvan")
    mine = plain("ubnd.niem-son", "c.officer")
    away = person_of(desk, mine)
    away.unit_id = world.unit("ubnd.lung-cu")
    assert "ngoài phạm vi" in refuses(desk, away)
    raised = person_of(desk, mine)
    raised.managed_by = ManagedBy.PROVINCE_COMMITTEE
    assert "cấp trên" in refuses(desk, raised)
    others = person_of(desk, mine)
    others.added.append((Kinship, {"id": new_id(), "cadre_id": world.person("officer.lungcu")}))
    assert "của người khác" in refuses(desk, others)


def test_a_spouses_record_is_not_written_either(desk: Desk) -> None:
    there = Desk(desk.engine, "btc.dongvan")
    near = plain("truong.dong-van", "d.teacher")
    with Session(writing(desk.engine)) as session:
        session.add(
            Kinship(
                cadre_id=world.person("btc.dongvan"),
                relation=Relation.SPOUSE,
                full_name="Ai Đó",
                relative_id=world.person(near),
            )
        )
        session.commit()
    assert "vợ, chồng" in refuses(desk, person_of(desk, near), "btc.dongvan")
    person = desk.scalars(select(Cadre).where(col(Cadre.id) == world.person(near)))[0]
    assert "vợ, chồng" in there.faults({"code": person.code, "other_names": "Tên"})[0][1]


def test_a_bulk_change_is_one_version_and_one_event(desk: Desk) -> None:
    slug = plain("ubnd.niem-son", "c.officer")
    before = desk.scalars(select(Cadre).where(col(Cadre.id) == world.person(slug)))[0]
    span = desk.scalars(
        select(AssignmentSpan).where(col(AssignmentSpan.cadre_id) == before.id, known(AssignmentSpan))
    )[-1]
    person = bulk.Person(before.id, before.unit_id, before.managed_by, "test.change")
    person.changed.append(
        (AssignmentSpan, span.row_id, {"decision_number": None}, {"decision_number": "1/QĐ"})
    )
    with desk.session() as session:
        assert bulk.write_people(session, [person]) == 1
        session.commit()
    after = desk.scalars(select(Cadre).where(col(Cadre.id) == before.id))[0]
    assert after.version == before.version + 1
    assert after.changed_at > before.changed_at
    assert len(desk.scalars(select(AuditEvent).where(col(AuditEvent.action) == "test.change"))) == 1


def test_an_import_of_another_office_can_t_be_committed(desk: Desk) -> None:
    row = desk.check(table([newcomer(birth_date="09/1990")]))
    with (
        Desk(desk.engine, "btc.dongvan").session() as session,
        pytest.raises(Exception, match="ngoài phạm vi"),
    ):
        imports.ask_commit(session, row.id, row.version, mode=CommitMode.ALL)
    desk.commit(row.id)
    born = desk.scalars(select(Cadre).where(col(Cadre.birth_date) == date(1990, 9, 1)))
    assert [person.birth_precision for person in born] == ["month"]


def test_the_database_has_the_last_word_on_a_national_id(desk: Desk) -> None:
    """Two that were made ready before either was written: the second is refused, and nothing of it stays."""
    made = []
    for code in ("CB-00000001", "CB-00000002"):
        key = new_id()
        person = bulk.Person(key, world.unit("ubnd.niem-son"), ManagedBy.UNIT_HEAD, "test.new")
        row: dict[str, object] = dict.fromkeys(Cadre.model_fields)
        row |= {
            "id": key,
            "unit_id": person.unit_id,
            "managed_by": person.managed_by,
            "code": code,
            "full_name": "Giàng Mỷ",
            "search_key": "giang my",
            "sort_key": "my",
            "birth_date": date(1990, 1, 1),
            "birth_precision": "day",
            "sex": "female",
            "national_id": "002185777777",
            "is_stub": False,
            "recorded_at": utc_now(),
            "changed_at": utc_now(),
            "version": 1,
        }
        person.added.append((Cadre, row))
        made.append(person)
    with desk.session() as first:
        bulk.write_people(first, made[:1])
        first.commit()
    with desk.session() as second, pytest.raises(IntegrityError):
        bulk.write_people(second, made[1:])
    assert desk.scalars(select(Cadre.code).where(col(Cadre.national_id) == "002185777777")) == ["CB-00000001"]
    assert len(desk.scalars(select(AuditEvent).where(col(AuditEvent.action) == "test.new"))) == 1


@pytest.mark.parametrize("change", ["nothing", "person", "unit", "post"])
def test_what_was_made_ready_holds_while_its_world_does(desk: Desk, change: str) -> None:
    row = newcomer(other_names="Một")
    desk.bring_in(table([row]))
    checked = desk.check(table([row | {"other_names": "Hai"}]))
    with desk.session() as session:
        imports.ask_commit(session, checked.id, checked.version, mode=CommitMode.ALL)
        session.commit()
    work = claim(desk.engine, TODAY)
    assert work is not None
    with work.session("import:write", writes=False) as session:
        ready = committing.prepare(session, work)
    assert ready is not None
    with Session(writing(desk.engine)) as session:
        found: Cadre | Unit | Post | None = None
        if change == "person":
            found = session.scalars(select(Cadre).where(col(Cadre.national_id) == row["national_id"])).one()
        elif change == "unit":
            found = session.get(Unit, world.unit("so-y-te"))
        elif change == "post":
            found = session.get(Post, world.post("ubnd.niem-son", "c.officer"))
        if found is not None:
            found.version += 1
            session.add(found)
            session.commit()
    with work.session("import:write") as session:
        assert committing.still(session, ready) == (change == "nothing")
    committing.commit(work)
    assert desk.one(checked.id).state == ImportState.COMMITTED
