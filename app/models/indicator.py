"""Indicators: chỉ tiêu. A figure, its targets and the people behind it as the API shows them; no tables."""

from datetime import date
from typing import Literal
from uuid import UUID

from sqlmodel import Field, SQLModel

from app.models.base import tier
from app.models.cadre import BirthPrecision, Sex
from app.models.committee import MemberRank
from app.models.party import PoliticalTheory
from app.models.plan import PlanPeriod
from app.models.title import ManagedBy, TitleRef
from app.models.unit import UnitRef

Status = Literal["met", "not_met", "not_applicable", "insufficient_data", "no_target"]
Comparator = Literal[">=", ">", "<="]


class PlaceRef(UnitRef):
    """A unit, or (`own`) the bodies of a unit without the territories beneath it."""

    own: bool | None = None


class TargetResult(SQLModel):
    """A target held against a figure; `due` null: a standing requirement, `met` null: there is no figure."""

    due: date | None
    comparator: Comparator | None
    threshold_percent: int
    met: bool | None
    gap_persons: int | None


class Measured(SQLModel):
    """A figure: percentage rounded half up, or the count where the denominator is null; null where hidden."""

    numerator: int | None
    denominator: int | None
    value: float | None
    unknown: int | None
    status: Status
    suppressed: bool | None = None


class VariantRead(Measured):
    """A reading that stands beside the headline."""

    id: str
    name: str


class FigureRead(Measured):
    """A figure with its reason (where it can't be given), targets and variants."""

    strength: str | None = None
    reason: str | None = None
    reason_text: str | None = None
    targets: list[TargetResult]
    variants: list[VariantRead] | None = None


class ChildRead(FigureRead):
    """The same figure for a territory beneath the unit, or for its own bodies."""

    unit: PlaceRef


class PointRead(Measured):
    """A figure of one day of a series."""

    as_of: date
    reason: str | None = None


class IndicatorRead(FigureRead):
    """One indicator of a unit on a day."""

    id: str
    clause: str
    clauses: list[str]
    name: str
    label: str
    counts: Literal["persons", "memberships", "units", "items"] | None
    population: str
    numerator_name: str
    note: str | None
    later: str | None
    history: list[PointRead] | None = None
    children: list[ChildRead] | None = None


class IndicatorsRead(SQLModel):
    """The indicators of a unit on a day; `projected` on a day to come.

    `published_on`: the latest day that figures hidden on this one were published for.
    """

    as_of: date
    unit: UnitRef
    projected: bool | None = None
    published_on: date | None = None
    items: list[IndicatorRead]


class SeriesRead(SQLModel):
    """One indicator over time."""

    indicator: str
    unit: UnitRef
    step: Literal["month", "quarter", "year"]
    items: list[PointRead]


class PersonBehind(SQLModel):
    """Somebody behind a number. `stub`: the file is kept elsewhere, so there is name, title and unit."""

    id: UUID
    code: str
    full_name: str
    unit: UnitRef | None
    title: TitleRef | None
    redacted: bool
    stub: bool
    birth_date: date | None = None
    birth_precision: BirthPrecision | None = None
    sex: Sex | None = None
    ethnicity: str | None = Field(default=None, schema_extra=tier("T2"))
    managed_by: ManagedBy | None = None
    party_member: bool | None = Field(default=None, schema_extra=tier("T2"))
    political_theory: PoliticalTheory | None = Field(default=None, schema_extra=tier("T2"))
    unknown: bool | None = None
    committee_rank: MemberRank | None = None


class UnitBehind(SQLModel):
    """A unit behind a number where units are counted, in one of the periods that run.

    `reason` no_plan: it has no approved plan of that period; `unknown`: no key title is defined there.
    """

    id: UUID
    unit: UnitRef
    period: PlanPeriod
    staff: int
    women: int
    unknown: bool
    reason: str | None


class ItemBehind(SQLModel):
    """A planned rotation behind a number, in the unit that planned it; `begun`: somebody was sent by then."""

    id: UUID
    unit: UnitRef
    number: int
    title: TitleRef
    planned_on: date
    begun: bool


class BehindList(SQLModel):
    """The persons behind a number, or the units or items of plans that are counted."""

    items: list[PersonBehind | UnitBehind | ItemBehind]
    next: str | None
    prev: str | None
    total: int | None
    indicator: str
    part: str
    as_of: date
    unit: UnitRef
    withheld: int | None = None


class TargetRead(SQLModel):
    """A target of the resolution as it is in force on a day."""

    id: str
    indicator: str
    name: str
    label: str
    kind: str
    due: date | None
    comparator: Comparator | None
    threshold_percent: int
    strength: str | None
    clause: str
    source: str
    valid_from: date
    valid_to: date | None
    confidence: str | None
    note: str | None
