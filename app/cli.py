"""The command `thenchot`: serve, demo, migrate, worker, unit, user, token, keys, check-law."""

import getpass
import logging
import secrets
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
import uvicorn
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlmodel import col, select

from app.api.deps import business_day
from app.main import create_app
from app.models.access import AccessTokenCreate, Principal, SigningKey
from app.models.unit import LegalBasis, Level, UnitCreate, UnitForm, UnitKind, UnitVersion
from app.services import access, passwords
from app.services import unit as units
from app.services.access import inspection
from app.services.database import analyze, at_head, build_engine, migrate, writing
from app.services.dated import live
from app.services.errors import DomainError
from app.services.jobs import Runner
from app.services.law import inventory
from app.services.paging import Page
from app.services.scope import ROLES, Scope, ScopedSession, guard_engine
from app.services.tokens import Keyring
from app.settings import Settings

BASELINE = date(2021, 12, 31)
"""The day the demo is pinned to (domain §0)."""

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
unit_command = typer.Typer(no_args_is_help=True, help="The unit that all others lie beneath.")
app.add_typer(unit_command, name="unit")
user = typer.Typer(no_args_is_help=True, help="Accounts of persons.")
app.add_typer(user, name="user")
token = typer.Typer(no_args_is_help=True, help="Inspection tokens: read-only, of one unit, 90 days at most.")
app.add_typer(token, name="token")
keys = typer.Typer(no_args_is_help=True, help="Keys that access tokens are signed with.")
app.add_typer(keys, name="keys")


def main() -> None:
    """Runs the command; a refused value or a broken setting is one line, not a traceback."""
    try:
        app()
    except DomainError as error:
        sys.exit(error.detail)
    except ValidationError as error:
        lines = [f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}" for item in error.errors()]
        sys.exit("Thiết lập chưa đúng:\n  " + "\n  ".join(lines))


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (THENCHOT_HOST)")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (THENCHOT_PORT)")] = None,
    api_url: Annotated[str | None, typer.Option(help="Only pages, over the API at this address")] = None,
) -> None:
    """Serves API and pages; the database must be migrated."""
    given = {"host": host, "port": port, "api_base_url": api_url}
    settings = Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    _require_head(settings)
    _require_port(settings)
    _serve(settings)


@app.command("migrate")
def migrate_command() -> None:
    """Brings the database to the newest migration."""
    settings = Settings()
    migrate(settings)
    typer.echo("Cơ sở dữ liệu đã ở phiên bản mới nhất.")


@app.command()
def demo(
    port: Annotated[int, typer.Option(envvar="THENCHOT_PORT", help="Port to listen on")] = 8000,
    data_dir: Annotated[
        Path, typer.Option(envvar="THENCHOT_DATA_DIR", help="Folder of the demo's database")
    ] = Path("var/demo"),
    prepare: Annotated[bool, typer.Option("--prepare", help="Migrate and seed, don't serve")] = False,
) -> None:
    """The demo province, pinned to 31/12/2021: migrated, seeded if empty, served."""
    settings = Settings(demo=True, today=BASELINE, data_dir=data_dir, port=port)
    if not prepare:
        _require_port(settings)
    started = time.perf_counter()
    migrate(settings)
    engine = build_engine(settings)
    guard_engine(engine)
    try:
        _seed_if_empty(settings, engine)
    finally:
        engine.dispose()
    if prepare:
        return
    typer.echo(
        f"Sẵn sàng sau {time.perf_counter() - started:.1f} giây. Mở http://{settings.host}:{settings.port}"
    )
    typer.echo(
        "Tài khoản: btc.tinh, btv.tinh, ubkt.tinh, btc.dongvan, btc.meovac, … (xem README). Ctrl-C để dừng."
    )
    _serve(settings)


def _seed_if_empty(settings: Settings, engine: Engine) -> None:
    from app.demo import accounts, seed

    with ScopedSession(writing(engine), Scope.house(BASELINE, "demo.seed")) as session:
        given = settings.demo_password.get_secret_value() if settings.demo_password else None
        if session.execute(select(UnitVersion.row_id).limit(1)).first() is not None:
            if given is not None:
                _set_demo_passwords(session, given, tuple(username for username, *_ in accounts.ACCOUNTS))
                session.commit()
            else:
                typer.echo(
                    "Mật khẩu tài khoản mẫu: đã in ở lần chạy đầu (đặt lại bằng THENCHOT_DEMO_PASSWORD)."
                )
            return
        typer.echo("Đang dựng tỉnh mẫu 30.483 người, lần đầu mất một đến hai phút …")
        password = given or secrets.token_urlsafe(12)
        seed.seed(session, settings, password, passwords.digest)
        session.commit()
    analyze(engine)
    if given is None:
        typer.echo(f"Mật khẩu của mọi tài khoản mẫu (chỉ in lần này): {password}")


def _set_demo_passwords(session: ScopedSession, password: str, usernames: tuple[str, ...]) -> None:
    """The demo's accounts follow THENCHOT_DEMO_PASSWORD; only those whose password differs are touched."""
    for person in session.scalars(select(Principal).where(col(Principal.username).in_(usernames))).all():
        if not passwords.matches(password, person.password_hash):
            person.password_hash = passwords.digest(password)
            session.add(person)
    session.flush()


@app.command()
def worker() -> None:
    """Runs the background work alone, for servers that only answer requests."""
    settings = Settings()
    _require_head(settings)
    engine = build_engine(settings)
    guard_engine(engine)
    runner = Runner(engine, lambda: business_day(settings))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    runner.start()
    try:
        runner.join()
    except (KeyboardInterrupt, SystemExit):
        runner.stop()
    finally:
        engine.dispose()


@app.command("check-law")
def check_law() -> None:
    """Prints the inventory of clauses with what binds each; fails if one is bound to nothing."""
    typer.echo(inventory.render())
    problems = inventory.check()
    for problem in problems:
        typer.echo(f"lỗi: {problem}", err=True)
    if problems:
        raise typer.Exit(1)


@unit_command.command("root")
def add_root(
    name: Annotated[str, typer.Argument(help="Name of the province, e.g. «Tỉnh Hà Giang»")],
    code: Annotated[str, typer.Option(help="Its code")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The day its record begins")],
    number: Annotated[str, typer.Option(help="Number of the document it stands on")],
    issuer: Annotated[str, typer.Option(help="Who issued that document")],
) -> None:
    """The province of a new installation: accounts hold their roles at it, all other units lie beneath."""
    with _console("unit.root") as (_, session):
        if session.execute(select(UnitVersion.row_id).limit(1)).first() is not None:
            sys.exit("Đã có đơn vị trong cơ sở dữ liệu; các đơn vị khác lập qua API hoặc trang Đơn vị.")
        data = UnitCreate(
            name=name,
            code=code,
            level=Level.PROVINCE,
            form=UnitForm.TERRITORY,
            kind=UnitKind.PROVINCE,
            type="tinh",
            plans_for_itself=True,
            valid_from=since.date(),
            basis=LegalBasis(number=number, issuer=issuer),
        )
        units.create(session, data=data)
    typer.echo(f"Đã lập {name}. Tiếp theo: thenchot user add …")


@user.command("add")
def add_user(
    username: Annotated[str, typer.Argument(help="ASCII, e.g. btc.vixuyen")],
    display_name: Annotated[str, typer.Argument(help="Name shown on screen")],
    role: Annotated[str, typer.Option(help="Role to grant: " + ", ".join(sorted(ROLES)))] = "sysadmin",
    unit: Annotated[
        str | None, typer.Option(help="Code of the unit the role holds at; default: the root")
    ] = None,
) -> None:
    """The first accounts of an installation; later ones are proposed and confirmed by two persons."""
    if role not in ROLES or role in {"self", "service"}:
        sys.exit(f"Không có vai trò {role}.")
    with _console("account.create") as (_, session):
        password = (
            getpass.getpass("Mật khẩu (ít nhất 12 ký tự): ")
            if sys.stdin.isatty()
            else sys.stdin.readline().strip()
        )
        person = access.create_user(session, username=username, display_name=display_name, password=password)
        access.give_grant(
            session, person, role=role, valid_from=session.scope.today, unit_id=_unit(session, unit)
        )
    typer.echo(f"Đã tạo tài khoản {username} với vai trò {role}.")


@token.command("issue")
def issue_token(
    expires_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Last day, within 90 days")],
    reason: Annotated[str, typer.Option(help="Why, for the audit log")],
    unit: Annotated[str | None, typer.Option(help="Code of the unit; default: the root")] = None,
) -> None:
    """Issues an inspection token and prints it, this once."""
    with _console("access_token.issue") as (_, session):
        data = AccessTokenCreate(unit_id=_unit(session, unit), expires_on=expires_on.date(), reason=reason)
        _, secret = inspection.issue(session, data=data)
    typer.echo(secret)


@token.command("list")
def list_tokens() -> None:
    """Lists the newest 200 inspection tokens: id, state, last day, unit, reason."""
    with _console("access_token.list") as (_, session):
        for row in inspection.list_(session, page=Page(limit=200, sort="-issued_at")).rows:
            told = (row["id"], row["state"], row["expires_on"], row["unit"]["name"], row["reason"])
            typer.echo("\t".join(map(str, told)))


@token.command("revoke")
def revoke_token(
    token_id: Annotated[UUID, typer.Argument(help="Id, as `thenchot token list` prints it")],
) -> None:
    """Takes an inspection token back: its next request is refused."""
    with _console("access_token.revoke") as (_, session):
        inspection.revoke(session, token_id)
    typer.echo("Đã thu hồi mã kiểm tra.")


@keys.command("list")
def list_keys() -> None:
    """Lists the signing keys, oldest first: kid, state, when it was made."""
    with _console("keys.list") as (_, session):
        for row in session.exec(select(SigningKey).order_by(col(SigningKey.created_at), col(SigningKey.kid))):
            typer.echo(f"{row.kid}\t{row.state}\t{row.created_at:%Y-%m-%dT%H:%M:%SZ}")


@keys.command("rotate")
def rotate_keys() -> None:
    """The next key signs from now on; the one before verifies until its last token has ended."""
    with _console("keys.rotate") as (settings, session):
        kid = Keyring(settings).rotate(session)
    typer.echo(f"Khóa ký hiện nay: {kid}")


@keys.command("revoke")
def revoke_key(kid: Annotated[str, typer.Argument(help="Key id, as `thenchot keys list` prints it")]) -> None:
    """Stops a key at once: what it signed is refused, its people exchange their session for a new token."""
    with _console("keys.revoke") as (settings, session):
        try:
            Keyring(settings).revoke(session, kid)
        except KeyError:
            sys.exit("Không có khóa này. Xem: thenchot keys list")
    typer.echo(f"Đã thu hồi khóa {kid}.")


@contextmanager
def _console(because: str) -> Iterator[tuple[Settings, ScopedSession]]:
    """The house's own session on a migrated database, committed at the end."""
    settings = Settings()
    _require_head(settings)
    engine = build_engine(settings)
    guard_engine(engine)
    try:
        with ScopedSession(writing(engine), Scope.house(business_day(settings), because)) as session:
            yield settings, session
            session.commit()
    finally:
        engine.dispose()


def _unit(session: ScopedSession, code: str | None) -> UUID:
    statement = select(UnitVersion.unit_id).where(live(UnitVersion, session.scope.today))
    wanted = col(UnitVersion.parent_id).is_(None) if code is None else col(UnitVersion.code) == code
    found = session.scalars(statement.where(wanted)).all()
    if len(found) != 1:
        sys.exit("Không tìm thấy đúng một đơn vị với mã đó. Hãy tạo cây đơn vị trước, hoặc nêu mã khác.")
    return found[0]


def _require_head(settings: Settings) -> None:
    engine = build_engine(settings)
    try:
        if not at_head(engine):
            sys.exit("Cơ sở dữ liệu chưa ở phiên bản mới nhất. Hãy chạy: thenchot migrate")
    finally:
        engine.dispose()


def _require_port(settings: Settings) -> None:
    """Ends with what to do where another program listens already, before anything takes time."""
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            sys.exit(
                f"Cổng {settings.port} đang có chương trình khác dùng. Hãy chọn cổng khác, ví dụ "
                f"THENCHOT_PORT={settings.port + 1} (make demo PORT={settings.port + 1})."
            )


def _serve(settings: Settings) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
    try:
        uvicorn.Server(config).run()
    except KeyboardInterrupt:
        typer.echo("Đã dừng.")
