"""Personnel actions walked at random, each route by its own table: what may be sent, what must be true."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.models.appointment import (
    ActionState,
    Appointment,
    AppointmentCandidate,
    AppointmentStep,
    AppointmentVote,
)
from app.models.assignment import AssignmentSpan
from app.models.plan import PlanEntry
from app.models.post import PostQuota
from app.services.appointment import TABLES, Route
from app.services.appointment.minutes import NO_BALLOT
from app.services.appointment.table import DECIDING, OPEN, STEPS
from app.services.workflow import Action
from tests import world
from tests.api.acting import ACTIONS, DAY, at_work, decision
from tests.api.conftest import House
from tests.api.wander import OUTSIDERS, Attempt, Counts, Now, Wanderer, right, rows_of, state_of

WRITE, SUBMIT, APPROVE = "appointment:write", "appointment:submit", "appointment:approve"
SUMMONED = 20
TRIES = 20
OPENED = {
    "appointment",
    "reappointment",
    "re_election",
    "designation",
    "transfer",
    "secondment",
    "nomination",
}
"""Kinds whose decision opens a seat; the others end one, or keep somebody from it."""

MOST = 3
"""Candidates of one dossier."""


@dataclass(frozen=True)
class Opening:
    """How a dossier of a route is opened: who works on it, bodies to try, who may be entered."""

    route: Route
    maker: str
    head: str
    both: str
    bodies: Iterator[dict[str, Any]]
    people: Sequence[UUID] = ()


class ActionWanderer(Wanderer):
    """One personnel action."""

    def __init__(
        self,
        house: House,
        rng: Random,
        counts: Counts,
        numbers: dict[UUID, list[str]],
        opening: Opening,
    ) -> None:
        super().__init__(house, rng, counts, numbers)
        self.opening, self.route = opening, opening.route
        self.table, self.kind = TABLES[opening.route], opening.route.value
        self.users = (opening.maker, opening.head, opening.both)
        self.day = DAY.isoformat()
        self.address = ""
        self.serial = 0

    async def open(self) -> None:
        """Opens the dossier."""
        caller = await self.house.caller(self.opening.maker)
        for body in islice(self.opening.bodies, TRIES):
            made = await caller.post(ACTIONS, json=body)
            if made.status_code == 201:
                break
            # A dossier of an earlier walk is still open about the seat, or has ended it.
            assert made.status_code in {409, 422}, (body, made.text)
        self.id = made.json()["id"]
        self.address = f"{ACTIONS}/{self.id}"
        self.makers.add(self.opening.maker)
        assert made.json()["route"] == self.route.value

    def rights(self, user: str | None) -> frozenset[str]:
        return {
            self.opening.maker: frozenset({WRITE, SUBMIT}),
            self.opening.head: frozenset({APPROVE}),
            self.opening.both: frozenset({WRITE, SUBMIT, APPROVE}),
        }.get(user or "", frozenset())

    def decision(self) -> dict[str, Any]:
        return decision()

    # --- rows -----------------------------------------------------------------------------------------

    def rows(self, session: Session) -> Now:
        key = UUID(self.id)
        found = {"root": rows_of(session, Appointment, col(Appointment.id) == key)}
        for name, table in (
            ("people", AppointmentCandidate),
            ("steps", AppointmentStep),
            ("votes", AppointmentVote),
        ):
            found[name] = rows_of(session, table, col(table.appointment_id) == key)
        persons = {row["cadre_id"] for row in found["people"]}
        found["seats"] = rows_of(session, AssignmentSpan, col(AssignmentSpan.cadre_id).in_(persons))
        found["planned"] = rows_of(session, PlanEntry, col(PlanEntry.cadre_id).in_(persons))
        return found

    def sound(self, now: Now) -> None:
        root, state = now["root"][0], state_of(now)
        held = sorted(row["step"] for row in now["steps"])
        assert held == list(range(1, len(held) + 1)), self.trace
        assert (root["published_on"] is not None) == (state == "published"), self.trace
        inside = [row["cadre_id"] for row in now["people"] if row["withdrawn_on"] is None]
        assert len(inside) == len(set(inside)), self.trace
        standing = {row["id"] for row in now["people"] if row["withdrawn_on"] is None}
        assert root["chosen_id"] is None or root["chosen_id"] in standing, self.trace
        decided = [row for row in now["taken"] if row["action"] in DECIDING]
        assert len(decided) == (state in {"decided", "published"}), self.trace
        opens = root["kind"].value in OPENED and root["outcome"] != "not_reappoint"
        assert (root["opened_assignment_id"] is not None) == bool(decided and opens), self.trace
        for row in decided:
            assert row["taken_by"] not in {root["created_by"], root["submitted_by"]}, self.trace

    def hurdle(self, now: Now, action: Action) -> bool:
        if action.name not in {"submit", "nominate", *DECIDING}:
            return False
        root = now["root"][0]
        unfinished = self.route == Route.TERM and (
            root["outcome"] is None or len(now["steps"]) < len(STEPS[Route.TERM])
        )
        return root["chosen_id"] is None or unfinished

    # --- ways on --------------------------------------------------------------------------------------

    def ahead(self, now: Now) -> Attempt:  # noqa: PLR0911 - one return for each thing that may be lacking
        root, state = now["root"][0], state_of(now)
        if state not in {"in_process", "returned", "self_reviewed", "draft"} or self.rng.random() < 0.1:
            return self.leading(now)
        inside = self._inside(now)
        meets = state in {"in_process", "returned", "self_reviewed"} and self.route in STEPS
        if self.route == Route.FIVE_STEPS and meets and not inside:
            return self._enter(now)
        if meets and len(now["steps"]) < len(STEPS[self.route]):
            return self._meet(now, len(now["steps"]) + 1)
        if inside and root["chosen_id"] is None:
            return self._change(now, {"chosen_id": str(inside[0]["id"])})
        if self.route == Route.TERM and state == "self_reviewed" and root["outcome"] is None:
            return self._change(now, {"outcome": "reappoint"})
        if self.route == Route.HEAD and root["responsibility_note"] is None:
            return self._change(now, {"responsibility_note": "Chịu trách nhiệm về người được chọn"})
        return self.leading(now)

    def astray(self, now: Now) -> Attempt:
        chance = self.rng.random()
        if chance < 0.5:
            return self.wild(now)
        if chance < 0.7:
            return self._wild_meeting(now)
        if chance < 0.85:
            return self._wild_name(now)
        return self._wild_change(now)

    def _inside(self, now: Now) -> list[dict[str, Any]]:
        return sorted(
            (row for row in now["people"] if row["withdrawn_on"] is None), key=lambda row: str(row["id"])
        )

    def _writing(self, now: Now, user: str | None, *, version: str | None = None) -> set[int]:
        """How a change of the content is refused whatever it says."""
        faults = set(self.refused_by(now, user, version or right(now)))
        if user not in OUTSIDERS and WRITE not in self.rights(user):
            faults.add(403)
        if now["root"][0]["state"] not in OPEN:
            faults.add(409)
        return faults

    def _scribe(self) -> str:
        return self.rng.choice([self.opening.maker, self.opening.maker, self.opening.both])

    # --- candidates -----------------------------------------------------------------------------------

    def _enter(
        self,
        now: Now,
        user: str | None = "",
        faults: set[int] | None = None,
        **sent: Any,  # noqa: ANN401 - JSON
    ) -> Attempt:
        there = {row["cadre_id"] for row in self._inside(now)}
        free = [key for key in self.opening.people if key not in there] or list(self.opening.people)
        who = self._scribe() if user == "" else user
        body: dict[str, Any] = {
            "cadre_id": str(free[0]) if free else str(UUID(int=1)),
            "raised_at_step": 2,
        } | sent
        wrong = self._writing(now, who) | (faults or set())
        if self.route != Route.FIVE_STEPS or state_of(now) == "draft":
            wrong.add(409)
        if UUID(body["cadre_id"]) in there:
            wrong.add(409)
        return Attempt("enters", who, "POST", "/candidates", body, faults=frozenset(wrong))

    def _wild_name(self, now: Now) -> Attempt:
        rng, inside = self.rng, self._inside(now)
        user = self.anybody(right_one=self._scribe())
        if inside and rng.random() < 0.35:
            return self._withdraw(now, user, str(rng.choice(inside)["id"]))
        chance = rng.random()
        if chance < 0.2:
            return self._withdraw(now, user, str(UUID(int=rng.getrandbits(128), version=4)), {404})
        if chance < 0.4:
            nobody = str(UUID(int=rng.getrandbits(128), version=4))
            return self._enter(now, user, {422}, cadre_id=nobody)
        if chance < 0.5:
            return self._enter(now, user, {422}, raised_at_step=9)
        if inside and (chance < 0.7 or len(inside) >= MOST):
            return self._enter(now, user, {409}, cadre_id=str(inside[0]["cadre_id"]))
        return self._enter(now, user, set() if self.opening.people else {409, 422})

    def _withdraw(
        self, now: Now, user: str | None, candidate_id: str, faults: set[int] | None = None
    ) -> Attempt:
        version = self.tag(now)
        wrong = self._writing(now, user) | set(self.refused_by(now, user, version)) | (faults or set())
        if self.route != Route.FIVE_STEPS:
            wrong.add(409)
        reason = "?reason=Xin+rút"
        if self.rng.random() < 0.1:
            reason = ""
            wrong.add(422)
        path = f"/candidates/{candidate_id}{reason}"
        return Attempt("withdraws", user, "DELETE", path, None, version, frozenset(wrong))

    # --- content --------------------------------------------------------------------------------------

    def _change(
        self,
        now: Now,
        body: Mapping[str, Any],
        user: str | None = "",
        faults: set[int] | None = None,
        *,
        version: str | None = "",
    ) -> Attempt:
        who = self._scribe() if user == "" else user
        named = right(now) if version == "" else version
        wrong = self._writing(now, who) | set(self.refused_by(now, who, named)) | (faults or set())
        sent = dict(body)
        if body and not faults:
            self.serial += 1
            sent["reason"] = f"Bổ sung {self.serial}"
        return Attempt("changes", who, "PATCH", "", sent, named, frozenset(wrong))

    def _wild_change(self, now: Now) -> Attempt:
        inside, rng = self._inside(now), self.rng
        tomorrow = (date.fromisoformat(self.day) + timedelta(days=1)).isoformat()
        bad: list[tuple[dict[str, Any], set[int]]] = [
            ({"chosen_id": str(UUID(int=rng.getrandbits(128), version=4))}, {422}),
            ({"opinion_on": tomorrow, "opinion_document": "1-CV"}, {422}),
            ({}, {422}),
            ({"state": "decided"}, {422}),
            ({"head_chose": None}, {422}),
        ]
        if self.route != Route.TERM:
            bad.append(({"outcome": "extend"}, {422}))
        good: list[tuple[dict[str, Any], set[int]]] = [({"basis": f"Căn cứ {self.serial}"}, set())]
        if inside:
            good.append(({"chosen_id": str(rng.choice(inside)["id"])}, set()))
        if rng.random() < 0.1:
            good.append(({"chosen_id": None}, set()))
        body, faults = rng.choice(bad if rng.random() < 0.6 else good)
        return self._change(now, body, self.anybody(right_one=self._scribe()), faults, version=self.tag(now))

    # --- meetings -------------------------------------------------------------------------------------

    def _meet(
        self,
        now: Now,
        step: int,
        user: str | None = "",
        faults: set[int] | None = None,
        **changed: Any,  # noqa: ANN401 - JSON
    ) -> Attempt:
        """The minutes of a meeting; who is chosen, or came first, has most votes."""
        who = self._scribe() if user == "" else user
        self.serial += 1
        body: dict[str, Any] = {
            "step": step,
            "held_on": self.day,
            "summoned": SUMMONED,
            "present": SUMMONED,
            "document": f"BB-{step}-{self.serial}",
        }
        if step not in NO_BALLOT.get(self.route, frozenset()):
            body |= dict.fromkeys(("ballots_issued", "ballots_returned", "ballots_valid"), SUMMONED)
            body["in_favour"] = self._votes(now)
        body |= changed
        wrong = self._writing(now, who) | (faults or set())
        names, state = STEPS.get(self.route, {}), now["root"][0]["state"]
        held = {row["step"] for row in now["steps"]}
        if step not in names:
            wrong.add(422)
        elif any(number not in held for number in names if number < step):
            wrong.add(409)
        early = {ActionState.DRAFT} if self.route != Route.TERM else {ActionState.DRAFT, ActionState.NOTIFIED}
        if state in early:
            wrong.add(409)
        return Attempt(f"meets {step}", who, "POST", "/steps", body, faults=frozenset(wrong))

    def _votes(self, now: Now) -> list[dict[str, Any]]:
        inside, chosen = self._inside(now), now["root"][0]["chosen_id"]
        first = next((row for row in inside if row["id"] == chosen), inside[0] if inside else None)
        return [{"cadre_id": str(row["cadre_id"]), "votes": 15 if row is first else 2} for row in inside]

    def _wild_meeting(self, now: Now) -> Attempt:
        rng, user = self.rng, self.anybody(right_one=self._scribe())
        step = rng.choice([1, 2, 3, 4, 5, 6, len(now["steps"]) + 1])
        known = step in STEPS.get(self.route, {})
        if rng.random() < 0.3:
            return self._meet(now, step, user, set() if known else {422, 409})
        someone = str(at_work("truong.dong-van", "d.teacher")[0])
        ballots = dict.fromkeys(("ballots_issued", "ballots_returned", "ballots_valid"), SUMMONED)
        changes: list[dict[str, Any]] = [
            {"held_on": "2099-01-01"},
            {"held_on": "2000-01-01"},
            {"present": SUMMONED + 1},
            {"summoned": 0},
            {"ballots_issued": SUMMONED + 1},
            {"ballots_issued": 3, "ballots_returned": 4, "ballots_valid": 2},
            ballots | {"in_favour": [{"cadre_id": someone, "votes": 1}]},
            ballots | {"in_favour": [{"cadre_id": someone, "votes": -1}]},
            {"room": "A1"},
        ]
        inside = self._inside(now)
        if inside:
            key = str(inside[0]["cadre_id"])
            changes += [
                ballots | {"in_favour": [{"cadre_id": key, "votes": SUMMONED + 1}]},
                ballots | {"in_favour": [{"cadre_id": key, "votes": 4}] * 2},
                {"ballots_valid": None, "in_favour": [{"cadre_id": key, "votes": 4}]},
            ]
        return self._meet(now, step, user, {422}, **rng.choice(changes))


def posted(house: House, unit: str, title: str) -> str:
    """The post of a title in a unit, roomy enough for every walk."""
    post = world.post(unit, title)
    for quota in house.scalars(select(PostQuota).where(col(PostQuota.post_id) == post)):
        quota.quota = 90
        house.write(quota)
    return str(post)
