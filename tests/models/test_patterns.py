"""What must look like a code or a number does: SQLModel takes `regex=` and forgets it."""

import ast

import pytest
from pydantic import BaseModel, ValidationError

from app.models.cadre import CadreCreate, CadreUpdate
from app.models.title import TitleCreate
from tests.house.sources import sources


@pytest.mark.parametrize(
    ("model", "field", "good", "bad"),
    [
        (
            CadreUpdate,
            "national_id",
            ("012345678", "012345678901", None),
            ("abcdefghi", "0123456789", "01234567x"),
        ),
        (CadreCreate, "national_id", ("012345678", None), ("0123456789", "012 345 678")),
        (CadreCreate, "code", ("HG-000123", None), ("hg-000123", "HG-12", "HG-000123x")),
        (TitleCreate, "code", ("d.board_head", "a-1"), ("D.Head", "có dấu", "a b")),
    ],
)
def test_a_pattern_of_a_field_holds(
    model: type[BaseModel], field: str, good: tuple[str | None, ...], bad: tuple[str, ...]
) -> None:
    for value in good:
        assert not told(model, field, value)
    for value in bad:
        assert told(model, field, value)


def told(model: type[BaseModel], field: str, value: str | None) -> bool:
    """Whether a body that holds `value` is refused for this field."""
    try:
        model.model_validate({field: value})
    except ValidationError as error:
        return any(fault["loc"][0] == field for fault in error.errors())
    return False


def test_no_field_says_regex() -> None:
    words = [
        file.at(node)
        for file in sources("app")
        for node in ast.walk(file.tree)
        if isinstance(node, ast.keyword) and node.arg == "regex"
    ]
    assert words == []
