"""Waivers as the tests of the API need them: a plan that one may lift, one to record, requests about one."""

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlmodel import col, select

from app.models.dossier import DossierType
from app.models.waiver import Waiver
from app.services.workflow import number_key
from tests import world
from tests.api.asking import Asked
from tests.api.conftest import API, House
from tests.api.dossier import PERSONS, Dossier
from tests.api.planning import ROUTES, staff_of, stand
from tests.conftest import TODAY
from tests.world.rows import key

WAIVERS = f"{API}/waivers"
LAST = TODAY + timedelta(days=90)

_NUMBERS = count(1)


async def crowded(house: House, place: str = "niem-son", **sent: Any) -> Dossier:  # noqa: ANN401 - JSON
    """A voted draft with a person too many for a title: only `plan.persons_per_title` blocks it."""
    title, authority = ROUTES[place]
    plan = await Dossier.opened(house, place, authority, **sent)
    for cadre_id in staff_of(place)[:4]:
        await plan.add(cadre_id, title)
    await plan.meet()
    return plan


def letter(plan_id: UUID | str, rule: str = PERSONS, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A waiver to record, signed today for ninety days, with a number of its own."""
    found = {
        "rule": rule,
        "dossier": {"type": "plan", "id": str(plan_id)},
        "document_number": f"{next(_NUMBERS)}-CV/HU",
        "signed_on": TODAY.isoformat(),
        "reason": "Xã vùng cao biên giới, cần thêm người để chọn",
        "expires_on": LAST.isoformat(),
    } | changed
    return {name: value for name, value in found.items() if value is not None}


async def tried(
    house: House,
    body: dict[str, Any],
    user: str | None = "btv.meovac",
    **headers: str,
) -> httpx.Response:
    """The answer to `user` who records a waiver."""
    return await (await house.caller(user)).post(
        WAIVERS, json=body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


async def recorded(
    house: House,
    plan: Dossier,
    rule: str = PERSONS,
    **changed: Any,  # noqa: ANN401 - JSON
) -> dict[str, Any]:
    """A waiver that the plan's approver recorded, as it was answered."""
    made = await tried(house, letter(plan.id, rule, **changed), plan.approver)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


async def revoked(
    house: House, told: dict[str, Any], user: str = "btv.meovac", version: str | None = '"1"'
) -> httpx.Response:
    """The answer to `user` who takes a waiver back."""
    headers = {} if version is None else {"If-Match": version}
    return await (await house.caller(user)).post(
        f"{WAIVERS}/{told['id']}/revocation", json={"reason": "Xét lại, không còn cần"}, headers=headers
    )


def written(house: House, plan_id: UUID, unit_id: UUID, authority_id: UUID, **changed: Any) -> Waiver:  # noqa: ANN401
    """A waiver written past every check."""
    number = f"{next(_NUMBERS)}-TB/HU"
    row = Waiver(
        **{
            "unit_id": unit_id,
            "dossier_type": DossierType.PLAN,
            "dossier_id": plan_id,
            "rule": PERSONS,
            "authority_id": authority_id,
            "document_number": number,
            "number_key": number_key(number),
            "signed_on": date(2021, 12, 1),
            "signed_year": 2021,
            "reason": "Trường hợp đặc biệt",
            "expires_on": LAST,
            "recorded_by": key("principal", "btv.tinh"),
            "recorded_by_name": "btv.tinh",
            **changed,
        }
    )
    house.write(row)
    return row


def of_plan(house: House, plan: Dossier, **changed: Any) -> Waiver:  # noqa: ANN401 - columns
    """The same for a plan."""
    row = plan.row
    return written(house, row.id, row.unit_id, row.authority_id, **changed)


def about(house: House, operation: str, place: str = "niem-son") -> Asked:
    """A request about a waiver of the plan of `place` that its approver may make."""
    method, path = operation.split()
    plan, _ = stand(house, place)
    if path == "/waivers" and method == "GET":
        written(house, plan.id, world.unit(place), world.unit(ROUTES[place][1]))
        return Asked(path)
    if path == "/waivers":
        for old in house.scalars(select(Waiver).where(col(Waiver.dossier_id) == plan.id)):
            old.revoked_at, old.revocation_reason = old.recorded_at, "Thử lại"
            house.write(old)
        return Asked(path, letter(plan.id))
    row = written(house, plan.id, world.unit(place), world.unit(ROUTES[place][1]))
    here = path.replace("{waiver_id}", str(row.id))
    return Asked(here, {"reason": "Ghi nhầm"}, '"1"') if method == "POST" else Asked(here)


def stranger() -> str:
    """An id that nothing has."""
    return str(uuid4())
