"""Requests that pass every check but the one of who may make them: one for every operation of the API."""

from datetime import date, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlmodel import col, select

from app.models.access import SignIn
from app.models.assignment import AssignmentSpan
from app.models.base import utc_now
from app.models.cadre import Cadre
from app.models.committee import Membership
from app.models.party import PartyMembership
from app.models.post import Post
from app.models.qualification import QualificationSpan
from app.models.title import Title
from app.models.unit import Unit, UnitChange
from app.services.dated import known, live
from tests import world
from tests.api import acting, changing, planning, rotating
from tests.api.conftest import API, House, holder, people
from tests.api.groups import GROUPS, MENDS
from tests.conftest import TODAY
from tests.world.units import PLACES

NUMBERS = count(1)
DAY = TODAY.isoformat()


def operations(app: FastAPI) -> set[str]:
    """Every operation the API answers to, as `METHOD /path` without the common base."""
    return {
        f"{method} {str(context.path).removeprefix(API)}"
        for context in iter_route_contexts(app.routes)
        if getattr(context, "dependant", None) is not None
        for method in context.methods or ()
    }


def newcomer(**changed: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A new person with a first seat in Niêm Sơn, a post with room."""
    return {
        "full_name": "Giàng Thị Mỷ",
        "birth_date": "1990-05-02",
        "sex": "female",
        "ethnicity": "mong",
        "assignment": {
            "post_id": str(world.post("ubnd.niem-son", "c.officer")),
            "kind": "recruitment",
            "decision": {
                "number": "5/QĐ",
                "signed_on": "2021-12-01",
                "effective_on": "2021-12-15",
                "issuer": "UBND huyện",
            },
        },
    } | changed


def _later() -> str:
    """A day after every one it gave before: a thing changes once a day."""
    return (TODAY + timedelta(days=next(NUMBERS))).isoformat()


class Asked:
    """One request: an address, a body, headers."""

    def __init__(self, path: str, body: Any = None, version: str | None = None) -> None:  # noqa: ANN401 - JSON
        self.path = path if path.startswith(("/healthz", "/readyz", "/.well-known")) else API + path
        self.body = body
        self.form: dict[str, Any] | None = None
        self.headers = {"If-Match": version} if version is not None else {}

    @property
    def parts(self) -> dict[str, Any]:
        """The body as httpx takes it: JSON, or a form with a file."""
        return {"json": self.body} if self.form is None else self.form


class Maker:
    """Makes requests about a target that pass every check but the one of who may."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.about: UUID | None = None

    async def officer(self) -> httpx.AsyncClient:
        """Who may write nearly everything: prepares what another one is to change."""
        return await self.house.caller("btc.tinh")

    async def person(self, operation: str, cadre_id: UUID) -> Asked:
        """A request about a person."""
        method, path = operation.split()
        here = path.replace("{cadre_id}", str(cadre_id))
        if method == "GET":
            return Asked(here)
        group = path.split("/")[3] if path.count("/") > 2 else ""
        self.about = cadre_id
        if method == "PATCH" and not group:
            return Asked(here, {"phone": f"09{next(NUMBERS):08}"}, self.house.version(cadre_id))
        if group == "assignments":
            return await self._seat(method, here, cadre_id)
        if "{row_id}" in here:
            row = await self._row(cadre_id, group)
            body = {"reason": "Nhập trùng"} if here.endswith("/void") else self._mend(group)
            return Asked(here.replace("{row_id}", row), body, self.house.version(cadre_id))
        return Asked(here, self._fresh(group))

    def _fresh(self, group: str) -> dict[str, Any]:
        number = next(NUMBERS)
        if group == "qualifications":
            return {"kind": "it", "name": f"Tin học {number}", "level": "basic", "valid_from": "2015-06-01"}
        if group == "party-membership":
            return {"valid_from": "2021-06-01", "party_cell": f"Chi bộ {number}"}
        if group == "residences":
            return {"kind": "current", "address": f"Tổ {number}", "valid_from": "2021-06-01"}
        if group == "evaluations":
            from tests.api.evaluating import ungraded

            assert self.about is not None
            number = ungraded(self.house, self.about)
        return GROUPS[group](number)

    @staticmethod
    def _mend(group: str) -> Any:  # noqa: ANN401 - a JSON object
        if group == "qualifications":
            return {"corrects": True, "reason": "Ghi sai nơi cấp", "institution": "Học viện"}
        return MENDS[group]

    async def _row(self, cadre_id: UUID, group: str) -> str:
        """A row of the group that stands in the record; of a stub, one that doesn't."""
        if group == "qualifications":
            held = self.house.scalars(
                select(QualificationSpan.qualification_id).where(
                    col(QualificationSpan.cadre_id) == cadre_id, known(QualificationSpan)
                )
            )
            return str(held[0] if held else uuid4())
        if self.house.scalars(select(Cadre.is_stub).where(col(Cadre.id) == cadre_id))[0]:
            return str(uuid4())
        made = await (await self.officer()).post(f"{API}/cadres/{cadre_id}/{group}", json=self._fresh(group))
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def _seat(self, method: str, here: str, cadre_id: UUID) -> Asked:
        day = date(2021, 1, 1) + timedelta(days=next(NUMBERS) % 300)
        if method == "POST":
            return Asked(here, self._concurrent(day))
        if self.house.scalars(select(Cadre.is_stub).where(col(Cadre.id) == cadre_id))[0]:
            spans = select(AssignmentSpan.assignment_id).where(
                col(AssignmentSpan.cadre_id) == cadre_id, known(AssignmentSpan)
            )
            seat = str(self.house.scalars(spans)[0])
        else:
            made = await (await self.officer()).post(
                f"{API}/cadres/{cadre_id}/assignments", json=self._concurrent(day)
            )
            assert made.status_code == 201, made.text
            seat = str(made.json()["id"])
        body = {"valid_to": "2021-12-01", "end_reason": "relief"}
        return Asked(here.replace("{assignment_id}", seat), body, self.house.version(cadre_id))

    @staticmethod
    def _concurrent(day: date) -> dict[str, Any]:
        return {
            "post_id": str(world.post("ubnd.niem-son", "c.officer")),
            "kind": "concurrent",
            "is_main": False,
            "decision": {
                "number": "9/QĐ-UBND",
                "signed_on": day.isoformat(),
                "effective_on": day.isoformat(),
                "issuer": "Ủy ban nhân dân huyện",
            },
        }

    def new_person(self, unit_id: UUID) -> Asked:
        """A new file at a unit."""
        return Asked(
            "/cadres",
            {
                "full_name": "Giàng Thị Mỷ",
                "birth_date": "1990-05-02",
                "sex": "female",
                "ethnicity": "mong",
                "unit_id": str(unit_id),
            },
        )

    async def post(self, operation: str, unit_id: UUID) -> Asked:
        """Seats in a unit: a title that has none there yet, or another number of them."""
        if operation.startswith("PATCH"):
            post_id, version = self.house.rows(
                select(Post.id, Post.version)
                .where(col(Post.unit_id) == unit_id)
                .order_by(col(Post.id))
                .limit(1)
            )[0]
            body = {"quota": 60 + next(NUMBERS) % 400, "valid_from": _later(), "basis_number": "6/QĐ"}
            return Asked(f"/posts/{post_id}", body, f'"{version}"')
        place = PLACES[next(slug for slug in PLACES if world.unit(slug) == unit_id)]
        made = await (await self.officer()).post(
            f"{API}/titles", json=self.title() | {"level": place.level, "unit_kind": place.kind}
        )
        assert made.status_code == 201, made.text
        seats = {"title_id": made.json()["id"], "quota": 2, "valid_from": DAY}
        return Asked("/posts", {"unit_id": str(unit_id)} | seats)

    @staticmethod
    def title() -> dict[str, Any]:
        """A new title."""
        number = next(NUMBERS)
        return {
            "code": f"new.{number}",
            "name": f"Chức danh {number}",
            "level": "province",
            "unit_kind": "department",
            "managed_by": "unit_head",
            "valid_from": "2021-01-01",
        }

    @staticmethod
    def token(place: str = "meo-vac") -> dict[str, Any]:
        """A new inspection token; its last day is one of the real calendar."""
        last = utc_now().date() + timedelta(days=30)
        reason = f"Kiểm tra theo kế hoạch {next(NUMBERS)}"
        return {"unit_id": str(world.unit(place)), "expires_on": last.isoformat(), "reason": reason}

    async def committee(self, operation: str, committee: str, *, writes: bool) -> Asked:
        """A request about a committee's members; `writes`: a fresh one, for who may end it."""
        method, path = operation.split()
        unit_id = world.unit(committee)
        here = path.replace("{committee_id}", str(unit_id))
        if method == "POST":
            return Asked(here, self._member(unit_id))
        if "{membership_id}" not in here:
            return Asked(here)
        member, version = self.house.rows(
            select(Membership.id, Cadre.version)
            .join(Cadre, col(Cadre.id) == col(Membership.cadre_id))
            .where(col(Membership.unit_id) == unit_id, col(Cadre.is_stub).is_(False))
            .order_by(col(Membership.valid_from).desc(), col(Membership.id))
        )[0]
        if method == "GET":
            return Asked(here.replace("{membership_id}", str(member)))
        if writes and PLACES[committee].valid_to is None:
            made = await (await self.officer()).post(
                f"{API}/committees/{unit_id}/members", json=self._member(unit_id)
            )
            assert made.status_code == 201, made.text
            member, version = made.json()["id"], made.headers["ETag"].strip('"')
        body = {"valid_to": "2021-12-31", "end_reason": "Chuyển công tác"}
        return Asked(here.replace("{membership_id}", str(member)), body, f'"{version}"')

    def _member(self, unit_id: UUID) -> dict[str, Any]:
        """Somebody of Niêm Sơn's people's committee whom every officer here may write."""
        sits = select(Membership.cadre_id).where(col(Membership.unit_id) == unit_id)
        free = self.house.scalars(
            select(Cadre.id)
            .where(
                col(Cadre.unit_id) == world.unit("ubnd.niem-son"),
                col(Cadre.id).in_(select(PartyMembership.cadre_id).where(live(PartyMembership, TODAY))),
                col(Cadre.id).not_in(sits),
            )
            .order_by(col(Cadre.id))
        )
        return {
            "cadre_id": str(free[0]),
            "rank": "member",
            "valid_from": "2021-12-01",
            "decision_number": "4-QĐ/TU",
            "decision_signed_on": "2021-11-20",
        }

    async def _elsewhere(self, operation: str, path: str) -> Asked | None:
        """A request about what a module of its own makes; None for all others."""
        from tests.api import evaluating, filing, importing, waiving

        if path.startswith("/files"):
            return await filing.about(self.house, operation, "niem-son")
        if path.startswith(("/imports", "/jobs")):
            return await importing.imported(self.house, operation)
        if path.startswith("/evaluations"):
            return await evaluating.about(self.house, operation)
        if path == "/inbox":
            # Work of every kind: what is asked about a kind is asked once it is there.
            acting.stand(self.house, "meo-vac")
            planning.stand(self.house, "meo-vac")
            changing.stand(self.house, "meo-vac")
            rotating.request(self.house, "GET /rotations/{rotation_id}", "meo-vac")
            rotating.request(self.house, "GET /rotation-plans/{rotation_plan_id}", "meo-vac")
            return Asked(path)
        return waiving.about(self.house, operation) if path.startswith("/waivers") else None

    async def flat(self, operation: str) -> Asked:  # noqa: C901, PLR0911 - one line an operation
        """A request without a target."""
        method, path = operation.split()
        if path == "/sessions/{session_id}":
            mine = await self.house.sign_in(await self.house.caller(None), "btc.dongvan")
            assert mine
            latest = self.house.scalars(select(SignIn.id).order_by(col(SignIn.created_at).desc()).limit(1))
            return Asked(f"/sessions/{latest[0]}")
        elsewhere = await self._elsewhere(operation, path)
        if elsewhere is not None:
            return elsewhere
        if operation == "POST /access-tokens":
            return Asked(path, self.token())
        if "{token_id}" in path or operation == "GET /access-tokens":
            inspector = await self.house.caller("ubkt.tinh")
            made = await inspector.post(f"{API}/access-tokens", json=self.token())
            assert made.status_code == 201, made.text
            return Asked(path.replace("{token_id}", made.json()["id"]))
        if operation == "POST /sessions":
            return Asked(path, {"username": "btv.dongvan", "password": world.PASSWORD})
        if operation == "POST /units":
            return Asked(path, self._unit() | {"valid_from": DAY, "basis": self._basis()})
        if operation == "POST /unit-changes":
            source = [{"unit_id": str(world.unit("so-y-te"))}]
            change = {"kind": "rename", "on": _later(), "basis": self._basis()}
            change |= {"name": f"Sở Y tế {next(NUMBERS)}"}
            return Asked(path, change | {"sources": source})
        if operation == "POST /titles":
            return Asked(path, self.title())
        if method == "PATCH" and path == "/units/{unit_id}":
            unit_id = world.unit("so-xay-dung")
            version = self.house.scalars(select(Unit.version).where(col(Unit.id) == unit_id))[0]
            body = {"name": f"Sở Xây dựng {next(NUMBERS)}", "valid_from": _later(), "basis": self._basis()}
            return Asked(f"/units/{unit_id}", body, f'"{version}"')
        if method == "PATCH":
            title_id = world.title("dept.finance")
            version = self.house.scalars(select(Title.version).where(col(Title.id) == title_id))[0]
            body = {"name": f"Chuyên viên {next(NUMBERS)}", "valid_from": _later()}
            return Asked(f"/titles/{title_id}", body, f'"{version}"')
        return Asked(self._filled(path))

    def _filled(self, path: str) -> str:
        ids = {
            "{unit_id}": world.unit("meo-vac"),
            "{title_id}": world.title("c.chair"),
            "{post_id}": world.post("ubnd.niem-son", "c.officer"),
            "{committee_id}": world.unit("tinh-uy"),
            "{list_id}": "education",
            "{rule_id}": "appointment.non_local_secretary",
            "{indicator_id}": "headcount",
            "{change_id}": self.house.scalars(select(UnitChange.id).limit(1))[0] if "{ch" in path else "",
        }
        for name, value in ids.items():
            path = path.replace(name, str(value))
        return path

    @staticmethod
    def _basis() -> dict[str, Any]:
        return {"number": "5/NQ-HĐND", "issuer": "Hội đồng nhân dân tỉnh", "signed_on": "2021-12-01"}

    @staticmethod
    def _unit() -> dict[str, Any]:
        number = next(NUMBERS)
        parent = str(world.unit("so-noi-vu"))
        return {
            "name": f"Phòng {number}",
            "code": f"N{number}",
            "level": "province",
            "kind": "division",
            "parent_id": parent,
        }

    def action(self, operation: str, place: str) -> Asked:
        """A request about a personnel action of a unit, or a new one."""
        return Asked(*acting.request(self.house, operation, place))

    def move(self, operation: str, place: str) -> Asked:
        """A request about a post change of a unit, or a new one."""
        return Asked(*changing.request(self.house, operation, place))

    def rotation(self, operation: str, place: str) -> Asked:
        """A request about a rotation, or about the rotation plan, of a unit."""
        return Asked(*rotating.request(self.house, operation, place))

    def plan(self, operation: str, place: str) -> Asked:
        """A request about the plan of a unit, or a new one."""
        return Asked(*planning.request(self.house, operation, place))

    async def valid(self, operation: str) -> Asked:  # noqa: PLR0911 - one line a kind of target
        """A request that succeeds for the officer (an inspector, for the audit); about Mèo Vạc."""
        path = operation.split()[1]
        if operation == "POST /cadres":
            return self.new_person(world.unit("phong-noi-vu.meo-vac"))
        if path.startswith("/appointments"):
            return self.action(operation, "niem-son")
        if path.startswith("/post-changes"):
            return self.move(operation, "niem-son")
        if path.startswith("/rotation"):
            return self.rotation(operation, "meo-vac")
        if path.startswith("/plans"):
            return self.plan(operation, "niem-son")
        if "{cadre_id}" in path:
            return await self.person(operation, people(holder("phong-noi-vu.meo-vac", "d.specialist")))
        if "/members" in path:
            return await self.committee(operation, "dang-uy.niem-son", writes=True)
        if operation in {"POST /posts", "PATCH /posts/{post_id}"}:
            return await self.post(operation, world.unit("phong-noi-vu.meo-vac"))
        if path == "/indicators/{indicator_id}/people":
            return Asked("/indicators/headcount/people?part=numerator")
        return await self.flat(operation)
