"""The date predicate lives in one file, and so does each clock."""

import ast

import pytest

from tests.house.sources import Source, example, imports, meanings, sources

SPAN = {"valid_from", "valid_to", "recorded_at", "superseded_at"}
METHODS = {"between", "in_", "is_", "is_distinct_from", "is_not", "is_not_distinct_from", "isnot", "not_in"}
DATED = "app/services/dated.py"

CLOCKS = {
    "datetime.date.today",
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "sqlalchemy.func.current_date",
    "sqlalchemy.func.current_timestamp",
    "sqlalchemy.func.now",
    "sqlmodel.func.current_date",
    "sqlmodel.func.current_timestamp",
    "sqlmodel.func.now",
    "time.ctime",
    "time.gmtime",
    "time.localtime",
    "time.time",
    "time.time_ns",
}
CLOCK_KEEPERS = {"app/api/deps.py", "app/models/base.py"}


def _names_a_span(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Attribute) and part.attr in SPAN for part in ast.walk(node))


def _asks_a_span(node: ast.AST) -> bool:
    if isinstance(node, ast.Compare):
        # `row.valid_to is None` looks at a row at hand: SQL cannot come of it.
        sides = (node.left, *node.comparators)
        return any(map(_names_a_span, sides)) and not all(
            isinstance(sign, ast.Is | ast.IsNot) for sign in node.ops
        )
    method = node.func if isinstance(node, ast.Call) else None
    return isinstance(method, ast.Attribute) and method.attr in METHODS and _names_a_span(method.value)


def date_predicates(file: Source) -> list[str]:
    """Where `file` compares the ends of a span."""
    return [file.at(node) for node in ast.walk(file.tree) if _asks_a_span(node)]


def clocks(file: Source) -> list[str]:
    """Where `file` asks what time it is."""
    return [f"{file.at(node)} {name}" for node, name in meanings(file) if name in CLOCKS]


def test_the_date_predicate_lives_in_dated_alone() -> None:
    files = [file for file in sources("app/services", "app/api") if file.path != DATED]
    assert files
    assert [line for file in files for line in date_predicates(file)] == []


@pytest.mark.parametrize(
    "text",
    [
        "query = select(Assignment).where(Assignment.valid_from <= day)",
        "query = select(Assignment).where(day < col(Assignment.valid_to))",
        "query = select(Assignment).where(col(Assignment.valid_to).is_(None))",
        "query = select(Assignment).where(Assignment.superseded_at == None)",
        "query = select(Assignment).where(or_(span.recorded_at.between(a, b)))",
        "held = assignment.valid_from <= day < assignment.valid_to",
    ],
)
def test_a_second_date_predicate_is_refused(text: str) -> None:
    assert date_predicates(example(text))


def test_reading_and_setting_a_span_is_no_predicate() -> None:
    text = "row.valid_to = day\nended = row.valid_to is not None\nby = query.order_by(Span.valid_from)"
    assert date_predicates(example(text)) == []


def test_nobody_asks_the_clock_but_its_keepers() -> None:
    assert [line for file in sources("app") if file.path not in CLOCK_KEEPERS for line in clocks(file)] == []


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import date\nday = date.today()",
        "import datetime as dt\nnow = dt.datetime.now(dt.UTC)",
        "from datetime import datetime as instant\nnow = instant.utcnow()",
        "from time import time\nnow = time()",
        "from sqlalchemy import func\nquery = select(func.now())",
        "class Row:\n    at = Field(default_factory=date.today)\n    from datetime import date",
    ],
)
def test_a_look_at_the_clock_is_refused(text: str) -> None:
    assert clocks(example(text))


def test_a_stopwatch_is_no_clock() -> None:
    assert clocks(example("import time\nbegun = time.monotonic()\nday = deps.today()")) == []


def future_annotations(file: Source) -> bool:
    """Whether `file` turns annotations into strings, which breaks Relationship."""
    return imports(file.tree).get("annotations") == "__future__.annotations"


def test_models_evaluate_their_annotations() -> None:
    files = sources("app/models")
    assert files
    assert [file.path for file in files if future_annotations(file)] == []


def test_stringified_annotations_are_seen() -> None:
    assert future_annotations(example("from __future__ import annotations", "app/models/unit.py"))
