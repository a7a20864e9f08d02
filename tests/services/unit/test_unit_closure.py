"""The closure after any changes, alone or two at once, held against the computation from scratch."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import col

from app.models.title import LEVEL_RANK
from app.models.unit import (
    ChangeKind,
    ChangeTarget,
    NewUnit,
    UnitChange,
    UnitForm,
    UnitVersion,
)
from app.services import unit
from app.services.database import writing
from app.services.dated import live
from app.services.errors import DomainError
from app.services.scope import Scope, ScopedSession
from tests.conftest import TODAY
from tests.services.unit.small import (
    change,
    computed_closure,
    parts,
    plant,
    standing_closure,
)


def test_of_two_mergers_of_one_unit_at_once_one_stands(engine: Engine) -> None:
    with ScopedSession(writing(engine), Scope.house(TODAY, "test")) as session:
        tree = plant(session)
        session.commit()
    together = Barrier(2)

    def merge(target: str) -> bool:
        data = change(
            ChangeKind.MERGE, sources=parts(tree["xã 1"]), targets=[ChangeTarget(unit_id=tree[target])]
        )
        with ScopedSession(writing(engine), Scope.house(TODAY, "test")) as own:
            together.wait()
            try:
                unit.apply(own, data=data)
                own.commit()
            except DomainError:
                return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(merge, ("xã 2", "xã 4"))) == [False, True]
    with ScopedSession(engine, Scope.house(TODAY, "test")) as session:
        assert standing_closure(session) == computed_closure(session)
        assert len(session.scalars(select(UnitChange)).all()) == 1


# --- any sequence of changes ------------------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(list(ChangeKind)),
        st.integers(0, 60),
        st.lists(st.integers(0, 40), min_size=4, max_size=4),
        st.booleans(),
    ),
    min_size=3,
    max_size=7,
)


def bears(host: UnitVersion, one: UnitVersion) -> bool:
    """Whether `one` may lie beneath `host` by form and level; not whether the tree stays a tree."""
    if one.form == UnitForm.TERRITORY:
        return host.form == UnitForm.TERRITORY and LEVEL_RANK[host.level] < LEVEL_RANK[one.level]
    return LEVEL_RANK[host.level] <= LEVEL_RANK[one.level]


class Player:
    """Plays changes drawn at random on the small tree; those the service refuses leave no trace."""

    def __init__(self, session: ScopedSession) -> None:
        self.session = session
        self.number = 0
        plant(session)
        session.commit()

    def alive(self, day: date) -> list[UnitVersion]:
        rows = self.session.scalars(
            select(UnitVersion).where(live(UnitVersion, day)).order_by(col(UnitVersion.code))
        )
        return list(rows)

    def new(self, like: UnitVersion, parent: UUID | None) -> NewUnit:
        self.number += 1
        return NewUnit(
            name=f"mới {self.number}",
            code=f"8{self.number:04}",
            level=like.level,
            form=like.form,
            kind=like.kind,
            parent_id=parent,
        )

    def play(self, kind: ChangeKind, day: date, picks: list[int], *, fresh: bool) -> bool:
        units = self.alive(day)
        if not units:
            return False
        first = units[picks[0] % len(units)]
        alike = [
            one for one in units if (one.form, one.level) == (first.form, first.level) and one is not first
        ]
        second = alike[picks[1] % len(alike)] if alike else first
        third = alike[picks[2] % len(alike)] if alike else first
        hosts = [one for one in units if bears(one, first)] or units
        host = hosts[picks[3] % len(hosts)]
        below = [one for one in units if one.parent_id == first.unit_id and one.form == UnitForm.TERRITORY]
        one_target = ChangeTarget(
            **({"new": self.new(first, first.parent_id)} if fresh else {"unit_id": second.unit_id})
        )
        values: dict[ChangeKind, dict[str, Any]] = {
            ChangeKind.CREATE: {"targets": [ChangeTarget(new=self.new(first, host.unit_id))]},
            ChangeKind.MERGE: {
                "sources": parts(*{first.unit_id, third.unit_id} - {one_target.unit_id}),
                "targets": [one_target],
            },
            ChangeKind.SPLIT: {
                "sources": parts(first.unit_id),
                "targets": [
                    ChangeTarget(unit_id=second.unit_id, children=[one.unit_id for one in below[::2]]),
                    ChangeTarget(
                        new=self.new(first, first.parent_id), children=[one.unit_id for one in below[1::2]]
                    ),
                ],
            },
            ChangeKind.RENAME: {"sources": parts(first.unit_id), "name": f"tên {day}"},
            ChangeKind.DISSOLVE: {"sources": parts(first.unit_id)},
            ChangeKind.REPARENT: {"sources": parts(first.unit_id), "parent_id": host.unit_id},
        }
        try:
            unit.apply(self.session, data=change(kind, day, **values[kind]))
            self.session.commit()
        except DomainError:
            self.session.rollback()
            return False
        return True


def test_after_any_sequence_of_changes_the_closure_is_what_it_is_from_scratch(engine: Engine) -> None:
    played: Counter[ChangeKind] = Counter()

    @settings(suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS)
    def sequence(steps: list[tuple[ChangeKind, int, list[int], bool]]) -> None:
        with writing(engine).connect() as outer, outer.begin() as whole:
            # In a savepoint the session's own commits and rollbacks stay inside the one that is rolled back.
            outer.begin_nested()
            session = ScopedSession(outer, Scope.house(TODAY, "test"))
            player = Player(session)
            day = date(2015, 1, 1)
            for kind, wait, picks, fresh in steps:
                # Some come on the same day, some ask for a day before the last one.
                day += timedelta(days=(wait - 10) // 10 * 50)
                played[kind] += player.play(kind, day, picks, fresh=fresh)
            assert standing_closure(session) == computed_closure(session)
            session.close()
            whole.rollback()

    sequence()
    assert all(played[kind] >= 3 for kind in ChangeKind), played
