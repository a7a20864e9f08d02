"""Committees: terms, members by rank, seats that are never more than full."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, select
from sqlmodel import col

from app.models.cadre import Cadre
from app.models.committee import CommitteeTerm, MemberRank, Membership, MembershipCreate, MembershipUpdate
from app.models.party import PartyMembership
from app.models.unit import CommitteeTier, Level
from app.services import committee
from app.services.dated import live
from app.services.errors import Conflict, Invalid, NotFound, Stale
from app.services.paging import Page
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.conftest import TODAY

DAY = date(2022, 1, 10)
PARTY = world.unit("huyen-uy.dong-van")


@pytest.fixture
def session(connection: Connection) -> Iterator[ScopedSession]:
    with ScopedSession(connection, Scope.house(TODAY, "test")) as opened:
        yield opened


def sitting(session: ScopedSession, day: date = DAY) -> list[Membership]:
    return list(
        session.scalars(select(Membership).where(col(Membership.unit_id) == PARTY, live(Membership, day)))
    )


def outsiders(session: ScopedSession, number: int = 1) -> list[UUID]:
    """Party members of Đồng Văn who don't sit in its committee."""
    inside = [row.cadre_id for row in sitting(session)]
    rows = session.scalars(
        select(col(Cadre.id))
        .join(PartyMembership, col(PartyMembership.cadre_id) == col(Cadre.id))
        .where(
            live(PartyMembership, DAY),
            col(Cadre.unit_id) == world.unit("truong.dong-van"),
            col(Cadre.id).not_in(inside),
        )
        .order_by(col(Cadre.code))
    )
    found = list(rows)[:number]
    assert len(found) == number
    return found


def joining(person: UUID, rank: MemberRank = MemberRank.MEMBER, day: date = DAY) -> MembershipCreate:
    return MembershipCreate(
        cadre_id=person,
        rank=rank,
        valid_from=day,
        decision_number="7-QĐ/TU",
        decision_signed_on=date(2021, 12, 1),
    )


def fill(session: ScopedSession, **seats: int) -> None:
    """Sets the seats of the running term to exactly what is taken, plus `seats`."""
    term = session.scalars(
        select(CommitteeTerm).where(col(CommitteeTerm.unit_id) == PARTY, live(CommitteeTerm, DAY))
    ).one()
    rows = sitting(session)
    term.seats = len(rows) + seats.get("members", 0)
    term.standing_seats = sum(row.rank != MemberRank.MEMBER for row in rows) + seats.get("standing", 0)
    session.add(term)
    session.flush()


def test_committees_are_listed_by_tier_and_place(session: ScopedSession) -> None:
    def listed(day: date = TODAY, **filters: Any) -> set[str]:  # noqa: ANN401 - as the body or the filters have it
        page = Page(limit=50, sort="name", count=True)
        found = committee.list_(session, filters=committee.Filters(**filters), page=page, day=day)
        assert found.total == len(found.rows)
        return {row["unit"]["name"] for row in found.rows}

    assert listed(tier=CommitteeTier.PROVINCE) == {"Tỉnh ủy"}
    assert listed(tier=CommitteeTier.ABOVE_GRASSROOTS, level=Level.DISTRICT) == {
        "Huyện ủy Đồng Văn",
        "Huyện ủy Mèo Vạc",
    }
    within = listed(unit_id=world.unit("meo-vac"))
    assert within == {"Huyện ủy Mèo Vạc", "Đảng ủy xã Tả Lủng", "Đảng ủy xã Niêm Sơn"}
    assert "Đảng ủy xã Niêm Tòng" in listed(date(2019, 12, 31), unit_id=world.unit("meo-vac"))


def test_a_committee_tells_its_term_and_number_of_members(session: ScopedSession) -> None:
    found = committee.get(session, PARTY, day=TODAY)
    assert found["term"]["name"] == "2020-2025"
    assert found["members"] == len(sitting(session, TODAY)) > 5
    assert [term["name"] for term in found["terms"]] == ["2015-2020", "2020-2025"]
    assert committee.get(session, PARTY, day=TODAY, counts=False)["members"] is None
    for key in (world.unit("ubnd.dong-van"), world.unit("dang-uy.niem-tong")):
        with pytest.raises(NotFound):
            committee.get(session, key, day=TODAY)


def test_the_secretary_comes_first(session: ScopedSession) -> None:
    ranks = [row["rank"] for row in committee.members(session, PARTY, day=TODAY)]
    order = [MemberRank.SECRETARY, MemberRank.DEPUTY, MemberRank.STANDING, MemberRank.MEMBER]
    assert ranks == sorted(ranks, key=order.index)
    assert ranks.count(MemberRank.SECRETARY) == 1


def test_a_member_joins_to_the_end_of_the_term_and_leaves(session: ScopedSession) -> None:
    (person,) = outsiders(session)
    row = committee.add_member(session, PARTY, data=joining(person))
    assert row.cadre_id in {one.cadre_id for one in sitting(session)}
    version = session.execute(select(col(Cadre.version)).where(col(Cadre.id) == person)).scalar_one()
    last = MembershipUpdate(valid_to=date(2022, 6, 1), end_reason="Chuyển công tác")
    with pytest.raises(Stale):
        committee.end_member(session, PARTY, row.id, version + 1, data=last)
    committee.end_member(session, PARTY, row.id, version, data=last)
    assert person in {one.cadre_id for one in sitting(session, date(2022, 5, 31))}
    assert person not in {one.cadre_id for one in sitting(session, date(2022, 6, 1))}
    early = MembershipUpdate(valid_to=DAY, end_reason="x")
    with pytest.raises(Invalid):
        committee.end_member(session, PARTY, row.id, version, data=early)


@pytest.mark.parametrize("rank", [MemberRank.SECRETARY, MemberRank.DEPUTY])
def test_secretary_and_deputy_come_and_go_by_assignment(session: ScopedSession, rank: MemberRank) -> None:
    (person,) = outsiders(session)
    with pytest.raises(Invalid, match="assignments") as refused:
        committee.add_member(session, PARTY, data=joining(person, rank))
    assert [fault.pointer for fault in refused.value.faults] == ["/rank"]
    row = next(one for one in sitting(session) if one.rank == rank)
    end = MembershipUpdate(valid_to=DAY, end_reason="x")
    with pytest.raises(Conflict, match="phân công"):
        committee.end_member(session, PARTY, row.id, 1, data=end)


def test_a_person_sits_once(session: ScopedSession) -> None:
    member = next(one for one in sitting(session) if one.rank == MemberRank.MEMBER)
    with pytest.raises(Conflict, match="01/10/2020"):
        committee.add_member(session, PARTY, data=joining(member.cadre_id))
    deputy = next(one for one in sitting(session) if one.rank == MemberRank.DEPUTY)
    with pytest.raises(Conflict):
        committee.add_member(session, PARTY, data=joining(deputy.cadre_id, MemberRank.STANDING))


def test_a_member_rises_into_the_standing_committee(session: ScopedSession) -> None:
    fill(session, standing=1)
    member = next(one for one in sitting(session) if one.rank == MemberRank.MEMBER)
    before = len(sitting(session))
    committee.add_member(session, PARTY, data=joining(member.cadre_id, MemberRank.STANDING))
    now = [one for one in sitting(session) if one.cadre_id == member.cadre_id]
    assert [one.rank for one in now] == [MemberRank.STANDING]
    assert len(sitting(session)) == before
    assert member.valid_to == DAY


def test_seats_are_never_more_than_full(session: ScopedSession) -> None:
    first, second = outsiders(session, 2)
    fill(session, members=1)
    committee.add_member(session, PARTY, data=joining(first))
    with pytest.raises(Conflict, match="ủy viên cấp ủy"):
        committee.add_member(session, PARTY, data=joining(second))
    fill(session, members=1)
    with pytest.raises(Conflict, match="ban thường vụ"):
        committee.add_member(session, PARTY, data=joining(second, MemberRank.STANDING))


def test_a_seat_taken_later_counts(session: ScopedSession) -> None:
    first, second = outsiders(session, 2)
    fill(session, members=1)
    committee.add_member(session, PARTY, data=joining(first, day=date(2022, 5, 1)))
    with pytest.raises(Conflict, match="ủy viên cấp ủy"):
        committee.add_member(session, PARTY, data=joining(second))


def test_only_party_members_sit_in_a_party_committee(session: ScopedSession) -> None:
    joined = select(col(PartyMembership.cadre_id)).where(live(PartyMembership, DAY))
    person = session.scalars(
        select(col(Cadre.id)).where(col(Cadre.id).not_in(joined), col(Cadre.is_stub).is_(False)).limit(1)
    ).one()
    with pytest.raises(Conflict, match="đảng viên"):
        committee.add_member(session, PARTY, data=joining(person))


def test_a_day_without_a_term_takes_no_member(session: ScopedSession) -> None:
    (person,) = outsiders(session)
    early = joining(person, day=date(2009, 1, 1)).model_copy(update={"decision_signed_on": date(2008, 1, 1)})
    with pytest.raises(Invalid) as refused:
        committee.add_member(session, PARTY, data=early)
    assert [fault.pointer for fault in refused.value.faults] == ["/valid_from"]
    with pytest.raises(Invalid) as refused:
        committee.add_member(session, PARTY, data=joining(world.unit("tinh")))
    assert [fault.pointer for fault in refused.value.faults] == ["/cadre_id"]
