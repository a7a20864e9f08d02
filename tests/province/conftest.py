"""The demo province at full size, written once per database; nobody commits on it."""

import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import ColumnElement, Engine, select
from sqlmodel import Session, col

from app.demo import seed
from app.models.assignment import AssignmentSpan
from app.models.base import Dated
from app.models.cadre import Cadre, Sex
from app.models.title import ManagedBy, TitleVersion
from app.models.unit import Level, UnitClosure, UnitForm, UnitKind, UnitVersion, Via
from app.services.database import analyze, build_engine, migrate, writing
from app.services.scope import Scope, ScopedSession
from app.settings import Settings
from tests.conftest import TODAY, Cluster, make_settings

SUMMARY = "province.json"


@cache
def built() -> seed.Province:
    """The province in memory, built once."""
    return seed.build(lambda password: f"hash of {password}", "a password")


def fill_province(settings: Settings) -> None:
    """Migrate and write the demo province, as the command does."""
    migrate(settings)
    engine = build_engine(settings)
    with ScopedSession(writing(engine), Scope.house(TODAY, "demo.seed")) as session:
        summary = seed.write(session, built())
        session.commit()
    analyze(engine)
    engine.dispose()
    (settings.data_dir / SUMMARY).write_text(json.dumps(asdict(summary)), encoding="utf-8")


def once_for_all(root: Path) -> Settings:
    """The SQLite province in `root`, written by the first process that asks; the others wait for it."""
    settings = make_settings(root, f"sqlite:///{root / 'province.db'}")
    with (root / "province.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (root / "province.done").exists():
            fill_province(settings)
            (root / "province.done").touch()
    return settings


@pytest.fixture(scope="session")
def province(cluster: Cluster, database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    base = tmp_path_factory.getbasetemp()
    if database == "sqlite":
        # Under xdist each process has a folder of its own below the one they share.
        engine = build_engine(once_for_all(base.parent if "PYTEST_XDIST_WORKER" in os.environ else base))
        yield engine
        engine.dispose()
        return
    cluster.template("province", fill_province)
    url = cluster.copy("province")
    engine = build_engine(make_settings(base, url))
    yield engine
    engine.dispose()
    cluster.drop(url)


@pytest.fixture
def session(province: Engine) -> Iterator[Session]:
    with Session(province) as session:
        yield session


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody in a seat on a day."""

    cadre_id: UUID
    main: bool
    acting: bool
    unit_id: UUID
    unit_code: str
    unit_kind: UnitKind
    level: Level
    title: str
    managed_by: ManagedBy
    leads: bool
    key: bool
    birth: date | None
    sex: Sex | None
    ethnicity: str | None
    stub: bool
    started: date
    seat_no: int

    @property
    def district(self) -> str:
        """The code of the district a body of the district level lies in."""
        return self.unit_code.partition(".")[0]

    @property
    def short(self) -> str:
        """What the unit is within its territory."""
        return self.unit_code.rpartition(".")[2]

    def age(self, day: date) -> int:
        """Completed years."""
        assert self.birth is not None
        return day.year - self.birth.year - ((day.month, day.day) < (self.birth.month, self.birth.day))


HELD: dict[tuple[str, date, datetime | None], list[Holder]] = {}


def holders(session: Session, day: date, known_at: datetime | None = None) -> list[Holder]:
    """Everybody in a seat on `day`; each question is asked of each database once."""
    key = (str(session.get_bind().engine.url), day, known_at)
    if key not in HELD:
        HELD[key] = ask(session, day, known_at)
    return HELD[key]


def ask(session: Session, day: date, known_at: datetime | None) -> list[Holder]:
    """The question itself, in plain comparisons and nothing of the services."""
    span, title, unit = AssignmentSpan, TitleVersion, UnitVersion

    def on(model: type[Dated]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return col(model.valid_from) <= day, col(model.valid_to).is_(None) | (col(model.valid_to) > day)

    known: list[ColumnElement[bool]]
    if known_at is None:
        known = [col(span.superseded_at).is_(None)]
    else:
        later = col(span.superseded_at).is_(None) | (col(span.superseded_at) > known_at)
        known = [col(span.recorded_at) <= known_at, later]
    rows = session.execute(
        select(
            col(span.cadre_id),
            col(span.is_main),
            col(span.acting),
            col(span.unit_id),
            col(unit.code),
            col(unit.kind),
            col(unit.level),
            col(title.name),
            col(title.managed_by),
            col(title.is_leadership),
            col(title.is_key),
            col(Cadre.birth_date),
            col(Cadre.sex),
            col(Cadre.ethnicity),
            col(Cadre.is_stub),
            col(span.valid_from),
            col(span.seat_no),
        )
        .join(title, col(title.title_id) == col(span.title_id))
        .join(unit, col(unit.unit_id) == col(span.unit_id))
        .join(Cadre, col(Cadre.id) == col(span.cadre_id))
        .where(*on(span), *known, *on(title), col(title.superseded_at).is_(None), *on(unit))
        .where(col(unit.superseded_at).is_(None))
    )
    return [Holder(*row) for row in rows]


def territory_of(session: Session, day: date, level: Level) -> dict[UUID, str]:
    """Each unit's territory of a level on a day, by the closure: unit id to code."""
    above, way = UnitVersion, UnitClosure
    rows = session.execute(
        select(col(way.descendant_id), col(above.code))
        .join(above, col(above.unit_id) == col(way.ancestor_id))
        .where(
            col(way.via) == Via.TREE,
            col(way.valid_from) <= day,
            col(way.valid_to).is_(None) | (col(way.valid_to) > day),
            col(above.form) == UnitForm.TERRITORY,
            col(above.level) == level,
            col(above.superseded_at).is_(None),
            col(above.valid_from) <= day,
            col(above.valid_to).is_(None) | (col(above.valid_to) > day),
        )
    )
    return {row[0]: row[1] for row in rows}
