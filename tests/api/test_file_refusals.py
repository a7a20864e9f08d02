"""What is refused of an upload, by its own word, with nothing written; and what is kept once."""

from datetime import timedelta
from uuid import uuid4

import anyio
import pytest
from sqlmodel import col, select

from app.models.access import IdempotencyKey, RoleGrant
from tests import world
from tests.api.conftest import House
from tests.api.dossier import Dossier
from tests.api.filing import kept, meeting_of, paper, put, stored, voted, withdraw
from tests.api.walk import is_problem, pointers
from tests.conftest import TODAY
from tests.services import papers_kit as kit

MEGABYTE = 1024 * 1024
MAKER, APPROVER, INSPECTOR = "btc.meovac", "btv.meovac", "ubkt.tinh"


@pytest.fixture
async def plan(house: House) -> Dossier:
    """A draft of Niêm Sơn with one woman, voted on in every meeting."""
    return await voted(house)


# --- refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "name", "word"),
    [
        (b"<html><script>alert(1)</script></html>", "bien-ban.pdf", "Chỉ nhận PDF"),
        (b"MZ" + bytes(99), "bien-ban.pdf", "Chỉ nhận PDF"),
        (b"", "bien-ban.pdf", "Tệp trống"),
        (kit.pdf()[:-12], "bien-ban.pdf", "không trọn vẹn"),
        (kit.pdf(), "bien-ban.exe", "nhưng nội dung là PDF"),
        (kit.office(parts={"word/vbaProject.bin": b"x"}), "kl.docx", "macro"),
        (kit.pdf(), "a\u202efdp.pdf", "ký tự điều khiển"),
        (kit.pdf(), "a" * 201 + ".pdf", "200 ký tự"),
    ],
)
async def test_what_is_no_paper_is_refused_by_its_word(
    house: House, plan: Dossier, content: bytes, name: str, word: str
) -> None:
    before, version = stored(house), plan.version
    answer = await put(house, MAKER, paper(plan.id, content, name))
    assert is_problem(answer, 422), answer.text
    assert pointers(answer) == ["/file"]
    assert word in answer.json()["errors"][0]["detail"]
    assert (stored(house), plan.version) == (before, version)


@pytest.mark.parametrize(
    ("sent", "pointer"),
    [
        ({"kind": "novel"}, "/kind"),
        ({"dossier_type": "novel"}, "/dossier_type"),
        ({"dossier_id": "x"}, "/dossier_id"),
        ({"meeting_id": str(uuid4())}, "/meeting_id"),
        ({"step": "1"}, "/step"),
        ({"document_number": "1\0"}, "/document_number"),
        ({"document_number": "1" * 121}, "/document_number"),
        ({"document_date": (TODAY + timedelta(days=1)).isoformat()}, "/document_date"),
        ({"document_date": "hôm nay"}, "/document_date"),
        ({"nobody": "1"}, "/nobody"),
    ],
)
async def test_what_is_said_of_it_is_checked(
    house: House, plan: Dossier, sent: dict[str, str], pointer: str
) -> None:
    before = stored(house)
    asked = paper(plan.id)
    assert asked.form is not None
    asked.form["data"] |= sent
    answer = await put(house, MAKER, asked)
    assert is_problem(answer, 422), answer.text
    assert pointers(answer) == [pointer]
    assert stored(house) == before


async def test_a_meeting_of_another_plan_is_none_of_this_one(house: House, plan: Dossier) -> None:
    other = await Dossier.opened(house, period="2025-2030")
    answer = await put(house, MAKER, paper(other.id, meeting_id=meeting_of(house, plan)))
    assert pointers(answer) == ["/meeting_id"]


async def test_twenty_megabytes_are_taken_and_a_byte_more_is_not(house: House, plan: Dossier) -> None:
    whole = b"%PDF-1.4\n" + bytes(20 * MEGABYTE - 15) + b"%%EOF\n"
    assert len(whole) == 20 * MEGABYTE
    assert (await put(house, MAKER, paper(plan.id, whole))).status_code == 201
    before = stored(house)
    more = await put(house, MAKER, paper(plan.id, whole[:9] + b"\0" + whole[9:]))
    assert is_problem(more, 422), more.text
    assert pointers(more) == ["/file"]
    much = await put(house, MAKER, paper(plan.id, whole + bytes(2 * MEGABYTE)))
    assert is_problem(much, 413), much.text
    assert stored(house) == before


async def test_a_dossier_takes_no_more_than_its_room(house: House, plan: Dossier) -> None:
    state = house.app.state
    state.settings = state.settings.model_copy(update={"files_per_dossier_mb": 1})
    large = b"%PDF-1.4\n" + bytes(MEGABYTE - 2000) + b"%%EOF\n"
    first = await put(house, MAKER, paper(plan.id, large))
    assert first.status_code == 201, first.text
    assert (await withdraw(house, MAKER, plan, first.json()["id"])).status_code == 200
    before = stored(house)
    full = await put(
        house, MAKER, paper(plan.id, large + b"%%EOF\n" + bytes(1000) + b"%%EOF\n" + bytes(1000))
    )
    assert is_problem(full, 409), full.text
    assert "nhiều nhất là 1 MB" in full.json()["detail"]
    assert stored(house) == before
    assert (await put(house, MAKER, paper(plan.id))).status_code == 201


async def test_the_same_file_stands_once_in_one_place(house: House, plan: Dossier) -> None:
    content = kit.pdf()
    first = await kept(house, plan.id, content=content, name="Bản đầu.pdf")
    again = await put(house, MAKER, paper(plan.id, content, "Bản khác.pdf", kind="other"))
    assert is_problem(again, 409), again.text
    assert "«Bản đầu.pdf»" in again.json()["detail"]
    elsewhere = paper(plan.id, content, meeting_id=meeting_of(house, plan))
    assert (await put(house, MAKER, elsewhere)).status_code == 201
    assert is_problem(await put(house, MAKER, elsewhere), 409)
    assert (await withdraw(house, MAKER, plan, first["id"])).status_code == 200
    assert (await put(house, MAKER, paper(plan.id, content))).status_code == 201


async def test_a_repeated_upload_is_one_and_its_bytes_are_kept_once(house: House, plan: Dossier) -> None:
    asked = paper(plan.id)
    key = {"Idempotency-Key": "tep-mot-lan"}
    first = await put(house, MAKER, asked, **key)
    again = await put(house, MAKER, asked, **key)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert stored(house)[2] == 1
    row = house.scalars(select(IdempotencyKey).where(col(IdempotencyKey.key) == "tep-mot-lan"))[0]
    assert row.body == first.content
    other = await put(house, MAKER, paper(plan.id), **key)
    assert is_problem(other, 422)
    moved = house.scalars(select(RoleGrant).where(col(RoleGrant.principal_id) == row.principal_id))
    for one in moved:
        one.unit_id = world.unit("dong-van")
        house.write(one)
    assert is_problem(await put(house, MAKER, asked, **key), 404)


async def test_many_at_once_keep_one(house: House, plan: Dossier) -> None:
    content = kit.pdf()
    answers: list[int] = []

    async def send() -> None:
        answers.append((await put(house, MAKER, paper(plan.id, content))).status_code)

    async with anyio.create_task_group() as group:
        for _ in range(6):
            group.start_soon(send)
    assert sorted(answers) == [201, *[409] * 5]
    assert stored(house)[2] == 1
