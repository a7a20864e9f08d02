"""Every route × role × target, against the table written by hand in matrix.yaml."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import yaml

from app.api import create_api
from tests import world
from tests.api import evaluating, filing, waiving
from tests.api.asking import Asked, Maker, operations
from tests.api.conftest import API, House, holder, people
from tests.conftest import TODAY

MATRIX: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "matrix.yaml").read_text())
ROLES: dict[str, dict[str, str | None]] = MATRIX["callers"]
RELATIONS: list[str] = MATRIX["relations"]
SUCCESS = {"GET": {200}, "POST": {200, 201, 202, 204}, "PATCH": {200}, "DELETE": {204}}


def listed() -> Iterator[str]:
    """Every operation the table speaks of; twice if it does so twice."""
    for table in MATRIX["tables"].values():
        yield from table["routes"]
    yield from MATRIX["flat_routes"]


def test_the_table_names_every_operation_once() -> None:
    names = list(listed())
    assert sorted(names) == sorted(set(names))
    assert set(names) == operations(create_api({}))


def test_every_row_speaks_of_every_target() -> None:
    for table in MATRIX["tables"].values():
        rows = {role: row for role, row in table.items() if role != "routes"}
        assert rows.keys() == ROLES.keys()
        assert all(len(row) == len(RELATIONS) for row in rows.values())
    for row in MATRIX["flat"].values():
        assert row.keys() == ROLES.keys()


def test_an_operation_the_table_does_not_name_is_noticed() -> None:
    app = create_api({})
    app.get(f"{API}/nobody-thought-of-it")(lambda: None)
    assert operations(app) - set(listed()) == {"GET /nobody-thought-of-it"}


# --- the table against the house --------------------------------------------------------------------


def _redacted(answer: httpx.Response) -> bool:
    body = answer.json()
    if "items" in body:
        return not body["items"]
    return bool(body["redacted"]) and "groups" not in body


def _veiled(answer: httpx.Response) -> bool:
    """Whether a person is told by name alone where the table says whole."""
    if "json" not in answer.headers["content-type"]:
        return False
    body = answer.json()
    return "items" not in body and body.get("redacted") is True


def _told(method: str, answer: httpx.Response, wanted: str | int) -> bool:
    if wanted == "name":
        return answer.status_code == 200 and _redacted(answer)
    if wanted == "ok":
        return answer.status_code in SUCCESS[method] and not (method == "GET" and _veiled(answer))
    return answer.status_code == wanted


async def _ask(house: House, role: str, operation: str, asked: Asked) -> httpx.Response:
    caller = await house.caller(ROLES[role]["user"])
    return await caller.request(
        operation.split(maxsplit=1)[0], asked.path, headers=asked.headers, **asked.parts
    )


def _slug(role: str, relation: str) -> str:
    """The person who stands in this relation to the role's caller."""
    named = ROLES[role].get(relation)
    assert named is not None, f"{role} has no one {relation}"
    place, _, sort = named.partition("/")
    return holder(place, sort) if sort else named


def _place(role: str, relation: str) -> UUID:
    """The unit where that person's latest seat is."""
    held = world.crowd(TODAY).people[_slug(role, relation)].held
    return world.unit([one for one in held if one.start <= TODAY][-1].unit)


TARGETED = [(kind, operation) for kind, table in MATRIX["tables"].items() for operation in table["routes"]]


@pytest.mark.parametrize(("kind", "operation"), TARGETED, ids=[operation for _, operation in TARGETED])
async def test_each_role_and_target(shared_house: House, kind: str, operation: str) -> None:
    maker = Maker(shared_house)
    method = operation.split(maxsplit=1)[0]
    wrong = []
    for role, row in MATRIX["tables"][kind].items():
        if role == "routes":
            continue
        for relation, wanted in zip(RELATIONS, row, strict=True):
            if wanted == "-":
                continue
            asked = await _targeted(maker, kind, operation, role, relation)
            answer = await _ask(shared_house, role, operation, asked)
            if not _told(method, answer, wanted):
                wrong.append((role, relation, wanted, answer.status_code, answer.text[:300]))
    assert wrong == []


async def _about_dossier(maker: Maker, kind: str, operation: str, place: str) -> Asked:
    if kind.startswith("paper"):
        return await filing.about(maker.house, operation, place)
    if kind.startswith("waiver"):
        return waiving.about(maker.house, operation, place)
    if kind.startswith("move"):
        return maker.move(operation, place)
    if kind.startswith("rotation"):
        return maker.rotation(operation, place)
    return maker.action(operation, place) if kind.startswith("action") else maker.plan(operation, place)


async def _targeted(  # noqa: PLR0911 - one line a kind of target
    maker: Maker, kind: str, operation: str, role: str, relation: str
) -> Asked:
    if kind.startswith("committee"):
        writes = role.startswith("org_officer")
        return await maker.committee(operation, MATRIX["committees"][role][relation], writes=writes)
    if kind.startswith("person"):
        return await maker.person(operation, people(_slug(role, relation)))
    if kind.startswith(("action", "move", "plan", "paper", "rotation", "waiver")):
        return await _about_dossier(maker, kind, operation, MATRIX["planning"][role][relation])
    if kind.startswith("result"):
        return await evaluating.about(maker.house, operation, people(_slug(role, relation)))
    unit_id = _place(role, relation)
    if kind == "new_person":
        return maker.new_person(unit_id)
    if kind == "unit_write":
        return await maker.post(operation, unit_id)
    path = operation.split()[1].replace("{indicator_id}", "headcount")
    if kind == "graded_unit":
        return Asked(f"{path}?unit_id={unit_id}&year=2021")
    if kind.startswith("figure"):
        part = "&part=numerator" if kind == "figure_people" else ""
        return Asked(f"{path}?unit_id={unit_id}{part}")
    return Asked(path.replace("{unit_id}", str(unit_id)))


@pytest.mark.parametrize("operation", MATRIX["flat_routes"])
async def test_each_role(shared_house: House, operation: str) -> None:
    maker = Maker(shared_house)
    method = operation.split(maxsplit=1)[0]
    row = MATRIX["flat"][MATRIX["flat_routes"][operation]]
    wrong = []
    for role, wanted in row.items():
        answer = await _own_session(shared_house, maker, operation, role)
        if not _told(method, answer, wanted):
            wrong.append((role, wanted, answer.status_code, answer.text[:300]))
    assert wrong == []


async def _own_session(house: House, maker: Maker, operation: str, role: str) -> httpx.Response:
    """What touches the caller's session is asked in one opened for it."""
    user = ROLES[role]["user"]
    anonymous = await house.caller(None)
    if operation == "POST /sessions/current/token":
        opened = await house.sign_in(anonymous, user or "btc.tinh")
        return await anonymous.post(
            f"{API}/sessions/current/token", headers={"Authorization": f"Session {opened['session_secret']}"}
        )
    if operation == "DELETE /sessions/current" and user is not None:
        opened = await house.sign_in(anonymous, user)
        return await anonymous.delete(
            f"{API}/sessions/current", headers={"Authorization": f"Bearer {opened['access_token']}"}
        )
    return await _ask(house, role, operation, await maker.flat(operation))
