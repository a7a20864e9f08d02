"""Spells: spans in seats cut into mandates, each with its decision; the rows of assignments, posts and quotas."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from app.demo import terms
from app.demo.ids import FIRST_DAY, Ids, recorded
from app.demo.people import BASELINE, Person, Span, years
from app.demo.staffing import STAFF_TIER, Post, Seat, Staffing
from app.demo.tree import COMMUNE_MERGER_DAY, COMMUNE_MERGER_DECIDED
from app.models.assignment import AssignmentKind, EndReason
from app.models.title import ManagedBy, TermKind
from app.models.unit import Level, UnitKind


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


class Decisions:
    """Numbers decisions per issuing body and year, in the order they are asked for."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, int], int] = defaultdict(int)

    def next(self, seat: Seat, day: date) -> tuple[str, str]:
        """Number and issuer of a decision of `day` on a seat."""
        issuer, suffix = issuer_of(seat)
        self._last[issuer, day.year] += 1
        return f"{self._last[issuer, day.year]}{suffix}", issuer


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
        leaving = [
            (person, span)
            for person in self.people
            for span in person.spans[-1:]
            if span.end is None
            and not person.stub
            and span.seat.title.code in {"d.division_head", "p.division_head", "d.principal", "d.board_head"}
            and person.age(date(2022, 2, 1)) >= (55 if person.sex.value == "female" else 59)  # noqa: PLR2004 - retiring
        ][:10]
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
        """Spans whose last mandate ran out without a new decision: some of those that should have been renewed."""
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
        for spell, following in zip(own, own[1:], strict=False):
            if spell.end == following.start:
                spell.end_signed, spell.end_number = max(following.signed, spell.signed), following.number
                if spell.seat is following.seat:
                    spell.left = EndReason.TERM_ENDED
        if own and own[-1].end is not None:
            last = own[-1]
            end = last.end or BASELINE
            last.end_signed = max(last.signed, min(end - timedelta(days=self.rng.randrange(15, 80)), end))
            last.end_number, _ = self.decisions.next(last.seat, last.end_signed)
        return own

    def _cut(self, person: Person, span: Span, seat: Seat, *, main: bool) -> list[Spell]:
        starts, late = self._mandates(span, seat)
        ends = [*starts[1:], span.end]
        own: list[Spell] = []
        for position, (start, end) in enumerate(zip(starts, ends, strict=True)):
            first = position == 0
            initial = first and span.start == FIRST_DAY
            signed = start if initial else max(FIRST_DAY, start - timedelta(days=self.rng.randrange(2, 24)))
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
                spell.term_ends = late.get(end) or (
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

    def _mandates(self, span: Span, seat: Seat) -> tuple[list[date], dict[date | None, date]]:
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
                if self.rng.random() < 0.04:  # noqa: PLR2004 - some renewals come late
                    begins = due + timedelta(days=self.rng.randrange(12, 100))
                    if begins >= last:
                        break
                    late[begins] = due
                starts.append(begins)
                due = years(begins, 5)
        return starts, late

    @staticmethod
    def _kind(span: Span, seat: Seat, start: date, *, first: bool, main: bool) -> AssignmentKind:
        if seat.title.term is TermKind.ELECTED_TERM:
            if not main and seat.unit.kind is not UnitKind.PARTY_COMMITTEE:
                return AssignmentKind.CONCURRENT
            if first and span.how == "rotation":
                return AssignmentKind.ROTATION
            if not first or start in terms.of_seat(seat) or span.how == "initial":
                return AssignmentKind.ELECTION
            party = seat.unit.kind in {
                UnitKind.PARTY_COMMITTEE,
                UnitKind.PARTY_BOARD,
                UnitKind.ATTACHED_COMMITTEE,
            }
            return AssignmentKind.DESIGNATION if party else AssignmentKind.RATIFICATION
        if first and span.how == "recruited" and not seat.title.leadership:
            return AssignmentKind.RECRUITMENT
        if first and span.how in {"transfer", "outside"}:
            return AssignmentKind.TRANSFER
        if first and span.how == "rotation" and seat.title.leadership:
            return AssignmentKind.ROTATION
        return AssignmentKind.APPOINTMENT

    # --- further seats ----------------------------------------------------------------------------------

    def _mirrored(self) -> None:
        for seat in self.staffing.seats:
            if seat.mirrors is None:
                continue
            for person, span in self.by_seat[seat.mirrors.index]:
                own = self._cut(person, span, seat, main=False)
                for spell, following in zip(own, own[1:], strict=False):
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
                False,
                signed,
                number,
                issuer,
                acting=True,  # noqa: FBT003 - a field of the row
            )
        )


# --- rows -----------------------------------------------------------------------------------------------


def assignment_rows(spells: Spells) -> dict[str, list[dict[str, Any]]]:
    """Rows of `assignment` and `assignment_span`: an ended one has the span as it was known before its end, too."""
    identities = [{"id": spell.id, "cadre_id": spell.person.id} for spell in spells.all]
    spans: list[dict[str, Any]] = []
    wrong = {id(spell) for spell in _mistaken(spells.all)}
    for spell in spells.all:
        row = _span(spell, spells.ids)
        if id(spell) in wrong:
            known = recorded(CORRECTED_ON)
            spans.append(row | {"valid_from": WRONG_START, "superseded_at": known})
            row |= {
                "row_id": spells.ids.new(CORRECTED_ON),
                "recorded_at": known,
                "correction_reason": "Ngày hiệu lực ghi sai so với quyết định gốc.",
            }
        if spell.end is not None:
            decided = spell.end_signed or spell.signed
            known = recorded(decided)
            before = row | {"superseded_at": known}
            row = row | {
                "row_id": spells.ids.new(decided),
                "recorded_at": known,
                "valid_to": spell.end,
                "end_reason": spell.left,
                "end_decision_number": spell.end_number,
                "end_decision_signed_on": decided,
            }
            spans.append(before)
        spans.append(row)
    return {"assignment": identities, "assignment_span": spans}


CORRECTED_ON = date(2021, 3, 15)
WRONG_START = date(2019, 9, 1)


def _mistaken(spells: Iterable[Spell]) -> list[Spell]:
    """Six arrivals of spring 2019 that were entered with an effect day in autumn, put right in 2021."""
    return [
        spell
        for spell in spells
        if spell.main
        and spell.end is None
        and date(2019, 2, 1) <= spell.start <= date(2019, 6, 15)
        and spell.seat.title.leadership
    ][:6]


def _span(spell: Spell, ids: Ids) -> dict[str, Any]:
    seat = spell.seat
    return {
        "row_id": ids.new(spell.signed),
        "unit_id": seat.post.unit.id,
        "cadre_id": spell.person.id,
        "valid_from": spell.start,
        "valid_to": None,
        "recorded_at": recorded(spell.signed),
        "superseded_at": None,
        "assignment_id": spell.id,
        "post_id": seat.post.id,
        "title_id": seat.post.title.id,
        "seat_no": seat.no,
        "kind": spell.kind,
        "is_main": spell.main,
        "acting": spell.acting,
        "term_ends_on": spell.term_ends,
        "decision_number": spell.number,
        "decision_signed_on": spell.signed,
        "decision_issuer": spell.issuer,
        "decision_signer": "T/M Ban Thường vụ" if spell.issuer.startswith("Ban Thường vụ") else None,
        "end_reason": None,
        "end_decision_number": None,
        "end_decision_signed_on": None,
        "correction_reason": None,
    }


QUOTA_CORRECTED_ON = date(2021, 4, 15)
QUOTA_DECIDED = date(2017, 12, 20)


def post_rows(staffing: Staffing, ids: Ids) -> dict[str, list[dict[str, Any]]]:
    """Rows of `post` and `post_quota`: quotas that grew year by year, ended with their unit, or were put right."""
    quotas: list[dict[str, Any]] = []
    mistaken = 5
    for post in staffing.posts.values():
        versions = _quota_versions(post)
        row = _quota(post, ids, versions[0][0], versions[0][1], FIRST_DAY)
        for start, quota in versions[1:]:
            quotas += _changed(row, ids, start, start - timedelta(days=20))
            row = _quota(post, ids, start, quota, start - timedelta(days=20))
        if post.unit.valid_to == COMMUNE_MERGER_DAY:
            *rest, ended = _changed(row, ids, COMMUNE_MERGER_DAY, COMMUNE_MERGER_DECIDED)
            quotas += rest
            row = ended
        elif mistaken and len(versions) == 1 and post.title.code == "d.primary_teacher":
            # The decision for 2018 was entered with two seats too many and put right in 2021.
            mistaken -= 1
            start = date(2018, 1, 1)
            quotas += _changed(row, ids, start, QUOTA_DECIDED)
            wrong = _quota(post, ids, start, versions[0][1] + 2, QUOTA_DECIDED)
            quotas.append(wrong | {"superseded_at": recorded(QUOTA_CORRECTED_ON)})
            row = _quota(post, ids, start, versions[0][1], QUOTA_CORRECTED_ON)
        quotas.append(row)
    posts = [
        {"id": post.id, "unit_id": post.unit.id, "title_id": post.title.id, "version": 1}
        for post in staffing.posts.values()
    ]
    return {"post": posts, "post_quota": quotas}


def _quota_versions(post: Post) -> list[tuple[date, int]]:
    opened: dict[date, int] = defaultdict(int)
    for seat in post.seats:
        opened[FIRST_DAY if seat.opens <= FIRST_DAY else date(seat.opens.year, 1, 1)] += 1
    total = post.spare
    versions: list[tuple[date, int]] = []
    for day in sorted({FIRST_DAY, *opened}):
        total += opened.get(day, 0)
        versions.append((day, total))
    return versions


def _quota(post: Post, ids: Ids, start: date, quota: int, decided: date) -> dict[str, Any]:
    return {
        "row_id": ids.new(decided),
        "unit_id": post.unit.id,
        "valid_from": start,
        "valid_to": None,
        "recorded_at": recorded(decided),
        "superseded_at": None,
        "post_id": post.id,
        "quota": quota,
        "basis_number": f"{'QĐ' if post.unit.level is not Level.COMMUNE else 'NĐ'} giao biên chế {start.year}",
    }


def _changed(row: dict[str, Any], ids: Ids, day: date, decided: date) -> list[dict[str, Any]]:
    """A span that ends on `day` by a decision: as known before, and as known since."""
    known = recorded(decided)
    return [
        row | {"superseded_at": known},
        row | {"row_id": ids.new(decided), "valid_to": day, "recorded_at": known},
    ]
