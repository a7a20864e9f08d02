"""Units: what a change does to versions, lineage and closure, held against the computation from scratch."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select
from sqlmodel import col

from app.models.base import new_id, search_key, text_key
from app.models.unit import (
    ChangeKind,
    ChangePart,
    ChangeTarget,
    LegalBasis,
    Level,
    NewUnit,
    Share,
    Unit,
    UnitChange,
    UnitChangeCreate,
    UnitChangePart,
    UnitClosure,
    UnitCreate,
    UnitForm,
    UnitKind,
    UnitUpdate,
    UnitVersion,
    Via,
)
from app.services import bulk, closure, unit
from app.services.database import writing
from app.services.dated import known, live
from app.services.errors import Conflict, DomainError, Invalid, NotFound, Stale
from app.services.paging import Page
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.conftest import TODAY

BEGIN = date(2010, 1, 1)
DAY = date(2022, 3, 1)
BASIS = LegalBasis(number="12/NQ-HĐND", issuer="Hội đồng nhân dân tỉnh", signed_on=date(2022, 1, 5))
SMALL: dict[str, tuple[UnitKind, Level, str | None]] = {
    "tỉnh": (UnitKind.PROVINCE, Level.PROVINCE, None),
    "huyện 1": (UnitKind.DISTRICT, Level.DISTRICT, "tỉnh"),
    "huyện 2": (UnitKind.DISTRICT, Level.DISTRICT, "tỉnh"),
    "xã 1": (UnitKind.COMMUNE, Level.COMMUNE, "huyện 1"),
    "xã 2": (UnitKind.COMMUNE, Level.COMMUNE, "huyện 1"),
    "xã 3": (UnitKind.COMMUNE, Level.COMMUNE, "huyện 1"),
    "xã 4": (UnitKind.COMMUNE, Level.COMMUNE, "huyện 2"),
    "xã 5": (UnitKind.COMMUNE, Level.COMMUNE, "huyện 2"),
    "đảng ủy xã 1": (UnitKind.PARTY_COMMITTEE, Level.COMMUNE, "xã 1"),
    "ubnd xã 1": (UnitKind.PEOPLE_COMMITTEE, Level.COMMUNE, "xã 1"),
    "trường xã 1": (UnitKind.PUBLIC_SERVICE, Level.DISTRICT, "huyện 1"),
    "sở 1": (UnitKind.DEPARTMENT, Level.PROVINCE, "tỉnh"),
    "sở 2": (UnitKind.DEPARTMENT, Level.PROVINCE, "tỉnh"),
    "phòng 1": (UnitKind.DIVISION, Level.PROVINCE, "sở 1"),
    "tổ 1": (UnitKind.DIVISION, Level.PROVINCE, "phòng 1"),
}
"""Name to kind, level and parent."""


def plant(session: ScopedSession) -> dict[str, UUID]:
    """The small tree, open since 2010; name to id."""
    ids = {name: new_id() for name in SMALL}
    versions = []
    for number, (name, (kind, level, parent)) in enumerate(SMALL.items()):
        values: dict[str, Any] = {
            "unit_id": ids[name],
            "name": name,
            "search_key": search_key(name),
            "sort_key": text_key(name),
            "code": f"{number:05}",
            "level": level,
            "form": UnitForm.TERRITORY if kind.value == level.value else UnitForm.BODY,
            "kind": kind,
            "parent_id": ids[parent] if parent else None,
            "valid_from": BEGIN,
        }
        versions.append(UnitVersion(**values).model_dump())
    bulk.write(session, Unit, [{"id": key, "version": 1, "plan_due_on": None} for key in ids.values()])
    bulk.write(session, UnitVersion, versions)
    rows = closure.rows(closure.links(versions), [])
    bulk.write(session, UnitClosure, [{"id": new_id()} | row for row in rows])
    return ids


@pytest.fixture
def session(engine: Engine) -> Iterator[ScopedSession]:
    with ScopedSession(writing(engine), Scope.house(TODAY, "test")) as opened:
        yield opened


@pytest.fixture
def tree(session: ScopedSession) -> dict[str, UUID]:
    return plant(session)


Edge = tuple[UUID, UUID, int, Via, date, date | None]


def standing_closure(session: ScopedSession) -> list[Edge]:
    rows = session.execute(
        select(
            col(UnitClosure.ancestor_id),
            col(UnitClosure.descendant_id),
            col(UnitClosure.depth),
            col(UnitClosure.via),
            col(UnitClosure.valid_from),
            col(UnitClosure.valid_to),
        )
    )
    return sorted((tuple(row) for row in rows), key=str)


def computed_closure(session: ScopedSession) -> list[Edge]:
    versions = [row.model_dump() for row in session.scalars(select(UnitVersion).where(known(UnitVersion)))]
    changes = [row.model_dump() for row in session.scalars(select(UnitChange))]
    parts = [row.model_dump() for row in session.scalars(select(UnitChangePart))]
    rows = closure.rows(closure.links(versions), closure.successions(changes, parts))
    names = ("ancestor_id", "descendant_id", "depth", "via", "valid_from", "valid_to")
    return sorted((tuple(row[name] for name in names) for row in rows), key=str)


def current(session: ScopedSession, unit_id: UUID, day: date) -> UnitVersion | None:
    return session.scalars(
        select(UnitVersion).where(col(UnitVersion.unit_id) == unit_id, live(UnitVersion, day))
    ).first()


def seen_from(session: ScopedSession, unit_id: UUID, day: date) -> set[UUID]:
    """What a grant at `unit_id` reaches on `day`."""
    rows = session.scalars(
        select(col(UnitClosure.descendant_id)).where(
            col(UnitClosure.ancestor_id) == unit_id, live(UnitClosure, day)
        )
    )
    return set(rows)


def change(kind: ChangeKind, on: date = DAY, **values: Any) -> UnitChangeCreate:  # noqa: ANN401 - as the body or the filters have it
    return UnitChangeCreate(kind=kind, on=on, basis=BASIS, **values)


def parts(*units: UUID) -> list[ChangePart]:
    return [ChangePart(unit_id=key) for key in units]


def commune(parent: UUID, name: str = "Xã Mới", code: str = "90001") -> NewUnit:
    return NewUnit(
        name=name,
        code=code,
        level=Level.COMMUNE,
        form=UnitForm.TERRITORY,
        kind=UnitKind.COMMUNE,
        type="xa",
        parent_id=parent,
    )


# --- merge ------------------------------------------------------------------------------------------


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


# --- what is refused ----------------------------------------------------------------------------------


def test_changes_are_entered_in_the_order_of_their_days(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    into = [ChangeTarget(unit_id=tree["xã 2"])]
    unit.apply(session, data=change(ChangeKind.MERGE, sources=parts(tree["xã 1"]), targets=into))
    with pytest.raises(Conflict, match="01/03/2022"):
        unit.apply(
            session,
            data=change(
                ChangeKind.REPARENT, date(2021, 1, 1), sources=parts(tree["xã 1"]), parent_id=tree["huyện 2"]
            ),
        )
    with pytest.raises(Conflict, match="01/03/2022"):
        unit.apply(
            session,
            data=change(
                ChangeKind.REPARENT, date(2021, 1, 1), sources=parts(tree["huyện 1"]), parent_id=tree["tỉnh"]
            ),
        )


@pytest.mark.parametrize(
    ("day", "told"), [(date(2009, 12, 31), "01/01/2010"), (DAY + timedelta(days=1), "28/02/2022")]
)
def test_a_unit_that_does_not_stand_changes_no_more(
    session: ScopedSession, tree: dict[str, UUID], day: date, told: str
) -> None:
    into = [ChangeTarget(unit_id=tree["xã 2"])]
    unit.apply(session, data=change(ChangeKind.MERGE, sources=parts(tree["xã 1"]), targets=into))
    with pytest.raises(Invalid) as refused:
        unit.apply(session, data=change(ChangeKind.DISSOLVE, day, sources=parts(tree["xã 1"])))
    assert [fault.pointer for fault in refused.value.faults] == ["/sources/0/unit_id"]
    assert told in refused.value.faults[0].detail


def test_a_unit_does_not_end_on_the_day_it_begins(session: ScopedSession, tree: dict[str, UUID]) -> None:
    with pytest.raises(Conflict, match="01/01/2010"):
        unit.apply(session, data=change(ChangeKind.DISSOLVE, BEGIN, sources=parts(tree["xã 1"])))


def test_the_same_unit_stands_once_on_one_side(session: ScopedSession, tree: dict[str, UUID]) -> None:
    for sources, target in ((("xã 1", "xã 1"), "xã 2"), (("xã 1", "xã 2"), "xã 2")):
        with pytest.raises(Invalid) as refused:
            unit.apply(
                session,
                data=change(
                    ChangeKind.MERGE,
                    sources=parts(*(tree[name] for name in sources)),
                    targets=[ChangeTarget(unit_id=tree[target])],
                ),
            )
        assert [fault.pointer for fault in refused.value.faults] == ["/sources"]


def test_a_commune_is_not_merged_into_a_district_nor_into_a_body(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    for target in ("huyện 2", "ubnd xã 1"):
        with pytest.raises(Invalid, match="khác cấp"):
            unit.apply(
                session,
                data=change(
                    ChangeKind.MERGE,
                    sources=parts(tree["xã 2"]),
                    targets=[ChangeTarget(unit_id=tree[target])],
                ),
            )


def test_a_department_is_not_merged_into_its_own_division(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    with pytest.raises(Invalid, match="nằm trong"):
        unit.apply(
            session,
            data=change(
                ChangeKind.MERGE, sources=parts(tree["sở 1"]), targets=[ChangeTarget(unit_id=tree["tổ 1"])]
            ),
        )


@pytest.mark.parametrize(
    ("kind", "values", "pointers"),
    [
        (ChangeKind.MERGE, {"sources": 0}, {"/sources", "/targets"}),
        (ChangeKind.SPLIT, {"sources": 2}, {"/sources", "/targets"}),
        (ChangeKind.RENAME, {"sources": 1}, {"/name"}),
        (ChangeKind.REPARENT, {"sources": 1, "name": "x"}, {"/name", "/parent_id"}),
        (ChangeKind.DISSOLVE, {"sources": 0, "name": "x"}, {"/sources", "/name"}),
        (ChangeKind.CREATE, {"sources": 1}, {"/sources", "/targets"}),
    ],
)
def test_every_fault_of_the_shape_is_told_at_once(
    session: ScopedSession,
    tree: dict[str, UUID],
    kind: ChangeKind,
    values: dict[str, Any],
    pointers: set[str],
) -> None:
    sources = parts(*list(tree.values())[: values["sources"]])
    sent = {name: value for name, value in values.items() if name != "sources"}
    with pytest.raises(Invalid) as refused:
        unit.apply(session, data=change(kind, sources=sources, **sent))
    assert {fault.pointer for fault in refused.value.faults} == pointers


def test_a_target_is_either_there_or_new(session: ScopedSession, tree: dict[str, UUID]) -> None:
    both = ChangeTarget(unit_id=tree["xã 2"], new=commune(tree["huyện 1"]))
    for target in (both, ChangeTarget()):
        with pytest.raises(Invalid) as refused:
            unit.apply(session, data=change(ChangeKind.MERGE, sources=parts(tree["xã 1"]), targets=[target]))
        assert [fault.pointer for fault in refused.value.faults] == ["/targets/0"]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"code": "00003"}, "/code"),
        ({"kind": UnitKind.DISTRICT}, "/kind"),
        ({"form": UnitForm.BODY}, "/form"),
        ({"parent_id": None}, "/parent_id"),
        ({"parent": "xã 2"}, "/parent_id"),
        ({"parent": "sở 1"}, "/parent_id"),
        ({"committee_tier": "grassroots"}, "/committee_tier"),
    ],
)
def test_a_new_unit_fits_its_place(
    session: ScopedSession, tree: dict[str, UUID], values: dict[str, Any], pointer: str
) -> None:
    if "parent" in values:
        values = {"parent_id": tree[values["parent"]]}
    sent = commune(tree["huyện 1"]).model_dump() | {"valid_from": DAY, "basis": BASIS} | values
    with pytest.raises(Invalid) as refused:
        unit.create(session, data=UnitCreate(**sent))
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


# --- one unit -------------------------------------------------------------------------------------------


def test_a_correction_keeps_what_was_known(session: ScopedSession, tree: dict[str, UUID]) -> None:
    data = UnitUpdate(valid_from=DAY, name="Xã Một", corrects=True, reason="Ghi sai tên")
    unit.update(session, tree["xã 1"], 1, data=data)
    assert unit.get(session, tree["xã 1"], day=BEGIN)["name"] == "Xã Một"
    rows = session.scalars(select(UnitVersion).where(col(UnitVersion.unit_id) == tree["xã 1"])).all()
    assert sorted((row.name, row.superseded_at is None) for row in rows) == [
        ("Xã Một", True),
        ("xã 1", False),
    ]


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"name": "Xã Một"}, "/basis"),
        ({"name": "Xã Một", "corrects": True}, "/reason"),
        ({"name": None, "basis": BASIS}, "/name"),
        ({"code": "00004", "basis": BASIS}, "/code"),
        ({"committee_tier": "grassroots"}, "/committee_tier"),
        ({"sector": "giáo dục", "valid_from": date(2009, 1, 1)}, "/valid_from"),
    ],
)
def test_a_change_that_does_not_fit_is_refused(
    session: ScopedSession, tree: dict[str, UUID], values: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        unit.update(session, tree["xã 1"], 1, data=UnitUpdate(**{"valid_from": DAY} | values))
    assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_a_change_on_an_old_version_is_stale(session: ScopedSession, tree: dict[str, UUID]) -> None:
    unit.update(session, tree["sở 1"], 1, data=UnitUpdate(valid_from=DAY, sector="tài chính"))
    with pytest.raises(Stale):
        unit.update(session, tree["sở 1"], 1, data=UnitUpdate(valid_from=DAY, sector="xây dựng"))
    assert unit.get(session, tree["sở 1"], day=DAY)["version"] == 2


# --- lists ------------------------------------------------------------------------------------------------


def test_a_list_reads_forwards_and_backwards_without_loss(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    filters = unit.Filters(form=None)
    seen: list[UUID] = []
    page = Page(limit=4, sort="name", count=True)
    while True:
        found = unit.list_(session, filters=filters, page=page, day=DAY)
        assert found.total == len(SMALL)
        seen += [row["id"] for row in found.rows]
        if not found.has_next:
            break
        page = Page(limit=4, sort="name", key=found.last, count=True)
    assert len(seen) == len(set(seen)) == len(SMALL)
    back = unit.list_(
        session, filters=filters, page=Page(limit=20, sort="name", key=found.first, backwards=True), day=DAY
    )
    assert [row["id"] for row in back.rows] + [row["id"] for row in found.rows] == seen


def test_a_name_is_found_with_and_without_tone_marks(session: ScopedSession, tree: dict[str, UUID]) -> None:
    for asked in ("HUYEN 1", "huyện 1", "  1   huyện"):
        found = unit.list_(session, filters=unit.Filters(q=asked), page=Page(sort="name"), day=DAY)
        assert [row["name"] for row in found.rows] == ["huyện 1"]
    for asked in ("%", "_", "huyện_1"):
        assert unit.list_(session, filters=unit.Filters(q=asked), page=Page(sort="name"), day=DAY).rows == []


def test_names_are_ordered_as_vietnamese_is() -> None:
    names = ["Xã Bản", "Xã Bàn", "Xã Đồng", "Xã Dào", "Huyện Yên", "Xã Ăn", "Xã An", "Xã Bạch"]
    assert sorted(names, key=text_key) == [
        "Huyện Yên",
        "Xã An",
        "Xã Ăn",
        "Xã Bạch",
        "Xã Bàn",
        "Xã Bản",
        "Xã Dào",
        "Xã Đồng",
    ]


# --- two at once ------------------------------------------------------------------------------------------


def test_of_two_mergers_of_one_unit_at_once_one_stands(engine: Engine) -> None:
    with ScopedSession(writing(engine), Scope.house(TODAY, "test")) as session:
        tree = plant(session)
        session.commit()
    together = Barrier(2)

    def merge(target: str) -> bool:
        data = change(
            ChangeKind.MERGE, sources=parts(tree["xã 1"]), targets=[ChangeTarget(unit_id=tree[target])]
        )
        with ScopedSession(writing(engine), Scope.house(TODAY, "test")) as own:
            together.wait()
            try:
                unit.apply(own, data=data)
                own.commit()
            except DomainError:
                return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(merge, ("xã 2", "xã 4"))) == [False, True]
    with ScopedSession(engine, Scope.house(TODAY, "test")) as session:
        assert standing_closure(session) == computed_closure(session)
        assert len(session.scalars(select(UnitChange)).all()) == 1


# --- any sequence of changes ------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(list(ChangeKind)),
        st.integers(0, 60),
        st.lists(st.integers(0, 40), min_size=4, max_size=4),
        st.booleans(),
    ),
    min_size=1,
    max_size=7,
)


class Player:
    """Plays changes drawn at random on the small tree; those the service refuses leave no trace."""

    def __init__(self, session: ScopedSession) -> None:
        self.session = session
        self.number = 0
        plant(session)
        session.commit()

    def alive(self, day: date) -> list[UnitVersion]:
        rows = self.session.scalars(
            select(UnitVersion).where(live(UnitVersion, day)).order_by(col(UnitVersion.code))
        )
        return list(rows)

    def new(self, like: UnitVersion, parent: UUID | None) -> NewUnit:
        self.number += 1
        return NewUnit(
            name=f"mới {self.number}",
            code=f"8{self.number:04}",
            level=like.level,
            form=like.form,
            kind=like.kind,
            parent_id=parent,
        )

    def play(self, kind: ChangeKind, day: date, picks: list[int], *, fresh: bool) -> bool:
        units = self.alive(day)
        if not units:
            return False
        first = units[picks[0] % len(units)]
        alike = [
            one for one in units if (one.form, one.level) == (first.form, first.level) and one is not first
        ]
        second = alike[picks[1] % len(alike)] if alike else first
        third = alike[picks[2] % len(alike)] if alike else first
        any_unit = units[picks[3] % len(units)]
        below = [one for one in units if one.parent_id == first.unit_id and one.form == UnitForm.TERRITORY]
        one_target = ChangeTarget(
            **({"new": self.new(first, first.parent_id)} if fresh else {"unit_id": second.unit_id})
        )
        values: dict[ChangeKind, dict[str, Any]] = {
            ChangeKind.CREATE: {"targets": [ChangeTarget(new=self.new(first, any_unit.unit_id))]},
            ChangeKind.MERGE: {
                "sources": parts(*{first.unit_id, third.unit_id} - {one_target.unit_id}),
                "targets": [one_target],
            },
            ChangeKind.SPLIT: {
                "sources": parts(first.unit_id),
                "targets": [
                    ChangeTarget(unit_id=second.unit_id, children=[one.unit_id for one in below[::2]]),
                    ChangeTarget(
                        new=self.new(first, first.parent_id), children=[one.unit_id for one in below[1::2]]
                    ),
                ],
            },
            ChangeKind.RENAME: {"sources": parts(first.unit_id), "name": f"tên {day}"},
            ChangeKind.DISSOLVE: {"sources": parts(first.unit_id)},
            ChangeKind.REPARENT: {"sources": parts(first.unit_id), "parent_id": any_unit.unit_id},
        }
        try:
            unit.apply(self.session, data=change(kind, day, **values[kind]))
            self.session.commit()
        except DomainError:
            self.session.rollback()
            return False
        return True


def test_after_any_sequence_of_changes_the_closure_is_what_it_is_from_scratch(engine: Engine) -> None:
    played: Counter[ChangeKind] = Counter()

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS)
    def sequence(steps: list[tuple[ChangeKind, int, list[int], bool]]) -> None:
        with writing(engine).connect() as outer, outer.begin() as whole:
            # In a savepoint the session's own commits and rollbacks stay inside the one that is rolled back.
            outer.begin_nested()
            session = ScopedSession(outer, Scope.house(TODAY, "test"))
            player = Player(session)
            day = date(2015, 1, 1)
            for kind, wait, picks, fresh in steps:
                # Some come on the same day, some ask for a day before the last one.
                day += timedelta(days=(wait - 10) // 10 * 50)
                played[kind] += player.play(kind, day, picks, fresh=fresh)
            assert standing_closure(session) == computed_closure(session)
            session.close()
            whole.rollback()

    sequence()
    assert all(played[kind] >= 3 for kind in ChangeKind), played
