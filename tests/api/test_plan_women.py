"""A unit with 30 % women or more plans a woman for a key title (III.3.3-e), from the rows as they stand."""

from typing import Any
from uuid import UUID

import pytest
from sqlmodel import col, select

from app.models.assignment import AssignmentKind, AssignmentSpan
from app.models.cadre import Sex
from app.services.dated import known
from tests import world
from tests.api.conftest import House, people
from tests.api.dossier import WOMEN, Dossier, blocking, decision, law_from, on_day, rows, sexed, staffed
from tests.api.planning import women_of
from tests.conftest import TODAY

KEY, OTHER = "d.board_head", "d.division_head"
COUNTED = ("staff", "women", "women_planned_for_key_titles", "planned_unknown_sex", "compulsory_removals")


def measured(finding: dict[str, Any]) -> tuple[Any, ...]:
    """What was counted, in the order of COUNTED."""
    return tuple(finding["measured"][name] for name in COUNTED)


async def planned(
    house: House, *, women: int, men: int, **unknown: int
) -> tuple[Dossier, dict[str, list[UUID]]]:
    """A draft of a district with so many women and men."""
    staff = staffed(house, "meo-vac", women=women, men=men, **unknown)
    return await Dossier.opened(house, "meo-vac"), staff


# --- the four proofs ---------------------------------------------------------------------------------


async def test_three_of_ten_and_no_woman_planned_is_refused(house: House) -> None:
    plan, staff = await planned(house, women=3, men=7)
    await plan.add(staff["men"][0], KEY)
    await plan.meet()
    told = await plan.refused("submit", "btc.meovac", 409)
    assert told["type"] == "/problems/rule-broken"
    finding = next(row for row in told["findings"] if row["rule"] == WOMEN)
    assert (finding["clause"], finding["effect"], finding["outcome"]) == ("III.3.3-e", "blocks", "unmet")
    assert measured(finding) == (10, 3, 0, 0, 0)
    assert finding["measured"]["share_percent"] == "30.00"
    assert finding["required"] == {
        "women_share_at_least_percent": 30,
        "women_from": 3,
        "women_planned_at_least": 1,
    }
    assert finding["as_of"] == TODAY.isoformat()
    assert finding["message"]
    assert finding["remedy"]
    assert finding == await plan.finding()


async def test_two_of_seven_does_not_apply(house: House) -> None:
    plan, staff = await planned(house, women=2, men=5)
    await plan.add(staff["men"][0], KEY)
    await plan.meet()
    finding = await plan.finding()
    assert (finding["outcome"], measured(finding)) == ("not_applicable", (7, 2, 0, 0, 0))
    await plan.walk("submit", "approve")
    assert plan.state == "approved"


async def test_without_staff_it_does_not_apply(house: House) -> None:
    man = people("canbo")
    sexed(house, man, Sex.MALE)
    staffed(house, "meo-vac", women=0, men=0)
    plan = await Dossier.opened(house, "meo-vac", maker="btc.tinh", approver="btv.tinh")
    await plan.add(man, KEY)
    await plan.meet()
    finding = await plan.finding()
    assert (finding["outcome"], measured(finding)) == ("not_applicable", (0, 0, 0, 0, 0))
    assert finding["measured"]["share_percent"] is None
    await plan.walk("submit", "approve")


async def test_a_woman_for_a_title_that_is_not_key_does_not_satisfy_it(house: House) -> None:
    plan, staff = await planned(house, women=3, men=7)
    await plan.add(staff["women"][0], OTHER)
    await plan.add(staff["men"][0], KEY)
    await plan.meet()
    told = await plan.refused("submit", "btc.meovac", 409)
    assert blocking(told) == [WOMEN]
    assert measured(await plan.finding()) == (10, 3, 0, 0, 0)


# --- findings move with the rows ---------------------------------------------------------------------


async def test_findings_move_with_each_row(house: House) -> None:
    plan, staff = await planned(house, women=3, men=7)
    first = await plan.finding()
    assert (first["outcome"], measured(first)) == ("unmet", (10, 3, 0, 0, 0))
    await plan.add(staff["men"][0], KEY)
    assert await plan.finding() == first  # a man for a key title changes nothing
    await plan.add(staff["women"][0], OTHER)
    assert await plan.finding() == first  # nor does a woman for another title
    one = await plan.add(staff["women"][0], KEY)
    met = await plan.finding()
    assert (met["outcome"], measured(met)) == ("met", (10, 3, 1, 0, 0))
    two = await plan.add(staff["women"][1], KEY)
    assert measured(await plan.finding()) == (10, 3, 2, 0, 0)
    await plan.remove(one)
    assert measured(await plan.finding()) == (10, 3, 1, 0, 0)
    await plan.remove(two)
    assert await plan.finding() == first  # taking the last one out brings it back
    sexed(house, staff["men"][6], Sex.FEMALE)
    assert measured(await plan.finding()) == (10, 4, 0, 0, 0)
    staffed(house, "meo-vac", women=2, men=7)
    gone = await plan.finding()
    assert (gone["outcome"], measured(gone)) == ("not_applicable", (9, 2, 0, 0, 0))


@pytest.mark.parametrize(
    ("women", "men", "outcome"),
    [(3, 7, "unmet"), (2, 4, "unmet"), (2, 5, "not_applicable"), (5, 12, "not_applicable")],
)
async def test_the_share_is_exact(house: House, women: int, men: int, outcome: str) -> None:
    """3 of 10 is enough, 5 of 17 (29.4 %) is not: no rounding."""
    plan, _ = await planned(house, women=women, men=men)
    assert (await plan.finding())["outcome"] == outcome


async def test_a_woman_from_elsewhere_counts(house: House) -> None:
    staff = staffed(house, "meo-vac", women=3, men=7)
    plan = await Dossier.opened(house, "meo-vac", maker="btc.tinh")
    stranger = women_of("lung-cu")[0]
    assert stranger not in staff["women"]
    await plan.add(stranger, KEY)
    assert ((await plan.finding())["outcome"], measured(await plan.finding())[:3]) == ("met", (10, 3, 1))


async def test_holding_a_key_title_is_not_being_planned(house: House) -> None:
    plan, _ = await planned(house, women=3, men=7)
    chair = house.scalars(
        select(AssignmentSpan.cadre_id).where(
            col(AssignmentSpan.post_id) == world.post("ubnd.meo-vac", "d.chair"),
            col(AssignmentSpan.valid_to).is_(None),
            known(AssignmentSpan),
        )
    )[0]
    sexed(house, chair, Sex.FEMALE)
    assert (await plan.finding())["outcome"] == "unmet"


async def test_unknown_sex_blocks_where_it_could_turn_the_answer(house: House) -> None:
    plan, staff = await planned(house, women=2, men=7, unknown=1)
    finding = await plan.finding()
    assert (finding["outcome"], measured(finding)) == ("unknown", (10, 2, 0, 0, 0))
    await plan.add(staff["men"][0], KEY)
    await plan.meet()
    told = await plan.refused("submit", "btc.meovac", 409)
    assert {row["rule"]: row["outcome"] for row in told["findings"]}[WOMEN] == "unknown"
    staffed(house, "meo-vac", women=2, men=8)
    assert (await plan.finding())["outcome"] == "not_applicable"


async def test_a_planned_person_of_unknown_sex_is_no_woman(house: House) -> None:
    plan, staff = await planned(house, women=3, men=7)
    await plan.add(staff["men"][0], KEY)
    sexed(house, staff["men"][0], None)
    finding = await plan.finding()
    assert finding["outcome"] == "unknown"
    assert measured(finding)[2:4] == (0, 1)


async def test_contracts_and_seconded_people_are_not_counted(house: House) -> None:
    """Who is lent here stands on the payroll of who lent him; who is rotated here counts."""
    plan, staff = await planned(house, women=3, men=7)
    span = house.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.cadre_id) == staff["men"][0],
            col(AssignmentSpan.is_main),
            col(AssignmentSpan.valid_to).is_(None),
            known(AssignmentSpan),
        )
    )[0]
    span.kind = AssignmentKind.SECONDMENT
    house.write(span)
    assert measured(await plan.finding())[:2] == (9, 3)
    span.kind = AssignmentKind.ROTATION
    house.write(span)
    assert measured(await plan.finding())[:2] == (10, 3)


async def test_the_level_below_and_public_services_are_not_a_locality_s_staff(house: House) -> None:
    plan, _ = await planned(house, women=3, men=7)
    school = col(AssignmentSpan.unit_id) == world.unit("truong.meo-vac")
    teachers = house.scalars(select(AssignmentSpan.cadre_id).where(school, known(AssignmentSpan)))
    for cadre_id in {*women_of("niem-son"), *teachers}:
        sexed(house, cadre_id, Sex.FEMALE)
    assert measured(await plan.finding())[:2] == (10, 3)


# --- refused at approval -----------------------------------------------------------------------------


@pytest.mark.parametrize("change", ["counted", "staff"])
async def test_a_submitted_plan_whose_only_fault_is_this_rule_is_not_approved(
    house: House, change: str
) -> None:
    """Met or not concerned when it was sent, unmet on the day of approval, by the rows of that day."""
    plan, staff = await planned(house, women=3 if change == "counted" else 2, men=7)
    one = staff["women"][0] if change == "counted" else staff["men"][-1]
    await plan.add(one, KEY)
    await plan.meet()
    await plan.walk("submit")
    assert (await plan.finding())["outcome"] == ("met" if change == "counted" else "not_applicable")
    if change == "counted":
        sexed(house, one, Sex.MALE)
        sexed(house, staff["men"][-1], Sex.FEMALE)  # still three of ten
    else:
        sexed(house, staff["men"][0], Sex.FEMALE)  # three of nine
    offers = {row["action"]: row for row in await plan.get("/transitions", "btv.meovac")}
    assert offers["approve"]["allowed"] is False
    told = await plan.refused("approve", "btv.meovac", 409, decision=decision())
    assert blocking(told) == [WOMEN]
    assert offers["approve"]["why_not"] == told["detail"]
    assert offers["approve"]["findings"] == told["findings"]
    assert (await plan.get())["submitted"]["findings"] != told["findings"]
    assert plan.state == "submitted"
    assert (await plan.step("return")).status_code == 200


# --- the union of a unit's dossiers ------------------------------------------------------------------


async def test_approved_dossiers_of_other_authorities_count(house: House) -> None:
    """The province approves plans for the secretary, the district those for its boards: one union."""
    staff = staffed(house, "meo-vac", women=3, men=7)
    own = await Dossier.opened(house, "meo-vac")
    await own.add(staff["men"][0], KEY)
    above = await Dossier.opened(house, "meo-vac", "tinh-uy", maker="btc.tinh", approver="btv.tinh")
    entry = await above.add(staff["women"][0], "d.secretary")
    assert (await above.finding())["outcome"] == "met"
    assert (await own.finding())["outcome"] == "unmet"  # a draft of another counts for nobody
    await above.meet()
    await above.walk("submit")
    assert (await own.finding())["outcome"] == "unmet"
    await above.walk("approve")
    met = await own.finding()
    assert (met["outcome"], measured(met)) == ("met", (10, 3, 1, 0, 0))
    # Another period has a plan of its own.
    later = await Dossier.opened(house, "meo-vac", period="2020-2025")
    assert (await later.finding())["outcome"] == "unmet"
    # In the yearly review she still counts; gone at once for a reason that compels, she doesn't.
    await above.walk("review")
    assert (await own.finding())["outcome"] == "met"
    done = await above.ask("btc.tinh", "PATCH", f"/entries/{entry}", {"removal_reason": "failed_eval"})
    assert done.json()["state"] == "leaving"
    assert (await own.finding())["outcome"] == "met"  # until the next approval she is planned
    assert (await above.finding())["outcome"] == "unmet"
    done = await above.ask("btc.tinh", "PATCH", f"/entries/{entry}", {"removal_reason": "left"})
    assert done.json()["state"] == "removed"
    assert (await own.finding())["outcome"] == "unmet"


async def test_a_closed_dossier_counts_no_more(house: House) -> None:
    staff = staffed(house, "meo-vac", women=3, men=7)
    own = await Dossier.opened(house, "meo-vac")
    above = await Dossier.opened(house, "meo-vac", "tinh-uy", maker="btc.tinh", approver="btv.tinh")
    await above.add(staff["women"][0], "d.secretary")
    await above.meet()
    await above.walk("submit", "approve")
    assert (await own.finding())["outcome"] == "met"
    await above.walk("close")
    assert (await own.finding())["outcome"] == "unmet"


async def test_a_dossier_without_key_titles_is_another_s_business(house: House) -> None:
    """The commune's own committee approves the vice-chairs alone, which are no key titles."""
    staff = staffed(house, "niem-son", women=3, men=7)
    plan = await Dossier.opened(house, "niem-son", "dang-uy.niem-son")
    await plan.add(staff["men"][0], "c.vice_chair")
    finding = await plan.finding()
    assert (finding["outcome"], measured(finding)[:2]) == ("not_applicable", (10, 3))
    await plan.meet()
    await plan.walk("submit", "approve")


# --- what was approved stays what it was -------------------------------------------------------------


async def test_an_approved_plan_answers_the_same_ever_after(house: House) -> None:
    plan, staff = await planned(house, women=3, men=7)
    await plan.add(staff["women"][0], KEY)
    await plan.meet()
    await plan.walk("submit", "approve")
    approved = (await plan.get())["approved"]
    findings = await plan.get("/findings")
    assert approved["findings"] == findings
    for change in ("sex", "staff", "law", "day", "published", "closed"):
        if change == "sex":
            sexed(house, staff["women"][0], Sex.MALE)
        elif change == "staff":
            staffed(house, "meo-vac", women=0, men=12)
        elif change == "law":
            law_from(house, TODAY.replace(year=2022))
        elif change == "day":
            on_day(house, TODAY.replace(year=2025))
        else:
            await plan.walk({"published": "publish", "closed": "close"}[change])
        assert await plan.get("/findings") == findings, change
        assert (await plan.get())["approved"] == approved, change


async def test_an_approved_plan_takes_no_entry_and_loses_none(house: House) -> None:
    plan, staff = await planned(house, women=3, men=7)
    entry = await plan.add(staff["women"][0], KEY)
    await plan.meet()
    for steps in (("submit",), ("approve",), ("publish",), ("close",)):
        await plan.walk(*steps)
        before = rows(house)
        for user in ("btc.meovac", "btc.tinh"):
            tried = [
                await plan.ask(user, "POST", "/entries", _entry(staff["men"][0])),
                await plan.ask(user, "DELETE", f"/entries/{entry}?reason=left"),
                await plan.ask(user, "PATCH", f"/entries/{entry}", {"removal_reason": "discipline"}),
                await plan.ask(user, "PATCH", f"/entries/{entry}", {"keep": True}),
                await plan.ask(user, "PATCH", f"/entries/{entry}", {"note": "x"}),
                await plan.ask(user, "POST", "/meetings", _minutes()),
            ]
            assert {answer.status_code for answer in tried} == {409}, [answer.text for answer in tried]
        assert rows(house) == before
    assert (await plan.get())["closed_on"] == TODAY.isoformat()


def _entry(cadre_id: UUID) -> dict[str, str]:
    return {"cadre_id": str(cadre_id), "title_id": str(world.title(KEY))}


def _minutes() -> dict[str, Any]:
    return {"step": "leadership_1", "held_on": TODAY.isoformat(), "summoned": 9, "present": 9}
