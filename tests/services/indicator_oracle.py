"""Indicators counted a second time, in Python over plain rows: no closure, no SQL, no code of the service.

Slow and simple on purpose. Definitions follow domain §2 as corrected by §10.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.models.assignment import AssignmentKind, AssignmentSpan, EndReason
from app.models.cadre import Cadre, LegalCategory, Sex
from app.models.committee import MemberRank, Membership
from app.models.post_change import PostChange
from app.models.qualification import QualificationKind, QualificationSpan
from app.models.rotation import Rotation, RotationItem
from app.models.title import ManagedBy, TermKind, TitleVersion
from app.models.unit import CommitteeTier, Level, UnitChange, UnitChangePart, UnitForm, UnitVersion
from app.services.scope import ScopedSession
from tests.services.plan_oracle import PlanOracle

THEORY = ("none", "elementary", "intermediate", "advanced")
DEPARTMENT = {ManagedBy.DEPARTMENT, ManagedBy.DISTRICT_COMMITTEE, ManagedBy.ATTACHED_COMMITTEE}
UPPER = {Level.PROVINCE, Level.DISTRICT}


@dataclass(frozen=True)
class Counted:
    """Somebody counted: where, whether he counts towards the share, whether that can't be said."""

    cadre_id: UUID
    unit_id: UUID
    counts: bool
    unknown: bool = False
    tier: CommitteeTier | None = None


def holds(row: Any, day: date, known_at: datetime | None) -> bool:  # noqa: ANN401 - a row of any table
    """Whether a dated row holds on `day`, as known."""
    if row.valid_from > day or (row.valid_to is not None and row.valid_to <= day):
        return False
    return not hasattr(row, "superseded_at") or on_record(row, known_at)


def on_record(row: Any, known_at: datetime | None) -> bool:  # noqa: ANN401 - a row of any table
    """Whether a row of two clocks is what was known."""
    if known_at is None:
        return row.superseded_at is None
    known: bool = row.recorded_at <= known_at
    return known and (row.superseded_at is None or row.superseded_at > known_at)


LENT = {AssignmentKind.SECONDMENT, AssignmentKind.ROTATION}
"""Assignments whose planned end is no end of a term."""


def later(day: date, months: int) -> date:
    """The day so many months later, or the last of its month."""
    first = date(day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first + timedelta(days=day.day - 1), last)


def age(born: date, day: date) -> int:
    """Completed years; who is born on 29 February completes one on 1 March."""
    years = day.year - born.year
    try:
        birthday = born.replace(year=day.year)
    except ValueError:
        birthday = date(day.year, 3, 1)
    return years if birthday <= day else years - 1


class Oracle:
    """All rows of a database, and the counting."""

    def __init__(self, session: ScopedSession) -> None:
        def by(table: Any, name: str) -> dict[UUID, list[Any]]:  # noqa: ANN401 - any table
            found: dict[UUID, list[Any]] = defaultdict(list)
            for row in session.scalars(select(table)):
                found[getattr(row, name)].append(row)
            return found

        self.seated: dict[tuple[date, datetime | None], list[tuple[Any, Any, Any]]] = {}
        self.paths: dict[tuple[UUID, date], list[UUID]] = {}
        self.people = {row.id: row for row in session.scalars(select(Cadre))}
        self.careers = by(AssignmentSpan, "cadre_id")
        self.spans = [span for career in self.careers.values() for span in career]
        self.titles = by(TitleVersion, "title_id")
        self.units = by(UnitVersion, "unit_id")
        self.theories = by(QualificationSpan, "cadre_id")
        self.seats = list(session.scalars(select(Membership)))
        self.post_changes = list(session.scalars(select(PostChange)))
        self.rotations = list(session.scalars(select(Rotation)))
        self.rotation_items = list(session.scalars(select(RotationItem)))
        self.holds = holds
        self.planning = PlanOracle(session, self)
        days = {row.id: row.on_day for row in session.scalars(select(UnitChange))}
        self.changes = [
            (days[part.change_id], part.from_unit_id, part.to_unit_id)
            for part in session.scalars(select(UnitChangePart))
            if part.from_unit_id and part.to_unit_id
        ]

    # --- the tree, by parents alone -----------------------------------------------------------------

    def unit(self, unit_id: UUID, day: date) -> UnitVersion | None:
        """The unit as it stood on the day."""
        return next((row for row in self.units[unit_id] if holds(row, day, None)), None)

    def title(self, title_id: UUID, day: date) -> TitleVersion | None:
        """The title as it stood on the day."""
        return next((row for row in self.titles[title_id] if holds(row, day, None)), None)

    def path(self, unit_id: UUID, day: date) -> list[UUID]:
        """The unit and everything it lies in."""
        known = self.paths.get((unit_id, day))
        if known is not None:
            return known
        row = self.unit(unit_id, day)
        found = [] if row is None else [unit_id]
        if row is not None and row.parent_id is not None:
            found += self.path(row.parent_id, day)
        self.paths[unit_id, day] = found
        return found

    def territory(self, unit_id: UUID, level: Level, day: date) -> UUID | None:
        """The territory of a level that a unit works in."""
        for one in self.path(unit_id, day):
            row = self.unit(one, day)
            if row is not None and row.form == UnitForm.TERRITORY and row.level == level:
                return one
        return None

    def within(self, land: UUID, day: date) -> set[UUID]:
        """Everything in a territory on a day, predecessors and what lay in them included."""
        found = {unit_id for unit_id in self.units if land in self.path(unit_id, day)}
        while True:
            gained = set()
            for on, before, after in self.changes:
                if on <= day and after in found and before not in found:
                    eve = on - timedelta(days=1)
                    gained |= {before} | {one for one in self.units if before in self.path(one, eve)}
            if not gained - found:
                return found
            found |= gained

    # --- who is counted -----------------------------------------------------------------------------

    def held(self, day: date, known_at: datetime | None) -> Iterator[tuple[Any, Any, Any]]:
        """(span, title, unit) of each seat held, at home where somebody is lent."""
        key = (day, known_at)
        if key not in self.seated:
            found = []
            for span in self.spans:
                if holds(span, day, known_at) and span.kind != AssignmentKind.SECONDMENT:
                    title, unit = self.title(span.title_id, day), self.unit(span.unit_id, day)
                    if title is not None and unit is not None:
                        found.append((span, title, unit))
            self.seated[key] = found
        return iter(self.seated[key])

    def highest(self, rows: Iterable[tuple[Any, Any, Any]]) -> list[tuple[Any, Any, Any]]:
        """One seat a person: that of the highest title, then the first assignment."""
        best: dict[UUID, tuple[Any, Any, Any]] = {}
        for row in rows:
            span, title, _ = row
            own = best.get(span.cadre_id)
            if own is None or (title.rank, span.assignment_id.hex) < (own[1].rank, own[0].assignment_id.hex):
                best[span.cadre_id] = row
        return list(best.values())

    def population(  # noqa: PLR0911 - one line of the law each
        self, name: str, day: date, known_at: datetime | None
    ) -> list[tuple[Any, Any, Any]]:
        """(span, title, unit) of everybody in a population of persons with titles."""
        rows = list(self.held(day, known_at))
        in_office = [row for row in rows if not row[0].acting]
        if name.startswith("staff"):
            main = [row for row in self._mains(day, known_at) if self._on_staff(row[0], row[2])]
            levels = {"staff": set(Level), "staff_upper": UPPER, "staff_commune": {Level.COMMUNE}}[name]
            return [row for row in main if row[2].level in levels]
        if name == "leaders_with_acting":
            return self.highest(row for row in rows if row[1].is_leadership and row[2].level in UPPER)
        leaders = [row for row in in_office if row[1].is_leadership and row[2].level in UPPER]
        managed = [row for row in in_office if row[1].managed_by == ManagedBy.PROVINCE_COMMITTEE]
        if name == "leaders":
            return self.highest(leaders)
        if name == "managed":
            return self.highest(managed)
        if name == "managed_province":
            return [row for row in self.highest(managed) if row[2].level == Level.PROVINCE]
        if name == "leaders_not_managed":
            theirs = {row[0].cadre_id for row in managed}
            return self.highest(row for row in leaders if row[0].cadre_id not in theirs)
        if name == "department_leaders":
            return self.highest(
                row
                for row in in_office
                if row[1].managed_by in DEPARTMENT
                and (row[1].is_leadership or (row[1].is_key and row[2].level == Level.COMMUNE))
            )
        secretaries = self.highest(
            row for row in in_office if row[1].is_secretary and row[2].level == Level.COMMUNE
        )
        if name == "commune_secretaries":
            return secretaries
        assert name == "commune_secretaries_rural"
        return [row for row in secretaries if self._rural(row[0].unit_id, day)]

    def _mains(self, day: date, known_at: datetime | None) -> Iterator[tuple[Any, Any, Any]]:
        for span in self.spans:
            if span.is_main and holds(span, day, known_at):
                unit = self.unit(span.unit_id, day)
                if unit is not None:
                    yield span, None, unit

    def _on_staff(self, span: AssignmentSpan, unit: UnitVersion) -> bool:
        category = self.people[span.cadre_id].legal_category
        if category == LegalCategory.CONTRACT:
            return False
        return not (category == LegalCategory.PUBLIC_EMPLOYEE and unit.level == Level.COMMUNE)

    def _rural(self, unit_id: UUID, day: date) -> bool:
        land = self.territory(unit_id, Level.COMMUNE, day)
        row = self.unit(land, day) if land else None
        return row is not None and row.type == "xa"

    def sits(self, seat: Membership, day: date, known_at: datetime | None) -> bool:
        """Whether a committee seat, which has one clock, is held; it is known as soon as the person is."""
        known = known_at is None or self.people[seat.cadre_id].recorded_at <= known_at
        return known and holds(seat, day, None)

    def members(self, day: date, known_at: datetime | None, beneath: UUID) -> list[tuple[Any, Any]]:
        """(membership, unit): once a tier among the committees beneath a unit."""
        order = [MemberRank.SECRETARY, MemberRank.DEPUTY, MemberRank.STANDING, MemberRank.MEMBER]
        best: dict[tuple[UUID, CommitteeTier], tuple[Any, Any]] = {}
        for seat in self.seats:
            unit = self.unit(seat.unit_id, day)
            if not self.sits(seat, day, known_at) or unit is None or unit.committee_tier is None:
                continue
            if beneath not in self.path(seat.unit_id, day):
                continue
            key = (seat.cadre_id, unit.committee_tier)
            own = best.get(key)
            place = (order.index(seat.rank), seat.id.hex)
            if own is None or place < (order.index(own[0].rank), own[0].id.hex):
                best[key] = (seat, unit)
        return list(best.values())

    def district_leaders(self, day: date, known_at: datetime | None) -> list[tuple[UUID, UUID]]:
        """(person, unit): key titles of a district first, then seats of its standing committee."""
        titled = self.highest(
            row
            for row in self.held(day, known_at)
            if not row[0].acting and row[1].is_key_district and row[2].level == Level.DISTRICT
        )
        found = {span.cadre_id: span.unit_id for span, _, _ in titled}
        order = [MemberRank.SECRETARY, MemberRank.DEPUTY, MemberRank.STANDING]
        seats = [seat for seat in self.seats if seat.rank in order and self.sits(seat, day, known_at)]
        for seat in sorted(seats, key=lambda seat: (order.index(seat.rank), seat.id.hex)):
            unit = self.unit(seat.unit_id, day)
            if unit is not None and unit.level == Level.DISTRICT and unit.committee_tier is not None:
                found.setdefault(seat.cadre_id, seat.unit_id)
        return list(found.items())

    def terms(self, day: date, known_at: datetime | None) -> list[tuple[AssignmentSpan, bool]]:
        """(span, late) of everybody whose term of five years ended in the year up to the day."""
        best: dict[UUID, tuple[Any, ...]] = {}
        for span in self.spans:
            ends, left = span.term_ends_on, span.valid_to
            if ends is None or ends > day or ends.year != day.year or not on_record(span, known_at):
                continue
            title = self.title(span.title_id, ends - timedelta(days=1))
            if title is None or title.term_kind != TermKind.APPOINTED_5Y or span.acting:
                continue
            gone_before = left is not None and left < ends and span.end_reason != EndReason.TERM_ENDED
            if gone_before or span.kind in LENT or self.unit(span.unit_id, day) is None:
                continue
            signed = span.end_decision_signed_on
            late = signed >= ends if signed is not None else left is None or left > ends
            place = (not late, title.rank, span.assignment_id.hex)
            if span.cadre_id not in best or place < best[span.cadre_id][0]:
                best[span.cadre_id] = (place, span, late)
        return [(span, late) for _, span, late in best.values()]

    def limits(self, day: date, known_at: datetime | None) -> list[tuple[AssignmentSpan, bool]]:
        """(span, overdue) of everybody whose limit in a sensitive post was reached by the day."""
        best: dict[UUID, tuple[Any, ...]] = {}
        for span in self.spans if day >= date(2019, 8, 15) else []:
            title, left = self.title(span.title_id, day), span.valid_to
            if not on_record(span, known_at) or span.valid_from > day or self.unit(span.unit_id, day) is None:
                continue
            if title is None or title.sensitive_months is None or title.is_leadership or title.is_key:
                continue
            due_on = later(span.valid_from, title.sensitive_months)
            gone = left is not None and left <= day
            if due_on > day or (gone and left is not None and left.year != day.year):
                continue
            if any(self._exempts(row, span.assignment_id, day, known_at) for row in self.post_changes):
                continue
            late = not gone and day > due_on
            place = (not late, title.rank, span.assignment_id.hex)
            if span.cadre_id not in best or place < best[span.cadre_id][0]:
                best[span.cadre_id] = (place, span, late)
        return [(span, late) for _, span, late in best.values()]

    @staticmethod
    def _exempts(row: PostChange, assignment_id: UUID, day: date, known_at: datetime | None) -> bool:
        """Whether a decided dossier exempts the holder of a seat on the day, as known."""
        if row.assignment_id != assignment_id or row.exempt_ends_on is None or row.effective_on is None:
            return False
        if known_at is not None and (row.decided_at is None or row.decided_at > known_at):
            return False
        return row.effective_on <= day <= row.exempt_ends_on

    def items(self, day: date) -> list[RotationItem]:
        """What approved plans wanted to have begun by the day."""
        wanted = (one for one in self.rotation_items if one.planned_on <= day)
        return [one for one in wanted if one.approved_on is not None and one.approved_on <= day]

    def began(self, item: RotationItem, day: date) -> bool:
        """Whether somebody went where the item says by the day."""
        days = (row.began_on for row in self.rotations if row.item_id == item.id)
        return any(on is not None and on <= day for on in days)

    # --- who counts towards the share ----------------------------------------------------------------

    def mark(self, numerator: str, cadre_id: UUID, day: date, known_at: datetime | None) -> tuple[bool, bool]:
        """(counts, unknown) of one person."""
        person = self.people[cadre_id]
        if numerator == "everyone":
            return True, False
        if numerator == "women":
            return person.sex == Sex.FEMALE, person.sex is None
        if numerator == "minority":
            return person.ethnicity not in {None, "kinh"}, person.ethnicity is None
        if numerator in {"young_under", "young_at_most"}:
            if person.birth_date is None:
                return False, True
            years = age(person.birth_date, day)
            return (years < 40 if numerator == "young_under" else years <= 40), False
        assert numerator == "theory"
        levels = [
            THEORY.index(row.level)
            for row in self.theories[cadre_id]
            if row.kind == QualificationKind.POLITICAL_THEORY and holds(row, day, known_at)
        ]
        return bool(levels) and max(levels) >= 2, not levels

    def local(self, numerator: str, span: AssignmentSpan, day: date) -> tuple[bool, bool]:
        """(not of the place, unknown) of one secretary, by hometown or birthplace."""
        person = self.people[span.cadre_id]
        on = day if numerator == "non_local_rejudged" else span.valid_from
        level = Level.DISTRICT if numerator == "non_local_district" else Level.COMMUNE
        land = self.territory(span.unit_id, level, on)
        if land is None:
            return False, True
        inside = self.within(land, on)
        around = set(self.path(land, on))
        unsure = False
        for unit_id, text in (
            (person.hometown_unit_id, person.hometown),
            (person.birthplace_unit_id, person.birthplace),
        ):
            if unit_id in inside:
                return False, False
            if (unit_id is None and text is None) or (
                unit_id is not None and (unit_id in around or self.heir(unit_id, inside))
            ):
                unsure = True
        return not unsure, unsure

    def heir(self, unit_id: UUID, land: set[UUID]) -> bool:
        """Whether the unit took over something of the territory, on whatever day."""
        found = {unit_id}
        while True:
            gained = {before for _, before, after in self.changes if after in found}
            gained |= {
                one
                for one in self.units
                for on, before, _ in self.changes
                if before in found and before in self.path(one, on - timedelta(days=1))
            }
            if gained <= found:
                return bool((found - {unit_id}) & land)
            found |= gained

    def counted(  # noqa: C901 - a branch for each population
        self, population: str, numerator: str, *, unit_id: UUID, day: date, known_at: datetime | None = None
    ) -> list[Counted]:
        """Everybody behind one reading of an indicator in one unit."""
        found: list[Counted] = []
        if population.startswith("committee_members"):
            tier = population.removeprefix("committee_members").lstrip("_")
            for seat, unit in self.members(day, known_at, unit_id):
                if not tier or unit.committee_tier == tier:
                    marks = self.mark(numerator, seat.cadre_id, day, known_at)
                    found.append(Counted(seat.cadre_id, seat.unit_id, *marks, unit.committee_tier))
            return found
        if population == "planning_units_women":
            found = [
                Counted(unit, unit, counts, unknown)
                for unit, counts, unknown in self.planning.planning_units(day, known_at)
            ]
        elif population == "planned_managed":
            found = [
                Counted(one, at, *self.planning.specialised(one, day, known_at))
                for one, at in self.planning.planned_managed(day)
            ]
        elif population in {"terms_ended", "sensitive_holders"}:
            clocks = self.terms if population == "terms_ended" else self.limits
            found = [Counted(span.cadre_id, span.unit_id, late) for span, late in clocks(day, known_at)]
        elif population == "rotation_items":
            found = [Counted(one.id, one.unit_id, self.began(one, day)) for one in self.items(day)]
        elif population == "district_leaders":
            places = self.district_leaders(day, known_at)
            found = [Counted(one, at, *self.mark(numerator, one, day, known_at)) for one, at in places]
        else:
            for span, _, _ in self.population(population, day, known_at):
                if numerator.startswith("non_local"):
                    marks = self.local(numerator, span, day)
                else:
                    marks = self.mark(numerator, span.cadre_id, day, known_at)
                found.append(Counted(span.cadre_id, span.unit_id, *marks))
        return [one for one in found if unit_id in self.path(one.unit_id, day)]

    def area(self, unit_id: UUID, beneath: UUID, day: date) -> UUID | None:
        """The territory right beneath `beneath` that a unit lies in; None: one of its own bodies."""
        path = self.path(unit_id, day)
        at = path.index(beneath)
        if at == 0:
            return None
        child = self.unit(path[at - 1], day)
        return path[at - 1] if child is not None and child.form == UnitForm.TERRITORY else None
