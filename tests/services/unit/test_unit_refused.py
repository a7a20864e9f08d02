"""Changes of units that are refused, each with what to do about it."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.models.unit import (
    ChangeKind,
    ChangeTarget,
    UnitCreate,
    UnitForm,
    UnitKind,
)
from app.services import unit
from app.services.errors import Conflict, Invalid
from app.services.scope import ScopedSession
from tests.services.unit.small import BASIS, BEGIN, DAY, change, commune, parts


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


def test_what_took_over_today_neither_moves_nor_ends_today(
    session: ScopedSession, tree: dict[str, UUID]
) -> None:
    into = [ChangeTarget(unit_id=tree["xã 2"])]
    unit.apply(session, data=change(ChangeKind.MERGE, sources=parts(tree["xã 1"]), targets=into))
    with pytest.raises(Conflict, match="việc nhận sau"):
        unit.apply(session, data=change(ChangeKind.DISSOLVE, sources=parts(tree["xã 2"])))
    with pytest.raises(Conflict, match="việc nhận sau"):
        unit.apply(
            session,
            data=change(
                ChangeKind.MERGE,
                sources=parts(tree["huyện 1"]),
                targets=[ChangeTarget(unit_id=tree["huyện 2"])],
            ),
        )
