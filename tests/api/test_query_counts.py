"""How many statements each operation runs: a number in a table that doesn't grow with the rows.

The event of a read isn't among them: one statement of the driver writes those of all who wait.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event

from app.services import record
from tests.api.asking import Asked, Maker
from tests.api.conftest import API, House, people
from tests.api.groups import GROUPS
from tests.api.walk import OPERATIONS, PAGED, query, send

OTHERWISE = {
    "POST /sessions": "as many as the tries on name and address ask for; tests/services tells",
    "POST /sessions/current/token": "likewise: the signing key may be due for its successor",
    "DELETE /sessions/current": "ends what the other requests here sign with",
    "DELETE /sessions/{session_id}": "likewise",
}
"""Operations without a number, and why."""

COUNTS = {
    "GET /.well-known/jwks.json": 1,
    "GET /access-tokens": 4,
    "POST /access-tokens": 9,
    "GET /access-tokens/{token_id}": 4,
    "DELETE /access-tokens/{token_id}": 7,
    "GET /appointments": 6,
    "POST /appointments": 17,
    "GET /appointments/due": 6,
    "GET /appointments/{appointment_id}": 9,
    "PATCH /appointments/{appointment_id}": 15,
    "GET /appointments/{appointment_id}/candidates": 19,
    "POST /appointments/{appointment_id}/candidates": 29,
    "GET /appointments/{appointment_id}/candidates/{candidate_id}": 20,
    "DELETE /appointments/{appointment_id}/candidates/{candidate_id}": 11,
    "GET /appointments/{appointment_id}/findings": 23,
    "GET /appointments/{appointment_id}/steps": 5,
    "POST /appointments/{appointment_id}/steps": 17,
    "GET /appointments/{appointment_id}/taken": 4,
    "GET /appointments/{appointment_id}/transitions": 26,
    "POST /appointments/{appointment_id}/transitions": 24,
    "GET /post-changes": 6,
    "POST /post-changes": 21,
    "GET /post-changes/due": 7,
    "GET /post-changes/{post_change_id}": 9,
    "PATCH /post-changes/{post_change_id}": 16,
    "GET /post-changes/{post_change_id}/findings": 7,
    "GET /post-changes/{post_change_id}/taken": 4,
    "GET /post-changes/{post_change_id}/transitions": 9,
    "POST /post-changes/{post_change_id}/transitions": 22,
    "GET /rotations": 6,
    "POST /rotations": 23,
    "GET /rotations/due": 6,
    "GET /rotations/sensitive": 8,
    "GET /rotations/{rotation_id}": 9,
    "PATCH /rotations/{rotation_id}": 16,
    "GET /rotations/{rotation_id}/findings": 18,
    "GET /rotations/{rotation_id}/taken": 4,
    "GET /rotations/{rotation_id}/transitions": 6,
    "POST /rotations/{rotation_id}/transitions": 22,
    "GET /rotation-plans": 5,
    "POST /rotation-plans": 15,
    "GET /rotation-plans/{rotation_plan_id}": 6,
    "GET /rotation-plans/{rotation_plan_id}/items": 6,
    "POST /rotation-plans/{rotation_plan_id}/items": 19,
    "GET /rotation-plans/{rotation_plan_id}/items/{item_id}": 7,
    "PATCH /rotation-plans/{rotation_plan_id}/items/{item_id}": 14,
    "DELETE /rotation-plans/{rotation_plan_id}/items/{item_id}": 10,
    "GET /rotation-plans/{rotation_plan_id}/taken": 4,
    "GET /rotation-plans/{rotation_plan_id}/transitions": 7,
    "POST /rotation-plans/{rotation_plan_id}/transitions": 16,
    "GET /audit/events": 3,
    "GET /cadres": 3,
    "POST /cadres": 16,
    "GET /cadres/{cadre_id}": 9,
    "PATCH /cadres/{cadre_id}": 16,
    "GET /cadres/{cadre_id}/assignments": 4,
    "POST /cadres/{cadre_id}/assignments": 24,
    "PATCH /cadres/{cadre_id}/assignments/{assignment_id}": 20,
    "GET /cadres/{cadre_id}/careers": 4,
    "POST /cadres/{cadre_id}/careers": 11,
    "PATCH /cadres/{cadre_id}/careers/{row_id}": 12,
    "POST /cadres/{cadre_id}/careers/{row_id}/void": 11,
    "GET /cadres/{cadre_id}/confidence-votes": 4,
    "POST /cadres/{cadre_id}/confidence-votes": 11,
    "PATCH /cadres/{cadre_id}/confidence-votes/{row_id}": 12,
    "POST /cadres/{cadre_id}/confidence-votes/{row_id}/void": 11,
    "GET /cadres/{cadre_id}/declarations": 4,
    "POST /cadres/{cadre_id}/declarations": 11,
    "PATCH /cadres/{cadre_id}/declarations/{row_id}": 12,
    "POST /cadres/{cadre_id}/declarations/{row_id}/void": 11,
    "GET /cadres/{cadre_id}/discipline": 4,
    "POST /cadres/{cadre_id}/discipline": 11,
    "PATCH /cadres/{cadre_id}/discipline/{row_id}": 12,
    "POST /cadres/{cadre_id}/discipline/{row_id}/void": 11,
    "GET /cadres/{cadre_id}/evaluations": 4,
    "POST /cadres/{cadre_id}/evaluations": 14,
    "PATCH /cadres/{cadre_id}/evaluations/{row_id}": 13,
    "POST /cadres/{cadre_id}/evaluations/{row_id}/void": 11,
    "GET /cadres/{cadre_id}/family": 4,
    "POST /cadres/{cadre_id}/family": 11,
    "PATCH /cadres/{cadre_id}/family/{row_id}": 12,
    "POST /cadres/{cadre_id}/family/{row_id}/void": 11,
    "GET /cadres/{cadre_id}/history": 4,
    "GET /cadres/{cadre_id}/own-past": 4,
    "POST /cadres/{cadre_id}/own-past": 11,
    "PATCH /cadres/{cadre_id}/own-past/{row_id}": 12,
    "POST /cadres/{cadre_id}/own-past/{row_id}/void": 11,
    "GET /cadres/{cadre_id}/party-membership": 4,
    "POST /cadres/{cadre_id}/party-membership": 14,
    "GET /cadres/{cadre_id}/plan-entries": 5,
    "GET /cadres/{cadre_id}/political-conclusions": 4,
    "POST /cadres/{cadre_id}/political-conclusions": 11,
    "PATCH /cadres/{cadre_id}/political-conclusions/{row_id}": 12,
    "POST /cadres/{cadre_id}/political-conclusions/{row_id}/void": 11,
    "GET /cadres/{cadre_id}/qualifications": 4,
    "POST /cadres/{cadre_id}/qualifications": 15,
    "PATCH /cadres/{cadre_id}/qualifications/{row_id}": 15,
    "GET /cadres/{cadre_id}/relatives-abroad": 4,
    "POST /cadres/{cadre_id}/relatives-abroad": 11,
    "PATCH /cadres/{cadre_id}/relatives-abroad/{row_id}": 12,
    "POST /cadres/{cadre_id}/relatives-abroad/{row_id}/void": 11,
    "GET /cadres/{cadre_id}/residences": 4,
    "POST /cadres/{cadre_id}/residences": 14,
    "GET /cadres/{cadre_id}/rewards": 4,
    "POST /cadres/{cadre_id}/rewards": 11,
    "PATCH /cadres/{cadre_id}/rewards/{row_id}": 12,
    "POST /cadres/{cadre_id}/rewards/{row_id}/void": 11,
    "GET /cadres/{cadre_id}/salaries": 4,
    "POST /cadres/{cadre_id}/salaries": 11,
    "PATCH /cadres/{cadre_id}/salaries/{row_id}": 12,
    "POST /cadres/{cadre_id}/salaries/{row_id}/void": 11,
    "GET /cadres/{cadre_id}/timeline": 11,
    "GET /cadres/{cadre_id}/trainings": 4,
    "POST /cadres/{cadre_id}/trainings": 11,
    "PATCH /cadres/{cadre_id}/trainings/{row_id}": 12,
    "POST /cadres/{cadre_id}/trainings/{row_id}/void": 11,
    "GET /cadres/{cadre_id}/travels": 4,
    "POST /cadres/{cadre_id}/travels": 11,
    "PATCH /cadres/{cadre_id}/travels/{row_id}": 12,
    "POST /cadres/{cadre_id}/travels/{row_id}/void": 11,
    "GET /clauses": 2,
    "GET /code-lists": 3,
    "GET /code-lists/{list_id}": 3,
    "GET /committees": 3,
    "GET /committees/{committee_id}": 4,
    "GET /committees/{committee_id}/members": 5,
    "POST /committees/{committee_id}/members": 21,
    "GET /committees/{committee_id}/members/{membership_id}": 6,
    "PATCH /committees/{committee_id}/members/{membership_id}": 17,
    "GET /ethnicities": 3,
    "GET /healthz": 0,
    "GET /evaluations": 4,
    "POST /evaluations": 19,
    "GET /evaluations/findings": 4,
    "GET /evaluations/{evaluation_id}": 7,
    "GET /evaluations/{evaluation_id}/transitions": 5,
    "POST /evaluations/{evaluation_id}/transitions": 19,
    "GET /files": 4,
    "POST /files": 21,
    "GET /files/{file_id}": 4,
    "GET /files/{file_id}/content": 5,
    "POST /files/{file_id}/withdrawal": 14,
    "GET /imports": 3,
    "POST /imports": 16,
    "GET /imports/columns": 4,
    "GET /imports/template": 4,
    "GET /imports/{import_id}": 3,
    "GET /imports/{import_id}/rows": 6,
    "GET /imports/{import_id}/errors.xlsx": 6,
    "POST /imports/{import_id}/commit": 10,
    "POST /imports/{import_id}/cancel": 10,
    "GET /jobs/{job_id}": 3,
    "GET /inbox": 29,
    "GET /indicators": 17,
    "GET /indicators/{indicator_id}": 4,
    "GET /indicators/{indicator_id}/people": 5,
    "GET /indicators/{indicator_id}/series": 4,
    "GET /me": 2,
    "GET /plans": 4,
    "POST /plans": 24,
    "GET /plans/{plan_id}": 13,
    "GET /plans/{plan_id}/candidates": 18,
    "GET /plans/{plan_id}/entries": 9,
    "POST /plans/{plan_id}/entries": 24,
    "GET /plans/{plan_id}/entries/{entry_id}": 10,
    "PATCH /plans/{plan_id}/entries/{entry_id}": 19,
    "DELETE /plans/{plan_id}/entries/{entry_id}": 11,
    "GET /plans/{plan_id}/findings": 17,
    "GET /plans/{plan_id}/meetings": 5,
    "POST /plans/{plan_id}/meetings": 17,
    "GET /plans/{plan_id}/steps": 4,
    "GET /plans/{plan_id}/transitions": 24,
    "POST /plans/{plan_id}/transitions": 47,
    "GET /posts": 4,
    "POST /posts": 14,
    "GET /posts/{post_id}": 5,
    "PATCH /posts/{post_id}": 15,
    "GET /readyz": 2,
    "GET /rules": 2,
    "GET /rules/{rule_id}": 2,
    "GET /sessions": 3,
    "GET /targets": 2,
    "GET /titles": 3,
    "POST /titles": 10,
    "GET /titles/{title_id}": 5,
    "PATCH /titles/{title_id}": 13,
    "GET /unit-changes": 5,
    "POST /unit-changes": 25,
    "GET /unit-changes/{change_id}": 5,
    "GET /units": 3,
    "POST /units": 26,
    "GET /units/{unit_id}": 6,
    "PATCH /units/{unit_id}": 20,
    "GET /units/{unit_id}/plan-authorities": 10,
    "GET /units/{unit_id}/staffing": 8,
    "GET /waivers": 5,
    "POST /waivers": 20,
    "GET /waivers/{waiver_id}": 6,
    "POST /waivers/{waiver_id}/revocation": 20,
}
"""Statements of each operation, who asks and the log among them, on either database, however many rows."""


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements an engine runs meanwhile, transaction control left out."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:  # noqa: ANN401 - the event's
        if not statement.upper().startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def statements(house: House, operation: str, asked: Asked, **params: str) -> list[str]:
    """What one request runs."""
    with counted(house.app.state.engine) as seen:
        answer = await send(house, operation, asked, params=query(asked) | params)
    assert answer.status_code < 300, answer.text
    return seen


def test_the_table_names_every_operation() -> None:
    assert COUNTS.keys() | OTHERWISE.keys() == set(OPERATIONS)
    assert not COUNTS.keys() & OTHERWISE.keys()


@pytest.mark.parametrize("operation", COUNTS)
async def test_each_operation_runs_its_number(shared_house: House, operation: str) -> None:
    """The second request of its kind: the first one may fill what is kept, or be the first of its row."""
    maker = Maker(shared_house)
    await statements(shared_house, operation, await maker.valid(operation))
    seen = await statements(shared_house, operation, await maker.valid(operation))
    assert len(seen) == COUNTS[operation], "\n".join(seen)


@pytest.mark.parametrize("operation", PAGED)
async def test_more_rows_are_no_more_statements(shared_house: House, operation: str) -> None:
    asked = await Maker(shared_house).valid(operation)
    for limit in ("1", "5", "50", "200"):
        seen = await statements(shared_house, operation, asked, limit=limit)
        assert len(seen) == COUNTS[operation], limit


async def test_a_fuller_record_is_read_in_the_same_way(shared_house: House) -> None:
    caller = await shared_house.caller("btc.tinh")
    path = f"/cadres/{people('canbo')}"
    before = len(await statements(shared_house, "GET /cadres/{cadre_id}", Asked(path)))
    for number in range(20):
        made = await caller.post(f"{API}{path}/declarations", json=GROUPS["declarations"](number))
        assert made.status_code == 201, made.text
    assert len(await statements(shared_house, "GET /cadres/{cadre_id}", Asked(path))) == before
    # One for who asks, one for the log, four for the person, and one for each group that holds anything.
    assert before <= 6 + len(record.GROUPS)


async def test_a_count_and_a_facet_are_one_more_each(shared_house: House) -> None:
    operation = "GET /cadres"
    plain = COUNTS[operation]
    counts = await statements(shared_house, operation, Asked("/cadres"), count="true")
    facets = await statements(shared_house, operation, Asked("/cadres"), facet="managed_by")
    assert (len(counts), len(facets)) == (plain + 1, plain + 1)


def test_a_statement_more_is_noticed() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection, counted(engine) as seen:
        for _ in range(3):
            connection.exec_driver_sql("SELECT 1")
    engine.dispose()
    assert len(seen) == 3
