"""Jobs: taken by one, held by a lease, let go; what was interrupted starts over or is open again."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.models.access import RoleGrant
from app.models.base import utc_now
from app.models.file import File, FileContent
from app.models.imports import CommitMode, ImportRow, ImportState
from app.models.job import Job, JobKind, JobState
from app.services import attachments, bulk, file, imports, job
from app.services.database import writing
from app.services.imports.checking import CHUNK
from app.services.job import LEASE, Stopped, Work, claim, is_dead, worker_name
from app.services.jobs import Runner, begin_day, run_one
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.conftest import TODAY
from tests.services.imports_kit import Desk, make_room, newcomer, rows_of, table


@pytest.fixture
def desk(world_engine: Engine) -> Desk:
    """The district's organisation office."""
    make_room(world_engine, quota=5_000)
    return Desk(world_engine)


def change(desk: Desk, **values: object) -> None:
    """Changes the last job past every check."""
    with Session(writing(desk.engine)) as session:
        row = session.scalars(select(Job).order_by(col(Job.id).desc())).first()
        assert row is not None
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        session.commit()


def taken(desk: Desk) -> Work:
    """The next job, claimed."""
    work = claim(desk.engine, TODAY)
    assert work is not None
    return work


def test_a_job_is_taken_once(desk: Desk) -> None:
    desk.upload(table([newcomer()]))
    assert taken(desk).interrupted is False
    assert claim(desk.engine, TODAY) is None


def test_a_lease_that_ran_out_goes_to_another_and_the_first_one_stops(desk: Desk) -> None:
    key = desk.upload(table([newcomer()]))
    first = taken(desk)
    change(desk, worker="elsewhere:1:1", lease_until=utc_now() + LEASE)
    assert claim(desk.engine, TODAY) is None
    change(desk, lease_until=utc_now() - timedelta(seconds=1))
    second = taken(desk)
    assert second.interrupted
    change(desk, worker="elsewhere:2:2")
    for lost in (first, second):
        with pytest.raises(Stopped):
            imports.check(lost)
    assert rows_of(desk, key) == []


def test_a_worker_that_died_is_known_at_once(desk: Desk) -> None:
    host, pid, born = worker_name().split(":")
    assert not is_dead(worker_name())
    assert is_dead(f"{host}:{pid}:{int(born) - 1}")
    assert is_dead(f"{host}:999999999:1")
    assert not is_dead("elsewhere:1:1")
    desk.upload(table([newcomer()]))
    taken(desk)
    change(desk, worker=f"{host}:999999999:1")
    assert taken(desk).interrupted


def test_a_check_that_was_interrupted_starts_over(desk: Desk) -> None:
    key = desk.upload(table([newcomer() for _ in range(CHUNK + 10)]))
    work = taken(desk)
    with work.house() as session:
        stale = {
            "import_id": key, "number": 2, "unit_id": desk.one(key).unit_id, "state": "new", "warned": False,
            "cadre_id": None, "raw": "{}", "parsed": "{}", "messages": None, "changes": None,
        }  # fmt: skip
        bulk.write(session, ImportRow, [stale])
        session.commit()
    change(desk, worker=f"{worker_name().split(':')[0]}:999999999:1")
    desk.work()
    row = desk.one(key)
    assert (row.state, row.rows, row.new) == (ImportState.VALIDATED, CHUNK + 10, CHUNK + 10), row.fault
    assert len(rows_of(desk, key)) == CHUNK + 10
    assert rows_of(desk, key)[0].raw != "{}"


def test_progress_stands_in_the_database_after_each_thousand(desk: Desk) -> None:
    key = desk.upload(table([newcomer() for _ in range(CHUNK + 10)]))
    desk.work()
    row = desk.scalars(select(Job).where(col(Job.subject_id) == key))[0]
    assert (row.state, row.done, row.total) == (JobState.DONE, CHUNK + 10, CHUNK + 10)


def test_a_cancelled_check_stops_at_its_next_step(desk: Desk) -> None:
    key = desk.upload(table([newcomer()]))
    work = taken(desk)
    with desk.session() as session:
        imports.cancel(session, key, desk.one(key).version)
        session.commit()
    with pytest.raises(Stopped):
        imports.check(work)
    change(desk, worker=f"{worker_name().split(':')[0]}:999999999:1")
    desk.work()
    assert desk.one(key).state == ImportState.CANCELLED
    assert desk.scalars(select(Job.state).where(col(Job.subject_id) == key)) == [JobState.CANCELLED]
    assert rows_of(desk, key) == []


def test_a_commit_that_was_interrupted_is_open_again(desk: Desk) -> None:
    row = desk.check(table([newcomer()]))
    with desk.session() as session:
        imports.ask_commit(session, row.id, row.version, mode=CommitMode.ALL)
        session.commit()
    taken(desk)
    change(desk, worker=f"{worker_name().split(':')[0]}:999999999:1")
    desk.work()
    after = desk.one(row.id)
    assert (after.state, after.mode) == (ImportState.VALIDATED, None)
    assert after.fault == "Máy chủ dừng khi đang ghi; chưa ghi gì. Hãy bấm ghi lại."
    assert desk.commit(row.id).written == 1


def test_grants_are_asked_again_when_it_commits(desk: Desk) -> None:
    row = desk.check(table([newcomer()]))
    with desk.session() as session:
        imports.ask_commit(session, row.id, row.version, mode=CommitMode.ALL)
        session.commit()
    with Session(writing(desk.engine)) as session:
        for grant in session.scalars(
            select(RoleGrant).where(col(RoleGrant.principal_id) == row.principal_id)
        ):
            grant.valid_to = TODAY
            session.add(grant)
        session.commit()
    desk.work()
    after = desk.one(row.id)
    assert after.state == ImportState.VALIDATED
    assert after.fault == "Người giao việc không còn quyền làm việc này."


def test_a_job_without_a_person_is_refused(desk: Desk) -> None:
    with (
        ScopedSession(writing(desk.engine), Scope.house(TODAY, "test")) as session,
        pytest.raises(Exception, match="cần một người giao"),
    ):
        job.enqueue(session, JobKind.IMPORT_CHECK, desk.upload(table([newcomer()])), world.unit("meo-vac"))


def test_nothing_in_line_is_nothing_done(desk: Desk) -> None:
    assert run_one(desk.engine, TODAY) is False


def test_uploads_go_after_thirty_days(desk: Desk) -> None:
    found = desk.check(table([newcomer()]))
    key = found.file_id
    begin_day(desk.engine, TODAY + timedelta(days=file.KEPT_DAYS - 1))
    assert desk.scalars(select(FileContent.content).where(col(FileContent.file_id) == key))[0]
    assert len(rows_of(desk, found.id)) == 1
    for _ in range(2):
        begin_day(desk.engine, TODAY + timedelta(days=file.KEPT_DAYS))
    assert desk.scalars(select(FileContent.content).where(col(FileContent.file_id) == key)) == [b""]
    assert desk.scalars(select(File.removed_at).where(col(File.id) == key))[0] is not None
    with desk.session("file:read") as session, pytest.raises(Exception, match="đã được xóa sau 30 ngày"):
        attachments.content(session, key)
    # What was read of them goes with them: it holds what they held.
    assert rows_of(desk, found.id) == []
    assert desk.one(found.id).state == ImportState.CANCELLED


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Cán bộ 2021.xlsx", "Cán bộ 2021.xlsx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Hồ sơ\\a.xlsx", "a.xlsx"),
        ('x".xlsx\r\nSet-Cookie: a=b', "x.xlsx Set-Cookie a=b"),
        ("", "tep"),
        ("a" * 300, "a" * 200),
    ],
)
def test_a_file_keeps_a_harmless_name(sent: str, kept: str) -> None:
    assert file.plain_name(sent) == kept


def test_the_runner_takes_what_is_in_line_until_it_is_stopped(desk: Desk) -> None:
    runner = Runner(desk.engine, lambda: TODAY)
    runner.start()
    try:
        key = desk.upload(table([newcomer()]))
        deadline = time.monotonic() + 60
        while desk.one(key).state != ImportState.VALIDATED and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        runner.stop()
    assert not runner.is_alive()
    assert desk.one(key).state == ImportState.VALIDATED


def looked_at(desk: Desk) -> bool:
    """Whether the planner of the database knows how many rows there are."""
    known = {
        "sqlite": "SELECT count(*) FROM sqlite_schema WHERE name = 'sqlite_stat1'",
        "postgresql": "SELECT count(last_analyze) FROM pg_stat_user_tables WHERE relname = 'cadre'",
    }
    with desk.engine.begin() as connection:
        found: int = connection.exec_driver_sql(known[desk.engine.dialect.name]).scalar_one()
    return found > 0


def test_the_database_looks_at_its_rows_every_day(desk: Desk) -> None:
    assert not looked_at(desk)
    begin_day(desk.engine, TODAY)
    assert looked_at(desk)


def test_the_database_looks_at_its_rows_after_an_import(desk: Desk) -> None:
    key = desk.check(table([newcomer()])).id
    assert not looked_at(desk)
    desk.commit(key)
    assert looked_at(desk)
