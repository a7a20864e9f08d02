"""The test world is what it says: on both databases, every rule of the record holds in it."""

from collections import Counter
from datetime import date

import pytest
from sqlalchemy import Connection, select, text

from app.models.base import METADATA, tables
from app.models.title import ManagedBy
from tests import world
from tests.conftest import TODAY
from tests.world.people import STORIES

CADRE = METADATA.tables["cadre"].c
SPAN = METADATA.tables["assignment_span"].c
QUOTA = METADATA.tables["post_quota"].c
MEMBER = METADATA.tables["membership"].c


def test_each_row_arrived(connection: Connection) -> None:
    rows = world.gather(TODAY)
    for table in tables():
        if table in rows:
            found = connection.execute(text(f"SELECT count(*) FROM {table.__tablename__}")).scalar_one()
            assert found == len(rows[table]), table.__name__
    assert {str(table.__tablename__) for table in rows} <= set(METADATA.tables)


def test_it_is_the_same_every_time() -> None:
    once = world.gather(TODAY)
    world.crowd.cache_clear()
    again = world.gather(TODAY)
    hashes = {
        row.pop("password_hash", None) for rows in (once, again) for table in rows.values() for row in table
    }
    assert len(hashes) == 3  # each hash has a salt of its own
    assert once == again


def test_each_story_has_its_person(connection: Connection) -> None:
    ids = set(connection.scalars(select(CADRE.id)))
    assert {world.person(slug) for slug in STORIES.values()} <= ids
    assert 280 <= len(ids) <= 320


def test_names_that_are_not_there_are_refused() -> None:
    for ask, names in ((world.unit, ["nowhere"]), (world.title, ["nothing"]), (world.post, ["tinh", "x"])):
        with pytest.raises(KeyError):
            ask(*names)


def test_a_file_lies_with_the_main_seat_of_the_day(connection: Connection) -> None:
    main = connection.execute(
        select(SPAN.cadre_id, SPAN.unit_id).where(
            SPAN.is_main,
            SPAN.superseded_at.is_(None),
            SPAN.valid_from <= TODAY,
            (SPAN.valid_to.is_(None)) | (SPAN.valid_to > TODAY),
        )
    ).all()
    kept = {row.id: row.unit_id for row in connection.execute(select(CADRE.id, CADRE.unit_id))}
    assert len(main) > 270
    assert [row for row in main if kept[row.cadre_id] != row.unit_id] == []
    assert kept[world.person("moved")] == world.unit("phong-noi-vu.dong-van")
    assert kept[world.person("dissolved.retired")] == world.unit("ubnd.niem-tong")


def test_no_seat_lies_beyond_its_quota(connection: Connection) -> None:
    query = select(SPAN.post_id, SPAN.seat_no, QUOTA.quota).where(QUOTA.post_id == SPAN.post_id)
    for day in (date(2012, 1, 1), date(2019, 12, 31), TODAY):
        live = [
            condition
            for table in (SPAN, QUOTA)
            for condition in (
                table.superseded_at.is_(None),
                table.valid_from <= day,
                (table.valid_to.is_(None)) | (table.valid_to > day),
            )
        ]
        rows = connection.execute(query.where(*live)).all()
        assert len(rows) > 40
        assert [row for row in rows if row.seat_no > row.quota] == []


def test_secretaries_and_deputies_sit_on_their_committees(connection: Connection) -> None:
    people = world.crowd(TODAY).people.values()
    ranks = {"secretary": "secretary", "deputy": "deputy"}
    seats = Counter(
        (person.id, world.unit(held.unit), ranks[held.sort.partition(".")[2]])
        for person in people
        for held in person.open_on(TODAY)
        if held.sort.partition(".")[2] in ranks and ("uy" in held.unit.partition(".")[0].split("-"))
        if held.sort.partition(".")[0] in {"p", "d", "c", "attached"}
    )
    members = Counter(
        (row.cadre_id, row.unit_id, row.rank.value)
        for row in connection.execute(
            select(MEMBER.cadre_id, MEMBER.unit_id, MEMBER.rank).where(
                MEMBER.valid_to.is_(None), MEMBER.rank.in_(["secretary", "deputy"])
            )
        )
    )
    assert len(seats) > 12
    assert seats == members


def test_the_managed_are_of_every_kind(connection: Connection) -> None:
    found = Counter(connection.scalars(select(CADRE.managed_by)))
    assert set(found) == {*ManagedBy}
    assert found[ManagedBy.CENTRAL] == 3
