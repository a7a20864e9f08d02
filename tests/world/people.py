"""The persons of the test world and what they hold: one for each taken seat, and a few with a story."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

from app.models.assignment import Assignment, AssignmentKind, AssignmentSpan, EndReason
from app.models.base import search_key, sort_key
from app.models.cadre import BirthPrecision, Cadre, LegalCategory, MaritalStatus, Sex
from app.models.post import Post, PostQuota
from app.models.title import MANAGED_RANK, ManagedBy
from app.models.unit import Level
from tests.world.rows import BEGIN, Book, key, recorded
from tests.world.titles import ELECTED, FIVE, SORTS, post, sorts_of, title
from tests.world.units import COMMUNES, MERGED_ON, PLACES, unit

NAMES = {
    "kinh": ("Nguyễn", "Trần", "Lê", "Phạm", "Đỗ"),
    "mong": ("Giàng", "Vàng", "Sùng", "Thào", "Ly", "Mua", "Vừ"),
    "tay": ("Nông", "Hoàng", "Lục", "Ma"),
    "dao": ("Triệu", "Bàn", "Phàn", "Tẩn", "Đặng"),
    "nung": ("Lù", "Lèng", "Xin", "Vương"),
}
MIDDLE = {Sex.FEMALE: ("Thị", "Thúy", "Ngọc"), Sex.MALE: ("Văn", "Mí", "Đức", "Xuân")}
GIVEN = {
    Sex.FEMALE: ("Hoa", "Mỷ", "Hòa", "Thùy", "Lan", "Dợ", "Ánh", "Yến", "Ương", "Quế"),
    Sex.MALE: ("Sính", "Lử", "Dũng", "Pó", "Ân", "Ước", "Hùng", "Đức", "Quý", "Chứ"),
}

# Who holds which seat, by a name that tests ask for.
STORIES: dict[tuple[str, str, int], str] = {
    ("tinh-uy", "p.secretary", 1): "stub.secretary",
    ("tinh-uy", "p.deputy", 1): "stub.deputy",
    ("ubnd-tinh", "p.chair", 1): "stub.chair",
    ("so-noi-vu", "dept.director", 1): "head",
    ("so-noi-vu", "dept.specialist", 1): "canbo",
    ("ban-to-chuc", "board.specialist", 1): "btc",
    ("ban-to-chuc", "board.deputy", 1): "forty-today",
    ("ban-to-chuc", "board.deputy", 2): "forty-tomorrow",
    ("uy-ban-kiem-tra", "board.deputy", 1): "leap-day",
    ("uy-ban-kiem-tra", "board.deputy", 2): "year-only",
    ("ban-to-chuc.dong-van", "d.board_specialist", 1): "btc.dongvan",
    ("phong-noi-vu.meo-vac", "d.specialist", 1): "spouse-of-btc.dongvan",
    ("ubnd.lung-cu", "c.officer", 1): "officer.lungcu",
    ("phong-noi-vu.dong-van", "d.specialist", 1): "moved",
    ("phong-to-chuc-can-bo", "division.head", 1): "acting",
    ("so-xay-dung", "dept.finance", 1): "sensitive",
    ("so-y-te", "dept.specialist", 1): "future",
    ("so-y-te", "dept.specialist", 2): "corrected",
    ("so-y-te", "dept.deputy", 1): "late",
    ("so-xay-dung", "dept.specialist", 1): "disciplined",
    ("truong.dong-van", "d.teacher", 1): "seconded",
    ("truong.dong-van", "d.teacher", 2): "retired",
    ("huyen-uy.meo-vac", "d.deputy", 1): "concurrent",
    ("huyen-uy.dong-van", "d.deputy", 2): "rotated",
    ("dang-uy.lung-cu", "c.secretary", 1): "secretary.stranger",
    ("dang-uy.ma-le", "c.secretary", 1): "secretary.local",
    ("dang-uy.niem-tong", "c.secretary", 1): "dissolved.secretary",
    ("dang-uy.niem-tong", "c.deputy", 1): "dissolved.deputy",
    ("ubnd.niem-tong", "c.chair", 1): "dissolved.retired",
    ("ubnd.niem-tong", "c.officer", 1): "dissolved.officer",
}
# Nobody of their own: a vacancy, and a seat held beside another.
EMPTY = {("dang-uy.ta-lung-mv", "c.secretary"), ("hdnd.meo-vac", "d.council_chair")}
BORN = {
    "forty-today": date(1981, 12, 31),
    "forty-tomorrow": date(1982, 1, 1),
    "leap-day": date(1984, 2, 29),
    "year-only": date(1979, 1, 1),
}
HOME = {"secretary.stranger": "ta-lung-mv", "secretary.local": "ma-le"}
CUT_ON = date(2018, 1, 1)
"""On this day the quotas were cut to what was needed then."""
PARTY_TERM, STATE_TERM = date(2020, 10, 1), date(2021, 7, 1)


@dataclass(slots=True)
class Held:
    """A seat held in a span of days."""

    unit: str
    sort: str
    seat: int
    start: date
    end: date | None
    kind: AssignmentKind
    main: bool = True
    why: EndReason | None = None
    term_ends: date | None = None
    acting: bool = False


@dataclass(slots=True)
class Person:
    """Somebody: what the record says, and the seats held, oldest first."""

    slug: str
    sex: Sex
    ethnicity: str
    name: str
    born: date
    home: str
    held: list[Held] = field(default_factory=list)

    @property
    def id(self) -> UUID:
        """The id of the record."""
        return key("cadre", self.slug)

    @property
    def stub(self) -> bool:
        """Whether the central authorities manage the person: name, title and unit alone are kept."""
        return self.slug.startswith("stub.")

    def open_on(self, day: date) -> list[Held]:
        """The seats held on `day`."""
        return [held for held in self.held if held.start <= day and (held.end is None or held.end > day)]


class Crowd:
    """Makes the persons, gives each seats that are free."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.random = Random(20211231)
        self.people: dict[str, Person] = {}
        self.taken: dict[tuple[str, str], list[tuple[int, date, date | None]]] = defaultdict(list)
        for place in PLACES:
            for sort in sorts_of(place):
                self._fill(place, sort)
        self._tell()

    def seat(self, place: str, sort: str, start: date, end: date | None, wanted: int | None = None) -> int:
        """The lowest seat of a post that is free in `[start, end)`, taken from now on."""
        spans = self.taken[place, sort]
        # The first seats are those of today's holders.
        number = wanted or SORTS[sort].filled + 1
        while any(
            seat == number and (end is None or begun < end) and (ended is None or ended > start)
            for seat, begun, ended in spans
        ):
            if wanted:
                raise ValueError(f"{place} {sort} {wanted} is taken")
            number += 1
        spans.append((number, start, end))
        return number

    def hold(
        self,
        person: Person,
        place: str,
        sort: str,
        start: date,
        end: date | None = None,
        *,
        kind: AssignmentKind = AssignmentKind.TRANSFER,
        why: EndReason | None = None,
        seat: int | None = None,
        main: bool = True,
        acting: bool = False,
    ) -> None:
        """`person` takes a seat."""
        term = SORTS[sort].term
        years = start.replace(year=start.year + 5) if term == FIVE else None
        number = self.seat(place, sort, start, end, seat)
        reason = why or (EndReason.TRANSFER if end else None)
        person.held.append(Held(place, sort, number, start, end, kind, main, reason, years, acting))

    def _person(self, slug: str, *, leads: bool) -> Person:
        dice = self.random
        sex = Sex.FEMALE if dice.random() < 0.4 else Sex.MALE
        ethnicity = dice.choice(("kinh", "kinh", "mong", "mong", "tay", "dao", "nung"))
        name = f"{dice.choice(NAMES[ethnicity])} {dice.choice(MIDDLE[sex])} {dice.choice(GIVEN[sex])}"
        born = date(dice.randint(1964, 1984) if leads else dice.randint(1966, 1992), 1, 1)
        born += timedelta(days=dice.randrange(365))
        home = HOME.get(slug) or dice.choice(list(COMMUNES))
        return Person(slug, sex, ethnicity, name, BORN.get(slug, born), home)

    def _fill(self, place: str, sort: str) -> None:
        kind = SORTS[sort]
        gone = PLACES[place].valid_to
        if (place, sort) in EMPTY:
            return
        count = 5 if gone and sort == "c.officer" else kind.filled
        for seat in range(1, count + 1):
            slug = STORIES.get((place, sort, seat), f"p{len(self.people) + 1:03}")
            person = self.people[slug] = self._person(slug, leads=kind.leads)
            if person.stub:
                self.hold(person, place, sort, PARTY_TERM, kind=AssignmentKind.ELECTION, seat=seat)
            elif kind.term == ELECTED:
                self._elected(person, place, sort, seat)
            else:
                self._appointed(person, place, sort, seat)

    def _elected(self, person: Person, place: str, sort: str, seat: int) -> None:
        end = PLACES[place].valid_to
        turn = PARTY_TERM if PLACES[place].tier else STATE_TERM
        first = turn.replace(year=turn.year - 5)
        self._before(person, place, first)
        kind = AssignmentKind.ROTATION if person.slug == "rotated" else AssignmentKind.ELECTION
        if end:
            self.hold(person, place, sort, first, end, kind=kind, why=EndReason.UNIT_ENDED, seat=seat)
            return
        self.hold(person, place, sort, first, turn, kind=kind, why=EndReason.TERM_ENDED, seat=seat)
        self.hold(person, place, sort, turn, kind=kind, seat=seat)

    def _appointed(self, person: Person, place: str, sort: str, seat: int) -> None:
        end = PLACES[place].valid_to
        leads = SORTS[sort].term == FIVE
        start = date(2017, 2, 1) if leads else BEGIN
        latest = min(self.today, end or self.today) - timedelta(days=200)
        start += timedelta(days=self.random.randrange((latest - start).days))
        if person.slug == "late":
            start = date(2016, 9, 15)
        if person.slug == "sensitive":
            start = date(2018, 1, 1)
        if leads:
            self._before(person, place, start)
        kind = AssignmentKind.APPOINTMENT if leads else AssignmentKind.RECRUITMENT
        if person.slug == "acting":
            self.hold(person, place, sort, start, kind=AssignmentKind.IN_CHARGE, seat=seat, acting=True)
        elif person.slug not in {"moved", "future", "retired", "corrected"}:
            why = EndReason.UNIT_ENDED if end else None
            self.hold(person, place, sort, start, end, kind=kind, why=why, seat=seat)

    def _before(self, person: Person, place: str, until: date) -> None:
        """Years as a specialist before the first leading seat."""
        level, district = PLACES[place].level, place.partition(".")[2]
        if level == Level.COMMUNE:
            place, sort = f"ubnd.{district}", "c.officer"
        elif level == Level.DISTRICT:
            school = place.startswith("truong.")
            place, sort = (place, "d.teacher") if school else (f"phong-noi-vu.{district}", "d.specialist")
        else:
            place, sort = "so-noi-vu", "dept.specialist"
        start = BEGIN + timedelta(days=self.random.randrange(900))
        self.hold(person, place, sort, start, until, kind=AssignmentKind.RECRUITMENT)

    def _tell(self) -> None:
        """The persons with a story of more than one unit."""
        take = self.people.__getitem__
        recruited = AssignmentKind.RECRUITMENT
        moved, future = take("moved"), take("future")
        self.hold(
            moved, "phong-noi-vu.meo-vac", "d.specialist", date(2015, 3, 1), date(2021, 6, 1), kind=recruited
        )
        self.hold(moved, "phong-noi-vu.dong-van", "d.specialist", date(2021, 6, 1), seat=1)
        self.hold(
            future, "so-y-te", "dept.specialist", date(2016, 4, 1), date(2022, 3, 1), kind=recruited, seat=1
        )
        self.hold(future, "so-noi-vu", "dept.specialist", date(2022, 3, 1))
        self.hold(take("corrected"), "so-y-te", "dept.specialist", date(2013, 9, 1), kind=recruited, seat=2)
        retired, gone = take("retired"), date(2021, 6, 30)
        self.hold(
            retired,
            "truong.dong-van",
            "d.teacher",
            BEGIN,
            gone,
            kind=recruited,
            why=EndReason.RETIREMENT,
            seat=2,
        )
        self.hold(
            take("seconded"),
            "so-y-te",
            "dept.specialist",
            date(2021, 3, 1),
            kind=AssignmentKind.SECONDMENT,
            main=False,
        )
        self.hold(
            take("concurrent"),
            "hdnd.meo-vac",
            "d.council_chair",
            STATE_TERM,
            kind=AssignmentKind.CONCURRENT,
            main=False,
        )
        for person in list(self.people.values()):
            last = person.held[-1]
            if last.end == MERGED_ON and person.slug != "dissolved.retired":
                self.hold(person, "ubnd.niem-son", "c.officer", MERGED_ON)


def managed_by(person: Person, today: date) -> ManagedBy | None:
    """The highest body that manages a title the person holds today, else the last one."""
    held = person.open_on(today) or person.held[-1:]
    return min((SORTS[one.sort].managed_by for one in held), key=MANAGED_RANK.__getitem__, default=None)


def write(book: Book, crowd: Crowd) -> None:
    """Posts with quotas, persons, their assignments."""
    _posts(book, crowd)
    for number, person in enumerate(crowd.people.values(), 1):
        _cadre(book, crowd, number, person)
        for count, held in enumerate(person.held, 1):
            _assignment(book, person, held, f"{person.slug}/{count}")


def _posts(book: Book, crowd: Crowd) -> None:
    for place in PLACES:
        for sort in sorts_of(place):
            slug = f"{place}/{sort}"
            book.add(Post, id=post(place, sort), unit_id=unit(place), title_id=title(sort))
            quota: dict[str, Any] = {
                "post_id": post(place, sort),
                "unit_id": unit(place),
                "basis_number": "12/QĐ-UBND",
                "valid_from": BEGIN,
                "valid_to": PLACES[place].valid_to,
            }
            spans = crowd.taken[place, sort]
            most = max((seat for seat, _, _ in spans), default=0)
            now = max((seat for seat, _, end in spans if end is None or end > CUT_ON), default=0)
            before, after = max(most, SORTS[sort].quota), max(now, SORTS[sort].quota)
            if slug == "so-xay-dung/dept.specialist":
                # Five seats too many were entered, and set right in 2017.
                book.corrected(
                    PostQuota, slug, quota | {"quota": before}, {"quota": before + 5}, date(2017, 5, 10)
                )
            elif before == after or quota["valid_to"]:
                book.fact(PostQuota, slug, **quota, quota=before)
            else:
                book.fact(PostQuota, f"{slug}/1", **quota | {"quota": before, "valid_to": CUT_ON})
                book.fact(PostQuota, f"{slug}/2", **quota | {"quota": after, "valid_from": CUT_ON})


def _cadre(book: Book, crowd: Crowd, number: int, person: Person) -> None:
    today = crowd.today
    own = [held for held in person.open_on(today) if held.main] or person.held[-1:]
    values: dict[str, Any] = {
        "id": person.id,
        "unit_id": unit(own[0].unit),
        "code": f"HG-{number:06}",
        "full_name": person.name,
        "search_key": search_key(person.name),
        "sort_key": sort_key(person.name),
        "managed_by": managed_by(person, today),
        "recorded_at": recorded(person.held[0].start),
        "changed_at": recorded(person.held[-1].start),
        "is_stub": person.stub,
    }
    if not person.stub:
        civil = LegalCategory.PUBLIC_EMPLOYEE if own[0].sort in {"d.teacher", "d.principal"} else None
        elected = (
            LegalCategory.OFFICIAL if SORTS[own[0].sort].term == ELECTED else LegalCategory.CIVIL_SERVANT
        )
        yearly = person.slug == "year-only"
        values |= {
            "birth_date": person.born,
            "birth_precision": BirthPrecision.YEAR if yearly else BirthPrecision.DAY,
            "sex": person.sex,
            "ethnicity": person.ethnicity,
            "religion": "none",
            "hometown": COMMUNES[person.home][0],
            "hometown_unit_id": unit(person.home),
            "birthplace": COMMUNES[person.home][0],
            "birthplace_unit_id": unit(person.home),
            "national_id": f"002{number:09}",
            "marital_status": MaritalStatus.MARRIED,
            "legal_category": civil or elected,
            "recruited_on": person.held[0].start,
            "health_status": "Tốt",
        }
    book.add(Cadre, **values)


def _assignment(book: Book, person: Person, held: Held, slug: str) -> None:
    book.add(Assignment, id=key("assignment", slug), cadre_id=person.id)
    decided = max(BEGIN, held.start - timedelta(days=10))
    span: dict[str, Any] = {
        "assignment_id": key("assignment", slug),
        "cadre_id": person.id,
        "unit_id": unit(held.unit),
        "post_id": post(held.unit, held.sort),
        "title_id": title(held.sort),
        "seat_no": held.seat,
        "kind": held.kind,
        "is_main": held.main,
        "acting": held.acting,
        "term_ends_on": held.term_ends,
        "decision_number": f"{key('assignment', slug).int % 9000 + 1}-QĐ/TU",
        "decision_signed_on": decided,
        "decision_issuer": "Ban Thường vụ Tỉnh ủy",
        "valid_from": held.start,
        "valid_to": held.end,
        "end_reason": held.why,
    }
    moment = recorded(decided)
    if person.slug == "corrected":
        # Entered with the wrong day; the guard of the seat doesn't count what was superseded.
        span["correction_reason"] = "Nhập sai ngày vào ngạch"
        wrong = {"valid_from": date(2014, 1, 1), "correction_reason": None}
        book.corrected(AssignmentSpan, slug, span, wrong, date(2020, 5, 5))
    elif held.end is None:
        book.fact(AssignmentSpan, slug, moment, **span)
    else:
        # Open until its end was decided.
        ended = recorded(min(held.end - timedelta(days=10), date(2021, 12, 20)))
        still_open = {"valid_to": None, "end_reason": None}
        book.fact(AssignmentSpan, f"{slug}/open", moment, **span | still_open, superseded_at=ended)
        book.fact(AssignmentSpan, slug, ended, **span)
