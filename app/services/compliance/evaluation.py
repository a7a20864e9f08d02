"""What the law says of the yearly grades of a unit, counted whoever keeps the files (I.1-L9)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from app.models.cadre import Cadre, LegalCategory
from app.models.evaluation import Evaluation, Grade, Peers
from app.services.dated import on_record
from app.services.law.finding import Finding
from app.services.law.parameter import Law
from app.services.law.rules import judge
from app.services.law.rules.evaluation import EXCELLENT_CAP, ExcellentCapFacts, Side, Tally
from app.services.scope import ScopedSession, everywhere
from app.services.scope.roles import T2
from app.services.unit.naming import Names

_GROUPS = {
    None: "cả đơn vị",
    Peers.LEADERS: "nhóm lãnh đạo, quản lý",
    Peers.STAFF: "nhóm không giữ chức vụ lãnh đạo",
}
_OTHERS = (Grade.COMPLETED, Grade.NOT_COMPLETED)
_EMPLOYEES = frozenset({LegalCategory.PUBLIC_EMPLOYEE, LegalCategory.CONTRACT})


def employed(category: LegalCategory | None) -> bool:
    """Whether a person serves under the law on public employees, not that on civil servants."""
    return category in _EMPLOYEES


def norm_day(year: int, decided_on: date) -> date:
    """The day whose law a grade stands under: its decision's, or the year's last if that came later."""
    return min(decided_on, date(year, 12, 31))


@dataclass(slots=True)
class _Counts:
    """Numbers by side, part (civil, employees, unsorted) and grade, and the latest day of a decision."""

    day: date
    numbers: dict[tuple[Side, str], dict[Grade, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )

    def add(self, side: Side, part: str, grade: Grade | None, number: int) -> None:
        if grade is not None:
            self.numbers[side, part][grade] += number

    def facts(self, side: Side, label: str) -> ExcellentCapFacts:
        parts = {part: self._tally(side, part) for part in ("civil", "employees", "unsorted")}
        return ExcellentCapFacts(side, label, **parts)

    def _tally(self, side: Side, part: str) -> Tally:
        own = self.numbers[side, part]
        return Tally(own[Grade.GOOD], own[Grade.EXCELLENT], sum(own[grade] for grade in _OTHERS))


def judge_grades(
    session: ScopedSession,
    law: Law,
    *,
    unit_id: UUID,
    year: int,
    day: date,
    groups: Sequence[Peers | None] | None = None,
    whole: bool = False,
) -> list[Finding]:
    """The cap on excellent grades in a unit and year: a finding for each group and side.

    Each is judged by the law of the latest decision in its group; without any, by that of `day`. The Party's
    side is left out for who doesn't read Party data, unless `whole`: to be kept. `groups`: only these.
    """
    counted = _counted(session, unit_id, year)
    wanted = list(counted) if groups is None else list(groups)
    if groups is None and not wanted:
        wanted = [None]
    name = Names(session, [unit_id]).on(unit_id, norm_day(year, day))
    sides = tuple(Side) if whole or T2 in session.scope.tiers() else (Side.STATE,)
    found = []
    for group in wanted:
        counts = counted.get(group) or _Counts(norm_day(year, day))
        label = f"{name['name'] if name else 'Đơn vị'}, {_GROUPS[group]}, năm {year}"
        found += [judge(EXCELLENT_CAP, counts.facts(side, label), counts.day, law) for side in sides]
    return found


def _counted(session: ScopedSession, unit_id: UUID, year: int) -> dict[Peers | None, _Counts]:
    """The grades of a unit and year, by comparable group."""
    rows: Any = everywhere(session, because="grades are counted whoever keeps the files").execute(
        select(
            col(Evaluation.peers),
            col(Cadre.legal_category),
            col(Evaluation.grade),
            col(Evaluation.party_grade),
            func.count(),
            func.max(col(Evaluation.decided_on)),
        )
        .join(Cadre, col(Cadre.id) == col(Evaluation.cadre_id))
        .where(
            col(Evaluation.graded_unit_id) == unit_id,
            col(Evaluation.year) == year,
            on_record(Evaluation),
        )
        .group_by(
            col(Evaluation.peers),
            col(Cadre.legal_category),
            col(Evaluation.grade),
            col(Evaluation.party_grade),
        )
    )
    found: dict[Peers | None, _Counts] = {}
    for peers, category, grade, party_grade, number, latest in rows:
        day = norm_day(year, latest)
        counts = found.setdefault(peers, _Counts(day))
        counts.day = max(counts.day, day)
        part = "unsorted" if category is None else "employees" if employed(category) else "civil"
        counts.add(Side.STATE, part, grade, number)
        counts.add(Side.PARTY, part, party_grade, number)
    order: list[Peers | None] = [None, *Peers]
    return {key: found[key] for key in order if key in found}
