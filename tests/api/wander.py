"""A dossier walked at random: whether an attempt is allowed is known beforehand; then all rows are compared.

Why a seeded walk and not hypothesis' state machine: what a step leaves behind (seats, numbers, the log)
stays, so that an example can be played again, and shrunk, only on a database of its own with an application
of its own; and how many attempts are forbidden ones would be left to chance. Here the same seed gives the
same walks, and they go on until every action was taken and enough was refused.
"""

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import inspect, select
from sqlmodel import Session, SQLModel, col

from app.models.access import Principal
from app.models.audit import AuditEvent, Outcome
from app.models.dossier import DossierDecision, DossierSnapshot, DossierStep
from app.services.workflow import DECISION, NOTE, Action, Table
from tests.api.conftest import House

OUTSIDERS = {None: 401, "btc.dongvan": 404, "ubkt.tinh": 403, "quantri": 403, "canbo": 403}
"""Who has no business in a dossier of another district, and how he is told."""

LONGEST = 60
"""Attempts after which a walk is left where it is."""

AFTERWARDS = 8
"""Attempts on a dossier that is over."""

Now = dict[str, list[dict[str, Any]]]


@dataclass(frozen=True)
class Attempt:
    """One request about a dossier. `faults`: how it may be refused, since it must be; none: it is allowed.

    `judged`: allowed by the table, and the law or a seat that is gone may still refuse it with 409.
    """

    name: str
    user: str | None
    method: str
    path: str
    body: Any = None
    version: str | None = None
    faults: frozenset[int] = frozenset()
    judged: bool = False
    action: Action | None = None
    makes: bool = True


@dataclass
class Counts:
    """What became of all attempts on one kind of dossier."""

    walks: int = 0
    allowed: int = 0
    illegal: int = 0
    held_up: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    refused: Counter[int] = field(default_factory=Counter)

    def told(self, kind: str) -> str:
        """One line for the report of the run."""
        refused = " ".join(f"{status}:{number}" for status, number in sorted(self.refused.items()))
        taken = " ".join(f"{name}:{number}" for name, number in sorted(self.taken.items()))
        return (
            f"{kind}: {self.walks} walks, {self.allowed} done, {self.illegal} illegal refused ({refused}), "
            f"{self.held_up} held up by the law; {taken}"
        )


def rows_of(session: Session, table: type[SQLModel], *where: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - conditions
    """The rows of a table as they stand, in an order of their own."""
    found = session.execute(select(*inspect(table).columns).where(*where)).mappings()
    return sorted((dict(row) for row in found), key=repr)


class Wanderer(ABC):
    """One walk of one dossier. What a kind adds: what may be sent, its rows, what must be true of them."""

    table: Table
    kind: str

    def __init__(self, house: House, rng: Random, counts: Counts, numbers: dict[UUID, list[str]]) -> None:
        self.house, self.rng, self.counts = house, rng, counts
        self.numbers = numbers
        """The decision numbers that each body used."""
        self.id = ""
        self.makers: set[str] = set()
        self.trace: list[str] = []
        self.refusals: dict[str, str] = {}
        self.over = 0

    # --- what a kind says -----------------------------------------------------------------------------

    @abstractmethod
    async def open(self) -> None:
        """Opens the dossier."""

    @abstractmethod
    def rows(self, session: Session) -> Now:
        """Every row that belongs to the dossier or may be written by a step of it; the root under `root`."""

    @abstractmethod
    def ahead(self, now: Now) -> Attempt:
        """Something allowed that leads on."""

    @abstractmethod
    def astray(self, now: Now) -> Attempt:
        """Anything at all."""

    @abstractmethod
    def rights(self, user: str | None) -> frozenset[str]:
        """The permissions that somebody has in this dossier."""

    @abstractmethod
    def hurdle(self, now: Now, action: Action) -> bool:
        """Whether something besides state, hands and law stands in an action's way."""

    @abstractmethod
    def sound(self, now: Now) -> None:
        """What must be true of the rows in every state."""

    @abstractmethod
    def decision(self) -> dict[str, Any]:
        """A decision that may be sent."""

    address: str
    """The path of the dossier."""

    # --- the walk -------------------------------------------------------------------------------------

    def look(self) -> Now:
        """The rows as they stand now."""
        key = UUID(self.id)
        with Session(self.house.engine) as session:
            found = self.rows(session)
            for name, table in (
                ("decisions", DossierDecision),
                ("taken", DossierStep),
                ("kept", DossierSnapshot),
            ):
                found[name] = rows_of(session, table, col(table.dossier_id) == key)
        return found

    async def walk(self) -> None:
        """From a fresh dossier to its end, then a little further."""
        self.counts.walks += 1
        now = self.look()
        self.counts.reached[state_of(now)] += 1
        for _ in range(LONGEST):
            over = not self.open_actions(now)
            self.over += over
            if self.over > AFTERWARDS:
                break
            lead = not over and self.rng.random() < 0.45
            now = await self.attempt(self.ahead(now) if lead else self.astray(now), now)
        self.whole(now)
        self.logged()

    def open_actions(self, now: Now) -> list[Action]:
        """The actions that start from where the dossier stands."""
        return [action for action in self.table.actions if state_of(now) in action.sources]

    async def attempt(self, one: Attempt, now: Now) -> Now:
        """Sends it and holds what it left against what was foretold."""
        caller, name = await self.house.caller(one.user), uuid4().hex
        headers = {"X-Request-Id": name} | ({} if one.version is None else {"If-Match": one.version})
        answer = await caller.request(one.method, f"{self.address}{one.path}", json=one.body, headers=headers)
        after = self.look()
        self.trace.append(f"{state_of(now)} {one.name} by {one.user}: {answer.status_code}")
        told = (self.trace[-12:], one, answer.text[:600])
        if one.faults:
            assert answer.status_code in one.faults, told
            assert after == now, told
            self.counts.illegal += 1
            self.counts.refused[answer.status_code] += 1
            self._refused(name, answer)
            return after
        if not answer.is_success:
            assert one.judged, told
            assert answer.status_code == 409, told
            assert after == now, told
            self.counts.held_up += 1
            self._refused(name, answer)
            return after
        self._done(one, now, after, told)
        return after

    def _refused(self, request_id: str, answer: httpx.Response) -> None:
        told = answer.json()
        assert told["title"], self.trace[-3:]
        assert told["detail"], self.trace[-3:]
        if answer.status_code != 401:
            self.refusals[request_id] = told["detail"]

    def _done(self, one: Attempt, now: Now, after: Now, told: Any) -> None:  # noqa: ANN401 - for the trace
        self.counts.allowed += 1
        assert after["root"][0]["version"] == now["root"][0]["version"] + 1, told
        expected = state_of(now) if one.action is None else one.action.to
        assert state_of(after) == expected, told
        if one.makes and one.user is not None:
            self.makers.add(one.user)
        if one.action is not None:
            self.counts.taken[one.action.name] += 1
            self.counts.reached[state_of(after)] += 1
            if one.body.get("decision"):
                self.numbers.setdefault(self.issuer(one.action, after), []).append(
                    one.body["decision"]["number"]
                )
        self.sound(after)

    # --- transitions ----------------------------------------------------------------------------------

    def issuer(self, action: Action, now: Now) -> UUID:
        """The body whose decision an action rests on."""
        key: UUID = now["root"][0]["authority_id" if action.at_authority else "unit_id"]
        return key

    def step(self, now: Now, action: Action | str, user: str | None, **sent: Any) -> Attempt:  # noqa: ANN401 - JSON
        """A transition with what it is sent with, and how it may be refused by table and form."""
        version = sent.pop("version", right(now))
        body = {"name": None, "action": action if isinstance(action, str) else action.name} | sent
        del body["name"]
        faults = self.refused_by(now, user, version)
        name = f"«{body['action']}»"
        if isinstance(action, str):
            return Attempt(
                name, user, "POST", "/transitions", body, version, faults | {422, *_shut(self, user)}
            )
        if user not in OUTSIDERS and action.permission not in self.rights(user):
            faults |= {403}
        if action.apart_from_makers and user in self.makers:
            faults |= {403}
        if state_of(now) not in action.sources or self.hurdle(now, action):
            faults |= {409}
        if NOTE in action.needs and "note" not in body:
            faults |= {422}
        if body.get("waiver_ids"):
            faults |= {422}
        faults |= self._misdecided(now, action, body.get("decision"))
        return Attempt(
            name,
            user,
            "POST",
            "/transitions",
            body,
            version,
            faults,
            judged=action.judged,
            action=action,
            makes=action.makes,
        )

    def _misdecided(self, now: Now, action: Action, decision: Mapping[str, Any] | None) -> set[int]:
        if DECISION not in action.needs:
            return set() if decision is None else {422}
        if decision is None:
            return {422}
        wrong = decision["signed_on"] > self.day or decision["effective_on"] < decision["signed_on"]
        if wrong or not any(sign.isalnum() for sign in decision["number"]):
            return {422}
        used = self.numbers.get(self.issuer(action, now), ())
        return {409} if decision["number"] in used else set()

    day: str
    """Today, as it is written."""

    def refused_by(self, now: Now, user: str | None, version: str | None) -> frozenset[int]:
        """How a change is refused for who sends it and the version it names."""
        faults = set()
        if user in OUTSIDERS:
            faults.add(OUTSIDERS[user])
        if version is None:
            faults.add(428)
        elif version != right(now):
            faults.add(412)
        return frozenset(faults)

    def leading(self, now: Now) -> Attempt:
        """A transition that is allowed here, by who may take it."""
        able = self.open_actions(now)
        onward = [one for one in able if one.name not in {"cancel", "fail", "refuse_policy", "close"}]
        untried = [one for one in able if one.name not in self.counts.taken]
        action = self.rng.choice(onward if onward and self.rng.random() < 0.9 else able)
        if untried and self.rng.random() < 0.4:
            action = self.rng.choice(untried)
        user = self.able(action)
        sent: dict[str, Any] = {}
        if NOTE in action.needs:
            sent["note"] = f"Lý do {self.rng.randrange(10**9)}"
        if DECISION in action.needs:
            sent["decision"] = self.decision()
        return self.step(now, action, user, **sent)

    def able(self, action: Action) -> str:
        """Somebody who may take an action: who holds it and, where he must be, is no maker."""
        found = [
            user
            for user in self.users
            if action.permission in self.rights(user)
            and not (action.apart_from_makers and user in self.makers)
        ]
        return self.rng.choice(found)

    users: tuple[str, ...]
    """Who works on the dossier."""

    def anybody(self, *, right_one: str) -> str | None:
        """Mostly who may, sometimes anybody."""
        if self.rng.random() < 0.7:
            return right_one
        return self.rng.choice([*self.users, *OUTSIDERS])

    def tag(self, now: Now) -> str | None:
        """Mostly the right version."""
        if self.rng.random() < 0.9:
            return right(now)
        number = now["root"][0]["version"]
        return self.rng.choice([None, f'"{number + 1}"', f'"{max(number - 1, 0)}"'])

    def wild(self, now: Now) -> Attempt:
        """Any transition, by anybody, with anything."""
        rng = self.rng
        if rng.random() < 0.05:
            return self.step(now, "fly", self.anybody(right_one=self.users[0]), version=self.tag(now))
        action = rng.choice(self.table.actions)
        user = self.anybody(right_one=self.able(action))
        sent: dict[str, Any] = {"version": self.tag(now)}
        if rng.random() < (0.8 if NOTE in action.needs else 0.1):
            sent["note"] = f"Lý do {rng.randrange(10**9)}"
        if rng.random() < (0.85 if DECISION in action.needs else 0.05):
            sent["decision"] = self._some_decision(action, now)
        if rng.random() < 0.05:
            sent["waiver_ids"] = [str(UUID(int=rng.getrandbits(128), version=4))]
        return self.step(now, action, user, **sent)

    def _some_decision(self, action: Action, now: Now) -> dict[str, Any]:
        good, rng = self.decision(), self.rng
        if rng.random() < 0.6:
            return good
        used = self.numbers.get(self.issuer(action, now), [])
        if used and rng.random() < 0.5:
            return good | {"number": rng.choice(used)}
        return good | rng.choice(
            [
                {"signed_on": "2099-01-01", "effective_on": "2099-01-01"},
                {"effective_on": "1999-01-01"},
                {"number": "--"},
            ]
        )

    # --- what must be true at the end -----------------------------------------------------------------

    def whole(self, now: Now) -> None:
        """The steps that were taken lead from the first state to this one, each by the table."""
        steps = sorted(now["taken"], key=lambda row: row["version"])
        standing = self.first
        known = {action.name: action for action in self.table.actions}
        with Session(self.house.engine) as session:
            names: dict[UUID, str] = {
                row.id: row.username for row in session.scalars(select(Principal)) if row.username
            }
        for row in steps:
            action = known[row["action"]]
            assert row["from_state"] == standing, self.trace
            assert standing in action.sources, self.trace
            assert row["to_state"] == action.to, self.trace
            assert (row["decision_id"] is not None) == (DECISION in action.needs), self.trace
            assert action.permission in self.rights(names[row["taken_by"]]), self.trace
            standing = action.to
        assert standing == state_of(now), self.trace
        assert standing in self.table.states
        ruled = [row for row in steps if DECISION in known[row["action"]].needs]
        assert sorted(str(row["decision_id"]) for row in ruled) == sorted(
            str(row["id"]) for row in now["decisions"]
        ), self.trace
        kept = [row for row in steps if known[row["action"]].keeps]
        assert sorted(str(row["id"]) for row in kept) == sorted(str(row["step_id"]) for row in now["kept"]), (
            self.trace
        )

    first = "draft"

    def logged(self) -> None:
        """Every refusal stands in the log, about this dossier, with the reason that was told."""
        found = {
            row.request_id: (row.object_id, row.reason)
            for row in self.house.scalars(
                select(AuditEvent).where(
                    col(AuditEvent.request_id).in_(self.refusals), col(AuditEvent.outcome) == Outcome.REFUSED
                )
            )
        }
        assert found == {key: (self.id, reason[:500]) for key, reason in self.refusals.items()}


def _shut(walker: Wanderer, user: str | None) -> set[int]:
    return set() if user in OUTSIDERS or walker.rights(user) else {403}


def state_of(now: Now) -> str:
    """Where a dossier stands."""
    state: str = now["root"][0]["state"].value
    return state


def right(now: Now) -> str:
    """The version that a change names."""
    return f'"{now["root"][0]["version"]}"'
