"""Everybody tries every step in every state, with the right version: only what the table says moves."""

from typing import Any

import pytest

from app.models.plan import PlanState
from app.models.record import Kinship, Relation
from tests import world
from tests.api.conftest import House
from tests.api.dossier import Dossier, account, decision, rows, staffed
from tests.api.planning import minutes, stand, women_of
from tests.conftest import TODAY
from tests.world.rows import recorded

ACTIONS: dict[str, tuple[set[str], str]] = {
    "submit": ({"draft", "returned", "in_review"}, "submitted"),
    "return": ({"submitted"}, "returned"),
    "approve": ({"submitted"}, "approved"),
    "publish": ({"approved"}, "published"),
    "review": ({"approved", "published"}, "in_review"),
    "close": ({"approved", "published"}, "closed"),
}
"""Written by hand from the issue: an action, the states it leaves, the state it leads to."""

OFFICERS = {"submit", "publish", "review", "close"}
NOBODY = (
    "btc.dongvan",
    "btv.dongvan",
    "ubkt.tinh",
    "quantri",
    "mattran.tinh",
    "canbo",
    "xa.lungcu",
    "xa.niemson",
    "head.sonoivu",
    None,
)
"""Neighbours, who reads, who proposes, who supervises, who runs the machine: none of them takes any step."""

STATES = [state.value for state in PlanState]


def sent(action: str, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """All that a step asks for."""
    needs: dict[str, dict[str, Any]] = {
        "approve": {"decision": decision()},
        "return": {"note": "Bổ sung"},
        "close": {"note": "Hết nhiệm kỳ"},
    }
    return needs.get(action, {}) | changed


def put(house: House, state: str) -> Dossier:
    """A plan of Niêm Sơn in any state, fit for every step of it; made by the province's officer."""
    plan, _ = stand(house, "niem-son", PlanState(state))
    return Dossier(house, str(plan.id))


@pytest.mark.parametrize("state", STATES)
async def test_who_has_no_business_moves_nothing(house: House, state: str) -> None:
    plan = put(house, state)
    for user in NOBODY:
        reads = user in {"ubkt.tinh", "xa.niemson"}
        offered = {row["action"]: row for row in await plan.get("/transitions", user)} if reads else {}
        for action in ACTIONS:
            acts = user in {"btc.dongvan", "btv.dongvan"}
            status = 401 if user is None else 404 if acts else 403
            told = await plan.refused(action, user, status, **sent(action))
            if offered:
                assert offered[action]["allowed"] is False
                assert offered[action]["why_not"]
            assert "findings" not in told
    assert plan.state == state


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("user", ["btc.meovac", "btv.meovac", "btc.tinh", "btv.tinh"])
async def test_officers_and_approvers_take_their_own_steps_alone(house: House, user: str, state: str) -> None:
    """What is listed as not allowed is refused, with the reason that was listed; what is allowed is done."""
    for action, (sources, to) in ACTIONS.items():
        plan = put(house, state)
        mine = (action in OFFICERS) == user.startswith("btc")
        offered = {row["action"]: row for row in await plan.get("/transitions", user)}
        assert list(offered) == list(ACTIONS)
        allowed = mine and state in sources and not (action == "submit" and state == "in_review")
        assert offered[action]["allowed"] is allowed, (action, offered[action])
        assert (offered[action]["why_not"] is None) is allowed
        assert offered[action]["to"] == to
        if allowed:
            done = await plan.step(action, user)
            assert (done.status_code, plan.state) == (200, to), done.text
            continue
        told = await plan.refused(action, user, 409 if mine else 403, **sent(action))
        assert told["detail"] == offered[action]["why_not"]
        assert plan.state == state


async def test_a_commune_proposes_and_sends_nothing(house: House) -> None:
    plan = await Dossier.opened(house, maker="xa.niemson")
    entry = await plan.add(women_of("niem-son")[0], "c.secretary")
    offered = {row["action"]: row for row in await plan.get("/transitions")}
    assert not any(row["allowed"] for row in offered.values())
    told = await plan.refused("submit", "xa.niemson", 403)
    assert told["detail"]
    # Who reads no votes writes none.
    answer = await plan.ask("xa.niemson", "POST", "/meetings", minutes("leadership_2", {entry: 3}))
    assert answer.status_code == 403


# --- maker and approver are two people ---------------------------------------------------------------


async def _submitted(plan: Dossier, votes_by: str = "btc.meovac") -> None:
    plan.maker = votes_by
    await plan.meet()
    plan.maker = "btc.meovac"
    await plan.walk("submit")


@pytest.mark.parametrize("part", ["opened", "entered", "voted", "sent"])
async def test_whoever_made_it_does_not_decide_on_it(house: House, part: str) -> None:
    account(house, "both", ("org_officer", "meo-vac"), ("approver", "meo-vac"))
    plan = await Dossier.opened(house, maker="both" if part == "opened" else "btc.meovac")
    await plan.add(women_of("niem-son")[0], "c.secretary", "both" if part == "entered" else "btc.meovac")
    plan.maker = "both" if part == "voted" else "btc.meovac"
    await plan.meet()
    plan.maker = "both" if part == "sent" else "btc.meovac"
    await plan.walk("submit")
    offered = {row["action"]: row for row in await plan.get("/transitions", "both")}
    for action in ("approve", "return"):
        told = await plan.refused(action, "both", 403, **sent(action))
        assert told["detail"] == offered[action]["why_not"]
    await plan.walk("approve")


@pytest.mark.parametrize("part", ["kept", "removed", "leaving"])
async def test_whoever_judged_in_the_review_does_not_decide_on_it(house: House, part: str) -> None:
    account(house, "both", ("org_officer", "meo-vac"), ("approver", "meo-vac"))
    plan = await Dossier.opened(house)
    first, second = [await plan.add(woman, "c.secretary") for woman in women_of("niem-son")[:2]]
    await plan.meet()
    await plan.walk("submit", "approve", "review")
    verdict = {
        "kept": {"keep": True},
        "removed": {"removal_reason": "left"},
        "leaving": {"removal_reason": "failed_eval"},
    }
    done = await plan.ask("both", "PATCH", f"/entries/{first}", verdict[part])
    assert done.status_code == 200, done.text
    await plan.ask("btc.meovac", "PATCH", f"/entries/{second}", {"keep": True})
    await plan.walk("submit")
    await plan.refused("approve", "both", 403, **sent("approve"))
    await plan.walk("approve")


async def test_another_office_s_approver_may(house: House) -> None:
    """An officer of one district who approves in another: neither helps him in the other."""
    account(house, "split", ("org_officer", "dong-van"), ("approver", "meo-vac"))
    plan = await Dossier.opened(house)
    await plan.add(women_of("niem-son")[0], "c.secretary")
    await _submitted(plan)
    offered = {row["action"]: row["allowed"] for row in await plan.get("/transitions", "split")}
    assert offered == {action: action in {"approve", "return"} for action in ACTIONS}
    assert (await plan.step("approve", "split")).status_code == 200
    await plan.refused("publish", "split", 403)


async def test_the_deciding_body_is_the_dossier_s(house: House) -> None:
    """The district's approver doesn't decide what its own committee only sends up."""
    staffed(house, "meo-vac", women=3, men=7)
    plan = await Dossier.opened(house, "meo-vac", "tinh-uy")
    await plan.add(women_of("niem-son")[0], "d.secretary")
    await _submitted(plan)
    for action in ("approve", "return"):
        await plan.refused(action, "btv.meovac", 403, **sent(action))
    assert (await plan.step("approve", "btv.tinh")).status_code == 200


# --- nobody decides on his own -----------------------------------------------------------------------


@pytest.mark.parametrize("near", ["own", "spouse", "spouse_of", "child", "parent", "voided", "sibling"])
async def test_nobody_decides_where_his_own_family_is_planned(house: House, near: str) -> None:
    woman, other = women_of("niem-son")[:2]
    account(house, "judge", ("approver", "meo-vac"), cadre=woman if near == "own" else other)
    if near != "own":
        relation = {"child": Relation.CHILD, "parent": Relation.FATHER, "sibling": Relation.SIBLING}
        one, two = (woman, other) if near == "spouse_of" else (other, woman)
        house.write(
            Kinship(
                cadre_id=one,
                relative_id=two,
                relation=relation.get(near, Relation.SPOUSE),
                full_name="Một người thân",
                voided_at=recorded(TODAY) if near == "voided" else None,
            )
        )
    plan = await Dossier.opened(house)
    await plan.add(woman, "c.secretary")
    await _submitted(plan)
    offered = {row["action"]: row for row in await plan.get("/transitions", "judge")}
    if near in {"voided", "sibling"}:
        assert offered["approve"]["allowed"]
        return
    for action in ("approve", "return"):
        told = await plan.refused(action, "judge", 403, **sent(action))
        assert told["detail"] == offered[action]["why_not"]
    await plan.walk("approve")


async def test_nobody_enters_keeps_removes_or_counts_votes_for_his_own_family(house: House) -> None:
    woman, other = women_of("niem-son")[:2]
    account(house, "kin", ("org_officer", "meo-vac"), cadre=woman)
    plan = await Dossier.opened(house)
    body = {"cadre_id": str(woman), "title_id": str(world.title("c.secretary"))}
    assert (await plan.ask("kin", "POST", "/entries", body)).status_code == 403
    mine = await plan.add(woman, "c.secretary")
    theirs = await plan.add(other, "c.secretary")
    before = rows(house)
    for answer in (
        await plan.ask("kin", "DELETE", f"/entries/{mine}"),
        await plan.ask("kin", "PATCH", f"/entries/{mine}", {"note": "Rất tốt"}),
        await plan.ask("kin", "POST", "/meetings", minutes("leadership_2", {theirs: 1, mine: 9})),
    ):
        assert answer.status_code == 403, answer.text
    assert rows(house) == before
    assert (await plan.ask("kin", "PATCH", f"/entries/{theirs}", {"note": "Rất tốt"})).status_code == 200
