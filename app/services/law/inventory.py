"""The inventory of clauses, and the checks that hold clauses, rules, indicators and parameters together.

`check()` answers what is wrong, `render()` prints the inventory; the command `thenchot check-law` shows both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from app.services.law import strict_yaml
from app.services.law.indicators import Catalogue, catalogue
from app.services.law.parameter import RESOLUTION_ON, Law
from app.services.law.parameter_file import Text, as_tuple
from app.services.law.rules import REGISTRY, Registry
from app.services.law.strict_yaml import LawError, StrictModel

CLAUSES = Path(__file__).parent / "clauses.yaml"

_Some = Annotated[tuple[str, ...], BeforeValidator(as_tuple), Field(min_length=1)]


class Feature(StrictModel):
    """A part of this release that a clause can be bound to, and the module where it stands."""

    name: Text
    where: Text


class Clause(StrictModel):
    """One clause in our own words, with what binds it. At least one binding is there."""

    wording: Text
    rule: _Some | None = None
    indicator: _Some | None = None
    feature: _Some | None = None
    not_computable: Text | None = None
    later: Text | None = None

    @model_validator(mode="after")
    def _is_bound(self) -> Self:
        if not any((self.rule, self.indicator, self.feature, self.not_computable, self.later)):
            raise ValueError(
                "the clause is bound to nothing: rule, indicator, feature, not_computable or later"
            )
        return self

    def bindings(self) -> Iterator[tuple[str, str]]:
        """Each binding as (kind, text), those that stand in code first."""
        for kind, ids in (("rule", self.rule), ("indicator", self.indicator), ("feature", self.feature)):
            yield from ((kind, name) for name in ids or ())
        for kind, text in (("not_computable", self.not_computable), ("later", self.later)):
            if text is not None:
                yield kind, text


class Inventory(StrictModel):
    """All clauses in the order of the resolution, and the features they may name."""

    features: dict[str, Feature]
    clauses: dict[str, Clause]

    def bound_to(self, kind: str, name: str) -> tuple[str, ...]:
        """Ids of the clauses bound to that rule, indicator or feature."""
        return tuple(
            clause_id for clause_id, clause in self.clauses.items() if (kind, name) in set(clause.bindings())
        )


@cache
def inventory(path: Path = CLAUSES) -> Inventory:
    """Read clauses.yaml once; LawError says what is wrong with it."""
    try:
        return Inventory.model_validate(strict_yaml.load(path))
    except ValidationError as refused:
        raise LawError(f"{path.name}: {refused}") from refused


@dataclass(frozen=True, slots=True)
class Books:
    """Everything the law is made of; the default is the house's own."""

    inventory: Inventory
    catalogue: Catalogue
    registry: Registry
    law: Law

    @classmethod
    def of_the_house(cls, resolution_on: date = RESOLUTION_ON) -> "Books":
        """The files and rules of this release. LawError if one of them can't be read."""
        return cls(inventory(), catalogue(), REGISTRY, Law(resolution_on))


def check(books: Books | None = None) -> list[str]:
    """What doesn't fit together, one sentence each; empty when the law is whole."""
    books = books or Books.of_the_house()
    return [
        *_clauses(books),
        *_indicators(books),
        *_rules(books),
        *_parameters(books),
    ]


def _unknown(kind: str, named: Iterable[tuple[str, str]], known: Iterable[str]) -> Iterator[str]:
    present = set(known)
    yield from (f"{where}: no {kind} is called {name}" for where, name in named if name not in present)


def _clauses(books: Books) -> Iterator[str]:
    clauses = books.inventory.clauses
    named = {
        kind: [
            (clause_id, name)
            for clause_id, clause in clauses.items()
            for bound, name in clause.bindings()
            if bound == kind
        ]
        for kind in ("rule", "indicator", "feature")
    }
    built = {indicator.id for indicator in books.catalogue.indicators if indicator.is_built}
    yield from _unknown("rule", named["rule"], books.registry.ids)
    yield from _unknown("indicator of this release", named["indicator"], built)
    yield from _unknown("feature", named["feature"], books.inventory.features)
    used = {name for _, name in named["feature"]}
    yield from (
        f"feature {name}: no clause is bound to it" for name in books.inventory.features if name not in used
    )


def _indicators(books: Books) -> Iterator[str]:
    clauses = books.inventory.clauses
    for indicator in books.catalogue.indicators:
        where = f"indicator {indicator.id}"
        yield from _unknown("clause", ((where, clause_id) for clause_id in indicator.clauses), clauses)
        yield from _unknown("parameter", ((where, name) for name in indicator.settings), books.law.parameters)
        bound = books.inventory.bound_to("indicator", indicator.id)
        if indicator.is_built and set(bound) != set(indicator.clauses):
            yield f"{where}: it names {', '.join(indicator.clauses)}; bound are {', '.join(bound) or 'none'}"
        if not indicator.is_built:
            waiting = [clauses[name] for name in indicator.clauses if name in clauses]
            yield from (
                f"{where}: a clause of it says nothing of later" for clause in waiting if not clause.later
            )


def _rules(books: Books) -> Iterator[str]:
    for rule_id in books.registry.ids:
        for version in books.registry.versions(rule_id):
            where = f"rule {rule_id}"
            yield from _unknown("clause", [(where, version.clause)], books.inventory.clauses)
            yield from _unknown(
                "parameter", ((where, name) for name in version.parameters), books.law.parameters
            )
            if version.clause not in books.inventory.bound_to("rule", rule_id):
                yield f"{where}: its clause {version.clause} is not bound to it"
            if version.until is not None and version.until <= version.starts(books.law):
                yield f"{where}: a version ends before the resolution is in force"


def _parameters(books: Books) -> Iterator[str]:
    by_rules = {
        name
        for rule_id in books.registry.ids
        for version in books.registry.versions(rule_id)
        for name in version.parameters
    }
    by_indicators = {name for indicator in books.catalogue.indicators for name in indicator.settings}
    indicator_ids = {indicator.id for indicator in books.catalogue.indicators}
    as_targets = {name for indicator_id in indicator_ids for name in books.law.targets_of(indicator_id)}
    yield from (
        f"a parameter is a target of {name}, which is no indicator"
        for name in sorted(books.law.target_indicators - indicator_ids)
    )
    for parameter_id, norms in books.law.parameters.items():
        where = f"parameter {parameter_id}"
        yield from _unknown("clause", ((where, norm.clause) for norm in norms), books.inventory.clauses)
        if parameter_id not in by_rules | by_indicators | as_targets:
            yield f"{where}: nothing uses it"


_KINDS = {
    "rule": "quy tắc",
    "indicator": "chỉ tiêu",
    "feature": "chức năng",
    "not_computable": "không tính được",
    "later": "về sau",
}


def render(books: Books | None = None) -> str:
    """The inventory as a text table: clause, what binds it, our wording; a line of totals at the end."""
    books = books or Books.of_the_house()
    clauses = books.inventory.clauses
    width = max(len(clause_id) for clause_id in clauses)
    lines = [f"{'Mục':<{width}}  Nội dung và nơi thực hiện", "-" * (width + 60)]
    for clause_id, clause in clauses.items():
        lines.append(f"{clause_id:<{width}}  {clause.wording}")
        for kind, text in clause.bindings():
            shown = books.inventory.features[text].name if kind == "feature" else text
            lines.append(f"{'':<{width}}    {_KINDS[kind]}: {shown}")
    totals = {
        kind: sum(any(bound == kind for bound, _ in clause.bindings()) for clause in clauses.values())
        for kind in _KINDS
    }
    parts = ", ".join(f"{count} mục có {_KINDS[kind]}" for kind, count in totals.items())
    lines += ["-" * (width + 60), f"{len(clauses)} mục: {parts}. Mã tham số {books.law.digest()}."]
    return "\n".join(lines)
