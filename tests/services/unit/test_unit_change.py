"""Changes of units: what they do to versions, lineage and closure."""

from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection

from app.models.unit import (
    ChangeKind,
    ChangeTarget,
    Level,
    NewUnit,
    Share,
    UnitCreate,
    UnitForm,
    UnitKind,
)
from app.services import unit
from app.services.errors import Conflict, Invalid, NotFound
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.conftest import TODAY
from tests.services.unit.small import (
    BASIS,
    DAY,
    change,
    commune,
    computed_closure,
    current,
    parts,
    plant,
    seen_from,
    standing_closure,
)


def test_a_merge_ends_the_sources_and_gives_sight_of_all_that_lay_beneath(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    done = unit.apply(
        session,
        data=change(
            ChangeKind.MERGE,
            sources=parts(tree["xã 1"], tree["xã 2"]),
            targets=[ChangeTarget(unit_id=tree["xã 4"])],
        ),
    )
    assert {part["from_unit"]["id"] for part in done["parts"]} == {tree["xã 1"], tree["xã 2"]}
    assert {part["to_unit"]["id"] for part in done["parts"]} == {tree["xã 4"]}
    eve = DAY - timedelta(days=1)
    for name in ("xã 1", "xã 2", "đảng ủy xã 1", "ubnd xã 1"):
        assert current(session, tree[name], eve) is not None
        assert current(session, tree[name], DAY) is None
    gone = {tree[name] for name in ("xã 1", "xã 2", "đảng ủy xã 1", "ubnd xã 1")}
    assert gone <= seen_from(session, tree["xã 4"], DAY)
    assert gone <= seen_from(session, tree["huyện 2"], DAY)
    assert not gone & seen_from(session, tree["xã 4"], eve)
    assert not gone & seen_from(session, tree["huyện 1"], DAY)
    assert standing_closure(session) == computed_closure(session)


def test_territories_beneath_a_merged_one_go_on_under_its_successor(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    unit.apply(
        session,
        data=change(
            ChangeKind.MERGE, sources=parts(tree["huyện 1"]), targets=[ChangeTarget(unit_id=tree["huyện 2"])]
        ),
    )
    moved = current(session, tree["xã 1"], DAY)
    assert moved is not None
    assert moved.parent_id == tree["huyện 2"]
    assert current(session, tree["đảng ủy xã 1"], DAY) is not None
    assert current(session, tree["trường xã 1"], DAY) is None
    assert standing_closure(session) == computed_closure(session)


def test_a_body_named_among_the_children_goes_on(session: ScopedSession, tree: dict[str, UUID]) -> None:
    target = ChangeTarget(unit_id=tree["huyện 2"], children=[tree["trường xã 1"]])
    unit.apply(session, data=change(ChangeKind.MERGE, sources=parts(tree["huyện 1"]), targets=[target]))
    school = current(session, tree["trường xã 1"], DAY)
    assert school is not None
    assert school.parent_id == tree["huyện 2"]


def test_divisions_of_a_merged_department_go_on_with_all_beneath_them(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    unit.apply(
        session,
        data=change(
            ChangeKind.MERGE, sources=parts(tree["sở 1"]), targets=[ChangeTarget(unit_id=tree["sở 2"])]
        ),
    )
    division = current(session, tree["phòng 1"], DAY)
    assert division is not None
    assert division.parent_id == tree["sở 2"]
    assert current(session, tree["tổ 1"], DAY) is not None
    assert standing_closure(session) == computed_closure(session)


def test_a_code_falls_free_for_the_successor_on_the_day_itself(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    old = current(session, tree["xã 1"], DAY)
    assert old is not None
    done = unit.apply(
        session,
        data=change(
            ChangeKind.MERGE,
            sources=parts(tree["xã 1"], tree["xã 2"]),
            targets=[ChangeTarget(new=commune(tree["huyện 1"], code=old.code))],
        ),
    )
    fresh = current(session, done["parts"][0]["to_unit"]["id"], DAY)
    assert fresh is not None
    assert fresh.code == old.code
    assert standing_closure(session) == computed_closure(session)


def test_lineage_is_handed_on(session: ScopedSession, tree: dict[str, UUID]) -> None:
    into = [ChangeTarget(unit_id=tree["xã 2"])]
    unit.apply(session, data=change(ChangeKind.MERGE, sources=parts(tree["xã 1"]), targets=into))
    later = DAY + timedelta(days=400)
    unit.apply(
        session,
        data=change(
            ChangeKind.MERGE, later, sources=parts(tree["xã 2"]), targets=[ChangeTarget(unit_id=tree["xã 3"])]
        ),
    )
    assert {tree["xã 1"], tree["đảng ủy xã 1"], tree["xã 2"]} <= seen_from(session, tree["xã 3"], later)
    assert standing_closure(session) == computed_closure(session)


def test_seats_still_held_in_ended_units_are_told(connection: Connection) -> None:
    with ScopedSession(connection, Scope.house(TODAY, "test")) as session:
        done = unit.apply(
            session,
            data=change(
                ChangeKind.MERGE,
                sources=parts(world.unit("ma-le")),
                targets=[ChangeTarget(unit_id=world.unit("lung-cu"))],
            ),
        )
    held = [
        one
        for person in world.crowd(TODAY).people.values()
        for one in person.open_on(DAY)
        if one.unit.endswith(".ma-le")
    ]
    assert held
    assert done["open_assignments"] == len(held)


# --- split, dissolve, rename, reparent, create --------------------------------------------------------


def test_both_successors_of_a_split_see_the_whole_predecessor(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    done = unit.apply(
        session,
        data=change(
            ChangeKind.SPLIT,
            sources=parts(tree["xã 1"]),
            targets=[
                ChangeTarget(unit_id=tree["xã 2"], share=Share.MAIN_PART),
                ChangeTarget(new=commune(tree["huyện 2"])),
            ],
        ),
    )
    assert [part["share"] for part in done["parts"]] == ["main part", "part"]
    fresh = done["parts"][1]["to_unit"]["id"]
    for successor in (tree["xã 2"], fresh, tree["huyện 2"]):
        assert {tree["xã 1"], tree["ubnd xã 1"]} <= seen_from(session, successor, DAY)
    assert standing_closure(session) == computed_closure(session)


def test_a_split_says_where_each_territory_goes(session: ScopedSession, tree: dict[str, UUID]) -> None:
    new = NewUnit(
        name="Huyện Mới",
        code="90010",
        level=Level.DISTRICT,
        form=UnitForm.TERRITORY,
        kind=UnitKind.DISTRICT,
        parent_id=tree["tỉnh"],
    )
    targets = [ChangeTarget(unit_id=tree["huyện 2"], children=[tree["xã 1"]]), ChangeTarget(new=new)]
    with pytest.raises(Invalid, match=r"xã 2.*xã 3"):
        unit.apply(session, data=change(ChangeKind.SPLIT, sources=parts(tree["huyện 1"]), targets=targets))
    session.rollback()
    tree = plant(session)
    new = new.model_copy(update={"parent_id": tree["tỉnh"]})
    targets = [
        ChangeTarget(unit_id=tree["huyện 2"], children=[tree["xã 1"]]),
        ChangeTarget(new=new, children=[tree["xã 2"], tree["xã 3"]]),
    ]
    done = unit.apply(session, data=change(ChangeKind.SPLIT, sources=parts(tree["huyện 1"]), targets=targets))
    moved = current(session, tree["xã 3"], DAY)
    assert moved is not None
    assert moved.parent_id == done["parts"][1]["to_unit"]["id"]
    assert standing_closure(session) == computed_closure(session)


def test_a_dissolved_unit_ends_with_its_bodies_and_nobody_takes_it_over(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    unit.apply(session, data=change(ChangeKind.DISSOLVE, sources=parts(tree["xã 1"])))
    assert current(session, tree["ubnd xã 1"], DAY) is None
    assert not {tree["xã 1"], tree["ubnd xã 1"]} & seen_from(session, tree["huyện 1"], DAY)
    assert standing_closure(session) == computed_closure(session)


def test_a_district_with_communes_is_not_dissolved(session: ScopedSession, tree: dict[str, UUID]) -> None:
    with pytest.raises(Conflict, match="Còn 3 địa bàn trực thuộc"):
        unit.apply(session, data=change(ChangeKind.DISSOLVE, sources=parts(tree["huyện 1"])))


def test_a_renamed_unit_is_the_same_unit(session: ScopedSession, tree: dict[str, UUID]) -> None:
    unit.apply(session, data=change(ChangeKind.RENAME, sources=parts(tree["xã 1"]), name="Xã  Tên Mới"))
    before = unit.get(session, tree["xã 1"], day=DAY - timedelta(days=1))
    after = unit.get(session, tree["xã 1"], day=DAY)
    assert (before["name"], after["name"]) == ("xã 1", "Xã Tên Mới")
    assert after["predecessors"] == after["successors"] == []
    assert standing_closure(session) == computed_closure(session)


def test_a_unit_moves_with_all_beneath_it_and_with_its_lineage(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    unit.apply(
        session,
        data=change(
            ChangeKind.MERGE, sources=parts(tree["xã 2"]), targets=[ChangeTarget(unit_id=tree["xã 1"])]
        ),
    )
    later = DAY + timedelta(days=30)
    unit.apply(
        session,
        data=change(ChangeKind.REPARENT, later, sources=parts(tree["xã 1"]), parent_id=tree["huyện 2"]),
    )
    beneath = {tree["xã 1"], tree["ubnd xã 1"], tree["xã 2"]}
    assert beneath <= seen_from(session, tree["huyện 2"], later)
    assert not {tree["xã 1"], tree["ubnd xã 1"]} & seen_from(session, tree["huyện 1"], later)
    assert standing_closure(session) == computed_closure(session)


@pytest.mark.parametrize("below", ["sở 1", "phòng 1", "tổ 1"])
def test_nothing_is_put_beneath_itself(session: ScopedSession, tree: dict[str, UUID], below: str) -> None:
    with pytest.raises(Invalid, match="dưới chính nó"):
        unit.apply(
            session, data=change(ChangeKind.REPARENT, sources=parts(tree["sở 1"]), parent_id=tree[below])
        )


def test_a_new_unit_ends_with_a_parent_whose_end_is_known(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    unit.apply(
        session,
        data=change(
            ChangeKind.MERGE, sources=parts(tree["xã 1"]), targets=[ChangeTarget(unit_id=tree["xã 2"])]
        ),
    )
    data = UnitCreate(
        name="Đoàn xã 1",
        code="90020",
        level=Level.COMMUNE,
        kind=UnitKind.MASS_ORGANISATION,
        parent_id=tree["xã 1"],
        valid_from=date(2021, 5, 1),
        basis=BASIS,
    )
    made = unit.create(session, data=data)
    assert unit.get(session, made, day=date(2021, 6, 1))["ends_on"] == DAY
    assert made in seen_from(session, tree["xã 2"], DAY)
    assert standing_closure(session) == computed_closure(session)


def test_a_new_unit_lies_in_the_tree_from_its_day_on(session: ScopedSession, tree: dict[str, UUID]) -> None:
    data = UnitCreate(
        name="Phòng 2",
        code="90021",
        level=Level.PROVINCE,
        kind=UnitKind.DIVISION,
        parent_id=tree["sở 1"],
        valid_from=DAY,
        basis=BASIS,
    )
    made = unit.create(session, data=data)
    found = unit.get(session, made, day=DAY)
    assert [ref["name"] for ref in found["path"]] == ["tỉnh", "sở 1"]
    with pytest.raises(NotFound, match="01/03/2022"):
        unit.get(session, made, day=DAY - timedelta(days=1))
    assert standing_closure(session) == computed_closure(session)
