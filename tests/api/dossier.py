"""A plan as its office works on it over the API: filled, voted on, walked; and its rows as they stand."""

from datetime import date
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlmodel import col, select

from app.models.access import Principal, RoleGrant
from app.models.cadre import Cadre, LegalCategory, Sex
from app.models.dossier import DossierDecision, DossierSnapshot, DossierStep
from app.models.plan import MeetingStep, Plan, PlanEntry, PlanMeeting, PlanVote
from app.models.unit import UnitKind
from tests import world
from tests.api.conftest import API, House, grant
from tests.api.planning import IN_FAVOUR, beneath, concluded, minutes
from tests.conftest import TODAY
from tests.world.rows import key as key_of
from tests.world.titles import SORTS
from tests.world.units import PLACES

PLANS = f"{API}/plans"
WOMEN = "plan.women_key_title"
PERSONS = "plan.persons_per_title"
TITLES = "plan.titles_per_person"
PROCEDURE = "plan.procedure"
TABLES = (Plan, PlanEntry, PlanMeeting, PlanVote, DossierDecision, DossierStep, DossierSnapshot)

_NUMBERS = count(1)


def decision(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A decision with a number of its own, signed and in effect on the day of the test world."""
    return {
        "number": f"{next(_NUMBERS)}-QĐ/HU",
        "signed_on": TODAY.isoformat(),
        "effective_on": TODAY.isoformat(),
        "signer": "Hoàng Văn Ước",
    } | changed


def blocking(told: dict[str, Any]) -> list[str]:
    """The rules among the findings of a refusal that refuse it."""
    return [
        row["rule"]
        for row in told["findings"]
        if row["effect"] == "blocks" and row["outcome"] in {"unmet", "unknown"}
    ]


def rows(house: House) -> list[str]:
    """Every row of plans and their steps, as it stands: nothing changed where two of these are equal."""
    return sorted(
        repr((table.__name__, sorted((name, str(value)) for name, value in row.model_dump().items())))
        for table in TABLES
        for row in house.scalars(select(table))
    )


def on_day(house: House, day: date) -> None:
    """From now on the house takes `day` for today."""
    house.app.state.settings = house.app.state.settings.model_copy(update={"today": day})


def law_from(house: House, day: date) -> None:
    """From now on the resolution is in force from `day`."""
    house.app.state.settings = house.app.state.settings.model_copy(update={"resolution_on": day})


def staffed(house: House, place: str, *, women: int, men: int, unknown: int = 0) -> dict[str, list[UUID]]:
    """Makes the staff of a locality count so many; everybody else there serves under a contract.

    Gives who they are, those without a leading seat first.
    """
    bodies = {
        slug
        for slug in beneath(place)
        if slug == place
        or (not PLACES[slug].plans and PLACES[slug].kind != UnitKind.PUBLIC_SERVICE and _of(slug) == place)
    }
    found = []
    for person in world.crowd(TODAY).people.values():
        held = [one for one in person.open_on(TODAY) if one.main and one.unit in bodies]
        if held and not person.stub:
            found.append((-SORTS[held[0].sort].rank, person.slug, person.id))
    ids = [key for _, _, key in sorted(found)]
    assert len(ids) >= women + men + unknown, len(ids)
    told = {"women": ids[:women], "men": ids[women : women + men]}
    told["unknown"] = ids[women + men : women + men + unknown]
    people = {row.id: row for row in house.scalars(select(Cadre).where(col(Cadre.id).in_(ids)))}
    for key in ids:
        row = people[key]
        row.legal_category = LegalCategory.CONTRACT
        for name, sex in (("women", Sex.FEMALE), ("men", Sex.MALE), ("unknown", None)):
            if key in told[name]:
                row.legal_category = LegalCategory.CIVIL_SERVANT
                _set(row, sex)
    house.write(*people.values())
    return told


def _of(slug: str) -> str | None:
    """The planning unit a body belongs to."""
    step: str | None = slug
    while step is not None and not PLACES[step].plans:
        step = PLACES[step].parent
    return step


def sexed(house: House, cadre_id: UUID, sex: Sex | None) -> None:
    """Corrects the sex in somebody's record, past every check; None: only the name is kept, as of a stub."""
    row = house.scalars(select(Cadre).where(col(Cadre.id) == cadre_id))[0]
    _set(row, sex)
    house.write(row)


def _set(row: Cadre, sex: Sex | None) -> None:
    row.sex, row.is_stub = sex, sex is None
    if row.is_stub:
        row.birth_date = row.ethnicity = row.national_id = None
    elif row.birth_date is None:
        row.birth_date = date(1980, 1, 1)


def account(house: House, username: str, *roles: tuple[str, str], cadre: UUID | None = None) -> None:
    """An account with several roles, each at a place, of a person or of nobody."""
    for number, (role, place) in enumerate(roles):
        principal, held = grant(username, role, place)
        assert isinstance(principal, Principal)
        assert isinstance(held, RoleGrant)
        principal.cadre_id = cadre
        held.id = key_of("grant", f"{username}/{number}")
        house.write(principal)
        house.write(held)


class Dossier:
    """One plan, its maker and its approver."""

    def __init__(
        self, house: House, key: str, maker: str = "btc.meovac", approver: str = "btv.meovac"
    ) -> None:
        self.house = house
        self.id = key
        self.maker = maker
        self.approver = approver

    @classmethod
    async def opened(
        cls,
        house: House,
        place: str = "niem-son",
        authority: str | None = "huyen-uy.meo-vac",
        *,
        maker: str = "btc.meovac",
        approver: str = "btv.meovac",
        **changed: Any,  # noqa: ANN401 - JSON
    ) -> "Dossier":
        """A new draft."""
        body = {"unit_id": str(world.unit(place)), "period": "2021-2026", "kind": "titles"} | changed
        if authority is not None:
            body["authority_id"] = str(world.unit(authority))
        made = await (await house.caller(maker)).post(PLANS, json=body)
        assert made.status_code == 201, made.text
        assert made.headers["location"] == f"{PLANS}/{made.json()['id']}"
        assert made.headers["etag"] == '"1"'
        return cls(house, made.json()["id"], maker, approver)

    @property
    def row(self) -> Plan:
        """The plan's row."""
        found: Plan = self.house.scalars(select(Plan).where(col(Plan.id) == UUID(self.id)))[0]
        return found

    @property
    def version(self) -> str:
        """The ETag it has now."""
        return f'"{self.row.version}"'

    @property
    def state(self) -> str:
        """Where it stands."""
        return self.row.state.value

    async def ask(
        self,
        user: str | None,
        method: str,
        path: str = "",
        body: Any = None,  # noqa: ANN401 - JSON
        **headers: str | None,
    ) -> httpx.Response:
        """One request about it; `If-Match` is the right one unless said otherwise, None: none."""
        caller = await self.house.caller(user)
        sent: dict[str, str | None] = {} if method == "GET" else {"If-Match": self.version}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in sent.items() if value is not None}
        return await caller.request(method, f"{PLANS}/{self.id}{path}", json=body, headers=kept)

    async def get(self, path: str = "", user: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """What a GET answers; the items of a list."""
        answer = await self.ask(user or self.maker, "GET", path)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return found.get("items", found)

    async def add(self, cadre_id: UUID | str, title: str, user: str | None = None) -> str:
        """Plans somebody for a title; gives the entry's id."""
        body = {"cadre_id": str(cadre_id), "title_id": str(world.title(title))}
        made = await self.ask(user or self.maker, "POST", "/entries", body)
        assert made.status_code == 201, made.text
        assert made.headers["location"] == f"{PLANS}/{self.id}/entries/{made.json()['id']}"
        key: str = made.json()["id"]
        return key

    async def remove(self, entry_id: str, reason: str | None = None, user: str | None = None) -> None:
        """Takes somebody out."""
        query = f"?reason={reason}" if reason else ""
        done = await self.ask(user or self.maker, "DELETE", f"/entries/{entry_id}{query}")
        assert done.status_code == 204, done.text
        assert done.headers["etag"] == self.version

    async def meet(self, votes: int = IN_FAVOUR, **changed: Any) -> None:  # noqa: ANN401 - JSON
        """Records all the meetings, `votes` for everybody proposed at the last, and what was concluded."""
        entries = [row for row in await self.get("/entries") if row["state"] == "proposed"]
        proposed = [row["id"] for row in entries]
        self.house.write(*(concluded(UUID(row["cadre"]["id"])) for row in entries))
        for step in MeetingStep:
            told = dict.fromkeys(proposed, votes) if step == MeetingStep.LEADERSHIP_2 else None
            body = minutes(step, told, **changed)
            made = await self.ask(self.maker, "POST", "/meetings", body)
            assert made.status_code == 201, made.text

    async def step(self, action: str, user: str | None = None, **sent: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        """Takes a step with the right version and what it needs."""
        needs: dict[str, dict[str, Any]] = {
            "approve": {"decision": decision()},
            "return": {"note": "Bổ sung cơ cấu"},
            "close": {"note": "Hết nhiệm kỳ"},
        }
        deciding = action in {"approve", "return"}
        who = user or (self.approver if deciding else self.maker)
        body = {"action": action} | needs.get(action, {}) | sent
        kept = {name: value for name, value in body.items() if value is not None}
        return await self.ask(who, "POST", "/transitions", kept)

    async def walk(self, *actions: str) -> None:
        """Takes steps that must succeed."""
        for action in actions:
            done = await self.step(action)
            assert done.status_code == 200, (action, done.text)
            assert done.headers["etag"] == self.version

    async def finding(self, rule: str = WOMEN, user: str | None = None) -> dict[str, Any]:
        """What one rule says now."""
        found = {row["rule"]: row for row in await self.get("/findings", user)}
        return found[rule]  # type: ignore[no-any-return]

    async def refused(
        self,
        action: str,
        user: str | None,
        status: int,
        **sent: Any,  # noqa: ANN401 - JSON
    ) -> dict[str, Any]:
        """Tries a step that must be refused: no row changes, and the attempt stands in the audit."""
        before, name = rows(self.house), uuid4().hex
        body = {"action": action} | {key: value for key, value in sent.items() if value is not None}
        answer = await self.ask(user, "POST", "/transitions", body, X_Request_Id=name)
        assert answer.status_code == status, (action, user, answer.text)
        assert rows(self.house) == before
        told: dict[str, Any] = answer.json()
        if status != 401:
            await self.audited(name, told["detail"])
        return told

    async def audited(self, request_id: str, reason: str) -> None:
        """The request stands in the audit as refused, about this plan, with its reason."""
        inspector = await self.house.caller("ubkt.tinh")
        events = (await inspector.get(f"{API}/audit/events", params={"request_id": request_id})).json()[
            "items"
        ]
        told = [(one["outcome"], one["object"], one["reason"]) for one in events]
        assert told == [("refused", {"type": "plan", "id": self.id}, reason[:500])]
