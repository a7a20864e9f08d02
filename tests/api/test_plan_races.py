"""Two server processes on one database: one dossier is decided once, one number is used once, keys hold."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlmodel import col, select

from app.models.dossier import DossierDecision, DossierStep
from app.models.plan import Plan
from tests import world
from tests.api.conftest import API, House
from tests.api.dossier import Dossier, decision
from tests.api.nodes import Node, two_nodes
from tests.api.planning import NEW, clear, women_of

TRIES = 20
Answers = list[httpx.Response]


@pytest.fixture
async def nodes(house: House) -> AsyncIterator[tuple[Node, Node]]:
    """Two server processes on the database of `house`."""
    async with two_nodes(house.settings) as found:
        yield found


async def submitted(house: House, **sent: Any) -> Dossier:  # noqa: ANN401 - JSON
    """A plan that waits for its approval."""
    plan = await Dossier.opened(house, **sent)
    await plan.add(women_of("niem-son")[0], "c.secretary")
    await plan.meet()
    await plan.walk("submit")
    return plan


def version_of(house: House, plan: Dossier) -> int:
    """The version that the next step names."""
    found: Plan = house.scalars(select(Plan).where(col(Plan.id) == UUID(plan.id)))[0]
    return found.version


async def approve(client: httpx.AsyncClient, plan: Dossier, version: int, number: str) -> httpx.Response:
    """One try to approve."""
    return await client.post(
        f"{API}/plans/{plan.id}/transitions",
        headers={"If-Match": f'"{version}"'},
        json={"action": "approve", "decision": decision(number=number)},
    )


async def test_of_twenty_approvals_one_decides(house: House, nodes: tuple[Node, Node]) -> None:
    plan = await submitted(house)
    version = version_of(house, plan)
    async with AsyncExitStack() as stack:
        callers = [await node.caller(stack, "btv.meovac") for node in nodes]
        answers = await asyncio.gather(
            *(approve(callers[n % 2], plan, version, f"{n}-QĐ/HU") for n in range(TRIES))
        )
    told = Counter(answer.status_code for answer in answers)
    assert told[200] == 1
    # Who comes second finds another version; none is told «busy», none a fault.
    assert told.keys() <= {200, 409, 412}
    assert sum(told.values()) == TRIES
    mine = col(DossierDecision.dossier_id) == UUID(plan.id)
    assert len(house.scalars(select(DossierDecision).where(mine))) == 1
    steps = house.scalars(select(DossierStep).where(col(DossierStep.dossier_id) == UUID(plan.id)))
    assert [step.action for step in steps].count("approve") == 1


async def test_of_two_dossiers_one_gets_the_number(house: House, nodes: tuple[Node, Node]) -> None:
    plans = [await submitted(house), await submitted(house, period="2020-2025")]
    versions = [version_of(house, plan) for plan in plans]
    async with AsyncExitStack() as stack:
        callers = [await node.caller(stack, "btv.meovac") for node in nodes]
        answers = await asyncio.gather(
            *(
                approve(caller, plan, version, "77-QĐ/HU")
                for caller, plan, version in zip(callers, plans, versions, strict=True)
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert "findings" not in refused.json()
    taken = house.scalars(select(DossierDecision).where(col(DossierDecision.number) == "77-QĐ/HU"))
    assert len(taken) == 1


async def test_a_key_holds_over_processes_and_restarts(house: House, nodes: tuple[Node, Node]) -> None:
    clear(house, "niem-son")
    body = {
        "unit_id": str(world.unit("niem-son")),
        "period": NEW.value,
        "authority_id": str(world.unit("huyen-uy.meo-vac")),
    }
    key = {"Idempotency-Key": str(uuid4())}

    async def send(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post(f"{API}/plans", json=body, headers=key)

    async with AsyncExitStack() as stack:
        callers = [await node.caller(stack, "btc.meovac") for node in nodes]
        answers: Answers = await asyncio.gather(*(send(callers[n % 2]) for n in range(8)))
        assert {answer.status_code for answer in answers} <= {201, 409}
        made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
        assert len(made) == 1
        await nodes[0].stop()
        await nodes[0].start()
        again = await send(await nodes[0].caller(stack, "btc.meovac"))
    assert (again.status_code, again.json()["id"]) == (201, made.pop())
    assert again.headers["idempotency-replayed"] == "true"
    mine = (col(Plan.unit_id) == world.unit("niem-son"), col(Plan.period) == NEW)
    assert len(house.scalars(select(Plan).where(*mine))) == 1
