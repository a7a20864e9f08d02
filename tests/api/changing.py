"""A post change as its office works on it over the API; sensitive posts laid over the test world."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx
from sqlmodel import col, select

from app.models.assignment import AssignmentSpan
from app.models.base import new_id
from app.models.cadre import Cadre
from app.models.dossier import DossierDecision, DossierSnapshot, DossierStep
from app.models.post_change import ExemptReason, PostChange, PostChangeOutcome, PostChangeState
from app.models.title import TitleVersion
from app.services.dated import known
from tests import world
from tests.api.acting import account, decision
from tests.api.conftest import API, House
from tests.conftest import TODAY

CHANGES = f"{API}/post-changes"
TABLES = (PostChange, DossierDecision, DossierStep, DossierSnapshot, AssignmentSpan)
OFFICE, SORT, PLACE = "phong-noi-vu.meo-vac", "d.specialist", "meo-vac"
RULING = frozenset({"return", "decide"})


def watched(house: House, title: str = SORT, months: int | None = 36) -> None:
    """The title bears a limit on all its days; None: none."""
    for version in house.scalars(
        select(TitleVersion).where(col(TitleVersion.title_id) == world.title(title), known(TitleVersion))
    ):
        version.sensitive_months = months
        house.write(version)


def seats(house: House, body: str = OFFICE, title: str = SORT) -> list[AssignmentSpan]:
    """The seats of a title in a body that are held today, by the order of their numbers."""
    return sorted(
        house.scalars(
            select(AssignmentSpan).where(
                col(AssignmentSpan.unit_id) == world.unit(body),
                col(AssignmentSpan.title_id) == world.title(title),
                col(AssignmentSpan.valid_to).is_(None),
                known(AssignmentSpan),
            )
        ),
        key=lambda one: one.seat_no,
    )


def since(house: House, seat: AssignmentSpan, day: date) -> AssignmentSpan:
    """The seat is held since that day; whatever stood before is taken out of the record."""
    for other in house.scalars(
        select(AssignmentSpan).where(
            col(AssignmentSpan.cadre_id) == seat.cadre_id,
            col(AssignmentSpan.row_id) != seat.row_id,
            known(AssignmentSpan),
        )
    ):
        if other.valid_to is None or other.valid_to > day:
            other.superseded_at = other.recorded_at
            house.write(other)
    seat.valid_from = day
    house.write(seat)
    return seat


def rows(house: House) -> list[str]:
    """Every row that a post change may touch: nothing changed where two of these are equal."""
    return sorted(
        repr((table.__name__, sorted((name, str(value)) for name, value in row.model_dump().items())))
        for table in TABLES
        for row in house.scalars(select(table))
    )


def ruling(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A decision of the day of the test world."""
    return decision(TODAY, **changed)


class Move:
    """One post change, its maker and the body that decides."""

    def __init__(self, house: House, key: str, maker: str, head: str) -> None:
        self.house, self.id, self.maker, self.head = house, key, maker, head

    @classmethod
    async def opened(
        cls,
        house: House,
        seat: AssignmentSpan,
        *,
        maker: str = "btc.meovac",
        head: str = "btv.meovac",
        **changed: Any,  # noqa: ANN401 - JSON
    ) -> "Move":
        """A new dossier about who holds the seat."""
        body = {"assignment_id": str(seat.assignment_id)} | changed
        made = await (await house.caller(maker)).post(CHANGES, json=body)
        assert made.status_code == 201, made.text
        assert made.headers["location"] == f"{CHANGES}/{made.json()['id']}"
        return cls(house, made.json()["id"], maker, head)

    @property
    def row(self) -> PostChange:
        """Its row."""
        found: PostChange = self.house.scalars(select(PostChange).where(col(PostChange.id) == UUID(self.id)))[
            0
        ]
        return found

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
        sent: dict[str, str | None] = {} if method == "GET" else {"If-Match": f'"{self.row.version}"'}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        kept = {name: value for name, value in sent.items() if value is not None}
        return await caller.request(method, f"{CHANGES}/{self.id}{path}", json=body, headers=kept)

    async def get(self, path: str = "", user: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """What a GET answers; the items of a list."""
        answer = await self.ask(user or self.maker, "GET", path)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return found.get("items", found)

    async def step(self, action: str, user: str | None = None, **sent: Any) -> httpx.Response:  # noqa: ANN401 - JSON
        """Takes one step, as whoever usually takes it."""
        who = user or (self.head if action in RULING else self.maker)
        return await self.ask(who, "POST", "/transitions", {"action": action} | sent)

    async def walk(self, action: str, user: str | None = None, **sent: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Takes one step that succeeds."""
        answer = await self.step(action, user, **sent)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def listed(house: House, user: str = "btc.tinh", **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a query
    """The whole due list, page by page."""
    caller = await house.caller(user)
    found: list[dict[str, Any]] = []
    answer = await caller.get(f"{CHANGES}/due", params={"limit": 7} | asked)
    while True:
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found += body["items"]
        if body["next"] is None:
            return found
        answer = await caller.get(body["next"])


# --- one request of each kind, for the matrix ------------------------------------------------------

SEATS = {
    "niem-son": ("ubnd.niem-son", "c.officer"),
    "niem-tong": ("ubnd.niem-tong", "c.officer"),
    "lung-cu": ("ubnd.lung-cu", "c.officer"),
    "meo-vac": (OFFICE, SORT),
    "so-noi-vu": ("so-noi-vu", "dept.specialist"),
    "so-y-te": ("so-y-te", "dept.specialist"),
    "ban-to-chuc": ("ban-to-chuc", "board.specialist"),
}
"""A planning unit to a body of its own and a title without leadership there."""


def _seat(house: House, place: str) -> AssignmentSpan:
    """A seat of the place whose holder has no dossier under way yet and no account."""
    body, title = SEATS[place]
    watched(house, title)
    busy = set(house.scalars(select(col(PostChange.assignment_id))))
    known_to_all = {world.person(name, TODAY) for name in ("btc", "btc.dongvan", "canbo", "officer.lungcu")}
    found = house.scalars(
        select(AssignmentSpan)
        .where(
            col(AssignmentSpan.unit_id) == world.unit(body),
            col(AssignmentSpan.title_id) == world.title(title),
            # Another test may have moved somebody elsewhere by now.
            select(Cadre.id)
            .where(col(Cadre.id) == col(AssignmentSpan.cadre_id), col(Cadre.unit_id) == world.unit(body))
            .exists(),
            known(AssignmentSpan),
        )
        .order_by(col(AssignmentSpan.valid_to).is_not(None), col(AssignmentSpan.seat_no))
    )
    asked = [one for one in found if one.cadre_id not in known_to_all]
    free = [one for one in asked if one.assignment_id not in busy]
    # A test that opens a dossier with each role has more roles than some bodies have people.
    return free[0] if free and free[0].valid_to is None else _emptied(house, asked[0])


def _emptied(house: House, seat: AssignmentSpan) -> AssignmentSpan:
    for row in house.scalars(select(PostChange).where(col(PostChange.assignment_id) == seat.assignment_id)):
        row.state = PostChangeState.CANCELLED
        house.write(row)
    return seat


def stand(house: House, place: str) -> PostChange:
    """A dossier of `place` that isn't proposed yet."""
    seat = _seat(house, place)
    row = PostChange(
        id=new_id(),
        unit_id=seat.unit_id,
        cadre_id=seat.cadre_id,
        assignment_id=seat.assignment_id,
        post_id=seat.post_id,
        title_id=seat.title_id,
        authority_id=world.unit("tinh-uy"),
        outcome=PostChangeOutcome.EXEMPT,
        exempt_reason=ExemptReason.OTHER,
        opened_on=date(2021, 11, 1),
        created_by=account(house, "quantri"),
    )
    house.write(row)
    return row


def request(house: House, operation: str, place: str) -> tuple[str, Any, str | None]:
    """Path, body and version of a request about a dossier of `place` that its officer may make."""
    method, path = operation.split()
    if method == "GET" and path in {"/post-changes", "/post-changes/due"}:
        stand(house, place)
        return path, None, None
    if path == "/post-changes":
        return path, {"assignment_id": str(_seat(house, place).assignment_id), "outcome": "exempt"}, None
    row = stand(house, place)
    here = path.replace("{post_change_id}", str(row.id))
    if method == "GET":
        return here, None, None
    version = f'"{row.version}"'
    if method == "PATCH":
        return here, {"reason": f"Bổ sung {row.id}"}, version
    return here, {"action": "cancel", "note": "Không còn nhu cầu"}, version
