"""Every deed that the services name has words on the audit page."""

import ast
import re
from pathlib import Path

import pytest

from app.models.plan import MeetingStep
from app.models.unit import ChangeKind
from app.services.appointment.table import EVERY, STEPS
from app.services.plan.table import TABLE
from app.services.post_change.table import EVERY as CHANGES
from app.services.record import GROUPS
from app.services.rotation.table import TABLE as ROTATION
from app.services.rotation_plan.table import TABLE as ROTATION_PLAN
from app.ui import deeds

SERVICES = Path(deeds.__file__).parents[1]
NAMED = {"note": 1, "saw": 0, "saw_planned": 2}
"""Calls that name a deed, and at which place."""

KEYWORDS = {"action", "action_"}
DEED = re.compile(r"[a-z_]+(\.[a-z_0-9]+)+")


def _literals(node: ast.expr) -> set[str]:
    """The texts that an argument may be; one made of parts is told by `made`."""
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and DEED.fullmatch(part.value)
    }


def named() -> set[str]:
    """Every deed that stands as a text in a call of the services or the API."""
    found: set[str] = set()
    for path in (*SERVICES.glob("services/**/*.py"), *SERVICES.glob("api/**/*.py")):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            place = NAMED.get(name)
            if place is not None and len(call.args) > place:
                found |= _literals(call.args[place])
            for keyword in call.keywords:
                if keyword.arg in KEYWORDS:
                    found |= _literals(keyword.value)
    return found


def made() -> set[str]:
    """Deeds whose names are made of parts."""
    of_groups = {f"cadre.{group}{verb}" for group in GROUPS for verb in (".add", ".change", ".void", "")}
    units = {f"unit.{kind.value}" for kind in ChangeKind}
    tables = (TABLE, EVERY, CHANGES, ROTATION, ROTATION_PLAN)
    steps = {f"{table.type.value}.{action.name}" for table in tables for action in table.actions}
    steps |= {f"appointment.step.{number}" for way in STEPS.values() for number in way}
    meetings = {f"plan.meeting.{step.value}" for step in MeetingStep}
    spans = {f"{noun}.{verb}" for noun in ("party", "residence") for verb in ("set", "correct")}
    return of_groups | units | steps | meetings | spans


def test_the_walk_finds_the_deeds() -> None:
    assert named() >= {"cadre.create", "plan.get", "plan.entries", "title.correct", "session.open"}


@pytest.mark.parametrize("deed", sorted(named() | made()))
def test_each_deed_has_words(deed: str) -> None:
    words = deeds.told(deed)
    assert words != deed
    assert not re.search(r"[a-z]_[a-z]", words)


def test_a_read_of_an_inspection_token_was_no_try() -> None:
    assert deeds.told("GET /api/v1/units", "read") == "Xem: đơn vị"
    assert deeds.told("GET /api/v1/units", "refused") == "Thử xem: đơn vị"
