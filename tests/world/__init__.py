"""A province of some three hundred persons, the same every time: what tests of services and API look at.

Two districts with three communes each (one ended in another on 2020-01-01, two bear one name), a province
with party boards and departments. What tests ask for by name stands in `units.PLACES`, `titles.SORTS`,
`people.STORIES` and `accounts.ACCOUNTS`; `unit`, `title`, `post` and `person` give the ids.
"""

from datetime import date
from functools import cache
from uuid import UUID

from sqlalchemy import Engine

from app.models.base import METADATA, tables
from app.services import bulk
from app.services.scope import Scope, ScopedSession
from tests.world import accounts, people, record, titles, units
from tests.world.accounts import ACCOUNTS, PASSWORD
from tests.world.people import Crowd
from tests.world.rows import Book, Rows
from tests.world.titles import post, title
from tests.world.units import unit

__all__ = ["ACCOUNTS", "PASSWORD", "build", "crowd", "gather", "person", "post", "title", "unit"]


@cache
def crowd(today: date) -> Crowd:
    """The persons and what they hold, as objects: the oracle for what is read back."""
    return Crowd(today)


def person(slug: str, today: date = date(2021, 12, 31)) -> UUID:
    """The id of a person by the name of the story, or `p001` and so on; KeyError if there is none."""
    return crowd(today).people[slug].id


def gather(today: date) -> Rows:
    """Every row of the test world, by table."""
    book = Book()
    units.write(book)
    titles.write(book)
    people.write(book, crowd(today))
    record.write(book, crowd(today))
    accounts.write(book)
    return book.rows


def build(engine: Engine, today: date) -> None:
    """Write the test world into a migrated, empty database; `engine` is one that writes."""
    rows = gather(today)
    by_name = {str(table.__tablename__): table for table in tables()}
    with ScopedSession(engine, Scope.house(today, "test world")) as session:
        for table in METADATA.sorted_tables:
            bulk.write(session, by_name[table.name], rows.get(by_name[table.name], []))
        session.commit()
