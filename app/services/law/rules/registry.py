"""The register of rules: dated versions of pure functions, and the one way to judge by them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from app.services.law.finding import Effect, Finding, Group, Verdict, not_in_force
from app.services.law.parameter import Law, LawOn, NotInForce
from app.services.law.strict_yaml import LawError

Judge = Callable[[Any, LawOn], Verdict]
Since = date | Literal["resolution"]


class UnknownRule(LookupError):
    """No rule of this id is registered."""


@dataclass(frozen=True, slots=True)
class Version:
    """One dated version of a rule: in force on `[since, until)`, `until` None = open."""

    id: str
    clause: str
    effect: Effect
    since: Since
    until: date | None
    waivable: bool
    parameters: tuple[str, ...]
    facts: type
    judge: Judge
    group: Group | None = None

    def starts(self, law: Law) -> date:
        """First day of this version, with the resolution's own day put in."""
        return law.resolution_on if self.since == "resolution" else self.since

    def covers(self, day: date, law: Law) -> bool:
        """Whether the version is the law of that day."""
        return self.starts(law) <= day and (self.until is None or day < self.until)


class Registry:
    """Rules by id, each a row of versions without gap or overlap. `rule()` adds one, `judge()` asks."""

    def __init__(self) -> None:
        """An empty register; the house's own is `app.services.law.rules.REGISTRY`."""
        self._versions: dict[str, list[Version]] = {}

    def rule(
        self,
        rule_id: str,
        *,
        clause: str,
        effect: Effect,
        since: Since,
        facts: type,
        until: date | None = None,
        waivable: bool,
        parameters: Iterable[str] = (),
        group: Group | None = None,
    ) -> Callable[[Judge], Judge]:
        """Register a function as a version of a rule; a changed norm is a second function with the same id.

        Versions are written oldest first. LawError if this one overlaps the version before, or leaves a gap.
        """

        def add(judge: Judge) -> Judge:
            version = Version(
                rule_id, clause, effect, since, until, waivable, tuple(parameters), facts, judge, group
            )
            versions = self._versions.setdefault(rule_id, [])
            self._check_follows(version, versions[-1] if versions else None)
            versions.append(version)
            return judge

        return add

    @staticmethod
    def _check_follows(version: Version, previous: Version | None) -> None:
        if isinstance(version.since, date) and version.until is not None and version.until <= version.since:
            raise LawError(f"{version.id}: the version from {version.since} to {version.until} is empty")
        if previous is None:
            return
        if version.since == "resolution":
            raise LawError(f"{version.id}: only the first version can begin with the resolution")
        if previous.until is None or previous.until > version.since:
            raise LawError(f"{version.id}: the version from {version.since} overlaps the one before")
        if previous.until < version.since:
            raise LawError(f"{version.id}: gap between {previous.until} and {version.since}")

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all rules, sorted."""
        return tuple(sorted(self._versions))

    def versions(self, rule_id: str) -> tuple[Version, ...]:
        """All versions of a rule, oldest first; UnknownRule if there is none."""
        try:
            return tuple(self._versions[rule_id])
        except KeyError:
            raise UnknownRule(rule_id) from None

    def version_on(self, rule_id: str, day: date, law: Law) -> tuple[Version, bool]:
        """The version in force on the day and True; otherwise the nearest one and False."""
        versions = self.versions(rule_id)
        for version in versions:
            if version.covers(day, law):
                return version, True
        return (versions[0] if day < versions[0].starts(law) else versions[-1]), False

    def standing(self, rule_id: str, on: date) -> Version:
        """The version that speaks for a rule on a day, in force or nearest; UnknownRule for an unknown id.

        It needs no law: which version it is doesn't hang on the day the resolution came.
        """
        versions = self.versions(rule_id)
        begun = [one for one in versions if one.since == "resolution" or one.since <= on]
        return begun[-1] if begun else versions[0]

    def judge(self, rule_id: str, facts: object, on: date, law: Law) -> Finding:
        """Judge facts by the version of the day; without a norm on the day the finding is not_applicable.

        TypeError if the facts are not of the kind the version asks for; UnknownRule for an unknown id.
        """
        version, in_force = self.version_on(rule_id, on, law)
        if not isinstance(facts, version.facts):
            raise TypeError(f"{rule_id} judges {version.facts.__name__}, not {type(facts).__name__}")
        verdict = not_in_force(version.clause)
        sources: tuple[str, ...] = ()
        if in_force:
            now = law.on(on)
            try:
                verdict, sources = version.judge(facts, now), _sources(version, now)
            except NotInForce:
                verdict = not_in_force(version.clause)
        return Finding(
            rule=rule_id,
            clause=version.clause,
            group=version.group,
            effect=verdict.effect or version.effect,
            outcome=verdict.outcome,
            measured=verdict.measured,
            required=verdict.required,
            as_of=on,
            message=verdict.message,
            remedy=verdict.remedy,
            sources=sources,
        )

    def on(self, day: date, law: Law) -> list[dict[str, Any]]:
        """What `GET /rules?on=` lists, by id. `in_force`: version and all its norms are law that day."""
        return [self.describe(rule_id, day, law) for rule_id in self.ids]

    def describe(self, rule_id: str, day: date, law: Law) -> dict[str, Any]:
        """One row of `GET /rules`; `parameters` holds those in force. UnknownRule for an unknown id."""
        version, in_force = self.version_on(rule_id, day, law)
        today = law.on(day)
        present = [today[parameter_id] for parameter_id in version.parameters if parameter_id in today]
        return {
            "id": rule_id,
            "clause": version.clause,
            "group": version.group.value if version.group else None,
            "effect": version.effect.value,
            "in_force": in_force and len(present) == len(version.parameters),
            "since": version.starts(law).isoformat(),
            "until": version.until.isoformat() if version.until else None,
            "waivable": version.waivable,
            "parameters": [norm.as_json() for norm in present],
        }


def _sources(version: Version, now: LawOn) -> tuple[str, ...]:
    """The documents behind the norms in force, each once, in the order the rule names them."""
    return tuple(dict.fromkeys(now[name].source for name in version.parameters if name in now))


REGISTRY = Registry()
"""The house's rules; filled when `app.services.law.rules` is imported."""

rule = REGISTRY.rule
