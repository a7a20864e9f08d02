"""The law over HTTP: every signed-in caller reads the rules of a day, with clause, parameters and sources."""

import pytest

from app.models.rule import ClauseRead, RuleRead
from tests.api.conftest import API, House

RULE = "appointment.non_local_secretary"
PATHS = ["/rules", f"/rules/{RULE}", "/clauses", "/targets"]


@pytest.mark.parametrize("path", PATHS)
async def test_everybody_signed_in_reads_the_law(shared_house: House, path: str) -> None:
    assert (await (await shared_house.caller(None)).get(API + path)).status_code == 401
    answers = [
        (await (await shared_house.caller(username)).get(API + path)).json()
        for username in ("btc.tinh", "canbo", "mattran.tinh", "quantri")
    ]
    assert all(answer == answers[0] for answer in answers)


async def test_a_rule_on_a_day(shared_house: House) -> None:
    client = await shared_house.caller("btc.tinh")
    now = (await client.get(f"{API}/rules/{RULE}")).json()
    RuleRead.model_validate(now)
    assert (now["clause"], now["effect"], now["in_force"]) == ("II.2.2(5)-2025-h", "warns", True)
    named = {parameter["id"]: parameter for parameter in now["parameters"]}
    assert named["secretary.local-fields"]["value"] == ["hometown", "birthplace"]
    assert all(parameter["clause"] and parameter["source"] for parameter in named.values())
    before = (await client.get(f"{API}/rules/{RULE}", params={"on": "2020-12-31"})).json()
    assert before["in_force"] is False
    assert (await client.get(f"{API}/rules/nothing")).status_code == 404
    assert (await client.get(f"{API}/rules", params={"on": "today"})).status_code == 422


async def test_the_list_of_rules_and_of_clauses(shared_house: House) -> None:
    client = await shared_house.caller("canbo")
    rules = (await client.get(f"{API}/rules")).json()
    assert RULE in [rule["id"] for rule in rules["items"]]
    assert rules["total"] == len(rules["items"])
    clauses = (await client.get(f"{API}/clauses")).json()["items"]
    for clause in clauses:
        ClauseRead.model_validate(clause)
        assert set(clause) == set(ClauseRead.model_fields)
        bound = (*clause["rules"], *clause["indicators"], *clause["features"])
        assert bound or clause["not_computable"] or clause["later"]
    by_id = {clause["id"]: clause for clause in clauses}
    assert by_id["I.1-g"]["indicators"] == ["managed"]
