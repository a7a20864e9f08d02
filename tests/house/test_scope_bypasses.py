"""Nothing reaches rows past the scope: no raw SQL, no bare tables, no bulk statements outside their room."""

import ast
import re

import pytest

from tests.house.sources import Source, example, meanings, sources

FORBIDDEN_NAMES = {
    f"{package}.{name}"
    for package in ("sqlalchemy", "sqlmodel", "sqlalchemy.sql", "sqlalchemy.sql.expression")
    for name in ("text", "literal_column", "table", "TextClause")
}
FORBIDDEN_ATTRIBUTES = {
    "__table__",
    "connection",
    "exec_driver_sql",
    "from_statement",
    "local_table",
    "persist_selectable",
    "raw_connection",
}
LISTED = re.compile(r"\.metadata\.tables$")
BULK_NAMES = {
    f"{package}.{name}"
    for package in (
        "sqlalchemy",
        "sqlmodel",
        "sqlalchemy.sql",
        "sqlalchemy.sql.expression",
        "sqlalchemy.dialects.postgresql",
        "sqlalchemy.dialects.sqlite",
    )
    for name in ("insert", "update", "delete")
}
BULK_ATTRIBUTES = {"bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings"}
# Who may say what, and why nothing escapes the scope by it.
ROOMS = {
    "app/services/bulk.py": {
        "__table__",
        "connection",
    },  # checks the units of all rows at once, then writes by Core
    # The predicate itself cannot be narrowed by itself; text is named there to be refused.
    "app/services/scope/": {"__table__", "local_table", "sqlalchemy.TextClause"},
    "app/services/scope/session.py": {"connection"},  # lends it to a session with a scope; reads no row
    "app/services/database.py": {"exec_driver_sql"},  # opens transactions, sets pragmas; reads no row
}


def allowed(path: str) -> set[str]:
    """What the room of `path` may say."""
    return {name for room, names in ROOMS.items() if path.startswith(room) for name in names}


def bypasses(file: Source) -> list[str]:
    """Where `file` could reach rows that the scope does not see."""
    found = [
        (node, name)
        for node, name in meanings(file)
        if name in FORBIDDEN_NAMES | BULK_NAMES or (isinstance(node, ast.Attribute) and LISTED.search(name))
    ]
    found += [
        (node, node.attr)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_ATTRIBUTES | BULK_ATTRIBUTES
    ]
    return [f"{file.at(node)} {name}" for node, name in found if name not in allowed(file.path)]


def test_no_way_past_the_scope() -> None:
    assert [line for file in sources("app") for line in bypasses(file)] == []


@pytest.mark.parametrize(
    "text",
    [
        "from sqlalchemy import text",
        "from sqlmodel import text as plain",
        "import sqlalchemy as sa\nquery = sa.literal_column('1')",
        "import sqlalchemy\nquery = sqlalchemy.sql.text('select 1')",
        "from sqlalchemy import table",
        "rows = select(Cadre).from_statement(query)",
        "rows = SQLModel.metadata.tables['cadre']",
        "rows = select(Cadre.__table__)",
        "rows = inspect(Cadre).local_table",
        "rows = session.connection().execute(query)",
        "rows = connection.exec_driver_sql('select 1')",
        "from sqlalchemy import update",
        "from sqlalchemy.dialects.postgresql import insert",
        "import sqlmodel\nquery = sqlmodel.delete(Cadre)",
        "session.bulk_insert_mappings(Cadre, rows)",
        "def hidden():\n    from sqlalchemy import text\n    return text",
    ],
)
def test_a_bypass_is_refused(text: str) -> None:
    assert bypasses(example(text))


def test_what_only_looks_alike_passes() -> None:
    text = "texts = {}\ntexts.update(a=1)\nsession.delete(row)\nlabel = text\nchart.table = 1"
    assert bypasses(example(text)) == []


def test_the_bulk_writer_may_write_but_not_speak_sql() -> None:
    assert (
        bypasses(example("session.connection().execute(Cadre.__table__.insert())", "app/services/bulk.py"))
        == []
    )
    assert bypasses(example("from sqlalchemy import text", "app/services/bulk.py"))


def test_the_predicate_may_name_its_table_and_nobody_else_may() -> None:
    text = "closure = UnitClosure.__table__"
    assert bypasses(example(text, "app/services/scope/criteria.py")) == []
    assert bypasses(example(text, "app/services/unit.py"))
