"""Two server processes on one database: a personnel dossier is decided once, a seat is filled once."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlmodel import col, select

from app.models.appointment import ActionState, Appointment
from app.models.assignment import AssignmentSpan
from app.models.audit import AuditEvent, Outcome
from app.models.dossier import DossierDecision, DossierStep
from tests import world
from tests.api.acting import (
    ACTIONS,
    BODY,
    DAY,
    TITLE,
    Act,
    asked,
    at_work,
    decision,
    held,
    kin,
    on_day,
    qualified,
    spans_of,
)
from tests.api.conftest import House
from tests.api.nodes import Node, two_nodes

TRIES = 20
POST = world.post(BODY, TITLE)
EFFECT = DAY + timedelta(days=1)


@pytest.fixture
async def nodes(house: House) -> AsyncIterator[tuple[Node, Node]]:
    """Two server processes on the database of `house`, on a day on which appointments have norms."""
    async with two_nodes(house.settings, DAY) as found:
        yield found


def ready(house: House, number: int) -> list[UUID]:
    """So many specialists who have all that the law asks for."""
    on_day(house, DAY)
    asked(house)
    people = at_work(BODY, "d.specialist")[:number]
    for key in people:
        qualified(house, key, DAY)
        kin(house, key, at_work("truong.meo-vac", "d.teacher")[0])
    return people


async def submitted(house: House, person: UUID) -> Act:
    """An in-house appointment of somebody that waits for its decision."""
    act = await Act.opened(house)
    await act.through([person])
    await act.walk("submit")
    return act


async def decide(client: httpx.AsyncClient, act: Act, version: str) -> httpx.Response:
    """One try to decide, with a number of its own."""
    return await client.post(
        f"{ACTIONS}/{act.id}/transitions",
        headers={"If-Match": version},
        json={"action": "decide", "decision": decision(effective_on=EFFECT.isoformat())},
    )


async def at_once(nodes: tuple[Node, Node], tries: list[tuple[Act, str]]) -> list[httpx.Response]:
    """The answers to tries that are sent together, in turn to one node and the other."""
    async with AsyncExitStack() as stack:
        callers = [await node.caller(stack, "btv.meovac") for node in nodes]
        return await asyncio.gather(
            *(decide(callers[n % 2], act, version) for n, (act, version) in enumerate(tries))
        )


def of_dossiers(house: House, table: Any, *acts: Act) -> list[Any]:  # noqa: ANN401 - a table and its rows
    """The rows of decisions or steps that belong to some dossiers."""
    wanted = [UUID(act.id) for act in acts]
    return house.scalars(select(table).where(col(table.dossier_id).in_(wanted)))


def filled(house: House) -> list[AssignmentSpan]:
    """Who holds the seat from the day of effect on."""
    return [one for one in spans_of(house, POST) if one.valid_to is None or one.valid_to > EFFECT]


def refusals(house: House, act: Act) -> list[AuditEvent]:
    """What the log says was refused about a dossier."""
    return house.scalars(
        select(AuditEvent).where(
            col(AuditEvent.object_id) == act.id, col(AuditEvent.outcome) == Outcome.REFUSED
        )
    )


def named(answer: httpx.Response) -> bool:
    """Whether a refusal says what it is and why, in words."""
    told = answer.json()
    return bool(told["title"] and told["detail"]) and told["status"] == answer.status_code


async def decided_once(house: House, nodes: tuple[Node, Node], act: Act) -> None:
    """Twenty send a decision of their own together: one stands, the others are told why theirs doesn't."""
    answers = await at_once(nodes, [(act, act.version)] * TRIES)
    told = Counter(answer.status_code for answer in answers)
    assert told[200] == 1, told
    # Who comes second finds another version; none is told «busy», none a fault.
    assert told.keys() <= {200, 409, 412}
    assert sum(told.values()) == TRIES
    refused = [answer for answer in answers if answer.status_code != 200]
    assert all(named(answer) for answer in refused)
    assert len(refusals(house, act)) == len(refused)
    assert len(of_dossiers(house, DossierDecision, act)) == 1
    steps = [step.action for step in of_dossiers(house, DossierStep, act)]
    assert steps.count("decide") == 1


async def test_of_twenty_decisions_one_stands(house: House, nodes: tuple[Node, Node]) -> None:
    (person,) = ready(house, 1)
    before = filled(house)
    act = await submitted(house, person)
    await decided_once(house, nodes, act)
    new = [one for one in filled(house) if one not in before]
    assert [one.cadre_id for one in new] == [person]
    assert act.row.opened_assignment_id == new[0].assignment_id


async def test_of_twenty_suspensions_one_stands(house: House, nodes: tuple[Node, Node]) -> None:
    """A suspension moves no seat, so nothing but the dossier's own lock keeps it from being decided twice."""
    on_day(house, DAY)
    (holder,) = at_work(BODY, "d.division_head")
    seat = held(house, holder, DAY)[0]
    act = await Act.opened(
        house,
        kind="suspension",
        assignment_id=str(seat.assignment_id),
        reason="Để kiểm tra dấu hiệu vi phạm",
        basis="Thông báo kết luận ngày 20/02/2023",
    )
    await act.walk("submit")
    await decided_once(house, nodes, act)
    assert held(house, holder, EFFECT) == [seat]


async def test_of_two_dossiers_for_one_seat_one_is_decided(house: House, nodes: tuple[Node, Node]) -> None:
    people = ready(house, 2)
    before = filled(house)
    acts = [await submitted(house, person) for person in people]
    answers = await at_once(nodes, [(act, act.version) for act in acts])
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    won = [answer.status_code for answer in answers].index(200)
    refused = answers[1 - won].json()
    barred = [row for row in refused["findings"] if row["effect"] == "blocks" and row["outcome"] != "met"]
    assert [row["rule"] for row in barred if row["outcome"] == "unmet"] == ["appointment.vacancy"]
    new = [one for one in filled(house) if one not in before]
    assert [one.cadre_id for one in new] == [people[won]]
    assert len(of_dossiers(house, DossierDecision, *acts)) == 1
    assert len(refusals(house, acts[1 - won])) == 1
    rows: list[Appointment] = [act.row for act in acts]
    assert [row.state for row in rows].count(ActionState.DECIDED) == 1
    assert rows[1 - won].state == ActionState.SUBMITTED
    assert rows[1 - won].opened_assignment_id is None
