"""What the records of the test world's persons hold beside their seats, and the committees they sit on."""

import json
from datetime import date
from typing import Any

from app.models.committee import CommitteeTerm, Entry, MemberRank, Membership
from app.models.evaluation import Evaluation, EvaluationState, Grade
from app.models.party import PartyMembership
from app.models.qualification import Qualification, QualificationKind, QualificationSpan
from app.models.record import (
    Career,
    ConfidenceVote,
    Declaration,
    Discipline,
    DisciplineForm,
    DisciplineSide,
    Kinship,
    OwnPast,
    PoliticalConclusion,
    Relation,
    RelativeAbroad,
    Reward,
    Salary,
    Training,
    TrainingKind,
    Travel,
)
from app.models.residence import Residence, ResidenceKind
from app.models.title import TermKind
from app.models.unit import Level
from tests.world.people import PARTY_TERM, Crowd, Held, Person
from tests.world.rows import Book, key, recorded
from tests.world.titles import SORTS
from tests.world.units import COMMUNES, PLACES, unit

FIRST_TERM = PARTY_TERM.replace(year=PARTY_TERM.year - 5)
RANKS = {"secretary": MemberRank.SECRETARY, "deputy": MemberRank.DEPUTY}


def write(book: Book, crowd: Crowd) -> None:
    """Qualifications, party data, residences, one-clock rows, committees."""
    for number, person in enumerate(crowd.people.values(), 1):
        if not person.stub:
            _qualifications(book, person, number)
            _party(book, person, number)
            _residence(book, person)
            _yearly(book, person, number)
    _stories(book, crowd)
    _committees(book, crowd)


def _leads(person: Person) -> bool:
    return any(SORTS[held.sort].term != TermKind.NONE for held in person.held)


def _qualified(
    book: Book, person: Person, kind: QualificationKind, *, name: str, level: str, start: date
) -> tuple[str, dict[str, Any]]:
    slug = f"{person.slug}/{kind}"
    book.add(Qualification, id=key("qualification", slug), cadre_id=person.id)
    span = {"qualification_id": key("qualification", slug), "cadre_id": person.id, "valid_from": start}
    return slug, span | {"kind": kind, "name": name, "level": level, "institution": "Đại học Thái Nguyên"}


def _qualifications(book: Book, person: Person, number: int) -> None:
    kind = QualificationKind
    leads = _leads(person)
    degree = "university" if leads or number % 3 else "college"
    start = date(2010 + number % 4, 7, 1)
    slug, span = _qualified(book, person, kind.EDUCATION, name="Quản lý nhà nước", level=degree, start=start)
    if person.slug == "canbo":
        # A master's degree was entered as a bachelor's and set right in 2021.
        book.corrected(
            QualificationSpan, slug, span | {"level": "master"}, {"level": degree}, date(2021, 3, 1)
        )
    else:
        book.fact(QualificationSpan, slug, **span)
    theory = "advanced" if number % 2 else "intermediate"
    if leads and number % 11 == 0:
        theory = "elementary"
    if leads or number % 4 == 0:
        start = date(2014 + number % 3, 5, 10)
        level = theory if leads else "elementary"
        slug, span = _qualified(
            book, person, kind.POLITICAL_THEORY, name="Lý luận chính trị", level=level, start=start
        )
        book.fact(QualificationSpan, slug, **span)


def _party(book: Book, person: Person, number: int) -> None:
    if not _leads(person) and number % 3 == 0:
        return
    joined = date(2010 + number % 3, 2, 3)
    member: dict[str, Any] = {
        "cadre_id": person.id,
        "valid_from": joined,
        "official_on": joined.replace(year=joined.year + 1),
        "card_number": f"02{number:07}",
    }
    if person.slug == "canbo":
        book.corrected(
            PartyMembership, person.slug, member, {"valid_from": date(2011, 6, 1)}, date(2020, 8, 17)
        )
    else:
        book.fact(PartyMembership, person.slug, **member)


def _residence(book: Book, person: Person) -> None:
    home: dict[str, Any] = {
        "cadre_id": person.id,
        "kind": ResidenceKind.PERMANENT,
        "address": f"Thôn 1, {COMMUNES[person.home][0]}",
        "commune_unit_id": unit(person.home),
        "valid_from": date(2010, 1, 1),
    }
    if person.slug == "canbo":
        book.corrected(Residence, person.slug, home, {"address": "Thôn 2"}, date(2019, 11, 4))
    else:
        book.fact(Residence, person.slug, **home)


def _graded_at(person: Person, year: int) -> str:
    """The planning unit somebody's seat of that December lies in."""
    held = [one for one in person.open_on(date(year, 12, 10)) if one.main] or person.held[-1:]
    place = held[0].unit
    while not PLACES[place].plans:
        parent = PLACES[place].parent
        assert parent is not None
        place = parent
    return place


def _yearly(book: Book, person: Person, number: int) -> None:
    """Grades of two years: the older one was confirmed by another hand, the newer one waits for it."""
    officer, approver = key("principal", "btc.tinh"), key("principal", "btv.tinh")
    for year in (2020, 2021):
        confirmed = year == 2020
        book.add(
            Evaluation,
            id=key("evaluation", f"{person.slug}/{year}"),
            cadre_id=person.id,
            year=year,
            grade=Grade.EXCELLENT if (number + year) % 7 == 0 else Grade.GOOD,
            graded_by="Tập thể lãnh đạo đơn vị",
            decision_number=f"{year}/QĐ-XL",
            graded_unit_id=unit(_graded_at(person, year)),
            recorded_by=officer,
            hands=json.dumps([str(officer)]),
            decided_on=date(year, 12, 10),
            recorded_at=recorded(date(year, 12, 11)),
            state=EvaluationState.CONFIRMED if confirmed else EvaluationState.RECORDED,
            confirmed_by=approver if confirmed else None,
            confirmed_on=date(year, 12, 14) if confirmed else None,
        )


def _stories(book: Book, crowd: Crowd) -> None:
    """One row of each kind for `canbo`, a marriage, a sanction that ended and one that runs."""
    canbo, day = crowd.people["canbo"], date(2020, 6, 1)

    def row(table: Any, person: Person = canbo, slug: str = "", **values: Any) -> None:  # noqa: ANN401
        name = f"{person.slug}/{table.__name__}/{slug}"
        book.add(table, id=key("record", name), cadre_id=person.id, recorded_at=recorded(day), **values)

    row(Career, valid_from=date(2009, 1, 1), valid_to=date(2010, 1, 1), description="Cộng tác viên")
    row(Salary, valid_from=day, grade_code="01.003", step=3, coefficient_hundredths=300)
    row(Kinship, relation=Relation.FATHER, full_name="Giàng Văn Ước", birth_year=1950)
    row(
        Training,
        kind=TrainingKind.KNOWLEDGE_UPDATE,
        name="Cập nhật kiến thức",
        started_on=day,
        completed_on=day,
    )
    row(Reward, awarded_on=day, name="Bằng khen", issuer="Ủy ban nhân dân tỉnh")
    row(Travel, left_on=day, returned_on=day, country="Lào", purpose="Công tác")
    row(RelativeAbroad, relation=Relation.SIBLING, full_name="Giàng Thị Lan", country="Đức", since_year=2012)
    row(OwnPast, description="Không có gì cần khai")
    row(Declaration, year=2020, reference="KK-2020/17", declared_on=date(2020, 12, 20))
    row(ConfidenceVote, held_on=day, body="Đảng bộ Sở Nội vụ", high=20, middling=3, low=1)
    row(PoliticalConclusion, number="5-KL/TU", concluded_on=day, issuer="Ban Thường vụ", purpose="Quy hoạch")
    one, other = crowd.people["btc.dongvan"], crowd.people["spouse-of-btc.dongvan"]
    row(Kinship, one, relation=Relation.SPOUSE, full_name=other.name, relative_id=other.id)
    row(Kinship, other, relation=Relation.SPOUSE, full_name=one.name, relative_id=one.id)
    punished = crowd.people["disciplined"]
    side = DisciplineSide.STATE
    form = DisciplineForm.REPRIMAND
    row(
        Discipline,
        punished,
        "ended",
        side=side,
        form=form,
        opened_on=date(2017, 1, 5),
        decided_on=date(2017, 3, 1),
        ended_on=date(2018, 3, 1),
        decision_number="11/QĐ-SXD",
        issuer="Sở Xây dựng",
    )
    row(Discipline, punished, "open", side=DisciplineSide.PARTY, opened_on=date(2021, 11, 2))


def _committees(book: Book, crowd: Crowd) -> None:
    for slug, place in PLACES.items():
        if place.tier is None:
            continue
        for start, end in ((FIRST_TERM, PARTY_TERM), (PARTY_TERM, None)):
            last = place.valid_to if end is None or (place.valid_to and place.valid_to < end) else end
            if place.valid_to and start >= place.valid_to:
                continue
            term = key("term", f"{slug}/{start.year}")
            book.add(
                CommitteeTerm,
                id=term,
                unit_id=unit(slug),
                name=f"{start.year}-{start.year + 5}",
                seats=39 if place.level == Level.PROVINCE else 15,
                standing_seats=5,
                valid_from=start,
                valid_to=last,
            )
            _members(book, crowd, slug, start, last)


def _members(book: Book, crowd: Crowd, committee: str, start: date, end: date | None) -> None:
    """Secretary and deputies by their seats; beside them the leaders of the same territory's bodies."""
    parent = PLACES[committee].parent
    others = 0
    for person in crowd.people.values():
        held = [one for one in person.held if one.start <= start and (one.end is None or one.end > start)]
        for one in held:
            rank = RANKS.get(one.sort.partition(".")[2]) if one.unit == committee else None
            if rank is None and (PLACES[one.unit].parent != parent or SORTS[one.sort].term == TermKind.NONE):
                continue
            if rank is None and (one.unit == committee or others >= 10 or not one.main):
                continue
            if rank is None:
                others += 1
                rank = MemberRank.STANDING if others <= 3 else MemberRank.MEMBER
            _member(book, person, committee, rank, (start, _first(end, one)))


def _first(end: date | None, held: Held) -> date | None:
    """A membership ends with its term; that of a secretary or deputy with the seat, if sooner."""
    if held.end is None or held.sort.partition(".")[2] not in RANKS:
        return end
    return held.end if end is None else min(held.end, end)


def _member(
    book: Book, person: Person, committee: str, rank: MemberRank, span: tuple[date, date | None]
) -> None:
    start, end = span
    book.add(
        Membership,
        id=key("membership", f"{committee}/{person.slug}/{start.year}"),
        unit_id=unit(committee),
        cadre_id=person.id,
        term_id=key("term", f"{committee}/{start.year}"),
        rank=rank,
        entry=Entry.ELECTED,
        decision_number=f"{start.year}-NQ/ĐH",
        decision_signed_on=start,
        valid_from=start,
        valid_to=end,
        end_reason="Hết nhiệm kỳ" if end else None,
    )
