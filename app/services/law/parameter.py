"""Dated parameters of the law: which number is in force on a day, from which clause and source.

Each file `parameters/<topic>/<name>.yaml` is one parameter with id `<topic>.<name>`. Its values are half-open
periods `[from, to)`: the days on which the norm is law. `due` is another thing, the day by which a target must be
reached; a target goes on being law after its due day. Before the first period the answer is NotInForce, never 0.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from app.services.law import strict_yaml
from app.services.law.strict_yaml import LawError, StrictModel

PARAMETERS = Path(__file__).parent / "parameters"
RESOLUTION_ON = date(2021, 1, 1)
"""Default of the setting «ngày Nghị quyết có hiệu lực»: the resolution's text bears no date."""

Amount = int | bool | str | tuple[str, ...]


class NotInForce(LookupError):
    """The parameter has no value on that day: its norm is not law yet, or no longer."""

    def __init__(self, parameter_id: str, day: date) -> None:
        super().__init__(f"{parameter_id} is not in force on {day.isoformat()}")
        self.parameter_id = parameter_id
        self.day = day


class UnknownParameter(LookupError):
    """No file of the law defines this id."""


class Kind(StrEnum):
    """What a parameter is: a standing norm, a target with a due day, or a definition used in measuring."""

    REQUIREMENT = "requirement"
    TARGET = "target"
    SETTING = "setting"


class Unit(StrEnum):
    """What the number counts. `choice` and `choices` are words out of the file's `options`."""

    PERCENT = "percent"
    PERSONS = "persons"
    YEARS = "years"
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
        raise ValueError("a day is written YYYY-MM-DD")  # noqa: TRY004 - pydantic reports ValueError with its place
    return raw


def as_tuple(raw: object) -> object:
    """A list of the file becomes a tuple, so that nothing of the law can be changed afterwards."""
    return tuple(raw) if isinstance(raw, list) else raw


def _start(raw: object) -> object:
    return raw if raw == "resolution" else _plain_date(raw)


_Day = Annotated[date, BeforeValidator(_plain_date)]
Words = Annotated[tuple[str, ...], BeforeValidator(as_tuple)]
Text = Annotated[str, Field(min_length=2)]


class _ValueFile(StrictModel):
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
        for comparator, threshold in (
            (Comparator.AT_LEAST, self.at_least),
            (Comparator.MORE_THAN, self.more_than),
            (Comparator.AT_MOST, self.at_most),
        ):
            if threshold is not None:
                return comparator, threshold
        assert self.value is not None  # noqa: S101 - _one_amount saw to it
        return None, self.value


class _ParameterFile(StrictModel):
    """One parameter file, its shape and everything that can be said without knowing the resolution's day."""

    id: str
    label: Text
    unit: Unit = Field(strict=False)
    kind: Kind = Field(strict=False)
    indicator: str | None = None
    options: Words = ()
    values: list[_ValueFile] = Field(min_length=1)

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

    def _check_value(self, value: _ValueFile) -> None:
        comparator, amount = value.amount()
        if (comparator is None) != (self.kind is Kind.SETTING):
            raise ValueError("targets and requirements compare, settings have a plain value")
        if (value.due is None) != (self.kind is not Kind.TARGET):
            raise ValueError("a target says when it is due, nothing else does")
        if (value.strength is None) != (self.kind is Kind.SETTING):
            raise ValueError("targets and requirements name their strength, settings have none")
        if not self._fits(amount):
            raise ValueError(f"{amount!r} does not fit unit {self.unit}")
        if self.unit is Unit.PERCENT and comparator is Comparator.MORE_THAN and amount == 100:  # noqa: PLR2004 - whole
            raise ValueError("no share is more than 100 percent")

    def _fits(self, amount: Amount) -> bool:
        match self.unit:
            case Unit.YES_NO:
                return isinstance(amount, bool)
            case Unit.CHOICE:
                return isinstance(amount, str) and amount in self.options
            case Unit.CHOICES:
                return (
                    isinstance(amount, tuple)
                    and len(set(amount)) == len(amount) > 0
                    and set(amount) <= set(self.options)
                )
            case Unit.PERCENT:
                return type(amount) is int and 0 <= amount <= 100  # noqa: PLR2004 - a share
            case _:
                return type(amount) is int and amount >= 0


@dataclass(frozen=True, slots=True)
class Norm:
    """One parameter as it is in force on a day: the amount with its clause and source.

    `comparator` is None for settings. `until` is exclusive, None = open. `due` is the day a target falls due.
    """

    id: str
    label: str
    unit: Unit
    kind: Kind
    comparator: Comparator | None
    amount: Amount
    since: date
    until: date | None
    due: date | None
    clause: str
    source: str
    strength: Strength | None
    confidence: str | None
    note: str | None

    @property
    def at_least(self) -> int:
        """Threshold of a `>=` norm; TypeError for any other, so that > is never read as >=."""
        return self._threshold(Comparator.AT_LEAST)

    @property
    def more_than(self) -> int:
        """Threshold of a strict `>` norm; TypeError for any other."""
        return self._threshold(Comparator.MORE_THAN)

    @property
    def at_most(self) -> int:
        """Threshold of a `<=` norm; TypeError for any other."""
        return self._threshold(Comparator.AT_MOST)

    @property
    def threshold(self) -> int:
        """The number of any comparing norm; read it together with `comparator`. TypeError for a setting."""
        if self.comparator is None:
            raise TypeError(f"{self.id} is a setting")
        return self.integer

    @property
    def integer(self) -> int:
        """The amount of a numeric norm; TypeError otherwise."""
        if type(self.amount) is not int:
            raise TypeError(f"{self.id} holds {self.amount!r}, not a whole number")
        return self.amount

    @property
    def flag(self) -> bool:
        """The amount of a yes_no setting; TypeError otherwise."""
        if not isinstance(self.amount, bool):
            raise TypeError(f"{self.id} holds {self.amount!r}, not yes or no")
        return self.amount

    @property
    def choice(self) -> str:
        """The word of a `choice` setting; TypeError otherwise."""
        if not isinstance(self.amount, str):
            raise TypeError(f"{self.id} holds {self.amount!r}, not a word")
        return self.amount

    @property
    def choices(self) -> tuple[str, ...]:
        """The words of a `choices` setting; TypeError otherwise."""
        if not isinstance(self.amount, tuple):
            raise TypeError(f"{self.id} holds {self.amount!r}, not a list of words")
        return self.amount

    def as_json(self) -> dict[str, object]:
        """What `GET /rules` shows of a parameter; days as YYYY-MM-DD, `to` exclusive."""
        return {
            "id": self.id,
            "label": self.label,
            "unit": self.unit.value,
            "kind": self.kind.value,
            "comparator": self.comparator.value if self.comparator else None,
            "value": list(self.amount) if isinstance(self.amount, tuple) else self.amount,
            "from": self.since.isoformat(),
            "to": self.until.isoformat() if self.until else None,
            "due": self.due.isoformat() if self.due else None,
            "clause": self.clause,
            "source": self.source,
            "strength": self.strength.value if self.strength else None,
            "confidence": self.confidence,
            "note": self.note,
        }

    def _threshold(self, comparator: Comparator) -> int:
        if self.comparator is not comparator:
            raise TypeError(f"{self.id} compares with {self.comparator}, not {comparator}")
        return self.integer


def _read(path: Path, root: Path) -> _ParameterFile:
    try:
        parameter = _ParameterFile.model_validate(strict_yaml.load(path))
    except ValidationError as refused:
        raise LawError(f"{path.relative_to(root)}: {refused}") from refused
    expected = ".".join(path.relative_to(root).with_suffix("").parts)
    if parameter.id != expected:
        raise LawError(f"{path.relative_to(root)}: the id is {parameter.id}, its place says {expected}")
    return parameter


def _paths(root: Path) -> list[Path]:
    return sorted(root.rglob("*.yaml"), key=lambda path: path.relative_to(root).as_posix())


@cache
def _files(root: Path) -> tuple[_ParameterFile, ...]:
    return tuple(_read(path, root) for path in _paths(root))


def _norms(parameter: _ParameterFile, resolution_on: date) -> tuple[Norm, ...]:
    """Put the resolution's day in, and refuse periods that are empty, unsorted, overlapping or leave a gap."""
    norms: list[Norm] = []
    for value in parameter.values:
        since = resolution_on if value.start == "resolution" else value.start
        comparator, amount = value.amount()
        if value.to is not None and value.to <= since:
            raise LawError(f"{parameter.id}: the period from {since} to {value.to} is empty")
        if norms and norms[-1].until is None:
            raise LawError(f"{parameter.id}: an open period is followed by one from {since}")
        if norms and norms[-1].until != since:
            word = "overlap" if norms[-1].until > since else "gap"  # type: ignore[operator]  # None was refused above
            raise LawError(f"{parameter.id}: {word} between {norms[-1].until} and {since}")
        norms.append(
            Norm(
                id=parameter.id,
                label=parameter.label,
                unit=parameter.unit,
                kind=parameter.kind,
                comparator=comparator,
                amount=amount,
                since=since,
                until=value.to,
                due=value.due,
                clause=value.clause,
                source=value.source,
                strength=value.strength,
                confidence=value.confidence,
                note=value.note,
            )
        )
    return tuple(norms)


@dataclass(frozen=True, slots=True)
class LawOn:
    """The law of one day. `law_on["managed.women-2025"].at_least` is the norm in force, or NotInForce."""

    day: date
    law: "Law"

    def __getitem__(self, parameter_id: str) -> Norm:
        """The norm in force; NotInForce outside every period, UnknownParameter for an id no file defines."""
        for norm in self.law.history(parameter_id):
            if norm.since <= self.day and (norm.until is None or self.day < norm.until):
                return norm
        raise NotInForce(parameter_id, self.day)

    def __contains__(self, parameter_id: str) -> bool:
        """Whether the norm is in force on the day; UnknownParameter for an id no file defines."""
        try:
            self[parameter_id]
        except NotInForce:
            return False
        return True

    def targets(self, indicator_id: str) -> tuple[Norm, ...]:
        """Targets and standing requirements of an indicator in force on the day, the nearest due first."""
        found = [
            self[parameter_id] for parameter_id in self.law.targets_of(indicator_id) if parameter_id in self
        ]
        return tuple(sorted(found, key=lambda norm: (norm.due or date.min, norm.id)))


class Law:
    """All parameters, with the resolution's own in-force day put in. Build it once, ask `on(day)`."""

    def __init__(self, resolution_on: date = RESOLUTION_ON, *, root: Path = PARAMETERS) -> None:
        """Read and check every file below `root`; LawError names the first that is wrong."""
        self.resolution_on = resolution_on
        self.root = root
        files = _files(root)
        self._history = {file.id: _norms(file, resolution_on) for file in files}
        self._targets: dict[str, list[str]] = {}
        for file in files:
            if file.indicator is not None:
                self._targets.setdefault(file.indicator, []).append(file.id)

    @property
    def parameters(self) -> Mapping[str, tuple[Norm, ...]]:
        """Every parameter id with its periods, oldest first."""
        return self._history

    @property
    def target_indicators(self) -> frozenset[str]:
        """Ids of the indicators that some parameter is a target of."""
        return frozenset(self._targets)

    def history(self, parameter_id: str) -> tuple[Norm, ...]:
        """All periods of one parameter, oldest first; UnknownParameter for an id no file defines."""
        try:
            return self._history[parameter_id]
        except KeyError:
            raise UnknownParameter(parameter_id) from None

    def targets_of(self, indicator_id: str) -> tuple[str, ...]:
        """Ids of the parameters that are targets of this indicator on any day."""
        return tuple(self._targets.get(indicator_id, ()))

    def on(self, day: date) -> LawOn:
        """The law of one day."""
        return LawOn(day, self)

    def targets(self, indicator_id: str, day: date) -> tuple[Norm, ...]:
        """Targets of an indicator in force on the day, the nearest due first."""
        return self.on(day).targets(indicator_id)

    def digest(self) -> str:
        """SHA-256 (hex) over path and content of every parameter file: stored with each decision taken on them."""
        return digest(self.root)


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
