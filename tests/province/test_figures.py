"""The resolution's own figures, person by person, on both databases; and what is sensible on other days."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from app.models.cadre import BirthPrecision, Cadre, Sex
from app.models.committee import Membership
from app.models.qualification import QualificationKind, QualificationSpan
from app.models.title import ManagedBy
from app.models.unit import CommitteeTier, Level, UnitForm, UnitKind, UnitVersion
from tests.conftest import TODAY
from tests.province.conftest import Holder, holders, territory_of

pytestmark = pytest.mark.province

OTHER_DAYS = (
    date(2013, 6, 30),
    date(2015, 12, 31),
    date(2017, 3, 1),
    date(2018, 12, 31),
    date(2019, 6, 30),
    date(2020, 6, 1),
)
DEPARTMENTAL = {ManagedBy.DEPARTMENT, ManagedBy.DISTRICT_COMMITTEE, ManagedBy.ATTACHED_COMMITTEE}


def people(found: Iterable[Holder]) -> set[UUID]:
    return {holder.cadre_id for holder in found}


def leading(found: Iterable[Holder]) -> list[Holder]:
    return [
        holder for holder in found if holder.leads and not holder.acting and holder.level is not Level.COMMUNE
    ]


def managed(found: Iterable[Holder]) -> dict[UUID, Holder]:
    return {
        holder.cadre_id: holder
        for holder in found
        if holder.managed_by is ManagedBy.PROVINCE_COMMITTEE and not holder.acting
    }


def with_theory(session: Session, day: date) -> set[UUID]:
    rows = session.execute(
        select(col(QualificationSpan.cadre_id)).where(
            col(QualificationSpan.kind) == QualificationKind.POLITICAL_THEORY,
            col(QualificationSpan.level).in_(("intermediate", "advanced")),
            col(QualificationSpan.superseded_at).is_(None),
            col(QualificationSpan.valid_from) <= day,
            col(QualificationSpan.valid_to).is_(None) | (col(QualificationSpan.valid_to) > day),
        )
    )
    return {row[0] for row in rows}


def test_headcount_is_thirty_thousand_four_hundred_and_eighty_three(session: Session) -> None:
    mains = [holder for holder in holders(session, TODAY) if holder.main]
    assert len(mains) == len(people(mains)) == 30_483
    upper = [holder for holder in mains if holder.level is not Level.COMMUNE]
    assert len(upper) == 26_372
    assert sum(holder.unit_kind is UnitKind.PUBLIC_SERVICE for holder in upper) == 23_000


def test_communes_hold_the_staff_of_their_class(session: Session) -> None:
    mains = [holder for holder in holders(session, TODAY) if holder.main and holder.level is Level.COMMUNE]
    assert len(mains) == 4_111
    of = territory_of(session, TODAY, Level.COMMUNE)
    staff = Counter(of[holder.unit_id] for holder in mains)
    grades = {
        row[0]: row[1]
        for row in session.execute(
            select(col(UnitVersion.code), col(UnitVersion.grade)).where(
                col(UnitVersion.kind) == UnitKind.COMMUNE,
                col(UnitVersion.superseded_at).is_(None),
                col(UnitVersion.valid_from) <= TODAY,
                col(UnitVersion.valid_to) > TODAY,
            )
        ).all()
    }
    assert Counter(grades.values()) == {1: 61, 2: 100, 3: 32}
    assert all(staff[code] == {1: 23, 2: 21, 3: 19}[grade or 0] for code, grade in grades.items())


def test_leaders_and_their_theory(session: Session) -> None:
    found = holders(session, TODAY)
    leaders = people(leading(found))
    assert len(leaders) == 2_943
    able = with_theory(session, TODAY)
    assert len(leaders & able) == 2_729
    own = set(managed(found))
    assert own <= leaders
    assert own <= able
    assert len((leaders - own) & able) == 2_345
    stubs = {holder.cadre_id for holder in found if holder.stub}
    assert len(stubs) == 5
    assert stubs <= leaders
    assert not stubs & (own | able)


def test_managed_by_sex_group_and_age(session: Session) -> None:
    own = managed(holders(session, TODAY))
    assert len(own) == 384
    cells = Counter((holder.sex, holder.ethnicity != "kinh") for holder in own.values())
    assert cells == {
        (Sex.FEMALE, True): 24,
        (Sex.FEMALE, False): 37,
        (Sex.MALE, True): 125,
        (Sex.MALE, False): 198,
    }
    groups = Counter(holder.ethnicity for holder in own.values())
    assert (groups["mong"], groups["tay"], groups["dao"], groups["nung"]) == (58, 39, 25, 16)
    young = Counter(
        (holder.sex, holder.ethnicity != "kinh") for holder in own.values() if holder.age(TODAY) <= 40
    )
    assert sum(young.values()) == 21
    assert young == {
        (Sex.FEMALE, True): 2,
        (Sex.FEMALE, False): 3,
        (Sex.MALE, True): 8,
        (Sex.MALE, False): 8,
    }
    assert sum(holder.age(TODAY) < 40 for holder in own.values()) == 17


def test_people_on_the_edges_of_age(session: Session) -> None:
    own = managed(holders(session, TODAY))
    births = {holder.birth for holder in own.values()}
    assert {date(1981, 12, 31), date(1982, 1, 1), date(1984, 2, 29)} <= births
    precisions = session.execute(
        select(col(Cadre.birth_precision), col(Cadre.birth_date)).where(col(Cadre.id).in_(own))
    ).all()
    assert {BirthPrecision.YEAR, BirthPrecision.MONTH} <= {row[0] for row in precisions}
    for precision, birth in precisions:
        assert precision is BirthPrecision.DAY or birth.day == 1
        assert precision is not BirthPrecision.YEAR or birth.month == 1


def test_somebody_holds_two_titles_of_the_standing_committee_and_counts_once(session: Session) -> None:
    titles = Counter(
        holder.cadre_id
        for holder in holders(session, TODAY)
        if holder.managed_by is ManagedBy.PROVINCE_COMMITTEE
    )
    assert max(titles.values()) == 2
    assert len(titles) == 384


def test_departmental_leaders_theory_lies_below_the_leaders_own(session: Session) -> None:
    found = holders(session, TODAY)
    own = people(
        holder for holder in found if holder.leads and not holder.acting and holder.managed_by in DEPARTMENTAL
    )
    share = 100 * len(own & with_theory(session, TODAY)) / len(own)
    assert 91 <= share <= 93


def test_units_of_both_eras(session: Session) -> None:
    def territories(day: date) -> Counter[Level]:
        rows = session.execute(
            select(col(UnitVersion.level)).where(
                col(UnitVersion.form) == UnitForm.TERRITORY,
                col(UnitVersion.superseded_at).is_(None),
                col(UnitVersion.valid_from) <= day,
                col(UnitVersion.valid_to).is_(None) | (col(UnitVersion.valid_to) > day),
            )
        )
        return Counter(row[0] for row in rows)

    assert territories(date(2019, 12, 31)) == {Level.PROVINCE: 1, Level.DISTRICT: 11, Level.COMMUNE: 195}
    assert territories(TODAY) == {Level.PROVINCE: 1, Level.DISTRICT: 11, Level.COMMUNE: 193}
    assert territories(date(2026, 1, 1)) == {Level.PROVINCE: 1, Level.COMMUNE: 124}


def committee_women(session: Session, day: date) -> dict[CommitteeTier, tuple[int, int]]:
    rows = session.execute(
        select(col(UnitVersion.committee_tier), col(Cadre.sex))
        .join(Membership, col(Membership.unit_id) == col(UnitVersion.unit_id))
        .join(Cadre, col(Cadre.id) == col(Membership.cadre_id))
        .where(
            col(UnitVersion.superseded_at).is_(None),
            col(UnitVersion.valid_from) <= day,
            col(UnitVersion.valid_to).is_(None) | (col(UnitVersion.valid_to) > day),
            col(Membership.valid_from) <= day,
            col(Membership.valid_to).is_(None) | (col(Membership.valid_to) > day),
        )
    ).all()
    return {
        tier: (
            sum(sex is Sex.FEMALE for found, sex in rows if found is tier),
            sum(found is tier for found, _ in rows),
        )
        for tier in CommitteeTier
    }


def test_women_in_committees_are_few_and_one_tier_falls_short(session: Session) -> None:
    tiers = committee_women(session, TODAY)
    shares = {tier: 100 * women / members for tier, (women, members) in tiers.items()}
    assert all(9 <= share <= 22 for share in shares.values()), shares
    assert min(shares.values()) < 15


@pytest.mark.parametrize("day", OTHER_DAYS, ids=str)
def test_other_days_are_sensible(session: Session, day: date) -> None:
    found = holders(session, day)
    mains = [holder for holder in found if holder.main]
    assert len(mains) == len(people(mains))
    assert 29_500 <= len(mains) <= 30_500
    assert 2_900 <= len(people(leading(found))) <= 2_960
    own = managed(found)
    assert 375 <= len(own) <= 420
    assert 10 <= 100 * sum(holder.sex is Sex.FEMALE for holder in own.values()) / len(own) <= 25
    able = with_theory(session, day)
    assert 60 <= 100 * len(people(leading(found)) & able) / len(people(leading(found))) <= 95
    assert all(holder.stub or holder.age(day) >= 18 for holder in mains)


def test_the_service_grew_slightly(session: Session) -> None:
    counts = [sum(holder.main for holder in holders(session, day)) for day in (*OTHER_DAYS[:4], TODAY)]
    assert counts == sorted(counts)
