"""Rows of the units: versions on two clocks, the real changes with their legal basis, the closure."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from app.demo.ids import FIRST_DAY, recorded
from app.demo.tree import (
    COMMUNE_MERGER_DAY,
    COMMUNE_MERGER_DECIDED,
    MERGER_DAY,
    MERGER_DECIDED,
    Tree,
    Unit,
    table,
)
from app.models.base import search_key, text_key
from app.models.unit import ChangeKind, UnitForm
from app.services import closure


def unit_rows(tree: Tree) -> dict[str, list[dict[str, Any]]]:
    """Rows of `unit`, `unit_version`, `unit_change`, `unit_change_part` and `unit_closure`."""
    versions = [row for unit in tree.units for row in _versions(tree, unit)]
    made = _Changes(tree)
    changes, parts = made.changes, made.parts
    lines = closure.rows(closure.links(versions), closure.successions(changes, parts))
    return {
        "unit": [{"id": unit.id, "version": 1, "plan_due_on": None} for unit in tree.units],
        "unit_version": versions,
        "unit_change": changes,
        "unit_change_part": parts,
        "unit_closure": [{"id": tree.ids.new(row["valid_from"])} | row for row in lines],
    }


def _versions(tree: Tree, unit: Unit) -> list[dict[str, Any]]:
    born = MERGER_DECIDED if unit.valid_from == MERGER_DAY else FIRST_DAY
    row = {
        "row_id": tree.ids.new(born),
        "unit_id": unit.id,
        "name": unit.name,
        "search_key": search_key(unit.name),
        "sort_key": text_key(unit.name),
        "code": unit.code,
        "level": unit.level,
        "form": UnitForm.TERRITORY if unit.is_territory else UnitForm.BODY,
        "kind": unit.kind,
        "type": unit.type,
        "parent_id": unit.parent.id if unit.parent else None,
        "plans_for_itself": unit.plans,
        "committee_tier": unit.tier,
        "sector": unit.sector,
        "grade": unit.grade,
        "valid_from": unit.valid_from,
        "valid_to": None,
        "recorded_at": recorded(born),
        "superseded_at": None,
    }
    rows = [row]
    wrong = CORRECTED.get((unit.code, unit.valid_from))
    if wrong is not None:
        # Written down wrongly when the record began, put right later: the days it holds for are the same.
        name, day = wrong
        rows.append(
            row | {"row_id": tree.ids.new(day), "recorded_at": recorded(day)},
        )
        row |= {
            "name": name,
            "search_key": search_key(name),
            "sort_key": text_key(name),
            "superseded_at": recorded(day),
        }
    if unit.valid_to is not None:
        day = COMMUNE_MERGER_DECIDED if unit.valid_to == COMMUNE_MERGER_DAY else MERGER_DECIDED
        rows[-1]["superseded_at"] = recorded(day)
        rows.append(
            rows[-1]
            | {
                "row_id": tree.ids.new(day),
                "valid_to": unit.valid_to,
                "recorded_at": recorded(day),
                "superseded_at": None,
            }
        )
    return rows


CORRECTED = {
    ("00712", FIRST_DAY): ("Thị trấn Phố Bảng", date(2021, 4, 12)),
    ("01057", FIRST_DAY): ("Xã Sán Xả Hồ (chưa đối chiếu)", date(2021, 4, 12)),
}
"""Names recorded wrongly at first: (code, first day) to the wrong name and the day of the correction."""

_COMMUNES_2019 = "Nghị quyết về sắp xếp các đơn vị hành chính cấp xã thuộc tỉnh Hà Giang (số chưa đối chiếu)"
_COMMUNES_2025 = "Nghị quyết về sắp xếp các đơn vị hành chính cấp xã của tỉnh Tuyên Quang (số chưa đối chiếu)"
_STANDING = "Ủy ban Thường vụ Quốc hội"


Basis = tuple[str, str, date | None]
_NATIONAL: Basis = ("202/2025/QH15", "Quốc hội", date(2025, 6, 12))
_LEVEL_ENDS: Basis = (
    "Luật Tổ chức chính quyền địa phương, Nghị quyết 203/2025/QH15",
    "Quốc hội",
    date(2025, 6, 16),
)
_OLD_COMMUNES: Basis = (_COMMUNES_2019, _STANDING, None)
_NEW_COMMUNES: Basis = (_COMMUNES_2025, _STANDING, None)


class _Changes:
    """The changes and their parts, in the order of the file."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.changes: list[dict[str, Any]] = []
        self.parts: list[dict[str, Any]] = []
        rows = list(table("unit_changes.csv"))
        merges: dict[tuple[date, str], list[dict[str, str]]] = defaultdict(list)
        splits: dict[str, list[dict[str, str]]] = defaultdict(list)
        for row in rows:
            if row["kind"] == "merge":
                merges[date.fromisoformat(row["on"]), row["to_code"]].append(row)
            else:
                splits[row["from_code"]].append(row)
        for (day, code), group in merges.items():
            self._merge(day, code, group)
        for code, group in splits.items():
            pairs = [(tree.old[code], tree.new[row["to_code"]], row["share"]) for row in group]
            note = "Người của xã bị chia được xếp theo quyết định, không theo phần diện tích."
            self._add(ChangeKind.SPLIT, MERGER_DAY, _NEW_COMMUNES, group[0]["certainty"], pairs, note)
        reached = {row["to_code"] for row in rows if row["on"] == MERGER_DAY.isoformat()}
        for unit in tree.new.values():
            if unit.code not in reached:
                note = "Từ các xã của tỉnh Tuyên Quang cũ, không có trong dữ liệu này."
                created = [(None, unit, "whole")]
                self._add(ChangeKind.CREATE, MERGER_DAY, _NEW_COMMUNES, "not in the file", created, note)
        for unit in tree.districts():
            ended = [(unit, None, "whole")]
            self._add(ChangeKind.DISSOLVE, MERGER_DAY, _LEVEL_ENDS, "law", ended, "Kết thúc cấp huyện.")

    def _merge(self, day: date, code: str, group: list[dict[str, str]]) -> None:
        old = self.tree.old
        if day == COMMUNE_MERGER_DAY:
            target = old[code]
            basis = _OLD_COMMUNES
            note: str | None = (
                "Số và ngày nghị quyết chưa đối chiếu với văn bản gốc; mã hai xã cũ suy ra từ danh mục."
            )
        else:
            target = self.tree.new[code]
            basis = _NATIONAL if code == "08" else _NEW_COMMUNES
            note = "Tỉnh mới nhận toàn bộ tỉnh Hà Giang và tỉnh Tuyên Quang cũ." if code == "08" else None
        pairs: list[Pair] = [(old[row["from_code"]], target, row["share"]) for row in group]
        if day == COMMUNE_MERGER_DAY:
            pairs.append((target, target, "whole"))
        certain = Counter(row["certainty"] for row in group).most_common(1)[0][0]
        self._add(ChangeKind.MERGE, day, basis, certain, pairs, note)

    def _add(  # noqa: PLR0917 - the columns of a row
        self,
        kind: ChangeKind,
        day: date,
        basis: Basis,
        certainty: str,
        pairs: Sequence["Pair"],
        note: str | None,
    ) -> None:
        decided = COMMUNE_MERGER_DECIDED if day == COMMUNE_MERGER_DAY else MERGER_DECIDED
        row_id = self.tree.ids.new(decided)
        self.changes.append(
            {
                "id": row_id,
                "kind": kind,
                "on_day": day,
                "basis_number": basis[0],
                "basis_issuer": basis[1],
                "basis_signed_on": basis[2],
                "note": note,
                "certainty": certainty,
            }
        )
        self.parts.extend(
            {
                "id": self.tree.ids.new(decided),
                "change_id": row_id,
                "from_unit_id": source.id if source else None,
                "to_unit_id": target.id if target else None,
                "share": share,
            }
            for source, target, share in pairs
        )


Pair = tuple[Unit | None, Unit | None, str]
"""Predecessor, successor, and how much of the one went into the other."""
