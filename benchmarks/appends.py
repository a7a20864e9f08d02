"""Row 13: what an audit event costs a transaction that has it, against the same transaction without."""

import statistics
import threading
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.models.audit import AuditEvent, AuditValue, Outcome
from app.models.base import new_id
from app.models.cadre import Cadre
from app.services import audit
from app.services.database import build_engine, writing
from app.services.scope import Scope, ScopedSession
from benchmarks.rig import Report, Row
from benchmarks.server import DAY, settings_for

WRITERS = 16
GOAL = 0.95


def measure(report: Report, folder: Path, url: str, database: str, seconds: float, rounds: int) -> None:  # noqa: PLR0917
    """Adds the row of one database: 16 writers, each changing a person of its own, A B A B …."""
    engine = build_engine(settings_for(folder, url))
    try:
        with ScopedSession(engine, Scope.house(DAY, "bench")) as session:
            people = list(session.scalars(select(Cadre.id).limit(WRITERS)))
        plain: list[float] = []
        audited: list[float] = []
        for _ in range(rounds):
            plain.append(_throughput(engine, people, seconds, with_event=False))
            audited.append(_throughput(engine, people, seconds, with_event=True))
    finally:
        engine.dispose()
    figure, floor = statistics.median(audited), statistics.median(plain)
    report.add(
        Row(
            13,
            f"a change with its audit event, {database}, {WRITERS} writers",
            f"{figure:.0f} transactions/s",
            f"without it {floor:.0f}",
            figure / floor,
            f"≥ {GOAL}",
            figure / floor >= GOAL,
        )
    )


def _throughput(engine: Engine, people: list[UUID], seconds: float, *, with_event: bool) -> float:
    until = time.perf_counter() + seconds
    counts = [0] * len(people)

    def work(place: int, cadre_id: UUID) -> None:
        while time.perf_counter() < until:
            _one(engine, cadre_id, counts[place], with_event=with_event)
            counts[place] += 1

    threads = [threading.Thread(target=work, args=pair) for pair in enumerate(people)]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - start)


def _one(engine: Engine, cadre_id: UUID, turn: int, *, with_event: bool) -> None:
    """The shortest honest change: one row read and written; the event adds its leaf and its values."""
    with Session(writing(engine), autoflush=False) as session:
        person = session.exec(select(Cadre).where(col(Cadre.id) == cadre_id)).one()
        before = person.phone
        person.phone = f"09{turn % 10**8:08d}"
        session.flush()
        if with_event:
            _append(session, person, before)
        session.commit()


def _append(session: Session, person: Cadre, before: Any) -> None:  # noqa: ANN401 - a column's value
    values = audit.values_row(new_id(), {"cadre.phone": before}, {"cadre.phone": person.phone})
    event = audit.event_row(
        audit.Context(None, "bench", "bench", "bench-append"),
        event_id=values["event_id"],
        action="cadre.change",
        outcome=Outcome.DONE,
        root=("cadre", str(person.id)),
        unit_id=person.unit_id,
        before_c=audit.commitment(values["salt"], values["before"]),
        after_c=audit.commitment(values["salt"], values["after"]),
    )
    session.add(AuditEvent(**event))
    session.flush()
    session.add(AuditValue(**values))
    session.flush()
