"""The date predicate lives in one file, and so does each clock."""

import ast

import pytest

from tests.house.sources import Source, example, imports, meanings, sources

SPAN = {"valid_from", "valid_to", "recorded_at", "superseded_at"}
ENDS = ({"valid_from", "valid_to"}, {"recorded_at", "superseded_at"})
METHODS = {"between", "in_", "is_", "is_distinct_from", "is_not", "is_not_distinct_from", "isnot", "not_in"}
QUERIES = {
    "and_",
    "case",
    "exists",
    "filter",
    "having",
    "join",
    "not_",
    "or_",
    "outerjoin",
    "select",
    "where",
}
ORDER = ast.Lt | ast.LtE | ast.Gt | ast.GtE
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


def ends(node: ast.AST) -> set[str]:
    """The ends of spans named anywhere in an expression."""
    return {part.attr for part in ast.walk(node) if isinstance(part, ast.Attribute)} & SPAN


def _of_a_class(node: ast.AST) -> bool:
    """Whether an end is a column: taken from a class, or wrapped in `col`."""
    wrapped = [part for part in ast.walk(node) if isinstance(part, ast.Call) and ends(part)]
    taken = [part for part in ast.walk(node) if isinstance(part, ast.Attribute) and part.attr in SPAN]
    return any(isinstance(call.func, ast.Name) and call.func.id == "col" for call in wrapped) or any(
        isinstance(part.value, ast.Name) and part.value.id.strip("_")[:1].isupper() for part in taken
    )


def _is_a_condition(node: ast.AST) -> bool:
    """Whether `node` compares the ends of spans in SQL."""
    if isinstance(node, ast.Compare):
        return bool(ends(node)) and _of_a_class(node)
    method = node.func if isinstance(node, ast.Call) else None
    return isinstance(method, ast.Attribute) and method.attr in METHODS and bool(ends(method.value))


def _in_a_query(node: ast.AST) -> bool:
    """Whether `node` builds a query and compares the ends of spans in it, be they those of an alias."""
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    parts = [part for argument in node.args for part in ast.walk(argument)]
    return name in QUERIES and any(isinstance(part, ast.Compare) and ends(part) for part in parts)


def _holds(node: ast.AST) -> bool:
    """Whether `node` asks of a row in memory what `holds_on` answers: begun by a day, and not ended."""
    if not isinstance(node, ast.BoolOp | ast.Compare):
        return False
    ordered = {
        end
        for part in ast.walk(node)
        if isinstance(part, ast.Compare) and any(isinstance(sign, ORDER) for sign in part.ops)
        # One end beside the other says nothing of a day between them.
        if len(part.ops) > 1 or len(ends(part)) == 1
        for end in ends(part)
    }
    return any(pair <= ordered for pair in ENDS)


def date_predicates(file: Source) -> list[str]:
    """Where `file` asks whether a span holds; comparing one span's end with another's asks no such thing."""
    found = {
        getattr(node, "lineno", 0)
        for node in ast.walk(file.tree)
        if _is_a_condition(node) or _in_a_query(node) or _holds(node)
    }
    return [f"{file.path}:{line}" for line in sorted(found)]


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
        "span = aliased(Assignment)\nquery = select(span).where(span.valid_from <= day)",
        "query = select(one).join(other, other.valid_from < one.valid_to)",
        "begun = Assignment.valid_from <= day",
        "held = row.valid_from <= day < row.valid_to",
        "held = row.valid_from <= day and (row.valid_to is None or row.valid_to > day)",
        "known = row.recorded_at <= at and (not row.superseded_at or at < row.superseded_at)",
    ],
)
def test_a_second_date_predicate_is_refused(text: str) -> None:
    assert date_predicates(example(text))


@pytest.mark.parametrize(
    "text",
    [
        "row.valid_to = day",
        "ended = row.valid_to is not None",
        "query = select(Span).order_by(Span.valid_from)",
        "follows = other.valid_from == span.valid_to",
        "if data.valid_to <= span.valid_from: refuse()",
    ],
)
def test_writing_a_span_is_no_predicate(text: str) -> None:
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
