"""Who is planned for a title: people of the unit one or two steps below it, and some from near it."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from app.demo.dates import BASELINE
from app.demo.people import Person, Span
from app.demo.plans.sites import Site, Sites, Stay
from app.demo.titles import Title
from app.models.cadre import Sex
from app.models.title import ManagedBy
from app.models.unit import Level, UnitKind

MOST_TITLES = 3
"""Titles a person is planned for, over all units: the law's own limit."""

OUTSIDERS = 15
"""Of a hundred persons planned, so many come from elsewhere: a plan is «động và mở» (III.3.3-c)."""

SPREAD = 0.95
"""How often those are taken first who are planned for the fewest titles."""

TRIES = 25
SEAT_TIERS = {
    "d.standing_member": 3, "d.committee_member": 4, "p.attached_member": 4, "c.standing_member": 2,
    "c.committee_member": 3,
}  # fmt: skip
"""Where a seat in a committee stands among the tiers of the posts."""

YOUTH = {"p.youth_secretary", "p.youth_deputy", "d.youth_secretary"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A title of a unit for which somebody is wanted on a day, of one sex only or of either.

    `gone`: the unit ended, so that nobody need be there on the baseline day.
    """

    site: Site
    title: Title
    day: date
    sex: Sex | None = None
    gone: bool = False
    ages: tuple[int, int] | None = None
    """Youngest and oldest, where an age of its own is wanted."""


class Choosing:
    """Draws persons for titles, each for at most three."""

    def __init__(self, sites: Sites, rng: Random) -> None:
        """`sites` say who sat where."""
        self.sites = sites
        self.rng = rng
        self.planned: dict[UUID, set[tuple[Site, Title]]] = defaultdict(set)
        self._groups: dict[str, list[Stay]] = defaultdict(list)
        for site in sites.all:
            self._groups[_group(site)] += site.pool

    def choose(self, wanted: Wanted, count: int, *, without: Collection[UUID] = ()) -> list[Person]:
        """Up to `count` persons for a title of a unit, nobody of `without` among them."""
        site, title = wanted.site, wanted.title
        tier = SEAT_TIERS.get(title.code) or site.titles[title]
        seen = set(without)
        # Whoever leads in the unit may be planned for a seat in its committee, those in it too.
        lower = site.beneath(tier) if title.committee_seat is None else tuple(site.steps)
        near, far = self._own(wanted, lower, seen)
        found: list[Person] = []
        while len(found) < count:
            person: Person | None = None
            if not wanted.gone and (self.rng.randrange(100) < OUTSIDERS or not (near or far)):
                person = self._outsider(wanted, tier, seen)
            if person is None:
                pools = [pool for pool in (near, far) if pool]
                if not pools:
                    break
                person = pools[0 if self.rng.random() < 0.7 else -1].pop()
            if person.id not in seen:
                seen.add(person.id)
                found.append(person)
        for person in found:
            self.take(person, site, title)
        return found

    def take(self, person: Person, site: Site, title: Title) -> None:
        """Counts a title among those a person is planned for; seats in committees count for nobody."""
        if title.committee_seat is None:
            self.planned[person.id].add((site, title))

    def drop(self, person: Person, site: Site, title: Title) -> None:
        """Takes a choice back."""
        self.planned[person.id].discard((site, title))

    def still(self, person: Person, wanted: Wanted) -> bool:
        """Whether a person planned for a title before may be planned for it again."""
        day = wanted.day
        here = (span for span in person.spans if span.start <= day and (span.end is None or span.end > day))
        span = next(here, None)
        return span is not None and self._fits(person, span, wanted)

    def _own(
        self, wanted: Wanted, lower: tuple[int, ...], seen: set[UUID]
    ) -> tuple[list[Person], list[Person]]:
        """The unit's own people one step below the title, and those two steps below, each shuffled."""
        near: list[Person] = []
        far: list[Person] = []
        for person, span in wanted.site.pool:
            if span.seat.tier in lower and person.id not in seen and self._fits(person, span, wanted):
                (near if span.seat.tier == lower[0] else far).append(person)
        for people in (near, far):
            self.rng.shuffle(people)
            if self.rng.random() < SPREAD:
                people.sort(key=lambda person: -len(self.planned[person.id]))
        return near, far

    def _fits(self, person: Person, span: Span, wanted: Wanted) -> bool:
        """Whether somebody who sat in `span` may be planned: below the title then, and below it still."""
        title, day = wanted.title, wanted.day
        return (
            (wanted.sex is None or person.sex is wanted.sex)
            and person.party
            and span.start <= day
            and (span.end is None or span.end > day)
            and (title.committee_seat is not None or span.seat.title.rank > title.rank)
            and _right_age(person, title, day)
            and (wanted.ages is None or wanted.ages[0] <= person.age(day) <= wanted.ages[1])
            and (person.sex is Sex.FEMALE or not wanted.site.unit.code.endswith(".HPN"))
            and self._has_room(person, wanted)
            and (wanted.gone or _still_below(person, title))
            and not self.sites.holds(person, title, wanted.site, day, day if wanted.gone else BASELINE)
        )

    def _has_room(self, person: Person, wanted: Wanted) -> bool:
        mine = self.planned[person.id]
        return (
            len(mine) < MOST_TITLES
            or (wanted.site, wanted.title) in mine
            or wanted.title.committee_seat is not None
        )

    def _outsider(self, wanted: Wanted, tier: int, seen: set[UUID]) -> Person | None:
        pools = _near(wanted.site, tier)
        group, tiers = pools[self.rng.randrange(len(pools))]
        stays = self._groups.get(group, ())
        for _ in range(TRIES if stays else 0):
            person, span = stays[self.rng.randrange(len(stays))]
            if (
                span.seat.tier in tiers
                and person.id not in seen
                and self.sites.of(span.seat.unit) is not wanted.site
                and self._fits(person, span, wanted)
            ):
                return person
        return None


def _still_below(person: Person, title: Title) -> bool:
    """Whether somebody is in the service on the baseline day, below the title."""
    last = person.spans[-1]
    here = last.end is None or last.end > BASELINE
    below = title.committee_seat is not None or (
        person.seat is not None and person.seat.title.rank > title.rank
    )
    return here and person.seat is not None and below


def _right_age(person: Person, title: Title, day: date) -> bool:
    """Old enough for the title, and young enough to hold it for a term and more."""
    age = person.age(day)
    if title.code in YOUTH:
        return 24 <= age <= 34
    if title.committee_seat is not None:
        return 27 <= age <= (55 if person.sex is Sex.MALE else 51)
    least = 32 if title.managed_by is ManagedBy.PROVINCE_COMMITTEE else 27
    most = 52 if title.managed_by is ManagedBy.PROVINCE_COMMITTEE else 50
    return least <= age <= (most if person.sex is Sex.MALE else most - 3)


def _group(site: Site) -> str:
    """Units that lend each other people: communes of a district, its schools of a kind, bodies of a level."""
    unit = site.unit
    above = unit.parent.code if unit.parent is not None else ""
    if unit.kind is UnitKind.PUBLIC_SERVICE and above != "02":
        sort = "schools" if any(title.code.endswith("principal") for title in site.titles) else "centres"
        if sort == "schools" and unit.level is Level.DISTRICT:
            sort = unit.code.rpartition(".")[2].rstrip("2")
        return f"{sort} of {above}"
    if unit.level is Level.COMMUNE:
        return f"communes of {above}"
    return f"district {unit.code}" if unit.level is Level.DISTRICT else "province"


def _near(site: Site, tier: int) -> list[tuple[str, tuple[int, ...]]]:
    """Where outsiders for a seat of a tier come from: groups, and the tiers there that lie beneath it."""
    unit = site.unit
    own = _group(site)
    above = unit.parent.code if unit.parent is not None else ""
    if unit.kind is UnitKind.PUBLIC_SERVICE and own != "province":
        return [(own, (2, 9) if tier == 1 else (9,))]
    if unit.level is Level.COMMUNE:
        among = (own, {1: (2, 3), 2: (3, 4), 3: (4, 9)}.get(tier, (9,)))
        return [among, (f"district {above}", (5, 9))] if tier <= 2 else [among]
    if unit.level is Level.DISTRICT:
        communes = f"communes of {unit.code}"
        if tier <= 2:
            return [("province", (4,))]
        return [(communes, (1, 2)), ("province", (5,))] if tier == 3 else [(communes, (1, 2))]
    return [(own, (4, 5) if tier <= 2 else (5, 9) if tier <= 4 else (9,))]
