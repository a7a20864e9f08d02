"""Planning units as a plan sees them: titles, who decides on each, staff, who could be planned."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from app.demo.people import Person, Span
from app.demo.seats import STAFF_TIER
from app.demo.spells import Spells
from app.demo.staffing import Staffing
from app.demo.titles import Title
from app.demo.tree import MERGER_DAY, Unit
from app.models.assignment import AssignmentKind
from app.models.cadre import Sex
from app.models.title import ManagedBy
from app.models.unit import Level, UnitKind

if TYPE_CHECKING:
    from uuid import UUID

MAJORITY = "kinh"
SINCE = date(2019, 1, 1)
"""Who has left before is planned nowhere in the demo."""

Stay = tuple[Person, Span]


@dataclass(slots=True, eq=False)
class Site:
    """A planning unit of the old province with its bodies that make no plan of their own."""

    unit: Unit
    titles: dict[Title, int] = field(default_factory=dict)
    """Leading and key titles in their rank, each with the tier of its seats."""

    opened: dict[Title, date] = field(default_factory=dict)
    """The first day on which a title has a seat."""

    pool: list[Stay] = field(default_factory=list)
    """Everybody in a main seat since `SINCE`."""

    staff: list[tuple[date, date | None, bool, bool | None]] = field(default_factory=list)
    """From, to, whether a woman, whether of a minority (None: not on record).

    Whoever is on the payroll of the unit's own bodies (domain §10.10).
    """

    steps: list[int] = field(default_factory=list)
    """The tiers of its seats, the highest first."""

    def strength(self, day: date) -> tuple[int, int]:
        """Staff on `day`, and the women among them."""
        here = [woman for start, end, woman, _ in self.staff if start <= day and (end is None or end > day)]
        return len(here), sum(here)

    def minority(self, day: date) -> tuple[int, int]:
        """Staff of known ethnicity on `day`, and those of a minority among them."""
        here = [
            own
            for start, end, _, own in self.staff
            if own is not None and start <= day and (end is None or end > day)
        ]
        return len(here), sum(here)

    def asks_woman(self, day: date) -> bool:
        """Whether 30 % or more of the staff are women on `day`."""
        everybody, women = self.strength(day)
        return everybody > 0 and 100 * women >= 30 * everybody

    def titles_on(self, day: date) -> list[Title]:
        """The titles that have a seat on `day`."""
        return [title for title in self.titles if self.opened[title] <= day]

    def keys_on(self, day: date) -> set[Title]:
        """The key titles among them."""
        return {title for title in self.titles_on(day) if title.key}

    def beneath(self, tier: int) -> tuple[int, ...]:
        """The two tiers below `tier`, the nearer first."""
        lower = [step for step in self.steps if step > tier]
        return tuple(lower[:2])


def line(unit: Unit) -> Iterator[Unit]:
    """A unit and what stands above it, nearest first."""
    step: Unit | None = unit
    while step is not None:
        yield step
        step = step.parent


def authority(unit: Unit, managed_by: ManagedBy) -> Unit | None:
    """The body that approves plans for titles it manages, as `services.unit.planning` finds it."""
    levels = {
        ManagedBy.PROVINCE_COMMITTEE: (Level.PROVINCE, "TU"),
        ManagedBy.DISTRICT_COMMITTEE: (Level.DISTRICT, "HU"),
        ManagedBy.COMMUNE_COMMITTEE: (Level.COMMUNE, "DU"),
    }
    if managed_by in levels:
        level, code = levels[managed_by]
        home = next((above for above in line(unit) if above.is_territory and above.level is level), None)
        return home.bodies[code] if home is not None else None
    bodies = [above for above in line(unit) if not above.is_territory]
    if managed_by is ManagedBy.ATTACHED_COMMITTEE:
        return next((body for body in bodies if body.kind is UnitKind.ATTACHED_COMMITTEE), None)
    if managed_by is ManagedBy.DEPARTMENT:
        return bodies[-1] if bodies else None
    return unit if managed_by is ManagedBy.UNIT_HEAD else None


class Sites:
    """All planning units, and who sits where."""

    def __init__(self, staffing: Staffing, spells: Spells) -> None:
        """Reads posts and spells; nothing is drawn here."""
        self.staffing = staffing
        self.all: list[Site] = []
        self.by_code: dict[str, Site] = {}
        self._of: dict[UUID, Site] = {}
        for unit in staffing.tree.units:
            if unit.plans and unit.valid_from < MERGER_DAY:
                site = Site(unit)
                self.all.append(site)
                self.by_code[unit.code] = self._of[unit.id] = site
        self._titles()
        self._people(spells)

    def of(self, unit: Unit) -> Site | None:
        """The planning unit that plans for `unit`."""
        return next((self._of[above.id] for above in line(unit) if above.plans), None)

    def _titles(self) -> None:
        for post in self.staffing.posts.values():
            site, title = self.of(post.unit), post.title
            if site is None:
                continue
            tiers = {seat.tier for seat in post.seats}
            site.steps = sorted({*site.steps, *tiers})
            if not (title.key or title.leadership):
                continue
            first = min(
                (date(max(seat.opens.year, 2010), 1, 1) for seat in post.seats), default=date(2010, 1, 1)
            )
            if post.spare:
                first = date(2010, 1, 1)
            site.titles[title] = min(site.titles.get(title, STAFF_TIER), *tiers)
            site.opened[title] = min(site.opened.get(title, first), first)
        for site in self.all:
            site.titles = dict(sorted(site.titles.items(), key=lambda pair: (pair[0].rank, pair[0].name)))

    def _people(self, spells: Spells) -> None:
        self.held: dict[tuple[UUID, Title], list[tuple[Site | None, date, date | None]]] = defaultdict(list)
        for spell in spells.all:
            if spell.end is not None and spell.end <= SINCE:
                continue
            unit, person = spell.seat.unit, spell.person
            site = self.of(unit)
            self.held[person.id, spell.seat.title].append((site, spell.start, spell.end))
            if site is None or not spell.main or spell.kind is AssignmentKind.SECONDMENT:
                continue
            # A locality leaves out its public services: health stations of communes count nowhere.
            if not (site.unit.is_territory and unit.kind is UnitKind.PUBLIC_SERVICE):
                of_minority = None if person.stub else person.ethnicity != MAJORITY
                site.staff.append((spell.start, spell.end, person.sex is Sex.FEMALE, of_minority))
        for person in spells.people:
            for span in person.spans:
                own = self.of(span.seat.unit)
                if own is not None and (span.end is None or span.end > SINCE) and not person.stub:
                    own.pool.append((person, span))

    def holds(self, person: Person, title: Title, site: Site, since: date, until: date) -> bool:
        """Whether somebody holds a title of a unit on any day of `[since, until]`."""
        return any(
            where is site and start <= until and (end is None or end > since)
            for where, start, end in self.held.get((person.id, title), ())
        )
