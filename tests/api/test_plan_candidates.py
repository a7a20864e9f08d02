"""Who is proposed for a gap: whoever closes it, and nobody who would break another rule."""

from datetime import date
from uuid import UUID

from sqlmodel import col, select

from app.models.cadre import Cadre, Sex
from tests.api.conftest import House
from tests.api.dossier import Dossier
from tests.api.planning import staff_of

STRUCTURE = "plan.structure"


async def test_nobody_is_proposed_who_has_not_two_terms_left(house: House) -> None:
    plan = await Dossier.opened(house)
    offered = await plan.get("/candidates")
    ids = [UUID(row["cadre"]["id"]) for row in offered]
    people = house.scalars(select(Cadre).where(col(Cadre.id).in_(ids)))
    # Two terms from 2021 on: until the end of 2030, the table of retirement says who that is.
    least = {Sex.MALE: date(1968, 12, 1), Sex.FEMALE: date(1972, 5, 1)}
    assert people
    for row in people:
        assert row.birth_date is not None
        assert row.sex is not None
        assert row.birth_date >= least[row.sex], row.code
    for row in offered:
        await plan.add(row["cadre"]["id"], "c.secretary")
        break
    assert (await plan.finding("plan.age"))["outcome"] == "met"


async def test_whoever_is_proposed_for_the_structure_adds_to_what_is_short(house: House) -> None:
    plan = await Dossier.opened(house)
    await plan.add(staff_of("niem-son", Sex.MALE)[0], "c.secretary")
    before = await plan.finding(STRUCTURE)
    short = {row["name"]: row["persons"] for row in before["measured"]["shares"] if row["outcome"] == "unmet"}
    assert "women" in short
    assert (before["effect"], before["group"]) == ("warns", "structure")
    offered = await plan.get(f"/candidates?rule={STRUCTURE}")
    assert offered
    first = offered[0]
    await plan.add(first["cadre"]["id"], "c.secretary")
    after = {row["name"]: row["persons"] for row in (await plan.finding(STRUCTURE))["measured"]["shares"]}
    assert any(after[name] > number for name, number in short.items())


async def test_a_plan_of_titles_has_no_seats_to_fill(house: House) -> None:
    plan = await Dossier.opened(house)
    assert await plan.get("/candidates?rule=plan.committee_number") == []


async def test_a_rule_that_no_person_mends_is_told(house: House) -> None:
    plan = await Dossier.opened(house)
    answer = await plan.ask(plan.maker, "GET", "/candidates?rule=plan.procedure")
    assert answer.status_code == 422
    assert "plan.structure" in answer.text
