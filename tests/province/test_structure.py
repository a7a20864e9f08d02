"""What plausible means: who is where, in every district and commune."""

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre, Sex
from app.models.committee import CommitteeTerm, MemberRank, Membership
from app.models.party import PartyMembership
from app.models.record import Discipline, Kinship, Relation
from app.models.unit import Level, UnitKind, UnitVersion
from tests.conftest import TODAY
from tests.province.conftest import Holder, holders, territory_of

if TYPE_CHECKING:
    from uuid import UUID

pytestmark = [
    pytest.mark.province,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session"),
]

DISTRICTS = ("024", "026", "027", "028", "029", "030", "031", "032", "033", "034", "035")


def titles_by_unit(found: list[Holder]) -> dict[str, Counter[str]]:
    grouped: dict[str, Counter[str]] = defaultdict(Counter)
    for holder in found:
        if not holder.acting:
            grouped[holder.unit_code][holder.title] += 1
    return grouped


def test_each_district_has_its_leaders(session: Session) -> None:
    by_unit = titles_by_unit(holders(session, TODAY))
    for code in DISTRICTS:
        party = by_unit[f"{code}.HU"]
        assert party["Bí thư Huyện ủy, Thành ủy"] == 1
        assert party["Phó Bí thư Huyện ủy, Thành ủy"] in {2, 3}
        assert by_unit[f"{code}.HDND"]["Chủ tịch Hội đồng nhân dân cấp huyện"] == 1
        assert by_unit[f"{code}.UBND"]["Chủ tịch Ủy ban nhân dân cấp huyện"] == 1
        assert by_unit[f"{code}.UBND"]["Phó Chủ tịch Ủy ban nhân dân cấp huyện"] in {2, 3}
        assert by_unit[f"{code}.MTTQ"]["Chủ tịch Ủy ban Mặt trận Tổ quốc cấp huyện"] == 1


def test_each_district_has_boards_and_divisions_with_heads(session: Session) -> None:
    by_unit = titles_by_unit(holders(session, TODAY))
    for code in DISTRICTS:
        for board in ("BTC", "BTG", "BDV"):
            assert by_unit[f"{code}.{board}"]["Trưởng Ban Đảng Huyện ủy, Thành ủy"] == 1
            assert by_unit[f"{code}.{board}"]["Phó Trưởng Ban Đảng Huyện ủy, Thành ủy"] >= 1
        assert by_unit[f"{code}.UBKT"]["Chủ nhiệm Ủy ban Kiểm tra Huyện ủy, Thành ủy"] == 1
        assert by_unit[f"{code}.VPHU"]["Chánh Văn phòng Huyện ủy, Thành ủy"] == 1
        divisions = [
            titles
            for unit, titles in by_unit.items()
            if unit.startswith(f"{code}.")
            and "Trưởng phòng, Chánh Văn phòng, Chánh Thanh tra cấp huyện" in titles
        ]
        assert len(divisions) in {12, 13}
        assert all(
            titles["Trưởng phòng, Chánh Văn phòng, Chánh Thanh tra cấp huyện"] == 1
            and titles["Phó Trưởng phòng, Phó Chánh Văn phòng, Phó Chánh Thanh tra cấp huyện"] >= 1
            for titles in divisions
        )


def test_each_commune_has_its_key_titles(session: Session) -> None:
    found = holders(session, TODAY)
    of = territory_of(session, TODAY, Level.COMMUNE)
    by_commune: dict[str, Counter[str]] = defaultdict(Counter)
    acting = Counter[str]()
    for holder in found:
        if holder.level is Level.COMMUNE:
            (acting if holder.acting else by_commune[of[holder.unit_id]])[holder.title] += 1
    assert len(by_commune) == 193
    for titles in by_commune.values():
        assert titles["Phó Bí thư Đảng ủy xã, phường, thị trấn"] == 2
        assert titles["Phó Chủ tịch Hội đồng nhân dân cấp xã"] == 1
        assert titles["Chủ tịch Hội đồng nhân dân cấp xã"] == 1
        assert titles["Chủ tịch Ủy ban nhân dân cấp xã"] == 1
        assert titles["Phó Chủ tịch Ủy ban nhân dân cấp xã"] in {1, 2}
        assert titles["Chủ tịch Ủy ban Mặt trận Tổ quốc cấp xã"] == 1
        assert titles["Người đứng đầu đoàn thể cấp xã"] == 4
        assert titles["Chỉ huy trưởng Ban Chỉ huy quân sự cấp xã"] == 1
    secretaries = sum(titles["Bí thư Đảng ủy xã, phường, thị trấn"] for titles in by_commune.values())
    assert secretaries == 189
    assert acting["Bí thư Đảng ủy xã, phường, thị trấn"] == 2


def test_schools_and_health_services_carry_most_public_employees(session: Session) -> None:
    rows = session.execute(
        select(col(UnitVersion.unit_id), col(UnitVersion.sector)).where(
            col(UnitVersion.kind) == UnitKind.PUBLIC_SERVICE, col(UnitVersion.superseded_at).is_(None)
        )
    ).all()
    sector = {row[0]: row[1] for row in rows}
    staff = Counter(
        sector[holder.unit_id]
        for holder in holders(session, TODAY)
        if holder.main and holder.unit_kind is UnitKind.PUBLIC_SERVICE
    )
    assert sum(found == "education" for found in sector.values()) >= 690
    assert staff["education"] > 15_500
    assert staff["health"] > 3_500
    assert (staff["education"] + staff["health"]) / staff.total() > 0.85


def test_committees_sit_at_three_tiers_with_members_enough(session: Session) -> None:
    rows = session.execute(
        select(col(UnitVersion.code), col(Membership.rank))
        .join(Membership, col(Membership.unit_id) == col(UnitVersion.unit_id))
        .where(
            col(UnitVersion.superseded_at).is_(None),
            col(UnitVersion.valid_to) > TODAY,
            col(Membership.valid_from) <= TODAY,
            col(Membership.valid_to).is_(None) | (col(Membership.valid_to) > TODAY),
        )
    ).all()
    members = Counter(code for code, _ in rows)
    standing = Counter(code for code, rank in rows if rank is not MemberRank.MEMBER)
    assert 45 <= members["02.TU"] <= 52
    assert standing["02.TU"] == 15
    for code in DISTRICTS:
        assert 33 <= members[f"{code}.HU"] <= 41
        assert 8 <= standing[f"{code}.HU"] <= 11
    communes = [count for code, count in members.items() if code.endswith(".DU") and code != "02.DUK"]
    assert len(communes) == 193
    assert all(12 <= count <= 15 for count in communes)
    assert members["02.DUK"] >= 14


def test_terms_run_from_congress_to_congress(session: Session) -> None:
    rows = session.execute(select(col(CommitteeTerm.unit_id), col(CommitteeTerm.name))).all()
    names: dict[UUID, set[str]] = defaultdict(set)
    for unit, name in rows:
        names[unit].add(name)
    assert len(names) == 1 + 11 + 1 + 195
    assert sum({"2015-2020", "2020-2025"} <= found for found in names.values()) == 1 + 11 + 1 + 193


def test_districts_differ_visibly(session: Session) -> None:
    leaders: dict[str, list[Holder]] = defaultdict(list)
    for holder in holders(session, TODAY):
        if holder.leads and holder.main and holder.level is Level.DISTRICT:
            leaders[holder.district].append(holder)
    women = [sum(h.sex is Sex.FEMALE for h in found) / len(found) for found in leaders.values()]
    minority = [sum(h.ethnicity != "kinh" for h in found) / len(found) for found in leaders.values()]
    assert len(leaders) == 11
    assert max(women) - min(women) > 0.08
    assert max(minority) - min(minority) > 0.2


def test_most_commune_secretaries_come_from_elsewhere(session: Session) -> None:
    commune_of = territory_of(session, TODAY, Level.COMMUNE)
    ids = {
        row[0]: row[1]
        for row in session.execute(
            select(col(UnitVersion.code), col(UnitVersion.unit_id)).where(
                col(UnitVersion.kind) == UnitKind.COMMUNE,
                col(UnitVersion.superseded_at).is_(None),
                col(UnitVersion.valid_from) <= TODAY,
                col(UnitVersion.valid_to) > TODAY,
            )
        ).all()
    }
    found = {
        holder.cadre_id: ids[commune_of[holder.unit_id]]
        for holder in holders(session, TODAY)
        if holder.title == "Bí thư Đảng ủy xã, phường, thị trấn" and not holder.acting
    }
    rows = session.scalars(select(Cadre).where(col(Cadre.id).in_(found))).all()
    unknown = [row for row in rows if row.hometown is None and row.birthplace is None]
    away = [
        row
        for row in rows
        if row not in unknown and found[row.id] not in {row.hometown_unit_id, row.birthplace_unit_id}
    ]
    assert len(rows) == 189
    assert len(unknown) == 4
    assert all(row.hometown_unit_id is None and row.birthplace_unit_id is None for row in unknown)
    assert 70 <= 100 * len(away) / len(rows) <= 78
    assert all(row.hometown_unit_id is not None for row in rows if row not in unknown)
    assert any("Bệnh viện" in (row.birthplace or "") for row in rows)


def test_a_planning_unit_has_exactly_thirty_per_cent_women(session: Session) -> None:
    planning = set(
        session.scalars(
            select(col(UnitVersion.code)).where(
                col(UnitVersion.plans_for_itself),
                col(UnitVersion.superseded_at).is_(None),
                col(UnitVersion.valid_to) > TODAY,
            )
        )
    )
    staff: dict[str, list[Holder]] = defaultdict(list)
    for holder in holders(session, TODAY):
        if holder.main and holder.level is Level.PROVINCE:
            root = (
                holder.unit_code.rpartition(".P")[0]
                if holder.unit_kind is UnitKind.DIVISION
                else holder.unit_code
            )
            staff[root].append(holder)
    assert any(
        10 * sum(holder.sex is Sex.FEMALE for holder in own) == 3 * len(own)
        for code, own in staff.items()
        if code in planning
    )


def test_the_other_edge_people_are_there(session: Session) -> None:
    late = session.execute(
        select(col(AssignmentSpan.term_ends_on)).where(
            col(AssignmentSpan.superseded_at).is_(None),
            col(AssignmentSpan.valid_to).is_(None),
            col(AssignmentSpan.is_main),
            col(AssignmentSpan.term_ends_on) < TODAY,
        )
    ).all()
    assert len(late) >= 10
    ahead = session.execute(
        select(col(AssignmentSpan.decision_signed_on)).where(
            col(AssignmentSpan.superseded_at).is_(None), col(AssignmentSpan.valid_from) > TODAY
        )
    ).all()
    assert len(ahead) >= 3
    assert all(signed <= TODAY for (signed,) in ahead)
    opened = session.scalars(select(Discipline)).all()
    assert any(row.decided_on is None for row in opened)
    assert any(row.decided_on and row.ended_on is None for row in opened)


def test_kin_point_at_each_other(session: Session) -> None:
    linked = session.execute(
        select(col(Kinship.cadre_id), col(Kinship.relative_id), col(Kinship.relation)).where(
            col(Kinship.relative_id).is_not(None)
        )
    ).all()
    spouses = {(cadre, relative) for cadre, relative, relation in linked if relation is Relation.SPOUSE}
    assert len(spouses) >= 40
    assert all((relative, cadre) in spouses for cadre, relative in spouses)
    assert any(relation is Relation.CHILD for *_, relation in linked)
    own = {
        row[0]: row[1:]
        for row in session.execute(select(col(Cadre.id), col(Cadre.sex), col(Cadre.birth_date)))
    }
    assert all(own[cadre][0] is not own[relative][0] for cadre, relative in spouses)
    for cadre, relative, relation in linked:
        if relation is Relation.CHILD:
            assert own[relative][1].year - own[cadre][1].year >= 18


def test_every_leader_is_a_party_member(session: Session) -> None:
    members = set(
        session.scalars(
            select(col(PartyMembership.cadre_id)).where(
                col(PartyMembership.superseded_at).is_(None),
                col(PartyMembership.valid_from) <= TODAY,
                col(PartyMembership.valid_to).is_(None),
            )
        )
    )
    found = holders(session, TODAY)
    assert all(
        holder.cadre_id in members
        for holder in found
        if holder.leads and not holder.stub and not holder.acting
    )
    share = len(members & {holder.cadre_id for holder in found}) / 30_483
    assert 0.4 < share < 0.75
