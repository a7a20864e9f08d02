"""Posts: seats, how many are taken, and what may not fall away under who sits there."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection

from app.models.post import PostCreate, PostUpdate
from app.services import post
from app.services.errors import Conflict, Invalid, NotFound, Stale
from app.services.paging import Page
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.conftest import TODAY

DAY = date(2022, 2, 1)


@pytest.fixture
def session(connection: Connection) -> Iterator[ScopedSession]:
    with ScopedSession(connection, Scope.house(TODAY, "test")) as opened:
        yield opened


def taken(place: str, sort: str, day: date) -> int:
    """Seats of a post that somebody holds on `day`, by the world's own book."""
    return sum(
        (held.unit, held.sort) == (place, sort)
        for person in world.crowd(TODAY).people.values()
        for held in person.open_on(day)
    )


def every(session: ScopedSession, day: date = TODAY, **filters: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - as the body or the filters have it
    rows: list[dict[str, Any]] = []
    page = Page(limit=25, sort="unit", count=True)
    while True:
        found = post.list_(session, filters=post.Filters(**filters), page=page, day=day)
        rows += found.rows
        if not found.has_next:
            assert found.total == len(rows) == len({row["id"] for row in rows})
            return rows
        page = Page(limit=25, sort="unit", key=found.last, count=True)


@pytest.mark.parametrize("day", [TODAY, date(2019, 6, 30)])
def test_filled_and_vacant_are_counted_seat_by_seat(session: ScopedSession, day: date) -> None:
    rows = {row["id"]: row for row in every(session, day)}
    for place, sort in (
        ("so-y-te", "dept.specialist"),
        ("truong.dong-van", "d.teacher"),
        ("dang-uy.ta-lung-mv", "c.secretary"),
        ("ubnd.lung-cu", "c.officer"),
    ):
        row = rows[world.post(place, sort)]
        assert row["filled"] == taken(place, sort, day)
        assert row["vacant"] == row["quota"] - row["filled"]
    assert (world.post("dang-uy.niem-tong", "c.secretary") in rows) == (day < date(2020, 1, 1))


def test_vacant_and_full_posts_make_up_all(session: ScopedSession) -> None:
    free = {row["id"] for row in every(session, vacant=True)}
    full = {row["id"] for row in every(session, vacant=False)}
    assert world.post("dang-uy.ta-lung-mv", "c.secretary") in free
    assert world.post("so-noi-vu", "dept.director") in full
    assert not free & full
    assert free | full == {row["id"] for row in every(session)}


def test_a_subtree_holds_the_posts_of_all_beneath(session: ScopedSession) -> None:
    alone = every(session, unit_id=world.unit("so-noi-vu"))
    whole = every(session, unit_id=world.unit("so-noi-vu"), subtree=True)
    assert {row["unit"]["id"] for row in alone} == {world.unit("so-noi-vu")}
    assert {row["unit"]["id"] for row in whole} == {
        world.unit("so-noi-vu"),
        world.unit("phong-to-chuc-can-bo"),
    }
    named = every(session, title_id=world.title("c.secretary"))
    assert {row["title"]["code"] for row in named} == {"c.secretary"}
    assert len(named) == 5


def test_a_title_sort_reads_by_rank(session: ScopedSession) -> None:
    found = post.list_(session, filters=post.Filters(), page=Page(limit=200, sort="title"), day=TODAY)
    ranks = [row["title"]["rank"] for row in found.rows]
    assert ranks == sorted(ranks)
    back = post.list_(session, filters=post.Filters(), page=Page(limit=200, sort="-title"), day=TODAY)
    assert [row["title"]["rank"] for row in back.rows][:5] == sorted([*ranks, 570], reverse=True)[:5]


def test_a_quota_answers_for_what_was_known(session: ScopedSession) -> None:
    key, day = world.post("so-xay-dung", "dept.specialist"), date(2017, 1, 1)
    now = post.get(session, key, day=day)["quota"]
    then = post.get(session, key, day=day, known_at=datetime(2017, 5, 1, tzinfo=UTC))["quota"]
    assert then == now + 5


def test_a_quota_changes_from_its_day(session: ScopedSession) -> None:
    key = world.post("so-y-te", "dept.specialist")
    before = post.get(session, key, day=TODAY)
    data = PostUpdate(quota=before["quota"] + 2, basis_number="9/QĐ-UBND", valid_from=DAY)
    post.update(session, key, before["version"], data=data)
    after = post.get(session, key, day=DAY)
    assert after["quota"] == before["quota"] + 2
    assert after["version"] == before["version"] + 1
    assert post.get(session, key, day=date(2022, 1, 31))["quota"] == before["quota"]
    with pytest.raises(Stale):
        post.update(session, key, before["version"], data=data)


def test_a_taken_seat_does_not_fall_away(session: ScopedSession) -> None:
    key = world.post("ubnd.lung-cu", "c.officer")
    held = taken("ubnd.lung-cu", "c.officer", TODAY)
    with pytest.raises(Conflict, match=f"Chỗ số {held - 1}, {held} "):
        post.update(session, key, 1, data=PostUpdate(quota=held - 2, valid_from=DAY))
    post.update(session, key, 1, data=PostUpdate(quota=held, valid_from=DAY))
    assert post.get(session, key, day=DAY)["vacant"] == 0


def test_a_correction_looks_at_the_whole_span(session: ScopedSession) -> None:
    key = world.post("ubnd.lung-cu", "c.officer")
    quotas = post.get(session, key, day=TODAY)["quotas"]
    first = quotas[0]
    data = PostUpdate(quota=1, valid_from=first["valid_from"], corrects=True, reason="Ghi sai")
    with pytest.raises(Conflict, match="Chỗ số"):
        post.update(session, key, 1, data=data)
    data = PostUpdate(
        quota=first["quota"] + 1, valid_from=first["valid_from"], corrects=True, reason="Ghi sai"
    )
    post.update(session, key, 1, data=data)
    assert post.get(session, key, day=first["valid_from"])["quota"] == first["quota"] + 1
    last = quotas[-1]["valid_from"]
    for corrects, kind in ((True, Invalid), (False, Conflict)):
        changed = PostUpdate(quota=99, valid_from=last, corrects=corrects)
        with pytest.raises(kind):
            post.update(session, key, 2, data=changed)


def create(session: ScopedSession, place: str, sort: str, day: date = DAY) -> UUID:
    data = PostCreate(unit_id=world.unit(place), title_id=world.title(sort), quota=3, valid_from=day)
    return post.create(session, data=data)


def test_a_post_is_opened_once_and_where_its_title_belongs(session: ScopedSession) -> None:
    with pytest.raises(Conflict):
        create(session, "so-y-te", "dept.specialist")
    for place, sort, day, pointer in (
        ("so-y-te", "board.head", DAY, "/title_id"),
        ("ubnd.dong-van", "c.officer", DAY, "/title_id"),
        ("ubnd.niem-tong", "c.officer", DAY, "/unit_id"),
        ("so-y-te", "dept.specialist", date(2009, 1, 1), "/unit_id"),
    ):
        with pytest.raises(Invalid) as refused:
            create(session, place, sort, day)
        assert [fault.pointer for fault in refused.value.faults] == [pointer]


def test_what_is_not_there_is_told_so(session: ScopedSession) -> None:
    with pytest.raises(NotFound):
        post.get(session, world.unit("tinh"), day=TODAY)
    with pytest.raises(NotFound, match="01/01/2010"):
        post.get(session, world.post("so-y-te", "dept.specialist"), day=date(2009, 1, 1))
