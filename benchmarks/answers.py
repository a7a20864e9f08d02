"""Rows 1, 3, 4 and 11: lists, records and indicators over HTTP, and what a worker weighs after them."""

import statistics
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlmodel import col, select

from app.models.access import PrincipalKind
from app.models.base import new_id
from app.models.unit import Level, UnitVersion
from app.services import indicator, rule
from app.services.database import build_engine
from app.services.dated import live
from app.services.indicator import Basis, Moment
from app.services.scope import Actor, Grant, Scope, ScopedSession
from app.services.tokens import Keyring
from benchmarks.rig import Report, Row, Served, interleaved, serving
from benchmarks.server import DAY, settings_for

CALLERS = 8
LIGHT = 108
"""Megabytes a worker may weigh."""
TOKEN_MS = 0.25
"""Milliseconds of CPU a token may cost."""
LIST = "/api/v1/cadres?limit=50&sex=female"
INDICATORS = "/api/v1/indicators?by=unit"


def measure(report: Report, folder: Path, url: str, database: str, seconds: float, rounds: int) -> None:  # noqa: PLR0917
    """Adds the rows of one database."""
    with serving(folder, url) as served:
        province, district = served.token("btc.tinh"), served.token("btc.dongvan")
        own = served.get("/api/v1/cadres?limit=1", district)["items"][0]["id"]
        figures = interleaved(
            served,
            {
                "hello": ("/hello", "none", CALLERS),
                "list, province": (LIST, province, CALLERS),
                "list, district": (LIST, district, CALLERS),
                "record, province": (f"/api/v1/cadres/{own}", province, CALLERS),
                "record, district": (f"/api/v1/cadres/{own}", district, CALLERS),
            },
            seconds,
            rounds,
        )
        hello = figures["hello"]["rps"]
        for number, what, goal in ((1, "list", 0.15), (3, "record", 0.12)):
            for who in ("province", "district"):
                figure = figures[f"{what}, {who}"]
                ratio = figure["rps"] / hello
                report.add(
                    Row(
                        number,
                        f"{what} as {who} caller, {database}, c={CALLERS}, read audit on",
                        f"{figure['rps']:.0f} requests/s (p50 {figure['p50_ms']:.1f} ms)",
                        f"hello {hello:.0f} requests/s",
                        ratio,
                        f"≥ {goal}",
                        ratio >= goal,
                    )
                )
        _token(report, folder, url, database)
        _indicators(report, served, folder, url, database, province, rounds)
        weight = served.resident_mb()
        what = f"memory of a worker after all that, {database}"
        report.add(Row(11, what, f"{weight:.0f} MB", f"{LIGHT} MB", weight / LIGHT, "≤ 1", weight <= LIGHT))


def _token(report: Report, folder: Path, url: str, database: str) -> None:
    """CPU that verifying a token adds to a request."""
    settings = settings_for(folder, url)
    engine = build_engine(settings)
    keyring = Keyring(settings)
    try:
        with ScopedSession(engine, Scope.nobody(DAY)) as session:
            token, _ = keyring.issue(
                session, subject=new_id(), session_id=new_id(), client="bench", auth_version=1
            )
            keyring.verify(session, token)
            start = time.process_time()
            for _ in range(500):
                keyring.verify(session, token)
            spent = (time.process_time() - start) * 2
            session.rollback()
    finally:
        engine.dispose()
    ratio = spent / TOKEN_MS
    report.add(
        Row(
            3,
            f"verifying the token, {database}",
            f"{spent:.2f} ms CPU",
            f"{TOKEN_MS} ms",
            ratio,
            "≤ 1",
            ratio <= 1,
        )
    )


def _indicators(  # noqa: PLR0917
    report: Report, served: Served, folder: Path, url: str, database: str, token: str, rounds: int
) -> None:
    """All indicators with a row for each district, over HTTP, against the sum of their SQL alone."""
    statements = _statements(folder, url)
    over_http: list[float] = []
    alone: list[float] = []
    for _ in range(rounds + 2):
        start = time.perf_counter()
        served.get(INDICATORS, token)
        over_http.append((time.perf_counter() - start) * 1000)
        alone.append(_run_alone(folder, url, statements))
    figure, floor = statistics.median(over_http), statistics.median(alone)
    report.add(
        Row(
            4,
            f"all indicators with 11 districts, {database}, c=1",
            f"p50 {figure:.0f} ms",
            f"{len(statements)} statements, {floor:.0f} ms",
            figure / floor,
            "≤ 1.15",
            figure / floor <= 1.15,
        )
    )


def _statements(folder: Path, url: str) -> list[tuple[str, Any]]:
    """What the indicators ask the database, as SQL with its values."""
    settings = settings_for(folder, url)
    engine = build_engine(settings)
    asked: list[tuple[str, Any]] = []

    def keep(_connection: Connection, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:  # noqa: ANN401
        asked.append((statement, values))

    try:
        with ScopedSession(engine, Scope.nobody(DAY)) as session:
            root = session.execute(
                select(UnitVersion.unit_id, UnitVersion.code, UnitVersion.name).where(
                    col(UnitVersion.code) == "02",
                    col(UnitVersion.level) == Level.PROVINCE,
                    live(UnitVersion, DAY),
                )
            ).one()
        grant = Grant(
            "org_officer", root.unit_id, None, Level.PROVINCE, root.code, root.name, whole_tree=True
        )
        actor = Actor(new_id(), "bench", "Bench", PrincipalKind.PERSON, None, "bench", None, (grant,))
        event.listen(engine, "before_cursor_execute", keep)
        with ScopedSession(engine, Scope.of(actor, "indicator:read", DAY, "bench")) as session:
            indicator.figures(
                session,
                Basis(
                    law=rule.law_of(settings.resolution_on),
                    records_begin_on=settings.records_begin_on,
                    record_ends_on=settings.record_ends_on,
                ),
                indicators=indicator.chosen(None),
                moment=Moment(DAY, DAY, None),
                unit_id=None,
                by_unit=True,
                history=0,
            )
    finally:
        engine.dispose()
    reads = ("SELECT", "WITH")
    return [
        (statement, values) for statement, values in asked if statement.lstrip().upper().startswith(reads)
    ]


def _run_alone(folder: Path, url: str, statements: list[tuple[str, Any]]) -> float:
    """Milliseconds the statements take straight on the driver."""
    engine = build_engine(settings_for(folder, url))
    try:
        raw = engine.raw_connection()
        try:
            cursor = raw.cursor()
            for statement, values in statements[:1]:
                cursor.execute(statement, values)
                cursor.fetchall()
            start = time.perf_counter()
            for statement, values in statements:
                cursor.execute(statement, values)
                cursor.fetchall()
            return (time.perf_counter() - start) * 1000
        finally:
            raw.close()
    finally:
        engine.dispose()
