"""What every table shares: ids, instants, enums, checks, markers."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import StatementError

import app.models  # noqa: F401 - maps every table
from app.models.base import METADATA, UtcDateTime, guards, new_id, sort_key, tables, utc_now
from app.services.database import migrate, writing
from tests import raw
from tests.conftest import Cluster, make_settings

ATTEMPT = METADATA.tables["sign_in_attempt"]
TITLE = METADATA.tables["title"]


@pytest.fixture(scope="module")
def client(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[raw.Client]:
    """One database for all: each row has a key of its own."""
    cluster.template("empty", migrate)
    folder = tmp_path_factory.mktemp("base")
    url = cluster.copy("empty")
    with raw.client(make_settings(folder, url)) as client:
        yield client
    cluster.drop(url)


@pytest.fixture
def writer(engine: Engine) -> Iterator[Connection]:
    with writing(engine).begin() as connection:
        yield connection


def test_ids_are_of_version_seven_and_rise() -> None:
    ids = [new_id() for _ in range(2_000)]
    assert {(key.version, key.variant) for key in ids} == {(7, "specified in RFC 4122")}
    assert sorted(ids) == ids
    assert len(set(ids)) == len(ids)


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1970, 1, 3), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001


def test_an_instant_comes_back_as_itself_in_utc(engine: Engine) -> None:
    @given(moment=INSTANTS)
    def check(moment: datetime) -> None:
        with writing(engine).connect() as connection:
            transaction = connection.begin()
            connection.execute(ATTEMPT.insert(), {"key": "k", "window_at": moment, "failures": 0})
            (back,) = connection.execute(ATTEMPT.select().with_only_columns(ATTEMPT.c.window_at)).scalars()
            assert back == moment
            assert back.tzinfo is UTC or back.utcoffset() == timedelta(0)
            transaction.rollback()

    check()


def test_instants_are_compared_as_instants(writer: Connection) -> None:
    hanoi = timezone(timedelta(hours=7))
    moments = [
        datetime(2021, 1, 1, 6, tzinfo=hanoi),
        datetime(2020, 12, 31, 23, 30, tzinfo=UTC),
        datetime(2021, 1, 1, 7, 0, 0, 1, tzinfo=hanoi),
    ]
    writer.execute(
        ATTEMPT.insert(), [{"key": str(n), "window_at": at, "failures": 0} for n, at in enumerate(moments)]
    )
    rows = writer.execute(ATTEMPT.select().order_by(ATTEMPT.c.window_at)).all()
    assert [row.key for row in rows] == ["0", "1", "2"]
    before = ATTEMPT.select().where(ATTEMPT.c.window_at < datetime(2021, 1, 1, 7, tzinfo=hanoi))
    assert {row.key for row in writer.execute(before)} == {"0", "1"}


def test_an_instant_without_a_zone_is_refused(writer: Connection) -> None:
    naive = utc_now().replace(tzinfo=None)
    with pytest.raises(StatementError, match="needs a time zone"):
        writer.execute(ATTEMPT.insert(), {"key": "k", "window_at": naive, "failures": 0})


def test_every_instant_is_of_this_type() -> None:
    for table in METADATA.sorted_tables:
        for column in table.columns:
            if column.name.endswith(("_at", "until")):
                assert isinstance(column.type, UtcDateTime), column


def test_keys_are_ordered_by_their_bytes(writer: Connection) -> None:
    codes = ["B", "a", "A", "Z", "á", "z", "!", "~", " ", "AB", "A B", "đ", "1"]
    writer.execute(TITLE.insert(), [{"id": new_id(), "code": code, "version": 1} for code in codes])
    rows = writer.execute(TITLE.select().order_by(TITLE.c.code)).all()
    assert [row.code for row in rows] == sorted(codes)
    assert sorted(codes) == sorted(codes, key=str.encode)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("unit_version", "level"),
        ("unit_closure", "via"),
        ("title_version", "managed_by"),
        ("assignment_span", "kind"),
        ("assignment_span", "end_reason"),
        ("cadre", "sex"),
        ("membership", "rank"),
        ("evaluation", "grade"),
        ("evaluation", "peers"),
        ("evaluation", "state"),
        ("discipline", "form"),
        ("principal", "kind"),
        ("signing_key", "state"),
        ("audit_event", "outcome"),
    ],
)
def test_a_word_outside_the_list_is_refused(client: raw.Client, table: str, column: str) -> None:
    values: dict[str, Any] = {"is_stub": True} if table == "cadre" else {}
    client.refuses_insert(f"ck_{table}_{column}", table, **values | {column: "other"})
    client.refuses_insert(f"ck_{table}_{column}", table, **values | {column: ""})


@pytest.mark.parametrize(
    ("rule", "table", "values"),
    [
        ("ck_assignment_span_seat", "assignment_span", {"seat_no": 0}),
        ("ck_assignment_span_term", "assignment_span", {"term_ends_on": "2020-01-01"}),
        ("ck_assignment_span_period", "assignment_span", {"valid_to": "2020-01-01"}),
        ("ck_post_quota_quota", "post_quota", {"quota": -1}),
        ("ck_unit_version_form_kind", "unit_version", {"form": "body", "kind": "district"}),
        ("ck_unit_version_form_kind", "unit_version", {"form": "territory", "kind": "office"}),
        ("ck_party_membership_clock", "party_membership", {"superseded_at": "2019-12-31 00:00:00.000000"}),
        ("ck_cadre_birth_and_sex_unless_stub", "cadre", {"is_stub": False}),
        ("ck_cadre_stub_holds_no_content", "cadre", {"is_stub": True, "ethnicity": "kinh"}),
        ("ck_cadre_stub_holds_no_content", "cadre", {"is_stub": True, "birth_date": "1970-01-01"}),
        ("ck_role_grant_one_target", "role_grant", {}),
        ("ck_unit_closure_period", "unit_closure", {"valid_to": "2019-01-01"}),
    ],
)
def test_a_row_against_the_rules_is_refused(
    client: raw.Client, rule: str, table: str, values: dict[str, Any]
) -> None:
    client.refuses_insert(rule, table, **values)


def test_nobody_confirms_his_own_proposal(client: raw.Client) -> None:
    one = new_id()
    own = {"unit_id": new_id(), "proposed_by": one}
    client.refuses_insert("ck_role_grant_two_persons", "role_grant", **own, confirmed_by=one)
    client.insert("role_grant", **own, confirmed_by=new_id())


def test_one_live_grade_a_year(client: raw.Client) -> None:
    person = new_id()
    client.insert("evaluation", cadre_id=person, year=2020)
    client.refuses_insert("evaluation", "evaluation", cadre_id=person, year=2020)
    client.insert("evaluation", cadre_id=person, year=2021)
    client.insert("evaluation", cadre_id=person, year=2020, voided_at="2022-01-01 00:00:00.000000")


def test_a_grade_is_confirmed_by_another_hand_on_a_day(client: raw.Client) -> None:
    one = new_id()
    done = {"state": "confirmed", "confirmed_on": "2021-12-20", "recorded_by": one}
    client.refuses_insert("ck_evaluation_two_hands", "evaluation", **done, confirmed_by=one)
    client.refuses_insert("ck_evaluation_confirmed", "evaluation", state="confirmed")
    client.refuses_insert("ck_evaluation_confirmed", "evaluation", confirmed_on="2021-12-20")
    client.insert("evaluation", **done, confirmed_by=new_id())


def test_a_person_needs_a_unit_that_exists(cluster: Cluster, tmp_path: Path) -> None:
    cluster.template("empty", migrate)
    url = cluster.copy("empty")
    with raw.client(make_settings(tmp_path, url), keys=True) as client:
        client.refuses_insert("(?i)foreign key", "cadre", is_stub=True)
    cluster.drop(url)


def test_every_two_clock_table_is_guarded() -> None:
    clocked = {str(table.__tablename__) for table in tables() if hasattr(table, "superseded_at")}
    assert clocked
    assert clocked <= set(guards())


def test_a_day_is_a_day(writer: Connection) -> None:
    unit = new_id()
    table = METADATA.tables["unit"]
    writer.execute(table.insert(), {"id": unit, "version": 1, "plan_due_on": date(2021, 12, 31)})
    assert writer.execute(table.select()).one().plan_due_on == date(2021, 12, 31)


def test_sort_keys_stand_in_the_same_order_on_both(writer: Connection) -> None:
    people = ["Vừ Mí Ân", "Vừ Mí An", "Lê Ước", "Lê Uyên", "Đỗ Đức", "Đỗ Dũng", "Trần Ý", "Trần Yến", "Bùi Ỷ"]
    keys = [sort_key(name) for name in people]
    writer.execute(TITLE.insert(), [{"id": new_id(), "code": key, "version": 1} for key in keys])
    rows = writer.execute(TITLE.select().order_by(TITLE.c.code)).all()
    assert [row.code for row in rows] == sorted(keys)
