"""What every table shares: ids, clocks, ownership, guards, and the keys of Vietnamese names."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, DateTime, Dialect, Enum, MetaData, String, Text, TypeDecorator
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig
from uuid_utils.compat import uuid7

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA: MetaData = SQLModel.metadata

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
"""Where a day begins and ends."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The instant that is now, and the ids that come next, while a past day is told again."""

    now: datetime
    make_id: Callable[[], UUID]


_REPLAY: ContextVar[Replay | None] = ContextVar("replay", default=None)


@contextmanager
def replayed(replay: Replay) -> Iterator[None]:
    """Within it `utc_now` and `new_id` answer as `replay` says: the demo province tells its own past."""
    token = _REPLAY.set(replay)
    try:
        yield
    finally:
        _REPLAY.reset(token)


def new_id() -> UUID:
    """A UUIDv7: unique, and in order of its making, so that indexes grow at one end."""
    replay = _REPLAY.get()
    return uuid7() if replay is None else replay.make_id()


def utc_now() -> datetime:
    """The real clock, for tokens, audit and `recorded_at`; the business day comes from `api/deps.py`."""
    replay = _REPLAY.get()
    return datetime.now(UTC) if replay is None else replay.now


class UtcDateTime(TypeDecorator[datetime]):
    """An instant that is UTC on both databases; a naive value is refused at the door."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse naive values, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the zone back that SQLite forgets."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(kind: type[StrEnum], name: str) -> Enum:
    """A VARCHAR column with a CHECK that holds the enum's values."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


class KeyText(TypeDecorator[str]):
    """Text compared byte by byte on both databases: sort keys, search keys, codes."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:  # noqa: ANN401 - the engine type of the dialect
        """PostgreSQL would otherwise order by the database's locale."""
        return dialect.type_descriptor(String(collation="C") if dialect.name == "postgresql" else Text())


# --- ownership: each table class says who may read and write its rows -------------------------------


class UnitOwned(SQLModel):
    """Rows of a unit: read and written only where the session's scope holds `unit_id`."""

    ownership: ClassVar[str] = "unit"
    unit_id: UUID = Field(foreign_key="unit.id", index=True)


class CadreOwned(SQLModel):
    """Rows of a person: they follow the unit that keeps the person's file today."""

    ownership: ClassVar[str] = "cadre"
    cadre_id: UUID = Field(foreign_key="cadre.id", index=True)


class UnitWritten(SQLModel):
    """Reference data of a unit: every signed-in caller reads it, only its scope writes it."""

    ownership: ClassVar[str] = "unit_written"
    unit_id: UUID = Field(foreign_key="unit.id", index=True)


class Reference(SQLModel):
    """Reference data of the whole tree: everybody reads it, only a scope over the whole tree writes it."""

    ownership: ClassVar[str] = "reference"


class System(SQLModel):
    """Rows of the machine itself (accounts, sessions, audit): written by their own service alone."""

    ownership: ClassVar[str] = "system"


# --- time ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Guard:
    """No two live rows of one key may overlap in `[valid_from, valid_to)`; the database refuses them."""

    name: str
    keys: tuple[str, ...]
    condition: str = ""


class Dated(SQLModel):
    """A fact that holds in `[valid_from, valid_to)`; an empty `valid_to` is open."""

    guards: ClassVar[tuple[Guard, ...]] = ()
    valid_from: date
    valid_to: date | None = None


class TwoClocks(Dated):
    """A dated fact that also says when it was known: `[recorded_at, superseded_at)`."""

    row_id: UUID = Field(default_factory=new_id, primary_key=True)
    recorded_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    superseded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def period_check() -> CheckConstraint:
    """`valid_to` lies after `valid_from`."""
    return CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="period")


def clock_check() -> CheckConstraint:
    """A fact is superseded after it was recorded, never before."""
    return CheckConstraint("superseded_at IS NULL OR superseded_at >= recorded_at", name="clock")


def tables() -> Iterable[type[SQLModel]]:
    """Every mapped class of the house (import `app.models` first)."""
    seen: set[type] = set()
    queue: list[type[SQLModel]] = [SQLModel]
    while queue:
        children: Sequence[type[SQLModel]] = queue.pop().__subclasses__()
        for child in children:
            if child in seen:
                continue
            seen.add(child)
            queue.append(child)
            if hasattr(child, "__tablename__") and hasattr(child, "__mapper__"):
                yield child


def guards() -> dict[str, tuple[Guard, ...]]:
    """Table name to its no-overlap guards, for the check that both catalogues hold them."""
    found: dict[str, tuple[Guard, ...]] = {}
    for table in tables():
        own: tuple[Guard, ...] = getattr(table, "guards", ())
        if own:
            found[str(table.__tablename__)] = own
    return found


# --- Vietnamese names ------------------------------------------------------------------------------

_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_LETTERS = {letter: chr(0x41 + rank) for rank, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_SHAPES = {"\u0306": {"a": "ă"}, "\u0302": {"a": "â", "e": "ê", "o": "ô"}, "\u031b": {"o": "ơ", "u": "ư"}}


def nfc(text: str) -> str:
    """One spelling for one text: NFC, single blanks, none at the ends."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def search_key(text: str) -> str:
    """`text` in lower case without tone marks, đ as d: what a search without marks compares."""
    plain = unicodedata.normalize("NFD", nfc(text).lower().replace("đ", "d"))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _weights(text: str) -> str:
    """Letters first, then tones, as the Vietnamese collation compares: a ă â … y.

    Ngang huyền hỏi ngã sắc nặng.
    """
    letters: list[str] = []
    tones: list[str] = []
    for letter in unicodedata.normalize("NFD", text.lower()):
        if letter in _SHAPES and letters:
            base = letters[-1]
            letters[-1] = _SHAPES[letter].get(base, base)
        elif letter in _TONES and tones:
            tones[-1] = _TONES[letter]
        elif not unicodedata.combining(letter):
            letters.append(letter)
            tones.append("0")
    primary = "".join(
        _LETTERS.get(letter, "!" if letter == " " else letter if letter.isdigit() else "#")
        for letter in letters
    )
    return f"{primary} {''.join(tones).rstrip('0')}"


def text_key(text: str) -> str:
    """Orders names of units and titles, whole, in Vietnamese order, byte by byte on both databases."""
    return _weights(nfc(text))


def sort_key(name: str) -> str:
    """Orders persons by given name, then the rest, each in Vietnamese order, byte by byte."""
    rest, _, given = nfc(name).rpartition(" ")
    return f"{_weights(given)} {_weights(rest)}"


class RecordRow(CadreOwned):
    """A row of a person's record with one clock: edited under audit, voided with a reason, never deleted."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    recorded_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    voided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    void_reason: str | None = Field(default=None, max_length=500)


FORBID = SQLModelConfig(extra="forbid")
"""The config of every request body: an unknown field is a 422 (SQLModel ignores the keyword `extra=`)."""


def tier(name: str) -> dict[str, Any]:
    """Marks a field of a Read schema with its tier: T1 basic, T2 special category, T3 restricted."""
    return {"json_schema_extra": {"x-tier": name}}
