"""Which of the counted persons count towards the share, and of whom that can't be said: one code a person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.models.cadre import Cadre, Sex
from app.models.party import PoliticalTheory
from app.models.qualification import QualificationKind, QualificationSpan
from app.models.residence import Residence, ResidenceKind
from app.services.dated import live, on_eve
from app.services.indicator.land import encloses, inside
from app.services.indicator.populations import Ask
from app.services.law.rules.appointment import NonLocalPolicy, OriginField, OriginLevel, OriginMode
from app.services.specialised import specialised

Fact = SQLCoreOperations[Any]
Code = ColumnElement[int]

THEORY = tuple(PoliticalTheory)
"""Levels of political theory, lowest first: a level's place is its rank."""


COUNTS, NOT, UNKNOWN = 1, 0, -1
"""What a numerator says of a person; unknown where the fact that decides is missing."""


def _women(_ask: Ask, _placed: Any) -> Code:  # noqa: ANN401 - a CTE
    return _code(col(Cadre.sex), col(Cadre.sex) == Sex.FEMALE)


def _minority(ask: Ask, _placed: Any) -> Code:  # noqa: ANN401 - a CTE
    return _code(col(Cadre.ethnicity), col(Cadre.ethnicity) != ask.terms.majority)


def _young_under(ask: Ask, placed: Any) -> Code:  # noqa: ANN401 - a CTE
    return _code(col(Cadre.birth_date), col(Cadre.birth_date) > ask.columns.of(placed).under)


def _young_at_most(ask: Ask, placed: Any) -> Code:  # noqa: ANN401 - a CTE
    return _code(col(Cadre.birth_date), col(Cadre.birth_date) > ask.columns.of(placed).at_most)


def _code(fact: Fact, counts: ColumnElement[bool]) -> Code:
    return case((fact.is_(None), UNKNOWN), (counts, COUNTS), else_=NOT)


def best_theory(ask: Ask, placed: Any) -> Code:  # noqa: ANN401 - a CTE
    """Rank in THEORY of a person's best level on the day, as known; NULL where none is recorded."""
    return _of_best(ask, placed, lambda best: best)


def _theory(ask: Ask, placed: Any) -> Code:  # noqa: ANN401 - a CTE
    least = THEORY.index(ask.terms.theory[0])
    return _of_best(ask, placed, lambda best: _code(best, best >= least))


def _of_best(ask: Ask, placed: Any, shown: Callable[[Code], Code]) -> Code:  # noqa: ANN401 - a CTE
    held = aliased(QualificationSpan)
    rank = case({level.value: place for place, level in enumerate(THEORY)}, value=col(held.level), else_=0)
    return (
        select(shown(func.max(rank)))
        .where(
            col(held.cadre_id) == placed.c.cadre_id,
            col(held.kind) == QualificationKind.POLITICAL_THEORY,
            live(held, ask.columns.of(placed).day, ask.known_at),
        )
        .correlate_except(held)
        .scalar_subquery()
    )


# --- not of the place (domain §10.11) ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a person comes from by one field: a unit of the tree, somewhere outside it, or not known."""

    unit: Fact
    text: Fact

    @property
    def known(self) -> ColumnElement[bool]:
        return or_(self.unit.is_not(None), self.text.is_not(None))


def _place(field: OriginField, ask: Ask, placed: Any) -> _Place:  # noqa: ANN401 - a CTE
    if field is OriginField.HOMETOWN:
        return _Place(col(Cadre.hometown_unit_id), col(Cadre.hometown))
    if field is OriginField.BIRTHPLACE:
        return _Place(col(Cadre.birthplace_unit_id), col(Cadre.birthplace))
    home = aliased(Residence)
    of_person = and_(
        col(home.cadre_id) == placed.c.cadre_id,
        col(home.kind) == ResidenceKind.PERMANENT,
        on_eve(home, placed.c.effect_on, ask.known_at),
    )
    unit, text = (
        select(column).where(of_person).limit(1).correlate_except(home).scalar_subquery()
        for column in (col(home.commune_unit_id), col(home.address))
    )
    return _Place(unit, text)


Maker = Callable[[Ask, Any], Code]

_LANDS = {
    (OriginLevel.COMMUNE, True): "commune_then",
    (OriginLevel.DISTRICT, True): "district_then",
    (OriginLevel.COMMUNE, False): "commune_now",
}


def _non_local(policy_of: Callable[[Ask], NonLocalPolicy], *, on_effect: bool) -> Maker:
    def make(ask: Ask, placed: Any) -> Code:  # noqa: ANN401 - a CTE
        policy = policy_of(ask)
        day = placed.c.effect_on if on_effect else ask.columns.of(placed).day
        land = placed.c[_LANDS[policy.level, on_effect]]
        elsewhere, within_all = [], []
        for field in policy.fields:
            place = _place(field, ask, placed)
            within = and_(place.unit.is_not(None), inside(place.unit, land, day))
            around = and_(place.unit.is_not(None), encloses(place.unit, land, day, policy.level))
            elsewhere.append(and_(land.is_not(None), place.known, ~within, ~around))
            within_all.append(and_(land.is_not(None), within))
        if policy.mode is OriginMode.ANY:
            non_local, local = and_(*elsewhere), or_(*within_all)
        else:
            non_local, local = or_(*elsewhere), and_(*within_all)
        return case((non_local, COUNTS), (local, NOT), else_=UNKNOWN)

    return make


def _specialised(ask: Ask, placed: Any) -> Code:  # noqa: ANN401 - a CTE
    """By the sector of the unit of the main seat, or by the field of a degree (II.2.2(5)-2025-g)."""
    counts, missing = specialised(
        placed.c.cadre_id,
        ask.columns.of(placed).day,
        sectors=ask.terms.specialised_sectors,
        fields=ask.terms.specialised_fields,
        known_at=ask.known_at,
    )
    return case((counts, COUNTS), (missing, UNKNOWN), else_=NOT)


NUMERATORS: Mapping[str, Maker] = {
    "women": _women,
    "minority": _minority,
    "young_under": _young_under,
    "young_at_most": _young_at_most,
    "theory": _theory,
    "specialised": _specialised,
    "non_local": _non_local(lambda ask: ask.terms.local, on_effect=True),
    "non_local_district": _non_local(lambda ask: ask.terms.local_district, on_effect=True),
    "non_local_rejudged": _non_local(lambda ask: ask.terms.local, on_effect=False),
}
"""Each numerator of indicators.yaml that this release counts, but `everyone`: one column, never NULL."""
