"""The files of the dated parameters: their shape, what each may say, and the digest that names them all."""

import hashlib
import math
import re
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from app.services.law import strict_yaml
from app.services.law.strict_yaml import LawError, StrictModel

WHOLE = 100
PARAMETERS = Path(__file__).parent / "parameters"

Amount = int | bool | str | tuple[str, ...]


class Kind(StrEnum):
    """What a parameter is: a standing norm, a target with a due day, or a definition used in measuring."""

    REQUIREMENT = "requirement"
    TARGET = "target"
    SETTING = "setting"


class Unit(StrEnum):
    """What the number counts. `choice` and `choices` are words out of the file's `options`.

    `fraction` is a share that no whole percent says: the text «2/3», proper and in lowest terms. `tenths`: a
    multiple in tenths, 15 is one and a half times.
    """

    PERCENT = "percent"
    FRACTION = "fraction"
    TENTHS = "tenths"
    PERSONS = "persons"
    TITLES = "titles"
    TERMS = "terms"
    YEARS = "years"
    MONTHS = "months"
    DAYS = "days"
    WORKING_DAYS = "working_days"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"


class Comparator(StrEnum):
    """How a measured share is held against the threshold; «đạt» and «trở lên» are >=, «trên» is strict."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="


class Strength(StrEnum):
    """The resolution's own word: phấn đấu, đạt, phải, tối thiểu."""

    PHAN_DAU = "phan_dau"
    DAT = "dat"
    PHAI = "phai"
    TOI_THIEU = "toi_thieu"


def _plain_date(raw: object) -> object:
    if isinstance(raw, datetime) or not isinstance(raw, date):
        raise ValueError("a day is written YYYY-MM-DD")  # noqa: TRY004 - pydantic reports where
    return raw


_FRACTION = re.compile(r"([1-9][0-9]?)/([1-9][0-9]?)")


def fraction_of(text: str) -> tuple[int, int] | None:
    """«2/3» as (2, 3); None for any other text, and for a fraction above one or not in lowest terms."""
    written = _FRACTION.fullmatch(text)
    if written is None:
        return None
    numerator, denominator = int(written[1]), int(written[2])
    proper = numerator <= denominator and math.gcd(numerator, denominator) == 1
    return (numerator, denominator) if proper else None


def as_tuple(raw: object) -> object:
    """A list of the file becomes a tuple, so that nothing of the law can be changed afterwards."""
    return tuple(raw) if isinstance(raw, list) else raw


def _start(raw: object) -> object:
    return raw if raw == "resolution" else _plain_date(raw)


_Day = Annotated[date, BeforeValidator(_plain_date)]
Words = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
Text = Annotated[str, Field(min_length=2)]


class ValueFile(StrictModel):
    """One period of a parameter as the file writes it."""

    start: Annotated[date | Literal["resolution"], BeforeValidator(_start), Field(alias="from")]
    to: _Day | None = None
    at_least: int | None = None
    more_than: int | None = None
    at_most: int | None = None
    value: Annotated[int | bool | str | tuple[str, ...] | None, BeforeValidator(as_tuple)] = None
    due: _Day | None = None
    clause: Text
    source: Text
    strength: Strength | None = Field(default=None, strict=False)
    confidence: Literal["D", "L", "S2", "M-h", "M-m", "M-l"] | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        given = [n for n in (self.at_least, self.more_than, self.at_most, self.value) if n is not None]
        if len(given) != 1:
            raise ValueError("exactly one of at_least, more_than, at_most, value is written")
        return self

    def amount(self) -> tuple[Comparator | None, Amount]:
        """The comparator (None for a setting) and what it compares with."""
        for comparator, threshold in (
            (Comparator.AT_LEAST, self.at_least),
            (Comparator.MORE_THAN, self.more_than),
            (Comparator.AT_MOST, self.at_most),
        ):
            if threshold is not None:
                return comparator, threshold
        assert self.value is not None  # noqa: S101 - _one_amount saw to it
        return None, self.value


class ParameterFile(StrictModel):
    """One parameter file, its shape and everything that can be said without knowing the resolution's day."""

    id: str
    label: Text
    unit: Unit = Field(strict=False)
    kind: Kind = Field(strict=False)
    indicator: str | None = None
    options: Words = ()
    values: list[ValueFile] = Field(min_length=1)

    @model_validator(mode="after")
    def _kind_and_values_agree(self) -> Self:
        if bool(self.options) != (self.unit in {Unit.CHOICE, Unit.CHOICES}):
            raise ValueError("options belong to choice and choices, and those need them")
        if self.kind is Kind.TARGET and self.indicator is None:
            raise ValueError("a target names the indicator it is a target of")
        if self.kind is Kind.SETTING and self.indicator is not None:
            raise ValueError("a setting is no target: leave the indicator out")
        for value in self.values:
            self._check_value(value)
        return self

    def _check_value(self, value: ValueFile) -> None:
        comparator, amount = value.amount()
        if (comparator is None) != (self.kind is Kind.SETTING):
            raise ValueError("targets and requirements compare, settings have a plain value")
        if (value.due is None) != (self.kind is not Kind.TARGET):
            raise ValueError("a target says when it is due, nothing else does")
        if (value.strength is None) != (self.kind is Kind.SETTING):
            raise ValueError("targets and requirements name their strength, settings have none")
        if not self._fits(amount):
            raise ValueError(f"{amount!r} does not fit unit {self.unit}")
        if self.unit is Unit.PERCENT and comparator is Comparator.MORE_THAN and amount == WHOLE:
            raise ValueError("no share is more than 100 percent")

    def _fits(self, amount: Amount) -> bool:
        match self.unit:
            case Unit.YES_NO:
                return isinstance(amount, bool)
            case Unit.CHOICE:
                return isinstance(amount, str) and amount in self.options
            case Unit.FRACTION:
                return isinstance(amount, str) and fraction_of(amount) is not None
            case Unit.CHOICES:
                return (
                    isinstance(amount, tuple)
                    and len(set(amount)) == len(amount) > 0
                    and set(amount) <= set(self.options)
                )
            case Unit.PERCENT:
                return type(amount) is int and 0 <= amount <= WHOLE
            case _:
                return type(amount) is int and amount >= 0


def _read(path: Path, root: Path) -> ParameterFile:
    try:
        parameter = ParameterFile.model_validate(strict_yaml.load(path))
    except ValidationError as refused:
        raise LawError(f"{path.relative_to(root)}: {refused}") from refused
    expected = ".".join(path.relative_to(root).with_suffix("").parts)
    if parameter.id != expected:
        raise LawError(f"{path.relative_to(root)}: the id is {parameter.id}, its place says {expected}")
    return parameter


def _paths(root: Path) -> list[Path]:
    return sorted(root.rglob("*.yaml"), key=lambda path: path.relative_to(root).as_posix())


@cache
def read_files(root: Path) -> tuple[ParameterFile, ...]:
    """Every parameter file below `root`, in path order; LawError for the first that is wrong."""
    return tuple(_read(path, root) for path in _paths(root))


@cache
def digest(root: Path = PARAMETERS) -> str:
    """SHA-256 (hex) of the parameter files below `root`, in path order; line ends don't change it."""
    total = hashlib.sha256()
    for path in _paths(root):
        for part in (path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")):
            raw = part.encode()
            total.update(len(raw).to_bytes(8, "big"))
            total.update(raw)
    return total.hexdigest()
