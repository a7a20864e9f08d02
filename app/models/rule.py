"""Rules: quy tắc. What the API shows of the law; no tables, the law is files."""

from datetime import date

from sqlmodel import Field, SQLModel


class ParameterRead(SQLModel):
    """A parameter as it is in force on a day; `to` is exclusive."""

    id: str
    label: str
    unit: str
    kind: str
    comparator: str | None
    value: int | bool | str | list[str]
    from_: date = Field(alias="from")
    to: date | None
    due: date | None
    clause: str
    source: str
    strength: str | None
    confidence: str | None
    note: str | None


class RuleRead(SQLModel):
    """A rule on a day: the version in force, or the nearest one with `in_force` false.

    `group`: number, quality, structure or procedure for rules on plans (III.3.3-g). A rule that `blocks` may
    only warn in some of its findings; each says its own effect.
    """

    id: str
    clause: str
    group: str | None
    effect: str
    in_force: bool
    since: date
    until: date | None
    waivable: bool
    parameters: list[ParameterRead]


class ClauseRead(SQLModel):
    """A clause in our own words, with what binds it."""

    id: str
    wording: str
    rules: list[str]
    indicators: list[str]
    features: list[str]
    not_computable: str | None
    later: str | None
