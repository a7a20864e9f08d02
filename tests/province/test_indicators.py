"""The indicators on the demo province: the resolution's own figures, each number with exactly its people."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from sqlmodel import col

from app.models.unit import UnitKind, UnitVersion
from app.services import indicator as service
from app.services.indicator import Basis, Behind, Moment, Part
from app.services.law.indicators import indicators
from app.services.paging import Page
from app.services.rule import law_of
from app.services.scope import Scope, ScopedSession
from tests.conftest import TODAY
from tests.province.test_figures import OTHER_DAYS
from tests.services.indicator_oracle import Oracle
from tests.services.test_indicator import follows

pytestmark = pytest.mark.province

BASIS = Basis(law_of(date(2021, 1, 1)), date(2010, 1, 1), date(2025, 6, 30))
BUILT = [one for one in indicators() if one.is_built]


@pytest.fixture
def scoped(province: Engine) -> Iterator[ScopedSession]:
    """The province without bounds."""
    with ScopedSession(province, Scope.house(TODAY, "test")) as session:
        yield session


@pytest.fixture(scope="module")
def oracle(province: Engine) -> Oracle:
    """Every row of the province, read once."""
    with ScopedSession(province, Scope.house(TODAY, "test")) as session:
        return Oracle(session)


@pytest.fixture
def root(scoped: ScopedSession) -> UUID:
    """The province itself."""
    provinces = scoped.scalars(
        select(col(UnitVersion.unit_id))
        .where(col(UnitVersion.kind) == UnitKind.PROVINCE)
        .order_by(col(UnitVersion.valid_from))
    )
    return next(iter(provinces))


def ask(session: ScopedSession, unit_id: UUID, day: date, **more: Any) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - handed on
    """All built indicators of a unit on a day, by id."""
    moment = Moment(day, TODAY, more.pop("known_at", None))
    found = service.figures(session, BASIS, indicators=BUILT, moment=moment, unit_id=unit_id, **more)
    return {item["id"]: item for item in found["items"]}


def test_the_figures_of_the_resolution(scoped: ScopedSession, root: UUID) -> None:
    items = ask(scoped, root, TODAY, by_unit=True)
    shown = {name: (item["numerator"], item["denominator"]) for name, item in items.items()}
    assert shown["headcount"] == (30_483, None)
    assert items["headcount"]["variants"][0]["numerator"] == 26_372
    assert shown["headcount_commune"] == (4_111, None)
    assert shown["leaders"] == (2_943, None)
    assert shown["leaders_theory"] == (2_729, 2_943)
    assert shown["managed"] == (384, None)
    assert shown["managed_young_40"] == (21, 384)
    assert shown["managed_young"] == (17, 384)
    assert shown["managed_women"] == (61, 384)
    assert shown["managed_minority"] == (149, 384)
    assert items["managed_women"]["value"] == 15.89
    assert [target["gap_persons"] for target in items["managed_women"]["targets"]] == [5, 16]
    assert [target["gap_persons"] for target in items["managed_young"]["targets"]] == [22]
    assert len(items["managed"]["children"]) == 12
    narrow = items["dept_leaders_theory"]["variants"][0]
    assert (narrow["numerator"], narrow["denominator"]) == (2_345, 2_559)


@pytest.mark.parametrize("day", [*OTHER_DAYS, TODAY], ids=str)
def test_numbers_rows_and_people_agree(scoped: ScopedSession, root: UUID, day: date) -> None:
    for name, item in ask(scoped, root, day, by_unit=True).items():
        for row in (item, *item["children"]):
            follows(row, day)
        for figure in ("numerator", "denominator", "unknown"):
            if item[figure] is not None:
                assert sum(row[figure] for row in item["children"]) == item[figure], f"{name} {figure}"
        parts: list[tuple[Part, int]] = [("numerator", item["numerator"])]
        if item["denominator"] is not None:
            lacking = item["denominator"] - item["numerator"]
            parts.append(("missing", lacking if service.one(name).sought == "more" else 0))
        for part, number in parts:
            found = service.people(
                scoped,
                BASIS,
                behind=Behind(service.one(name), part),
                moment=Moment(day, TODAY),
                page=Page(limit=1),
                unit_id=root,
            )
            assert found.page.total == number, f"{name} {part}"


@pytest.mark.parametrize(
    ("day", "known_at"),
    [(TODAY, None), (date(2019, 6, 30), datetime.fromisoformat("2019-07-01T00:00:00+07:00"))],
    ids=str,
)
def test_a_second_count_finds_the_same(
    scoped: ScopedSession, oracle: Oracle, root: UUID, day: date, known_at: datetime | None
) -> None:
    for name, item in ask(scoped, root, day, known_at=known_at).items():
        one = service.one(name)
        if name == "secretary_non_local":
            continue  # the test world counts it: here each secretary's origin would walk the whole tree
        behind = oracle.counted(one.population, one.numerator, unit_id=root, day=day, known_at=known_at)
        assert item["numerator"] == sum(person.counts for person in behind), name
        if item["denominator"] is not None:
            assert item["denominator"] == len(behind), name


def test_districts_differ(scoped: ScopedSession, root: UUID) -> None:
    items = ask(scoped, root, TODAY, by_unit=True)
    for name in ("managed_women", "managed_minority", "committee_women", "secretary_non_local"):
        values = {row["value"] for row in items[name]["children"]}
        assert len(values) > 5, name
