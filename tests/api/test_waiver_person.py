"""Waivers for one person: they lift what the law finds of him in one dossier, and nothing of anybody else."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from app.models.audit import AuditEvent, Outcome
from app.models.plan import EntryState, PlanEntry
from app.models.waiver import Waiver
from app.services.compliance.appointment import OF_PERSON
from tests.api.acting import BODY, DAY, Act, asked, at_work, decision, kin, on_day, qualified, rows
from tests.api.conftest import House
from tests.api.waiving import letter, revoked, tried
from tests.api.walk import is_problem, pointers

PLANNED = "appointment.planned"
LAST = DAY + timedelta(days=60)


def unplanned(house: House, number: int = 2) -> list[UUID]:
    """Specialists who have all that the law asks for, but are in no plan."""
    on_day(house, DAY)
    asked(house)
    people = at_work(BODY, "d.specialist")[:number]
    for key in people:
        qualified(house, key, DAY)
        kin(house, key, at_work("truong.meo-vac", "d.teacher")[0])
        for entry in house.scalars(select(PlanEntry).where(col(PlanEntry.cadre_id) == key)):
            entry.state, entry.removed_on = EntryState.REMOVED, DAY
            house.write(entry)
    return people


def told(act: Act, cadre_id: UUID | str, rule: str = PLANNED, **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    """A waiver of a rule for one person to record."""
    return letter(
        act.id,
        rule,
        **{
            "dossier": {"type": "appointment", "id": act.id},
            "signed_on": DAY.isoformat(),
            "expires_on": LAST.isoformat(),
            "scope": "person",
            "cadre_id": str(cadre_id),
            **changed,
        },
    )


async def lifted(act: Act) -> dict[UUID, str | None]:
    """Candidate's person to the waiver that lifts «planned» for him in the panel."""
    panel = await act.get("/candidates")
    return {
        UUID(row["cadre"]["id"]): next(
            one.get("waived_by") for one in row["findings"] if one["rule"] == PLANNED
        )
        for row in panel
    }


def blocking(answer: Any) -> set[str]:  # noqa: ANN401 - an answer's findings
    """The rules that refuse."""
    return {
        row["rule"]
        for row in answer.json()["findings"]
        if row["effect"] == "blocks" and row["outcome"] in {"unmet", "unknown"} and not row.get("waived_by")
    }


async def test_a_waiver_for_one_lifts_nothing_of_another(house: House) -> None:
    first, second = unplanned(house)
    act = await Act.opened(house)
    keys = await act.through([first, second])
    assert blocking(await act.step("submit")) == {PLANNED}
    made = await tried(house, told(act, second))
    assert made.status_code == 201, made.text
    assert (made.json()["scope"], made.json()["cadre_id"]) == ("person", str(second))
    key = made.json()["id"]
    assert await lifted(act) == {first: None, second: key}
    of_one = await act.get(f"/findings?candidate_id={keys[1]}")
    assert [row["waived_by"] for row in of_one if row["rule"] == PLANNED] == [key]
    # Who is chosen has none: his step is refused, and naming the other's waiver doesn't help.
    before = rows(house)
    assert blocking(await act.step("submit")) == {PLANNED}
    named = await act.step("submit", waiver_ids=[key])
    assert is_problem(named, 422), named.text
    assert "riêng một người khác" in named.json()["errors"][0]["detail"]
    assert rows(house) == before
    own = await tried(house, told(act, first))
    assert own.status_code == 201, own.text
    assert await lifted(act) == {first: own.json()["id"], second: key}
    await act.walk("submit", waiver_ids=[own.json()["id"]])
    done = await act.walk("decide", decision=decision())
    kept = {row["rule"]: row for row in done["decided"]["findings"]}
    assert kept[PLANNED]["waived_by"] == own.json()["id"]


async def test_a_waiver_for_one_ends_with_its_day_and_its_revocation(house: House) -> None:
    (person,) = unplanned(house, 1)
    act = await Act.opened(house)
    await act.through([person])
    made = (await tried(house, told(act, person))).json()
    assert await lifted(act) == {person: made["id"]}
    on_day(house, LAST + timedelta(days=1))
    assert await lifted(act) == {person: None}
    assert blocking(await act.step("submit")) >= {PLANNED}
    late = await act.step("submit", waiver_ids=[made["id"]])
    assert "hết hiệu lực" in late.json()["errors"][0]["detail"]
    on_day(house, DAY)
    assert (await revoked(house, made)).status_code == 200
    assert await lifted(act) == {person: None}
    assert blocking(await act.step("submit")) == {PLANNED}


async def test_invented_foreign_doubled_and_senseless_ones_are_refused(house: House) -> None:
    first, second = unplanned(house)
    act = await Act.opened(house)
    await act.through([first])
    other = await Act.opened(house)
    await other.through([second])
    assert (await tried(house, told(act, first))).status_code == 201
    stranger = str(uuid4())
    before = house.scalars(select(col(Waiver.id)))
    for body, status, pointer in (
        (told(act, stranger), 422, "/cadre_id"),
        (told(act, second), 422, "/cadre_id"),
        (told(act, first) | {"cadre_id": None}, 422, "/cadre_id"),
        (told(act, first, scope="dossier"), 422, "/cadre_id"),
        (told(act, first, "appointment.vacancy"), 422, "/rule"),
        (told(act, first, "appointment.majority"), 422, "/rule"),
        (told(act, first, "appointment.party_body_opinion"), 422, None),
        (told(act, first, "plan.persons_per_title"), 422, "/rule"),
        (told(act, first, expires_on="2023-02-28", signed_on="2023-02-01"), 422, "/expires_on"),
        (told(act, first), 409, None),
    ):
        request = uuid4().hex
        answer = await tried(house, body, X_Request_Id=request)
        assert is_problem(answer, status), (body, answer.text)
        if pointer is not None:
            assert pointers(answer) == [pointer], body
        events = house.scalars(select(AuditEvent).where(col(AuditEvent.request_id) == request))
        assert [one.outcome for one in events] == [Outcome.REFUSED]
    assert house.scalars(select(col(Waiver.id))) == before
    # One that was made up opens nothing, and one of another dossier neither.
    made = (await tried(house, told(other, second))).json()["id"]
    for key in (stranger, made):
        named = await act.step("submit", waiver_ids=[key])
        assert is_problem(named, 422), named.text
    await other.walk("submit", waiver_ids=[made])


@pytest.mark.parametrize("day", [DAY, date(2025, 11, 3)])
async def test_the_rules_for_one_person_are_those_of_the_panel(house: House, day: date) -> None:
    (person,) = unplanned(house, 1)
    on_day(house, day)
    act = await Act.opened(house)
    await act.walk("request_policy")
    await act.walk("approve_policy")
    await act.enter(person)
    (row,) = await act.get("/candidates")
    found = {one["rule"] for one in row["findings"]} - {"appointment.party_body_opinion"}
    assert found == OF_PERSON - {"appointment.non_local_secretary"}
