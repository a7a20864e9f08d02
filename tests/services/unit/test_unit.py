"""One unit set right or renamed, and lists of units."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from app.models.base import text_key
from app.models.unit import (
    Unit,
    UnitUpdate,
    UnitVersion,
)
from app.services import unit
from app.services.dated import live
from app.services.errors import Invalid, Stale
from app.services.paging import Page
from app.services.scope import ScopedSession
from tests.services.unit.small import BASIS, BEGIN, DAY, SMALL


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


# --- codes ------------------------------------------------------------------------------------------------


def test_two_units_exchange_their_codes_on_one_day(session: ScopedSession, tree: dict[str, UUID]) -> None:
    """By way of a third code, which the correction of that very day then takes out again."""
    one, other = tree["xã 1"], tree["xã 2"]
    codes = {name: unit.get(session, tree[name], day=BEGIN)["code"] for name in ("xã 1", "xã 2")}

    def change(unit_id: UUID, **values: Any) -> None:  # noqa: ANN401 - fields of the change
        version = session.get(Unit, unit_id).version  # type: ignore[union-attr]
        unit.update(session, unit_id, version, data=UnitUpdate(valid_from=DAY, **values))
        session.commit()

    with pytest.raises(Invalid):
        change(one, code=codes["xã 2"], basis=BASIS)
    change(one, code="00100", basis=BASIS)
    change(other, code=codes["xã 1"], basis=BASIS)
    change(one, code=codes["xã 2"], corrects=True, reason="Đổi mã cho nhau trong cùng ngày")
    for day, mine, its in ((DAY, "xã 2", "xã 1"), (DAY - timedelta(days=1), "xã 1", "xã 2")):
        assert unit.get(session, one, day=day)["code"] == codes[mine]
        assert unit.get(session, other, day=day)["code"] == codes[its]
    live_codes = session.scalars(select(col(UnitVersion.code)).where(live(UnitVersion, DAY))).all()
    assert len(live_codes) == len(set(live_codes))
    assert "00100" not in live_codes
