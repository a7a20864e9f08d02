"""Requests about files of dossiers: an upload, and what is asked of one that stands."""

from typing import Any
from uuid import UUID

import httpx
from sqlmodel import col, func, select

from app.models.attachment import Attachment
from app.models.file import File, FileContent
from app.models.plan import Plan, PlanMeeting
from tests.api import planning
from tests.api.asking import Asked
from tests.api.conftest import API, House
from tests.api.dossier import Dossier
from tests.services.papers_kit import pdf

FILES = f"{API}/files"


def paper(
    dossier_id: UUID | str, content: bytes | None = None, name: str = "Biên bản.pdf", **data: str
) -> Asked:
    """A paper of a plan: another one each time, if no content is given."""
    asked = Asked("/files")
    # One boundary: who sends a request again sends the same bytes.
    asked.headers = {"Content-Type": "multipart/form-data; boundary=one-and-the-same-7f3a"}
    told = {"dossier_type": "plan", "dossier_id": str(dossier_id), "kind": "minutes"} | data
    asked.form = {
        "files": {"file": (name, pdf() if content is None else content, "text/plain")},
        "data": told,
    }
    return asked


async def put(house: House, user: str, asked: Asked, **headers: str) -> httpx.Response:
    """The answer to an upload by `user`."""
    return await (await house.caller(user)).post(asked.path, headers=asked.headers | headers, **asked.parts)


async def kept(house: House, dossier_id: UUID | str, **sent: Any) -> dict[str, Any]:  # noqa: ANN401 - as `paper`
    """A paper that stands with a plan, put there by the province's officer."""
    answer = await put(house, "btc.tinh", paper(dossier_id, **sent))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def about(house: House, operation: str, place: str) -> Asked:
    """A request about the files of a plan of `place`, which its officer may make."""
    plan, _entries = planning.stand(house, place)
    method, path = operation.split()
    if "{" not in path:
        query = f"?dossier_type=plan&dossier_id={plan.id}"
        return paper(plan.id) if method == "POST" else Asked(path + query)
    here = path.replace("{file_id}", (await kept(house, plan.id))["id"])
    if method == "GET":
        return Asked(here)
    version = house.scalars(select(Plan.version).where(col(Plan.id) == plan.id))[0]
    return Asked(here, {"reason": "Tải nhầm tệp"}, f'"{version}"')


async def voted(house: House) -> Dossier:
    """A draft of Niêm Sơn with one woman, voted on in every meeting."""
    found = await Dossier.opened(house)
    await found.add(planning.women_of("niem-son")[0], "c.secretary")
    await found.meet()
    return found


def meeting_of(house: House, plan: Dossier, step: str = "leadership_1") -> str:
    """The id of one of its meetings."""
    statement = select(PlanMeeting.id).where(
        col(PlanMeeting.plan_id) == UUID(plan.id), col(PlanMeeting.step) == step
    )
    return str(house.scalars(statement)[0])


def stored(house: House) -> tuple[int, int, int]:
    """How many files, contents and attachments there are."""
    tables = (File.id, FileContent.file_id, Attachment.file_id)
    return tuple(int(house.scalars(select(func.count(col(one))))[0]) for one in tables)  # type: ignore[return-value]


async def withdraw(house: House, user: str, plan: Dossier, key: str, **changed: Any) -> httpx.Response:  # noqa: ANN401
    """The answer to a withdrawal by `user`."""
    headers = {"If-Match": changed.pop("version", plan.version)}
    body = {"reason": "Tải nhầm tệp"} | changed
    return await (await house.caller(user)).post(f"{FILES}/{key}/withdrawal", json=body, headers=headers)
