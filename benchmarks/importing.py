"""Row 8: importing 30,483 persons of 40 columns against reading the file and inserting the same rows.

The province stands with its units, titles and posts, and nobody in them; the file seats everybody. Measured
is what the two jobs do: read, judge, stage, judge anew under the lock, write, audit. The floor is calamine
reading the same file and one bulk insert of the very rows that came of it, audit included, into the same
tables with their guards and indexes: executemany on SQLite, COPY on PostgreSQL.
"""

import io
import logging
import sqlite3
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import xlsxwriter  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlmodel import col, select

from app.demo.seed import TABLES, Province, build
from app.models.access import Principal
from app.models.imports import CommitMode, ImportKind, ImportState
from app.services import access, bulk, imports, passwords
from app.services.database import analyze, build_engine, migrate, writing
from app.services.imports.columns import COLUMNS
from app.services.jobs import run_one
from app.services.scope import Scope, ScopedSession, guard_engine
from benchmarks.rig import Report, Row
from benchmarks.server import DAY, PASSWORD, settings_for

GOAL = 2.5
PERSONS = 30_483
STANDING = {
    "unit", "unit_version", "unit_change", "unit_change_part", "unit_closure", "title", "title_version",
    "title_standard", "post", "post_quota", "committee_term", "principal", "role_grant",
}  # fmt: skip
"""What stands before anybody comes in."""
WRITTEN = (
    "cadre", "assignment", "assignment_span", "membership", "qualification", "qualification_span",
    "party_membership", "residence", "salary", "audit_event", "audit_value",
)  # fmt: skip
"""What the import writes, in an order in which every row finds what it refers to."""


def measure(report: Report, scratch: Path, database: str, url: str = "", floor_url: str = "") -> None:
    """Adds the row for one database; `url` and `floor_url` are two empty PostgreSQL databases."""
    province = build(passwords.digest, PASSWORD)
    content = workbook(province)
    ours, floor = scratch / f"import-{database}", scratch / f"floor-{database}"
    engine = _stand(ours, url, province)
    held: list[float] = []
    try:
        spent = _import(engine, content, held)
        analyze(engine)
    finally:
        engine.dispose()
    _stand(floor, floor_url, province).dispose()
    read = _read(content)
    copied = _copy_postgresql(url, floor_url) if url else _copy_sqlite(ours, floor)
    ratio = spent / (read + copied)
    lock = f", write lock held {held[0]:.1f} s" if held and not url else ""
    report.add(
        Row(
            8,
            f"import of {PERSONS:,} × {len(COLUMNS)} cells, {database}",
            f"{spent:.1f} s{lock}",
            f"read {read:.1f} s + the same rows inserted {copied:.1f} s",
            ratio,
            f"≤ {GOAL}",
            ratio <= GOAL,
        )
    )


def new_database(url: str, name: str) -> str:
    """The URL of a new, empty database beside the one at `url`."""
    with psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "bench_{name}"')
    return make_url(url).set(database=f"bench_{name}").render_as_string(hide_password=False)


def _stand(folder: Path, url: str, province: Province) -> Engine:
    """A migrated database with everything but people; gives its engine."""
    settings = settings_for(folder, url)
    folder.mkdir(parents=True, exist_ok=True)
    migrate(settings)
    engine = build_engine(settings)
    guard_engine(engine)
    with ScopedSession(writing(engine), Scope.house(DAY, "benchmark")) as session:
        for table in TABLES:
            name = str(table.__tablename__)
            if name not in STANDING:
                continue
            rows = province.rows[name]
            if name == "principal":
                rows = [row | {"cadre_id": None} for row in rows]
            elif name == "role_grant":
                rows = [row for row in rows if row["unit_id"] is not None]
            elif name == "post_quota":
                rows = [row | {"quota": row["quota"] + 5} for row in rows]
            bulk.write(session, table, rows)
        session.commit()
    analyze(engine)
    return engine


def workbook(province: Province) -> bytes:
    """The file: everybody who holds a main seat on the day, made up anew in all 40 columns."""
    rng = Random(8)  # noqa: S311 - the same file every time
    units = {row["unit_id"]: row for row in province.rows["unit_version"] if _open(row)}
    titles = {row["title_id"]: row for row in province.rows["title_version"] if _open(row)}
    codes = {row["id"]: row["code"] for row in province.rows["title"]}
    people = {row["id"]: row for row in province.rows["cadre"]}
    spans = [
        row
        for row in province.rows["assignment_span"]
        if row["is_main"] and _open(row) and row["superseded_at"] is None and row["unit_id"] in units
        if titles[row["title_id"]]["managed_by"] != "central" and not people[row["cadre_id"]]["is_stub"]
    ]
    plain = [span for span in spans if not titles[span["title_id"]]["is_key"]]
    spans += rng.sample(plain, PERSONS - len(spans))
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Cán bộ")
    sheet.write_row(0, 0, [column.header for column in COLUMNS])
    for number, span in enumerate(spans, 1):
        cells = _cells(number, span, people[span["cadre_id"]], rng)
        cells |= {"unit": units[span["unit_id"]]["code"], "title": codes[span["title_id"]]}
        for place, column in enumerate(COLUMNS):
            sheet.write_string(number, place, cells.get(column.name, ""))
    book.close()
    return target.getvalue()


def _open(row: dict[str, Any]) -> bool:
    return bool(row["valid_from"] <= DAY and (row["valid_to"] is None or row["valid_to"] > DAY))


def _cells(number: int, span: dict[str, Any], person: dict[str, Any], rng: Random) -> dict[str, str]:
    begun = date(2021, 9, 1) + timedelta(days=rng.randrange(120))

    def learned(first: int, years: int) -> str:
        return f"{date(first, 1, 1) + timedelta(days=rng.randrange(365 * years)):%d/%m/%Y}"

    party = date(2012, 1, 1) + timedelta(days=rng.randrange(2_000))
    return {
        "national_id": f"0021{number:08}",
        "full_name": person["full_name"],
        "other_names": f"Tên {number}",
        "birth_date": f"{person['birth_date']:%d/%m/%Y}",
        "sex": "Nữ" if person["sex"] == "female" else "Nam",
        "ethnicity": person["ethnicity"],
        "religion": "Không",
        "hometown": f"Thôn {number % 900}, huyện Đồng Văn, tỉnh Hà Giang",
        "hometown_commune": "Lũng Cú",
        "hometown_district": "Đồng Văn",
        "birthplace": f"Trạm y tế {number % 190}",
        "address": f"Tổ {number % 40}, thôn {number % 900}",
        "legal_category": "Công chức",
        "assignment_kind": "Bầu cử" if span["kind"] == "election" else "Bổ nhiệm",
        "started_on": f"{begun:%d/%m/%Y}",
        "decision_number": f"{number}/QĐ-UBND",
        "decision_signed_on": f"{begun - timedelta(days=10):%d/%m/%Y}",
        "decision_issuer": "Ủy ban nhân dân tỉnh",
        "education": "Đại học",
        "education_field": rng.choice(("Luật", "Sư phạm", "Hành chính", "Y khoa", "Kinh tế")),
        "education_on": learned(2005, 8),
        "political_theory": rng.choice(("Sơ cấp", "Trung cấp", "Cao cấp")),
        "political_theory_on": learned(2013, 6),
        "state_management": "Ngạch chuyên viên",
        "state_management_on": learned(2012, 7),
        "foreign_language": "Bậc 2",
        "foreign_language_on": learned(2010, 8),
        "it": "Ứng dụng công nghệ thông tin cơ bản",
        "it_on": learned(2010, 8),
        "party_on": f"{party:%d/%m/%Y}",
        "party_official_on": f"{party + timedelta(days=365):%d/%m/%Y}",
        "grade_code": "01.003",
        "step": str(rng.randrange(1, 9)),
        "coefficient_hundredths": f"{rng.randrange(2, 5)},{rng.randrange(10, 99)}",
        "salary_on": learned(2018, 3),
    }


def _import(engine: Engine, content: bytes, held: list[float]) -> float:
    """Seconds that the two jobs take; `held` gets how long the write lock was held."""
    with ScopedSession(engine, Scope.house(DAY, "benchmark")) as session:
        key = session.scalars(select(Principal.id).where(col(Principal.username) == "btc.tinh")).one()
        actor = access.load_principal(session, key, "benchmark", DAY)
    assert actor is not None
    scope = Scope.of(actor, "import:write", DAY, "benchmark")
    with ScopedSession(writing(engine), scope) as session:
        row = imports.create(
            session, content=content, name="tinh.xlsx", kind=ImportKind.CADRES, unit_id=None, today=DAY
        )
        session.commit()
    log = logging.getLogger("thenchot.imports")
    log.setLevel(logging.INFO)
    keeper = _Keeper(held)
    log.addHandler(keeper)
    start = time.perf_counter()
    assert run_one(engine, DAY)
    checked = time.perf_counter() - start
    with ScopedSession(writing(engine), scope) as session:
        found = imports.get(session, row.id, DAY)
        assert found["counts"]["new"] == PERSONS, (found["fault"], found["counts"])
        imports.ask_commit(session, row.id, found["version"], mode=CommitMode.ALL)
        session.commit()
    start = time.perf_counter()
    assert run_one(engine, DAY)
    written = time.perf_counter() - start
    log.removeHandler(keeper)
    with ScopedSession(engine, scope) as session:
        found = imports.get(session, row.id, DAY)
    assert found["state"] == ImportState.COMMITTED, found["fault"]
    print(f"check {checked:.1f} s, commit {written:.1f} s")
    return checked + written


class _Keeper(logging.Handler):
    """Keeps how long the lock was held, as the commit tells it."""

    def __init__(self, held: list[float]) -> None:
        super().__init__()
        self._held = held

    def emit(self, record: logging.LogRecord) -> None:
        if isinstance(record.args, tuple) and isinstance(record.args[-1], float):
            self._held.append(record.args[-1])


def _read(content: bytes) -> float:
    start = time.perf_counter()
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    spent = time.perf_counter() - start
    assert len(rows) == PERSONS + 1
    return spent


def _copy_sqlite(source: Path, target: Path) -> float:
    """Seconds that executemany takes for the rows the import wrote, in one transaction."""
    with sqlite3.connect(source / "thenchot.db") as reader:
        tables = {name: reader.execute(f"SELECT * FROM {name}").fetchall() for name in WRITTEN}  # noqa: S608 - our own words
    writer = sqlite3.connect(target / "thenchot.db", isolation_level=None)
    writer.execute("PRAGMA journal_mode = WAL")
    writer.execute("PRAGMA synchronous = FULL")
    writer.execute("PRAGMA foreign_keys = ON")
    start = time.perf_counter()
    writer.execute("BEGIN IMMEDIATE")
    for name, rows in tables.items():
        places = ", ".join("?" * len(rows[0])) if rows else ""
        if rows:
            writer.executemany(f"INSERT INTO {name} VALUES ({places})", rows)  # noqa: S608 - our own words
    writer.execute("COMMIT")
    spent = time.perf_counter() - start
    writer.close()
    return spent


def _copy_postgresql(source: str, target: str) -> float:
    """Seconds that COPY takes for the rows the import wrote, in one transaction."""
    plain = [url.replace("postgresql+psycopg", "postgresql") for url in (source, target)]
    with psycopg.connect(plain[0]) as reader:
        tables = {name: reader.execute(f"SELECT * FROM {name}").fetchall() for name in WRITTEN}  # noqa: S608 - our own words
    with psycopg.connect(plain[1]) as writer:
        start = time.perf_counter()
        for name, rows in tables.items():
            with writer.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        writer.commit()
        return time.perf_counter() - start
