"""Rows against the record: who, where, which seat; what is refused, in which cell, naming nobody."""

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.committee import Membership
from app.models.imports import CommitMode, ImportRow, ImportState
from app.services.database import writing
from app.services.dated import live
from tests import world
from tests.conftest import TODAY
from tests.services.imports_kit import Desk, make_room, newcomer, table, xlsx
from tests.world.titles import SORTS

TA_LUNG = "Ủy ban nhân dân xã Tả Lủng"


@pytest.fixture
def desk(world_engine: Engine) -> Desk:
    """The district's organisation office."""
    make_room(world_engine)
    make_room(world_engine, "ubnd.ta-lung-mv")
    make_room(world_engine, "ubnd.ta-lung-dv")
    return Desk(world_engine)


def give_id(desk: Desk, slug: str, national_id: str) -> Cadre:
    """A person of the test world with this national id, past every check."""
    with Session(writing(desk.engine), expire_on_commit=False) as session:
        person = session.get(Cadre, world.person(slug))
        assert person is not None
        person.national_id = national_id
        session.add(person)
        session.commit()
        return person


# --- who ---------------------------------------------------------------------------------------------


def test_without_national_id_and_code_a_row_is_refused_whatever_its_name(desk: Desk) -> None:
    known = give_id(desk, "moved", "002185000001")
    said = desk.faults(newcomer(national_id="", full_name=known.full_name))
    assert said == [("national_id", "Cần số định danh hoặc mã cán bộ; không ghép theo họ tên.")]


def test_a_person_is_matched_by_national_id_before_code(desk: Desk) -> None:
    slug = next(
        slug
        for slug, person in world.crowd(TODAY).people.items()
        if any(held.unit == "ubnd.niem-son" and held.sort == "c.officer" for held in person.open_on(TODAY))
    )
    one = give_id(desk, slug, "002185000003")
    row = desk.check(table([{"national_id": "002185000003", "other_names": "Tên khác"}]))
    assert (row.updated, row.errors) == (1, 0), desk.messages(row.id)
    assert desk.staged(row.id)[0]["cadre_id"] == one.id
    by_code = desk.check(table([{"code": one.code, "other_names": "Tên khác"}]))
    assert (by_code.updated, by_code.errors) == (1, 0), desk.messages(by_code.id)
    both = desk.faults({"national_id": "002185000003", "code": "ZZ-99999"})
    assert both == [("code", "Mã này và số định danh là của hai người khác nhau.")]


def test_an_id_held_outside_the_scope_names_nobody(desk: Desk) -> None:
    person = give_id(desk, "officer.lungcu", "002185000009")
    row = desk.check(table([newcomer(national_id="002185000009")]))
    said = desk.staged(row.id)[0]
    assert row.errors == 1
    assert [message["column"] for message in said["messages"]] == ["national_id"]
    assert "ngoài phạm vi" in said["messages"][0]["detail"]
    everything = str(
        desk.scalars(select(ImportRow).where(col(ImportRow.import_id) == row.id))[0].model_dump()
    )
    for secret in (person.full_name, person.code, str(person.id)):
        assert secret not in everything
    hidden = desk.faults({"code": person.code, "other_names": "Tên"})
    assert hidden == [
        ("code", "Không có cán bộ mang mã này trong phạm vi. Người mới: để trống mã, ghi số định danh.")
    ]


@pytest.mark.parametrize(
    ("username", "slug", "said"),
    [
        ("btc.tinh", "stub.chair", "Cán bộ diện Trung ương quản lý: không nhập vào hồ sơ này."),
        ("btc.meovac", "concurrent", "Cán bộ này do cấp trên quản lý; cấp dưới không sửa hồ sơ."),
        ("btc.dongvan", "btc.dongvan", "Không ai được sửa hồ sơ của chính mình"),
    ],
)
def test_whom_one_may_not_write_one_may_not_import(desk: Desk, username: str, slug: str, said: str) -> None:
    person = desk.scalars(select(Cadre).where(col(Cadre.id) == world.person(slug)))[0]
    there = Desk(desk.engine, username)
    assert [
        detail[: len(said)] for _, detail in there.faults({"code": person.code, "other_names": "Tên"})
    ] == [said]


def test_two_rows_of_one_person_are_both_refused(desk: Desk) -> None:
    first, second = newcomer(), newcomer()
    row = desk.check(table([first, second, first, newcomer()]))
    assert (row.new, row.errors) == (2, 2)
    assert desk.messages(row.id) == [
        (2, "national_id", "error", "Trùng với dòng 4. Mỗi người một dòng."),
        (4, "national_id", "error", "Trùng với dòng 2. Mỗi người một dòng."),
    ]


def test_one_person_by_two_keys_is_refused_the_second_time(desk: Desk) -> None:
    slug = next(
        slug
        for slug, person in world.crowd(TODAY).people.items()
        if any(held.unit == "ubnd.niem-son" and held.sort == "c.officer" for held in person.open_on(TODAY))
    )
    person = give_id(desk, slug, "002185000004")
    row = desk.check(
        table([{"national_id": "002185000004", "code": ""}, {"national_id": "", "code": person.code}])
    )
    assert [(number, detail) for number, _, _, detail in desk.messages(row.id)] == [
        (3, "Trùng người với dòng 2.")
    ]


# --- where -------------------------------------------------------------------------------------------


def test_two_units_of_one_name_ask_for_the_district(world_engine: Engine) -> None:
    make_room(world_engine, "ubnd.ta-lung-dv")
    province = Desk(world_engine, "btc.tinh")
    row = province.check(table([newcomer(unit=TA_LUNG), newcomer(unit=TA_LUNG, district="huyện Đồng Văn")]))
    assert (row.errors, row.new) == (1, 1), province.messages(row.id)
    said = province.staged(row.id)[0]["messages"]
    assert (said[0]["column"], said[0]["accepted"]) == ("district", ["Huyện Mèo Vạc", "Huyện Đồng Văn"])
    commune = newcomer(hometown_commune="Xã Tả Lủng")
    assert province.faults(commune)[0][0] == "hometown_district"
    assert (
        province.faults(commune | {"hometown_district": "Đồng Văn", "unit": TA_LUNG, "district": "Đồng Văn"})
        == []
    )


def test_a_district_that_holds_no_such_unit_is_told(desk: Desk) -> None:
    row = desk.check(table([newcomer(unit=TA_LUNG, district="Yên Minh")]))
    said = desk.staged(row.id)[0]["messages"][0]
    assert (said["column"], said["value"], said["accepted"]) == (
        "district",
        "Yên Minh",
        ["Huyện Mèo Vạc", "Huyện Đồng Văn"],
    )


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"unit": "Ủy ban nhân dân xã Lũng Cú"}, "unit", "ngoài phạm vi"),
        ({"unit": "Ủy ban nhân dân xã Niêm Tòng"}, "unit", "Không có đơn vị này"),
        ({"unit": "Sở Ma"}, "unit", "Không có đơn vị này"),
        ({"title": "Giáo viên"}, "title", "không có chức danh này"),
        ({"title": ""}, "title", "Cần cả đơn vị và chức danh"),
        ({"started_on": "1/1/2022"}, "started_on", "tương lai"),
        ({"started_on": "1/1/1989", "decision_signed_on": "1/1/1989"}, "started_on", "trước ngày sinh"),
        ({"decision_signed_on": "2/3/2021"}, "decision_signed_on", "trước hoặc đúng ngày bắt đầu"),
        ({"started_on": ""}, "started_on", "Người mới cần ô này"),
        ({"birth_date": "1/1/2010"}, "birth_date", "Tuổi phải từ 16 đến 90"),
        ({"seat_no": "600"}, "seat_no", "Cần một số nguyên"),
        ({"seat_no": "1"}, "seat_no", "Ghế số 1 không trống"),
        ({"education": "Đại học"}, "education_on", "Cần ngày cấp"),
        ({"education_field": "Luật"}, "education_field", "chưa ghi trình độ"),
        ({"party_official_on": "1/1/2015"}, "party_on", "thiếu ngày vào Đảng"),
        ({"party_on": "1/1/2015", "party_official_on": "1/1/2014"}, "party_official_on", "từ ngày vào Đảng"),
        ({"party_on": "1/1/2025"}, "party_on", "tương lai"),
        ({"step": "2"}, "grade_code", "đủ ngạch"),
        ({"hometown_commune": "Xã Xa"}, "hometown_commune", "Không có xã"),
        ({"unit": "Huyện ủy Mèo Vạc", "title": "Phó Bí thư Huyện ủy"}, "title", "cấp trên quản lý"),
    ],
)
def test_what_is_wrong_is_said_in_its_cell(
    desk: Desk, cells: dict[str, str], column: str, words: str
) -> None:
    said = desk.faults(newcomer(**cells))
    assert any(place == column and words in detail for place, detail in said), said


def test_each_message_says_value_fault_and_what_is_accepted(desk: Desk) -> None:
    row = desk.check(table([newcomer(sex="x", title="Giáo viên")]))
    said = {message["column"]: message for message in desk.staged(row.id)[0]["messages"]}
    assert said["sex"] == {
        "column": "sex",
        "header": "Giới tính",
        "value": "x",
        "level": "error",
        "detail": "Không có trong danh mục.",
        "accepted": ["Nữ", "Nam"],
    }
    assert said["title"]["accepted"] == sorted(
        [SORTS[sort].name for sort in ("c.chair", "c.officer", "c.vice_chair")]
    )


def test_seats_are_given_in_order_until_none_is_left(world_engine: Engine) -> None:
    taken = len(
        Desk(world_engine).scalars(
            select(AssignmentSpan).where(
                col(AssignmentSpan.post_id) == world.post("ubnd.niem-son", "c.officer"),
                live(AssignmentSpan, TODAY),
            )
        )
    )
    make_room(world_engine, quota=taken + 2)
    desk = Desk(world_engine)
    late = {"started_on": "30/12/2021", "decision_signed_on": "30/12/2021"}
    row = desk.check(table([newcomer(**late) for _ in range(3)]))
    assert (row.new, row.errors) == (2, 1), desk.messages(row.id)
    assert desk.messages(row.id)[0][:2] == (4, "title")
    done = desk.commit(row.id, CommitMode.VALID)
    assert done.written == 2, done.fault


def test_a_secretary_comes_with_the_membership(desk: Desk) -> None:
    cells = newcomer(
        unit="Đảng ủy xã Tả Lủng",
        district="Mèo Vạc",
        title="Bí thư Đảng ủy xã",
        assignment_kind="Bầu cử",
        started_on="1/11/2021",
    )
    done = desk.bring_in(table([cells]))
    assert done.written == 1
    person = desk.scalars(select(Cadre).where(col(Cadre.national_id) == cells["national_id"]))[0]
    member = desk.scalars(select(Membership).where(col(Membership.cadre_id) == person.id))[0]
    assert (member.rank, member.valid_from, member.entry) == ("secretary", date(2021, 11, 1), "elected")


def test_every_raw_cell_is_kept_as_it_was_typed(desk: Desk) -> None:
    cells = newcomer(sex="Nử nhé", birth_date="khoảng 1990", other_names="=HYPERLINK(1)")
    row = desk.check(xlsx([cells]))
    assert desk.staged(row.id)[0]["cells"] == cells


def test_a_file_that_can_t_be_read_fails_and_says_why(desk: Desk) -> None:
    row = desk.check(b"Ten;Tuoi\nA;1\n", "x.csv")
    assert row.state == ImportState.FAILED
    assert row.fault is not None
    assert "Không thấy dòng tiêu đề" in row.fault
