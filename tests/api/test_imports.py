"""Imports over HTTP: the file's way through its states, what the pages need, what is refused."""

import asyncio
import io
from typing import Any
from zipfile import ZipFile

import httpx
import pytest
from anyio import to_thread
from sqlmodel import col, select

from app.models.audit import AuditEvent
from app.models.cadre import Cadre
from app.models.imports import Import
from app.services.imports.columns import COLUMNS
from app.services.imports.reading import Unreadable, read
from app.services.jobs import run_one
from tests import world
from tests.api.asking import Asked
from tests.api.conftest import API, House
from tests.api.importing import upload
from tests.api.walk import is_problem
from tests.conftest import TODAY
from tests.services.imports_kit import newcomer, table, xlsx

MEGABYTE = 1024 * 1024


async def send(caller: httpx.AsyncClient, asked: Asked) -> httpx.Response:
    """The answer to an upload."""
    return await caller.post(asked.path, **asked.parts)


async def done(house: House, caller: httpx.AsyncClient, key: str) -> dict[str, Any]:
    """The import once nothing works on it any more; its jobs are run here if nobody else does."""
    while True:
        found: dict[str, Any] = (await caller.get(f"{API}/imports/{key}")).json()
        if found["state"] not in {"uploaded", "validating", "committing"}:
            return found
        await to_thread.run_sync(run_one, house.engine, TODAY)
        await asyncio.sleep(0.05)


async def checked(house: House, caller: httpx.AsyncClient, content: bytes) -> dict[str, Any]:
    """A file sent and checked."""
    answer = await send(caller, upload(content, "can-bo.xlsx"))
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{API}/imports/{answer.json()['id']}"
    return await done(house, caller, answer.json()["id"])


async def committed(
    house: House, caller: httpx.AsyncClient, found: dict[str, Any], mode: str = "all"
) -> dict[str, Any]:
    """A checked file written."""
    answer = await caller.post(
        f"{API}/imports/{found['id']}/commit",
        json={"mode": mode},
        headers={"If-Match": f'"{found["version"]}"'},
    )
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "committing"
    return await done(house, caller, found["id"])


async def test_a_file_goes_its_way_and_shows_what_a_page_needs(house: House) -> None:
    caller = await house.caller("btc.meovac")
    good, bad = newcomer(), newcomer(sex="x")
    found = await checked(house, caller, xlsx([good, bad]))
    assert (found["state"], found["actions"]) == ("validated", ["commit_valid", "cancel"])
    assert found["counts"] == {
        "rows": 2, "new": 1, "updated": 0, "unchanged": 0, "warnings": 0, "errors": 1, "written": 0,
    }  # fmt: skip
    assert (found["job"]["state"], found["job"]["done"], found["job"]["total"]) == ("done", 2, 2)
    assert found["unit"]["name"] == "Huyện Mèo Vạc"
    rows = (await caller.get(f"{API}/imports/{found['id']}/rows?kind=error")).json()["items"]
    assert [(row["number"], row["cells"]["sex"], row["messages"][0]["column"]) for row in rows] == [
        (3, "x", "sex")
    ]
    job = (await caller.get(f"{API}/jobs/{found['job']['id']}")).json()
    assert job["subject_id"] == found["id"]
    written = await committed(house, caller, found, "valid")
    assert (written["state"], written["counts"]["written"], written["actions"]) == ("committed", 1, [])
    people = house.scalars(select(Cadre.full_name).where(col(Cadre.national_id) == good["national_id"]))
    assert people == ["Giàng Thị Mỷ"]


async def test_the_same_file_twice_changes_nothing(house: House) -> None:
    caller = await house.caller("btc.meovac")
    content = xlsx([newcomer(), newcomer()])
    await committed(house, caller, await checked(house, caller, content))
    again = await checked(house, caller, content)
    counts = again["counts"]
    assert (counts["new"], counts["updated"], counts["unchanged"], counts["errors"]) == (0, 0, 2, 0)
    assert again["actions"] == ["cancel"]
    refused = await caller.post(
        f"{API}/imports/{again['id']}/commit",
        json={"mode": "all"},
        headers={"If-Match": f'"{again["version"]}"'},
    )
    assert is_problem(refused, 409), refused.text


async def test_an_update_shows_old_and_new(house: House) -> None:
    caller = await house.caller("btc.meovac")
    row = newcomer(other_names="Mỷ")
    await committed(house, caller, await checked(house, caller, table([row])))
    found = await checked(house, caller, table([row | {"other_names": "Mỷ Lớn"}]))
    assert found["counts"]["updated"] == 1
    rows = (await caller.get(f"{API}/imports/{found['id']}/rows?kind=updated")).json()["items"]
    assert rows[0]["changes"] == [
        {"column": "other_names", "header": "Tên khác", "old": "Mỷ", "new": "Mỷ Lớn"}
    ]


async def test_all_or_nothing_refuses_a_file_with_an_error(house: House) -> None:
    caller = await house.caller("btc.meovac")
    before = len(house.scalars(select(Cadre.id)))
    found = await checked(house, caller, table([newcomer(), newcomer(sex="x")]))
    answer = await caller.post(
        f"{API}/imports/{found['id']}/commit",
        json={"mode": "all"},
        headers={"If-Match": f'"{found["version"]}"'},
    )
    assert is_problem(answer, 409), answer.text
    assert len(house.scalars(select(Cadre.id))) == before


async def test_a_cancelled_import_writes_nothing(house: House) -> None:
    caller = await house.caller("btc.meovac")
    found = await checked(house, caller, table([newcomer()]))
    headers = {"If-Match": f'"{found["version"]}"'}
    answer = await caller.post(f"{API}/imports/{found['id']}/cancel", headers=headers)
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled"), answer.text
    for path, body in (("commit", {"mode": "all"}), ("cancel", None)):
        after = {"If-Match": answer.headers["etag"]}
        refused = await caller.post(f"{API}/imports/{found['id']}/{path}", json=body, headers=after)
        assert is_problem(refused, 409), refused.text
        stale = await caller.post(f"{API}/imports/{found['id']}/{path}", json=body, headers=headers)
        assert is_problem(stale, 412), stale.text
        missing = await caller.post(f"{API}/imports/{found['id']}/{path}", json=body)
        assert is_problem(missing, 428), missing.text


async def test_faulty_rows_come_back_and_can_be_sent_again(house: House) -> None:
    caller = await house.caller("btc.meovac")
    found = await checked(house, caller, table([newcomer(), newcomer(sex="x", other_names="=1+1")]))
    answer = await caller.get(f"{API}/imports/{found['id']}/errors.xlsx")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="dong-loi.xlsx"'
    with ZipFile(io.BytesIO(answer.content)) as book:
        texts = book.read("xl/sharedStrings.xml").decode()
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode().split("<dataValidations")[0]
    assert "'=1+1" in texts
    assert "Giới tính: Không có trong danh mục. Chấp nhận: Nữ, Nam." in texts
    again = await checked(house, caller, answer.content)
    assert (again["counts"]["rows"], again["counts"]["errors"]) == (1, 1)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
async def test_the_template_holds_every_header_and_is_read_back(house: House, kind: str) -> None:
    caller = await house.caller("btc.meovac")
    answer = await caller.get(f"{API}/imports/template?format={kind}")
    assert answer.status_code == 200
    with pytest.raises(Unreadable, match="không có dòng dữ liệu"):
        read(answer.content)
    described = (await caller.get(f"{API}/imports/columns")).json()["items"]
    assert [column["header"] for column in described] == [column.header for column in COLUMNS]
    if kind == "xlsx":
        with ZipFile(io.BytesIO(answer.content)) as book:
            sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert sheet.count("<dataValidation ") == sum(column["kind"] == "choice" for column in described)
    for column in described:
        assert bool(column["accepted"]) == (column["kind"] == "choice")


async def test_what_is_sent_is_bounded(house: House) -> None:
    caller = await house.caller("btc.meovac")
    over = await send(caller, upload(b"x" * (22 * MEGABYTE)))
    assert is_problem(over, 413), over.text
    large = await caller.post(f"{API}/cadres", content=b" " * (MEGABYTE + 1))
    assert is_problem(large, 413), large.text

    async def grow() -> Any:  # noqa: ANN401 - an async generator
        for _ in range(24):
            yield b"x" * MEGABYTE

    chunked = await caller.post(
        f"{API}/imports", content=grow(), headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert is_problem(chunked, 413), chunked.text
    stranger = await house.caller(None)
    for header in ({}, {"Authorization": "Bearer nonsense"}, {"Cookie": "sid=nonsense"}):
        stranger.headers.update(header)
        unsigned = await send(stranger, upload(b"x" * (2 * MEGABYTE)))
        assert is_problem(unsigned, 413), unsigned.text
        assert unsigned.headers["x-request-id"]


async def test_a_preview_shows_nobody_whom_the_reader_may_not_see(house: House) -> None:
    """The rows lie with the unit of the import; the province's officer read further than the district's."""
    province, district = await house.caller("btc.tinh"), await house.caller("btc.meovac")
    stranger = newcomer()
    made = await checked(house, province, table([stranger]))
    await committed(house, province, made)
    theirs = house.scalars(select(Cadre).where(col(Cadre.national_id) == stranger["national_id"]))[0]
    theirs.unit_id, theirs.full_name = world.unit("dong-van"), "Sùng Thị Riêng"
    house.write(theirs)
    rows = [stranger, newcomer()]
    sent = upload(table(rows), unit_id=str(world.unit("meo-vac")))
    key = (await send(province, sent)).json()["id"]
    await done(house, province, key)
    for caller, sees in ((province, True), (district, False)):
        answer = await caller.get(f"{API}/imports/{key}/rows")
        told = answer.json()["items"][0]
        assert (told["cadre_id"] == str(theirs.id)) is sees
        assert bool(told["changes"]) is sees
        assert ("Sùng Thị Riêng" in answer.text) is sees
        if not sees:
            assert [one["detail"].partition(":")[0] for one in told["messages"]] == [
                "Hồ sơ của người này ngoài phạm vi của tài khoản"
            ]


async def test_a_large_file_of_another_kind_is_refused_by_its_content(house: House) -> None:
    caller = await house.caller("btc.meovac")
    answer = await send(caller, upload(b"\x89PNG\r\n\x1a\n" + bytes(3 * MEGABYTE), "can-bo.xlsx"))
    assert is_problem(answer, 422), answer.text
    assert house.scalars(select(Import.id)) == []


async def test_a_form_with_other_fields_is_refused(house: House) -> None:
    caller = await house.caller("btc.meovac")
    answer = await send(caller, upload(None, khong_co="1"))
    assert is_problem(answer, 422), answer.text
    wrong = await send(caller, upload(None, kind="people"))
    assert is_problem(wrong, 422), wrong.text
    elsewhere = await caller.post(f"{API}/imports", json={"kind": "cadres"})
    assert is_problem(elsewhere, 422), elsewhere.text


async def test_another_district_sees_nothing_of_it(house: House) -> None:
    caller = await house.caller("btc.meovac")
    found = await checked(house, caller, table([newcomer()]))
    other = await house.caller("btc.dongvan")
    for path in (
        f"imports/{found['id']}",
        f"imports/{found['id']}/rows",
        f"imports/{found['id']}/errors.xlsx",
        f"jobs/{found['job']['id']}",
        f"files/{found['file']['id']}",
        f"files/{found['file']['id']}/content",
    ):
        answer = await other.get(f"{API}/{path}")
        assert is_problem(answer, 404), answer.text
    assert (await other.get(f"{API}/imports")).json()["items"] == []
    province = await house.caller("btc.tinh")
    assert [one["id"] for one in (await province.get(f"{API}/imports")).json()["items"]] == [found["id"]]


async def test_each_step_stands_in_the_audit(house: House) -> None:
    caller = await house.caller("btc.meovac")
    content = table([newcomer()])
    found = await checked(house, caller, content)
    await committed(house, caller, found)
    sent = await caller.get(f"{API}/files/{found['file']['id']}/content")
    assert sent.content == content
    await caller.get(f"{API}/imports/{found['id']}/rows")
    await caller.get(f"{API}/imports/{found['id']}/errors.xlsx")
    events = house.rows(
        select(AuditEvent.action, AuditEvent.outcome, AuditEvent.actor)
        .where(col(AuditEvent.object_id).in_((found["id"], found["file"]["id"])))
        .order_by(col(AuditEvent.id))
    )
    assert {actor for *_, actor in events} == {"btc.meovac"}
    assert sorted(action for action, outcome, _ in events if outcome == "done") == sorted(
        [
            "import.upload",
            "file.upload",
            "import.check",
            "import.validate",
            "import.commit_begin",
            "import.commit",
        ]
    )
    assert [action for action, outcome, _ in events if outcome == "read"] == [
        "file.download",
        "import.rows",
        "import.errors",
    ]


async def test_national_ids_stay_out_of_log_and_address(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    caller = await house.caller("btc.meovac")
    rows = [newcomer(), newcomer(sex="x")]
    await committed(house, caller, await checked(house, caller, table(rows)), "valid")
    for row in rows:
        assert row["national_id"] not in caplog.text
