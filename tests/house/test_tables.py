"""What every table and every schema has in common."""

import inspect
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel
from sqlalchemy import Column, Date, DateTime, Enum, Float, ForeignKey, MetaData, String, Table
from sqlalchemy import inspect as sa_inspect
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, mapped_column, relationship
from sqlmodel import SQLModel

from app.models.base import (
    CadreOwned,
    Reference,
    System,
    TwoClocks,
    UnitOwned,
    UnitWritten,
    UtcDateTime,
    guards,
    tables,
)
from tests.house.schemas import accepts_the_unknown, contained
from tests.house.sources import sources

# What a table inherits, and the one word it must then say.
MARKERS: dict[str, type[SQLModel]] = {
    "unit": UnitOwned,
    "cadre": CadreOwned,
    "unit_written": UnitWritten,
    "reference": Reference,
    "system": System,
}


def modules() -> list[ModuleType]:
    """Every module that holds tables or schemas."""
    paths = [file.path.removesuffix(".py").removesuffix("/__init__") for file in sources("app/models")]
    return [import_module(path.replace("/", ".")) for path in paths]


def schemas() -> list[type[BaseModel]]:
    """Every model class that is no table."""
    found = {
        cls
        for module in modules()
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, BaseModel) and cls.__module__ == module.__name__ and not hasattr(cls, "__mapper__")
    }
    return sorted(found, key=lambda cls: cls.__qualname__)


def mapped() -> list[type[SQLModel]]:
    """Every table class of the house."""
    modules()
    own = (cls for cls in tables() if cls.__module__.startswith("app."))
    return sorted(own, key=lambda cls: cls.__name__)


def misowned(cls: type[SQLModel]) -> bool:
    """Whether `cls` fails to say in exactly one way who may read and write its rows."""
    inherited = "_or_".join(word for word, marker in MARKERS.items() if issubclass(cls, marker))
    return inherited not in {*MARKERS, "unit_or_cadre"} or getattr(cls, "ownership", "") != inherited


def test_there_is_a_house_to_look_at() -> None:
    assert len(mapped()) > 10
    assert len(schemas()) > 10


def test_every_table_says_in_one_way_who_owns_its_rows() -> None:
    assert [cls.__name__ for cls in mapped() if misowned(cls)] == []


def test_an_unmarked_a_doubly_marked_and_a_mislabelled_class_are_seen() -> None:
    class Nobodys(SQLModel):
        pass

    class Both(UnitOwned, CadreOwned):
        pass

    class Everybodys(UnitOwned, Reference):
        pass

    class Mislabelled(CadreOwned):
        ownership: ClassVar[str] = "reference"

    class Neighbours(UnitOwned, CadreOwned):
        ownership: ClassVar[str] = "unit_or_cadre"

    assert [cls.__name__ for cls in (Nobodys, Both, Everybodys, Mislabelled) if not misowned(cls)] == []
    assert not misowned(Neighbours)


def is_body(cls: type[BaseModel]) -> bool:
    """Whether the name says that callers send it."""
    return cls.__name__.endswith(("Create", "Update", "Change", "Correction", "Transition"))


def test_bodies_forbid_unknown_fields() -> None:
    assert [cls.__name__ for cls in schemas() if is_body(cls) and accepts_the_unknown(cls)] == []


def test_what_bodies_contain_forbids_unknown_fields_too() -> None:
    assert [cls.__name__ for cls in contained(filter(is_body, schemas())) if accepts_the_unknown(cls)] == []


def test_the_class_keyword_that_sqlmodel_ignores_is_seen() -> None:
    class ExampleCreate(SQLModel, extra="forbid"):
        pass

    class ExampleUpdate(SQLModel):
        model_config = {"extra": "forbid"}

    class OuterCreate(SQLModel):
        inner: list[ExampleCreate] | None = None

    assert accepts_the_unknown(ExampleCreate)
    assert not accepts_the_unknown(ExampleUpdate)
    assert contained(filter(is_body, [OuterCreate])) == [ExampleCreate]


def inherits_a_table(cls: type) -> bool:
    """Whether some ancestor of `cls` is a table, whose every column it would then show or take."""
    return any(hasattr(ancestor, "__mapper__") for ancestor in cls.__mro__[1:])


def test_schemas_never_inherit_a_table() -> None:
    assert [cls.__name__ for cls in schemas() if inherits_a_table(cls)] == []
    children = [
        cls
        for module in modules()
        for _, cls in inspect.getmembers(module, inspect.isclass)
        if issubclass(cls, SQLModel) and inherits_a_table(cls)
    ]
    assert children == []


def test_a_read_that_inherits_its_table_is_seen() -> None:
    class Table:
        __mapper__ = object()

    class ExampleRead(Table):
        pass

    assert inherits_a_table(ExampleRead)
    assert not inherits_a_table(Table)


def column_faults(table: Table) -> list[str]:
    """Columns that would mean different things on the two databases, or that no rule may count with."""
    return [f"{column.name}: {fault}" for column in table.columns if (fault := _fault(column))]


def _fault(column: Column[object]) -> str:
    kind = column.type
    if isinstance(kind, Float):
        return "floats have no place in a rule"
    if isinstance(kind, DateTime) and not isinstance(kind, Date):
        return "instants are UtcDateTime"
    if isinstance(kind, Enum) and (kind.native_enum or not kind.create_constraint):
        return "enums are VARCHAR with a CHECK: choice()"
    members = getattr(kind, "enum_class", None)
    if isinstance(kind, Enum) and members and kind.enums != [str(member.value) for member in members]:
        return "an enum column holds values, not Python names"
    return ""


def test_columns_mean_the_same_on_both_databases() -> None:
    faults = {cls.__name__: column_faults(cls.metadata.tables[str(cls.__tablename__)]) for cls in mapped()}
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_native_enum_a_naive_instant_and_a_float_are_seen() -> None:
    table = Table(
        "example",
        MetaData(),
        Column("kind", Enum("a", "b", name="kind")),
        Column("at", DateTime(timezone=True)),
        Column("share", Float()),
        Column("known", UtcDateTime()),
    )
    assert [fault.partition(":")[0] for fault in column_faults(table)] == ["kind", "at", "share"]


def unnamed(table: Table) -> list[str]:
    """Constraints and indexes that a later migration could not name."""
    constraints = [type(part).__name__ for part in table.constraints if part.name is None]
    return constraints + ["Index" for part in table.indexes if part.name is None]


def test_constraints_have_names() -> None:
    assert {
        cls.__name__: found
        for cls in mapped()
        if (found := unnamed(cls.metadata.tables[str(cls.__tablename__)]))
    } == {}


def test_a_constraint_without_a_name_is_seen() -> None:
    table = Table("example", MetaData(), Column("code", String(), unique=True))
    assert "UniqueConstraint" in unnamed(table)


def eager_or_lazy(mapper: Mapper[Any]) -> list[str]:
    """Relationships that would read rows unasked."""
    return [relation.key for relation in mapper.relationships if relation.lazy != "raise"]


def test_relationships_never_load_unasked() -> None:
    assert {cls.__name__: found for cls in mapped() if (found := eager_or_lazy(sa_inspect(cls)))} == {}


def test_a_relationship_that_loads_by_itself_is_seen() -> None:
    class Base(DeclarativeBase):
        pass

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
        mother: Mapped[Parent] = relationship(lazy="raise")
        father: Mapped[Parent] = relationship(lazy="select", viewonly=True)

    assert eager_or_lazy(sa_inspect(Child)) == ["father"]
    Base.registry.dispose()


def guardless(classes: list[type[SQLModel]]) -> list[str]:
    """Dated tables with two clocks that would let two truths stand for one day."""
    return [cls.__name__ for cls in classes if issubclass(cls, TwoClocks) and not cls.guards]


def test_two_clock_tables_are_guarded_against_overlap() -> None:
    assert guardless(mapped()) == []


def test_a_two_clock_table_without_a_guard_is_seen() -> None:
    class Loose(TwoClocks):
        pass

    assert guardless([Loose]) == ["Loose"]


def test_the_registry_of_guards_holds_the_facts_that_may_not_overlap() -> None:
    assert {"unit_version", "assignment_span", "qualification_span", "title_version"} <= set(guards())


def test_guard_names_are_unique() -> None:
    names = [guard.name for own in guards().values() for guard in own]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("cls", mapped(), ids=lambda cls: cls.__name__)
def test_a_guard_speaks_of_columns_that_exist(cls: type[SQLModel]) -> None:
    columns = set(cls.metadata.tables[str(cls.__tablename__)].columns.keys())
    assert {key for guard in getattr(cls, "guards", ()) for key in guard.keys} <= columns
