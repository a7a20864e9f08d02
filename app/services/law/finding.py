"""Findings: what a rule says of facts on a day, in the API's shape; dossiers store them so."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, JsonValue

NOTHING_TO_DO = "Không cần làm gì thêm."


class Effect(StrEnum):
    """What an unmet rule does: stops the transition, asks for a written reason, or only counts."""

    BLOCKS = "blocks"
    WARNS = "warns"
    MEASURES = "measures"


class Outcome(StrEnum):
    """What the rule found. `unknown`: facts are missing; it never reads as met."""

    MET = "met"
    UNMET = "unmet"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


class Group(StrEnum):
    """What no plan is approved without: số lượng, chất lượng, cơ cấu, quy trình (III.3.3-g)."""

    NUMBER = "number"
    QUALITY = "quality"
    STRUCTURE = "structure"
    PROCEDURE = "procedure"


class Finding(BaseModel):
    """One rule, judged on facts as of a day. `message` and `remedy` are shown to people, in Vietnamese.

    `group` stands for rules on plans alone; findings kept before there were groups have none. `sources`: the
    documents whose norms it was judged by, so that an old decision says which law it was taken under.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: str
    clause: str
    group: Group | None = None
    effect: Effect
    outcome: Outcome
    measured: dict[str, JsonValue]
    required: dict[str, JsonValue]
    as_of: date
    message: str
    remedy: str
    sources: tuple[str, ...] = ()
    waived_by: str | None = None

    @property
    def holds_up(self) -> bool:
        """Whether it stops a transition: a blocking rule, unmet or unknown, and not waived."""
        open_question = self.outcome in {Outcome.UNMET, Outcome.UNKNOWN}
        return self.effect is Effect.BLOCKS and open_question and self.waived_by is None

    @property
    def asks_reason(self) -> bool:
        """Whether it asks for a written reason: a warning rule, unmet or unknown, and not waived."""
        open_question = self.outcome in {Outcome.UNMET, Outcome.UNKNOWN}
        return self.effect is Effect.WARNS and open_question and self.waived_by is None

    def as_json(self) -> dict[str, JsonValue]:
        """The API's shape; `group`, `sources` and `waived_by` stand only where there is one."""
        dumped: dict[str, JsonValue] = self.model_dump(mode="json")
        if self.group is None:
            del dumped["group"]
        if not self.sources:
            del dumped["sources"]
        if self.waived_by is None:
            del dumped["waived_by"]
        return dumped


class Verdict(BaseModel):
    """What a rule function answers; the registry adds rule, clause, group and day and makes it a Finding.

    `effect`: of a rule that blocks in one case and warns in another, what it does in this one; None: the
    rule's own. It never says more than the rule's own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcome: Outcome
    measured: dict[str, JsonValue]
    required: dict[str, JsonValue]
    message: str
    remedy: str = NOTHING_TO_DO
    effect: Effect | None = None

    def warning(self) -> "Verdict":
        """The same verdict, which only warns."""
        return self.model_copy(update={"effect": Effect.WARNS})


def met_if(
    holds: bool,  # noqa: FBT001 - reads as the sentence it is
    *,
    measured: Mapping[str, JsonValue],
    required: Mapping[str, JsonValue],
    message: str,
    remedy: str,
) -> Verdict:
    """Met or unmet; `remedy` is shown only when unmet."""
    return Verdict(
        outcome=Outcome.MET if holds else Outcome.UNMET,
        measured=dict(measured),
        required=dict(required),
        message=message,
        remedy=NOTHING_TO_DO if holds else remedy,
    )


def not_applicable(
    *,
    message: str,
    measured: Mapping[str, JsonValue] | None = None,
    required: Mapping[str, JsonValue] | None = None,
) -> Verdict:
    """The rule does not concern these facts."""
    return Verdict(
        outcome=Outcome.NOT_APPLICABLE,
        measured=dict(measured or {}),
        required=dict(required or {}),
        message=message,
    )


def unknown(
    *, measured: Mapping[str, JsonValue], required: Mapping[str, JsonValue], message: str, remedy: str
) -> Verdict:
    """Facts are missing, so nobody can say; `remedy` names what to enter."""
    return Verdict(
        outcome=Outcome.UNKNOWN,
        measured=dict(measured),
        required=dict(required),
        message=message,
        remedy=remedy,
    )


def not_in_force(clause: str) -> Verdict:
    """The rule has no norm on the day: shown, never blocks, never reads as met."""
    return not_applicable(
        required={"reason": "not_in_force"},
        message=f"Tại ngày xét, quy định của mục {clause} chưa có hoặc hết hiệu lực.",
    )
