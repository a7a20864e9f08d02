"""The command, on a database of the test's own: inspection tokens, signing keys, the demo's folder."""

import os
import shutil
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, create_engine
from sqlmodel import Session, SQLModel, col, select
from typer.testing import CliRunner, Result

from app import cli
from app.main import create_app
from app.models.access import AccessToken, KeyState, Principal, SigningKey
from app.models.audit import AuditEvent
from app.models.base import HANOI, utc_now
from app.services import passwords
from app.services.errors import Invalid, NotFound
from app.settings import Settings
from tests import world
from tests.conftest import SqliteCluster, fill_world

Run = Callable[..., Result]


@pytest.fixture
def run(world_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Types a command, as if the settings stood in the environment."""
    given = {
        "DATA_DIR": str(world_settings.data_dir),
        "DATABASE_URL": world_settings.database_url,
        "DEMO": "true",
        "TODAY": str(world_settings.today),
    }
    for name in os.environ:
        if name.startswith("THENCHOT_"):
            monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(f"THENCHOT_{name}", value)
    return lambda *words: CliRunner().invoke(cli.app, list(words))


def rows(engine: Engine, table: type[SQLModel]) -> list[SQLModel]:
    """Every row of a table, whoever owns it."""
    with Session(engine, expire_on_commit=False) as session:
        return list(session.exec(select(table)).all())


def day(distance: int) -> str:
    """A day by the real calendar, so many days from today."""
    return (utc_now().astimezone(HANOI).date() + timedelta(days=distance)).isoformat()


# --- inspection tokens -------------------------------------------------------------------------------


async def test_a_token_from_the_console_opens_the_api(
    run: Run, world_settings: Settings, world_engine: Engine
) -> None:
    issued = run("token", "issue", "--expires-on", day(7), "--reason", "Thanh tra", "--unit", "027")
    assert issued.exit_code == 0, issued.output
    secret = issued.output.strip()
    row = rows(world_engine, AccessToken)[0]
    assert isinstance(row, AccessToken)
    assert (row.unit_id, row.issued_by, row.reason) == (world.unit("meo-vac"), None, "Thanh tra")
    app = create_app(world_settings)
    headers = {"Authorization": f"Bearer {secret}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as caller,
    ):
        me = await caller.get("/api/v1/me", headers=headers)
        assert (me.status_code, me.json()["kind"]) == (200, "inspection")
        listed = run("token", "list")
        assert listed.output.split("\t")[:3] == [str(row.id), "active", day(7)]
        assert secret not in listed.output
        assert run("token", "revoke", str(row.id)).exit_code == 0
        assert (await caller.get("/api/v1/me", headers=headers)).status_code == 401
    assert "revoked" in run("token", "list").output
    with Session(world_engine) as session:
        told = session.exec(
            select(AuditEvent.action, AuditEvent.actor).where(col(AuditEvent.object_id) == str(row.id))
        ).all()
    assert [tuple(one) for one in told] == [
        ("access_token.issue", "system"),
        ("access_token.revoke", "system"),
    ]


def test_what_the_console_will_not_issue(run: Run, world_engine: Engine) -> None:
    late = run("token", "issue", "--expires-on", day(91), "--reason", "Thanh tra")
    assert isinstance(late.exception, Invalid)
    assert run("token", "issue", "--expires-on", "1/9/24", "--reason", "Thanh tra").exit_code == 2
    assert run("token", "issue", "--expires-on", day(1), "--reason", "x" * 9, "--unit", "zz").exit_code == 1
    assert isinstance(run("token", "revoke", str(world.unit("tinh"))).exception, NotFound)
    assert rows(world_engine, AccessToken) == []


# --- signing keys ------------------------------------------------------------------------------------


def states(engine: Engine) -> dict[str, KeyState]:
    """Each key's state."""
    return {row.kid: row.state for row in rows(engine, SigningKey) if isinstance(row, SigningKey)}


def test_keys_are_rotated_listed_and_stopped(
    run: Run, world_engine: Engine, world_settings: Settings
) -> None:
    assert run("keys", "list").output == ""
    first = run("keys", "rotate").output.split()[-1]
    second = run("keys", "rotate").output.split()[-1]
    found = states(world_engine)
    assert first != second
    assert (found[first], found[second]) == (KeyState.RETIRING, KeyState.ACTIVE)
    listed = [line.split("\t")[:2] for line in run("keys", "list").output.splitlines()]
    assert dict(listed) == {kid: str(state) for kid, state in found.items()}
    assert run("keys", "revoke", second).exit_code == 0
    assert states(world_engine)[second] == KeyState.REVOKED
    held = {path.stem for path in (world_settings.data_dir / "keys").iterdir()}
    assert second not in held
    assert first in held
    unknown = run("keys", "revoke", "khong-co")
    assert (unknown.exit_code, "Không có khóa này" in str(unknown.output)) == (1, True)


# --- the demo's folder -------------------------------------------------------------------------------


@pytest.mark.parametrize("option", [False, True], ids=["environment", "option"])
def test_the_demo_lies_where_it_is_told_to(
    sqlite_cluster: SqliteCluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    option: bool,  # noqa: FBT001 - a case of the test
) -> None:
    """In the folder of the environment; one that is named on the command line goes before it."""
    sqlite_cluster.template("world", fill_world)
    for place in ("given", "named"):
        folder = tmp_path / place
        folder.mkdir()
        shutil.move(sqlite_cluster.copy("world").removeprefix("sqlite:///"), folder / "thenchot.db")
    monkeypatch.setenv("THENCHOT_DATA_DIR", str(tmp_path / "given"))
    monkeypatch.setenv("THENCHOT_DEMO_PASSWORD", "mat khau rieng cua ban mau")
    words = ["--data-dir", str(tmp_path / "named")] if option else []
    found = CliRunner().invoke(cli.app, ["demo", "--prepare", *words])
    assert found.exit_code == 0, found.output
    follows = {place: _password_follows(tmp_path / place) for place in ("given", "named")}
    assert follows == {"given": not option, "named": option}


def _password_follows(folder: Path) -> bool:
    """Whether the demo there has taken its password from the environment."""
    engine = create_engine(f"sqlite:///{folder / 'thenchot.db'}")
    with Session(engine) as session:
        stored = session.exec(select(Principal.password_hash).where(Principal.username == "btc.tinh")).one()
    engine.dispose()
    return passwords.matches("mat khau rieng cua ban mau", stored)


# --- a new installation ------------------------------------------------------------------------------


@pytest.fixture
def empty(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command on a folder that nobody has used."""
    monkeypatch.setenv("THENCHOT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("THENCHOT_DATABASE_URL", "")
    assert run("migrate").exit_code == 0
    return run


ROOT = ("--code", "02", "--since", "2010-01-01", "--number", "1/NQ", "--issuer", "Quốc hội")


def test_a_new_installation_is_entered_by_its_first_accounts(empty: Run) -> None:
    lone = empty("user", "add", "btc.tinh", "Ban Tổ chức", "--role", "org_officer")
    assert lone.exit_code != 0
    assert empty("unit", "root", "Tỉnh Hà Giang", *ROOT).exit_code == 0
    again = empty("unit", "root", "Tỉnh Tuyên Quang", *ROOT)
    assert again.exit_code != 0
    assert "Đã có đơn vị" in again.output
    added = CliRunner().invoke(
        cli.app,
        ["user", "add", "btc.tinh", "Ban Tổ chức", "--role", "org_officer"],
        input="một câu đủ dài để nhớ\n",
    )
    assert added.exit_code == 0, added.output


def test_a_port_in_use_is_told_before_anything_is_built(run: Run, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        told = run("demo", "--port", port, "--data-dir", str(tmp_path / "demo"))
    assert told.exit_code != 0
    assert f"Cổng {port} đang có chương trình khác dùng" in told.output
    assert not (tmp_path / "demo").exists()
