"""What the database can't say for itself: columns kept twice agree, numbers are unique, names made up."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from app.demo import names
from app.demo.accounts import ACCOUNTS
from app.models.access import Principal, RoleGrant
from app.models.assignment import Assignment, AssignmentSpan
from app.models.cadre import Cadre
from app.models.committee import MemberRank, Membership
from app.models.evaluation import Evaluation, EvaluationState, Grade
from app.models.post import Post, PostQuota
from app.models.title import MANAGED_RANK, ManagedBy, TitleVersion
from app.models.unit import UnitChange, UnitChangePart, UnitClosure, UnitKind, UnitVersion, Via
from app.services import closure
from app.services.scope import ROLES
from tests.conftest import TODAY
from tests.province.conftest import SUMMARY, holders

pytestmark = [
    pytest.mark.province,
    pytest.mark.parametrize("database", ["sqlite"], indirect=True, scope="session"),
]


class Seated(NamedTuple):
    """A live span of an assignment."""

    cadre_id: UUID
    unit_id: UUID
    post_id: UUID
    title_id: UUID
    seat_no: int
    is_main: bool
    acting: bool
    valid_from: date
    valid_to: date | None


def live_spans(session: Session) -> list[Seated]:
    span = AssignmentSpan
    columns = [col(getattr(span, name)) for name in Seated._fields]
    return [
        Seated(*row) for row in session.execute(select(*columns).where(col(span.superseded_at).is_(None)))
    ]


def overlaps(spans: Iterable[tuple[Any, date, date | None]]) -> list[Any]:
    by_key: dict[Any, list[tuple[date, date | None]]] = defaultdict(list)
    for key, start, end in spans:
        by_key[key].append((start, end))
    found = []
    for key, own in by_key.items():
        own.sort(key=lambda span: span[0])
        found += [key for (_, end), (start, _) in pairwise(own) if end is None or end > start]
    return found


def test_guards_are_never_broken(session: Session) -> None:
    spans = live_spans(session)
    assert not overlaps(((row.post_id, row.seat_no), row.valid_from, row.valid_to) for row in spans)
    assert not overlaps((row.cadre_id, row.valid_from, row.valid_to) for row in spans if row.is_main)
    member = Membership
    members = session.execute(
        select(col(member.unit_id), col(member.cadre_id), col(member.valid_from), col(member.valid_to))
    )
    assert not overlaps(((unit, cadre), start, end) for unit, cadre, start, end in members)


@pytest.mark.parametrize("day", [date(2010, 6, 1), date(2014, 9, 1), date(2019, 6, 30), TODAY], ids=str)
def test_no_seat_lies_beyond_its_quota(session: Session, day: date) -> None:
    quotas = {
        row[0]: row[1]
        for row in session.execute(
            select(col(PostQuota.post_id), col(PostQuota.quota)).where(
                col(PostQuota.superseded_at).is_(None),
                col(PostQuota.valid_from) <= day,
                col(PostQuota.valid_to).is_(None) | (col(PostQuota.valid_to) > day),
            )
        )
    }
    held = [
        row
        for row in live_spans(session)
        if row.valid_from <= day and (row.valid_to is None or row.valid_to > day)
    ]
    assert len(held) > 29_000
    assert all(row.seat_no <= quotas[row.post_id] for row in held)


def test_posts_stand_where_their_titles_belong(session: Session) -> None:
    rows = session.execute(
        select(
            col(TitleVersion.unit_kind),
            col(TitleVersion.level),
            col(UnitVersion.kind),
            col(UnitVersion.level),
        )
        .join(Post, col(Post.title_id) == col(TitleVersion.title_id))
        .join(UnitVersion, col(UnitVersion.unit_id) == col(Post.unit_id))
        .where(col(TitleVersion.superseded_at).is_(None), col(UnitVersion.superseded_at).is_(None))
    ).all()
    assert rows
    assert all((row[0], row[1]) == (row[2], row[3]) for row in rows)


def test_spans_carry_the_unit_and_title_of_their_post(session: Session) -> None:
    span = AssignmentSpan
    astray = session.execute(
        select(func.count())
        .select_from(span)
        .join(Post, col(Post.id) == col(span.post_id))
        .join(Assignment, col(Assignment.id) == col(span.assignment_id))
        .where(
            (col(Post.unit_id) != col(span.unit_id))
            | (col(Post.title_id) != col(span.title_id))
            | (col(Assignment.cadre_id) != col(span.cadre_id))
        )
    ).scalar_one()
    assert astray == 0


def test_the_file_lies_where_the_main_post_is(session: Session) -> None:
    """`unit_id` of everybody by the main post open today, `managed_by` by the highest of all open ones."""
    managed: dict[UUID, ManagedBy] = {
        row[0]: row[1]
        for row in session.execute(
            select(col(TitleVersion.title_id), col(TitleVersion.managed_by)).where(
                col(TitleVersion.superseded_at).is_(None), col(TitleVersion.valid_to).is_(None)
            )
        )
    }
    own: dict[UUID, list[Seated]] = defaultdict(list)
    bodies: dict[UUID, list[ManagedBy]] = defaultdict(list)
    for row in live_spans(session):
        if row.is_main and row.valid_from <= TODAY:
            own[row.cadre_id].append(row)
        if row.valid_from <= TODAY and (row.valid_to is None or row.valid_to > TODAY):
            bodies[row.cadre_id].append(managed[row.title_id])
    people = session.execute(select(col(Cadre.id), col(Cadre.unit_id), col(Cadre.managed_by))).all()
    assert len(people) > 40_000
    higher = 0
    for person, unit, manager in people:
        spans = sorted(own[person], key=lambda row: row.valid_from)
        keeps = next((row for row in spans if row.valid_to is None or row.valid_to > TODAY), spans[-1])
        of_main = managed[keeps.title_id]
        highest = min(MANAGED_RANK[body] for body in bodies[person] or [of_main])
        assert unit == keeps.unit_id
        assert MANAGED_RANK[manager] == highest
        assert manager == of_main or MANAGED_RANK[of_main] > highest
        higher += manager != of_main
    assert higher > 0


def test_secretaries_and_deputies_are_members_by_their_posts(session: Session) -> None:
    kinds = {UnitKind.PARTY_COMMITTEE, UnitKind.ATTACHED_COMMITTEE}
    ranks: dict[UUID, MemberRank] = {
        row[0]: MemberRank.SECRETARY if row[1] else MemberRank.DEPUTY
        for row in session.execute(
            select(col(TitleVersion.title_id), col(TitleVersion.is_secretary)).where(
                col(TitleVersion.unit_kind).in_(kinds), col(TitleVersion.is_key)
            )
        )
    }
    by_post = {
        (row.unit_id, row.cadre_id, ranks[row.title_id], row.valid_from, row.valid_to)
        for row in live_spans(session)
        if row.title_id in ranks and not row.acting and row.valid_from <= TODAY
    }
    by_rank = {
        (row.unit_id, row.cadre_id, row.rank, row.valid_from, row.valid_to)
        for row in session.scalars(
            select(Membership).where(col(Membership.rank).in_((MemberRank.SECRETARY, MemberRank.DEPUTY)))
        )
    }
    assert len(by_post) > 1_500
    assert by_post == by_rank


def test_closure_is_what_versions_and_changes_say(session: Session) -> None:
    versions = [row.model_dump() for row in session.scalars(select(UnitVersion))]
    changes = [row.model_dump() for row in session.scalars(select(UnitChange))]
    parts = [row.model_dump() for row in session.scalars(select(UnitChangePart))]
    expected = closure.rows(closure.links(versions), closure.successions(changes, parts))
    stored = [row.model_dump(exclude={"id"}) for row in session.scalars(select(UnitClosure))]

    def order(row: dict[str, Any]) -> tuple[Any, ...]:
        return (row["ancestor_id"], row["descendant_id"], row["via"], row["valid_from"])

    assert sorted(stored, key=order) == sorted(expected, key=order)


def test_the_new_province_sees_all_that_lay_in_the_old_one(session: Session) -> None:
    roots = {
        row[1]: row[0]
        for row in session.execute(
            select(col(UnitVersion.unit_id), col(UnitVersion.code)).where(
                col(UnitVersion.kind) == UnitKind.PROVINCE, col(UnitVersion.superseded_at).is_(None)
            )
        )
    }
    below: dict[tuple[UUID, Via], set[UUID]] = defaultdict(set)
    for row in session.scalars(select(UnitClosure).where(col(UnitClosure.ancestor_id).in_(roots.values()))):
        below[row.ancestor_id, row.via].add(row.descendant_id)
    old, new = roots["02"], roots["08"]
    assert below[new, Via.LINEAGE] == below[old, Via.TREE]
    assert len(below[old, Via.TREE]) > 3_000


def test_the_best_are_a_fifth_of_the_good_at_most(session: Session) -> None:
    """By unit and year, the unit being where the person was when graded."""
    rows = session.execute(
        select(col(Evaluation.year), col(Evaluation.grade), col(Evaluation.cadre_id)).where(
            col(Evaluation.voided_at).is_(None)
        )
    ).all()
    for year in (2019, 2020, 2021):
        grades = Counter(grade for found, grade, _ in rows if found == year)
        assert 5 * grades[Grade.EXCELLENT] <= grades[Grade.GOOD]
        assert grades[Grade.NOT_COMPLETED]
        where = {
            holder.cadre_id: holder.unit_code for holder in holders(session, date(year, 12, 1)) if holder.main
        }
        by_unit: dict[str, Counter[Grade]] = defaultdict(Counter)
        for found, grade, cadre in rows:
            code = where.get(cadre)
            if found == year and code is not None and code.endswith((".MN", ".TH", ".THCS")):
                by_unit[code][grade] += 1
        assert len(by_unit) > 500
        assert all(5 * own[Grade.EXCELLENT] <= own[Grade.GOOD] for own in by_unit.values())


def test_grades_have_a_place_and_two_hands_and_some_still_wait(session: Session) -> None:
    rows = session.execute(
        select(
            col(Evaluation.year),
            col(Evaluation.state),
            col(Evaluation.grade),
            col(Evaluation.graded_unit_id),
            col(Evaluation.recorded_by),
            col(Evaluation.confirmed_by),
        )
    ).all()
    assert all(row.graded_unit_id and row.recorded_by and row.recorded_by != row.confirmed_by for row in rows)
    waiting = [row for row in rows if row.state == EvaluationState.RECORDED]
    assert {row.year for row in waiting} == {2021}
    assert 0 < len(waiting) < len([row for row in rows if row.year == 2021])
    caps: dict[tuple[UUID, int], Counter[Grade]] = defaultdict(Counter)
    for row in rows:
        caps[row.graded_unit_id, row.year][row.grade] += 1
    assert all(5 * own[Grade.EXCELLENT] <= own[Grade.GOOD] for own in caps.values())


def test_names_and_numbers_are_made_up(session: Session) -> None:
    rows = session.execute(select(col(Cadre.full_name), col(Cadre.national_id), col(Cadre.code))).all()
    assert not {row[0] for row in rows} & names.forbidden()
    numbers = [row[1] for row in rows if row[1] is not None]
    assert len(set(numbers)) == len(numbers)
    assert all(number.startswith("000") and len(number) == 12 for number in numbers)
    prefixes = Counter(row[2].partition("-")[0] for row in rows)
    assert set(prefixes) == {"TI", "HG", "DV", "MV", "YM", "QB", "VX", "BM", "HP", "XM", "BQ", "QG"}


def test_stubs_hold_a_name_a_title_and_a_unit(session: Session) -> None:
    kept = {
        "id", "unit_id", "full_name", "search_key", "sort_key", "code", "managed_by", "is_stub",
        "birth_precision", "recorded_at", "changed_at", "version",
    }  # fmt: skip
    stubs = session.scalars(select(Cadre).where(col(Cadre.is_stub))).all()
    assert len(stubs) >= 5
    for stub in stubs:
        assert stub.managed_by is ManagedBy.CENTRAL
        assert {name for name, value in stub.model_dump().items() if value is not None} == kept


def test_the_accounts_of_the_contract(session: Session) -> None:
    principals = {row.username: row for row in session.scalars(select(Principal))}
    assert set(principals) == {username for username, *_ in ACCOUNTS}
    codes = {
        row[0]: row[1]
        for row in session.execute(
            select(col(UnitVersion.unit_id), col(UnitVersion.code)).where(
                col(UnitVersion.superseded_at).is_(None)
            )
        )
    }
    by_principal = {row.principal_id: row for row in session.scalars(select(RoleGrant))}
    for username, _, role, place in ACCOUNTS:
        grant = by_principal[principals[username].id]
        assert grant.role == role in ROLES
        assert (codes[grant.unit_id] if grant.unit_id else "") == place
        assert grant.confirmed_at is not None
        assert grant.principal_id not in {grant.proposed_by, grant.confirmed_by}
        assert principals[username].password_hash == "hash of a password"
    assert by_principal[principals["canbo"].id].cadre_id == principals["canbo"].cadre_id


def test_the_summary_says_what_was_written(session: Session) -> None:
    database = session.get_bind().engine.url.database
    assert database is not None
    summary = json.loads(Path(database).with_name(SUMMARY).read_text(encoding="utf-8"))
    assert summary["headcount"] == 30_483
    assert summary["people"] == session.execute(select(func.count()).select_from(Cadre)).scalar_one()
    assert summary["units"] == len(set(session.scalars(select(col(UnitVersion.unit_id)))))
    assert 300_000 <= summary["rows"] <= 800_000
