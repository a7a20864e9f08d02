"""Spells: spans in seats cut into mandates, each with its decision."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from random import Random
from uuid import UUID

from app.demo import terms
from app.demo.dates import BASELINE, years
from app.demo.ids import FIRST_DAY, Ids
from app.demo.people import Person, Span
from app.demo.seats import STAFF_TIER, Post, Seat
from app.demo.staffing import Staffing
from app.models.assignment import AssignmentKind, EndReason
from app.models.title import ManagedBy, TermKind
from app.models.unit import UnitKind


@dataclass(slots=True, eq=False)
class Spell:
    """One assignment: a person in a seat by one decision."""

    id: UUID
    person: Person
    seat: Seat
    start: date
    end: date | None
    kind: AssignmentKind
    main: bool
    signed: date
    number: str
    issuer: str
    term_ends: date | None = None
    acting: bool = False
    left: EndReason | None = None
    end_signed: date | None = None
    end_number: str | None = None


OVERDUE = 24
"""Holders whose term ended before the baseline day and who have no new decision."""

ACTING_EXPERTS = 6
LEAVING = 10
LAST_SIGNED = date(2021, 12, 28)


class Decisions:
    """Numbers decisions per issuing body and year, in the order they are asked for."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, int], int] = defaultdict(int)

    def next(self, seat: Seat, day: date) -> tuple[str, str]:
        """Number and issuer of a decision of `day` on a seat."""
        issuer, suffix = issuer_of(seat)
        return f"{self.number(issuer, day.year)}{suffix}", issuer

    def number(self, issuer: str, year: int) -> int:
        """The next number of an issuer in a year."""
        self._last[issuer, year] += 1
        return self._last[issuer, year]


def issuer_of(seat: Seat) -> tuple[str, str]:
    """Who decides on a seat, and how the number ends."""
    unit, district = seat.unit, seat.unit.district
    match seat.title.managed_by:
        case ManagedBy.CENTRAL:
            return "Bộ Chính trị, Ban Bí thư", "-QĐNS/TW"
        case ManagedBy.PROVINCE_COMMITTEE:
            return "Ban Thường vụ Tỉnh ủy Hà Giang", "-QĐ/TU"
        case ManagedBy.DISTRICT_COMMITTEE if district is not None:
            return f"Ban Thường vụ {district.bodies['HU'].name}", "-QĐ/HU"
        case ManagedBy.ATTACHED_COMMITTEE:
            return "Ban Thường vụ Đảng ủy Khối các cơ quan và doanh nghiệp tỉnh", "-QĐ/ĐUK"
    if district is not None:
        return district.bodies["UBND"].name, "/QĐ-UBND"
    body = unit.parent if unit.parent is not None and not unit.parent.is_territory else unit
    return body.name, f"/QĐ-{body.code.rpartition('.')[2]}"


class Spells:
    """All assignments of all people."""

    def __init__(self, staffing: Staffing, people: list[Person], ids: Ids, rng: Random) -> None:
        self.staffing = staffing
        self.people = people
        self.ids = ids
        self.rng = rng
        self.decisions = Decisions()
        self.by_seat: dict[int, list[tuple[Person, Span]]] = defaultdict(list)
        for person in people:
            for span in person.spans:
                self.by_seat[span.seat.index].append((person, span))
        self._turn_of_the_year()
        self.overdue = self._overdue()
        self.all: list[Spell] = []
        self.of_person: dict[UUID, list[Spell]] = {}
        for person in people:
            own = self._main(person)
            self.of_person[person.id] = own
            self.all += own
        self._mirrored()
        self._acting()

    # --- edges ------------------------------------------------------------------------------------------

    def _turn_of_the_year(self) -> None:
        """Decided in December 2021 with effect in February 2022: retirements, and who follows."""
        heads = {"d.division_head", "p.division_head", "d.principal", "d.board_head"}
        eldest = sorted(
            (
                (person.birth, number, person, span)
                for number, person in enumerate(self.people)
                for span in person.spans[-1:]
                if span.end is None and not person.stub and span.seat.title.code in heads
            ),
            key=lambda found: found[:2],
        )
        leaving = [(person, span) for *_, person, span in eldest[:LEAVING]]
        day = date(2022, 2, 1)
        for _, span in leaving:
            span.end, span.left = day, "retirement"
            tiers = self.staffing.by_org[span.seat.org]
            for seat in (seat for tier in sorted(tiers) if tier > span.seat.tier for seat in tiers[tier]):
                found = [(p, s) for p, s in self.by_seat[seat.index] if s.end is None and not p.stub]
                if found and seat.unit is span.seat.unit and seat.tier < STAFF_TIER:
                    follower, previous = found[0]
                    previous.end, previous.left = day, "transfer"
                    follower.spans.append(Span(span.seat, day, None, "promotion"))
                    break

    def _overdue(self) -> set[int]:
        """Some of the spans whose last mandate ran out, left without a new decision."""
        due = [
            span
            for person in self.people
            for span in person.spans[-1:]
            if span.end is None
            and span.seat.title.term is TermKind.APPOINTED_5Y
            and span.start > FIRST_DAY
            and years(span.start, 5) < date(2021, 11, 15) <= years(span.start, 7)
        ]
        return {id(span) for span in due[:: max(1, len(due) // OVERDUE)][:OVERDUE]}

    # --- main seats -------------------------------------------------------------------------------------

    def _main(self, person: Person) -> list[Spell]:
        own: list[Spell] = []
        for span in person.spans:
            own += self._cut(person, span, span.seat, main=True)
        for spell, following in pairwise(own):
            if spell.end == following.start:
                spell.end_signed, spell.end_number = max(following.signed, spell.signed), following.number
                if spell.seat is following.seat:
                    spell.left = EndReason.TERM_ENDED
        if own and own[-1].end is not None:
            last = own[-1]
            end = last.end or BASELINE
            notice = min(end - timedelta(days=self.rng.randrange(15, 80)), LAST_SIGNED)
            last.end_signed = max(last.signed, notice)
            last.end_number, _ = self.decisions.next(last.seat, last.end_signed)
        return own

    def _cut(self, person: Person, span: Span, seat: Seat, *, main: bool) -> list[Spell]:
        starts, late = self._mandates(span, seat)
        ends = [*starts[1:], span.end]
        own: list[Spell] = []
        for position, (start, end) in enumerate(zip(starts, ends, strict=True)):
            first = position == 0
            initial = first and span.start == FIRST_DAY
            signed = start if initial else self._signed(start)
            number, issuer = (
                ("Hồ sơ đầu kỳ", "Hồ sơ chuyển sang ngày 01/01/2010")
                if initial
                else self.decisions.next(seat, signed)
            )
            spell = Spell(
                self.ids.new(signed),
                person,
                seat,
                start,
                end,
                self._kind(span, seat, start, first=first, main=main),
                main,
                signed,
                number,
                issuer,
            )
            if seat.title.term is TermKind.ELECTED_TERM:
                spell.term_ends = terms.next_after(terms.of_seat(seat), start)
            elif seat.title.term is TermKind.APPOINTED_5Y:
                spell.term_ends = (late.get(end) if end else None) or (
                    ends[position] if initial and position + 1 < len(starts) else years(start, 5)
                )
            if end is not None:
                spell.left = (
                    EndReason(span.left or "transfer")
                    if position + 1 == len(starts)
                    else EndReason.TERM_ENDED
                )
            own.append(spell)
        return own

    def _signed(self, start: date) -> date:
        """The day of the decision: some days before the effect, and none after the baseline day."""
        if start > BASELINE:
            return LAST_SIGNED - timedelta(days=self.rng.randrange(8))
        return max(FIRST_DAY, start - timedelta(days=self.rng.randrange(2, 24)))

    def _mandates(self, span: Span, seat: Seat) -> tuple[list[date], dict[date, date]]:
        """First days of the mandates in a span; and for late renewals the day the term had ended."""
        last = min(span.end or BASELINE, BASELINE)
        starts, late = [span.start], {}
        if seat.title.term is TermKind.ELECTED_TERM:
            starts += [day for day in terms.of_seat(seat) if span.start < day < last]
        elif seat.title.term is TermKind.APPOINTED_5Y:
            due = (
                span.start + timedelta(days=self.rng.randrange(200, 1800))
                if span.start == FIRST_DAY
                else years(span.start, 5)
            )
            while due < last - timedelta(days=30) and id(span) not in self.overdue:
                begins = due
                if self.rng.random() < 0.04:
                    begins = due + timedelta(days=self.rng.randrange(12, 100))
                    if begins >= last:
                        break
                    late[begins] = due
                starts.append(begins)
                due = years(begins, 5)
        return starts, late

    def _kind(self, span: Span, seat: Seat, start: date, *, first: bool, main: bool) -> AssignmentKind:
        if (
            seat.title.term is TermKind.ELECTED_TERM
            and not main
            and seat.unit.kind is not UnitKind.PARTY_COMMITTEE
        ):
            return AssignmentKind.CONCURRENT
        if first and span.how == "rotation" and seat.title.leadership:
            return AssignmentKind.ROTATION
        if seat.title.term is TermKind.ELECTED_TERM:
            return self._elected(span, seat, start, first=first)
        if first and span.how == "recruited" and not seat.title.leadership:
            return AssignmentKind.RECRUITMENT
        return (
            AssignmentKind.TRANSFER
            if first and span.how in {"transfer", "outside"}
            else AssignmentKind.APPOINTMENT
        )

    @staticmethod
    def _elected(span: Span, seat: Seat, start: date, *, first: bool) -> AssignmentKind:
        """Elected at the beginning of a mandate; in between designated by the Party, ratified elsewhere."""
        if not first or start in terms.of_seat(seat) or span.how == "initial":
            return AssignmentKind.ELECTION
        party = {UnitKind.PARTY_COMMITTEE, UnitKind.PARTY_BOARD, UnitKind.ATTACHED_COMMITTEE}
        return AssignmentKind.DESIGNATION if seat.unit.kind in party else AssignmentKind.RATIFICATION

    # --- further seats ----------------------------------------------------------------------------------

    def _mirrored(self) -> None:
        for seat in self.staffing.seats:
            if seat.mirrors is None:
                continue
            for person, span in self.by_seat[seat.mirrors.index]:
                own = self._cut(person, span, seat, main=False)
                for spell, following in pairwise(own):
                    spell.end_signed, spell.end_number = max(following.signed, spell.signed), following.number
                mains = self.of_person[person.id]
                if own[-1].end is not None:
                    main = next(spell for spell in mains if spell.end == own[-1].end)
                    own[-1].end_signed = max(main.end_signed or main.signed, own[-1].signed)
                    own[-1].end_number = main.end_number
                self.all += own

    def _acting(self) -> None:
        for seat in self.staffing.seats:
            if seat.acting and seat.vacant_since is not None:
                deputies = self.staffing.posts[seat.unit.id, "c.deputy_secretary"].seats
                person, span = next(
                    pair
                    for deputy in deputies
                    if deputy.mirrors is None
                    for pair in self.by_seat[deputy.index]
                    if pair[1].end is None
                )
                self._in_charge(person, seat, max(seat.vacant_since, span.start))
        found = 0
        for post in self.staffing.posts.values():
            if found < ACTING_EXPERTS and post.spare and post.title.code == "d.division_deputy":
                found += self._expert_in_charge(post)

    def _expert_in_charge(self, post: Post) -> int:
        """An expert acts in an empty seat of a division: counted apart, not among the leaders."""
        for code in ("d.expert", "d.finance_expert"):
            experts = self.staffing.posts.get((post.unit.id, code))
            for seat in experts.seats if experts else ():
                for person, span in self.by_seat[seat.index]:
                    if span.end is None and span.start < date(2021, 1, 1):
                        free = Seat(-1, post, len(post.seats) + 1, seat.org, 5)
                        self._in_charge(person, free, date(2021, 7, 1))
                        return 1
        return 0

    def _in_charge(self, person: Person, seat: Seat, day: date) -> None:
        signed = day - timedelta(days=3)
        number, issuer = self.decisions.next(seat, signed)
        self.all.append(
            Spell(
                self.ids.new(signed),
                person,
                seat,
                day,
                None,
                AssignmentKind.IN_CHARGE,
                main=False,
                signed=signed,
                number=number,
                issuer=issuer,
                acting=True,
            )
        )
