"""Party committees and their members; secretary and deputies come and go by assignment alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, null, select
from sqlmodel import col

from app.models.cadre import Cadre
from app.models.committee import (
    CommitteeTerm,
    MemberRank,
    Membership,
    MembershipCreate,
    MembershipUpdate,
)
from app.models.party import PartyMembership
from app.models.unit import CommitteeTier, Level, Unit, UnitClosure, UnitKind, UnitVersion, Via
from app.services import compliance
from app.services.dated import holds_on, live, overlapping, shares_days
from app.services.errors import Conflict, Denied, Invalid, NotFound
from app.services.lookup import lock
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession
from app.services.scope.roles import T2

Row = dict[str, Any]
KINDS = (UnitKind.PARTY_COMMITTEE, UnitKind.ATTACHED_COMMITTEE)
BY_ASSIGNMENT = frozenset({MemberRank.SECRETARY, MemberRank.DEPUTY})
ORDER = {rank: place for place, rank in enumerate(reversed(MemberRank))}
_TERM = ("id", "name", "seats", "standing_seats", "valid_from", "valid_to")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of committees may be narrowed by; `unit_id`: of this unit and all beneath it."""

    level: Level | None = None
    tier: CommitteeTier | None = None
    unit_id: UUID | None = None


def _columns(day: date, *, counts: bool) -> tuple[Any, ...]:
    members = (
        select(func.count(col(Membership.id)))
        .where(col(Membership.unit_id) == col(UnitVersion.unit_id), live(Membership, day))
        .correlate(UnitVersion)
        .scalar_subquery()
    )
    return (
        col(UnitVersion.unit_id).label("id"),
        col(UnitVersion.code),
        col(UnitVersion.name),
        col(UnitVersion.level),
        col(UnitVersion.committee_tier).label("tier"),
        col(UnitVersion.sort_key),
        *(getattr(CommitteeTerm, name).label(f"term_{name}") for name in _TERM),
        (members if counts else null()).label("members"),
    )


def _narrowed(statement: Select[Any], filters: Filters, day: date) -> Select[Any]:
    term = and_(col(CommitteeTerm.unit_id) == col(UnitVersion.unit_id), live(CommitteeTerm, day))
    statement = (
        statement.select_from(UnitVersion)
        .join(CommitteeTerm, term, isouter=True)
        .where(live(UnitVersion, day), col(UnitVersion.kind).in_(KINDS))
    )
    if filters.level is not None:
        statement = statement.where(col(UnitVersion.level) == filters.level)
    if filters.tier is not None:
        statement = statement.where(col(UnitVersion.committee_tier) == filters.tier)
    if filters.unit_id is not None:
        beneath = select(col(UnitClosure.descendant_id)).where(
            col(UnitClosure.ancestor_id) == filters.unit_id,
            col(UnitClosure.via) == Via.TREE,
            live(UnitClosure, day),
        )
        statement = statement.where(col(UnitVersion.unit_id).in_(beneath))
    return statement


def _shape(row: Row) -> Row:
    term = {name: row[f"term_{name}"] for name in _TERM} if row["term_id"] is not None else None
    return {
        "id": row["id"],
        "unit": {name: row[name] for name in ("id", "code", "name", "level")},
        "tier": row["tier"],
        "term": term,
        "members": row["members"],
    }


def list_(session: ScopedSession, *, filters: Filters, page: Page, day: date, counts: bool = True) -> Slice:
    """One page of the committees of `day`, by name; without `counts` nothing is said of members."""
    statement = _narrowed(select(*_columns(day, counts=counts)), filters, day)
    statement = keyset(
        statement,
        [col(UnitVersion.sort_key), col(UnitVersion.unit_id)],
        page,
        descending=page.sort.startswith("-"),
    )
    rows = compliance.counted(session, statement)
    total = None
    if page.count:
        number = _narrowed(select(func.count(col(UnitVersion.row_id))), filters, day)
        total = session.execute(number).scalar_one()
    return cut([_shape(row) for row in rows], [(row["sort_key"], row["id"]) for row in rows], page, total)


def get(session: ScopedSession, committee_id: UUID, *, day: date, counts: bool = True) -> Row:
    """One committee on `day` with all its terms; NotFound where no committee of this id stands then."""
    statement = _narrowed(select(*_columns(day, counts=counts)), Filters(), day)
    rows = compliance.counted(session, statement.where(col(UnitVersion.unit_id) == committee_id))
    if not rows:
        raise NotFound(f"Ngày {day:%d/%m/%Y} không có cấp ủy này.")
    terms = session.execute(
        select(*(getattr(CommitteeTerm, name) for name in _TERM))
        .where(col(CommitteeTerm.unit_id) == committee_id)
        .order_by(col(CommitteeTerm.valid_from))
    )
    return _shape(rows[0]) | {"terms": [dict(row) for row in terms.mappings()]}


# --- members ----------------------------------------------------------------------------------------


def members(session: ScopedSession, committee_id: UUID, *, day: date) -> list[Row]:
    """The members on `day`, secretary first; who sits in a committee is Party data (T2).

    NotFound where the committee lies outside the caller's scope, Denied where he reads no Party data.
    """
    unit = _readable(session, committee_id)
    found = session.scalars(
        select(Membership).where(col(Membership.unit_id) == committee_id, live(Membership, day))
    ).all()
    session.saw("committee.members", [row.cadre_id for row in found], root=unit)
    return _shaped(session, found)


def member(session: ScopedSession, committee_id: UUID, membership_id: UUID) -> tuple[Row, int | None]:
    """One membership and the version of the person's file, which its change names; None for an outsider."""
    unit = _readable(session, committee_id)
    row = _membership(session, committee_id, membership_id)
    session.saw("committee.member", [row.cadre_id], root=unit)
    version = session.execute(
        select(col(Cadre.version)).where(col(Cadre.id) == row.cadre_id)
    ).scalar_one_or_none()
    return _shaped(session, [row])[0], version


def still_read(session: ScopedSession, committee_id: UUID) -> None:
    """NotFound or Denied where the caller no longer reads who sits in a committee."""
    _readable(session, committee_id)


def _readable(session: ScopedSession, committee_id: UUID) -> Unit:
    unit = session.get(Unit, committee_id)
    if unit is None or not session.units_within(session.scope.reads, {committee_id}):
        raise NotFound
    if session.scope.actor is not None and not session.scope.reads_tier(T2):
        raise Denied("Tài khoản này không được xem dữ liệu về Đảng.")
    return unit


def _membership(session: ScopedSession, committee_id: UUID, membership_id: UUID) -> Membership:
    row = session.scalars(
        select(Membership).where(col(Membership.id) == membership_id, col(Membership.unit_id) == committee_id)
    ).first()
    if row is None:
        raise NotFound
    return row


def _shaped(session: ScopedSession, found: Sequence[Membership]) -> list[Row]:
    scope = session.scope
    people: dict[UUID, Row] = {}
    order: dict[UUID, str] = {}
    for key, code, name, sex, managed_by, is_stub, sort in session.execute(
        select(
            col(Cadre.id),
            col(Cadre.code),
            col(Cadre.full_name),
            col(Cadre.sex),
            col(Cadre.managed_by),
            col(Cadre.is_stub),
            col(Cadre.sort_key),
        ).where(col(Cadre.id).in_([row.cadre_id for row in found]))
    ):
        redacted = is_stub or not scope.reads_whole(managed_by, cadre_id=key)
        people[key] = {
            "id": key,
            "code": code,
            "full_name": name,
            "sex": None if redacted else sex,
            "redacted": redacted,
        }
        order[key] = sort
    outside = {row.cadre_id for row in found} - people.keys()
    for key, stub in compliance.stubs(session, outside).items():
        people[key] = stub | {"sex": None, "redacted": True}
    rows = sorted(found, key=lambda row: (ORDER[row.rank], order.get(row.cadre_id, ""), row.id))
    return [
        {
            "id": row.id,
            "cadre": people[row.cadre_id],
            "rank": row.rank,
            "entry": row.entry,
            "valid_from": row.valid_from,
            "valid_to": row.valid_to,
            "decision_number": row.decision_number,
            "decision_signed_on": row.decision_signed_on,
        }
        for row in rows
    ]


def add_member(session: ScopedSession, committee_id: UUID, *, data: MembershipCreate) -> Membership:
    """A person elected to or designated into a committee, to the end of the term that runs on the day.

    A member elected to the standing committee changes rank. Invalid for secretary and deputy (an assignment
    makes them) and for a day without a term; Conflict where the seats are full, the person sits there
    already, or isn't a Party member on the day.
    """
    _readable(session, committee_id)
    if data.rank in BY_ASSIGNMENT:
        raise Invalid.at(
            "/rank",
            "Bí thư và phó bí thư vào cấp ủy bằng phân công chức danh. Hãy ghi ở /cadres/{id}/assignments.",
        )
    if data.decision_signed_on > data.valid_from:
        raise Invalid.at("/decision_signed_on", "Ngày ký không thể sau ngày vào cấp ủy.")
    session.scalars(select(Unit).where(col(Unit.id) == committee_id).with_for_update()).all()
    term = session.scalars(
        select(CommitteeTerm).where(
            col(CommitteeTerm.unit_id) == committee_id, live(CommitteeTerm, data.valid_from)
        )
    ).first()
    if term is None:
        raise Invalid.at("/valid_from", f"Ngày {data.valid_from:%d/%m/%Y} cấp ủy này không có nhiệm kỳ nào.")
    try:
        person = lock(session, data.cadre_id)
    except NotFound as error:
        raise Invalid.at("/cadre_id", "Không có cán bộ này trong phạm vi được xem.") from error
    _refuse_outsider(session, person, data.valid_from)
    _leave_rank(session, committee_id, person, data, term.valid_to)
    _refuse_full(session, term, data)
    row = Membership(
        unit_id=committee_id,
        cadre_id=person.id,
        term_id=term.id,
        rank=data.rank,
        entry=data.entry,
        decision_number=data.decision_number,
        decision_signed_on=data.decision_signed_on,
        valid_from=data.valid_from,
        valid_to=term.valid_to,
    )
    session.add(row)
    session.flush()
    session.note(person, "committee.join", data.decision_number)
    return row


def end_member(
    session: ScopedSession, committee_id: UUID, membership_id: UUID, version: int, *, data: MembershipUpdate
) -> Membership:
    """A membership ends on a day; `version` is that of the person's file.

    Invalid for a day outside the membership, Conflict for secretary and deputy.
    """
    _readable(session, committee_id)
    row = _membership(session, committee_id, membership_id)
    if row.rank in BY_ASSIGNMENT:
        raise Conflict(
            "Bí thư và phó bí thư thôi tham gia khi phân công chức danh kết thúc. Hãy ghi ở phân công đó."
        )
    person = lock(session, row.cadre_id, version)
    start, end = row.valid_from, row.valid_to
    if data.valid_to <= start or (end is not None and data.valid_to > end):
        raise Invalid.at("/valid_to", f"Ngày thôi phải sau ngày {start:%d/%m/%Y} và trong nhiệm kỳ.")
    row.valid_to, row.end_reason = data.valid_to, data.end_reason
    session.add(row)
    session.flush()
    session.note(person, "committee.leave", data.end_reason)
    return row


def _refuse_outsider(session: ScopedSession, person: Cadre, day: date) -> None:
    joined = session.scalars(
        select(col(PartyMembership.row_id)).where(
            col(PartyMembership.cadre_id) == person.id, live(PartyMembership, day)
        )
    ).first()
    if joined is None:
        raise Conflict(f"Ngày {day:%d/%m/%Y} người này chưa được ghi là đảng viên nên chưa thể vào cấp ủy.")


def _leave_rank(
    session: ScopedSession, committee_id: UUID, person: Cadre, data: MembershipCreate, end: date | None
) -> None:
    """Ends the rank held so far where another is taken; Conflict where nothing would change."""
    sits = session.scalars(
        select(Membership).where(
            col(Membership.unit_id) == committee_id,
            col(Membership.cadre_id) == person.id,
            shares_days(Membership, data.valid_from, end),
        )
    ).all()
    for row in sits:
        start = row.valid_from
        if row.rank in BY_ASSIGNMENT or row.rank == data.rank or start >= data.valid_from:
            raise Conflict(
                f"Người này đã ở trong cấp ủy từ ngày {start:%d/%m/%Y}. Hãy ghi ngày thôi của lần đó trước."
            )
        row.valid_to, row.end_reason = data.valid_from, "rank_changed"
        session.add(row)
    session.flush()


def _refuse_full(session: ScopedSession, term: CommitteeTerm, data: MembershipCreate) -> None:
    """Neither the committee nor its standing committee ever has more members than seats."""
    sits = session.scalars(
        select(Membership).where(
            col(Membership.unit_id) == term.unit_id, shares_days(Membership, data.valid_from, term.valid_to)
        )
    ).all()
    limits = [(sits, term.seats, "cấp ủy")]
    if data.rank == MemberRank.STANDING:
        standing = [row for row in sits if row.rank != MemberRank.MEMBER]
        limits.append((standing, term.standing_seats, "ban thường vụ"))
    for rows, seats, words in limits:
        if _most(rows, data.valid_from, term.valid_to) >= seats:
            raise Conflict(f"Đã đủ {seats} ủy viên {words} của nhiệm kỳ. Hãy ghi người thôi tham gia trước.")


def _most(rows: Sequence[Membership], start: date, end: date | None) -> int:
    """The greatest number of `rows` that hold on one day of `[start, end)`."""
    days = {start, *(max(start, row.valid_from) for row in overlapping(rows, start, end))}
    return max(sum(holds_on(row, day) for row in rows) for day in days)
