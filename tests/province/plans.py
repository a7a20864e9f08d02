"""What the tests of the demo's plans share: rows as they were built, by what they belong to."""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from app.models.plan import PlanKind, PlanPeriod
from app.services.law.parameter import Law
from app.services.rule import law_of
from tests.conftest import TODAY
from tests.province.conftest import built

Row = dict[str, Any]
RESOLUTION = date(2021, 1, 1)
NEW_RULES = date(2021, 12, 27)
LAW: Law = law_of(RESOLUTION)

XIN_CAI, SUNG_MANG, TAT_NGA, LUNG_CU = "00778", "00790", "00808", "00715"
CROSSED = ("00718", "01009", "01087", "01090")
"""Communes that had less than 30 % women in spring 2021 and have more on the baseline day."""


def rows(table: str) -> list[Row]:
    return built().rows[table]


def by_id(table: str) -> dict[UUID, Row]:
    return {row["id"]: row for row in rows(table)}


def grouped(table: str, key: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows(table):
        found[row[key]].append(row)
    return found


def units() -> dict[UUID, Row]:
    """The old province's units as they stood on the baseline day, or when they ended."""
    return {
        row["unit_id"]: row
        for row in rows("unit_version")
        if row["superseded_at"] is None and row["valid_from"] <= TODAY
    }


def titles() -> dict[UUID, Row]:
    return {
        row["title_id"]: row
        for row in rows("title_version")
        if row["superseded_at"] is None and row["valid_to"] is None
    }


def spans() -> dict[UUID, list[Row]]:
    """Each person's seats, as known on the baseline day."""
    found: dict[UUID, list[Row]] = defaultdict(list)
    for row in rows("assignment_span"):
        if row["superseded_at"] is None:
            found[row["cadre_id"]].append(row)
    return found


def held_on(own: list[Row], day: date) -> list[Row]:
    return [
        row for row in own if row["valid_from"] <= day and (row["valid_to"] is None or row["valid_to"] > day)
    ]


def planners(known: dict[UUID, Row]) -> dict[UUID, UUID]:
    """Each unit to the one at or above it that plans for it."""
    found: dict[UUID, UUID] = {}
    for key in known:
        step: UUID | None = key
        while step is not None and not known[step]["plans_for_itself"]:
            step = known[step]["parent_id"]
        if step is not None:
            found[key] = step
    return found


def plan_of(code: str, period: PlanPeriod, kind: PlanKind = PlanKind.TITLES) -> list[Row]:
    known = units()
    return [
        row
        for row in rows("plan")
        if known[row["unit_id"]]["code"] == code and row["period"] is period and row["kind"] is kind
    ]
