"""kill -9 while an import is written: all or nothing, the job's state after restart, audit as changes."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from sqlmodel import Session, col, func, select

from app.models.assignment import AssignmentSpan
from app.models.audit import AuditEvent, AuditValue
from app.models.cadre import Cadre
from app.models.imports import CommitMode, Import, ImportState
from app.models.job import Job, JobState
from app.services import imports
from app.services.database import build_engine, writing
from app.services.jobs import run_one
from app.settings import Settings
from tests.conftest import TODAY, Cluster, fill_world, make_settings
from tests.services.imports_kit import Desk, make_room, newcomer, table
from tests.services.test_imports import FULL

PERSONS = 3_000
ROOT = Path(__file__).parents[2]
FIRST_MOMENTS = 0.1
"""Share of the kills that may come before the first row."""


def fill(settings: Settings) -> None:
    """The test world with a checked file, its writing in line."""
    fill_world(settings)
    engine = build_engine(settings)
    make_room(engine, quota=9_000)
    desk = Desk(engine)
    row = desk.check(table([newcomer(**FULL) for _ in range(PERSONS)]))
    assert row.new == PERSONS, desk.messages(row.id)[:5]
    with desk.session() as session:
        imports.ask_commit(session, row.id, row.version, mode=CommitMode.ALL)
        session.commit()
    engine.dispose()


@contextmanager
def worker(folder: Path, url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that begins to write; gone afterwards."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.importer", str(folder), url],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        yield child
    finally:
        child.kill()
        child.wait(timeout=30)
        assert child.stdout is not None
        child.stdout.close()


def said(child: subprocess.Popen[str]) -> str:
    """The next word of a worker."""
    assert child.stdout is not None
    return child.stdout.readline().strip()


def measure(folder: Path, url: str) -> tuple[float, float]:
    """Seconds from ready to the first row, and from there to the last, of a worker that is let be."""
    with worker(folder, url) as child:
        assert said(child) == "ready"
        begun = time.monotonic()
        assert said(child) == "first"
        first = time.monotonic()
        while said(child) != "last":
            pass
        last = time.monotonic()
        while said(child) != "done":
            pass
    return first - begun, last - first


def kill(folder: Path, url: str, dice: Random, before: float, span: float) -> str:
    """Kills a worker at a random moment of its writing; says where that was."""
    with worker(folder, url) as child:
        assert said(child) == "ready"
        heard = []
        if dice.random() < FIRST_MOMENTS:
            time.sleep(dice.random() * before)
        else:
            heard.append(said(child))
            time.sleep(dice.random() * span)
        child.kill()
        assert child.stdout is not None
        heard += child.stdout.read().split()
        return "after" if "last" in heard else "between" if "first" in heard else "before"


def look(settings: Settings, people_before: int) -> str:
    """What a server that starts again finds and does; asserts that it is all or nothing."""
    engine = build_engine(settings)
    try:
        run_one(engine, TODAY)
        with Session(writing(engine)) as session:
            row = session.scalars(select(Import)).one()
            job = session.scalars(select(Job).order_by(col(Job.id).desc())).first()
            count = select(func.count())
            people = session.scalar(count.select_from(Cadre)) or 0
            told = session.scalar(
                count.select_from(AuditEvent).where(col(AuditEvent.action) == "cadre.import_new")
            )
            values = session.scalar(
                count.select_from(AuditValue)
                .join(AuditEvent, col(AuditEvent.id) == col(AuditValue.event_id))
                .where(col(AuditEvent.action) == "cadre.import_new")
            )
            new = select(Cadre.id).where(col(Cadre.code).like("CB-%"))
            seats = session.scalar(
                count.select_from(AssignmentSpan).where(col(AssignmentSpan.cadre_id).in_(new))
            )
            assert job is not None
            written = people - people_before
            assert written in {0, PERSONS}
            assert told == values == seats == written
            if written:
                assert (row.state, row.written, job.state) == (ImportState.COMMITTED, PERSONS, JobState.DONE)
                return "all"
            assert (row.state, row.mode, job.state) == (ImportState.VALIDATED, None, JobState.FAILED)
            assert row.fault is not None
            assert "chưa ghi gì" in row.fault
            return "nothing"
    finally:
        engine.dispose()


def again(settings: Settings) -> None:
    """What was interrupted is written when asked for again."""
    engine = build_engine(settings)
    try:
        desk = Desk(engine)
        row = desk.scalars(select(Import))[0]
        assert desk.commit(row.id).written == PERSONS
    finally:
        engine.dispose()


def try_out(cluster: Cluster, folder: Path, kills: int) -> Counter[str]:
    """So many kills, each on a copy of its own."""
    cluster.template("committing", fill)
    url = cluster.copy("committing")
    engine = build_engine(make_settings(folder, url))
    with Session(engine) as session:
        people = session.scalar(select(func.count()).select_from(Cadre)) or 0
    engine.dispose()
    before, span = measure(folder, url)
    cluster.drop(url)
    dice = Random(kills)
    seen: Counter[str] = Counter()
    for number in range(kills):
        url = cluster.copy("committing")
        where = kill(folder, url, dice, before, span)
        outcome = look(make_settings(folder, url), people)
        seen[where] += 1
        seen[outcome] += 1
        if outcome == "nothing" and number % 10 == 0:
            again(make_settings(folder, url))
        cluster.drop(url)
    return seen


def test_a_few_kills(cluster: Cluster, tmp_path: Path) -> None:
    seen = try_out(cluster, tmp_path, 4)
    assert seen["between"] >= 2, seen
    assert seen["nothing"] >= 2, seen


@pytest.mark.deep
def test_fifty_kills(cluster: Cluster, tmp_path: Path) -> None:
    seen = try_out(cluster, tmp_path, 50)
    assert seen["between"] >= 25, seen
    assert seen["nothing"] >= 25, seen
