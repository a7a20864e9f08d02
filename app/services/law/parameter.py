"""Dated parameters of the law: which number is in force on a day, from which clause and source.

Each file `parameters/<topic>/<name>.yaml` is one parameter with id `<topic>.<name>`. Its values are
half-open periods `[from, to)`: the days on which the norm is law. `due` is another thing, the day by which
a target must be reached; a target goes on being law after its due day. Before the first period the answer
is NotInForce, never 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from app.services.law.parameter_file import (
    PARAMETERS,
    Amount,
    Comparator,
    Kind,
    ParameterFile,
    Strength,
    Unit,
    digest,
    fraction_of,
    read_files,
)
from app.services.law.strict_yaml import LawError

__all__ = [
    "PARAMETERS",
    "RESOLUTION_ON",
    "Comparator",
    "Kind",
    "Law",
    "LawError",
    "LawOn",
    "Norm",
    "NotInForce",
    "Strength",
    "Unit",
    "UnknownParameter",
    "digest",
]

RESOLUTION_ON = date(2021, 1, 1)
"""Default of the setting «ngày Nghị quyết có hiệu lực»: the resolution's text bears no date."""


class NotInForce(LookupError):
    """The parameter has no value on that day: its norm is not law yet, or no longer."""

    def __init__(self, parameter_id: str, day: date) -> None:
        super().__init__(f"{parameter_id} is not in force on {day.isoformat()}")
        self.parameter_id = parameter_id
        self.day = day


class UnknownParameter(LookupError):
    """No file of the law defines this id."""


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
    def fraction(self) -> tuple[int, int]:
        """Numerator and denominator of a `fraction` setting, to cross-multiply with; TypeError otherwise."""
        parts = fraction_of(self.amount) if isinstance(self.amount, str) else None
        if parts is None:
            raise TypeError(f"{self.id} holds {self.amount!r}, not a fraction")
        return parts

    @property
    def choice(self) -> str:
        """The word of a `choice` setting; TypeError otherwise."""
        if not isinstance(self.amount, str) or self.unit is not Unit.CHOICE:
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


def _check_follows(parameter_id: str, until: date | None, since: date) -> None:
    if until is None:
        raise LawError(f"{parameter_id}: overlap: the open period is followed by one from {since}")
    if until != since:
        word = "overlap" if until > since else "gap"
        raise LawError(f"{parameter_id}: {word} between {until} and {since}")


def _norms(parameter: ParameterFile, resolution_on: date) -> tuple[Norm, ...]:
    """Put the resolution's day in; refuse periods that are empty, unsorted, overlapping or leave a gap."""
    norms: list[Norm] = []
    for value in parameter.values:
        since = resolution_on if value.start == "resolution" else value.start
        comparator, amount = value.amount()
        if value.to is not None and value.to <= since:
            raise LawError(f"{parameter.id}: the period from {since} to {value.to} is empty")
        if norms:
            _check_follows(parameter.id, norms[-1].until, since)
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
        files = read_files(root)
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
        """SHA-256 (hex) of every parameter file, path and content: stored with each decision."""
        return digest(self.root)
