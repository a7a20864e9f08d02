"""Yearly grades in a file: added for who stands in the record, mended while unconfirmed, always signed."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.models.cadre import Cadre
from app.models.evaluation import Evaluation, EvaluationState, Grade
from app.models.imports import CommitMode
from app.services.dated import on_record
from tests import world
from tests.api.conftest import holder
from tests.services.imports_kit import Desk, make_room, newcomer, table
from tests.world.rows import key

SLUG = holder("ubnd.niem-son", "c.officer")
HER_OFFICE = key("principal", "btc.meovac")


@pytest.fixture
def desk(world_engine: Engine) -> Desk:
    """The district's organisation office."""
    make_room(world_engine)
    return Desk(world_engine)


def cells(desk: Desk, year: int = 2019, /, **changed: str) -> dict[str, str]:
    """A row about somebody of Niêm Sơn that says nothing but a grade."""
    with Session(desk.engine) as session:
        code = session.scalars(select(Cadre.code).where(col(Cadre.id) == world.person(SLUG))).one()
    said = {
        "code": code,
        "evaluation_year": str(year),
        "evaluation_grade": "Hoàn thành tốt nhiệm vụ",
        "evaluation_party_grade": "Hoàn thành xuất sắc nhiệm vụ",
        "evaluation_by": "Ban Thường vụ Huyện ủy",
        "evaluation_number": "15-QĐ/HU",
        "evaluation_on": f"10/12/{year}",
    }
    return {name: value for name, value in (said | changed).items() if value}


def grade(desk: Desk, cadre_id: Any, year: int) -> Evaluation:  # noqa: ANN401 - an id
    """Somebody's grade of a year."""
    with Session(desk.engine) as session:
        return session.scalars(
            select(Evaluation).where(
                col(Evaluation.cadre_id) == cadre_id, col(Evaluation.year) == year, on_record(Evaluation)
            )
        ).one()


def written(desk: Desk, *rows: dict[str, str]) -> None:
    """Checks and commits a file without a fault."""
    checked = desk.check(table(rows))
    assert checked.errors == 0, desk.messages(checked.id)
    desk.commit(checked.id, CommitMode.ALL)


def test_a_grade_alone_is_added_and_waits_for_another_hand(desk: Desk) -> None:
    written(desk, cells(desk))
    made = grade(desk, world.person(SLUG), 2019)
    assert (made.grade, made.party_grade) == (Grade.GOOD, Grade.EXCELLENT)
    assert (made.graded_by, made.decision_number) == ("Ban Thường vụ Huyện ủy", "15-QĐ/HU")
    assert (made.state, made.recorded_by) == (EvaluationState.RECORDED, HER_OFFICE)
    assert json.loads(made.hands) == [str(HER_OFFICE)]
    assert made.graded_unit_id == world.unit("niem-son")
    assert desk.check(table([cells(desk)])).unchanged == 1


def test_a_newcomer_brings_his_grade(desk: Desk) -> None:
    person = newcomer()
    said = cells(desk, 2021, code="")
    written(desk, person | said)
    with Session(desk.engine) as session:
        found = session.scalars(select(Cadre.id).where(col(Cadre.national_id) == person["national_id"])).one()
    assert grade(desk, found, 2021).graded_unit_id == world.unit("niem-son")


def test_an_unconfirmed_grade_is_mended_and_signed_too(desk: Desk) -> None:
    written(desk, cells(desk, 2021, evaluation_grade="Hoàn thành nhiệm vụ"))
    made = grade(desk, world.person(SLUG), 2021)
    assert (made.grade, made.recorded_by) == (Grade.COMPLETED, HER_OFFICE)
    assert set(json.loads(made.hands)) == {str(HER_OFFICE), str(key("principal", "btc.tinh"))}


def test_a_confirmed_grade_is_left_alone(desk: Desk) -> None:
    before = grade(desk, world.person(SLUG), 2020)
    assert before.state == EvaluationState.CONFIRMED
    said = desk.faults(cells(desk, 2020, evaluation_grade="Không hoàn thành nhiệm vụ"))
    assert [column for column, _ in said] == ["evaluation_grade"]
    assert "đã được xác nhận" in said[0][1]
    assert grade(desk, world.person(SLUG), 2020).grade == before.grade


@pytest.mark.parametrize(
    ("changed", "columns"),
    [
        ({"evaluation_grade": ""}, ["evaluation_grade"]),
        ({"evaluation_number": "", "evaluation_by": ""}, ["evaluation_by", "evaluation_number"]),
        ({"evaluation_year": ""}, ["evaluation_year"]),
        ({"evaluation_on": "10/12/2018"}, ["evaluation_on"]),
        ({"evaluation_on": "10/12/2022"}, ["evaluation_on"]),
        ({"evaluation_grade": "Rất tốt"}, ["evaluation_grade"]),
        ({"evaluation_year": "1889"}, ["evaluation_year"]),
    ],
)
def test_what_is_wrong_is_said_in_its_cell(desk: Desk, changed: dict[str, str], columns: list[str]) -> None:
    assert sorted(column for column, _ in desk.faults(cells(desk, **changed))) == columns
