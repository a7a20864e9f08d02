"""No write reaches past the scope."""

from uuid import UUID

import pytest
from sqlalchemy import (
    Engine,
)
from sqlalchemy.orm import make_transient_to_detached

from app.models.assignment import Assignment, AssignmentKind, AssignmentSpan
from app.models.cadre import Cadre
from app.models.post import Post
from app.services.errors import Denied
from app.services.scope import ScopeError
from tests import world
from tests.services.scope.callers import (
    TODAY,
    actor,
    grant,
    kin,
    newcomer,
    rows,
    writing_as,
)


def test_inside_a_person_is_edited_and_the_version_rises_once(walls: Engine) -> None:
    with writing_as(walls, "district") as session:
        person = session.get_one(Cadre, world.person("moved"))
        before = person.version
        person.phone = "0219000001"
        session.add(kin(person.id))
        session.flush()
        person.phone = "0219000002"
        session.flush()
        assert person.version == before + 1


def test_inside_a_person_is_added_and_begins_at_one(walls: Engine) -> None:
    with writing_as(walls, "district") as session:
        person = newcomer("phong-noi-vu.dong-van")
        session.add(person)
        session.flush()
        session.add(kin(person.id))
        session.flush()
        assert person.version == 1


@pytest.mark.parametrize(
    ("who", "place"),
    [
        ("district", "phong-noi-vu.meo-vac"),
        ("district", "tinh"),
        ("district", "niem-tong"),
        ("nobody", "dong-van"),
    ],
)
def test_nobody_is_added_outside(walls: Engine, who: str, place: str) -> None:
    with writing_as(walls, who) as session:
        session.add(newcomer(place))
        with pytest.raises(Denied):
            session.flush()


def test_nobody_is_moved_out_or_in(walls: Engine) -> None:
    with writing_as(walls, "district") as session:
        session.get_one(Cadre, world.person("moved")).unit_id = world.unit("meo-vac")
        with pytest.raises(Denied):
            session.flush()
    both = actor(grant("org_officer", "dong-van"), grant("approver", "meo-vac"))
    with writing_as(walls, both) as session:
        # He sees the person, and writes where the person would come to, but not where he is.
        session.get_one(Cadre, world.person("spouse-of-btc.dongvan")).unit_id = world.unit("dong-van")
        with pytest.raises(Denied):
            session.flush()


def test_what_is_seen_but_not_held_is_not_written(walls: Engine) -> None:
    both = actor(grant("org_officer", "dong-van"), grant("approver", "meo-vac"))
    with writing_as(walls, both) as session:
        person = session.get_one(Cadre, world.person("spouse-of-btc.dongvan"))
        person.phone = "0219000001"
        with pytest.raises(Denied):
            session.flush()


@pytest.mark.parametrize("who", ["province", "district"])
def test_reading_permissions_write_nothing(walls: Engine, who: str) -> None:
    for change in (lambda person: setattr(person, "phone", "0219000001"), None):
        with writing_as(walls, who, "cadre:read") as session:
            person = session.get_one(Cadre, world.person("moved"))
            if change is not None:
                change(person)
            else:
                session.add(kin(person.id))
            with pytest.raises(Denied):
                session.flush()


def test_rows_of_a_person_outside_are_neither_added_nor_taken_over(walls: Engine) -> None:
    near, away = world.person("moved"), world.person("concurrent")
    with writing_as(walls, "district") as session:
        session.add(kin(away))
        with pytest.raises(Denied):
            session.flush()
    with writing_as(walls, "district") as session:
        row = kin(near)
        session.add(row)
        session.flush()
        row.cadre_id = away
        with pytest.raises(Denied):
            session.flush()


def span(person: UUID, place: str) -> AssignmentSpan:
    post = next(row for row in rows(Post) if row["unit_id"] == world.unit(place))
    return AssignmentSpan(
        assignment_id=next(row["id"] for row in rows(Assignment) if row["cadre_id"] == person),
        cadre_id=person,
        unit_id=world.unit(place),
        post_id=post["id"],
        title_id=post["title_id"],
        seat_no=900,
        kind=AssignmentKind.CONCURRENT,
        is_main=False,
        valid_from=TODAY,
    )


@pytest.mark.parametrize(
    ("person", "place", "good"),
    [
        ("moved", "phong-noi-vu.dong-van", True),
        ("moved", "phong-noi-vu.meo-vac", False),
        ("concurrent", "phong-noi-vu.dong-van", False),
    ],
)
def test_a_row_of_unit_and_person_needs_both(walls: Engine, person: str, place: str, good: bool) -> None:  # noqa: FBT001
    with writing_as(walls, "district", "assignment:write") as session:
        session.add(span(world.person(person), place))
        if good:
            session.flush()
        else:
            with pytest.raises(Denied):
                session.flush()


def test_an_old_value_that_is_unknown_is_refused(walls: Engine) -> None:
    """An object made to look loaded says nothing of where the row really is."""
    away = world.person("concurrent")
    for values in ({"unit_id": world.unit("dong-van")}, {"phone": "0219000001"}):
        with writing_as(walls, "district") as session:
            forged = Cadre(id=away)  # type: ignore[call-arg] # nothing else is known
            make_transient_to_detached(forged)
            session.add(forged)
            for name, value in values.items():
                setattr(forged, name, value)
            with pytest.raises((ScopeError, Denied)):
                session.flush()


def test_merging_somebody_from_outside_does_not_take_him_over(walls: Engine) -> None:
    away = world.person("concurrent")
    with writing_as(walls, "district") as session:
        session.merge(newcomer("dong-van", id=away))
        with pytest.raises(Exception, match=r"UNIQUE|unique|duplicate"):
            session.flush()


def test_nothing_is_deleted(walls: Engine) -> None:
    with writing_as(walls, "province") as session:
        session.delete(session.get_one(Cadre, world.person("moved")))
        with pytest.raises(ScopeError):
            session.flush()


def test_no_savepoints(walls: Engine) -> None:
    with writing_as(walls, "province") as session, pytest.raises(ScopeError):
        session.begin_nested()
