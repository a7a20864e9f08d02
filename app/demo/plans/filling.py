"""Fills a dossier: persons for each title, a woman where the law asks for one, who comes to meetings."""

from dataclasses import replace
from datetime import date
from random import Random

from app.demo.dates import BASELINE
from app.demo.people import Person
from app.demo.plans.choosing import Choosing, Wanted
from app.demo.plans.dossiers import Dossier, Meeting
from app.demo.plans.sites import Site
from app.demo.titles import Title
from app.models.cadre import Sex
from app.models.plan import MeetingStep, PlanKind, PlanPeriod
from app.models.title import ManagedBy
from app.models.unit import UnitKind

NEARLY = 27
"""Per cent of women from which a plan of 2021 has a woman for a key title, in case more join the unit."""

STEPS = tuple(MeetingStep)
Choice = tuple[Person, Title]

COMMITTEE_PERSONS = {
    "d.standing_member": 18, "d.committee_member": 66, "p.attached_member": 28, "c.standing_member": 8,
    "c.committee_member": 24,
}  # fmt: skip
"""Persons planned for the seats of a committee, those who sit in it too: 1.5 to 2 times the seats."""

BANDS = ((27, 39), (40, 49), (50, 55))
"""The three ages of a plan of committee seats; of each there are several, as birthdays come meanwhile."""


class Filling:
    """Finds persons and counts heads for one dossier after the other."""

    def __init__(self, choosing: Choosing, rng: Random) -> None:
        """`choosing` finds the persons."""
        self.choosing = choosing
        self.rng = rng
        self.before: dict[tuple[Site, Title], list[Person]] = {}

    def persons(self, dossier: Dossier, day: date, *, sex: Sex | None, crowd: bool) -> list[Choice]:
        """Who is planned for each title; those of the earlier period come again where they still fit.

        `sex`: of that sex alone for key titles. `crowd`: one title has four persons.
        """
        site = dossier.site
        gone = site.unit.valid_to is not None and site.unit.valid_to < BASELINE
        full = dossier.titles[self.rng.randrange(len(dossier.titles))] if crowd else None
        found: list[Choice] = []
        for title in dossier.titles:
            count = 4 if title is full else self._count(dossier, title)
            wanted = Wanted(site, title, day, sex if title.key else None, gone=gone)
            kept = [
                person
                for person in self.before.get((site, title), ())
                if self.rng.random() < 0.65 and self.choosing.still(person, wanted)
            ][:count]
            for person in kept:
                self.choosing.take(person, site, title)
            if title.committee_seat is not None:
                kept += self._of_each_age(wanted, count // 4)
            kept += self.choosing.choose(wanted, count - len(kept), without={person.id for person in kept})
            if dossier.period is PlanPeriod.PARTY_2020 and dossier.kind is PlanKind.TITLES:
                self.before[site, title] = kept
            found += [(person, title) for person in kept]
        if sex is None and self.wants_woman(dossier) and not woman_for_key(found):
            found += self.woman(dossier, day, found, most=3)
        return found

    def _of_each_age(self, wanted: Wanted, count: int) -> list[Person]:
        """So many persons of each of the three ages, as far as there are any."""
        found: list[Person] = []
        for ages in BANDS:
            there = {person.id for person in found}
            found += self.choosing.choose(replace(wanted, ages=ages), count, without=there)
        return found

    def _count(self, dossier: Dossier, title: Title) -> int:
        if title.committee_seat is not None:
            return COMMITTEE_PERSONS[title.code]
        if title.managed_by is ManagedBy.PROVINCE_COMMITTEE:
            return 3 + (dossier.period is PlanPeriod.PARTY_2020 and self.rng.random() < 0.6)
        if dossier.site.unit.kind is UnitKind.PUBLIC_SERVICE:
            return 2
        return 2 + (self.rng.random() < 0.45)

    def wants_woman(self, dossier: Dossier) -> bool:
        """Whether the law of 2021 asks for a woman, or might soon."""
        if dossier.kind is not PlanKind.TITLES or not any(title.key for title in dossier.titles):
            return False
        everybody, women = dossier.site.strength(BASELINE)
        return 100 * women >= NEARLY * everybody or dossier.site.asks_woman(date(2021, 3, 1))

    def woman(self, dossier: Dossier, day: date, found: list[Choice], *, most: int) -> list[Choice]:
        """A woman for a key title, the lowest first; in place of a man where the title is full."""
        for title in reversed([title for title in dossier.titles if title.key]):
            there = [pair for pair in found if pair[1] is title]
            women = self.choosing.choose(
                Wanted(dossier.site, title, day, Sex.FEMALE), 1, without={person.id for person, _ in there}
            )
            if women:
                if len(there) >= most:
                    found.remove(there[-1])
                    self.choosing.drop(there[-1][0], dossier.site, title)
                return [(women[0], title)]
        return []

    def meeting(self, dossier: Dossier, number: int, day: date) -> Meeting:
        """The meeting of that place in the order, with who was summoned and who came."""
        summoned = self._summoned(dossier.site, number, day)
        absent = self.rng.randint(0, summoned // 8)
        return Meeting(STEPS[number], summoned, summoned - absent)

    @staticmethod
    def _summoned(site: Site, number: int, day: date) -> int:
        """How many take part: the leaders, all key cadres, the leaders with the heads beneath them."""
        everybody, _ = site.strength(day)
        unit = site.unit
        if unit.kind is UnitKind.DISTRICT:
            leaders, enlarged, cadres = 11, 41, 88 + everybody % 20
        elif unit.kind is UnitKind.COMMUNE:
            leaders, enlarged, cadres = 5, 15, max(everybody, 15) + 12
        else:
            leaders = min(5, max(3, everybody // 8))
            enlarged = max(leaders + 2, min(everybody // 4, 19))
            cadres = max(enlarged, everybody if everybody <= 40 else 12 + everybody // 4)
        return (leaders, cadres, enlarged, leaders)[number]


def woman_for_key(found: list[Choice]) -> bool:
    """Whether a woman is among those chosen for key titles."""
    return any(person.sex is Sex.FEMALE and title.key for person, title in found)
