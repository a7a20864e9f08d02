"""A file's way into the record: staged, judged, written once, and a second time nothing."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from app.models.assignment import AssignmentSpan
from app.models.audit import AuditEvent
from app.models.cadre import Cadre
from app.models.imports import CommitMode, ImportState
from app.models.party import PartyMembership
from app.models.qualification import QualificationSpan
from app.models.record import Salary
from app.models.residence import Residence
from app.models.title import ManagedBy
from app.services.dated import known
from tests import world
from tests.services.imports_kit import Desk, make_room, newcomer, table, xlsx

FULL = {
    "other_names": "Giàng Mỷ",
    "religion": "Không",
    "hometown": "Xã Niêm Sơn, huyện Mèo Vạc, tỉnh Hà Giang",
    "hometown_commune": "Xã Niêm Sơn",
    "birthplace": "Mèo Vạc",
    "address": "Thôn Nà Pinh, xã Niêm Sơn",
    "legal_category": "Công chức",
    "education": "Đại học",
    "education_field": "Luật",
    "education_on": "15/6/2012",
    "political_theory": "Trung cấp",
    "political_theory_on": "1/9/2018",
    "state_management": "Ngạch chuyên viên",
    "state_management_on": "10/10/2017",
    "foreign_language": "Bậc 2 (A2)",
    "foreign_language_on": "010916",
    "it": "Ứng dụng công nghệ thông tin cơ bản",
    "it_on": "2015-03-02",
    "party_on": "3/2/2014",
    "party_official_on": "3/2/2015",
    "grade_code": "01.003",
    "step": "3",
    "coefficient_hundredths": "3,00",
    "salary_on": "1/1/2020",
}


@pytest.fixture
def desk(world_engine: Engine) -> Desk:
    """The district's organisation office."""
    make_room(world_engine)
    make_room(world_engine, "ubnd.ta-lung-mv")
    return Desk(world_engine)


def test_a_new_person_comes_in_with_all_that_the_row_says(desk: Desk) -> None:
    cells = newcomer(**FULL)
    done = desk.bring_in(xlsx([cells]))
    assert (done.state, done.new, done.written) == (ImportState.COMMITTED, 1, 1)
    person = desk.scalars(select(Cadre).where(col(Cadre.national_id) == cells["national_id"]))[0]
    assert person.full_name == "Giàng Thị Mỷ"
    assert (person.birth_date, person.sex, person.ethnicity, person.religion) == (
        date(1990, 5, 2),
        "female",
        "mong",
        "none",
    )
    assert person.unit_id == world.unit("ubnd.niem-son")
    assert person.managed_by == ManagedBy.UNIT_HEAD
    assert person.hometown_unit_id == world.unit("niem-son")
    assert person.search_key == "giang thi my"
    assert (person.version, person.code[:3]) == (1, "CB-")
    span = desk.scalars(select(AssignmentSpan).where(col(AssignmentSpan.cadre_id) == person.id))[0]
    assert (span.post_id, span.valid_from, span.decision_signed_on) == (
        world.post("ubnd.niem-son", "c.officer"),
        date(2021, 3, 1),
        date(2021, 2, 20),
    )
    learned = {
        row.kind: (row.level, row.valid_from)
        for row in desk.scalars(select(QualificationSpan).where(col(QualificationSpan.cadre_id) == person.id))
    }
    assert learned == {
        "education": ("university", date(2012, 6, 15)),
        "political_theory": ("intermediate", date(2018, 9, 1)),
        "state_management": ("specialist", date(2017, 10, 10)),
        "foreign_language": ("level_2", date(2016, 9, 1)),
        "it": ("basic", date(2015, 3, 2)),
    }
    party = desk.scalars(select(PartyMembership).where(col(PartyMembership.cadre_id) == person.id))[0]
    assert (party.valid_from, party.official_on) == (date(2014, 2, 3), date(2015, 2, 3))
    home = desk.scalars(select(Residence).where(col(Residence.cadre_id) == person.id))[0]
    assert home.address == FULL["address"]
    salary = desk.scalars(select(Salary).where(col(Salary.cadre_id) == person.id))[0]
    assert (salary.grade_code, salary.step, salary.coefficient_hundredths) == ("01.003", 3, 300)


def test_the_same_file_twice_changes_nothing(desk: Desk) -> None:
    content = xlsx([newcomer(**FULL), newcomer()])
    desk.bring_in(content)
    again = desk.check(content)
    assert (again.new, again.updated, again.unchanged, again.errors) == (0, 0, 2, 0), desk.staged(again.id)


def test_a_change_leaves_what_stood_before(desk: Desk) -> None:
    cells = newcomer(**FULL)
    desk.bring_in(xlsx([cells]))
    person = desk.scalars(select(Cadre).where(col(Cadre.national_id) == cells["national_id"]))[0]
    changed = cells | {
        "full_name": "Giàng Thị Mỷ Hoa",
        "political_theory": "Cao cấp",
        "political_theory_on": "1/12/2021",
        "party_official_on": "4/2/2015",
        "unit": "H22.00796",
        "title": "c.officer",
        "assignment_kind": "Điều động",
        "started_on": "1/12/2021",
        "decision_signed_on": "20/11/2021",
        "step": "4",
    }
    checked = desk.check(xlsx([changed]))
    assert (checked.new, checked.updated, checked.warnings, checked.errors) == (0, 1, 1, 0), desk.messages(
        checked.id
    )
    told = {
        change["column"]: (change["old"], change["new"]) for change in desk.staged(checked.id)[0]["changes"]
    }
    assert told["full_name"] == ("Giàng Thị Mỷ", "Giàng Thị Mỷ Hoa")
    assert told["party_official_on"] == ("03/02/2015", "04/02/2015")
    assert told["step"] == ("3", "4")
    assert told["title"] == (
        "Công chức xã, Ủy ban nhân dân xã Niêm Sơn",
        "Công chức xã, Ủy ban nhân dân xã Tả Lủng",
    )
    desk.commit(checked.id)
    after = desk.scalars(select(Cadre).where(col(Cadre.id) == person.id))[0]
    assert (after.version, after.unit_id) == (2, world.unit("ubnd.ta-lung-mv"))
    assert after.search_key == "giang thi my hoa"
    spans = desk.scalars(
        select(AssignmentSpan)
        .where(col(AssignmentSpan.cadre_id) == person.id, known(AssignmentSpan))
        .order_by(col(AssignmentSpan.valid_from))
    )
    assert [(span.valid_from, span.valid_to, span.end_reason) for span in spans] == [
        (date(2021, 3, 1), date(2021, 12, 1), "transfer"),
        (date(2021, 12, 1), None, None),
    ]
    superseded = desk.scalars(
        select(AssignmentSpan).where(col(AssignmentSpan.cadre_id) == person.id, ~known(AssignmentSpan))
    )
    assert [(span.valid_from, span.valid_to) for span in superseded] == [(date(2021, 3, 1), None)]
    party = desk.scalars(
        select(PartyMembership)
        .where(col(PartyMembership.cadre_id) == person.id)
        .order_by(col(PartyMembership.recorded_at))
    )
    assert [(row.official_on, row.superseded_at is None) for row in party] == [
        (date(2015, 2, 3), False),
        (date(2015, 2, 4), True),
    ]


def test_each_person_written_has_one_event_and_an_import_its_own(desk: Desk) -> None:
    content = table([newcomer(), newcomer(), newcomer()])
    done = desk.bring_in(content)
    events = desk.scalars(select(AuditEvent).where(col(AuditEvent.action) == "cadre.import_new"))
    assert len({event.object_id for event in events}) == len(events) == 3
    assert all(event.leaf for event in events)
    own = desk.scalars(
        select(AuditEvent.action)
        .where(col(AuditEvent.object_type) == "import", col(AuditEvent.object_id) == str(done.id))
        .order_by(col(AuditEvent.id))
    )
    assert own == ["import.upload", "import.check", "import.validate", "import.commit_begin", "import.commit"]


def test_valid_rows_go_in_without_the_faulty_ones_only_when_asked(desk: Desk) -> None:
    content = xlsx([newcomer(), newcomer(sex="Nữ giới"), newcomer()])
    row = desk.check(content)
    assert (row.new, row.errors) == (2, 1)
    before = desk.count(Cadre)
    with pytest.raises(Exception, match="Có 1 dòng lỗi"):
        desk.commit(row.id, CommitMode.ALL)
    assert desk.count(Cadre) == before
    done = desk.commit(row.id, CommitMode.VALID)
    assert (done.state, done.written) == (ImportState.COMMITTED, 2), done.fault
    assert desk.count(Cadre) == before + 2
