"""A plan from its first line to its publication, as the offices of the story work on it."""

import json
from uuid import UUID

from sqlmodel import col, select

from app.models.audit import AuditEvent
from app.models.dossier import DossierDecision, DossierSnapshot, DossierStep
from app.ui.pages.plan_dossier import MEND, NOT_DONE
from tests import world
from tests.api.conftest import API, House
from tests.api.dossier import PROCEDURE, WOMEN, Dossier, blocking, decision, on_day, staffed
from tests.api.planning import IN_FAVOUR, PRESENT, SUMMONED, women_of
from tests.conftest import TODAY


async def test_a_plan_is_made_stopped_mended_returned_approved_and_published(house: House) -> None:
    staff = staffed(house, "meo-vac", women=3, men=7)
    plan = await Dossier.opened(house, "meo-vac")
    man = await plan.add(staff["men"][0], "d.board_head")
    await plan.meet()
    told = await plan.refused("submit", "btc.meovac", 409)
    stopped = {row["rule"]: row for row in told["findings"]}
    assert blocking(told) == [WOMEN]
    assert stopped[WOMEN]["clause"] == "III.3.3-e"
    assert "III.3.3-e" in told["detail"]
    # The page says these two parts in its own way.
    assert told["detail"].startswith(NOT_DONE)
    assert told["detail"].endswith(MEND)
    # Somebody proposed for the gap is taken in, voted on, and closes it.
    offered = await plan.get(f"/candidates?rule={WOMEN}")
    assert all(row["cadre"]["sex"] == "female" and row["titles"] for row in offered)
    chosen = offered[0]
    assert chosen["titles"][0]["id"] == str(world.title("d.board_head"))
    await plan.add(chosen["cadre"]["id"], "d.board_head")
    assert (await plan.finding())["outcome"] == "met"
    assert (await plan.finding(PROCEDURE))["outcome"] == "unmet"  # nobody voted on her yet
    await plan.meet()
    await plan.walk("submit")
    assert plan.state == "submitted"
    returned = await plan.step("return", note="Bổ sung nữ")
    assert (returned.status_code, returned.json()["state"]) == (200, "returned")
    await plan.walk("submit")
    number = decision(number="12-QĐ/HU")
    approved = (await plan.step("approve", decision=number)).json()
    assert approved["state"] == "approved"
    assert approved["approved"]["decision"] == number
    assert approved["approved"]["as_of"] == TODAY.isoformat()
    assert {row["rule"]: row["outcome"] for row in approved["approved"]["findings"]}[WOMEN] == "met"
    assert approved["approved"]["findings"] == await plan.get("/findings")
    assert approved["submitted"]["findings"] == approved["approved"]["findings"]
    published = (await plan.step("publish")).json()
    assert (published["state"], published["published_on"]) == ("published", TODAY.isoformat())
    entries = await plan.get("/entries")
    assert {(row["state"], row["planned_from"]) for row in entries} == {("approved", TODAY.isoformat())}
    assert man in {row["id"] for row in entries}
    await _the_inspector_reads_it_all(plan)


async def _the_inspector_reads_it_all(plan: Dossier) -> None:
    steps = await plan.get("/steps", "ubkt.tinh")
    assert [(row["action"], row["from_state"], row["to_state"], row["taken_by"]) for row in steps] == [
        ("submit", "draft", "submitted", "btc.meovac"),
        ("return", "submitted", "returned", "btv.meovac"),
        ("submit", "returned", "submitted", "btc.meovac"),
        ("approve", "submitted", "approved", "btv.meovac"),
        ("publish", "approved", "published", "btc.meovac"),
    ]
    assert [row["note"] for row in steps] == [None, "Bổ sung nữ", None, None, None]
    assert steps[3]["decision"]["number"] == "12-QĐ/HU"
    versions = [row["version"] for row in steps]
    assert versions == sorted(set(versions))
    assert versions[-1] == plan.row.version
    told = plan.house.scalars(
        select(AuditEvent.action)
        .where(col(AuditEvent.object_id) == plan.id, col(AuditEvent.outcome) == "done")
        .order_by(col(AuditEvent.id))
    )
    assert told[:2] == ["plan.create", "plan.entry.add"]
    assert [name for name in told if name.split(".")[1] in {row["action"] for row in steps}] == [
        f"plan.{row['action']}" for row in steps
    ]
    for action in ("submit", "approve", "publish", "review", "close", "return"):
        await plan.refused(action, "ubkt.tinh", 403)


async def test_both_ways_into_the_list(house: House) -> None:
    """One title with its people, one person with his titles: the same rows."""
    first, second = women_of("meo-vac")[:2]
    plan = await Dossier.opened(house, "meo-vac")
    for cadre_id, title in (
        (first, "d.board_head"),
        (second, "d.board_head"),
        (first, "d.division_head"),
    ):
        await plan.add(cadre_id, title)
    whole = await plan.get("/entries")
    by_title = await plan.get(f"/entries?title_id={world.title('d.board_head')}")
    by_person = await plan.get(f"/entries?cadre_id={first}")
    assert {row["cadre"]["id"] for row in by_title} == {str(first), str(second)}
    assert [row["title"]["code"] for row in by_person] == ["d.board_head", "d.division_head"]
    assert {row["id"] for row in (*by_title, *by_person)} == {row["id"] for row in whole}
    assert [row["is_key"] for row in by_person] == [True, False]
    planned = {row["code"]: row["planned"] for row in (await plan.get())["titles"]}
    assert (planned["d.board_head"], planned["d.division_head"], planned["d.division_deputy"]) == (2, 1, 0)
    officer = await house.caller("btc.meovac")
    held = (await officer.get(f"{API}/cadres/{first}/plan-entries")).json()["items"]
    assert {(row["plan"]["id"], row["title"]["code"], row["state"]) for row in held} == {
        (plan.id, "d.board_head", "proposed"),
        (plan.id, "d.division_head", "proposed"),
    }
    listed = (await officer.get(f"{API}/plans")).json()["items"]
    assert [(row["id"], row["entries"], row["persons"]) for row in listed] == [(plan.id, 3, 2)]


async def test_what_a_step_was_judged_on_is_kept_beside_it(house: House) -> None:
    plan = await Dossier.opened(house)
    entry = await plan.add(women_of("niem-son")[0], "c.secretary")
    await plan.meet()
    await plan.walk("submit")
    on_day(house, TODAY.replace(year=2022, month=1, day=4))
    signed = decision(effective_on="2022-02-01")
    assert (await plan.step("approve", decision=signed)).status_code == 200
    kept = house.rows(
        select(DossierStep, DossierSnapshot, DossierDecision)
        .join(DossierSnapshot, col(DossierSnapshot.step_id) == col(DossierStep.id))
        .outerjoin(DossierDecision, col(DossierDecision.id) == col(DossierStep.decision_id))
        .where(col(DossierStep.dossier_id) == UUID(plan.id))
        .order_by(col(DossierStep.version))
    )
    assert [(step.action, snap.as_of.isoformat()) for step, snap, _ in kept] == [
        ("submit", "2021-12-31"),
        ("approve", "2022-01-04"),
    ]
    assert kept[0][2] is None
    chosen = kept[1][2]
    assert (chosen.number, chosen.signed_year, chosen.issuer_id) == (
        signed["number"],
        2021,
        world.unit("huyen-uy.meo-vac"),
    )
    for _, snap, _ in kept:
        content = json.loads(snap.content)
        assert [(row["id"], row["state"]) for row in content["entries"]] == [(entry, "proposed")]
        assert {(row["summoned"], row["present"]) for row in content["meetings"]} == {(SUMMONED, PRESENT)}
        last = next(row for row in content["meetings"] if row["step"] == "leadership_2")
        assert last["in_favour"] == [{"entry_id": entry, "votes": IN_FAVOUR}]
        assert len(snap.parameter_digest) == 64
    read = await plan.get()
    assert (read["submitted"]["as_of"], read["approved"]["as_of"]) == ("2021-12-31", "2022-01-04")
    entries = await plan.get("/entries")
    assert [(row["state"], row["planned_from"]) for row in entries] == [("approved", "2022-02-01")]


async def test_edits_after_the_submission_are_counted(house: House) -> None:
    staff = staffed(house, "meo-vac", women=4, men=6)
    plan = await Dossier.opened(house, "meo-vac")
    await plan.add(staff["women"][0], "d.board_head")
    await plan.meet()
    assert (await plan.get())["edits_after_submission"] == 0
    await plan.walk("submit")
    assert (await plan.get(user="btv.meovac"))["edits_after_submission"] == 0
    await plan.step("return", note="Bổ sung người")
    second = await plan.add(staff["women"][1], "d.board_head")
    await plan.remove(second)
    await plan.walk("submit")
    assert (await plan.get(user="btv.meovac"))["edits_after_submission"] == 2
