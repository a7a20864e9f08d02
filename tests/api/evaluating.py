"""Requests about yearly grades: one that stands unconfirmed, or one to be recorded, about anybody."""

from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlmodel import col, select

from app.models.base import utc_now
from app.models.cadre import Cadre
from app.models.evaluation import Evaluation, EvaluationState
from app.services.dated import on_record
from tests import world
from tests.api.asking import Asked
from tests.api.conftest import API, House, holder, people

EVALUATIONS = f"{API}/evaluations"
YEARS = frozenset(range(1990, 2020))
"""Years the test world has no grades of."""


def somebody() -> UUID:
    """Whom valid requests are about: an official of Mèo Vạc."""
    return people(holder("phong-noi-vu.meo-vac", "d.specialist"))


def ungraded(house: House, cadre_id: UUID) -> int:
    """The latest year somebody has no grade of; once all have one, those of these years are taken out."""
    mine = select(Evaluation).where(col(Evaluation.cadre_id) == cadre_id, on_record(Evaluation))
    rows = house.scalars(mine)
    free = YEARS - {row.year for row in rows}
    if not free:
        for row in rows:
            if row.year in YEARS:
                row.voided_at, row.void_reason = utc_now(), "Thử lại"
        house.write(*rows)
    return max(free or YEARS)


def result(cadre_id: UUID, year: int = 2019, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A result to record."""
    return {
        "cadre_id": str(cadre_id),
        "year": year,
        "grade": "good",
        "graded_by": "Ban Thường vụ Huyện ủy",
        "decision_number": f"{year}-QĐ/HU",
        "decided_on": f"{year}-12-10",
    } | changed


async def recorded(house: House, cadre_id: UUID, user: str = "btc.tinh", **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A result that `user` recorded, as it was answered."""
    year = changed.pop("year", None) or ungraded(house, cadre_id)
    caller = await house.caller(user)
    made = await caller.post(EVALUATIONS, json=result(cadre_id, year, **changed))
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def confirm(
    house: House, row: dict[str, Any], user: str = "btv.tinh", **headers: str
) -> httpx.Response:
    """The answer to `user` who confirms a result, at the version its person has now."""
    version = house.version(UUID(row["cadre"]["id"]))
    return await (await house.caller(user)).post(
        f"{EVALUATIONS}/{row['id']}/transitions",
        json={"action": "confirm"},
        headers={"If-Match": version} | headers,
    )


async def about(house: House, operation: str, cadre_id: UUID | None = None) -> Asked:
    """A request about somebody's results; of a stub, who has none, about one that isn't there."""
    method, path = operation.split()
    person = cadre_id or somebody()
    if path == "/evaluations/findings":
        return Asked(f"{path}?unit_id={world.unit('meo-vac')}&year=2021")
    if path == "/evaluations":
        return Asked(path, result(person, ungraded(house, person)) if method == "POST" else None)
    stub = house.scalars(select(Cadre.is_stub).where(col(Cadre.id) == person))[0]
    if stub:
        return Asked(path.replace("{evaluation_id}", str(uuid4())), {"action": "confirm"}, '"1"')
    if method == "GET":
        mine = (col(Evaluation.cadre_id) == person, on_record(Evaluation))
        waiting = col(Evaluation.state) == EvaluationState.RECORDED
        standing = select(Evaluation.id).where(*mine).order_by(waiting.desc(), col(Evaluation.year).desc())
        return Asked(path.replace("{evaluation_id}", str(house.scalars(standing)[0])))
    here = path.replace("{evaluation_id}", (await recorded(house, person))["id"])
    return Asked(here, {"action": "confirm"}, house.version(person))
