"""A personnel action as its office works on it over the API: opened, voted on, walked; what the law asks."""

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID

import httpx
from sqlmodel import col, select

from app.models.access import Principal
from app.models.appointment import (
    ActionKind,
    ActionState,
    Appointment,
    AppointmentCandidate,
    AppointmentStep,
    AppointmentVote,
)
from app.models.assignment import AssignmentSpan
from app.models.base import new_id
from app.models.cadre import Cadre
from app.models.dossier import DossierDecision, DossierSnapshot, DossierStep
from app.models.evaluation import Evaluation, EvaluationState, Grade
from app.models.plan import EntryState, Plan, PlanEntry, PlanKind, PlanPeriod, PlanState
from app.models.qualification import Qualification, QualificationKind, QualificationSpan
from app.models.record import Declaration, Kinship, PoliticalConclusion, Relation
from app.models.title import StandardKind, TitleStandard
from app.services.dated import known, live
from tests import world
from tests.api.conftest import API, House
from tests.api.planning import staff_of

ACTIONS = f"{API}/appointments"
DAY = date(2023, 3, 1)
"""A day on which appointments have norms (80-QĐ/TW)."""

TABLES = (
    Appointment,
    AppointmentCandidate,
    AppointmentStep,
    AppointmentVote,
    DossierDecision,
    DossierStep,
    DossierSnapshot,
    AssignmentSpan,
    PlanEntry,
)
PLACE, BODY, TITLE = "meo-vac", "phong-noi-vu.meo-vac", "d.division_deputy"
_NUMBERS = count(1)


def on_day(house: House, day: date) -> None:
    """From now on the house takes `day` for today."""
    house.app.state.settings = house.app.state.settings.model_copy(update={"today": day})


def decision(day: date = DAY, **changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A decision with a number of its own."""
    told = {"number": f"{next(_NUMBERS)}-QĐNS/HU", "signed_on": day.isoformat(), "signer": "Hoàng Văn An"}
    return told | {"effective_on": day.isoformat()} | changed


def rows(house: House) -> list[str]:
    """Every row that a personnel action may touch: nothing changed where two of these are equal."""
    return sorted(
        repr((table.__name__, sorted((name, str(value)) for name, value in row.model_dump().items())))
        for table in TABLES
        for row in house.scalars(select(table))
    )


def account(house: House, username: str) -> UUID:
    """The id of an account."""
    found: UUID = house.scalars(select(col(Principal.id)).where(col(Principal.username) == username))[0]
    return found


def held(house: House, cadre_id: UUID, day: date) -> list[AssignmentSpan]:
    """The seats somebody holds on a day."""
    return house.scalars(
        select(AssignmentSpan).where(col(AssignmentSpan.cadre_id) == cadre_id, live(AssignmentSpan, day))
    )


def at_work(body: str, sort: str, day: date = DAY) -> list[UUID]:
    """Who holds a title in a body, by the test world."""
    return [
        person.id
        for person in world.crowd(date(2021, 12, 31)).people.values()
        if any(one.main and one.unit == body and one.sort == sort for one in person.open_on(day))
    ]


def ending(house: House, cadre_id: UUID, ends_on: date, day: date = DAY) -> AssignmentSpan:
    """The main seat of somebody, whose term now ends on that day; gives the seat."""
    seat = next(one for one in held(house, cadre_id, day) if one.is_main)
    seat.term_ends_on = ends_on
    house.write(seat)
    return seat


def young(house: House, cadre_id: UUID) -> None:
    """Somebody has decades of service left."""
    row = house.scalars(select(Cadre).where(col(Cadre.id) == cadre_id))[0]
    row.birth_date = date(1985, 5, 2)
    house.write(row)


def asked(house: House, title: str = TITLE) -> None:
    """The title asks for a degree and for political theory."""
    for kind, minimum in (
        (StandardKind.EDUCATION, "university"),
        (StandardKind.POLITICAL_THEORY, "elementary"),
    ):
        there = house.scalars(
            select(TitleStandard).where(
                col(TitleStandard.title_id) == world.title(title), col(TitleStandard.kind) == kind
            )
        )
        if not there:
            house.write(
                TitleStandard(
                    title_id=world.title(title),
                    kind=kind,
                    minimum=minimum,
                    clause="II.2.2(3)",
                    valid_from=date(2010, 1, 1),
                )
            )


def qualified(house: House, cadre_id: UUID, opened_on: date, day: date = DAY) -> None:
    """Somebody has all that the law asks for: plan, levels, grades, conclusion, declaration."""
    planned(house, cadre_id)
    for kind, level in (
        (QualificationKind.EDUCATION, "doctor"),
        (QualificationKind.POLITICAL_THEORY, "advanced"),
    ):
        key = new_id()
        house.write(Qualification(id=key, cadre_id=cadre_id))
        house.write(
            QualificationSpan(
                qualification_id=key,
                cadre_id=cadre_id,
                kind=kind,
                name=f"Văn bằng {key}",
                level=level,
                valid_from=date(2012, 1, 1),
            )
        )
    have = set(house.scalars(select(col(Evaluation.year)).where(col(Evaluation.cadre_id) == cadre_id)))
    for year in range(day.year - 3, day.year):
        if year not in have:
            house.write(
                Evaluation(
                    cadre_id=cadre_id,
                    year=year,
                    grade=Grade.GOOD,
                    graded_by="Huyện ủy",
                    decided_on=date(year, 12, 20),
                    state=EvaluationState.RECORDED,
                )
            )
    house.write(
        PoliticalConclusion(
            cadre_id=cadre_id,
            number="9-KL/HU",
            concluded_on=opened_on,
            issuer="Ban Thường vụ Huyện ủy",
            purpose="Bổ nhiệm",
        ),
        Declaration(
            cadre_id=cadre_id,
            year=day.year - 1,
            reference="KK-1",
            declared_on=day - timedelta(days=60),
        ),
    )


def kin(house: House, cadre_id: UUID, relative: UUID) -> None:
    """A relative, linked."""
    house.write(
        Kinship(cadre_id=cadre_id, relation=Relation.SIBLING, full_name="Vàng Mí Dính", relative_id=relative)
    )


def planned(
    house: House, cadre_id: UUID, title: str = TITLE, place: str = PLACE, since: date = date(2022, 1, 10)
) -> UUID:
    """Plans somebody for a title in an approved plan of the unit; gives the entry's id."""
    maker = account(house, "btc.meovac")
    authority = world.unit("huyen-uy.meo-vac")
    found = house.scalars(
        select(Plan).where(col(Plan.unit_id) == world.unit(place), col(Plan.authority_id) == authority)
    )
    plan = found[0] if found else None
    if plan is None:
        plan = Plan(
            unit_id=world.unit(place),
            period=PlanPeriod.STATE_2021,
            kind=PlanKind.TITLES,
            authority_id=authority,
            state=PlanState.APPROVED,
            created_by=maker,
        )
        house.write(plan)
    entry = PlanEntry(
        plan_id=plan.id,
        unit_id=plan.unit_id,
        cadre_id=cadre_id,
        title_id=world.title(title),
        state=EntryState.APPROVED,
        added_by=maker,
        added_on=since,
        planned_from=since,
    )
    house.write(entry)
    return entry.id


def spans_of(house: House, post: UUID) -> list[AssignmentSpan]:
    """The seats of a post as they are known now."""
    return house.scalars(
        select(AssignmentSpan).where(col(AssignmentSpan.post_id) == post, known(AssignmentSpan))
    )


class Act:
    """One personnel action, its maker and the body that decides."""

    def __init__(self, house: House, key: str, maker: str = "btc.meovac", head: str = "btv.meovac") -> None:
        self.house, self.id, self.maker, self.head = house, key, maker, head

    @classmethod
    async def opened(
        cls,
        house: House,
        *,
        maker: str = "btc.meovac",
        head: str = "btv.meovac",
        **changed: Any,  # noqa: ANN401 - JSON
    ) -> "Act":
        """A new dossier; an in-house appointment of a deputy head of division unless said otherwise."""
        body = {"kind": "appointment", "source": "in_house"} | changed
        if "post_id" not in body and "assignment_id" not in body:
            body["post_id"] = str(world.post(BODY, TITLE))
        made = await (await house.caller(maker)).post(ACTIONS, json=body)
        assert made.status_code == 201, made.text
        assert made.headers["location"] == f"{ACTIONS}/{made.json()['id']}"
        return cls(house, made.json()["id"], maker, head)

    @property
    def row(self) -> Appointment:
        """Its row."""
        found: Appointment = self.house.scalars(
            select(Appointment).where(col(Appointment.id) == UUID(self.id))
        )[0]
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
        return await caller.request(method, f"{ACTIONS}/{self.id}{path}", json=body, headers=kept)

    async def get(self, path: str = "", user: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """What a GET answers; the items of a list."""
        answer = await self.ask(user or self.maker, "GET", path)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return found.get("items", found)

    async def step(self, action: str, user: str | None = None, **sent: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        """Takes one step, as whoever usually takes it."""
        ruling = {"approve_policy", "refuse_policy", "return", "decide", "ratify"}
        who = user or (self.head if action in ruling else self.maker)
        return await self.ask(who, "POST", "/transitions", {"action": action} | sent)

    async def walk(self, action: str, user: str | None = None, **sent: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Takes a step that must succeed."""
        answer = await self.step(action, user, **sent)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def enter(self, cadre_id: UUID, step: int = 2) -> str:
        """Enters a candidate; gives the id."""
        made = await self.ask(
            self.maker, "POST", "/candidates", {"cadre_id": str(cadre_id), "raised_at_step": step}
        )
        assert made.status_code == 201, made.text
        key: str = made.json()["id"]
        return key

    async def meet(
        self,
        step: int,
        votes: dict[UUID, int] | None = None,
        *,
        day: date = DAY,
        summoned: int = 20,
        **changed: Any,  # noqa: ANN401 - JSON
    ) -> httpx.Response:
        """Records a meeting."""
        body: dict[str, Any] = {
            "step": step,
            "held_on": day.isoformat(),
            "summoned": summoned,
            "present": summoned,
            "document": f"BB-{step}",
        }
        if votes is not None:
            body |= {"ballots_issued": summoned, "ballots_returned": summoned, "ballots_valid": summoned}
            body["in_favour"] = [{"cadre_id": str(key), "votes": number} for key, number in votes.items()]
        return await self.ask(self.maker, "POST", "/steps", body | changed)

    async def choose(self, candidate_id: str, **sent: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Says who goes to the decision."""
        answer = await self.ask(self.maker, "PATCH", "", {"chosen_id": candidate_id} | sent)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def through(self, people: list[UUID]) -> list[str]:
        """From the draft to the last meeting, the first of `people` most favoured; gives the candidates."""
        await self.walk("request_policy")
        await self.walk("approve_policy")
        first, *others = people
        keys = [await self.enter(key) for key in people]
        small = dict.fromkeys(others, 3)
        for step, votes in (
            (1, None),
            (2, {first: 14} | small),
            (3, {first: 15} | small),
            (4, {first: 16} | small),
            (5, {first: 17} | small),
        ):
            held_ = await self.meet(step, votes)
            assert held_.status_code == 201, held_.text
        await self.choose(keys[0])
        return keys


# --- one request of each kind, for the matrix ------------------------------------------------------

SEATS = {
    "niem-son": ("ubnd.niem-son", "c.vice_chair", "niem-son"),
    "niem-tong": ("ubnd.niem-tong", "c.vice_chair", "niem-son"),
    "lung-cu": ("ubnd.lung-cu", "c.vice_chair", "lung-cu"),
    "meo-vac": (BODY, TITLE, "meo-vac"),
    "so-noi-vu": ("so-noi-vu", "dept.deputy", "so-noi-vu"),
    "so-y-te": ("so-y-te", "dept.deputy", "so-y-te"),
    "ban-to-chuc": ("ban-to-chuc", "board.deputy", "ban-to-chuc"),
}
"""A planning unit to a body of its own, a title there, and where its people are."""


def _someone(place: str, *, but: set[UUID]) -> UUID:
    return next(key for key in staff_of(SEATS[place][2]) if key not in but)


def stand(house: House, place: str) -> tuple[Appointment, AppointmentCandidate]:
    """An in-house dossier of `place` in the middle of its process, with a candidate."""
    body, title, _ = SEATS[place]
    maker = account(house, "quantri")
    row = Appointment(
        id=new_id(),
        unit_id=world.unit(body),
        kind=ActionKind.APPOINTMENT,
        post_id=world.post(body, title),
        title_id=world.title(title),
        authority_id=world.unit("tinh-uy"),
        state=ActionState.IN_PROCESS,
        opened_on=date(2021, 11, 1),
        policy_requested_on=date(2021, 11, 1),
        policy_decided_on=date(2021, 11, 2),
        created_by=maker,
    )
    house.write(row)
    one = AppointmentCandidate(
        id=new_id(),
        unit_id=row.unit_id,
        appointment_id=row.id,
        cadre_id=_someone(place, but=set()),
        raised_at_step=2,
        added_by=maker,
        added_on=date(2021, 11, 3),
    )
    row.chosen_id = one.id
    house.write(one, row)
    return row, one


def request(house: House, operation: str, place: str) -> tuple[str, Any, str | None]:
    """Path, body and version of a request about a dossier of `place` that its officer may make."""
    method, path = operation.split()
    body, title, _ = SEATS[place]
    if method == "GET" and path in {"/appointments", "/appointments/due"}:
        stand(house, place)
        return path, None, None
    if path == "/appointments":
        return path, {"kind": "appointment", "post_id": str(world.post(body, title))}, None
    row, one = stand(house, place)
    here = path.replace("{appointment_id}", str(row.id)).replace("{candidate_id}", str(one.id))
    version = f'"{row.version}"'
    if method == "PATCH":
        return here, {"reason": f"Bổ sung {next(_NUMBERS)}"}, version
    if method == "DELETE":
        return f"{here}?reason=Xin+rút", None, version
    if method == "GET":
        return here, None, None
    bodies: dict[str, tuple[Any, str | None]] = {
        "transitions": ({"action": "cancel", "note": "Không còn nhu cầu"}, version),
        "steps": ({"step": 1, "held_on": "2021-11-04", "summoned": 9, "present": 8}, None),
        "candidates": ({"cadre_id": str(_someone(place, but={one.cadre_id}))}, None),
    }
    return here, *bodies[path.rpartition("/")[2]]
