"""Plans walked at random by their table: what may be sent, what must be true."""

from collections.abc import Mapping
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import Session, col

from app.models.plan import EntryState, MeetingStep, Plan, PlanEntry, PlanMeeting, PlanPeriod, PlanVote
from app.services.plan.table import EDITABLE, TABLE
from app.services.workflow import Action
from tests import world
from tests.api.conftest import House
from tests.api.dossier import PLANS, decision
from tests.api.planning import ROUTES, clear, concluded, minutes, women_of
from tests.api.wander import OUTSIDERS, Attempt, Counts, Now, Wanderer, right, rows_of, state_of
from tests.conftest import TODAY

WRITE, SUBMIT, APPROVE = "plan:write", "plan:submit", "plan:approve"
PLACE = "niem-son"
MOST = 3
"""Persons that one title takes."""


class PlanWanderer(Wanderer):
    """One plan of a commune for a key title."""

    table, kind = TABLE, "plan"
    users = ("btc.meovac", "btv.meovac", "hai.vai")
    day = TODAY.isoformat()

    def __init__(self, house: House, rng: Random, counts: Counts, numbers: dict[UUID, list[str]]) -> None:
        super().__init__(house, rng, counts, numbers)
        self.address = ""
        self.serial = 0
        self.people = women_of(PLACE)

    async def open(self) -> None:
        """Opens the plan, in place of one of an earlier walk."""
        period = self.rng.choice(list(PlanPeriod))
        clear(self.house, PLACE, period)
        title, body = ROUTES[PLACE]
        self.title = str(world.title(title))
        sent = {
            "unit_id": str(world.unit(PLACE)),
            "period": period.value,
            "kind": "titles",
            "authority_id": str(world.unit(body)),
        }
        made = await (await self.house.caller("btc.meovac")).post(PLANS, json=sent)
        assert made.status_code == 201, made.text
        self.id = made.json()["id"]
        self.address = f"{PLANS}/{self.id}"
        self.makers.add("btc.meovac")
        self.house.write(*(concluded(key) for key in self.people[: MOST + 1]))

    def rights(self, user: str | None) -> frozenset[str]:
        return {
            "btc.meovac": frozenset({WRITE, SUBMIT}),
            "btv.meovac": frozenset({APPROVE}),
            "hai.vai": frozenset({WRITE, SUBMIT, APPROVE}),
        }.get(user or "", frozenset())

    def decision(self) -> dict[str, Any]:
        return decision()

    # --- rows -----------------------------------------------------------------------------------------

    def rows(self, session: Session) -> Now:
        key = UUID(self.id)
        found = {"root": rows_of(session, Plan, col(Plan.id) == key)}
        for name, table in (("entries", PlanEntry), ("meetings", PlanMeeting), ("votes", PlanVote)):
            found[name] = rows_of(session, table, col(table.plan_id) == key)
        return found

    def sound(self, now: Now) -> None:
        root, state = now["root"][0], state_of(now)
        assert (root["closed_on"] is not None) == (state == "closed"), self.trace
        assert state != "published" or root["published_on"] is not None, self.trace
        assert root["round"] == 1 + sum(row["action"] == "review" for row in now["taken"]), self.trace
        inside = [row["cadre_id"] for row in now["entries"] if row["state"] != EntryState.REMOVED]
        assert len(inside) == len(set(inside)), self.trace
        for row in now["entries"]:
            assert (row["removed_on"] is not None) == (row["state"] == EntryState.REMOVED), self.trace
            if row["state"] in {EntryState.APPROVED, EntryState.LEAVING}:
                assert row["planned_from"] is not None, self.trace
        if state in {"approved", "published", "closed"}:
            waiting = {EntryState.PROPOSED, EntryState.LEAVING}
            assert not any(row["state"] in waiting for row in now["entries"]), self.trace

    def hurdle(self, now: Now, action: Action) -> bool:
        if action.name not in {"submit", "approve"}:
            return False
        live = [row for row in now["entries"] if row["state"] in {EntryState.PROPOSED, EntryState.APPROVED}]
        return not live or bool(self._unkept(now))

    def _unkept(self, now: Now) -> list[dict[str, Any]]:
        number = now["root"][0]["round"]
        return [
            row
            for row in now["entries"]
            if number > 1 and row["state"] == EntryState.APPROVED and row["kept_in_round"] != number
        ]

    # --- ways on --------------------------------------------------------------------------------------

    def ahead(self, now: Now) -> Attempt:
        root = now["root"][0]
        if root["state"] not in EDITABLE or self.rng.random() < 0.1:
            return self.leading(now)
        live = [row for row in now["entries"] if row["state"] in {EntryState.PROPOSED, EntryState.APPROVED}]
        if not live:
            return self._enter(now)
        if self._unkept(now):
            return self._judge(now, self._unkept(now)[0], {"keep": True})
        held = {row["step"] for row in now["meetings"] if row["round"] == root["round"]}
        for step in MeetingStep:
            if step not in held:
                return self._meet(now, step)
        voted = {row["entry_id"] for row in now["votes"] if row["votes"] > 0}
        if any(row["state"] == EntryState.PROPOSED and row["id"] not in voted for row in live):
            return self._meet(now, MeetingStep.LEADERSHIP_2)
        return self.leading(now)

    def astray(self, now: Now) -> Attempt:
        chance = self.rng.random()
        if chance < 0.5:
            return self.wild(now)
        if chance < 0.65:
            return self._wild_meeting(now)
        if chance < 0.8:
            return self._wild_entry(now)
        return self._wild_verdict(now)

    def _writing(self, now: Now, user: str | None) -> set[int]:
        faults = set(self.refused_by(now, user, right(now)))
        if user not in OUTSIDERS and WRITE not in self.rights(user):
            faults.add(403)
        if now["root"][0]["state"] not in EDITABLE:
            faults.add(409)
        return faults

    def _scribe(self) -> str:
        return self.rng.choice(["btc.meovac", "btc.meovac", "hai.vai"])

    # --- entries --------------------------------------------------------------------------------------

    def _there(self, now: Now) -> list[dict[str, Any]]:
        return [row for row in now["entries"] if row["state"] != EntryState.REMOVED]

    def _enter(self, now: Now, user: str | None = "", faults: set[int] | None = None, **sent: Any) -> Attempt:  # noqa: ANN401
        who = self._scribe() if user == "" else user
        there = {row["cadre_id"] for row in self._there(now)}
        free = next((key for key in self.people if key not in there), self.people[0])
        body = {"cadre_id": str(free), "title_id": self.title} | sent
        wrong = self._writing(now, who) | (faults or set())
        if body["cadre_id"] in {str(key) for key in there}:
            wrong.add(409)
        return Attempt("enters", who, "POST", "/entries", body, faults=frozenset(wrong))

    def _wild_entry(self, now: Now) -> Attempt:
        rng, user = self.rng, self.anybody(right_one=self._scribe())
        there = self._there(now)
        nobody = str(UUID(int=rng.getrandbits(128), version=4))
        bad: list[tuple[dict[str, Any], set[int]]] = [
            ({"cadre_id": nobody}, {422}),
            ({"title_id": nobody}, {422}),
            ({"title_id": str(world.title("dept.director"))}, {422}),
            ({"state": "approved"}, {422}),
        ]
        if there:
            bad.append(({"cadre_id": str(there[0]["cadre_id"])}, {409}))
        if rng.random() < 0.3 and len(there) < MOST:
            return self._enter(now, user)
        sent, faults = rng.choice(bad)
        return self._enter(now, user, faults, **sent)

    def _judge(
        self,
        now: Now,
        entry: Mapping[str, Any],
        body: dict[str, Any],
        user: str | None = "",
        *,
        version: str | None = "",
    ) -> Attempt:
        who = self._scribe() if user == "" else user
        named = right(now) if version == "" else version
        wrong = self._writing(now, who) | set(self.refused_by(now, who, named))
        number, state = now["root"][0]["round"], entry.get("state")
        if state is None:
            wrong.add(404)
        if state == EntryState.REMOVED:
            wrong.add(409)
        if body.get("removal_reason") == "withdrawn" and state != EntryState.PROPOSED:
            wrong.add(422)
        if "keep" in body:
            if "removal_reason" in body or not body["keep"]:
                wrong.add(422)
            if number == 1 or state == EntryState.PROPOSED:
                wrong.add(409)
        if not body:
            wrong.add(422)
        else:
            self.serial += 1
            body |= {"note": f"Ghi chú {self.serial}"}
        return Attempt("judges", who, "PATCH", f"/entries/{entry['id']}", body, named, frozenset(wrong))

    def _wild_verdict(self, now: Now) -> Attempt:
        rng = self.rng
        stranger = {"id": UUID(int=rng.getrandbits(128), version=4)}
        entry: Mapping[str, Any] = rng.choice([*now["entries"], stranger])
        body: dict[str, Any] = rng.choice(
            [
                {"keep": True},
                {"keep": False},
                {"keep": True, "removal_reason": "left"},
                {"removal_reason": "withdrawn"},
                {"removal_reason": "failed_eval"},
                {},
                {"note": "Ghi chú"},
            ]
        )
        return self._judge(
            now, entry, dict(body), self.anybody(right_one=self._scribe()), version=self.tag(now)
        )

    # --- meetings -------------------------------------------------------------------------------------

    def _meet(
        self,
        now: Now,
        step: MeetingStep | str,
        user: str | None = "",
        faults: set[int] | None = None,
        changed: Mapping[str, Any] | None = None,
    ) -> Attempt:
        who = self._scribe() if user == "" else user
        self.serial += 1
        votes: dict[UUID | str, int] | None = None
        if step == MeetingStep.LEADERSHIP_2:
            votes = {row["id"]: 9 for row in now["entries"] if row["state"] == EntryState.PROPOSED}
        known = step if step in set(MeetingStep) else MeetingStep.LEADERSHIP_1
        body = minutes(known, votes, document=f"BB-{self.serial}") | {"step": step} | dict(changed or {})
        wrong = self._writing(now, who) | (faults or set())
        return Attempt(f"meets {step}", who, "POST", "/meetings", body, faults=frozenset(wrong))

    def _wild_meeting(self, now: Now) -> Attempt:
        rng, user = self.rng, self.anybody(right_one=self._scribe())
        step = rng.choice(list(MeetingStep))
        if rng.random() < 0.2:
            return self._meet(now, step, user)
        stranger = str(UUID(int=rng.getrandbits(128), version=4))
        changes: list[dict[str, Any]] = [
            {"step": "picnic"},
            {"held_on": "2099-01-01"},
            {"present": 13},
            {"summoned": 0},
            {"ballots_issued": 11},
            {"ballots_returned": 11},
            {"in_favour": [{"entry_id": stranger, "votes": 1}]},
            {"in_favour": [{"entry_id": stranger, "votes": -1}]},
        ]
        proposed = [row for row in now["entries"] if row["state"] == EntryState.PROPOSED]
        if proposed:
            key = str(proposed[0]["id"])
            changes += [
                {"in_favour": [{"entry_id": key, "votes": 11}]},
                {"in_favour": [{"entry_id": key, "votes": 4}] * 2},
                {"ballots_valid": None, "in_favour": [{"entry_id": key, "votes": 4}]},
            ]
        return self._meet(now, step, user, {422}, rng.choice(changes))
