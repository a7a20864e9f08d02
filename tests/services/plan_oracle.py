"""Indicators of plans counted a second time, in Python over plain rows."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.models.assignment import AssignmentKind
from app.models.cadre import LegalCategory, Sex
from app.models.plan import Plan, PlanEntry, PlanKind, PlanPeriod
from app.models.post import Post, PostQuota
from app.models.qualification import QualificationKind
from app.models.title import ManagedBy
from app.models.unit import UnitForm, UnitKind
from app.services.scope import ScopedSession

SECTORS = {"health", "agriculture", "construction", "transport", "resources", "science", "information"}
FIELDS = {
    "Y khoa", "Dược học", "Nông nghiệp", "Lâm nghiệp", "Thú y", "Thủy lợi", "Kỹ thuật xây dựng", "Kiến trúc",
    "Xây dựng cầu đường", "Quản lý đất đai", "Khoa học môi trường", "Khoa học và công nghệ",
    "Công nghệ thông tin", "Điện tử viễn thông",
}  # fmt: skip
RESOLUTION = date(2021, 1, 1)
MONTHS = 6


def later(day: date, months: int) -> date:
    """The first of a month that many months on; a day of a month none ends before."""
    place = day.year * 12 + day.month - 1 + months
    last = {4: 30, 6: 30, 9: 30, 11: 30, 2: 29 if (place // 12) % 4 == 0 else 28}.get(place % 12 + 1, 31)
    return date(place // 12, place % 12 + 1, min(day.day, last))


class PlanOracle:
    """The plans of a database; `oracle` knows persons, titles and units."""

    def __init__(self, session: ScopedSession, oracle: Any) -> None:  # noqa: ANN401 - an Oracle, which makes this
        self.oracle = oracle
        self.plans = {row.id: row for row in session.scalars(select(Plan))}
        self.entries = list(session.scalars(select(PlanEntry)))
        self.posts = {row.id: row for row in session.scalars(select(Post))}
        self.quotas = list(session.scalars(select(PostQuota)))

    def open_entries(self, day: date, *, lasting: bool = True) -> list[tuple[PlanEntry, Plan]]:
        """Entries approved by the day in plans of titles that aren't closed; `lasting`: and not removed."""
        found = []
        for entry in self.entries:
            plan = self.plans[entry.plan_id]
            if plan.kind != PlanKind.TITLES or entry.planned_from is None or entry.planned_from > day:
                continue
            if plan.closed_on is not None and plan.closed_on <= day:
                continue
            if lasting and entry.removed_on is not None and entry.removed_on <= day:
                continue
            found.append((entry, plan))
        return found

    def planned_managed(self, day: date) -> list[tuple[UUID, UUID]]:
        """(person, unit): everybody planned for a title of the province's committee, in the highest one."""
        best: dict[UUID, tuple[Any, UUID]] = {}
        for entry, plan in self.open_entries(day):
            title, unit = self.oracle.title(entry.title_id, day), self.oracle.unit(entry.unit_id, day)
            if title is None or unit is None or title.managed_by != ManagedBy.PROVINCE_COMMITTEE:
                continue
            if not plan.period.runs_on(day):
                continue
            place = (title.rank, entry.id.hex)
            if entry.cadre_id not in best or place < best[entry.cadre_id][0]:
                best[entry.cadre_id] = (place, entry.unit_id)
        return [(person, unit) for person, (_, unit) in best.items()]

    def specialised(self, cadre_id: UUID, day: date, known_at: datetime | None) -> tuple[bool, bool]:
        """(counts, unknown) of one person: by the sector of the unit of the main seat, or by a degree."""
        sector = None
        for span in self.oracle.careers[cadre_id]:
            if span.is_main and self.oracle.holds(span, day, known_at):
                unit = self.oracle.unit(span.unit_id, day)
                sector = unit.sector if unit is not None else None
        fields = {
            row.field
            for row in self.oracle.theories[cadre_id]
            if row.kind == QualificationKind.EDUCATION and self.oracle.holds(row, day, known_at)
        } - {None}
        counts = sector in SECTORS or bool(fields & FIELDS)
        return counts, not counts and (sector is None or not fields)

    def planning_units(self, day: date, known_at: datetime | None) -> list[tuple[UUID, bool, bool]]:
        """(unit, counts, unknown) of each unit × running period where a woman must be planned."""
        if day < RESOLUTION:
            return []
        heads = self._heads(day)
        staff, women = self._staff(day, known_at, heads)
        keys = self._keys(day, known_at, heads)
        entries: dict[tuple[UUID, PlanPeriod], list[PlanEntry]] = defaultdict(list)
        for entry, plan in self.open_entries(day, lasting=False):
            entries[plan.unit_id, plan.period].append(entry)
        lasting = {entry.id for entry, _ in self.open_entries(day)}
        found = []
        for head in {at for at in heads.values() if at is not None}:
            if staff[head] == 0 or women[head] * 100 < staff[head] * 30:
                continue
            for period in PlanPeriod:
                if not period.runs_on(day):
                    continue
                of_plan = entries[head, period]
                overdue = later(period.begins_on, MONTHS) <= day and self._stood(head, later(day, -MONTHS))
                if not of_plan and not overdue:
                    continue
                planned = any(
                    entry.id in lasting
                    and entry.title_id in keys[head]
                    and self.oracle.people[entry.cadre_id].sex == Sex.FEMALE
                    for entry in of_plan
                )
                found.append((head, planned and bool(keys[head]), not keys[head]))
        return found

    def _heads(self, day: date) -> dict[UUID, UUID | None]:
        """Each unit with the nearest one at or above it that plans for itself."""
        found: dict[UUID, UUID | None] = {}
        for unit_id in self.oracle.units:
            path = self.oracle.path(unit_id, day)
            plans = (at for at in path if self.oracle.unit(at, day).plans_for_itself)
            found[unit_id] = next(plans, None)
        return found

    def _staff(
        self, day: date, known_at: datetime | None, heads: dict[UUID, UUID | None]
    ) -> tuple[dict[UUID, int], dict[UUID, int]]:
        staff: dict[UUID, int] = defaultdict(int)
        women: dict[UUID, int] = defaultdict(int)
        for span in self.oracle.spans:
            if not span.is_main or not self.oracle.holds(span, day, known_at):
                continue
            head, unit = heads.get(span.unit_id), self.oracle.unit(span.unit_id, day)
            person = self.oracle.people[span.cadre_id]
            if head is None or span.kind == AssignmentKind.SECONDMENT:
                continue
            if person.legal_category == LegalCategory.CONTRACT:
                continue
            locality = self.oracle.unit(head, day).form == UnitForm.TERRITORY
            if locality and unit.kind == UnitKind.PUBLIC_SERVICE:
                continue
            staff[head] += 1
            women[head] += person.sex == Sex.FEMALE
        return staff, women

    def _keys(
        self, day: date, known_at: datetime | None, heads: dict[UUID, UUID | None]
    ) -> dict[UUID, set[UUID]]:
        found: dict[UUID, set[UUID]] = defaultdict(set)
        for quota in self.quotas:
            if quota.quota < 1 or not self.oracle.holds(quota, day, known_at):
                continue
            post = self.posts[quota.post_id]
            title, head = self.oracle.title(post.title_id, day), heads.get(post.unit_id)
            if head is not None and title is not None and title.is_key:
                found[head].add(post.title_id)
        return found

    def _stood(self, unit_id: UUID, day: date) -> bool:
        return self.oracle.unit(unit_id, day) is not None
