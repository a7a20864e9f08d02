"""The bulk writer checks units, not whose file a row belongs to: a district writes no such rows by it."""

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import SQLModel

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.committee import Membership
from app.models.record import Training
from app.services import bulk
from app.services.errors import Denied
from tests import world
from tests.services.scope.callers import writing_as


@pytest.mark.parametrize("table", [AssignmentSpan, Membership, Training])
def test_rows_of_persons_are_refused_below_the_whole_tree(walls: Engine, table: type[SQLModel]) -> None:
    with writing_as(walls, "district") as session:
        before = session.scalar(select(func.count()).select_from(table))
        # Its own unit, but another district's person.
        row = {"unit_id": world.unit("phong-noi-vu.dong-van"), "cadre_id": world.person("concurrent")}
        with pytest.raises(Denied):
            bulk.write(session, table, [row])
        assert session.scalar(select(func.count()).select_from(table)) == before


def test_persons_of_another_district_are_refused(walls: Engine) -> None:
    with writing_as(walls, "district") as session, pytest.raises(Denied):
        bulk.write(session, Cadre, [{"unit_id": world.unit("phong-noi-vu.meo-vac")}])
