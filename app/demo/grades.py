"""Who recorded and who confirmed the grades of the demo: those of 2021 in some agencies still wait."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from app.demo.tree import Tree, Unit
from app.models.evaluation import EvaluationState

Row = dict[str, Any]

OFFICES = {"026": ("btc.dongvan", "btv.dongvan"), "027": ("btc.meovac", "btv.meovac")}
"""District to who records and who confirms there; everywhere else it is the province's."""
PROVINCE = ("btc.tinh", "btv.tinh")
LATEST = 2021
ONE_IN = 4
"""Of so many agencies one has not confirmed the latest year."""


def sign(rows: list[Row], principals: list[Row], tree: Tree) -> None:
    """Puts two hands under each grade, one under those that wait."""
    keys: dict[str, UUID] = {row["username"]: row["id"] for row in principals}
    units = {unit.id: unit for unit in tree.units}
    waiting = _waiting(rows, units)
    for row in rows:
        district = units[row["graded_unit_id"]].district
        recorder, approver = OFFICES.get(district.code if district else "", PROVINCE)
        confirmed = row["year"] != LATEST or row["graded_unit_id"] not in waiting
        decided: date = row["decided_on"]
        row |= {
            "state": EvaluationState.CONFIRMED if confirmed else EvaluationState.RECORDED,
            "recorded_by": keys[recorder],
            "hands": json.dumps([str(keys[recorder])]),
            "confirmed_by": keys[approver] if confirmed else None,
            "confirmed_on": decided + timedelta(days=5) if confirmed else None,
        }


def _waiting(rows: list[Row], units: dict[UUID, Unit]) -> set[UUID]:
    """The agencies whose latest grades nobody has confirmed yet."""
    graded = sorted({units[row["graded_unit_id"]].code for row in rows if row["year"] == LATEST})
    late = set(graded[::ONE_IN])
    return {unit.id for unit in units.values() if unit.code in late}
