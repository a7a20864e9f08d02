"""Histories back to 2010, made backwards: each arrival in a seat is undone until the record's first day.

Undoing an arrival puts the person into a lower seat (the post held before), and its holder into a lower one,
until somebody is met who entered the service that day; the top seat gets the person who then left it. So on
every day a seat has at most one holder and a person at most one main seat, and nobody appears from nowhere.
"""

import heapq
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from app.demo import terms
from app.demo.dates import BASELINE, birth, years
from app.demo.ids import FIRST_DAY, Ids
from app.demo.people import Person, Span, draw, other_theory, party_share, recruitment, settle
from app.demo.seats import STAFF_TIER, Seat
from app.demo.staffing import Staffing
from app.demo.tree import COMMUNE_MERGER_DAY, MERGER_DAY
from app.models.cadre import Sex
from app.models.party import PoliticalTheory
from app.models.title import ManagedBy
from app.models.unit import Level, UnitKind

ARRIVED, ENTERED = 0, 1
TRIES = 8
SHORTEST = timedelta(days=420)
SOONEST, SETTLED = date(2011, 6, 1), date(2014, 1, 1)
"""Exchanges of posts begin, and concern people who stayed until then at least."""


class History:
    """Walks from the baseline day back to the first day of the record and leaves everybody's spans behind."""

    def __init__(self, staffing: Staffing, people: list[Person], ids: Ids, rng: Random) -> None:
        self.staffing = staffing
        self.people = people
        self.ids = ids
        self.rng = rng
        self.holder: dict[int, Person] = {}
        self.events: list[tuple[int, int, int, Person, Seat | None]] = []
        self.count = 0
        self.siblings: dict[str, list[str]] = {}
        for org, parent in staffing.parents.items():
            self.siblings.setdefault(parent, []).append(org)

    def run(self) -> None:
        """Fills `spans` of everybody, leavers included, in the order of days."""
        for person in list(self.people):
            if person.seat is not None:
                self._place(person, person.seat, None)
                self._plan(person, person.seat, BASELINE - timedelta(days=11))
        for seat in self.staffing.seats:
            if seat.vacant_since is not None:
                self._leaver(seat, seat.vacant_since)
        self._walk(until=COMMUNE_MERGER_DAY)
        self._unmerge()
        self._walk(until=FIRST_DAY)
        for person in self.people:
            if person.at is not None:
                self._record(person, FIRST_DAY, "initial")
            person.spans.reverse()
        self._exchange()
        self._renumber()

    # --- steps ------------------------------------------------------------------------------------------

    def _walk(self, until: date) -> None:
        """Undoes what happened, the latest first, back to and including `until`."""
        while self.events and -self.events[0][0] >= until.toordinal():
            key, _, kind, person, seat = heapq.heappop(self.events)
            day = date.fromordinal(-key)
            if kind == ENTERED and person.at is not None:
                self._entered(person, day)
            elif kind == ARRIVED and person.at is seat:
                self._arrived(person, day)

    def _push(self, day: date, kind: int, person: Person, seat: Seat | None) -> None:
        self.count += 1
        heapq.heappush(self.events, (-day.toordinal(), self.count, kind, person, seat))

    def _place(self, person: Person, seat: Seat, until: date | None, left: str | None = None) -> None:
        self.holder[seat.index] = person
        person.at, person.until, person.left = seat, until, left

    def _record(self, person: Person, start: date, how: str) -> None:
        if person.at is None:
            return
        person.spans.append(Span(person.at, start, person.until, how, person.left))
        del self.holder[person.at.index]
        person.at = None

    def _plan(self, person: Person, seat: Seat, latest: date) -> None:
        """Queues the day a person arrived in a seat, and the day of entering the service."""
        if person.recruited >= FIRST_DAY:
            self._push(person.recruited, ENTERED, person, None)
        if seat.tier == STAFF_TIER:
            return
        low = max(FIRST_DAY, years(person.recruited, 2))
        if person.stub:
            low = FIRST_DAY
        day = latest - timedelta(days=int(self.rng.triangular(90, 3400, 1500)))
        day = terms.snapped(seat, day, latest - timedelta(days=60))
        if day <= low:
            room = (latest - low).days
            day = low + timedelta(days=room // 3) if low > FIRST_DAY and room > 90 else day
        if day > FIRST_DAY:
            self._push(min(day, latest), ARRIVED, person, seat)

    def _arrived(self, person: Person, day: date) -> None:
        seat = person.at
        if seat is None:
            return
        self._back(person, day, depth=0)
        if seat.index not in self.holder:
            gap = timedelta(days=self.rng.randrange(15, 90)) if self.rng.random() < 0.25 else timedelta()
            self._leaver(seat, day - gap)

    def _back(self, person: Person, day: date, depth: int) -> None:
        """Puts a person into the seat held before `day`; whoever sat there goes further back."""
        seat = person.at
        if seat is None:
            return
        before = (
            None
            if person.stub or person.recruited > day - timedelta(days=400)
            else self._feeder(person, seat, day)
        )
        if before is None:
            self._record(person, day, "recruited" if abs((person.recruited - day).days) < 400 else "outside")
            if person.recruited > day - timedelta(days=400):
                person.recruited = day
            elif not person.stub:
                person.from_outside = day
            return
        other = self.holder[before.index]
        how = (
            "rotation"
            if before.unit.territory is not seat.unit.territory and seat.title.leadership
            else "promotion"
        )
        if depth and how == "promotion" and before.tier == seat.tier:
            how = "transfer"
        self._record(person, day, how)
        if before.tier == STAFF_TIER:
            # The one who took the staff seat over entered the service for it.
            other.recruited = day
            self._record(other, day, "recruited")
        else:
            self._back(other, day, depth + 1)
        self._place(person, before, day, "transfer")
        if before.tier < STAFF_TIER:
            self._plan(person, before, day - timedelta(days=500))

    def _entered(self, person: Person, day: date) -> None:
        seat = person.at
        if seat is None or person.recruited != day:
            return
        self._record(person, day, "recruited")
        grows = seat.unit.kind is UnitKind.PUBLIC_SERVICE and date(2011, 1, 1) < day < date(2020, 6, 1)
        if grows and seat.tier == STAFF_TIER and self.rng.random() < 0.2:
            seat.opens = day
            return
        gap = timedelta(days=self.rng.randrange(20, 75)) if self.rng.random() < 0.2 else timedelta()
        self._leaver(seat, day - gap)

    def _leaver(self, seat: Seat, day: date, left: str | None = None) -> None:
        """Somebody who held a seat until `day` and then left the record."""
        if day <= FIRST_DAY:
            return
        rng = self.rng
        person = Person(self.ids.new(FIRST_DAY), None, prefix=seat.unit.prefix)
        person.stub = seat.title.managed_by is ManagedBy.CENTRAL
        if not person.stub:
            draw(person, seat, rng, day)
            youth = seat.unit.code.endswith(".DTN")
            chance = rng.random()
            if left is None and not youth and chance < 0.72:
                left = "retirement"
                age = 55 if person.sex is Sex.FEMALE else 60
                person.birth = years(day, -age) - timedelta(days=rng.randrange(1, 100))
            elif left is None:
                left = "transfer" if youth or chance < 0.86 else "left_service" if chance < 0.985 else "death"
                person.birth = birth(rng, max(person.age(day), 27), day)
            settle(person, seat, self.staffing.tree, rng)
            person.recruited = min(recruitment(person, rng), years(day, -3))
            title = seat.title
            if title.leadership and title.level is not Level.COMMUNE:
                person.theory = PoliticalTheory.INTERMEDIATE if rng.random() < 0.86 else PoliticalTheory.NONE
                if title.managed_by is ManagedBy.PROVINCE_COMMITTEE:
                    person.theory = PoliticalTheory.ADVANCED
            else:
                person.theory = other_theory(title, person.prefix, rng)
            person.party = rng.random() * 100 < party_share(seat)
        self.people.append(person)
        self._place(person, seat, day, left or "transfer")
        self._plan(person, seat, day - timedelta(days=700))

    def _unmerge(self) -> None:
        """The day two communes ended: half of their people go on in the neighbour, the others left."""
        for seat in self.staffing.seats:
            if seat.mirrors is not None or seat.unit.valid_to == MERGER_DAY:
                continue
            org = self.siblings[self.staffing.parents[seat.org]]
            place = org[self.rng.randrange(len(org))]
            found = self._pick(
                self.staffing.by_org[place].get(seat.tier, []), None, COMMUNE_MERGER_DAY, staff=False
            )
            # A body of the district or a seat nobody can have come to that day: the holder left instead.
            if found is None or self.rng.random() < 0.45 or not self._fits(self.holder[found.index], seat):
                self._leaver(seat, COMMUNE_MERGER_DAY, "unit_ended")
                continue
            person = self.holder[found.index]
            self._record(person, COMMUNE_MERGER_DAY, "transfer")
            self._leaver(found, COMMUNE_MERGER_DAY)
            self._place(person, seat, COMMUNE_MERGER_DAY, "unit_ended")
            self._plan(person, seat, COMMUNE_MERGER_DAY - timedelta(days=500))

    # --- who may have come from where -------------------------------------------------------------------

    def _feeder(self, person: Person, seat: Seat, day: date) -> Seat | None:
        for pool in self._pools(seat):
            found = self._pick(pool, person, day)
            if found is not None:
                return found
        return None

    def _pools(self, seat: Seat) -> Iterator[list[Seat]]:
        """Lists of seats from which people come into `seat`, the likeliest first."""
        crossing = self._crossing(seat)
        if crossing:
            yield crossing
        tiers = self.staffing.by_org[seat.org]
        for tier in sorted(tiers):
            if tier > seat.tier:
                same = [other for other in tiers[tier] if other.unit is seat.unit]
                if same:
                    yield same
                yield tiers[tier]
        above = self.staffing.parents.get(seat.org)
        if seat.title.level is Level.COMMUNE and above is not None:
            yield self.staffing.by_org[above][STAFF_TIER]

    def _crossing(self, seat: Seat) -> list[Seat]:
        """Now and then somebody comes from another body: rotation, promotion from below."""
        chance = self.rng.random()
        above = self.staffing.parents.get(seat.org)
        top = seat.tier == 1 and above is not None
        pool: list[Seat] = []
        if seat.title.level is Level.COMMUNE:
            if top and chance < 0.5:
                pool = self.staffing.by_org[above or ""][5 if chance < 0.3 else STAFF_TIER]
        elif seat.title.level is Level.DISTRICT and seat.unit.kind is not UnitKind.PUBLIC_SERVICE:
            if (seat.tier == 1 and chance < 0.4) or (seat.tier == 2 and chance < 0.2):
                pool = self._beside("P", 2)
            elif seat.tier in {3, 4} and chance < 0.25:
                pool = self._beside(seat.org, 1)
        elif seat.org == "P":
            pool = self._beside("P", 1)
        elif top and chance < 0.35:
            pool = self._beside(above or "", 2)
            if above != "P":
                pool = [other for other in pool if other.title.kind is seat.title.kind]
        return pool

    def _beside(self, above: str, tier: int) -> list[Seat]:
        """Seats of a tier in one of the bodies beneath `above`."""
        others = self.siblings[above]
        return self.staffing.by_org[others[self.rng.randrange(len(others))]][tier]

    def _pick(self, pool: list[Seat], person: Person | None, day: date, *, staff: bool = True) -> Seat | None:
        """A seat of `pool` whose holder can have come to it on `day`, found in a few tries."""
        if not pool:
            return None
        for _ in range(TRIES):
            seat = pool[int(self.rng.random() * len(pool))]
            other = self.holder.get(seat.index)
            if other is None or other is person or other.stub or seat.unit.valid_to != MERGER_DAY:
                continue
            if (other.until or years(BASELINE, 1)) - day < SHORTEST:
                continue
            if person is not None and not self._fits(person, seat):
                continue
            age = other.age(day)
            if staff and seat.tier == STAFF_TIER:
                if not 22 <= age <= 36:
                    continue
            elif age < 27 or other.recruited > day - timedelta(days=500):
                continue
            return seat
        return None

    @staticmethod
    def _fits(person: Person, seat: Seat) -> bool:
        if seat.unit.code.endswith(".HPN") and seat.tier < STAFF_TIER:
            return person.sex is Sex.FEMALE
        return not (seat.title.code == "c.military" and person.sex is Sex.FEMALE)

    def _exchange(self) -> None:
        """Staff of one title in one district changed places between two units, both since the first day."""
        groups: dict[tuple[str, str], list[Person]] = {}
        for person in self.people:
            span = person.spans[0]
            if (
                span.seat.tier == STAFF_TIER
                and span.start == FIRST_DAY
                and not (span.end and span.end < SETTLED)
            ):
                groups.setdefault((span.seat.unit.prefix, span.seat.title.code), []).append(person)
        for own in groups.values():
            self.rng.shuffle(own)
            for one, other in zip(own[: len(own) * 3 // 5 : 2], own[1 : len(own) * 3 // 5 : 2], strict=False):
                first, second = one.spans[0], other.spans[0]
                fit = self._fits(one, second.seat) and self._fits(other, first.seat)
                if first.seat.unit is second.seat.unit or not fit:
                    continue
                latest = min(first.end or BASELINE, second.end or BASELINE) - timedelta(days=400)
                day = SOONEST + timedelta(days=self.rng.randrange((latest - SOONEST).days))
                for person, before, after in ((one, second.seat, first), (other, first.seat, second)):
                    person.spans[:1] = [
                        Span(before, FIRST_DAY, day, "initial", "transfer"),
                        Span(after.seat, day, after.end, "transfer", after.left),
                    ]

    def _renumber(self) -> None:
        """Seats that opened later bear the higher numbers, so that no seat lies beyond its quota."""
        for post in self.staffing.posts.values():
            post.seats.sort(key=lambda seat: (seat.opens, seat.no))
            for number, seat in enumerate(post.seats, 1):
                seat.no = number
