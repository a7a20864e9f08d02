"""Files of plans over HTTP: in scope and tier with their dossier, typed, withdrawn, never exchanged."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx
import pytest
from sqlalchemy import update
from sqlmodel import Session, col, select

from app.models.audit import AuditEvent
from app.models.dossier import DossierSnapshot
from app.models.file import FileContent
from app.services.database import writing
from tests.api.conftest import API, House
from tests.api.dossier import Dossier, account
from tests.api.filing import FILES, kept, meeting_of, paper, put, stored, voted, withdraw
from tests.api.planning import women_of
from tests.api.test_query_counts import counted
from tests.api.walk import is_problem, pointers
from tests.conftest import TODAY
from tests.services import papers_kit as kit

MEGABYTE = 1024 * 1024
MAKER, APPROVER, INSPECTOR = "btc.meovac", "btv.meovac", "ubkt.tinh"


@pytest.fixture
async def plan(house: House) -> Dossier:
    """A draft of Niêm Sơn with one woman, voted on in every meeting."""
    return await voted(house)


async def fetch(house: House, user: str, path: str) -> httpx.Response:
    return await (await house.caller(user)).get(f"{FILES}{path}")


async def listed(house: House, user: str, plan: Dossier) -> list[dict[str, Any]]:
    answer = await fetch(house, user, f"?dossier_type=plan&dossier_id={plan.id}")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


# --- who ---------------------------------------------------------------------------------------------


async def test_strangers_other_units_and_other_roles_get_nothing(house: House, plan: Dossier) -> None:
    found = await kept(house, plan.id)
    anonymous = await house.caller(None)
    before = stored(house)
    for path in (f"?dossier_type=plan&dossier_id={plan.id}", f"/{found['id']}", f"/{found['id']}/content"):
        assert is_problem(await anonymous.get(f"{FILES}{path}"), 401)
        assert is_problem(await fetch(house, "btc.dongvan", path), 404)
        for user in ("xa.niemson", "head.sonoivu", "mattran.tinh", "quantri", "canbo"):
            assert is_problem(await fetch(house, user, path), 403), (user, path)
        for user in (MAKER, APPROVER, INSPECTOR):
            assert (await fetch(house, user, path)).status_code == 200, (user, path)
    for user, status in (("btc.dongvan", 404), (APPROVER, 403), (INSPECTOR, 403), ("xa.niemson", 403)):
        assert is_problem(await put(house, user, paper(plan.id)), status)
        assert is_problem(await withdraw(house, user, plan, found["id"]), status)
    assert stored(house) == before


async def test_an_account_of_two_offices_reads_the_files_of_neither_s_other(
    house: House, plan: Dossier
) -> None:
    """A commune's officer doesn't read its files because he approves elsewhere."""
    account(house, "split", ("commune_officer", "niem-son"), ("approver", "dong-van"))
    found = await kept(house, plan.id)
    for path in (f"?dossier_type=plan&dossier_id={plan.id}", f"/{found['id']}", f"/{found['id']}/content"):
        assert is_problem(await fetch(house, "split", path), 404)


async def test_a_file_of_an_import_is_not_read_by_who_imports_nothing(house: House) -> None:
    from tests.api.importing import upload

    officer = await house.caller(MAKER)
    sent = upload()
    key = (await officer.post(sent.path, headers=sent.headers, **sent.parts)).json()["file"]["id"]
    told = await fetch(house, MAKER, f"/{key}")
    assert told.json()["dossier"] is None
    assert "etag" not in told.headers
    assert told.json()["expires_on"] == (TODAY + timedelta(days=30)).isoformat()
    for path in (f"/{key}", f"/{key}/content"):
        assert is_problem(await fetch(house, INSPECTOR, path), 404)
    refused = await officer.post(
        f"{FILES}/{key}/withdrawal", json={"reason": "Nhầm"}, headers={"If-Match": '"1"'}
    )
    assert is_problem(refused, 404)


async def test_an_inspection_token_reads_and_is_told_but_writes_nothing(house: House, plan: Dossier) -> None:
    from tests.api.asking import Maker

    found = await kept(house, plan.id)
    inspector = await house.caller(INSPECTOR)
    made = await inspector.post(f"{API}/access-tokens", json=Maker.token())
    anonymous = await house.caller(None)
    signed = {"Authorization": f"Bearer {made.json()['token']}"}
    answer = await anonymous.get(f"{FILES}/{found['id']}/content", headers=signed)
    assert answer.status_code == 200, answer.text
    asked = paper(plan.id)
    refused = await anonymous.post(asked.path, headers=asked.headers | signed, **asked.parts)
    assert is_problem(refused, 403), refused.text
    events = house.rows(
        select(AuditEvent.action, AuditEvent.outcome).where(
            col(AuditEvent.object_id) == found["id"], col(AuditEvent.outcome) == "read"
        )
    )
    assert [tuple(event) for event in events] == [("file.download", "read")]


# --- put there, listed, given back -------------------------------------------------------------------


async def test_a_paper_is_kept_told_and_given_back(house: House, plan: Dossier) -> None:
    content, meeting = kit.pdf(), meeting_of(house, plan)
    before = plan.row.version
    asked = paper(
        plan.id,
        content,
        "C:\\HS\\Biên bản số 1.pdf",
        meeting_id=meeting,
        document_number="12-BB/ĐU",
        document_date=TODAY.isoformat(),
    )
    made = await put(house, MAKER, asked)
    assert made.status_code == 201, made.text
    found = made.json()
    assert made.headers["location"] == f"{FILES}/{found['id']}"
    assert made.headers["etag"] == plan.version == f'"{before + 1}"'
    assert found | {"id": "", "sha256": "", "uploaded_at": ""} == {
        "id": "", "sha256": "", "uploaded_at": "",
        "name": "Biên bản số 1.pdf", "content_type": "application/pdf", "size": len(content),
        "expires_on": None, "removed": False, "dossier": {"type": "plan", "id": plan.id},
        "meeting_id": meeting, "step": None, "round": 1, "kind": "minutes",
        "document_number": "12-BB/ĐU", "document_date": TODAY.isoformat(),
        "uploaded_by": found["uploaded_by"], "withdrawn": None,
    }  # fmt: skip
    assert found["uploaded_by"]
    told = await fetch(house, APPROVER, f"/{found['id']}")
    assert (told.json(), told.headers["etag"]) == (found, plan.version)
    assert await listed(house, INSPECTOR, plan) == [found]
    sent = await fetch(house, APPROVER, f"/{found['id']}/content")
    assert sent.content == content
    assert sent.headers["content-type"] == "application/pdf"
    assert sent.headers["content-disposition"] == f"attachment; filename*=UTF-8''{quote('Biên bản số 1.pdf')}"
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert sent.headers["content-security-policy"].split(";")[0] == "sandbox"
    assert sent.headers["cache-control"] == "private, no-store"
    assert sent.headers["etag"] == f'"{found["sha256"]}"'


@pytest.mark.parametrize(
    ("content", "name"),
    [(kit.docx(), "kl.docx"), (kit.xlsx(), "kp.xlsx"), (kit.png(), "anh.PNG"), (kit.jpeg(), "anh.jpeg")],
)
async def test_each_type_is_taken(house: House, plan: Dossier, content: bytes, name: str) -> None:
    found = await kept(house, plan.id, content=content, name=name)
    assert (await fetch(house, MAKER, f"/{found['id']}/content")).headers["content-type"] == found[
        "content_type"
    ]


async def test_a_list_loads_no_contents(house: House, plan: Dossier) -> None:
    for _ in range(3):
        await kept(house, plan.id)
    with counted(house.app.state.engine) as seen:
        assert len(await listed(house, MAKER, plan)) == 3
    assert any("FROM file " in statement for statement in seen)
    assert not any("file_content" in statement for statement in seen)


async def test_every_upload_download_and_withdrawal_stands_in_the_audit(house: House, plan: Dossier) -> None:
    found = await kept(house, plan.id)
    await fetch(house, APPROVER, f"/{found['id']}/content")
    done = await withdraw(house, MAKER, plan, found["id"])
    assert done.status_code == 200, done.text
    statement = select(AuditEvent).where(
        col(AuditEvent.object_id).in_((found["id"], plan.id)), col(AuditEvent.action).contains("file.")
    )
    events = [
        (event.action, event.outcome, event.actor, event.object_type, event.reason)
        for event in house.scalars(statement)
    ]
    assert sorted(events) == sorted(
        [
            ("plan.file.add", "done", "btc.tinh", "plan", None),
            ("file.upload", "done", "btc.tinh", "file", None),
            ("file.download", "read", APPROVER, "file", None),
            ("plan.file.withdraw", "done", MAKER, "plan", "Tải nhầm tệp"),
        ]
    )


# --- by the state of the dossier ---------------------------------------------------------------------


async def test_files_come_and_go_while_the_list_may_change(house: House, plan: Dossier) -> None:
    first = await kept(house, plan.id, kind="conclusion")
    await plan.walk("submit")
    for action in ((), ("approve",), ("publish",)):
        await plan.walk(*action)
        before = stored(house)
        added = await put(house, MAKER, paper(plan.id))
        assert is_problem(added, 409), added.text
        assert "không thêm, không rút tệp được" in added.json()["detail"]
        assert is_problem(await withdraw(house, MAKER, plan, first["id"]), 409)
        assert stored(house) == before
    refusals = house.scalars(
        select(AuditEvent.action).where(
            col(AuditEvent.object_id) == plan.id, col(AuditEvent.outcome) == "refused"
        )
    )
    assert refusals.count("POST /files") == 3
    await plan.walk("review")
    held = await put(house, MAKER, paper(plan.id, meeting_id=meeting_of(house, plan)))
    assert is_problem(held, 409), held.text
    assert "kỳ trước" in held.json()["detail"]
    assert "kỳ trước" in (await withdraw(house, MAKER, plan, first["id"])).json()["detail"]
    second = await put(house, MAKER, paper(plan.id))
    assert second.json()["round"] == 2


async def test_the_snapshot_keeps_what_a_decision_was_taken_on(house: House, plan: Dossier) -> None:
    stays = await kept(house, plan.id, kind="conclusion")
    gone = await kept(house, plan.id)
    assert (await withdraw(house, MAKER, plan, gone["id"])).status_code == 200
    await plan.walk("submit", "approve")
    snapshots = house.scalars(
        select(DossierSnapshot.content).where(col(DossierSnapshot.dossier_id) == UUID(plan.id))
    )
    told = [json.loads(content)["files"] for content in snapshots]
    assert (
        told
        == [
            [
                {
                    "id": stays["id"],
                    "name": stays["name"],
                    "kind": "conclusion",
                    "meeting_id": None,
                    "step": None,
                    "sha256": stays["sha256"],
                }
            ]
        ]
        * 2
    )


async def test_bytes_that_were_exchanged_are_not_given_out(house: House, plan: Dossier) -> None:
    found = await kept(house, plan.id)
    with Session(writing(house.engine)) as session:
        session.execute(
            update(FileContent).where(col(FileContent.file_id) == UUID(found["id"])).values(content=kit.pdf())
        )
        session.commit()
    answer = await fetch(house, APPROVER, f"/{found['id']}/content")
    assert is_problem(answer, 409), answer.text
    assert "SHA-256" in answer.json()["detail"]


async def test_whoever_puts_files_there_does_not_decide(house: House, plan: Dossier) -> None:
    account(house, "both", ("org_officer", "meo-vac"), ("approver", "meo-vac"))
    assert (await put(house, "both", paper(plan.id))).status_code == 201
    await plan.walk("submit")
    await plan.refused("approve", "both", 403)
    await plan.walk("approve")


async def test_nobody_files_where_he_is_planned_himself(house: House, plan: Dossier) -> None:
    account(house, "own", ("org_officer", "meo-vac"), cadre=women_of("niem-son")[0])
    found = await kept(house, plan.id)
    before = stored(house)
    assert is_problem(await put(house, "own", paper(plan.id)), 403)
    assert is_problem(await withdraw(house, "own", plan, found["id"]), 403)
    assert stored(house) == before
    assert (await fetch(house, "own", f"/{found['id']}/content")).status_code == 200


# --- withdrawn ---------------------------------------------------------------------------------------


async def test_what_is_withdrawn_is_kept_for_inspectors(house: House, plan: Dossier) -> None:
    found = await kept(house, plan.id)
    path = f"/{found['id']}"
    caller = await house.caller(MAKER)
    bare = await caller.post(f"{FILES}{path}/withdrawal", json={"reason": "Nhầm"})
    assert is_problem(bare, 428)
    assert is_problem(await withdraw(house, MAKER, plan, found["id"], version='"1"'), 412)
    for reason in ("", "  ", "-"):
        assert pointers(await withdraw(house, MAKER, plan, found["id"], reason=reason)) == ["/reason"]
    done = await withdraw(house, MAKER, plan, found["id"])
    assert done.status_code == 200, done.text
    assert done.headers["etag"] == plan.version
    told = done.json()["withdrawn"]
    assert told["reason"] == "Tải nhầm tệp"
    assert (await withdraw(house, MAKER, plan, found["id"])).status_code == 409
    for user in (MAKER, APPROVER):
        assert await listed(house, user, plan) == []
        assert is_problem(await fetch(house, user, path), 404)
        assert is_problem(await fetch(house, user, f"{path}/content"), 404)
    assert [row["withdrawn"] for row in await listed(house, INSPECTOR, plan)] == [told]
    assert (await fetch(house, INSPECTOR, f"{path}/content")).status_code == 200
    assert stored(house) == (1, 1, 1)
