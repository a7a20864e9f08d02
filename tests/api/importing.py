"""Requests about imports, their jobs and their files: an upload, and what is asked of a checked one."""

from anyio import to_thread

from app.services.jobs import run_one
from tests.api.asking import Asked
from tests.api.conftest import API, House
from tests.conftest import TODAY
from tests.services.imports_kit import newcomer, table


def upload(content: bytes | None = None, name: str = "can-bo.csv", **data: str) -> Asked:
    """A file: of one new person, another one each time, if none is given."""
    asked = Asked("/imports")
    sent = table([newcomer()]) if content is None else content
    # One boundary: who sends a request again sends the same bytes.
    asked.headers = {"Content-Type": "multipart/form-data; boundary=one-and-the-same-7f3a"}
    asked.form = {"files": {"file": (name, sent, "text/csv")}, "data": {"kind": "cadres"} | data}
    return asked


async def imported(house: House, operation: str) -> Asked:
    """A request about imports: for one by id, a checked one of the province's."""
    path = operation.split()[1]
    if operation == "POST /imports":
        return upload()
    if "{" not in path:
        return Asked(path)
    officer = await house.caller("btc.tinh")
    sent = upload(table([newcomer(), newcomer()]))
    made = await officer.post(sent.path, headers=sent.headers, **sent.parts)
    assert made.status_code == 201, made.text
    here = f"{API}/imports/{made.json()['id']}"
    while (found := (await officer.get(here)).json())["state"] in {"uploaded", "validating"}:
        await to_thread.run_sync(run_one, house.engine, TODAY)
    ids = {"import_id": found["id"], "job_id": found["job"]["id"]}
    body = {"mode": "valid"} if path.endswith("/commit") else None
    version = f'"{found["version"]}"' if operation.startswith("POST") else None
    return Asked(path.format(**ids), body, version)
